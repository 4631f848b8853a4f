"""How a layer of more than three dimensions is made flat or spatial.

Each function takes `(activations, view, before, near)`: the layer's outputs (rows, width), the request's view, what was
kept of the layer's last projection or None, and what was kept of layers that differ from it only by a normalization or
an activation; it returns a `Projected`. Its name is its key in the registry, where `by_width` says that layers of one
width keep what they keep together.
"""

import weakref
from typing import Any, NamedTuple

import numpy as np

from lab import projection
from lab.projection import hold_axis, of_dimensions, principal, start_of_tour

# A component whose cosine with the one of its rank a frame ago is less has changed places, or turned too far to jump.
SAME = 0.9
# A tour goes on where it was left, and makes up for this many seconds at most.
TOUR_REST = 1.0


class Projected(NamedTuple):
    """How activations are seen: at activations @ `basis`, shape (width, 3), around their mean.

    `spatial`: whether in space, to be turned; `shares`, shape (3,), are the principal components' shares of the
    variance, or none; `keep` is what the function is given as `before` next time; `abrupt`: whether this is so far
    from what was seen before that the picture should glide there; `reach`: how far to scale the picture out, or None
    for as far as the points reach.
    """

    basis: np.ndarray
    spatial: bool = False
    shares: np.ndarray = np.zeros(0)
    keep: Any = None
    abrupt: bool = False
    reach: float | None = None


class Components(NamedTuple):
    """Principal components `of()` activations, as long as these are looked at: their `basis` and `shares`."""

    basis: np.ndarray
    shares: np.ndarray
    of: weakref.ref


def dimensions(activations, view, before, near):
    """The first two dimensions; the projector itself shows those that are chosen."""
    return Projected(of_dimensions(activations.shape[1], range(2)))


def pca(activations, view, before, near):
    """The first three principal components, which keep their signs from frame to frame."""
    width = activations.shape[1]
    if before is not None and (before.of() is activations or not len(activations)):
        # Found again they would differ by rounding, and all points would have moved.
        basis, shares = before.basis, before.shares
    elif len(activations):
        basis, shares = principal(activations, None if before is None else before.basis)
    else:
        basis, shares = of_dimensions(width, range(3)), np.zeros(3)
    abrupt = False
    if before is None:
        # Between a layer and its activation the picture must not turn inside out.
        for other in near:
            basis = basis * np.where((basis * other.basis).sum(axis=0) < 0, -1, 1)
    else:
        abrupt = bool((np.abs((before.basis * basis).sum(axis=0)) < SAME).any())
    return Projected(basis, True, shares, Components(basis, shares, weakref.ref(activations)), abrupt)


def tour(activations, view, before, near):
    """A grand tour, with the held axis where it is wanted."""
    width = activations.shape[1]
    basis, seconds = (start_of_tour(width), None) if before is None else before
    now = view["tour_seconds"]
    if seconds is not None:
        basis = projection.tour(basis, max(seconds, now - TOUR_REST), now)
    if view["axis"] is not None and view["axis"][0] < width:
        basis = hold_axis(basis, *view["axis"])
    # A plane at random in many dimensions shows √(2 / width) of a distance, seldom more than 1.4 times that.
    reach = None
    if len(activations):
        centred = activations - activations.mean(axis=0, dtype=np.float64)
        reach = np.sqrt(np.einsum("ij,ij->i", centred, centred).max()) * min(1, np.sqrt(4 / width))
    return Projected(basis, keep=(basis, now), reach=reach)
