"""Turns the lab's paths into path data for the canvas, without handling numbers one by one.

A path of the lab is a flat array of whole numbers, `x y x y … BREAK x y …`. Joined to a text by one call to JavaScript,
it is almost SVG's path data.
"""

BREAK = " 9999999 "

# For each class the corners of its mark around the point, y upwards, for a radius of 1; None: the mark is a disc.
SHAPES = (
    None,
    ((0, 1.3), (1.16, -0.72), (-1.16, -0.72)),
    ((0, 1.45), (1.1, 0), (0, -1.45), (-1.1, 0)),
    ((-0.92, 0.92), (0.92, 0.92), (0.92, -0.92), (-0.92, -0.92)),
    (
        (-0.42, 1.4),
        (0.42, 1.4),
        (0.42, 0.42),
        (1.4, 0.42),
        (1.4, -0.42),
        (0.42, -0.42),
        (0.42, -1.4),
        (-0.42, -1.4),
        (-0.42, -0.42),
        (-1.4, -0.42),
        (-1.4, 0.42),
        (-0.42, 0.42),
    ),
    (
        (-1.32, 0.73),
        (-0.73, 1.32),
        (0, 0.59),
        (0.73, 1.32),
        (1.32, 0.73),
        (0.59, 0),
        (1.32, -0.73),
        (0.73, -1.32),
        (0, -0.59),
        (-0.73, -1.32),
        (-1.32, -0.73),
        (-0.59, 0),
    ),
    (
        (0, 1.55),
        (0.36, 0.5),
        (1.47, 0.48),
        (0.59, -0.19),
        (0.91, -1.25),
        (0, -0.62),
        (-0.91, -1.25),
        (-0.59, -0.19),
        (-1.47, 0.48),
        (-0.36, 0.5),
    ),
    ((0, -1.3), (-1.16, 0.72), (1.16, 0.72)),
    ((-1.1, 1.2), (1.1, 1.2), (0.25, 0), (1.1, -1.2), (-1.1, -1.2), (-0.25, 0)),
    ((-1.55, 0.55), (1.55, 0.55), (1.55, -0.55), (-1.55, -0.55)),
)
# An approximation of a small disc.
OCTAGON = (
    (0.4, 0.97),
    (0.97, 0.4),
    (0.97, -0.4),
    (0.4, -0.97),
    (-0.4, -0.97),
    (-0.97, -0.4),
    (-0.97, 0.4),
    (-0.4, 0.97),
)
# A line that is too short to be visible; drawn with round caps it is a disc.
DOT = "h1"


def data(numbers):
    """The path data of a path, given as a typed array: `M0 0 10 5 20 5M7 7 …`."""
    text = numbers.join(" ")
    return "M" + text.replace(BREAK, "M") if text else ""


def is_round(label):
    """Whether the marks of a class are discs, which are drawn as dots with a line as wide as the disc."""
    return label % len(SHAPES) == 0


def marks(text, label, radius):
    """Path data with a mark of class `label`, of that radius, at each of the points of `x y BREAK x y …`."""
    return marked(text, mark(label, radius))


def marked(text, shape):
    """Path data with one shape, itself path data, at each of the points of `x y BREAK x y …`."""
    return "M" + text.replace(BREAK, shape + "M") + shape if text else ""


def mark(label, radius):
    """The path data of a class's mark, relative to the point where it stands; y grows upwards."""
    if is_round(label):
        return DOT
    _, _, text = _polygon(SHAPES[label % len(SHAPES)], radius, 0, 0)
    return text


def plain_mark(label, radius, hollow):
    """The path data of a mark to be filled, with a hole if it is `hollow`; a disc becomes an octagon."""
    corners = SHAPES[label % len(SHAPES)] or OCTAGON
    x, y, text = _polygon(corners, radius, 0, 0)
    if hollow:
        # In the opposite direction, so that it is not filled.
        _, _, hole = _polygon(tuple(reversed(corners)), 0.6 * radius, x, y)
        text += hole
    return text


def cross(reach):
    """The path data of two strokes across a point, relative to it, that reach so far to each side, up and down."""
    there = "%.5g" % reach
    back = "%.5g" % (2 * reach)
    return "m-%s-%sl%s %sm0-%sl-%s %s" % (there, there, back, back, back, back, back)


def _polygon(corners, radius, from_x, from_y):
    """`(x, y, text)`: the first corner of a polygon, where its path also ends, and its path data.

    The path data is relative: it begins at the place `(from_x, from_y)`.
    """
    x, y = radius * corners[0][0], radius * corners[0][1]
    parts = ["m%.5g %.5gl" % (x - from_x, y - from_y)]
    for (ax, ay), (bx, by) in zip(corners, corners[1:]):
        parts.append("%.5g %.5g " % (radius * (bx - ax), radius * (by - ay)))
    return x, y, "".join(parts) + "z"
