"""Separability of a layer: how many rows of the training data the line gets right that parts the classes best.

That is the line of logistic regression, see `separator`. It need not have as many rows right as a line can: around a
disc it goes through the middle. So another one that is known, as that of least squares, may have more; then the line is
as near to the first, on the way to the other, as it can be and have as many. And the line between two classes is moved
across to where it has clearly more. Where numbers are to be predicted it is the share of their variance that a linear
fit by least squares explains.
"""

import time
from typing import NamedTuple

import numpy as np

from lab.separator import Separator, least_share, separate
from spec import registry, shape

# Added to the normal equations, relative to the mean squared feature, so that they always have one solution.
RIDGE = 1e-6
# A fit by least squares of no more multiplications is cheap: such a layer's probe is renewed for every picture, by so
# many multiplications.
CHEAP, WORK = 1 << 20, 1e6
# A line is moved to where it has more rows right if these are more than this share of all: of few it would swing from
# step to step.
CLEARLY = 0.05
# Another is renewed after so many times its own time, less so many seconds.
REST, QUICK = 10, 0.002


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
    """The probe of a layer at a `version` of the network: its `weights`, or None, and whether it is `finished`.

    Of classes there are the `separator`, if it has begun, and the weights of `least_squares`.
    """

    version: int
    weights: np.ndarray | None
    finished: bool = True
    separator: Separator | None = None
    least_squares: np.ndarray | None = None


class _Line(NamedTuple):
    """What weights say of the rows, and how many of these they have right."""

    weights: np.ndarray
    said: np.ndarray
    right: int


class Fits:
    """The probes of a network's layers, each fitted again when the network has changed and its own time allows.

    `targets` are those of the rows whose activations will be given; `training` and `held_out` are indices of rows,
    those to fit to and those to judge by the same line. `own` names the layers whose outputs are the network's own
    scores of the classes: there its own line is known.
    """

    def __init__(self, task, targets, training, held_out=(), own=()):
        self._task, self._targets, self._own = task, targets, own
        self._parts = training, np.asarray(held_out, int)
        self._labels = targets[training].argmax(axis=1)
        # Layer -> its `Fit`; layer -> when it may be fitted again, if it is not cheap.
        self._kept: dict[str, Fit] = {}
        self._due: dict[str, float] = {}

    def of(self, layer, activations, version):
        """The weights of a layer's probe, fitted to this `version` of the network or, if that takes long, to another.

        None if an activation is not finite, or if there is no row to fit to.
        """
        if layer not in self._kept or _is_cheap(activations) or time.perf_counter() >= self._due[layer]:
            self.renew(layer, activations, version, WORK)
        return self._kept[layer].weights

    def renew(self, layer, activations, version, work):
        """Fits the layer's probe to this version of the network, unless it does fit.

        Where that takes more than so many multiplications it is nearer afterwards only, and goes on with the next call.
        """
        if self.fits(layer, version):
            return
        began = time.perf_counter()
        self._kept[layer] = self._fit(layer, activations, version, work)
        end = time.perf_counter()
        self._due[layer] = end + REST * max(0.0, end - began - QUICK)

    def _fit(self, layer, activations, version, work):
        training, kept = self._parts[0], self._kept.get(layer)
        if not len(training) or not np.isfinite(activations).all():
            return Fit(version, None)
        rows, targets = activations[training].astype(np.float64), self._targets[training]
        if self._task.name == registry.REGRESSION:
            return Fit(version, linear_probe(rows, targets))
        separator = None if kept is None else kept.separator
        least_squares = None if kept is None or kept.version != version else kept.least_squares
        begun = least_squares is not None
        if least_squares is None:
            separator = separator and separator.unsettled()
            least_squares = linear_probe(rows, targets)
        known = [self._judged(least_squares, rows)]
        if layer in self._own:
            known.append(self._judged(np.eye(rows.shape[1] + 1, targets.shape[1]), rows))
        goal = max(known, key=_right)
        if not begun and not _is_cheap(activations):
            # Either takes long, so that the rest is left to the next call.
            return Fit(version, goal.weights, goal.right == len(rows), separator, least_squares)
        separator = separate(rows, self._labels, targets.shape[1], separator, work, goal.right == len(rows))
        start = self._judged(separator.ordinary, rows)
        if separator.apart:
            goal = max(goal, self._judged(separator.weak, rows), key=_right)
        line = start if start.right >= goal.right else self._between(start, goal, rows)
        if targets.shape[1] == 2:
            # Only moved, not turned: the picture that shows its direction would jump.
            moved = self._judged(_moved(line, self._labels), rows)
            line = moved if moved.right > line.right + CLEARLY * len(rows) else line
        return Fit(version, line.weights, separator.finished, separator, least_squares)

    def _judged(self, weights, rows):
        said = scores(weights, rows)
        # Of two columns the same takes a fraction of the time.
        told = said[:, 1] > said[:, 0] if said.shape[1] == 2 else said.argmax(axis=1)
        return _Line(weights, said, int(np.count_nonzero(told == self._labels)))

    def _between(self, start, goal, rows):
        """The line between two that is as near to `start` as it can be with as many rows right as `goal` has."""
        size = _size(start.said) / (_size(goal.said) or 1.0) or 1.0
        share = least_share(start.said, size * goal.said, self._labels)
        line = self._judged((1 - share) * start.weights + share * size * goal.weights, rows)
        # It might have less by rounding.
        return line if line.right >= goal.right else goal

    def forget(self):
        """Starts all fits from nothing, so that a network that comes back is seen as it was."""
        self._kept.clear()

    def kept(self, layer):
        """The layer's present `Fit`, or None."""
        return self._kept.get(layer)

    def fits(self, layer, version):
        """Whether the layer's probe was fitted to this version of the network."""
        kept = self._kept.get(layer)
        return kept is not None and kept.version == version and kept.finished

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


def fits_of(experiment, data, task):
    """The `Fits` of an experiment's network for the rows of `data.sample`, see `datasets.Data`."""
    training, held_out = (np.isin(data.sample, rows).nonzero()[0] for rows in (data.training, data.held_out))
    names = shape.layer_names(experiment)
    own = names[names.index(shape.logits_layer(experiment)) :]
    return Fits(task, data.targets[data.sample], training, held_out, own)


def _is_cheap(activations):
    return activations.size * activations.shape[1] <= CHEAP


def _right(line):
    return line.right


def _moved(line, labels):
    """The weights of a line between two classes, moved across to the nearest place where it has most rows right."""
    ahead = line.said[:, 1] - line.said[:, 0]
    order = np.argsort(ahead)
    outside = np.ptp(ahead) or 1.0
    sorted_ahead = np.concatenate([[ahead[order[0]] - outside], ahead[order], [ahead[order[-1]] + outside]])
    # With every row that it passes, one of class 0 is right or one of class 1 is wrong.
    gained = np.concatenate([[0], np.cumsum(1 - 2 * labels[order])])
    # There is none between rows that lie at one place.
    gained[sorted_ahead[1:] == sorted_ahead[:-1]] = -len(labels)
    places = (sorted_ahead[1:] + sorted_ahead[:-1])[gained == gained.max()] / 2
    weights = line.weights.copy()
    weights[-1] += places[np.abs(places).argmin()] / 2 * np.array([1.0, -1.0])
    return weights


def _size(said):
    """How far apart the classes are by what is said of the rows."""
    return np.linalg.norm(said - said[:, :1])
