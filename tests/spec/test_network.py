"""What an experiment's network is: its layers by name, which is shown, and how much it takes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import spec
from lab import network
from tests.spec.strategies import examples, experiments


def names(**choices):
    """The names of the layers of the default experiment but for `choices`."""
    return [name for name, _, _ in spec.layers({**spec.DEFAULTS, **choices})]


@pytest.mark.parametrize("activation", spec.ACTIVATIONS)
@pytest.mark.parametrize("loss", spec.LOSSES)
@pytest.mark.parametrize(("normalization", "short"), [("none", None), ("batch_norm", "BN"), ("layer_norm", "LN")])
def test_layers(activation, loss, normalization, short):
    experiment = {
        **spec.DEFAULTS,
        "activation": activation,
        "loss": loss,
        "normalization": normalization,
        "hidden_layers": (7, 3),
    }
    expected = [("input", "input", 2)]
    for number, width in ((1, 7), (2, 3)):
        expected.append((f"fc{number}", "dense", width))
        if short:
            expected.append((f"{short}{number}", normalization, width))
        expected.append((f"{activation}{number}", activation, width))
    expected.append(("fc3", "dense", 2))
    if loss == "cross_entropy":
        expected.append(("softmax", "softmax", 2))
    assert spec.layers(experiment) == expected
    assert spec.logits_layer(experiment) == "fc3"
    # Widths may come as a list, as JSON carries them to the worker.
    assert spec.layers({**experiment, "hidden_layers": [7, 3]}) == expected


def test_no_hidden_layer():
    assert names(hidden_layers=(), normalization="batch_norm") == ["input", "fc1", "softmax"]
    assert names(hidden_layers=(), loss="mean_squared_error") == ["input", "fc1"]


def test_names_of_the_default_network():
    assert names() == ["input", "fc1", "tanh1", "fc2", "softmax"]


def test_ten_layers_are_counted_on():
    assert names(hidden_layers=(2,) * 10)[-5:] == ["tanh9", "fc10", "tanh10", "fc11", "softmax"]


def test_more_classes(monkeypatch):
    monkeypatch.setitem(spec.CLASSES, "circle", 5)
    assert spec.layers(spec.DEFAULTS)[-2:] == [("fc2", "dense", 5), ("softmax", "softmax", 5)]
    assert spec.parameter_count(spec.DEFAULTS) == 3 * 8 + 9 * 5


def test_shown_layer():
    assert spec.shown_layer(spec.DEFAULTS) == ("fc2", 2)
    assert spec.shown_layer({**spec.DEFAULTS, "layer": "tanh1"}) == ("tanh1", 8)
    assert spec.shown_layer({**spec.DEFAULTS, "layer": "input"}) == ("input", 2)
    for gone in ("relu1", "fc3", "BN1", "nonsense"):
        assert spec.shown_layer({**spec.DEFAULTS, "layer": gone}) == ("fc2", 2)
    squared = {**spec.DEFAULTS, "layer": "softmax", "loss": "mean_squared_error"}
    assert spec.shown_layer(squared) == ("fc2", 2)


@pytest.mark.parametrize(
    ("hidden", "layer", "dimensions", "shown"),
    [
        ((8,), "fc1", (5, 3), (5, 3)),
        ((8,), "fc1", [5, 3], (5, 3)),
        ((8,), "fc1", (7, 0), (7, 0)),
        ((8,), "fc1", (8, 0), (0, 1)),
        ((8,), "", (5, 3), (0, 1)),
        ((1,), "fc1", (0, 1), (0,)),
        ((1,), "tanh1", (5, 3), (0,)),
        ((2,), "fc1", (1, 0), (1, 0)),
        ((2,), "gone", (1, 2), (0, 1)),
    ],
)
def test_shown_dimensions(hidden, layer, dimensions, shown):
    experiment = {**spec.DEFAULTS, "hidden_layers": hidden, "layer": layer, "dimensions": dimensions}
    assert spec.shown_dimensions(experiment) == shown


@examples(150)
@given(experiments())
def test_shown_dimensions_exist(experiment):
    name, width = spec.shown_layer(experiment)
    assert (name, width) in [(name, width) for name, _, width in spec.layers(experiment)]
    dimensions = spec.shown_dimensions(experiment)
    assert len(set(dimensions)) == min(2, width)
    assert max(dimensions) < width


@examples(150)
@given(experiments())
def test_parameter_count_is_what_the_network_has(experiment):
    parameters, statistics = network.initialize(experiment)
    assert spec.parameter_count(experiment) == sum(parameter.size for parameter in parameters)
    expected = 2 * sum(experiment["hidden_layers"]) if experiment["normalization"] == "batch_norm" else 0
    assert sum(array.size for array in statistics) == expected


@examples(150)
@given(experiments())
def test_memory_is_at_least_what_training_surely_holds(experiment):
    """Parameters, their gradients, the optimizer's arrays, and every layer's output for all points."""
    parameters, _ = network.initialize(experiment)
    size = sum(parameter.nbytes for parameter in parameters)
    outputs, _ = network.forward(experiment, *network.initialize(experiment), np.zeros((200, 2), np.float32))
    held = (2 + spec.OPTIMIZER_SLOTS[experiment["optimizer"]]) * size + sum(out.nbytes for out in outputs.values())
    assert held <= spec.memory_needed(experiment) <= 8 * held


@examples(100)
@given(experiments(), st.integers(0, 4), st.integers(1, 500))
def test_memory_grows_with_the_network(experiment, place, width):
    hidden = experiment["hidden_layers"]
    place = min(place, len(hidden))
    needed = spec.memory_needed(experiment)
    if place < len(hidden):
        wider = (*hidden[:place], hidden[place] + width, *hidden[place + 1 :])
        assert spec.memory_needed({**experiment, "hidden_layers": wider}) > needed
    assert spec.memory_needed({**experiment, "hidden_layers": (*hidden, width)}) > needed


def test_memory_grows_with_the_optimizer():
    needed = [spec.memory_needed({**spec.DEFAULTS, "optimizer": name}) for name in ("sgd", "momentum", "adam")]
    assert needed == sorted(set(needed))


def test_same_run():
    others = {
        "learning_rate": 0.3,
        "optimizer": "adam",
        "normalization": "batch_norm",
        "initialization": "ones",
        "activation": "relu",
        "loss": "mean_squared_error",
        "dataset": "xor",
        "batch_size": 41,
        "hidden_layers": (8, 8),
        "seed": 1,
        "layer": "fc1",
        "dimensions": (1, 0),
        "speed": 1,
    }
    assert set(others) == set(spec.DEFAULTS)
    assert spec.same_run(spec.DEFAULTS, dict(spec.DEFAULTS))
    for name, value in others.items():
        live = name in ("learning_rate", "layer", "dimensions", "speed")
        assert spec.same_run(spec.DEFAULTS, {**spec.DEFAULTS, name: value}) is live
