"""Points sorted into leaves, loops around them, and choices as text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import picking
from page.plots import picking as looked_up
from tests.spec.strategies import examples


class Typed:
    """A typed array as far as the page asks for it."""

    def __init__(self, array):
        self.array = np.ravel(array)

    def join(self, between):
        return between.join(map(repr, self.array.tolist()))

    def subarray(self, start, end):
        return Typed(self.array[start:end])

    def __getitem__(self, index):
        return self.array[index]


def clouds(kind, rows, seed=0):
    rng = np.random.default_rng(seed)
    return {
        "even": rng.uniform(-6, 6, (rows, 2)),
        "one place": np.full((rows, 2), 3.25),
        "a line": np.stack([np.linspace(-1, 1, rows), np.zeros(rows)], axis=1),
        "two heaps": rng.normal(0, 1e-6, (rows, 2)) + np.where(rng.random(rows) < 0.5, 1e6, 2e6)[:, None],
        "not finite": np.where(rng.random((rows, 2)) < 0.1, np.nan, rng.normal(0, 1, (rows, 2))),
    }[kind].astype(np.float32)


KINDS = ("even", "one place", "a line", "two heaps", "not finite")


@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 200, 5000])
@pytest.mark.parametrize("kind", KINDS)
def test_leaves_hold_every_point_that_is_somewhere_in_its_box(kind, rows):
    places = clouds(kind, rows)
    order, ordered, boxes = picking.leaves(places)
    assert sorted(order.tolist()) == np.flatnonzero(np.isfinite(places).all(axis=1)).tolist()
    np.testing.assert_array_equal(ordered, places[order])
    assert len(boxes) == -(-len(order) // picking.LEAF)
    for leaf, (left, right, bottom, top) in enumerate(boxes):
        inside = ordered[leaf * picking.LEAF : (leaf + 1) * picking.LEAF]
        assert (inside.min(axis=0) == (left, bottom)).all()
        assert (inside.max(axis=0) == (right, top)).all()


def test_leaves_are_small():
    """So that few of them are near any place."""
    _, _, boxes = picking.leaves(clouds("even", 20000))
    widths, heights = boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2]
    assert (widths * heights).sum() < 1.1 * 144
    assert np.quantile(np.maximum(widths, heights), 0.9) < 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_finds_the_nearest_point(kind):
    places = clouds(kind, 3000)
    leaves = looked_up.Leaves(*map(Typed, picking.leaves(places)))
    finite = places[np.isfinite(places).all(axis=1)].astype(float)
    rng = np.random.default_rng(1)
    spread = np.ptp(finite, axis=0).max() or 1
    hits = 0
    for start in finite[rng.integers(0, len(finite), 40)]:
        x, y = start + rng.normal(0, 0.01 * spread, 2)
        reach = 0.02 * spread
        distances = np.hypot(*(places.astype(float) - (x, y)).T)
        found = leaves.nearest(x, y, reach)
        nearest = np.nanmin(distances)
        if nearest < reach:
            hits += 1
            assert distances[found] == nearest
        else:
            assert found is None
    assert hits > 20


def test_nobody_is_near_an_empty_plane():
    assert looked_up.Leaves(*map(Typed, picking.leaves(np.zeros((0, 2))))).nearest(0, 0, 1e9) is None


@examples(200)
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=3, max_size=12))
def test_enclosed_is_where_the_loop_goes_around(corners):
    """The angle that the loop turns by, seen from a place, is a whole number of turns; none where that is outside."""
    rng = np.random.default_rng(0)
    places = rng.uniform(-6, 6, (50, 2))
    around = np.array(corners, float)[:, None] - places
    angles = np.arctan2(around[..., 1], around[..., 0])
    turns = np.diff(np.concatenate([angles, angles[:1]]), axis=0)
    turns = (turns + np.pi) % (2 * np.pi) - np.pi
    winding = np.rint(turns.sum(axis=0) / (2 * np.pi)).astype(int)
    np.testing.assert_array_equal(picking.enclosed(corners, places), winding != 0)


def test_places_that_are_not_finite_are_outside():
    places = [[0, 0], [np.nan, 0], [0, np.inf], [-np.inf, np.nan], [9, 9]]
    assert picking.enclosed([(-1, -1), (1, -1), (1, 1), (-1, 1)], places).tolist() == [True] + [False] * 4


@given(st.lists(st.booleans(), min_size=1, max_size=70))
def test_choices_cross_as_text(chosen):
    text = picking.text(np.array(chosen))
    assert picking.mask(text, len(chosen)).tolist() == chosen
    assert looked_up.size(text) == sum(chosen)
    assert [looked_up.is_chosen(text, index) for index in range(len(chosen))] == chosen
    for index in (0, len(chosen) - 1):
        other = looked_up.toggled(text, index, len(chosen))
        expected = [*chosen]
        expected[index] = not expected[index]
        assert picking.mask(other, len(chosen)).tolist() == expected
        assert (other == "") == (not any(expected))
