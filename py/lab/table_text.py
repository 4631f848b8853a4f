"""The text of a file: which encoding it is in, and whether it is text at all."""

from typing import NamedTuple

from lab.table_error import TableError

# Encodings that can be chosen, and what Python calls them.
ENCODINGS = {
    "utf-8": "utf-8",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "windows-1252": "cp1252",
    "latin-1": "latin-1",
}
MOST_BYTES = 32 << 20

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# How files begin that are no text, and what they are.
_SIGNATURES = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "a workbook or document of an old Office program (.xls)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf", "an archive (7z)"),
    (b"Rar!", "an archive (RAR)"),
    (b"SQLite format 3", "a database (SQLite)"),
    (b"PAR1", "a Parquet file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "an array of NumPy's"),
)
_ZIP = b"PK\x03\x04"
# Control characters that text does not have: all but tab, line feed, vertical tab, form feed and carriage return.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r"))
# How much of a file tells what it is, in bytes.
_BEGINNING = 1 << 16


class Text(NamedTuple):
    """`text` without a byte order mark; its `encoding`, a key of `ENCODINGS`, or None for text that was pasted."""

    text: str
    encoding: str | None
    byte_order_mark: bool


def text_of(content, encoding=None):
    """The `Text` of a file's bytes, or of a pasted str. `encoding` is a key of `ENCODINGS`, or None to find it out.

    Raises TableError if there is nothing, too much, or something that is no text.
    """
    if len(content) > MOST_BYTES:
        raise TableError(
            f"This table has {len(content) >> 20} MB, and at most {MOST_BYTES >> 20} MB can be read. "
            "Save fewer rows or columns."
        )
    if isinstance(content, str):
        result = Text(content.removeprefix("\ufeff"), None, content.startswith("\ufeff"))
    else:
        content = bytes(content)
        _check_signature(content)
        marked = next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
        chosen = encoding or marked or _likely(content)
        text = _decoded(content, chosen)
        result = Text(text.removeprefix("\ufeff"), chosen, text.startswith("\ufeff"))
    if not result.text.strip():
        raise TableError("This table is empty: it has no line with anything in it.")
    _check_characters(result.text)
    return result


def line_at(text, position):
    """The number of the line, from 1, in which a position of a text lies. Lines end in LF, CR or CRLF."""
    before = text[:position]
    return before.count("\n") + before.count("\r") - before.count("\r\n") + 1


def _check_signature(content):
    kind = next((kind for signature, kind in _SIGNATURES if content.startswith(signature)), None)
    if content.startswith(_ZIP):
        kind = "a zip archive"
        if b"opendocument.spreadsheet" in content[:_BEGINNING]:
            kind = "an OpenDocument spreadsheet (.ods)"
        elif b"xl/" in content:
            kind = "an Excel workbook (.xlsx)"
    if content[:_BEGINNING].lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower().startswith((b"<!doctype html", b"<html")):
        kind = "a web page"
    if kind:
        raise TableError(
            f"This file is {kind}, whatever its name says, and a table has to be text. "
            "Open it in the program that it is for, and save the table as CSV."
        )


def _likely(content):
    """The encoding of bytes without a byte order mark."""
    beginning = content[:_BEGINNING]
    pairs = len(beginning) // 2
    first, second = beginning[::2].count(0), beginning[1::2].count(0)
    # In UTF-16 digits, separators and line ends have one byte that is zero, always on the same side.
    if not len(content) % 2 and max(first, second) > pairs / 5 and not min(first, second):
        return "utf-16-le" if second else "utf-16-be"
    for name in ("utf-8", "windows-1252"):
        try:
            content.decode(ENCODINGS[name])
        except UnicodeDecodeError:
            continue
        return name
    return "latin-1"


def _decoded(content, encoding):
    if encoding not in ENCODINGS:
        raise TableError(f"There is no encoding {encoding!r} to choose: it may be {', '.join(ENCODINGS)}.")
    try:
        return content.decode(ENCODINGS[encoding])
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(ENCODINGS[encoding], "replace")
        raise TableError(
            f"Line {line_at(before, len(before))} cannot be read as {encoding}. Choose another encoding, "
            "or save the table as UTF-8."
        ) from None


def _check_characters(text):
    beginning = text[:_BEGINNING].encode("utf-8", "replace")
    controls = len(beginning) - len(beginning.translate(None, _CONTROLS))
    if controls > len(beginning) / 20:
        raise TableError(
            "This file is no text: it is full of control characters. A table has to be text; save it as CSV."
        )
    position = text.find("\0")
    if position >= 0:
        raise TableError(
            f"Line {line_at(text, position)} holds a NUL character, which no text has: the file is damaged or no text. "
            "Save the table as CSV again."
        )
