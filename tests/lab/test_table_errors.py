"""A table that cannot be used gets a sentence that names line and column and says what would help."""

import gc
import gzip
import io
import json
import random
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.table_choices import HEADERS
from lab.table_data import data_of
from lab.table_error import TableError
from lab.table_opening import open_table
from lab.table_reading import reading_of


def refused(content, choices=None):
    """The sentence with which a table is refused."""
    with pytest.raises(TableError) as caught:
        data_of(open_table(content, choices), choices)
    assert gc.isenabled()
    return str(caught.value)


def archive(*names):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as opened:
        for name in names:
            opened.writestr(name, "<x/>" * 100)
    return target.getvalue()


def spreadsheet():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as opened:
        opened.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        opened.writestr("content.xml", "<x/>")
    return target.getvalue()


UGLY = [path.read_bytes() for path in sorted((Path(__file__).parent.parent / "tables").glob("*.csv"))]
ROWS = "".join(f"{row}.5,{row % 7},{'ab'[row % 2]}\n" for row in range(40))
RANDOM = random.Random(0)

NO_TEXT = {
    "workbook": (archive("[Content_Types].xml", "xl/workbook.xml"), r"Excel workbook \(.xlsx\)"),
    "spreadsheet": (spreadsheet(), r"OpenDocument spreadsheet \(.ods\)"),
    "archive": (archive("table.csv"), "zip archive"),
    "gzip": (gzip.compress(ROWS.encode()), "gzip"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + RANDOM.randbytes(500), "PNG"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF" + RANDOM.randbytes(500), "JPEG"),
    "gif": (b"GIF89a" + RANDOM.randbytes(500), "GIF"),
    "pdf": (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\n", "PDF"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "xls"),
    "web page": (b"\n<!DOCTYPE html>\n<html><body>1,2,a\n</body></html>", "web page"),
    "anything": (RANDOM.randbytes(5000), "text"),
}


@pytest.mark.parametrize("name", NO_TEXT)
def test_files_that_are_no_text(name):
    content, word = NO_TEXT[name]
    sentence = refused(content)
    assert re.search(word, sentence)
    assert "CSV" in sentence


UNUSABLE = {
    "nothing": (b"", "empty"),
    "a byte order mark": (b"\xef\xbb\xbf", "empty"),
    "blank lines": ("\n \r\n\t\n", "empty"),
    "comments only": ("# one\n# two\n# three, four\n", "single column|empty"),
    "header only": ("x,y,kind\n", "no rows, only a header in line 1"),
    "one row": ("x,y,kind\n1,2,a\n", "single row, in line 2"),
    "one row without a header": ("1,2,a\n", "single row, in line 1"),
    "one column": ("x\n1\n2\n3\n", "single column"),
    "one column by the chosen separator": ("x,y\n1,a\n2,b\n", "single column"),
    "one class": ("x,y,kind\n1.5,2,a\n2.5,3,a\n4,4,a\n", "Column “kind” has a single class, “a”"),
    "one class, a number": ("label,x,y\n1,1.5,2\n1,2.5,3\n1,4,4\n", "Column “label” has a single class, “1”"),
    "many classes": (
        "x,kind\n" + "".join(f"{row / 7},n{row % 5000}\n" for row in range(10_000)),
        "Column “kind” has 5,000 different values, and at most 10",
    ),
    "words only": ("a,b,kind\nu,v,x\nw,v,y\nz,u,x\n", "no column of numbers besides “kind”"),
    "no complete rows": ("x,y,kind\n1,,a\n,2,b\n3,,a\n,1,b\n", "Only 0 of 4 rows"),
    "NUL": ("x,y,kind\n1,2,a\n2,\0,b\n" + ROWS, "Line 3 holds a NUL"),
    "NUL after old line ends": ("x,y,kind\r1,2,a\r2,3,b\r3,\0,b\r" + ROWS, "Line 4 holds a NUL"),
    "a long cell": (
        "x,y,kind\n1,2,a\n2,3," + "b" * (1 << 20) + "\n" + ROWS,
        "Line 3 begins a cell of more than 131,072",
    ),
    "a long line": (
        ",".join("5" * 500_000) + "\n" + ",".join("6" * 500_000),
        "Line 1 has 500,000 cells, and at most 1,000",
    ),
    "a long word": ("b" * (1 << 20), "single column"),
    "an open quotation mark": (
        'x,y,kind\n1,2,"a"\n2,3,"b\n' + ROWS,
        'Line 3 has a quotation mark " that is never closed',
    ),
    "too much": (b"1,2,a\n" * (6 << 20), "36 MB, and at most 32 MB"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_tables_that_cannot_be_used(name):
    content, words = UNUSABLE[name]
    choices = {"separator": ";"} if "chosen" in name else None
    sentence = refused(content, choices)
    assert re.search(words, sentence), sentence


def test_what_a_reading_says_is_why_there_are_no_data():
    for name in ("one class", "many classes", "words only", "no complete rows"):
        content, _ = UNUSABLE[name]
        reading = reading_of(open_table(content))
        assert reading["problem"] == refused(content)
        assert reading["first_rows"]


TABLE = "x,y,kind\n1.5,2,a\n2.5,3,b\n4,4,c\n,5,c\n"


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"target": 2, "task": "regression"}, "Column “kind” holds words"),
        ({"target": 1, "used": [0, 2]}, "Column “kind” holds words"),
        ({"used": []}, "No column is chosen"),
        ({"used": [2], "target": 2}, "No column is chosen"),
        ({"encoding": "utf-16-le"}, None),
    ],
)
def test_choices_that_leave_nothing_to_learn(choices, words):
    sentence = refused(TABLE.encode(), choices)
    assert words is None or words in sentence


def test_a_constant_cannot_be_predicted():
    sentence = refused("x,y\n1.5,2\n2.5,2\n4,2\n", {"target": 1, "task": "regression"})
    assert "Column “y” is 2 in every row" in sentence


def test_numbers_of_many_values_are_better_predicted_as_numbers():
    content = "\n".join(["x,y", *(f"{row / 7},{row}" for row in range(30))])
    assert "Predict it as a number" in refused(content, {"target": 1, "task": "classification"})


def test_another_encoding_is_refused_by_its_line():
    assert refused("x,kind\n1,a\n2,ä\n".encode("cp1252"), {"encoding": "utf-8"}).startswith(
        "Line 3 cannot be read as utf-8"
    )


def test_of_two_hundred_columns_sixty_four_are_used():
    content = "\n".join(
        ",".join([*(f"{row * place % 17}.5" for place in range(1, 200)), "ab"[row % 2]]) for row in range(30)
    )
    reading = reading_of(open_table(content))
    assert len(reading["columns"]) == 200
    assert reading["used"] == [place for place in range(199) if reading["columns"][place]["kind"] == "number"][:64]
    assert len(reading["used"]) == 64
    assert any("the first 64 are" in note for note in reading["notes"])
    assert data_of(open_table(content)).inputs.shape == (30, 64)
    assert "65 columns are chosen as inputs, and there can be at most 64" in refused(content, {"used": list(range(65))})


def test_a_thousand_of_the_lines_that_are_left_out_are_told():
    content = "x,kind\n" + "".join(f"{'' if row % 3 else row / 7},{'ab'[row % 2]}\n1\n" for row in range(2000))
    reading = reading_of(open_table(content))
    assert reading["left_out_count"] == 2000 + 1333
    assert len(reading["left_out"]) == 1000
    lines = [2 * row + 2 for row in range(2000) if row % 3] + [2 * row + 3 for row in range(2000)]
    assert [entry["line"] for entry in reading["left_out"]] == sorted(lines)[:1000]


PIECES = (*",;|\t \"'\n\r\\#=-.", "1", "2,5", "1.234", "a", "ä", "NA", "\0", "−")
CHOICES = st.sampled_from(
    [
        *[{}] * 8,
        *({"separator": mark} for mark in ",; "),
        *({"header": kind} for kind in HEADERS),
        *({"quote": mark} for mark in ("", "'")),
        {"decimal": ","},
        {"comment": ""},
        {"target": 0},
        {"task": "regression"},
        {"task": "classification", "target": 1},
        {"used": [0, 1], "standardize": False},
    ]
)


@st.composite
def damaged(draw):
    """An ugly table, with some of its text taken out and some put in."""
    content = draw(st.sampled_from(UGLY))
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(content)))
        put = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=5))).encode()
        content = content[:at] + put + content[at + draw(st.sampled_from([0, 1, 5, 40])) :]
    return content


@settings(max_examples=400)
@given(damaged() | st.lists(st.sampled_from(PIECES), max_size=80).map("".join), CHOICES)
def test_whatever_comes_there_are_data_or_a_sentence(content, choices):
    try:
        table = open_table(content, choices)
        reading = json.loads(json.dumps(reading_of(table, choices)))
    except TableError as error:
        assert str(error).endswith(".")
        return
    if reading["problem"]:
        assert refused(content, choices) == reading["problem"]
        return
    data = data_of(table, choices)
    assert data.inputs.shape == (reading["used_rows"], len(reading["used"]))
    assert np.isfinite(data.inputs).all() and np.isfinite(data.targets).all()
    assert len(data.values) == len(data.lines) == reading["used_rows"]
    if data.classes:
        assert np.bincount(data.values).tolist() == [rows for _, rows in reading["classes"]]
