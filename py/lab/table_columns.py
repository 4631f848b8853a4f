"""The columns of a table: what is in each, numbers or words, and what it can be used for."""

from collections import Counter
from typing import NamedTuple

import numpy as np

from lab import table_numbers

# Kinds of columns.
NUMBER, CLASS, TEXT, INDEX, CONSTANT, EMPTY = "number", "class", "text", "index", "constant", "empty"
MOST_CLASSES = 10

# The share of cells that have to be numbers for a column of numbers; the others are typing errors.
_NUMBERS_AT_LEAST = 0.9
# Distinct values are counted up to so many.
_MOST_DISTINCT = 100
_INDEX_NAMES = frozenset(
    ("", "id", "index", "no", "no.", "nr", "nr.", "number", "#", "row", "rownames", "row_id", "idx")
)


class Column(NamedTuple):
    """A column with its cells.

    name: as the header has it, or "column 3". kind: one of the above. cells: the text of each row. numbers: float64
    (rows,), nan where there is none, or None for a column of words. missing: bool (rows,). unreadable: the number of
    cells in a column of numbers that are neither numbers nor missing. decimal, thousands: the marks, "" for words.
    distinct: the number of distinct values, or None for more than a hundred. counts: [value as text, rows], the most
    frequent first, at most eleven; empty where `distinct` is None and for numbers of more than ten values.
    """

    name: str
    kind: str
    cells: list
    numbers: np.ndarray | None
    missing: np.ndarray
    unreadable: int
    decimal: str
    thousands: str
    distinct: int | None
    counts: list


def decimal_mark(columns, separator):
    """The decimal mark of a whole table: the one that some columns cannot do without, or "" if they do not agree."""
    found, ambiguous = set(), False
    for cells in columns:
        marks = table_numbers.evidence(cells)
        found |= marks
        ambiguous = ambiguous or (not marks and any("," in cell for cell in cells[:_MOST_DISTINCT]))
    if len(found) == 1:
        return found.pop()
    if found:
        return ""
    # 1,234 in a table without other evidence: where commas separate cells they are not decimal marks.
    return "," if ambiguous and separator != "," else "."


def column_of(name, title, cells, plain, decimal, fixed=False):
    """The `Column` of that name with these cells.

    `title` is what the header calls it, or None for the first column without a header, which may number the rows.
    `plain` are their numbers if all are plain, else None. `decimal` is the decimal mark of the table or "", `fixed`
    whether no other may be used.
    """
    values, unreadable, mark, thousands = _numbers(cells, plain, decimal, fixed)
    if values is not None:
        return _number_column(name, cells, values, unreadable, mark, thousands, title)
    stripped = list(map(str.strip, cells))
    counter = Counter(stripped)
    absent = {cell for cell in counter if cell.casefold() in table_numbers.MISSING_WORDS}
    # Where there are classes + and -, a hyphen is not a missing cell.
    if "+" not in counter:
        absent.add("-")
    if absent.isdisjoint(counter):
        missing = np.zeros(len(cells), bool)
    else:
        missing = np.fromiter((cell in absent for cell in stripped), bool, len(cells))
    counts = [[value, rows] for value, rows in counter.most_common() if value not in absent]
    kind = TEXT
    if len(counts) <= MOST_CLASSES:
        kind = (EMPTY, CONSTANT)[len(counts)] if len(counts) < 2 else CLASS
    distinct = len(counts) if len(counts) <= _MOST_DISTINCT else None
    return Column(name, kind, cells, None, missing, 0, "", "", distinct, counts[: MOST_CLASSES + 1])


def labels_of(column, rows):
    """`(values, names)`: the class of each of some rows of a column, int64 (rows,), and the classes' names as texts.

    Classes are in the order of their numbers or, for words, of their names. `rows` are row numbers without missing
    cells. The name of a number is as it is first written in those rows.
    """
    if column.numbers is not None:
        _, first, labels = np.unique(column.numbers[rows], return_index=True, return_inverse=True)
        return labels.ravel(), [column.cells[rows[at]].strip() for at in first]
    cells = [column.cells[row].strip() for row in rows]
    names = sorted(set(cells))
    places = {name: place for place, name in enumerate(names)}
    return np.fromiter((places[cell] for cell in cells), np.int64, len(cells)), names


def _numbers(cells, plain, decimal, fixed):
    """`(values, unreadable, decimal, thousands)` of a column of numbers; values is None if it is one of words."""
    if plain is not None and (decimal != "," or not (fixed or table_numbers.reads_either_way(cells))):
        return plain, 0, ".", ""
    marks = (decimal,) if fixed else table_numbers.MARKS
    shares = {mark: table_numbers.share(cells, mark) for mark in marks}
    best = max(marks, key=lambda mark: (shares[mark], mark == decimal))
    # The first cells may hold more errors than the rest.
    if shares[best] < _NUMBERS_AT_LEAST / 2:
        return None, 0, "", ""
    values, unreadable, thousands = table_numbers.numbers(cells, best)
    found = np.count_nonzero(~np.isnan(values))
    if found < _NUMBERS_AT_LEAST * (found + unreadable) or not found:
        return None, 0, "", ""
    return values, unreadable, best, thousands


def _number_column(name, cells, values, unreadable, mark, thousands, title):
    missing = np.isnan(values)
    present = values[~missing]
    kind, distinct = NUMBER, None
    counts: list = []
    if not len(present):
        kind, distinct = EMPTY, 0
    elif present.min() == present.max():
        kind = CONSTANT
    elif _is_index(present, missing, title):
        kind = INDEX
    # Sorting all numbers of a large table takes long, and the first ones tell enough.
    if len(present) and len(np.unique(present[: 10 * _MOST_DISTINCT])) <= _MOST_DISTINCT:
        found, rows = np.unique(present, return_counts=True)
        distinct = len(found) if len(found) <= _MOST_DISTINCT else None
        if len(found) <= MOST_CLASSES:
            counts = [[f"{value:.15g}", int(count)] for value, count in zip(found, rows, strict=True)]
            counts.sort(key=lambda count: -count[1])
    return Column(name, kind, cells, values, missing, unreadable, mark, thousands, distinct, counts)


def _is_index(values, missing, title):
    """Whether a column numbers the rows: whole numbers one after another, or all different under a name like "id"."""
    if missing.any() or len(values) < 2 or (values != np.floor(values)).any():
        return False
    if title is None:
        return values[0] in (0, 1) and bool((np.diff(values) == 1).all())
    return title.casefold() in _INDEX_NAMES and len(np.unique(values)) == len(values)
