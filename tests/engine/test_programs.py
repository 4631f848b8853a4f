"""The lab's training steps and forward passes, from the trace to kernels run in NumPy, against plain autograd."""

from itertools import product

import numpy as np
import pytest

from engine.record import flat
from lab import network, training
from spec import registry
from tests.engine.planned import Planned, assert_close
from tests.lab import networks

TOLERANCE = 1e-5
STEPS = 5
HIDDEN = ((), (8,), (8, 4))


CONFIGURATIONS = tuple(
    {
        **dict(zip(("optimizer", "normalization", "loss", "activation"), choices, strict=True)),
        "dataset": networks.data_for(choices[2]),
    }
    for choices in product(
        registry.entries("optimizer"),
        registry.entries("normalization"),
        registry.entries("loss"),
        registry.entries("activation"),
    )
)


def step_of(experiment, rows):
    """`(function, arguments, number of arrays updated)` of a training step with all arrays as separate arguments."""
    parameters, statistics = networks.shaken(experiment)
    rng = np.random.default_rng(1)
    # Off zero, so that no optimizer divides noise by noise.
    state = [
        rng.uniform(0.01, 0.02, array.shape).astype(np.float32)
        for array in training.initial_state(experiment, parameters)
    ]
    step = training.make_step(experiment)
    first, second = len(parameters), len(parameters) + len(state)
    third = second + len(statistics)

    def function(*arrays):
        x, targets, *rates, count = arrays[third:]
        trained = list(arrays[:first]), list(arrays[first:second]), list(arrays[second:third])
        return step(*trained, x, targets, rates, count)

    x, targets = networks.batch_of(experiment, rows)
    rates = map(np.float32, networks.rates(0.01, l1=1e-3, l2=2e-3))
    arguments = [*parameters, *state, *statistics, x, targets, *rates, np.float32(1)]
    return function, arguments, third


@pytest.mark.parametrize("choices", CONFIGURATIONS, ids=lambda choices: "-".join(choices.values()))
@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
def test_training(choices, hidden):
    experiment = networks.experiment_of(**choices, hidden_layers=hidden)
    function, arguments, updated = step_of(experiment, rows=13)
    planned = Planned(function, arguments, {index + 1: index for index in range(updated)})
    planned.check()
    current = list(arguments)
    for count in range(1, STEPS + 1):
        current[-1] = np.float32(count)
        planned.set(len(current) - 1, current[-1])
        expected = flat(function(*current))
        assert_close(planned.run(), expected, TOLERANCE)
        current[:updated] = expected[1:]


@pytest.mark.parametrize("choices", networks.COMBINATIONS, ids=str)
@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
def test_predicting(choices, hidden):
    normalization, loss, activation = choices
    experiment = networks.experiment_of(
        normalization=normalization,
        loss=loss,
        activation=activation,
        hidden_layers=hidden,
        dataset=networks.data_for(loss),
    )
    parameters, statistics = networks.shaken(experiment)
    count = len(parameters)

    def function(*arrays):
        outputs = network.predict(experiment, list(arrays[:count]), list(arrays[count:-1]), arrays[-1])
        return list(outputs.values())

    x, _ = networks.batch_of(experiment, 11)
    planned = Planned(function, [*parameters, *statistics, x])
    planned.check()
    assert_close(planned.run(), function(*parameters, *statistics, x), TOLERANCE)


@pytest.mark.parametrize(
    "choices, kernels",
    [
        ({}, 17),
        ({"loss": "mean_squared_error"}, 12),
        ({"loss": "huber", "dataset": "plane"}, 14),
        ({"activation": "relu"}, 17),
        ({"optimizer": "adam"}, 18),
        ({"normalization": "batch_norm"}, 23),
        ({"normalization": "layer_norm"}, 23),
        ({"hidden_layers": (8, 8, 8)}, 28),
    ],
    ids=str,
)
def test_number_of_kernels(choices, kernels):
    function, arguments, updated = step_of(networks.experiment_of(**choices), rows=40)
    planned = Planned(function, arguments, {index + 1: index for index in range(updated)})
    assert len(planned.plan.kernels) <= kernels
