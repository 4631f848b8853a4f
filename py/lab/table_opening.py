"""A person's own table, opened: everything about it that takes long to find out, whatever it is used for then."""

import gc
import re
from collections import Counter
from typing import NamedTuple

import numpy as np

from lab import table_cells, table_columns, table_numbers, table_text
from lab.table_choices import COUNTS, NAMES, NONE, checked
from lab.table_error import TableError

MOST_COLUMNS = 1000

# So many records tell whether there is a header.
_TRIED = 200
# So many records are in the processor's cache when they are taken apart: three times as fast as all at once.
_TOGETHER = 200


class Table(NamedTuple):
    """A table as it was understood.

    encoding, byte_order_mark: see `table_text.Text`. dialect: `table_cells.Dialect`. header: a value of
    `table_choices.HEADERS`; header_line: the line in which it is, or None. class_names: those in a line of counts.
    decimal: the table's decimal mark, "" if columns differ. columns: a `table_columns.Column` for each. lines: int64
    (rows,), the line in which each row begins. ragged: (line, cells) of the lines with another number of cells.
    comments, blank: lines. Lines are counted from 1.
    """

    encoding: str | None
    byte_order_mark: bool
    dialect: table_cells.Dialect
    header: str
    header_line: int | None
    class_names: list
    decimal: str
    columns: list
    lines: np.ndarray
    ragged: list
    comments: list
    blank: list


class _Header(NamedTuple):
    """kind: see `Table.header`. cells: the names, or a line of counts. place: the record that it is, or None."""

    kind: str
    cells: list
    place: int | None


def open_table(content, choices=None):
    """The `Table` in a file's bytes or in pasted text, by `table_choices`. Raises TableError if there is none."""
    # A million cells make the garbage collector look through all of them many times, and there is no garbage.
    collects = gc.isenabled()
    gc.disable()
    try:
        return _open(content, checked(choices))
    finally:
        if collects:
            gc.enable()


def _open(content, choices):
    text, encoding, marked = table_text.text_of(content, choices["encoding"])
    dialect = table_cells.dialect_of(text, choices["separator"], choices["quote"], choices["comment"])
    if dialect is None:
        raise TableError(
            "This table has a single column: no comma, semicolon, tab, bar or blank separates most of its lines into "
            "equally many cells. It needs a column of numbers and one of what is to be predicted. Choose its separator."
        )
    rows, lines, comments = table_cells.records_of(text, dialect)
    if re.match(r"sep=.[\r\n]", text, re.IGNORECASE):
        rows, lines, comments = rows[1:], lines[1:], [1, *comments]
    rows, lines, blank = _without_blank(rows, lines)
    width = _width(rows, lines)
    header = _header(rows, width, choices["header"])
    header_line = None
    if header.place is not None:
        header_line = lines[header.place]
        del rows[header.place], lines[header.place]
    elif choices["header"] is None and lines[0] - 1 in comments:
        # So NumPy's `savetxt` writes it.
        names = _names_in_comment(text, lines[0] - 1, width, dialect)
        if names:
            header, header_line = _Header(NAMES, names, None), lines[0] - 1
            comments.remove(header_line)
    rows, lines, ragged = _even(rows, lines, width)
    if len(rows) < 2:
        raise TableError(
            f"This table has a single row, in line {lines[0]}: it needs two at least, better twenty and more."
            if len(rows)
            else f"This table has no rows, only a header in line {header_line}."
        )
    cells, plain = _columns(rows)
    titles = header.cells if header.kind == NAMES else None
    decimal = choices["decimal"] or table_columns.decimal_mark(cells, dialect.separator)
    columns = [
        table_columns.column_of(name, title, texts, values, decimal, choices["decimal"] is not None)
        for name, title, texts, values in zip(*_names(titles, width), cells, plain, strict=True)
    ]
    class_names = [cell for cell in header.cells[2:] if cell] if header.kind == COUNTS else []
    return Table(
        encoding,
        marked,
        dialect,
        header.kind,
        header_line,
        class_names,
        decimal,
        columns,
        lines,
        ragged,
        comments,
        blank,
    )


def _without_blank(rows, lines):
    """The rows in which something stands, their lines, and the lines of the others."""
    full = [bool((row and row[0].strip()) or "".join(row).strip()) for row in rows]
    if all(full):
        return rows, lines, []
    return (
        [row for row, some in zip(rows, full, strict=True) if some],
        [line for line, some in zip(lines, full, strict=True) if some],
        [line for line, some in zip(lines, full, strict=True) if not some],
    )


def _width(rows, lines):
    """The number of columns: that of most rows."""
    if not rows:
        raise TableError("This table is empty: its lines are blank, or comments.")
    width, _ = Counter(map(len, rows)).most_common(1)[0]
    if width > MOST_COLUMNS:
        line = next(line for row, line in zip(rows, lines, strict=True) if len(row) == width)
        raise TableError(
            f"Line {line} has {width:,} cells, and at most {MOST_COLUMNS:,} columns can be read. Save those that "
            "matter, or choose another separator."
        )
    if width < 2:
        raise TableError(
            "This table has a single column by its separator. It needs a column of numbers and one of what is to be "
            "predicted. Choose another separator."
        )
    return width


def _even(rows, lines, width):
    """The rows with `width` cells, their lines as an array, and (line, cells) of the others."""
    lines = np.array(lines, np.int64)
    widths = np.fromiter(map(len, rows), np.int64, len(rows))
    even = widths == width
    if even.all():
        return rows, lines, []
    ragged = [(int(line), int(cells)) for line, cells in zip(lines[~even], widths[~even], strict=True)]
    return [row for row, fits in zip(rows, even, strict=True) if fits], lines[even], ragged


def _columns(rows):
    """`(cells, plain)`: the list of each column's cells, and their numbers if they are plain, see `table_numbers`."""
    cells: list = [[] for _ in rows[0]]
    values: list = [[] for _ in rows[0]]
    for at in range(0, len(rows), _TOGETHER):
        for place, some in enumerate(zip(*rows[at : at + _TOGETHER], strict=True)):
            cells[place].extend(some)
            if values[place] is not None:
                numbers = table_numbers.plain(some)
                if numbers is None:
                    values[place] = None
                else:
                    values[place].append(numbers)
    return cells, [None if parts is None else table_numbers.finite(np.concatenate(parts)) for parts in values]


def _header(rows, width, chosen):
    """The `_Header` among the rows: the chosen kind, or the likely one if `chosen` is None."""
    if chosen == NONE:
        return _Header(NONE, [], None)
    first = [cell.strip() for cell in rows[0]]
    if chosen == COUNTS or (chosen is None and _is_counts(first, len(rows) - 1, width)):
        return _Header(COUNTS, first, 0)
    if len(first) == width - 1 and len(rows) > 1 and not any(map(table_numbers.is_number, first)):
        # Some programs end all lines but the header with a separator. R has no name for the column of the rows' names.
        ends_empty = not any(row[-1].strip() for row in rows[1:_TRIED] if len(row) == width)
        return _Header(NAMES, [*first, ""] if ends_empty else ["", *first], 0)
    place = next(place for place, row in enumerate(rows) if len(row) == width)
    names = [cell.strip() for cell in rows[place]]
    body = [row for row in rows[place + 1 : place + _TRIED] if len(row) == width]
    if chosen == NAMES or _is_header(names, body):
        return _Header(NAMES, names, place)
    return _Header(NONE, [], None)


def _is_counts(first, rows, width):
    """Whether a first line has the number of rows, that of inputs, and names, as scikit-learn's own tables have."""
    names = [cell for cell in first[2:] if cell]
    return first[:2] == [str(rows), str(width - 1)] and bool(names) and not any(map(table_numbers.is_number, names))


def _is_header(names, body):
    """Whether words stand above numbers in more columns than numbers do."""
    if not body:
        return not any(map(table_numbers.is_number, names))
    votes, columns_of_numbers = 0, 0
    for name, cells in zip(names, zip(*body, strict=True), strict=False):
        filled = [cell for cell in map(str.strip, cells) if not table_numbers.is_missing(cell)]
        if filled and sum(map(table_numbers.is_number, filled)) > len(filled) / 2:
            columns_of_numbers += 1
            if table_numbers.is_number(name):
                votes -= 1
            elif not table_numbers.is_missing(name):
                votes += 1
    if not columns_of_numbers:
        # A table of words: a name does not occur again below.
        return all(name not in cells for name, cells in zip(names, zip(*body, strict=True), strict=False))
    # pandas numbers columns that have no names, and has no name for the column of the rows' numbers.
    return votes > 0 or (names[0] == "" and names[1:] == [str(place) for place in range(len(names) - 1)])


def _names_in_comment(text, line, width, dialect):
    """The names in a comment if it has one for each column, else None."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n", line)
    names = [cell.strip() for cell in table_cells.split_line(lines[line - 1].strip().lstrip(dialect.comment), dialect)]
    return names if len(names) == width and all(names) and not any(map(table_numbers.is_number, names)) else None


def _names(titles, width):
    """`(names, titles)` of the columns: names are different and not empty, titles are what `column_of` asks for."""
    if titles is None:
        names = [f"column {place}" for place in range(1, width + 1)]
        return names, [None, *names[1:]]
    names = []
    for place, title in enumerate(titles, 1):
        plain = " ".join(title.split()) or f"column {place}"
        name, number = plain, 2
        while name in names:
            name, number = f"{plain} ({number})", number + 1
        names.append(name)
    return names, titles
