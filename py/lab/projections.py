"""The projections by which a layer of more than three dimensions is shown in two or three.

Each function takes `(activations, given)` and returns a `Projected`. `activations` are the layer's outputs, shape
(rows, width); `given` is a `Given`. The function's name is its key in the registry, where `by_width` says that layers
of the same width share their `keep`, and `by_probe` that the function wants the layer's probe.
"""

import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lab import best_view, projection
from lab.projection import hold_axis, of_dimensions, principal, start_of_tour

# If a component's cosine with the previous component of the same rank is less than this, two components have changed
# places, or this one has turned so far that the picture would jump.
SAME = 0.9
# A tour that was not shown for a while goes on from where it was, but catches up by no more than this many seconds.
TOUR_REST = 1.0


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
    whether this is so different from the last projection that the picture should change gradually. `reach`: how far the
    picture has to reach from its middle, or None for as far as the points do.
    `upright`: activations @ basis[:, 0] on the line by which separability counts, or None. `places`: where the rows lie
    in a flat picture, shape (rows, 2), if the function knows. `moving`: whether it will change by itself. `apart`: see
    `projector.Projection`.
    """

    basis: np.ndarray
    spatial: bool = False
    shares: np.ndarray = np.zeros(0)
    keep: Any = None
    abrupt: bool = False
    reach: float | None = None
    upright: float | None = None
    places: np.ndarray | None = None
    moving: bool = False
    apart: bool = False


class Components(NamedTuple):
    """Principal components: their `basis`, their `shares`, and `of()`, the activations, or None if these are gone."""

    basis: np.ndarray
    shares: np.ndarray
    of: weakref.ref


class BestView(NamedTuple):
    """A best view: its `plane`, what was `shown` of it, its `probe`, and `of()`, the activations or None."""

    plane: best_view.Plane
    shown: best_view.Shown
    probe: np.ndarray | None
    of: weakref.ref


def best(activations, given):
    """The plane in which the classes are parted best, see `best_view`."""
    before, seconds = given.before, given.view["seconds"]
    followed = None if before is None else before.plane
    if before is None or before.probe is not given.probe:
        plane = best_view.best_plane(activations, given.probe, given.classes, followed)
    elif before.of() is activations:
        # Computed again, it would differ by rounding, and all points would move.
        plane = followed
    elif given.probe is None:
        plane = best_view.best_plane(activations, None, given.classes, followed)
    else:
        # Of a wide layer both the probe and the plane take too long for every picture.
        plane = best_view.of_other(followed, activations)
    if before is not None and (given.in_sight or not given.beside):
        plane = best_view.aligned(plane, before.shown.places)
    elif given.beside:
        plane = best_view.aligned(plane, given.beside[0])
    if before is None or not given.in_sight or given.view["calm"]:
        shown = best_view.at_once(plane, seconds)
    else:
        shown = best_view.glided(plane, before.shown, activations, seconds)
    return Projected(
        np.pad(shown.basis, [(0, 0), (0, 1)]),
        keep=BestView(plane, shown, given.probe, weakref.ref(activations)),
        reach=np.sqrt(np.square(shown.places).sum(axis=1).max()) if plane.scaled else 0.0,
        upright=shown.upright,
        places=shown.places,
        moving=bool(shown.gliding.any()),
        apart=True,
    )


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
