"""The projections by which a layer of more than three dimensions is shown in two or three.

Each function takes `(activations, given)` and returns a `Projected`. `activations` are the layer's outputs, shape
(rows, width); `given` is a `Given`. The function's name is its key in the registry, where `by_width` says that layers
of the same width share their `keep`, and `by_probe` that the function wants the layer's probe.
"""

import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lab import projection
from lab.projection import hold_axis, nearest_orthonormal, of_dimensions, principal, start_of_tour

# If a component's cosine with the previous component of the same rank is less than this, two components have changed
# places, or this one has turned so far that the picture would jump.
SAME = 0.9
# A tour that was not shown for a while goes on from where it was, but catches up by no more than this many seconds.
TOUR_REST = 1.0


# Numbers that differ by less than this share of what they are computed from differ by rounding only.
ROUNDING = 1e-6


class Given(NamedTuple):
    """What a projection may depend on beside the activations.

    `view`: the request's. `before`: the `keep` of the layer's last projection, or None. `near`: the `keep`s of layers
    that differ from this one only by a normalization or an activation. `in_sight`: whether the layer was in the last
    picture. `probe`: the weights of the layer's linear probe, shape (width + 1, outputs), or None. `classes`: whether
    the probe's outputs are scores of classes. `beside`: where the rows lie in the pictures of the layers before and
    after this one, as far as these are in sight, each of shape (rows, 2).
    """

    view: dict[str, Any]
    before: Any = None
    near: Sequence[Any] = ()
    in_sight: bool = False
    probe: np.ndarray | None = None
    classes: bool = True
    beside: Sequence[np.ndarray] = ()


class Projected(NamedTuple):
    """A way to show activations: at activations @ `basis`, shape (width, 3), around their mean.

    `spatial`: whether the picture has three dimensions and can be turned. `shares`, shape (3,): the principal
    components' shares of the variance, or empty. `keep`: what the function gets as `before` the next time. `abrupt`:
    whether this is so different from the last projection that the picture should change gradually; one bool, or one for
    each of x, y and z. `reach`: how far the picture has to reach from its middle, or None for as far as the points do.
    `upright`: activations @ basis[:, 0] on the line by which separability counts, or None. `places`: where the rows lie
    in a flat picture, shape (rows, 2), if the function knows. `apart`: see `projector.Projection`.
    """

    basis: np.ndarray
    spatial: bool = False
    shares: np.ndarray = np.zeros(0)
    keep: Any = None
    abrupt: bool | np.ndarray = False
    reach: float | None = None
    upright: float | None = None
    places: np.ndarray | None = None
    apart: bool = False


class Components(NamedTuple):
    """Principal components: their `basis`, their `shares`, and `of()`, the activations, or None if these are gone."""

    basis: np.ndarray
    shares: np.ndarray
    of: weakref.ref


class Plane(NamedTuple):
    """A plane of a layer's space that shows it in two dimensions.

    `basis`, shape (width, 2); `places`, shape (rows, 2), where the rows lie in it, around their mean. `fixed`: how many
    of its axes have a meaning of their own, so that the picture must not be turned: 1 or 0. `upright`: see `Projected`.
    `components`: the principal components from which its axes were taken, shape (width, 3), or None. `scaled`: whether
    the rows differ by more than rounding, so that the picture has a scale.
    """

    basis: np.ndarray
    places: np.ndarray
    fixed: int
    upright: float | None
    components: np.ndarray | None
    scaled: bool


class BestView(NamedTuple):
    """What a best view keeps: its `plane`, the `probe` that it shows, and `of()`, the activations or None."""

    plane: Plane
    probe: np.ndarray | None
    of: weakref.ref


def best(activations, given):
    """The plane in which the classes are parted best by what the layer's linear probe says of them.

    **Two classes.** x is the difference of the probe's two outputs, (w₁ - w₀)ᵀa + b₁ - b₀: the distance from the
    hyperplane between the classes, by which separability counts, along its normal. That hyperplane is seen from its
    edge, as an upright line, and a row lies to the right of it exactly if the probe says class 1. y is the first
    principal component of what x leaves unexplained: of the residual of the activations' regression on x.

    **A predicted number.** x is what the probe predicts, y as above; there is no line.

    **More than two outputs.** The first two principal components of the outputs that the probe predicts. For a
    least-squares fit to one-hot targets these span the plane of Fisher's two first discriminant coordinates (optimal
    scoring: Hastie, Buja, Tibshirani, Penalized Discriminant Analysis, 1995); for three classes they hold all that
    the probe says. There is no single line.

    **Nothing to part by**, as where all activations are equal or all rows have one class: the first two principal
    components of the activations.

    The axes are not orthonormal: x and y are uncorrelated, and scaled so that the rows have a standard deviation of 1
    along each (where neither axis has a meaning of its own, along both on average). In the layer's own lengths the
    direction that parts the classes is often one of very little variance (after a tanh of eight neurons the rows reach
    a fifth to a thirtieth as far along it as across it), and it swings from step to step where the probe's outputs
    hardly change: the picture would be a jumping sliver. An axis that is scaled is still a linear function of the
    activations: lines stay straight, and the upright line counts the same.

    **No flips, no more way than needed.** From picture to picture, and from a layer in sight to the one beside it, the
    plane is turned and mirrored within itself so that the sum of squared distances between the rows' old and new
    places is least: orthogonal Procrustes (Schönemann, Psychometrika 31, 1966). Where x has a meaning only y can be
    mirrored.
    """
    before = given.before
    if before is not None and before.of() is activations and before.probe is given.probe:
        # Computed again, it would differ by rounding, and all points would move.
        plane = before.plane
    else:
        plane = _best_plane(activations, given.probe, given.classes, None if before is None else before.plane)
    reference = before.plane.places if before is not None and (given.in_sight or not given.beside) else None
    if reference is None and given.beside:
        reference = given.beside[0]
    if reference is not None and reference.shape == plane.places.shape:
        plane = _aligned(plane, reference)
    abrupt: bool | np.ndarray = False
    if before is not None and plane.places.shape == before.plane.places.shape:
        abrupt = np.append(_likeness(plane.places, before.plane.places) < SAME, False)
    basis = np.pad(plane.basis, [(0, 0), (0, 1)])
    places = plane.places
    reach = np.sqrt((places * places).sum(axis=1).max()) if plane.scaled and len(places) else 0.0
    keep = BestView(plane, given.probe, weakref.ref(activations))
    return Projected(basis, False, np.zeros(0), keep, abrupt, reach, plane.upright, places, True)


def _best_plane(activations, probe, classes, before):
    """The `Plane` of a best view; principal components are followed from those of `before`, a `Plane` or None."""
    rows, width = activations.shape
    if not rows:
        basis = of_dimensions(width, range(2))[:, :2] if before is None else before.basis
        return Plane(basis, np.zeros((0, 2)), 0, None, None, False)
    previous = None if before is None else before.components
    middle = activations.mean(axis=0, dtype=np.float64)
    centred = activations - middle
    weights, bias = _contrasts(probe, classes, width)
    said = centred @ weights
    size = np.sqrt(np.vdot(activations.astype(np.float64), activations) / rows)
    _, _, ways = np.linalg.svd(said, full_matrices=False)
    weights, said = weights @ ways[:2].T, said @ ways[:2].T
    telling = said.std(axis=0) > ROUNDING * size * np.sqrt((weights * weights).sum(axis=0))
    if not telling[0]:
        components, _ = principal(centred, previous)
        basis = components[:, :2]
        scales = np.full(2, _scale(centred @ basis, size))
        fixed, upright = 0, None
    elif telling[1:].any():
        components, basis = previous, weights
        scales = np.full(2, _scale(said, size))
        fixed, upright = 0, None
    else:
        # A singular vector may have either sign; of a single output it is 1 or -1.
        x, direction = said[:, 0] * np.sign(ways[0, 0]), weights[:, 0] * np.sign(ways[0, 0])
        slopes = x @ centred / (x @ x)
        components, _ = principal(centred - x[:, None] * slopes, previous)
        across = components[:, 0] - direction * (slopes @ components[:, 0])
        basis = np.column_stack([direction, across])
        scales = np.array([_scale(x, 0), _scale(centred @ across, size)])
        fixed, upright = int(len(ways) == 1), None if bias is None else -scales[0] * bias
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
    deviation = np.sqrt((places * places).mean())
    return 1 / deviation if deviation > ROUNDING * size else 1.0


def _aligned(plane, reference):
    """The plane turned within itself so that its rows lie as near as possible to `reference`, shape (rows, 2)."""
    covariance = plane.places.T @ (reference - reference.mean(axis=0)) if len(reference) else np.zeros((2, 2))
    if plane.fixed:
        turn = np.diag([1.0, -1.0 if covariance[1, 1] < 0 else 1.0])
    elif not covariance.any():
        return plane
    else:
        turn = nearest_orthonormal(covariance)
    if np.abs(turn - np.eye(2)).max() < ROUNDING:
        return plane
    return plane._replace(basis=plane.basis @ turn, places=plane.places @ turn)


def _likeness(places, before):
    """The cosine between the rows' places and what they were, along x and y; 1 where one of them is 0 throughout."""
    lengths = np.sqrt((places * places).sum(axis=0) * (before * before).sum(axis=0))
    return np.where(lengths > 0, (places * before).sum(axis=0) / np.where(lengths > 0, lengths, 1), 1.0)


def dimensions(activations, given):
    """The first two dimensions. (Where a person has chosen dimensions, the projector shows those by itself.)"""
    return Projected(of_dimensions(activations.shape[1], range(2)))


def pca(activations, given):
    """The first three principal components, which keep their signs from frame to frame."""
    width, before = activations.shape[1], given.before
    if before is not None and (before.of() is activations or not len(activations)):
        # Computed again, they would differ by rounding, and all points would move.
        basis, shares = before.basis, before.shares
    elif len(activations):
        basis, shares = principal(activations, None if before is None else before.basis)
    else:
        basis, shares = of_dimensions(width, range(3)), np.zeros(3)
    abrupt = False
    if before is None:
        # Between a layer and its activation the picture must not be mirrored.
        for other in given.near:
            basis = basis * np.where((basis * other.basis).sum(axis=0) < 0, -1, 1)
    else:
        abrupt = bool((np.abs((before.basis * basis).sum(axis=0)) < SAME).any())
    return Projected(basis, True, shares, Components(basis, shares, weakref.ref(activations)), abrupt)


def tour(activations, given):
    """A grand tour, in which the axis that a person holds stays where it is held."""
    width, view = activations.shape[1], given.view
    basis, seconds = (start_of_tour(width), None) if given.before is None else given.before
    now = view["tour_seconds"]
    if seconds is not None:
        basis = projection.tour(basis, max(seconds, now - TOUR_REST), now)
    if view["axis"] is not None and view["axis"][0] < width:
        basis = hold_axis(basis, *view["axis"])
    # A random plane in many dimensions shows about √(2 / width) of a distance, seldom more than 1.4 times that.
    reach = None
    if len(activations):
        centred = activations - activations.mean(axis=0, dtype=np.float64)
        reach = np.sqrt(np.einsum("ij,ij->i", centred, centred).max()) * min(1, np.sqrt(4 / width))
    return Projected(basis, keep=(basis, now), reach=reach)
