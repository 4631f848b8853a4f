"""The line that separates, against exact arithmetic on what can be separated and what cannot, and step by step."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from lab import probe, separator
from lab.separator import separate
from tests.lab import networks
from tests.logistic import logistic_line

COMMON = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def finished(activations, labels, classes=2, before=None):
    """The fit after as many calls as it takes, from `before`, that of other activations."""
    before = before and before.unsettled()
    for _ in range(300):
        before = separate(activations, labels, classes, before)
        if before.finished:
            return before
    raise AssertionError("it does not come to an end")


def weights_of(found):
    return found.weak if found.apart else found.ordinary


def said_by(found, activations):
    weights = weights_of(found)
    return activations.astype(float) @ weights[:-1] + weights[-1]


def ahead(found, activations, labels):
    """By how much each row's own class is ahead of the others."""
    said = said_by(found, activations)
    own = np.eye(said.shape[1], dtype=bool)[labels]
    return said[own] - np.where(own, -np.inf, said).max(axis=1)


def right(found, activations, labels):
    return (said_by(found, activations).argmax(axis=1) == labels).mean()


# Exactly: what can be separated.


def nonnegative_solution(columns, target):
    """Whether target = Σ λ column with λ ≥ 0 is solvable, in fractions: the simplex method's first phase.

    Bland's rule (Mathematics of Operations Research 2, 1977) keeps it from going round in circles.
    """
    height, count = len(target), len(columns)
    table = []
    for row in range(height):
        sign = -1 if target[row] < 0 else 1
        unit = [Fraction(int(row == other)) for other in range(height)]
        table.append([sign * column[row] for column in columns] + unit + [sign * target[row]])
    base = list(range(count, count + height))
    # The cost is the sum of the artificial variables.
    cost = [-sum(row[j] for row in table) for j in range(count)] + [Fraction(0)] * height
    cost.append(-sum(row[-1] for row in table))
    while True:
        entering = next((j for j in range(count + height) if cost[j] < 0), None)
        if entering is None:
            return cost[-1] == 0
        ratios = [(row[-1] / row[entering], base[i], i) for i, row in enumerate(table) if row[entering] > 0]
        _, _, leaving = min(ratios)
        pivot = table[leaving][entering]
        table[leaving] = [value / pivot for value in table[leaving]]
        for other in [*table[:leaving], *table[leaving + 1 :], cost]:
            factor = other[entering]
            if factor:
                other[:] = [a - factor * b for a, b in zip(other, table[leaving], strict=True)]
        base[leaving] = entering


def can_be_separated(points, labels, classes):
    """Whether linear functions, one for each class, can put every point's own class first; in exact arithmetic.

    By Gordan's theorem they can unless the vectors (point, 1) in the block of a point's own class, less the same in the
    block of another class, for all points and other classes, have a combination of 0 with weights ≥ 0 and not all 0.
    """
    columns = []
    for point, label in zip(points, labels, strict=True):
        vector = [*(Fraction(float(value)) for value in point), Fraction(1)]
        for other in set(range(classes)) - {int(label)}:
            blocks = [[Fraction(0)] * len(vector) for _ in range(classes)]
            blocks[label], blocks[other] = vector, [-value for value in vector]
            columns.append([value for block in blocks for value in block] + [Fraction(1)])
    return not nonnegative_solution(columns, [Fraction(0)] * (len(columns[0]) - 1) + [Fraction(1)])


def widest_margin(points, labels, classes):
    """`(margin, residual)`: the widest margin by which weights of length 1 separate the classes, 0 if none do.

    For every row and other class, v is (point, 1) in the block of the row's own class less the same in the other's. The
    shortest of all convex combinations of the v is as long as the margin is wide (the dual of a hard-margin support
    vector machine, without a bias apart). It is found by non-negative least squares of (0, 1) on the (v, 1): Lawson,
    Hanson, Solving Least Squares Problems, 1974, chapter 23. Either answer is its own proof: the combination parts all
    v, or it is 0.
    """
    features = np.column_stack([points, np.ones(len(points))])
    own, other = np.nonzero(np.arange(classes) != np.asarray(labels)[:, None])
    v = np.zeros((len(own), classes, features.shape[1]))
    v[np.arange(len(own)), np.asarray(labels)[own]] = features[own]
    v[np.arange(len(own)), other] = -features[own]
    v = v.reshape(len(own), -1)
    matrix = np.column_stack([v, np.ones(len(v))]).T
    target = np.zeros(len(matrix))
    target[-1] = 1
    shares, active = np.zeros(len(v)), np.zeros(len(v), bool)
    for _ in range(20 * len(v)):
        slope = matrix.T @ (target - matrix @ shares)
        slope[active] = -np.inf
        if slope.max() <= 1e-12:
            break
        active[slope.argmax()] = True
        while True:
            found = np.zeros(len(v))
            found[active] = np.linalg.lstsq(matrix[:, active], target, rcond=None)[0]
            below = active & (found <= 1e-14)
            if not below.any():
                break
            step = (shares[below] / (shares[below] - found[below])).min()
            shares = shares + step * (found - shares)
            active &= shares > 1e-14
            shares[~active] = 0
        shares = found
    length = np.linalg.norm(matrix @ shares - target)
    direction = v.T @ shares
    margin = (v @ direction).min() / (np.linalg.norm(direction) or 1)
    return max(margin, 0.0), length


def test_the_exact_test_itself():
    square = np.array([[0, 0], [1, 1], [0, 1], [1, 0]], float)
    assert not can_be_separated(square, [0, 0, 1, 1], 2)
    assert can_be_separated(square, [0, 1, 0, 1], 2)
    assert can_be_separated(square[:3], [0, 1, 2], 3)
    # A point in the middle of two others, and one that is there twice.
    assert not can_be_separated(np.array([[0.0], [1.0], [2.0]]), [0, 1, 0], 2)
    assert not can_be_separated(np.array([[0.0], [0.0]]), [0, 1], 2)
    assert can_be_separated(np.array([[0.0], [1e-30]]), [0, 1], 2)
    for points, labels in (
        (square, [0, 0, 1, 1]),
        (square, [0, 1, 0, 1]),
        (np.array([[0.0], [1.0], [2.0]]), [0, 1, 0]),
        (np.array([[0.0], [1.0], [2.0]]), [0, 1, 2]),
        (np.array([[0.0], [1.0], [2.0], [3.0]]), [0, 1, 2, 1]),
    ):
        classes = max(labels) + 1
        margin, combination = widest_margin(points, labels, classes)
        assert (margin > 1e-3) == (combination > 1e-9) == can_be_separated(points, labels, classes)
    # Of three classes on a line the one in the middle comes first between the others.
    assert can_be_separated(np.array([[0.0], [1.0], [2.0]]), [0, 1, 2], 3)
    assert not can_be_separated(np.array([[0.0], [1.0], [2.0], [3.0]]), [0, 1, 2, 1], 3)


@st.composite
def labelled_points(draw, classes):
    """Points with whole coordinates, so that what can be separated has a margin, of classes that are near a line."""
    width = draw(st.integers(1, 4 if classes == 2 else 2))
    rows = draw(st.integers(2, 12 if classes == 2 else 8))
    points = np.array(draw(st.lists(st.integers(-9, 9), min_size=rows * width, max_size=rows * width)), np.float32)
    points = points.reshape(rows, width)
    if draw(st.booleans()):
        kernel = np.array(draw(st.lists(st.integers(-5, 5), min_size=classes * width, max_size=classes * width)))
        labels = (points @ kernel.reshape(width, classes)).argmax(axis=1)
        if draw(st.booleans()):
            labels[0] = draw(st.integers(0, classes - 1))
    else:
        labels = np.array(draw(st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows)))
    return points, labels


@COMMON
@given(labelled_points(2))
def test_all_rows_are_right_exactly_if_they_can_be(case):
    points, labels = case
    least = ahead(finished(points, labels), points, labels).min()
    if can_be_separated(points, labels, 2):
        assert least > 0
    else:
        # Where classes only touch, 0 is as near as rounding comes.
        assert least < 1e-6


@COMMON
@given(labelled_points(3))
def test_all_rows_of_three_classes_are_right_exactly_if_they_can_be(case):
    points, labels = case
    least = ahead(finished(points, labels, 3), points, labels).min()
    if can_be_separated(points, labels, 3):
        assert least > 0
    else:
        assert least < 1e-6


def parted(rng, rows, width, margin):
    """`(activations, labels)` of two classes on two sides of a plane, each as near to it as `margin` of their size."""
    normal = rng.normal(size=width)
    normal /= np.linalg.norm(normal)
    points = rng.normal(size=(rows, width))
    points /= np.sqrt((points**2).sum(axis=1).mean())
    labels = np.arange(rows) % 2
    sides = 2 * labels - 1
    along = margin * (1 + rng.exponential(rng.choice([0.1, 1, 100]), rows))
    points += np.outer(sides * along - points @ normal, normal)
    assert (sides * (points @ normal)).min() >= margin * (1 - 1e-6)
    return points, labels


@settings(COMMON, max_examples=80)
@given(
    st.integers(0, 10**6),
    st.sampled_from([1, 2, 3, 8, 30]),
    st.sampled_from([20, 180, 600]),
    st.sampled_from([0.3, 1e-2, 1e-3, 1e-4]),
)
def test_small_margins(seed, width, rows, margin):
    """Between two classes there is a gap of a ten thousandth of their size; that much is far more than float32's."""
    rng = np.random.default_rng(seed)
    points, labels = parted(rng, rows, width, margin)
    moved = (points * 10.0 ** rng.uniform(-3, 3) + rng.normal()).astype(np.float64)
    assert right(finished(moved, labels), moved, labels) == 1


@pytest.mark.parametrize("width", [2, 8])
def test_a_class_within_another_is_not_right_altogether(width):
    rng = np.random.default_rng(width)
    for _ in range(20):
        points = rng.normal(size=(100, width)).astype(np.float32)
        labels = rng.integers(0, 2, 100)
        # The mean of all others of the other class lies in their midst.
        points[0] = points[labels != labels[0]].mean(axis=0)
        assert right(finished(points, labels), points, labels) < 1


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("width", [40, 100, 300])
def test_as_many_activations_as_rows_separate_anything(classes, width):
    rng = np.random.default_rng(width)
    points, labels = rng.normal(size=(40, width)).astype(np.float32), rng.integers(0, classes, 40)
    assert right(finished(points, labels, classes), points, labels) == 1


@st.composite
def many_points(draw):
    """`(points, labels, classes)`: 2 to 64 dimensions, 2 to 10 classes, on both sides of what can be separated."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    width, classes = draw(st.sampled_from([2, 3, 5, 8, 16, 32, 64])), draw(st.sampled_from([2, 2, 3, 4, 10]))
    rows = draw(st.sampled_from([12, 25, 40] if classes > 4 else [12, 25, 40, 80]))
    points = rng.normal(size=(rows, width)) * 10.0 ** rng.uniform(-draw(st.sampled_from([0, 1])), 0, size=width)
    points = points.astype(np.float32)
    labels = (points @ rng.normal(size=(width, classes)) + rng.normal(size=classes)).argmax(axis=1)
    moved = rng.choice(rows, draw(st.sampled_from([0, 0, 1, rows // 4, rows])), replace=False)
    labels[moved] = rng.integers(0, classes, len(moved))
    return points, labels, classes


@settings(COMMON, max_examples=120)
@given(many_points())
def test_a_layer_of_any_size_is_right_altogether_exactly_if_it_can_be(case):
    """By the probe, as it is fitted at rest by answers of one step each."""
    points, labels, classes = case
    rows, targets = np.arange(len(points)), np.eye(classes, dtype=np.float32)[labels]
    fits = probe.Fits(networks.task_of(networks.experiment_of()), targets, rows)
    answers = 0
    while not fits.fits("layer", 0):
        fits.renew("layer", points, 0, work=0)
        answers += 1
    # At rest the page asks again for each picture: this is a second.
    assert answers <= 60
    share = fits.qualities("layer", points)[0]
    centred = (points - points.mean(axis=0)) / np.sqrt(np.square(points - points.mean(axis=0)).sum(axis=1).mean())
    margin, combination = widest_margin(centred.astype(float), labels, classes)
    event(f"separable {margin > 0}, {answers // 10 * 10} answers and more")
    if margin > 1e-5:
        assert share == 1
    elif combination < 1e-9:
        assert share < 1


# What it is.


def overlapping(rng, rows, width, classes):
    labels = np.arange(rows) % classes
    middles = rng.normal(size=(classes, width)) / np.sqrt(width)
    return (middles[labels] + rng.normal(size=(rows, width))).astype(np.float32), labels


def objective(weights, activations, labels):
    """The loss and the penalty, as `separator` says that it is: around the rows' mean, in units of their size."""
    centre = activations.mean(axis=0, dtype=float)
    size = np.sqrt(np.square(activations - centre).sum(axis=1).mean())
    penalized = np.concatenate([weights[:-1] * size, (weights[-1] + centre @ weights[:-1])[None]])
    if weights.shape[1] == 2:
        penalized = np.diff(penalized, axis=1)
    said = activations.astype(float) @ weights[:-1] + weights[-1]
    shifted = said - said.max(axis=1, keepdims=True)
    loss = (np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]).sum()
    return loss + separator.ORDINARY / activations.shape[1] * len(labels) / 2 * np.square(penalized).sum()


@pytest.mark.parametrize(
    ("rows", "width", "classes"), [(200, 2, 2), (200, 8, 2), (300, 4, 3), (900, 9, 10), (900, 30, 10)]
)
def test_no_line_is_better(rows, width, classes):
    """The likelihood of overlapping classes has one maximum; nothing near, nor anything else, comes below it."""
    rng = np.random.default_rng(width)
    activations, labels = overlapping(rng, rows, width, classes)
    found = finished(activations, labels, classes)
    least = objective(weights_of(found), activations, labels)
    for size in (1e-3, 1e-2, 0.1, 1, 10):
        for _ in range(30):
            other = weights_of(found) + size * rng.normal(size=weights_of(found).shape)
            assert objective(other, activations, labels) > least - 2 * separator.PRECISION
    # Nor is the way straight down of use, which is found by differences.
    slope = np.zeros_like(weights_of(found))
    for place in np.ndindex(slope.shape):
        change = np.zeros_like(slope)
        change[place] = 1e-4
        up, down = (objective(weights_of(found) + way * change, activations, labels) for way in (1, -1))
        slope[place] = (up - down) / 2e-4
    for size in 10.0 ** np.arange(-7, 0):
        assert objective(weights_of(found) - size * slope, activations, labels) > least - 2 * separator.PRECISION


@pytest.mark.parametrize("width", [1, 2, 8, 40])
def test_two_classes_by_another_way(width):
    activations, labels = overlapping(np.random.default_rng(width), 180, width, 2)
    weights, bias = logistic_line(activations, labels)
    found = np.diff(finished(activations, labels).ordinary, axis=1)[:, 0]
    np.testing.assert_allclose(found, [*weights, bias], atol=0.01)


def test_two_classes_are_three_of_which_one_has_no_rows():
    rng = np.random.default_rng(3)
    activations, labels = overlapping(rng, 200, 4, 2)
    two, three = finished(activations, labels), finished(activations, labels, 3)
    difference = np.diff(weights_of(three)[:, :2], axis=1)
    np.testing.assert_allclose(difference, np.diff(weights_of(two), axis=1), atol=0.02)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1.0, 1e15])
def test_units_do_not_matter(classes, scale):
    activations, labels = overlapping(np.random.default_rng(1), 120, 5, classes)
    one = finished(activations, labels, classes)
    other = finished(activations * np.float32(scale), labels, classes)
    np.testing.assert_allclose(weights_of(other)[:-1] * scale, weights_of(one)[:-1], atol=1e-3)


def test_a_turned_layer_of_more_neurons_is_parted_by_the_same_line():
    """As the first weights of a network turn its inputs: float32's rounding is no further dimension to part by.

    The penalty is another one, so that a row that lies on the line may be counted on the other side.
    """
    rng = np.random.default_rng(0)
    for _ in range(20):
        activations, labels = overlapping(rng, 180, 2, 2)
        turned = activations @ rng.normal(size=(2, 8)).astype(np.float32) + rng.normal(size=8).astype(np.float32)
        one, other = (said_by(finished(x, labels), x)[:, 1] for x in (activations, turned))
        assert np.corrcoef(one, other)[0, 1] > 0.999
        assert ((one > 0) != (other > 0)).sum() <= 2


@pytest.mark.parametrize("labels", [np.zeros(30, int), np.ones(30, int)])
def test_one_class_only(labels):
    activations = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
    found = finished(activations, labels)
    assert right(found, activations, labels) == 1
    assert np.isfinite(weights_of(found)).all()
    assert finished(activations, np.zeros(30, int), 1).ordinary.shape == (4, 1)


@pytest.mark.parametrize("activations", [np.zeros((20, 3)), np.full((20, 50), 7.0), np.full((20, 3), 3.4e38)])
def test_equal_activations_leave_the_larger_class(activations):
    labels = np.repeat([0, 1], [8, 12])
    found = finished(activations.astype(np.float32), labels)
    assert np.isfinite(weights_of(found)).all()
    assert right(found, activations, labels) == 0.6


def test_one_row_of_each_class():
    activations = np.array([[1.0, 2.0, 3.0, 4.0], [1.5, 2.0, 3.0, 4.0]], np.float32)
    for labels in ([0, 1], [1, 0]):
        assert right(finished(activations, np.array(labels)), activations, labels) == 1


# From drawing to drawing.


def moving(rng, rows=180, width=8, drawings=60, size=0.02):
    """Activations that move a little from one drawing to the next, and come apart."""
    activations, labels = overlapping(rng, rows, width, 2)
    way = np.outer(2 * labels - 1, rng.normal(size=width))
    for index in range(drawings):
        yield (activations + 0.1 * index * way).astype(np.float32), labels
        activations = activations + size * rng.normal(size=activations.shape)


def test_a_fit_that_goes_on_is_as_good_as_one_from_nothing():
    for seed in range(5):
        before = None
        for activations, labels in moving(np.random.default_rng(seed)):
            before = finished(activations, labels, 2, before)
            alone = finished(activations, labels)
            one, other = right(before, activations, labels), right(alone, activations, labels)
            assert one == pytest.approx(other, abs=1.1 / len(labels))
            assert (one == 1) == (other == 1)


def test_a_finished_fit_stays():
    """What goes on from a fit that is finished hardly moves."""
    activations, labels = overlapping(np.random.default_rng(0), 180, 8, 2)
    found = finished(activations, labels)
    again = finished(activations, labels, 2, found)
    np.testing.assert_allclose(weights_of(again), weights_of(found), atol=1e-3)


def counted(monkeypatch, name):
    """A list that grows by one with each step."""
    steps, solve = [], getattr(separator, name)
    monkeypatch.setattr(separator, name, lambda *given: (steps.append(1), solve(*given))[1])
    return steps


def test_a_fit_that_goes_on_takes_few_steps(monkeypatch):
    steps = counted(monkeypatch, "_newton")
    before, counts = None, []
    for activations, labels in moving(np.random.default_rng(1)):
        steps.clear()
        before = finished(activations, labels, 2, before)
        counts.append(len(steps))
    assert np.mean(counts[1:]) < 5


@pytest.mark.parametrize(("width", "way"), [(8, "_newton"), (300, "_conjugate_gradients")])
def test_a_fit_takes_one_step_at_least_and_comes_to_the_same_end(monkeypatch, width, way):
    rng = np.random.default_rng(0)
    activations, labels = overlapping(rng, 600, width, 2)
    steps = counted(monkeypatch, way)
    found, calls = None, 0
    while found is None or not found.finished:
        steps.clear()
        found = separate(activations, labels, 2, found, work=0)
        calls += 1
        assert len(steps) == 1
        assert found.steps == calls
    assert calls < separator.PATIENCE / 2
    at_once = finished(activations, labels)
    np.testing.assert_allclose(weights_of(found), weights_of(at_once), atol=1e-4)


def test_a_fit_that_does_not_come_to_an_end_is_ended(monkeypatch):
    activations, labels = overlapping(np.random.default_rng(0), 100, 8, 2)
    monkeypatch.setattr(separator, "PRECISION", -1.0)
    monkeypatch.setattr(separator, "_newton", lambda x, curvature, gradient, ridge: 1e-6 * gradient)
    assert separator.PATIENCE < finished(activations, labels).steps < separator.PATIENCE + 50


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_conjugate_gradients_end_where_exact_steps_do(monkeypatch, classes):
    activations, labels = overlapping(np.random.default_rng(2), 300, 12, classes)
    exact = finished(activations, labels, classes)
    monkeypatch.setattr(separator, "MULTIPLICATIONS", 1)
    other = finished(activations, labels, classes)
    assert objective(other.ordinary, activations, labels) == pytest.approx(
        objective(exact.ordinary, activations, labels), abs=5 * separator.PRECISION
    )
    assert right(other, activations, labels) == pytest.approx(right(exact, activations, labels), abs=1.1 / 300)


def test_many_rows_of_ten_classes_need_few_steps():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 18_000)
    activations = np.tanh(rng.normal(0, 1.5, (10, 8))[labels] + rng.normal(0, 1, (18_000, 8)))
    found = finished(activations, labels, 10)
    assert found.settled and found.steps < 30


def test_many_more_neurons_than_rows_need_few_steps(monkeypatch):
    """Their weights are sums of rows, among which they are the same as among all."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 180)
    angle = rng.uniform(0, 2 * np.pi, 180)
    inputs = (1 + 2 * labels)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    activations = np.tanh(inputs @ rng.normal(0, 1, (2, 1040)) + rng.normal(0, 1, 1040))
    found = finished(activations, labels)
    assert found.settled and found.steps < 30
    assert right(found, activations, labels) == 1
    few = activations[:, :200]
    among_rows = finished(few, labels)
    monkeypatch.setattr(separator.np.linalg, "qr", lambda x: (np.eye(len(x)), None))
    np.testing.assert_allclose(weights_of(among_rows), weights_of(finished(few, labels)), atol=1e-3)


# On the way to another line.


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_the_least_share_of_the_way_that_is_as_good(classes):
    """Against every place of a fine grid."""
    rng = np.random.default_rng(classes)
    grid, found = np.linspace(0, 1, 4001), 0
    for _ in range(150):
        labels = np.arange(25) % classes
        start, goal = rng.normal(size=(2, 25, classes))
        said = start + grid[:, None, None] * (goal - start)
        counts = (said.argmax(axis=2) == labels).sum(axis=1)
        if counts[0] >= counts[-1]:
            continue
        found += 1
        share = separator.least_share(start, goal, labels)
        assert 0 < share <= 1
        assert ((start + share * (goal - start)).argmax(axis=1) == labels).sum() >= counts[-1]
        # No later than at the grid's first place that will do, and no farther on than `CLEAR` of what lies beyond.
        first = grid[np.argmax(counts >= counts[-1])]
        assert share <= first + separator.CLEAR * (1 - first) + 1e-9
    assert found > 30
