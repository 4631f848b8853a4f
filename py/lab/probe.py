"""Separability: how well a linear classifier, fitted by least squares, does on a layer's activations."""

import numpy as np

# Added to the normal equations, relative to the mean squared feature, so that they always have one solution.
RIDGE = 1e-6


def linear_probe(activations, targets):
    """Weights, with the bias as the last row, that map activations to one-hot targets best: (width + 1, classes).

    Ridge regression (Hoerl, Kennard, 1970) of targets, shape (rows, classes), on activations, shape (rows, width), the
    bias left free. Where there are as many features as rows the dual form has the smaller equations:
    (XᵀX + λI)⁻¹Xᵀ = Xᵀ(XXᵀ + λI)⁻¹.
    """
    rows, width = activations.shape
    centre = activations.mean(axis=0, dtype=np.float64)
    middle = targets.mean(axis=0, dtype=np.float64)
    x, y = activations - centre, targets - middle
    ridge = RIDGE * np.vdot(x, x) / width or 1.0
    if width < rows:
        weights = np.linalg.solve(x.T @ x + ridge * np.eye(width), x.T @ y)
    else:
        weights = x.T @ np.linalg.solve(x @ x.T + ridge * np.eye(rows), y)
    return np.concatenate([weights, (middle - centre @ weights)[None]])


def accuracies(activations, targets, training, held_out):
    """A probe's accuracy on the points that it is fitted to and on those held out, as a pair of floats.

    `training` and `held_out` are indices of rows; both are nan where an activation is not finite.
    """
    if not np.isfinite(activations).all():
        return float("nan"), float("nan")
    weights = linear_probe(activations[training], targets[training])
    found = (activations @ weights[:-1] + weights[-1]).argmax(axis=1)
    right = found == targets.argmax(axis=1)
    return float(right[training].mean()), float(right[held_out].mean())
