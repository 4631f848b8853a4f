"""The data in a person's table, as a network learns them, and data written as a table."""

import csv
import hashlib
import io
from typing import NamedTuple

import numpy as np

from lab import own_sets
from lab.own_sets import moments
from lab.table_choices import checked
from lab.table_error import TableError
from lab.table_plan import plan_of
from spec import own_tables, shape
from spec.registry import CLASSIFICATION

# The digits of a key.
KEY_DIGITS = 16


class TableData(NamedTuple):
    """The data of a table, in the table's own units, and how they are standardized.

    numbers: float64 (rows, inputs). mean, scale: float64 (inputs,), what is taken off each input, and by what it is
    divided then; 0 and 1 if they are not standardized. names: the inputs' names. task: a task of the registry. values:
    int64 (rows,), labels, or float64 (rows,), numbers to predict. value_mean, value_scale: as above for the values, 0
    and 1 for labels. classes: the classes' names, empty for regression. target: the name of the predicted column.
    lines: int64 (rows,), in which line of the file each row begins.
    """

    numbers: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    names: list
    task: str
    values: np.ndarray
    value_mean: float
    value_scale: float
    classes: list
    target: str
    lines: np.ndarray

    @property
    def inputs(self):
        """What the network is given, float32 (rows, inputs): times `scale`, plus `mean`, it is `numbers`."""
        return ((self.numbers - self.mean) / self.scale).astype(np.float32)

    @property
    def targets(self):
        """What it learns, as a data set's function returns it: labels, int64 (rows,), or numbers, float32 (rows,)."""
        if self.task == CLASSIFICATION:
            return self.values
        return ((self.values - self.value_mean) / self.value_scale).astype(np.float32)


def data_of(table, choices=None):
    """The `TableData` of a `table_opening.Table` by `table_choices`. Raises TableError with the reading's `problem`."""
    choices = checked(choices)
    plan = plan_of(table, choices)
    if plan.problem:
        raise TableError(plan.problem)
    target = table.columns[plan.target]
    numbers = np.stack([table.columns[place].numbers[plan.rows] for place in plan.used], axis=1)
    classification = plan.task == CLASSIFICATION
    values = plan.labels if classification else target.numbers[plan.rows]
    mean, scale, value_mean, value_scale = np.zeros(len(plan.used)), np.ones(len(plan.used)), 0.0, 1.0
    if choices["standardize"] is not False:
        mean, scale = moments(numbers)
        if not classification:
            value_mean, value_scale = map(float, moments(values))
    names = [table.columns[place].name for place in plan.used]
    lines = table.lines[plan.rows]
    return TableData(
        numbers, mean, scale, names, plan.task, values, value_mean, value_scale, plan.classes, target.name, lines
    )


def own_table(table, choices, name):
    """`(key, content)` of a `table_opening.Table` by `table_choices`, as `spec/own_tables.py` has it; content is bytes.

    `name` is what the table is called; the key does not depend on it. Raises TableError with the reading's `problem`.
    """
    data = data_of(table, choices)
    standardize = checked(choices)["standardize"] is not False
    names, classes = map(_short, data.names), map(_short, data.classes)
    return written(name, data.task, list(names), data.target, list(classes), standardize, data.numbers, data.values)


def written(name, task, names, target, classes, standardize, numbers, values, held_out=None, units=None, extent=None):
    """`(key, content)` of rows, `numbers` (rows, inputs) and `values` (rows,), as `spec/own_tables.py` has them."""
    parts = (task, len(numbers), names, _short(target), classes, standardize, held_out, units, extent)
    rows = np.column_stack([numbers, values]).tolist()
    body = "".join([",".join([repr(number).removesuffix(".0") for number in row]) + "\n" for row in rows])
    nameless = own_tables.write(("", *parts))
    key = hashlib.sha256(f"{nameless}\n{body}".encode()).hexdigest()[:KEY_DIGITS]
    return key, f"{own_tables.write((_short(name), *parts))}\n{body}".encode()


def csv_of_data(data, experiment):
    """The examples of a `datasets.Data` as text in CSV, in the units in which a person reads them."""
    traits = shape.traits_of(experiment)
    if traits.get("own"):
        own = own_sets.own_set(experiment["table"])
        return csv_of(traits["columns"], own.numbers, traits["target"], own.values, traits["classes"])
    numbers = data.columns * data.scales + data.means
    names = shape.column_names(experiment) or _numbered("input", numbers.shape[1])
    if traits["task"] == CLASSIFICATION:
        classes = traits.get("classes") or _numbered("class", data.targets.shape[1])
        return csv_of(names, numbers, traits.get("target", "class"), data.labels, classes)
    values = data.targets[:, 0] * data.value_scale + data.value_mean
    return csv_of(names, numbers, traits.get("target", "number"), values)


def _numbered(what, count):
    return [f"{what} {index}" for index in range(count)]


def _short(text):
    return text[: own_tables.LONGEST_NAME]


def csv_of(names, numbers, target, values, classes=()):
    """The table with these inputs and what is to be predicted, as text in CSV, in which `open_table` finds the same.

    names: the inputs' names. numbers: (rows, inputs). target: the name of the last column. values: (rows,), labels if
    there are `classes`, else numbers. Every number is written with as many digits as its type needs to be read back.
    """
    last = [classes[label] for label in values] if len(classes) else _texts(np.asarray(values))
    columns = [_texts(column) for column in np.asarray(numbers).T]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*names, target])
    writer.writerows(zip(*columns, last, strict=True))
    return text.getvalue()


def _texts(numbers):
    """The shortest texts that are read back as the same numbers; whole ones without a point."""
    return [str(number).removesuffix(".0") for number in numbers]
