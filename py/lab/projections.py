"""The projections by which a layer of more than three dimensions is shown in two or three.

Each function takes `(activations, view, before, near)` and returns a `Projected`. `activations` are the layer's
outputs, shape (rows, width), and `view` is the request's. `before` is the `keep` of the layer's last projection, or
None; `near` is a list of the `keep`s of layers that differ from this one only by a normalization or an activation. The
function's name is its key in the registry, where `by_width` says that layers of the same width share their `keep`.
"""

import weakref
from typing import Any, NamedTuple

import numpy as np

from lab import projection
from lab.projection import hold_axis, of_dimensions, principal, start_of_tour

# If a component's cosine with the previous component of the same rank is less than this, two components have changed
# places, or this one has turned so far that the picture would jump.
SAME = 0.9
# A tour that was not shown for a while goes on from where it was, but catches up by no more than this many seconds.
TOUR_REST = 1.0


class Projected(NamedTuple):
    """A way to show activations: at activations @ `basis`, shape (width, 3), around their mean.

    `spatial`: whether the picture has three dimensions and can be turned. `shares`, shape (3,): the principal
    components' shares of the variance, or empty. `keep`: what the function gets as `before` the next time. `abrupt`:
    whether this is so different from the last projection that the picture should change gradually. `reach`: how far the
    picture has to reach from its middle, or None for as far as the points do.
    """

    basis: np.ndarray
    spatial: bool = False
    shares: np.ndarray = np.zeros(0)
    keep: Any = None
    abrupt: bool = False
    reach: float | None = None


class Components(NamedTuple):
    """Principal components: their `basis`, their `shares`, and `of()`, the activations, or None if these are gone."""

    basis: np.ndarray
    shares: np.ndarray
    of: weakref.ref


def dimensions(activations, view, before, near):
    """The first two dimensions. (Where a person has chosen dimensions, the projector shows those by itself.)"""
    return Projected(of_dimensions(activations.shape[1], range(2)))


def pca(activations, view, before, near):
    """The first three principal components, which keep their signs from frame to frame."""
    width = activations.shape[1]
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
        for other in near:
            basis = basis * np.where((basis * other.basis).sum(axis=0) < 0, -1, 1)
    else:
        abrupt = bool((np.abs((before.basis * basis).sum(axis=0)) < SAME).any())
    return Projected(basis, True, shares, Components(basis, shares, weakref.ref(activations)), abrupt)


def tour(activations, view, before, near):
    """A grand tour, in which the axis that a person holds stays where it is held."""
    width = activations.shape[1]
    basis, seconds = (start_of_tour(width), None) if before is None else before
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
