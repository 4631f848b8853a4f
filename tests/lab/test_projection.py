"""Bases are orthonormal, components are those of a reference, tours are smooth, and morphs exact at their ends."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab import projection
from lab.projection import TOUR_SPEED, hold_axis, of_dimensions, principal, start_of_tour, tour

WIDTHS = st.integers(2, 64)


def assert_orthonormal(basis, columns):
    """The first columns are orthonormal, any others zero."""
    assert basis.shape == (len(basis), 3)
    assert np.isfinite(basis).all()
    np.testing.assert_allclose(basis.T @ basis, np.diag([1.0] * columns + [0.0] * (3 - columns)), atol=1e-12)


def cloud(width, rank=None, rows=200, seed=0):
    """Points of float32 that spread differently in `rank` directions, unlike any of the dimensions."""
    rng = np.random.default_rng([seed, width])
    rank = min(rank or width, width)
    spreads = 3.0 * 0.75 ** np.arange(rank)
    directions, _ = np.linalg.qr(rng.normal(size=(width, rank)))
    return (rng.normal(size=(rows, rank)) * spreads @ directions.T + rng.normal(size=width)).astype(np.float32)


def reference(points):
    """All principal components and shares of variance, by singular values."""
    centred = points.astype(float) - points.mean(axis=0, dtype=float)
    _, values, components = np.linalg.svd(centred, full_matrices=False)
    return components.T, values**2 / (values**2).sum()


# Dimensions.


@given(WIDTHS, st.data())
def test_dimensions(width, data):
    chosen = data.draw(st.lists(st.integers(0, width - 1), min_size=1, max_size=3, unique=True))
    basis = of_dimensions(width, chosen)
    assert_orthonormal(basis, len(chosen))
    points = np.random.default_rng(0).normal(size=(5, width))
    np.testing.assert_array_equal((points @ basis)[:, : len(chosen)], points[:, chosen])


def test_dimensions_of_one_and_of_many():
    np.testing.assert_array_equal(of_dimensions(1, (0,)), [[1, 0, 0]])
    basis = of_dimensions(1024, (1000, 3, 7))
    assert_orthonormal(basis, 3)
    assert basis[1000, 0] == basis[3, 1] == basis[7, 2] == 1


# Principal components.


@given(WIDTHS, st.integers(1, 64))
@settings(max_examples=60)
def test_components_are_orthonormal(width, rank):
    basis, shares = principal(cloud(width, rank))
    assert_orthonormal(basis, min(width, 3))
    assert (np.diff(shares) <= 1e-12).all()
    assert ((shares >= 0) & (shares <= 1)).all()
    assert shares.sum() <= 1 + 1e-7


@given(WIDTHS, st.integers(0, 5))
@settings(max_examples=60)
def test_components_are_those_of_the_reference(width, seed):
    points = cloud(width, seed=seed)
    basis, shares = principal(points)
    components, expected = reference(points)
    count = min(width, 3)
    np.testing.assert_allclose(np.abs((basis[:, :count] * components[:, :count]).sum(axis=0)), 1, atol=1e-6)
    np.testing.assert_allclose(shares[:count], expected[:count], atol=1e-7)
    np.testing.assert_array_equal(shares[count:], 0)
    # The shares are those of the positions' variances.
    variances = (points @ basis).var(axis=0) / points.astype(float).var(axis=0).sum()
    np.testing.assert_allclose(variances, shares, atol=1e-6)
    largest = basis[np.abs(basis).argmax(axis=0), range(3)]
    assert (largest[:count] > 0).all()


@pytest.mark.parametrize("width", [65, 200, 1024])
@pytest.mark.parametrize("rank", [5, 20, 1024])
def test_wide_components(width, rank):
    points = cloud(width, rank)
    basis, shares = principal(points)
    assert_orthonormal(basis, 3)
    components, expected = reference(points)
    # Off by an angle of at most a third of a degree.
    np.testing.assert_allclose(np.abs((basis * components[:, :3]).sum(axis=0)), 1, atol=2e-5)
    np.testing.assert_allclose(shares, expected[:3], atol=1e-5)
    again, _ = principal(points, basis)
    np.testing.assert_allclose(again, basis, atol=5e-3)


@pytest.mark.parametrize("width", [4, 64, 65, 1024])
@pytest.mark.parametrize("rank", [1, 2])
def test_components_without_variance(width, rank):
    """As at the first dense layer: points of a plane in many dimensions."""
    points = cloud(width, rank)
    basis, shares = principal(points)
    assert_orthonormal(basis, 3)
    np.testing.assert_allclose(shares[rank:], 0, atol=1e-7)
    rng = np.random.default_rng(0)
    for _ in range(20):
        points = points * (1 + 0.01 * rng.normal())
        after, _ = principal(points.astype(np.float32), basis)
        # What nothing determines stays where it was.
        assert ((after * basis).sum(axis=0) > 0.99).all()
        assert_orthonormal(after, 3)
        basis = after


@pytest.mark.parametrize("width", [2, 3, 8, 100])
@pytest.mark.parametrize("rows", [1, 200])
def test_components_of_points_that_coincide(width, rows):
    basis, shares = principal(np.full((rows, width), 0.3, np.float32))
    np.testing.assert_allclose(np.abs(basis), of_dimensions(width, range(min(width, 3))), atol=1e-6)
    assert shares.tolist() == [0, 0, 0]


def test_equal_variances_keep_the_dimensions():
    points = np.concatenate([np.eye(6), -np.eye(6)]).astype(np.float32)
    basis, shares = principal(points)
    np.testing.assert_allclose(basis, of_dimensions(6, range(3)), atol=1e-6)
    np.testing.assert_allclose(shares, 1 / 6, atol=1e-6)


@given(WIDTHS, st.integers(0, 20))
@settings(max_examples=60)
def test_signs_follow_those_before(width, seed):
    points = cloud(width)
    signs = np.random.default_rng(seed).choice([-1, 1], 3)
    before = principal(points)[0] * signs
    after, _ = principal(points, before)
    np.testing.assert_allclose(after, before, atol=1e-6)


@pytest.mark.parametrize("width", [4, 8, 64, 65, 1024])
def test_signs_are_stable_while_the_points_drift(width):
    """Points turn slowly in a plane that mixes the components with other directions, and tremble."""
    rng = np.random.default_rng(0)
    points = cloud(width).astype(float)
    turn = 0.1 * rng.normal(size=(width, width)) / np.sqrt(width)
    turn = 0.1 * (turn - turn.T)
    before, _ = principal(points.astype(np.float32))
    for step in range(60):
        points = points + points @ turn + 0.003 * rng.normal(size=points.shape) / np.sqrt(width)
        after, shares = principal(points.astype(np.float32), before)
        assert_orthonormal(after, 3)
        assert ((after * before).sum(axis=0) > 0.95).all()
        if step % 10 == 9:
            components, expected = reference(points)
            assert (np.abs((after * components[:, :3]).sum(axis=0)) > 1 - 1e-4).all()
            np.testing.assert_allclose(shares, expected[:3], atol=1e-4)
        before = after


@pytest.mark.parametrize("width", [6, 80])
def test_a_component_that_grows_is_found(width):
    """A direction at right angles to all that is shown becomes the first component."""
    rng = np.random.default_rng(0)
    points = np.zeros((200, width))
    points[:, :4] = rng.normal(size=(200, 4)) * [3, 2, 1, 0.01]
    points -= points.mean(axis=0)
    before, _ = principal(points)
    points[:, 3] *= 1000
    after, _ = principal(points, before)
    assert abs(after[3, 0]) > 0.999


def test_components_of_huge_numbers():
    basis, shares = principal(cloud(8) * np.float32(1e37))
    assert_orthonormal(basis, 3)
    np.testing.assert_allclose(shares, principal(cloud(8))[1], atol=1e-5)


# The grand tour.


def moved(one, other):
    """The root of the sum of squares of the sines of both angles between two planes, accurate where small."""
    first, second = one[:, :2], other[:, :2]
    return np.linalg.norm(second - first @ (first.T @ second))


def angles(one, other):
    """The two principal angles between two planes."""
    return np.arccos(np.clip(np.linalg.svd(one[:, :2].T @ other[:, :2], compute_uv=False), 0, 1))


def frames(width, seconds, step, start=0.0):
    basis = start_of_tour(width)
    result = [basis]
    for index in range(round(seconds / step)):
        basis = tour(basis, start + index * step, start + (index + 1) * step)
        result.append(basis)
    return result


@given(WIDTHS, st.floats(0, 1000), st.floats(0, 1))
@settings(max_examples=60)
def test_tour_is_orthonormal(width, second, duration):
    assert_orthonormal(start_of_tour(width), 2)
    assert_orthonormal(tour(start_of_tour(width), second, second + duration), 2)


def test_tour_of_many_dimensions():
    start = start_of_tour(1024)
    assert_orthonormal(start, 2)
    end = tour(start, 3, 4)
    assert_orthonormal(end, 2)
    assert 0.9 * TOUR_SPEED < np.linalg.norm(angles(start, end)) <= TOUR_SPEED * 1.001


@pytest.mark.parametrize("width", [4, 8, 33, 1024])
def test_tour_starts_near_the_first_dimensions(width):
    start = start_of_tour(width)
    assert (start[[0, 1], [0, 1]] > 0.85).all()
    assert (np.abs(start[2:, :2]).max(axis=1) > 0).all()


@pytest.mark.parametrize("width", [4, 5, 8, 64])
def test_tour_is_smooth(width):
    step = 1 / 60
    seen = np.stack(frames(width, 30, step))
    speeds = np.array([moved(one, other) for one, other in pairwise(seen)]) / step
    # Constant angular speed, never more.
    assert speeds.max() <= TOUR_SPEED * 1.001
    assert speeds.min() >= TOUR_SPEED * 0.98
    # No corner: the change of velocity is small from frame to frame.
    velocities = np.diff(seen, axis=0) / step
    assert np.linalg.norm(np.diff(velocities, axis=0), axis=(1, 2)).max() < 0.2 * TOUR_SPEED
    # The picture does not spin in itself: columns turn no faster than the plane.
    assert np.linalg.norm(velocities, axis=(1, 2)).max() <= TOUR_SPEED * 1.001


@pytest.mark.parametrize("width", [4, 8, 40])
def test_tour_does_not_depend_on_how_time_is_cut(width):
    rng = np.random.default_rng(0)
    whole = tour(start_of_tour(width), 2.0, 12.0)
    for cuts in (np.arange(1, 600) / 60, np.arange(1, 100) / 10, np.sort(rng.uniform(0, 10, 250))):
        basis, before = start_of_tour(width), 2.0
        for after in [*(2 + cuts), 12.0]:
            basis = tour(basis, before, after)
            before = after
        np.testing.assert_allclose(basis, whole, atol=2e-4)


def test_tour_repeats():
    start = start_of_tour(7)
    one = tour(start, 1, 2)
    np.testing.assert_array_equal(one, tour(start, 1, 2))
    np.testing.assert_array_equal(start, start_of_tour(7))
    assert moved(one, tour(start, 5, 6)) > 0.01
    # No time, no change.
    np.testing.assert_array_equal(tour(one, 2, 2), one)


@pytest.mark.parametrize(("width", "least"), [(4, 0.9), (8, 0.65), (16, 0.4)])
def test_tour_visits_different_planes(width, least):
    seen = frames(width, 240, 1 / 30)
    # From half a minute to the next the plane is another one.
    samples = seen[::450]
    apart = [angles(one, other).max() for index, one in enumerate(samples) for other in samples[:index]]
    assert np.median(apart) > 0.8
    assert np.mean(np.array(apart) > 0.4) > 0.9
    # Every dimension is seen well at some time, and badly at another.
    lengths = np.linalg.norm(np.stack(seen)[..., :2], axis=2)
    assert lengths.max(axis=0).min() > least
    assert lengths.min(axis=0).max() < 0.4


# A held axis.


@given(st.integers(3, 64), st.data())
@settings(max_examples=100)
def test_held_axis(width, data):
    basis = tour(start_of_tour(width), 0, data.draw(st.floats(0, 5)))
    number = data.draw(st.integers(0, width - 1))
    x, y = data.draw(st.floats(-1.5, 1.5)), data.draw(st.floats(-1.5, 1.5))
    held = hold_axis(basis, number, x, y)
    assert_orthonormal(held, 2)
    target = np.array([x, y]) / max(1, np.hypot(x, y))
    np.testing.assert_allclose(held[number, :2], target, atol=2e-3)
    # Held again where it is, nothing changes.
    np.testing.assert_allclose(hold_axis(held, number, x, y), held, atol=1e-6)


def test_held_axis_of_many_dimensions():
    held = hold_axis(start_of_tour(1024), 700, 0.3, -0.8)
    assert_orthonormal(held, 2)
    np.testing.assert_allclose(held[700], [0.3, -0.8, 0], atol=1e-9)


def test_held_axis_is_nearest():
    """No other frame with that row, made by turning the others at random, is nearer."""
    rng = np.random.default_rng(0)
    basis = tour(start_of_tour(6), 0, 3)
    held = hold_axis(basis, 2, 0.5, 0.4)
    distance = np.linalg.norm(held - basis)
    others = [0, 1, 3, 4, 5]
    for scale in np.repeat([1e-3, 1e-2, 0.1, 1], 50):
        skew = scale * rng.normal(size=(5, 5))
        turn, _ = np.linalg.qr(np.eye(5) + skew - skew.T)
        turn *= np.sign(np.diag(turn))
        rival = held.copy()
        rival[others] = turn @ held[others]
        assert_orthonormal(rival, 2)
        assert np.linalg.norm(rival - basis) >= distance - 1e-12


def test_dragging_an_axis_is_smooth():
    """The handle goes from the middle past the edge and back along another way; the frame follows in small steps."""
    basis = tour(start_of_tour(5), 0, 2)
    way = np.concatenate([np.linspace([0, 0], [1.2, 0.3], 200), np.linspace([1.2, 0.3], [-0.2, 0.9], 200)])
    basis = hold_axis(basis, 3, *way[0])
    for x, y in way:
        after = hold_axis(basis, 3, x, y)
        assert_orthonormal(after, 2)
        assert np.linalg.norm(after - basis) < 0.15
        basis = after


def test_held_where_it_is():
    basis = tour(start_of_tour(9), 0, 4)
    np.testing.assert_allclose(hold_axis(basis, 4, *basis[4, :2]), basis, atol=1e-9)


# Easing and morphing.


def test_ease():
    assert projection.ease(-1) == projection.ease(0) == 0
    assert projection.ease(1) == projection.ease(7) == 1
    assert projection.ease(0.5) == 0.5
    times = np.linspace(0, 1, 101)
    values = np.array([projection.ease(t) for t in times])
    assert (np.diff(values) > 0).all()
    np.testing.assert_allclose(values + values[::-1], 1, atol=1e-12)
    assert values[1] < 0.001


def test_morph_is_exact_at_both_ends():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 50, 4)).astype(np.float32)
    x[0], y[0] = -0.0, np.nan
    x[1], y[1] = np.inf, 1e-45
    x[2], y[2] = 3e38, -3e38
    assert projection.morph(x, y, 0).tobytes() == x.tobytes()
    assert projection.morph(x, y, 1).tobytes() == y.tobytes()
    assert projection.morph(x, y, 0.0).dtype == np.float32


@given(st.floats(0.01, 0.99))
def test_morph_is_between(t):
    x, y = np.random.default_rng(0).normal(size=(2, 50)).astype(np.float32)
    between = projection.morph(x, y, t)
    assert between.dtype == np.float32
    np.testing.assert_allclose(between, x.astype(float) + t * (y.astype(float) - x), atol=1e-6)
