"""The plane of the left view: how it lies in input space, and samples of it; and the selectors of layers' outputs."""

import math
from functools import lru_cache

import numpy as np

from lab.projection import principal

# How many neurons of a layer are shown one by one.
SHOWN = 16
# The sizes, in squares a side, of the lattice that goes through the network with every drawing. All are multiples of
# 12, the number of steps across the plane, so that the lines at whole steps run through samples.
LATTICES = (12, 24, 36, 48, 72, 96)
# Half of the plane's side is `STEPS` steps; lines are drawn at every step. All points are at least `CLEAR` steps away
# from the plane's edge.
STEPS, CLEAR = 6, 0.5
# The digits that a step may have.
ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
# Half of the plane's side in units of a path.
UNITS = 6000
# Points with a single coordinate are spread across by this share of half the picture.
SPREAD = 0.3
# Where a number to predict is the second coordinate, all targets lie within this share of half the side.
TALL = 0.8


class Plane:
    """The plane of the left view as a part of the space of the data's columns, and the square of it that is shown.

    The place (u, v) of the plane stands for the columns `origin` + u · `directions[0]` + v · `directions[1]`. The
    square has its middle at (x, y) and its sides are 2 · `half` long.

    With `up`, (number, slope), the second coordinate v of a single column stands for no column but for a number to
    predict, in its own units: number + slope · v.

    `features(columns)` makes the network's inputs of columns, (rows, columns) to (rows, inputs); None if they are the
    same.
    """

    def __init__(self, origin, directions, x, y, half, up=None, features=None):
        self.origin, self.directions, self.x, self.y, self.half, self.up = origin, directions, x, y, half, up
        self.features = features
        # Whether places and columns are the same, as with two columns.
        self._is_column_space = len(origin) == 2 and not origin.any() and (directions == np.eye(2)).all()
        self._grids = {}

    @property
    def unit(self):
        """The length of 1 unit of a path; the coordinates of a path are relative to the middle."""
        return self.half / UNITS

    def axis_units(self, means, scales):
        """How each coordinate of a place is read, (2, 2): as first + second · coordinate.

        `means` and `scales`, both (columns,), are those of the columns, see `datasets.Data`.
        """
        result = np.array([[0.0, 1.0], [0.0, 1.0]])
        for axis, direction in enumerate(self.directions):
            columns = np.flatnonzero(direction)
            if len(columns) == 1 and direction[columns[0]] == 1 and self.origin[columns[0]] == 0:
                result[axis] = means[columns[0]], scales[columns[0]]
        if self.up:
            result[1] = self.up
        return result

    def inputs_at(self, places):
        """The network's inputs for which places stand: (rows, 2) to (rows, inputs), float32."""
        if self._is_column_space:
            columns = np.asarray(places, np.float32)
        else:
            columns = (self.origin + np.asarray(places, np.float64) @ self.directions).astype(np.float32)
        return self.features(columns) if self.features else columns

    def heights(self, numbers):
        """The second coordinates that stand for numbers to predict, float64; only with `up`."""
        number, slope = self.up
        return (np.asarray(numbers, np.float64) - number) / slope

    def coordinates(self, columns, numbers=None):
        """The places of the plane nearest to examples: (rows, columns) to (rows, 2), float32.

        A single column is a place's first coordinate. The second one stands for `numbers`, one for each row, if there
        is `up`, and is otherwise spread so that points do not hide one another.
        """
        if self._is_column_space:
            return columns
        places = _coordinates(columns, self.origin, self.directions)
        if self.up:
            places[:, 1] = self.heights(numbers)
        elif len(self.origin) == 1:
            places[:, 1] = self.y + golden_spread(len(columns)) * (SPREAD * self.half)
        return places.astype(np.float32)

    def samples(self, resolution):
        """`Samples` of the corners of resolution × resolution squares."""
        return Samples(self, _corners(resolution, self.x, self.y, self.half))

    def grid(self, resolution):
        """The inputs at the corners of resolution × resolution squares: ((resolution + 1)², inputs) float32, read-only.

        Row by row from the top, left to right.
        """
        if resolution not in self._grids:
            # No more than two are in use at a time.
            if len(self._grids) >= 2:
                del self._grids[next(iter(self._grids))]
            self._grids[resolution] = self.samples(resolution)[:]
            self._grids[resolution].flags.writeable = False
        return self._grids[resolution]


class Samples:
    """The rows of `Plane.grid`, computed when a slice is taken: a whole fine grid of many inputs would fill memory."""

    def __init__(self, plane, places):
        self._plane, self._places = plane, places

    def __len__(self):
        return len(self._places)

    def __getitem__(self, rows):
        return self._plane.inputs_at(self._places[rows])


def plane_of(columns, extent=None, told=None, numbers=None, features=None):
    """The `Plane` on which examples, shape (rows, columns), are shown.

    `told` is its `(origin, directions)`. Without it, two columns are the plane's coordinates, a single column is its
    first coordinate; with more columns the plane lies along their first two principal components, through their mean.
    The plane shows ±`extent` if all inputs lie within, else the smallest square with a round step that has room for
    them. `numbers` are the least and the largest number to predict, if there are any: with a single column they go up.
    `features`: see `Plane`.
    """
    origin, directions = told or _embedding(columns)
    origin, directions = np.asarray(origin, np.float64), np.asarray(directions, np.float64)
    places = _coordinates(columns, origin, directions)
    if extent is not None and np.abs(places).max() <= extent:
        x, y, half = 0.0, 0.0, float(extent)
    else:
        x, y, step = _square(places.min(axis=0).tolist(), places.max(axis=0).tolist())
        half = STEPS * step
    up = None
    if numbers is not None and columns.shape[1] == 1:
        least, largest = numbers
        slope = (largest - least) / 2 / (TALL * half) or 1 / half
        up = (least + largest) / 2 - slope * y, slope
    return Plane(origin, directions, x, y, half, up, features)


def slice_of(columns, across, up, row=None):
    """`(origin, directions)` of a slice of examples, `columns`, shape (rows, columns).

    The columns of the numbers `across` and `up` vary; the others are as in a row or, without one, at their means.
    """
    origin = columns.mean(axis=0, dtype=np.float64) if row is None else columns[row].astype(np.float64)
    origin[[across, up]] = 0
    return origin, np.eye(columns.shape[1])[[across, up]]


def _embedding(columns):
    width = columns.shape[1]
    if width <= 2:
        return np.zeros(width), np.eye(2, width)
    basis, _ = principal(columns)
    return columns.mean(axis=0, dtype=np.float64), basis[:, :2].T


def _coordinates(columns, origin, directions):
    return (columns.astype(np.float64) - origin) @ np.linalg.pinv(directions)


def _square(low, high):
    """`(x, y, step)` of a square with room for the rectangle from `low` to `high`: its middle, and its round step.

    The step is the smallest possible one; the middle is at multiples of it.
    """
    middle = [(start + end) / 2 for start, end in zip(low, high, strict=True)]
    reach = max((end - start) / 2 for start, end in zip(low, high, strict=True))
    largest = max(map(abs, middle))
    # If all points are the same, the square reaches as far as the origin. It must not be too small beside its
    # coordinates, because its samples have to differ in float32.
    reach = max(reach, 1e-4 * largest) if reach else largest or 1.0
    power = math.floor(math.log10(reach / STEPS)) - 1
    while True:
        for digits in ROUND:
            step = float(f"{digits}e{power}")
            centre = [round(place / step) * step for place in middle]
            if all(
                abs(one - other) + reach <= (STEPS - CLEAR) * step for one, other in zip(centre, middle, strict=True)
            ):
                return *centre, step
        power += 1


@lru_cache(maxsize=4)
def _corners(resolution, x, y, half):
    """The places at the corners of resolution × resolution squares, row by row from the top: (rows, 2) float32."""
    across = np.linspace(x - half, x + half, resolution + 1)
    up = np.linspace(y - half, y + half, resolution + 1)
    across, up = np.meshgrid(across, up[::-1])
    return np.stack([across.ravel(), up.ravel()], axis=1).astype(np.float32)


def corners(resolution):
    """The places that `Plane.grid` samples, relative to the middle and in units of a path: (rows, 2) float32."""
    return _corners(resolution, 0.0, 0.0, float(UNITS))


@lru_cache(maxsize=8)
def golden_spread(count):
    """Heights in ±1 that fill the range evenly, the same every time: multiples of the golden ratio modulo 1."""
    return ((np.arange(count) * 0.6180339887) % 1 * 2 - 1).astype(np.float32)


def columns(width):
    """The number of columns of a layer's selector: its first neurons one by one, three of a projection, one neuron."""
    return min(SHOWN, width) + 4


def selector(width, basis=None, neuron=None):
    """The matrix, shape (width, columns(width)) float32, by which a layer's output is multiplied for the views.

    The first columns pick the first neurons one by one. The next three are `basis`, shape (width, 3), and the last one
    picks a `neuron` by its index; these are 0 where there is none.
    """
    result = np.eye(width, columns(width), dtype=np.float32)
    result[:, -4:] = 0
    if basis is not None:
        result[:, -4:-1] = basis
    if neuron is not None:
        result[neuron, -1] = 1
    return result


def projected(seen):
    """The three columns of the projection, given a layer's output @ its selector."""
    return seen[:, -4:-1]


def chosen(seen):
    """The column of the chosen neuron, given a layer's output @ its selector."""
    return seen[:, -1]
