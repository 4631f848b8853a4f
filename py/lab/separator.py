"""The line that separates the classes: logistic regression, multinomial for more than two, by Newton's method.

A penalty on the square of the weights makes the solution one, and lets it follow the activations without jumps. It
would also keep a line from separating classes that are apart by little only. So where not every row is right, it is
tried whether a penalty that is next to nothing lets them be. If the sum of the rows' losses is less than log 2, every
row's is, and so every row is right; of classes that a line can separate the sum comes as near to 0 as the penalty
allows.

It is not tried in vain. Let u be the unit vector of a line that separates two classes by a margin m, the x the rows and
the r the residuals of any other line. Then m Σ|r| ≤ u Σ r x ≤ |Σ r x|, which says how large m can be at most (Gordan's
theorem, told by numbers). For more classes r x is a matrix, and u are all classes' weights.

Each step is Newton's, unless there are so many classes and activations that its equations take too long. Then it solves
for one class after the other, with the curvature 2 p (1 - p): the true matrix, diag(p) - ppᵀ, is never more than that,
as the difference is diagonally dominant (a bound as in Böhning, Annals of the Institute of Statistical Mathematics 44,
1992).
"""

from typing import NamedTuple

import numpy as np

# Penalties on half of the squared weights, for each row, where the rows' mean squared distance from their mean is 1:
# the ordinary one of a single neuron, which is divided by the number of neurons, and the weakest.
ORDINARY, WEAKEST = 8e-5, 1e-12
# On the way to the weakest the penalty is multiplied by this, whenever a step would lower the loss by less than that
# share of it.
WEAKER, NEAR = 1e-2, 0.1
# A fit is finished when a step would lower the loss by less than this.
PRECISION = 1e-3
# How far from the first line that separates the classes to the one that does so most clearly.
CLEAR = 0.1
# Margins, in the same units, that are not looked for: single precision hardly tells them from 0.
LEAST_MARGIN = 1e-5
# A fit takes as many steps at a time as take so many multiplications, at least one, and at most so many steps.
MULTIPLICATIONS, STEPS = 4e7, 40
# As many equations for the weights of all classes are solved at once.
AT_ONCE = 260
# The least curvature of a row where it is divided by; more is still a bound.
CURVATURE = 1e-12
# How often a step that does not lower the loss enough is halved, and how much of what it promises is enough.
HALVINGS, ENOUGH = 30, 0.1


class Separator(NamedTuple):
    """A fit: `weights`, shape (width + 1, classes), the bias as the last row, and whether it is `finished`.

    A row of activations belongs to the class of the largest of activations @ weights[:-1] + weights[-1]. To go on from:
    `ordinary`, the weights with the ordinary penalty, and `weak`, those with a weaker one, if that is of use.
    """

    weights: np.ndarray
    finished: bool
    ordinary: np.ndarray
    weak: np.ndarray | None = None


class _Point(NamedTuple):
    """Where a descent has come to: the `weights`; whether that is its end; the least margin there; the steps left.

    `hopeless`: whether no line separates the classes.
    """

    weights: np.ndarray
    finished: bool
    margin: float
    steps: int
    hopeless: bool


def separate(activations, labels, classes, before=None):
    """The `Separator` of rows of activations, shape (rows, width), all finite, with `labels`, int, shape (rows,).

    It starts from `before`, the `Separator` of similar activations, or from nothing. A fit that is not `finished` goes
    on if it is given as `before`.
    """
    rows, width = activations.shape
    if classes < 2:
        nothing = np.zeros((width + 1, classes))
        return Separator(nothing, True, nothing)
    centre = activations.mean(axis=0, dtype=np.float64)
    x = np.ones((rows, width + 1))
    np.subtract(activations, centre, out=x[:, :width])
    flat = x[:, :width].ravel()
    size = np.sqrt(flat @ flat / rows) or 1.0
    x[:, :width] /= size

    def inside(weights):
        # Of two classes one column: what is said of class 1, less what is said of class 0.
        if classes == 2:
            weights = weights[:, 1:] - weights[:, :1]
        return np.concatenate([weights[:-1] * size, (weights[-1] + centre @ weights[:-1])[None]])

    def outside(weights):
        if classes == 2:
            weights = np.concatenate([-weights, weights], axis=1) / 2
        kernel = weights[:-1] / size
        return np.concatenate([kernel, (weights[-1] - centre @ kernel)[None]])

    descend = _descent(x, labels, classes)
    start = np.zeros((width + 1, 1 if classes == 2 else classes)) if before is None else inside(before.ordinary)
    usual = ORDINARY / width
    found = descend(start, usual, None)
    ordinary = outside(found.weights)
    if not found.finished or found.margin > 0 or found.hopeless:
        return Separator(ordinary, found.finished, ordinary)
    if before is None or before.weak is None:
        tried = descend(found.weights, usual * WEAKER, found.steps)
    else:
        tried = descend(inside(before.weak), WEAKEST, found.steps)
    if tried.finished and tried.margin <= 0:
        return Separator(ordinary, True, ordinary)
    weak = outside(tried.weights)
    if tried.margin <= 0:
        return Separator(ordinary, False, ordinary, weak)
    return Separator(outside(_nearest(x, labels, found.weights, tried.weights)), True, ordinary, weak)


def _nearest(x, labels, ordinary, weak):
    """Weights with every row right near to `ordinary`, on the straight way to `weak`, which have every row right.

    So the line moves no farther than it must when it begins or ceases to separate the classes.
    """
    here, there = x @ ordinary, x @ weak
    scale = np.linalg.norm(here) / np.linalg.norm(there) or 1.0
    before, after = _ahead(here, labels), _ahead(there, labels) * scale
    behind = before <= 0
    least = (before[behind] / (before[behind] - after[behind])).max()
    share = least + CLEAR * (1 - least)
    return (1 - share) * ordinary + share * scale * weak


def _ahead(said, labels):
    """By how much each row's own class is ahead of each other, shape (rows, classes or 1); infinite for itself."""
    if said.shape[1] == 1:
        return np.where(labels[:, None] == 1, said, -said)
    own = labels[:, None] == np.arange(said.shape[1])
    return np.where(own, np.inf, said[own][:, None] - said)


def _descent(x, labels, classes):
    """A function of weights, a penalty, and a number of steps, that descends to a `_Point`.

    Without a number it takes as many steps as there is time for, and ends where the sum of losses and penalty is least.
    With one the penalty becomes weaker, down to the weakest, and it ends as soon as every row is right or it is
    hopeless.
    """
    rows, width = x.shape
    columns = 1 if classes == 2 else classes
    kernel = x @ x.T if width > rows else None
    at_once = kernel is None and columns > 1 and columns * width <= AT_ONCE
    equations, times = (columns * width, 1) if at_once else (min(rows, width), columns)
    most = max(1, min(STEPS, int(MULTIPLICATIONS / (times * (rows + equations) * equations**2))))
    targets = np.eye(classes)[labels]
    losses = _losses_of(labels, targets)

    def is_hopeless(slope, residual):
        # Of more than two classes each residual is there twice: of its own class, and of all others.
        every = np.abs(residual).sum() / (1 if columns == 1 else 2)
        return np.vdot(slope, slope) < np.square(LEAST_MARGIN * every)

    def descend(weights, penalty, steps):
        strong = steps is None
        steps = most if strong else max(1, steps)
        said = x @ weights
        loss, residual, curvature, margin = losses(said)
        while True:
            slope = x.T @ residual
            if not strong and (margin > 0 or is_hopeless(slope, residual)):
                return _Point(weights, True, margin, steps, margin <= 0)
            if not steps:
                return _Point(weights, False, margin, steps, False)
            steps -= 1
            ridge = rows * penalty
            gradient = slope - ridge * weights
            if kernel is not None:
                step, change = _dual(x, kernel, curvature, residual, said, weights, ridge)
            else:
                step = (
                    _newton(x, targets - residual, gradient, ridge)
                    if at_once
                    else _primal(x, curvature, gradient, ridge)
                )
                change = x @ step
            promise = np.vdot(gradient, step)
            finished = promise < PRECISION and (strong or penalty == WEAKEST)
            total, share = loss + ridge / 2 * np.vdot(weights, weights), 1.0
            for _ in range(HALVINGS):
                trial = weights + share * step
                found = losses(said + share * change)
                if found[0] + ridge / 2 * np.vdot(trial, trial) <= total - ENOUGH * share * promise:
                    weights, said = trial, said + share * change
                    loss, residual, curvature, margin = found
                    break
                share /= 2
            else:
                # No step lowers the loss but by rounding.
                finished = True
            if finished:
                return _Point(weights, True, margin, steps, is_hopeless(x.T @ residual, residual))
            if not strong and promise < NEAR * loss:
                penalty = max(WEAKEST, penalty * WEAKER)

    return descend


def _newton(x, probabilities, gradient, ridge):
    """The step, shape (width, classes), by equations for the weights of all classes at once."""
    rows, width = x.shape
    classes = probabilities.shape[1]
    each = (probabilities[:, :, None] * x[:, None, :]).reshape(rows, classes * width)
    matrix = each.T @ each
    np.negative(matrix, out=matrix)
    for k in range(classes):
        part = slice(k * width, (k + 1) * width)
        matrix[part, part] += each[:, part].T @ x
    matrix[np.diag_indices_from(matrix)] += ridge
    return np.linalg.solve(matrix, gradient.T.ravel()).reshape(classes, width).T


def _primal(x, curvature, gradient, ridge):
    """The step, shape (width, columns), by equations for each weight."""
    diagonal = ridge * np.eye(x.shape[1])
    columns = []
    for roots, slope in zip(np.sqrt(curvature).T, gradient.T, strict=True):
        # The product of a matrix with its own transpose takes half the time.
        scaled = x * roots[:, None]
        columns.append(np.linalg.solve(scaled.T @ scaled + diagonal, slope))
    return np.column_stack(columns)


def _dual(x, kernel, curvature, residual, said, weights, ridge):
    """`(step, x @ step)` by an equation for each row, of which there are fewer.

    The weights after the step are Xᵀα with (XXᵀ + λ / S) α = f + r / S, where S are the curvatures, f is what the
    weights say now, and r are the residuals.
    """
    roots = np.sqrt(np.maximum(curvature, CURVATURE))
    diagonal = ridge * np.eye(len(x))
    columns = [
        root * np.linalg.solve(kernel * np.outer(root, root) + diagonal, f * root + r / root)
        for root, f, r in zip(roots.T, said.T, residual.T, strict=True)
    ]
    alpha = np.column_stack(columns)
    return x.T @ alpha - weights, kernel @ alpha - said


def _losses_of(labels, targets):
    """A function of what is said, shape (rows, columns), to `(loss, residual, curvature, margin)`.

    The loss is the sum over the rows of minus the logarithm of the right class's probability. `residual` and
    `curvature`, of the shape of what is said: the targets less the probabilities, and what the step takes for the
    second derivative. `margin`: by how much the least right row's class is ahead of the others, negative if it is not.
    """
    if targets.shape[1] == 2:
        signs = targets[:, 1:] - targets[:, :1]

        def of_two(said):
            ahead = signs * said
            small = np.exp(-np.abs(ahead))
            loss = np.log1p(small).sum() - np.minimum(ahead, 0).sum()
            wrong = np.where(ahead > 0, small, 1.0) / (1 + small)
            return loss, signs * wrong, small / np.square(1 + small), ahead.min()

        return of_two
    rows = np.arange(len(labels))

    def of_many(said):
        shifted = said - said.max(axis=1, keepdims=True)
        odds = np.exp(shifted)
        sums = odds.sum(axis=1, keepdims=True)
        probabilities = odds / sums
        loss = np.log(sums).sum() - shifted[rows, labels].sum()
        ahead = said[rows, labels] - np.where(targets > 0, -np.inf, said).max(axis=1)
        return loss, targets - probabilities, 2 * probabilities * (1 - probabilities), ahead.min()

    return of_many
