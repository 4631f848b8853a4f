"""The network strip: what every neuron does over the input plane, and the weights between the layers."""

import math

import numpy as np

from lab.boundary import shade_signed
from lab.plane import SHOWN
from spec import shape

# The largest number of samples along a side of a heat map, and the one for more than `MANY` neurons.
TILE, SMALL_TILE = 25, 13
MANY = 160
# The least scale of a layer's heat maps, as a share of the task's unit. So small a logit changes a probability by 2.5
# per cent: what is smaller has pale colours, as it hardly matters, and does not look like a network that has decided.
LEAST_SCALE = 0.1


def tile_stride(resolution, neurons):
    """The step, in samples of the lattice, from one sample of a heat map to the next."""
    most = TILE if neurons <= MANY else SMALL_TILE
    return next(stride for stride in range(1, resolution) if resolution % stride == 0 and resolution // stride < most)


def tiles(experiment, seen, resolution, palette, unit=1.0):
    """Heat maps of the first `SHOWN` neurons of every layer: `(tiles, scales)`.

    `seen` holds every layer at the corners of resolution × resolution squares, with the first neurons in the first
    columns. `unit` is the task's. `tiles`, shape (neurons, T, T, 4), uint8, show each neuron relative to the scale of
    its layer. `scales` maps layers to scales: 1 for probabilities, else the largest magnitude among the samples shown,
    but after the input at least `LEAST_SCALE`.
    """
    layers = shape.layers(experiment)
    counts = [min(SHOWN, layer.width) for layer in layers]
    stride = tile_stride(resolution, sum(counts))
    side = resolution + 1
    tile = resolution // stride + 1
    values = np.empty((sum(counts), tile * tile), np.float32)
    first = 0
    for layer, count in zip(layers, counts, strict=True):
        samples = seen[layer.name].reshape(side, side, -1)[::stride, ::stride, :count]
        values[first : first + count].reshape(count, tile, tile)[:] = samples.transpose(2, 0, 1)
        first += count
    largest = np.maximum(values.max(axis=1), -values.min(axis=1))
    if not math.isfinite(largest.sum()):
        largest = np.where(np.isfinite(values), np.abs(values), 0).max(axis=1)
    largest = np.maximum.reduceat(largest, np.cumsum([0, *counts[:-1]]))
    largest[1:] = np.maximum(largest[1:], LEAST_SCALE * unit)
    largest[largest == 0] = 1
    largest[[layer.kind == "softmax" for layer in layers]] = 1
    pixels = shade_signed(values, np.repeat(largest, counts)[:, None], palette)
    scales = {layer.name: scale for layer, scale in zip(layers, largest.tolist(), strict=True)}
    return pixels.reshape(-1, tile, tile, 4), scales


def weights(kernels):
    """The first `SHOWN` × `SHOWN` weights of each kernel, row by row, as one flat int8 array.

    A kernel's largest magnitude becomes 127; weights that are not finite become 0.
    """
    return np.concatenate([_relative(kernel[:SHOWN, :SHOWN]) for kernel in kernels])


def weight_image(kernel, palette):
    """The weights of one neuron as colours of signs, (inputs, 4) uint8; the largest magnitude has full colour."""
    kernel = np.where(np.isfinite(kernel), kernel, 0)
    return shade_signed(kernel, float(np.abs(kernel).max()) or 1.0, palette)


def _relative(block):
    block = np.where(np.isfinite(block), block, 0)
    # In float64, because 127 divided by a denormal float32 overflows in float32.
    return np.rint(block * (127 / (float(np.abs(block).max()) or 1.0))).astype(np.int8).ravel()
