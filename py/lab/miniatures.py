"""The network strip's miniatures: the points and the line between the classes as they lie in each layer, in small.

A layer of one or two dimensions is shown by these, with the network's own boundary. One of more is shown in its best
view, whatever the large view is asked for: there the line by which separability counts stands upright, and the points
lie on the sides of it that their layer's percentage counts.
"""

import math

import numpy as np

from lab import contour, projections
from lab.plane import SHOWN
from lab.projection import of_dimensions
from lab.tasks import LEVELS
from spec import registry, shape

# A miniature shows at most so many points.
POINTS = 200
# The picture reaches beyond the points by this share.
MARGIN = 0.12
# The most neurons of all layers that are drawn together, unless it is one.
TOGETHER = 1100
# At least so many are drawn together while there are some that have never been drawn.
AT_FIRST = 3
# Radius of a mark and half the width of a line, as shares of the picture's side.
RADIUS = 0.022
HALF_LINE = 0.011
# Places that differ by less than this share of what they are computed from differ by rounding only.
ROUNDING = 1e-6
# The boundary is drawn where it is no farther from the middle than the picture; so many dots for each crossing.
DOTS = 4


def level_colours(negative, positive):
    """The colour of each level of a target, shape (levels, 3): from that of negative to that of positive, evenly."""
    return np.linspace(negative, positive, LEVELS).round()


class Miniatures:
    """Pictures of every layer, of which each drawing renews some; `fits` are the layers' probes, a `probe.Fits`."""

    def __init__(self, experiment, data, fits):
        self._layers = shape.layers(experiment)
        self._classes = shape.shape_of(experiment).task == registry.CLASSIFICATION
        self._fits = fits
        step = max(1, len(data.sample) // POINTS)
        # Which rows of the sample are shown.
        self._rows = np.arange(len(data.sample))[::step][:POINTS]
        self._labels = data.labels[data.sample[self._rows]]
        # Of each layer, by number: what its projection kept; where the rows lay; what its picture was made of.
        self._kept: dict = {}
        self._places: dict = {}
        self._made_of: dict = {}
        self._next = 0
        # What the pictures depend on beside the layer and its probe: the network's version, and how it is drawn.
        self._drawn_for: tuple = (None, None)
        # Whether the network has changed since the last drawing.
        self._learning = False

    @property
    def waiting(self):
        """Whether the miniatures of some layers have not been drawn yet as those of the latest drawing were."""
        return any(self._is_stale(number) for number in range(len(self._layers)))

    def _is_stale(self, number):
        drawn_for, fit, gliding = self._made_of.get(number, (None, None, True))
        return drawn_for != self._drawn_for or fit is not self._fits.kept(self._layers[number].name) or gliding

    def take_turn(self, version, view, count):
        """The numbers of the layers that the next drawing of a network of that version renews.

        That is `count` of them, or fewer where they are wide, each of which takes longer. Those that have never been
        drawn come first, and more at a time.
        """
        drawn_for = version, (view["miniature"], repr(view["palette"]))
        self._learning, self._drawn_for = version != self._drawn_for[0], drawn_for
        first = self._next
        ahead = [*range(first, len(self._layers)), *range(first)]
        undrawn = next((number for number in ahead if number not in self._made_of), None)
        if undrawn is not None:
            first, count = undrawn, max(count, AT_FIRST)
        elif not self._learning:
            first = next((number for number in ahead if self._is_stale(number)), first)
        widths = np.cumsum([layer.width for layer in self._layers[first : first + count]])
        numbers = range(first, first + max(1, int(np.count_nonzero(widths <= TOGETHER))))
        self._next = numbers.stop % len(self._layers)
        return numbers

    def draw(self, numbers, outputs, lattice, view):
        """The miniatures of the layers whose turn it is: pixels of shape (layers, side, side, 4) uint8.

        `outputs` are these layers' for the rows of the data's `sample`, by name.
        """
        crossings = contour.crossings(lattice.margins.reshape(-1, lattice.resolution + 1, lattice.resolution + 1))
        return np.stack([self._picture(number, outputs, lattice, crossings, view) for number in numbers])

    def _picture(self, number, outputs, lattice, crossings, view):
        layer, side, palette = self._layers[number], view["miniature"], view["palette"]
        values, labels = outputs[layer.name][self._rows], self._labels
        with np.errstate(over="ignore", invalid="ignore"):
            seems_finite = math.isfinite(values.sum())
        if not seems_finite:
            good = np.isfinite(values).all(axis=1)
            values, labels = values[good], labels[good]
        picture = np.empty((side, side, 4), np.uint8)
        picture[:] = (*palette["neutral"], 255)
        self._made_of[number] = self._drawn_for, self._fits.kept(layer.name), False
        if not len(values):
            return picture
        basis, upright, places = self._projected(number, values, view)
        centre = values.mean(axis=0, dtype=np.float64) @ basis
        if places is None:
            places = values @ basis - centre
        self._places[number] = places
        reach = np.abs(places).max() * (1 + MARGIN)
        # What differs by no more than rounding lies in one place.
        if (
            reach
            <= ROUNDING * np.sqrt(np.einsum("ij,ij->i", values, values).max()) * np.linalg.norm(basis, axis=0).max()
        ):
            reach = 1.0
        if layer.width <= 2 or (upright is None and layer.width <= SHOWN):
            self._paint_boundary(picture, layer, lattice, crossings, basis, centre, reach, palette["boundary"])
        colours = palette["classes"] if self._classes else level_colours(*palette["signs"])
        for label in np.unique(labels):
            self._dot(picture, places[labels == label] / reach, colours[label], RADIUS)
        if upright is not None:
            self._paint_upright(picture, (upright - centre[0]) / reach, palette["boundary"])
        return picture

    def _projected(self, number, values, view):
        """`(basis, upright, places)` of a layer: the (width, 2) by which it is shown; values @ x on the line, or None.

        `places`, (rows, 2), are where the values lie around their mean, or None if they are not known yet.
        """
        width = values.shape[1]
        if width <= 2:
            return of_dimensions(width, range(width))[:, :2], None, None
        fit, before = self._fits.kept(self._layers[number].name), self._kept.get(number)
        given = projections.Given(
            # While nothing is learned a picture is what it has to be, at once.
            {"seconds": view["seconds"], "calm": view["calm"] or not self._learning},
            before=before,
            in_sight=before is not None,
            probe=None if fit is None else fit.weights,
            classes=self._classes,
            beside=[self._places[number - 1]] if number - 1 in self._places else [],
        )
        found = projections.best(values, given)
        # What was shown before there was a probe is not followed: on which side it had the classes is chance.
        if fit is not None:
            self._kept[number] = found.keep
        self._made_of[number] = self._drawn_for, fit, found.moving
        return found.basis[:, :2], found.upright, found.places

    def _paint_boundary(self, picture, layer, lattice, crossings, basis, centre, reach, colour):
        """Paints the network's boundary on the plane, as it lies in the layer."""
        if crossings is None:
            return
        line = contour.at(crossings, lattice.seen[layer.name][:, : layer.width]).reshape(-1, 2, layer.width) @ basis
        shares = np.linspace(0, 1, DOTS, endpoint=False)[:, None, None]
        dots = ((1 - shares) * line[:, 0] + shares * line[:, 1]).reshape(-1, 2) - centre
        self._dot(picture, dots / reach, colour, HALF_LINE)

    @staticmethod
    def _paint_upright(picture, x, colour):
        """Paints an upright line over the whole height, at an x from -1 to 1."""
        side = len(picture)
        middle = (x + 1) / 2 * (side - 1)
        near = np.abs(np.arange(side) - middle) <= max(0.5, HALF_LINE * side)
        picture[:, near, :3] = colour

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
