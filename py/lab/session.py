"""One training run and the views of it: the only door of the lab that the page may use.

`start` makes a new run of an experiment, `frame` trains it further and says what to draw. Both take and return plain
dicts of numbers, strings and arrays; `worker` carries them across to the page.
"""

import math
import time

import numpy as np

import spec
from engine.workspace import Uncompilable
from lab import datasets, training, views
from lab.compiled import CompiledTrainer
from lab.plain import PlainTrainer

# Resolutions of the shaded plane, in squares a side; the finest that keeps within its time is drawn.
RESOLUTIONS = (16, 24, 32, 48, 64, 80, 100, 128, 160, 200)

# A view that takes longer than this is only drawn again after training for three times as long.
CHEAP_VIEW_SECONDS = 0.012

# Steps are taken in portions of about this time, between which the clock is looked at.
CHUNK_SECONDS = 0.002

# The network is kept this often, to go back to should training diverge.
SAVE_EVERY_SECONDS = 0.25

# The history is thinned to every second epoch, then every fourth, and so on, to stay below this many rows.
HISTORY_ROWS = 1000

_session: "Session | None" = None


def start(experiment):
    """Begins a run of `experiment` afresh and forgets the one before. Returns what does not change during it.

    The result has `points` (200, 2), `labels` (200,), `training` (200,), 1 for a point to train on and 0 for one held
    out, `engine`, which engine runs the steps, and `reason`, why it is not the fast one, if so.
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
        "engine": _session.trainer.engine,
        "reason": _session.trainer.reason,
    }


def frame(request):
    """Trains the run further and returns what is to be seen now; see `Session.frame`."""
    if _session is None:
        raise RuntimeError("There is no run yet: call start first")
    return _session.frame(request)


class Session:
    """A run: its data, its network in training, and its history."""

    def __init__(self, experiment):
        self.experiment = experiment
        self.data = datasets.load(experiment)
        self.trainer = _trainer(experiment, self.data)
        self.last_layer, _, _ = spec.layers(experiment)[-1]
        self.steps_per_epoch = training.steps_per_epoch(experiment, self.data.training)
        self.steps = 0
        self.seconds_a_step = 0.0
        self.diverged = False
        self.rate = None
        self.saved = self.steps, self.trainer.arrays()
        self.seconds_since_saved = 0.0
        self.metrics = (math.nan,) * 4
        self.history: list[tuple[float, ...]] = []
        self.history_stride = 1
        self.seconds_a_point = _guessed_seconds_a_point(experiment)
        self.view_seconds = 0.0
        self.trained_seconds = math.inf
        self.drawn = None
        self._record()

    @property
    def epoch(self):
        """Whole epochs trained so far."""
        return self.steps // self.steps_per_epoch

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
        end = began + request["milliseconds"] / 1000
        last = self.steps + request["steps"]
        if request["to_epoch"] is not None:
            last = min(last, request["to_epoch"] * self.steps_per_epoch)
        first = self.steps
        while self.steps < last and not self.diverged and (self.steps == first or time.perf_counter() < end):
            self._take_steps(request["learning_rate"], min(last - self.steps, self._chunk()))
        return self.steps - first

    def _chunk(self):
        """How many steps to take at once: not past the next epoch's end to be recorded, nor for too long."""
        affordable = max(1, int(CHUNK_SECONDS / self.seconds_a_step)) if self.seconds_a_step else 1
        stride = self.history_stride * self.steps_per_epoch
        return min(affordable, stride - self.steps % stride)

    def _take_steps(self, rate, count):
        if rate != self.rate:
            # What is saved can only be gone on from with the learning rate of that time.
            self._save()
            self.rate = rate
        began = time.perf_counter()
        losses = self.trainer.train(rate, self.steps, count)
        if not math.isfinite(losses[-1]):
            self.steps += len(losses) - 1
            self.metrics = (float(losses[-1]), *self.metrics[1:])
            self._diverge()
            return
        self.steps += len(losses)
        seconds = time.perf_counter() - began
        self.seconds_a_step = seconds / count
        self.seconds_since_saved += seconds
        if self.steps % (self.history_stride * self.steps_per_epoch) == 0:
            self._record()
        if self.seconds_since_saved >= SAVE_EVERY_SECONDS:
            self._save()

    def _measure(self, output):
        """Sets the metrics from the network's output for all points, and notices a loss that is not finite."""
        self.metrics = tuple(
            number
            for part in (self.data.training, self.data.held_out)
            for number in training.evaluate(self.experiment, output[part], self.data.targets[part])
        )
        if not math.isfinite(self.metrics[0]):
            self._diverge()

    def _save(self):
        self.seconds_since_saved = 0.0
        arrays = self.trainer.arrays()
        if _finite(arrays):
            self.saved = self.steps, arrays

    def _diverge(self):
        """Notes that training is over, and goes back to the last network that can be drawn.

        That is the one whose loss is not finite, or, where its parameters are not finite either, the one before.
        """
        self.diverged = True
        for last in (self.steps, self.steps - 1):
            step, arrays = self.saved
            self.trainer.restore(arrays)
            while step < last:
                step += len(self.trainer.train(self.rate, step, last - step))
            if _finite(self.trainer.arrays()):
                return

    def _record(self):
        self._measure(self.trainer.outputs(self.last_layer)[self.last_layer])
        self.history.append((self.epoch, *self.metrics))
        if len(self.history) > HISTORY_ROWS:
            self.history = self.history[::2]
            self.history_stride *= 2

    def _draw(self, view):
        outputs = self.trainer.outputs(view["layer"], self.last_layer)
        if not self.diverged:
            self._measure(outputs[self.last_layer])
        resolution = self._resolution(view["milliseconds"] / 1000, view["resolution"])
        began = time.perf_counter()
        pixels, contour, lengths = views.boundary(
            self.experiment, self.trainer.grid_outputs(resolution), self.data.classes, resolution, view["palette"]
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


def _trainer(experiment, data):
    """What trains a network: the compiled trainer, or, with the reason, the plain one where it cannot be compiled."""
    try:
        return CompiledTrainer(experiment, data)
    except Uncompilable as error:
        return PlainTrainer(experiment, data, str(error))


def _finite(arrays):
    """Whether parameters, the first of `(parameters, state, statistics)`, are finite, so that they can be drawn."""
    return all(np.isfinite(parameter).all() for parameter in arrays[0])


def _guessed_seconds_a_point(experiment):
    """How long one point takes through the network before that has been measured, from its size."""
    widths = sum(width for _, _, width in spec.layers(experiment))
    return 1e-9 * spec.parameter_count(experiment) + 2e-8 * widths
