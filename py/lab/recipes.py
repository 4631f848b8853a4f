"""What the engine has found out of the networks that were compiled last, so that to come back to one takes no time."""

from collections import OrderedDict
from collections.abc import Hashable

from lab.choices import function_of
from spec import fields, shape

KEPT = 16

_recipes: OrderedDict[Hashable, dict] = OrderedDict()


def forget():
    """From now on every experiment is compiled as if it were the first."""
    _recipes.clear()


def recipe_of(experiment, data, drawn=True):
    """The recipe, for `CompiledTrainer`, of all experiments that are compiled to the same: empty the first time."""
    choices = (experiment[name] for name in fields.names(fields.NETWORK))
    # What has a choice's key may be entered anew.
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
        formulas,
        *(tuple(value) if isinstance(value, list) else value for value in choices),
    )
    recipe = _recipes.setdefault(key, {})
    _recipes.move_to_end(key)
    if len(_recipes) > KEPT:
        _recipes.popitem(last=False)
    return recipe
