"""Separability of a layer: how many rows of the training data a line gets right that is fitted to part the classes.

Where numbers are to be predicted it is the share of their variance that a linear fit by least squares explains.
"""

import time
from typing import NamedTuple

import numpy as np

from lab.separator import Separator, separate
from spec import registry

# Added to the normal equations, relative to the mean squared feature, so that they always have one solution.
RIDGE = 1e-6
# A probe that takes no more seconds than this is fitted again for every picture. A slower one is fitted again after so
# many times its own time.
QUICK = 0.005
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


class Fit(NamedTuple):
    """The probe of a layer at a `version` of the network: its `weights`, or None, and, of classes, the `separator`."""

    version: int
    weights: np.ndarray | None
    separator: Separator | None = None


class Fits:
    """The probes of a network's layers, each fitted again when the network has changed and its own time allows.

    Of classes they are the lines that separate them, see `separator`, and as long as these are not finished least
    squares if it is better; of numbers they are fitted by least squares. `targets` are those of the rows whose
    activations will be given; `training` and `held_out` are indices of rows, those to fit to and those to judge by the
    same line. `own` names the layers whose outputs are the network's own scores of the classes: there its own line
    counts if it has more of the training rows right.
    """

    def __init__(self, task, targets, training, held_out=(), own=()):
        self._task, self._targets, self._own = task, targets, own
        self._parts = training, np.asarray(held_out, int)
        self._labels = targets[training].argmax(axis=1)
        # Layer -> its `Fit`; layer -> when it may be fitted again.
        self._kept: dict[str, Fit] = {}
        self._due: dict[str, float] = {}

    def of(self, layer, activations, version):
        """The weights of a layer's probe, fitted to this `version` of the network or, if that takes long, to another.

        None if an activation is not finite, or if there is no row to fit to.
        """
        if layer not in self._kept or (not self.fits(layer, version) and time.perf_counter() >= self._due[layer]):
            self.renew(layer, activations, version)
        return self._kept[layer].weights

    def renew(self, layer, activations, version):
        """Fits the layer's probe to this version of the network, unless it does fit.

        Where that takes long it is nearer afterwards only, and goes on with the next call.
        """
        if self.fits(layer, version):
            return
        began = time.perf_counter()
        before = self._kept.get(layer)
        self._kept[layer] = self._fit(layer, activations, version, before and before.separator)
        end = time.perf_counter()
        self._due[layer] = end + REST * max(0.0, end - began - QUICK)

    def _fit(self, layer, activations, version, before):
        training = self._parts[0]
        if not len(training) or not np.isfinite(activations).all():
            return Fit(version, None)
        rows = activations[training]
        if self._task.name == registry.REGRESSION:
            return Fit(version, linear_probe(rows, self._targets[training]))
        classes = self._targets.shape[1]
        found = separate(rows, self._labels, classes, before)
        candidates = [found.weights]
        if layer in self._own:
            candidates.append(np.eye(rows.shape[1] + 1, classes))
        if not found.finished:
            candidates.append(linear_probe(rows, self._targets[training]))
        # Of equal ones the first.
        return Fit(version, max(candidates, key=lambda weights: self._quality(weights, activations, training)), found)

    def forget(self):
        """Starts all fits from nothing, so that a network that comes back is seen as it was."""
        self._kept.clear()

    def fits(self, layer, version):
        """Whether the layer's probe was fitted to this version of the network."""
        kept = self._kept.get(layer)
        return kept is not None and kept.version == version and (kept.separator is None or kept.separator.finished)

    def qualities(self, layer, activations):
        """The quality of the layer's present probe on the training rows and on those held out: a pair of floats.

        The quality is the accuracy or, for regression, R²: see `task.fit`. Both are nan without a probe.
        """
        weights = self._kept[layer].weights
        if weights is None:
            return float("nan"), float("nan")
        training, held_out = (self._quality(weights, activations, rows) for rows in self._parts)
        return training, held_out

    def _quality(self, weights, activations, rows):
        return self._task.fit(scores(weights, activations[rows]), self._targets[rows])
