"""The optimizers: each function makes one update of one parameter; constants and formulas are those of TensorFlow.js.

It takes `(parameter, gradient, state, learning_rate, count)`: `state` is a tuple of arrays that belong to this
parameter, all zeros at first, and `count` the number of the step, from 1 up. It returns `(parameter, state)`. The
function's name is its key in the registry, where `slots` is the number of arrays in `state`.
"""

import math

import autograd.numpy as np

MOMENTUM = 0.9
ADAM_FIRST, ADAM_SECOND, ADAM_EPSILON = 0.9, 0.999, 1e-7
RMSPROP_DECAY, RMSPROP_EPSILON = 0.9, 1e-7


def sgd(parameter, gradient, state, learning_rate, count):
    """Plain gradient descent."""
    return parameter - learning_rate * gradient, state


def momentum(parameter, gradient, state, learning_rate, count):
    """Gradient descent with momentum 0.9 (Polyak, 1964)."""
    (velocity,) = state
    velocity = MOMENTUM * velocity + gradient
    return parameter - learning_rate * velocity, (velocity,)


def nesterov(parameter, gradient, state, learning_rate, count):
    """Nesterov's momentum 0.9, in the form that looks ahead from the parameter itself (Sutskever et al., 2013)."""
    (velocity,) = state
    velocity = MOMENTUM * velocity + gradient
    return parameter - learning_rate * (gradient + MOMENTUM * velocity), (velocity,)


def adam(parameter, gradient, state, learning_rate, count):
    """Adam (Kingma, Ba, 2015): 0.9, 0.999, 1e-7 added outside the square root."""
    mean, square = state
    mean = ADAM_FIRST * mean + (1 - ADAM_FIRST) * gradient
    square = ADAM_SECOND * square + (1 - ADAM_SECOND) * np.square(gradient)
    unbiased_mean = mean / (1 - np.exp(count * math.log(ADAM_FIRST)))
    unbiased_square = square / (1 - np.exp(count * math.log(ADAM_SECOND)))
    return parameter - learning_rate * (unbiased_mean / (np.sqrt(unbiased_square) + ADAM_EPSILON)), (mean, square)


def rmsprop(parameter, gradient, state, learning_rate, count):
    """RMSProp (Hinton, 2012), decay 0.9, 1e-7 added under the square root."""
    (square,) = state
    square = RMSPROP_DECAY * square + (1 - RMSPROP_DECAY) * np.square(gradient)
    return parameter - learning_rate * gradient / np.sqrt(square + RMSPROP_EPSILON), (square,)
