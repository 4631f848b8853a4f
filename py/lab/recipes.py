"""Keeps what the engine compiled for the latest networks, so that going back to one of them compiles nothing."""

from collections import OrderedDict
from collections.abc import Hashable

from lab import training
from lab.choices import function_of
from spec import fields, shape

KEPT = 16

_recipes: OrderedDict[Hashable, dict] = OrderedDict()


def forget():
    """Forgets all recipes: every experiment is compiled again."""
    _recipes.clear()


def recipe_of(experiment, data, drawn=True):
    """The recipe (see `Workspace`) that all experiments with the same compiled code share; empty the first time."""
    choices = (experiment[name] for name in fields.names(fields.NETWORK))
    # The functions are part of the key because another function may be entered under the same name.
    formulas = (
        function_of("loss", shape.loss_of(experiment)),
        function_of("optimizer", experiment["optimizer"]),
        function_of("normalization", experiment["normalization"]),
        function_of("activation", experiment["activation"]),
    )
    key = (
        shape.shape_of(experiment).task,
        data.inputs.shape,
        data.targets.shape,
        len(data.training),
        drawn,
        training.form_of(experiment),
        formulas,
        *(tuple(value) if isinstance(value, list) else value for value in choices),
    )
    recipe = _recipes.setdefault(key, {})
    _recipes.move_to_end(key)
    if len(_recipes) > KEPT:
        _recipes.popitem(last=False)
    return recipe
