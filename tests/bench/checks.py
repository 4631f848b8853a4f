"""What has to hold of numbers that were measured, however fast or slow the machine is, and tables to look into."""

import math
from numbers import Number


def are_positive(numbers):
    """Whether there are any numbers, and all of them finite and above zero."""
    numbers = list(numbers)
    return bool(numbers) and all(isinstance(each, Number) and math.isfinite(each) and each > 0 for each in numbers)


def are_not_negative(numbers):
    """Whether there are any numbers, and all of them finite and none below zero."""
    numbers = list(numbers)
    return bool(numbers) and all(isinstance(each, Number) and math.isfinite(each) and each >= 0 for each in numbers)


def table_in(path, first):
    """`(header, rows)` of the table in a Markdown file whose first columns are called so."""
    lines = path.read_text("utf-8").splitlines()
    index = next(index for index, line in enumerate(lines) if line.startswith("| " + " | ".join(first)))
    rows = []
    for line in lines[index:]:
        if not line.startswith("|"):
            break
        rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
    header, rule, *others = rows
    assert set(rule) == {"---"} and {len(row) for row in others} == {len(header)}
    return header, others
