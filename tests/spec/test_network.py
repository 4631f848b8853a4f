"""What an experiment's network is: its layers by name, which is shown, and how much it takes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import network
from spec import fields, registry, shape
from tests import data_sets
from tests.spec.strategies import examples, experiments


def names(**choices):
    """The names of the layers of the default experiment but for `choices`."""
    return [name for name, _, _ in shape.layers({**fields.defaults(), **choices})]


@pytest.mark.parametrize("activation", registry.entries("activation"))
@pytest.mark.parametrize("loss", ["cross_entropy", "mean_squared_error"])
@pytest.mark.parametrize(("normalization", "short"), [("none", None), ("batch_norm", "BN"), ("layer_norm", "LN")])
def test_layers(activation, loss, normalization, short):
    experiment = {
        **fields.defaults(),
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
    assert shape.layers(experiment) == expected
    assert shape.logits_layer(experiment) == "fc3"
    # Widths may come as a list, as JSON carries them to the worker.
    assert shape.layers({**experiment, "hidden_layers": [7, 3]}) == expected


def test_no_hidden_layer():
    assert names(hidden_layers=(), normalization="batch_norm") == ["input", "fc1", "softmax"]
    assert names(hidden_layers=(), loss="mean_squared_error") == ["input", "fc1"]


def test_names_of_the_default_network():
    assert names() == ["input", "fc1", "tanh1", "fc2", "softmax"]


def test_ten_layers_are_counted_on():
    assert names(hidden_layers=(2,) * 10)[-5:] == ["tanh9", "fc10", "tanh10", "fc11", "softmax"]


def test_more_classes(monkeypatch):
    monkeypatch.setitem(registry.entry("dataset", "circle").traits, "outputs", 5)
    assert shape.layers(fields.defaults())[-2:] == [("fc2", "dense", 5), ("softmax", "softmax", 5)]
    assert shape.parameter_count(fields.defaults()) == 3 * 8 + 9 * 5


def test_shown_layer():
    assert shape.shown_layer(fields.defaults()) == ("fc2", "dense", 2)
    assert shape.shown_layer({**fields.defaults(), "layer": "tanh1"}) == ("tanh1", "tanh", 8)
    assert shape.shown_layer({**fields.defaults(), "layer": "input"}) == ("input", "input", 2)
    for gone in ("relu1", "fc3", "BN1", "nonsense"):
        assert shape.shown_layer({**fields.defaults(), "layer": gone}) == ("fc2", "dense", 2)
    squared = {**fields.defaults(), "layer": "softmax", "loss": "mean_squared_error"}
    assert shape.shown_layer(squared) == ("fc2", "dense", 2)


@pytest.mark.parametrize(
    ("hidden", "layer", "dimensions", "shown"),
    [
        ((8,), "fc1", (5, 3), (5, 3)),
        ((8,), "fc1", [5, 3], (5, 3)),
        ((8,), "fc1", (7, 0), (7, 0)),
        ((8,), "fc1", (8, 0), (0, 1)),
        ((8,), "fc1", (7, 2, 4), (7, 2, 4)),
        ((8,), "fc1", [7, 2, 4], (7, 2, 4)),
        ((8,), "fc1", (7, 2, 8), (0, 1)),
        ((8,), "fc1", (), (0, 1)),
        ((8,), "", (5, 3), (0, 1)),
        ((8,), "", (1, 0), (1, 0)),
        ((8,), "", (0, 1, 2), (0, 1)),
        ((8,), "", (), (0, 1)),
        ((4,), "fc1", (), (0, 1)),
        ((3,), "fc1", (), (0, 1, 2)),
        ((3,), "tanh1", [], (0, 1, 2)),
        ((3,), "fc1", (0, 1), (0, 1)),
        ((3,), "fc1", (2, 0, 1), (2, 0, 1)),
        ((3,), "fc1", (0, 3), (0, 1, 2)),
        ((3,), "input", (0, 1, 2), (0, 1)),
        ((1,), "fc1", (), (0,)),
        ((1,), "fc1", (0, 1), (0,)),
        ((1,), "tanh1", (5, 3), (0,)),
        ((1,), "tanh1", (5, 3, 4), (0,)),
        ((2,), "fc1", (1, 0), (1, 0)),
        ((2,), "gone", (1, 2), (0, 1)),
    ],
)
def test_shown_dimensions(hidden, layer, dimensions, shown):
    experiment = {**fields.defaults(), "hidden_layers": hidden, "layer": layer, "dimensions": dimensions}
    assert shape.shown_dimensions(experiment) == shown


@examples(150)
@given(experiments())
def test_shown_dimensions_exist(experiment):
    shown = shape.shown_layer(experiment)
    width = shown.width
    assert shown in shape.layers(experiment)
    dimensions = shape.shown_dimensions(experiment)
    assert dimensions == shape.dimensions_of(experiment, width)
    assert dimensions == (experiment["dimensions"] or tuple(range(width if width <= 3 else 2)))


@examples(200)
@given(experiments(), st.integers(1, 50))
def test_dimensions_of_any_layer_exist(experiment, width):
    """What was chosen for one layer is asked of the others too."""
    dimensions = shape.dimensions_of(experiment, width)
    assert len(dimensions) == len(set(dimensions)) in range(min(2, width), min(3, width) + 1)
    assert min(dimensions) >= 0
    assert max(dimensions) < width


@pytest.mark.parametrize(
    ("choices", "shown"),
    [
        ({}, ("tanh1", 0)),
        ({"neuron": "tanh1.3"}, ("tanh1", 3)),
        ({"neuron": "fc1.7"}, ("fc1", 7)),
        ({"neuron": "input.1"}, ("input", 1)),
        ({"neuron": "softmax.1"}, ("softmax", 1)),
        ({"neuron": "fc1.007"}, ("fc1", 7)),
        # What does not exist, or no more.
        ({"neuron": "fc1.8"}, ("tanh1", 0)),
        ({"neuron": "input.2"}, ("tanh1", 0)),
        ({"neuron": "relu1.0"}, ("tanh1", 0)),
        ({"neuron": "tanh1.0", "activation": "relu"}, ("relu1", 0)),
        ({"neuron": "BN1.0"}, ("tanh1", 0)),
        ({"neuron": "softmax.0", "loss": "mean_squared_error"}, ("tanh1", 0)),
        ({"hidden_layers": (8, 4, 3)}, ("tanh3", 0)),
        ({"hidden_layers": (8, 4), "activation": "linear", "normalization": "layer_norm"}, ("linear2", 0)),
        ({"hidden_layers": [8, 4], "neuron": "tanh1.7"}, ("tanh1", 7)),
        # No hidden layer.
        ({"hidden_layers": ()}, ("input", 0)),
        ({"hidden_layers": (), "neuron": "tanh1.3"}, ("input", 0)),
        ({"hidden_layers": (), "neuron": "fc1.1"}, ("fc1", 1)),
        ({"hidden_layers": (), "loss": "mean_squared_error", "normalization": "batch_norm"}, ("input", 0)),
    ],
)
def test_shown_neuron(choices, shown):
    assert shape.shown_neuron({**fields.defaults(), **choices}) == shown


@examples(200)
@given(experiments(), st.sampled_from(list(registry.entries("activation"))), st.lists(st.integers(1, 9), max_size=3))
def test_shown_neuron_exists_whatever_becomes_of_the_network(experiment, activation, hidden):
    for changed in (experiment, {**experiment, "activation": activation, "hidden_layers": tuple(hidden)}):
        name, index = shape.shown_neuron(changed)
        widths = {name: width for name, _, width in shape.layers(changed)}
        assert 0 <= index < widths[name]
    if experiment["neuron"]:
        assert shape.neuron_name(*shape.shown_neuron(experiment)) == experiment["neuron"]


@pytest.mark.parametrize(
    ("choices", "shown"),
    [
        ({}, 0.25),
        ({"layer": "input"}, 0.25),
        ({"layer": "tanh1"}, 0.25),
        ({"layer": "softmax"}, 0),
        ({"layer": "gone"}, 0.25),
        ({"loss": "mean_squared_error"}, 0),
        ({"loss": "mean_squared_error", "layer": "tanh1"}, 0.25),
        ({"loss": "mean_squared_error", "layer": "softmax"}, 0),
        ({"hidden_layers": (), "layer": "input"}, 0.25),
    ],
)
def test_shown_morph(choices, shown):
    """There is no way to go on from the last layer."""
    assert shape.shown_morph({**fields.defaults(), "morph": 0.25, **choices}) == shown


@examples(200)
@given(st.floats(0, 1))
def test_rounded_morph_can_be_written(share):
    morph = fields.rounded_morph(share)
    assert fields.parse("morph", fields.text_of("morph", morph)) == morph
    assert abs(morph - share) < 0.0011
    assert fields.rounded_morph(morph) == morph


@examples(150)
@given(experiments())
def test_parameter_count_is_what_the_network_has(experiment):
    parameters, statistics = network.initialize(experiment)
    assert shape.parameter_count(experiment) == sum(parameter.size for parameter in parameters)
    expected = 2 * sum(experiment["hidden_layers"]) if experiment["normalization"] == "batch_norm" else 0
    assert sum(array.size for array in statistics) == expected


@examples(150)
@given(experiments())
def test_memory_is_at_least_what_training_surely_holds(experiment):
    """Parameters, their gradients, the optimizer's arrays, the data, and every layer's output for what is looked at."""
    parameters, _ = network.initialize(experiment)
    size = sum(parameter.nbytes for parameter in parameters)
    data = shape.shape_of(experiment)
    rows = max(min(data.rows, shape.SAMPLE_ROWS), min(experiment["batch_size"], data.training))
    inputs = np.zeros((rows, data.inputs), np.float32)
    outputs, _ = network.forward(experiment, *network.initialize(experiment), inputs)
    held = (2 + registry.trait("optimizer", experiment["optimizer"], "slots")) * size + sum(
        out.nbytes for out in outputs.values()
    )
    held += 4 * data.rows * (data.inputs + data.outputs)
    assert held <= shape.memory_needed(experiment) <= 8 * held


@examples(100)
@given(experiments(), st.integers(0, 4), st.integers(1, 500))
def test_memory_grows_with_the_network(experiment, place, width):
    hidden = experiment["hidden_layers"]
    place = min(place, len(hidden))
    needed = shape.memory_needed(experiment)
    if place < len(hidden):
        wider = (*hidden[:place], hidden[place] + width, *hidden[place + 1 :])
        assert shape.memory_needed({**experiment, "hidden_layers": wider}) > needed
    assert shape.memory_needed({**experiment, "hidden_layers": (*hidden, width)}) > needed


def test_memory_grows_with_the_optimizer():
    needed = [shape.memory_needed({**fields.defaults(), "optimizer": name}) for name in ("sgd", "momentum", "adam")]
    assert needed == sorted(set(needed))


LIVE = ("learning_rate", "stop_at", "schedule", "decay_epochs", "warm_up", "l1", "l2", "dropout", "clip")


def test_same_run():
    others = {
        "learning_rate": 0.3,
        "l1": 0.001,
        "l2": 0.001,
        "stop_at": ("epoch", 200),
        "schedule": "cosine",
        "decay_epochs": 7,
        "warm_up": 3,
        "dropout": 0.5,
        "clip": 0.1,
        "optimizer": "adam",
        "normalization": "batch_norm",
        "initialization": "ones",
        "activation": "relu",
        "loss": "mean_squared_error",
        "dataset": "xor",
        "points": 300,
        "noise": 50,
        "held_out": 0,
        "table": "0a",
        "held_out_points": False,
        "classes": 5,
        "batch_size": 41,
        "inputs": ("x", "x2"),
        "across": "1",
        "up": "2",
        "through": 3,
        "hidden_layers": (8, 8),
        "seed": 1,
        "data_seed": 7,
        "shading": "neuron",
        "neuron": "fc1.3",
        "contour": False,
        "zero_lines": True,
        "residuals": True,
        "layer": "fc1",
        "morph": 0.5,
        "projection": "pca",
        "dimensions": (1, 0),
        "grid": False,
        "boundary": False,
        "speed": 1,
    }
    assert fields.same_run(fields.defaults(), dict(fields.defaults()))
    for name, field in fields.FIELDS.items():
        goes_on = field.acts in (fields.PAGE, fields.VIEW, fields.PLANE, fields.LIVE)
        assert fields.same_run(fields.defaults(), {**fields.defaults(), name: object()}) is goes_on
    for name, value in others.items():
        assert value != fields.defaults()[name]
        acts_on_a_running_network = name in (*LIVE, "speed", *fields.names(fields.VIEW, fields.PLANE))
        assert fields.same_run(fields.defaults(), {**fields.defaults(), name: value}) is acts_on_a_running_network
    live = {name: others[name] for name in fields.names(fields.PAGE, fields.VIEW, fields.PLANE, fields.LIVE)}
    assert fields.same_run(fields.defaults(), {**fields.defaults(), **live})
    assert not fields.same_run(fields.defaults(), {**fields.defaults(), **live, "seed": 1})


def test_depth_has_a_limit_that_is_said():
    deepest = {**fields.defaults(), "hidden_layers": (1,) * shape.DEPTH_LIMIT}
    shape.check(deepest)
    with pytest.raises(ValueError, match=r"too deep: it has 1001 hidden layers, and there may be at most 1000\."):
        fields.changed(deepest, "hidden_layers", ",".join("1" * 1001))
    experiment, complaints = fields.from_query("hidden_layers=" + ",".join("1" * 5000))
    assert experiment == fields.defaults()
    assert len(complaints) == 1


def shape_with(**choices):
    return shape.shape_of({**fields.defaults(), **choices})


@pytest.mark.parametrize(
    ("choices", "rows", "training", "outputs"),
    [
        ({}, 200, 180, 2),
        ({"held_out": 10}, 200, 180, 2),
        ({"held_out": 0}, 200, 200, 2),
        ({"held_out": 90}, 200, 20, 2),
        ({"points": 20}, 20, 18, 2),
        ({"points": 25}, 25, 22, 2),
        ({"points": 20, "held_out": 90}, 20, 2, 2),
        ({"points": 20_000}, 20_000, 18_000, 2),
        ({"points": 33, "held_out": 33}, 33, 22, 2),
        ({"classes": 7}, 200, 180, 2),
        ({"classes": 7, "dataset": "rings"}, 200, 180, 7),
        ({"dataset": "pinwheel"}, 200, 180, 5),
        ({"classes": 10, "dataset": "blobs", "points": 300, "held_out": 30}, 300, 210, 10),
        ({"classes": 7, "dataset": "ripples", "points": 21}, 21, 19, 1),
    ],
)
def test_shape_follows_the_options_of_the_data(choices, rows, training, outputs):
    found = shape_with(**choices)
    assert (found.rows, found.training, found.outputs) == (rows, training, outputs)


def test_data_with_rows_of_their_own_follow_what_is_held_out_alone():
    with data_sets.entered():
        for key, rows, training, all_training, few in (
            ("row_a_class", 4, 4, 4, 1),
            ("one_row", 1, 1, 1, 1),
            ("three_classes", 90, 75, 90, 9),
        ):
            found = [shape_with(dataset=key, points=500, classes=9, held_out=share) for share in (None, 0, 90)]
            assert [data.rows for data in found] == [rows] * 3
            assert [data.training for data in found] == [training, all_training, few]
            assert shape_with(dataset=key).outputs == found[0].outputs


def test_selections_are_of_points():
    """What was chosen by the number of a point is let go of where the points are others."""
    circle = fields.data_of(fields.defaults())
    assert circle != fields.data_of({**fields.defaults(), "points": 100})
    assert circle != fields.data_of({**fields.defaults(), "noise": 0})
    for choices in ({"classes": 5}, {"held_out": 30}, {"batch_size": 7}):
        assert circle == fields.data_of({**fields.defaults(), **choices})


def test_regression_has_a_loss_that_fits_and_no_softmax(monkeypatch):
    traits = registry.entry("dataset", "circle").traits
    monkeypatch.setitem(traits, "task", registry.REGRESSION)
    monkeypatch.setitem(traits, "outputs", 1)
    experiment = fields.defaults()
    assert experiment["loss"] == "cross_entropy"
    assert shape.loss_of(experiment) == "mean_squared_error"
    assert shape.loss_of({**experiment, "loss": "huber"}) == "huber"
    assert [layer.name for layer in shape.layers(experiment)] == ["input", "fc1", "tanh1", "fc2"]
    assert shape.shape_of(experiment).task == registry.REGRESSION
