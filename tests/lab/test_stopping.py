"""A run stops by itself at the epoch that the field *Stop at* says, and there again when it is repeated."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import stopping
from spec import fields
from tests.lab import networks
from tests.lab.test_run import EVERYTHING, Seen, fingerprint, request

CHOICES = {
    "dataset": "circle",
    "noise": 250,
    "points": 400,
    "held_out": 90,
    "hidden_layers": (32,),
    "optimizer": "adam",
}
EPOCHS = 120


def experiment_of(rule="", **choices):
    return networks.experiment_of(**CHOICES | choices, stop_at=fields.parse("stop_at", rule))


def held_out_losses(**choices):
    """After every epoch, of a run that does not stop."""
    experiment = experiment_of(**choices)
    answer = Seen(experiment, drawn=False).frame(request(experiment, EVERYTHING, view=None, to_epoch=EPOCHS))
    return answer["history"][3]


def stops_by_keras(losses, patience):
    """The epochs at which `keras.callbacks.EarlyStopping` ends `fit`, which is called again after each."""
    stops, best, wait = [], math.inf, 0
    for epoch, loss in enumerate(losses[1:], start=1):
        wait += 1
        if loss < best:
            best, wait = loss, 0
        elif wait >= patience:
            stops.append(epoch)
            best, wait = math.inf, 0
    return stops


def stops_at_loss(losses, limit):
    """The epochs at which the loss falls to the limit, from above or at first."""
    small = [False, *(loss <= limit for loss in losses[1:])]
    return [epoch for epoch in range(1, len(losses)) if small[epoch] and not small[epoch - 1]]


def found_stops(run, experiment, steps=EVERYTHING, to_epoch=EPOCHS):
    """Trains on and on; the epochs at which the run stopped, each asked for twice."""
    stops = []
    while run.epoch < to_epoch:
        answer = run.frame(request(experiment, steps, view=None, to_epoch=to_epoch, go_on=True))
        while not answer["stopped"] and run.epoch < to_epoch:
            answer = run.frame(request(experiment, steps, view=None, to_epoch=to_epoch))
        if answer["stopped"]:
            stops.append(answer["epoch"])
            assert answer["step"] == answer["epoch"] * run.steps_per_epoch
            # A request that was on its way when it stopped trains nothing.
            late = run.frame(request(experiment, steps, view=None))
            assert (late["taken"], late["stopped"], late["step"]) == (0, True, answer["step"])
    return stops


LOSSES = held_out_losses()
LIMIT = float(np.float32((LOSSES[0] + LOSSES.min()) / 2))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("", []),
        ("1", [1]),
        ("37", [37]),
        (f"loss {LIMIT!r}", stops_at_loss(LOSSES, LIMIT)),
        ("loss 1e-9", []),
        ("patience 3", stops_by_keras(LOSSES, 3)),
        ("patience 20", stops_by_keras(LOSSES, 20)),
    ],
)
@pytest.mark.parametrize("steps", [EVERYTHING, 7])
def test_a_run_stops_at_the_epoch_that_its_history_says(rule, expected, steps):
    if rule.startswith("patience"):
        assert len(expected) >= 2
    experiment = experiment_of(rule)
    run = Seen(experiment, drawn=False)
    assert found_stops(run, experiment, steps) == expected
    # To look for it changes nothing.
    np.testing.assert_array_equal(np.array(run.history)[:, 3], LOSSES)


@pytest.mark.parametrize("rule", ["37", f"loss {LIMIT!r}", "patience 6"])
def test_what_is_repeated_stops_where_it_stopped(rule):
    experiment = experiment_of(rule)
    run = Seen(experiment, drawn=False)
    expected = found_stops(run, experiment)
    assert expected
    end = fingerprint(run)
    for epoch in (0, 10, run.timeline.epochs[-3]):
        run.frame(request(experiment, view=None, seek=epoch))
        there = run.epoch
        assert found_stops(run, experiment, 11) == [stop for stop in expected if stop > there]
        assert run.present is None
        assert fingerprint(run) == end


def test_the_end_of_a_run_that_has_stopped_is_a_stop_when_it_is_repeated():
    experiment = experiment_of("25")
    run = Seen(experiment, drawn=False)
    run.frame(request(experiment, EVERYTHING, view=None))
    assert (run.epoch, run.stopped) == (25, True)
    run.frame(request(experiment, view=None, seek=20))
    assert not run.stopped
    answer = run.frame(request(experiment, EVERYTHING, view=None, go_on=True))
    assert (answer["epoch"], answer["stopped"]) == (25, True)


def test_a_rule_counts_from_where_it_is_set():
    experiment = experiment_of()
    run = Seen(experiment, drawn=False)
    run.frame(request(experiment, EVERYTHING, view=None, to_epoch=80))
    rule = fields.parse("stop_at", "patience 5")
    run.frame(request(experiment, EVERYTHING, view=None, to_epoch=EPOCHS, stop_at=rule))
    assert run.epoch == 80 + stops_by_keras(LOSSES[80:], 5)[0]
    # An epoch that has passed is none to stop at.
    run.frame(request(experiment, EVERYTHING, view=None, to_epoch=EPOCHS, stop_at=("epoch", 3), go_on=True))
    assert run.epoch == EPOCHS


def test_where_nothing_is_held_out_the_loss_of_the_training_points_counts():
    experiment = experiment_of("loss 0.3", held_out=0, points=200, noise=100)
    run = Seen(experiment, drawn=False)
    answer = run.frame(request(experiment, EVERYTHING, view=None, to_epoch=1000))
    assert answer["stopped"]
    losses = np.array(run.history)[:, 1]
    assert losses[-1] <= 0.3 < losses[:-1].min()


@given(st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.4, math.nan]), max_size=40), st.integers(1, 6))
def test_any_losses(losses, patience):
    watch, stops = stopping.Watch(), []
    for epoch, loss in enumerate(losses, start=1):
        watch, stopped = stopping.watched(watch, ("patience", patience), epoch, loss)
        stops += [epoch] if stopped else []
    assert stops == stops_by_keras([0, *losses], patience)
    watch, stops = stopping.Watch(), []
    for epoch, loss in enumerate(losses, start=1):
        watch, stopped = stopping.watched(watch, ("loss", 0.2), epoch, loss)
        stops += [epoch] if stopped else []
    assert stops == stops_at_loss([1, *losses], 0.2)
