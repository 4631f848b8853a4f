"""In what classification and regression differ."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lab import datasets, tasks
from spec import protocol, registry
from tests import data_sets
from tests.lab import networks


def regression(targets):
    targets = np.asarray(targets, float)
    rows = np.arange(len(targets))
    data = datasets.assemble(np.zeros((len(rows), 2)), targets, rows, [], targets.shape[1], registry.REGRESSION)
    return tasks.Regression(networks.experiment_of(loss="mean_squared_error"), data), data


def test_levels_are_equal_parts():
    values = np.linspace(-2, 3, 1001)
    found = tasks.levels(values, -2, 3)
    assert found.min() == 0
    assert found.max() == 9
    for level in range(10):
        members = values[found == level]
        assert members.min() == pytest.approx(-2 + 0.5 * level, abs=0.006)
        assert members.max() == pytest.approx(-1.5 + 0.5 * level, abs=0.006)
    assert tasks.levels(np.array([-99.0, 99, np.nan, np.inf]), -2, 3).tolist() == [0, 9, 5, 5]
    assert tasks.levels(np.ones(3), 1, 1).tolist() == [5, 5, 5]


def test_what_a_data_set_returns_becomes_labels_and_targets():
    labels, targets = tasks.prepare(registry.CLASSIFICATION, np.array([2, 0, 1]), 4)
    assert labels.tolist() == [2, 0, 1]
    assert targets.tolist() == np.eye(4)[[2, 0, 1]].tolist()
    for values in (np.array([1.0, 2.0, 11.0]), np.array([[1.0], [2.0], [11.0]])):
        labels, targets = tasks.prepare(registry.REGRESSION, values, 1)
        assert labels.tolist() == [0, 1, 9]
        assert targets.tolist() == [[1], [2], [11]]
        assert targets.dtype == np.float32


def test_metrics_have_names_and_of_nothing_they_are_nan():
    task = networks.task_of(networks.experiment_of())
    assert task.metrics == protocol.METRICS["classification"]
    assert np.isnan(task.measure(np.zeros((0, 2)), np.zeros((0, 2)))).tolist() == [True, True]
    task, _ = regression([[1.0], [2.0]])
    assert task.metrics == protocol.METRICS["regression"]
    assert np.isnan(task.measure(np.zeros((0, 1)), np.zeros((0, 1)))).tolist() == [True] * 3
    loss, share, error = task.measure(np.float32([[1], [4]]), np.float32([[2], [2]]))
    assert (loss, error) == (2.5, 1.5)
    assert np.isnan(share), "there is no variance to explain"


@given(
    arrays(np.float32, (9, 2), elements=st.floats(-50, 50, width=32)),
    arrays(np.float32, (9, 2), elements=st.floats(-50, 50, width=32)),
    st.floats(0.125, 1000),
    st.floats(-1000, 1000),
)
def test_metrics_of_numbers(output, targets, scale, mean):
    """Row by row, and in the units in which the numbers were told before they were standardized."""
    assume(np.ptp(targets, axis=0).max() > 0.1)
    task, data = regression(targets)
    told = tasks.Regression(
        networks.experiment_of(loss="mean_squared_error"), data._replace(value_mean=mean, value_scale=scale)
    )
    wanted = [[float(number) * scale + mean for number in row] for row in targets]
    found = [[float(number) * scale + mean for number in row] for row in output]
    pairs = [(a, b) for row, other in zip(found, wanted, strict=True) for a, b in zip(row, other, strict=True)]
    means = [statistics.fmean(row[column] for row in wanted) for column in range(2)]
    errors = math.fsum((a - b) ** 2 for a, b in pairs)
    spread = math.fsum((row[column] - means[column]) ** 2 for row in wanted for column in range(2))
    loss, share, error = told.measure(output, targets)
    assert loss == task.measure(output, targets)[0], "what is made small is not in units"
    assert share == pytest.approx(1 - errors / spread, rel=1e-3, abs=1e-3)
    assert error == pytest.approx(math.fsum(abs(a - b) for a, b in pairs) / 18, rel=1e-3, abs=1e-3)
    np.testing.assert_allclose(told.in_units(targets), wanted, rtol=1e-4, atol=1e-3)


def test_a_loss_that_does_not_fit_gives_way_to_one_that_does():
    with data_sets.entered():
        for loss, expected in (("cross_entropy", 2.5), ("mean_squared_error", 2.5), ("huber", 1.0)):
            task = networks.task_of(networks.experiment_of(dataset="plane_target", loss=loss))
            assert task.measure(np.float32([[1], [4]]), np.float32([[2], [2]]))[0] == expected
    task = networks.task_of(networks.experiment_of(loss="huber"))
    assert task.measure(np.float32([[0.5, 0.5]]), np.float32([[0, 1]])) == (pytest.approx(np.log(2)), 0)


def test_regression_is_shaded_and_coloured_by_its_first_target():
    task, data = regression([[0.0, 5], [10, 5], [4, 5]])
    assert data.labels.tolist() == [0, 9, 4]
    values, scale = task.signed(np.float32([[5, 1], [0, 1], [10, 1], [99, 1], [-99, 1]]))
    assert scale == 5
    assert values.tolist() == [0, -5, 5, 5, -5]
    last = [np.zeros((3, 2)), np.float32([[0, 7], [9, 7], [3, 7]])]
    assert task.margins(last).shape == (0, 3)
    shades = task.shades(last)
    assert shades.tolist() == [[0, 9, 3]]
    # Between two samples their mean counts.
    assert task.colours_between(shades[:, :2], shades[:, 1:]).tolist() == [4, 6]


def test_share_of_variance_explained():
    task, data = regression(np.arange(12.0)[:, None])
    assert task.fit(data.targets, data.targets) == 1
    assert task.fit(np.full((12, 1), 5.5), data.targets) == pytest.approx(0)
    # Worse than the mean is no worse than nothing.
    assert task.fit(data.targets[::-1], data.targets) == 0
    noisy = data.targets + np.float32([[1], [-1]] * 6)
    expected = 1 - 12 / ((data.targets - 5.5) ** 2).sum()
    assert task.fit(noisy, data.targets) == pytest.approx(expected)
    assert np.isnan(task.fit(np.ones((3, 1)), np.ones((3, 1))))
    assert np.isnan(task.fit(np.ones((0, 1)), np.ones((0, 1))))
