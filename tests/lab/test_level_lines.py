"""Lines at round numbers, against known functions, and where their numbers are written."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import boundary, datasets, level_lines, network, tasks
from lab.plane import UNITS, corners
from spec import registry
from tests.lab import networks
from tests.lab.pictures import polylines, view_of


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_round_numbers(low, span):
    high = low + span
    found = level_lines.round_numbers(low, high)
    assert 1 <= len(found) <= level_lines.MOST
    assert all(low - 1e-9 * span <= number <= high + 1e-9 * span for number in found)
    # Exactly: each is a whole number of steps of 1, 2 or 5 times a power of ten, and no such number is left out.
    exact = [Fraction(str(number)) for number in found]
    if len(found) > 1:
        step = exact[1] - exact[0]
        assert all(two - one == step for one, two in pairwise(exact))
        assert all((number / step).denominator == 1 for number in exact)
        digits = step / Fraction(10) ** math.floor(math.log10(step) + 1e-9)
        assert digits in (1, 2, 5)
        assert exact[0] - step < low and exact[-1] + step > high


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-1.09, 1.17, [-1, -0.5, 0, 0.5, 1]),
        (0.02, 0.31, [0.05, 0.1, 0.15, 0.2, 0.25, 0.3]),
        (12000, 61000, [20000, 30000, 40000, 50000, 60000]),
        (3, 3, []),
        (0, math.inf, []),
        (math.nan, 1, []),
    ],
)
def test_round_numbers_of_some_ranges(low, high, expected):
    assert level_lines.round_numbers(low, high) == expected


def linear(slope, bias, mean=0.0, scale=1.0):
    """`(task, left view at 24 squares a side)` of a network without hidden layers, slope · (x, y) + bias."""
    experiment = networks.experiment_of(dataset="plane", hidden_layers=())
    data = datasets.load(experiment)._replace(value_mean=mean, value_scale=scale)
    task = tasks.task_of(experiment, data)
    parameters = [np.float32(slope).reshape(2, 1), np.float32([bias])]
    outputs = network.predict(experiment, parameters, [], networks.PLANE.grid(24))
    return task, boundary.draw(task, list(outputs.values())[-2:], 24, view_of(experiment))


@pytest.mark.parametrize(("mean", "scale"), [(0.0, 1.0), (250.0, 40.0), (1e5, 2.5e4)])
def test_lines_of_a_linear_network_are_straight_and_evenly_spaced(mean, scale):
    slope, bias = np.array([0.12, 0.09]), 0.02
    task, drawn = linear(slope, bias, mean, scale)
    ends = np.array(polylines(drawn["contour"], networks.PLANE.unit))
    assert task.numbers == level_lines.round_numbers(*task.in_units(np.array(task.range)).tolist())
    # What the network says at each end, in the units in which it is told, is a round number.
    said = (ends @ slope + bias) * scale + mean
    step = task.numbers[1] - task.numbers[0]
    nearest = np.rint(said / step) * step
    np.testing.assert_allclose(said, nearest, atol=2e-3 * scale)
    assert (nearest[:, 0] == nearest[:, 1]).all()
    np.testing.assert_allclose(np.unique(np.rint(nearest / step)) * step, task.numbers)
    # Lines across the slope, as far from one another as the slope alone says.
    far = ends @ slope / np.linalg.norm(slope)
    lines = [far[nearest == number] for number in np.unique(nearest)]
    assert max(np.ptp(line) for line in lines) < 0.02
    np.testing.assert_allclose(
        np.diff([line.mean() for line in lines]), step / scale / np.linalg.norm(slope), atol=0.02
    )


@pytest.mark.parametrize("number", [0.25, 0.5, 1.5])
def test_lines_of_a_round_hill_are_circles(number):
    places = corners(96) / UNITS
    radius = np.hypot(*places.T)
    path, labels = level_lines.lines((2 - 2 * radius).astype(np.float32), [number], [1000 * number])
    ends = np.concatenate(polylines(path)) / UNITS
    np.testing.assert_allclose(np.hypot(*ends.T), 1 - number / 2, atol=1e-3)
    assert len(labels) == 1
    assert math.hypot(*labels[0, :2]) / UNITS == pytest.approx(1 - number / 2, abs=1e-2)
    assert labels[0, 2] == 1000 * number


def test_numbers_are_written_on_their_own_lines_clear_of_one_another():
    _, drawn = linear([0.12, 0.09], 0.02)
    labels = drawn["contour_labels"]
    assert len(labels) >= 4
    places = networks.PLANE.unit * labels[:, :2]
    np.testing.assert_allclose(places @ [0.12, 0.09] + 0.02, labels[:, 2], atol=2e-3)
    assert (np.abs(labels[:, :2]) <= level_lines.WITHIN * UNITS).all()
    for index, place in enumerate(labels[:, :2]):
        away = np.abs(np.delete(labels[:, :2], index, axis=0) - place) / UNITS
        assert (away >= level_lines.APART).any(axis=1).all()


def test_a_steep_hill_has_lines_and_no_room_for_all_numbers():
    places = corners(96) / UNITS
    height = np.exp(-np.square(places * 30).sum(axis=1)).astype(np.float32)
    levels = [0.2, 0.4, 0.6, 0.8]
    path, labels = level_lines.lines(height, levels, levels)
    assert len(path)
    assert len(labels) == 1


def test_where_nothing_is_predicted_there_are_no_lines():
    values = np.full(25, np.nan, np.float32)
    path, labels = level_lines.lines(values, [0.0, 1.0], [0.0, 1.0])
    assert path.dtype == np.int32
    assert len(path) == len(labels) == 0
    path, labels = level_lines.lines(np.zeros(25, np.float32), [], [])
    assert len(path) == len(labels) == 0


def test_classes_have_no_numbers_at_their_boundary():
    experiment = networks.experiment_of(hidden_layers=())
    assert tasks.task_of(experiment, datasets.load(experiment)).name == registry.CLASSIFICATION
    parameters, _ = networks.shaken(experiment)
    last = list(network.predict(experiment, parameters, [], networks.PLANE.grid(24)).values())[-2:]
    drawn = boundary.draw(networks.task_of(experiment), last, 24, view_of(experiment))
    assert len(drawn["contour"])
    assert drawn["contour_labels"].shape == (0, 3)
