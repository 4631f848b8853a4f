"""Trains in plain autograd, one batch after the other: the way that always works."""

import numpy as np

from lab import network, training
from lab.plane import grid


class PlainTrainer:
    """A network in training. A step is numbered from 0 through all epochs; its batch depends on nothing else.

    `compiled.CompiledTrainer` does the same with the same methods.
    """

    engine = "autograd"

    def __init__(self, experiment, data, reason=""):
        self.experiment, self.data = experiment, data
        # Why it is not compiled, where that was tried.
        self.reason = reason
        self._parameters, self._statistics = network.initialize(experiment)
        self._state = training.initial_state(experiment, self._parameters)
        self._step = training.make_step(experiment)

    def train(self, learning_rate, first, count):
        """Takes steps `first`, `first + 1`, … in order; returns the loss of each before its update.

        It stops behind the first loss that is not finite, without that update; so there may be fewer than `count`.
        """
        taken = []
        for number in range(first, first + count):
            batch = training.batch(self.experiment, self.data.training, number)
            loss, *updated = self._step(
                self._parameters,
                self._state,
                self._statistics,
                self.data.points[batch],
                self.data.targets[batch],
                np.float32(learning_rate),
                np.float32(number + 1),
            )
            taken.append(float(loss))
            if not np.isfinite(loss):
                break
            self._parameters, self._state, self._statistics = updated
        return np.array(taken)

    def outputs(self, *names):
        """The named layers' outputs for all points, by name."""
        outputs = network.predict(self.experiment, self._parameters, self._statistics, self.data.points)
        return {name: outputs[name] for name in names}

    def grid_outputs(self, resolution):
        """The last two layers' outputs for `plane.grid(resolution)`, by name."""
        outputs = network.predict(self.experiment, self._parameters, self._statistics, grid(resolution))
        return dict(list(outputs.items())[-2:])

    def plane(self, points, selectors):
        """Every layer's output @ its selector for any points of the plane, shape (rows, 2), by name.

        A selector has shape (width, `plane.columns(width)`).
        """
        outputs = network.predict(self.experiment, self._parameters, self._statistics, points)
        return {name: output @ selectors[name] for name, output in outputs.items()}

    def kernels(self, rows=None):
        """The dense layers' kernels in order, or only the first `rows` of each."""
        return [parameter[:rows] for parameter in self._parameters if parameter.ndim == 2]

    def arrays(self):
        """Everything that training changes: `(parameters, state, statistics)`, flat lists of arrays."""
        return self._parameters, self._state, self._statistics

    def restore(self, arrays):
        """Goes back to where the network was when `arrays()` gave these."""
        self._parameters, self._state, self._statistics = arrays
