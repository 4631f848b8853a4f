"""Separability of a layer: how well a linear function of its activations, fitted by least squares, predicts."""

import time

import numpy as np

# Added to the normal equations, relative to the mean squared feature, so that they always have one solution.
RIDGE = 1e-6
# A probe that takes no more seconds than this is fitted again for every picture. A slower one is fitted again after so
# many times its own time.
QUICK = 0.002
REST = 10


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


def scores(weights, activations):
    """What a probe with these weights says of activations: shape (rows, outputs)."""
    return activations @ weights[:-1] + weights[-1]


def qualities(task, activations, targets, training, held_out):
    """The quality of a probe on the rows that it is fitted to and on the held-out rows: a pair of floats.

    The quality is the accuracy or, for regression, R²: see `task.fit`. `training` and `held_out` are indices of rows or
    masks. Both floats are nan if an activation is not finite, or if there is no row to fit to.
    """
    if not np.isfinite(activations).all() or not len(targets[training]):
        return float("nan"), float("nan")
    found = scores(linear_probe(activations[training], targets[training]), activations)
    return task.fit(found[training], targets[training]), task.fit(found[held_out], targets[held_out])


class Fits:
    """The probes of the layers in sight, each fitted again when the network has changed and its own time allows.

    `targets` are those of the rows whose activations will be given, `training` the indices of the rows to fit to.
    """

    def __init__(self, task, targets, training):
        self._task, self._targets, self._training = task, targets, training
        # Layer -> (version of the network, weights or None); layer -> when it may be fitted again.
        self._kept: dict[str, tuple] = {}
        self._due: dict[str, float] = {}

    def of(self, layer, activations, version):
        """The weights of a layer's probe, fitted to this `version` of the network or, if that takes long, to another.

        None if an activation is not finite, or if there is no row to fit to.
        """
        now = time.perf_counter()
        if layer not in self._kept or (not self.fits(layer, version) and now >= self._due[layer]):
            weights = None
            if len(self._training) and np.isfinite(activations).all():
                weights = linear_probe(activations[self._training], self._targets[self._training])
            self._kept[layer] = version, weights
            end = time.perf_counter()
            self._due[layer] = end + REST * max(0.0, end - now - QUICK)
        return self._kept[layer][1]

    def fits(self, layer, version):
        """Whether the layer's probe was fitted to this version of the network."""
        return self._kept[layer][0] == version

    def quality(self, layer, activations):
        """The quality of the layer's present probe on the training rows, see `qualities`; nan without one."""
        weights = self._kept[layer][1]
        if weights is None:
            return float("nan")
        return self._task.fit(scores(weights, activations[self._training]), self._targets[self._training])
