"""Paths of an answer as path data: read back, it is the polylines and the marks that were meant."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page.plots import paths
from tests.spec.strategies import examples

BREAK = 9999999
# How many numbers a command takes at a time.
NUMBERS = {"M": 2, "L": 2, "m": 2, "l": 2, "h": 1, "z": 0}

coordinates = st.integers(-1_000_000, 1_000_000)
points = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=6)


class Numbers:
    """A typed array as far as `paths` asks for it."""

    def __init__(self, numbers):
        self.numbers = numbers

    def join(self, between):
        return between.join(str(number) for number in self.numbers)


def flat(polylines):
    """Polylines as the lab sends them: `x y x y BREAK x y …`."""
    numbers = []
    for polyline in polylines:
        numbers += [BREAK] if numbers else []
        numbers += [number for point in polyline for number in point]
    return numbers


def text_of(places):
    """Places as the lab sends those of marks, joined: each a polyline of its own."""
    return Numbers(flat([[place] for place in places])).join(" ")


def parsed(data):
    """`(polylines, closed)` of path data, by the rules of SVG: corners, and whether it is closed."""
    tokens = re.findall(r"[MLmlhz]|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", data)
    # Nothing is left over, and whatever is between numbers is one blank.
    assert re.sub(r"(?<=[0-9]) (?=[-0-9.])|(?<=[0-9]) (?=[MLmlhz]|$)", "", data) == "".join(tokens)
    subpaths = []
    x = y = 0.0
    command = None
    while tokens:
        if tokens[0] in NUMBERS:
            command = tokens.pop(0)
        elif command in "Mm":
            command = {"M": "L", "m": "l"}[command]
        arguments = [float(tokens.pop(0)) for _ in range(NUMBERS[command])]
        if command == "z":
            subpaths[-1][1] = True
            x, y = subpaths[-1][0][0]
            continue
        dx, dy = arguments if command != "h" else (arguments[0], 0)
        x, y = (dx, dy) if command in "ML" else (x + dx, y + dy)
        if command in "Mm":
            # A move on the heels of a move leaves nothing behind.
            if subpaths and len(subpaths[-1][0]) == 1 and not subpaths[-1][1] and command == "m":
                subpaths.pop()
            subpaths.append([[(x, y)], False])
            continue
        subpaths[-1][0].append((x, y))
    return [tuple(subpath) for subpath in subpaths]


@examples(300)
@given(st.lists(points, max_size=5))
def test_data_is_the_polylines(polylines):
    result = parsed(paths.data(Numbers(flat(polylines))))
    assert [corners for corners, _ in result] == polylines
    assert not any(closed for _, closed in result)


@pytest.mark.parametrize(
    ("numbers", "data"),
    [
        ([], ""),
        ([3, -4], "M3 -4"),
        ([0, 0, 10, 5, 20, 5, BREAK, 7, 7, 8, 8], "M0 0 10 5 20 5M7 7 8 8"),
        ([1, 2, BREAK, 3, 4, BREAK, 5, 6], "M1 2M3 4M5 6"),
        # No coordinate is taken for a break.
        ([-1000000, 1000000, 999999, 99999], "M-1000000 1000000 999999 99999"),
    ],
)
def test_data(numbers, data):
    assert paths.data(Numbers(numbers)) == data


def test_break_joins_the_texts_of_paths():
    """The text of a path may be put together from others' by the break."""
    one, other = Numbers([1, 2, 3, 4]).join(" "), Numbers([5, 6, BREAK, 7, 8]).join(" ")
    assert paths.BREAK.join([one, other]) == Numbers([1, 2, 3, 4, BREAK, 5, 6, BREAK, 7, 8]).join(" ")


@examples(300)
@given(points, st.integers(0, 9), st.floats(-2, 5).map(lambda power: 10**power))
def test_every_point_gets_its_mark(places, label, radius):
    result = parsed(paths.marks(text_of(places), label, radius))
    assert len(result) == len(places)
    for (x, y), (corners, closed) in zip(places, result, strict=True):
        if label == 0:
            # A dot, which a pen with a round tip makes a disc; what has no length at all, some browsers leave out.
            assert paths.is_round(label)
            assert corners == [(x, y), (x + 1, y)]
            continue
        assert closed
        assert not paths.is_round(label)
        # About a circle's area, with corners farther out than that and the middle at the point.
        reaches = [math.dist(corner, (x, y)) / radius for corner in corners]
        assert 1.25 < max(reaches) < 1.7
        middle = [(max(numbers) + min(numbers)) / 2 for numbers in zip(*corners, strict=True)]
        assert middle == pytest.approx((x, y), abs=0.3 * radius)
        area = sum(
            (ax - x) * (by - y) - (bx - x) * (ay - y)
            for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)
        )
        assert 0.7 * math.pi < abs(area) / 2 / radius**2 < 1.35 * math.pi


@pytest.mark.parametrize("label", range(1, 10))
def test_both_sides_of_a_mark_are_alike(label):
    ((corners, _),) = parsed(paths.marks("0 0", label, 10))
    assert {(round(-x, 3), round(y, 3)) for x, y in corners} == {(round(x, 3), round(y, 3)) for x, y in corners}


def test_y_grows_upwards():
    """The first triangle has its tip at the top, the other one at the bottom."""
    for label, way in ((1, 1), (7, -1)):
        ((corners, _),) = parsed(paths.marks("0 0", label, 10))
        assert corners[0][0] == 0
        assert way * corners[0][1] == max(way * y for _, y in corners) > 10


def test_ten_classes_look_different_and_more_begin_again():
    marks = [paths.mark(label, 4.2) for label in range(20)]
    assert len(set(marks)) == 10
    assert marks[:10] == marks[10:]


def test_no_points_no_marks():
    for label in range(4):
        assert paths.marks("", label, 4.2) == ""


@pytest.mark.parametrize("label", range(10))
def test_plain_marks_are_as_large_and_hollow_ones_have_a_hole(label):
    def area(corners):
        return sum(ax * by - ay * bx for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)) / 2

    ((outline, closed),) = parsed(paths.marked("0 0", paths.plain_mark(label, 10, False)))
    assert closed
    assert 0.7 * math.pi < abs(area(outline)) / 100 < 1.35 * math.pi
    (same, _), (hole, closed) = parsed(paths.marked("0 0", paths.plain_mark(label, 10, True)))
    assert closed
    for corner, other in zip(same, outline, strict=True):
        assert corner == pytest.approx(other, abs=1e-6)
    # Wound the other way, so that by the non-zero rule it stays empty.
    assert area(hole) == pytest.approx(-0.36 * area(outline), rel=0.01)
    for corner, (x, y) in zip(hole[::-1], outline, strict=True):
        assert corner == pytest.approx((0.6 * x, 0.6 * y), abs=0.01)


def test_a_cross_goes_through_its_point():
    (one, _), (other, _) = parsed(paths.marked("10 20", paths.cross(3)))
    assert one == [(7, 17), (13, 23)]
    assert other == [(13, 17), (7, 23)]
