"""Formulas whose gradients by autograd stay in float32, which its own rules turn into float64."""

import autograd.numpy as np


def mean(x, axis=None):
    """The mean along an axis, which is kept with length 1, or of everything, as one number.

    autograd's rule for `np.mean` divides by a NumPy integer; this one divides by a Python number.
    """
    if axis is None:
        return np.sum(x) / x.size
    return np.sum(x, axis=axis, keepdims=True) / x.shape[axis]


def positive_part(x):
    """max(x, 0), with gradient 0 at 0 as in TensorFlow.js; autograd's rule for `np.maximum` gives 1/2 there."""
    return x * (x > 0)


def ceiling_of_rows(x):
    """The least whole number not below each row's maximum, shape (rows, 1), a constant to autograd.

    It serves to keep exponentials from overflowing, where its gradient would cancel out.
    """
    return np.ceil(np.max(x, axis=1, keepdims=True))
