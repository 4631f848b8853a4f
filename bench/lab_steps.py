"""The lab's side of the comparison, run in Pyodide: trains one network on its batches, step after step."""

import json
from time import perf_counter

import numpy as np

from lab import datasets, tasks
from lab.compiled import CompiledTrainer
from lab.plain import PlainTrainer
from spec import fields, registry

TRAINERS = {"wasm": CompiledTrainer, "autograd": PlainTrainer}


class Training:
    """A network of the lab and its data, from a description in JSON, as `peers.js` explains it.

    Beyond that a description may have `engine` ("wasm" or "autograd"), `batchSize`, where a batch is not all of the
    points, and `choices`: what of an experiment is to differ.
    """

    def __init__(self, description):
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
        self._count = 0

    def run(self, steps):
        """Trains so many steps; returns the milliseconds they took."""
        rate = self._experiment["learning_rate"]
        start = perf_counter()
        end = self._count + steps
        while self._count < end:
            self._count += len(self._trainer.train(rate, self._count, end - self._count))
        return (perf_counter() - start) * 1e3

    def loss(self):
        """The loss on all points as the network is now."""
        task = tasks.task_of(self._experiment, self._data)
        return task.measure(self._trainer.output(), self._data.targets)[0]
