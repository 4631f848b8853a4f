"""Shapes and colours of ten classes, and colours of signs and lines, are told apart: by everybody, and in print.

Distances are Euclidean in OKLab (B. Ottosson, "A perceptual color space for image processing", 2020), where about 0.02
is a difference that is just noticed. Kinds of colour blindness are simulated in linear light by the matrices of
G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A physiologically-based model for simulation of color vision
deficiency", 2009, for a severity of 1.
"""

import re
from itertools import combinations

import numpy as np
import pytest

from page.plots import paths
from tests.browser.answers import RADIUS
from tools import environment

JUST_NOTICED = 0.02
SEEN_BY = {
    "everybody": np.eye(3),
    "protanopes": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopes": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopes": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
LMS = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566]]
LMS += [[0.0883024619, 0.2817188376, 0.6299787005]]
LAB = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099]]
LAB += [[0.0259040371, 0.7827717662, -0.8086757660]]
CLASSES = [f"--class-{index}" for index in range(10)]
SIGNS = ["--negative", "--positive"]
LINES = ["--held-out", "--zero"]


def themes():
    """The custom properties that are colours, by theme: where the style sheets define `--class-0`, in order."""
    text = "".join(path.read_text() for path in sorted((environment.ROOT / "static").rglob("*.css")))
    blocks = [block for block in re.findall(r"\{([^{}]*)\}", text) if "--class-0:" in block]
    return [dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]


LIGHT, *DARK = themes()
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK[0]], ids=["light", "dark"])


def linear(colour):
    """Red, green and blue of linear light, 0 to 1 (sRGB, IEC 61966-2-1)."""
    parts = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def oklab(light):
    return np.array(LAB) @ np.cbrt(np.array(LMS) @ np.clip(light, 0, 1))


def distance(one, other, seen_by):
    matrix = np.array(SEEN_BY[seen_by])
    return np.linalg.norm(oklab(matrix @ linear(one)) - oklab(matrix @ linear(other)))


def contrast(one, other):
    """The ratio of luminances by WCAG 2.2."""
    darker, lighter = sorted(linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_dark_palette_is_the_same_wherever_it_stands():
    assert DARK
    names = [*CLASSES, *SIGNS, *LINES]
    assert all([other[name] for name in names] == [DARK[0][name] for name in names] for other in DARK)


@pytest.mark.parametrize("seen_by", SEEN_BY)
@THEMES
def test_any_two_classes_have_colours_that_are_told_apart(theme, seen_by):
    """Five times what is just noticed, in small marks that need not lie side by side; eight times by most people."""
    enough = (8 if seen_by == "everybody" else 5) * JUST_NOTICED
    for one, other in combinations(CLASSES, 2):
        assert distance(theme[one], theme[other], seen_by) >= enough, (one, other)


@pytest.mark.parametrize("seen_by", SEEN_BY)
@THEMES
def test_signs_are_told_apart(theme, seen_by):
    """Signs lie side by side in large areas."""
    assert distance(theme["--negative"], theme["--positive"], seen_by) >= 7 * JUST_NOTICED


@pytest.mark.parametrize("seen_by", SEEN_BY)
@THEMES
def test_nothing_else_has_the_colour_of_a_class(theme, seen_by):
    """Neither a sign nor a line lies among the marks, whose shapes tell as well: it must not be taken for a class.

    Three times what is just noticed is what a person notices without looking for it; five times by most people.
    """
    enough = (5 if seen_by == "everybody" else 3) * JUST_NOTICED
    for one in [*SIGNS, *LINES]:
        for name in CLASSES:
            assert distance(theme[one], theme[name], seen_by) >= enough, (one, name)


@pytest.mark.parametrize("seen_by", SEEN_BY)
@THEMES
def test_signs_and_lines_are_told_apart(theme, seen_by):
    """As far as classes: the links of weights, held-out curves and zero lines are thin. So is none the boundary."""
    for one, other in combinations([*SIGNS, *LINES], 2):
        assert distance(theme[one], theme[other], seen_by) >= 5 * JUST_NOTICED, (one, other)
    for one in [*SIGNS, *LINES]:
        assert distance(theme[one], theme["--boundary"], seen_by) >= 4 * JUST_NOTICED, one


@THEMES
def test_marks_and_lines_stand_out_from_their_ground(theme):
    """WCAG 2.2, 1.4.11: 3 to 1 for what is needed to understand a picture."""
    for name in [*CLASSES, *SIGNS, *LINES]:
        assert contrast(theme[name], theme["--surface"]) >= 3, name


def drawn(label, side=96):
    """Which of side × side samples of a square of ±1.6 a class's mark covers, by counting crossings of its edges."""
    ticks = np.linspace(-1.6, 1.6, side)
    x, y = np.meshgrid(ticks, ticks)
    corners = paths.SHAPES[label]
    if corners is None:
        return np.hypot(x, y) <= 1
    inside = np.zeros(x.shape, bool)
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        if y1 != y2:
            inside ^= ((y1 > y) != (y2 > y)) & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    return inside


def test_any_two_classes_have_shapes_that_are_told_apart_without_colour():
    """In print: no mark shares more than six sevenths of its area with another, and none is much larger than others."""
    shapes = [drawn(label) for label in range(10)]
    for one, other in combinations(range(10), 2):
        shared = (shapes[one] & shapes[other]).sum() / (shapes[one] | shapes[other]).sum()
        assert shared < 6 / 7, (one, other, shared)
    areas = [shape.sum() for shape in shapes]
    assert max(areas) < 2 * min(areas)


def test_hollow_marks_keep_their_holes():
    """A held-out point's mark is a line of 0.9 pixels around the ground: some of that is left."""
    step = 3.2 * RADIUS / 95
    for label in range(10):
        shape = drawn(label)
        # What is farther than half the line from the outside.
        reach = int(np.ceil(0.45 / step))
        hollow = shape.copy()
        for down in range(-reach, reach + 1):
            for right in range(-reach, reach + 1):
                if down * down + right * right <= reach * reach:
                    hollow &= np.roll(shape, (down, right), (0, 1))
        assert hollow.sum() > 0.3 * shape.sum(), label


def test_the_legend_shows_the_shapes_of_the_marks():
    text = "".join(path.read_text() for path in sorted((environment.ROOT / "static").rglob("*.css")))
    for label, corners in enumerate(paths.SHAPES):
        found = re.search(rf"\.class-{label}::before \{{[^}}]*clip-path: polygon\(([^)]*)\)", text)
        if corners is None:
            assert found is None
            continue
        shown = [[float(part) for part in re.findall(r"[\d.]+", corner)] for corner in found[1].split(",")]
        expected = [[50 + 100 * x / 3.1, 50 - 100 * y / 3.1] for x, y in corners]
        assert np.array(shown) == pytest.approx(np.array(expected), abs=0.06)
