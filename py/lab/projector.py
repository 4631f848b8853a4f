"""Projects layers, and remembers from frame to frame what that needs: signs of components, tours, gradual changes."""

from typing import Any, NamedTuple

import numpy as np

from lab.choices import function_of
from lab.projection import ease, morph, of_dimensions
from lab.projections import Given, Projected
from spec import registry, shape

# The time, in seconds, in which one projection changes to another.
DURATION = 0.6
# A tour and principal components show the axes of so many dimensions, which a tour lets a person drag.
HANDLES = 16


class Projection(NamedTuple):
    """How a layer is shown: its activations are drawn at activations @ basis - centre, then turned if `spatial`.

    `basis` (width, 3) and `centre` (3,) are float32; a flat picture has z = 0. `middle` (2,), float32, is the middle of
    the picture after that, and `half` > 0 is how far the points reach from it. `shares` (3,), float32, are the
    principal components' shares of the variance, or empty. `axes` (k, 3), float32, are rows (dimension, x, y): the tips
    of the layer's axes relative to the unit circle, turned if the picture is. `upright` (1,), float32, is the x of the
    line by which separability counts, or empty where it does not stand upright. `apart`, from 0 to 1: how far a picture
    between this layer and its activation is from being seen through one basis; at 1, every place goes straight from the
    one layer's picture to the other's.
    """

    basis: np.ndarray
    centre: np.ndarray
    half: float
    spatial: bool
    shares: np.ndarray
    axes: np.ndarray
    middle: np.ndarray
    upright: np.ndarray
    apart: float


class Projector:
    """Projects the layers of one run. A layer that stays on screen changes gradually from one projection to another."""

    def __init__(self, experiment):
        self._layers = {}
        # Width -> what layers of that width share, so that the way between two of them is seen in one plane.
        shared: dict[int, dict[str, Any]] = {}
        block: list[_ShownLayer] = []
        before = None
        self._classes = shape.shape_of(experiment).task == registry.CLASSIFICATION
        for layer in shape.layers(experiment):
            if layer.kind in ("input", "dense"):
                block = []
            shown = _ShownLayer(layer.width, shared.setdefault(layer.width, {}), block)
            self._layers[layer.name] = shown
            block.append(shown)
            if before is not None:
                before.beside.append(shown)
                shown.beside.append(before)
            before = shown
        self._seconds = self._seconds_before = None

    @property
    def moving(self):
        """Whether a layer of the latest drawing is changing to another projection."""
        shown = [layer for layer in self._layers.values() if layer.seconds == self._seconds]
        return any(layer.start is not None or layer.moving for layer in shown)

    def project(self, layer, activations, view, probe=None):
        """The `Projection` of a layer, given its activations, shape (rows, width), and the request's `view`.

        `probe` are the weights of the layer's linear probe if the projection wants them, see `projections`. Rows with
        an activation that is not finite are ignored.
        """
        if view["seconds"] != self._seconds:
            self._seconds, self._seconds_before = view["seconds"], self._seconds
        shown = self._layers[layer]
        beside = [layer.places for layer in shown.beside if self._in_sight(layer)]
        given = Given(view, in_sight=self._in_sight(shown), probe=probe, classes=self._classes, beside=beside)
        return shown.project(_finite(activations), given)

    def _in_sight(self, shown):
        """Whether a layer is in this picture or was in the last one."""
        return shown.seconds is not None and shown.seconds in (self._seconds, self._seconds_before)


class _Picture(NamedTuple):
    """What changes gradually from one projection to the next."""

    basis: np.ndarray
    centre: np.ndarray
    middle: np.ndarray
    half: float
    apart: float


class _ShownLayer:
    """A layer as it was shown last.

    `shared`: the `keep` of each projection that all layers of this width share. `block`: the layers that differ from
    each other only by a normalization or an activation, this one included. `beside`: the layers before and after it.
    """

    def __init__(self, width, shared, block):
        self.shared, self.block = shared, block
        self.beside: list[_ShownLayer] = []
        self.kept: dict[str, Any] = {}
        self.kind = None
        self.shown = self.origin = _Picture(np.zeros((width, 3)), np.zeros(3), np.zeros(2), 1.0, 0.0)
        # The time at which the picture started to change from `origin`, or None; the time of the last drawing.
        self.start = self.seconds = None
        # Whether the projection says that it will change by itself.
        self.moving = False
        self.turn = np.eye(3)
        # Where the rows lie, shape (rows, 2), for the layers beside this one.
        self.places = np.zeros((0, 2))

    def project(self, points, given):
        width, view = points.shape[1], given.view
        kind = _kind(width, view)
        if kind[0] == "dimensions":
            found = Projected(of_dimensions(width, kind[1:]), len(kind) == 4)
        else:
            found = self._projected(kind[0], points, given)
        changed = kind != self.kind or found.abrupt
        turn = np.reshape(view["turn"], (3, 3)) if found.spatial else np.eye(3)
        target = _picture(points, found, kind) if len(points) else self.shown._replace(basis=found.basis)

        if not given.in_sight or view["calm"]:
            self.start = None
        elif changed:
            self.origin, self.start = _turned(self.shown, self.turn, turn), view["seconds"]
        share = 1.0 if self.start is None else ease((view["seconds"] - self.start) / DURATION)
        if share >= 1:
            self.start = None
        shown = _Picture(*(morph(before, after, share) for before, after in zip(self.origin, target, strict=True)))
        self.kind, self.shown, self.turn, self.seconds = kind, shown, turn, view["seconds"]
        if registry.trait("projection", view["projection"], "by_probe"):
            places = found.places
            self.places = ((points @ target.basis - target.centre) @ turn.T)[:, :2] if places is None else places
        self.moving = found.moving
        has_line = found.upright is not None and self.start is None
        return Projection(
            basis=_float32(shown.basis),
            centre=_float32(shown.centre),
            half=float(shown.half),
            spatial=found.spatial,
            shares=_float32(found.shares),
            axes=_axes(_directions(shown.basis) if found.apart else shown.basis, kind, turn),
            middle=_float32(shown.middle),
            upright=_float32(np.array([found.upright - target.centre[0]] if has_line else [])),
            apart=float(shown.apart),
        )

    def _projected(self, key, points, given):
        """The `Projected` of a projection of the registry; keeps its `keep`."""
        kept = self.shared if registry.trait("projection", key, "by_width") else self.kept
        near = [other.kept[key] for other in self.block if other is not self and key in other.kept]
        found = function_of("projection", key)(points, given._replace(before=kept.get(key), near=near))
        kept[key] = found.keep
        return found


def _kind(width, view):
    """The projection as a tuple, to be compared: ("pca",), ("tour",) or ("dimensions", …)."""
    if width <= 3 or view["projection"] == "dimensions":
        return ("dimensions", *shape.dimensions_of(view, width))
    return (view["projection"],)


def _finite(activations):
    good = np.isfinite(activations).all(axis=1)
    return activations if good.all() else activations[good]


def _picture(points, projected, kind):
    """The `_Picture` that shows at least one point in a projection."""
    basis = projected.basis
    if kind[0] == "dimensions":
        positions = points[:, list(kind[1:])].astype(np.float64)
        if not projected.spatial:
            low, high = positions.min(axis=0), positions.max(axis=0)
            middle = np.zeros(2)
            middle[: len(low)] = (low + high) / 2
            return _Picture(basis, np.zeros(3), middle, _reach((high - low).max() / 2, positions), 0.0)
        centre = positions.mean(axis=0)
        return _Picture(basis, centre, np.zeros(2), _reach(_largest_norm(positions - centre), positions), 0.0)
    centre = points.mean(axis=0, dtype=np.float64) @ basis
    reach = projected.reach
    if reach is None:
        reach = _largest_norm(points @ basis - centre)
    half = (projected.reach or 1.0) if projected.apart else _reach(reach, points)
    return _Picture(basis, centre, np.zeros(2), half, float(projected.apart))


def _largest_norm(vectors):
    return np.sqrt(np.einsum("ij,ij->i", vectors, vectors).max())


def _reach(reach, positions):
    """The distance by which to scale the picture: `reach`, or 1 if the points differ by no more than rounding."""
    return reach if reach > 1e-6 * np.abs(positions).max() else 1.0


def _turned(picture, before, after):
    """The picture that, turned by `after`, looks as the given one does turned by `before`."""
    if (before == after).all():
        return picture
    turn = before.T @ after
    return picture._replace(basis=picture.basis @ turn, centre=picture.centre @ turn)


def _axes(basis, kind, turn):
    if kind[0] == "dimensions" and len(kind) < 4:
        return np.zeros((0, 3), np.float32)
    numbers = list(kind[1:]) if kind[0] == "dimensions" else range(min(len(basis), HANDLES))
    return _float32(np.column_stack([numbers, basis[numbers] @ turn[:2].T]))


def _directions(basis):
    """The columns of a basis at a length of 1, except those that are 0."""
    lengths = np.linalg.norm(basis, axis=0)
    return basis / np.where(lengths > 0, lengths, 1)


def _float32(array):
    largest = np.finfo(np.float32).max
    return np.clip(array, -largest, largest).astype(np.float32)
