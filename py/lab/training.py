"""Training: batches, and the training step as a pure function of flat lists of arrays."""

from functools import lru_cache

import autograd.numpy as anp
import numpy as np

from lab import network
from lab.choices import function_of
from lab.gradients import value_and_gradients
from spec import registry, shape

# The orders of consecutive epochs are drawn together, as many as have so many rows: a call that draws costs far more
# than a row of it.
ROWS_TOGETHER = 11_520
# The live fields that a step takes, in the order in which it takes them.
RATES = ("learning_rate", "l1", "l2")


def rates_of(live):
    """The rates of a step: the values of `RATES` among those of live fields by name, or of an experiment."""
    return [live[name] for name in RATES]


def initial_state(experiment, parameters):
    """The optimizer's arrays before the first step: a flat list of zeros, `slots` of them for each parameter."""
    slots = registry.trait("optimizer", experiment["optimizer"], "slots")
    return [np.zeros_like(parameter) for parameter in parameters for _ in range(slots)]


def make_step(experiment):
    """The experiment's training step, a pure function.

    `step(parameters, state, statistics, x, targets, rates, count)` takes one batch, x of shape (rows, inputs) and
    targets of shape (rows, outputs), the `RATES`, and `count`, the number of the step, from 1 up. It returns
    `(loss, parameters, state, statistics)`; the loss is the one before the update, of the batch alone.

    What is made small is that loss + l1 Σ|w| + l2 Σw² over the weights w of dense layers, not over biases, as by
    TensorFlow.js's `regularizers.l1l2` as `kernelRegularizer`.
    """
    loss_of = function_of("loss", shape.loss_of(experiment))
    update = function_of("optimizer", experiment["optimizer"])
    slots = registry.trait("optimizer", experiment["optimizer"], "slots")

    def step(parameters, state, statistics, x, targets, rates, count):
        learning_rate, l1, l2 = rates

        def loss_and_statistics(*parameters):
            outputs, updated = network.forward(experiment, parameters, statistics, x, training=True)
            return loss_of(network.output(outputs), targets), updated

        loss, statistics, gradients = value_and_gradients(loss_and_statistics, parameters)
        new_parameters, new_state = [], []
        for index, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
            own_state = tuple(state[index * slots : (index + 1) * slots])
            if parameter.ndim == 2:
                gradient = gradient + l1 * anp.sign(parameter) + 2 * l2 * parameter
            parameter, own_state = update(parameter, gradient, own_state, learning_rate, count)
            new_parameters.append(parameter)
            new_state.extend(own_state)
        return loss, new_parameters, new_state, statistics

    return step


def steps_per_epoch(experiment, training):
    """The number of batches in an epoch; the last one may be short."""
    return -(-len(training) // experiment["batch_size"])


def epochs_together(training):
    """The number of consecutive epochs, a block, whose orders of the training rows are drawn together."""
    return max(1, ROWS_TOGETHER // len(training))


@lru_cache(maxsize=4)
def _orders(seed, block, training):
    """The orders of a block of epochs, shape (epochs, rows); `training` are the rows, as bytes of int32 numbers."""
    rows = np.frombuffer(training, np.int32)
    orders = np.tile(rows, (epochs_together(rows), 1))
    return np.random.default_rng([seed, 2, block]).permuted(orders, axis=1)


def orders(experiment, training, block):
    """The orders in which a block's epochs go through the training rows, shape (`epochs_together`, rows).

    An epoch's order depends only on the seed and on the epoch, so that any epoch can be repeated.
    """
    return _orders(experiment["seed"], block, training.astype(np.int32).tobytes())


def epoch_batches(experiment, training, epoch):
    """The batches of an epoch (the first has number 0): index arrays, of which the last may be short."""
    block, position = divmod(epoch, epochs_together(training))
    order = orders(experiment, training, block)[position]
    size = experiment["batch_size"]
    return [order[start : start + size] for start in range(0, len(order), size)]


def batch(experiment, training, number):
    """The batch of a step as an index array; steps are numbered from 0 through all epochs."""
    epoch, position = divmod(number, steps_per_epoch(experiment, training))
    return epoch_batches(experiment, training, epoch)[position]
