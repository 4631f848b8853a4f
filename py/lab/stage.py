"""Makes everything that one drawing shows, within the time that it may take.

One square lattice over the input plane goes through the network with every drawing. The bent grid, its boundary, the
heat maps and the zero lines are made from it; so is the left view, where the network is so large that there is no time
for a finer grid. Weights and probes, which depend only on the parameters and the data, take turns.
"""

import math
import time
from collections import deque
from typing import Any, NamedTuple

import numpy as np

from lab import boundary, contour, neurons, picking, plane, probe, representation
from lab.miniatures import Miniatures
from lab.projector import Projector
from lab.refinement import Refinement
from lab.tasks import task_of
from spec import registry, shape

# Sizes of the left view, in squares a side; the finest one for which there is time is drawn.
RESOLUTIONS = (16, 24, 32, 48, 64, 80, 100, 128, 160, 200)
# The sizes to which it is refined step by step, if there is no time for more at once.
FINER_RESOLUTIONS = (*RESOLUTIONS, 256, 320, 400, 512, 640, 800, 1000, 1280, 1600)
# Refining goes to the finest size that takes at most so many seconds, but at least to the next one.
REFINEMENT_SECONDS = 0.25
# The most bytes that the samples of a refined lattice may take.
LATTICE_BYTES = 64_000_000
# A plane that is shaded by a neuron gets finer than this only by refining.
FINEST_OF_NEURON = 100
# The share of a drawing's time that the lattice may take.
LATTICE_SHARE = 0.5
# The guess for a `Cost` before it has been measured: seconds of drawing for a sample, `overhead`, `asking`.
LATTICE_DRAWING = (7e-8, 12000, 3000)
LEFT_DRAWING = (2e-8, 15000, 7000)
# Weights, and probes, are renewed at the earliest after so many seconds, and after so many times their own time. What
# follows from a new probe, the plane of a miniature, takes as long again.
TURN_SECONDS = 0.25
TURN_REST = {"weights": 10, "probes": 20}
# While the network learns, heaps of points are looked for once in so many seconds.
HEAPS_SECONDS = 0.25
# The parts of a view on which the left view depends.
LOOKS = ("shading", "neuron", "contour", "palette", "resolution")
# The places of points are kept for so many pictures: those on their way to the page, and the one on the screen.
PICTURES = 4
# The parts of a picture that are sent only when they have changed, so that they must not be lost with a picture that is
# not sent.
TOLD_ONCE = (
    "plane_marks",
    "plane_mark_groups",
    "plane_wrong",
    "plane_wrong_groups",
    "wrong_counts",
    "scale",
    "scale_values",
    "heaps",
    "picture",
    "positions",
    "order",
    "ordered",
    "boxes",
    "marks",
    "mark_groups",
    "wrong",
    "wrong_groups",
    "lines",
    "line_groups",
    "bend_boundary",
)
# Layers are evaluated together for their probes if these take so many times the time of a very narrow layer's probe.
PROBES_AT_ONCE = 16
# While a network learns every miniature is renewed with one of so many drawings; otherwise so many with each.
MINIATURES_ROUND, MINIATURES_AT_REST = 8, 3
# No more probes are begun after so many seconds.
PROBING_SECONDS = 0.003


def leaves_of(places):
    """Points for the page to look up, by name: `order`, `ordered` and `boxes`, see `picking.leaves`."""
    return dict(zip(("order", "ordered", "boxes"), picking.leaves(places), strict=True))


class Cost:
    """The time that samples of the plane take: `evaluation` and `drawing` are seconds for each sample.

    There are fixed costs, given in samples: every drawing takes as long as if it had `overhead` more samples, and every
    evaluation takes as long as drawing `asking` samples. These numbers of samples are nearly the same on all machines,
    because on a slow machine NumPy's calls and its loops are slower by the same factor.
    """

    def __init__(self, evaluation, drawing, overhead, asking):
        self.evaluation, self.drawing, self.overhead, self.asking = evaluation, drawing, overhead, asking
        self.measured = 0

    def seconds(self, samples):
        """The seconds that evaluating and drawing so many samples will take."""
        return samples * self.evaluation + (samples + self.overhead + self.asking) * self.drawing

    def learn(self, samples, evaluation, drawing):
        """Takes measured seconds into account, except those of the first drawing, which are longer (warming up)."""
        self.measured += 1
        if self.measured == 1:
            return
        # For few samples nearly all of the time is the fixed cost of asking. Twice that cost is subtracted: an estimate
        # that is too low is corrected with more samples, but with one that is too high more would never be tried.
        evaluation = max(evaluation - 2 * self.asking * self.drawing, 0.02 * evaluation)
        self.evaluation = self._averaged(self.evaluation, evaluation / samples)
        self.drawing = self._averaged(self.drawing, drawing / (samples + self.overhead))

    def _averaged(self, before, measured):
        # A slow average, so that a single slow drawing does not make the picture coarser for an instant. At first the
        # guess counts as one measurement.
        share = 1 / self.measured
        if share < 0.1:
            share, measured = 0.1, min(measured, 4 * before)
        return before + share * (measured - before)


def finest(resolutions, cost, seconds, current=None):
    """The finest resolution that takes at most `seconds`, or None; the `current` one may take a fifth longer."""
    for resolution in reversed(resolutions):
        if cost.seconds((resolution + 1) ** 2) <= seconds * (1.2 if resolution == current else 1):
            return resolution
    return None


class Lattice(NamedTuple):
    """The lattice as the network sees it.

    `seen`: every layer's output @ its selector for the samples of the lattice, by name. `place`: the same for the place
    that is pointed at, with one row, or none. `margins` and `shades`: see `tasks`, shape (fields, samples).
    """

    resolution: int
    seen: dict[str, np.ndarray]
    margins: np.ndarray
    shades: np.ndarray
    place: dict[str, np.ndarray]


class Stage:
    """The views of one run on a plane, a `plane.Plane`."""

    def __init__(self, experiment, data, on_plane):
        self.experiment, self.data, self.plane = experiment, data, on_plane
        self.task = task_of(experiment, data)
        # The milliseconds that each part of the last drawing took.
        self.milliseconds = dict.fromkeys(("outputs", "boundary", "representation", "network", "probes"), 0.0)
        # The network's output for all rows at the last drawing.
        self.output = np.zeros((0, 0))
        self._last = shape.layer_names(experiment)[-2:]
        self._projector = Projector(experiment)
        self._fits = probe.fits_of(experiment, data, self.task)
        self._held_out = np.zeros(len(data.inputs), np.bool_)
        self._held_out[data.held_out] = True
        self._places_of_data = on_plane.coordinates(data.columns, self.task.in_units(data.targets[:, 0]))
        # The last pictures' numbers and where the points lay in them, for a loop that was drawn around some of them;
        # pictures in which they lie in the same places have one number. All that the last was made of.
        self._pictures: deque = deque(maxlen=PICTURES)
        self._pictured: tuple | None = None
        # The same of the last lines of the right view.
        self._lined: tuple | None = None
        # Which points are chosen, as it was asked for and as bool.
        self._choice: str | None = None
        self._chosen = np.zeros(len(data.inputs), np.bool_)
        # Which points the network had wrong in the last picture; None before the first.
        self._wrong: np.ndarray | None = None
        # The positions in which heaps of points are to be looked for, and half of their picture, None if that is done;
        # the last heaps told; when they were looked for.
        self._strewn: tuple | None = None
        self._heaps: np.ndarray | None = None
        self._heaped_at = -math.inf
        # Whether projections and probes are computed from a sample of the rows only.
        self._sampled = len(data.sample) < len(data.inputs)
        self._selectors = {layer.name: plane.selector(layer.width) for layer in shape.layers(experiment)}
        # Layer -> what its selector was made from: (bytes of the basis, neuron).
        self._selected: dict[str, tuple] = {}
        guess = _guessed_seconds_a_point(experiment)
        self._costs = {
            "lattice": Cost(guess, *LATTICE_DRAWING),
            "fine": Cost(guess, *LEFT_DRAWING),
            "neuron": Cost(guess, *LEFT_DRAWING),
        }
        self._projecting = 0.0
        self._resolutions: dict[str, int | None] = {}
        # The trainer's version at the last drawing, and the results that `_once` keeps for it.
        self._version = None
        self._found: dict[str, Any] = {}
        # The latest lattice and left view, each with a key of all that it depends on.
        self._lattice: tuple = (None, None)
        self._left: tuple = (None, None)
        # The magnitude of full colour of the neuron by which the left view is shaded, 0 if it is not; and all on which
        # the last scale depended.
        self._largest = 0.0
        self._scaled: tuple | None = None
        self._turns = Turns(experiment, self._fits)
        self._miniatures = Miniatures(experiment, data, self._fits)
        # The view for which the last picture was drawn, None if something in it was moving; and whether it was fine.
        self._drawn: dict | None = None
        self._fine = False
        # What is refined while nothing is trained: "lattice" or "left" -> (key, resolution, `Refinement`).
        self._refined: dict[str, tuple] = {}
        columns = sum(plane.columns(layer.width) for layer in shape.layers(experiment))
        self._finest_lattice = max(
            (m for m in plane.LATTICES if 4 * (m + 1) ** 2 * columns <= LATTICE_BYTES), default=plane.LATTICES[0]
        )

    def lie_on(self, on_plane):
        """Draws another plane from now on. What is known of the layers stays."""
        self.plane = on_plane
        self._places_of_data = on_plane.coordinates(self.data.columns, self.task.in_units(self.data.targets[:, 0]))
        # So that everything that is seen of the plane is drawn again.
        self._lattice = self._left = (None, None)
        self._refined = {}
        self._choice = self._wrong = self._pictured = self._lined = self._drawn = None
        self._fine = False

    def draw(self, trainer, view):
        """The picture of the trainer's network, a dict by `protocol.PICTURE`; `view` is that of the request.

        Sets `output` as well. While nothing is trained, each call refines a picture that is not fine a little further.
        If that is not finished and nothing else has changed, the picture holds nothing but `fine` and `moving`.
        """
        began = time.perf_counter()
        first, renewed = self._version is None, trainer.version != self._version
        self._version = trainer.version
        if renewed:
            self._found = {}
            self._lattice = self._left = (None, None)
            self._refined = {}
        elif not self._fine and not self._refine(trainer) and self._shows(view):
            return {"fine": False, "moving": False}
        names = representation.layers_shown(self.experiment, view)
        turn = self._turns.begin(trainer.version, renewed)
        every = shape.layer_names(self.experiment)
        count = -(-len(every) // MINIATURES_ROUND) if renewed and not first else MINIATURES_AT_REST
        miniatures = self._miniatures.take_turn(trainer.version, view, count) if view["miniature"] else range(0)
        # All together, because a wide network takes as long for one layer as for all.
        also = {*miniatures, *turn.probes}
        outputs = self._sample_outputs(trainer, [*names, *(every[number] for number in sorted(also))])
        asked = time.perf_counter()
        fitted = [name for name in names if len(self._selectors[name]) > 3 and _wants_probe(view)]
        probes = {name: self._fits.of(name, outputs[name], self._version) for name in fitted}
        # Before others are fitted, with which the picture was not made.
        fit = all(self._fits.fits(name, self._version) for name in fitted)
        parted = [self._fits.qualities(name, outputs[name])[0] for name in fitted if names == [name]]
        projections = [self._projector.project(name, outputs[name], view, probes.get(name)) for name in names]
        terms = representation.terms(self.experiment, view, projections)
        projected = time.perf_counter()
        places = self._places(trainer, terms, outputs)
        placed = time.perf_counter()
        points = {**self._draw_points(terms, places, view), **self._find_heaps(renewed)}
        pointed = time.perf_counter()
        self._projecting += 0.1 * (projected - asked + pointed - placed - self._projecting)

        seconds = view["milliseconds"] / 1000 - self._projecting
        cost = self._costs["lattice"]
        lattice, evaluated = self._evaluate_lattice(trainer, seconds * LATTICE_SHARE, terms, view)
        m = lattice.resolution
        started = time.perf_counter()
        right = self._draw_right(terms, lattice, self._of_point(trainer, outputs, view), view)
        drawn = time.perf_counter()
        tiles, scales = neurons.tiles(self.experiment, lattice.seen, m, view["palette"], self.task.unit)
        tiled = time.perf_counter()
        zero_lines = boundary.zero_lines(self.experiment, lattice.seen, m) if view["zero_lines"] else boundary.NOTHING
        if evaluated:
            cost.learn((m + 1) ** 2, evaluated, time.perf_counter() - started)
        left = self._draw_left(trainer, lattice, scales, seconds - cost.seconds((m + 1) ** 2), view)
        bounded = time.perf_counter()
        renewal = self._turns.take(turn, trainer, outputs)
        if miniatures:
            pictures = self._miniatures.draw(miniatures, outputs, lattice, view)
            renewal.update(miniatures=pictures, miniature_first=miniatures.start, miniature_size=view["miniature"])
        waiting = self._turns.waiting or (view["miniature"] and self._miniatures.waiting) or self._strewn or not fit
        moving = bool(self._projector.moving or waiting)
        self._fine = m >= self._finest_lattice and left["resolution"] >= view["resolution"]
        self._drawn = None if moving else _looks(view)
        if not renewed:
            self._plan(lattice, left["resolution"], view)
        self.milliseconds = {
            "outputs": (asked - began + placed - projected) * 1000,
            "boundary": (bounded - tiled) * 1000,
            "representation": (projected - asked + pointed - placed + evaluated + drawn - started) * 1000,
            "network": (tiled - drawn) * 1000,
            "probes": (time.perf_counter() - bounded) * 1000,
        }
        return {
            **left,
            **self._draw_scale(view),
            **points,
            **right,
            "zero_lines": zero_lines,
            "residuals": self._draw_residuals(view),
            "axes": projections[0].axes,
            "shares": projections[0].shares,
            "upright": representation.upright(terms, projections),
            "parted": np.array(parted, "f4"),
            "moving": moving,
            "fine": self._fine,
            **self._weights_image(trainer, view),
            "tiles": tiles,
            "tile_size": tiles.shape[1],
            "tile_scales": np.array(list(scales.values()), np.float32),
            **renewal,
        }

    def forget(self):
        """Lets go of the networks before, for one that they did not lead to."""
        self._fits.forget()

    def _sample_outputs(self, trainer, names):
        """The outputs of layers for the rows of `data.sample`, by name; sets `output` as well if these are all rows.

        What the last drawing asked for is not computed again unless the network has changed.
        """
        kept = self._found.get("outputs", {})
        wanted = names if self._sampled else [*names, self._last[-1]]
        missing = [name for name in dict.fromkeys(wanted) if name not in kept]
        found = {name: kept[name] for name in wanted if name in kept}
        if missing:
            found |= trainer.outputs(missing, self.data.sample if self._sampled else None)
        self._found["outputs"] = found
        if not self._sampled:
            self.output = found[self._last[-1]]
        return found

    def _places(self, trainer, terms, outputs):
        """For each term the layer's activations for all rows @ its basis, shape (rows, 3)."""
        if not self._sampled:
            return [outputs[term.layer] @ term.basis for term in terms]
        key = [(term.layer, term.basis.tobytes()) for term in terms]
        bases = {term.layer: term.basis for term in terms}
        self.output, places = self._once("places", key, lambda: trainer.positions(bases))
        return [places[term.layer] for term in terms]

    def _of_point(self, trainer, outputs, view):
        """The outputs of the shown layer and of the network for the row that is pointed at; both empty without one."""
        layer, point = view["layer"], view["point"]
        if point is None:
            return np.zeros(0, np.float32), np.zeros(0, np.float32)
        if self._sampled:
            outputs = self._once("point", (layer, point), lambda: trainer.outputs([layer], np.array([point])))
            return outputs[layer][0], self.output[point]
        return outputs[layer][point], self.output[point]

    def _once(self, what, key, make):
        """`make()`, or what it returned the last time if since then neither `key` nor the network has changed."""
        if self._found.get(what, (None, None))[0] != key:
            self._found[what] = key, make()
        return self._found[what][1]

    def _choose(self, what, resolutions, seconds):
        """The finest of `resolutions` for which there is time, or None."""
        cost = self._costs[what]
        if not cost.measured:
            # Before its own first measurement, the network's time is taken from the lattice, which is always evaluated.
            cost.evaluation = self._costs["lattice"].evaluation
        chosen = finest(resolutions, cost, seconds, self._resolutions.get(what))
        self._resolutions[what] = chosen
        return chosen

    def _shows(self, view):
        """Whether the last picture shows what `view` asks for, and nothing in it was moving."""
        return self._drawn is not None and self._drawn == _looks(view)

    def _plan(self, lattice, resolution, view):
        """Notes what is to be refined of a picture that is not fine: the lattice first, then the left view."""
        for what, key in (("lattice", self._selected), ("left", _left_key(view))):
            if what in self._refined and self._refined[what][0] != key:
                del self._refined[what]
        if self._fine:
            return
        if lattice.resolution < self._finest_lattice:
            if "lattice" not in self._refined:
                key = dict(self._selected)
                samples = self.plane.samples(self._finest_lattice)
                every = dict.fromkeys(self._selectors, slice(None))
                self._refined["lattice"] = key, self._finest_lattice, Refinement(samples, every)
            return
        if "left" not in self._refined or self._refined["left"][1] <= resolution:
            levels = [r for r in FINER_RESOLUTIONS if resolution < r < view["resolution"]] + [view["resolution"]]
            seconds = self._costs["lattice"].evaluation
            quick = [r for r in levels if (r + 1) ** 2 * seconds <= REFINEMENT_SECONDS]
            level = max(quick, default=levels[0])
            columns = {name: list(range(min(self.task.outputs, self._selectors[name].shape[1]))) for name in self._last}
            if view["shading"] == "neuron":
                columns[view["neuron"][0]] = [*columns.get(view["neuron"][0], []), -1]
            self._refined["left"] = _left_key(view), level, Refinement(self.plane.samples(level), columns)

    def _refine(self, trainer):
        """Continues refining. Returns True if it has been finished by this call, or if there is nothing to refine."""
        for _, _, refinement in self._refined.values():
            if not refinement.finished:
                return refinement.go_on(lambda inputs: trainer.evaluate(inputs, self._selectors))
        return True

    def _finished(self, what, key):
        """`(resolution, seen)` of a finished refinement if it is still for this `key`, else None."""
        found, resolution, refinement = self._refined.get(what, (None, None, None))
        return (resolution, refinement.seen) if refinement and refinement.finished and found == key else None

    def _evaluate_lattice(self, trainer, seconds, terms, view):
        """`(lattice, seconds)`: the lattice, as fine as `seconds` allow or as it has been refined, and its time.

        The time is 0 where nothing has changed, so that the network was not evaluated, and for a refined lattice.
        """
        began = time.perf_counter()
        self._select(terms, view)
        refined = self._finished("lattice", self._selected)
        m = refined[0] if refined else self._choose("lattice", plane.LATTICES, seconds) or plane.LATTICES[0]
        place = view["place"]
        key = m, place, dict(self._selected)
        if key == self._lattice[0]:
            return self._lattice[1], 0.0
        inputs = self.plane.inputs_at(np.zeros((0, 2))) if refined else self.plane.grid(m)
        count = len(inputs)
        if place:
            inputs = np.concatenate([inputs, self.plane.inputs_at([place])])
        if refined and not place:
            every = {name: values[:0] for name, values in refined[1].items()}
        else:
            every = trainer.evaluate(inputs, self._selectors)
        seen = refined[1] if refined else {name: values[:count] for name, values in every.items()}
        last = [seen[name] for name in self._last]
        found = {name: values[count:] for name, values in every.items()}
        lattice = Lattice(m, seen, self.task.margins(last), self.task.shades(last), found)
        self._lattice = key, lattice
        return lattice, 0.0 if refined else time.perf_counter() - began

    def _select(self, terms, view):
        """Updates the selectors: the bases of the layers that are shown, and the neuron to shade by."""
        selected = {term.layer: (term.basis.tobytes(), None) for term in terms}
        bases = {term.layer: term.basis for term in terms}
        if view["shading"] == "neuron":
            layer, index = view["neuron"]
            selected[layer] = selected.get(layer, (None, None))[0], index
        for layer, content in selected.items():
            if self._selected.get(layer) != content:
                width = len(self._selectors[layer])
                self._selectors[layer] = plane.selector(width, bases.get(layer), content[1])
        # A layer that is not shown any more may keep its selector.
        self._selected.update(selected)

    def _draw_points(self, terms, places, view):
        """The parts of the picture about the examples in the right view, places and choice, those that have changed."""
        half = representation.half_of(terms)
        points = representation.positions(terms, places, _turn(view), spread=True)
        spatial = any(term.spatial for term in terms)
        # Compared by bytes, because NaN does not equal itself.
        pictured = spatial, half, points.tobytes()
        moved, self._pictured = pictured != self._pictured, pictured
        found = {}
        if moved:
            positions = np.ascontiguousarray(points[:2].T)
            self._pictures.append((self._pictures[-1][0] + 1 if self._pictures else 0, positions))
            found = {"picture": self._pictures[-1][0], "positions": positions, **leaves_of(positions)}
            self._strewn = points, half
        choice = self._choose_points(view)
        chosen = "plane_marks" in choice
        wrong = self.task.wrong(self.output, self.data.labels)
        others_wrong = self._wrong is None or not np.array_equal(wrong, self._wrong)
        self._wrong = wrong
        if moved or chosen or others_wrong:
            samples = representation.samples(points, half)
            drawn = self._held_out, self._chosen, spatial
            if moved or chosen:
                found["marks"], found["mark_groups"] = representation.marks(samples, self.data.labels, *drawn)
            found["wrong"], found["wrong_groups"] = representation.crosses(samples, wrong, *drawn)
        if chosen or others_wrong:
            drawn = self._held_out, self._chosen, False
            choice["plane_wrong"], choice["plane_wrong_groups"] = representation.crosses(
                self._samples_of_plane(), wrong, *drawn
            )
            held_out = np.count_nonzero(wrong & self._held_out)
            choice["wrong_counts"] = np.array([np.count_nonzero(wrong) - held_out, held_out], np.int32)
        return {**found, **choice}

    def _find_heaps(self, renewed):
        """The part of the picture about points that hide one another, if others do; `renewed`: see `Turns.take`."""
        now = time.perf_counter()
        if self._strewn is None or (renewed and now < self._heaped_at + HEAPS_SECONDS):
            return {}
        labels = self.data.labels if self.task.name == registry.CLASSIFICATION else None
        points, half = self._strewn
        heaps = representation.heaps(points, half, labels)
        self._strewn, self._heaped_at = None, now
        if self._heaps is not None and np.array_equal(heaps, self._heaps):
            return {}
        self._heaps = heaps
        return {"heaps": heaps}

    def _samples_of_plane(self):
        """The points of the plane, as `representation.Samples`."""
        x, y = np.rint((self._places_of_data - [self.plane.x, self.plane.y]) / self.plane.unit).astype(np.int32).T
        return representation.Samples(x, y, np.zeros(0), None)

    def _choose_points(self, view):
        """Updates the choice of points.

        Returns a dict: with `selected` and `loop` if the view has a loop, and with the points of the plane,
        `plane_marks` and `plane_mark_groups`, if the choice has changed.
        """
        choice, found, loop = view["selected"], {}, view["loop"]
        if loop:
            drawn = dict(self._pictures).get(loop["picture"], self._pictures[-1][1])
            places = self._places_of_data if loop["plot"] == "plane" else drawn
            choice = picking.text(picking.enclosed(np.reshape(loop["corners"], (-1, 2)), places))
            found = {"selected": choice, "loop": loop["number"]}
        if choice == self._choice:
            return found
        self._choice, self._chosen = choice, picking.mask(choice, len(self.data.inputs))
        samples = self._samples_of_plane()
        marks, groups = representation.marks(samples, self.data.labels, self._held_out, self._chosen, False)
        return {**found, "plane_marks": marks, "plane_mark_groups": groups}

    def _draw_right(self, terms, lattice, of_point, view):
        """The parts of the picture in the right view, except those about the examples."""
        turn = _turn(view)
        half = representation.half_of(terms)
        unit = half / representation.UNITS
        spatial = any(term.spatial for term in terms)
        nothing = boundary.NOTHING
        extent = representation.extent(terms)
        lines, line_groups, bend_boundary = nothing, nothing.reshape(0, 2), nothing
        if view["grid"]:
            places = [plane.projected(lattice.seen[term.layer]) for term in terms]
            bent = representation.positions(terms, places, turn)
            extent = representation.extent_with(extent, bent, spatial)
            bent = representation.samples(bent, half)
            lines, line_groups = representation.grid_lines(self.task, bent, lattice.shades, lattice.resolution, spatial)
        if view["boundary"]:
            side = lattice.resolution + 1
            crossings = contour.crossings(lattice.margins.reshape(-1, side, side))
            places = representation.projected_crossings(
                self.experiment, terms, lattice.seen, crossings, self.task.outputs
            )
            ends = representation.positions(terms, places, turn)[:2].T
            bend_boundary = contour.as_path(ends.reshape(-1, 2, 2), unit)
        lined = unit, lines.tobytes(), line_groups.tobytes(), bend_boundary.tobytes()
        drawn = {}
        if lined != self._lined:
            self._lined = lined
            drawn = {"lines": lines, "line_groups": line_groups, "bend_boundary": bend_boundary}
        point_values, point_output = of_point
        point = view["point"]
        return {
            "unit": unit,
            "extent": extent,
            **drawn,
            "spatial": spatial,
            "shape": np.array([len(self.data.inputs), len(self._selectors[view["layer"]])]),
            "point": -1 if point is None else point,
            "point_scores": self.task.in_units(point_output).copy(),
            "point_targets": self.task.in_units(self.data.targets[[] if point is None else point].ravel()),
            "point_values": point_values[: plane.SHOWN].copy(),
            **self._image(point),
            **self._place(terms, lattice, turn),
        }

    def _image(self, point):
        """The part `point_image`, of the point that is pointed at, where examples are images."""
        size = shape.traits_of(self.experiment).get("image")
        if size is None or point is None:
            return {}
        ink = np.clip(self.data.columns[point], 0, 1).reshape(size)
        image = np.full((*size, 4), 255, np.uint8)
        image[:, :, :3] = np.rint(255 * (1 - ink))[:, :, None]
        return {"point_image": image}

    def _weights_image(self, trainer, view):
        """The part `weight_image`, of the neuron that shades the plane, where the network sees images as they are."""
        size = shape.traits_of(self.experiment).get("image")
        if size is None or view["shading"] != "neuron":
            return {}
        layer, index = view["neuron"]
        if layer not in shape.first_neurons(self.experiment):
            return {}
        (kernel,) = trainer.kernels(count=1)
        return {"weight_image": neurons.weight_image(kernel[:, index], view["palette"]).reshape(*size, 4)}

    def _place(self, terms, lattice, turn):
        """The position of the place that is pointed at, and the network's output there; empty without one."""
        places = [plane.projected(lattice.place[term.layer]) for term in terms]
        return {
            "place_position": representation.positions(terms, places, turn)[:2].ravel(),
            "place_scores": self.task.in_units(lattice.place[self._last[-1]][:, : self.task.outputs].ravel()),
        }

    def _draw_left(self, trainer, lattice, scales, seconds, view):
        """The parts of the left view, drawn within `seconds`: from the lattice if there is no time for a finer grid."""
        by_neuron = view["shading"] == "neuron"
        what = "neuron" if by_neuron else "fine"
        enough = min(view["resolution"], FINEST_OF_NEURON) if by_neuron else view["resolution"]
        useful = [r for r in RESOLUTIONS if r < enough] + [r for r in RESOLUTIONS if r >= enough][:1]
        resolution = self._choose(what, useful, seconds)
        refined = self._finished("left", _left_key(view))
        if refined and refined[0] >= max(resolution or 0, lattice.resolution):
            resolution = refined[0]
        else:
            refined = None
        key = resolution, lattice.resolution, [view[name] for name in LOOKS]
        if key == self._left[0]:
            return self._left[1]
        began = time.perf_counter()
        own = resolution is not None and resolution > lattice.resolution and not refined
        if refined:
            seen = refined[1]
        elif not own:
            resolution, seen = lattice.resolution, lattice.seen
        elif by_neuron:
            seen = trainer.evaluate(self.plane.grid(resolution), self._selectors)
        else:
            seen = trainer.ends(self.plane.grid(resolution))
        evaluated = time.perf_counter()
        neuron, scale = None, 0.0
        if by_neuron:
            layer = view["neuron"][0]
            scale = _scale(scales[layer], plane.chosen(lattice.seen[layer]))
            neuron = np.clip(plane.chosen(seen[layer]), -scale, scale), scale
        result = boundary.draw(self.task, [seen[name] for name in self._last], resolution, view, neuron, self.plane)
        if own:
            self._costs[what].learn((resolution + 1) ** 2, evaluated - began, time.perf_counter() - evaluated)
        self._left = key, {**result, "resolution": resolution}
        self._largest = float(scale)
        return self._left[1]

    def _draw_residuals(self, view):
        if not view["residuals"] or self.task.name != registry.REGRESSION:
            return boundary.NOTHING
        return boundary.residuals(self.task, self._places_of_data, self.output, self.data.targets, self.plane)

    def _draw_scale(self, view):
        """The parts of the left view's scale, if it has changed."""
        scaled = view["shading"], repr(view["palette"]), self._largest
        if scaled == self._scaled:
            return {}
        self._scaled = scaled
        pixels, values = boundary.scale(self.task, view["shading"], view["palette"], self._largest)
        return {"scale": pixels, "scale_values": values}


def _looks(view):
    """The part of a view on which a picture depends."""
    return {name: value for name, value in view.items() if name not in ("milliseconds", "seconds")}


def _left_key(view):
    """What, beside the network, decides which outputs the left view needs: the neuron to shade by, or None."""
    return tuple(view["neuron"]) if view["shading"] == "neuron" else None


def _wants_probe(view):
    return bool(registry.trait("projection", view["projection"], "by_probe"))


def _turn(view):
    return np.array(view["turn"], np.float32).reshape(3, 3)


def _scale(largest, values):
    """The magnitude of full colour: the largest on the layer's heat maps, or that of `values` if it is larger.

    `values` are a neuron's, which may have no heat map.
    """
    values = np.abs(values[np.isfinite(values)])
    return max(largest, values.max()) if len(values) else largest


class Turn(NamedTuple):
    """What a drawing renews: whether the `weights`; of which layers the `probes`, by number.

    `renewed`: whether the network has changed since the drawing before.
    """

    weights: bool
    probes: list[int]
    renewed: bool


class Turns:
    """Weights and probes, which take turns because they are too expensive for every drawing.

    Each drawing renews one of the two: the weights, or the probes of some layers, of as many as there is time for. The
    first drawing renews both.
    """

    def __init__(self, experiment, fits):
        self._fits = fits
        self._names = shape.layer_names(experiment)
        self._widths = [layer.width for layer in shape.layers(experiment)]
        self._probes = np.full((len(self._names), 2), math.nan, np.float32)
        # The fits by which they were judged.
        self._judged: list = [None] * len(self._names)
        # The layer whose turn it is. While it learns each is renewed once in a round.
        self._next = 0
        self._are_weights_stale = True
        self._version = None
        # When each may be renewed during training.
        self._due = {"weights": 0.0, "probes": 0.0}

    @property
    def waiting(self):
        """Whether weights or probes do not yet belong to the present network."""
        return self._are_weights_stale or any(self._is_stale(index) for index in range(len(self._names)))

    def _is_stale(self, index):
        name = self._names[index]
        return not self._fits.fits(name, self._version) or self._judged[index] is not self._fits.kept(name)

    def begin(self, version, renewed):
        """The `Turn` of the next drawing, of a network of that version.

        `renewed`: whether the network has changed since the last one. The first turn has everything, and probes that
        are not yet fitted are NaN.
        """
        first, self._version = self._version is None, version
        self._are_weights_stale = self._are_weights_stale or renewed
        if first:
            return Turn(True, self._next_probes(False), False)
        now = time.perf_counter()
        stale = ["weights"] if self._are_weights_stale else []
        if any(self._is_stale(index) for index in range(len(self._names))):
            stale.append("probes")
        ready = [part for part in stale if not renewed or now >= self._due[part]]
        if not ready:
            return Turn(False, [], renewed)
        if min(ready, key=self._due.__getitem__) == "weights":
            return Turn(True, [], renewed)
        return Turn(False, self._next_probes(renewed), renewed)

    def _next_probes(self, renewed):
        # At rest what fits is passed over.
        numbers = [(self._next + ahead) % len(self._names) for ahead in range(len(self._names))]
        numbers = [number for number in numbers if renewed or self._is_stale(number)]
        return _portion(numbers, self._widths)

    def take(self, turn, trainer, outputs):
        """A dict with the `weights` or `probes` of a turn; `outputs` are its layers' for the sample, by name."""
        result = self._renew_weights(trainer) if turn.weights else {}
        return result | self._renew_probes(turn, outputs) if turn.probes else result

    def _renew_weights(self, trainer):
        began = time.perf_counter()
        result = neurons.weights(trainer.kernels(plane.SHOWN))
        self._are_weights_stale = False
        self._rest("weights", began, TURN_SECONDS)
        return {"weights": result}

    def _renew_probes(self, turn, outputs):
        began = time.perf_counter()
        ended = False
        for number in turn.probes:
            name = self._names[number]
            self._fits.renew(name, outputs[name], self._version, 0 if turn.renewed else probe.WORK)
            self._judged[number] = self._fits.kept(name)
            self._probes[number] = self._fits.qualities(name, outputs[name])
            ended = ended or number == len(self._names) - 1
            self._next = (number + 1) % len(self._names)
            if time.perf_counter() - began > PROBING_SECONDS:
                break
        # A round is gone through without much rest.
        self._rest("probes", began, TURN_SECONDS if ended else 0.0)
        return {"probes": self._probes.copy()}

    def _rest(self, part, began, least):
        now = time.perf_counter()
        self._due[part] = now + max(least, TURN_REST[part] * (now - began))


def _portion(numbers, widths):
    """The first of the layers' numbers, as many as are evaluated together because their probes are fitted quickly.

    A probe's time is an overhead plus a part that grows with the square of the width.
    """
    costs = np.cumsum([1 + (widths[number] / 16) ** 2 for number in numbers])
    return numbers[: max(1, int(np.searchsorted(costs, PROBES_AT_ONCE, side="right")))]


def _guessed_seconds_a_point(experiment):
    """A guess, from the network's size, of the seconds for one sample, used until they have been measured."""
    widths = sum(layer.width for layer in shape.layers(experiment))
    return 5e-11 * shape.parameter_count(experiment) + 2e-8 * widths
