"""Points that a person draws on the plane, erases, moves, or gives another class: the data after that, as a table."""

import numpy as np

from lab.table_data import written
from lab.table_error import TableError
from spec import own_tables, registry, shape
from spec.registry import CLASSIFICATION

LEAST_ROWS = 2


def drawn_on(data, experiment, edits):
    """`(key, content)` of a run's `datasets.Data` after `edits`, as `spec/own_tables.py` has it; content is bytes.

    `edits` is a dict: `erase`, row numbers; `move`, [row, x, y]; `label`, [row, class]; `add`, [x, y, class]. Rows are
    those before, places those of the plane. What is added is trained on, and everything else stays what it was; so do
    the units in which the network gets it. Raises TableError where that is no table that can be used.
    """
    if shape.shape_of(experiment).task != CLASSIFICATION or shape.traits_of(experiment)["inputs"] != 2:
        raise TableError("Points can be drawn where there are two inputs, and classes to predict.")
    inputs, labels = data.columns.astype(np.float64), data.labels.copy()
    for row, x, y in edits.get("move", ()):
        inputs[row] = x, y
    for row, label in edits.get("label", ()):
        labels[row] = label
    stays = np.ones(len(inputs), bool)
    stays[np.array(edits.get("erase", ()), int)] = False
    held_out = np.zeros(len(inputs), bool)
    held_out[data.held_out] = True
    added = np.array(edits.get("add", ()), float).reshape(-1, 3)
    inputs = np.concatenate([inputs[stays], added[:, :2]])
    labels = np.concatenate([labels[stays], added[:, 2].astype(int)])
    held_out = np.concatenate([held_out[stays], np.zeros(len(added), bool)])
    _check(inputs, labels, held_out)
    traits = shape.traits_of(experiment)
    count = max(data.targets.shape[1], labels.max() + 1)
    classes = list(traits.get("classes") or ())
    classes += [f"class {label}" for label in range(len(classes), count)]
    return written(
        _name(experiment),
        CLASSIFICATION,
        list(traits.get("columns") or ("x", "y")),
        traits.get("target", "class"),
        classes,
        False,
        inputs * data.scales + data.means,
        labels,
        np.flatnonzero(held_out).tolist(),
        [data.means.tolist(), data.scales.tolist()],
        traits.get("extent"),
    )


def _check(inputs, labels, held_out):
    if len(inputs) - np.count_nonzero(held_out) < LEAST_ROWS:
        raise TableError(f"At least {LEAST_ROWS} points to train on have to stay.")
    if len(inputs) > own_tables.MOST_ROWS:
        raise TableError(f"There can be at most {own_tables.MOST_ROWS:,} points.")
    if not (np.isfinite(inputs).all() and labels.min() >= 0 and labels.max() < own_tables.MOST_CLASSES):
        raise TableError("A point lies nowhere, or has a class that there is not.")


def _name(experiment):
    """What the table is called: as the one that is drawn on."""
    traits = shape.traits_of(experiment)
    name = traits.get("name") or registry.entry("dataset", experiment["dataset"]).label
    return name if name.endswith(DRAWN) else name + DRAWN


DRAWN = ", drawn on"
