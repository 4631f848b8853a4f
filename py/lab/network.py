"""The network: flat lists of arrays in, every layer's output by name out.

`parameters` holds, layer after layer, the kernel and bias of a dense layer, and the scale and shift of a normalization.
`statistics` holds the running mean and running variance of every batch norm. Both are flat lists of arrays, never
nested, so that a trace of autograd contains only arrays.
"""

import numpy as np

from lab.choices import function_of
from lab.layers import layer_of
from spec import registry, shape


def initialize(experiment):
    """`(parameters, statistics)` of a new network, float32, drawn by the experiment's seed."""
    rng = np.random.default_rng([experiment["seed"], 1])
    draw_kernel = function_of("initialization", experiment["initialization"])
    first_values = {"kernel": draw_kernel, "bias": _filled(0), "scale": _filled(1), "shift": _filled(0)}
    parameters: list[np.ndarray] = []
    statistics: list[np.ndarray] = []
    inputs = shape.shape_of(experiment).inputs
    for place in shape.layers(experiment):
        layer, width = layer_of(place.kind), place.width
        for name in layer.parameters:
            parameters.append(first_values[name](rng, (inputs, width) if name == "kernel" else (width,)))
        statistics.extend(np.full(width, value, np.float32) for value in layer.statistics)
        inputs = width
    return parameters, statistics


def forward(experiment, parameters, statistics, x, training=False, masks=()):
    """Runs `x`, shape (rows, inputs), through the network.

    `masks` are what the outputs of the hidden layers' activations are multiplied by, shape (rows, width) each; none
    if there are none.

    Returns `(outputs, statistics)`: a dict of every layer's output by name, in order, each of shape (rows, width), the
    last being the network's own; and the running statistics, updated if `training`.
    """
    outputs, updated = {}, []
    position, statistics_position = 0, 0
    left = list(masks)
    for place in shape.layers(experiment):
        layer = layer_of(place.kind)
        end = position + len(layer.parameters)
        statistics_end = statistics_position + len(layer.statistics)
        own_statistics = tuple(statistics[statistics_position:statistics_end])
        x, own_statistics = layer.apply(x, parameters[position:end], own_statistics, training)
        if left and place.kind in registry.entries("activation"):
            x = x * left.pop(0)
        position, statistics_position = end, statistics_end
        outputs[place.name] = x
        updated.extend(own_statistics)
    return outputs, updated


def predict(experiment, parameters, statistics, x):
    """Every layer's output for `x`, by name; normalization uses the running statistics, not those of `x`."""
    return forward(experiment, parameters, statistics, x)[0]


def output(outputs):
    """The network's own output, shape (rows, outputs), given the outputs of all layers."""
    return outputs[next(reversed(outputs))]


def _filled(value):
    return lambda rng, shape: np.full(shape, value, np.float32)
