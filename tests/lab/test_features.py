"""What the network gets as inputs: features of the columns, or some of the columns; and how the plane shows that."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import datasets, own_sets, table_data, table_drawing
from lab.plane import plane_of, selector
from lab.run import Run
from spec import fields, registry, shape
from tests.lab import networks
from tests.lab.test_own_sets import FLOWERS, experiment_of, forgotten  # noqa: F401
from tests.lab.test_session import framed, no_runs, opened, request_of  # noqa: F401

FORMULAS = {
    "x": lambda x, y: x,
    "y": lambda x, y: y,
    "x2": lambda x, y: x * x,
    "y2": lambda x, y: y * y,
    "xy": lambda x, y: x * y,
    "sinx": lambda x, y: math.sin(x),
    "siny": lambda x, y: math.sin(y),
    "radius": lambda x, y: math.sqrt(x * x + y * y),
}
# Of two columns, and of one.
SOME = st.sets(st.sampled_from(sorted(FORMULAS)), min_size=1)


def with_inputs(keys, **choices):
    experiment = networks.experiment_of(**choices)
    return fields.changed(experiment, "inputs", ", ".join(keys))


def test_every_feature_has_a_formula_here():
    assert set(FORMULAS) == set(registry.entries("feature"))


@given(SOME, st.integers(0, 9))
def test_inputs_are_what_the_formulas_say(keys, seed):
    experiment = with_inputs(keys, seed=seed)
    data, plain = datasets.load(experiment), datasets.load(networks.experiment_of(seed=seed))
    order = [key for key in FORMULAS if key in keys]
    expected = [[FORMULAS[key](x, y) for key in order] for x, y in plain.inputs.tolist()]
    np.testing.assert_allclose(data.inputs, expected, rtol=1e-5, atol=1e-6)
    assert data.inputs.dtype == np.float32
    np.testing.assert_array_equal(data.columns, plain.inputs)
    np.testing.assert_array_equal(data.labels, plain.labels)
    assert shape.shape_of(experiment).inputs == len(keys) and shape.shape_of(experiment).columns == 2
    assert shape.layers(experiment)[0] == ("input", "input", len(keys))


@given(SOME, st.lists(st.tuples(st.floats(-6, 6), st.floats(-6, 6)), min_size=1, max_size=9))
def test_a_place_of_the_plane_stands_for_its_features(keys, places):
    data = datasets.load(with_inputs(keys))
    plane = plane_of(data.columns, 6, features=data.features)
    places = np.array(places, np.float32)
    order = [key for key in FORMULAS if key in keys]
    expected = [[FORMULAS[key](x, y) for key in order] for x, y in places.tolist()]
    found = plane.inputs_at(places) if data.features else places
    np.testing.assert_allclose(found, expected if data.features else places, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(plane.coordinates(places), places)


def test_one_column_has_its_own_features_only():
    experiment = networks.experiment_of(dataset="curve")
    assert shape.offered_inputs(experiment) == ("x", "x2", "sinx")
    data = datasets.load(fields.changed(experiment, "inputs", "sinx, x"))
    np.testing.assert_allclose(data.inputs[:, 0], data.columns[:, 0])
    np.testing.assert_allclose(data.inputs[:, 1], np.sin(data.columns[:, 0]), rtol=1e-5)


def test_the_plane_is_where_it_was_and_shows_what_the_network_says_there():
    experiment = with_inputs(("x2", "y2"), hidden_layers=())
    run = Run(experiment)
    plain = Run(networks.experiment_of(hidden_layers=()))
    for name in ("points", "plane", "unit", "axis_units", "labels", "columns"):
        np.testing.assert_array_equal(run.opened()[name], plain.opened()[name], name)
    assert run.opened()["inputs"] == 2
    # Without a hidden layer the logits are kernel · (x², y²) + bias at every place of the plane.
    kernel, bias = run.trainer.arrays()[0][:2]
    lattice = run.plane.samples(12)
    across = np.linspace(-6, 6, 13)
    places = np.array([(x, y) for y in across[::-1] for x in across])
    np.testing.assert_allclose(lattice[:], places**2, rtol=1e-5)
    logits = run.trainer.evaluate(lattice[:], {"fc1": selector(2)})["fc1"][:, :2]
    np.testing.assert_allclose(logits, places**2 @ kernel + bias, rtol=1e-4, atol=1e-4)


def test_a_circle_is_parted_by_one_neuron_that_sees_the_radius():
    """Without a hidden layer, where two plain inputs cannot."""
    accuracies = []
    for keys in (("radius",), ("x", "y")):
        experiment = with_inputs(keys, hidden_layers=(), learning_rate=0.1)
        answer = opened(experiment)
        assert answer["engine"] == "wasm", answer["reason"]
        framed(request_of(experiment, steps=600, milliseconds=60_000))
        (last,) = framed(request_of(experiment))
        accuracies.append(float(last["metrics"][1]))
    assert accuracies[0] > 0.98 and accuracies[1] < 0.8


def test_some_columns_of_many_are_all_that_there_is():
    whole = datasets.load(networks.experiment_of(dataset="iris"))
    experiment = fields.changed(networks.experiment_of(dataset="iris"), "inputs", "3, 0")
    data = datasets.load(experiment)
    assert shape.chosen_inputs(experiment) == ("0", "3") and shape.column_names(experiment)[1] == "petal width"
    np.testing.assert_array_equal(data.inputs, whole.inputs[:, [0, 3]])
    np.testing.assert_array_equal(data.columns, data.inputs)
    np.testing.assert_array_equal(data.training, whole.training)
    run = Run(experiment)
    np.testing.assert_array_equal(run.opened()["points"], data.inputs)
    # The axes of the plane speak in centimetres: the set's means and deviations, as the source has them.
    (first, second) = run.opened()["axis_units"]
    assert first[0] == pytest.approx(5.843, abs=1e-3) and second[0] == pytest.approx(1.199, abs=1e-3)
    assert first[1] == pytest.approx(0.825, abs=1e-3) and second[1] == pytest.approx(0.76, abs=1e-2)
    text = table_data.csv_of_data(data, experiment).splitlines()
    assert text[0] == "sepal length,petal width,class"
    assert [float(cell) for cell in text[1].split(",")[:2]] == pytest.approx([5.1, 0.2], abs=1e-5)


def test_some_columns_of_an_own_table():
    lines = FLOWERS.splitlines()
    text = "\n".join([f"height,{lines[0]}", *(f"{number % 11},{line}" for number, line in enumerate(lines[1:]))])
    experiment = experiment_of(text)
    chosen = fields.changed(experiment, "inputs", "1")
    assert shape.column_names(experiment) == ("height", "length", "width")
    assert shape.column_names(chosen) == ("length",)
    data, whole = datasets.load(chosen), datasets.load(experiment)
    np.testing.assert_array_equal(data.columns[:, 0], whole.columns[:, 1])
    assert (data.means[0], data.scales[0]) == (whole.means[1], whole.scales[1])


def test_a_point_is_drawn_where_the_network_sees_features():
    experiment = with_inputs(("y", "radius"))
    key, content = table_drawing.drawn_on(datasets.load(experiment), experiment, {"add": [[3.0, -4.0, 1]]})
    own_sets.keep(key, content)
    data = datasets.load({**experiment, "dataset": "own", "table": key, "held_out": None})
    assert data.columns[-1].tolist() == [3, -4] and data.inputs[-1].tolist() == [-4, 5]


@pytest.mark.parametrize(
    ("dataset", "text", "words"),
    [
        ("circle", "x, z", "“z” is not"),
        ("circle", "x,,y", "a comma with nothing beside it"),
        ("circle", "x, x", "is there twice"),
        ("circle", "0", "Inputs of these data are some of x, y, x2"),
        ("curve", "y", "some of x, x2, sinx; “y” is not"),
        ("iris", "x", "some of 0, 1, 2, 3; “x” is not"),
        ("iris", "4", "“4” is not"),
        ("breast_cancer", "77", "some of 0, 1, 2"),
        ("digits", "0", "of images all pixels are inputs"),
        ("circle", "__class__", "“__class__” is not"),
    ],
)
def test_what_is_no_input_is_refused_with_what_there_is(dataset, text, words):
    experiment = networks.experiment_of(dataset=dataset)
    with pytest.raises(ValueError, match=r"^Inputs") as refusal:
        fields.changed(experiment, "inputs", text)
    assert words in str(refusal.value)
    assert experiment["inputs"] == ()
