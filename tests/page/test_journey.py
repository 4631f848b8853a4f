"""The playhead's ways: smooth, exact at both ends, and in the time that they should take."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page import journey
from spec import registry, shape
from tests.spec.strategies import examples

NAMES = ["input", "fc1", "tanh1", "fc2", "softmax"]
positions = st.integers(0, 400).map(lambda hundredths: hundredths / 100)


def followed(way, step=1 / 60):
    """Every position on a way, from its start until it rests."""
    result = []
    moving = True
    while moving:
        position, moving = way(len(result) * step)
        result.append(position)
        assert len(result) < 5000
    return result


def test_ease():
    assert [journey.ease(share) for share in (-1, 0, 0.5, 1, 2)] == [0, 0, 0.5, 1, 1]


@examples(200)
@given(positions, positions)
def test_glide_is_monotone_and_exact_at_both_ends(start, target):
    way = followed(lambda seconds: journey.glide(start, target, seconds))
    assert way[0] == pytest.approx(start)
    assert way[-1] == target
    steps = [after - before for before, after in pairwise(way)]
    assert all(step * (target - start) >= 0 for step in steps)


@pytest.mark.parametrize(("distance", "seconds"), [(1, 0.45), (2, 0.9), (30, 1.5)])
def test_glide_takes_its_time(distance, seconds):
    assert journey.glide(0, distance, seconds - 0.01)[1]
    assert journey.glide(0, distance, seconds) == (distance, False)
    assert journey.glide(0, distance, seconds / 2)[0] == pytest.approx(distance / 2)


@pytest.mark.parametrize("last", [1, 4, 12])
def test_journey_rests_at_every_layer_and_leaves_none_out(last):
    way = followed(lambda seconds: journey.journey(last, seconds, False))
    assert way[0] == 0
    assert way[-1] == last
    steps = [after - before for before, after in pairwise(way)]
    assert min(steps) >= 0
    assert max(steps) < 0.05
    for layer in range(last):
        assert way.count(layer) == pytest.approx(journey.REST * 60, abs=2)
    assert len(way) / 60 == pytest.approx(last * (journey.REST + journey.TRAVEL), abs=0.05)


def test_calm_journey_has_nothing_in_between():
    way = followed(lambda seconds: journey.journey(4, seconds, True))
    assert sorted(set(way)) == [0, 1, 2, 3, 4]
    assert len(way) / 60 == pytest.approx(4 * journey.CALM_REST, abs=0.05)


@pytest.mark.parametrize(("position", "expected"), [(1.12, 1), (0.88, 1), (1.13, 1.13), (2, 2), (0.5, 0.5), (3.95, 4)])
def test_snapped(position, expected):
    assert journey.snapped(position) == expected


@pytest.mark.parametrize(
    ("position", "before", "after"), [(0, 0, 1), (1.4, 1, 2), (2, 1, 3), (4, 3, 4), (0.01, 0, 1), (3.99, 3, 4)]
)
def test_stops_around_a_position(position, before, after):
    assert journey.stop_before(position) == before
    assert journey.stop_after(position, 4) == after


@examples(100)
@given(positions, st.sampled_from((-0.1, 0.1)))
def test_stepped_stays_on_the_rail_in_hundredths(position, by):
    after = journey.stepped(position, by, 4)
    assert 0 <= after <= 4
    assert after == round(after, 2)
    assert after == pytest.approx(min(max(position + by, 0), 4))


@examples(200)
@given(positions)
def test_parts_are_a_layer_and_a_morph(position):
    layer, morph = journey.parts(position)
    assert isinstance(layer, int)
    assert 0 <= morph < 1
    assert layer + morph == pytest.approx(position)


def test_parts_of_sums_that_are_not_quite_whole():
    assert journey.parts(2.9999999999) == (3, 0)


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (0, "layer input"),
        (1.4, "40 % of the way from fc1 to tanh1"),
        (2.001, "layer tanh1"),
        (2.999, "layer fc2"),
        (4, "layer softmax"),
    ],
)
def test_words(position, expected):
    assert journey.words(position, NAMES) == expected


def test_probe_words():
    assert journey.percent(0.974) == 97
    assert journey.percent(float("nan")) is None
    two, three = (data(outputs, registry.CLASSIFICATION) for outputs in (2, 3))
    assert journey.probe_words("tanh1", 97, 95, two) == (
        "A straight line at layer tanh1 has 97 % of the training points right, 95 % of those held out"
    )
    assert journey.probe_words("tanh1", 97, 95, three) == (
        "Straight lines at layer tanh1 have 97 % of the training points right, 95 % of those held out"
    )
    assert journey.probe_words("tanh1", 97, None, two) == (
        "A straight line at layer tanh1 has 97 % of the training points right"
    )
    assert journey.probe_words("fc2", None, None, three) == "No straight line has been tried at layer fc2 yet"


@pytest.mark.parametrize("outputs", [1, 3])
def test_probe_words_of_numbers(outputs):
    numbers = data(outputs, registry.REGRESSION)
    assert journey.probe_words("tanh1", 97, 95, numbers) == (
        "A linear fit at layer tanh1 explains 97 % of the variance of the training points, 95 % of those held out"
    )
    assert journey.probe_words("fc2", None, None, numbers) == "No linear fit has been tried at layer fc2 yet"


def data(outputs, task):
    return shape.Shape(rows=200, training=180, columns=2, inputs=2, outputs=outputs, task=task)
