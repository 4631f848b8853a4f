"""The data sets have the original's shapes, and come out of the seed alone."""

import numpy as np
import pytest

from lab import datasets
from spec import fields, registry
from tests import data_sets

# The data sets of the original demo.
ORIGINAL = ("circle", "gaussian", "spiral", "xor")
SEEDS = range(60)
# 0.1 of the radius of 4.5 along both axes, at most.
CIRCLE_NOISE = 0.45 * np.sqrt(2)


def load(dataset, seed=0):
    return datasets.load({**fields.defaults(), "dataset": dataset, "seed": seed})


def classes_of(dataset, seed):
    """The points of class 0 and of class 1 as float64."""
    data = load(dataset, seed)
    return [data.inputs[data.labels == label].astype(float) for label in (0, 1)]


def many(dataset):
    """The points of class 0 and of class 1 of many seeds together."""
    return [np.concatenate(points) for points in zip(*(classes_of(dataset, seed) for seed in SEEDS), strict=True)]


@pytest.mark.parametrize("dataset", data_sets.OFFERED)
def test_shapes_and_types(dataset):
    data, told = load(dataset), registry.entry("dataset", dataset).traits
    assert data.inputs.shape == (told["rows"], told["inputs"])
    assert data.inputs.dtype == np.float32
    assert data.labels.shape == (told["rows"],)
    assert data.targets.shape == (told["rows"], told["outputs"])
    assert data.targets.dtype == np.float32
    if told["task"] == registry.CLASSIFICATION:
        assert set(data.labels) == set(range(told["outputs"]))
        assert (data.targets.argmax(axis=1) == data.labels).all()
        assert (np.sort(data.targets, axis=1) == [0] * (told["outputs"] - 1) + [1]).all()


@pytest.mark.parametrize("dataset", ORIGINAL)
def test_the_originals_points_stay_within_6(dataset):
    extremes = np.array([np.abs(load(dataset, seed).inputs).max() for seed in SEEDS])
    assert extremes.max() > 4
    # A Gaussian has no end, and nothing is clipped.
    assert extremes.max() > 6 if dataset == "gaussian" else extremes.max() <= 6


@pytest.mark.parametrize("dataset", ["spiral", "circle", "gaussian"])
def test_a_hundred_points_a_class(dataset):
    for seed in range(5):
        assert np.bincount(load(dataset, seed).labels).tolist() == [100, 100]


@pytest.mark.parametrize("dataset", data_sets.OFFERED)
def test_split(dataset):
    for seed in range(5):
        data = load(dataset, seed)
        told = registry.entry("dataset", dataset).traits
        assert len(data.training) == told["training"]
        assert sorted([*data.training, *data.held_out]) == list(range(told["rows"]))


@pytest.mark.parametrize("dataset", ORIGINAL)
def test_the_original_has_two_hundred_points_and_trains_on_nine_tenths(dataset):
    data = load(dataset)
    assert (data.inputs.shape, len(data.training), set(data.labels)) == ((200, 2), 180, {0, 1})


def test_split_is_drawn():
    """A held-out tenth of one class only, or the same for every seed, would say nothing."""
    splits = [load("circle", seed) for seed in SEEDS]
    assert len({tuple(data.held_out) for data in splits}) == len(SEEDS)
    share = np.mean([data.labels[data.held_out].mean() for data in splits])
    assert share == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("dataset", data_sets.OFFERED)
def test_same_seed_same_data_and_other_seed_other_data(dataset):
    one, again, other = load(dataset, 3), load(dataset, 3), load(dataset, 4)
    for name in ("inputs", "labels", "targets", "training", "held_out"):
        assert (getattr(one, name) == getattr(again, name)).all(), name
    # What was measured is what it is: only the split is drawn.
    is_real = registry.trait("dataset", dataset, "table")
    assert (one.inputs == other.inputs).all() if is_real else not (one.inputs == other.inputs).any()
    assert (one.training != other.training).any()


def test_data_depend_on_seed_and_dataset_only():
    one = load("circle", 3)
    other = datasets.load(
        {**fields.defaults(), "seed": 3, "hidden_layers": (5, 5), "optimizer": "adam", "batch_size": 7, "speed": 0}
    )
    assert (one.inputs == other.inputs).all()
    assert (one.training == other.training).all()


def test_circle():
    inner, outer = (np.hypot(*points.T) for points in many("circle"))
    assert inner.max() <= 0.5 * 4.5 + CIRCLE_NOISE
    assert outer.min() >= 0.7 * 4.5 - CIRCLE_NOISE
    assert outer.max() <= 4.5 + CIRCLE_NOISE
    # The mean square of uniform radii, and of the noise: some points lie past where they would without.
    noise = 2 * 0.45**2 / 3
    assert (inner**2).mean() == pytest.approx(2.25**2 / 3 + noise, rel=0.04)
    assert (outer**2).mean() == pytest.approx((4.5**3 - 3.15**3) / (3 * 1.35) + noise, rel=0.01)
    assert inner.max() > 0.5 * 4.5 + 0.2
    assert outer.min() < 0.7 * 4.5 - 0.2
    assert outer.max() > 4.5 + 0.2


def test_circle_goes_all_the_way_round():
    for points in many("circle"):
        quadrants = np.bincount(2 * (points[:, 0] > 0) + (points[:, 1] > 0), minlength=4)
        assert quadrants.min() > 0.23 * len(points)


def test_spiral():
    expected = np.linspace(0.5, 4.5, 100)
    deviations = []
    for seed in SEEDS:
        for label, points in enumerate(classes_of("spiral", seed)):
            np.testing.assert_allclose(np.hypot(*points.T), expected, rtol=1e-6)
            # From the y axis clockwise, one turn outwards; the second arm half a turn ahead.
            angle = np.arctan2(points[:, 0], points[:, 1])
            law = np.pi * label + 2 * np.pi * np.arange(100) / 99
            deviations.append((angle - law + np.pi) % (2 * np.pi) - np.pi)
    deviations = np.concatenate(deviations)
    assert 0.79 < np.abs(deviations).max() <= 0.8 + 1e-6
    assert deviations.mean() == pytest.approx(0, abs=0.02)
    assert deviations.std() == pytest.approx(0.8 / np.sqrt(3), abs=0.01)


def test_gaussian():
    for points, mean in zip(many("gaussian"), (2.5, -2.5), strict=True):
        np.testing.assert_allclose(points.mean(axis=0), [mean, mean], atol=0.05)
        np.testing.assert_allclose(points.std(axis=0), [1, 1], atol=0.03)
        assert np.corrcoef(points.T)[0, 1] == pytest.approx(0, abs=0.05)


def test_xor():
    for seed in SEEDS:
        data = load("xor", seed)
        assert ((data.inputs.prod(axis=1) > 0) == data.labels).all()
        assert 60 < data.labels.sum() < 140
    points = np.abs(np.concatenate(many("xor")))
    assert 4.7 < points.max() <= 4.8
    # |u| + 0.3 + noise of ±0.5 is nearer to 0 than 0.2 in 2 of 100 draws; without the gap in 5.
    assert (points < 0.2).mean() == pytest.approx(0.02, abs=0.003)
    assert points.mean() == pytest.approx(2.3, abs=0.03)


def test_more_classes(monkeypatch):
    """A data set of three classes needs a function of that name and a line in the spec, nothing else."""

    def thirds(rng, rows):
        return rng.uniform(-3, 3, (rows, 2)), np.arange(rows) % 3

    traits = {**registry.entry("dataset", "circle").traits, "outputs": 3, "takes": ()}
    monkeypatch.setitem(registry.entries("dataset"), "thirds", registry.Entry("Thirds", thirds, traits))
    data = load("thirds")
    assert (data.targets == np.eye(3)[np.arange(200) % 3]).all()
