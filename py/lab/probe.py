"""Separability: how well a linear fit to the targets, by least squares, does on a layer's activations."""

import numpy as np

# Added to the normal equations, relative to the mean squared feature, so that they always have one solution.
RIDGE = 1e-6


def linear_probe(activations, targets):
    """Weights, with the bias as the last row, that map activations to targets best: (width + 1, outputs).

    Ridge regression (Hoerl, Kennard, 1970) of targets, shape (rows, outputs), on activations, shape (rows, width), the
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


def qualities(task, activations, targets, training, held_out):
    """How well a probe does on the rows that it is fitted to and on those held out, as a pair of floats.

    That is its accuracy, or with regression R², see `task.fit`. `training` and `held_out` are indices of rows, or
    masks; both are nan where an activation is not finite, and where there is no row to fit to.
    """
    if not np.isfinite(activations).all() or not len(targets[training]):
        return float("nan"), float("nan")
    weights = linear_probe(activations[training], targets[training])
    found = activations @ weights[:-1] + weights[-1]
    return task.fit(found[training], targets[training]), task.fit(found[held_out], targets[held_out])
