"""Where a field passes through zero; and the flat paths in which lines are sent to the page."""

from typing import NamedTuple

import numpy as np

# In a path this number separates two polylines. No coordinate is as large: they are clipped to ±LIMIT.
BREAK = 9_999_999
LIMIT = 1_000_000


class Crossings(NamedTuple):
    """The segments of a contour: three arrays of shape (segments, 2), with a column for each of a segment's two ends.

    An end lies on an edge of the grid, `share` (float32, 0 to 1) of the way from sample `first` to sample `second`.
    """

    first: np.ndarray
    second: np.ndarray
    share: np.ndarray


def crossings(values):
    """Where fields on a grid pass through 0, as `Crossings`.

    `values` has shape (rows, columns) or (fields, rows, columns); in both cases a sample's index is row · columns +
    column. Segments are ordered by field, then by cell, row by row. A value of 0 counts as below 0. Where only two
    opposite corners of a cell are above 0, each gets a segment of its own. Cells with a corner that is not finite have
    no segments. The method is marching squares (Lorensen, Cline, 1987, in two dimensions).
    """
    rows, columns = values.shape[-2:]
    above = (values.reshape(-1, rows, columns) > 0).view(np.uint8)
    pairs = above[..., :-1] + 2 * above[..., 1:]
    kinds = (pairs[:, :-1] + 4 * pairs[:, 1:]).ravel()
    cells = np.flatnonzero((kinds > 0) & (kinds < 15))
    field, cell = np.divmod(cells, (rows - 1) * (columns - 1))
    row, column = np.divmod(cell, columns - 1)
    values = values.ravel()
    corner = row * columns + column
    start = field * (rows * columns)
    square = values[(start + corner)[:, None] + np.array([0, 1, columns, columns + 1])]
    # A saddle has two segments; `nonzero` keeps the order of the cells.
    here, which = np.nonzero(_USED[kinds[cells]] & np.isfinite(square).all(axis=1)[:, None])
    sides = _SEGMENTS[kinds[cells[here]], which]
    corner, start = corner[here, None], start[here, None]
    first = corner + np.array([0, 1, columns, 0])[sides]
    second = corner + np.array([1, columns + 1, columns + 1, columns])[sides]
    # The difference of two float32 numbers may be too large for float32.
    from_value = values[start + first].astype(np.float64)
    share = from_value / (from_value - values[start + second])
    return Crossings(first, second, share.astype(np.float32))


# For each sum of the corners above 0 (1 top left, 2 top right, 4 bottom left, 8 bottom right): the sides of the cell
# (0 top, 1 right, 2 bottom, 3 left) that its segments join. Only the two saddles have a second segment.
_NONE = ((0, 0), (0, 0))
_SEGMENTS = np.array(
    [
        _NONE,
        ((3, 0), (0, 0)),
        ((0, 1), (0, 0)),
        ((3, 1), (0, 0)),
        ((2, 3), (0, 0)),
        ((0, 2), (0, 0)),
        ((0, 1), (2, 3)),
        ((1, 2), (0, 0)),
        ((1, 2), (0, 0)),
        ((3, 0), (1, 2)),
        ((0, 2), (0, 0)),
        ((3, 2), (0, 0)),
        ((1, 3), (0, 0)),
        ((0, 1), (0, 0)),
        ((0, 3), (0, 0)),
        _NONE,
    ]
)
_USED = (_SEGMENTS != 0).any(axis=2)


def at(crossings, samples):
    """The values of `samples`, shape (rows · columns, k), at the crossings, interpolated: shape (segments, 2, k)."""
    share = crossings.share[..., None]
    return (1 - share) * samples[crossings.first] + share * samples[crossings.second]


def as_path(points, unit):
    """Polylines of equally many points, shape (polylines, points, 2), as one flat int32 path.

    The path is x y x y … BREAK x y x y …. Coordinates are divided by `unit` (> 0), rounded, and clipped to ±`LIMIT`. A
    polyline with a coordinate that is not finite is left out.
    """
    points = points[np.isfinite(points).all(axis=(1, 2))]
    count, length, _ = points.shape
    path = np.full((count, 2 * length + 1), BREAK, np.int32)
    with np.errstate(over="ignore"):
        path[:, :-1] = np.clip(np.rint(points / unit), -LIMIT, LIMIT).reshape(count, 2 * length)
    return path.ravel()[:-1]


def joined(paths):
    """One path of all of `paths`, of which some may be empty."""
    parts = [part for path in paths if len(path) for part in (_BREAK, path)]
    return np.concatenate(parts[1:]) if parts else np.zeros(0, np.int32)


_BREAK = np.array([BREAK], np.int32)
