"""Points that are drawn, moved, erased and given another class: what the table says after that, and the run."""

import numpy as np
import pytest

from lab import datasets, own_sets, session, table_drawing
from lab.table_error import TableError
from spec import own_tables, protocol, registry, shape
from tests.lab import networks
from tests.lab.test_own_sets import FLOWERS, experiment_of, forgotten  # noqa: F401
from tests.lab.test_session import framed, no_runs, opened, request_of  # noqa: F401

PLANES = [
    key
    for key, entry in registry.entries("dataset").items()
    if not entry.traits.get("table")
    and entry.traits.get("task", registry.CLASSIFICATION) == registry.CLASSIFICATION
    and entry.traits.get("inputs", 2) == 2
]


def drawn(experiment, **edits):
    """The experiment whose data are another's after `edits`."""
    key, content = table_drawing.drawn_on(datasets.load(experiment), experiment, edits)
    own_sets.keep(key, content)
    return {**experiment, "dataset": "own", "table": key, "held_out": None}


def assert_same(data, other, rows=slice(None)):
    np.testing.assert_array_equal(data.inputs[rows], other.inputs[rows])
    np.testing.assert_array_equal(data.labels[rows], other.labels[rows])


@pytest.mark.parametrize("dataset", PLANES)
def test_a_point_is_added_and_nothing_else_changes(dataset):
    before = networks.experiment_of(dataset=dataset)
    after = drawn(before, add=[[1.25, -2.5, 1]])
    data, known = datasets.load(after), datasets.load(before)
    assert len(data.inputs) == len(known.inputs) + 1
    assert_same(known, data, slice(len(known.inputs)))
    assert data.inputs[-1].tolist() == [1.25, -2.5] and data.labels[-1] == 1
    assert data.held_out.tolist() == known.held_out.tolist(), "what is added is trained on"
    assert shape.traits_of(after)["extent"] == shape.traits_of(before).get("extent")
    assert shape.shape_of(after).outputs == shape.shape_of(before).outputs


def test_points_are_moved_erased_and_given_another_class():
    before = networks.experiment_of()
    known = datasets.load(before)
    erased = [int(known.held_out[0]), int(known.training[3])]
    row, other = (int(index) for index in known.training[5:7])
    after = datasets.load(
        drawn(before, erase=erased, move=[[row, 0.5, 0.25]], label=[[other, 1 - known.labels[other]]])
    )
    inputs, labels = known.inputs.copy(), known.labels.copy()
    inputs[row] = 0.5, 0.25
    labels[other] = 1 - labels[other]
    np.testing.assert_array_equal(after.inputs, np.delete(inputs, erased, axis=0))
    np.testing.assert_array_equal(after.labels, np.delete(labels, erased))
    held_out = np.zeros(len(inputs), bool)
    held_out[known.held_out] = True
    assert after.held_out.tolist() == np.flatnonzero(np.delete(held_out, erased)).tolist()


def test_what_is_drawn_on_a_table_stays_in_its_units():
    before = experiment_of(FLOWERS)
    known = datasets.load(before)
    after = drawn(before, add=[[3.0, 0.0, 0]])
    data = datasets.load(after)
    np.testing.assert_allclose(data.inputs[:-1], known.inputs, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(data.means, known.means)
    np.testing.assert_array_equal(data.scales, known.scales)
    told = data.inputs[-1] * data.scales + data.means
    np.testing.assert_allclose(told, np.array([3.0, 0.0]) * known.scales + known.means, rtol=1e-6)
    traits = shape.traits_of(after)
    assert traits["columns"] == ("length", "width") and traits["target"] == "kind"
    assert set(traits["classes"]) == {"fern", "moss", "reed"}


def test_a_new_class_gets_a_name():
    after = drawn(networks.experiment_of(), add=[[0, 0, 2]])
    assert shape.shape_of(after).outputs == 3
    assert shape.traits_of(after)["classes"][2] == "class 2"


def test_drawing_on_what_is_drawn_keeps_one_name():
    once = drawn(networks.experiment_of(), add=[[0, 0, 0]])
    twice = drawn(once, add=[[1, 0, 0]])
    assert shape.traits_of(twice)["name"] == shape.traits_of(once)["name"]
    assert len(datasets.load(twice).inputs) == len(datasets.load(once).inputs) + 1


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ({"erase": range(200)}, "At least 2 points"),
        ({"add": [[0, 0, 0]] * own_tables.MOST_ROWS}, "at most 20,000 points"),
        ({"add": [[float("nan"), 0, 0]]}, "lies nowhere"),
        ({"add": [[0, 0, own_tables.MOST_CLASSES]]}, "class that there is not"),
    ],
)
def test_what_cannot_be_is_refused(edits, words):
    experiment = networks.experiment_of()
    with pytest.raises(TableError, match=words):
        table_drawing.drawn_on(datasets.load(experiment), experiment, edits)


@pytest.mark.parametrize("dataset", ["plane", "curve"])
def test_only_planes_of_classes_can_be_drawn_on(dataset):
    experiment = networks.experiment_of(dataset=dataset)
    with pytest.raises(TableError, match="two inputs, and classes"):
        table_drawing.drawn_on(datasets.load(experiment), experiment, {"add": [[0, 0, 0]]})


# The run that goes on.


def gone_over(experiment, run="one"):
    """What the door says to an opening of another run that goes on with this one's network."""
    text = protocol.write_openings([protocol.Opening(run, experiment, True, protocol.BUDGET)])
    (answer,) = session.go_on(protocol.read_openings(text))
    return answer


def arrays_of(run="one"):
    return [array for part in session._runs[run].trainer.arrays() for array in part]


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_the_network_goes_on_on_other_data(optimizer):
    before = networks.experiment_of(optimizer=optimizer, normalization="batch_norm")
    opened(before)
    framed(request_of(before, 500))
    trained = [array.copy() for array in arrays_of()]
    (known,) = framed(request_of(before))
    after = drawn(before, add=[[4.0, 4.0, 1]])
    assert gone_over(after)["rows"] == 201
    for one, other in zip(arrays_of(), trained, strict=True):
        np.testing.assert_array_equal(one, other)
    (answer,) = framed(request_of(after))
    assert answer["step"] == 0
    np.testing.assert_allclose(answer["metrics"][:2], known["metrics"][:2], atol=0.05)
    # It goes on from there, and can be brought back there.
    steps = 5 * session._runs["one"].steps_per_epoch
    (answer,) = framed(request_of(after, steps))
    assert answer["step"] == steps
    moved = [array.copy() for array in arrays_of()]
    assert any((one != other).any() for one, other in zip(moved, trained, strict=True))
    framed(request_of(after, seek=0))
    for one, other in zip(arrays_of(), trained, strict=True):
        np.testing.assert_array_equal(one, other)
    framed(request_of(after, seek=5))
    for one, other in zip(arrays_of(), moved, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_new_class_begins_anew_and_the_others_go_on():
    before = networks.experiment_of()
    opened(before)
    framed(request_of(before, 500))
    kernel, bias, last, last_bias = (array.copy() for array in arrays_of()[:4])
    after = drawn(before, add=[[0, 0, 2]])
    gone_over(after)
    found = arrays_of()[:4]
    np.testing.assert_array_equal(found[0], kernel)
    np.testing.assert_array_equal(found[1], bias)
    assert found[2].shape == (8, 3)
    np.testing.assert_array_equal(found[2][:, :2], last)
    np.testing.assert_array_equal(found[3][:2], last_bias)
    assert found[2][:, 2].any()


def test_without_a_run_before_it_begins_anew():
    experiment = networks.experiment_of()
    gone_over(experiment)
    fresh = [array.copy() for array in arrays_of()]
    session.close_runs(["one"])
    opened(experiment)
    for one, other in zip(arrays_of(), fresh, strict=True):
        np.testing.assert_array_equal(one, other)
