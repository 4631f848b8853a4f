"""Separability of a layer: how well a linear function of its activations, fitted by least squares, predicts."""

import numpy as np

# Added to the normal equations, relative to the mean squared feature, so that they always have one solution.
RIDGE = 1e-6


def linear_probe(activations, targets):
    """The weights that map activations to targets best, with the bias as the last row: shape (width + 1, outputs).

    Ridge regression (Hoerl, Kennard, 1970) of targets, shape (rows, outputs), on activations, shape (rows, width); the
    bias is not penalized. If the width is not below the number of rows, the dual form has fewer equations to solve:
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
    """The quality of a probe on the rows that it is fitted to and on the held-out rows: a pair of floats.

    The quality is the accuracy or, for regression, R²: see `task.fit`. `training` and `held_out` are indices of rows or
    masks. Both floats are nan if an activation is not finite, or if there is no row to fit to.
    """
    if not np.isfinite(activations).all() or not len(targets[training]):
        return float("nan"), float("nan")
    weights = linear_probe(activations[training], targets[training])
    found = activations @ weights[:-1] + weights[-1]
    return task.fit(found[training], targets[training]), task.fit(found[held_out], targets[held_out])
