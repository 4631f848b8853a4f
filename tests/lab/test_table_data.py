"""The data in a table: standardized, at most so many rows, and written so that the same set is read back."""

import csv
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lab.table_data import csv_of, data_of
from lab.table_opening import open_table
from lab.table_reading import reading_of
from spec.registry import CLASSIFICATION, REGRESSION

ROOM = Path(__file__).parents[2] / "py"
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8).filter(
    lambda name: name.isidentifier() and name.casefold() not in ("na", "nan", "null")
)


def test_standardizing_is_undone_by_mean_and_scale():
    rng = np.random.default_rng(0)
    numbers = rng.normal([5, 2000, 1.7e9], [0.01, 500, 30], (200, 3))
    data = data_of(open_table(csv_of(["x", "y", "time"], numbers, "price", 3 * numbers[:, 1] - 7)))
    assert data.inputs.dtype == data.targets.dtype == np.float32
    np.testing.assert_array_equal(data.numbers, numbers)
    np.testing.assert_allclose(data.mean, numbers.mean(axis=0))
    np.testing.assert_allclose(data.scale, numbers.std(axis=0))
    np.testing.assert_allclose(data.inputs.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(data.inputs.std(axis=0), 1, rtol=1e-5)
    np.testing.assert_allclose(data.inputs * data.scale + data.mean, numbers, rtol=1e-6)
    np.testing.assert_allclose(data.targets * data.value_scale + data.value_mean, data.values, rtol=1e-5)


def test_without_standardizing_the_inputs_are_the_numbers():
    data = data_of(open_table("x,y,z\n1.5,5,2.5\n2.5,5,9.25\n4,6,1.5\n"), {"standardize": False})
    assert data.task == REGRESSION
    assert data.inputs.tolist() == [[1.5, 5], [2.5, 5], [4, 6]]
    assert data.targets.tolist() == [2.5, 9.25, 1.5]
    assert (data.mean.tolist(), data.scale.tolist(), data.value_mean, data.value_scale) == ([0, 0], [1, 1], 0, 1)


def test_a_constant_input_is_standardized_to_0():
    data = data_of(open_table("x,y,kind\n7,1,a\n7,2,b\n"), {"used": [0, 1]})
    assert data.inputs.tolist() == [[0, -1], [0, 1]]


def test_of_many_rows_twenty_thousand_are_drawn():
    rows = 50_000
    content = "x,kind\n" + "".join(f"{row / 7},{'ab'[row % 2]}\n" for row in range(rows))
    table = open_table(content)
    data, reading = data_of(table), reading_of(table)
    assert (reading["rows"], reading["complete_rows"], reading["used_rows"]) == (rows, rows, 20_000)
    assert any("20,000 of 50,000 rows" in note for note in reading["notes"])
    # Rows in order, from all of the file, each where it says.
    assert len(data.values) == 20_000 and (np.diff(data.lines) > 0).all()
    np.testing.assert_array_equal(data.numbers[:, 0], np.array([(line - 2) / 7 for line in data.lines.tolist()]))
    np.testing.assert_array_equal(data.values, data.lines % 2)
    assert abs(data.values.mean() - 0.5) < 0.02 and abs(data.lines.mean() / rows - 0.5) < 0.02
    np.testing.assert_array_equal(data_of(open_table(content)).lines, data.lines)


def test_missing_cells_of_columns_that_are_not_used_drop_no_rows():
    content = "x,y,note,kind\n1.5,,a,u\n2.5,NA,,v\n3.5,1,,u\n4.5,2,,v\n"
    assert data_of(open_table(content), {"used": [0]}).lines.tolist() == [2, 3, 4, 5]
    assert data_of(open_table(content), {"used": [0, 1]}).lines.tolist() == [4, 5]


@given(st.data())
def test_classes_are_read_back(data):
    inputs = data.draw(st.integers(1, 4))
    classes = sorted(data.draw(st.lists(NAMES, min_size=2, max_size=10, unique=True)))
    labels = [*range(len(classes)), *data.draw(st.lists(st.integers(0, len(classes) - 1), min_size=2, max_size=20))]
    numbers = data.draw(arrays.arrays(np.float32, (len(labels), inputs), elements=FLOATS))
    names = [f"input {place}" for place in range(inputs)]
    text = csv_of(names, numbers, "class", labels, classes)
    read = data_of(open_table(text.encode()), {"used": list(range(inputs)), "standardize": False})
    assert (read.names, read.target, read.task, read.classes) == (names, "class", CLASSIFICATION, classes)
    np.testing.assert_array_equal(read.inputs, numbers)
    np.testing.assert_array_equal(read.targets, labels)
    # What is read, written again, is the same text.
    assert csv_of(read.names, read.inputs, read.target, read.values, read.classes) == text


@given(arrays.arrays(np.float32, st.tuples(st.integers(11, 30), st.integers(2, 4)), elements=FLOATS, unique=True))
def test_numbers_to_predict_are_read_back(numbers):
    names = ["a", "b", "c"][: numbers.shape[1] - 1]
    text = csv_of(names, numbers[:, :-1], "value", numbers[:, -1])
    read = data_of(open_table(text), {"standardize": False})
    assert (read.names, read.target, read.task) == (names, "value", REGRESSION)
    np.testing.assert_array_equal(read.inputs, numbers[:, :-1])
    np.testing.assert_array_equal(read.targets, numbers[:, -1])


def test_the_text_is_csv_as_others_read_it():
    text = csv_of(['beak, "mm"', "y"], np.float32([[0.1, 2], [1e-9, -3]]), "kind", [1, 0], ["=cmd|x", "<b>a</b>, \n"])
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ['beak, "mm"', "y", "kind"],
        ["0.1", "2", "<b>a</b>, \n"],
        ["1e-09", "-3", "=cmd|x"],
    ]


@pytest.mark.parametrize("module", ["lab.session", "lab.choices"])
def test_the_lab_starts_without_these_modules(module):
    script = f"import sys, {module}; print([name for name in sys.modules if 'table_' in name or name == 'csv'])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOM)
    assert found.stdout.strip() == "[]"
