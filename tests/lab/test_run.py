"""A run: the same experiment is the same run, whatever it is asked for in between."""

import json
import math
import time

import numpy as np
import pytest

from engine.workspace import Uncompilable
from lab import datasets, network, training
from lab import run as run_module
from lab.plain import PlainTrainer
from lab.run import Run
from lab.timeline import Timeline
from spec import fields, protocol, registry, shape
from tests.lab import networks, pictures

PALETTE = {
    "classes": [[230, 120, 20], [30, 90, 200]],
    "signs": [[150, 40, 170], [20, 140, 120]],
    "neutral": [240, 240, 240],
    "boundary": [20, 30, 50],
}
EVERYTHING = 1_000_000
STEPS_AN_EPOCH = 5


@pytest.fixture(autouse=True)
def no_warnings():
    """As in the worker: what diverging training overflows is noticed by its loss."""
    with np.errstate(all="ignore"):
        yield


class FakeClock:
    """A clock that goes on when told."""

    def __init__(self):
        self.now = 100.0

    def tick(self, seconds):
        self.now += seconds

    def perf_counter(self):
        return self.now


class FakeStage:
    """A stage whose drawings take as long as they are told."""

    seconds = 0.0
    moving = False
    # What to say that its parts took.
    parts = None
    clock = FakeClock()

    def __init__(self, experiment, data, plane):
        self.experiment = experiment
        self.milliseconds = {}
        self.forgotten = 0

    def forget(self):
        self.forgotten += 1

    def look(trainer):
        """Sees what is drawn."""

    def draw(self, trainer, view):
        type(self).look(trainer)
        self.output = trainer.output()
        self.clock.tick(self.seconds)
        self.milliseconds = {"outputs": 0.0, **(self.parts or {})}
        return {"pixels": np.zeros(1), "moving": self.moving, "fine": True}


@pytest.fixture
def clock(monkeypatch):
    """The clock that sessions look at."""
    clock = FakeClock()
    monkeypatch.setattr(run_module, "time", clock)
    return clock


@pytest.fixture
def stage(monkeypatch, clock):
    """The class of the stage of new sessions: what is set there holds for all of them."""
    kind = type("Stage", (FakeStage,), {"clock": clock})
    monkeypatch.setattr(run_module, "Stage", kind)
    return kind


def uncompilable(experiment, data, drawn, **options):
    """Instead of the compiled trainer: what cannot be compiled is trained in autograd."""
    raise Uncompilable("as asked for")


class Seen(Run):
    """A run whose answers are flat: the parts of a picture, as the page has them, beside the rest; without None."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.kept = {}

    def frame(self, request):
        answer = super().frame(request)
        rate = json.loads(answer.pop("live"))["learning_rate"]
        picture = answer.pop("picture") or {}
        if "positions" in picture or "positions" in self.kept:
            picture = self.kept = pictures.as_kept(self.kept, picture)
        flat = {**answer, **picture, "learning_rate": float(rate)}
        return {name: value for name, value in flat.items() if value is not None}


def view_of(experiment, **changes):
    """A request's `view`, as the page asks for it, with time enough for everything."""
    return pictures.view_of(experiment, **{"palette": PALETTE, "milliseconds": 1000, "resolution": 16, **changes})


def request(experiment, steps=0, view=(), **changes):
    """A request for `steps` steps however long they take; `view` changes its view, which None leaves out."""
    live = protocol.live_of(experiment)
    for name in fields.names(fields.LIVE):
        live[name] = changes.pop(name, live[name])
    asked = protocol.Request(
        run="",
        steps=steps,
        milliseconds=1e9,
        to_epoch=None,
        live=live,
        seek=None,
        branch=False,
        history=True,
        view=None if view is None else view_of(experiment, **dict(view)),
        go_on=False,
    )
    return asked._replace(**changes)


def widths_of(experiment):
    """`(name, width)` of every layer."""
    return [(layer.name, layer.width) for layer in shape.layers(experiment)]


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
    run = Seen(experiment)
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
    run = Seen(experiment)
    for steps, layer in ((10, "input"), (0, "fc1"), (20, "BN1"), (32, "softmax")):
        view = {"layer": layer, "dimensions": (1, 0), "resolution": 48}
        run.frame(request(experiment, steps, view, history=False))
    assert fingerprint(run) == fingerprint(trained(experiment, 62))


def test_where_nobody_looks_the_run_is_the_same_and_nothing_is_drawn():
    experiment = fields.defaults()
    seen, unseen = Seen(experiment), Seen(experiment)
    for _ in range(5):
        seen.frame(request(experiment, 7))
        answer = unseen.frame(request(experiment, 7, view=None))
        assert "pixels" not in answer
    assert fingerprint(seen) == fingerprint(unseen)
    assert "pixels" in unseen.frame(request(experiment))


def test_time_limits_change_how_far_a_request_gets_and_not_the_run():
    experiment = networks.experiment_of()
    run = Seen(experiment)
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
    start = Seen(experiment)
    parameters, state, statistics = start.trainer.arrays()
    step = training.make_step(experiment)
    batches = [batch for epoch in range(3) for batch in training.epoch_batches(experiment, data.training, epoch)]
    for count, batch in enumerate(batches[:12], start=1):
        _, parameters, state, statistics = step(
            parameters,
            state,
            statistics,
            data.inputs[batch],
            data.targets[batch],
            [np.float32(rate) for rate in training.rates_of(experiment)],
            np.float32(count),
        )
    reached = [array for arrays in run.trainer.arrays() for array in arrays]
    for ours, theirs in zip(parameters + state + statistics, reached, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)
        assert theirs.dtype == np.float32


def test_epochs_and_steps_are_counted():
    experiment = networks.experiment_of()
    run = Seen(experiment)
    counts = []
    for steps in (0, 1, 3, 1, 12):
        answer = run.frame(request(experiment, steps))
        counts.append((answer["taken"], answer["step"], answer["epoch"]))
    assert counts == [(0, 0, 0), (1, 1, 0), (3, 4, 0), (1, 5, 1), (12, 17, 3)]


def test_to_epoch_stops_exactly():
    experiment = networks.experiment_of()
    run = Seen(experiment)
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
    run = Seen(experiment)
    before = run.frame(request(experiment))["metrics"]
    after = run.frame(request(experiment, EVERYTHING, to_epoch=60))["metrics"]
    assert after[0] < 0.5 * before[0]
    assert after[1] > 0.9
    assert after[3] > 0.8


# Metrics and history.


@pytest.mark.parametrize("loss", networks.CLASSIFYING)
def test_metrics(loss):
    experiment = networks.experiment_of(loss=loss)
    run = trained(experiment, 13)
    answer = run.frame(request(experiment))
    output = run.trainer.output()
    expected = []
    for part in (run.data.training, run.data.held_out):
        expected += run.task.measure(output[part], run.data.targets[part])
    np.testing.assert_array_equal(answer["metrics"], expected)
    assert answer["metrics"].shape == (4,)
    assert answer["diverged"] is False


@pytest.mark.parametrize("seen", [True, False])
def test_metrics_are_measured_where_it_rests(seen):
    """While it trains they may be of an earlier step, and the answer says so."""
    experiment = networks.experiment_of()
    run = trained(experiment, STEPS_AN_EPOCH)
    begun = run.frame(request(experiment))
    assert begun["measured"]
    unseen = {"view": None}
    answer = run.frame(request(experiment, 3, **unseen))
    assert not answer["measured"]
    np.testing.assert_array_equal(answer["metrics"], begun["metrics"])
    answer = run.frame(request(experiment, **({} if seen else unseen)))
    assert answer["measured"]
    alone = trained(experiment, STEPS_AN_EPOCH + 3).frame(request(experiment))
    np.testing.assert_array_equal(answer["metrics"], alone["metrics"])
    assert run.frame(request(experiment, STEPS_AN_EPOCH - 3, **unseen))["measured"], "an epoch's end is recorded"


def test_history_has_every_epoch():
    experiment = networks.experiment_of()
    run = Seen(experiment)
    assert run.frame(request(experiment))["history"].shape == (5, 1)
    history = run.frame(request(experiment, 3 * STEPS_AN_EPOCH + 2))["history"]
    assert history[0].tolist() == [0, 1, 2, 3]
    for epoch in range(4):
        alone = trained(experiment, epoch * STEPS_AN_EPOCH).frame(request(experiment))
        np.testing.assert_array_equal(history[1:, epoch], alone["metrics"])
    assert "history" not in run.frame(request(experiment, 1, history=False))


def test_history_is_thinned_and_stays_in_order(monkeypatch):
    monkeypatch.setattr(run_module, "HISTORY_ROWS", 10)
    experiment = networks.experiment_of(batch_size=180)
    run = Seen(experiment)
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
    assert run_module.HISTORY_ROWS == 1000


# Divergence.


def test_divergence_is_noticed_and_stops_training():
    run = Seen(DIVERGING)
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
    run = Seen(experiment)
    answer = run.frame(request(experiment, EVERYTHING, to_epoch=40))
    answer = run.frame(request(experiment))
    assert answer["diverged"] is True
    assert answer["step"] > 0
    assert all(np.isfinite(array).all() for array in run.trainer.arrays()[0])


def test_an_answer_says_diverged_whenever_its_loss_is_not_finite():
    """Also where that is noticed while drawing: the page may not ask again."""
    run = Seen(DIVERGING)
    answers = [run.frame(request(DIVERGING, 1)) for _ in range(10)]
    finite = [math.isfinite(answer["metrics"][0]) for answer in answers]
    assert True in finite
    assert False in finite
    assert [answer["diverged"] for answer in answers] == [not flag for flag in finite]


def test_divergence_is_the_same_in_portions():
    whole, portions = Seen(DIVERGING), Seen(DIVERGING)
    whole.frame(request(DIVERGING, EVERYTHING))
    while not portions.frame(request(DIVERGING, 1))["diverged"]:
        assert portions.steps < 100
    assert fingerprint(whole) == fingerprint(portions)


def test_diverged_network_can_be_drawn():
    """Everything that is not finite included; nothing raises, and what is sent can be drawn."""
    run = Seen(DIVERGING)
    run.frame(request(DIVERGING, EVERYTHING))
    for name, width in widths_of(DIVERGING):
        answer = run.frame(request(DIVERGING, view={"layer": name, "dimensions": (0, width - 1)}))
        assert np.isfinite(answer["extent"]).all()
        assert answer["positions"].shape == (200, 2)
        assert (answer["pixels"][..., 3] == 255).all()
        assert answer["contour"].dtype == np.int32


def test_start_that_is_not_finite_counts_as_diverged(monkeypatch):
    """However a loss comes not to be finite, no step is taken from there."""
    initialize = network.initialize

    def broken(experiment):
        parameters, statistics = initialize(experiment)
        parameters[0][:] = np.inf
        return parameters, statistics

    monkeypatch.setattr(network, "initialize", broken)
    experiment = networks.experiment_of(activation="linear")
    answer = Seen(experiment).frame(request(experiment, 5))
    assert answer["diverged"] is True
    assert answer["taken"] == 0


@pytest.mark.parametrize("optimizer", registry.entries("optimizer"))
@pytest.mark.parametrize("loss", networks.CLASSIFYING)
def test_absurd_learning_rates_end_well(optimizer, loss):
    """Either it diverges and says so, or every number is finite."""
    experiment = networks.experiment_of(optimizer=optimizer, loss=loss, learning_rate=1e30, activation="relu")
    run = Seen(experiment)
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
    for name, width in widths_of(experiment):
        shown = {**experiment, "layer": name, "projection": "dimensions", "dimensions": (width - 1, 0)}
        answer = run.frame(request(shown))
        resolution = answer["resolution"]
        assert answer["pixels"].shape == (resolution + 1, resolution + 1, 4)
        assert answer["pixels"].dtype == np.uint8
        assert answer["pixels"].flags.c_contiguous
        assert answer["contour"].ndim == 1
        assert answer["contour"].dtype == np.int32
        assert answer["positions"].shape == (200, 2)
        assert answer["positions"].dtype == np.float32
        assert answer["positions"].flags.c_contiguous
        assert answer["extent"].shape == (3,)
        assert answer["extent"].dtype == np.float32
        assert answer["shape"].tolist() == [200, width]
        activations = run.trainer.outputs([name])[name]
        np.testing.assert_array_equal(answer["positions"][:, 0], activations[:, width - 1 if width > 1 else 0])
        if width > 1:
            np.testing.assert_array_equal(answer["positions"][:, 1], activations[:, 0])


def test_input_layer_shows_the_points():
    experiment = networks.experiment_of(layer="input")
    answer = Seen(experiment).frame(request(experiment))
    np.testing.assert_array_equal(answer["positions"], datasets.load(experiment).inputs)


def test_what_is_measured_is_not_measured_again(monkeypatch):
    # However slow the machine is, every request draws.
    monkeypatch.setattr(run_module, "CHEAP_VIEW_SECONDS", math.inf)
    experiment = networks.experiment_of()
    run = Seen(experiment)
    measured = []
    measure = run.task.measure
    monkeypatch.setattr(run.task, "measure", lambda *arguments: measured.append(1) or measure(*arguments))
    for place in ((0, 1), (1, 0)):
        assert "pixels" in run.frame(request(experiment, view={"place": place}))
    assert measured == []
    for place in ((0, 1), (1, 0)):
        answer = run.frame(request(experiment, 3 * (place[0] == 0), view={"place": place}))
        # Of the points to train on, and of those held out.
        assert (answer["measured"], len(measured)) == (True, 2)


def test_a_view_is_drawn_once(monkeypatch):
    # However busy the machine is, the first picture has time for everything.
    monkeypatch.setattr(time, "perf_counter", FakeClock().perf_counter)
    # Of so few layers a picture has all miniatures.
    experiment = networks.experiment_of(hidden_layers=())
    run = Seen(experiment)
    assert "pixels" in run.frame(request(experiment))
    assert "pixels" not in run.frame(request(experiment))
    assert "pixels" in run.frame(request(experiment, view={"dimensions": (1, 0)}))
    assert "pixels" in run.frame(request(experiment, view={"layer": "softmax"}))
    run.frame(request(experiment, 3))
    # Whether or not the last frame had time to draw, a request that trains nothing shows what there is.
    run.drawn = None
    assert "pixels" in run.frame(request(experiment))


def test_where_a_picture_is_moving_it_is_drawn_again_whenever_asked(stage):
    experiment = networks.experiment_of()
    run = Seen(experiment)
    assert "pixels" in run.frame(request(experiment))
    assert "pixels" not in run.frame(request(experiment, view={"seconds": 1.0}))
    stage.moving = True
    assert "pixels" in run.frame(request(experiment, view={"tour_seconds": 0.5}))
    for seconds in (2.0, 2.0, 3.0):
        assert "pixels" in run.frame(request(experiment, view={"tour_seconds": 0.5, "seconds": seconds}))
    stage.moving = False
    assert "pixels" in run.frame(request(experiment, view={"tour_seconds": 0.5}))
    assert "pixels" not in run.frame(request(experiment, view={"tour_seconds": 0.5}))


def test_the_stage_is_given_the_trainer_and_the_view(stage):
    experiment = networks.experiment_of(normalization="batch_norm", hidden_layers=(3, 4))
    run = Seen(experiment)
    asked = []
    draw = run.stage.draw
    run.stage.draw = lambda *arguments: asked.append(arguments) or draw(*arguments)
    view = view_of(experiment, seconds=3.5)
    run.frame(request(experiment, 3)._replace(view=view))
    ((trainer, given),) = asked
    assert trainer is run.trainer
    assert given == view


def overflowed(stage):
    """A session after 8 steps whose losses were finite, that has not looked since its parameters overflowed."""
    changes = {"optimizer": "adam", "normalization": "batch_norm", "activation": "linear", "learning_rate": 1e-5}
    experiment = {**DIVERGING, **changes}
    stage.seconds = 1000.0
    run = Seen(experiment)
    run.frame(request(experiment))
    run.frame(request(experiment, 6))
    answer = run.frame(request(experiment, 2, learning_rate=1e8))
    assert (answer["step"], answer["diverged"]) == (8, False)
    assert not all(np.isfinite(array).all() for array in run.trainer.arrays()[0])
    return run


def test_a_network_that_diverges_while_it_is_measured_is_not_the_one_that_is_drawn(stage):
    """What is drawn is the network that the lab went back to."""
    run = overflowed(stage)
    drawn = []
    stage.look = lambda trainer: drawn.append(trainer.outputs(["fc1"])["fc1"])
    assert run.frame(request(run.experiment, learning_rate=run.live["learning_rate"]))["diverged"] is True
    assert np.isfinite(drawn[-1]).all()
    np.testing.assert_array_equal(drawn[-1], run.trainer.outputs(["fc1"])["fc1"])


def test_milliseconds(monkeypatch, stage, clock):
    experiment = networks.experiment_of()
    run = Seen(experiment)
    run.view_seconds, run.drawn_at = 1.0, clock.now
    train, measure = run.trainer.train, run.task.measure
    monkeypatch.setattr(run.trainer, "train", lambda *arguments: clock.tick(0.003) or train(*arguments))
    answer = run.frame(request(experiment, 1))
    assert "pixels" not in answer
    assert answer["milliseconds"].tolist() == pytest.approx([3, 0, 0, 0, 0, 0])
    monkeypatch.setattr(run.task, "measure", lambda *arguments: clock.tick(0.001) or measure(*arguments))
    stage.parts = {"outputs": 0.5, "boundary": 1.5, "representation": 2.5, "network": 3.5, "probes": 4.5}
    answer = run.frame(request(experiment))
    assert answer["milliseconds"].tolist() == pytest.approx([0, 2.5, 1.5, 2.5, 3.5, 4.5])
    assert answer["milliseconds"].dtype == np.float64
    # While nothing is drawn, they are still those of the last drawing.
    assert run.frame(request(experiment))["milliseconds"].tolist() == answer["milliseconds"].tolist()


# When it is worth drawing.


def flat_out(monkeypatch, clock, stage, view_seconds, step_seconds, seconds=6):
    """`(pictures a second, share of the time)` of drawing, the page asking again 1 ms after every answer."""
    experiment = networks.experiment_of()
    run = Seen(experiment)

    def train(rate, first, count):
        clock.tick(count * step_seconds)
        return np.zeros(count)

    monkeypatch.setattr(run.trainer, "train", train)
    began, pictures = clock.now, 0
    stage.seconds = view_seconds
    while clock.now < began + seconds:
        answer = run.frame(request(experiment, EVERYTHING, milliseconds=12))
        assert answer["taken"]
        pictures += "pixels" in answer
        clock.tick(0.001)
    return pictures / seconds, pictures * view_seconds / seconds


@pytest.mark.parametrize("milliseconds", [0.5, 4, 11.9])
def test_a_cheap_drawing_is_made_with_every_request(monkeypatch, clock, stage, milliseconds):
    pictures, share = flat_out(monkeypatch, clock, stage, milliseconds / 1000, 0.0001)
    assert pictures >= 1000 / (14.5 + milliseconds)
    if milliseconds <= 4:
        assert share <= 0.25


@pytest.mark.parametrize("milliseconds", [13, 20, 30, 40, 50])
@pytest.mark.parametrize("step_milliseconds", [0.1, 9, 25])
def test_a_dear_drawing_still_comes_ten_times_a_second(monkeypatch, clock, stage, milliseconds, step_milliseconds):
    pictures, share = flat_out(monkeypatch, clock, stage, milliseconds / 1000, step_milliseconds / 1000)
    assert pictures >= 10
    assert share <= 0.7
    if milliseconds <= 20 and step_milliseconds <= 9:
        assert share <= 0.3


@pytest.mark.parametrize("seconds", [0.06, 0.2, 1.0])
def test_a_very_dear_drawing_leaves_time_to_train(monkeypatch, clock, stage, seconds):
    _, share = flat_out(monkeypatch, clock, stage, seconds, 0.005, 6 + 20 * seconds)
    assert share <= run_module.LARGEST_VIEW_SHARE + 0.05


def test_rest_between_drawings():
    rest = run_module.rest_between_drawings
    assert rest(0) == rest(run_module.CHEAP_VIEW_SECONDS) == 0
    # A quarter of the time; twelve pictures a second; seven tenths of the time.
    assert rest(0.015) == pytest.approx(3 * 0.015)
    assert rest(0.04) == pytest.approx(1 / 12 - 0.04)
    assert rest(1.4) == pytest.approx(0.6)


def test_while_nothing_is_trained_it_is_always_drawn(clock, stage):
    experiment = networks.experiment_of()
    run = Seen(experiment)
    stage.seconds = 1000.0
    run.frame(request(experiment))
    assert "pixels" not in run.frame(request(experiment, 5))
    answer = run.frame(request(experiment))
    assert "pixels" in answer
    assert answer["step"] == 5
    assert "pixels" not in run.frame(request(experiment, 5))
    clock.tick(1001)
    assert "pixels" in run.frame(request(experiment, 5))


def test_a_slow_run_is_drawn_by_the_clock_and_not_by_what_is_trained(clock, stage):
    """One step now and then takes no time worth speaking of: the worker is free."""
    experiment = networks.experiment_of()
    run = Seen(experiment)
    stage.seconds = 0.04
    run.frame(request(experiment))
    drawn = 0
    for _ in range(60):
        clock.tick(1 / 60)
        drawn += "pixels" in run.frame(request(experiment, 1))
    assert drawn >= 12


# Going back.


def network_of(run):
    """The network's state as bytes: all that training changes."""
    return b"".join(np.ascontiguousarray(array).tobytes() for group in run.trainer.arrays() for array in group)


def known_of(answer):
    """What is known of the whole run."""
    return answer["history"].tobytes(), answer["kept"].tolist(), answer["last_epoch"]


class Recording:
    """A run of 137 steps, in the middle of epoch 27, its rate changed within epochs 4 and 16, and all it went through.

    `networks` and `metrics` are those after each number of steps; `rates` the learning rate of each step.
    """

    def __init__(self, experiment, more=0):
        self.experiment = experiment
        self.rates = [0.01] * 23 + [0.05] * 60 + [0.002] * (54 + more)
        self.run = Seen(experiment)
        self.networks, self.metrics = [], []
        for rate in [None, *self.rates]:
            answer = self.frame(int(rate is not None), learning_rate=rate or self.rates[0])
            self.networks.append(network_of(self.run))
            self.metrics.append(answer["metrics"])
        self.known = known_of(answer)

    def frame(self, steps=0, **changes):
        return self.run.frame(
            request(self.experiment, steps, **{"learning_rate": self.run.live["learning_rate"], **changes})
        )

    def is_here(self, answer):
        """Asserts that the run is just as it was when it first was where it is."""
        step = answer["step"]
        assert network_of(self.run) == self.networks[step]
        np.testing.assert_array_equal(answer["metrics"], self.metrics[step])
        assert answer["learning_rate"] == (self.rates + self.rates[-1:])[step]
        assert answer["diverged"] is False


@pytest.mark.parametrize("engine", ["wasm", "autograd"])
@pytest.mark.parametrize("normalization", ["none", "batch_norm"])
@pytest.mark.parametrize("optimizer", registry.entries("optimizer"))
def test_playing_on_repeats_the_run(monkeypatch, stage, engine, normalization, optimizer):
    """Bit for bit, at every step: network, metrics, learning rates; and beyond its end as if it had never gone back."""
    if engine == "autograd":
        monkeypatch.setattr(run_module, "CompiledTrainer", uncompilable)
    experiment = networks.experiment_of(normalization=normalization, optimizer=optimizer, hidden_layers=(6, 5))
    through = Recording(experiment, more=90)
    recording = Recording(experiment)
    assert recording.run.trainer.engine == engine
    assert recording.networks == through.networks[:138]
    assert recording.known[1:] == (list(range(28)), 27)
    for epoch in (0, 26, 3, 4, 5, 20):
        answer = recording.frame(seek=epoch)
        assert (answer["epoch"], answer["step"], answer["taken"]) == (epoch, epoch * STEPS_AN_EPOCH, 0)
        recording.is_here(answer)
        for steps in (1, 2, 13, 0, 30, 1):
            answer = recording.frame(min(steps, 136 - answer["step"]))
            recording.is_here(answer)
            assert known_of(answer) == recording.known
    for steps in (1, 7, 50, 33):
        answer = recording.frame(steps)
        np.testing.assert_array_equal(network_of(recording.run), through.networks[answer["step"]])
        np.testing.assert_array_equal(answer["metrics"], through.metrics[answer["step"]])
    assert answer["step"] == 227
    assert known_of(answer) == through.known
    assert fingerprint(recording.run) == fingerprint(through.run)


def test_playing_on_in_one_go_passes_the_end_and_both_changes_of_the_rate(stage):
    experiment = networks.experiment_of(optimizer="adam")
    through, recording = Recording(experiment, more=90), Recording(experiment)
    answer = recording.frame(227 - 10, seek=2)
    assert (answer["step"], answer["taken"]) == (227, 217)
    assert known_of(answer) == through.known
    assert fingerprint(recording.run) == fingerprint(through.run)
    np.testing.assert_array_equal(answer["metrics"], through.metrics[-1])


def test_seeking_to_the_end_is_exactly_the_present(stage):
    recording = Recording(networks.experiment_of(normalization="batch_norm"))
    before = fingerprint(recording.run)
    for there in (27, 28, 10**9):
        assert recording.frame(seek=5)["step"] == 25
        answer = recording.frame(3, seek=11)
        assert answer["step"] == 58
        answer = recording.frame(seek=there)
        assert (answer["step"], answer["epoch"], answer["last_epoch"]) == (137, 27, 27)
        recording.is_here(answer)
        assert known_of(answer) == recording.known
        assert fingerprint(recording.run) == before
    # It is the present already.
    assert recording.frame(seek=27)["step"] == 137
    assert fingerprint(recording.run) == before


def test_stepping_by_epochs_from_the_past(stage):
    recording = Recording(networks.experiment_of())
    answer = recording.frame(seek=13)
    for epoch in range(14, 28):
        answer = recording.frame(EVERYTHING, to_epoch=epoch)
        assert (answer["epoch"], answer["step"], answer["taken"]) == (epoch, 5 * epoch, 5)
        recording.is_here(answer)
        assert known_of(answer) == recording.known
    answer = recording.frame(EVERYTHING, to_epoch=28)
    assert (answer["epoch"], answer["taken"], answer["last_epoch"]) == (28, 5, 28)
    assert answer["kept"].tolist() == list(range(29))
    assert answer["history"][0].tolist() == list(range(29))


def test_seek_goes_to_the_last_kept_epoch_that_is_not_after(stage):
    experiment = networks.experiment_of(batch_size=180)
    run = Seen(experiment)
    kept = run.frame(request(experiment, 1000))["kept"]
    assert kept.dtype == np.int32
    assert kept[:4].tolist() == [0, 1, 2, 3]
    assert 950 < kept[-1] <= 1000
    for epoch in (0, 1, 60, 61, 62, 500, 998, 999):
        answer = run.frame(request(experiment, seek=epoch))
        assert answer["step"] == answer["epoch"] == max(k for k in kept if k <= epoch)
        assert answer["last_epoch"] == 1000
    assert "kept" not in run.frame(request(experiment, history=False))


def test_seek_comes_before_the_steps_of_the_same_request(stage):
    recording = Recording(networks.experiment_of())
    answer = recording.frame(3, seek=4)
    assert (answer["taken"], answer["step"]) == (3, 23)
    recording.is_here(answer)
    answer = recording.frame(EVERYTHING, seek=2, to_epoch=3)
    assert (answer["taken"], answer["step"]) == (5, 15)
    recording.is_here(answer)


@pytest.mark.parametrize("seek", [-1, 1.0, 2.5, True, "3", math.nan, [1]])
def test_seek_must_be_an_epoch(stage, seek):
    recording = Recording(networks.experiment_of())
    before = fingerprint(recording.run)
    with pytest.raises(ValueError, match="whole number from 0 up"):
        recording.frame(5, seek=seek)
    assert fingerprint(recording.run) == before


def test_history_that_is_thinned_while_and_after_going_back(monkeypatch, stage):
    monkeypatch.setattr(run_module, "HISTORY_ROWS", 10)
    experiment = networks.experiment_of(batch_size=180)
    through, run = Seen(experiment), Seen(experiment)
    through.frame(request(experiment, 150))
    before = known_of(run.frame(request(experiment, 103)))
    for epoch in (0, 17, 40, 3):
        run.frame(request(experiment, seek=epoch))
        for steps in (1, 1, 14, 40):
            assert known_of(run.frame(request(experiment, steps))) == before
    answer = run.frame(request(experiment, 150 - run.steps))
    assert known_of(answer) == known_of(through.frame(request(experiment)))
    assert fingerprint(run) == fingerprint(through)


# Another future.


def test_branch_forgets_what_lies_after(stage):
    recording = Recording(networks.experiment_of())
    recording.frame(seek=10)
    answer = recording.frame(branch=True)
    recording.is_here(answer)
    assert (answer["step"], answer["last_epoch"]) == (50, 10)
    assert answer["kept"].tolist() == answer["history"][0].tolist() == list(range(11))
    # There is no way back to the end that was.
    assert recording.frame(seek=27)["step"] == 50
    # From here on it goes as with the rate of here, which changed later.
    alone = Seen(recording.experiment)
    alone.frame(request(recording.experiment, 23, learning_rate=0.01))
    alone.frame(request(recording.experiment, 100, learning_rate=0.05))
    answer = recording.frame(73)
    assert fingerprint(recording.run) == fingerprint(alone)
    assert known_of(answer) == known_of(alone.frame(request(recording.experiment, learning_rate=0.05)))


def test_branch_in_one_request_with_seek_and_steps(stage):
    recording = Recording(networks.experiment_of())
    answer = recording.frame(4, seek=10, branch=True)
    assert (answer["step"], answer["last_epoch"]) == (54, 10)
    recording.is_here(answer)
    answer = recording.frame(3, branch=True)
    assert (answer["step"], answer["last_epoch"]) == (57, 11)
    assert answer["kept"].tolist() == list(range(12))


def test_branch_at_the_end_changes_nothing(stage):
    recording = Recording(networks.experiment_of())
    before = fingerprint(recording.run)
    assert known_of(recording.frame(branch=True)) == recording.known
    assert fingerprint(recording.run) == before


def test_another_learning_rate_makes_another_future_from_the_first_step_on(stage):
    experiment = networks.experiment_of()
    recording = Recording(experiment)
    recording.frame(2, seek=10)
    # It is in force at once; but nothing is lost before a step is taken.
    answer = recording.frame(learning_rate=0.3)
    assert answer["learning_rate"] == 0.3
    assert known_of(answer) == recording.known
    answer = recording.frame(EVERYTHING, to_epoch=10)
    assert answer["taken"] == 0
    assert known_of(answer) == recording.known
    answer = recording.frame(1)
    assert (answer["step"], answer["last_epoch"], answer["learning_rate"]) == (53, 10, 0.3)
    assert answer["kept"].tolist() == list(range(11))
    answer = recording.frame(60)
    alone = Seen(experiment)
    for steps, rate in ((23, 0.01), (29, 0.05), (61, 0.3)):
        expected = alone.frame(request(experiment, steps, learning_rate=rate))
    assert known_of(answer) == known_of(expected)
    assert fingerprint(recording.run) == fingerprint(alone)
    # And this future can be gone back in as well.
    recording.frame(seek=3)
    answer = recording.frame(113 - 15)
    assert known_of(answer) == known_of(expected)
    assert fingerprint(recording.run) == fingerprint(alone)


def test_any_live_field_follows_the_run_and_comes_back_with_it():
    fields.enter("shrink", "Shrink", "training", 0.0, float, str, fields.LIVE)
    try:
        experiment = {**fields.defaults(), "shrink": 0.25}
        run = Run(experiment)

        def live(**changes):
            asked = request(experiment, **changes)._replace(live={**protocol.live_of(experiment), "shrink": shrink})
            return json.loads(run.frame(asked)["live"])

        shrink = 0.25
        texts = json.loads(protocol.write_live(protocol.live_of(fields.defaults())))
        assert live(steps=50) == {**texts, "shrink": "0.25"}
        shrink = 0.5
        assert live(steps=50)["shrink"] == "0.5"
        assert live(seek=5)["shrink"] == "0.25", "as it was there"
    finally:
        fields.remove("shrink")


@pytest.mark.parametrize("name", ["l1", "l2"])
def test_a_penalty_acts_on_the_running_network_and_comes_back_with_it(name):
    experiment = networks.experiment_of()
    alone = Seen(experiment)
    alone.frame(request(experiment, 25))
    before = fingerprint(alone)
    workspace = alone.trainer.workspace
    alone.frame(request(experiment, 25, **{name: 0.1}))
    assert alone.trainer.engine == "wasm" and alone.trainer.workspace is workspace, "nothing is compiled for it"
    without = Seen(experiment)
    without.frame(request(experiment, 50))
    sizes = [
        sum(float(np.abs(array).sum()) for array in run.trainer.arrays()[0] if array.ndim == 2)
        for run in (alone, without)
    ]
    assert sizes[0] < sizes[1]

    end = fingerprint(alone)
    assert before != end != fingerprint(without)
    alone.frame(request(experiment, seek=2, **alone.live))
    assert (alone.steps, alone.live[name]) == (10, 0)
    alone.frame(request(experiment, 40, **alone.live))
    assert (alone.steps, alone.live[name]) == (50, 0.1)
    assert fingerprint(alone) == end


def test_dropout_acts_on_the_running_network_and_comes_back_with_it():
    """From nothing to something and back the steps are compiled anew; from one share to another they are not."""
    experiment = networks.experiment_of(hidden_layers=(16, 8), optimizer="adam")
    run = Seen(experiment)
    run.frame(request(experiment, 25))
    run.frame(request(experiment, 13, dropout=0.5))
    assert run.trainer.engine == "wasm"
    workspace = run.trainer.workspace
    run.frame(request(experiment, 12, dropout=0.2))
    assert run.trainer.workspace is workspace
    run.frame(request(experiment, 10, dropout=0.0))
    assert run.steps == 60
    end, picture = fingerprint(run), run.frame(request(experiment))["pixels"]

    run.frame(request(experiment, seek=2, **run.live))
    assert (run.steps, run.live["dropout"]) == (10, 0)
    run.frame(request(experiment, 20, **run.live))
    assert (run.steps, run.live["dropout"]) == (30, 0.5)
    run.frame(request(experiment, 30, **run.live))
    assert (run.steps, run.live["dropout"]) == (60, 0)
    assert fingerprint(run) == end
    np.testing.assert_array_equal(run.frame(request(experiment))["pixels"], picture)

    # One step after the other, in plain autograd, it is the same run.
    plain = PlainTrainer(experiment, run.data)
    for first, last, share in ((0, 25, 0.0), (25, 38, 0.5), (38, 50, 0.2), (50, 60, 0.0)):
        then = PlainTrainer({**experiment, "dropout": share}, run.data)
        then.restore(plain.arrays())
        then.train(networks.rates(experiment["learning_rate"], dropout=share), first, last - first)
        plain = then
    for ours, theirs in zip(run.trainer.arrays()[0], plain.arrays()[0], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)


def test_clipping_keeps_a_network_from_diverging_and_is_repeated():
    choices = {"loss": "mean_squared_error", "activation": "relu", "hidden_layers": (8, 8), "learning_rate": 3}
    experiment = networks.experiment_of(**choices)
    wild = Seen(experiment)
    assert wild.frame(request(experiment, 200))["diverged"]
    run = Seen(experiment)
    assert not run.frame(request(experiment, 200, clip=0.001))["diverged"]
    assert (run.steps, run.trainer.engine) == (200, "wasm")
    end = fingerprint(run)
    run.frame(request(experiment, seek=7, **run.live))
    run.frame(request(experiment, 165, **run.live))
    assert run.steps == 200
    assert fingerprint(run) == end


def test_another_learning_rate_thought_better_of(stage):
    recording = Recording(networks.experiment_of())
    recording.frame(seek=10)
    recording.frame(learning_rate=0.3)
    answer = recording.frame(learning_rate=0.05)
    recording.is_here(answer)
    answer = recording.frame(30)
    recording.is_here(answer)
    recording.frame(learning_rate=0.3)
    # Gone elsewhere, the rate is that of there again.
    answer = recording.frame(4, seek=2)
    recording.is_here(answer)
    assert known_of(answer) == recording.known


def test_learning_rate_chosen_together_with_going_back(stage):
    recording = Recording(networks.experiment_of())
    answer = recording.frame(seek=10, learning_rate=0.3)
    assert (answer["step"], answer["learning_rate"], answer["last_epoch"]) == (50, 0.3, 27)
    answer = recording.frame(1)
    assert (answer["step"], answer["learning_rate"], answer["last_epoch"]) == (51, 0.3, 10)


def test_learning_rate_chosen_at_the_end_is_still_chosen_after_going_back(stage):
    recording = Recording(networks.experiment_of())
    assert recording.frame(learning_rate=0.3)["learning_rate"] == 0.3
    assert recording.frame(seek=4)["learning_rate"] == 0.01
    assert recording.frame(seek=27)["learning_rate"] == 0.3
    recording.frame(seek=4)
    assert recording.frame(EVERYTHING, to_epoch=27)["learning_rate"] == 0.002
    assert recording.frame(2)["learning_rate"] == 0.3
    assert recording.frame()["last_epoch"] == 27


def test_learning_rate_written_with_another_last_digit_is_the_same(stage):
    recording = Recording(networks.experiment_of())
    recording.frame(seek=10)
    answer = recording.frame(5, learning_rate=0.05000000000000001)
    recording.is_here(answer)
    assert known_of(answer) == recording.known


def test_history_after_a_late_run_was_left_early_is_fine_again(monkeypatch, stage):
    monkeypatch.setattr(run_module, "HISTORY_ROWS", 10)
    experiment = networks.experiment_of(batch_size=180)
    run = Seen(experiment)
    run.frame(request(experiment, 100))
    # As fine as in a run that comes there for the first time.
    answer = run.frame(request(experiment, 5, seek=60, branch=True))
    assert answer["history"][0].tolist() == [0, 16, 32, 48, 64]
    answer = run.frame(request(experiment, 5, seek=4, branch=True))
    assert answer["history"][0].tolist() == [0, 5, 6, 7, 8, 9]
    for _ in range(100):
        epochs = run.frame(request(experiment, 1))["history"][0]
        assert len(epochs) <= 10
        assert epochs[0] == 0
        assert (np.diff(epochs) > 0).all()
    assert len(set(np.diff(epochs))) == 1


def test_another_future_is_drawn_though_it_has_come_as_far(stage):
    experiment = networks.experiment_of()
    run = Seen(experiment)
    stage.seconds = 0.0
    assert "pixels" in run.frame(request(experiment, 50))
    assert "pixels" not in run.frame(request(experiment))
    run.view_seconds = 1000.0
    answer = run.frame(request(experiment, 25, seek=5, branch=True, learning_rate=0.5))
    assert answer["step"] == 50
    assert "pixels" not in answer
    assert "pixels" in run.frame(request(experiment, learning_rate=0.5))


# Going back from a run that has diverged.


@pytest.mark.parametrize("engine", ["wasm", "autograd"])
@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"optimizer": "sgd", "normalization": "batch_norm", "batch_size": 90},
        {"optimizer": "adam", "normalization": "batch_norm", "activation": "linear", "learning_rate": 1e10},
        {"batch_size": 180},
    ],
    ids=networks.name_of,
)
def test_a_diverged_run_goes_back_and_diverges_again(monkeypatch, stage, engine, choices):
    if engine == "autograd":
        monkeypatch.setattr(run_module, "CompiledTrainer", uncompilable)
    experiment = {**DIVERGING, "batch_size": 90, **choices}
    run = Seen(experiment)
    end = run.frame(request(experiment, EVERYTHING))
    assert end["diverged"] is True
    before = fingerprint(run)
    for epoch in reversed(end["kept"].tolist()):
        answer = run.frame(request(experiment, seek=epoch))
        if epoch < end["last_epoch"]:
            assert answer["step"] < end["step"]
            assert answer["diverged"] is False
            assert np.isfinite(answer["metrics"]).all()
        again = run.frame(request(experiment, EVERYTHING))
        assert (again["diverged"], again["step"]) == (True, end["step"])
        np.testing.assert_array_equal(again["metrics"], end["metrics"])
        assert known_of(again) == known_of(end)
        assert fingerprint(run) == before
    run.frame(request(experiment, seek=0))
    while not run.frame(request(experiment, 1))["diverged"]:
        assert run.steps < end["step"]
    assert run.steps == end["step"]
    assert fingerprint(run) == before
    run.frame(request(experiment, seek=0))
    answer = run.frame(request(experiment, seek=end["last_epoch"]))
    assert answer["diverged"] is True
    assert not math.isfinite(answer["metrics"][0])
    assert fingerprint(run) == before


def test_no_epoch_is_kept_at_which_training_had_diverged():
    experiment = {**DIVERGING, "batch_size": 180}
    run = Seen(experiment)
    answer = run.frame(request(experiment, EVERYTHING))
    assert len(answer["kept"]) == answer["last_epoch"]
    for epoch in answer["kept"]:
        _, arrays = run.timeline.at(epoch)
        assert all(np.isfinite(array).all() for array in arrays[0])


def test_a_diverged_run_goes_on_well_with_a_smaller_rate(stage):
    experiment = {**DIVERGING, "batch_size": 180}
    run = Seen(experiment)
    last = run.frame(request(experiment, EVERYTHING))["last_epoch"]
    assert last > 1
    run.frame(request(experiment, seek=0))
    answer = run.frame(request(experiment, EVERYTHING, learning_rate=0.001, to_epoch=last + 20))
    assert answer["diverged"] is False
    assert answer["epoch"] == answer["last_epoch"] == last + 20
    assert fingerprint(run) == fingerprint_of_rates(experiment, (answer["step"], 0.001))


def fingerprint_of_rates(experiment, *portions):
    """What a run comes to by `(steps, learning rate)` one after the other."""
    run = Seen(experiment)
    for steps, rate in portions:
        run.frame(request(experiment, steps, learning_rate=rate))
    return fingerprint(run)


@pytest.mark.parametrize("save_before", [0, 1e9])
@pytest.mark.parametrize("save_after", [0, 1e9])
def test_divergence_in_another_future_keeps_its_last_finite_network(monkeypatch, stage, save_before, save_after):
    """What is gone back to on divergence is of this future, and its changes of the learning rate are repeated."""
    rates = [(12, 0.001), (4, 0.003), (EVERYTHING, 10)]
    experiment = {**DIVERGING, "learning_rate": 0.001}
    run = Seen(experiment)
    monkeypatch.setattr(run_module, "SAVE_EVERY_SECONDS", save_before)
    for steps, rate in ((12, 0.001), (300, 0.002)):
        run.frame(request(experiment, steps, learning_rate=rate))
    monkeypatch.setattr(run_module, "SAVE_EVERY_SECONDS", save_after)
    run.frame(request(experiment, 2, seek=2, learning_rate=run.live["learning_rate"]))
    assert run.steps == 12
    for steps, rate in rates[1:]:
        answer = run.frame(request(experiment, steps, learning_rate=rate))
    assert answer["diverged"] is True
    assert 16 < answer["step"] < 300
    assert all(np.isfinite(array).all() for array in run.trainer.arrays()[0])
    monkeypatch.setattr(run_module, "SAVE_EVERY_SECONDS", 0)
    assert fingerprint(run) == fingerprint_of_rates(experiment, *rates)


def test_divergence_not_yet_noticed_is_noticed_before_the_end_is_left(stage):
    run = overflowed(stage)
    assert run.frame(request(run.experiment, seek=0, learning_rate=run.live["learning_rate"]))["diverged"] is False
    answer = run.frame(request(run.experiment, seek=1, learning_rate=run.live["learning_rate"]))
    assert (answer["step"], answer["diverged"]) == (8, True)
    assert not math.isfinite(answer["metrics"][0])
    assert all(np.isfinite(array).all() for array in run.trainer.arrays()[0])


# Networks too large to keep many of.


@pytest.mark.parametrize(("copies", "kept"), [(0, []), (1, []), (2, [0]), (3, [0, 27]), (5, [0, 3, 10, 27])])
def test_going_back_where_little_can_be_kept(monkeypatch, stage, copies, kept):
    experiment = networks.experiment_of()
    size = 4 * 2 * shape.parameter_count(experiment)
    monkeypatch.setattr(run_module, "Timeline", lambda limit: Timeline(copies * size + 10))
    recording = Recording(experiment)
    epochs = recording.known[1]
    assert len(epochs) == len(kept)
    assert epochs[:1] == kept[:1]
    assert epochs[-1:] == kept[-1:]
    for epoch in (26, 0):
        answer = recording.frame(seek=epoch)
        recording.is_here(answer)
        assert answer["step"] == 5 * max([e for e in epochs if e <= epoch], default=137 / 5)
        assert known_of(answer) == recording.known
    held = recording.run.timeline.bytes
    if recording.run.present:
        held += sum(array.nbytes for group in recording.run.present.arrays for array in group)
    assert held <= copies * size + 10
    answer = recording.frame(137 - recording.run.steps)
    recording.is_here(answer)
    assert known_of(answer) == recording.known
    assert recording.frame(EVERYTHING, to_epoch=40)["last_epoch"] == 40
