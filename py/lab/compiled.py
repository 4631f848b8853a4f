"""Trains in WebAssembly: the same formulas as `plain`, traced once and compiled by the engine.

Parameters, optimizer state, data and the order of the batches stay in the module's memory; Python copies out what a
view needs. The learning rate and the step's number are arguments, so that changing them compiles nothing.

All views share one forward pass of `PORTION` rows, however many the data have: its kernels are compiled once, and each
view's function calls them.
"""

import numpy as np

from engine.program import Advance, Append, Gather, Product
from engine.workspace import Workspace
from lab import network, training
from lab.plane import LATTICES, columns
from spec import shape

# Rows that go through the network at once.
PORTION = 200
# Places of the plane that are looked at together: the finest lattice and one place.
MOST_PLACES = (LATTICES[-1] + 1) ** 2 + 1
# What `evaluate` leaves in memory with one call, at most, in numbers.
MOST_NUMBERS = 1 << 22
# Losses that one call may leave in memory.
LOSSES = 4096


class CompiledTrainer:
    """A network in training; see `plain.PlainTrainer`. Raises `Uncompilable` if it cannot be compiled.

    `drawn`: whether there are to be views of it, of grids of at most `finest` squares a side; without that only
    `train`, `output`, `kernels`, `arrays` and `restore` work. `recipe`: see `Workspace`; `recipes.recipe_of` has one
    for each experiment.
    """

    engine = "wasm"
    reason = ""

    def __init__(self, experiment, data, drawn=True, finest=200, recipe=None):
        self.experiment, self.data = experiment, data
        # Another number whenever the network may be another.
        self.version = 0
        self._size = min(experiment["batch_size"], len(data.training))
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
        self._inputs = workspace.place(data.inputs)
        self._targets = workspace.place(data.targets)
        self._order = workspace.place(np.zeros((training.BLOCK, len(data.training)), np.int32))
        self._losses = workspace.place(np.zeros(LOSSES, np.float32))
        self._calls = workspace.place(np.zeros((2 * training.BLOCK + 2, 2), np.int32))
        short = len(data.training) - self._size * (self._epoch_steps - 1)
        self._add_step("full", self._size)
        if short != self._size:
            self._add_step("short", short)
        self._add_forward()
        if drawn:
            self._add_positions()
            self._add_ends(finest)
            self._add_evaluation()
        workspace.build()

    def _split(self, arrays):
        """`(parameters, state, statistics)` of a flat list of all."""
        parameters, state, _ = self._counts
        arrays = list(arrays)
        return arrays[:parameters], arrays[parameters : parameters + state], arrays[parameters + state :]

    def _add_step(self, name, rows):
        step = training.make_step(self.experiment)
        x = self.workspace.place(self.data.inputs[self.data.training[:rows]])
        targets = self.workspace.place(self.data.targets[self.data.training[:rows]])

        def flat(rate, count, x, targets, *trained):
            loss, *updated = step(*self._split(trained), x, targets, rate, count)
            return [*(array for arrays in updated for array in arrays), loss.reshape(1), count + 1]

        self.workspace.add(
            name,
            flat,
            [self._rate, self._count, x, targets, *self._trained],
            [*self._trained, self._loss, self._count],
            before=[
                Gather(rows, self.data.inputs.shape[1], self._inputs.address, x.address),
                Gather(rows, self.data.targets.shape[1], self._targets.address, targets.address),
            ],
            after=[Append(self._loss.address, 1), Advance(rows)],
        )

    def _add_forward(self):
        """The kernels that take `PORTION` rows at `_x` through the network, every layer to its own place."""

        def forward(x, *trained):
            parameters, _, statistics = self._split(trained)
            return list(network.predict(self.experiment, parameters, statistics, x).values())

        rows, inputs = self.data.inputs.shape
        self._layers = shape.layers(self.experiment)
        self._widths = {layer.name: layer.width for layer in self._layers}
        place = self.workspace.place
        self._x = place(np.zeros((PORTION, inputs), np.float32))
        self._outputs = {name: place(np.zeros((PORTION, width), np.float32)) for name, width in self._widths.items()}
        self._outputs["input"] = self._x
        # For the cursor to walk along: the numbers of some rows of the data, and of all, the last again and again where
        # a portion goes on behind it.
        self._some = place(np.zeros(PORTION, np.int32))
        every = np.minimum(np.arange(_whole_portions(rows), dtype=np.int32), np.int32(rows - 1))
        self._every = place(every)
        self.workspace.add("forward", forward, [self._x, *self._trained], list(self._outputs.values()))
        self._add_view("outputs", self._inputs)
        last = self._outputs[self._layers[-1].name]
        if rows > PORTION:
            self._output = place(np.zeros((len(every), self._layers[-1].width), np.float32))
            self._add_view("output", self._inputs, [Append(last.address, last.first.size)])

    def _add_view(self, name, table, after=()):
        """A function for the `PORTION` rows of a table that the cursor points to, and what is done with them then."""
        gather = Gather(PORTION, self.data.inputs.shape[1], table.address, self._x.address)
        before = [gather, *self.workspace.kernels("forward")]
        self.workspace.add(name, list, [], [], before, [*after, Advance(PORTION)])

    def _product(self, name, selectors):
        """A layer's output times what is at its selector, behind the log: kernels."""
        width, count = selectors[name].first.shape
        seen = self.workspace.place(np.zeros((PORTION, count), np.float32))
        addresses = self._outputs[name].address, selectors[name].address, seen.address
        return [Product(PORTION, count, width, *addresses), Append(seen.address, seen.first.size)]

    def _add_positions(self):
        """For data of which only a sample is looked at: every row's place in a layer and the next, and its output."""
        self._bases = {}
        rows = len(self._every.first)
        if len(self.data.sample) == len(self.data.inputs):
            return
        last = self._outputs[self._layers[-1].name]
        self._bases = {
            name: self.workspace.place(np.zeros((width, 3), np.float32)) for name, width in self._widths.items()
        }
        self._positions = self.workspace.place(np.zeros(rows * (6 + last.first.shape[1]), np.float32))
        products = {name: self._product(name, self._bases) for name in self._widths}
        names = list(self._widths)
        for name, after in zip(names, [*names[1:], None], strict=True):
            both = [*products[name], *(products[after] if after else [])]
            self._add_view("positions " + name, self._inputs, [*both, Append(last.address, last.first.size)])

    def _add_ends(self, finest):
        """The last two layers for a portion of a table, left behind one another in `_end_results`."""
        rows = _whole_portions((finest + 1) ** 2)
        ends = [self._outputs[layer.name] for layer in self._layers[-2:]]
        self._end_inputs = _Table(self.workspace.place(np.zeros((rows, self.data.inputs.shape[1]), np.float32)))
        self._end_results = self.workspace.place(np.zeros(rows * sum(layer.width for layer in self._layers[-2:]), "f4"))
        # The numbers of all rows of a table, for the cursor to walk along.
        self._rows = self.workspace.place(np.arange(max(rows, _whole_portions(MOST_PLACES)), dtype=np.int32))
        self._add_view("ends", self._end_inputs.slot, [Append(end.address, end.first.size) for end in ends])

    def _add_evaluation(self):
        """Every layer through its selector for a portion of a table, left behind one another in `_seen_results`."""
        place = self.workspace.place
        numbers = sum(map(columns, self._widths.values()))
        most = min(_whole_portions(MOST_PLACES), _whole_portions(MOST_NUMBERS // numbers))
        self._seen_inputs = _Table(place(np.zeros((most, self.data.inputs.shape[1]), np.float32)))
        self._seen_results = place(np.zeros(most * numbers, np.float32))
        self._selectors = {
            name: place(np.zeros((width, columns(width)), np.float32)) for name, width in self._widths.items()
        }
        self._selected = {}
        after = [kernel for name in self._widths for kernel in self._product(name, self._selectors)]
        self._add_view("evaluate", self._seen_inputs.slot, after)

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
        self.version += 1
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

    def output(self):
        """The network's output for all rows of the data."""
        last = self._layers[-1].name
        if len(self.data.inputs) <= PORTION:
            return self.outputs([last])[last]
        return self._repeated("output", self._every, self._output, len(self.data.inputs), {last: self._widths[last]})[
            last
        ]

    def outputs(self, names, rows=None):
        """The named layers' outputs for all rows of the data, or for `rows`, an array of indices, by name."""
        machine = self.workspace.machine
        if rows is None:
            rows = self._every.first[: len(self.data.inputs)]
        parts = []
        for first in range(0, max(1, len(rows)), PORTION):
            some = rows[first : first + PORTION]
            if some.base is self._every.first:
                machine.set("cursor", self._every.address + 4 * first)
            else:
                machine.write(self._some.address, np.asarray(some, np.int32))
                machine.set("cursor", self._some.address)
            machine.call("outputs")
            parts.append({name: self.workspace.read(self._outputs[name])[: len(some)] for name in names})
        return _joined(parts)

    def positions(self, bases):
        """`(output, places)` for all rows of the data: the network's output, and by name a layer's output @ its basis.

        `bases`, shape (width, 3) each, are those of one layer or of two that follow one another, in order. Only for
        data of which no more than a sample is looked at; of others there are `outputs`.
        """
        last = self._layers[-1].name
        first = next(iter(bases))
        for name, basis in bases.items():
            self.workspace.write(self._bases[name], basis)
        names = [layer.name for layer in self._layers]
        pair = names[names.index(first) :][:2]
        # The output may be one of these layers itself.
        widths = {**{(name, "place"): 3 for name in pair}, (last, "output"): self._widths[last]}
        found = self._repeated("positions " + first, self._every, self._positions, len(self.data.inputs), widths)
        return found[last, "output"], {name: found[name, "place"] for name in bases}

    def ends(self, inputs):
        """The last two layers' outputs for any table of inputs, shape (rows, inputs), by name."""
        widths = {layer.name: layer.width for layer in self._layers[-2:]}
        return self._passed("ends", self._end_inputs, self._end_results, inputs, widths)

    def evaluate(self, inputs, selectors):
        """Every layer's output @ its selector for any table of inputs, shape (rows, inputs), by name.

        A selector has shape (width, `plane.columns(width)`). One that is the same array as in the call before is taken
        to hold the same numbers.
        """
        for name, selector in selectors.items():
            if selector is not self._selected.get(name):
                self.workspace.write(self._selectors[name], selector)
                self._selected[name] = selector
        widths = {name: columns(width) for name, width in self._widths.items()}
        return self._passed("evaluate", self._seen_inputs, self._seen_results, inputs, widths)

    def _passed(self, function, table, results, inputs, widths):
        """What a function leaves in `results` for the rows of `inputs`, by name, by as many as there is room for."""
        most = len(table.slot.first)
        parts = []
        for first in range(0, max(1, len(inputs)), most):
            part = inputs if len(inputs) <= most else inputs[first : first + most]
            if part is not table.content:
                self.workspace.machine.write(table.slot.address, part)
                # What may be written to may hold other numbers the next time.
                table.content = None if part.flags.writeable else part
            parts.append(self._repeated(function, self._rows, results, len(part), widths))
        return _joined(parts)

    def _repeated(self, function, numbers, results, rows, widths):
        """What a function leaves in `results` for `rows` rows, by name; `widths`: the numbers a row, in order."""
        machine = self.workspace.machine
        portions = -(-rows // PORTION)
        machine.set("cursor", numbers.address)
        machine.set("log", results.address)
        machine.call("repeat", self.workspace.numbers[function], portions)
        left = machine.read(results.address, (portions, PORTION * sum(widths.values())))
        ends = np.split(left, np.cumsum([PORTION * width for width in widths.values()])[:-1], axis=1)
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
        self.version += 1
        for slot, array in zip(self._trained, [*arrays[0], *arrays[1], *arrays[2]], strict=True):
            self.workspace.write(slot, array)


class _Table:
    """A slot for inputs, and which read-only array lies there."""

    def __init__(self, slot):
        self.slot = slot
        self.content = None


def _joined(parts):
    return parts[0] if len(parts) == 1 else {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _whole_portions(rows):
    return -(-rows // PORTION) * PORTION
