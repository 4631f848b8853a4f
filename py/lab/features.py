"""What may be an input of the network where the data have one or two columns: a function of them.

Each function takes the columns, an array of shape (rows, columns), and returns an array of shape (rows,).
"""

import numpy as np

from lab.choices import function_of


def x(columns):
    """The first column."""
    return columns[:, 0]


def y(columns):
    """The second column."""
    return columns[:, 1]


def x2(columns):
    """The square of the first column."""
    return np.square(columns[:, 0])


def y2(columns):
    """The square of the second column."""
    return np.square(columns[:, 1])


def xy(columns):
    """The product of both columns."""
    return columns[:, 0] * columns[:, 1]


def sinx(columns):
    """The sine of the first column."""
    return np.sin(columns[:, 0])


def siny(columns):
    """The sine of the second column."""
    return np.sin(columns[:, 1])


def radius(columns):
    """The distance from where both columns are 0."""
    return np.hypot(columns[:, 0], columns[:, 1])


def inputs_of(columns, keys):
    """The network's inputs, float32 (rows, inputs): the features of those keys, computed of the columns."""
    return np.stack([function_of("feature", key)(columns) for key in keys], axis=1, dtype=np.float32)
