"""Initial kernels: each function takes a generator and a shape (inputs, outputs), and returns float32.

The formulas are those of TensorFlow.js; a function's name is its key in the registry.
"""

import numpy as np


def kaiming(rng, shape):
    """He normal: truncated normal of standard deviation sqrt(2 / inputs) before truncation (He et al., 2015)."""
    return _truncated_normal(rng, shape, np.sqrt(2.0 / shape[0]))


def lecun(rng, shape):
    """LeCun normal: truncated normal of standard deviation sqrt(1 / inputs) before truncation (LeCun et al., 1998)."""
    return _truncated_normal(rng, shape, np.sqrt(1.0 / shape[0]))


def random_normal(rng, shape):
    """Normal of mean 0 and standard deviation 0.05."""
    return rng.normal(0.0, 0.05, shape).astype(np.float32)


def zeros(rng, shape):
    """All zeros: every neuron of a layer then learns the same."""
    return np.zeros(shape, np.float32)


def ones(rng, shape):
    """All ones."""
    return np.ones(shape, np.float32)


def _truncated_normal(rng, shape, deviation):
    """Draws from a normal distribution of that deviation; draws beyond two standard deviations are repeated."""
    values = rng.standard_normal(shape)
    while (outside := np.abs(values) > 2).any():
        values[outside] = rng.standard_normal(outside.sum())
    return (values * deviation).astype(np.float32)
