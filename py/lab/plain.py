"""Trains in plain autograd, one batch after the other: slow, but it works for every network."""

import numpy as np

from lab import network, training
from spec import shape

# Rows that go through the network at once, so that the outputs of all layers for all rows are never in memory together.
PORTION = 4096


class PlainTrainer:
    """A network in training. Steps are numbered from 0 through all epochs; the number determines the batch.

    Its steps have the form of the experiment's live values, `form`, and take any rates of that form.
    `compiled.CompiledTrainer` has the same methods. `reason`: why the network was not compiled, if that was tried.
    """

    engine = "autograd"

    def __init__(self, experiment, data, reason=""):
        self.experiment, self.data = experiment, data
        # Changes whenever the network may have changed.
        self.version = 0
        self.form = training.form_of(experiment)
        self.reason = reason
        self._parameters, self._statistics = network.initialize(experiment)
        self._state = training.initial_state(experiment, self._parameters)
        self._step = training.make_step(experiment)
        self._names = shape.layer_names(experiment)

    def train(self, rates, first, count):
        """Takes steps `first`, `first + 1`, … in order; returns the loss of each before its update.

        `rates` are `training.RATES`, of which the first may be an array with one for each step. It stops at the first
        loss that is not finite, without that update, so there may be fewer than `count` losses.
        """
        taken = []
        self.version += 1
        others = [np.float32(rate) for rate in rates[1:]]
        for number, learning_rate in enumerate(np.broadcast_to(np.float32(rates[0]), count), start=first):
            batch = training.batch(self.experiment, self.data.training, number)
            loss, *updated = self._step(
                self._parameters,
                self._state,
                self._statistics,
                self.data.inputs[batch],
                self.data.targets[batch],
                [learning_rate, *others],
                np.float32(number + 1),
                training.noise_of(self.experiment, number, len(batch)),
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
        return self._by_portions(inputs, lambda outputs: {name: outputs[name] for name in names})

    def positions(self, bases):
        """`(output, places)` for all rows of the data: the network's output, and by name layers' outputs @ their bases.

        `bases` maps layers to bases of shape (width, 3): one layer, or two consecutive layers in order.
        """

        def select(outputs):
            return {None: network.output(outputs), **{name: outputs[name] @ basis for name, basis in bases.items()}}

        found = self._by_portions(self.data.inputs, select)
        return found.pop(None), found

    def ends(self, inputs):
        """The last two layers' outputs for any table of inputs, shape (rows, inputs), by name."""
        return self._by_portions(inputs, lambda outputs: {name: outputs[name] for name in self._names[-2:]})

    def evaluate(self, inputs, selectors):
        """Every layer's output @ its selector for any table of inputs, shape (rows, inputs), by name.

        A selector has shape (width, `plane.columns(width)`).
        """
        return self._by_portions(
            inputs, lambda outputs: {name: output @ selectors[name] for name, output in outputs.items()}
        )

    def _by_portions(self, inputs, select):
        """`select(outputs)`, a dict of arrays, for the rows of a table; `outputs` are all layers' outputs by name."""
        parts = []
        for first in range(0, max(1, len(inputs)), PORTION):
            part = inputs[first : first + PORTION]
            parts.append(select(network.predict(self.experiment, self._parameters, self._statistics, part)))
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def kernels(self, rows=None, count=None):
        """The dense layers' kernels in order, or only the first `count`, or only the first `rows` of each."""
        return [parameter[:rows] for parameter in self._parameters if parameter.ndim == 2][:count]

    def arrays(self):
        """Everything that training changes: `(parameters, state, statistics)`, flat lists of arrays."""
        return self._parameters, self._state, self._statistics

    def restore(self, arrays):
        """Restores the network to what it was when `arrays()` returned these."""
        self.version += 1
        self._parameters, self._state, self._statistics = arrays
