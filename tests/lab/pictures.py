"""What a drawing is asked for, and its paths and groups read back."""

import numpy as np

from bench import views
from lab.contour import BREAK
from lab.stage import TOLD_ONCE

ORANGE, BLUE, GREEN, GREY = (230, 120, 20), (30, 90, 200), (40, 160, 60), (240, 240, 242)
INK, VIOLET, TEAL = (20, 30, 50), (150, 40, 170), (20, 140, 120)
MORE = [(20 * number, 250 - 23 * number, 90) for number in range(3, 10)]
PALETTE = {"classes": [ORANGE, BLUE, GREEN, *MORE], "signs": [VIOLET, TEAL], "neutral": GREY, "boundary": INK}


def view_of(experiment, **changes):
    """A request's `view` of the logits, with time for everything, in these colours."""
    return views.view_of(experiment, **{"palette": PALETTE, **changes})


def as_kept(before, told):
    """A picture as the page has it that had the one before: what was not told again is as it was."""
    return {**{name: before[name] for name in TOLD_ONCE if name in before}, **told}


def polylines(path, unit=1.0):
    """A path's polylines as arrays of shape (points, 2)."""
    assert path.dtype == np.int32
    assert path.ndim == 1
    if not len(path):
        return []
    breaks = np.flatnonzero(path == BREAK)
    parts = [part[part != BREAK] for part in np.split(path, breaks)]
    assert all(len(part) and len(part) % 2 == 0 for part in parts)
    return [part.reshape(-1, 2) * unit for part in parts]


def grouped(path, groups, unit=1.0):
    """`(key, polylines)` of each group of a path."""
    assert groups.dtype == np.int32
    assert groups.shape == (len(groups), 2)
    assert groups[:, 1].sum() == len(path)
    parts = np.split(path, np.cumsum(groups[:, 1])[:-1]) if len(groups) else []
    return [(int(key), polylines(part, unit)) for (key, _), part in zip(groups, parts, strict=True)]


def marked(marks, groups, unit=1.0):
    """`(key, points)` of each group of marks."""
    numbers = groups.copy()
    numbers[:, 1] = 3 * groups[:, 1] - 1
    result = [(key, np.concatenate(lines)) for key, lines in grouped(marks, numbers, unit)]
    assert [len(points) for _, points in result] == groups[:, 1].tolist()
    return result


def nearness(colour, to):
    """How far a colour lies from neutral on the way to another, 0 to 1."""
    direction = np.subtract(to, GREY)
    return np.dot(np.asarray(colour)[:3].astype(int) - np.array(GREY), direction) / np.dot(direction, direction)


def hue(pixel, colours):
    """Which of `colours` a pixel is a paler shade of."""
    offset = pixel[:3].astype(float) - GREY
    directions = np.subtract(colours, GREY)
    return int(np.argmax(directions @ offset / np.linalg.norm(directions, axis=1)))
