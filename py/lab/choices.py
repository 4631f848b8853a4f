"""Finds the function that carries out a choice of the registry."""

import importlib

from spec import registry

# Kind -> the module with its functions; a function has the name of its key.
MODULES = {
    "dataset": "lab.toy_sets",
    "feature": "lab.features",
    "activation": "lab.activations",
    "normalization": "lab.layers",
    "initialization": "lab.initializers",
    "optimizer": "lab.optimizers",
    "loss": "lab.losses",
    "schedule": "lab.schedules",
    "shading": "lab.shadings",
    "projection": "lab.projections",
}
# The module for data sets that have a table.
REAL_SETS = "lab.real_sets"


def function_of(kind, key):
    """The function of a choice; for a normalization a `layers.Layer`.

    It is the one that was entered into the registry with the choice or, if there was none, the one named like the key
    in the module of its kind; that module says what it takes and returns. Raises KeyError for an unknown key.
    """
    module = REAL_SETS if registry.trait(kind, key, "table") else MODULES[kind]
    return registry.entry(kind, key).function or getattr(importlib.import_module(module), key)
