"""The mapping of a plot: to pixels and back, as long across as up, for whatever is drawn, hovered and dragged."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from page.plots.mapping import Mapping
from tests.spec.strategies import examples

sizes = st.floats(-7, 7).map(lambda power: 10**power)
signed = st.one_of(st.just(0.0), st.tuples(st.sampled_from((-1, 1)), sizes).map(math.prod))
boxes = st.tuples(st.floats(0, 90), st.floats(0, 20), st.floats(20, 2000), st.floats(20, 2000))
shares = st.floats(-1, 1)


@st.composite
def mappings(draw):
    box, x, y, half = draw(boxes), draw(signed), draw(signed), draw(sizes)
    half = max(half, 1e-5 * abs(x), 1e-5 * abs(y))
    return Mapping(box, x, y, half), box, x, y, half


@examples(300)
@given(mappings(), shares, shares)
def test_there_and_back(made, across, up):
    mapping, _, x, y, half = made
    place = x + across * half, y + up * half
    pixel = mapping.pixel(*place)
    assert mapping.holds(*pixel, 1e-6)
    assert mapping.place(*pixel) == pytest.approx(place, abs=1e-9 * half)


@examples(300)
@given(mappings(), shares, shares)
def test_a_unit_is_as_long_across_as_up_and_the_shorter_side_shows_half_each_way(made, across, up):
    mapping, (left, top, width, height), x, y, half = made
    here = np.array(mapping.pixel(x, y))
    assert here == pytest.approx((left + width / 2, top + height / 2))
    scale = min(width, height) / (2 * half)
    offset = np.array(mapping.pixel(x + across * half, y + up * half)) - here
    assert offset == pytest.approx((scale * across * half, -scale * up * half), abs=1e-6)


@examples(300)
@given(mappings())
def test_ranges_are_the_edges_of_the_plot(made):
    mapping, (left, top, width, height), _, _, half = made
    (low_x, high_x), (low_y, high_y) = mapping.ranges()
    assert mapping.pixel(low_x, high_y) == pytest.approx((left, top), abs=1e-6)
    assert mapping.pixel(high_x, low_y) == pytest.approx((left + width, top + height), abs=1e-6)
    assert min(high_x - low_x, high_y - low_y) == pytest.approx(2 * half)
    assert (high_x - low_x) / (high_y - low_y) == pytest.approx(width / height)


@examples(300)
@given(mappings(), st.sampled_from((1, 1.25, 1.5, 2, 3)), shares, shares, st.integers(1, 20000))
def test_the_transform_draws_where_pixel_says(made, ratio, across, up, units):
    """As a canvas applies it (HTML, 4.12.5.1.6): x' = a x + c y + e, y' = b x + d y + f, in its own pixels."""
    mapping, _, x, y, half = made
    unit = half / units
    a, b, c, d, e, f = mapping.transform(unit, ratio, x, y)
    horizontal, vertical = round(across * units), round(up * units)
    drawn = a * horizontal + c * vertical + e, b * horizontal + d * vertical + f
    expected = mapping.pixel(x + horizontal * unit, y + vertical * unit)
    assert drawn == pytest.approx((ratio * expected[0], ratio * expected[1]), abs=1e-4)


def test_holds():
    mapping = Mapping((34, 8, 350, 374), 0, 0, 6)
    assert mapping.holds(34, 8)
    assert mapping.holds(384, 382)
    assert not mapping.holds(33.9, 8)
    assert not mapping.holds(384, 382.1)
    assert mapping.holds(30, 386, 4)
    assert not mapping.holds(29, 386, 4)
    assert not mapping.holds(float("nan"), 100)
