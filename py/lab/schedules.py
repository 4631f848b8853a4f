"""Schedules of the learning rate: by what it is multiplied at each step. The formulas are Keras's.

A schedule takes `(steps, decay_steps)`: numbers of steps from 0 up, an array of floats, and how many steps its decay
takes. It returns the factors, from 1 down to 0. Its name is its key in the registry.
"""

import numpy as np

from lab.choices import function_of

# By so much *Step* multiplies each time.
DECAY_RATE = 0.5


def constant(steps, decay_steps):
    """1"""
    return np.ones_like(steps)


def step(steps, decay_steps):
    """Half after each decay: `ExponentialDecay` with `decay_rate` ½ and `staircase`."""
    return DECAY_RATE ** np.floor(steps / decay_steps)


def cosine(steps, decay_steps):
    """Half a wave down to 0: `CosineDecay` (Loshchilov, Hutter, 2017) with `alpha` 0."""
    return 0.5 * (1 + np.cos(np.pi * np.minimum(steps, decay_steps) / decay_steps))


def is_constant(live):
    """Whether the live values say that all steps have the same learning rate."""
    return live["schedule"] == "constant" and not live["warm_up"]


def learning_rates(live, steps_per_epoch, steps):
    """The learning rate of the steps with these numbers, an array of whole numbers from 0 up; float64.

    The warm-up leads to the whole rate by a straight line that begins at 0, and its schedule begins after it.
    """
    steps = np.asarray(steps, float)
    warm_up = live["warm_up"] * steps_per_epoch
    decay = function_of("schedule", live["schedule"])
    factors = decay(np.maximum(steps - warm_up, 0), live["decay_epochs"] * steps_per_epoch)
    if warm_up:
        factors = np.where(steps < warm_up, steps / warm_up, factors)
    return live["learning_rate"] * factors
