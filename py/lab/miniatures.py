"""The network strip's miniatures: the points and the decision boundary as they lie in each layer, as small pictures."""

import math

import numpy as np

from lab import contour
from lab.plane import SHOWN
from lab.projection import of_dimensions, principal
from spec import shape

# A miniature shows at most so many points.
POINTS = 200
# The picture reaches beyond the points by this share.
MARGIN = 0.12
# The share of a class's colour in the colour of a pixel in the middle of a mark, and beside it.
# Radius of a mark, as a share of the picture's side.
RADIUS = 0.022
# The boundary is drawn where it is no farther from the middle than the picture; so many dots for each crossing.
DOTS = 4


class Miniatures:
    """Pictures of every layer, of which each drawing renews some."""

    def __init__(self, experiment, data):
        self._layers = shape.layers(experiment)
        rows = data.sample
        step = max(1, len(rows) // POINTS)
        self._rows = rows[::step][:POINTS]
        self._labels = data.labels[self._rows]
        # The last basis of each layer, by number.
        self._bases: dict = {}
        self._next = 0
        # What the latest drawing depended on beside the layer, and how many layers have to be drawn so yet.
        self._drawn_for = None
        self._left = 0

    @property
    def waiting(self):
        """Whether the miniatures of some layers have not been drawn yet as those of the latest drawing were."""
        return self._left > 0

    def draw(self, trainer, lattice, palette, side, count):
        """`count` layers' miniatures: `(first layer, pixels)`, the pixels of shape (n, side, side, 4) uint8."""
        asked = trainer.version, side, repr(palette)
        if asked != self._drawn_for:
            self._drawn_for, self._left = asked, len(self._layers)
        first = self._next
        numbers = range(first, min(first + count, len(self._layers)))
        self._next = (first + count) % len(self._layers) if numbers.stop < len(self._layers) else 0
        self._left -= len(numbers)
        outputs = trainer.outputs([self._layers[number].name for number in numbers], self._rows)
        crossings = contour.crossings(lattice.margins.reshape(-1, lattice.resolution + 1, lattice.resolution + 1))
        pictures = [self._picture(number, outputs, lattice, crossings, palette, side) for number in numbers]
        return first, np.stack(pictures)

    def _picture(self, number, outputs, lattice, crossings, palette, side):
        layer = self._layers[number]
        values = outputs[layer.name]
        good = np.isfinite(values).all(axis=1)
        picture = np.empty((side, side, 4), np.uint8)
        picture[:] = (*palette["neutral"], 255)
        if not good.any():
            return picture
        basis = self._basis(number, values[good])
        centre = values[good].mean(axis=0, dtype=np.float64) @ basis
        places = values[good] @ basis - centre
        reach = np.abs(places).max() * (1 + MARGIN)
        # What differs by no more than rounding lies in one place.
        if reach <= 1e-6 * np.abs(values[good]).max():
            reach = 1.0
        if layer.width <= SHOWN and crossings is not None:
            line = contour.at(crossings, lattice.seen[layer.name][:, : layer.width]).reshape(-1, 2, layer.width) @ basis
            shares = np.linspace(0, 1, DOTS, endpoint=False)[:, None, None]
            dots = ((1 - shares) * line[:, 0] + shares * line[:, 1]).reshape(-1, 2) - centre
            self._dot(picture, dots / reach, palette["boundary"], 0.011)
        for label in np.unique(self._labels):
            chosen = self._labels[good] == label
            self._dot(picture, places[chosen] / reach, palette["classes"][label], RADIUS)
        return picture

    def _basis(self, number, values):
        """The (width, 2) by which a layer is shown: its dimensions, or its first two principal components."""
        width = values.shape[1]
        if width <= 2:
            return of_dimensions(width, range(width))[:, :2]
        basis = principal(values, self._bases.get(number))[0]
        self._bases[number] = basis
        return basis[:, :2]

    @staticmethod
    def _dot(picture, places, colour, radius):
        """Puts round dots at places from -1 to 1."""
        side = len(picture)
        size = max(1, math.ceil(radius * side))
        reach = np.arange(-size, size + 1)
        down, across = np.meshgrid(reach, reach, indexing="ij")
        near = down**2 + across**2 <= (radius * side) ** 2 + 0.5
        middle = np.rint((places * [1, -1] + 1) / 2 * (side - 1))
        inside = np.isfinite(middle).all(axis=1) & (np.abs(places) <= 1.2).all(axis=1)
        middle = middle[inside].astype(int)
        columns = (middle[:, :1] + across[near]).ravel()
        rows = (middle[:, 1:] + down[near]).ravel()
        seen = (columns >= 0) & (columns < side) & (rows >= 0) & (rows < side)
        picture[rows[seen], columns[seen], :3] = colour
