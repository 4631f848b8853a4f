"""One training run and the views of it: the only door of the lab that the page may use.

`start` makes a new run of an experiment, `frame` trains it further and says what to draw. Both take and return plain
dicts of numbers, strings and arrays; `worker` carries them across to the page.
"""

import math
import time

import numpy as np

import spec
from lab import datasets, network, training, views

# Resolutions of the shaded plane, in squares a side; the finest that keeps within its time is drawn.
RESOLUTIONS = (16, 24, 32, 48, 64, 80, 100, 128, 160, 200)

# A view that takes longer than this is only drawn again after training for three times as long.
CHEAP_VIEW_SECONDS = 0.012

# The history is thinned to every second epoch, then every fourth, and so on, to stay below this many rows.
HISTORY_ROWS = 1000

_session: "Session | None" = None


def start(experiment):
    """Begins a run of `experiment` afresh and forgets the one before. Returns what does not change during it.

    The result has `points` (200, 2), `labels` (200,), `training` (200,), 1 for a point to train on and 0 for one held
    out, and `engine`, which engine runs the steps.
    """
    global _session
    _session = Session(experiment)
    data = _session.data
    is_training = np.zeros(spec.POINTS, np.uint8)
    is_training[data.training] = 1
    return {
        "points": data.points,
        "labels": data.labels.astype(np.uint8),
        "training": is_training,
        "engine": "autograd",
    }


def frame(request):
    """Trains the run further and returns what is to be seen now; see `Session.frame`."""
    if _session is None:
        raise RuntimeError("There is no run yet: call start first")
    return _session.frame(request)


class Session:
    """A run: its data, its network as it is now, and its history."""

    def __init__(self, experiment):
        self.experiment = experiment
        self.data = datasets.load(experiment)
        self.parameters, self.statistics = network.initialize(experiment)
        self.state = training.initial_state(experiment, self.parameters)
        self.step = training.make_step(experiment)
        self.epoch = 0
        self.steps = 0
        self.batches: list[np.ndarray] = []
        self.diverged = False
        self.before = self.parameters, self.state, self.statistics
        self.metrics = (math.nan,) * 4
        self.history: list[tuple[float, ...]] = []
        self.history_stride = 1
        self.seconds_a_point = _guessed_seconds_a_point(experiment)
        self.view_seconds = 0.0
        self.trained_seconds = math.inf
        self.drawn = None
        self._record(self._outputs())

    def frame(self, request):
        """Trains by at most `request["steps"]` steps within about `request["milliseconds"]`, then draws.

        Other keys of the request: `learning_rate`; `to_epoch`, where to stop at the latest, or None; `history`; and
        `view`: `layer`, `dimensions`, `palette`, `milliseconds` that a drawing may take, and the `resolution` that is
        fine enough. The result always has `epoch`, `step`, `taken` (steps by this request), `diverged`, `metrics`
        (train loss, train accuracy, test loss, test accuracy; those of the last epoch's end or drawing) and
        `milliseconds` (what this training took, and the last drawing). It has the views' arrays where they were worth
        drawing again: `pixels`, `resolution`, `contour`, `contour_lengths`, `representation`, `extent` and `shape`;
        and, if the request has `history`, that: shape (5, n), epochs and the four metrics.
        """
        began = time.perf_counter()
        taken = self._train(request, began)
        trained = time.perf_counter() - began
        self.trained_seconds += trained
        result = {}
        key = (self.steps, request["view"])
        idle = taken == 0
        due = self.view_seconds <= CHEAP_VIEW_SECONDS or self.trained_seconds >= 3 * self.view_seconds
        if key != self.drawn and (idle or due):
            result.update(self._draw(request["view"]))
            self.drawn = key
            self.trained_seconds = 0.0
            self.view_seconds = time.perf_counter() - began - trained
        if request["history"]:
            result["history"] = np.array(self.history).T
        return {
            **result,
            "epoch": self.epoch,
            "step": self.steps,
            "taken": taken,
            "diverged": self.diverged,
            "metrics": np.array(self.metrics),
            "milliseconds": np.array([trained * 1000, self.view_seconds * 1000]),
        }

    def _train(self, request, began):
        """Takes the steps that the request allows and returns how many; none once the loss is not finite."""
        rate = np.float32(request["learning_rate"])
        end = began + request["milliseconds"] / 1000
        taken = 0
        while (
            taken < request["steps"]
            and not self.diverged
            and (request["to_epoch"] is None or self.epoch < request["to_epoch"])
            and (taken == 0 or time.perf_counter() < end)
        ):
            self._take_step(rate)
            taken += 1
        return taken

    def _take_step(self, rate):
        if not self.batches:
            self.batches = training.epoch_batches(self.experiment, self.data.training, self.epoch)[::-1]
        batch = self.batches[-1]
        loss, *updated = self.step(
            self.parameters,
            self.state,
            self.statistics,
            self.data.points[batch],
            self.data.targets[batch],
            rate,
            np.float32(self.steps + 1),
        )
        if not math.isfinite(loss):
            self.metrics = (float(loss), *self.metrics[1:])
            self._diverge()
            return
        self.before = self.parameters, self.state, self.statistics
        self.parameters, self.state, self.statistics = updated
        self.batches.pop()
        self.steps += 1
        if not self.batches:
            self.epoch += 1
            if self.epoch % self.history_stride == 0:
                self._record(self._outputs())

    def _outputs(self):
        return network.predict(self.experiment, self.parameters, self.statistics, self.data.points)

    def _measure(self, outputs):
        """Sets the metrics from all layers' outputs for all points, and notices a loss that is not finite."""
        output = network.output(outputs)
        self.metrics = tuple(
            number
            for part in (self.data.training, self.data.held_out)
            for number in training.evaluate(self.experiment, output[part], self.data.targets[part])
        )
        if not math.isfinite(self.metrics[0]):
            self._diverge()

    def _diverge(self):
        """Notes that training is over, and goes back a step where the last one left numbers that cannot be drawn."""
        self.diverged = True
        if not all(np.isfinite(parameter).all() for parameter in self.parameters):
            self.parameters, self.state, self.statistics = self.before

    def _record(self, outputs):
        self._measure(outputs)
        self.history.append((self.epoch, *self.metrics))
        if len(self.history) > HISTORY_ROWS:
            self.history = self.history[::2]
            self.history_stride *= 2

    def _draw(self, view):
        outputs = self._outputs()
        if not self.diverged:
            self._measure(outputs)
        resolution = self._resolution(view["milliseconds"] / 1000, view["resolution"])
        began = time.perf_counter()
        pixels, contour, lengths = views.boundary(
            self.experiment, self.parameters, self.statistics, self.data.classes, resolution, view["palette"]
        )
        self._learn_cost(time.perf_counter() - began, resolution)
        points, extent = views.representation(outputs[view["layer"]], view["dimensions"])
        return {
            "pixels": pixels,
            "resolution": resolution,
            "contour": contour,
            "contour_lengths": lengths,
            "representation": points,
            "extent": extent,
            "shape": np.array(outputs[view["layer"]].shape),
        }

    def _resolution(self, seconds, enough):
        """The finest resolution that takes at most `seconds` and is at most the first that is fine enough."""
        useful = [r for r in RESOLUTIONS if r < enough] + [r for r in RESOLUTIONS if r >= enough][:1]
        affordable = [r for r in useful if (r + 2) ** 2 * self.seconds_a_point <= seconds]
        return affordable[-1] if affordable else useful[0]

    def _learn_cost(self, seconds, resolution):
        # A slow average, so that one hiccup of the machine does not make the picture coarser for an instant.
        measured = seconds / (resolution + 2) ** 2
        self.seconds_a_point += 0.1 * (measured - self.seconds_a_point)


def _guessed_seconds_a_point(experiment):
    """How long one point takes through the network before that has been measured, from its size."""
    widths = sum(width for _, _, width in spec.layers(experiment))
    return 1e-9 * spec.parameter_count(experiment) + 2e-8 * widths
