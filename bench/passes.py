"""Measures what the engine's passes gain: a training step with one of them switched off, under CPython.

    PYTHONPATH=.:py .venv/bin/python -m bench.passes

It prints microseconds per step (batches of 40, tanh, cross entropy, momentum) and the number of kernels.
"""

from contextlib import contextmanager
from statistics import median
from time import perf_counter
from unittest.mock import patch

from bench.settings import THOROUGH
from engine import fuse
from lab import datasets, training
from lab.compiled import CompiledTrainer
from lab.plain import PlainTrainer
from spec import fields

NETWORKS = ((8,), (8, 8, 8), (128, 128))
MANY = 50


@contextmanager
def engine_unchanged():
    """Within this context the engine is as it is."""
    yield


@contextmanager
def without_fusing():
    """Within this context every operation is a loop of its own, whose result is stored."""
    with patch.object(fuse, "DEPTH_LIMIT", 1), patch.object(fuse, "CHEAP", 0):
        yield


# What is left out -> (a context, the trainer, the number of steps by one call from Python)
WAYS = {
    "nothing left out": (engine_unchanged, CompiledTrainer, MANY),
    "a call from Python for every step": (engine_unchanged, CompiledTrainer, 1),
    "no fusing": (without_fusing, CompiledTrainer, MANY),
    "no engine: plain autograd": (engine_unchanged, PlainTrainer, 1),
}


def microseconds_a_step(trainer, at_once, pace):
    """Microseconds per step: the median of the rounds of a `settings.Pace`; one call takes `at_once` steps."""
    step, times = 0, []
    for _ in range(pace.rounds):
        began, first = perf_counter(), step
        while perf_counter() - began < pace.seconds:
            step += len(trainer.train(training.rates_of(trainer.experiment), step, at_once))
        times.append((perf_counter() - began) / (step - first) * 1e6)
    return median(times)


def kernels(trainer):
    """The number of kernels in a step, or a dash."""
    return len(trainer.workspace.kernels("full")) if isinstance(trainer, CompiledTrainer) else "–"


def main(settings=THOROUGH):
    print("left out | " + " | ".join(", ".join(map(str, widths)) for widths in NETWORKS))
    for name, (way, trainer_of, at_once) in WAYS.items():
        cells = []
        for widths in NETWORKS:
            experiment = {**fields.defaults(), "hidden_layers": widths}
            with way():
                trainer = trainer_of(experiment, datasets.load(experiment))
            cells.append(f"{microseconds_a_step(trainer, at_once, settings.passes):.1f} µs, {kernels(trainer)} kernels")
        print(f"{name} | " + " | ".join(cells))


if __name__ == "__main__":
    main()
