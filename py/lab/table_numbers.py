"""Numbers as people write them: decimal points and commas, thousands marks, and what stands where one is missing."""

import re

import numpy as np

# What is written where there is nothing, in small letters: in a column of numbers, and in one of words. A number that
# is not finite, or too large for float32, is missing, too.
MISSING = frozenset(
    [
        "na",
        "n/a",
        "#n/a",
        "n.a.",
        "nan",
        "-nan",
        "null",
        "none",
        "nil",
        "missing",
        "?",
        "-",
        "--",
        ".",
        "#",
        "inf",
        "+inf",
        "-inf",
        "infinity",
        "-infinity",
        "+infinity",
        "∞",
        "-∞",
        "#div/0!",
        "#value!",
        "#ref!",
        "#num!",
        "#name?",
        "#null!",
        "1.#inf",
        "-1.#inf",
        "1.#qnan",
        "-1.#ind",
    ]
) | {""}
MISSING_WORDS = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "?"))

MARKS = (".", ",")
# Thousands marks that are neither point nor comma: blanks of three widths, and the apostrophe of Switzerland.
_OTHER_THOUSANDS = " \u00a0\u202f'’"
# How many cells tell which marks a column has.
_TRIED = 1000


def _pattern(mark):
    other = "," if mark == "." else r"\."
    own = r"\." if mark == "." else ","
    whole = rf"(?:[1-9][0-9]{{0,2}}([{other}{_OTHER_THOUSANDS}])[0-9]{{3}}(?:\1[0-9]{{3}})*|[0-9]+)"
    # A point may end a number, as in "5.", a comma does not.
    part = "[0-9]*" if mark == "." else "[0-9]+"
    return re.compile(rf"[+\-−]?(?:{whole}(?:{own}{part})?|{own}[0-9]+)(?:[eE][+-]?[0-9]+)?")


# Decimal mark -> what a number looks like; its first group is the thousands mark.
_NUMBERS = {mark: _pattern(mark) for mark in MARKS}


def is_number(cell):
    """Whether a cell without outer blanks is a number by either decimal mark."""
    return any(pattern.fullmatch(cell) for pattern in _NUMBERS.values())


def is_missing(cell):
    """Whether a cell without outer blanks stands for no number."""
    return cell.casefold() in MISSING


def plain(cells):
    """The numbers of cells that are all as Python writes them, float64; None if some are not."""
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        return None
    # Python allows 1_000.
    return None if "_" in "".join(cells) else values


def finite(values):
    """The float64 numbers, changed in place: nan where they are not finite, or too large for float32."""
    with np.errstate(over="ignore", invalid="ignore"):
        values[~np.isfinite(values.astype(np.float32))] = np.nan
    return values


def evidence(cells):
    """The decimal marks, a set, by which alone some of the first cells can be read. 1.234 says nothing, 1.23 does."""
    found = set()
    for cell in map(str.strip, cells[:_TRIED]):
        if "." in cell or "," in cell:
            fitting = [mark for mark in MARKS if _NUMBERS[mark].fullmatch(cell)]
            if len(fitting) == 1:
                found.update(fitting)
    return found


def reads_either_way(cells):
    """Whether all cells, numbers with decimal points, are numbers by a decimal comma, too, and it matters: 1.234."""
    return any("." in cell for cell in cells) and all(_NUMBERS[","].fullmatch(cell.strip()) for cell in cells)


def share(cells, mark):
    """The share of numbers by a decimal mark among the first cells that are not missing."""
    tried = [cell for cell in map(str.strip, cells[:_TRIED]) if not is_missing(cell)]
    return sum(_NUMBERS[mark].fullmatch(cell) is not None for cell in tried) / len(tried) if tried else 0.0


def numbers(cells, mark):
    """`(values, unreadable, thousands)`: the numbers of cells by a decimal mark.

    `values` is float64, nan where there is none; `unreadable` is how many cells are neither numbers nor missing;
    `thousands` is the thousands mark, "" if there is none.
    """
    if mark == "," and "." not in (joined := "\n".join(cells)):
        values = plain(joined.replace(",", ".").split("\n"))
        if values is not None and len(values) == len(cells):
            return finite(values), 0, ""
    pattern = _NUMBERS[mark].fullmatch
    values, unreadable, marks = [], 0, set()
    for cell in map(str.strip, cells):
        found = pattern(cell)
        if found:
            thousands = found[1]
            if thousands:
                marks.add(thousands)
                cell = cell.replace(thousands, "")
            values.append(float(cell.replace(",", ".").replace("−", "-")))
        else:
            values.append(np.nan)
            unreadable += not is_missing(cell)
    return finite(np.array(values)), unreadable, "".join(sorted(marks))
