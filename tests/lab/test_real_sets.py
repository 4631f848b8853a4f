"""The real data sets: read as their sources have them, and learnt as well as is known that they can be."""

import csv
import io
import re

import numpy as np
import pytest

from lab import datasets, real_sets, session
from lab.run import Run
from spec import fields, protocol, registry
from tests import data_sets
from tests.lab import networks
from tests.lab.pictures import PALETTE, view_of
from tests.real_tables import tables
from tools.environment import ROOT

REAL = [key for key in data_sets.OFFERED if registry.trait("dataset", key, "table")]
# Rows of each class, as the descriptions of the sources say.
CLASSES = {
    "iris": [50, 50, 50],
    "wine": [59, 71, 48],
    "breast_cancer": [212, 357],
    # Of Adelie and of Gentoo one penguin each was not measured: 152 and 124 in the table.
    "penguins": [151, 68, 123],
    "digits": [178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
}
# Column -> its published least, largest, mean and standard deviation, each to as many digits as is said there.
# Iris and Wine: UCI's descriptions (with the two corrections of Iris); Breast cancer: only the least and largest;
# Penguins: the documentation of palmerpenguins.
PUBLISHED = {
    "iris": {0: ("4.3", "7.9", "5.84", "0.83"), 2: ("1.0", "6.9", "3.76", "1.77"), 3: ("0.1", "2.5", "1.20", "0.76")},
    "wine": {0: ("11.03", "14.83", "13.0", "0.8"), 4: ("70", "162", "99.7", "14.3"), 12: ("278", "1680", "747", "315")},
    "breast_cancer": {0: ("6.981", "28.11"), 3: ("143.5", "2501"), 29: ("0.055", "0.208")},
    "penguins": {0: ("32.1", "59.6", "43.9", "5.5"), 1: ("13.1", "21.5", "17.2", "2.0"), 3: ("2700", "6300", "4202")},
}
# The settings with which each is learnt, and the accuracy on what is held out, median over five seeds.
LEARNT = {
    "iris": ({"hidden_layers": (16,)}, 60, 0.95),
    "wine": ({"hidden_layers": (16,)}, 40, 0.95),
    "breast_cancer": ({"hidden_layers": (16,)}, 30, 0.95),
    "penguins": ({"hidden_layers": (16,)}, 40, 0.97),
    "digits": ({"hidden_layers": (32, 16)}, 20, 0.95),
}


def load(key, **choices):
    return datasets.load({**fields.defaults(), "dataset": key, **choices})


def cells(key):
    """The rows of a table as text, without its first line if that is one of names."""
    rows = list(csv.reader(io.StringIO(tables()[key].decode())))
    return rows if key == "digits" else rows[1:]


def measured(key):
    """`(inputs, classes)` of a table in its own units, read by hand."""
    rows = cells(key)
    if key != "penguins":
        return np.array([row[:-1] for row in rows], float), [int(row[-1]) for row in rows]
    whole = [row for row in rows if "NA" not in row[2:6]]
    return np.array([row[2:6] for row in whole], float), [["Adelie", "Chinstrap", "Gentoo"].index(r[0]) for r in whole]


def test_every_real_set_is_tested_here_and_has_a_table():
    assert REAL == list(CLASSES) == list(LEARNT)
    assert sorted(REAL) == sorted(tables())


@pytest.mark.parametrize("key", REAL)
def test_rows_and_classes_are_the_sources(key):
    data = load(key)
    assert np.bincount(data.labels).tolist() == CLASSES[key]
    assert data.labels.tolist() == measured(key)[1]


@pytest.mark.parametrize("key", PUBLISHED)
def test_the_tables_are_the_published_ones(key):
    inputs, _ = measured(key)
    for column, told in PUBLISHED[key].items():
        values = inputs[:, column]
        found = values.min(), values.max(), values.mean(), values.std(ddof=1)
        for number, text in zip(found, told, strict=False):
            # Half a unit of the last digit that is told.
            assert number == pytest.approx(float(text), abs=0.5001 * 10.0 ** -len(text.partition(".")[2])), text


@pytest.mark.parametrize("key", [key for key in REAL if key != "digits"])
def test_measurements_are_standardized_over_all_rows(key):
    data, (inputs, _) = load(key, held_out=30), measured(key)
    assert (np.abs(data.inputs.mean(axis=0, dtype=float)) < 1e-6).all()
    np.testing.assert_allclose(data.inputs.std(axis=0, dtype=float), 1, rtol=1e-6)
    # A line through its first and last row takes each column back to the table's numbers.
    for column, values in zip(data.inputs.T.astype(float), inputs.T, strict=True):
        slope, intercept = np.polyfit(column, values, 1)
        np.testing.assert_allclose(slope * column + intercept, values, atol=2e-6 * np.abs(values).max())


def test_the_first_iris_and_the_first_zero():
    """As scikit-learn's documentation prints them, standardized and as an image."""
    np.testing.assert_allclose(load("iris").inputs[0], [-0.9007, 1.0190, -1.3402, -1.3154], atol=5e-5)
    pixels = (load("digits").inputs[0] * 16).astype(int).reshape(8, 8)
    assert [" ".join(map(str, row)) for row in pixels] == [
        "0 0 5 13 9 1 0 0",
        "0 0 13 15 10 15 5 0",
        "0 3 15 2 0 11 8 0",
        "0 4 12 0 0 8 8 0",
        "0 5 8 0 0 9 8 0",
        "0 4 11 0 1 12 7 0",
        "0 2 14 5 10 12 0 0",
        "0 0 6 13 10 0 0 0",
    ]


@pytest.mark.parametrize("key", REAL)
def test_each_input_has_a_name_of_its_own(key):
    columns = registry.trait("dataset", key, "columns")
    assert len(set(columns)) == len(columns) == registry.trait("dataset", key, "inputs")


def test_penguins_inputs_have_the_names_of_the_table():
    head = tables()["penguins"].decode().splitlines()[0].replace('"', "").split(",")
    named = [head[number].rpartition("_")[0].replace("_", " ") for number in (2, 3, 4, 5)]
    assert list(registry.trait("dataset", "penguins", "columns")) == named


def test_pixels_are_between_paper_and_ink():
    data, (inputs, _) = load("digits"), measured("digits")
    assert (data.inputs.min(), data.inputs.max()) == (0, 1)
    assert (data.inputs * 16 == inputs).all()


@pytest.mark.parametrize("neuron", [("fc1", 2), ("tanh1", 2)])
def test_the_weights_of_a_neuron_that_sees_images_are_an_image(neuron):
    """Its sign's colour the fuller, the larger a weight; other neurons have none, nor have those of other data."""
    scene = Run(networks.experiment_of(dataset="digits", hidden_layers=(4, 3)))
    kernel = scene.trainer.arrays()[0][0][:, 2]

    def picture(run, neuron, shading="neuron"):
        return run.stage.draw(run.trainer, view_of(run.experiment, shading=shading, neuron=neuron))

    image = picture(scene, neuron)["weight_image"]
    assert image.shape == (8, 8, 4) and (image[:, :, 3] == 255).all()
    neutral = np.array(PALETTE["neutral"], float)
    towards = np.array([PALETTE["signs"][int(weight > 0)] for weight in kernel]) - neutral
    share = np.abs(kernel / np.abs(kernel).max())[:, None]
    away = image[:, :, :3].reshape(64, 3) - neutral
    # One strength for all, which leaves the marks of points to be told from it.
    strength = away[share.argmax()] @ towards[share.argmax()] / np.square(towards[share.argmax()]).sum()
    assert 0.5 < strength <= 1
    np.testing.assert_allclose(away, strength * share * towards, atol=2)
    assert "weight_image" not in picture(scene, neuron, "classes")
    assert "weight_image" not in picture(scene, ("fc2", 1)) and "weight_image" not in picture(scene, ("input", 1))
    assert "weight_image" not in picture(Run(networks.experiment_of(dataset="iris")), ("fc1", 2))


def test_the_image_of_the_point_that_is_pointed_at_is_the_tables():
    """Ink on paper, in all pixels; of other data, and where nothing is pointed at, there is none."""
    inputs, _ = measured("digits")
    scene = Run(networks.experiment_of(dataset="digits", hidden_layers=(4,)))

    def picture(run, **view):
        return run.stage.draw(run.trainer, view_of(run.experiment, **view))

    for point in (0, 1234):
        image = picture(scene, point=point)["point_image"]
        assert image.shape == (8, 8, 4) and (image[:, :, 3] == 255).all()
        for channel in range(3):
            np.testing.assert_allclose(image[:, :, channel].ravel(), 255 * (1 - inputs[point] / 16), atol=0.51)
    assert "point_image" not in picture(scene)
    assert "point_image" not in picture(Run(networks.experiment_of(dataset="iris")), point=3)


def test_penguins_that_were_not_measured_are_left_out():
    rows = cells("penguins")
    assert len(rows) == 344
    assert [index for index, row in enumerate(rows) if row[2:6] == ["NA"] * 4] == [3, 271]
    # Nothing else leaves one out.
    assert sum("NA" in row for row in rows) == 11
    assert len(load("penguins").inputs) == 342


@pytest.mark.parametrize("key", REAL)
def test_points_noise_and_classes_change_nothing(key):
    one, other = load(key), load(key, points=50, noise=500, classes=2)
    for name in ("inputs", "labels", "training"):
        assert (getattr(one, name) == getattr(other, name)).all()
    assert len(load(key, held_out=50).training) == pytest.approx(len(one.inputs) / 2, abs=0.5)


@pytest.mark.parametrize("key", REAL)
def test_it_is_learnt(key):
    choices, epochs, least = LEARNT[key]
    accuracies = []
    for seed in range(5):
        fast = {"activation": "relu", "optimizer": "adam", "learning_rate": 0.01}
        experiment = {**fields.defaults(), **fast, **choices, "dataset": key, "seed": seed, "held_out": 30}
        run = Run(experiment, drawn=False)
        assert run.trainer.engine == "wasm", run.trainer.reason
        request = protocol.Request(
            "run", 10**6, 60_000, epochs, protocol.live_of(experiment), None, False, False, False, None
        )
        answer = run.frame(request)
        assert answer["epoch"] == epochs
        accuracies.append(
            dict(zip(protocol.METRICS["classification"], answer["metrics"], strict=True))["test_accuracy"]
        )
    assert np.median(accuracies) >= least, accuracies


def test_the_door_takes_the_table_with_the_opening(monkeypatch):
    monkeypatch.setattr(real_sets, "_tables", {})
    opening = protocol.Opening("run", {**fields.defaults(), "dataset": "iris"}, True, protocol.BUDGET)
    with pytest.raises(KeyError, match="iris"):
        session.open_runs([opening])
    (opened,) = session.open_runs([opening], tables()["iris"])
    assert (opened["rows"], opened["inputs"], opened["outputs"]) == (150, 4, 3)
    # It has been kept.
    session.open_runs([opening])
    session.close_runs(["run"])


@pytest.mark.filterwarnings("ignore:loadtxt")
@pytest.mark.parametrize("content", [b"", b"<!doctype html>", b"150,4\n1,2,x\n", b"150,4\n1,2,3,4,0\n", b"\xff\xfe"])
def test_what_is_no_such_table_is_not_kept(monkeypatch, content):
    monkeypatch.setattr(real_sets, "_tables", {})
    with pytest.raises(ValueError):
        real_sets.keep_table("iris", content)
    assert real_sets._tables == {}


def test_nothing_of_the_tables_is_among_our_own_files():
    """They are others' work, and come from where they are published."""
    line = re.compile(rb"^(\d[\d.]*,){4,}", re.MULTILINE)
    assert line.search(tables()["iris"])
    for path in [*(ROOT / "py").rglob("*.py"), *(ROOT / "static").rglob("*.*js")]:
        assert not line.search(path.read_bytes()), path
