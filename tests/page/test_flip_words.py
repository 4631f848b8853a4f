"""What the flip-book says is what its separabilities say: where a straight line first gets the most."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page import flip_words, story
from spec import fields, registry, shape
from tests import data_sets

NAN = math.nan
# Three rows of input, fc1, tanh1, fc2 and softmax.
EPOCHS = [0, 12, 1234]
APART = [[0.53, 0.53, 0.6, 0.5, 0.5], [0.53, 0.53, 0.97, 0.96, 0.96], [0.53, 0.53, 1.0, 1.0, 0.99]]


@pytest.fixture(autouse=True, scope="module")
def entered():
    with data_sets.entered():
        yield


def by_place(rows):
    return {(row, column): share for row, shares in enumerate(rows) for column, share in enumerate(shares)}


def said(rows, epochs=EPOCHS, **choices):
    return flip_words.finding({**fields.defaults(), "hidden_layers": (8,), **choices}, epochs, by_place(rows))


@given(
    st.lists(
        st.lists(st.sampled_from([NAN, 0.0, 0.004, 0.5, 0.504, 0.994, 0.997, 1.0]), min_size=5, max_size=5),
        min_size=1,
        max_size=3,
    )
)
def test_best_are_all_that_are_written_with_the_highest_number_and_the_first_is_named(rows):
    numbers = {
        place: int(story.percent(share).removesuffix(" %"))
        for place, share in by_place(rows).items()
        if not math.isnan(share)
    }
    expected = [place for place, number in numbers.items() if number == max(numbers.values())]
    assert flip_words.best(by_place(rows)) == expected
    words = said(rows)
    if not expected:
        assert words == ""
        return
    row, column = expected[0]
    names = shape.layer_names({**fields.defaults(), "hidden_layers": (8,)})
    assert f"{numbers[expected[0]]} %" in words
    assert f"at {names[column]} by epoch {EPOCHS[row]:,}:" in words or column == 0
    assert ("come apart" in words) == (numbers[expected[0]] == 100 and column > 0)


def test_the_order_in_which_cells_have_come_does_not_matter():
    shares = by_place(APART)
    assert flip_words.best(dict(reversed(shares.items()))) == flip_words.best(shares) == [(2, 2), (2, 3)]


def test_classes_that_have_come_apart():
    first, then = said(APART).split(": ")
    assert first == "The classes have come apart at tanh1 by epoch 1,234"
    assert then == "a straight line gets 100 % of the training points right."


def test_classes_that_have_not():
    expected = "Farthest apart at tanh1 by epoch 12: a straight line gets 97 % of the training points right."
    assert said(APART[:2]) == expected


def test_where_no_layer_helps():
    expected = (
        "A straight line gets 90 % of the training points right before the first layer, and no more at any other."
    )
    assert said([[0.9, 0.9, 0.8, 0.9, 0.9]]) == expected


def test_more_classes_take_more_cuts_and_numbers_are_explained():
    assert "straight cuts get 97 % of the training points right" in said(APART[:2], dataset="ten_classes")
    words = said([[0.2, 0.2, 1.0, 1.0]], dataset="plane_target")
    assert words == "Best in order at tanh1 by epoch 0: a linear fit explains 100 % of the numbers."


def test_there_is_a_hint_for_every_task():
    assert set(flip_words.HINTS) == {registry.CLASSIFICATION, registry.REGRESSION}
