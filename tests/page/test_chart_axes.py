"""Whatever a run's numbers are, both axes of a chart have at least two ticks that say where they stand."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page import chart_axes

LARGEST = 3.4e38
SMALLEST = 1e-38
COUNTS = st.integers(0, 40)
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
UNITS = {"k": 1e3, "M": 1e6, "G": 1e9}


def read(text):
    """The number that a tick's text stands for."""
    number, _, power = text.partition("×10")
    return float(number.replace("−", "-")) * 10.0 ** int(power.translate(SUPERSCRIPTS) or 0)


def read_epoch(text):
    unit = UNITS.get(text[-1], 1)
    return float(text.rstrip("".join(UNITS)).replace(",", "")) * unit


@given(st.floats(SMALLEST, LARGEST), COUNTS)
def test_a_loss_has_two_ticks_and_more_that_say_where_they_stand(largest, count):
    end = chart_axes.loss_end(largest)
    assert end > largest
    values, texts = chart_axes.loss_ticks(end, count)
    assert 2 <= len(values) <= max(chart_axes.LEAST_COUNT, count) + 1
    assert len(set(texts)) == len(texts)
    assert values[0] == 0
    assert values[-1] <= end * (1 + 1e-9)
    assert [read(text) for text in texts] == pytest.approx(values, rel=1e-6, abs=end * 1e-6)
    assert all(len(text) <= 9 for text in texts), "there is room for so much"


@pytest.mark.parametrize(
    ("largest", "texts"),
    [
        (0.7, ["0", "0.2", "0.4", "0.6"]),
        (1e-5, ["0", "5×10⁻⁶", "10×10⁻⁶"]),
        (1e12, ["0", "5×10¹¹", "10×10¹¹"]),
    ],
)
def test_ticks_of_losses(largest, texts):
    assert chart_axes.loss_ticks(chart_axes.loss_end(largest), 4)[1] == texts


def test_without_a_loss_that_is_a_number_there_is_a_scale_all_the_same():
    assert chart_axes.loss_end(0) == 1
    assert chart_axes.loss_ticks(1, 2)[1] == ["0", "0.5", "1.0"]


@given(st.integers(0, 5 * 10**9), COUNTS)
def test_epochs_have_two_ticks_and_more_at_whole_epochs(last, count):
    values, texts = chart_axes.epoch_ticks(last, count)
    assert 2 <= len(values) <= max(chart_axes.LEAST_COUNT, count) + 1
    assert values[0] == 0
    assert values[-1] <= chart_axes.epoch_end(last)
    assert all(type(value) is int for value in values)
    assert [read_epoch(text) for text in texts] == values
    assert all(len(text) <= 5 for text in texts), "there is room for half of that on the right"


@pytest.mark.parametrize(
    ("last", "texts"),
    [
        (0, ["0", "1"]),
        (1, ["0", "1"]),
        (3, ["0", "1", "2", "3"]),
        (12, ["0", "5", "10"]),
        (1234, ["0", "500", "1,000"]),
        (25000, ["0", "10k", "20k"]),
        (3400000, ["0", "2M"]),
    ],
)
def test_ticks_of_epochs(last, texts):
    assert chart_axes.epoch_ticks(last, 3)[1] == texts


@given(COUNTS)
def test_shares_are_in_per_cent(count):
    values, texts = chart_axes.share_ticks(count)
    assert len(values) >= 2
    assert [values[0], texts[0]] == [0, "0 %"]
    assert values[-1] == pytest.approx(1)
    assert texts[-1] == "100 %"
    assert all(re.fullmatch(r"\d+ %", text) for text in texts)
