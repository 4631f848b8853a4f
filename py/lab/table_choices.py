"""What a person can choose about their table: a dict of which every part may be absent or None, for a guess.

- encoding: a key of `table_text.ENCODINGS`
- separator: a character; a blank stands for any number of blanks
- quote: the quotation mark, or "" if cells are not quoted
- comment: what comments begin with, or "" if there are none
- header: a value of `HEADERS`
- decimal: the decimal mark, "." or ","
- target: the number of the column to predict, from 0
- task: a task of the registry
- used: the numbers of the columns that are inputs
- standardize: whether inputs, and numbers to predict, are brought to mean 0 and standard deviation 1; else True

After another choice of the first six, `OPENING`, the table has to be opened anew.
"""

from lab import table_cells, table_numbers, table_text
from lab.table_error import TableError
from spec.registry import CLASSIFICATION, REGRESSION

OPENING = ("encoding", "separator", "quote", "comment", "header", "decimal")
CHOICES = (*OPENING, "target", "task", "used", "standardize")
# The first line names the columns; there is none; or it has scikit-learn's counts: rows, inputs, names of the classes.
NAMES, NONE, COUNTS = "names", "none", "counts"
HEADERS = (NAMES, NONE, COUNTS)

_ALLOWED = {
    "encoding": tuple(table_text.ENCODINGS),
    "comment": ("", *table_cells.COMMENT_MARKS),
    "header": HEADERS,
    "decimal": table_numbers.MARKS,
    "task": (CLASSIFICATION, REGRESSION),
    "standardize": (True, False),
}


def checked(choices):
    """The choices with None for those that are absent. Raises TableError for one that there is not."""
    choices = choices or {}
    unknown = sorted(set(choices) - set(CHOICES))
    if unknown:
        raise TableError(f"There is no choice {unknown[0]!r}: choices are {', '.join(CHOICES)}.")
    result = {name: choices.get(name) for name in CHOICES}
    for name, allowed in _ALLOWED.items():
        if result[name] is not None and result[name] not in allowed:
            raise TableError(f"{result[name]!r} is no {name}: it may be {', '.join(map(repr, allowed))}.")
    separator, quote = result["separator"], result["quote"]
    if separator is not None and (len(separator) != 1 or separator in "\r\n\"'\\"):
        raise TableError("A separator is a single character, and neither a quotation mark nor a backslash.")
    if quote and (len(quote) > 1 or quote in "\r\n\\ " or quote == separator):
        raise TableError("A quotation mark is a single character, neither a blank nor the separator.")
    return result
