"""The layers, one pure function each, in plain `autograd.numpy`.

A layer function takes `(x, parameters, statistics, training)`: activations of shape (rows, width), the layer's own
trainable arrays, its own running statistics, and whether the network is in training. It returns `(y, statistics)`. A
`Layer` holds the function of a kind of layer and says which arrays such a layer owns. The `Layer` of a normalization
has the name of its key in the registry.
"""

from collections import namedtuple

import autograd.numpy as np

from lab import activations
from lab.choices import function_of
from lab.numerics import ceiling_of_rows, mean
from spec import registry

# TensorFlow.js's own constants for both normalizations.
MOMENTUM = 0.99
EPSILON = 1e-3

# parameters: the names of its trainable arrays. statistics: the initial values of its running statistics, each of shape
# (width,).
Layer = namedtuple("Layer", "apply parameters statistics", defaults=((), ()))


def dense(x, parameters, statistics, training):
    """y = x · kernel + bias, for a kernel of shape (inputs, outputs)."""
    kernel, bias = parameters
    return np.dot(x, kernel) + bias, statistics


def _batch_norm(x, parameters, statistics, training):
    """Normalizes every column over the batch or, when predicting, by the running statistics (Ioffe, Szegedy, 2015).

    The variance is the population variance of the batch, both in the normalization and in the running variance.
    """
    scale, shift = parameters
    running_mean, running_variance = statistics
    if not training:
        return _normalized(x, running_mean, running_variance, scale, shift), statistics
    center, variance = _moments(x, axis=0)
    updated = (
        running_mean - (running_mean - center[0]) * (1 - MOMENTUM),
        running_variance - (running_variance - variance[0]) * (1 - MOMENTUM),
    )
    return _normalized(x, center, variance, scale, shift), updated


def _layer_norm(x, parameters, statistics, training):
    """Normalizes every row over its columns (Ba, Kiros, Hinton, 2016)."""
    scale, shift = parameters
    center, variance = _moments(x, axis=1)
    return _normalized(x, center, variance, scale, shift), statistics


def softmax(x, parameters, statistics, training):
    """exp(x) divided by its sum along each row; x is shifted so that nothing overflows."""
    exponentials = np.exp(x - ceiling_of_rows(x))
    return exponentials / np.sum(exponentials, axis=1, keepdims=True), statistics


def _moments(x, axis):
    center = mean(x, axis)
    return center, mean(np.square(x - center), axis)


def _normalized(x, center, variance, scale, shift):
    return (x - center) / np.sqrt(variance + EPSILON) * scale + shift


def _element_wise(function):
    return Layer(lambda x, parameters, statistics, training: (function(x), statistics))


_SCALE_AND_SHIFT = ("scale", "shift")

none = _element_wise(activations.linear)
batch_norm = Layer(_batch_norm, _SCALE_AND_SHIFT, (0.0, 1.0))
layer_norm = Layer(_layer_norm, _SCALE_AND_SHIFT)

# The layers that are not a person's choice.
LAYERS = {"input": none, "dense": Layer(dense, ("kernel", "bias")), "softmax": Layer(softmax)}


def layer_of(kind):
    """The `Layer` of a kind in `shape.layers`: one of `LAYERS`, or the normalization or activation of that name."""
    if kind in LAYERS:
        return LAYERS[kind]
    if kind in registry.entries("normalization"):
        return function_of("normalization", kind)
    return _element_wise(function_of("activation", kind))
