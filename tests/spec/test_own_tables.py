"""A person's own tables as they are kept and linked to: what the first line says, and what it may not say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spec import fields, own_tables, shape
from spec.own_tables import Table
from tests.spec.strategies import examples

FLOWERS = Table(
    "flowers.csv", "classification", 150, ["length", "width"], "kind", ["a", "b", "c"], True, None, None, None
)
PRICES = Table("prices.csv", "regression", 9, ["size"], "price", [], False, [0, 8], [[2.5], [-4]], 1.5)


@pytest.fixture
def known():
    own_tables.keep("f0", FLOWERS)
    own_tables.keep("b0", PRICES)
    yield
    own_tables._tables.clear()


names = st.text(max_size=own_tables.LONGEST_NAME)


@examples(50)
@given(names, names, st.lists(names, min_size=1, max_size=64), st.lists(names, min_size=2, max_size=10))
def test_what_is_written_is_read(name, target, inputs, classes):
    table = Table(
        name, "classification", 20, inputs, target, classes, True, [3, 1], [[0.1] * len(inputs), [2] * len(inputs)], 6
    )
    line = own_tables.write(table)
    assert "\n" not in line
    assert own_tables.read(line) == table


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rows": 0}, "1 to 20000 rows"),
        ({"rows": 20001}, "1 to 20000 rows"),
        ({"rows": True}, "1 to 20000 rows"),
        ({"rows": "150"}, "1 to 20000 rows"),
        ({"inputs": []}, "1 to 64 inputs"),
        ({"inputs": ["x"] * 65}, "1 to 64 inputs"),
        ({"inputs": "ab"}, "no list"),
        ({"inputs": ["x", 5]}, "no text"),
        ({"target": "x" * 201}, "at most 200 characters"),
        ({"name": None}, "no text"),
        ({"task": "clustering"}, "no task"),
        ({"classes": ["a"]}, "2 to 10 classes"),
        ({"classes": ["a"] * 11}, "2 to 10 classes"),
        ({"classes": []}, "2 to 10 classes"),
        ({"task": "regression"}, "none for numbers"),
        ({"standardize": 1}, "standardized"),
        ({"held_out": [150]}, "held-out rows"),
        ({"held_out": [1, 1]}, "held-out rows"),
        ({"held_out": 3}, "no list"),
        ({"held_out": list(range(150))}, "All of its rows"),
        ({"units": [[0, 0], [1]]}, "not those of its inputs"),
        ({"units": [[0, 0]]}, "not those of its inputs"),
        ({"units": [0, 1]}, "no list"),
        ({"units": [[0, 0], [1, 0]]}, "no numbers, or 0"),
        ({"units": [[0, "0"], [1, 1]]}, "no numbers, or 0"),
        ({"units": [[0, 0], [1, 1e999]]}, "no numbers, or 0"),
        ({"extent": 0}, "above 0"),
        ({"extent": True}, "above 0"),
        ({"extent": 1e999}, "above 0"),
    ],
)
def test_a_line_that_says_something_else_is_refused(changes, said):
    line = json.dumps({**json.loads(own_tables.write(FLOWERS)), **changes})
    with pytest.raises(ValueError, match=said):
        own_tables.read(line)


@pytest.mark.parametrize("line", ["", "x,y", "[]", "{}", "3", '{"name": "x"}', "null"])
def test_a_line_that_says_nothing_is_refused(line):
    with pytest.raises(ValueError, match="does not begin with what is in it"):
        own_tables.read(line)


def test_the_shape_of_an_experiment_is_that_of_its_table(known):
    experiment = {**fields.defaults(), "dataset": "own", "table": "f0"}
    assert shape.shape_of(experiment) == shape.Shape(150, 135, 2, 2, 3, "classification")
    assert shape.shape_of({**experiment, "held_out": 50}).training == 75
    assert shape.shape_of({**experiment, "table": "b0"}) == shape.Shape(9, 7, 1, 1, 1, "regression")
    # Of the toy sets' options it follows none.
    assert shape.shape_of({**experiment, "points": 20, "classes": 5, "noise": 0}) == shape.shape_of(experiment)
    # One that is not known counts as one like the toy sets, and other sets do not ask for it.
    assert shape.shape_of({**experiment, "table": "c0"}).rows == 200
    assert shape.shape_of({**experiment, "dataset": "circle"}).outputs == 2


def test_the_key_of_a_table_is_in_the_address_and_is_a_key():
    experiment = {**fields.defaults(), "dataset": "own", "table": "0123456789abcdef"}
    assert fields.to_query(experiment) == "dataset=own&table=0123456789abcdef"
    assert fields.from_query("dataset=own&table=0123456789abcdef") == (experiment, [])
    for text in ("../x", "ABC", "0" * 33, "<b>"):
        read, complaints = fields.from_query(f"dataset=own&table={text}")
        assert read["table"] == "" and "Table must be the key of a table" in complaints[0]
