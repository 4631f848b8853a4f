"""Measures how long the lab takes from a change of the network until the new one can be trained; run in Pyodide."""

import json
from contextlib import ExitStack, contextmanager
from statistics import median
from time import perf_counter
from unittest.mock import patch

from engine import pipeline, place, workspace
from engine.machine import Machine
from lab import datasets, network
from lab.compiled import CompiledTrainer
from spec import fields

# Stage -> (owner, name of the function in it). The time of a stage does not include that of another stage inside it.
STAGES = {
    "parameters": (network, "initialize"),
    "record": (pipeline, "record"),
    "prove": (pipeline, "prove"),
    "simplify": (pipeline, "simplify"),
    "fuse": (pipeline, "fuse"),
    "lower": (place, "lower"),
    "place": (pipeline, "place"),
    "assemble": (workspace, "assemble"),
    "WebAssembly": (workspace, "Machine"),
    "copy in": (Machine, "write"),
}

# No further construction begins after so many milliseconds.
LONGEST_MS = 8000


def measure(argument):
    """Times of constructing a trainer, in milliseconds, as JSON; `argument` is JSON: `hidden_layers`, `repetitions`.

    `first` is the time of the first construction, `all` are those of the following ones (at most `repetitions`, within
    `LONGEST_MS`), and `milliseconds` is their median. `first_stages` is how the first time divides into stages,
    `stages` are medians of the others, stage by stage. `bytes` is the size of the module.
    """
    given = json.loads(argument)
    first, others = construct(given["hidden_layers"], 0), []
    while not others or (
        len(others) < given["repetitions"] and sum(each["milliseconds"] for each in others) < LONGEST_MS
    ):
        others.append(construct(given["hidden_layers"], len(others) + 1))
    milliseconds = [each["milliseconds"] for each in others]
    stages = {stage: median(each["stages"].get(stage, 0) for each in others) for stage in (*STAGES, "rest")}
    result = {"first": first["milliseconds"], "milliseconds": median(milliseconds), "all": milliseconds}
    return json.dumps({**result, "first_stages": first["stages"], "stages": stages, "bytes": first["bytes"]})


def construct(hidden_layers, seed):
    """One construction of the trainer: `milliseconds`, the same by `stages`, and `bytes`, the size of the module."""
    experiment = {**fields.defaults(), "hidden_layers": tuple(hidden_layers), "seed": seed}
    data = datasets.load(experiment)
    clock = Clock()
    with clock.wrapped(STAGES):
        start = perf_counter()
        CompiledTrainer(experiment, data)
        seconds = perf_counter() - start
    stages = {**clock.seconds, "rest": seconds - sum(clock.seconds.values())}
    return {
        "milliseconds": 1e3 * seconds,
        "stages": {stage: 1e3 * seconds for stage, seconds in stages.items()},
        "bytes": len(clock.results["assemble"]),
    }


class Clock:
    """Measures the time of functions, without the time of other measured functions that they call."""

    def __init__(self):
        # By stage: the seconds, and the latest result.
        self.seconds = {}
        self.results = {}
        self._inner = 0.0

    @contextmanager
    def wrapped(self, stages):
        """Within this context the functions of `stages` are timed."""
        with ExitStack() as stack:
            for stage, (owner, name) in stages.items():
                stack.enter_context(patch.object(owner, name, self._timed(stage, getattr(owner, name))))
            yield

    def _timed(self, stage, function):
        def timed(*arguments, **options):
            outer, self._inner = self._inner, 0.0
            start = perf_counter()
            result = function(*arguments, **options)
            seconds = perf_counter() - start
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds - self._inner
            self._inner = outer + seconds
            self.results[stage] = result
            return result

        return timed
