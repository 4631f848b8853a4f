"""Lines through the places of the plane for which the network predicts the same round number, and where to write it."""

import math

import numpy as np

from lab import contour
from lab.plane import UNITS, corners

# The most lines of different numbers.
MOST = 6
# Numbers are written within this share of the plane, and at least so far from one another across or up.
WITHIN = 0.88
APART = np.array([0.24, 0.11])
NO_LABELS = np.zeros((0, 3))


def round_numbers(low, high, most=MOST):
    """The multiples of the smallest round step from `low` to `high` that are no more than `most`, ascending.

    A step is 1, 2 or 5 times a power of ten. There are none where the range is empty or not finite.
    """
    span = high - low
    if not (math.isfinite(span) and span > 0):
        return []
    power = math.floor(math.log10(span / most))
    while True:
        for factor in (1, 2, 5):
            step = float(f"{factor}e{power}")
            first, last = math.ceil(low / step), math.floor(high / step)
            if last - first < most:
                # By its digits, so that 3 · 0.1 is 0.3.
                return [float(f"{number * factor}e{power}") for number in range(first, last + 1)]
        power += 1


def lines(values, levels, numbers):
    """`(path, labels)` of the lines on which `values` are each of the `levels`, in units of the plane.

    `values` are at the corners of resolution × resolution squares, shape ((resolution + 1)²,). `labels`, shape (n, 3),
    are rows (x, y, number): a place on the line of a level, and which of `numbers` belongs to it. A line without room
    for its number has none; the middle ones come first.
    """
    side = math.isqrt(len(values))
    places = corners(side - 1)
    paths, ends = [], []
    for level in levels:
        crossings = contour.crossings((values - np.float32(level)).reshape(side, side))
        ends.append(contour.at(crossings, places))
        paths.append(contour.as_path(ends[-1], 1))
    return contour.joined(paths), _labels(ends, numbers)


def _labels(ends, numbers):
    """Of each line the place nearest to the middle of the plane where its number is clear of those before."""
    labels: list[tuple[float, float, float]] = []
    middle = (len(ends) - 1) / 2
    for index in sorted(range(len(ends)), key=lambda index: abs(index - middle)):
        candidates = ends[index].mean(axis=1) / UNITS
        candidates = candidates[(np.abs(candidates) <= WITHIN).all(axis=1)]
        for x, y, _ in labels:
            candidates = candidates[(np.abs(candidates - [x / UNITS, y / UNITS]) >= APART).any(axis=1)]
        if len(candidates):
            place = candidates[np.square(candidates).sum(axis=1).argmin()] * UNITS
            labels.append((*place.tolist(), numbers[index]))
    return np.array(labels) if labels else NO_LABELS
