"""The network strip's layout: tiles that fit, edges that join them, keys that lead somewhere, widths that are valid."""

import math
import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page import strip_layout
from spec import fields, shape
from tests.spec.strategies import examples, experiments

widths = st.lists(st.integers(1, 2000), min_size=1, max_size=12)
rooms = st.integers(190, 900)


@examples(300)
@given(widths, st.integers(strip_layout.LEAST_COLUMN, 300), st.integers(0, 100))
def test_a_finger_hits_every_tile_in_a_strip_of_that_height_and_higher(widths, column, more):
    height = strip_layout.height_for_fingers(widths, column)
    assert min(tiles.pitch for tiles in strip_layout.columns(widths, column, height + more)) >= 24
    assert height < 24 * 8 + 300


@examples(200)
@given(st.integers(1, 3000), st.integers(2, 60))
def test_columns_share_the_room_or_scroll(available, count):
    column = strip_layout.column_width(available, count)
    assert column >= strip_layout.LEAST_COLUMN
    # The names of the first and the last layer may be wider than their columns.
    free = available - strip_layout.OUTSIDE
    assert column == strip_layout.LEAST_COLUMN or free - count < column * count <= free


@examples(300)
@given(widths, st.integers(strip_layout.LEAST_COLUMN, 300), rooms)
def test_tiles_fit_into_their_column(widths, column, height):
    rows = strip_layout.rows(column, height)
    for index, (width, tiles) in enumerate(zip(widths, strip_layout.columns(widths, column, height), strict=True)):
        assert tiles.shown == min(width, strip_layout.SHOWN)
        assert strip_layout.SMALLEST_TILE <= tiles.size <= min(strip_layout.LARGEST_TILE, column)
        assert tiles.pitch >= tiles.size + 2
        assert abs(tiles.x - (index + 0.5) * column) <= 0.5
        corners = [strip_layout.corner(tiles, neuron) for neuron in range(tiles.shown)]
        boxes = [(left, top, left + tiles.size, top + tiles.size) for left, top in corners]
        assert all(rows.tiles <= top and bottom <= height for _, top, _, bottom in boxes)
        assert all(index * column <= left and right <= (index + 1) * column for left, _, right, _ in boxes)
        for one, other in combinations(boxes, 2):
            apart_across = one[2] + 2 <= other[0] or other[2] + 2 <= one[0]
            assert apart_across or one[3] + 2 <= other[1] or other[3] + 2 <= one[1]
        # What is read from left to right and from the top down is in order.
        assert [(top, left) for left, top in corners] == sorted((top, left) for left, top in corners)
        assert strip_layout.middles(tiles) == [top + tiles.size / 2 for _, top in corners]
        assert strip_layout.squares(tiles).count("M") == tiles.shown


@examples(300)
@given(st.integers(strip_layout.LEAST_COLUMN, 300), rooms, st.integers(13, 26))
def test_the_rows_of_the_strip_lie_below_one_another(column, height, text):
    rows = strip_layout.rows(column, height, text)
    assert rows.miniatures > 0
    assert strip_layout.LEAST_MINIATURE <= rows.side < column
    end = rows.miniatures + rows.side
    if rows.wide:
        # Beside the miniature, in its middle.
        assert abs(rows.probes + strip_layout.scaled(strip_layout.PROBE, text) / 2 - (rows.miniatures + end) / 2) <= 1
    else:
        assert rows.probes == end
    assert end < rows.frames < rows.tiles


def test_eight_layers_of_eight_fit_and_the_default_networks_tiles_are_large():
    tall = 198
    many = strip_layout.columns([2, *[8] * 16, 2, 2], strip_layout.column_width(1133, 19), tall)
    assert many[-1].x + many[-1].size < 1133
    assert min(tiles.size for tiles in many) >= 13
    few = strip_layout.columns([2, 8, 8, 2, 2], strip_layout.column_width(1133, 5), tall)
    assert min(tiles.size for tiles in few) > 25


@examples(300)
@given(st.integers(1, 40), st.integers(strip_layout.LEAST_COLUMN, 90), st.integers(0, 2000), st.integers(10, 900))
def test_what_is_visible_is_what_overlaps_the_window(count, column, left, width):
    first, last = strip_layout.visible(left, width, column, count)
    for index in range(count):
        if index * column < left + width and left < (index + 1) * column:
            assert first <= index < last
    assert all(left - column <= index * column <= left + width for index in range(first, last))


def columns_of(*widths):
    return strip_layout.columns(widths, 60, 400)


def test_dense_edges_are_in_the_order_of_the_weights():
    before, after = columns_of(20, 3)
    pairs = strip_layout.pairs("dense", before, after)
    assert pairs == [(row, column) for row in range(16) for column in range(3)]


def test_softmax_mixes_all_and_activations_none():
    before, after = columns_of(2, 2)
    assert strip_layout.pairs("softmax", before, after) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert strip_layout.pairs("tanh", before, after) == [(0, 0), (1, 1)]
    assert strip_layout.pairs("batch_norm", before, after) == [(0, 0), (1, 1)]


def test_edges_run_from_tile_to_tile():
    before, after = columns_of(3, 2)
    for (first, second), piece in zip(
        strip_layout.pairs("dense", before, after), strip_layout.edges("dense", before, after), strict=True
    ):
        assert re.fullmatch(r"M[\d.]+ [\d.]+H[\d.]+C([\d.]+ ){5}[\d.]+H[\d.]+", piece)
        x, y, right, _, leaving, _, arriving, left, into, end = (float(n) for n in re.findall(r"[\d.]+", piece))
        corner, last = strip_layout.corner(before, first), strip_layout.corner(after, second)
        # From a tile's right edge to another's left one, over the gap between the two layers.
        assert (x, end) == (corner[0] + before.size, last[0])
        assert x <= right < left <= end
        assert max(strip_layout.corner(before, index)[0] for index in range(3)) + before.size < right
        assert left < min(strip_layout.corner(after, index)[0] for index in range(2))
        # Level where it leaves and where it arrives, and there between the tile's upper and lower edge.
        assert (leaving, into) == (y, arriving)
        assert corner[1] < y < corner[1] + before.size
        assert last[1] < into < last[1] + after.size


def test_edges_of_tiles_in_a_row_do_not_cover_one_another():
    (column,) = strip_layout.columns([8], 120, 220)
    assert column.across > 1
    heights = strip_layout.spread(column)
    assert len(set(heights)) == column.shown


@pytest.mark.parametrize(
    ("weight", "step"),
    [(0, 0), (7, 0), (-7, 0), (8, 1), (-8, -1), (31, 1), (32, 2), (-64, -3), (96, 4), (127, 4), (-127, -4)],
)
def test_weight_step(weight, step):
    assert strip_layout.weight_step(weight) == step


def test_weight_steps_grow_with_the_weight():
    steps = [strip_layout.weight_step(weight) for weight in range(-127, 128)]
    assert steps == sorted(steps)
    assert set(steps) == set(range(-4, 5))


def test_by_step_sorts_pieces_and_drops_the_faint():
    pieces = ["a", "b", "c", "d", "e"]
    # As they come out of a typed array.
    sorted_pieces = strip_layout.by_step(pieces, [127.0, -127.0, 0.0, 120.0, 20.0])
    assert sorted_pieces == {4: ["a", "d"], -4: ["b"], 1: ["e"]}


@examples(100)
@given(experiments())
def test_weight_blocks_follow_one_another(experiment):
    layers = shape.layers(experiment)
    blocks = strip_layout.weight_blocks(layers)
    assert blocks[0] == (0, 0)
    for (_, end), (start, _) in pairwise(blocks):
        assert start == end
    tiles = strip_layout.columns([width for _, _, width in layers], 60, 400)
    for index, (_, kind, _) in enumerate(layers):
        start, end = blocks[index]
        expected = len(strip_layout.pairs(kind, tiles[index - 1], tiles[index])) if kind == "dense" else 0
        assert end - start == expected


@examples(100)
@given(experiments())
def test_hidden_spans_are_the_hidden_layers(experiment):
    layers = shape.layers(experiment)
    spans = strip_layout.hidden_spans(layers)
    assert len(spans) == len(experiment["hidden_layers"])
    for (first, last), width in zip(spans, experiment["hidden_layers"], strict=True):
        assert layers[first][1] == "dense"
        assert layers[last][1] == experiment["activation"]
        assert {layer[2] for layer in layers[first : last + 1]} == {width}
        left, room = strip_layout.width_frame(first, last, 40)
        assert first * 40 <= left and left + room <= (last + 1) * 40
        # Two buttons and four digits.
        assert room >= 2 * 24 + 24


@examples(100)
@given(experiments())
def test_every_button_is_reached_by_arrow_keys(experiment):
    layers = shape.layers(experiment)
    tiles = strip_layout.columns([width for _, _, width in layers], 40, 400)
    stops = strip_layout.stops(layers, tiles, 100)
    everything = {(column, row) for column, there in enumerate(stops) for row in range(len(there))}
    reached, new = set(), {(0, 0)}
    while new:
        reached |= new
        new = {
            strip_layout.neighbour(stops, column, row, key)
            for column, row in new
            for key in ("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End")
        } - reached
    assert reached == everything
    assert [stop.action for there in stops for stop in there].count("layer") == len(layers)
    for action in ("narrower", "wider"):
        numbers = [stop.number for there in stops for stop in there if stop.action == action]
        assert numbers == list(range(len(experiment["hidden_layers"])))
    for column, row in everything:
        stop = stops[column][row]
        assert strip_layout.find(stops, stop.name, stop.action, stop.number) == (column, row)


def stops_of(*hidden_layers):
    layers = shape.layers(dict(fields.defaults(), hidden_layers=hidden_layers))
    tiles = strip_layout.columns([width for _, _, width in layers], 60, 400)
    return strip_layout.stops(layers, tiles, 120)


def test_neighbour_goes_to_what_is_next_on_that_side():
    """In a grid of two tiles by four, over and beside grids of one by two: as the eye sees it."""
    layers = shape.layers(dict(fields.defaults(), hidden_layers=(8,)))
    tiles = [
        strip_layout.Column(x=60 * index + 30, top=150, size=20, pitch=24, shown=width, across=across)
        for index, (width, across) in enumerate([(2, 1), (8, 2), (8, 2), (2, 2), (2, 1)])
    ]
    stops = strip_layout.stops(layers, tiles, 120)
    # input: name, 0, 1 | fc1: name, −, 0 … 7 | tanh1: name, +, 0 … 7 | fc2: name, 0, 1 | softmax: name, 0, 1
    neighbour = strip_layout.neighbour
    ways = {
        (0, 0, "ArrowRight"): (1, 0),
        (0, 0, "ArrowLeft"): (0, 0),
        (0, 0, "ArrowUp"): (0, 0),
        (0, 0, "ArrowDown"): (0, 1),
        (0, 1, "ArrowRight"): (1, 2),
        (0, 2, "ArrowDown"): (0, 2),
        (0, 2, "ArrowRight"): (1, 4),
        (1, 1, "ArrowUp"): (1, 0),
        (1, 1, "ArrowRight"): (2, 1),
        (2, 1, "ArrowRight"): (3, 1),
        (1, 2, "ArrowUp"): (1, 1),
        (1, 2, "ArrowRight"): (1, 3),
        (1, 3, "ArrowRight"): (2, 2),
        (1, 3, "ArrowDown"): (1, 5),
        (1, 5, "ArrowUp"): (1, 3),
        (2, 2, "ArrowLeft"): (1, 3),
        (2, 3, "ArrowLeft"): (2, 2),
        (1, 9, "ArrowDown"): (1, 9),
        (2, 9, "ArrowRight"): (3, 1),
        (3, 1, "ArrowLeft"): (2, 3),
        (4, 1, "ArrowRight"): (4, 1),
        (1, 9, "End"): (4, 2),
        (1, 0, "End"): (4, 0),
        (4, 2, "Home"): (0, 2),
    }
    for (column, row, key), wanted in ways.items():
        assert neighbour(stops, column, row, key) == wanted, (column, row, key)


def test_focus_finds_its_button_again_when_the_network_changes():
    before, after = stops_of(8, 3), stops_of(8, 4)
    column, row = strip_layout.find(before, "tanh2", "wider", 1)
    assert strip_layout.found_again(after, before[column][row], column, row) == (4, 1)
    column, row = strip_layout.find(before, "softmax", "layer", 0)
    gone = stops_of()
    column, row = strip_layout.found_again(gone, before[column][row], column, row)
    assert gone[column][row].name == "softmax"
    column, row = strip_layout.find(before, "tanh2", "neuron", 2)
    column, row = strip_layout.found_again(gone, before[column][row], column, row)
    assert 0 <= row < len(gone[column])


@pytest.mark.parametrize(
    ("widths", "hidden", "by", "expected"),
    [((8,), 0, 1, (9,)), ((8, 4), 1, -1, (8, 3)), ((8, 1, 4), 1, -1, (8, 4)), ((1,), 0, -1, ())],
)
def test_widened(widths, hidden, by, expected):
    assert strip_layout.widened(widths, hidden, by) == expected


@pytest.mark.parametrize(
    ("widths", "expected"), [((), (8,)), ((5,), (5, 5)), ((8, 3), (8, 3, 3))], ids=["none", "one", "two"]
)
def test_deepened(widths, expected):
    assert strip_layout.deepened(widths) == expected


@examples(300)
@given(st.floats(0, 2000), st.floats(0, 2000), st.floats(50, 800), st.floats(0, 200))
def test_scrolled_shows_the_place_and_moves_no_further_than_it_must(x, left, width, margin):
    after = strip_layout.scrolled(x, left, width, margin)
    assert after <= x <= after + width + 1e-9
    kept = min(margin, width / 2)
    if left + kept <= x <= left + width - kept:
        assert math.isclose(after, left, abs_tol=1e-9)
    elif after > 0:
        assert math.isclose(min(x - after, after + width - x), kept, abs_tol=1e-6)


def test_description_names_every_layer():
    text = strip_layout.description(shape.layers(fields.defaults()))
    assert text.startswith("Network: 5 layers, input 2, fc1 8, tanh1 8, fc2 2, softmax 2; each neuron as a heat map")
