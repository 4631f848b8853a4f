"""A network that was compiled before is not compiled again, and trains as if it had been."""

import numpy as np
import pytest

from engine import workspace
from lab import datasets, recipes
from lab.compiled import CompiledTrainer
from tests.lab import networks
from tests.lab.networks import experiment_of

# Each changes what is compiled; the defaults are the network they differ from.
OTHER_FORMULAS = [
    {"optimizer": "adam"},
    {"normalization": "batch_norm"},
    {"activation": "relu"},
    {"loss": "mean_squared_error"},
    {"batch_size": 30},
    {"hidden_layers": (8, 8)},
    {"hidden_layers": (9,)},
    {"points": 300},
    {"held_out": 0},
    {"dataset": "blobs"},
    {"dropout": 0.5},
    {"clip": 0.5},
]
OTHER_NUMBERS = [
    {"dataset": "xor"},
    {"dataset": "blobs", "classes": 2},
    {"noise": 0},
    {"seed": 7},
    {"initialization": "lecun"},
    {"learning_rate": 0.3},
    {"projection": "tour", "layer": "fc1"},
]


@pytest.fixture(autouse=True)
def nothing_compiled_yet(monkeypatch):
    monkeypatch.setattr(recipes, "_recipes", type(recipes._recipes)())


def trainer(**choices):
    experiment = experiment_of(**choices)
    data = datasets.load(experiment)
    return CompiledTrainer(experiment, data, recipe=recipes.recipe_of(experiment, data))


def afresh(**choices):
    experiment = experiment_of(**choices)
    return CompiledTrainer(experiment, datasets.load(experiment))


@pytest.mark.parametrize("numbers", OTHER_NUMBERS, ids=str)
@pytest.mark.parametrize(
    "formulas", [{}, {"optimizer": "adam", "normalization": "batch_norm", "batch_size": 50}, {"dropout": 0.2}]
)
def test_other_numbers_are_trained_by_what_was_compiled_before(numbers, formulas, monkeypatch):
    expected = afresh(**formulas, **numbers)
    trainer(**formulas)

    def forbidden(*arguments):
        raise AssertionError("compiled again")

    monkeypatch.setattr(workspace, "compile_function", forbidden)
    again = trainer(**formulas, **numbers)
    assert again.workspace.module == expected.workspace.module
    np.testing.assert_array_equal(again.train(networks.rates(0.05), 0, 25), expected.train(networks.rates(0.05), 0, 25))
    for ours, theirs in zip(again.arrays(), expected.arrays(), strict=True):
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("formulas", OTHER_FORMULAS, ids=str)
def test_other_formulas_are_compiled_afresh(formulas):
    assert trainer().workspace.module != trainer(**formulas).workspace.module
    assert trainer(**formulas).workspace.module == afresh(**formulas).workspace.module


def test_lists_and_tuples_are_the_same_network():
    experiment = experiment_of(hidden_layers=(4, 3))
    data = datasets.load(experiment)
    listed = {**experiment, "hidden_layers": [4, 3]}
    assert recipes.recipe_of(listed, data) is recipes.recipe_of(experiment, data)


def test_only_the_last_are_kept():
    def recipe(width):
        experiment = experiment_of(hidden_layers=(width,))
        return recipes.recipe_of(experiment, datasets.load(experiment))

    first, second = recipe(1), recipe(2)
    for width in range(3, recipes.KEPT + 1):
        recipe(width)
        assert recipe(1) is first
    assert recipe(recipes.KEPT + 1) is not None
    assert recipe(1) is first, "it was asked for again and again"
    assert recipe(2) is not second
