"""One training run and its views: training, history, and the epochs to which the run can go back."""

import math
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from engine.workspace import Uncompilable
from lab import datasets, schedules, training
from lab.compiled import CompiledTrainer
from lab.flip_book import FlipBook
from lab.plain import PlainTrainer
from lab.plane import plane_of, slice_of
from lab.recipes import recipe_of
from lab.stage import TOLD_ONCE, Stage, leaves_of
from lab.stopping import Watch, next_epoch, watched
from lab.tasks import task_of
from lab.timeline import Schedule, Timeline
from spec import protocol, registry, shape

# A drawing that takes no longer than this is made with every request.
CHEAP_VIEW_SECONDS = 0.012

# More expensive drawings take this share of the time. Where that would give fewer pictures a second than this, they
# take more, up to the largest share. Ten pictures a second should reach the screen; the two more allow for messages.
VIEW_SHARE = 0.25
PICTURES_A_SECOND = 12
LARGEST_VIEW_SHARE = 0.7

# Steps are taken in chunks of about this time; the clock is read between two chunks.
CHUNK_SECONDS = 0.002

# The network is saved this often, so that there is one to go back to if training diverges.
SAVE_EVERY_SECONDS = 0.25

# The history is thinned to every second epoch, then every fourth, and so on, to stay below this many rows.
HISTORY_ROWS = 1000


class Present(NamedTuple):
    """The latest state of a run, kept while the run is at an earlier epoch."""

    steps: int
    arrays: tuple
    metrics: tuple
    diverged: bool
    watch: Watch


def rest_between_drawings(seconds):
    """The seconds to wait between two drawings that take `seconds` each; see the constants above."""
    if seconds <= CHEAP_VIEW_SECONDS:
        return 0.0
    usual = seconds / VIEW_SHARE - seconds
    least = seconds / LARGEST_VIEW_SHARE - seconds
    return min(usual, max(least, 1 / PICTURES_A_SECOND - seconds))


class Run:
    """A run: its data, the network that it trains, its history, and the epochs to which it can go back.

    `drawn`: whether requests may ask for pictures of it. `budget`: the bytes that copies of its network may take.
    """

    def __init__(self, experiment, drawn=True, budget=protocol.BUDGET):
        self.experiment = experiment
        self.data = datasets.load(experiment)
        self.task = task_of(experiment, self.data)
        self.trainer: Any = _trainer(experiment, self.data, drawn)
        self.plane = self._plane()
        self.stage: Any = Stage(experiment, self.data, self.plane) if drawn else None
        self.steps_per_epoch = training.steps_per_epoch(experiment, self.data.training)
        self.steps = 0
        # How many steps take about `CHUNK_SECONDS`.
        self.affordable = 1
        self.diverged = False
        # Whether training rests because the field `stop_at` says so; what is known for that, now and at kept epochs.
        self.stopped = False
        self.watch = Watch()
        self.watches: dict[int, Watch] = {}
        # The live fields for the next step. After going back, a person may choose others than the run had here.
        self.live: Mapping[str, Any] = protocol.live_of(experiment)
        self.schedule = Schedule(self.live)
        self.budget = budget
        self.timeline = Timeline(budget)
        self.present: Present | None = None
        self.saved = self.steps, self.trainer.arrays()
        self.seconds_since_saved = 0.0
        # In the order of `task.metrics`.
        self.metrics = (math.nan,) * len(self.task.metrics)
        # The number of steps after which they were measured.
        self.measured_at = -1
        self.history: list[tuple[float, ...]] = []
        self.history_stride = 1
        # What the last drawing showed; None where the same has to be drawn again.
        self.drawn = None
        self.drawn_at = -math.inf
        self.view_seconds = 0.0
        # The last flip-book that was asked for, None before the first and once it is complete.
        self.flip_book: FlipBook | None = None
        self._record()
        self._keep()

    @property
    def epoch(self):
        """Whole epochs trained so far."""
        return self.steps // self.steps_per_epoch

    @property
    def last_epoch(self):
        """Whole epochs trained up to the end of the run, which is later than `epoch` after going back."""
        return (self.present.steps if self.present else self.steps) // self.steps_per_epoch

    def begin_with(self, arrays):
        """Has a run that has not trained begin with a trained network, `trainer.arrays()`, instead of a new one.

        What does not fit, as where there is another number of classes, begins anew.
        """
        given = [array for part in arrays for array in part]
        own = self.trainer.arrays()
        flat = [array for part in own for array in part]
        if [array.shape for array in given] != [array.shape for array in flat]:
            given = _fitting(given, flat)
        sizes = np.cumsum([len(part) for part in own])[:-1]
        first, second = (int(size) for size in sizes)
        self.trainer.restore((given[:first], given[first:second], given[second:]))
        self.saved = 0, self.trainer.arrays()
        self.history, self.timeline = [], Timeline(self.budget)
        self.measured_at = -1
        self._record()
        self._keep()

    def _plane(self):
        """The `plane.Plane` of the left view, as the experiment says."""
        traits, columns = shape.traits_of(self.experiment), self.data.columns
        chosen = shape.shown_slice(self.experiment)
        if chosen:
            across, up = chosen
            return plane_of(columns, told=slice_of(columns, across, up, shape.point_of_slice(self.experiment)))
        numbers = None
        if self.task.name == registry.REGRESSION:
            numbers = self.task.in_units(np.array(self.task.range)).tolist()
        told = traits.get("plane") if shape.kept_columns(self.experiment) is None else None
        return plane_of(columns, traits.get("extent"), told, numbers, self.data.features)

    def lie(self, experiment):
        """Has the plane of the left view lie as an experiment says, of the same network. Returns what `opened` does."""
        self.experiment = experiment
        self.plane = self._plane()
        self.drawn = self.flip_book = None
        if self.stage:
            self.stage.lie_on(self.plane)
        return self.opened()

    def opened(self):
        """What does not change during the run, as a dict with the names of `protocol.OPENED` except the run's id."""
        data, plane = self.data, self.plane
        is_training = np.zeros(len(data.inputs), np.uint8)
        is_training[data.training] = 1
        points = plane.coordinates(data.columns, self.task.in_units(data.targets[:, 0]))
        return {
            "points": points,
            **leaves_of(points),
            "labels": data.labels.astype(np.uint8),
            "training": is_training,
            "plane": np.array([plane.x, plane.y, plane.half]),
            "unit": plane.unit,
            "axis_units": plane.axis_units(data.means, data.scales),
            "rows": len(data.inputs),
            "columns": data.columns.shape[1],
            "inputs": data.inputs.shape[1],
            "outputs": data.targets.shape[1],
            "task": self.task.name,
            "targets": self.task.in_units(np.array(self.task.range)),
            "engine": self.trainer.engine,
            "reason": self.trainer.reason,
        }

    def frame(self, request):
        """Goes to another epoch of the run if asked to, then trains, then draws.

        Takes a `protocol.Request` and returns a dict with the names of `protocol.ANSWER` except the run's id. Raises
        ValueError if the epoch to seek is not a whole number from 0 up, or if a picture of a run that was opened
        without drawings is asked for.

        After going back, training repeats what the run did before, with the same learning rates, and leaves history and
        kept networks as they are; after the run's latest step it continues as usual. A step with another learning rate
        than before starts another future: what was recorded after this step is forgotten.
        """
        if request.view and not self.stage:
            raise ValueError("This run was opened without drawings")
        self._go_where_asked(request)
        began = time.perf_counter()
        taken = self._train(request, began)
        trained = time.perf_counter() - began
        picture = self._picture(request.view, taken == 0, trained) if request.view else None
        if taken == 0 and not self._is_measured():
            self._measure(self.trainer.output())
        parts = {**(self.stage.milliseconds if self.stage else {}), "training": trained * 1000}
        return {
            "epoch": self.epoch,
            "step": self.steps,
            "taken": taken,
            "last_epoch": self.last_epoch,
            "live": protocol.write_live(self.live),
            "diverged": self.diverged,
            "stopped": self.stopped,
            "metrics": np.array(self.metrics),
            "measured": self._is_measured(),
            "milliseconds": np.array([parts.get(part, 0.0) for part in protocol.PARTS]),
            "history": np.array(self.history).T if request.history else None,
            "learning_rates": self._learning_rates() if request.history else None,
            "kept": np.array(self.timeline.epochs, np.int32) if request.history else None,
            "picture": picture,
        }

    def _learning_rates(self):
        """The learning rate of the step after each epoch of the history, by the live values that were logged.

        None if no schedule and no warm-up has ever changed it.
        """
        parts = self.schedule.parts()
        if all(schedules.is_constant(live) for _, _, live in parts):
            return None
        steps = np.array([row[0] for row in self.history]) * self.steps_per_epoch
        result = np.empty(len(steps))
        for first, end, live in parts:
            part = (first <= steps) & (steps < end)
            result[part] = schedules.learning_rates(live, self.steps_per_epoch, steps[part])
        return result

    def flip(self, request):
        """Goes on with the flip-book: a dict with the names of `protocol.FLIPPED` except the run's id.

        Takes a `protocol.Flip`. Training and the network's views stay as they are. Raises ValueError if there is no
        book to go on with.
        """
        if request.rows:
            self.flip_book = FlipBook(
                self.experiment, self.data, self.plane, self.task, self.timeline, self.history, request.rows
            )
        if self.flip_book is None:
            raise ValueError("There is no flip-book to go on with")
        book = self.flip_book
        cells = book.go_on(request.milliseconds / 1000)
        if book.finished:
            self.flip_book = None
        return {
            "epochs": np.array(book.epochs, np.int32),
            "figures": book.figures,
            "points": len(book.points),
            "cells": cells,
            "finished": book.finished,
        }

    def _go_where_asked(self, request):
        is_chosen = not _same_live(request.live, self.live)
        if request.seek is not None:
            self._seek(request.seek)
        if request.branch:
            self._forget_future()
        if is_chosen:
            self.live = request.live
            if not self.present:
                self.schedule.set(self.steps, self.live)

    def _seek(self, epoch):
        if type(epoch) is not int or epoch < 0:
            raise ValueError(f"The epoch to go to must be a whole number from 0 up; {epoch!r} is not")
        self.stopped = False
        if epoch >= self.last_epoch:
            self._return_to_present()
            return
        place = self.timeline.at(epoch)
        if place is None:
            return
        if not self.present:
            self._measure(self.trainer.output())
            self.present = Present(self.steps, self.trainer.arrays(), self.metrics, self.diverged, self.watch)
        found, arrays = place
        self._go_to(found * self.steps_per_epoch, arrays)
        self.watch = self.watches[found]
        self.diverged = False
        self._measure(self.trainer.output())

    def _return_to_present(self):
        if self.present:
            present, self.present = self.present, None
            self._go_to(present.steps, present.arrays)
            self.metrics, self.diverged, self.watch = present.metrics, present.diverged, present.watch
            self.measured_at = self.steps

    def _go_to(self, steps, arrays):
        self.trainer.restore(arrays)
        if self.stage:
            self.stage.forget()
        self.steps = steps
        self.live = self.schedule.at(steps)
        self.saved = steps, arrays
        self.seconds_since_saved = 0.0
        self.drawn = None

    def _forget_future(self):
        """Makes this step the latest of the run: forgets everything that was recorded after it."""
        if self.present:
            self.present = None
            self.schedule.set(self.steps, self.live)
            self.timeline.cut(self.epoch)
            self.watches = {epoch: watch for epoch, watch in self.watches.items() if epoch <= self.epoch}
            self.history = [row for row in self.history if row[0] <= self.epoch]
            # From here on the history is as fine as that of a run that reaches this epoch for the first time.
            self.history_stride = 1
            while self.history_stride * HISTORY_ROWS <= self.epoch:
                self.history_stride *= 2

    def _train(self, request, began):
        """Takes the steps that the request allows, none after the loss was not finite, or the run has stopped.

        Returns how many it took.
        """
        if request.go_on:
            self.stopped = False
        end = began + request.milliseconds / 1000
        last = self.steps + request.steps
        if request.to_epoch is not None:
            last = min(last, request.to_epoch * self.steps_per_epoch)
        first = self.steps
        while self.steps < last and not self._rests() and (self.steps == first or time.perf_counter() < end):
            if not _same_live(self.live, self.schedule.at(self.steps)):
                self._forget_future()
            self._take_steps(min(last - self.steps, self._chunk()))
        return self.steps - first

    def _rests(self):
        """Whether the run trains no further."""
        return self.diverged or self.stopped

    def _chunk(self):
        """How many steps to take at once: for about `CHUNK_SECONDS`, and up to the next step with something else to do.

        That is the end of an epoch to record, to keep, or at which the run may stop; a change of the live fields; or
        the end of what is repeated.
        """
        stride = self.history_stride * self.steps_per_epoch
        stop = min(
            self.steps - self.steps % stride + stride,
            self.timeline.next * self.steps_per_epoch,
            next_epoch(self.live["stop_at"], self.epoch) * self.steps_per_epoch,
            self.schedule.end(self.steps),
            self.present.steps if self.present else math.inf,
        )
        return min(self.affordable, stop - self.steps)

    def _take_steps(self, count):
        began = time.perf_counter()
        losses = self._advance(self.live, self.steps, count)
        if not math.isfinite(losses[-1]):
            self.steps += len(losses) - 1
            # The other metrics were measured on an earlier network.
            self.metrics = (float(losses[-1]), *[math.nan] * (len(self.metrics) - 1))
            self._diverge()
            return
        self.steps += len(losses)
        seconds = time.perf_counter() - began
        # Where the clock is too coarse to measure the time, twice as many are tried.
        self.affordable = max(1, int(CHUNK_SECONDS * len(losses) / seconds)) if seconds else 2 * len(losses)
        self.seconds_since_saved += seconds
        if self.live["stop_at"] and self.steps % self.steps_per_epoch == 0:
            self._watch()
        if self.present and self.steps == self.present.steps:
            self._return_to_present()
            return
        self.live = self.schedule.at(self.steps)
        if self.steps % (self.history_stride * self.steps_per_epoch) == 0:
            self._record()
        if self.steps == self.timeline.next * self.steps_per_epoch:
            self._keep()
        if self.seconds_since_saved >= SAVE_EVERY_SECONDS:
            self._save()

    def _watch(self):
        """At the end of an epoch, takes note of the held-out loss, or of the other where none is held out; may stop.

        While earlier training is repeated, it stops where the run has stopped before.
        """
        rule, loss = self.live["stop_at"], math.nan
        since = self.schedule.since(self.steps - 1, "stop_at")
        if rule[0] != "epoch":
            self._measure(self.trainer.output())
            names = self.task.metrics
            held_out = self.metrics[names.index("test_loss")]
            loss = held_out if len(self.data.held_out) else self.metrics[names.index("train_loss")]
        watch = self.watch if self.watch.since == since else Watch(since)
        self.watch, self.stopped = watched(watch, rule, self.epoch, loss)

    def _advance(self, live, first, count):
        """Has the network take steps with these live values, see `CompiledTrainer.train`; returns their losses."""
        if training.form_of(live) != self.trainer.form:
            self._change_form(live)
        rates = training.rates_of(live)
        if not schedules.is_constant(live):
            rates[0] = schedules.learning_rates(live, self.steps_per_epoch, np.arange(first, first + count))
        return self.trainer.train(rates, first, count)

    def _change_form(self, live):
        """Makes a trainer whose steps have the form of these live values, and has it go on from where this one is."""
        arrays, version = self.trainer.arrays(), self.trainer.version
        # The memory of the old one has to be free before the new one needs its own.
        self.trainer = None
        self.trainer = _trainer({**self.experiment, **live}, self.data, self.stage is not None)
        self.trainer.version = version
        self.trainer.restore(arrays)

    def _measure(self, output):
        """Sets the metrics from the network's output for all rows; a loss that is not finite means divergence.

        The metrics of a run that has diverged stay as they are. While earlier training is repeated, no divergence is
        noticed here: at which step it is noticed depends on when the network is measured, and a repetition has to do
        what the run did.
        """
        if self.diverged:
            return
        self.measured_at = self.steps
        self.metrics = tuple(
            number
            for part in (self.data.training, self.data.held_out)
            for number in self.task.measure(output[part], self.data.targets[part])
        )
        if not math.isfinite(self.metrics[0]) and not self.present:
            self._diverge()

    def _is_measured(self):
        """Whether the metrics are those of the present network; after divergence they count as such."""
        return self.diverged or self.measured_at == self.steps

    def _save(self):
        self.seconds_since_saved = 0.0
        arrays = self.trainer.arrays()
        if _finite(arrays):
            self.saved = self.steps, arrays

    def _diverge(self):
        """Ends training, and goes back to the last network that can be drawn.

        That is the network whose loss is not finite or, if its parameters are not finite either, the one before it.
        """
        self.diverged = True
        for last in (self.steps, self.steps - 1):
            step, arrays = self.saved
            self.trainer.restore(arrays)
            while step < last:
                step += len(self._advance(self.schedule.at(step), step, min(last, self.schedule.end(step)) - step))
            if _finite(self.trainer.arrays()):
                return

    def _record(self):
        """Measures the network at the end of an epoch, and adds the metrics to the history unless they are there."""
        if not self._is_measured():
            self._measure(self.trainer.output())
        if self.present:
            return
        self.history.append((self.epoch, *self.metrics))
        if len(self.history) > HISTORY_ROWS:
            self.history_stride *= 2
            self.history = [row for row in self.history if row[0] % self.history_stride == 0]

    def _keep(self):
        if not self.diverged:
            self.timeline.add(self.epoch, self.trainer.arrays())
            self.watches[self.epoch] = self.watch

    def _picture(self, view, idle, trained):
        """A drawing, or None if it would be the same as the last one or would come too soon after it.

        While nothing is trained (`idle`), no drawing comes too soon. Otherwise the request nearest to the due time
        draws; the next request is assumed to train for as long as this one did, `trained` seconds.
        """
        began = time.perf_counter()
        shown = self.steps, {name: value for name, value in view.items() if name != "seconds"}
        due = began - self.drawn_at + trained / 2 >= rest_between_drawings(self.view_seconds)
        if shown == self.drawn or not (idle or due):
            return None
        picture = self._draw(view)
        self.drawn = shown if picture["fine"] and not picture["moving"] else None
        self.drawn_at = time.perf_counter()
        self.view_seconds = self.drawn_at - began
        return picture

    def _draw(self, view):
        picture = self.stage.draw(self.trainer, view)
        began = time.perf_counter()
        had_diverged = self.diverged
        if not self._is_measured():
            self._measure(self.stage.output)
        if self.diverged != had_diverged:
            # Divergence has restored another network than the one that was drawn.
            told = {name: picture[name] for name in TOLD_ONCE if name in picture}
            picture = {**told, **self.stage.draw(self.trainer, view)}
        self.stage.milliseconds["outputs"] += (time.perf_counter() - began) * 1000
        return picture


def _trainer(experiment, data, drawn):
    """The trainer of a network: the compiled one or, where the network cannot be compiled, the plain one."""
    try:
        return CompiledTrainer(experiment, data, drawn, recipe=recipe_of(experiment, data, drawn))
    except Uncompilable as error:
        return PlainTrainer(experiment, data, str(error))


def _finite(arrays):
    """Whether the parameters in `(parameters, state, statistics)` are finite, so that the network can be drawn."""
    return all(np.isfinite(parameter).all() for parameter in arrays[0])


def _same_live(one, other):
    """Whether values of the live fields are equal, numbers in float32: the last digit may change on the way.

    Both are mappings by name.
    """
    return {name: _in_float32(value) for name, value in one.items()} == {
        name: _in_float32(value) for name, value in other.items()
    }


def _in_float32(value):
    return np.float32(value) if isinstance(value, float) else value


def _fitting(given, own):
    """`own` arrays with the numbers of the `given` ones where both have them."""
    result = [array.copy() for array in own]
    for target, source in zip(result, given, strict=False):
        if target.ndim == source.ndim:
            part = tuple(slice(min(pair)) for pair in zip(target.shape, source.shape, strict=True))
            target[part] = source[part]
    return result
