"""Trains in WebAssembly: the same formulas as `plain`, traced once and compiled by the engine.

Parameters, optimizer state, data and the order of the batches stay in the module's memory; Python copies out what a
view needs. The learning rate and the step's number are arguments, so that changing them compiles nothing.

All views share one forward pass of `ROWS` points: the kernels are compiled once, and each view's function calls them.
"""

import numpy as np

from engine.program import Advance, Append, Gather, Product
from engine.workspace import Workspace
from lab import network, training
from lab.plane import LATTICES, columns, grid
from spec import shape

# Points that go through the network at once: as many as there are data.
ROWS = 200
# Points of the plane that are looked at together: the finest lattice and one place.
MOST_POINTS = (LATTICES[-1] + 1) ** 2 + 1
# What `plane` leaves in memory with one call, at most, in numbers.
PLANE_NUMBERS = 1 << 22
# Losses that one call may leave in memory.
LOSSES = 4096


class CompiledTrainer:
    """A network in training; see `plain.PlainTrainer`. Raises `Uncompilable` if it cannot be compiled.

    `recipe`: see `Workspace`; `recipes.recipe_of` has one for each experiment.
    """

    engine = "wasm"
    reason = ""

    def __init__(self, experiment, data, finest=200, recipe=None):
        self.experiment, self.data = experiment, data
        self._size = experiment["batch_size"]
        self._epoch_steps = training.steps_per_epoch(experiment, data.training)
        self._block = None
        parameters, statistics = network.initialize(experiment)
        state = training.initial_state(experiment, parameters)
        self._counts = len(parameters), len(state), len(statistics)
        workspace = self.workspace = Workspace(recipe)
        self._trained = [workspace.place(array) for array in [*parameters, *state, *statistics]]
        self._rate = workspace.place(np.array([experiment["learning_rate"]], np.float32))
        self._count = workspace.place(np.array([1], np.float32))
        self._loss = workspace.place(np.zeros(1, np.float32))
        self._points = workspace.place(data.points)
        self._targets = workspace.place(data.targets)
        self._order = workspace.place(np.zeros((training.BLOCK, len(data.training)), np.int32))
        self._losses = workspace.place(np.zeros(LOSSES, np.float32))
        self._calls = workspace.place(np.zeros((2 * training.BLOCK + 2, 2), np.int32))
        full = min(self._size, len(data.training))
        short = len(data.training) - full * (self._epoch_steps - 1)
        self._add_step("full", full)
        if short != full:
            self._add_step("short", short)
        self._add_forward(finest)
        self._add_outputs()
        self._add_grid(finest)
        self._add_plane()
        workspace.build()

    def _split(self, arrays):
        """`(parameters, state, statistics)` of a flat list of all."""
        parameters, state, _ = self._counts
        arrays = list(arrays)
        return arrays[:parameters], arrays[parameters : parameters + state], arrays[parameters + state :]

    def _add_step(self, name, rows):
        step = training.make_step(self.experiment)
        x = self.workspace.place(self.data.points[:rows])
        targets = self.workspace.place(self.data.targets[:rows])

        def flat(rate, count, x, targets, *trained):
            loss, *updated = step(*self._split(trained), x, targets, rate, count)
            return [*(array for arrays in updated for array in arrays), loss.reshape(1), count + 1]

        self.workspace.add(
            name,
            flat,
            [self._rate, self._count, x, targets, *self._trained],
            [*self._trained, self._loss, self._count],
            before=[
                Gather(rows, self.data.points.shape[1], self._points.address, x.address),
                Gather(rows, self.data.targets.shape[1], self._targets.address, targets.address),
            ],
            after=[Append(self._loss.address, 1), Advance(rows)],
        )

    def _add_forward(self, finest):
        """The kernels that take `ROWS` points at `_x` through the network, every layer to its own place."""

        def forward(x, *trained):
            parameters, _, statistics = self._split(trained)
            return list(network.predict(self.experiment, parameters, statistics, x).values())

        self._layers = shape.layers(self.experiment)
        place = self.workspace.place
        self._x = place(np.zeros((ROWS, 2), np.float32))
        self._outputs = {name: place(np.zeros((ROWS, width), np.float32)) for name, _, width in self._layers}
        self._outputs["input"] = self._x
        # The numbers of all rows of a table of points, for the cursor to walk along.
        self._rows = place(np.arange(_whole_portions(max((finest + 1) ** 2, MOST_POINTS)), dtype=np.int32))
        self.workspace.add("forward", forward, [self._x, *self._trained], list(self._outputs.values()))

    def _add_view(self, name, points, after=()):
        """A function for the `ROWS` points of a slot that the cursor points to, and what is done with them then."""
        gather = Gather(ROWS, 2, points.address, self._x.address)
        before = [gather, *self.workspace.kernels("forward")]
        self.workspace.add(name, list, [], [], before, [*after, Advance(ROWS)])

    def _add_outputs(self):
        self._add_view("outputs", self._points)

    def _add_grid(self, finest):
        """The last two layers for a portion of the grid, left behind one another in `_grid_results`."""
        rows = _whole_portions((finest + 1) ** 2)
        last = self._layers[-2:]
        self._grid = self.workspace.place(np.zeros((rows, 2), np.float32))
        self._grid_results = self.workspace.place(np.zeros(rows * sum(width for *_, width in last), np.float32))
        self._grid_resolution = None
        ends = [self._outputs[name] for name, *_ in last]
        self._add_view("grid", self._grid, [Append(end.address, end.first.size) for end in ends])

    def _add_plane(self):
        """Every layer through its selector for a portion of points, left behind one another in `_plane_results`."""
        place = self.workspace.place
        widths = {name: columns(width) for name, _, width in self._layers}
        most = min(_whole_portions(MOST_POINTS), _whole_portions(PLANE_NUMBERS // sum(widths.values())))
        self._plane = place(np.zeros((most, 2), np.float32))
        self._plane_results = place(np.zeros(len(self._plane.first) * sum(widths.values()), np.float32))
        self._selectors = {
            name: place(np.zeros((width, columns(width)), np.float32)) for name, _, width in self._layers
        }
        self._selected = {}
        after = []
        for name, _, width in self._layers:
            seen = place(np.zeros((ROWS, widths[name]), np.float32))
            addresses = self._outputs[name].address, self._selectors[name].address, seen.address
            after += [Product(ROWS, widths[name], width, *addresses), Append(seen.address, seen.first.size)]
        self._add_view("plane", self._plane, after)

    def train(self, learning_rate, first, count):
        """Takes steps `first`, `first + 1`, … in order; returns the loss of each before its update.

        It ends with the first loss that is not finite; the network may then have been trained beyond it. It takes
        fewer than `count` where these go past the batches that are drawn together.
        """
        machine = self.workspace.machine
        epoch, position = divmod(first, self._epoch_steps)
        block = epoch // training.BLOCK
        if block != self._block:
            self.workspace.write(self._order, training.orders(self.experiment, self.data.training, block))
            self._block = block
        count = min(count, LOSSES, (block + 1) * training.BLOCK * self._epoch_steps - first)
        self.workspace.write(self._rate, np.array([learning_rate], np.float32))
        self.workspace.write(self._count, np.array([first + 1], np.float32))
        row = (epoch % training.BLOCK) * len(self.data.training) + position * self._size
        machine.set("cursor", self._order.address + 4 * row)
        machine.set("log", self._losses.address)
        portions = self._portions(position, count)
        machine.write(self._calls.address, np.array(portions, np.int32))
        machine.call("many", len(portions), self._calls.address)
        losses = machine.read(self._losses.address, (count,))
        finite = np.isfinite(losses)
        return losses if finite.all() else losses[: finite.argmin() + 1]

    def _portions(self, position, count):
        """Which compiled steps to run how often for `count` steps from `position` in an epoch on."""
        numbers = self.workspace.numbers
        if "short" not in numbers:
            return [(numbers["full"], count)]
        portions = []
        while count:
            full = min(count, self._epoch_steps - 1 - position)
            portions.append((numbers["full"], full))
            if count > full:
                portions.append((numbers["short"], 1))
            count -= min(count, full + 1)
            position = 0
        return portions

    def outputs(self, *names):
        """The named layers' outputs for all points, by name."""
        self.workspace.machine.set("cursor", self._rows.address)
        self.workspace.machine.call("outputs")
        return {name: self.workspace.read(self._outputs[name]) for name in names}

    def grid_outputs(self, resolution):
        """The last two layers' outputs for `plane.grid(resolution)`, by name."""
        if resolution != self._grid_resolution:
            self.workspace.machine.write(self._grid.address, grid(resolution))
            self._grid_resolution = resolution
        widths = {name: width for name, _, width in self._layers[-2:]}
        return self._repeated("grid", self._grid_results, (resolution + 1) ** 2, widths)

    def plane(self, points, selectors):
        """Every layer's output @ its selector for any points of the plane, shape (rows, 2), by name.

        A selector has shape (width, `plane.columns(width)`). One that is the same array as in the call before is taken
        to hold the same numbers.
        """
        for name, selector in selectors.items():
            if selector is not self._selected.get(name):
                self.workspace.write(self._selectors[name], selector)
                self._selected[name] = selector
        widths = {name: columns(width) for name, _, width in self._layers}
        most = len(self._plane.first)
        parts = []
        for first in range(0, len(points), most):
            part = points[first : first + most]
            self.workspace.machine.write(self._plane.address, part)
            parts.append(self._repeated("plane", self._plane_results, len(part), widths))
        return (
            parts[0] if len(parts) == 1 else {name: np.concatenate([part[name] for part in parts]) for name in widths}
        )

    def _repeated(self, function, results, rows, widths):
        """What a function leaves in `results` for `rows` points, by name; `widths`: the numbers a point, in order."""
        machine = self.workspace.machine
        portions = _whole_portions(rows) // ROWS
        machine.set("cursor", self._rows.address)
        machine.set("log", results.address)
        machine.call("repeat", self.workspace.numbers[function], portions)
        left = machine.read(results.address, (portions, ROWS * sum(widths.values())))
        ends = np.split(left, np.cumsum([ROWS * width for width in widths.values()])[:-1], axis=1)
        return {name: end.reshape(-1, width)[:rows] for (name, width), end in zip(widths.items(), ends, strict=True)}

    def kernels(self, rows=None):
        """The dense layers' kernels in order, or only the first `rows` of each."""
        slots = [slot for slot in self._trained[: self._counts[0]] if slot.first.ndim == 2]
        return [self.workspace.machine.read(slot.address, slot.first[:rows].shape) for slot in slots]

    def arrays(self):
        """Everything that training changes: `(parameters, state, statistics)`, flat lists of arrays."""
        return self._split(self.workspace.read(slot) for slot in self._trained)

    def restore(self, arrays):
        """Goes back to where the network was when `arrays()` gave these."""
        for slot, array in zip(self._trained, [*arrays[0], *arrays[1], *arrays[2]], strict=True):
            self.workspace.write(slot, array)


def _whole_portions(rows):
    return -(-rows // ROWS) * ROWS
