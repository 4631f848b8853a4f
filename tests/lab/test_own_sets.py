"""A person's own tables as data of a run: what the network gets of them, and the units in which they are read."""

import csv
import io

import numpy as np
import pytest

from lab import datasets, own_sets, session, table_data, table_opening
from spec import fields, own_tables, protocol, shape
from tests.lab.test_session import no_runs  # noqa: F401

FLOWERS = "length,width,kind\n" + "".join(
    f"{4 + 0.25 * (number % 9)},{2 + number % 7},{('moss', 'reed', 'fern')[number % 3]}\n" for number in range(60)
)
PRICES = "size;rooms;price\n" + "".join(
    f"{50 + 3 * number};{number % 4};{7.5 * number + 100}\n" for number in range(30)
)


@pytest.fixture(autouse=True)
def forgotten():
    yield
    own_sets._sets.clear()
    own_tables._tables.clear()


def experiment_of(text, name="a table", **choices):
    """An experiment on a table, which is kept."""
    key, content = table_data.own_table(table_opening.open_table(text, {}), choices, name)
    own_sets.keep(key, content)
    return {**fields.defaults(), "dataset": "own", "table": key}


def columns_of(text, separator):
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    return rows[0], np.array([row[:-1] for row in rows[1:]], float), [row[-1] for row in rows[1:]]


def test_classes_by_their_names_and_inputs_in_the_tables_units():
    _, numbers, kinds = columns_of(FLOWERS, ",")
    experiment = experiment_of(FLOWERS)
    data, traits = datasets.load(experiment), shape.traits_of(experiment)
    assert traits["columns"] == ("length", "width") and traits["target"] == "kind"
    assert [traits["classes"][label] for label in data.labels] == kinds
    np.testing.assert_allclose(data.inputs.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(data.inputs.std(axis=0), 1, rtol=1e-6)
    np.testing.assert_allclose(data.inputs * data.scales + data.means, numbers, rtol=1e-6)
    assert len(data.held_out) == 6 and len(data.training) == 54


@pytest.mark.parametrize("standardize", [True, False])
def test_numbers_to_predict(standardize):
    _, numbers, prices = columns_of(PRICES, ";")
    experiment = experiment_of(PRICES, standardize=standardize)
    data = datasets.load(experiment)
    assert shape.shape_of(experiment).task == "regression"
    told = data.targets[:, 0] * data.value_scale + data.value_mean
    np.testing.assert_allclose(told, [float(price) for price in prices], rtol=1e-5)
    if standardize:
        np.testing.assert_allclose([data.targets.mean(), data.targets.std()], [0, 1], atol=1e-5)
    else:
        np.testing.assert_array_equal(data.inputs, np.float32(numbers))


def test_the_key_is_of_what_is_learnt_and_not_of_the_name():
    keys = [
        experiment_of(FLOWERS, "one")["table"],
        experiment_of(FLOWERS.replace(",", ";"), "other")["table"],
        experiment_of(FLOWERS, standardize=False)["table"],
        experiment_of(FLOWERS, used=[0])["table"],
        experiment_of(FLOWERS.replace("4.25", "4.5"))["table"],
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


def test_rows_that_are_to_be_held_out_are_unless_a_share_is_chosen():
    numbers, labels = np.arange(20.0).reshape(10, 2), np.arange(10) % 2
    key, content = table_data.written(
        "drawn", "classification", ["x", "y"], "class", ["a", "b"], False, numbers, labels, [2, 7]
    )
    own_sets.keep(key, content)
    experiment = {**fields.defaults(), "dataset": "own", "table": key}
    data = datasets.load(experiment)
    assert data.held_out.tolist() == [2, 7] and data.training.tolist() == [0, 1, 3, 4, 5, 6, 8, 9]
    assert len(datasets.load({**experiment, "held_out": 50}).held_out) == 5


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-3],
        lambda content: content + b"1,2,3\n",
        lambda content: content.replace(b"\n4", b"\nnan", 1),
        lambda content: content.replace(b"\n4", b"\nx", 1),
        lambda content: b"{}\n" + content.partition(b"\n")[2],
    ],
)
def test_a_damaged_table_is_refused(damage):
    key, content = table_data.own_table(table_opening.open_table(FLOWERS, {}), {}, "a table")
    with pytest.raises(ValueError, match=r"."):
        own_sets.keep(key, damage(content))


def test_a_run_is_opened_with_its_table_and_its_plane_speaks_the_tables_units(no_runs):  # noqa: F811
    _, numbers, _ = columns_of(FLOWERS, ",")
    reading = session.read_table({}, FLOWERS.encode())
    assert (reading["rows"], reading["problem"]) == (60, None)
    key, content = session.use_table({}, "flowers.csv")
    experiment = {**fields.defaults(), "dataset": "own", "table": key}
    own_tables.keep(key, own_tables.read(content.partition(b"\n")[0].decode()))
    opening = protocol.Opening("seen", experiment, True, protocol.BUDGET)
    (opened,) = session.open_runs([opening], content)
    assert (opened["rows"], opened["inputs"], opened["outputs"]) == (60, 2, 3)
    assert opened["engine"] == "wasm", opened["reason"]
    first, second = opened["axis_units"].T
    np.testing.assert_allclose(first + second * opened["points"], numbers, rtol=1e-6)
    saved = list(csv.reader(io.StringIO(session.csv_of("seen"))))
    assert saved == list(csv.reader(io.StringIO(FLOWERS.replace(".0,", ","))))


def test_other_choices_are_read_from_the_table_that_is_there(no_runs):  # noqa: F811
    session.read_table({}, PRICES.encode())
    assert session.read_table({"target": 1})["task"] == "classification"
    assert session.read_table({"separator": ";", "target": 0})["task"] == "regression"
    with pytest.raises(ValueError, match="single column"):
        session.read_table({}, b"x\n1\n2\n")
    # What was there before stays.
    assert session.read_table({})["rows"] == 30


@pytest.mark.parametrize("key", ["circle", "rings", "ripples", "curve"])
def test_other_data_sets_can_be_taken_away_and_opened(no_runs, key):  # noqa: F811
    experiment = {**fields.defaults(), "dataset": key}
    session.open_runs([protocol.Opening("seen", experiment, True, protocol.BUDGET)])
    data = datasets.load(experiment)
    again = table_data.data_of(table_opening.open_table(session.csv_of("seen"), {}), {"standardize": False})
    np.testing.assert_array_equal(np.float32(again.numbers), data.inputs)
    if again.task == "classification":
        np.testing.assert_array_equal(again.values, data.labels)
    else:
        np.testing.assert_array_equal(np.float32(again.values), data.targets[:, 0])
