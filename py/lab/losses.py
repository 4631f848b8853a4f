"""The losses: functions of `(outputs, targets)`, both of shape (rows, outputs), that return one number.

The formulas are those of TensorFlow.js. A function's name is its key in the registry.
"""

import autograd.numpy as np

from lab.numerics import mean, positive_part

# TensorFlow.js keeps probabilities this far away from 0 and 1.
EPSILON = 1e-7
# From this difference on Huber's loss grows evenly; TensorFlow.js's default.
DELTA = 1.0


def cross_entropy(probabilities, targets):
    """Mean over the rows of -log of the right class's probability, clipped to [1e-7, 1 - 1e-7]."""
    probabilities = probabilities / np.sum(probabilities, axis=1, keepdims=True)
    return mean(-np.sum(targets * np.log(np.clip(probabilities, EPSILON, 1 - EPSILON)), axis=1))


def mean_squared_error(outputs, targets):
    """Mean over rows and outputs of the squared difference."""
    return mean(np.square(outputs - targets))


def huber(outputs, targets):
    """Mean over rows and outputs: d² / 2 for a difference d of up to `DELTA`, and `DELTA` (|d| - `DELTA` / 2) above.

    As TensorFlow.js's `losses.huberLoss` and Keras's `Huber`.
    """
    difference = outputs - targets
    above, below = positive_part(difference - DELTA), positive_part(-difference - DELTA)
    return mean(0.5 * np.square(difference - above + below) + DELTA * (above + below))


def accuracy(outputs, targets):
    """The share of rows whose largest output is that of the right class; of equal outputs the first one counts."""
    return mean(np.argmax(outputs, axis=1) == np.argmax(targets, axis=1))
