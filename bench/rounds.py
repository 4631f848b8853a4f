"""Times the contenders in turns, so that whatever else the machine does meanwhile affects all of them equally."""

import math
import random
from statistics import median

from bench.driver import ContenderError

# A contender whose steps are slow may use up its time before the last round; but it gets at least so many rounds.
FEWEST_ROUNDS = 3
# The losses of all contenders are compared after so many steps from the same kernels; and their largest relative
# difference: one contender computes in single precision, another one in double.
COMPARED_STEPS = 5
LOSS_TOLERANCE = 1e-3


def network_of(hidden_layers, rows=40, **more):
    """The description of a network and its `rows` points; peers.js explains it, and lab_steps.py explains `more`."""
    points, labels = ring_and_disc(rows)
    return {
        "hiddenLayers": list(hidden_layers),
        "activation": "tanh",
        "learningRate": 0.01,
        "momentum": 0.9,
        "classes": 2,
        "points": points,
        "labels": labels,
        **more,
    }


def ring_and_disc(rows, seed=0):
    """`(points, labels)`: points (rows, 2), alternately in a disc of radius 2 and in a ring from 3 to 5 around it."""
    rng = random.Random(seed)
    labels = [row % 2 for row in range(rows)]
    points = []
    for label in labels:
        radius, angle = rng.uniform(0, 2) + 3 * label, rng.uniform(0, 2 * math.pi)
        points.append([radius * math.sin(angle), radius * math.cos(angle)])
    return points, labels


def time_network(contenders, network, pace):
    """Trains `network` with every contender in turns, at a `settings.Pace`; returns a result for each name.

    A result has `us_per_step` (median of the rounds), `us_of_fastest_round`, `steps_per_second`, `rounds` (microseconds
    per step of each), `steps` (timed ones) and `loss` (before the first step, after `COMPARED_STEPS`, and after the
    last); or `error`, the reason why there is none. A contender that does not compute what most of them do has an error
    too.
    """
    timings = {name: Timing(contender, network, pace) for name, contender in contenders.items()}
    for number in range(pace.rounds):
        for name in _rotated(list(contenders), number):
            timings[name].play_round()
    return agreeing({name: timing.result() for name, timing in timings.items()})


def agreeing(results):
    """The results, with an `error` in each whose losses differ from those of most contenders."""
    losses = [result["loss"][:2] for result in results.values() if "error" not in result]
    usual = [median(column) for column in zip(*losses, strict=True)]
    return {
        name: result if "error" in result else {**result, **_disagreement(result["loss"], usual)}
        for name, result in results.items()
    }


def _disagreement(losses, usual):
    """`{"error": …}` if the losses before and after some steps are not the usual ones, else `{}`."""
    if all(math.isclose(loss, other, rel_tol=LOSS_TOLERANCE) for loss, other in zip(losses, usual, strict=False)):
        return {}
    own, others = (" and ".join(f"{loss:.6g}" for loss in each[:2]) for each in (losses, usual))
    return {"error": f"it computes something else: losses {own} before and after {COMPARED_STEPS} steps, not {others}"}


class Timing:
    """The timing of one contender with one network: prepared at once, then timed round by round."""

    def __init__(self, contender, network, pace):
        self._contender = contender
        self._pace = pace
        self._rounds = []
        self._error = None
        self._prepared = self._call("prepare", network, COMPARED_STEPS, 1e3 * pace.warm_up)

    def play_round(self):
        """Trains for about a round, at least one step, unless the contender has failed or had enough."""
        if self._error or self._had_enough():
            return
        steps = max(1, round(1e3 * self._pace.seconds / self._prepared["milliseconds"]))
        # Browsers' clocks advance in tenths of a millisecond; if that shows no time, more steps have to be timed.
        while not (milliseconds := self._call("run", steps)) and not self._error:
            steps *= 2
        if not self._error:
            self._rounds.append((steps, milliseconds))

    def result(self):
        """Frees the network's memory, and returns the result that `time_network` describes."""
        loss = self._call("release")
        if not self._error and not (isinstance(loss, (int, float)) and math.isfinite(loss)):
            self._error = f"training diverged: the loss is {loss}"
        if self._error:
            return {"error": self._error}
        us_per_step = [1e3 * milliseconds / steps for steps, milliseconds in self._rounds]
        return {
            "us_per_step": median(us_per_step),
            "us_of_fastest_round": min(us_per_step),
            "steps_per_second": 1e6 / median(us_per_step),
            "rounds": us_per_step,
            "steps": sum(steps for steps, _ in self._rounds),
            "loss": [*self._prepared["losses"], loss],
        }

    def _call(self, method, *arguments):
        if self._error:
            return None
        try:
            return self._contender.call(method, *arguments)
        except ContenderError as error:
            self._error = str(error)
            return None

    def _had_enough(self):
        spent = sum(milliseconds for _, milliseconds in self._rounds)
        return len(self._rounds) >= FEWEST_ROUNDS and spent >= 1e3 * self._pace.rounds * self._pace.seconds


def _rotated(names, number):
    """The names in the same cyclic order, starting with number `number`."""
    start = number % len(names)
    return names[start:] + names[:start]
