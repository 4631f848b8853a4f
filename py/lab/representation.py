"""The right view: points, grid and boundary in the representation of a layer, or between two consecutive layers.

A picture is a weighted sum of terms: one for the layer at the playhead and, if that is between two layers, one for the
next. If the next layer is an element-wise activation, both are seen through the same basis, so that a point moves
along (1 - t) x + t sigma(x). Where the projection keeps the two apart, as the best view does, each has its own basis,
and a point moves along the straight line between its two places.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from lab import contour, layers
from lab.contour import BREAK, LIMIT
from lab.plane import SPREAD, golden_spread, projected
from spec import registry, shape

# The picture shows all of the bent grid, unless that would leave the points in a small part of its middle: up to so
# many times the distance of the farthest point.
GRID_REACH = 4
# The number of depths that are drawn differently; that of the grid's border in a flat picture, and of what is in it.
DEPTHS = 4
NEAR, INNER = DEPTHS - 1, 1
# The grid has so many squares a side.
SQUARES = 12
# Half the picture in units of a path.
UNITS = 20_000
# What the terms of a layer and its activation have in common.
SHARED = ("basis", "centre", "half")
# How wide a mark is, as a share of half the picture. More points than that within a mark are more than a few, if they
# are also as large a share of all. No side of what is looked at is as wide as so many marks.
MARK, LEAST_HEAP, LEAST_SHARE, ACROSS = 0.02, 5, 0.1, 512


class Term(NamedTuple):
    """A layer's part in the picture: see `projector.Projection`."""

    layer: str
    weight: float
    basis: np.ndarray
    centre: np.ndarray
    middle: np.ndarray
    half: float
    spatial: bool


def next_layer(experiment, layer):
    """The `shape.Layer` after the one of that name, or None."""
    every = shape.layers(experiment)
    index = [each.name for each in every].index(layer) + 1
    return every[index] if index < len(every) else None


def layers_shown(experiment, view):
    """The name of the layer at the playhead and, if the playhead is between two layers, of the next one: a list."""
    after = next_layer(experiment, view["layer"])
    return [view["layer"], after.name] if view["morph"] > 0 and after else [view["layer"]]


def terms(experiment, view, projections):
    """The picture's `Term`s; `projections` are those of `layers_shown`, in order."""
    t = view["morph"] if len(projections) == 2 else 0.0
    shown = [
        Term(name, weight, projection.basis, projection.centre, projection.middle, projection.half, projection.spatial)
        for name, weight, projection in zip(layers_shown(experiment, view), (1 - t, t), projections, strict=False)
    ]
    if len(shown) == 2 and next_layer(experiment, view["layer"]).kind in registry.entries("activation"):
        apart = max(projection.apart for projection in projections)
        if apart < 1:
            one, other = shown
            common = {name: _between(getattr(one, name), getattr(other, name), t) for name in SHARED}
            shown = [
                term._replace(**{name: _between(common[name], getattr(term, name), apart) for name in SHARED})
                for term in shown
            ]
    return shown


def upright(terms, projections):
    """The x of the line by which separability counts, float32, shape (1,); empty where a layer's is not upright.

    Between two layers it is between theirs: a point that is to the right of both is to the right of it.
    """
    lines = [term.weight * projection.upright for term, projection in zip(terms, projections, strict=True)]
    return np.sum(lines, axis=0, dtype=np.float32) if all(map(len, lines)) else np.zeros(0, np.float32)


def _between(one, other, t):
    return (1 - t) * one + t * other


def half_of(terms):
    """How far the picture reaches from its middle."""
    return sum(term.weight * term.half for term in terms)


def extent(terms):
    """The picture's middle and how far it reaches: (x, y, half), float32."""
    x, y = (sum(term.weight * float(term.middle[axis]) for term in terms) for axis in range(2))
    return np.array([x, y, half_of(terms)], np.float32)


def extent_with(extent, places, spatial):
    """The `extent` enlarged so that it shows `places`, shape (3, rows), too, but by no more than `GRID_REACH` times.

    For a `spatial` picture it does not depend on how the picture is turned.
    """
    middle = np.array([*extent[:2], 0], np.float32)[:, None]
    away = np.abs(places - middle)
    reach = np.sqrt((away * away).sum(axis=0)) if spatial else np.maximum(away[0], away[1])
    reach = reach[np.isfinite(reach)]
    if not len(reach):
        return extent
    most = GRID_REACH * float(extent[2])
    return np.array([*extent[:2], max(float(extent[2]), min(float(reach.max()), most))], np.float32)


def positions(terms, places, turn, spread=False):
    """The positions of samples, shape (3, rows) float32: to the right, up, and towards the eye.

    `places` holds, for each term, the layer's activations @ its basis, shape (rows, 3). Spatial terms are turned by
    `turn`, shape (3, 3); flat ones lie at the nearest depth that a spatial one can have. With `spread`, the samples of
    a layer of one neuron are given different heights.
    """
    total = None
    for term, place in zip(terms, places, strict=True):
        # Row by row: NumPy is slow where the last axis has a length of 3.
        place = place.T.copy()
        place -= term.centre[:, None]
        if term.spatial:
            place = turn @ place
        else:
            place[2] = term.half
            if spread and len(term.basis) == 1:
                place[1] += golden_spread(place.shape[1]) * np.float32(SPREAD * term.half)
        if len(terms) > 1:
            place *= np.float32(term.weight)
        total = place if total is None else total + place
    return total


class Samples(NamedTuple):
    """Positions for a path: `x` and `y` in whole units, `depth`, and `finite`: which are finite, or None for all."""

    x: np.ndarray
    y: np.ndarray
    depth: np.ndarray
    finite: np.ndarray | None


def samples(positions, half):
    """`Samples` of positions, shape (3, rows); `depth` goes from 0, far, to `DEPTHS`, near."""
    finite = None
    if not math.isfinite(positions.sum()):
        finite = np.isfinite(positions).all(axis=0)
        positions = np.where(finite, positions, 0)
    # Not `np.clip`: for few numbers it takes longer than all of this.
    scaled = np.rint(positions[:2] * np.float32(UNITS / half))
    x, y = np.maximum(np.minimum(scaled, np.float32(LIMIT)), np.float32(-LIMIT)).astype(np.int32)
    depth = positions[2] * np.float32(DEPTHS / 2 / half)
    return Samples(x, y, depth + np.float32(DEPTHS / 2), finite)


def _bucket(depth):
    return np.maximum(np.minimum(depth, np.float32(DEPTHS - 1)), np.float32(0)).astype(np.uint8)


def _last_of_runs(values):
    """Whether each value is the last of a run of equal ones."""
    result = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=result[:-1])
    return result


def grid_lines(task, samples, shades, resolution, spatial):
    """The lines of the bent grid: `(lines, line_groups)`, a path and its groups as rows (key, count).

    `samples` and `shades` (see `task.shades`) belong to the corners of resolution × resolution squares. A key is
    class · 4 + depth; for regression the level takes the place of the class. In a flat picture the grid's border is
    near, and all else farther away.
    """
    first, second, flat_depths = _segments(resolution)
    classes = task.colours
    rank = task.colours_between(shades[:, first], shades[:, second])
    if spatial:
        rank += np.uint8(classes) * _bucket((samples.depth[first] + samples.depth[second]) * np.float32(0.5))
    else:
        rank += np.uint8(classes) * flat_depths
    # Consecutive segments of the same rank are one polyline; a line of the grid ends after `resolution` segments.
    ends_run = _last_of_runs(rank)
    ends_run[resolution - 1 :: resolution] = True
    if samples.finite is not None:
        good = samples.finite[first] & samples.finite[second]
        ends_run[:-1] |= ~good[1:]
        first, second, rank, ends_run = first[good], second[good], rank[good], ends_run[good]
    # NumPy sorts numbers of one byte by counting, which is fast.
    order = rank.argsort(kind="stable")
    first, rank, ends_run = first[order], rank[order], ends_run[order]
    ends_group = _last_of_runs(rank)
    # Each segment writes its first point. The last one of a polyline also writes its second point and, unless it is the
    # last of its group, a BREAK.
    sizes = ends_run * np.int32(3)
    sizes += np.int32(2)
    sizes -= ends_group
    ends = sizes.cumsum()
    starts = ends - sizes
    lines = np.full(ends[-1] if len(ends) else 0, BREAK, np.int32)
    lines[starts] = samples.x[first]
    lines[starts + 1] = samples.y[first]
    last = ends_run.nonzero()[0]
    starts, second = starts[last], second[order[last]]
    lines[starts + 2] = samples.x[second]
    lines[starts + 3] = samples.y[second]
    groups = [divmod(int(number), classes) for number in rank[ends_group]]
    return lines, _rows([label * DEPTHS + depth for depth, label in groups], ends[ends_group])


@lru_cache(maxsize=8)
def _segments(resolution):
    """The indices of the lattice's samples at the two ends of every segment of the grid's lines, and its flat depth."""
    side = resolution + 1
    index = np.arange(side * side).reshape(side, side)
    every = resolution // SQUARES
    lines = np.concatenate([index[::every], index.T[::every]])
    border = np.arange(len(lines)) % (SQUARES + 1) % SQUARES == 0
    depths = np.where(border, NEAR, INNER).astype(np.uint8)
    return lines[:, :-1].ravel(), lines[:, 1:].ravel(), depths.repeat(resolution)


def marks(samples, labels, held_out, selected, spatial):
    """The points in groups that are drawn alike: `(marks, mark_groups)`, a path and its groups as rows (key, count).

    `labels`, int, and `held_out` and `selected`, bool, have shape (points,). A key is held_out + 2 · selected + 4 ·
    depth + 16 · class. Groups are sorted by depth, far ones first, then by selected, held_out and class.
    """
    depth = _bucket(samples.depth) if spatial else np.full(len(labels), DEPTHS - 1, np.uint8)
    rank = (((depth * np.uint8(2) + selected) * np.uint8(2) + held_out) * np.uint8(16) + labels).astype(np.uint8)
    order = rank.argsort(kind="stable")
    if samples.finite is not None:
        order = order[samples.finite[order]]
    rank = rank[order]
    numbers = np.full((len(order), 3), BREAK, np.int32)
    numbers[:, 0] = samples.x[order]
    numbers[:, 1] = samples.y[order]
    kept = np.ones(numbers.shape, np.bool_)
    ends_group = _last_of_runs(rank)
    kept[ends_group, 2] = False
    ends = ends_group.nonzero()[0]
    keys = [(n >> 4 & 1) + 2 * (n >> 5 & 1) + 4 * (n >> 6) + 16 * (n & 15) for n in rank[ends].tolist()]
    return numbers[kept], _rows(keys, ends + 1)


def crosses(samples, rows, held_out, selected, spatial):
    """The points in `rows`, bool (points,), as `marks` has them; whatever their class, their keys are of class 0."""
    finite = None if samples.finite is None else samples.finite[rows]
    depth = samples.depth[rows] if spatial else samples.depth
    some = Samples(samples.x[rows], samples.y[rows], depth, finite)
    return marks(some, np.zeros(len(some.x), np.uint8), held_out[rows], selected[rows], spatial)


def heaps(points, half, labels=None):
    """Points that hide one another: rows (point, count, class), int32: `count` of them lie where one of them does.

    `points`, shape (2 or more, rows), are positions in a picture that reaches `half`. That all points lie within a mark
    is one heap of any class, which is -1; that all of a class do, if there are `labels`, is one of that class; else the
    largest heap, if it is large.
    """
    x, y = points[:2].astype(np.float64)
    count = len(x)
    side = MARK * float(half)
    large: float = max(LEAST_HEAP, count * LEAST_SHARE)
    if not count or not math.isfinite(x.sum() + y.sum()):
        return np.zeros((0, 3), np.int32)
    if np.ptp(x) <= side and np.ptp(y) <= side:
        return np.array([[0, count, -1]], np.int32)[: count > 1]
    found = []
    if labels is not None:
        order = labels.argsort(kind="stable")
        starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
        reach = [
            np.maximum.reduceat(places[order], starts) - np.minimum.reduceat(places[order], starts) for places in (x, y)
        ]
        sizes = np.diff(starts, append=count)
        close = (np.maximum(*reach) <= side) & (sizes > LEAST_HEAP)
        found = [(order[at], size, labels[order[at]]) for at, size in zip(starts[close], sizes[close], strict=True)]
    if not found:
        # Points can lie far out of the picture, where nobody sees a heap.
        (near,) = np.nonzero((np.abs(x) <= 2 * float(half)) & (np.abs(y) <= 2 * float(half)))
        across, up = x[near] / side + 2 / MARK, y[near] / side + 2 / MARK
        # Of four grids of squares as large as a mark, one has a square around any heap of half that size.
        for right, above in ((0, 0), (0.5, 0), (0, 0.5), (0.5, 0.5)):
            square = (across + right).astype(np.intp) * ACROSS + (up + above).astype(np.intp)
            most = np.bincount(square, minlength=1).argmax()
            size = int(np.count_nonzero(square == most))
            if size > large:
                large = size
                found = [(near[(square == most).argmax()], size, -1)]
    return np.array(found, np.int32).reshape(-1, 3)


def _rows(keys, ends):
    """Groups as rows (key, count); `ends` says where each group ends."""
    result = np.empty((len(keys), 2), np.int32)
    result[:, 0] = keys
    result[:, 1] = ends
    result[1:, 1] -= result[:-1, 1].copy()
    return result


def projected_crossings(experiment, terms, seen, crossings, classes):
    """For each term the layer's activations @ its basis at the crossings, shape (segments · 2, 3).

    Activations are interpolated between samples. Those of a softmax are computed from interpolated logits, because the
    crossings are zeros of differences of logits: only so are the two probabilities equal on the line.
    """
    kinds = {layer.name: layer.kind for layer in shape.layers(experiment)}
    result = []
    for term in terms:
        if kinds[term.layer] == "softmax":
            logits = contour.at(crossings, seen[shape.logits_layer(experiment)][:, :classes])
            output, _ = layers.softmax(logits.reshape(-1, classes), (), (), False)
            result.append(output @ term.basis)
        else:
            result.append(contour.at(crossings, projected(seen[term.layer])).reshape(-1, 3))
    return result
