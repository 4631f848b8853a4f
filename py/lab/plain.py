"""Trains in plain autograd, one batch after the other: the way that always works."""

import numpy as np

from lab import network, training
from spec import shape

# Rows that go through the network at once, so that all that its layers make of them never is in memory together.
PORTION = 4096


class PlainTrainer:
    """A network in training. A step is numbered from 0 through all epochs; its batch depends on nothing else.

    `compiled.CompiledTrainer` does the same with the same methods.
    """

    engine = "autograd"

    def __init__(self, experiment, data, reason=""):
        self.experiment, self.data = experiment, data
        # Another number whenever the network may be another.
        self.version = 0
        # Why it is not compiled, where that was tried.
        self.reason = reason
        self._parameters, self._statistics = network.initialize(experiment)
        self._state = training.initial_state(experiment, self._parameters)
        self._step = training.make_step(experiment)
        self._names = shape.layer_names(experiment)

    def train(self, learning_rate, first, count):
        """Takes steps `first`, `first + 1`, … in order; returns the loss of each before its update.

        It stops behind the first loss that is not finite, without that update; so there may be fewer than `count`.
        """
        taken = []
        self.version += 1
        for number in range(first, first + count):
            batch = training.batch(self.experiment, self.data.training, number)
            loss, *updated = self._step(
                self._parameters,
                self._state,
                self._statistics,
                self.data.inputs[batch],
                self.data.targets[batch],
                np.float32(learning_rate),
                np.float32(number + 1),
            )
            taken.append(float(loss))
            if not np.isfinite(loss):
                break
            self._parameters, self._state, self._statistics = updated
        return np.array(taken)

    def output(self):
        """The network's output for all rows of the data."""
        return self.outputs(self._names[-1:])[self._names[-1]]

    def outputs(self, names, rows=None):
        """The named layers' outputs for all rows of the data, or for `rows`, an array of indices, by name."""
        inputs = self.data.inputs if rows is None else self.data.inputs[rows]
        return self._passed(inputs, lambda outputs: {name: outputs[name] for name in names})

    def positions(self, bases):
        """`(output, places)` for all rows of the data: the network's output, and by name a layer's output @ its basis.

        `bases`, shape (width, 3) each, are those of one layer or of two that follow one another, in order.
        """

        def seen(outputs):
            return {None: network.output(outputs), **{name: outputs[name] @ basis for name, basis in bases.items()}}

        found = self._passed(self.data.inputs, seen)
        return found.pop(None), found

    def ends(self, inputs):
        """The last two layers' outputs for any table of inputs, shape (rows, inputs), by name."""
        return self._passed(inputs, lambda outputs: {name: outputs[name] for name in self._names[-2:]})

    def evaluate(self, inputs, selectors):
        """Every layer's output @ its selector for any table of inputs, shape (rows, inputs), by name.

        A selector has shape (width, `plane.columns(width)`).
        """
        return self._passed(
            inputs, lambda outputs: {name: output @ selectors[name] for name, output in outputs.items()}
        )

    def _passed(self, inputs, seen):
        """What `seen` makes of all layers' outputs by name, for the rows of a table: a dict of arrays."""
        parts = []
        for first in range(0, max(1, len(inputs)), PORTION):
            part = inputs[first : first + PORTION]
            parts.append(seen(network.predict(self.experiment, self._parameters, self._statistics, part)))
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def kernels(self, rows=None):
        """The dense layers' kernels in order, or only the first `rows` of each."""
        return [parameter[:rows] for parameter in self._parameters if parameter.ndim == 2]

    def arrays(self):
        """Everything that training changes: `(parameters, state, statistics)`, flat lists of arrays."""
        return self._parameters, self._state, self._statistics

    def restore(self, arrays):
        """Goes back to where the network was when `arrays()` gave these."""
        self.version += 1
        self._parameters, self._state, self._statistics = arrays
