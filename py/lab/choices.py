"""From a choice to the function that carries it out."""

import importlib

from spec import registry

# Where the functions of a kind are, each by the name of its key.
MODULES = {
    "dataset": "lab.datasets",
    "activation": "lab.activations",
    "initialization": "lab.initializers",
    "optimizer": "lab.optimizers",
    "loss": "lab.losses",
}


def function_of(kind, key):
    """The function of a choice: the one that it was entered with, or else the one of its name; KeyError without it."""
    return registry.entry(kind, key).function or getattr(importlib.import_module(MODULES[kind]), key)
