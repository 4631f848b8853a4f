"""A person's own tables as data sets; see `spec/own_tables.py` for how they are written."""

import io
from typing import NamedTuple

import numpy as np

from spec import own_tables
from spec.registry import CLASSIFICATION


class OwnSet(NamedTuple):
    """The rows of a table, and what the network gets of them.

    numbers: float64 (rows, inputs), values: float64 (rows,), both in the table's own units; values are the numbers of
    classes in classification. mean, scale: float64 (inputs,), what is taken off each input, and by what it is divided
    then; value_mean, value_scale: the same for the values. held_out: row numbers, or None where they are to be drawn.
    """

    numbers: np.ndarray
    values: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    value_mean: float
    value_scale: float
    held_out: np.ndarray | None

    @property
    def inputs(self):
        """What the network is given, float64 (rows, inputs): times `scale`, plus `mean`, it is `numbers`."""
        return (self.numbers - self.mean) / self.scale

    @property
    def targets(self):
        """What it learns, as a data set's function returns it: float64 (rows,)."""
        return (self.values - self.value_mean) / self.value_scale


_sets: dict[str, OwnSet] = {}


def keep(key, content):
    """Reads the table with that key, bytes, and keeps it; it is read once only. Raises ValueError if it is damaged."""
    if key in _sets:
        return
    line, _, body = content.partition(b"\n")
    table = own_tables.read(line.decode())
    rows = np.loadtxt(io.StringIO(body.decode()), delimiter=",", ndmin=2, comments=None)
    if rows.shape != (table.rows, len(table.inputs) + 1) or not np.isfinite(rows).all():
        raise ValueError(f"The table has the shape {rows.shape}, not {(table.rows, len(table.inputs) + 1)}")
    own_tables.keep(key, table)
    numbers, values = rows[:, :-1], rows[:, -1]
    mean, scale, value_mean, value_scale = np.zeros(len(table.inputs)), np.ones(len(table.inputs)), 0.0, 1.0
    if table.task == CLASSIFICATION:
        values = values.astype(int)
    if table.standardize:
        mean, scale = moments(numbers)
        if table.task != CLASSIFICATION:
            value_mean, value_scale = map(float, moments(values))
    if table.units is not None:
        mean, scale = np.array(table.units, float)
    held_out = None if table.held_out is None else np.array(table.held_out, int)
    _sets[key] = OwnSet(numbers, values, mean, scale, value_mean, value_scale, held_out)


def own_set(key):
    """The `OwnSet` with that key, which must have been kept; raises KeyError else."""
    return _sets[key]


def moments(numbers):
    """`(mean, scale)` of each column, scale being the standard deviation, or 1 where that is 0."""
    mean = numbers.mean(axis=0)
    scale = numbers.std(axis=0)
    return mean, np.where(scale > 0, scale, 1.0)
