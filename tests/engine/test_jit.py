"""`jit` gives the same answers, compiled where that is possible and in plain autograd where not."""

import autograd.numpy as np
import numpy
import pytest
from autograd import grad
from autograd.extend import defvjp, primitive

from engine.jit import jit

X = numpy.linspace(-2, 2, 12, dtype=numpy.float32).reshape(3, 4)


def test_compiled_function_gives_the_same_answer():
    jitted = jit(lambda x, y: [np.tanh(x) * y, np.sum(x * y, axis=0)])
    for scale in (1, 3):
        product, total = jitted(X, scale * X)
        numpy.testing.assert_allclose(product, numpy.tanh(X) * scale * X, rtol=1e-5, atol=1e-6)
        numpy.testing.assert_allclose(total, (scale * X * X).sum(axis=0), rtol=1e-5)
    assert (jitted.engine, jitted.reason) == ("wasm", "")


def test_gradients_are_compiled():
    jitted = jit(lambda x: [grad(lambda x: np.sum(np.sin(x) * np.exp(x)))(x)])
    (gradient,) = jitted(X)
    numpy.testing.assert_allclose(gradient, numpy.exp(X) * (numpy.sin(X) + numpy.cos(X)), rtol=1e-4, atol=1e-5)
    assert jitted.engine == "wasm"


def test_other_shapes_are_compiled_anew():
    jitted = jit(lambda x: [x + 1])
    assert jitted(X)[0].shape == (3, 4)
    assert jitted(X[:2])[0].shape == (2, 4)
    assert jitted(X[0, 0])[0].shape == ()
    assert jitted.engine == "wasm"


@primitive
def cube_root(x):
    return numpy.cbrt(x)


defvjp(cube_root, lambda ans, x: lambda g: g / (3 * ans**2))


def test_unknown_primitive_falls_back_and_is_named():
    jitted = jit(lambda x: [grad(lambda x: np.sum(cube_root(x)))(x)])
    (gradient,) = jitted(X)
    numpy.testing.assert_allclose(gradient, 1 / (3 * numpy.cbrt(X) ** 2), rtol=1e-5)
    assert jitted.engine == "autograd"
    assert "cube_root" in jitted.reason


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (lambda x: [x if np.sum(x) > 0 else -x], "if"),
        (lambda x: [x * float(np.sum(x))], "float"),
        (lambda x: [x * numpy.random.default_rng().uniform()], "random"),
    ],
    ids=["branch", "python number", "random"],
)
def test_what_would_be_baked_in_falls_back(function, word):
    jitted = jit(function)
    (result,) = jitted(X)
    assert result.shape == X.shape
    assert jitted.engine == "autograd"
    assert word in jitted.reason


def test_a_fallback_sees_every_call():
    """A branch on a value is taken anew each time, not as it was the first time."""
    jitted = jit(lambda x: [x if np.sum(x) > 0 else -x])
    numpy.testing.assert_array_equal(jitted(X + 10)[0], X + 10)
    numpy.testing.assert_array_equal(jitted(X - 10)[0], 10 - X)
