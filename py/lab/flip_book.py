"""The flip-book: every layer's space at chosen epochs of a run, as small pictures of points and decision boundary.

It is made of the copies of the network that the run has kept, by the network's definition in `network`, so that the run
itself stays where it is. A layer of one or two dimensions is shown as it is, a wider one in its best view, see
`best_view`. Each best view is turned within itself towards the one of the same layer an epoch before; at the first
epoch, towards the layer before. So classes do not change sides from row to row.
"""

import math
import time

import numpy as np

from lab import contour, network, probe, representation
from lab.best_view import Plane, aligned, best_plane
from lab.plane import SPREAD, golden_spread
from lab.projection import of_dimensions
from spec import protocol, registry, shape

# A cell shows at most so many points.
POINTS = 200
# Half of its side is how far the points reach, and this share more.
MARGIN = 0.12
# What differs by no more than this share of its size differs by rounding only.
ROUNDING = 1e-6
# The sizes of the lattice that bends with the boundary, in squares a side: the first for networks of at most so many
# parameters.
FINE, COARSE, LARGE = 48, 24, 100_000
# Segments of the boundary that are farther away than so many times half of the side are left out.
BEYOND = 1.2
# So many rows go through the network at once that they take no more multiplications than this, but at least the fewest.
MULTIPLICATIONS, FEWEST = 2e7, 16
# The multiplications of a step towards a cell's probe: enough for all of it, unless a layer is wide.
WORK = 5e7


def chosen(epochs, count):
    """At most `count` of ascending epochs: the first, the last, and between them as evenly as can be by log(epoch + 1).

    Much happens early, and little late.
    """
    if count < 2 or len(epochs) <= count:
        return epochs[:count] if count < 2 else list(epochs)
    places = np.log1p(epochs)
    wanted = np.linspace(places[0], places[-1], count)
    found, first = [], 0
    for number, place in enumerate(wanted):
        # So many have to be left for the places that follow.
        last = len(epochs) - (count - number)
        index = first + int(np.argmin(np.abs(places[first : last + 1] - place)))
        found.append(epochs[index])
        first = index + 1
    return found


class FlipBook:
    """A flip-book in the making. `epochs`: those of its rows; `figures`: the metrics there, shape (rows, metrics).

    `points` are the numbers of the examples that it shows. `finished`: whether all cells have been made.
    """

    def __init__(self, experiment, data, on_plane, task, timeline, history, rows):
        self._experiment, self._data, self._plane, self._task = experiment, data, on_plane, task
        self.epochs = chosen(timeline.epochs, rows)
        # Kept here, because the run may drop them meanwhile.
        self._copies = [timeline.at(epoch)[1] for epoch in self.epochs]
        self._history = {int(epoch): metrics for epoch, *metrics in history}
        self.figures = np.full((len(self.epochs), len(task.metrics)), np.nan)
        self._layers = shape.layers(experiment)
        self._fits = probe.fits_of(experiment, data, task)
        count = min(POINTS, len(data.sample))
        # Of the sample, evenly.
        self._shown = np.linspace(0, len(data.sample) - 1, count).round().astype(int)
        self.points = data.sample[self._shown]
        self._held_out = np.isin(self.points, data.held_out)
        parameters = shape.parameter_count(experiment)
        self._portion = max(FEWEST, int(MULTIPLICATIONS / parameters))
        self._lattice = FINE if parameters <= LARGE else COARSE
        self.finished = not self.epochs
        self._work = self._make()

    def go_on(self, seconds):
        """The cells, dicts by `protocol.CELL`, that are made within about so many seconds: maybe none."""
        end, cells = time.perf_counter() + seconds, []
        while not self.finished:
            cell = next(self._work, self)
            if cell is self:
                self.finished = True
            elif cell is not None:
                cells.append(cell)
            if time.perf_counter() >= end:
                break
        return cells

    def _make(self):
        """Yields the cells row by row and, between small portions of work, None."""
        above: list[Plane | None] = [None] * len(self._layers)
        for row, epoch in enumerate(self.epochs):
            parameters, _, statistics = self._copies[row]
            names = [layer.name for layer in self._layers]
            seen = yield from self._outputs(parameters, statistics, self._data.inputs[self._data.sample], names)
            self.figures[row] = yield from self._measured(epoch, parameters, statistics, seen)
            lattice = yield from self._outputs(parameters, statistics, self._plane.grid(self._lattice), names)
            margins = self._task.margins([lattice[name] for name in names[-2:]])
            crossings = contour.crossings(margins.reshape(-1, self._lattice + 1, self._lattice + 1))
            beside = None
            # Each fit begins from nothing, so that a cell does not depend on the rows above.
            self._fits.forget()
            for column, layer in enumerate(self._layers):
                values = seen[layer.name]
                self._fits.renew(layer.name, values, row, WORK)
                while not self._fits.fits(layer.name, row):
                    yield None
                    self._fits.renew(layer.name, values, row, WORK)
                yield None
                beside = above[column] = self._of_layer(layer, values, above[column] or beside, above[column])
                yield {
                    "row": row,
                    "column": column,
                    **self._drawn(layer, values, beside, contour.at(crossings, lattice[layer.name])),
                    "separability": np.array(self._fits.qualities(layer.name, values)),
                }
            self._copies[row] = None

    def _outputs(self, parameters, statistics, inputs, names):
        """The named layers' outputs for a table of inputs, by name, portion by portion; a generator of None."""
        parts = []
        for first in range(0, len(inputs), self._portion):
            portion = inputs[first : first + self._portion]
            found = network.predict(self._experiment, parameters, statistics, portion)
            parts.append([found[name] for name in names])
            yield None
        return {name: np.concatenate([part[index] for part in parts]) for index, name in enumerate(names)}

    def _measured(self, epoch, parameters, statistics, seen):
        """The metrics at an epoch: those of the history or, where it has been thinned, of the network; a generator."""
        if epoch in self._history:
            return self._history[epoch]
        name, data = self._layers[-1].name, self._data
        if len(data.sample) < len(data.inputs):
            seen = yield from self._outputs(parameters, statistics, data.inputs, [name])
        parts = (data.training, data.held_out)
        return [figure for part in parts for figure in self._task.measure(seen[name][part], data.targets[part])]

    def _of_layer(self, layer, values, reference, above):
        """The `best_view.Plane` that shows a layer; `reference` and `above` are the planes that it follows, or None."""
        good = _finite(values)
        if layer.width <= 2:
            basis = of_dimensions(layer.width, range(layer.width))[:, :2]
            return Plane(basis, (good - good.mean(axis=0, dtype=np.float64)) @ basis if len(good) else good[:, :2])
        weights = self._fits.kept(layer.name).weights
        plane = best_plane(good, weights, self._task.name == registry.CLASSIFICATION, above)
        return plane if reference is None else aligned(plane, reference.places)

    def _drawn(self, layer, values, plane, boundary):
        """The parts of a cell that are drawn: points, boundary, shape (segments, 2, width), and upright line."""
        good = _finite(values)
        centre = good.mean(axis=0, dtype=np.float64) @ plane.basis if len(good) else np.zeros(2)
        least, most = np.zeros(2), np.zeros(2)
        if len(good):
            least, most = plane.places.min(axis=0), plane.places.max(axis=0)
        middle, half = (least + most) / 2, (most - least).max() / 2 * (1 + MARGIN)
        if half <= ROUNDING * np.abs(good).max(initial=0.0):
            half = 1.0
        unit = half / protocol.CELL_HALF
        places = values[self._shown] @ plane.basis - centre - middle
        if layer.width == 1:
            places[:, 1] = golden_spread(len(places)) * (SPREAD * half)
        labels, nobody = self._data.labels[self.points], np.zeros(len(places), np.bool_)
        finite = np.isfinite(places).all(axis=1)
        units = np.rint(np.where(finite[:, None], places, 0) / unit).astype(np.int32)
        samples = representation.Samples(units[:, 0], units[:, 1], np.zeros(0), finite)
        marks, groups = representation.marks(samples, labels, self._held_out, nobody, False)
        line = boundary @ plane.basis - centre - middle
        line = line[(np.abs(line) <= BEYOND * half).all(axis=2).any(axis=1)]
        upright = [] if plane.upright is None else [(plane.upright - centre[0] - middle[0]) / unit]
        return {
            "marks": marks,
            "mark_groups": groups,
            "boundary": contour.as_path(line, unit),
            "upright": np.array([x for x in upright if math.isfinite(x)]),
        }


def _finite(values):
    return values[np.isfinite(values).all(axis=1)]
