"""Axes: round ticks, and texts that tell them apart."""

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from page.plots import axes
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
    values = axes.ticks(low, high, axes.tick_step(high - low, count))
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


def labels(low, high):
    """`(ticks, texts, power)` of an axis by itself."""
    one, other = axes.labelled(((low, high), (low, high)))
    assert one == other
    return one


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-6, 6, [-6, -4, -2, 0, 2, 4, 6]),
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-0.93, 2, [-0.5, 0, 0.5, 1, 1.5, 2]),
        (0, 60, [0, 10, 20, 30, 40, 50, 60]),
    ],
)
def test_ticks(low, high, expected):
    assert labels(low, high)[0] == pytest.approx(expected)


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
    assert axes.tick_texts([value], step) == [text]


@pytest.mark.parametrize(
    ("low", "high", "texts", "power"),
    [
        (-1e8, 1e8, ["−1.0", "−0.5", "0", "0.5", "1.0"], "×10⁸"),
        (0, 6e-5, ["0", "1", "2", "3", "4", "5", "6"], "×10⁻⁵"),
        (-2e5, 2e5, ["−2", "−1", "0", "1", "2"], "×10⁵"),
        (-6e12, 0, ["−6", "−5", "−4", "−3", "−2", "−1", "0"], "×10¹²"),
        (-50000, 50000, ["−40000", "−20000", "0", "20000", "40000"], ""),
    ],
)
def test_long_texts_share_a_power_of_ten(low, high, texts, power):
    _, found, shared = labels(low, high)
    assert (found, axes.power_text(shared)) == (texts, power)


@examples(300)
@given(ranges(), st.floats(1, 3))
def test_both_axes_have_the_same_steps(limits, longer):
    """A square of the grid is a square."""
    low, high = limits
    both = axes.labelled(((low, high), (low, low + longer * (high - low))))
    steps = [values[1] - values[0] for values, _, _ in both if len(values) > 1]
    assume(len(steps) == 2)
    assert steps[0] == pytest.approx(steps[1], rel=1e-6, abs=1e-9 * abs(high))


@examples(300)
@given(ranges())
def test_tick_texts_tell_ticks_apart(limits):
    low, high = limits
    # Far from 0 and close together, no text of a readable length could tell them apart.
    assume(high - low > 0.05 * max(abs(low), abs(high)))
    values, texts, power = labels(low, high)
    assume(len(values) > 1)
    step = values[1] - values[0]
    assert len(set(texts)) == len(texts)
    assert max(len(text) for text in texts) <= 7
    for value, text in zip(values, texts, strict=True):
        assert abs(float(text.replace("−", "-")) * 10.0**power - value) < 0.3 * step


class Context:
    """A canvas whose letters are all as wide, as far as `axes.margin` asks for it."""

    def __init__(self, letter):
        self.letter = letter

    def measureText(self, text):
        return self

    @property
    def width(self):
        return self.letter


@pytest.mark.parametrize(("width", "margin"), [(5, 38), (30, 38), (31, 46), (40, 54), (81, 90), (500, 90)])
def test_the_left_margin_follows_the_texts_up_to_a_limit(width, margin):
    assert axes.margin(Context(width), axes.labelled(((-6, 6), (-6, 6)))) == margin


@pytest.mark.parametrize("up", [(0.0, 0.3), (250_000.0, 40_000.0), (7.0, 1e-6)])
def test_heights_that_stand_for_numbers_have_round_numbers_at_their_ticks(up):
    number, slope = up
    across, (heights, texts, power) = axes.labelled(((-6, 6), (-6, 6)), (axes.AS_IT_IS, up))
    assert across == axes.labelled(((-6, 6), (-6, 6)))[0]
    assert 3 <= len(heights) <= 7
    assert -6 <= min(heights) < max(heights) <= 6
    for height, text in zip(heights, texts, strict=True):
        assert number + slope * height == pytest.approx(
            float(text.replace("−", "-")) * 10.0**power, abs=1e-9 + slope / 50
        )


def test_plot_box_lies_inside_the_canvas():
    left, top, width, height = axes.plot_box(400, 300)
    assert min(left, top, width, height) > 0
    assert left + width < 400
    assert top + height < 300
    assert axes.plot_box(500, 420) == (left, top, width + 100, height + 120)
    assert axes.plot_box(400, 300, left + 8) == (left + 8, top, width - 8, height)


@pytest.mark.parametrize(("width", "height"), [(350, 374), (374, 350), (100, 100), (33.5, 400)])
def test_a_square_is_in_the_middle_and_touches_two_edges(width, height):
    left, top, side, other = axes.square((34, 8, width, height))
    assert side == other == min(width, height)
    assert (left + side / 2, top + side / 2) == (34 + width / 2, 8 + height / 2)
