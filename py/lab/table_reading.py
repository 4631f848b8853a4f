"""What is said of a person's table before it is used, for the page to show and to change.

The modules named `table_…` are not imported when the lab starts; whoever is asked for a table imports them then, keeps
the `table_opening.Table` while choices change that are not `table_choices.OPENING`, and asks `reading_of` and
`table_data.data_of` again.
"""

import numpy as np

from lab.table_choices import checked
from lab.table_columns import NUMBER
from lab.table_plan import MOST_INPUTS, MOST_ROWS, is_class, left_out, plan_of, proposed_inputs, why_not_input

# How much is shown.
_ROWS = 8
_LINES = 1000
_CHARACTERS = 200


def reading_of(table, choices=None):
    """What is understood of a `table_opening.Table`, and what would be used of it by `table_choices`, as plain data.

    encoding: a key of `table_text.ENCODINGS`, None for pasted text; byte_order_mark. separator, quote, escape, comment:
    see `table_cells.Dialect`. header: a value of `table_choices.HEADERS`; header_line: its line, or None. decimal: the
    decimal mark, "" if columns differ. target: the number of the column to predict; task; used: the numbers of the
    inputs; standardize. classes: [name, rows] in the order of the labels; empty for regression. rows: how many there
    are; complete_rows: how many can be used; used_rows: how many are, at most `MOST_ROWS`. left_out: {line, why}, of
    the lines with something in them that cannot be used, the first thousand of left_out_count. comments, blank: the
    lines of such, up to a thousand. first_rows: texts of the first rows' cells, first_lines: their lines. columns: see
    `_column`. notes: sentences on what was decided. problem: a sentence on why it cannot be used so, or None.

    Lines are counted from 1, columns from 0. Raises TableError for choices that there are not.
    """
    choices = checked(choices)
    plan = plan_of(table, choices)
    complete = int(plan.complete.sum())
    rows = range(min(len(table.lines), _ROWS))
    counts = np.bincount(plan.labels, minlength=len(plan.classes))
    return {
        "encoding": table.encoding,
        "byte_order_mark": table.byte_order_mark,
        **table.dialect._asdict(),
        "header": table.header,
        "header_line": table.header_line,
        "decimal": table.decimal,
        "target": plan.target,
        "task": plan.task,
        "used": plan.used,
        "standardize": choices["standardize"] is not False,
        "classes": [
            [_short(name), int(count)] for name, count in zip(plan.classes[:_LINES], counts[:_LINES], strict=True)
        ],
        "rows": len(table.lines),
        "complete_rows": complete,
        "used_rows": len(plan.rows),
        "left_out": [{"line": line, "why": why} for line, why in left_out(table, plan, _LINES)],
        "left_out_count": len(table.ragged) + len(table.lines) - complete,
        "comments": table.comments[:_LINES],
        "blank": table.blank[:_LINES],
        "first_rows": [[_short(column.cells[row]) for column in table.columns] for row in rows],
        "first_lines": [int(table.lines[row]) for row in rows],
        "columns": [_column(column, place, plan) for place, column in enumerate(table.columns)],
        "notes": _notes(table, plan, choices),
        "problem": plan.problem or None,
    }


def _column(column, place, plan):
    """What is said of a column.

    name; kind, see `table_columns`; decimal, thousands: its marks, "" for words; range: [least, largest] of numbers,
    else None; missing, unreadable: how many cells are missing, and how many of those are something else than a number;
    distinct: the number of distinct values, None for more than a hundred; values: [text, rows], the most frequent
    eleven, for numbers only if there are no more than ten; can_be_class, can_be_number: whether it can be predicted as
    such; can_be_input; why: why it is no input, "" if it is one.
    """
    present = column.numbers[~column.missing] if column.numbers is not None else np.zeros(0)
    numeric = len(present) > 0
    why = "it is predicted" if place == plan.target else why_not_input(column)
    return {
        "name": _short(column.name),
        "kind": column.kind,
        "decimal": column.decimal,
        "thousands": column.thousands,
        "range": [float(present.min()), float(present.max())] if numeric else None,
        "missing": int(column.missing.sum()),
        "unreadable": column.unreadable,
        "distinct": column.distinct,
        "values": [[_short(value), rows] for value, rows in column.counts],
        "can_be_class": is_class(column),
        "can_be_number": numeric,
        "can_be_input": numeric,
        "why": "" if place in plan.used else why or "it is not chosen",
    }


def _notes(table, plan, choices):
    notes = []
    complete = int(plan.complete.sum())
    if len(plan.rows) < complete:
        notes.append(
            f"{MOST_ROWS:,} of {complete:,} rows are used, drawn at random, the same whenever the table is opened."
        )
    proposed = sum(column.kind == NUMBER for column in table.columns) and len(proposed_inputs(table, plan.target))
    if choices["used"] is None and proposed > MOST_INPUTS:
        notes.append(f"{proposed} columns could be inputs; the first {MOST_INPUTS} are.")
    if table.class_names:
        notes.append(f"The names of the classes are those in line {table.header_line}.")
    return notes


def _short(text):
    return text if len(text) <= _CHARACTERS else text[:_CHARACTERS] + "…"
