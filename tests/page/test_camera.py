"""The camera: a part of the plane that holds the points without jitter, zoomed and panned from there."""

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from page.plots import camera
from page.plots.camera import Camera
from tests.spec.strategies import examples

sizes = st.floats(-7, 7).map(lambda power: 10**power)
signed = st.one_of(st.just(0.0), st.tuples(st.sampled_from((-1, 1)), sizes).map(math.prod))
places = st.tuples(st.floats(-1, 1), st.floats(-1, 1))
factors = st.floats(-6, 6).map(math.exp)


@st.composite
def extents(draw):
    """`(x, y, half)` as points have it: not much smaller than what float32 resolves."""
    x, y, half = draw(signed), draw(signed), draw(sizes)
    assume(half > 1e-5 * max(abs(x), abs(y)))
    return x, y, half


def at(*extent):
    """A camera that has seen points of that extent."""
    seen = Camera()
    seen.fit(*extent)
    return seen


def holds(shown, extent):
    """Whether all of an extent is shown, but for rounding."""
    x, y, half = extent
    return max(abs(x - shown[0]), abs(y - shown[1])) + half <= shown[2] * (1 + 1e-9)


def place_of(seen, across, up):
    """What is seen at `(across, up)`, from −1 to 1 over the square that is surely shown."""
    x, y, half = seen.view()
    return x + across * half, y + up * half


@examples(300)
@given(extents())
def test_fitted_holds_the_points_with_room(extent):
    x, y, half = extent
    shown = camera.fitted(None, *extent)
    assert shown[:2] == (x, y)
    assert 1.05 * half < shown[2] < 1.5 * half


@examples(300)
@given(extents(), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05), st.floats(0.7, 1.1))
def test_fitted_stays_put_for_small_changes(extent, right, up, growth):
    x, y, half = extent
    shown = camera.fitted(None, *extent)
    assert camera.fitted(shown, *extent) == shown
    assert camera.fitted(shown, x + right * half, y + up * half, growth * half) == shown


@examples(300)
@given(extents(), st.floats(0.001, 0.55))
def test_fitted_follows_points_that_shrink(extent, share):
    x, y, half = extent
    shown = camera.fitted(None, *extent)
    after = camera.fitted(shown, x, y, share * half)
    assert after == camera.fitted(None, x, y, share * half)
    assert after[2] < 0.7 * shown[2]


@examples(300)
@given(extents(), st.floats(0.2, 10), st.integers(0, 4))
def test_fitted_follows_points_that_leave(extent, by, way):
    x, y, half = extent
    shown = camera.fitted(None, *extent)
    right, up, growth = ((1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1))[way]
    moved = x + by * half * right, y + by * half * up, half + by * half * growth
    after = camera.fitted(shown, *moved)
    assert after != shown
    assert holds(after, moved)


@pytest.mark.parametrize("x", [0, 3, -3, 1e-9, 250.0, -1e6])
@pytest.mark.parametrize("y", [0, 8, -1e5])
def test_fitted_for_points_that_are_one(x, y):
    shown = camera.fitted(None, x, y, 0)
    assert shown[:2] == (x, y)
    assert shown[2] > 0.05 * max(1, abs(x), abs(y))
    assert camera.fitted(shown, x, y, 0) == shown


def test_camera_starts_at_its_target():
    seen = Camera()
    assert seen.glide(False) is False
    seen.fit(1, 2, 3)
    assert seen.shown == seen.target == camera.fitted(None, 1, 2, 3)
    assert seen.view() == seen.shown
    assert seen.glide(False) is False


@examples(100)
@given(extents(), extents())
def test_camera_glides_to_its_target_and_stops_there(start, end):
    seen = at(*start)
    seen.fit(*end)
    target = seen.target
    assert holds(target, end)
    assume(seen.shown != target)
    gaps = [math.dist(seen.shown, target)]
    while seen.glide(False):
        gaps.append(math.dist(seen.shown, target))
        assert len(gaps) < 300
    assert seen.shown == seen.target == target
    assert all(after < before for before, after in pairwise(gaps))
    assert seen.glide(False) is False


def test_camera_takes_small_steps():
    seen = at(0, 0, 1)
    seen.fit(100, -50, 20)
    before = seen.shown
    assert seen.glide(False) is True
    for old, new, target in zip(before, seen.shown, seen.target, strict=True):
        assert 0.1 < (new - old) / (target - old) < 0.5
    assert len([None for _ in range(60) if seen.glide(False)]) > 5


def test_camera_jumps_at_once():
    seen = at(0, 0, 1)
    seen.fit(100, 200, 20)
    assert seen.glide(True) is False
    assert seen.shown == seen.target == camera.fitted(None, 100, 200, 20)


def test_reset_forgets_points_and_zoom():
    seen = at(0, 0, 1)
    seen.zoom_by(4, 0.5, 0.5)
    seen.reset()
    assert seen.shown is None
    assert not seen.moved
    seen.fit(100, 200, 3)
    assert seen.view() == camera.fitted(None, 100, 200, 3)


@examples(300)
@given(extents(), st.lists(st.tuples(factors, places), min_size=1, max_size=5), places)
def test_zoom_keeps_the_place_under_the_pointer(extent, zooms, pan):
    seen = at(*extent)
    seen.pan_by(*pan)
    for factor, place in zooms:
        before, half = place_of(seen, *place), seen.view()[2]
        seen.zoom_by(factor, *place)
        x, y = place_of(seen, *place)
        rounding = 1e-9 * (half + seen.view()[2]) + 1e-12 * (abs(x) + abs(y))
        assert (x, y) == pytest.approx(before, abs=rounding)


def test_zoom_by_more_than_one_shows_less():
    seen = at(0, 0, 1)
    whole = seen.view()[2]
    seen.zoom_by(2, 0, 0)
    assert seen.view() == (0, 0, whole / 2)
    # The right upper corner comes to the middle of the right upper quarter, and so on.
    seen = at(0, 0, 1)
    seen.zoom_by(2, 1, 1)
    assert seen.view() == pytest.approx((whole / 2, whole / 2, whole / 2))


@examples(100)
@given(extents(), factors, places)
def test_zoom_and_back_is_where_it_was(extent, factor, place):
    seen = at(*extent)
    assume(camera.FARTHEST < factor < camera.NEAREST)
    before = seen.view()
    seen.zoom_by(factor, *place)
    seen.zoom_by(1 / factor, *place)
    assert seen.view() == pytest.approx(before, rel=1e-9, abs=1e-9 * before[2])


@pytest.mark.parametrize("factor", [1e300, math.inf, 1e-300, 0.0])
def test_zoom_has_limits(factor):
    seen = at(3, 4, 5)
    whole = seen.view()[2]
    for _ in range(3):
        before = place_of(seen, 0.5, -0.25)
        seen.zoom_by(factor, 0.5, -0.25)
        assert seen.view()[2] == pytest.approx(whole / (camera.NEAREST if factor > 1 else camera.FARTHEST))
        assert place_of(seen, 0.5, -0.25) == pytest.approx(before)


@examples(200)
@given(extents(), factors, places, places)
def test_pan_moves_the_picture_by_shares_of_the_plot(extent, factor, place, way):
    seen = at(*extent)
    seen.zoom_by(factor, 0, 0)
    (across, up), (right, higher) = place, way
    before, half = place_of(seen, across, up), seen.view()[2]
    seen.pan_by(right, higher)
    x, y = place_of(seen, across + right, up + higher)
    assert (x, y) == pytest.approx(before, abs=1e-9 * half + 1e-12 * (abs(x) + abs(y)))
    assert seen.view()[2] == half


def test_zoom_and_pan_stay_relative_to_the_points():
    """When the points grow twofold the picture is still zoomed and panned the same to the eye."""
    seen = at(0, 0, 1)
    seen.zoom_by(3, 0.5, 0.25)
    seen.pan_by(0.1, 0.2)
    x, y, half = seen.view()
    seen.fit(0, 0, 2)
    seen.glide(True)
    assert seen.view() == pytest.approx((2 * x, 2 * y, 2 * half))


def test_fit_all_takes_back_zoom_and_pan():
    seen = at(1, 2, 3)
    assert not seen.moved
    seen.zoom_by(2, 0, 0)
    assert seen.moved
    seen.fit_all()
    assert not seen.moved
    seen.pan_by(0.1, 0)
    assert seen.moved
    seen.fit_all()
    assert not seen.moved
    assert seen.view() == seen.shown == camera.fitted(None, 1, 2, 3)


NOT_FINITE = [
    tuple(wrong if index == place else 1.0 for index in range(3))
    for wrong in (math.nan, math.inf, -math.inf)
    for place in range(3)
] + [(math.nan,) * 3, (math.inf,) * 3]


@pytest.mark.parametrize("extent", NOT_FINITE)
def test_extent_that_is_not_finite_changes_nothing(extent):
    seen = at(1, 2, 3)
    seen.zoom_by(2, 0.5, 0)
    before = seen.view()
    seen.fit(*extent)
    assert seen.glide(False) is False
    assert seen.view() == before
    seen.fit(100, 200, 30)
    while seen.glide(False):
        assert all(map(math.isfinite, seen.view()))
    assert seen.shown == camera.fitted(None, 100, 200, 30)


@pytest.mark.parametrize("extent", NOT_FINITE)
def test_first_extent_that_is_not_finite_shows_something(extent):
    seen = at(*extent)
    assert seen.glide(False) is False
    assert all(map(math.isfinite, seen.view()))
    assert seen.view()[2] > 0
    seen.fit(1, 2, 30)
    seen.glide(True)
    assert seen.shown == camera.fitted(None, 1, 2, 30)
