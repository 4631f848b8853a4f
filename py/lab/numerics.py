"""Formulas whose gradients stay in float32; autograd's own rules would turn them into float64."""

import autograd.numpy as np


def mean(x, axis=None):
    """The mean along an axis, which is kept with length 1; or, without an axis, the mean of all as one number.

    autograd's rule for `np.mean` divides by a NumPy integer; this one divides by a Python number.
    """
    if axis is None:
        return np.sum(x) / x.size
    return np.sum(x, axis=axis, keepdims=True) / x.shape[axis]


def positive_part(x):
    """max(x, 0), with gradient 0 at 0 as in TensorFlow.js; autograd's rule for `np.maximum` gives 1/2 there."""
    return x * (x > 0)


def ceiling_of_rows(x):
    """The maximum of each row, rounded up to a whole number: shape (rows, 1), without a gradient.

    A softmax subtracts it so that exponentials do not overflow; its gradient would cancel out there. There is none,
    because autograd treats rounding as constant.
    """
    return np.ceil(np.max(x, axis=1, keepdims=True))
