"""What a run remembers of itself."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import network, training
from lab.timeline import Schedule, Timeline, most_crowded, next_epoch
from spec import protocol, shape
from tests.lab import networks


def arrays_of(value):
    """`(parameters, state, statistics)` full of `value`: 24 numbers."""
    return [np.full((3, 4), value, np.float32)], [np.full(8, value, np.float32)], [np.full(4, value, np.float32)]


def fill(kept, last):
    """Keeps all the epochs up to `last` that it wants, the value being the epoch."""
    while kept.next <= last:
        kept.add(kept.next, arrays_of(kept.next))
    return kept


# Which epochs.


def test_next_epoch_is_at_least_one_and_about_a_fiftieth_further():
    assert [next_epoch(epoch) for epoch in (0, 1, 7, 49, 50)] == [1, 2, 8, 50, 51]
    assert [next_epoch(epoch) for epoch in (51, 100, 101, 1000, 10**9)] == [53, 102, 104, 1020, 1_020_000_000]


@given(st.integers(0, 10**12))
def test_next_epoch_is_the_formula(epoch):
    """max(e + 1, ⌈1.02 e⌉), in whole numbers so that it is exact however long the run."""
    assert next_epoch(epoch) == max(epoch + 1, -(-102 * epoch // 100))


def test_a_run_of_a_billion_epochs_keeps_less_than_a_thousand():
    kept = fill(Timeline(), 10**9)
    assert 500 < len(kept.epochs) < 1000
    assert kept.epochs[:51] == list(range(51))
    assert kept.epochs[1:] == [next_epoch(epoch) for epoch in kept.epochs[:-1]]


# What is kept.


def test_what_is_kept_comes_back_exactly():
    experiment = networks.experiment_of(normalization="batch_norm", optimizer="adam", hidden_layers=(7, 3))
    parameters, statistics = networks.shaken(experiment)
    rng = np.random.default_rng(1)
    state = [
        rng.normal(size=array.shape).astype(np.float32) for array in training.initial_state(experiment, parameters)
    ]
    kept = Timeline()
    kept.add(0, (parameters, state, statistics))
    kept.add(1, ([0 * array for array in parameters], state, statistics))
    epoch, arrays = kept.at(0)
    assert epoch == 0
    assert len(arrays) == 3
    for groups in zip(arrays, (parameters, state, statistics), strict=True):
        for ours, theirs in zip(*groups, strict=True):
            np.testing.assert_array_equal(ours, theirs)
            assert ours.dtype == np.float32
            assert ours.flags.c_contiguous
    assert not kept.at(1)[1][0][0].any()


def test_neither_what_was_given_nor_what_came_back_is_what_is_kept():
    kept = Timeline()
    given_arrays = arrays_of(3)
    kept.add(0, given_arrays)
    given_arrays[0][0][:] = 9
    kept.at(0)[1][0][0][:] = 9
    assert (kept.at(0)[1][0][0] == 3).all()


def test_at_finds_the_last_that_is_not_after():
    kept = fill(Timeline(), 120)
    for epoch in range(121):
        found, arrays = kept.at(epoch)
        assert found == max(e for e in kept.epochs if e <= epoch)
        assert (arrays[1][0] == found).all()
    assert kept.at(10**9)[0] == kept.epochs[-1]
    assert kept.at(-1) is None
    assert Timeline().at(0) is None


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_parameters_that_are_not_finite_are_not_kept(value):
    kept = fill(Timeline(), 3)
    kept.add(4, arrays_of(value))
    assert kept.epochs == [0, 1, 2, 3]
    assert kept.next == 5
    # What an optimizer keeps may overflow while the network can still be drawn, and trained.
    parameters, _, statistics = arrays_of(1)
    kept.add(5, (parameters, [np.full(8, value, np.float32)], statistics))
    assert kept.epochs == [0, 1, 2, 3, 5]


def test_cut():
    kept = fill(Timeline(), 200)
    whole = kept.epochs
    kept.cut(77)
    assert kept.epochs == [epoch for epoch in whole if epoch <= 77]
    assert kept.next == min(epoch for epoch in whole if epoch > 77)
    assert fill(kept, 200).epochs == whole
    kept.cut(1000)
    assert fill(kept, 200).epochs == whole
    kept.cut(0)
    assert kept.epochs == [0]
    assert kept.next == 1


# Within the limit.


def test_most_crowded():
    assert most_crowded([0, 1, 2]) == 1
    assert most_crowded([0, 1, 2, 3, 4]) == 3
    assert most_crowded([0, 10, 100, 101, 1000]) in (2, 3)
    assert most_crowded([0, 50, 51, 52, 1000]) == 2


@given(st.integers(0, 40), st.integers(0, 2000), st.integers(0, 95))
def test_it_stays_within_its_limit(room, last, more):
    """With a copy more at every moment; the first is always there, and the newest wherever two are."""
    size = sum(array.nbytes for group in arrays_of(0) for array in group)
    assert size == 96
    limit = room * size + more
    kept = Timeline(limit)
    while kept.next <= last:
        epoch = kept.next
        kept.add(epoch, arrays_of(epoch))
        assert kept.bytes == size * len(kept.epochs)
        assert not kept.epochs or kept.bytes + size <= limit
        assert kept.epochs == sorted(set(kept.epochs))
        assert kept.epochs[:1] == ([0] if room > 1 else [])
        if room > 2:
            assert kept.epochs[-1] == epoch
        for epoch in kept.epochs:
            assert (kept.at(epoch)[1][2][0] == epoch).all()
    if room <= 2:
        assert kept.next == math.inf
        kept.cut(0)
        assert kept.next == math.inf


def test_thinning_leaves_no_wide_gap():
    """Of 30 places over six orders of magnitude, neighbours are never much farther apart than they have to be."""
    kept = fill(Timeline(31 * 96), 10**6)
    epochs = np.array(kept.epochs) + 1
    assert len(epochs) == 30
    even = (10**6) ** (1 / 29)
    assert (epochs[1:] / epochs[:-1]).max() < even**2.5


def test_the_largest_network_of_the_page():
    """1024, 1024, 1024: what it keeps is full at two epochs, with momentum."""
    experiment = networks.experiment_of(hidden_layers=(1024,) * 3)
    parameters, statistics = network.initialize(experiment)
    arrays = parameters, training.initial_state(experiment, parameters), statistics
    kept = Timeline()
    for epoch in range(6):
        assert kept.next == epoch
        kept.add(epoch, arrays)
        size = kept.bytes // len(kept.epochs)
        assert kept.bytes + size <= protocol.BUDGET <= 64_000_000
    assert size == 4 * 2 * shape.parameter_count(experiment)
    assert kept.epochs == [0, 5]


# The live fields.


def test_a_schedule():
    schedule = Schedule(0.01)
    assert (schedule.at(0), schedule.at(10**9), schedule.end(0)) == (0.01, 0.01, math.inf)
    schedule.set(5, 0.02)
    schedule.set(9, 0.03)
    assert [schedule.at(step) for step in (0, 4, 5, 8, 9, 100)] == [0.01, 0.01, 0.02, 0.02, 0.03, 0.03]
    assert [schedule.end(step) for step in (0, 4, 5, 8, 9)] == [5, 5, 9, 9, math.inf]


def test_what_is_set_replaces_all_from_there_on():
    schedule = Schedule(0.01)
    for step, rate in ((5, 0.02), (9, 0.03), (7, 0.04)):
        schedule.set(step, rate)
    assert [schedule.at(step) for step in (4, 5, 6, 7, 100)] == [0.01, 0.02, 0.02, 0.04, 0.04]
    schedule.set(7, 0.05)
    assert (schedule.at(6), schedule.at(7), schedule.end(7)) == (0.02, 0.05, math.inf)
    schedule.set(7, 0.02)
    assert (schedule.at(7), schedule.end(5)) == (0.02, math.inf)
    schedule.set(0, 0.06)
    assert (schedule.at(0), schedule.at(100), schedule.end(0)) == (0.06, 0.06, math.inf)
