"""The table of primitives: complete, and open to one more."""

import math
from unittest.mock import patch

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from engine import operations
from engine.instructions import f32x4_add, f32x4_mul, f32x4_sqrt, get
from engine.jit import jit
from engine.operations import OPERATIONS, RECORDED, Kind, binary, evaluated, unary
from engine.simplify import ELEMENT_WISE_RULES, OTHER_RULES

X = np.linspace(-2, 2, 21, dtype=np.float32).reshape(3, 7)


@pytest.fixture
def table():
    """The tables, put back afterwards as they were."""
    with patch.dict(OPERATIONS), patch.dict(RECORDED):
        yield


def test_an_element_wise_primitive_is_one_entry(table):
    """Recorded, proved, fused with others, differentiated and compiled, for a row of four lanes and for tails."""
    function = jit(lambda x: [anp.tanh(anp.degrees(x)), grad(lambda x: anp.sum(anp.degrees(x) * x))(x)])
    function(X)
    assert (function.engine, function.reason) == ("autograd", "degrees: not known to the engine")

    operations.add(unary("degrees", lambda function, x: f32x4_mul(get(x), function.number(180 / math.pi))))
    for x in (X, X[:, :1], X[0, 0], X / 100):
        compiled = jit(lambda x: [anp.tanh(anp.degrees(x)), grad(lambda x: anp.sum(anp.degrees(x) * x))(x)])
        value, gradient = compiled(x)
        assert (compiled.engine, compiled.reason) == ("wasm", "")
        np.testing.assert_allclose(value, np.tanh(np.degrees(x)), rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(gradient, 2 * np.degrees(x), rtol=1e-6, atol=1e-7)


def test_an_element_wise_primitive_of_two_arrays_is_one_entry(table):
    def code(function, x, y):
        return f32x4_sqrt(f32x4_add(f32x4_mul(get(x), get(x)), f32x4_mul(get(y), get(y))))

    operations.add(binary("hypot", code, cost=7))
    compiled = jit(lambda x, y: [anp.sum(anp.hypot(x, y), axis=0)])
    (lengths,) = compiled(X, X[0])
    assert (compiled.engine, compiled.reason) == ("wasm", "")
    np.testing.assert_allclose(lengths, np.hypot(X, X[0]).sum(axis=0), rtol=1e-6)


def test_what_has_neither_code_nor_a_rule_is_refused_by_name(table):
    operations.add(unary("degrees"))
    function = jit(lambda x: [anp.degrees(x)])
    np.testing.assert_allclose(function(X)[0], np.degrees(X), rtol=1e-6)
    assert (function.engine, function.reason) == ("autograd", "degrees: neither code nor a rule for it")


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_primitive_ends_in_code(name):
    """A loop evaluates it, a product or a reduction does it, or a rule makes others of it."""
    primitive = OPERATIONS[name]
    if primitive.kind is Kind.ELEMENT_WISE:
        assert evaluated(name) or name in ELEMENT_WISE_RULES
        assert primitive.cost >= 1
    elif primitive.kind is not Kind.CONSTANT:
        assert name in OTHER_RULES


def test_every_rule_is_of_a_primitive():
    assert {*ELEMENT_WISE_RULES, *OTHER_RULES} <= set(OPERATIONS)
