"""Trains in WebAssembly: the same formulas as `plain`, traced once and compiled by the engine.

Parameters, optimizer state, data and the order of the batches stay in the module's memory; Python copies out what a
view needs. The learning rate and the step's number are arguments, so that changing them compiles nothing.
"""

import numpy as np

import spec
from engine.program import Advance, Append, Gather
from engine.workspace import Workspace
from lab import network, training
from lab.views import grid

# Rows of the grid that go through the network at once.
GRID_ROWS = 256
# Losses that one call may leave in memory.
LOSSES = 4096


class CompiledTrainer:
    """A network in training; see `plain.PlainTrainer`. Raises `Uncompilable` if it cannot be compiled."""

    engine = "wasm"
    reason = ""

    def __init__(self, experiment, data, finest=200):
        self.experiment, self.data = experiment, data
        self._size = experiment["batch_size"]
        self._epoch_steps = training.steps_per_epoch(experiment, data.training)
        self._block = None
        parameters, statistics = network.initialize(experiment)
        state = training.initial_state(experiment, parameters)
        self._counts = len(parameters), len(state), len(statistics)
        workspace = self.workspace = Workspace()
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
        self._add_outputs()
        self._add_grid(finest)
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

    def _predict(self, x, trained):
        parameters, _, statistics = self._split(trained)
        return network.predict(self.experiment, parameters, statistics, x)

    def _add_outputs(self):
        layers = spec.layers(self.experiment)
        self._outputs = {
            name: self.workspace.place(np.zeros((len(self.data.points), width), np.float32))
            for name, _, width in layers
        }
        self.workspace.add(
            "outputs",
            lambda x, *trained: list(self._predict(x, trained).values()),
            [self._points, *self._trained],
            list(self._outputs.values()),
        )

    def _add_grid(self, finest):
        """The last two layers for a portion of the grid, left behind one another in `_grid_results`."""
        rows = -(-((finest + 2) ** 2) // GRID_ROWS) * GRID_ROWS
        self._last = spec.layers(self.experiment)[-2:]
        width = sum(width for _, _, width in self._last)
        place = self.workspace.place
        self._grid = place(np.zeros((rows, 2), np.float32))
        self._grid_order = place(np.arange(rows, dtype=np.int32))
        self._grid_results = place(np.zeros(rows * width, np.float32))
        self._grid_resolution = None
        x = place(np.zeros((GRID_ROWS, 2), np.float32))
        ends = [place(np.zeros((GRID_ROWS, width), np.float32)) for _, _, width in self._last]
        self.workspace.add(
            "grid",
            lambda x, *trained: list(self._predict(x, trained).values())[-2:],
            [x, *self._trained],
            ends,
            before=[Gather(GRID_ROWS, 2, self._grid.address, x.address)],
            after=[*(Append(end.address, end.first.size) for end in ends), Advance(GRID_ROWS)],
        )

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
        self.workspace.machine.call("outputs")
        return {name: self.workspace.read(self._outputs[name]) for name in names}

    def grid_outputs(self, resolution):
        """The last two layers' outputs for `views.grid(resolution)`, by name."""
        machine = self.workspace.machine
        rows = (resolution + 2) ** 2
        if resolution != self._grid_resolution:
            machine.write(self._grid.address, grid(resolution))
            self._grid_resolution = resolution
        portions = -(-rows // GRID_ROWS)
        machine.set("cursor", self._grid_order.address)
        machine.set("log", self._grid_results.address)
        machine.call("repeat", self.workspace.numbers["grid"], portions)
        widths = [width for _, _, width in self._last]
        results = machine.read(self._grid_results.address, (portions, GRID_ROWS * sum(widths)))
        ends = np.split(results, np.cumsum([GRID_ROWS * width for width in widths])[:-1], axis=1)
        return {name: end.reshape(-1, width)[:rows] for (name, _, width), end in zip(self._last, ends, strict=True)}

    def arrays(self):
        """Everything that training changes: `(parameters, state, statistics)`, flat lists of arrays."""
        return self._split(self.workspace.read(slot) for slot in self._trained)

    def restore(self, arrays):
        """Goes back to where the network was when `arrays()` gave these."""
        for slot, array in zip(self._trained, [*arrays[0], *arrays[1], *arrays[2]], strict=True):
            self.workspace.write(slot, array)
