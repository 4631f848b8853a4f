"""What simplifying leaves, and that it computes the same."""

import math

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from engine.interpret import interpret
from engine.operations import OPERATIONS, evaluated
from engine.program import Uncompilable
from engine.record import record
from engine.simplify import simplify
from tests.engine import test_record

MATRIX = np.arange(1, 7, dtype=np.float32).reshape(2, 3) / 4
VECTOR = np.array([0.5, -1.5, 2.0], np.float32)
SIMPLE = {*filter(evaluated, OPERATIONS), "sum", "max", "dot", "reshape", "transpose", "broadcast_to"}


def names(function, *arguments):
    """The operations that are left of a function."""
    return [operation.name for operation in simplify(record(function, arguments)).operations]


@pytest.mark.parametrize("name", test_record.PRIMITIVES)
def test_every_primitive(name):
    function, arguments = test_record.PRIMITIVES[name]
    program = record(function, arguments)
    simple = simplify(program)
    assert {operation.name for operation in simple.operations} <= SIMPLE
    others = test_record.others(arguments)
    for one, other in zip(interpret(simple, others), interpret(program, others), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-6, atol=1e-7)
    assert [simple.shapes[number] for number in simple.outputs] == [
        program.shapes[number] for number in program.outputs
    ]
    assert [np.shape(array) for array in interpret(simple, others)] == [
        simple.shapes[number] for number in simple.outputs
    ]


@pytest.mark.parametrize("name", test_record.DIFFERENTIABLE)
def test_every_gradient(name):
    function, arguments = test_record.PRIMITIVES[name]

    def gradient(*arrays):
        return autograd.grad(lambda x: anp.sum(function(x, *arrays[1:]) ** 2))(arrays[0])

    program = record(gradient, arguments)
    others = test_record.others(arguments)
    (one,), (other,) = interpret(simplify(program), others), interpret(program, others)
    np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "function, left",
    [
        (lambda x: x * 1, []),
        (lambda x: 1.0 * x / 1, []),
        (lambda x: x + 0 - 0, []),
        (lambda x: 0 - x, ["negative"]),
        (lambda x: -anp.negative(x), []),
        (lambda x: -(-x * 2), ["multiply"]),
        (lambda x: x * 3 * 4 / 2, ["multiply"]),
        (lambda x: x + -(x * x), ["square", "subtract"]),
        (lambda x: x * x, ["square"]),
        (lambda x: x**2, ["square"]),
        (lambda x: x**1, []),
        (lambda x: x**0, ["broadcast_to"]),
        (lambda x: x**3, ["square", "multiply"]),
        (lambda x: x**-1, ["reciprocal"]),
        (lambda x: x**0.5, ["sqrt"]),
        (lambda x: x**-0.5, ["sqrt", "reciprocal"]),
        (lambda x: x**1.5, ["log", "multiply", "exp"]),
        (lambda x: 1 / x, ["reciprocal"]),
        (anp.conjugate, []),
        (lambda x: anp.clip(x, 0, 1), ["maximum", "minimum"]),
        (lambda x: anp.where(True, x, 0.0), []),
        (lambda x: anp.tanh(x) + anp.tanh(x), ["tanh", "add"]),
        (lambda x: [x + VECTOR, VECTOR + x], ["add"]),
        (lambda x: x + (anp.ones(3) - 1), []),
        (lambda x: anp.reshape(anp.reshape(x, (3, 2)), (2, 3)), []),
        (lambda x: anp.reshape(anp.reshape(x, (3, 2)), (6,)), ["reshape"]),
        (lambda x: x.T.T, []),
        (lambda x: anp.transpose(anp.expand_dims(x, 0), (1, 0, 2)), ["reshape"]),
        (lambda x: anp.sum(anp.expand_dims(x, 0), axis=0), []),
        (lambda x: anp.sum(anp.sum(x, axis=1)), ["sum"]),
        (lambda x: -anp.sum(x, axis=0) / 2, ["sum"]),
        (lambda x: anp.mean(-x, axis=0, keepdims=True), ["sum", "reshape"]),
        (lambda x: anp.sum(x[:, None] + np.zeros((2, 4, 3), np.float32), axis=1), ["multiply"]),
        (autograd.grad(lambda x: anp.sum(x)), ["broadcast_to"]),
        (autograd.grad(lambda x: anp.sum(anp.mean(x, axis=1))), ["broadcast_to"]),
        (autograd.grad(lambda x: anp.sum(anp.tanh(x))), ["tanh", "square", "subtract"]),
        (lambda x: x * 0, ["multiply"]),
        (lambda x: x - x, ["subtract"]),
        (lambda x: x / x, ["divide"]),
    ],
)  # fmt: skip
def test_what_is_left(function, left):
    assert names(function, MATRIX) == left


def test_what_is_broadcast_is_computed_before():
    program = simplify(record(lambda x: anp.sqrt(anp.broadcast_to(x, (2, 3)) + 1) * MATRIX, [VECTOR]))
    shapes = {operation.name: program.shapes[operation.output] for operation in program.operations}
    assert shapes == {"add": (3,), "sqrt": (3,), "multiply": (2, 3)}


def test_a_sum_with_another_use_is_not_computed_twice():
    def function(x):
        total = anp.sum(x)
        return [total, total / 2]

    assert names(function, MATRIX).count("sum") == 1


def test_a_division_stays_where_its_reciprocal_is_not_a_normal_number():
    for divisor in (0.0, 1e-39, 3e38, math.inf):
        assert names(lambda x, divisor=divisor: x / np.float32(divisor), MATRIX) == ["divide"]
    assert names(lambda x: x / 3, MATRIX) == ["multiply"]


def test_factors_are_not_put_together_beyond_range():
    assert names(lambda x: x * 1e30 * 1e30, MATRIX) == ["multiply", "multiply"]
    assert names(lambda x: x * 1e-30 * 1e-30, MATRIX) == ["multiply", "multiply"]


def test_dead_operations_and_constants_are_left_out():
    def function(x, y):
        anp.exp(x) + VECTOR
        return x + 1

    program = simplify(record(function, [VECTOR, VECTOR]))
    assert [operation.name for operation in program.operations] == ["add"]
    assert len(program.inputs) == 2
    assert [array.tolist() for array in program.constants.values()] == [1.0]
    assert len(program.shapes) == 4


def test_infinities():
    extremes = np.array([np.inf, -np.inf, np.nan, 0, 100, -100], np.float32)

    def function(x):
        return [anp.logaddexp(x, x), anp.logaddexp(x, 1), anp.cosh(x), x**-1, x**3, x**0, abs(x) ** 2.5, x * 0, x / 0]

    program = record(function, [extremes])
    for one, other in zip(interpret(simplify(program), [extremes]), interpret(program, [extremes]), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)


def test_the_slope_of_tanh_far_out():
    far = np.array([0, 1e-4, 1, 8, 20, 200, np.inf, -np.inf, np.nan], np.float32)
    (slope,) = interpret(simplify(record(autograd.grad(lambda x: anp.sum(anp.tanh(x))), [far])), [far])
    np.testing.assert_allclose(slope, np.float32(1) / np.cosh(far.astype(np.float64)) ** 2, atol=1.2e-7)


def test_refusals():
    with pytest.raises(Uncompilable, match="dot: of more than two dimensions"):
        simplify(record(lambda x, y: anp.dot(x, y), [np.ones((2, 2)), np.ones((2, 2, 2))]))
