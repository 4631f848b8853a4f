"""Least squares against NumPy's, how a layer's probe is chosen, and what it says of data whose answer is known."""

import numpy as np
import pytest

from lab import datasets, probe, separator
from tests.lab import networks

TASK = networks.task_of(networks.experiment_of())


def problem(rows, width, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    activations = (rng.normal(size=(rows, width)) * rng.uniform(0.5, 2, width) + rng.normal(size=width)).astype("f4")
    return activations, np.eye(classes, dtype=np.float32)[rng.integers(0, classes, rows)]


def ridge_of(activations):
    x = activations.astype(float) - activations.mean(axis=0, dtype=float)
    return probe.RIDGE * (x**2).sum(axis=0).mean()


def by_least_squares(activations, targets, ridge):
    """Ridge regression as plain least squares on more rows: √λ · weights = 0; the bias stays free."""
    rows, width = activations.shape
    features = np.column_stack([activations, np.ones(rows)])
    penalty = np.sqrt(ridge) * np.eye(width, width + 1)
    extended = np.concatenate([targets, np.zeros((width, targets.shape[1]))])
    return np.linalg.lstsq(np.concatenate([features, penalty]), extended, rcond=None)[0]


@pytest.mark.parametrize("width", [1, 2, 8, 60])
def test_narrow_is_least_squares(width):
    activations, targets = problem(180, width)
    weights = probe.linear_probe(activations, targets)
    assert weights.shape == (width + 1, 3)
    features = np.column_stack([activations, np.ones(180)]).astype(float)
    expected = np.linalg.lstsq(features, targets, rcond=None)[0]
    # The ridge is all the difference.
    np.testing.assert_allclose(weights, expected, atol=1e-5)
    np.testing.assert_allclose(features @ weights, features @ expected, atol=1e-5)


@pytest.mark.parametrize(("rows", "width"), [(180, 2), (50, 49), (50, 50), (50, 51), (60, 400)])
def test_both_forms_are_ridge_regression(rows, width):
    activations, targets = problem(rows, width)
    expected = by_least_squares(activations, targets, ridge_of(activations))
    np.testing.assert_allclose(probe.linear_probe(activations, targets), expected, atol=1e-6)


def test_wide_dual_is_primal():
    activations, targets = problem(180, 1024)
    x = activations - activations.mean(axis=0, dtype=float)
    equations = x.T @ x + ridge_of(activations) * np.eye(1024)
    weights = probe.linear_probe(activations, targets)
    np.testing.assert_allclose(weights[:-1], np.linalg.solve(equations, x.T @ targets), atol=1e-6)
    # The residuals have mean 0, as the bias is free.
    np.testing.assert_allclose((activations @ weights[:-1] + weights[-1]).mean(axis=0), targets.mean(axis=0), atol=1e-6)


def test_copies_of_features():
    """Copies of features lead to the dual form; shared among the copies the solution is the same function."""
    activations, targets = problem(60, 20)
    narrow = probe.linear_probe(activations, targets)
    wide = probe.linear_probe(np.tile(activations, 5), targets)
    # The copies' weights add up; five times the features make the ridge a fifth as strong.
    np.testing.assert_allclose(wide[:-1].reshape(5, 20, 3).sum(axis=0), narrow[:-1], atol=1e-5)
    np.testing.assert_allclose(wide[-1], narrow[-1], atol=1e-5)


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1, 1e15])
@pytest.mark.parametrize("width", [4, 400])
def test_units_do_not_matter(scale, width):
    activations, targets = problem(40, width)
    scale = np.float32(scale)
    one, other = probe.linear_probe(activations, targets), probe.linear_probe(activations * scale, targets)
    np.testing.assert_allclose(other[:-1] * scale, one[:-1], atol=1e-4)
    np.testing.assert_allclose(other[-1], one[-1], atol=1e-4)


@pytest.mark.parametrize("activations", [np.zeros((20, 3)), np.full((20, 50), 7.0), np.zeros((20, 1))])
def test_constant_features_leave_the_mean(activations):
    _, targets = problem(20, 1)
    weights = probe.linear_probe(activations.astype(np.float32), targets)
    predicted = activations @ weights[:-1] + weights[-1]
    np.testing.assert_allclose(predicted, np.tile(targets.mean(axis=0), (20, 1)), atol=1e-6)


def test_repeated_and_dead_features_are_well_posed():
    activations, targets = problem(100, 3)
    clumsy = np.column_stack([activations, activations, np.zeros((100, 4))]).astype(np.float32)
    one, other = probe.linear_probe(activations, targets), probe.linear_probe(clumsy, targets)
    np.testing.assert_allclose(clumsy @ other[:-1] + other[-1], activations @ one[:-1] + one[-1], atol=1e-4)


# Which line counts.


def qualities(*given, **choices):
    return networks.qualities_of(TASK, *given, **choices)


def shares(weights, activations, labels, *parts):
    said = activations.astype(float) @ weights[:-1] + weights[-1]
    return tuple((said[rows].argmax(axis=1) == labels[rows]).mean() for rows in parts)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("width", [2, 30, 300])
def test_accuracies_are_those_of_the_line_that_parts_the_training_rows_or_better(width, classes):
    activations, targets = problem(120, width, seed=4, classes=classes)
    order = np.random.default_rng(0).permutation(120)
    parts = order[:100], order[100:]
    found = qualities(activations, targets, *parts)
    assert all(type(share) is float for share in found)
    labels, training = targets.argmax(axis=1), parts[0]
    line = None
    while line is None or not line.finished:
        line = separator.separate(activations[training], labels[training], classes, line)
    by_line = shares(line.weak if line.apart else line.ordinary, activations, labels, *parts)
    other = by_least_squares(activations[training], targets[training], ridge_of(activations[training]))
    by_other = shares(other, activations, labels, *parts)
    if by_line[0] >= by_other[0]:
        assert found == by_line
    else:
        assert found[0] >= by_other[0]
    if width >= 100:
        # As many features as points fit anything.
        assert found[0] == 1


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("work", [0, np.inf])
def test_never_below_least_squares_or_the_networks_own_line(classes, work):
    """For every network on the way, however few steps there are; of scores that come apart, and then overlap again."""
    rng = np.random.default_rng(classes)
    labels = np.arange(150) % classes
    targets = np.eye(classes, dtype=np.float32)[labels]
    training = np.arange(120)
    fits = probe.Fits(TASK, targets, training, np.arange(120, 150), own=["layer"])
    better = 0
    for version, apart in enumerate([*np.linspace(0, 4, 25), 1, 0, 3]):
        activations = (apart * targets + rng.normal(size=targets.shape)).astype(np.float32)
        fits.renew("layer", activations, version, work)
        share = fits.qualities("layer", activations)[0]
        other = by_least_squares(activations[training], targets[training], ridge_of(activations[training]))
        own = np.eye(classes + 1, classes)
        lines = other, own, fits.kept("layer").separator.ordinary
        known = [shares(line, activations, labels, training)[0] for line in lines]
        assert share >= max(known)
        better += known[2] < max(known[:2])
    # And that was not so by the line of logistic regression alone.
    assert better > 0


def noise(rows, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, rows)
    return rng.normal(size=(rows, 3)).astype("f4"), np.eye(3, dtype=np.float32)[labels], labels


def test_the_networks_own_line_counts_where_it_is_better():
    """Scores of three classes that overlap; the network's own lines are those on which two are equal."""
    better = 0
    for seed in range(40):
        scores, targets, labels = noise(30, seed)
        rows = np.arange(30)
        own = (scores.argmax(axis=1) == labels).mean()
        alone = qualities(scores, targets, rows, rows)[0]
        with_own = qualities(scores, targets, rows, rows, own=True)
        assert with_own[0] == max(own, alone)
        assert with_own[1] == with_own[0]
        better += own > alone
    # It was better, and it was not.
    assert 0 < better < 20


def test_a_layer_that_is_not_cheap_is_fitted_by_least_squares_first(monkeypatch):
    activations, targets = problem(60, 8, classes=2, seed=1)
    monkeypatch.setattr(probe, "CHEAP", 0)
    fits = probe.Fits(TASK, targets, np.arange(60))
    np.testing.assert_array_equal(fits.of("layer", activations, 0), probe.linear_probe(activations, targets))
    assert not fits.fits("layer", 0)
    while not fits.fits("layer", 0):
        fits.renew("layer", activations, 0, probe.WORK)
    assert fits.qualities("layer", activations) == pytest.approx(
        qualities(activations, targets, np.arange(60), np.arange(0)), nan_ok=True
    )
    # Where that line has all rows right no other is looked for.
    monkeypatch.setattr(probe, "separate", lambda *_: pytest.fail("looked for"))
    parted = (4 * (2 * targets[:, :1] - 1) + activations[:, :8] / 10).astype(np.float32)
    np.testing.assert_array_equal(fits.of("other", parted, 0), probe.linear_probe(parted, targets))
    assert fits.fits("other", 0)


def separability(dataset, features, seed=0):
    data = datasets.load(networks.experiment_of(dataset=dataset, seed=seed))
    return qualities(features(data.inputs), data.targets, data.training, data.held_out)


def best_of_all_lines(points, labels):
    """The largest share that any line has right, of points of the plane with labels 0 and 1: every order is tried.

    Seen along a direction the points' order changes only where two of them are seen in one place.
    """
    first, second = np.triu_indices(len(points), 1)
    across = points[second] - points[first]
    angles = np.sort(np.arctan2(across[:, 1], across[:, 0]) % np.pi) + np.pi / 2
    angles = (angles + np.append(angles[1:], angles[0] + np.pi)) / 2
    order = (np.column_stack([np.cos(angles), np.sin(angles)]) @ points.T).argsort(axis=1)
    # How many more of class 1 than of class 0 lie below each threshold.
    balance = np.cumsum(2 * labels[order] - 1, axis=1)
    most = max(balance.max() + (labels == 0).sum(), (labels == 1).sum() - balance.min())
    return most / len(points)


def test_xor_is_not_linearly_separable():
    shares = [separability("xor", lambda points: points, seed)[0] for seed in range(12)]
    assert 0.45 < np.mean(shares) < 0.65
    assert min(shares) > 0.4
    for seed in range(4):
        data = datasets.load(networks.experiment_of(dataset="xor", seed=seed))
        best = best_of_all_lines(data.inputs[data.training].astype(float), data.labels[data.training])
        assert shares[seed] <= best < 0.8
    # The product of the coordinates is all that it takes.
    assert separability("xor", lambda points: points[:, :1] * points[:, 1:])[0] == pytest.approx(1, abs=0.03)


def test_circle_is_linearly_separable_by_squares():
    assert separability("circle", lambda points: points)[0] < 0.75
    training, held_out = separability("circle", lambda points: points**2)
    assert training > 0.98
    assert held_out > 0.9


@pytest.mark.parametrize("dataset", ["spiral", "circle", "gaussian", "xor"])
def test_gaussian_alone_is_separable_at_the_input(dataset):
    assert (separability(dataset, lambda points: points)[0] > 0.95) == (dataset == "gaussian")


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [3, 18])
def test_not_finite_is_nan(hole, row):
    activations, targets = problem(20, 4)
    activations[row, 1] = hole
    found = qualities(activations, targets, np.arange(16), np.arange(16, 20))
    assert np.isnan(found).tolist() == [True, True]


@pytest.mark.parametrize("seed", range(20))
def test_a_line_that_is_moved_has_as_many_right_as_any_at_its_slope(seed):
    """Every place between neighbours is tried one by one; of several that are best it is the nearest."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(60, 2)).round(1)
    labels = (np.hypot(*rows.T) > 1).astype(int)
    kernel = rng.normal(size=(2, 2))
    bias = rng.normal(size=2)
    weights = np.concatenate([kernel, bias[None]])
    line = probe._Line(weights, rows @ kernel + bias, 0)
    moved = probe._moved(line, labels)
    np.testing.assert_array_equal(moved[:-1], kernel)

    def right(shift):
        said = rows @ kernel + bias
        return ((said[:, 1] - said[:, 0] > shift) == labels).mean()

    ahead = np.unique((rows @ kernel + bias) @ [-1, 1])
    tried = [ahead[0] - 1, *(ahead[1:] + ahead[:-1]) / 2, ahead[-1] + 1]
    shares = np.array([right(shift) for shift in tried])
    shift = (bias - moved[-1]) @ [-1, 1]
    assert right(shift) == shares.max()
    best = np.array(tried)[shares == shares.max()]
    inner = best[(best > ahead[0]) & (best < ahead[-1])]
    if len(inner):
        assert abs(shift) <= np.abs(inner).min() + 1e-9


def test_around_a_disc_the_line_is_moved_to_where_it_has_more_right():
    """Of a disc inside of a ring the line of logistic regression has half; a cut beside the disc has more."""
    experiment = networks.experiment_of()
    data = datasets.load(experiment)
    rows, targets = data.inputs[data.training], data.targets[data.training]
    labels = targets.argmax(axis=1)
    fits = probe.Fits(TASK, targets, np.arange(len(rows)))
    weights = fits.of("input", rows, 1)
    share = (probe.scores(weights, rows).argmax(axis=1) == labels).mean()
    plain = separator.separate(rows.astype(float), labels, 2).ordinary
    logistic = (probe.scores(plain, rows).argmax(axis=1) == labels).mean()
    assert logistic < 0.55
    angles = np.linspace(0, np.pi, 360)
    cuts = rows @ np.stack([np.cos(angles), np.sin(angles)])
    best = max(max(((cut > at) == labels).mean(), ((cut <= at) == labels).mean()) for cut in cuts.T for at in cut)
    assert best - 0.05 < share <= best
