"""Which loops and products the operations gather in."""

import autograd.numpy as anp
import numpy as np
import pytest

from engine.fuse import DEPTH_LIMIT, LENGTH_LIMIT, FusedLoop, FusedProduct, dense_strides, fuse
from engine.record import record
from engine.simplify import simplify
from tests.engine.planned import Planned, assert_close

MATRIX = np.arange(1, 7, dtype=np.float32).reshape(2, 3) / 4
SQUARE = np.arange(1, 10, dtype=np.float32).reshape(3, 3) / 8
VECTOR = np.array([0.5, -1.5, 2.0], np.float32)


def fused(function, *arguments):
    """The fused kernels of a function, and the names of what each loop computes."""
    kernels = fuse(simplify(record(function, arguments))).kernels
    return kernels, [
        [name for name, *_ in kernel.body] if isinstance(kernel, FusedLoop) else "product" for kernel in kernels
    ]


def test_what_ends_in_one_sum_is_one_loop():
    (loop,), ((*body,),) = fused(lambda x, y: anp.sum(anp.exp(x * y + 1), axis=1), MATRIX, VECTOR)
    assert body == ["multiply", "add", "exp"]
    assert loop.domain == (2, 3)
    assert [(kind, axes) for kind, axes, *_ in loop.reductions] == [("sum", (1,))]


def test_what_follows_a_sum_is_the_next_loop():
    _, bodies = fused(lambda x: anp.exp(x) / anp.sum(anp.exp(x), axis=1, keepdims=True), MATRIX)
    assert bodies == [["exp"], ["divide"]]


def test_the_expensive_is_stored_and_the_cheap_done_again():
    def function(inner):
        return lambda x: inner(x) / anp.max(inner(x), axis=0)

    (first, second), bodies = fused(function(anp.tanh), MATRIX)
    assert bodies == [["tanh"], ["divide"]]
    assert len(first.stores) == 1
    (first, second), bodies = fused(function(lambda x: x + 1), MATRIX)
    assert bodies == [["add"], ["add", "divide"]]
    assert first.stores == {}
    assert len(second.stores) == 1


def test_the_expensive_is_not_done_for_every_row():
    _, bodies = fused(lambda x, y: x * anp.tanh(y), MATRIX, VECTOR)
    assert bodies == [["tanh"], ["multiply"]]
    _, bodies = fused(lambda x, y: x * (y + 1), MATRIX, VECTOR)
    assert bodies == [["add", "multiply"]]


def test_sums_of_one_domain_share_a_loop():
    (loop,), _ = fused(lambda x: [anp.sum(x), anp.sum(x * 2, axis=0), anp.max(x, axis=1), anp.square(x)], MATRIX)
    assert len(loop.reductions) == 3
    assert len(loop.loads) == len(loop.stores) == 1


def test_a_loop_never_joins_one_before_what_it_reads():
    _, bodies = fused(lambda x, y: [anp.tanh(x), anp.tanh(anp.dot(x, y))], SQUARE, SQUARE)
    assert bodies in (["product", ["tanh", "tanh"]], [["tanh"], "product", ["tanh"]])
    _, bodies = fused(lambda x, y: anp.dot(anp.tanh(x), y) + x, SQUARE, SQUARE)
    assert bodies == [["tanh"], "product", ["add"]]


@pytest.mark.parametrize(
    "function, flags",
    [
        (lambda x, y: anp.dot(x, y), (False, False)),
        (lambda x, y: anp.dot(x.T, y), (True, False)),
        (lambda x, y: anp.dot(x, y.T), (False, True)),
        (lambda x, y: anp.dot(x.T, y.T), (True, True)),
    ],
)
def test_products_take_transposes_as_flags(function, flags):
    (product,), _ = fused(function, SQUARE, SQUARE)
    assert isinstance(product, FusedProduct)
    assert (product.transpose_a, product.transpose_b) == flags


def test_what_a_product_cannot_read_is_copied():
    (copy, product), _ = fused(lambda x, y: anp.dot(anp.reshape(x.T, (1, 9)), anp.reshape(y, (9, 1))), SQUARE, SQUARE)
    assert list(copy.loads) == [(0, (1, 3))]
    assert product.b == 1
    (copy, product), _ = fused(lambda x, y: anp.dot(anp.broadcast_to(x, (3, 3)), y), VECTOR, SQUARE)
    assert list(copy.loads) == [(0, (0, 1))]


def test_a_transpose_among_elements_is_read_in_strides():
    (loop,), bodies = fused(lambda x, y: x + y.T, SQUARE, SQUARE)
    assert sorted(strides for _, strides in loop.loads) == [(1, 3), (3, 1)]
    (loop,), bodies = fused(lambda x: anp.tanh(x).T, SQUARE)
    assert bodies == [["tanh"]]


def test_reshapes_are_read_as_they_lie():
    (loop,), _ = fused(lambda x, y: anp.reshape(x, (6,)) * y, MATRIX, np.ones(6, np.float32))
    assert sorted(strides for _, strides in loop.loads) == [(1,), (1,)]
    assert loop.domain == (6,)


def test_overwriting_waits_for_the_last_reader():
    program = simplify(record(lambda x, y: [x + 1, anp.dot(x, y)], [SQUARE, SQUARE]))
    kernels = fuse(program, [program.inputs[0], None]).kernels
    assert [type(kernel) for kernel in kernels] == [FusedProduct, FusedLoop]


def test_long_chains():
    def function(x):
        for _ in range(1000):
            x = anp.sin(x) + x
        return x

    loops, bodies = fused(function, VECTOR)
    assert sum(map(len, bodies)) == 2000
    assert len(loops) == 1 + 2000 // LENGTH_LIMIT
    # And what each loop has to leave for the one behind it.
    assert sum(len(loop.stores) for loop in loops) == 1 + 2000 // DEPTH_LIMIT + len(loops) - 1
    assert max(loop.length for loop in loops) <= LENGTH_LIMIT + DEPTH_LIMIT
    planned = Planned(function, [VECTOR])
    assert_close(planned.run(), [function(VECTOR)], 1e-5)


def test_dense_strides():
    assert dense_strides((2, 3, 4)) == (12, 4, 1)
    assert dense_strides(()) == ()
