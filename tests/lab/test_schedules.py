"""Schedules of the learning rate, against Keras's formulas written out step by step."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import schedules
from lab.plain import PlainTrainer
from lab.run import Run
from spec import fields, protocol
from tests.lab import networks
from tests.lab.test_run import EVERYTHING, Seen, fingerprint, request

STEPS_PER_EPOCH = 5


def exponential_decay(step, rate, decay_steps):
    """`keras.optimizers.schedules.ExponentialDecay` with `decay_rate` ½ and `staircase`."""
    return rate * 0.5 ** math.floor(step / decay_steps)


def cosine_decay(step, rate, decay_steps):
    """`keras.optimizers.schedules.CosineDecay` with `alpha` 0."""
    completed = min(step, decay_steps) / decay_steps
    return rate * (0.5 * (1 + math.cos(math.pi * completed)))


KERAS = {
    "constant": lambda step, rate, decay_steps: rate,
    "step": exponential_decay,
    "cosine": cosine_decay,
}


def in_keras(live, step):
    """The rate of a step; the warm-up is that of `CosineDecay` with `initial_learning_rate` 0."""
    warm_up, decay = live["warm_up"] * STEPS_PER_EPOCH, live["decay_epochs"] * STEPS_PER_EPOCH
    if step < warm_up:
        return live["learning_rate"] * (step / warm_up)
    return KERAS[live["schedule"]](step - warm_up, live["learning_rate"], decay)


@given(
    st.sampled_from(sorted(KERAS)),
    st.integers(1, 40),
    st.integers(0, 30),
    st.floats(1e-6, 10),
    st.lists(st.integers(0, 10**6), max_size=20),
)
def test_every_step_has_the_rate_of_kerass_formulas(schedule, decay_epochs, warm_up, rate, steps):
    live = networks.experiment_of(schedule=schedule, decay_epochs=decay_epochs, warm_up=warm_up, learning_rate=rate)
    steps += [0, warm_up * STEPS_PER_EPOCH, (warm_up + decay_epochs) * STEPS_PER_EPOCH]
    found = schedules.learning_rates(live, STEPS_PER_EPOCH, steps)
    expected = [in_keras(live, step) for step in steps]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15 * rate)
    assert schedules.is_constant(live) is (schedule == "constant" and warm_up == 0)


@pytest.mark.parametrize("schedule", sorted(KERAS))
@pytest.mark.parametrize("batch_size", [40, 45])
def test_a_run_takes_each_step_at_its_rate(schedule, batch_size):
    """In portions of any size, by both trainers; the plain one is handed the rate of one step after the other."""
    experiment = networks.experiment_of(
        schedule=schedule, decay_epochs=3, warm_up=2, learning_rate=0.1, optimizer="sgd", batch_size=batch_size
    )
    steps_per_epoch = 180 // batch_size + (180 % batch_size > 0)
    run = Seen(experiment)
    for steps in (1, 7, 30):
        run.frame(request(experiment, steps))
    assert run.trainer.engine == "wasm"
    plain = PlainTrainer(experiment, run.data)
    for step in range(38):
        warm, decay = 2 * steps_per_epoch, 3 * steps_per_epoch
        rate = 0.1 * step / warm if step < warm else KERAS[schedule](step - warm, 0.1, decay)
        plain.train(networks.rates(rate), step, 1)
    for ours, theirs in zip(run.trainer.arrays()[0], plain.arrays()[0], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_a_schedule_acts_on_the_running_network_and_comes_back_with_it():
    experiment = networks.experiment_of(optimizer="adam")
    run = Seen(experiment)
    run.frame(request(experiment, 25))
    workspace = run.trainer.workspace
    run.frame(request(experiment, 25, schedule="cosine", decay_epochs=12))
    run.frame(request(experiment, 30, schedule="step", decay_epochs=2, warm_up=3))
    assert run.trainer.workspace is workspace, "nothing is compiled for it"
    end = fingerprint(run)
    run.frame(request(experiment, seek=2, **run.live))
    assert run.live["schedule"] == "constant"
    run.frame(request(experiment, 30, **run.live))
    assert (run.steps, run.live["schedule"]) == (40, "cosine")
    run.frame(request(experiment, 40, **run.live))
    assert (run.steps, run.live["schedule"], run.live["warm_up"]) == (80, "step", 3)
    assert fingerprint(run) == end


def test_after_the_cosine_nothing_moves():
    experiment = networks.experiment_of(schedule="cosine", decay_epochs=4, optimizer="sgd")
    run = Seen(experiment)
    run.frame(request(experiment, EVERYTHING, to_epoch=4))
    before = run.trainer.arrays()[0]
    run.frame(request(experiment, EVERYTHING, to_epoch=9))
    assert run.epoch == 9
    for one, other in zip(run.trainer.arrays()[0], before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_history_comes_with_its_learning_rates():
    experiment = {**fields.defaults(), "schedule": "cosine", "decay_epochs": 20}
    run = Run(experiment, drawn=False)

    def answer(to_epoch, **changes):
        live = {**protocol.live_of(experiment), **changes}
        asked = protocol.Request("a", EVERYTHING, 1e9, to_epoch, live, None, False, False, True, None)
        return run.frame(asked)

    answer(10)
    found = answer(30, schedule="constant", learning_rate=0.5)
    assert len(found["learning_rates"]) == found["history"].shape[1] == 31
    expected = [cosine_decay(epoch, 0.01, 20) for epoch in range(10)] + [0.5] * 21
    np.testing.assert_allclose(found["learning_rates"], expected, rtol=1e-12)
