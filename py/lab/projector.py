"""What projections must remember from frame to frame: signs of components, tours, and pictures to turn into others."""

from typing import NamedTuple

import numpy as np

from lab.projection import ease, hold_axis, morph, of_dimensions, principal, start_of_tour, tour
from spec import shape

# A change of projection takes so many seconds.
DURATION = 0.6
# A component whose cosine with the one of its rank a frame ago is less has changed places, or turned too far to jump.
SAME = 0.9
# A tour shows handles for so many dimensions.
HANDLES = 16
# A tour goes on where it was left, and makes up for this many seconds at most.
TOUR_REST = 1.0


class Projection(NamedTuple):
    """How a layer is shown: its activations are drawn at activations @ basis - centre, which `spatial` ones then turn.

    `basis` (width, 3) and `centre` (3,) are float32; a flat picture has z = 0. `middle` (2,), float32, is where the
    middle of the picture lies after all that, and `half` > 0 how far the points reach from it. `shares` (3,), float32,
    are the principal components' shares of the variance, or none. `axes` (k, 3), float32, are rows (dimension, x, y):
    the tips of the layer's axes in units of the unit circle, already turned where the picture is.
    """

    basis: np.ndarray
    centre: np.ndarray
    half: float
    spatial: bool
    shares: np.ndarray
    axes: np.ndarray
    middle: np.ndarray


class Projector:
    """Projects the layers of one run. A layer that stays in sight never jumps from one projection to another."""

    def __init__(self, experiment):
        self._layers = {}
        # Layers of one width are toured together, so that what lies between two of them is seen in the same plane.
        tours: dict[int, _Tour] = {}
        block: list[_Memory] = []
        for name, kind, width in shape.layers(experiment):
            if kind in ("input", "dense"):
                block = []
            self._layers[name] = _Memory(width, tours.setdefault(width, _Tour(width)), block)
            block.append(self._layers[name])
        self._seconds = self._seconds_before = None

    @property
    def moving(self):
        """Whether a layer of the latest drawing is on its way to another projection."""
        return any(layer.start is not None for layer in self._layers.values() if layer.seconds == self._seconds)

    def project(self, layer, activations, view):
        """The `Projection` of a layer by its activations for the points, shape (points, width); `view` as requested.

        Points with an activation that is not finite are left out of account.
        """
        if view["seconds"] != self._seconds:
            self._seconds, self._seconds_before = view["seconds"], self._seconds
        memory = self._layers[layer]
        in_sight = memory.seconds is not None and memory.seconds in (self._seconds, self._seconds_before)
        return memory.project(_finite(activations), view, animate=in_sight and not view["calm"])


class _Picture(NamedTuple):
    """What changes gradually from one projection to the next."""

    basis: np.ndarray
    centre: np.ndarray
    middle: np.ndarray
    half: float


class _Tour:
    """A grand tour: its basis when it was seen last."""

    def __init__(self, width):
        self.basis = start_of_tour(width)
        self.seconds = None

    def basis_at(self, view):
        """The basis now, with the held axis where it is wanted."""
        now = view["tour_seconds"]
        if self.seconds is not None:
            self.basis = tour(self.basis, max(self.seconds, now - TOUR_REST), now)
        if view["axis"] is not None and view["axis"][0] < len(self.basis):
            self.basis = hold_axis(self.basis, *view["axis"])
        self.seconds = now
        return self.basis


class _Memory:
    """A layer as it was shown last. `block`: layers that differ from it only by a normalization or an activation."""

    def __init__(self, width, tour, block):
        self.tour, self.block = tour, block
        self.kind = None
        self.shown = self.origin = _Picture(np.zeros((width, 3)), np.zeros(3), np.zeros(2), 1.0)
        # When the picture started to change from `origin`, or None; when the layer was shown last.
        self.start = self.seconds = None
        self.turn = np.eye(3)
        self.components = None
        self.shares = np.zeros(3)

    def project(self, points, view, animate):
        width = points.shape[1]
        kind = _kind(width, view)
        changed = kind != self.kind
        turn = np.reshape(view["turn"], (3, 3)) if _is_spatial(kind) else np.eye(3)
        if kind[0] == "pca":
            basis, abruptly = self._follow_components(points)
            changed = changed or abruptly
        elif kind[0] == "tour":
            basis = self.tour.basis_at(view)
        else:
            basis = of_dimensions(width, kind[1:])
        target = _picture(points, basis, kind) if len(points) else self.shown._replace(basis=basis)

        if not animate:
            self.start = None
        elif changed:
            self.origin, self.start = _turned(self.shown, self.turn, turn), view["seconds"]
        share = 1.0 if self.start is None else ease((view["seconds"] - self.start) / DURATION)
        if share >= 1:
            self.start = None
        shown = _Picture(*(morph(before, after, share) for before, after in zip(self.origin, target, strict=True)))
        self.kind, self.shown, self.turn, self.seconds = kind, shown, turn, view["seconds"]
        return Projection(
            basis=_float32(shown.basis),
            centre=_float32(shown.centre),
            half=float(shown.half),
            spatial=_is_spatial(kind),
            shares=_float32(self.shares if kind[0] == "pca" else np.zeros(0)),
            axes=_axes(shown.basis, kind, turn),
            middle=_float32(shown.middle),
        )

    def _follow_components(self, points):
        """The principal components as a basis, and whether they have changed abruptly."""
        before = self.components
        if len(points):
            after, self.shares = principal(points, before)
        else:
            after = of_dimensions(points.shape[1], range(3)) if before is None else before
        if before is None:
            # Between a layer and its activation the picture must not turn inside out.
            for other in self.block:
                if other.components is not None:
                    after = after * np.where((after * other.components).sum(axis=0) < 0, -1, 1)
        self.components = after
        return after, before is not None and bool((np.abs((before * after).sum(axis=0)) < SAME).any())


def _kind(width, view):
    """What is shown: ("pca",), ("tour",) or ("dimensions", …), which can be compared."""
    if width <= 3 or view["projection"] == "dimensions":
        return ("dimensions", *shape.dimensions_of(view, width))
    return (view["projection"],)


def _is_spatial(kind):
    return kind[0] == "pca" or len(kind) == 4


def _finite(activations):
    good = np.isfinite(activations).all(axis=1)
    return activations if good.all() else activations[good]


def _picture(points, basis, kind):
    """Where at least one point lies in a projection."""
    if kind[0] == "dimensions":
        positions = points[:, list(kind[1:])].astype(np.float64)
        if not _is_spatial(kind):
            low, high = positions.min(axis=0), positions.max(axis=0)
            middle = np.zeros(2)
            middle[: len(low)] = (low + high) / 2
            return _Picture(basis, np.zeros(3), middle, _reach((high - low).max() / 2, positions))
        centre = positions.mean(axis=0)
        reach = _largest_norm(positions - centre)
    else:
        mean = points.mean(axis=0, dtype=np.float64)
        centre, positions = mean @ basis, points
        if kind[0] == "pca":
            reach = _largest_norm(points @ basis - centre)
        else:
            # A plane at random in many dimensions shows √(2 / width) of a distance, seldom more than 1.4 times that.
            reach = _largest_norm(points - mean) * min(1, np.sqrt(4 / points.shape[1]))
    return _Picture(basis, centre, np.zeros(2), _reach(reach, positions))


def _largest_norm(vectors):
    return np.sqrt(np.einsum("ij,ij->i", vectors, vectors).max())


def _reach(reach, positions):
    """A distance to scale the picture by: 1 where points lie apart only by rounding, or not at all."""
    return reach if reach > 1e-6 * np.abs(positions).max() else 1.0


def _turned(picture, before, after):
    """A picture that looks, turned by `after`, as it does turned by `before`."""
    if (before == after).all():
        return picture
    turn = before.T @ after
    return picture._replace(basis=picture.basis @ turn, centre=picture.centre @ turn)


def _axes(basis, kind, turn):
    if not _is_spatial(kind) and kind[0] == "dimensions":
        return np.zeros((0, 3), np.float32)
    numbers = list(kind[1:]) or range(min(len(basis), HANDLES))
    return _float32(np.column_stack([numbers, basis[numbers] @ turn[:2].T]))


def _float32(array):
    largest = np.finfo(np.float32).max
    return np.clip(array, -largest, largest).astype(np.float32)
