"""What a table is used for: the column to predict, the inputs, and the rows, as chosen or as proposed."""

from typing import NamedTuple

import numpy as np

from lab import table_columns
from lab.table_columns import CLASS, CONSTANT, EMPTY, INDEX, MOST_CLASSES, NUMBER, TEXT
from lab.table_error import TableError
from spec.registry import CLASSIFICATION, REGRESSION

MOST_ROWS = 20_000
MOST_INPUTS = 64
# A column is not proposed as an input if more of its cells are missing.
_MOST_MISSING = 0.5
# A class has so many rows on average, in a column of numbers that nothing else marks as classes: in the last column,
# and in the first.
_ROWS_A_CLASS = {"last": 2, "first": 5}
# What columns of classes are often called, and columns to predict.
_CLASS_NAMES = frozenset(
    [
        "class",
        "classes",
        "label",
        "labels",
        "klasse",
        "art",
        "species",
        "kind",
        "type",
        "category",
        "variety",
        "diagnosis",
        "outcome",
        "survived",
    ]
)
_TARGET_NAMES = frozenset(("target", "output", "response"))


class Plan(NamedTuple):
    """What is used of a table.

    task: a task of the registry. target: the number of the column to predict. used: those of the inputs. rows: int64,
    the numbers of the rows that are used. complete: bool, for all rows, whether no cell is missing that is needed; of
    these at most `MOST_ROWS` are used. labels: int64, the class of each used row, and classes: the classes' names, both
    empty for regression. problem: a sentence that says why nothing can be learnt so, or "".
    """

    task: str
    target: int
    used: list
    rows: np.ndarray
    complete: np.ndarray
    labels: np.ndarray
    classes: list
    problem: str


def plan_of(table, choices):
    """The `Plan` for a `table_opening.Table` and checked choices. Raises TableError if a column is not there."""
    width = len(table.columns)
    for place in [choices["target"], *(choices["used"] or ())]:
        if place is not None and place not in range(width):
            raise TableError(f"There is no column {place + 1}: the table has {width}.")
    target, task = choices["target"], choices["task"]
    if target is None:
        target, task = _proposed_target(table, task)
    task = task or (CLASSIFICATION if is_class(table.columns[target]) else REGRESSION)
    if choices["used"] is None:
        used = proposed_inputs(table, target)[:MOST_INPUTS]
    else:
        used = sorted(set(choices["used"]) - {target})
    complete = np.ones(len(table.lines), bool)
    for column in _needed(table, used, target):
        complete &= ~column.missing
    rows = np.flatnonzero(complete)
    if len(rows) > MOST_ROWS:
        # Not every third row or the like, which might be of one class.
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_ROWS, replace=False))
    labels, classes = np.zeros(0, np.int64), []
    problem = _problem_of_columns(table, task, target, used, choices)
    if not problem and task == CLASSIFICATION:
        labels, classes = _classes(table, target, rows)
    problem = problem or _problem_of_rows(table, task, target, rows, classes)
    return Plan(
        task,
        target,
        used,
        rows,
        complete,
        labels,
        classes,
        problem,
    )


def is_class(column):
    """Whether a column can hold classes: words, or whole numbers of which there are two to ten."""
    if column.kind == NUMBER:
        return 2 <= len(column.counts) <= MOST_CLASSES and all(float(value).is_integer() for value, _ in column.counts)
    return column.numbers is None and column.kind != EMPTY


def proposed_inputs(table, target):
    """The numbers of the columns that are proposed as inputs, before any limit: numbers that tell the rows apart.

    Without any, they are those of which most cells are missing, or else a column that only numbers the rows, as in a
    table of y = f(x).
    """
    for kind, most_missing in ((NUMBER, _MOST_MISSING), (NUMBER, 1.0), (INDEX, 1.0)):
        found = [
            place
            for place, column in enumerate(table.columns)
            if place != target and column.kind == kind and column.missing.mean() <= most_missing
        ]
        if found:
            return found
    return []


def why_not_input(column):
    """Why a column is not proposed as an input, a phrase; "" if it is one unless it is predicted or one too many."""
    if column.kind == NUMBER and column.missing.mean() > _MOST_MISSING:
        return "most of its cells are missing"
    return {
        NUMBER: "",
        CLASS: "words are no inputs",
        TEXT: "words are no inputs",
        INDEX: "it only numbers the rows",
        CONSTANT: "it is the same in every row",
        EMPTY: "it is empty",
    }[column.kind]


def _proposed_target(table, task):
    """`(target, task)`: the column that is proposed, the best by what it is called, holds, and where it stands."""
    last = len(table.columns) - 1
    numbers = [place for place, column in enumerate(table.columns) if column.kind == NUMBER]
    targets = [
        place
        for place in numbers
        if _is_called(table.columns[place], _TARGET_NAMES) and not is_class(table.columns[place])
    ]
    rank, best = max((_class_rank(table, place), place) for place in range(last + 1))
    if task is None:
        task = REGRESSION if numbers and (not rank or (targets and rank < _NAMED)) else CLASSIFICATION
    if task == CLASSIFICATION:
        return best if rank else last, task
    return (targets or numbers or [last])[-1], task


# The rank of columns that are called like classes; columns of words come next.
_NAMED = 100


def _class_rank(table, place):
    """How likely a column holds the classes; 0 if it should not be proposed at all."""
    column, last = table.columns[place], len(table.columns) - 1
    called = _is_called(column, _CLASS_NAMES | _TARGET_NAMES)
    repeats = len(column.cells) - np.count_nonzero(column.missing) > len(column.counts)
    if column.kind == CLASS:
        return _NAMED * called + 20 + 10 * repeats + (place == last)
    if column.kind == NUMBER and is_class(column):
        rows = sum(count for _, count in column.counts) / len(column.counts)
        likely = (place == last and rows >= _ROWS_A_CLASS["last"]) or (place == 0 and rows >= _ROWS_A_CLASS["first"])
        return _NAMED * called + (10 + (place == last) if likely else 0)
    # It cannot be used, but a person will want to know why.
    if column.kind == TEXT or column.kind == CONSTANT:
        return called + (column.numbers is None and place == last)
    return 0


def _is_called(column, names):
    return not names.isdisjoint(column.name.casefold().replace("_", " ").split())


def _classes(table, target, rows):
    """`(labels, classes)` of some rows, the classes called as a line of counts has it if there is one that fits."""
    column = table.columns[target]
    labels, classes = table_columns.labels_of(column, rows)
    if table.class_names and target == len(table.columns) - 1 and column.numbers is not None:
        values = [float(name) for name in np.unique(column.numbers[rows])]
        if set(values) <= set(range(len(table.class_names))):
            return labels, [table.class_names[int(value)] for value in values]
    return labels, classes


def _problem_of_columns(table, task, target, used, choices):
    """Why nothing can be learnt from these columns, or ""."""
    name = table.columns[target].name
    if task == REGRESSION and table.columns[target].numbers is None:
        return f"Column “{name}” holds words, and only numbers can be predicted as numbers. Predict it as a class."
    for place in used:
        column = table.columns[place]
        if column.numbers is None:
            return f"Column “{column.name}” holds words, and only numbers can be inputs. Leave it out."
        if column.missing.all():
            return f"Column “{column.name}” has no numbers. Leave it out."
    if len(used) > MOST_INPUTS:
        return f"{len(used)} columns are chosen as inputs, and there can be at most {MOST_INPUTS}. Leave some out."
    if not used:
        if choices["used"] is None:
            return (
                f"There is no column of numbers besides “{name}”, so there is nothing to predict it from. Choose "
                "another decimal mark or separator if there should be one."
            )
        return "No column is chosen as an input. Choose at least one."
    return ""


def _problem_of_rows(table, task, target, rows, classes):
    """Why nothing can be learnt from these rows, or ""."""
    name = table.columns[target].name
    if len(rows) < 2:
        return (
            f"Only {len(rows)} of {len(table.lines):,} rows have all cells that are needed. Leave out inputs in which "
            "many cells are missing."
        )
    if task == REGRESSION:
        values = table.columns[target].numbers[rows]
        if values.min() == values.max():
            return (
                f"Column “{name}” is {values[0]:.6g} in every row, so there is nothing to learn. Predict another one."
            )
        return ""
    if len(classes) == 1:
        return (
            f"Column “{name}” has a single class, “{_short(classes[0])}”, and telling apart takes two. Predict another "
            "column."
        )
    if len(classes) > MOST_CLASSES:
        instead = "it as a number, or another column" if table.columns[target].numbers is not None else "another column"
        return (
            f"Column “{name}” has {len(classes):,} different values, and at most {MOST_CLASSES} classes can be told "
            f"apart. Predict {instead}, or put rare classes together in the file."
        )
    return ""


def left_out(table, plan, most):
    """(line, why) of the first `most` lines with something in them that cannot be used, in order."""
    width = len(table.columns)
    result = [
        (line, f"{cells} {'cell' if cells == 1 else 'cells'} instead of {width}") for line, cells in table.ragged[:most]
    ]
    for row in np.flatnonzero(~plan.complete)[:most]:
        column = next(column for column in _needed(table, plan.used, plan.target) if column.missing[row])
        cell = column.cells[row].strip()
        what = f"“{_short(cell)}”" if cell else "nothing"
        result.append((int(table.lines[row]), f"{what} in column “{_short(column.name)}”"))
    return sorted(result)[:most]


def _needed(table, used, target):
    """The columns in which no cell may be missing. One of words that is chosen as an input is a problem of its own."""
    inputs = [table.columns[place] for place in used if table.columns[place].numbers is not None]
    return [*inputs, table.columns[target]]


def _short(text):
    return text if len(text) <= 60 else text[:60] + "…"
