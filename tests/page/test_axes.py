"""Axes: round ticks, and texts that tell them apart."""

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


def test_plot_box_lies_inside_the_canvas():
    left, top, width, height = axes.plot_box(400, 300)
    assert min(left, top, width, height) > 0
    assert left + width < 400
    assert top + height < 300
    assert axes.plot_box(500, 420) == (left, top, width + 100, height + 120)
