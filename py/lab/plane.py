"""Samples of the input plane, and what of every layer is looked at on them."""

from functools import lru_cache

import numpy as np

from lab.datasets import EXTENT

# How many neurons of a layer are shown one by one.
SHOWN = 16
# Squares a side of the lattice that goes through the network with every drawing. All are multiples of 12, so that the
# lines at whole numbers run through samples.
LATTICES = (12, 24, 36, 48, 72, 96)


@lru_cache(maxsize=16)
def grid(resolution):
    """The corners of resolution × resolution squares over ±6, shape ((resolution + 1)², 2) float32, read-only.

    Row by row from the top, left to right.
    """
    ticks = np.linspace(-EXTENT, EXTENT, resolution + 1)
    x, y = np.meshgrid(ticks, ticks[::-1])
    points = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
    points.flags.writeable = False
    return points


def columns(width):
    """How many columns a layer's selector has: its first neurons one by one, three of a projection, one neuron."""
    return min(SHOWN, width) + 4


def selector(width, basis=None, neuron=None):
    """What of a layer is looked at, shape (width, columns(width)) float32: layer's output @ selector.

    The first columns pick neurons one by one; of the last four three are `basis`, shape (width, 3), and one picks a
    `neuron` by its index. Without these they are 0.
    """
    result = np.eye(width, columns(width), dtype=np.float32)
    result[:, -4:] = 0
    if basis is not None:
        result[:, -4:-1] = basis
    if neuron is not None:
        result[neuron, -1] = 1
    return result


def projected(seen):
    """The columns of a projection, of a layer's output @ its selector."""
    return seen[:, -4:-1]


def chosen(seen):
    """The column of the chosen neuron, of a layer's output @ its selector."""
    return seen[:, -1]
