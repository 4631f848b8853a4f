"""Contenders without a browser: this lab in CPython, and ones that answer what they are told to."""

import importlib
import json
from itertools import pairwise

import numpy as np

from bench import lab_steps
from bench.driver import ContenderError


class LocalLab:
    """What `driver.Contender` is for the lab, with `measure.js` and `lab_worker.js` in Python."""

    def __init__(self, engine="wasm"):
        self._engine = engine

    def call(self, method, *arguments):
        return getattr(self, method)(*arguments)

    def ask(self, module, argument):
        return json.loads(importlib.import_module(f"bench.{module}").measure(json.dumps(argument)))

    def prepare(self, network, steps, warm_up):
        description = json.dumps({**network, "engine": self._engine})
        self._training = lab_steps.Training(description, kernels(network["hiddenLayers"]))
        losses = [self._training.loss()]
        self._training.run(steps)
        losses.append(self._training.loss())
        return {"losses": losses, "milliseconds": self._training.run(1)}

    def run(self, steps):
        return self._training.run(steps)

    def release(self):
        return self._training.loss()


class Puppet:
    """Answers every question alike, but fails at `failing`, a method's name; starts from `loss` and ends there."""

    def __init__(self, loss=0.5, failing=None):
        self._answers = {
            "ask": {"64": 10.0, "96": 12.0},
            "prepare": {"losses": [0.7, loss], "milliseconds": 0.1},
            "run": 0.2,
            "release": loss,
        }
        self._failing = failing

    def call(self, method, *arguments):
        if method == self._failing:
            raise ContenderError("its library went missing")
        return self._answers[method]


def kernels(hidden_layers, classes=2):
    """Kernels to start from, as `measure.js` makes them: flat, in single precision."""
    rng = np.random.default_rng(0)
    widths = [2, *hidden_layers, classes]
    return [
        rng.normal(0, np.sqrt(2 / inputs), inputs * outputs).astype(np.float32) for inputs, outputs in pairwise(widths)
    ]
