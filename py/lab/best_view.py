"""The plane in which a layer's classes are parted best by what its linear probe says of them.

**Two classes.** x is the difference of the probe's two outputs, (w₁ - w₀)ᵀa + b₁ - b₀: the distance along the normal of
the hyperplane between the classes by which separability counts. That hyperplane is seen from its edge, as an upright
line, and a row lies to the right of it exactly if the probe says class 1. y is the first principal component of what x
leaves unexplained: of the residual of the activations' regression on x.

**A predicted number.** x is what the probe predicts, y as above; there is no line.

**More than two outputs.** The first two principal components of what the probe says: of the classes' scores or of the
predicted numbers. For three classes they hold all that it says. (Of least squares to one-hot targets they would span
the plane of Fisher's first two discriminant coordinates, if there are three classes or all have the same size: optimal
scoring, Hastie, Buja, Tibshirani, Penalized Discriminant Analysis, 1995.) There is no single line.

**Nothing to part by**, as where all activations are equal or all rows have one class: the first two principal
components of the activations.

The axes are not orthonormal: x and y are uncorrelated, and scaled so that the rows have a standard deviation of 1 along
each (where neither axis has a meaning of its own, along both on average). In the layer's own lengths the direction that
parts the classes is often one of very little variance (after a tanh of eight neurons the rows reach a fifth to a
thirtieth as far along it as across it), and it swings from step to step where the probe's outputs hardly change: the
picture would be a jumping sliver. An axis that is scaled is still a linear function of the activations: lines stay
straight, and the upright line counts the same.

**No flips, and no more way than needed.** From picture to picture, and from a layer in sight to the one beside it, the
plane is turned and mirrored within itself so that the sum of squared distances between the rows' places in the two is
least: orthogonal Procrustes (Schönemann, Psychometrika 31, 1966). Where x has a meaning y can only be mirrored. What
still moves the rows far, as where hardly anything parts the classes and the probe finds another direction, or where two
variances change places, is made to glide.
"""

from typing import NamedTuple

import numpy as np

from lab.probe import linear_probe
from lab.projection import nearest_orthonormal, of_dimensions, principal

# If an axis would move the rows, from one picture to the next, by more than the first share of their squared distances
# from the middle, it glides, until no more than the second share remains.
STEADY, SETTLED = 0.1, 0.001
# After so many seconds of gliding 1 / e of the way is left, and nothing after so many, however fast the plane moves on.
GLIDE, LONGEST_GLIDE = 0.12, 0.5
# How far an axis that is not found anew may be drawn out or together by what a network has learned.
SPREAD = 1.1
# A linear function of so many activations is fitted quickly enough for every picture.
QUICKLY_FITTED = 1 << 15
# Numbers that differ by less than this share of what they are computed from differ by rounding only.
ROUNDING = 1e-6


class Plane(NamedTuple):
    """A plane that shows a layer of some width.

    `basis`, shape (width, 2), float64; `places`, shape (rows, 2): where the rows lie, around their mean. `fixed`:
    whether x has a meaning of its own. `upright`: activations @ basis[:, 0] on the line by which separability counts,
    or None. `components`: the principal components of which axes were taken, shape (width, 3), or None. `scaled`:
    whether the rows differ by more than rounding, so that the picture has a scale.
    """

    basis: np.ndarray
    places: np.ndarray
    fixed: bool = False
    upright: float | None = None
    components: np.ndarray | None = None
    scaled: bool = False


class Shown(NamedTuple):
    """A plane as it was drawn at the time `seconds`.

    `gliding`, two bools: whether x and y are on their way to it; `since`: the times at which they set out.
    """

    basis: np.ndarray
    places: np.ndarray
    upright: float | None
    gliding: np.ndarray
    seconds: float
    since: np.ndarray = np.zeros(2)


def best_plane(activations, probe, classes, before):
    """The `Plane` of activations, shape (rows, width).

    `probe` are the weights of the layer's linear probe, shape (width + 1, outputs), or None; `classes` says whether its
    outputs are scores of classes. Principal components are followed from those of `before`, a `Plane` or None.
    """
    rows, width = activations.shape
    if not rows:
        return Plane(of_dimensions(width, range(2))[:, :2] if before is None else before.basis, np.zeros((0, 2)))
    components = None if before is None else before.components
    centred = activations - activations.mean(axis=0, dtype=np.float64)
    size = np.sqrt(np.square(activations, dtype=np.float64).sum() / rows)
    weights, bias = _contrasts(probe, classes, width)
    said = centred @ weights
    _, _, ways = np.linalg.svd(said, full_matrices=False)
    telling = (said @ ways[:2].T).std(axis=0) > ROUNDING * size * np.linalg.norm(weights @ ways[:2].T, axis=0)
    fixed, upright = False, None
    if not telling[0]:
        components, _ = principal(centred, components)
        basis = components[:, :2]
        scales = np.full(2, _scale(centred @ basis, size))
    elif telling[1:].any():
        basis = weights @ ways[:2].T
        scales = np.full(2, _scale(centred @ basis, 0))
    else:
        fixed = weights.shape[1] == 1
        direction = weights[:, 0] if fixed else weights @ ways[0]
        x = centred @ direction
        slopes = x @ centred / (x @ x)
        components, _ = principal(centred - x[:, None] * slopes, components)
        across = components[:, 0] - direction * (slopes @ components[:, 0])
        basis = np.column_stack([direction, across])
        scales = np.array([_scale(x, 0), _scale(centred @ across, size)])
        upright = None if bias is None else -scales[0] * bias
    basis = basis * scales
    return Plane(basis, centred @ basis, fixed, upright, components, bool((scales != 1).any()))


def _contrasts(probe, classes, width):
    """`(weights, bias)` of what a probe says, shape (width, outputs) and a float.

    Of two classes that is the difference of their outputs, which is 0 where the probe decides; otherwise it is the
    outputs, with None as the bias.
    """
    if probe is None:
        return np.zeros((width, 1)), None
    if classes and probe.shape[1] == 2:
        difference = probe[:, 1] - probe[:, 0]
        return difference[:-1, None], difference[-1]
    return probe[:-1], None


def _scale(places, size):
    """What to multiply places by so that their mean square is 1; 1 if they differ by rounding only."""
    deviation = np.sqrt(np.square(places).mean())
    return 1 / deviation if deviation > ROUNDING * size else 1.0


def of_other(plane, activations):
    """The same plane with other activations, those of a network that has learned a little further.

    Where a network's rows reach a thirtieth as far along x as across, those of the next may reach many times as far
    along it. An axis is scaled so that they are drawn no more than `SPREAD` times as far apart, or as near together.
    """
    if not len(activations):
        return plane._replace(places=np.zeros((0, 2)))
    places = (activations - activations.mean(axis=0, dtype=np.float64)) @ plane.basis
    if not plane.scaled:
        return plane._replace(places=places)
    sizes = np.sqrt(np.square(places).mean(axis=0))
    if not plane.fixed:
        sizes = np.full(2, np.sqrt(np.square(sizes).mean()))
    scales = np.where(sizes > 0, np.clip(sizes, 1 / SPREAD, SPREAD) / np.where(sizes > 0, sizes, 1), 1.0)
    upright = None if plane.upright is None else plane.upright * scales[0]
    return plane._replace(basis=plane.basis * scales, places=places * scales, upright=upright)


def aligned(plane, reference):
    """The plane turned within itself so that its rows lie as near as possible to `reference`, shape (rows, 2)."""
    if reference.shape != plane.places.shape or not len(reference):
        return plane
    covariance = plane.places.T @ (reference - reference.mean(axis=0))
    if plane.fixed:
        turn = np.diag([1.0, -1.0 if covariance[1, 1] < 0 else 1.0])
    else:
        turn = nearest_orthonormal(covariance) if covariance.any() else np.eye(2)
    if np.abs(turn - np.eye(2)).max() < ROUNDING:
        return plane
    return plane._replace(basis=plane.basis @ turn, places=plane.places @ turn)


def at_once(plane, seconds):
    """The plane as `Shown`, without gliding."""
    return Shown(plane.basis, plane.places, plane.upright, np.zeros(2, np.bool_), seconds)


def glided(plane, before, activations, seconds):
    """The plane as `Shown` on the way from what was `Shown` before; there is no line while x glides.

    From picture to picture an axis goes a share of the way. What remains of the old one is the linear function of the
    present activations that puts the rows nearest to where they were: the old basis itself may put the rows of a
    network that has learned further anywhere. Where it does, and to find that function would take long, nothing glides.
    """
    result = at_once(plane, seconds)
    if before.places.shape != plane.places.shape:
        return result
    change = np.square(plane.places - before.places).sum(axis=0)
    size = np.square(before.places).sum(axis=0)
    gliding = change > np.where(before.gliding, SETTLED, STEADY) * size
    if not gliding.any():
        return result
    centred = activations - activations.mean(axis=0, dtype=np.float64)
    old = before.basis
    if (np.square(centred @ old - before.places).sum(axis=0) > change / 16)[gliding].any():
        if activations.size > QUICKLY_FITTED:
            return result
        old = linear_probe(activations, before.places)[:-1]
    since = np.where(before.gliding, before.since, before.seconds)
    passed = max(0.0, seconds - before.seconds)
    # Towards its end the rest is gone in equal steps, as far as these are no jumps.
    left = np.maximum(since + LONGEST_GLIDE - before.seconds, max(passed, 1e-9))
    step = np.minimum(passed / left, np.sqrt(STEADY * size / np.maximum(change, STEADY * size)))
    share = np.where(gliding, np.maximum(1 - np.exp(-passed / GLIDE), step), 1.0)
    basis = (1 - share) * old + share * plane.basis
    upright = None if gliding[0] else plane.upright
    return result._replace(basis=basis, places=centred @ basis, upright=upright, gliding=gliding, since=since)
