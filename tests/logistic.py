"""A second implementation of logistic regression, for tests: slow and plain."""

import numpy as np


def logistic_line(activations, labels):
    """`(weights, bias)` of two classes: what is said of class 1 less what is said of class 0 is a @ weights + bias.

    Gradient descent by Newton's method on the mean loss and half of the squared weights times 8e-5 / width, in units
    of the rows' root mean square distance from their mean.
    """
    centre = activations.mean(axis=0, dtype=float)
    size = np.sqrt(np.square(activations - centre).sum(axis=1).mean())
    x = np.column_stack([(activations - centre) / size, np.ones(len(labels))])
    penalty = 8e-5 / activations.shape[1]
    weights = np.zeros(x.shape[1])
    for _ in range(60):
        probability = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (probability - labels) / len(labels) + penalty * weights
        bend = (x.T * (probability * (1 - probability))) @ x / len(labels) + penalty * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        # Short steps, so that none overshoots.
        weights -= step * min(1, 1 / np.sqrt(len(labels) * (slope @ step) + 1e-12))
    return weights[:-1] / size, weights[-1] - centre @ weights[:-1] / size
