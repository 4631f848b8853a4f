"""The flip-book shows what the network was at the epochs that were kept, by an independent computation."""

import numpy as np
import pytest

from lab import network, session
from lab.contour import BREAK
from lab.flip_book import POINTS, FlipBook, chosen
from lab.run import Run
from spec import protocol, shape
from tests import data_sets
from tests.lab import networks

LIVE_FOREVER = 1e9


def trained(epochs, experiment, budget=protocol.BUDGET):
    """A run of so many epochs."""
    run = Run(experiment, drawn=False, budget=budget)
    train(run, epochs)
    return run


def train(run, epochs):
    live = protocol.live_of(run.experiment)
    steps = epochs * run.steps_per_epoch
    return run.frame(protocol.Request("one", steps, LIVE_FOREVER, None, live, None, False, False, True, None))


def book_of(run, rows=5, milliseconds=LIVE_FOREVER):
    """The whole book, as it crosses, and its cells by row and column."""
    answer = run.flip(protocol.Flip("one", rows, milliseconds))
    cells = answer["cells"]
    while not answer["finished"]:
        answer = run.flip(protocol.Flip("one", 0, milliseconds))
        cells = cells + answer["cells"]
    return answer, {(cell["row"], cell["column"]): cell for cell in cells}


def shown(run, answer):
    """The numbers of the examples that a book shows: evenly of the sample."""
    sample = run.data.sample
    return sample[np.linspace(0, len(sample) - 1, answer["points"]).round().astype(int)]


def points_of(cell, rows, data):
    """`(examples, places)`: the numbers of the examples of a cell, in the order of its marks, and where they are."""
    groups = np.reshape(cell["mark_groups"], (-1, 2)).tolist()
    held_out = np.isin(rows, data.held_out)
    examples = [rows[(held_out == key % 2) & (data.labels[rows] == key // 16)] for key, _ in groups]
    assert [len(each) for each in examples] == [count for _, count in groups]
    return np.concatenate(examples), cell["marks"][cell["marks"] != BREAK].reshape(-1, 2).astype(float)


def kept(run, epoch):
    """Every layer's output by name, of the network at a kept epoch, for all of the data."""
    found, (parameters, _, statistics) = run.timeline.at(epoch)
    assert found == epoch
    return network.predict(run.experiment, parameters, statistics, run.data.inputs)


@pytest.mark.parametrize(
    ("epochs", "count", "expected"),
    [
        ([0], 7, [0]),
        ([0, 1, 2], 7, [0, 1, 2]),
        (list(range(41)), 5, [0, 2, 5, 15, 40]),
        (list(range(200)), 1, [0]),
        ([], 7, []),
        ([0, 98, 99, 100], 3, [0, 98, 100]),
    ],
)
def test_epochs_are_chosen_evenly_by_their_logarithm(epochs, count, expected):
    found = chosen(epochs, count)
    assert found == expected


@pytest.mark.parametrize("last", range(1, 200, 13))
@pytest.mark.parametrize("count", [2, 3, 7, 12])
def test_so_many_different_epochs_are_chosen_with_the_first_and_the_last(last, count):
    epochs = [0, *range(1, last, 3), last]
    found = chosen(epochs, count)
    assert found == sorted(set(found))
    assert set(found) <= set(epochs)
    assert len(found) == min(count, len(set(epochs)))
    assert (found[0], found[-1]) == (0, last)


CASES = {
    "two classes": {"hidden_layers": (8, 8), "dataset": "spiral"},
    "ten classes": {"hidden_layers": (6,), "dataset": "ten_classes"},
    "regression": {"hidden_layers": (5, 1), "dataset": "plane_target"},
    "many inputs": {"hidden_layers": (4,), "dataset": "many_inputs"},
    "one class of one row": {"hidden_layers": (3,), "dataset": "one_row"},
    "more than a sample": {"hidden_layers": (3,), "dataset": "large"},
    "normalized": {"hidden_layers": (4, 4), "dataset": "xor", "normalization": "batch_norm"},
}


@pytest.fixture(scope="module", params=CASES)
def case(request):
    with data_sets.entered(), np.errstate(all="ignore"):
        run = trained(8, networks.experiment_of(**CASES[request.param]))
        yield run, *book_of(run)


def test_there_is_a_cell_for_each_epoch_and_layer_and_the_figures_are_the_history(case):
    run, answer, cells = case
    layers = shape.layers(run.experiment)
    assert answer["epochs"].tolist() == chosen(run.timeline.epochs, 5)
    assert len(answer["epochs"]) == 5
    assert sorted(cells) == [(row, column) for row in range(5) for column in range(len(layers))]
    history = {row[0]: row[1:] for row in run.history}
    np.testing.assert_array_equal(answer["figures"], [history[epoch] for epoch in answer["epochs"].tolist()])
    assert answer["points"] == min(POINTS, len(run.data.sample))
    for cell in cells.values():
        assert set(cell) == set(protocol.CELL)


def test_points_lie_where_the_kept_network_puts_them_up_to_the_projection(case):
    run, answer, cells = case
    rows = shown(run, answer)
    for row, epoch in enumerate(answer["epochs"].tolist()):
        outputs = kept(run, epoch)
        for column, layer in enumerate(shape.layers(run.experiment)):
            examples, places = points_of(cells[row, column], rows, run.data)
            assert sorted(examples) == sorted(rows)
            activations = outputs[layer.name][examples].astype(np.float64)
            spread = len(activations) > 1 and activations.std(axis=0).max() > 1e-4
            if layer.width == 2:
                # As it is: only moved, and drawn larger by one factor.
                centred, moved = activations - activations.mean(axis=0), places - places.mean(axis=0)
                factor = np.vdot(centred, moved) / (np.vdot(centred, centred) or 1)
                assert factor > 0 or not spread
                np.testing.assert_allclose(moved, factor * centred, atol=1.5)
            elif layer.width > 2:
                table = np.column_stack([activations, np.ones(len(activations))])
                fitted = table @ np.linalg.lstsq(table, places, rcond=None)[0]
                np.testing.assert_allclose(fitted, places, atol=3)
            else:
                assert not spread or np.corrcoef(activations[:, 0], places[:, 0])[0, 1] > 0.9999
            # All are inside of the cell, and reach nearly to its side.
            assert np.abs(places).max() <= protocol.CELL_HALF
            if spread and len(rows) == len(run.data.sample):
                assert np.ptp(places, axis=0).max() == pytest.approx(2 * protocol.CELL_HALF / 1.12, abs=3)


def test_separability_is_that_of_a_fit_of_its_own(case):
    run, answer, cells = case
    data = run.data
    parts = [np.isin(data.sample, part).nonzero()[0] for part in (data.training, data.held_out)]
    names = shape.layer_names(run.experiment)
    own = names[names.index(shape.logits_layer(run.experiment)) :]
    for row in (0, 4):
        outputs = kept(run, answer["epochs"].tolist()[row])
        for column, name in enumerate(names):
            expected = networks.qualities_of(
                run.task, outputs[name][data.sample], data.targets[data.sample], *parts, name in own
            )
            np.testing.assert_allclose(cells[row, column]["separability"], expected, atol=1e-9)


def test_the_upright_line_counts_what_is_said():
    run = trained(40, networks.experiment_of(dataset="circle", hidden_layers=(6, 6)))
    answer, cells = book_of(run, 4)
    data, seen = run.data, 0
    assert len(data.sample) == len(data.inputs)
    rows = shown(run, answer)
    for (row, column), cell in cells.items():
        if not len(cell["upright"]):
            assert shape.layers(run.experiment)[column].width <= 2
            continue
        examples, places = points_of(cell, rows, data)
        # Those that it might have on either side by rounding do not count.
        sure = np.abs(places[:, 0] - cell["upright"][0]) > 1
        right = (places[:, 0] > cell["upright"][0]) == (data.labels[examples] == 1)
        training = np.isin(examples, data.training)
        share = (right & sure & training).sum() / (sure & training).sum()
        if len(rows) == len(data.inputs):
            unsure = (~sure & training).sum() / training.sum()
            assert share == pytest.approx(cell["separability"][0], abs=unsure + 1e-9), (row, column)
        else:
            assert share == pytest.approx(cell["separability"][0], abs=0.1), (row, column)
        seen += 1
    assert seen >= 16


def test_best_views_follow_one_another_without_flips():
    run = trained(60, networks.experiment_of(dataset="circle", hidden_layers=(8, 8)))
    answer, cells = book_of(run, 6)
    rows = shown(run, answer)
    for column, layer in enumerate(shape.layers(run.experiment)):
        if layer.width <= 2:
            continue
        for row in range(1, 6):
            (_, before), (_, after) = (points_of(cells[r, column], rows, run.data) for r in (row - 1, row))
            before, after = before - before.mean(axis=0), after - after.mean(axis=0)
            across = np.vdot(before[:, 1], after[:, 1])
            # Mirrored, no axis would be nearer to what it was.
            assert across >= 0, (row, column)


def test_the_boundary_is_where_the_kept_network_cannot_decide():
    run = trained(40, networks.experiment_of(dataset="circle", hidden_layers=(8,)))
    answer, cells = book_of(run, 3)
    parameters, _, statistics = run.timeline.at(answer["epochs"].tolist()[-1])[1]
    path = cells[2, 0]["boundary"]
    ends = path[path != BREAK].reshape(-1, 2)
    assert len(ends) > 40
    inputs = run.data.inputs
    middle, half = (inputs.min(axis=0) + inputs.max(axis=0)) / 2, np.ptp(inputs, axis=0).max() / 2 * 1.12
    places = middle + ends * (half / protocol.CELL_HALF)
    outputs = network.predict(run.experiment, parameters, statistics, places.astype(np.float32))
    assert np.abs(network.output(outputs)[:, 1] - 0.5).max() < 0.1
    # In the layer of the scores it is the straight line on which they are equal.
    scores = cells[2, shape.layer_names(run.experiment).index(shape.logits_layer(run.experiment))]["boundary"]
    ends = scores[scores != BREAK].reshape(-1, 2)
    # The two scores are as they are, but for where the middle lies.
    assert np.ptp(ends[:, 0] - ends[:, 1]) <= 3


def test_it_comes_in_pieces_and_the_run_stays_where_it_is():
    run = trained(20, networks.experiment_of(hidden_layers=(8, 8)))
    whole, cells = book_of(run)
    version, steps = run.trainer.version, run.steps
    answer, one_by_one = book_of(run, milliseconds=0)
    assert (run.trainer.version, run.steps) == (version, steps)
    np.testing.assert_array_equal(answer["figures"], whole["figures"])
    for place, cell in cells.items():
        for name, value in cell.items():
            np.testing.assert_array_equal(one_by_one[place][name], value, err_msg=name)
    first = run.flip(protocol.Flip("one", 5, 0))
    assert not first["cells"]
    assert np.isnan(first["figures"]).all()
    # It is of the epochs that were kept when it was begun, whatever comes meanwhile.
    train(run, 30)
    rest, _ = book_of(run, 0)
    assert rest["epochs"].tolist() == whole["epochs"].tolist()


def test_no_piece_of_a_large_network_takes_long():
    run = Run(networks.experiment_of(hidden_layers=(512, 512)), drawn=False)
    train(run, 1)
    book = FlipBook(run.experiment, run.data, run.plane, run.task, run.timeline, run.history, 2)
    assert book._portion * shape.parameter_count(run.experiment) <= 2e7
    pieces = 0
    while not book.finished:
        book.go_on(0)
        pieces += 1
    # Of none of its cells, one for each layer and kept network, all is done at once.
    assert pieces > 4 * 2 * len(shape.layers(run.experiment))


def test_figures_that_the_history_has_dropped_are_measured():
    run = trained(8, networks.experiment_of(dataset="xor", hidden_layers=(4,)))
    expected, _ = book_of(run, 4)
    run.history = []
    found, _ = book_of(run, 4)
    np.testing.assert_allclose(found["figures"], expected["figures"], rtol=1e-4, atol=1e-5)


def test_an_untrained_run_has_one_row_and_one_that_keeps_nothing_none():
    run = Run(networks.experiment_of(), drawn=False)
    answer, cells = book_of(run)
    assert answer["epochs"].tolist() == [0]
    assert len(cells) == len(shape.layers(run.experiment))
    with pytest.raises(ValueError, match="no flip-book"):
        run.flip(protocol.Flip("one", 0, 10))
    run = Run(networks.experiment_of(), drawn=False, budget=100)
    answer, cells = book_of(run)
    assert not len(answer["epochs"])
    assert (cells, answer["finished"]) == ({}, True)


def test_what_is_not_finite_is_left_out():
    run = trained(3, networks.experiment_of(hidden_layers=(4,), activation="relu"))
    epoch, numbers = run.timeline._places[-1]
    numbers[:4] = 3e38
    run.timeline._places[-1] = epoch, numbers
    with np.errstate(all="ignore"):
        _, cells = book_of(run, 2)
    assert len(cells) == 2 * len(shape.layers(run.experiment))
    for cell in cells.values():
        assert np.isfinite(cell["upright"]).all()


def test_the_door_takes_and_gives_it_by_the_protocol():
    experiment = networks.experiment_of()
    session.open_runs([protocol.Opening("one", experiment, False, protocol.BUDGET)])
    text = protocol.write_flips([protocol.Flip("one", 3, 1000)])
    (answer,) = session.flip_runs(protocol.read_flips(text))
    assert set(answer) == set(protocol.FLIPPED)
    assert answer["cells"]
    for cell in answer["cells"]:
        for value in cell.values():
            assert isinstance(value, (int, np.ndarray))
            assert not isinstance(value, np.generic)
    session.close_runs(["one"])
