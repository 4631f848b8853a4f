"""The lab's door: the same experiment is the same run, whatever it is asked for in between."""

import json
import math

import numpy as np
import pytest

import spec
from lab import datasets, network, session, training
from lab.session import Session
from tests.lab import networks

PALETTE = [[230, 120, 20], [30, 90, 200], [240, 240, 240]]
EVERYTHING = 1_000_000
STEPS_AN_EPOCH = 5


@pytest.fixture(autouse=True)
def no_warnings():
    """As in the worker: what diverging training overflows is noticed by its loss."""
    with np.errstate(all="ignore"):
        yield


def view_of(experiment, **changes):
    """A request's `view`: the shown layer, as the page asks for it."""
    return {
        "layer": spec.shown_layer(experiment)[0],
        "dimensions": list(spec.shown_dimensions(experiment)),
        "palette": PALETTE,
        "milliseconds": 1000,
        "resolution": 16,
        **changes,
    }


def request(experiment, steps=0, view=(), **changes):
    """A request for `steps` steps however long they take; `view` changes its view."""
    return {
        "steps": steps,
        "milliseconds": 1e9,
        "learning_rate": experiment["learning_rate"],
        "to_epoch": None,
        "history": True,
        "view": view_of(experiment, **dict(view)),
        **changes,
    }


def fingerprint(run):
    """Everything that a run has come to, as bytes."""
    arrays = [
        *(array for arrays in run.trainer.arrays() for array in arrays),
        np.array(run.history),
        np.array([run.epoch, run.steps]),
    ]
    return b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)


def trained(experiment, *portions):
    """A session that has been asked for these numbers of steps, one after the other."""
    run = Session(experiment)
    for steps in portions:
        run.frame(request(experiment, steps))
    return run


DIVERGING = networks.experiment_of(
    loss="mean_squared_error", learning_rate=10, optimizer="momentum", activation="relu", hidden_layers=(8, 8)
)


# The same run.


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"normalization": "batch_norm", "optimizer": "adam", "dataset": "spiral", "hidden_layers": (6, 5), "seed": 9},
        {"loss": "mean_squared_error", "normalization": "layer_norm", "optimizer": "rmsprop", "batch_size": 33},
        {"hidden_layers": (), "optimizer": "sgd", "batch_size": 180},
    ],
    ids=networks.name_of,
)
def test_same_experiment_same_run(choices):
    experiment = networks.experiment_of(**choices)
    once = fingerprint(trained(experiment, 62))
    assert fingerprint(trained(experiment, 62)) == once
    assert fingerprint(trained(experiment, 1, 0, 4, 7, 0, 30, 20)) == once
    assert fingerprint(trained(experiment, *[1] * 62)) == once
    assert fingerprint(trained(experiment, 61)) != once
    assert fingerprint(trained({**experiment, "seed": 77}, 62)) != once


def test_what_is_drawn_does_not_change_the_run():
    experiment = networks.experiment_of(normalization="batch_norm")
    run = Session(experiment)
    for steps, layer in ((10, "input"), (0, "fc1"), (20, "BN1"), (32, "softmax")):
        view = {"layer": layer, "dimensions": (1, 0), "resolution": 48}
        run.frame(request(experiment, steps, view, history=False))
    assert fingerprint(run) == fingerprint(trained(experiment, 62))


def test_time_limits_change_how_far_a_request_gets_and_not_the_run():
    experiment = networks.experiment_of()
    run = Session(experiment)
    taken = 0
    while run.steps < 40:
        answer = run.frame(request(experiment, 40 - run.steps, milliseconds=0))
        # Something at least, or nothing would ever happen on a slow machine; and never past an epoch's end.
        assert 1 <= answer["taken"] <= STEPS_AN_EPOCH
        taken += answer["taken"]
    assert taken == 40
    assert fingerprint(run) == fingerprint(trained(experiment, 40))


def test_lists_from_json_are_the_same_experiment():
    experiment = networks.experiment_of(hidden_layers=(5, 4), dimensions=(1, 0))
    assert fingerprint(trained(json.loads(json.dumps(experiment)), 20)) == fingerprint(trained(experiment, 20))


def test_each_step_is_the_experiments_step():
    """The run is `make_step` over `epoch_batches`, nothing else."""
    experiment = networks.experiment_of(optimizer="adam", normalization="layer_norm")
    data = datasets.load(experiment)
    run = trained(experiment, 12)
    start = Session(experiment)
    parameters, state, statistics = start.trainer.arrays()
    step = training.make_step(experiment)
    batches = [batch for epoch in range(3) for batch in training.epoch_batches(experiment, data.training, epoch)]
    for count, batch in enumerate(batches[:12], start=1):
        _, parameters, state, statistics = step(
            parameters,
            state,
            statistics,
            data.points[batch],
            data.targets[batch],
            np.float32(experiment["learning_rate"]),
            np.float32(count),
        )
    reached = [array for arrays in run.trainer.arrays() for array in arrays]
    for ours, theirs in zip(parameters + state + statistics, reached, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)
        assert theirs.dtype == np.float32


def test_epochs_and_steps_are_counted():
    experiment = networks.experiment_of()
    run = Session(experiment)
    counts = []
    for steps in (0, 1, 3, 1, 12):
        answer = run.frame(request(experiment, steps))
        counts.append((answer["taken"], answer["step"], answer["epoch"]))
    assert counts == [(0, 0, 0), (1, 1, 0), (3, 4, 0), (1, 5, 1), (12, 17, 3)]


def test_to_epoch_stops_exactly():
    experiment = networks.experiment_of()
    run = Session(experiment)
    run.frame(request(experiment, 2))
    answer = run.frame(request(experiment, EVERYTHING, to_epoch=1))
    assert (answer["epoch"], answer["step"], answer["taken"]) == (1, STEPS_AN_EPOCH, 3)
    answer = run.frame(request(experiment, EVERYTHING, to_epoch=1))
    assert (answer["epoch"], answer["step"], answer["taken"]) == (1, STEPS_AN_EPOCH, 0)
    answer = run.frame(request(experiment, EVERYTHING, to_epoch=4))
    assert (answer["epoch"], answer["step"]) == (4, 4 * STEPS_AN_EPOCH)
    answer = run.frame(request(experiment, 7, to_epoch=9))
    assert (answer["epoch"], answer["step"]) == (5, 27)
    assert fingerprint(run) == fingerprint(trained(experiment, 27))


def test_learning_rate_acts_on_the_running_network():
    experiment = networks.experiment_of()
    one, other = trained(experiment, 10), trained(experiment, 10)
    one.frame(request(experiment, 1, learning_rate=0.01))
    other.frame(request(experiment, 1, learning_rate=0.02))
    start = trained(experiment, 10).trainer.arrays()[0]
    assert one.steps == other.steps == 11
    ends = one.trainer.arrays()[0], other.trainer.arrays()[0]
    for before, small, large in zip(start, *ends, strict=True):
        # With momentum, a step is the rate times a velocity that does not depend on it.
        np.testing.assert_allclose(large - before, 2 * (small - before), rtol=1e-3, atol=1e-6)
        assert (large != before).any()


def test_it_learns():
    experiment = networks.experiment_of(learning_rate=0.05)
    run = Session(experiment)
    before = run.frame(request(experiment))["metrics"]
    after = run.frame(request(experiment, EVERYTHING, to_epoch=60))["metrics"]
    assert after[0] < 0.5 * before[0]
    assert after[1] > 0.9
    assert after[3] > 0.8


# Metrics and history.


@pytest.mark.parametrize("loss", spec.LOSSES)
def test_metrics(loss):
    experiment = networks.experiment_of(loss=loss)
    run = trained(experiment, 13)
    answer = run.frame(request(experiment))
    (output,) = run.trainer.outputs(spec.layers(experiment)[-1][0]).values()
    expected = []
    for part in (run.data.training, run.data.held_out):
        expected += training.evaluate(experiment, output[part], run.data.targets[part])
    np.testing.assert_array_equal(answer["metrics"], expected)
    assert answer["metrics"].shape == (4,)
    assert answer["diverged"] is False


def test_history_has_every_epoch():
    experiment = networks.experiment_of()
    run = Session(experiment)
    assert run.frame(request(experiment))["history"].shape == (5, 1)
    history = run.frame(request(experiment, 3 * STEPS_AN_EPOCH + 2))["history"]
    assert history[0].tolist() == [0, 1, 2, 3]
    for epoch in range(4):
        alone = trained(experiment, epoch * STEPS_AN_EPOCH).frame(request(experiment))
        np.testing.assert_array_equal(history[1:, epoch], alone["metrics"])
    assert "history" not in run.frame(request(experiment, 1, history=False))


def test_history_is_thinned_and_stays_in_order(monkeypatch):
    monkeypatch.setattr(session, "HISTORY_ROWS", 10)
    experiment = networks.experiment_of(batch_size=180)
    run = Session(experiment)
    strides = set()
    for epoch in range(1, 101):
        epochs = run.frame(request(experiment, 1))["history"][0]
        steps = set(np.diff(epochs))
        assert len(steps) == 1
        strides |= steps
        assert len(epochs) <= 10
        assert epochs[0] == 0
        assert epoch - epochs[-1] < steps.pop()
        assert len(epochs) > min(epoch, 10 // 2)
        if epoch == 8:
            assert epochs.tolist() == list(range(9))
    assert strides == {1, 2, 4, 8, 16}


def test_a_thousand_epochs_are_kept_whole():
    assert session.HISTORY_ROWS == 1000


# Divergence.


def test_divergence_is_noticed_and_stops_training():
    run = Session(DIVERGING)
    answer = run.frame(request(DIVERGING, EVERYTHING))
    assert answer["diverged"] is True
    assert not math.isfinite(answer["metrics"][0])
    assert 0 < answer["step"] < 100
    before = fingerprint(run)
    again = run.frame(request(DIVERGING, EVERYTHING))
    assert (again["taken"], again["step"], again["diverged"]) == (0, answer["step"], True)
    assert not math.isfinite(again["metrics"][0])
    assert fingerprint(run) == before


@pytest.mark.parametrize(
    "choices",
    [
        {"optimizer": "momentum"},
        {"optimizer": "momentum", "hidden_layers": ()},
        {"optimizer": "sgd", "normalization": "batch_norm"},
        {"optimizer": "adam", "normalization": "batch_norm", "activation": "linear", "learning_rate": 1e10},
        {"optimizer": "rmsprop", "normalization": "batch_norm", "activation": "linear", "learning_rate": 1e10},
    ],
    ids=networks.name_of,
)
def test_divergence_keeps_the_last_finite_parameters(choices):
    """The step whose gradients overflow leaves a finite loss behind and parameters that are not."""
    experiment = {**DIVERGING, **choices}
    run = Session(experiment)
    answer = run.frame(request(experiment, EVERYTHING, to_epoch=40))
    answer = run.frame(request(experiment))
    assert answer["diverged"] is True
    assert answer["step"] > 0
    assert all(np.isfinite(array).all() for array in run.trainer.arrays()[0])


def test_an_answer_says_diverged_whenever_its_loss_is_not_finite():
    """Also where that is noticed while drawing: the page may not ask again."""
    run = Session(DIVERGING)
    answers = [run.frame(request(DIVERGING, 1)) for _ in range(10)]
    finite = [math.isfinite(answer["metrics"][0]) for answer in answers]
    assert True in finite
    assert False in finite
    assert [answer["diverged"] for answer in answers] == [not flag for flag in finite]


def test_divergence_is_the_same_in_portions():
    whole, portions = Session(DIVERGING), Session(DIVERGING)
    whole.frame(request(DIVERGING, EVERYTHING))
    while not portions.frame(request(DIVERGING, 1))["diverged"]:
        assert portions.steps < 100
    assert fingerprint(whole) == fingerprint(portions)


def test_diverged_network_can_be_drawn():
    """Everything that is not finite included; nothing raises, and what is sent can be drawn."""
    run = Session(DIVERGING)
    run.frame(request(DIVERGING, EVERYTHING))
    for name, _, width in spec.layers(DIVERGING):
        answer = run.frame(request(DIVERGING, view={"layer": name, "dimensions": (0, width - 1)}))
        assert np.isfinite(answer["extent"]).all()
        assert answer["representation"].shape == (200, 2)
        assert (answer["pixels"][..., 3] == 255).all()
        assert np.isfinite(answer["contour"]).all()
        assert answer["contour_lengths"].sum() == len(answer["contour"])


def test_start_that_is_not_finite_counts_as_diverged(monkeypatch):
    """However a loss comes not to be finite, no step is taken from there."""
    initialize = network.initialize

    def broken(experiment):
        parameters, statistics = initialize(experiment)
        parameters[0][:] = np.inf
        return parameters, statistics

    monkeypatch.setattr(network, "initialize", broken)
    experiment = networks.experiment_of(activation="linear")
    answer = Session(experiment).frame(request(experiment, 5))
    assert answer["diverged"] is True
    assert answer["taken"] == 0


@pytest.mark.parametrize("optimizer", spec.OPTIMIZERS)
@pytest.mark.parametrize("loss", spec.LOSSES)
def test_absurd_learning_rates_end_well(optimizer, loss):
    """Either it diverges and says so, or every number is finite."""
    experiment = networks.experiment_of(optimizer=optimizer, loss=loss, learning_rate=1e30, activation="relu")
    run = Session(experiment)
    for _ in range(4):
        answer = run.frame(request(experiment, 10))
    if not answer["diverged"]:
        assert np.isfinite(answer["metrics"][0])
        assert answer["step"] == 40
    else:
        assert not math.isfinite(answer["metrics"][0])


# Views.


@pytest.mark.parametrize(
    "choices",
    [
        {"hidden_layers": (7, 3), "normalization": "batch_norm"},
        {"hidden_layers": (4,), "normalization": "layer_norm", "loss": "mean_squared_error", "activation": "relu"},
        {"hidden_layers": (1, 2, 1)},
        {"hidden_layers": (1,), "normalization": "layer_norm", "loss": "mean_squared_error"},
        {"hidden_layers": ()},
        {"hidden_layers": (), "loss": "mean_squared_error"},
        {"initialization": "zeros"},
        {"initialization": "ones", "normalization": "batch_norm"},
    ],
    ids=networks.name_of,
)
def test_view_arrays_of_every_layer(choices):
    experiment = networks.experiment_of(**choices)
    run = trained(experiment, 6)
    for name, _, width in spec.layers(experiment):
        shown = {**experiment, "layer": name, "dimensions": (width - 1, 0)}
        answer = run.frame(request(shown))
        resolution = answer["resolution"]
        assert answer["pixels"].shape == (resolution, resolution, 4)
        assert answer["pixels"].dtype == np.uint8
        assert answer["pixels"].flags.c_contiguous
        assert answer["contour"].ndim == 2
        assert answer["contour"].shape[1] == 2
        assert answer["contour"].dtype == np.float32
        assert answer["contour_lengths"].dtype == np.int32
        assert answer["contour_lengths"].sum() == len(answer["contour"])
        assert answer["representation"].shape == (200, 2)
        assert answer["representation"].dtype == np.float32
        assert answer["representation"].flags.c_contiguous
        assert answer["extent"].shape == (4,)
        assert answer["extent"].dtype == np.float32
        assert answer["shape"].tolist() == [200, width]
        activations = run.trainer.outputs(name)[name]
        np.testing.assert_array_equal(answer["representation"][:, 0], activations[:, width - 1 if width > 1 else 0])
        if width > 1:
            np.testing.assert_array_equal(answer["representation"][:, 1], activations[:, 0])


def test_input_layer_shows_the_points():
    experiment = networks.experiment_of(layer="input")
    answer = Session(experiment).frame(request(experiment))
    np.testing.assert_array_equal(answer["representation"], datasets.load(experiment).points)


def test_a_view_is_drawn_once():
    experiment = networks.experiment_of()
    run = Session(experiment)
    assert "pixels" in run.frame(request(experiment))
    assert "pixels" not in run.frame(request(experiment))
    assert "pixels" in run.frame(request(experiment, view={"dimensions": (1, 0)}))
    assert "pixels" in run.frame(request(experiment, view={"layer": "fc1"}))
    run.frame(request(experiment, 3))
    # Whether or not the last frame had time to draw, a request that trains nothing shows what there is.
    run.drawn = None
    assert "pixels" in run.frame(request(experiment))


def test_an_expensive_view_is_drawn_seldom_while_training_but_always_when_idle():
    experiment = networks.experiment_of()
    run = Session(experiment)
    run.frame(request(experiment))
    run.view_seconds, run.trained_seconds = 1000.0, 0.0
    assert "pixels" not in run.frame(request(experiment, 5))
    run.trained_seconds = 3001.0
    assert "pixels" in run.frame(request(experiment, 5))
    run.view_seconds, run.trained_seconds = 1000.0, 0.0
    assert "pixels" not in run.frame(request(experiment, 5))
    answer = run.frame(request(experiment))
    assert "pixels" in answer
    assert answer["step"] == 15


def test_resolution_is_never_finer_than_enough():
    run = Session(networks.experiment_of())
    for enough in (1, 16, 17, 30, 100, 150, 200, 1000):
        resolution = run._resolution(1e9, enough)
        assert resolution == next((r for r in session.RESOLUTIONS if r >= enough), session.RESOLUTIONS[-1])
        for seconds in (0, 1e-6, 1e-3, 0.1):
            assert run._resolution(seconds, enough) <= resolution


def test_resolution_grows_with_the_time_there_is():
    run = Session(networks.experiment_of())
    chosen = [run._resolution(10 ** (power / 16), 200) for power in range(-160, 80)]
    assert chosen == sorted(chosen)
    assert (chosen[0], chosen[-1]) == (session.RESOLUTIONS[0], session.RESOLUTIONS[-1])
    assert set(chosen) == set(session.RESOLUTIONS)


def test_resolution_falls_for_large_networks():
    chosen = [
        Session(networks.experiment_of(hidden_layers=(width,) * 2))._resolution(0.005, 200) for width in (8, 64, 256)
    ]
    assert chosen == sorted(chosen, reverse=True)
    assert chosen[0] > chosen[-1]


def test_resolution_learns_what_a_point_costs():
    run = Session(networks.experiment_of())
    before = run._resolution(0.005, 200)
    for _ in range(50):
        run._learn_cost(10.0, 16)
    assert run.seconds_a_point == pytest.approx(10 / 18**2, rel=0.01)
    assert run._resolution(0.005, 200) == session.RESOLUTIONS[0] < before


# The two functions that the page calls.


def test_start_and_frame():
    experiment = networks.experiment_of(dataset="xor", seed=4)
    answer = session.start(experiment)
    data = datasets.load(experiment)
    np.testing.assert_array_equal(answer["points"], data.points)
    np.testing.assert_array_equal(answer["labels"], data.labels)
    assert answer["labels"].dtype == answer["training"].dtype == np.uint8
    assert np.flatnonzero(answer["training"]).tolist() == data.training.tolist()
    assert np.flatnonzero(answer["training"] == 0).tolist() == data.held_out.tolist()
    assert (answer["engine"], answer["reason"]) == ("wasm", "")
    assert session.frame(request(experiment, 7))["step"] == 7
    assert session.frame(request(experiment, 7))["step"] == 14
    session.start(experiment)
    assert session.frame(request(experiment, 0))["step"] == 0


def test_nothing_in_an_answer_needs_more_than_numbers_strings_and_arrays():
    experiment = networks.experiment_of()
    for answer in (session.start(experiment), session.frame(request(experiment, 5))):
        for name, value in answer.items():
            assert isinstance(value, (bool, int, float, str, np.ndarray)), name
            assert not isinstance(value, np.generic), name
