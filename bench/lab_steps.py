"""The lab as a contender, run in Pyodide: trains one network on its batches, step after step."""

import json
from time import perf_counter

import numpy as np

from lab import datasets, network, tasks, training
from lab.compiled import CompiledTrainer
from lab.plain import PlainTrainer
from spec import fields, registry

TRAINERS = {"wasm": CompiledTrainer, "autograd": PlainTrainer}


class Training:
    """A network of the lab and its data, made from a description in JSON, which `peers.js` explains.

    `kernels` are the initial kernels, one for each dense layer: buffers of inputs × outputs float32 numbers. The
    description may also have `engine` ("wasm" or "autograd"), `batchSize` (by default all points), and `choices`, which
    override fields of the experiment.
    """

    def __init__(self, description, kernels):
        given = json.loads(description)
        self._experiment = {
            **fields.defaults(),
            "hidden_layers": tuple(given["hiddenLayers"]),
            "activation": given["activation"],
            "learning_rate": given["learningRate"],
            "batch_size": given.get("batchSize", len(given["labels"])),
            "optimizer": "momentum",
            "loss": "cross_entropy",
            **given.get("choices", {}),
        }
        rows = np.arange(len(given["labels"]))
        self._data = datasets.assemble(
            given["points"], given["labels"], rows, rows[:0], given["classes"], registry.CLASSIFICATION
        )
        self._trainer = TRAINERS[given.get("engine", "wasm")](self._experiment, self._data)
        self._trainer.restore(with_kernels(self._trainer.arrays(), kernels))
        self._count = 0

    def run(self, steps):
        """Trains so many steps. Returns the milliseconds that they took."""
        rates = training.rates_of(self._experiment)
        start = perf_counter()
        end = self._count + steps
        while self._count < end:
            self._count += len(self._trainer.train(rates, self._count, end - self._count))
        return (perf_counter() - start) * 1e3

    def loss(self):
        """The present loss on all points, computed in NumPy from the network's parameters."""
        parameters, _, statistics = self._trainer.arrays()
        outputs = network.predict(self._experiment, parameters, statistics, self._data.inputs)
        task = tasks.task_of(self._experiment, self._data)
        return task.measure(network.output(outputs), self._data.targets)[0]


def with_kernels(arrays, kernels):
    """A trainer's `arrays()` with its kernels replaced."""
    parameters, *others = arrays
    given = iter(kernels)
    replaced = [
        np.array(next(given), np.float32).reshape(parameter.shape) if parameter.ndim == 2 else parameter
        for parameter in parameters
    ]
    return replaced, *others
