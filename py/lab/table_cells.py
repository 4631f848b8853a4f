"""The cells of a table: how its text is separated and quoted, and the records in it, each with its line.

Python's `csv` does the reading; this module finds out the dialect by trying those that there are on the first records.
"""

import csv
import io
import itertools
import re
from collections import Counter
from typing import NamedTuple

from lab.table_error import TableError
from lab.table_numbers import is_number

# Where two readings are equally good, the earlier separator is taken. A blank stands for any number of blanks.
SEPARATORS = ("\t", ";", "|", ",", " ")
QUOTES = ('"', "'")
COMMENT_MARKS = ("#", "%", "//")

# How much of a table tells what comments begin with, in characters; and its dialect, in lines and in characters.
_BEGINNING = 1 << 20
_TRIED_LINES = 60
_TRIED_CHARACTERS = 1 << 16
# A last line of our own. If it is not a record by itself, a quotation mark before it was not closed.
_END = ["end"]
_TORN = re.compile("[0-9'\"]")


class Dialect(NamedTuple):
    """`quote` is "" if cells are not quoted, `escape` "" or the backslash, `comment` what comments begin with or ""."""

    separator: str
    quote: str
    escape: str
    comment: str


class Records(NamedTuple):
    """`rows`, lists of cells; `lines`, the line in which each begins, from 1; `comments`, the lines of comments."""

    rows: list
    lines: list
    comments: list


def dialect_of(text, separator=None, quote=None, comment=None):
    """The `Dialect` in which a text is most likely written, with the parts that are given.

    Returns None if nothing separates its lines into the same number of cells, two or more.
    """
    lines = list(io.StringIO(text[:_BEGINNING], newline=""))
    comment = _comment_mark(lines) if comment is None else comment
    if separator is None and (told := re.match(r"sep=(.)[\r\n]", text, re.IGNORECASE)):
        separator = told[1]
    first = next((at for at, line in enumerate(lines) if line.strip() and not _is_comment(line, comment)), 0)
    beginning, size = [], 0
    for line in lines[first : first + _TRIED_LINES]:
        if size < _TRIED_CHARACTERS:
            beginning.append(line[: _TRIED_CHARACTERS - size])
            size += len(line)
    whole = sum(map(len, beginning)) == len(text) - sum(map(len, lines[:first]))
    backslashes = "\\" in text
    best, best_score = None, 0.0
    for tried in [separator] if separator else SEPARATORS:
        for mark in [quote] if quote is not None else QUOTES if "'" in text else QUOTES[:1]:
            for escape in ("\\", "") if backslashes and _may_escape(text, tried) else ("",):
                candidate = Dialect(tried, mark, escape, comment)
                score = _score(beginning, candidate, whole, bool(separator))
                if score > best_score:
                    best, best_score = candidate, score
    return best


def records_of(text, dialect):
    """The `Records` of a text. Raises TableError where it does not follow the dialect."""
    if not dialect.comment:
        reader = _reader(itertools.chain(io.StringIO(text, newline=""), _END), dialect)
        try:
            rows = list(reader)
        except csv.Error:
            rows = []
        # Where every line is a record, the lines need not be counted.
        if len(rows) == reader.line_num and rows.pop() == _END:
            return Records(_without_last_blanks(rows, dialect), list(range(1, len(rows) + 1)), [])
    lines = list(io.StringIO(text, newline=""))
    rows, begins = [], []
    comments: list = []
    for begin, row in _records(itertools.chain(lines, _END), dialect, comments):
        begins.append(begin)
        rows.append(row)
    last = begins.pop()
    if last != len(lines) + 1:
        raise TableError(
            f"Line {last} has a quotation mark {dialect.quote} that is never closed. Close it, or say that cells are "
            "not quoted."
        )
    return Records(_without_last_blanks(rows[:-1], dialect), begins, comments)


def split_line(line, dialect):
    """The cells of one line."""
    return next(iter(_reader([line], dialect)), [])


def _reader(lines, dialect, strict=False):
    return csv.reader(
        lines,
        delimiter=dialect.separator,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar=dialect.escape or None,
        doublequote=True,
        skipinitialspace=True,
        strict=strict,
    )


def _records(lines, dialect, comments, strict=False):
    """Yields (line, cells) of each record of `lines`; `comments` gets the lines of comments.

    Raises TableError where they do not follow the dialect.
    """
    between, begin = True, 1

    def source():
        nonlocal between, begin
        for number, line in enumerate(lines, 1):
            # A line within a quoted cell is no comment.
            if between and _is_comment(line, dialect.comment):
                comments.append(number)
                continue
            if between:
                between, begin = False, number
            yield line

    try:
        for row in _reader(source(), dialect, strict):
            yield begin, row
            between = True
    except csv.Error as error:
        if "limit" in str(error):
            raise TableError(
                f"Line {begin} begins a cell of more than {csv.field_size_limit():,} characters. Shorten it, or look "
                "for a quotation mark that is not closed."
            ) from None
        raise TableError(f"Line {begin} cannot be read: {error}.") from None


def _is_comment(line, mark):
    return bool(mark) and line.lstrip().startswith(mark)


def _without_last_blanks(rows, dialect):
    """Blanks at the end of a line separate nothing."""
    if dialect.separator == " ":
        for row in rows:
            if len(row) > 1 and not row[-1]:
                row.pop()
    return rows


def _comment_mark(lines):
    """What comment lines begin with, or "". If less than two lines begin otherwise, it is the mark of the data."""
    stripped = [line.lstrip() for line in lines]
    for mark in COMMENT_MARKS:
        marked = sum(line.startswith(mark) for line in stripped)
        if marked and sum(map(bool, stripped)) - marked >= 2:
            return mark
    return ""


def _may_escape(text, separator):
    """Whether all backslashes stand before a character that would need one: another one, a quotation mark, …"""
    special = re.escape(separator + "".join(QUOTES))
    return re.search(rf"\\(?![\\\r\n{special}])", text.replace("\\\\", "")) is None


def _score(lines, dialect, whole, chosen):
    """How well a dialect fits: the share of records with as many cells as most, above all if they are numbers."""
    rows, sloppy = [], False
    for strict in (True, False) if whole else (False,):
        try:
            rows = [row for _, row in _records(lines, dialect, [], strict) if "".join(row).strip()]
            break
        except TableError:
            sloppy = True
    rows = _without_last_blanks(rows, dialect)
    if not whole and len(rows) > 1:
        rows.pop()
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 1
    if width < 2:
        return 1e-3 if chosen else 0.0
    even = [row for row in rows if len(row) == width]
    # A quoted cell of several lines makes fewer records of the same lines.
    share = len(even) / len(rows)
    cells = [cell.strip() for row in even for cell in row]
    numbers = sum(map(is_number, cells)) / len(cells)
    if dialect.separator == " " and not chosen and (share < 0.9 or numbers < 0.3):
        return 0.0
    # A quotation mark was not understood, or a number was taken apart: as 1,5;a into 1 and 5;a.
    torn = sum(_TORN.match(cell) is not None and not is_number(cell) for cell in cells) / len(cells)
    return share * (1 + numbers + 0.1 * (1 - torn)) * (0.5 if sloppy else 1)
