"""Trains in WebAssembly: the same formulas as `plain`, traced once and compiled by the engine.

Parameters, optimizer state, data and the order of the batches stay in the module's memory; Python copies out what a
view needs. The rates and the step's number are arguments, so that changing them compiles nothing.

All views share one forward pass of `PORTION` rows, whatever the number of rows in the data: its kernels are compiled
once, and the function of each view calls them.
"""

import numpy as np

from engine.program import Advance, Append, Gather, Noise, Product, Take
from engine.workspace import Workspace
from lab import network, training
from lab.plane import LATTICES, columns
from spec import shape

# Rows that go through the network at once.
PORTION = 200
# The most places of the plane that a drawing evaluates: the finest lattice and one more place.
MOST_PLACES = (LATTICES[-1] + 1) ** 2 + 1
# The most numbers that one call of `evaluate` may leave in memory.
MOST_NUMBERS = 1 << 22
# The most losses that one call may leave in memory.
LOSSES = 4096


class CompiledTrainer:
    """A network in training; see `plain.PlainTrainer`. Raises `Uncompilable` if it cannot be compiled.

    `drawn`: whether there will be views of it, from grids of at most `finest` squares a side. Otherwise `positions`,
    `ends` and `evaluate` do not work. `recipe`: see `Workspace`; `recipes.recipe_of` has one for each experiment.
    """

    engine = "wasm"
    reason = ""

    def __init__(self, experiment, data, drawn=True, finest=200, recipe=None):
        self.experiment, self.data = experiment, data
        # Changes whenever the network may have changed.
        self.version = 0
        self.form = training.form_of(experiment)
        self._size = min(experiment["batch_size"], len(data.training))
        self._epoch_steps = training.steps_per_epoch(experiment, data.training)
        self._block = None
        self._block_epochs = training.epochs_together(data.training)
        parameters, statistics = network.initialize(experiment)
        state = training.initial_state(experiment, parameters)
        self._counts = len(parameters), len(state), len(statistics)
        workspace = self.workspace = Workspace(recipe)
        self._trained = [workspace.place(array) for array in [*parameters, *state, *statistics]]
        self._rates = [workspace.place(np.array([rate], np.float32)) for rate in training.rates_of(experiment)]
        # What is in memory: the learning rate of all steps, if they have the same, and the other rates.
        self._learning_rate: float | None = None
        self._other_rates: list | None = None
        self._count = workspace.place(np.array([1], np.float32))
        self._loss = workspace.place(np.zeros(1, np.float32))
        self._inputs = workspace.place(data.inputs)
        self._targets = workspace.place(data.targets)
        self._order = workspace.place(np.zeros((self._block_epochs, len(data.training)), np.int32))
        # Beside one another: while a step runs, the global `log` points to the place of its loss.
        self._losses = workspace.place(np.zeros(LOSSES, np.float32))
        self._learning_rates = workspace.place(np.zeros(LOSSES, np.float32))
        self._keys = workspace.place(np.zeros(LOSSES if "dropout" in self.form else 0, np.int32))
        self._calls = workspace.place(np.zeros((2 * self._block_epochs + 2, 2), np.int32))
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
        """`(parameters, state, statistics)`, given all their arrays in one flat list."""
        parameters, state, _ = self._counts
        arrays = list(arrays)
        return arrays[:parameters], arrays[parameters : parameters + state], arrays[parameters + state :]

    def _add_step(self, name, rows):
        step = training.make_step(self.experiment)
        x = self.workspace.place(self.data.inputs[self.data.training[:rows]])
        targets = self.workspace.place(self.data.targets[self.data.training[:rows]])

        shapes = training.noise_shapes(self.experiment, rows)
        noise = [self.workspace.place(np.zeros(each, np.float32)) for each in shapes]
        rates, fixed = len(self._rates), len(self._rates) + len(noise)

        def flat(count, x, targets, *arrays):
            own = self._split(arrays[fixed:])
            loss, *updated = step(*own, x, targets, arrays[:rates], count, arrays[rates:fixed])
            return [*(array for arrays in updated for array in arrays), loss.reshape(1), count + 1]

        self.workspace.add(
            name,
            flat,
            [self._count, x, targets, *self._rates, *noise, *self._trained],
            [*self._trained, self._loss, self._count],
            before=[
                Gather(rows, self.data.inputs.shape[1], self._inputs.address, x.address),
                Gather(rows, self.data.targets.shape[1], self._targets.address, targets.address),
                Take(self._learning_rates.address - self._losses.address, self._rates[0].address),
                *self._noise_kernels(noise),
            ],
            after=[Append(self._loss.address, 1), Advance(rows)],
        )

    def _noise_kernels(self, slots):
        """Kernels that fill the slots of a step's noise with the numbers of its key, one slot after the other."""
        distance = self._keys.address - self._losses.address
        kernels, first = [], 0
        for slot in slots:
            kernels.append(Noise(slot.initial.size, first, distance, slot.address))
            first += slot.initial.size
        return kernels

    def _add_forward(self):
        """Adds the forward pass: from `PORTION` rows of inputs at `_x` to the slots of all layers' outputs."""

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
        # Row numbers for the cursor to point to: of some rows of the data, and of all rows, where the last one is
        # repeated up to a whole portion.
        self._some_rows = place(np.zeros(PORTION, np.int32))
        every = np.minimum(np.arange(_whole_portions(rows), dtype=np.int32), np.int32(rows - 1))
        self._all_rows = place(every)
        self.workspace.add("forward", forward, [self._x, *self._trained], list(self._outputs.values()))
        self._add_view("outputs", self._inputs)
        last = self._outputs[self._layers[-1].name]
        if rows > PORTION:
            self._output = place(np.zeros((len(every), self._layers[-1].width), np.float32))
            self._add_view("output", self._inputs, [Append(last.address, last.initial.size)])

    def _add_view(self, name, table, after=()):
        """Adds a function: the forward pass for the `PORTION` rows of a table that the cursor names, then `after`."""
        gather = Gather(PORTION, self.data.inputs.shape[1], table.address, self._x.address)
        before = [gather, *self.workspace.kernels("forward")]
        self.workspace.add(name, list, [], [], before, [*after, Advance(PORTION)])

    def _product(self, name, selectors):
        """Kernels that append a layer's output @ its selector to the log; `selectors` maps layers to slots."""
        width, count = selectors[name].initial.shape
        seen = self.workspace.place(np.zeros((PORTION, count), np.float32))
        addresses = self._outputs[name].address, selectors[name].address, seen.address
        return [Product(PORTION, count, width, *addresses), Append(seen.address, seen.initial.size)]

    def _add_positions(self):
        """For each layer, a function for the places of all rows in it and in the next layer, and for their outputs.

        Only if the data's `sample` is smaller than the data.
        """
        self._bases = {}
        rows = len(self._all_rows.initial)
        if len(self.data.sample) == len(self.data.inputs):
            return
        last = self._outputs[self._layers[-1].name]
        self._bases = {
            name: self.workspace.place(np.zeros((width, 3), np.float32)) for name, width in self._widths.items()
        }
        self._positions = self.workspace.place(np.zeros(rows * (6 + last.initial.shape[1]), np.float32))
        products = {name: self._product(name, self._bases) for name in self._widths}
        names = list(self._widths)
        for name, after in zip(names, [*names[1:], None], strict=True):
            both = [*products[name], *(products[after] if after else [])]
            self._add_view("positions " + name, self._inputs, [*both, Append(last.address, last.initial.size)])

    def _add_ends(self, finest):
        """A function for the outputs of the last two layers for a table; appends each portion to `_end_results`."""
        rows = _whole_portions((finest + 1) ** 2)
        ends = [self._outputs[layer.name] for layer in self._layers[-2:]]
        self._end_inputs = _Table(self.workspace.place(np.zeros((rows, self.data.inputs.shape[1]), np.float32)))
        self._end_results = self.workspace.place(np.zeros(rows * sum(layer.width for layer in self._layers[-2:]), "f4"))
        # The numbers of all rows of a table, for the cursor to point to.
        self._rows = self.workspace.place(np.arange(max(rows, _whole_portions(MOST_PLACES)), dtype=np.int32))
        self._add_view("ends", self._end_inputs.slot, [Append(end.address, end.initial.size) for end in ends])

    def _add_evaluation(self):
        """A function for every layer's output @ its selector for a table; appends each portion to `_seen_results`."""
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

    def train(self, rates, first, count):
        """Takes steps `first`, `first + 1`, … in order; returns the loss of each before its update.

        `rates` are `training.RATES`, of which the first may be an array with one for each step. The losses end with the
        first one that is not finite; the network may have been trained beyond it. There may be fewer than `count`
        steps, as one call does not go past `LOSSES` steps or past a block of epochs.
        """
        machine = self.workspace.machine
        epoch, position = divmod(first, self._epoch_steps)
        block, epoch_of_block = divmod(epoch, self._block_epochs)
        if block != self._block:
            self.workspace.write(self._order, training.orders(self.experiment, self.data.training, block))
            self._block = block
        count = min(count, LOSSES, (block + 1) * self._block_epochs * self._epoch_steps - first)
        if np.ndim(rates[0]):
            machine.write(self._learning_rates.address, rates[0][:count])
            self._learning_rate = None
        elif rates[0] != self._learning_rate:
            self._learning_rate = rates[0]
            self.workspace.write(self._learning_rates, np.full(LOSSES, rates[0], np.float32))
        if rates[1:] != self._other_rates:
            self._other_rates = rates[1:]
            for slot, rate in zip(self._rates[1:], rates[1:], strict=True):
                self.workspace.write(slot, np.array([rate], np.float32))
        if "dropout" in self.form:
            machine.write(self._keys.address, training.noise_keys(self.experiment, first, count))
        self.workspace.write(self._count, np.array([first + 1], np.float32))
        row = epoch_of_block * len(self.data.training) + position * self._size
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
        """`(which compiled step, how often to run it)` in order, for `count` steps from `position` in an epoch on."""
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
        widths = {last: self._widths[last]}
        return self._run_portions("output", self._all_rows, self._output, len(self.data.inputs), widths)[last]

    def outputs(self, names, rows=None):
        """The named layers' outputs for all rows of the data, or for `rows`, an array of indices, by name."""
        machine = self.workspace.machine
        if rows is None:
            rows = self._all_rows.initial[: len(self.data.inputs)]
        parts = []
        for first in range(0, max(1, len(rows)), PORTION):
            some = rows[first : first + PORTION]
            if some.base is self._all_rows.initial:
                machine.set("cursor", self._all_rows.address + 4 * first)
            else:
                machine.write(self._some_rows.address, np.asarray(some, np.int32))
                machine.set("cursor", self._some_rows.address)
            machine.call("outputs")
            parts.append({name: self.workspace.read(self._outputs[name])[: len(some)] for name in names})
        return _joined(parts)

    def positions(self, bases):
        """`(output, places)` for all rows of the data: the network's output, and by name layers' outputs @ their bases.

        `bases` maps layers to bases of shape (width, 3): one layer, or two consecutive layers in order. Only for data
        whose `sample` is smaller than the data; for others `outputs` is enough.
        """
        last = self._layers[-1].name
        first = next(iter(bases))
        for name, basis in bases.items():
            self.workspace.write(self._bases[name], basis)
        names = [layer.name for layer in self._layers]
        pair = names[names.index(first) :][:2]
        # The output may be one of these layers itself.
        widths = {**{(name, "place"): 3 for name in pair}, (last, "output"): self._widths[last]}
        rows = len(self.data.inputs)
        found = self._run_portions("positions " + first, self._all_rows, self._positions, rows, widths)
        return found[last, "output"], {name: found[name, "place"] for name in bases}

    def ends(self, inputs):
        """The last two layers' outputs for any table of inputs, shape (rows, inputs), by name."""
        widths = {layer.name: layer.width for layer in self._layers[-2:]}
        return self._by_portions("ends", self._end_inputs, self._end_results, inputs, widths)

    def evaluate(self, inputs, selectors):
        """Every layer's output @ its selector for any table of inputs, shape (rows, inputs), by name.

        A selector has shape (width, `plane.columns(width)`). A selector that is the same array as in the previous call
        must hold the same numbers: it is not copied again.
        """
        for name, selector in selectors.items():
            if selector is not self._selected.get(name):
                self.workspace.write(self._selectors[name], selector)
                self._selected[name] = selector
        widths = {name: columns(width) for name, width in self._widths.items()}
        return self._by_portions("evaluate", self._seen_inputs, self._seen_results, inputs, widths)

    def _by_portions(self, function, table, results, inputs, widths):
        """`_run_portions` for all rows of `inputs`, copied to `table` as many at once as it has room for."""
        most = len(table.slot.initial)
        parts = []
        for first in range(0, max(1, len(inputs)), most):
            part = inputs if len(inputs) <= most else inputs[first : first + most]
            if part is not table.content:
                self.workspace.machine.write(table.slot.address, part)
                # An array that can be written to may hold other numbers the next time.
                table.content = None if part.flags.writeable else part
            parts.append(self._run_portions(function, self._rows, results, len(part), widths))
        return _joined(parts)

    def _run_portions(self, function, numbers, results, rows, widths):
        """Runs a function for `rows` rows. Returns what it appends to `results`: a dict of arrays, shape (rows, width).

        `numbers` is the slot of the row numbers; `widths` maps names to widths, in the order of appending.
        """
        machine = self.workspace.machine
        portions = -(-rows // PORTION)
        machine.set("cursor", numbers.address)
        machine.set("log", results.address)
        machine.call("repeat", self.workspace.numbers[function], portions)
        left = machine.read(results.address, (portions, PORTION * sum(widths.values())))
        ends = np.split(left, np.cumsum([PORTION * width for width in widths.values()])[:-1], axis=1)
        return {name: end.reshape(-1, width)[:rows] for (name, width), end in zip(widths.items(), ends, strict=True)}

    def kernels(self, rows=None, count=None):
        """The dense layers' kernels in order, or only the first `count`, or only the first `rows` of each."""
        slots = [slot for slot in self._trained[: self._counts[0]] if slot.initial.ndim == 2]
        return [self.workspace.machine.read(slot.address, slot.initial[:rows].shape) for slot in slots[:count]]

    def arrays(self):
        """Everything that training changes: `(parameters, state, statistics)`, flat lists of arrays."""
        return self._split(self.workspace.read(slot) for slot in self._trained)

    def restore(self, arrays):
        """Restores the network to what it was when `arrays()` returned these."""
        self.version += 1
        for slot, array in zip(self._trained, [*arrays[0], *arrays[1], *arrays[2]], strict=True):
            self.workspace.write(slot, array)


class _Table:
    """A slot for inputs, and the read-only array whose numbers are there, or None."""

    def __init__(self, slot):
        self.slot = slot
        self.content = None


def _joined(parts):
    return parts[0] if len(parts) == 1 else {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _whole_portions(rows):
    return -(-rows // PORTION) * PORTION
