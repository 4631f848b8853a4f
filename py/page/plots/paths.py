"""Paths and points of an answer as the canvas takes them: a whole picture's numbers in one crossing, none by itself.

A path of the lab is flat whole numbers, `x y x y … BREAK x y …`; as text it is almost what SVG calls path data.
"""

BREAK = " 9999999 "

# A class's mark, about its point, y up: triangle, diamond, pentagon; that of the first is round.
_SHAPES = (
    None,
    ((0, 1.3), (1.16, -0.72), (-1.16, -0.72)),
    ((0, 1.25), (1.25, 0), (0, -1.25), (-1.25, 0)),
    ((0, 1.2), (1.14, 0.37), (0.71, -0.97), (-0.71, -0.97), (-1.14, 0.37)),
)
# A line too short to be seen: drawn with a round cap it is a disc.
DOT = "h1"


def data(numbers):
    """Path data of a typed array that holds a path: `M0 0 10 5 20 5M7 7 …`."""
    text = numbers.join(" ")
    return "M" + text.replace(BREAK, "M") if text else ""


def is_round(label):
    """Whether the marks of a class are discs, to be drawn as dots by a pen as wide as they are."""
    return label % len(_SHAPES) == 0


def marks(text, label, radius):
    """Path data with a mark of class `label`, of that radius, at each of the points of `x y BREAK x y …`."""
    if not text:
        return ""
    shape = mark(label, radius)
    return "M" + text.replace(BREAK, shape + "M") + shape


def mark(label, radius):
    """Path data of a class's mark that follow on a move to the point where it stands; y grows upwards."""
    if is_round(label):
        return DOT
    corners = _SHAPES[label % len(_SHAPES)]
    x, y = corners[0]
    parts = ["m%.5g %.5gl" % (radius * x, radius * y)]
    for next_x, next_y in corners[1:]:
        parts.append("%.5g %.5g " % (radius * (next_x - x), radius * (next_y - y)))
        x, y = next_x, next_y
    return "".join(parts) + "z"
