"""The lab's side of the benchmark, run in Pyodide: trains one network on one batch, step after step."""

import json
from time import perf_counter

import numpy as np

import spec
from lab import losses, network, training


class Training:
    """A network of the lab and its batch, from a description in JSON, as `peers.js` explains it."""

    def __init__(self, description):
        given = json.loads(description)
        self._experiment = {
            **spec.DEFAULTS,
            "hidden_layers": tuple(given["hiddenLayers"]),
            "activation": given["activation"],
            "learning_rate": given["learningRate"],
            "batch_size": len(given["labels"]),
            "optimizer": "momentum",
            "loss": "cross_entropy",
        }
        self._x = np.array(given["points"], np.float32)
        self._y = np.eye(given["classes"], dtype=np.float32)[given["labels"]]
        self._parameters, self._statistics = network.initialize(self._experiment)
        self._state = training.initial_state(self._experiment, self._parameters)
        self._step = training.make_step(self._experiment)
        self._count = 0

    def run(self, steps):
        """Trains so many steps; returns the milliseconds they took."""
        rate = self._experiment["learning_rate"]
        start = perf_counter()
        for _ in range(steps):
            self._count += 1
            _, self._parameters, self._state, self._statistics = self._step(
                self._parameters, self._state, self._statistics, self._x, self._y, rate, self._count
            )
        return (perf_counter() - start) * 1e3

    def loss(self):
        """The loss on the batch as the network is now."""
        outputs = network.predict(self._experiment, self._parameters, self._statistics, self._x)
        return float(losses.cross_entropy(network.output(outputs), self._y))
