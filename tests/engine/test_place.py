"""Plans as a whole: placement, updates in place, and random programs against NumPy."""

from unittest.mock import patch

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine import arena, fuse
from engine.fuse import FusedProduct
from engine.pipeline import compile_function
from engine.program import Loop, Uncompilable
from engine.record import flat
from lab.gradients import value_and_gradients
from tests.engine.planned import Planned, assert_close

MATRIX = np.arange(1, 7, dtype=np.float32).reshape(2, 3) / 4
VECTOR = np.array([0.5, -1.5, 2.0], np.float32)


def assert_right(function, arguments, updates=None, tolerance=1e-5):
    """Asserts that the plan of a function does what the function does, in WebAssembly and in NumPy, twice."""
    planned = Planned(function, arguments, updates)
    planned.check()
    arguments = [np.asarray(array, np.float32) for array in arguments]
    for _ in range(2):
        with np.errstate(all="ignore"):
            expected = [np.asarray(array, np.float32) for array in flat(function(*arguments))]
        # The code's own exp, log, tanh, sin and cos are within 4 units in the last place of NumPy's.
        assert_close(planned.run_compiled(), expected, 10 * tolerance)
        assert_close(planned.run(), expected, tolerance)
        for output, argument in (updates or {}).items():
            arguments[argument] = expected[output]
    return planned


def test_a_chain_is_one_loop():
    planned = assert_right(lambda x: anp.sum(anp.tanh(x * 2 + 1)), [MATRIX])
    (loop,) = planned.plan.kernels
    assert (loop.rows, loop.columns, len(loop.loads)) == (1, 6, 1)
    assert [name for name, *_ in loop.body] == ["multiply", "add", "tanh"]
    assert loop.stores == ()
    assert [(reduction.kind, reduction.axis) for reduction in loop.reductions] == [("sum", None)]


def test_broadcasts_are_strides():
    planned = assert_right(lambda x, row, column: x * row + column, [MATRIX, VECTOR, MATRIX[:, :1]])
    (loop,) = planned.plan.kernels
    assert sorted(load.strides for load in loop.loads) == [(0, 1), (1, 0), (3, 1)]


def test_transposes_are_flags():
    planned = assert_right(lambda x, y: [anp.dot(x.T, y), anp.dot(x, y.T)], [MATRIX, MATRIX])
    assert [(kernel.transpose_a, kernel.transpose_b) for kernel in planned.plan.kernels] == [
        (True, False),
        (False, True),
    ]


def test_the_gradient_of_a_sum_costs_nothing():
    planned = assert_right(autograd.grad(lambda x: anp.sum(anp.sum(anp.square(x), axis=1, keepdims=True))), [MATRIX])
    (loop,) = planned.plan.kernels
    assert [name for name, *_ in loop.body] == ["multiply"]


def test_scales_belong_to_sums():
    planned = assert_right(lambda x: -anp.sum(x, axis=0) / 8, [MATRIX])
    ((reduction,),) = (loop.reductions for loop in planned.plan.kernels)
    assert (reduction.scale, reduction.axis) == (-0.125, 0)


def test_update_in_place_needs_one_loop():
    planned = assert_right(lambda x, v, g: [x - 0.5 * (0.9 * v + g), 0.9 * v + g], [VECTOR] * 3, {0: 0, 1: 1})
    assert len(planned.plan.kernels) == 1
    assert planned.plan.outputs == planned.plan.inputs[:2]
    assert planned.plan.end == planned.start


def test_an_input_that_is_read_later_is_not_overwritten():
    """The product reads x once the new x is known."""
    planned = assert_right(lambda x, y: [x * anp.max(y), anp.dot(x, y)], [MATRIX.T @ MATRIX] * 2, {0: 0})
    assert planned.plan.outputs[0] == planned.plan.inputs[0]


def test_a_product_in_the_place_of_its_operand():
    assert_right(lambda x, y: anp.dot(x, y), [np.eye(3, dtype=np.float32) * 2, MATRIX.T @ MATRIX / 4], {0: 1})


def test_a_sum_in_the_place_of_what_is_summed():
    assert_right(lambda x: anp.sum(x), [np.ones((), np.float32)], {0: 0})
    assert_right(lambda x, y: [anp.sum(x * y, axis=0), x], [np.eye(3, dtype=np.float32), VECTOR], {0: 1})


def test_a_transpose_in_place():
    assert_right(lambda x: x.T, [np.arange(9, dtype=np.float32).reshape(3, 3)], {0: 0})


def test_places_may_be_swapped():
    assert_right(lambda x, y: [y, x], [VECTOR, VECTOR + 1], {0: 0, 1: 1})
    assert_right(lambda x, y, z: [y, z, x], [VECTOR, VECTOR + 1, VECTOR + 2], {0: 0, 1: 1, 2: 2})
    assert_right(lambda x, y: [y + 1, x + 1], [VECTOR, VECTOR + 1], {0: 0, 1: 1})


def test_an_input_that_stays_needs_no_kernel():
    planned = assert_right(lambda x: [x, x * 1.0], [VECTOR], {0: 0})
    assert len(planned.plan.kernels) == 1  # the copy
    assert not assert_right(lambda x: x.reshape(3, 1), [VECTOR], {0: 0}).plan.kernels


def test_outputs_that_are_constants_or_equal():
    assert_right(lambda x: [VECTOR, 3.0, x + 1, x + 1, x, x, anp.zeros_like(x), x.reshape(3, 1)], [VECTOR])
    assert_right(lambda x: [VECTOR, VECTOR * x], [VECTOR], {0: 0})


def test_constant_arrays_are_handed_out():
    planned = assert_right(lambda x: x * VECTOR, [VECTOR])
    ((address, data),) = planned.plan.constants
    assert address >= planned.start
    assert np.frombuffer(data, np.float32).tolist() == VECTOR.tolist()


def test_memory_is_used_again():
    def function(x):
        for _ in range(20):
            x = anp.tanh(anp.dot(x, x))
        return x

    square = np.eye(16, dtype=np.float32)
    planned = assert_right(function, [square])
    assert planned.plan.end - planned.start <= 3 * square.nbytes


@pytest.mark.parametrize(
    "function", [anp.sum, lambda x: anp.sum(x, axis=0), lambda x: x * 2, lambda x: anp.dot(x.T, x)]
)
@pytest.mark.parametrize("shape", [(0, 3), (0, 0), (3, 0)])
def test_nothing(function, shape):
    assert_right(function, [np.ones(shape, np.float32)])


def test_infinities_and_nan_get_through():
    planned = Planned(lambda x: [x * 0, anp.sum(x * 0), anp.clip(x, -1, 1), anp.maximum(x, 0), x / x], [VECTOR])
    planned.set(0, [np.nan, np.inf, 1.0])
    zero, total, clipped, positive, one = planned.run()
    np.testing.assert_array_equal(zero, [np.nan, np.nan, 0])
    assert np.isnan(total)
    np.testing.assert_array_equal(clipped, [np.nan, 1, 1])
    np.testing.assert_array_equal(positive, [np.nan, np.inf, 1])
    np.testing.assert_array_equal(one, [np.nan, np.nan, 1])


@pytest.mark.parametrize(
    "function, arguments",
    [
        (lambda x, y, z: x + y + z, [(2, 3, 4), (2, 1, 4), (3, 1)]),
        (lambda x, y: anp.sum(x * y, axis=2), [(2, 3, 4), (2, 1, 4)]),
        (lambda x: anp.transpose(x, (2, 1, 0)) * 2, [(2, 3, 4)]),
        (lambda x: anp.dot(x, x[0].T) if x.ndim == 2 else anp.sum(x, axis=(0, 1)), [(2, 3, 4)]),
        (lambda x, y: anp.dot(x, y), [(2, 3, 4), (4, 5)]),
        (lambda x, y: anp.dot(x, y), [(2, 3, 4), (4,)]),
        (lambda x: anp.sum(x, axis=1), [(2, 3, 4)]),
    ],
)
def test_more_than_two_dimensions(function, arguments):
    rng = np.random.default_rng(0)
    assert_right(function, [rng.normal(size=shape).astype(np.float32) for shape in arguments])


@pytest.mark.parametrize(
    "function, shapes, reason",
    [
        (lambda x: anp.sum(x, axis=(0, 2)), [(2, 3, 4)], "sum: over dimensions"),
        (lambda x: anp.dot(x[0], x), [(2, 3, 3)], "indexing"),
        (lambda x, y: anp.dot(x, y), [(2, 2), (2, 2, 2)], "dot: of more than two dimensions"),
        (lambda x, y, z: x + y + z, [(9, 8, 7, 6), (8, 1, 6), (9, 1, 7, 1)], "a loop over"),
    ],
)
def test_refusals(function, shapes, reason):
    arguments = [np.ones(shape, np.float32) for shape in shapes]
    with pytest.raises(Uncompilable, match=reason):
        compile_function(function, arguments, [64] * len(arguments), 1 << 20)


def test_placement():
    kernels = [FusedProduct(1, 1, 1, before, before, before + 1, False, False) for before in range(4)]
    addresses, end = arena.allocate(kernels, dict.fromkeys(range(5), 20), {0: 0, 3: 400}, {4}, 100)
    assert addresses == {0: 0, 1: 112, 2: 144, 3: 400, 4: 112}
    assert end == 176


# Random programs: operations on values made before, of shapes that broadcast.

SMOOTH = [
    "add",
    "subtract",
    "multiply",
    "maximum",
    "minimum",
    "tanh",
    "sin",
    "cos",
    "square",
    "negative",
    "absolute",
    "logaddexp",
]
STEPWISE = ["equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "logical_and", "logical_or"]


def shapes(rank):
    return st.lists(st.sampled_from([1, 1, 2, 3, 5, 0]), max_size=rank).map(tuple)


@st.composite
def functions(draw, rank):
    """`(function, shapes)`: a random straight line of operations, and the shapes of its arguments."""
    given_shapes = [draw(shapes(rank)) for _ in range(draw(st.integers(1, 4)))]
    known = [np.zeros(shape, np.float32) for shape in given_shapes]
    steps = []
    for _ in range(draw(st.integers(1, 12))):
        step = draw(operations(known, len(given_shapes), rank))
        if step is not None:
            steps.append(step)
            known.append(np.zeros(np.shape(step[0](*(known[index] for index in step[1]))), np.float32))
    wanted = draw(st.lists(st.integers(0, len(known) - 1), min_size=1, max_size=3))

    def function(*arrays):
        values = list(arrays)
        for run, operands in steps:
            values.append(run(*(values[index] for index in operands)))
        return [values[index] for index in [*wanted, -1]]

    return function, given_shapes


@st.composite
def operations(draw, known, inputs, rank):
    """`(function, operands' numbers)` of an operation that fits what is known; None where what was drawn does not."""
    index = draw(st.integers(0, len(known) - 1))
    x = known[index]
    kind = draw(st.sampled_from(["element", "element", "element", "step", "sum", "max", "view", "dot"]))
    if kind in ("element", "step"):
        if kind == "step":  # of what is exact, lest a rounding decides
            index = draw(st.integers(0, inputs - 1))
            name = draw(st.sampled_from(STEPWISE))
        else:
            name = draw(st.sampled_from(SMOOTH))
        other = draw(st.integers(0, (inputs if kind == "step" else len(known)) - 1))
        run = getattr(anp, name)
        if isinstance(run, type(anp.tanh)) and name in ("tanh", "sin", "cos", "square", "negative", "absolute"):
            return (run, [index]) if name != "square" else (lambda x: anp.square(anp.sin(x)), [index])
        try:
            if len(np.broadcast_shapes(known[index].shape, known[other].shape)) > rank:
                return None
        except ValueError:
            return None
        if name == "multiply":
            return (lambda x, y: x * anp.tanh(y)), [index, other]
        return (lambda x, y: run(x, y) * np.float32(1)), [index, other]
    if kind in ("sum", "max"):
        axes = [None, *range(x.ndim)] + ([(0, x.ndim - 1)] if x.ndim > 1 else [])
        axis, keepdims = draw(st.sampled_from(axes)), draw(st.booleans())
        if kind == "max":
            return (lambda x: anp.max(x, axis=axis, keepdims=keepdims), [index]) if x.size else None
        return (lambda x: anp.mean(x, axis=axis, keepdims=keepdims) if x.size else anp.sum(x, axis=axis)), [index]
    if kind == "view":
        if draw(st.booleans()):
            return (lambda x: anp.transpose(x)), [index]
        target = (*x.shape, 1) if x.ndim < rank and draw(st.booleans()) else (x.size,)
        return (lambda x: anp.reshape(x, target)), [index] if rank else None
    other = draw(st.integers(0, len(known) - 1))
    y = known[other]
    if x.ndim and y.ndim in (1, 2) and x.shape[-1] == y.shape[0] and x.ndim + y.ndim - 2 <= rank:
        return (lambda x, y: anp.tanh(anp.dot(x, y))), [index, other]
    return None


def numbers(given_shapes, seed):
    rng = np.random.default_rng(seed)
    return [rng.integers(-8, 9, shape).astype(np.float32) / 4 for shape in given_shapes]


EXAMPLES = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@EXAMPLES
@given(functions(rank=2), st.integers(0, 1000))
def test_random_programs(made, seed):
    function, given_shapes = made
    assert_right(function, numbers(given_shapes, seed))


@EXAMPLES
@given(functions(rank=2), st.integers(0, 1000))
def test_random_programs_in_place(made, seed):
    """Every output goes in the place of an input of its shape, if one is left."""
    function, given_shapes = made
    arguments = numbers(given_shapes, seed)
    free = list(range(len(arguments)))
    updates = {}
    for index, output in enumerate(function(*arguments)):
        fitting = [argument for argument in free if np.shape(output) == arguments[argument].shape]
        if fitting:
            updates[index] = fitting[-1]
            free.remove(fitting[-1])
    assert_right(function, arguments, updates, tolerance=1e-4)


@EXAMPLES
@given(functions(rank=2), st.integers(0, 1000), st.integers(1, 4))
def test_random_programs_in_short_loops(made, seed, limit):
    """Where loops take no more in, what one has computed is stored, or computed again, for the next."""
    function, given_shapes = made
    arguments = numbers(given_shapes, seed)
    with np.errstate(all="ignore"):
        shapes = [np.shape(output) for output in function(*arguments)]
    updates = {0: 0} if shapes[0] == arguments[0].shape else {}
    with patch.object(fuse, "LENGTH_LIMIT", limit):
        assert_right(function, arguments, updates, tolerance=1e-4)


@EXAMPLES
@given(functions(rank=3), st.integers(0, 1000))
def test_random_programs_of_higher_rank(made, seed):
    function, given_shapes = made
    try:
        assert_right(function, numbers(given_shapes, seed))
    except Uncompilable as refusal:
        assume("dimensions" not in str(refusal))
        raise


@EXAMPLES
@given(functions(rank=2), st.integers(0, 1000))
def test_random_gradients(made, seed):
    function, given_shapes = made

    def gradients(*arrays):
        def total(*arrays):
            return sum(anp.sum(anp.sin(output)) for output in function(*arrays)), []

        return value_and_gradients(total, arrays)

    arguments = numbers(given_shapes, seed)
    try:
        with np.errstate(all="ignore"):
            gradients(*arguments)
    except Exception:
        assume(False)  # autograd cannot
    assert_right(gradients, arguments, tolerance=1e-4)


def test_every_loop_is_one_or_two_dimensional():
    planned = assert_right(lambda x: x * 2 + anp.sum(x), [np.ones((2, 3, 4), np.float32)])
    assert {(loop.rows, loop.columns) for loop in planned.plan.kernels if isinstance(loop, Loop)} == {(1, 24)}
