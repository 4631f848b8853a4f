"""Measures how long the lab takes for the grid behind the decision boundary; run in Pyodide."""

import json
from statistics import median
from time import perf_counter

from lab import datasets
from lab.compiled import CompiledTrainer
from lab.plane import plane_of
from spec import fields


def measure(argument):
    """Milliseconds as JSON: `first`, `milliseconds` and `all`.

    `argument` is JSON: `hidden_layers`, `resolution` and `pace`, a `settings.Pace`. `first` is the time of the first
    grid, whose points have to be copied in. `all` are the times of the rounds, each the mean of as many grids as fit
    into it, and `milliseconds` is their median.
    """
    given = json.loads(argument)
    experiment = {**fields.defaults(), "hidden_layers": tuple(given["hidden_layers"])}
    trainer = CompiledTrainer(experiment, datasets.load(experiment))

    grid = plane_of(trainer.data.inputs, 6).grid(given["resolution"])
    rounds, seconds, warm_up = given["pace"]

    def milliseconds_a_grid(seconds):
        start, count = perf_counter(), 0
        while not count or perf_counter() - start < seconds:
            trainer.ends(grid)
            count += 1
        return 1e3 * (perf_counter() - start) / count

    first = milliseconds_a_grid(0)
    milliseconds_a_grid(warm_up)
    others = [milliseconds_a_grid(seconds) for _ in range(rounds)]
    return json.dumps({"first": first, "milliseconds": median(others), "all": others})
