"""Axes: round ticks, texts that tell them apart, and ranges that hold the data without jitter."""

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from page import axes
from tests.spec.strategies import examples

sizes = st.floats(-7, 7).map(lambda power: 10**power)
signed = st.tuples(st.sampled_from((-1, 1)), sizes).map(math.prod)


@st.composite
def ranges(draw):
    """`(low, high)` as data have it: a span not much smaller than what float32 resolves."""
    low, span = draw(st.one_of(st.just(0.0), signed)), draw(sizes)
    assume(span > 1e-5 * abs(low))
    return low, low + span


@examples(300)
@given(ranges(), st.integers(3, 10))
def test_ticks_are_round_numbers_inside_the_range(limits, count):
    low, high = limits
    values = axes.ticks(low, high, count)
    slack = 1e-6 * (high - low)
    assert all(low - slack <= value <= high + slack for value in values)
    # At least a third of what was wanted: the steps on offer are at most 2.5 times apart.
    assert max(1, math.floor(count / 2.5)) <= len(values) <= count + 1
    steps = [after - before for before, after in pairwise(values)]
    assume(steps)
    step = sum(steps) / len(steps)
    assert all(abs(other - step) <= 1e-6 * step + 1e-9 * abs(high) for other in steps)
    mantissa = float(f"{step:.3e}".partition("e")[0])
    assert mantissa in (1, 2, 5)
    assert all(abs(value / step - round(value / step)) < 1e-3 for value in values)
    # No further tick would fit.
    assert values[0] - step < low
    assert values[-1] + step > high


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-6, 6, [-6, -4, -2, 0, 2, 4, 6]),
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-0.93, 2, [-0.5, 0, 0.5, 1, 1.5, 2]),
        (0, 60, [0, 10, 20, 30, 40, 50, 60]),
        (3, 3, [3]),
        (3, 1, [3]),
    ],
)
def test_ticks(low, high, expected):
    assert axes.ticks(low, high) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [
        (2, 2, "2"),
        (-2, 2, "−2"),
        (0.5, 0.5, "0.5"),
        (1, 0.5, "1.0"),
        (-0.25, 0.05, "−0.25"),
        (-1e-17, 0.2, "0"),
        (0.30000000000000004, 0.1, "0.3"),
        (0.001, 0.001, "0.001"),
        (2000, 1000, "2000"),
        (-0.0, 0.01, "0"),
    ],
)
def test_tick_text(value, step, text):
    assert axes.tick_text(value, step) == text


@pytest.mark.parametrize("low", [-6e5, -7e-5, -12])
def test_minus_signs_are_minus_signs(low):
    """Also where the number is so large or small that it is written with an exponent."""
    values = axes.ticks(low, -low)
    assert axes.tick_text(values[0], values[1] - values[0])[0] == "−"


@examples(300)
@given(ranges())
def test_tick_texts_tell_ticks_apart(limits):
    low, high = limits
    # Far from 0 and close together, no text of a readable length could tell them apart.
    assume(high - low > 0.05 * max(abs(low), abs(high)))
    values = axes.ticks(low, high)
    assume(len(values) > 1)
    step = values[1] - values[0]
    texts = [axes.tick_text(value, step) for value in values]
    assert len(set(texts)) == len(texts)
    assert max(len(text) for text in texts) <= 10
    for value, text in zip(values, texts, strict=True):
        assert abs(float(text.replace("−", "-")) - value) < 0.3 * step


@examples(300)
@given(ranges())
def test_fitted_holds_the_data_with_room(limits):
    low, high = limits
    shown_low, shown_high = axes.fitted(None, low, high)
    assert shown_low < low < high < shown_high
    assert high - low >= 0.6 * (shown_high - shown_low)
    assert (shown_low + shown_high) / 2 == pytest.approx((low + high) / 2, abs=1e-6 * (high - low))


@examples(300)
@given(ranges(), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
def test_fitted_stays_put_for_small_changes(limits, left, right):
    low, high = limits
    shown = axes.fitted(None, low, high)
    span = high - low
    assert axes.fitted(shown, low + left * span, high + right * span) == shown
    assert axes.fitted(shown, low, high) == shown


@examples(300)
@given(ranges(), st.floats(0, 0.55))
def test_fitted_follows_data_that_shrink(limits, share):
    low, high = limits
    shown = axes.fitted(None, low, high)
    span = high - low
    low, high = low, low + max(share, 1e-3) * span
    assume(high > low)
    after = axes.fitted(shown, low, high)
    assert after != shown
    assert after[0] <= low < high <= after[1]
    assert after[1] - after[0] < 0.7 * (shown[1] - shown[0])


@examples(300)
@given(ranges(), st.floats(0.15, 10), st.booleans())
def test_fitted_follows_data_that_leave(limits, by, upwards):
    low, high = limits
    shown = axes.fitted(None, low, high)
    span = high - low
    low, high = (low, high + by * span) if upwards else (low - by * span, high)
    after = axes.fitted(shown, low, high)
    assert after != shown
    assert after[0] < low < high < after[1]


@pytest.mark.parametrize("value", [0, 3, -3, 1e-9, 250.0])
def test_fitted_for_data_that_are_one_point(value):
    low, high = axes.fitted(None, value, value)
    assert low < value < high
    assert axes.fitted((low, high), value, value) == (low, high)


def test_axis_starts_at_its_target():
    axis = axes.Axis()
    assert axis.glide(False) is False
    axis.fit(-1, 1)
    assert axis.shown == axis.target == axes.fitted(None, -1, 1)
    assert axis.glide(False) is False


@examples(100)
@given(ranges(), ranges())
def test_axis_glides_to_its_target_and_stops_there(start, end):
    axis = axes.Axis()
    axis.fit(*start)
    axis.fit(*end)
    target = axis.target
    assert target[0] <= end[0] < end[1] <= target[1]
    assume(axis.shown != target)
    gaps = [math.dist(axis.shown, target)]
    while axis.glide(False):
        gaps.append(math.dist(axis.shown, target))
        assert len(gaps) < 300
    assert axis.shown == axis.target == target
    assert all(after < before for before, after in pairwise(gaps))
    assert axis.glide(False) is False


def test_axis_takes_small_steps():
    axis = axes.Axis()
    axis.fit(0, 1)
    axis.fit(100, 200)
    before = axis.shown
    assert axis.glide(False) is True
    for old, new, target in zip(before, axis.shown, axis.target, strict=True):
        assert 0.1 < (new - old) / (target - old) < 0.5
    assert len([None for _ in range(60) if axis.glide(False)]) > 5


def test_axis_jumps_at_once():
    axis = axes.Axis()
    axis.fit(0, 1)
    axis.fit(100, 200)
    assert axis.glide(True) is False
    assert axis.shown == axis.target == axes.fitted(None, 100, 200)


def test_axis_reset():
    axis = axes.Axis()
    axis.fit(0, 1)
    axis.reset()
    assert axis.shown is None
    axis.fit(100, 200)
    assert axis.shown == axes.fitted(None, 100, 200)


def test_plot_box_lies_inside_the_canvas():
    left, top, width, height = axes.plot_box(400, 300)
    assert min(left, top, width, height) > 0
    assert left + width < 400
    assert top + height < 300
    assert axes.plot_box(500, 420) == (left, top, width + 100, height + 120)
