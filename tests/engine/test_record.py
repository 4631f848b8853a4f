"""What is recorded, and what is found out and refused."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.tracer import getval, isbox, trace_stack

from engine.interpret import interpret
from engine.pipeline import trace
from engine.program import Uncompilable
from engine.prove import prove
from engine.record import flat, record

VECTOR = np.array([0.5, -1.5, 2.0], np.float32)
MATRIX = np.arange(1, 7, dtype=np.float32).reshape(2, 3) / 4
POSITIVE = np.abs(VECTOR)

# Every primitive, as `(function, arguments)`.
PRIMITIVES = {
    **{
        name: (getattr(anp, name), [VECTOR])
        for name in [
            "negative",
            "exp",
            "tanh",
            "cosh",
            "sin",
            "cos",
            "absolute",
            "sign",
            "square",
            "ceil",
            "floor",
            "conjugate",
            "logical_not",
        ]
    },
    **{name: (getattr(anp, name), [POSITIVE]) for name in ["sqrt", "log", "reciprocal"]},
    **{
        name: (getattr(anp, name), [MATRIX, VECTOR])
        for name in [
            "add",
            "subtract",
            "multiply",
            "divide",
            "maximum",
            "minimum",
            "equal",
            "not_equal",
            "greater",
            "greater_equal",
            "less",
            "less_equal",
            "logical_and",
            "logical_or",
            "logaddexp",
        ]
    },
    "abs": (anp.abs, [VECTOR]),
    "amax": (lambda x: anp.amax(x, axis=0), [MATRIX]),
    "power": (anp.power, [POSITIVE, VECTOR]),
    "square by power": (lambda x: x**2, [VECTOR]),
    "root by power": (lambda x: x**-0.5, [POSITIVE]),
    "where": (lambda x, y: anp.where(x > 1, y, 0.0), [MATRIX, VECTOR]),
    "clip": (lambda x: anp.clip(x, -1, 1), [VECTOR]),
    "clip between arrays": (anp.clip, [MATRIX, VECTOR, VECTOR + 1]),
    "sum": (anp.sum, [MATRIX]),
    "sum of axis": (lambda x: anp.sum(x, axis=-1), [MATRIX]),
    "sum kept": (lambda x: anp.sum(x, (0, 1), keepdims=True), [MATRIX]),
    "method": (lambda x: x.sum(axis=0) + x.mean() + x.T.reshape(2, 3).max(), [MATRIX]),
    "mean": (lambda x: anp.mean(x, axis=0), [MATRIX]),
    "var": (lambda x: anp.var(x, axis=1, ddof=1), [MATRIX]),
    "max": (lambda x: anp.max(x, axis=1, keepdims=True), [MATRIX]),
    "min": (lambda x: anp.amin(x), [MATRIX]),
    "reshape": (lambda x: anp.reshape(x, (3, -1)), [MATRIX]),
    "ravel": (anp.ravel, [MATRIX]),
    "flatten": (lambda x: x.flatten(), [MATRIX]),
    "transpose": (anp.transpose, [MATRIX]),
    "transpose of axes": (lambda x: anp.transpose(anp.expand_dims(x, 0), (2, 0, 1)), [MATRIX]),
    "swapaxes": (lambda x: anp.swapaxes(x, 0, -1), [MATRIX]),
    "moveaxis": (lambda x: anp.moveaxis(anp.expand_dims(x, 1), 0, -1), [MATRIX]),
    "squeeze": (lambda x: anp.squeeze(x[None, :, None]), [VECTOR]),
    "broadcast_to": (lambda x: anp.broadcast_to(x, (2, 3)), [VECTOR]),
    "dot": (anp.dot, [MATRIX, MATRIX.T]),
    "dot of vectors": (anp.dot, [VECTOR, VECTOR]),
    "dot with a vector": (anp.dot, [MATRIX, VECTOR]),
    "dot with a number": (anp.dot, [MATRIX, np.float32(3)]),
    "matmul": (lambda x, y: x @ y, [VECTOR, MATRIX.T]),
    "indexing": (lambda x: anp.sum(x, axis=0, keepdims=True)[0], [MATRIX]),
    "zeros_like": (lambda x: anp.zeros_like(x) + x + anp.ones_like(x), [MATRIX]),
    "raw ufuncs": (lambda x: np.tanh(x) + np.float32(2) * x + VECTOR * x, [VECTOR]),
    "raw sum": (lambda x: np.sum(x, axis=0), [MATRIX]),
    "shapes": (lambda x: x / x.size + x.shape[0] + len(x) + anp.ndim(x), [MATRIX]),
    "truth values": (lambda x: anp.sum(x > 0.7) / x.size, [MATRIX]),
    "truth values of numbers": (lambda x, y: anp.where(anp.logical_and(x > 0, y > 0), x, y), list(VECTOR[:2])),
    "nested lists": (lambda x: [x, (x + 1, [x * 2])], [VECTOR]),
    "constants": (lambda x: [x, VECTOR, 3.0], [VECTOR]),
}

# Those whose gradient by the first argument is traced as well. The gradients of the others are zero, or need what the
# engine does not know.
DIFFERENTIABLE = sorted(
    set(PRIMITIVES)
    - {
        "ceil",
        "floor",
        "sign",
        "logical_not",
        "equal",
        "not_equal",
        "greater",
        "greater_equal",
        "less",
        "less_equal",
        "logical_and",
        "logical_or",
        "zeros_like",
        "shapes",
        "constants",
        "cosh",
        "squeeze",
        "indexing",
        "broadcast_to",
        "min",
        "max",
        "amax",
        "method",
    }
    - {"truth values", "truth values of numbers", "nested lists", "clip between arrays", "raw sum"}
)


def others(arguments):
    return [np.asarray(array * np.float32(1.25), np.float32) for array in arguments]


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_primitive(name):
    function, arguments = PRIMITIVES[name]
    program = trace(function, arguments)
    for given in (arguments, others(arguments)):
        for one, other in zip(interpret(program, given), flat(function(*given)), strict=True):
            assert one.dtype == np.float32
            np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_every_gradient(name):
    function, arguments = PRIMITIVES[name]

    def gradient(*arrays):
        return autograd.grad(lambda x: anp.sum(function(x, *arrays[1:]) ** 2))(arrays[0])

    program = trace(gradient, arguments)
    given = others(arguments)
    np.testing.assert_allclose(interpret(program, given)[0], gradient(*given), rtol=1e-5, atol=1e-6)


def test_an_inner_trace_is_recorded():
    program = trace(autograd.grad(lambda x: anp.sum(anp.tanh(x) * (x > 0))), [VECTOR])
    names = [operation.name for operation in program.operations]
    assert {"tanh", "greater", "cosh", "power", "divide"} <= set(names)


def test_inputs_and_shapes():
    program = trace(lambda x, y: anp.dot(x, y), [MATRIX, VECTOR])
    assert [program.shapes[number] for number in program.inputs] == [(2, 3), (3,)]
    assert [program.shapes[number] for number in program.outputs] == [(2,)]
    assert [operation.name for operation in program.operations] == ["dot"]


def test_constants_are_copies_in_float32():
    constant = np.ones(3)
    program = trace(lambda x: x + constant, [VECTOR])
    constant[:] = 7
    (copy,) = program.constants.values()
    assert copy.dtype == np.float32
    assert (copy == 1).all()


def raw(x):
    return np.asarray(x) * 2


def drawn(x):
    return x + np.random.default_rng().normal()


def raising(x):
    """Raises for other numbers than it was recorded with."""
    if not isbox(x) and (x != VECTOR).any():
        raise ValueError("too large")
    return x


@pytest.mark.parametrize(
    "function, argument, reason",
    [
        (lambda x: x * float(x), np.float32(2), r"float\(\)"),
        (lambda x: x * int(x), np.float32(2), r"int\(\)"),
        (lambda x: x if x > 0 else -x, np.float32(2), r"if, while or bool\(\)"),
        (lambda x: x if anp.sum(x) > 0 else -x, VECTOR, r"if, while or bool\(\)"),
        (lambda x: x * max(x, 0), np.float32(2), r"if, while or bool\(\)"),
        (lambda x: [1, 2, 3][x], np.float32(1), "as an index"),
        (raw, VECTOR, "a plain NumPy array"),
        (lambda x: anp.cumsum(x), VECTOR, "cumsum: not known"),
        (lambda x: anp.linalg.inv(x), np.eye(2, dtype=np.float32), "inv: not known"),
        (lambda x: anp.concatenate([x, x]), VECTOR, "concatenate_args: not known"),
        (lambda x: x[1:], VECTOR, "indexing: a part of an array"),
        (lambda x: x[::-1], VECTOR, "indexing: a part of an array"),
        (lambda x: x[x > 0], VECTOR, "indexing"),
        (lambda x: x[[0, 1, 2]], VECTOR, "indexing: with an array or a list"),
        (lambda x: anp.where(x > 0), VECTOR, "where"),
        (lambda x: anp.reshape(x, (3, 2), order="F"), MATRIX, "another order"),
        (lambda x: anp.sum(x, dtype=np.float64), MATRIX, "sum: with dtype"),
        (lambda x: anp.add(x, 1, where=VECTOR > 0), VECTOR, "add: with more arguments than x, y"),
        (lambda x: anp.sum(x, initial=1), MATRIX, "sum: with more arguments"),
        (raising, VECTOR, "ValueError while tracing: too large"),
        (lambda x: x + 1j, VECTOR, "no real number"),
        (lambda x: x + 1e300, VECTOR, "too large for float32"),
        (lambda x: (x > 0) + (x > 1), VECTOR, "two truth values"),
        (lambda x: x * getval(x), VECTOR, "not traced"),
        (drawn, VECTOR, "not traced"),
        (lambda x: x.nonsense, VECTOR, "AttributeError while tracing"),
    ],
)
def test_refusals(function, argument, reason):
    before = trace_stack.top
    with pytest.raises(Uncompilable, match=reason):
        trace(function, [argument])
    assert trace_stack.top == before
    # And autograd is as it was.
    assert autograd.grad(lambda x: x * 2 if x > 0 else x)(1.0) == 2.0


def test_refused_within_an_inner_trace():
    with pytest.raises(Uncompilable, match="if, while"):
        trace(autograd.grad(lambda x: x * 2 if x > 0 else x), [np.float32(1)])


def test_float64_where_it_matters_is_refused():
    with pytest.raises(Uncompilable, match="float64"):
        trace(lambda x: (x * np.float64(1) + np.float64(1e9)) - np.float64(1e9), [VECTOR])


def test_float64_where_it_does_not_matter_is_not():
    program = trace(lambda x: x * np.float64(0.1), [VECTOR])
    np.testing.assert_allclose(interpret(program, [VECTOR])[0], VECTOR * np.float32(0.1), rtol=1e-6)


def test_prove_looks_at_all_outputs():
    program = record(lambda x: [x, x * 2], [VECTOR])
    with pytest.raises(Uncompilable, match="output 1"):
        prove(program, lambda x: [x, x * 3], [VECTOR])
    with pytest.raises(Uncompilable, match="number of outputs"):
        prove(program, lambda x: [x], [VECTOR])


def test_the_accumulation_of_gradients():
    """autograd adds up in place what it was the first to make."""

    def function(x):
        y = x * 2
        return autograd.grad(lambda z: anp.sum(z * z + anp.tanh(z) + z**3))(y) + x

    program = trace(function, [VECTOR])
    np.testing.assert_allclose(interpret(program, [VECTOR])[0], function(VECTOR), rtol=1e-6)
