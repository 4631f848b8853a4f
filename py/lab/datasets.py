"""The data of a run: what a data set's function has made, split into rows to train on and rows held out."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from lab import own_sets, real_sets, tasks
from lab.choices import function_of
from lab.features import inputs_of
from spec import fields, registry, shape


class Data(NamedTuple):
    """The examples, and which of them to train on.

    `columns`, shape (rows, columns), are the numbers that an example is; `features(columns)` are the network's
    `inputs`, shape (rows, inputs); without it they are the columns. These and `targets`, shape (rows, outputs), are
    float32. `labels`, shape (rows,), int, are the classes; for regression they are levels, see `tasks`. `training`,
    `held_out` and `sample` are row numbers in ascending order: the rows to train on, the other rows, and the rows from
    which projections and probes are computed, which are all rows or `shape.SAMPLE_ROWS` of them.

    All may be standardized: in their own units the columns are `means` + `scales` · columns, both (columns,), and the
    targets of a regression are `value_mean` + `value_scale` · target.
    """

    columns: np.ndarray
    inputs: np.ndarray
    labels: np.ndarray
    targets: np.ndarray
    training: np.ndarray
    held_out: np.ndarray
    sample: np.ndarray
    means: np.ndarray
    scales: np.ndarray
    value_mean: float = 0.0
    value_scale: float = 1.0
    features: Callable | None = None


def load(experiment):
    """The experiment's `Data`, split at random, by the data seed, into training rows and held-out rows.

    Of many columns those that the experiment does not use are left out.
    """
    data = _own(experiment) if shape.traits_of(experiment).get("own") else _of_set(experiment)
    kept = shape.kept_columns(experiment)
    if kept is not None:
        kept = list(kept)
        columns = data.columns[:, kept]
        return data._replace(columns=columns, inputs=columns, means=data.means[kept], scales=data.scales[kept])
    keys = shape.features(experiment)
    if keys is None:
        return data
    features = partial(inputs_of, keys=keys)
    return data._replace(inputs=features(data.columns), features=features)


def _of_set(experiment):
    """The `Data` of a set of the registry."""
    seed = fields.data_seed_of(experiment)
    size = shape.shape_of(experiment)
    rng = np.random.default_rng([seed, 0])
    options = {"noise": experiment["noise"] / 100, "classes": size.outputs}
    taken = {name: value for name, value in options.items() if shape.is_taken(experiment, name)}
    inputs, values = function_of("dataset", experiment["dataset"])(rng, size.rows, **taken)
    order = rng.permutation(size.rows)
    data = assemble(inputs, values, order[: size.training], order[size.training :], size.outputs, size.task, seed)
    if not registry.trait("dataset", experiment["dataset"], "table"):
        return data
    means, scales = real_sets.units_of(experiment["dataset"])
    return data._replace(means=means, scales=scales)


def _own(experiment):
    """The `Data` of a person's own table."""
    seed = fields.data_seed_of(experiment)
    size = shape.shape_of(experiment)
    own = own_sets.own_set(experiment["table"])
    if own.held_out is not None and experiment["held_out"] is None:
        held_out = own.held_out
        training = np.setdiff1d(np.arange(size.rows), held_out)
    else:
        order = np.random.default_rng([seed, 0]).permutation(size.rows)
        training, held_out = order[: size.training], order[size.training :]
    data = assemble(own.inputs, own.targets, training, held_out, size.outputs, size.task, seed)
    return data._replace(means=own.mean, scales=own.scale, value_mean=own.value_mean, value_scale=own.value_scale)


def assemble(inputs, values, training, held_out, outputs, task, seed=0):
    """The `Data` made of `inputs` and `values`, as a data set's function returns them.

    `training` and `held_out` are the row numbers of the two parts, `outputs` is the number of the network's outputs,
    `task` a task of the registry; `seed` draws the sample.
    """
    inputs = np.asarray(inputs, np.float32)
    labels, targets = tasks.prepare(task, np.asarray(values), outputs)
    rows = len(inputs)
    sample = np.arange(rows)
    if rows > shape.SAMPLE_ROWS:
        sample = np.sort(np.random.default_rng([seed, 3]).choice(rows, shape.SAMPLE_ROWS, replace=False))
    means, scales = np.zeros(inputs.shape[1]), np.ones(inputs.shape[1])
    return Data(inputs, inputs, labels, targets, np.sort(training), np.sort(held_out), sample, means, scales)
