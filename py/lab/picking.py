"""Pointing at points and choosing them: sorts points for quick look-up by the page, and finds those inside a loop."""

import numpy as np

# The number of points in a leaf.
LEAF = 64
# For sorting, coordinates become whole numbers from 0 to this.
STEPS = 65535


def leaves(places):
    """`(order, ordered, boxes)`: points sorted by where they lie, so that the page finds the nearest one quickly.

    `places` has shape (rows, 2). `order`, int32, are the numbers of the rows that are finite, leaf by leaf; `ordered`,
    float32, shape (finite rows, 2), are their places. `boxes`, shape (leaves, 4), are the least x, largest x, least y
    and largest y of each leaf.

    Sort-tile-recursive packing (Leutenegger, Lopez, Edgington, 1997): the points are divided into columns of about
    equally many, and each column into leaves of `LEAF` points, one above another; the last leaf may have fewer.
    """
    places = np.asarray(places, np.float32)
    order = np.flatnonzero(np.isfinite(places).all(axis=1)).astype(np.int32)
    x, y = (_stepped(places[order, axis]) for axis in range(2))
    column = -(-len(order) // LEAF)
    column = LEAF * max(1, round(np.sqrt(column)))
    # NumPy sorts whole numbers of two bytes by counting, which is fast.
    by_x = x.argsort(kind="stable")
    by_y = y[by_x].argsort(kind="stable")
    by_column = (by_y // column).astype(np.uint16).argsort(kind="stable")
    order = order[by_x[by_y[by_column]]]
    ordered = places[order]
    starts = np.arange(0, len(order), LEAF)
    if not len(starts):
        return order, ordered, np.zeros((0, 4), np.float32)
    least, most = np.minimum.reduceat(ordered, starts), np.maximum.reduceat(ordered, starts)
    return order, ordered, np.stack([least[:, 0], most[:, 0], least[:, 1], most[:, 1]], axis=1)


def _stepped(values):
    """Values as whole numbers from 0 to `STEPS`, in the same order."""
    if not len(values):
        return np.zeros(0, np.uint16)
    values = values.astype(np.float64)
    span = np.ptp(values)
    return ((values - values.min()) * (STEPS / span if span > 0 else 0)).astype(np.uint16)


def enclosed(corners, places):
    """Which places, shape (rows, 2), lie inside a closed polygon, shape (corners, 2), as bool.

    A place is inside if the polygon's winding number around it is not zero (the rule by which a canvas fills shapes). A
    place that is not finite is outside.
    """
    x, y = np.asarray(places, np.float64).T
    winding = np.zeros(len(x), np.int32)
    corners = np.asarray(corners, np.float64)
    with np.errstate(invalid="ignore"):
        for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if y1 == y2:
                continue
            # Whether the edge crosses the ray from the place to the right.
            between = (y1 <= y) != (y2 <= y)
            right = x1 + (y - y1) * ((x2 - x1) / (y2 - y1)) > x
            winding += np.where(between & right, 1 if y2 > y1 else -1, 0)
    return winding != 0


def mask(text, rows):
    """Which rows are chosen, as bool, by a text of hexadecimal digits: one for four rows, the first its highest bit."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8))[:rows].view(np.bool_)
    result = np.zeros(rows, np.bool_)
    result[: len(bits)] = bits
    return result


def text(chosen):
    """The text that `mask` reads; empty where nothing is chosen."""
    return np.packbits(chosen).tobytes().hex() if chosen.any() else ""
