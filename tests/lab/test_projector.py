"""What is shown from frame to frame: no flips and no jumps, whatever is chosen while the network learns."""

import warnings
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.projector import DURATION, Projector
from tests.lab import networks

WIDE = 7
LAYER = "tanh2"


@pytest.fixture(autouse=True)
def warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def projector():
    """Of a network with layers of every kind of width."""
    return Projector(networks.experiment_of(hidden_layers=(1, WIDE, 3, 2, 1024)))


@lru_cache
def cloud(width=WIDE, seed=0, rows=200):
    """Points that spread differently in directions unlike any of the dimensions."""
    rng = np.random.default_rng([seed, width])
    spreads = 2.0 * 0.7 ** np.arange(width)
    turn, _ = np.linalg.qr(rng.normal(size=(width, width)))
    return (rng.normal(size=(rows, width)) * spreads @ turn + rng.normal(size=width)).astype(np.float32)


def view(seconds=0.0, **choices):
    base = {
        "projection": "dimensions",
        "dimensions": [],
        "turn": np.eye(3).ravel().tolist(),
        "seconds": seconds,
        "calm": False,
        "tour_seconds": 0.0,
        "axis": None,
    }
    return {**base, **choices}


def rotation(seed):
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return turn * np.linalg.det(turn)


def positions(projection, points, turn=None):
    """What is on the screen, as representation.py draws it: x and y, and z where the picture is spatial."""
    shown = points @ projection.basis - projection.centre
    if projection.spatial:
        return shown @ (np.eye(3) if turn is None else turn).T
    return shown[:, :2]


def check(projection, points):
    """What holds of every projection."""
    width = points.shape[1]
    assert projection.basis.shape == (width, 3)
    assert projection.centre.shape == (3,)
    assert projection.middle.shape == (2,)
    for array in (projection.basis, projection.centre, projection.middle, projection.shares, projection.axes):
        assert array.dtype == np.float32
        assert np.isfinite(array).all()
    assert projection.axes.ndim == 2
    assert projection.axes.shape[1] == 3
    assert type(projection.half) is float
    assert 0 < projection.half < np.inf
    assert type(projection.spatial) is bool


def assert_orthonormal(basis, columns):
    expected = np.diag([1.0] * columns + [0.0] * (3 - columns))
    np.testing.assert_allclose(basis.T.astype(float) @ basis, expected, atol=1e-6)


# At rest.


@pytest.mark.parametrize("projection", ["dimensions", "pca", "tour"])
def test_narrow_layers_are_shown_as_they_are(projection):
    for layer, width in (("tanh1", 1), ("input", 2), ("fc4", 2)):
        points = cloud(width)
        shown = projector().project(layer, points, view(projection=projection, dimensions=[0, 2]))
        check(shown, points)
        assert not shown.spatial
        np.testing.assert_array_equal(positions(shown, points)[:, :width], points)
        assert not shown.basis[:, width:].any()
        assert shown.axes.shape == (0, 3)
        assert shown.shares.shape == (0,)


@pytest.mark.parametrize("projection", ["dimensions", "pca", "tour"])
def test_three_dimensions_are_a_space(projection):
    points, turn = cloud(3), rotation(0)
    shown = projector().project("fc3", points, view(projection=projection, turn=turn.ravel().tolist()))
    check(shown, points)
    assert shown.spatial
    np.testing.assert_array_equal(shown.basis, np.eye(3))
    np.testing.assert_allclose(positions(shown, points).mean(axis=0), 0, atol=1e-5)
    assert shown.axes[:, 0].tolist() == [0, 1, 2]
    # Where the tip of an axis lies on the screen.
    np.testing.assert_allclose(shown.axes[:, 1:], turn[:2].T, atol=1e-6)
    reach = np.linalg.norm(points - points.mean(axis=0), axis=1).max()
    assert shown.half == pytest.approx(reach, rel=1e-5)


@given(st.lists(st.integers(0, WIDE - 1), min_size=2, max_size=3, unique=True))
def test_chosen_dimensions(dimensions):
    points = cloud()
    shown = projector().project(LAYER, points, view(dimensions=dimensions))
    check(shown, points)
    assert shown.spatial == (len(dimensions) == 3)
    assert_orthonormal(shown.basis, len(dimensions))
    seen = positions(shown, points)
    if shown.spatial:
        np.testing.assert_allclose(seen, points[:, dimensions] - points[:, dimensions].mean(axis=0), atol=1e-5)
        assert shown.axes[:, 0].tolist() == dimensions
        assert np.linalg.norm(seen, axis=1).max() == pytest.approx(shown.half, rel=1e-5)
    else:
        np.testing.assert_array_equal(seen, points[:, dimensions])
        assert shown.axes.shape == (0, 3)
        # The points reach from the middle to the edge of the square, and not beyond.
        assert np.abs(seen - shown.middle).max() == pytest.approx(shown.half, rel=1e-5)


def test_components():
    points, turn = cloud(), rotation(1)
    shown = projector().project(LAYER, points, view(projection="pca", turn=turn.ravel().tolist()))
    check(shown, points)
    assert shown.spatial
    assert_orthonormal(shown.basis, 3)
    seen = positions(shown, points, turn)
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-5)
    total = points.astype(float).var(axis=0).sum()
    np.testing.assert_allclose((points @ shown.basis).var(axis=0) / total, shown.shares, atol=1e-5)
    assert np.linalg.norm(seen, axis=1).max() == pytest.approx(shown.half, rel=1e-5)
    # The layer's own axes, as the components see them.
    assert shown.axes[:, 0].tolist() == list(range(WIDE))
    np.testing.assert_allclose(shown.axes[:, 1:], (shown.basis @ turn.T)[:, :2], atol=1e-6)


@pytest.mark.parametrize(("layer", "width"), [(LAYER, WIDE), ("fc5", 1024)])
def test_tour(layer, width):
    points = cloud(width)
    touring = projector()
    before = None
    for step in range(20):
        now = view(step / 60, projection="tour", tour_seconds=step / 60, turn=rotation(2).ravel().tolist())
        shown = touring.project(layer, points, now)
        check(shown, points)
        assert not shown.spatial
        assert_orthonormal(shown.basis, 2)
        np.testing.assert_allclose(positions(shown, points).mean(axis=0), 0, atol=1e-4)
        assert shown.axes[:, 0].tolist() == list(range(min(width, 16)))
        np.testing.assert_array_equal(shown.axes[:, 1:], shown.basis[:16, :2])
        if before is not None:
            assert 0 < np.linalg.norm(shown.basis - before.basis) < 0.01
            # The scale does not depend on the plane.
            assert shown.half == before.half
        before = shown
    assert np.linalg.norm(positions(shown, points), axis=1).max() < 1.5 * shown.half


# Repeating and turning.


@pytest.mark.parametrize("projection", ["dimensions", "pca", "tour"])
def test_the_same_request_gives_the_same_picture(projection):
    points, one = cloud(), projector()
    request = view(5.0, projection=projection, tour_seconds=3.0, axis=[2, 0.3, 0.4])
    first = one.project(LAYER, points, request)
    for _ in range(3):
        again = one.project(LAYER, points, request)
        np.testing.assert_allclose(again.basis, first.basis, atol=1e-6)
        np.testing.assert_allclose(again.centre, first.centre, atol=1e-6)
        assert again.half == pytest.approx(first.half)


@pytest.mark.parametrize(
    "choices", [{"dimensions": [4, 0, 2]}, {"projection": "pca"}, {"projection": "tour"}, {"dimensions": [1, 3]}]
)
def test_turning_changes_only_the_axes(choices):
    points, one = cloud(), projector()
    first = one.project(LAYER, points, view(**choices))
    for seed in range(5):
        turned = one.project(LAYER, points, view(1.0 + seed, turn=rotation(seed).ravel().tolist(), **choices))
        assert turned.half == pytest.approx(first.half, rel=1e-6)
        np.testing.assert_allclose(turned.basis, first.basis, atol=1e-6)
        np.testing.assert_allclose(turned.centre, first.centre, atol=1e-6)
        assert not one.moving
        if turned.spatial:
            # Whichever way it is turned, it fits.
            reach = np.abs(positions(turned, points, rotation(seed))).max()
            assert reach <= turned.half * (1 + 1e-5)


# Learning.


@pytest.mark.parametrize(("layer", "width"), [(LAYER, WIDE), ("fc5", 1024)])
@pytest.mark.parametrize("choices", [{"dimensions": [4, 0, 2]}, {"projection": "pca"}, {"dimensions": [1, 3]}])
def test_no_flips_while_the_points_drift(layer, width, choices):
    rng = np.random.default_rng(0)
    points, one = cloud(width).astype(float), projector()
    # The wide cloud has so many directions of little weight that trembling must not be the largest of them.
    tremble = 0.01 / np.sqrt(width)
    drift = 0.03 * rng.normal(size=(width, width)) / np.sqrt(width)
    before = one.project(layer, points.astype(np.float32), view(**choices))
    for step in range(1, 80):
        points = points + points @ drift * 0.3 + tremble * rng.normal(size=points.shape)
        after = one.project(layer, points.astype(np.float32), view(step / 60, **choices))
        assert ((before.basis * after.basis).sum(axis=0)[: 2 + after.spatial] > 0.98).all()
        assert abs(np.log(after.half / before.half)) < 0.05
        assert not one.moving
        before = after


def swapped_points(angle, width=WIDE):
    """Two directions whose variances change places half way, and a third."""
    points = np.random.default_rng(0).normal(size=(400, width)) * 0.01
    points[:, 0] += np.linspace(-1, 1, 400) * (1.5 - angle)
    points[:, 1] += np.cos(np.arange(400) * 0.7) * 0.8 * (0.5 + angle)
    points[:, 2] += np.sin(np.arange(400) * 1.9) * 0.2
    return points.astype(np.float32)


def test_components_that_change_places_do_so_gradually():
    one = projector()
    before, moved = None, []
    for step in range(200):
        points = swapped_points(min(step / 60, 1))
        shown = one.project(LAYER, points, view(step / 60, projection="pca"))
        if before is not None:
            assert np.abs(shown.basis - before).max() < 0.12
        before = shown.basis
        moved.append(one.moving)
    assert any(moved)
    assert not moved[0]
    assert not moved[-1]
    # At the end it is the reference's picture again.
    np.testing.assert_allclose(np.abs(shown.basis[[1, 0, 2], [0, 1, 2]]), 1, atol=1e-3)


# From one projection to another.

PICTURES = [
    {"dimensions": [0, 1]},
    {"dimensions": [5, 2]},
    {"dimensions": [3, 1, 6]},
    {"projection": "pca"},
    {"projection": "tour", "tour_seconds": 2.0},
]


@pytest.mark.parametrize("origin", PICTURES)
@pytest.mark.parametrize("target", PICTURES)
def test_transition(origin, target):
    if origin == target:
        return
    points, turn = cloud(), rotation(3)
    turned = {"turn": turn.ravel().tolist()}
    # The other one follows the same requests without animation.
    one, calm = projector(), projector()

    def project(seconds, choices):
        at_once = calm.project(LAYER, points, view(seconds, calm=True, **choices, **turned))
        return one.project(LAYER, points, view(seconds, **choices, **turned)), at_once

    old, _ = project(9.99, origin)
    start, _ = project(10.0, target)
    assert one.moving
    # It starts with what was there, to the eye …
    np.testing.assert_allclose(
        positions(start, points, turn)[:, :2], positions(old, points, turn)[:, :2], atol=1e-5 * np.abs(points).max()
    )
    assert start.half == old.half
    np.testing.assert_array_equal(start.middle, old.middle)
    if start.spatial == old.spatial:
        np.testing.assert_array_equal(start.basis, old.basis)
        np.testing.assert_array_equal(start.centre, old.centre)
    # … goes on in small steps …
    before = start
    for step in range(1, 60):
        now, _ = project(10 + DURATION * step / 60, target)
        check(now, points)
        assert one.moving
        assert np.abs(positions(now, points, turn) - positions(before, points, turn)).max() < 0.4
        before = now
    # … and ends with the new picture, exactly.
    end, expected = project(10 + DURATION + 1e-6, target)
    assert not one.moving
    assert not calm.moving
    fresh = projector().project(LAYER, points, view(0, **target, **turned))
    for name in end._fields:
        np.testing.assert_array_equal(getattr(end, name), getattr(expected, name), strict=True)
        # Components that have been followed differ from new ones by rounding only.
        np.testing.assert_allclose(getattr(end, name), getattr(fresh, name), atol=1e-6)


def test_transition_towards_moving_points():
    """The network goes on learning meanwhile; a change of mind goes on from what is seen."""
    one = projector()
    points = cloud().astype(float)
    choices = [{"dimensions": [0, 1]}] * 10 + [{"projection": "pca"}] * 15 + [{"dimensions": [2, 3, 4]}] * 60
    before = None
    for step, choice in enumerate(choices):
        points = points * 1.002
        shown = one.project(LAYER, points.astype(np.float32), view(step / 60, **choice))
        seen = positions(shown, points)[:, :2]
        if before is not None:
            assert np.abs(seen - before).max() < 0.6
        before = seen
    assert not one.moving


def test_calm_is_at_once():
    points, one = cloud(), projector()
    one.project(LAYER, points, view(0.0, calm=True, dimensions=[0, 1]))
    shown = one.project(LAYER, points, view(0.01, calm=True, dimensions=[2, 4]))
    np.testing.assert_array_equal(positions(shown, points), points[:, [2, 4]])
    assert not one.moving
    # Also in the middle of a transition.
    one.project(LAYER, points, view(0.02, dimensions=[0, 1]))
    assert one.moving
    shown = one.project(LAYER, points, view(0.03, calm=True, dimensions=[0, 1]))
    np.testing.assert_array_equal(positions(shown, points), points[:, [0, 1]])
    assert not one.moving


def test_a_layer_that_comes_into_sight_is_there_at_once():
    points, one = cloud(), projector()
    one.project(LAYER, points, view(0.0, dimensions=[0, 1]))
    assert not one.moving
    # Another layer is looked at meanwhile.
    other = cloud(2)
    for step in range(1, 4):
        one.project("input", other, view(step / 60, dimensions=[2, 4]))
        assert not one.moving
    shown = one.project(LAYER, points, view(4 / 60, dimensions=[2, 4]))
    np.testing.assert_array_equal(positions(shown, points), points[:, [2, 4]])
    assert not one.moving


def test_two_layers_in_sight_move_together():
    """Between two layers both are drawn, in every frame."""
    points, one = cloud(), projector()
    for step in range(60):
        choice = {"dimensions": [0, 1]} if step < 10 else {"projection": "pca"}
        for layer in ("fc2", LAYER):
            shown = one.project(layer, points, view(step / 60, **choice))
        assert one.moving == (10 <= step < 10 + DURATION * 60)
    assert_orthonormal(shown.basis, 3)


def test_what_is_out_of_sight_does_not_move():
    points, one = cloud(), projector()
    one.project(LAYER, points, view(0.0, dimensions=[0, 1]))
    one.project(LAYER, points, view(0.1, dimensions=[2, 1]))
    assert one.moving
    one.project("input", cloud(2), view(0.2))
    assert not one.moving


# The tour.


def test_tour_goes_on_where_it_was_left():
    points, one = cloud(), projector()
    one.project(LAYER, points, view(0.0, projection="tour"))
    before = one.project(LAYER, points, view(1.0, projection="tour", tour_seconds=1.0))
    after = one.project(LAYER, points, view(500.0, projection="tour", tour_seconds=500.0))
    # It makes up for a second, not for all the time.
    assert 0.05 < np.linalg.norm(after.basis - before.basis) < 0.4
    back = one.project(LAYER, points, view(501.0, projection="tour", tour_seconds=0.0))
    np.testing.assert_array_equal(back.basis, after.basis)


def test_held_axis():
    points, one = cloud(), projector()
    before = one.project(LAYER, points, view(0.0, projection="tour"))
    for step in range(1, 40):
        x, y = 0.6 * step / 40, -0.5 * step / 40
        shown = one.project(LAYER, points, view(step / 60, projection="tour", tour_seconds=step / 60, axis=[4, x, y]))
        np.testing.assert_allclose(shown.axes[4], [4, x, y], atol=1e-6)
        assert_orthonormal(shown.basis, 2)
        if step > 1:
            assert np.abs(shown.basis - before.basis).max() < 0.1
        before = shown
    # Let go, it moves on from there.
    after = one.project(LAYER, points, view(1.0, projection="tour", tour_seconds=41 / 60))
    assert 0 < np.linalg.norm(after.basis - shown.basis) < 0.02


def test_an_axis_that_the_layer_lacks_is_ignored():
    points = cloud()
    free = projector().project(LAYER, points, view(projection="tour"))
    held = projector().project(LAYER, points, view(projection="tour", axis=[WIDE, 0.5, 0.5]))
    np.testing.assert_array_equal(free.basis, held.basis)


# Layers that the picture goes between.


def test_layers_of_one_width_are_toured_together():
    one = projector()
    before, after = cloud(), np.tanh(cloud())
    for step in range(5):
        request = view(step / 60, projection="tour", tour_seconds=step / 60, axis=[3, 0.1 * step, 0.2])
        first = one.project("fc2", before, request)
    later = view(1.0, projection="tour", tour_seconds=4 / 60)
    np.testing.assert_array_equal(one.project(LAYER, after, later).basis, first.basis)
    np.testing.assert_array_equal(one.project("fc2", before, later).basis, first.basis)


@pytest.mark.parametrize("order", [("fc2", LAYER), (LAYER, "fc2")])
def test_components_of_a_layer_and_its_activation_point_the_same_way(order):
    for seed in range(20):
        points = cloud(seed=seed) * np.float32(0.5)
        values = {"fc2": points, LAYER: np.tanh(points - points.mean(axis=0))}
        one = projector()
        bases = [one.project(layer, values[layer], view(projection="pca")).basis for layer in order]
        assert ((bases[0] * bases[1]).sum(axis=0) >= 0).all()


# Numbers that are none.


@pytest.mark.parametrize("choices", [*PICTURES, {}])
@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_points_that_are_not_finite_are_left_out(choices, hole):
    points = cloud()
    broken = np.concatenate([points, points[:30]])
    broken[200:, 3] = hole
    shown = projector().project(LAYER, broken, view(**choices))
    check(shown, broken)
    expected = projector().project(LAYER, points, view(**choices))
    for name in shown._fields:
        np.testing.assert_array_equal(getattr(shown, name), getattr(expected, name))


@pytest.mark.parametrize("choices", [*PICTURES, {}])
def test_nothing_finite(choices):
    """From the start, and after a picture, which then stays."""
    points, one = cloud(), projector()
    hopeless = np.full_like(points, np.nan)
    shown = one.project(LAYER, hopeless, view(0.0, **choices))
    check(shown, hopeless)
    one.project(LAYER, points, view(0.1, **choices))
    last = one.project(LAYER, points, view(1.0, **choices))
    still = one.project(LAYER, hopeless, view(1.1, **choices))
    for name in last._fields:
        np.testing.assert_allclose(getattr(still, name), getattr(last, name), atol=1e-6)
    assert not one.moving
    for choice in PICTURES:
        check(one.project(LAYER, hopeless, view(1.2, **choice)), hopeless)


@pytest.mark.parametrize("choices", [*PICTURES, {}])
@pytest.mark.parametrize("value", [0.0, 0.5, -1e30, 3.4e38])
def test_points_that_coincide(choices, value):
    """As when all weights are zeros: there is a scale all the same."""
    for layer, width in (("tanh1", 1), ("input", 2), ("fc3", 3), (LAYER, WIDE), ("fc5", 1024)):
        points = np.full((200, width), value, np.float32)
        shown = projector().project(layer, points, view(**choices))
        check(shown, points)
        assert shown.half == 1


@pytest.mark.parametrize("choices", [*PICTURES, {}])
def test_extremes(choices):
    for scale in (1e-30, 1e38):
        points = np.clip(cloud(), -3, 3) * np.float32(scale)
        shown = projector().project(LAYER, points, view(**choices))
        check(shown, points)
        assert shown.half > scale / 10


def test_one_point():
    points = cloud(rows=1)
    for choices in PICTURES:
        check(projector().project(LAYER, points, view(**choices)), points)
