"""Tables are read as a person who owns them would: the four ugly ones, and every guess, which can be changed."""

import json
from pathlib import Path

import numpy as np
import pytest

from lab.table_data import data_of
from lab.table_error import TableError
from lab.table_opening import open_table
from lab.table_reading import reading_of
from spec.registry import CLASSIFICATION, REGRESSION

TABLES = Path(__file__).parent.parent / "tables"


def opened(name, choices=None):
    """The reading of one of the ugly tables, as it comes out of JSON, and its data."""
    table = open_table((TABLES / name).read_bytes(), choices)
    return json.loads(json.dumps(reading_of(table, choices))), data_of(table, choices)


def read(content, choices=None):
    return reading_of(open_table(content, choices), choices)


def left_out(reading):
    return {entry["line"]: entry["why"] for entry in reading["left_out"]}


def ranges(reading):
    return [reading["columns"][place]["range"] for place in reading["used"]]


def named(reading, name):
    return next(column for column in reading["columns"] if column["name"] == name)


def test_the_german_table():
    reading, data = opened("1-excel-german.csv")
    assert reading["encoding"] == "utf-8" and reading["byte_order_mark"]
    assert (reading["separator"], reading["decimal"], reading["header_line"]) == (";", ",", 1)
    assert [column["name"] for column in reading["columns"]] == ["Länge (cm)", "Gewicht (g)", "Art"]
    assert [column["thousands"] for column in reading["columns"]] == ["", ".", ""]
    assert reading["classes"] == [["Barsch", 12], ["Hecht", 12]]
    assert reading["used_rows"] == reading["rows"] == 24
    assert ranges(reading) == [[21.21, 33.75], [827.8, 1550.1]]
    assert reading["left_out"] == [] and reading["notes"] == [] and reading["problem"] is None
    assert reading["blank"] == [26, 27]
    assert data.numbers[:2].tolist() == [[24.82, 957.0], [30.50, 1429.7]]
    assert [data.classes[label] for label in data.values[:2]] == ["Barsch", "Hecht"]


def test_the_table_of_quotes_and_missing_cells():
    reading, data = opened("2-quoted-missing.csv")
    assert (reading["rows"], reading["used_rows"], len(data.values)) == (40, 37, 37)
    assert left_out(reading) == {
        5: "“NA” in column “beak, mm”",
        24: "“NA” in column “beak, mm”",
        32: "nothing in column “mass, g”",
    }
    assert 10 in data.lines
    assert reading["columns"][0]["kind"] == "index"
    assert [reading["columns"][place]["name"] for place in reading["used"]] == ["beak, mm", "mass, g"]
    assert ranges(reading) == [[35.8, 51.5], [3200, 5300]]
    assert reading["columns"][reading["target"]]["name"] == "kind"
    assert reading["classes"] == [['Grey "Rock" bird', 19], ["Snow bird", 7], ["Tufted bird, eastern", 11]]
    assert [column["name"] for column in reading["columns"] if column["can_be_class"]] == ["site", "kind", "sex"]


def test_a_missing_cell_counts_where_its_column_is_used():
    reading, data = opened("2-quoted-missing.csv", {"target": 5})
    assert left_out(reading)[10] == "nothing in column “sex”"
    assert reading["used_rows"] == len(data.values) == 36
    assert reading["classes"] == [["f", 16], ["m", 20]]
    # Without the column of masses its empty cell in line 32 does not matter.
    assert set(left_out(opened("2-quoted-missing.csv", {"used": [3]})[0])) == {5, 24}


def test_the_table_with_counts_in_its_first_line():
    reading, data = opened("3-counts-first-line.csv")
    assert (reading["header"], reading["header_line"]) == ("counts", 1)
    assert reading["classes"] == [["low", 10], ["mid", 10], ["high", 10]]
    assert [column["name"] for column in reading["columns"]] == ["column 1", "column 2", "column 3"]
    assert (reading["target"], reading["used"], reading["used_rows"]) == (2, [0, 1], 30)
    assert reading["left_out"] == []
    assert data.numbers[-1].tolist() == [0.02966, 213.9]
    assert [data.classes[label] for label in data.values[:6]] == ["low", "low", "high", "mid", "high", "high"]
    np.testing.assert_allclose(data.inputs.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(data.inputs.std(axis=0), 1, atol=1e-6)


def test_the_table_of_comments_and_uneven_lines():
    reading, data = opened("6-comments-ragged.csv")
    assert (reading["comments"], reading["header_line"], reading["blank"]) == ([1, 2], 3, [13])
    assert left_out(reading) == {
        19: "2 cells instead of 3",
        26: "“inf” in column “x”",
        32: "“n/a” in column “x”",
        37: "4 cells instead of 3",
    }
    assert reading["columns"][reading["target"]]["name"] == "label"
    assert reading["task"] == CLASSIFICATION
    assert reading["classes"] == [["-1", 18], ["+1", 17]]
    assert data.numbers.min(axis=0).tolist() == [-1.055, -0.641]
    assert data.numbers.max(axis=0).tolist() == [1.994, 1.021]
    assert data.lines[[0, 9, -1]].tolist() == [4, 14, 43]


def test_lines_are_counted_in_the_file_whatever_cells_hold():
    reading = read('x,y,kind\r\n1.5,2,"two\r\nlines"\r\n\r\n2.5,,a\r\n3.5,1,"two\r\nlines"\r\n4.5,1\r\n5.5,7,a\r\n')
    assert reading["first_lines"] == [2, 5, 6, 9]
    assert reading["blank"] == [4]
    assert left_out(reading) == {5: "nothing in column “y”", 8: "2 cells instead of 3"}


@pytest.mark.parametrize(
    ("separator", "told"),
    [(",", ","), (";", ";"), ("\t", "\t"), ("|", "|"), (" ", " "), ("    ", " ")],
)
def test_separators(separator, told):
    lines = [separator.join(cells) for cells in (["x", "y", "kind"], ["1.5", "2", "a"], ["2.5", "-3", "b"])]
    reading = read("\n".join(lines))
    assert reading["separator"] == told
    assert [column["name"] for column in reading["columns"]] == ["x", "y", "kind"]
    assert ranges(reading) == [[1.5, 2.5], [-3, 2]]


def test_aligned_columns():
    reading = read("   x     y  kind \n  1.5   2    a  \n 12.5  -3    b  \n  2.5  13    a \n")
    assert (reading["separator"], reading["rows"]) == (" ", 3)
    assert ranges(reading) == [[1.5, 12.5], [-3, 13]]


def test_excels_own_line_tells_the_separator():
    reading = read("sep=|\nx|y|kind\n1|2;5|a\n2|3;5|b\n")
    assert reading["separator"] == "|"
    assert reading["comments"] == [1]
    assert reading["header_line"] == 2


def test_savetxts_header_is_a_comment():
    reading = read("# made by NumPy\n# x y kind\n1.0 2.0 0\n1.5 2.5 1\n1.7 2.5 1\n1.9 2.1 0\n")
    assert [column["name"] for column in reading["columns"]] == ["x", "y", "kind"]
    assert (reading["header_line"], reading["comments"], reading["rows"]) == (2, [1], 4)


def test_colours_are_no_comments():
    reading = read("colour,x,kind\n#ff0000,1.5,a\n#00ff00,2.5,b\n#0000ff,3.5,a\n")
    assert (reading["rows"], reading["comments"]) == (3, [])
    assert reading["first_rows"][0] == ["#ff0000", "1.5", "a"]


def test_rs_header_is_one_name_short():
    reading = read("beak,mass\nfirst,1.5,2\nsecond,2.5,3\nthird,3.5,1\n")
    assert [column["name"] for column in reading["columns"]] == ["column 1", "beak", "mass"]
    assert reading["first_rows"][0] == ["first", "1.5", "2"]


def test_a_separator_at_the_end_of_lines_is_an_empty_column():
    reading = read("x,y,kind\n1.5,2,a,\n2.5,3,b,\n3.5,1,a,\n")
    assert [column["name"] for column in reading["columns"]] == ["x", "y", "kind", "column 4"]
    assert reading["columns"][3]["kind"] == "empty"
    assert (reading["target"], reading["used"]) == (2, [0, 1])


def test_numbers_above_numbers_are_no_header():
    reading = read("1.5,2,a\n2.5,3,b\n3.5,1,a\n")
    assert (reading["header"], reading["rows"]) == ("none", 3)
    reading = read(",0,1,2\n0,1.5,2,a\n1,2.5,3,b\n2,3.5,1,a\n")
    assert (reading["header"], reading["rows"], reading["used"]) == ("names", 3, [1, 2])


def test_names_that_are_the_same_are_told_apart():
    names = [column["name"] for column in read("x,x,,x (2),kind\n1,2,3,4,a\n2,3,4,6,b\n")["columns"]]
    assert names == ["x", "x (2)", "column 3", "x (2) (2)", "kind"]


# Cells of a column, separated by semicolons from a class, and what they are read as.
NUMBERS = [
    ("1.429,7 827,8 12", [1429.7, 827.8, 12]),
    ("1,429.7 827.8 12", [1429.7, 827.8, 12]),
    ("1.234.567 1.000 5", [1234567, 1000, 5]),
    ("1,234,567 1,000 5", [1234567, 1000, 5]),
    ("1'234.5 2'000'000 7", [1234.5, 2e6, 7]),
    ("1\u202f234,5 2\u00a0000 7", [1234.5, 2000, 7]),
    ("0,123 0,456 1,789", [0.123, 0.456, 1.789]),
    ("1,234 2,345 3,456", [1.234, 2.345, 3.456]),
    ("1.234 2.345 3.456", [1.234, 2.345, 3.456]),
    ("1,5e-7 2E3 -,5", [1.5e-7, 2000, -0.5]),
    ("−1.5 +2 .5", [-1.5, 2, 0.5]),
    ("1. 2. 3.5", [1, 2, 3.5]),
]


@pytest.mark.parametrize(("cells", "values"), NUMBERS, ids=[cells for cells, _ in NUMBERS])
def test_numbers(cells, values):
    rows = [f"{cell};{name}" for cell, name in zip(cells.split(" "), "aba", strict=True)]
    data = data_of(open_table("\n".join(["x;kind", *rows])), {"standardize": False})
    assert data.numbers[:, 0].tolist() == values


def test_other_columns_tell_what_a_mark_means():
    assert data_of(open_table("x;y;kind\n0,5;1.234;a\n1,5;2.345;b\n")).numbers[:, 1].tolist() == [1234, 2345]
    assert data_of(open_table("x;y;kind\n0.5;1,234;a\n1.5;2,345;b\n")).numbers[:, 1].tolist() == [1234, 2345]
    assert data_of(open_table('x,y,kind\n1,"1,234",a\n3,"2,345",b\n')).numbers[:, 1].tolist() == [1234, 2345]


MISSING = ["", "NA", "n/a", "?", "nan", "NaN", "null", "-", "inf", "-inf", "∞", "#N/A", "#DIV/0!", "1e39", "-1e999"]


@pytest.mark.parametrize("cell", MISSING)
def test_missing_numbers(cell):
    reading = read(f"x,y,kind\n1.5,2,a\n2.5,{cell},b\n3.5,1,a\n4.5,4,b\n")
    told = f"“{cell}”" if cell else "nothing"
    assert left_out(reading) == {3: f"{told} in column “y”"}
    assert (named(reading, "y")["missing"], named(reading, "y")["unreadable"]) == (1, 0)
    assert named(reading, "y")["range"] == [1, 4]


@pytest.mark.parametrize("cell", ["", "NA", "?", "null", "-"])
def test_missing_classes(cell):
    reading = read(f"x,kind\n1.5,a\n2.5,{cell}\n3.5,b\n4.5,a\n")
    assert set(left_out(reading)) == {3}
    assert reading["classes"] == [["a", 2], ["b", 1]]


def test_plus_and_minus_are_classes():
    assert read("x,kind\n1.5,+\n2.5,-\n3.5,?\n4.5,+\n")["classes"] == [["+", 2], ["-", 1]]


def test_a_typing_error_in_a_column_of_numbers():
    rows = [f"{value}.5,{'ab'[value % 2]}" for value in range(20)]
    rows[7] = "7.5x,b"
    reading = read("\n".join(["x,kind", *rows]))
    assert left_out(reading) == {9: "“7.5x” in column “x”"}
    assert (named(reading, "x")["kind"], named(reading, "x")["unreadable"]) == ("number", 1)


def test_kinds():
    rows = [f"{row + 17},{row},{row / 7},3.5,same,n{row},{'ab'[row % 2]},,{row % 3}" for row in range(30)]
    reading = read("\n".join(["id,x,y,c,s,note,kind,e,size", *rows]))
    assert [(column["name"], column["kind"]) for column in reading["columns"]] == [
        ("id", "index"),
        ("x", "number"),
        ("y", "number"),
        ("c", "constant"),
        ("s", "constant"),
        ("note", "text"),
        ("kind", "class"),
        ("e", "empty"),
        ("size", "number"),
    ]
    assert (reading["target"], reading["used"]) == (6, [1, 2, 8])
    assert [column["why"] for column in reading["columns"]] == [
        "it only numbers the rows",
        "",
        "",
        "it is the same in every row",
        "it is the same in every row",
        "words are no inputs",
        "it is predicted",
        "it is empty",
        "",
    ]
    assert named(reading, "size")["values"] == [["0", 10], ["1", 10], ["2", 10]]
    assert [named(reading, name)["distinct"] for name in ("size", "x", "note", "kind", "c")] == [3, 30, 30, 2, 1]


def test_a_column_of_many_values_says_so():
    reading = read("\n".join(["x,y,kind", *(f"{row / 7},{row}.25,{'ab'[row % 2]}" for row in range(101))]))
    assert (named(reading, "x")["distinct"], named(reading, "x")["values"]) == (None, [])


def test_an_index_is_an_input_if_there_is_nothing_else():
    reading = read("id,value\n" + "\n".join(f"{row},{row * row / 7}" for row in range(30)))
    assert (reading["used"], reading["target"], reading["task"]) == ([0], 1, REGRESSION)


PROPOSALS = {
    "a class of words": ("x,kind,y\n1.5,a,2.5\n2.5,b,3\n3.5,a,1.1\n", 1, CLASSIFICATION),
    "numbers only": ("x,y,z\n1.5,1.5,2.5\n2.5,7.5,3\n3.5,3.5,1.1\n", 2, REGRESSION),
    "numbers only, one called target": ("target,y,z\n1.5,1.5,2.5\n2.5,7.5,3\n3.5,3.5,1.1\n", 0, REGRESSION),
    "few whole numbers last": ("1.5,2.5,0\n2.5,3.5,1\n3.5,4.5,0\n4.1,5.5,1\n", 2, CLASSIFICATION),
    "few whole numbers first": (
        "\n".join(f"{row % 3},{row / 7},{row * row / 3}" for row in range(30)),
        0,
        CLASSIFICATION,
    ),
    "few whole numbers in the middle": ("x,n,y\n1.5,2,2.5\n2.5,3,3.1\n3.5,2,1.1\n4.5,3,1.7\n", 2, REGRESSION),
}


@pytest.mark.parametrize("name", PROPOSALS)
def test_what_is_predicted(name):
    content, target, task = PROPOSALS[name]
    reading = read(content)
    assert (reading["target"], reading["task"]) == (target, task)
    assert reading["used"] == [
        place for place in range(3) if place != target and reading["columns"][place]["can_be_number"]
    ]


TABLE = "a;b;c;kind\n1,500;2,5;0;x\n2,500;3,5;1;y\n3,500;1,5;0;x\n4,500;7,5;1;y\n"


def test_every_guess_can_be_changed():
    assert read(TABLE)["decimal"] == ","
    kinds = [column["kind"] for column in read(TABLE, {"decimal": "."})["columns"]]
    assert kinds == ["number", "class", "number", "class"]
    assert named(read(TABLE, {"decimal": "."}), "a")["range"] == [1500, 4500]
    assert read(TABLE, {"separator": ","})["first_rows"][0] == ["1", "500;2", "5;0;x"]
    reading = read(TABLE, {"header": "none"})
    assert (reading["rows"], reading["first_rows"][0]) == (5, ["a", "b", "c", "kind"])
    reading = read("1;2;a\n2;3;b\n5;3;a\n", {"header": "names"})
    assert ([column["name"] for column in reading["columns"]], reading["rows"]) == (["1", "2", "a"], 2)
    assert read("2;1;x;y\n1;0\n2;1\n", {"header": "none"})["left_out"] == [{"line": 1, "why": "4 cells instead of 2"}]
    reading = read(TABLE, {"target": 2})
    assert (reading["task"], reading["classes"], reading["used"]) == (CLASSIFICATION, [["0", 2], ["1", 2]], [0, 1])
    reading = read(TABLE, {"target": 2, "task": REGRESSION})
    assert (reading["task"], reading["classes"], reading["problem"]) == (REGRESSION, [], None)
    assert read(TABLE, {"task": REGRESSION})["target"] == 2
    reading = read(TABLE, {"used": [1]})
    assert (reading["used"], reading["columns"][0]["why"]) == ([1], "it is not chosen")
    assert read(TABLE)["standardize"] and not read(TABLE, {"standardize": False})["standardize"]
    assert read("x;kind\n1;'a;b'\n2;c\n3;c\n", {"quote": ""})["left_out"][0]["line"] == 2
    content = "x,kind\n1,a\n#2,b\n3,b\n"
    assert (read(content)["comments"], read(content)["rows"]) == ([3], 2)
    assert (read(content, {"comment": ""})["comments"], read(content, {"comment": ""})["rows"]) == ([], 3)
    content = "x,kind\n1,ä\n2,ö\n".encode()
    assert read(content)["classes"] == [["ä", 1], ["ö", 1]]
    assert read(content, {"encoding": "latin-1"})["classes"] == [["Ã¤", 1], ["Ã¶", 1]]


@pytest.mark.parametrize(
    ("encoding", "told", "marked"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8-sig", "utf-8", True),
        ("utf-16", "utf-16-le", True),
        ("utf-16-le", "utf-16-le", False),
        ("utf-16-be", "utf-16-be", False),
        ("cp1252", "windows-1252", False),
    ],
)
def test_encodings(encoding, told, marked):
    reading = read("größe;art\n1,5;Häher\n2,5;Möwe\n3,5;Möwe\n".encode(encoding))
    assert (reading["encoding"], reading["byte_order_mark"]) == (told, marked)
    assert reading["columns"][0]["name"] == "größe"
    assert reading["classes"] == [["Häher", 1], ["Möwe", 2]]


def test_latin_1_where_windows_1252_has_no_such_character():
    assert read(b"x;kind\n1,5;\x81\xe4\n2,5;b\n")["encoding"] == "latin-1"


def test_pasted_text_has_no_encoding():
    reading = read("\ufeffx\tkind\n1.5\ta\n2.5\tb\n")
    assert (reading["encoding"], reading["columns"][0]["name"]) == (None, "x")


def test_formulas_and_markup_are_text():
    names = ["=cmd|' /C calc'!A0", "<img src=x onerror=alert(1)>", "@SUM(1+1)"]
    reading = read("\n".join(["x,kind", *(f"{row}.5,{name}" for row, name in enumerate(names * 2))]))
    assert [name for name, _ in reading["classes"]] == sorted(names)


def test_choices_that_there_are_not():
    for choices, word in [
        ({"colour": 1}, "colour"),
        ({"header": "no"}, "header"),
        ({"decimal": ";"}, "decimal"),
        ({"encoding": "utf-7"}, "encoding"),
        ({"task": "guess"}, "task"),
        ({"separator": ";;"}, "separator"),
        ({"separator": "\n"}, "separator"),
        ({"quote": "''"}, "quotation"),
        ({"comment": ";"}, "comment"),
        ({"target": 4}, "column 5"),
        ({"used": [0, 9]}, "column 10"),
    ]:
        with pytest.raises(TableError, match=word):
            read(TABLE, choices)
