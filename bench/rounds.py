"""Times the contenders in turns, so that whatever else the machine does in the meantime touches all of them alike."""

import math
import random
from collections import namedtuple
from statistics import median

from bench.driver import ContenderError

# How long to train before anything is timed, how long a round is, in milliseconds, and how many rounds there are; where
# a step is slow, a contender is timed until it has had its time in `FEWEST_ROUNDS`.
Pace = namedtuple("Pace", "warm_up round rounds")
THOROUGH = Pace(800, 300, 7)
QUICK = Pace(250, 120, 5)
FEWEST_ROUNDS = 3


def network_of(hidden_layers, rows=40, **more):
    """The description of a network and its `rows` points, as peers.js, and lab_steps.py for `more`, explain it."""
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
    """`(points, labels)`: points (rows, 2) of a disc of radius 2 and of a ring from 3 to 5 around it, in turns."""
    rng = random.Random(seed)
    labels = [row % 2 for row in range(rows)]
    points = []
    for label in labels:
        radius, angle = rng.uniform(0, 2) + 3 * label, rng.uniform(0, 2 * math.pi)
        points.append([radius * math.sin(angle), radius * math.cos(angle)])
    return points, labels


def time_network(contenders, network, pace=THOROUGH):
    """Trains `network` with every contender in turns; returns a result for each name.

    A result has `us_per_step` (median of the rounds), `us_of_fastest_round`, `steps_per_second`, `rounds` (microseconds
    per step of each), `steps` (timed ones) and `loss` (before the first step and after the last); or `error`, why there
    is none.
    """
    timings = {name: Timing(contender, network, pace) for name, contender in contenders.items()}
    for number in range(pace.rounds):
        for name in _from_another(list(contenders), number):
            timings[name].play_round()
    return {name: timing.result() for name, timing in timings.items()}


class Timing:
    """One contender's training of one network: prepared at once, then timed round by round."""

    def __init__(self, contender, network, pace):
        self._contender = contender
        self._pace = pace
        self._rounds = []
        self._error = None
        self._prepared = self._call("prepare", network, pace.warm_up)

    def play_round(self):
        """Trains for about a round, at least one step, unless the contender has failed or had enough."""
        if self._error or self._had_enough():
            return
        steps = max(1, round(self._pace.round / self._prepared["milliseconds"]))
        milliseconds = self._call("run", steps)
        if not self._error:
            self._rounds.append((steps, milliseconds))

    def result(self):
        """Gives the network's memory back, and returns what `time_network` describes."""
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
            "loss": [self._prepared["loss"], loss],
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
        return len(self._rounds) >= FEWEST_ROUNDS and spent >= self._pace.rounds * self._pace.round


def _from_another(names, number):
    """The same names, starting with another one each time."""
    start = number % len(names)
    return names[start:] + names[:start]
