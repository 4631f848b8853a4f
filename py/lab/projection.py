"""Projections of a layer's dimensions to at most three: bases of shape (width, 3), float64, and how they move.

A basis shows activations of shape (rows, width) at activations @ basis: x, y, and the depth z towards the eye. Its
columns are orthonormal, or zero where there is nothing to show.
"""

from functools import lru_cache

import numpy as np

# Above this width principal components are approximated by iteration.
EXACT_WIDTH = 64
# The speed of a tour's plane in radians a second, measured by the root of the sum of squares of both principal angles.
TOUR_SPEED = 0.35
# The longest time step, in seconds, by which a tour is followed.
TOUR_STEP = 1 / 30


def of_dimensions(width, dimensions):
    """The basis that shows up to three chosen dimensions as x, y and z."""
    basis = np.zeros((width, 3))
    basis[list(dimensions), range(len(dimensions))] = 1
    return basis


def principal(points, previous=None):
    """The first three principal components of points, shape (rows, width), as `(basis, shares)`.

    `shares`, shape (3,), are their shares of the variance. The sign of a component is chosen to agree with `previous`,
    an earlier basis, or else so that its largest entry is positive. Where variances are equal or 0 the components are
    as near as possible to `previous`, or else to the first dimensions. Above a width of `EXACT_WIDTH` they are computed
    by subspace iteration with Rayleigh-Ritz (Golub, Van Loan, Matrix Computations, 8.2.4), which starts from
    `previous`.
    """
    centred = points - points.mean(axis=0, dtype=np.float64)
    width = centred.shape[1]
    total = np.vdot(centred, centred)
    prior = of_dimensions(width, range(min(width, 3))) if previous is None else previous
    # Decides between directions of equal variance; elsewhere it is too small to be seen.
    bias = prior * (1e-8 * (total or 1) * np.array([3, 2, 1]))
    if width <= EXACT_WIDTH:
        variances, vectors = np.linalg.eigh(centred.T @ centred + bias @ prior.T)
        variances, vectors = variances[::-1][:3], vectors[:, ::-1][:, :3]
    else:
        variances, vectors = _iterate(centred, prior, bias, 8 if previous is not None else 60)
    basis, shares = np.zeros((width, 3)), np.zeros(3)
    basis[:, : vectors.shape[1]] = vectors
    if total:
        shares[: len(variances)] = np.clip(variances / total, 0, 1)
    if previous is None:
        towards = basis[np.abs(basis).argmax(axis=0), range(3)]
    else:
        towards = (basis * previous).sum(axis=0)
    return basis * np.where(towards < 0, -1, 1), shares


def _iterate(centred, prior, bias, limit):
    """The three largest eigenvalues and eigenvectors of centredᵀ centred + bias priorᵀ, precise enough to draw."""
    # From the prior alone the iteration would never find a component that is orthogonal to it.
    sketch = np.random.default_rng(0).normal(size=(3, len(centred))) @ centred
    block, _ = np.linalg.qr(np.concatenate([prior, sketch.T], axis=1))
    for _ in range(limit):
        image = centred.T @ (centred @ block) + bias @ (prior.T @ block)
        variances, rotation = np.linalg.eigh(block.T @ image)
        variances, rotation = variances[:-4:-1], rotation[:, ::-1]
        vectors, image = (block @ rotation)[:, :3], image @ rotation
        errors = np.linalg.norm(image[:, :3] - vectors * variances, axis=0)
        if (errors <= 1e-3 * variances + 1e-9 * variances[0]).all():
            break
        block, _ = np.linalg.qr(image)
    return variances, vectors


def start_of_tour(width):
    """The basis from which a grand tour starts: nearly the first two dimensions, a little of all others; z is 0."""
    noise = np.random.default_rng([width, 0]).normal(0, 0.3 / np.sqrt(width), (width, 2))
    return _spatial(nearest_orthonormal(np.eye(width, 2) + noise))


def tour(basis, first_second, last_second):
    """A grand tour's basis at `last_second`, given that it is `basis` at `first_second`.

    The plane moves with `TOUR_SPEED` towards a direction that itself wanders, and does not rotate within itself. This
    flow on the Stiefel manifold is followed by the midpoint rule, with the polar factor as retraction.
    """
    steps = int(np.ceil((last_second - first_second) / TOUR_STEP - 1e-9))
    if steps < 1:
        return basis
    frame = basis[:, :2]
    step = (last_second - first_second) / steps
    for index in range(steps):
        second = first_second + index * step
        middle = frame + step / 2 * _velocity(frame, second)
        frame = nearest_orthonormal(frame + step * _velocity(middle, second + step / 2))
    return _spatial(frame)


def _velocity(frame, second):
    speeds, phases = _waves(len(frame))
    wish = np.sin(speeds * second + phases)
    across = wish - frame @ (frame.T @ wish)
    # Where there is no other plane, the small number makes the tour stop and avoids a division by 0.
    return across * (TOUR_SPEED / np.sqrt(np.vdot(across, across) + 1e-6))


@lru_cache(maxsize=8)
def _waves(width):
    """`(speeds, phases)` of the oscillations that a tour follows, in radians a second and radians: (width, 2) each."""
    rng = np.random.default_rng([width, 1])
    return rng.uniform(0.1, 0.5, (width, 2)), rng.uniform(0, 2 * np.pi, (width, 2))


def hold_axis(basis, number, x, y):
    """The tour basis nearest to `basis` whose row `number` is (x, y), moved into the unit circle if it lies outside.

    With that row r given, the other rows G have to satisfy GᵀG = I − rrᵀ = S². The nearest such rows to those of
    `basis`, F, are the polar factor of F S, times S.
    """
    row = np.array([x, y], float)
    # On the circle itself S is singular, and the frame would lose the direction that is left to the other rows.
    row *= min(1, 0.999 / max(np.hypot(x, y), 1e-9))
    squared = row @ row
    root = np.eye(2)
    if squared > 0:
        root += (np.sqrt(1 - squared) - 1) / squared * np.outer(row, row)
    frame = basis[:, :2].copy()
    frame[number] = 0
    frame = nearest_orthonormal(frame @ root) @ root
    frame[number] = row
    return _spatial(nearest_orthonormal(frame))


def nearest_orthonormal(matrix):
    """The polar factor of a matrix of full rank: the nearest matrix with orthonormal columns."""
    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    return left @ right


def _spatial(frame):
    """A frame of two columns (or of one, at width 1) as a basis."""
    return np.pad(frame, [(0, 0), (0, 3 - frame.shape[1])])


def ease(t):
    """Smoothstep: from 0 at t ≤ 0 to 1 at t ≥ 1, with slope 0 at both ends."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def morph(x, y, t):
    """Linear interpolation from x to y; x itself at t ≤ 0 and y itself at t ≥ 1."""
    if t <= 0:
        return x
    if t >= 1:
        return y
    return (1 - t) * x + t * y
