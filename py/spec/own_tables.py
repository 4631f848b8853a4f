"""A person's own tables, as they are kept, sent and linked to: a line that says what is in it, and lines of numbers.

The first line is JSON, see `PARTS`. Then comes a line for each row: the inputs, and what is to be predicted, a number
or that of a class, with commas between. A table is known by its key, which follows from its content.
"""

import json
from collections import namedtuple

from spec import registry
from spec.texts import quoted

# name: what the table is called, such as the name of its file. task: a task of the registry. rows: how many there are.
# inputs: the names of the inputs. target: the name of what is predicted. classes: the names of the classes, empty for
# numbers. standardize: whether the network gets all with the mean 0 and the standard deviation 1. held_out: the numbers
# of the rows that are held out, or None where these are drawn at random. units: what is taken off each input, and by
# what it is divided then, two lists, or None where `standardize` says that. extent: half of the side of the plane that
# is shown, as in `registry`, or None.
PARTS = ("name", "task", "rows", "inputs", "target", "classes", "standardize", "held_out", "units", "extent")
Table = namedtuple("Table", PARTS)  # type: ignore[misc]

MOST_ROWS, MOST_INPUTS, MOST_CLASSES = 20000, 64, 10
# The most characters of a name.
LONGEST_NAME = 200
# Without further ado one row in so many is held out.
HELD_OUT_SHARE = 10

# The tables that are known, by their keys.
_tables: dict = {}


def write(table):
    """The first line of a table, without its end; `table` has the `PARTS` in order. Only the lab writes it."""
    # MicroPython does not join the two halves in which JSON escapes letters beyond 16 bits.
    return json.dumps(dict(zip(PARTS, table)), ensure_ascii=False)


def read(line):
    """The `Table` that a first line says. Raises ValueError with a sentence where it says none that can be used."""
    try:
        said = json.loads(line)
        table = Table(*[said[name] for name in PARTS])
    except (ValueError, KeyError, TypeError):
        raise ValueError("It does not begin with what is in it.") from None
    _check(table)
    return table


def keep(key, table):
    """Takes note of what is in the table with that key."""
    _tables[key] = table


def is_known(key):
    """Whether it is known what is in the table with that key."""
    return key in _tables


def table(key):
    """The `Table` with that key; None if it is not known."""
    return _tables.get(key)


def traits(key):
    """The traits of the table with that key as a data set, see `registry`; None if it is not known."""
    found = _tables.get(key)
    if found is None:
        return None
    held_out = found.rows // HELD_OUT_SHARE if found.held_out is None else len(found.held_out)
    return {
        "name": found.name,
        "rows": found.rows,
        "training": found.rows - held_out,
        "inputs": len(found.inputs),
        "outputs": len(found.classes) or 1,
        "task": found.task,
        "classes": tuple(found.classes),
        "columns": tuple(found.inputs),
        "target": found.target,
        "settings": registry.trait("dataset", "own", "settings"),
        "extent": found.extent,
        "takes": (),
        "table": True,
        "own": True,
    }


def _check(table):
    """Raises ValueError, with a sentence, unless the parts are what they have to be."""
    texts = [table.name, table.target] + _list(table.inputs, "inputs") + _list(table.classes, "classes")
    for text in texts:
        if not isinstance(text, str) or len(text) > LONGEST_NAME:
            raise ValueError("A name in it is no text of at most %d characters." % LONGEST_NAME)
    if not _is_count(table.rows, MOST_ROWS + 1) or table.rows < 1:
        raise ValueError("It must have 1 to %d rows." % MOST_ROWS)
    if not 1 <= len(table.inputs) <= MOST_INPUTS:
        raise ValueError("It must have 1 to %d inputs." % MOST_INPUTS)
    if table.task not in (registry.CLASSIFICATION, registry.REGRESSION):
        raise ValueError("%s is no task." % quoted(str(table.task)))
    is_of_classes = table.task == registry.CLASSIFICATION
    if is_of_classes != (2 <= len(table.classes) <= MOST_CLASSES) or (table.classes and not is_of_classes):
        raise ValueError("It must have 2 to %d classes, or none for numbers." % MOST_CLASSES)
    if table.standardize is not True and table.standardize is not False:
        raise ValueError("It does not say whether it is to be standardized.")
    if table.held_out is not None:
        rows = _list(table.held_out, "held-out rows")
        if not all(_is_count(row, table.rows) for row in rows) or len(set(rows)) != len(rows):
            raise ValueError("Its held-out rows are not all rows of it.")
        if len(rows) == table.rows:
            raise ValueError("All of its rows are held out.")
    if table.units is not None:
        means, scales = [_list(part, "units") for part in (_list(table.units, "units") + [[], []])[:2]]
        if len(means) != len(table.inputs) or len(scales) != len(table.inputs):
            raise ValueError("Its units are not those of its inputs.")
        if not all(_is_number(value) for value in means + scales) or min([abs(scale) for scale in scales]) < 1e-30:
            raise ValueError("Its units are no numbers, or 0.")
    if table.extent is not None and not (_is_number(table.extent) and table.extent > 0):
        raise ValueError("Its extent is no number above 0.")


def _list(value, what):
    if not isinstance(value, list):
        raise ValueError("Its %s are no list." % what)
    return value


def _is_number(value):
    """Whether a value is a number that is not too large to reckon with."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e30


def _is_count(value, end):
    """Whether a value is a whole number from 0 to less than `end`."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < end
