"""How long the lab takes for the grid behind the decision boundary, run in Pyodide."""

import json
from statistics import median
from time import perf_counter

from lab import datasets
from lab.compiled import CompiledTrainer
from lab.plane import plane_of
from spec import fields

FEWEST, LEAST_SECONDS = 2, 0.7


def measure(argument):
    """`argument` is JSON: `hidden_layers` and `resolution`. Returns milliseconds as JSON.

    `first` is the first grid, whose points have to be written; `milliseconds` the median of the later half of the
    others, `all` all of them.
    """
    given = json.loads(argument)
    experiment = {**fields.defaults(), "hidden_layers": tuple(given["hidden_layers"])}
    trainer = CompiledTrainer(experiment, datasets.load(experiment))

    grid = plane_of(trainer.data.inputs, 6).grid(given["resolution"])

    def timed():
        start = perf_counter()
        trainer.ends(grid)
        return 1e3 * (perf_counter() - start)

    first, others = timed(), []
    while len(others) < FEWEST or sum(others) < 1e3 * LEAST_SECONDS:
        others.append(timed())
    return json.dumps({"first": first, "milliseconds": median(others[len(others) // 2 :]), "all": others})
