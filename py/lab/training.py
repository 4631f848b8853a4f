"""Training: batches, and the training step as a pure function of flat lists of arrays."""

import math
from functools import lru_cache

import autograd.numpy as anp
import numpy as np

from engine.noise import keys, uniform
from lab import network
from lab.choices import function_of
from lab.gradients import value_and_gradients
from spec import registry, shape

# The orders of consecutive epochs are drawn together, as many as have so many rows: a call that draws costs far more
# than a row of it.
ROWS_TOGETHER = 11_520
# The live fields that a step takes, in the order in which it takes them.
RATES = ("learning_rate", "l1", "l2", "dropout", "clip")
# Those of them without which a step has less to do: it is another step with them, so that it costs nothing without.
EXTRAS = ("dropout", "clip")


def rates_of(live):
    """The rates of a step: the values of `RATES` among those of live fields by name, or of an experiment."""
    return [live[name] for name in RATES]


def form_of(live):
    """The form of the step with these live values: the names of its `EXTRAS`. Steps of one form take any rates."""
    return tuple(name for name in EXTRAS if live[name])


def initial_state(experiment, parameters):
    """The optimizer's arrays before the first step: a flat list of zeros, `slots` of them for each parameter."""
    slots = registry.trait("optimizer", experiment["optimizer"], "slots")
    return [np.zeros_like(parameter) for parameter in parameters for _ in range(slots)]


def make_step(experiment):
    """The experiment's training step in the form that its live values have, a pure function.

    `step(parameters, state, statistics, x, targets, rates, count, noise)` takes one batch, x of shape (rows, inputs)
    and targets of shape (rows, outputs), the `RATES`, `count`, the number of the step, from 1 up, and, for dropout, its
    `noise_of`. It returns `(loss, parameters, state, statistics)`; the loss is the one before the update, of the batch
    alone.

    What is made small is that loss + l1 Σ|w| + l2 Σw² over the weights w of dense layers, not over biases, as by
    TensorFlow.js's `regularizers.l1l2` as `kernelRegularizer`. Its gradients are `clipped` before they move anything.
    """
    loss_of = function_of("loss", shape.loss_of(experiment))
    update = function_of("optimizer", experiment["optimizer"])
    slots = registry.trait("optimizer", experiment["optimizer"], "slots")
    clips = "clip" in form_of(experiment)

    def step(parameters, state, statistics, x, targets, rates, count, noise=()):
        learning_rate, l1, l2, dropout, clip = rates
        masks = dropout_masks(noise, dropout)

        def loss_and_statistics(*parameters):
            outputs, updated = network.forward(experiment, parameters, statistics, x, training=True, masks=masks)
            return loss_of(network.output(outputs), targets), updated

        loss, statistics, gradients = value_and_gradients(loss_and_statistics, parameters)
        # One after the other, as they are needed: nothing has to be kept for later, unless all are clipped together.
        gradients = (_penalized(*pair, l1, l2) for pair in zip(parameters, gradients, strict=True))
        if clips:
            gradients = clipped(list(gradients), clip)
        new_parameters, new_state = [], []
        for index, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
            own_state = tuple(state[index * slots : (index + 1) * slots])
            parameter, own_state = update(parameter, gradient, own_state, learning_rate, count)
            new_parameters.append(parameter)
            new_state.extend(own_state)
        return loss, new_parameters, new_state, statistics

    return step


def _penalized(parameter, gradient, l1, l2):
    """The gradient of the loss with the penalties, given that of the loss alone."""
    return gradient + l1 * anp.sign(parameter) + 2 * l2 * parameter if parameter.ndim == 2 else gradient


def clipped(gradients, limit):
    """The gradients, all made smaller by one factor if they are, as one vector, longer than `limit`.

    As by TensorFlow's `clip_by_global_norm`, Keras's `global_clipnorm`: where they are not finite they become NaN.
    """
    norm = anp.sqrt(sum(anp.sum(anp.square(gradient)) for gradient in gradients))
    # The difference is 0, or NaN if the norm is infinite.
    scale = limit / anp.maximum(norm, limit) + (norm - norm)
    return [gradient * scale for gradient in gradients]


def dropout_masks(noise, share):
    """What dropout multiplies by: 0 for that share of the noise, chosen by chance, else 1 / (1 - share), as in Keras.

    So the expected value stays (Srivastava et al., 2014), and predictions need no dropout.
    """
    return [(numbers >= share) / (1 - share) for numbers in noise]


def noise_shapes(experiment, rows):
    """The shapes of a step's noise for a batch of so many rows: a number for each output of the hidden layers."""
    return [(rows, width) for width in experiment["hidden_layers"]] if "dropout" in form_of(experiment) else []


def noise_keys(experiment, first, count):
    """The keys of the noise of `count` steps from number `first` on; each depends only on the seed and its number."""
    return keys(_noise_seed(experiment["seed"]), first, count)


@lru_cache(maxsize=4)
def _noise_seed(seed):
    return np.random.SeedSequence([seed, 4]).generate_state(1)[0]


def noise_of(experiment, number, rows):
    """The noise of step `number` for a batch of so many rows: an array for each of `noise_shapes`."""
    (key,) = noise_keys(experiment, number, 1)
    result, first = [], 0
    for shape_of_noise in noise_shapes(experiment, rows):
        count = math.prod(shape_of_noise)
        result.append(uniform(key, first, count).reshape(shape_of_noise))
        first += count
    return result


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
