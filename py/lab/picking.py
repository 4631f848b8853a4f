"""Points to be pointed at and chosen: sorted for a quick look-up by the page, and those inside a loop drawn by hand."""

import numpy as np

# As many points lie in a leaf.
LEAF = 64
# The whole numbers that points are sorted by.
STEPS = 65535


def leaves(places):
    """Points by where they lie, for the page to look up the nearest: `(order, ordered, boxes)`.

    Sort-tile-recursive packing (Leutenegger, Lopez, Edgington, 1997): columns of about equally many points, each in
    boxes one above another, of `LEAF` points but for the last. `places` has shape (rows, 2); `order`, int32, are the
    rows, leaf by leaf, but for those that are not finite; `ordered`, float32, their places, shape (rows, 2); `boxes`
    for each leaf the least and the largest x and y, shape (leaves, 4).
    """
    places = np.asarray(places, np.float32)
    order = np.flatnonzero(np.isfinite(places).all(axis=1)).astype(np.int32)
    x, y = (_stepped(places[order, axis]) for axis in range(2))
    column = -(-len(order) // LEAF)
    column = LEAF * max(1, round(np.sqrt(column)))
    # Sorting whole numbers of two bytes takes counting only.
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

    That is where it goes around them, as often as it may (the non-zero rule, as canvases fill): a place that is not
    finite is outside.
    """
    x, y = np.asarray(places, np.float64).T
    winding = np.zeros(len(x), np.int32)
    corners = np.asarray(corners, np.float64)
    with np.errstate(invalid="ignore"):
        for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            if y1 == y2:
                continue
            # The edge crosses a ray to the right.
            between = (y1 <= y) != (y2 <= y)
            right = x1 + (y - y1) * ((x2 - x1) / (y2 - y1)) > x
            winding += np.where(between & right, 1 if y2 > y1 else -1, 0)
    return winding != 0


def mask(text, rows):
    """Which rows are chosen, as bool, of a text of hexadecimal digits: four rows each, the first the most."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8))[:rows].view(np.bool_)
    result = np.zeros(rows, np.bool_)
    result[: len(bits)] = bits
    return result


def text(chosen):
    """The text that `mask` reads; empty where nothing is chosen."""
    return np.packbits(chosen).tobytes().hex() if chosen.any() else ""
