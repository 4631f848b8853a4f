"""The line that parts the classes best: logistic regression, multinomial for more than two, by Newton's method.

A penalty on the square of the weights makes the solution one, and lets it follow the activations without jumps:
`ordinary`. It would also keep a line from separating classes that are apart by little only. So where not every row is
right, it is tried whether a penalty that is next to nothing lets them be: `weak`. If the sum of the rows' losses is
less than log 2, every row's is, and so every row is right; of classes that a line can separate the sum comes as near to
0 as the penalty allows.

It is not tried in vain. Let u be the unit vector of a line that separates two classes by a margin m, the x the rows and
the r the residuals of any other line. Then m Σ|r| ≤ u Σ r x ≤ |Σ r x|, which says how large m can be at most (Gordan's
theorem, told by numbers). For more classes r x is a matrix, and u are all classes' weights.

A fit goes on from the one before, of activations that are nearly the same, a few steps at a time. A step is
Newton's; where there are so many classes and activations that its equations take too long, they are solved by conjugate
gradients, not to the end: each of these comes nearer (a truncated Newton method: Nash, Journal of
Computational and Applied Mathematics 124, 2000).
"""

from typing import NamedTuple

import numpy as np

# Penalties on half of the squared weights, for each row, where the rows' mean squared distance from their mean is 1:
# the ordinary one of a single neuron, which is divided by the number of neurons, and the weakest.
ORDINARY, WEAKEST = 8e-5, 1e-12
# On the way to the weakest the penalty is multiplied by this, whenever a step would lower the loss by less than that
# share of it.
WEAKER, NEAR = 1e-2, 0.1
# A fit is finished when a step would lower the loss by less than this, or after so many steps for the same activations,
# or so many multiplications: of many rows that is after some seconds, and most of the way.
PRECISION, PATIENCE, MOST = 1e-8, 300, 1.2e9
# How far from the first line that has as many rows right as another to where it begins to have less.
CLEAR = 0.1
# Margins, in the same units, that are not looked for: single precision hardly tells them from 0.
LEAST_MARGIN = 1e-5
# The most steps at a time, and the most multiplications for one of them, beside the fewest conjugate gradients. A step
# takes as long as if it had more multiplications than it has.
STEPS, MULTIPLICATIONS, GRADIENTS, OVERHEAD = 40, 1.2e7, 6, 1e5
# From more rows for each neuron than this the equations for all rows can be guessed.
ROWS_FOR_A_NEURON = 8
# Conjugate gradients have solved the equations when this share of the right side is left.
SOLVED = 0.1
# How often a step that does not lower the loss enough is halved, and how much of what it promises is enough.
HALVINGS, ENOUGH = 30, 0.1


class Separator(NamedTuple):
    """A fit, as far as it has come. Weights have the shape (width + 1, classes), the bias as the last row.

    `ordinary`: those with the ordinary penalty; `settled`: whether they are at their end. `weak`: those with a weaker
    one, or None; `apart`: whether these have every row right. `finished`: whether nothing is left to do. `steps`: how
    many were taken for these activations. `penalty`: that from which the way to `weak` goes on. A row of activations
    belongs to the class of the largest of activations @ weights[:-1] + weights[-1].
    """

    ordinary: np.ndarray
    settled: bool
    weak: np.ndarray | None = None
    apart: bool = False
    finished: bool = False
    steps: int = 0
    penalty: float = WEAKEST

    def unsettled(self):
        """Where to begin with other activations that are similar."""
        return self._replace(settled=False, apart=False, finished=False, steps=0, penalty=WEAKEST)


class _Point(NamedTuple):
    """Where a descent has come to: the `weights`; whether that is its end; the least margin there; the penalty.

    `hopeless`: whether no line separates the classes.
    """

    weights: np.ndarray
    finished: bool
    margin: float
    hopeless: bool
    penalty: float


class _Steps:
    """So many steps."""

    def __init__(self, most):
        self.taken, self._most = 0, most

    def take(self):
        """Whether there is one more, which is then counted."""
        allowed = self.taken < self._most
        self.taken += allowed
        return allowed


def separate(activations, labels, classes, before=None, work=np.inf, satisfied=False):
    """The `Separator` of rows of activations, shape (rows, width), all finite, with `labels`, int, shape (rows,).

    It goes on with `before`, the `Separator` of the same activations, or of similar ones if it is `unsettled`. It takes
    as many steps as make up so many multiplications, `work`, but at least one: by time, another would be seen when the
    same network comes back. `satisfied`: whether a line that has every row right is known, so that none is looked for.
    """
    rows, width = activations.shape
    if classes < 2:
        return Separator(np.zeros((width + 1, classes)), True, finished=True)
    centre = activations.mean(axis=0, dtype=np.float64)
    centred = activations - centre
    size = np.sqrt(np.vdot(centred, centred) / rows) or 1.0
    x = np.ones((rows, width + 1))
    np.divide(centred, size, out=x[:, :width])
    # The weights that are looked for are a sum of rows; where these are fewer than neurons, so are the unknowns.
    basis = np.linalg.qr(x.T)[0] if width >= rows else None
    x = x if basis is None else x @ basis
    unknown = x.shape[1]

    def inside(weights):
        # Of two classes one column: what is said of class 1, less what is said of class 0.
        if classes == 2:
            weights = weights[:, 1:] - weights[:, :1]
        weights = np.concatenate([weights[:-1] * size, (weights[-1] + centre @ weights[:-1])[None]])
        return weights if basis is None else basis.T @ weights

    def outside(weights):
        weights = weights if basis is None else basis @ weights
        if classes == 2:
            weights = np.concatenate([-weights, weights], axis=1) / 2
        kernel = weights[:-1] / size
        return np.concatenate([kernel, (weights[-1] - centre @ kernel)[None]])

    columns = 1 if classes == 2 else classes
    equations = unknown * columns
    a_step = OVERHEAD + min((rows + equations) * equations**2, MULTIPLICATIONS)
    steps, descend = _Steps(max(1, min(STEPS, work // a_step))), _descent(x, labels, classes)
    patience = min(PATIENCE, MOST // max(a_step, 2 * GRADIENTS * rows * equations))
    usual = ORDINARY / width
    taken = 0 if before is None else before.steps
    if before is not None and before.settled:
        ordinary, start, margin, hopeless = before.ordinary, inside(before.ordinary), -np.inf, False
    else:
        start = np.zeros((unknown, columns)) if before is None else inside(before.ordinary)
        found = descend(start, usual, True, steps)
        ordinary, start, margin, hopeless = outside(found.weights), found.weights, found.margin, found.hopeless
        if not found.finished:
            taken += steps.taken
            weak = None if before is None else before.weak
            apart = weak is not None and bool((_ahead(x @ inside(weak), labels) > 0).all())
            return Separator(ordinary, False, weak, apart, taken > patience, taken)
    if margin > 0 or hopeless or satisfied:
        return Separator(ordinary, True, finished=True, steps=taken + steps.taken)
    if before is None or before.weak is None:
        found = descend(start, usual * WEAKER, False, steps)
    else:
        found = descend(inside(before.weak), before.penalty, False, steps)
    taken += steps.taken
    apart = found.margin > 0
    if found.finished and not apart:
        return Separator(ordinary, True, finished=True, steps=taken)
    return Separator(ordinary, True, outside(found.weights), apart, apart or taken > patience, taken, found.penalty)


def least_share(start, goal, labels):
    """How far to go from one line to another until as many rows are right as there: a share, from 0 to 1, of the way.

    `start` and `goal`, shape (rows, classes), are what the lines say of the rows. A little farther than where a row
    lies on the line. On the way a row's own class is ahead of each other in one interval.
    """
    before, after = _ahead(start, labels), _ahead(goal, labels)
    ahead, behind = before > 0, after <= 0
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = before / (before - after)
    first = np.where(ahead, 0.0, np.where(behind, np.inf, crossing)).max(axis=1)
    last = np.where(behind, np.where(ahead, crossing, -np.inf), np.inf).min(axis=1)
    right = first < last
    begins, ends = np.sort(first[right]), np.sort(last[right])
    begins = np.append(begins[begins < 1], 1.0)
    counts = np.searchsorted(begins[:-1], begins, side="right") - np.searchsorted(ends, begins, side="right")
    share = begins[np.argmax(counts >= np.count_nonzero(~behind.any(axis=1)))]
    return share + CLEAR * (min(ends[np.searchsorted(ends, share, side="right") :].min(initial=1.0), 1.0) - share)


def _ahead(said, labels):
    """By how much each row's own class is ahead of the others, shape (rows, classes - 1) or, of itself by 1, classes.

    Of two classes `said` may have one column: what is said of class 1 less what is said of class 0.
    """
    if said.shape[1] <= 2:
        return (np.where(labels == 1, 1.0, -1.0) * (said[:, -1] - (said[:, 0] if said.shape[1] == 2 else 0.0)))[:, None]
    own = labels[:, None] == np.arange(said.shape[1])
    return np.where(own, 1.0, said[own][:, None] - said)


def _descent(x, labels, classes):
    """A function of weights, a penalty, whether it stays, and `_Steps`, that descends to a `_Point`.

    If the penalty stays it ends where the sum of losses and penalty is least. Otherwise the penalty becomes weaker,
    down to the weakest, and it ends as soon as every row is right or it is hopeless.
    """
    rows, width = x.shape
    columns = 1 if classes == 2 else classes
    losses = _losses_of(labels, classes)
    equations = columns * width
    exact = (rows + equations) * equations**2 <= MULTIPLICATIONS

    def is_hopeless(slope, residual):
        # Of more than two classes each residual is there twice: of its own class, and of all others.
        every = np.abs(residual).sum() / (1 if columns == 1 else 2)
        return np.vdot(slope, slope) < np.square(LEAST_MARGIN * every)

    def descend(weights, penalty, stays, steps):
        said = x @ weights
        loss, residual, curvature, margin = losses(said)
        while True:
            slope = x.T @ residual
            if not stays and (margin > 0 or is_hopeless(slope, residual)):
                return _Point(weights, True, margin, margin <= 0, penalty)
            if not steps.take():
                return _Point(weights, False, margin, False, penalty)
            ridge = rows * penalty
            gradient = slope - ridge * weights
            solved = True
            if exact:
                step = _newton(x, curvature, gradient, ridge)
            else:
                step, solved = _conjugate_gradients(x, curvature, gradient, ridge)
            change = x @ step
            promise = np.vdot(gradient, step)
            finished = solved and promise < PRECISION and (stays or penalty == WEAKEST)
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
                finished = stays or penalty == WEAKEST
            if finished:
                return _Point(weights, True, margin, is_hopeless(x.T @ residual, residual), penalty)
            if not stays and promise < NEAR * loss:
                penalty = max(WEAKEST, penalty * WEAKER)

    return descend


def _newton(x, curvature, gradient, ridge):
    """The step, shape (width, columns), by the equations for all of them at once.

    `curvature`, shape (rows, columns): of two classes the second derivative of each row's loss, of more the
    probabilities p, of which it is diag(p) - ppᵀ.
    """
    return _laid_out(np.linalg.solve(_equations(x, curvature, ridge), gradient.T.ravel()), gradient)


def _laid_out(solution, gradient):
    """What solves the equations, in the shape of `gradient`."""
    return solution.reshape(gradient.shape[::-1]).T


def _equations(x, curvature, ridge):
    """The matrix of a step's equations, of which there is one for each column and, for that, each neuron."""
    rows, width = x.shape
    columns = curvature.shape[1]
    if columns == 1:
        # The product of a matrix with its own transpose takes half the time.
        scaled = x * np.sqrt(curvature)
        matrix = scaled.T @ scaled
        matrix[np.diag_indices(width)] += ridge
        return matrix
    each = (curvature[:, :, None] * x[:, None, :]).reshape(rows, columns * width)
    matrix = each.T @ each
    np.negative(matrix, out=matrix)
    for k in range(columns):
        part = slice(k * width, (k + 1) * width)
        matrix[part, part] += each[:, part].T @ x
    matrix[np.diag_indices_from(matrix)] += ridge
    return matrix


def _conjugate_gradients(x, curvature, gradient, ridge):
    """`(step, solved)`: the same step as far as there is time for it, and whether that is as good as all the way.

    Where there are few equations and many rows, the inverse matrix for some of the rows is the preconditioner.
    """
    rows, width = x.shape
    columns = curvature.shape[1]
    count = min(rows, int(MULTIPLICATIONS / (columns * width) ** 2))
    inverse = None
    if count > ROWS_FOR_A_NEURON * width:
        some, share = np.random.default_rng(0).choice(rows, count, replace=False), count / rows
        inverse = np.linalg.inv(_equations(x[some], curvature[some], share * ridge)) * share

    def preconditioned(rest):
        return rest if inverse is None else _laid_out(inverse @ rest.T.ravel(), rest)

    def bent(direction):
        said = x @ direction
        weighted = curvature * said
        if columns > 1:
            weighted -= curvature * weighted.sum(axis=1, keepdims=True)
        return x.T @ weighted + ridge * direction

    step, rest, direction = np.zeros_like(gradient), gradient, preconditioned(gradient)
    square = least = np.vdot(rest, direction)
    for _ in range(max(GRADIENTS, int(MULTIPLICATIONS / (2 * rows * width * columns)))):
        bend = bent(direction)
        along = np.vdot(direction, bend)
        if along <= 0:
            break
        step = step + square / along * direction
        rest = rest - square / along * bend
        near = preconditioned(rest)
        before, square = square, np.vdot(rest, near)
        if square <= SOLVED**2 * least:
            return step, True
        direction = near + square / before * direction
    return step, square == 0


def _losses_of(labels, classes):
    """A function of what is said, shape (rows, columns), to `(loss, residual, curvature, margin)`.

    The loss is the sum over the rows of minus the logarithm of the right class's probability. `residual`, of the shape
    of what is said: the targets less the probabilities; `curvature`: see `_newton`. `margin`: by how much the least
    right row's class is ahead of the others, negative if it is not.
    """
    if classes == 2:
        signs = np.where(labels[:, None] == 1, 1.0, -1.0)

        def of_two(said):
            ahead = signs * said
            small = np.exp(-np.abs(ahead))
            loss = np.log1p(small).sum() - np.minimum(ahead, 0).sum()
            wrong = np.where(ahead > 0, small, 1.0) / (1 + small)
            return loss, signs * wrong, small / np.square(1 + small), ahead.min()

        return of_two
    rows, targets = np.arange(len(labels)), np.eye(classes)[labels]

    def of_many(said):
        shifted = said - said.max(axis=1, keepdims=True)
        odds = np.exp(shifted)
        sums = odds.sum(axis=1, keepdims=True)
        probabilities = odds / sums
        loss = np.log(sums).sum() - shifted[rows, labels].sum()
        ahead = said[rows, labels] - np.where(targets > 0, -np.inf, said).max(axis=1)
        return loss, targets - probabilities, probabilities, ahead.min()

    return of_many
