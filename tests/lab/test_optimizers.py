"""The optimizers against their recurrences, written out by hand, number by number, in float64."""

import math

import numpy as np
import pytest

from lab import optimizers, training
from lab.gradients import value_and_gradients
from spec import registry
from tests.lab import networks

STEPS = 8
RNG = np.random.default_rng(4)
GRADIENTS = RNG.normal(0, 1, (STEPS, 3)) * [1, 100, 1e-3]
START = [0.5, -1.0, 2.0]
RATE = 0.05


def sgd(p, gradients):
    for g in gradients:
        p = p - RATE * g
        yield p


def momentum(p, gradients):
    accumulation = 0
    for g in gradients:
        accumulation = 0.9 * accumulation + g
        p = p - RATE * accumulation
        yield p


def nesterov(p, gradients):
    accumulation = 0
    for g in gradients:
        accumulation = 0.9 * accumulation + g
        p = p - RATE * g - RATE * 0.9 * accumulation
        yield p


def adam(p, gradients):
    first = second = 0
    for t, g in enumerate(gradients, start=1):
        first = 0.9 * first + 0.1 * g
        second = 0.999 * second + 0.001 * g * g
        p = p - RATE * (first / (1 - 0.9**t)) / (math.sqrt(second / (1 - 0.999**t)) + 1e-7)
        yield p


def rmsprop(p, gradients):
    square = 0
    for g in gradients:
        square = 0.9 * square + 0.1 * g * g
        p = p - RATE * g / math.sqrt(square + 1e-7)
        yield p


RECURRENCES = {"sgd": sgd, "momentum": momentum, "nesterov": nesterov, "adam": adam, "rmsprop": rmsprop}


def run(name, dtype):
    """The parameters after each of `STEPS` steps, by the lab."""
    update = getattr(optimizers, name)
    parameter = np.array(START, dtype)
    state = tuple(np.zeros(3, dtype) for _ in range(registry.trait("optimizer", name, "slots")))
    values = []
    for count, gradient in enumerate(GRADIENTS.astype(dtype), start=1):
        before = parameter.copy(), tuple(array.copy() for array in state)
        new_parameter, new_state = update(parameter, gradient, state, dtype(RATE), dtype(count))
        assert (parameter == before[0]).all()
        assert all((array == copy).all() for array, copy in zip(state, before[1], strict=True))
        assert len(new_state) == registry.trait("optimizer", name, "slots")
        parameter, state = new_parameter, new_state
        values.append(parameter)
    assert parameter.dtype == dtype
    return np.array(values)


@pytest.mark.parametrize("name", registry.entries("optimizer"))
def test_recurrence(name):
    expected = np.array([list(RECURRENCES[name](START[i], GRADIENTS[:, i])) for i in range(3)]).T
    np.testing.assert_allclose(run(name, np.float64), expected, rtol=1e-9)
    # 1 - 0.999 ** t loses digits in float32.
    np.testing.assert_allclose(run(name, np.float32), expected, rtol=1e-3 if name == "adam" else 1e-4)


@pytest.mark.parametrize("name", registry.entries("optimizer"))
def test_no_gradient_no_change(name):
    zeros = np.zeros(2, np.float32)
    state = (zeros,) * registry.trait("optimizer", name, "slots")
    parameter, _ = getattr(optimizers, name)(np.float32([1, 2]), zeros, state, np.float32(0.1), np.float32(1))
    assert parameter.tolist() == [1, 2]


@pytest.mark.parametrize("optimizer", registry.entries("optimizer"))
def test_a_step_updates_every_parameter_with_its_own_state(optimizer):
    """The flat list of state is dealt out in the order of the parameters."""
    experiment = networks.experiment_of(optimizer=optimizer, normalization="batch_norm", hidden_layers=(3, 2))
    parameters, statistics = networks.shaken(experiment, float)
    slots = registry.trait("optimizer", optimizer, "slots")
    zeros = training.initial_state(experiment, parameters)
    assert [array.shape for array in zeros] == [array.shape for array in parameters for _ in range(slots)]
    assert not any(array.any() for array in zeros)
    state = [np.full_like(array, 1 + index) for index, array in enumerate(zeros)]
    x, targets = networks.batch_of(experiment, dtype=float)
    loss, updated, gradients = value_and_gradients(
        networks.loss_function(experiment, statistics, x, targets), parameters
    )
    result = training.make_step(experiment)(parameters, state, statistics, x, targets, networks.rates(0.1), 3)
    assert result[0] == loss
    update = getattr(optimizers, optimizer)
    for index, parameter in enumerate(parameters):
        own = tuple(state[index * slots : (index + 1) * slots])
        expected, new_state = update(parameter, gradients[index], own, 0.1, 3)
        np.testing.assert_array_equal(result[1][index], expected)
        for place, array in enumerate(new_state):
            np.testing.assert_array_equal(result[2][index * slots + place], array)
    for array, other in zip(result[3], updated, strict=True):
        np.testing.assert_array_equal(array, other)
