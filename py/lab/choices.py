"""From a choice to what carries it out."""

import importlib

from spec import registry

# Where the functions of a kind are, each by the name of its key.
MODULES = {
    "dataset": "lab.datasets",
    "activation": "lab.activations",
    "normalization": "lab.layers",
    "initialization": "lab.initializers",
    "optimizer": "lab.optimizers",
    "loss": "lab.losses",
    "shading": "lab.shadings",
    "projection": "lab.projections",
}


def function_of(kind, key):
    """What a choice was entered with, or else what has its name in the module of its kind; KeyError without it.

    A function, or for a normalization a `layers.Layer`; the module says what it takes and returns.
    """
    return registry.entry(kind, key).function or getattr(importlib.import_module(MODULES[kind]), key)
