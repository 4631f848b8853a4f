"""Where the page is in its life: which events lead where, and that no order of them leads astray."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page import phase
from page.phase import after
from tests.spec.strategies import examples

ORDINARY = [
    ("lab ready", None, phase.LOADING),
    ("shown", None, phase.READY),
    ("asked to train", phase.FOREVER, phase.TRAINING),
    ("asked to pause", None, phase.TRAINING),
    ("rested", None, phase.PAUSED),
    ("asked to train", 3, phase.TRAINING),
    ("arrived", None, phase.TRAINING),
    ("rested", None, phase.PAUSED),
    ("network asked", None, phase.LOADING),
    ("shown", None, phase.READY),
]


def along(*events):
    """The phase after events, each a name or a name and a value, from the first phase on."""
    now = phase.FIRST
    for event in events:
        name, value = event if isinstance(event, tuple) else (event, None)
        now = after(now, name, value)
    return now


def test_an_ordinary_life():
    now = phase.FIRST
    assert now.state == phase.LOADING and now.waiting == phase.LAB
    for name, value, state in ORDINARY:
        now = after(now, name, value)
        assert now.state == state, name


def test_play_pressed_early_trains_when_the_network_is_there():
    early = along(("asked to train", phase.FOREVER))
    assert early.state == phase.LOADING
    assert after(after(early, "lab ready"), "shown").state == phase.TRAINING


def test_a_pause_while_a_network_is_made_leaves_it_ready():
    making = along("lab ready", "shown", ("asked to train", phase.FOREVER), "network asked")
    assert (making.state, making.waiting, making.until) == (phase.LOADING, phase.NETWORK, phase.FOREVER)
    paused = after(making, "asked to pause")
    assert paused.state == phase.LOADING
    assert after(paused, "rested").state == phase.LOADING
    assert after(paused, "shown").state == phase.READY


def test_an_epoch_to_train_to_belongs_to_its_network():
    assert along("lab ready", "shown", ("asked to train", 5), "network asked").until is None


def test_what_was_asked_of_a_lab_that_is_lost_is_over_but_of_a_quiet_one_is_not():
    playing = along("lab ready", ("asked to train", phase.FOREVER))
    lost, quiet = after(playing, "lab lost"), after(playing, "lab quiet")
    assert (lost.state, lost.until) == (phase.ERROR, None)
    assert (quiet.state, quiet.until) == (phase.ERROR, phase.FOREVER)
    assert after(quiet, "shown").state == phase.TRAINING


def test_why_it_paused_is_kept_until_something_else_happens():
    paused = along("lab ready", "shown", ("asked to train", phase.FOREVER), ("asked to pause", "Tired."), "rested")
    assert (paused.state, paused.reason) == (phase.PAUSED, "Tired.")
    assert after(paused, "asked to train", phase.FOREVER).reason == ""


def test_going_back_leaves_divergence_behind():
    diverged = along("lab ready", "shown", ("asked to train", phase.FOREVER), "diverged")
    assert (diverged.state, diverged.until) == (phase.DIVERGED, None)
    assert after(diverged, "sought").state == phase.PAUSED


VALUES = {"asked to train": st.one_of(st.just(phase.FOREVER), st.integers(1, 99)), "asked to pause": st.just("Why.")}
events = st.sampled_from(sorted(phase.EVENTS)).flatmap(
    lambda name: st.tuples(st.just(name), VALUES.get(name, st.none()))
)


@examples(300)
@given(st.lists(events, max_size=20))
def test_no_order_of_events_leads_astray(order):
    now = along(*order)
    assert now.state in (phase.LOADING, phase.READY, phase.TRAINING, phase.PAUSED, phase.DIVERGED, phase.ERROR)
    assert now.waiting in (phase.LAB, phase.NETWORK, phase.NOTHING)
    if now.state == phase.LOADING:
        assert now.waiting
    # Whatever has happened, a lab that answers ends in a page that is ready or trains.
    assert after(after(after(now, "lab asked"), "lab ready"), "shown").state in (phase.READY, phase.TRAINING)


@pytest.mark.parametrize("event", sorted(phase.EVENTS))
def test_a_phase_is_never_altered(event):
    before = phase.Phase(phase.TRAINING, phase.NOTHING, 3, "")
    after(before, event, 1 if event == "asked to train" else None)
    assert before == (phase.TRAINING, phase.NOTHING, 3, "")
