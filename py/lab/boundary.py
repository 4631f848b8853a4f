"""The left view: the input plane in colours, the decision boundary, and the zero lines of neurons."""

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np

from lab import contour, level_lines
from lab.choices import function_of
from lab.plane import SHOWN, UNITS, corners
from spec import registry, shape

# The number of steps of certainty with colours of their own.
STEPS = 256
NOTHING = np.zeros(0, np.int32)
# The number of colours of a scale.
SAMPLES = 64


def shade(output, palette, shading="probability"):
    """RGBA pixels, shape (rows, 4) uint8, for a network's output, shape (rows, classes).

    Outputs are probabilities or, without a softmax, numbers that are trained towards 0 or 1. One class is shaded by its
    own output, two classes by the second one's. With more classes the colour is that of the largest output, and the
    certainty is how far that is above 1 / classes.

    `palette` has `classes`, an (r, g, b) for every class, and `neutral`, the colour of no preference. `shading` is a
    key of the registry.
    """
    classes = output.shape[1]
    if classes == 1:
        index = np.clip(output[:, 0], 0, 1) * np.float32(STEPS)
    elif classes == 2:
        index = np.clip(output[:, 1], 0, 1) * np.float32(2 * STEPS)
    else:
        certainty = (output.max(axis=1) * classes - 1) / (classes - 1)
        index = output.argmax(axis=1) * (STEPS + 1) + np.clip(certainty, 0, 1) * np.float32(STEPS)
    return _coloured(index, _table(shading, _colours(*palette["classes"][:classes], palette["neutral"])))


def shade_signed(values, scale, palette, shading="probability"):
    """RGBA pixels, shape (…, 4) uint8: -scale has the colour of negative, scale that of positive, 0 the neutral one.

    `palette` has `signs`, the (r, g, b) of negative and positive, and `neutral`. `scale` is positive and broadcasts
    against `values`, whose magnitudes must not exceed it.
    """
    index = values * (np.float32(STEPS) / scale)
    index += np.float32(STEPS)
    return _coloured(index, _table(shading, _colours(*palette["signs"], palette["neutral"])))


def _colours(*colours):
    """Colours as a key that can be hashed."""
    return tuple(map(tuple, colours))


def _coloured(index, table):
    """The table's colours at `index`, numbers from 0 up; where one is not finite, the last colour, which is neutral."""
    if not math.isfinite(index.sum()):
        index = np.where(np.isfinite(index), index, len(table) - 1)
    # One 32-bit number a pixel gathers four times as fast as four bytes, and indexing faster than `take`.
    return table[index.astype(np.intp)].view(np.uint8).reshape(*index.shape, 4)


def _table(shading, palette):
    return _table_of(function_of("shading", shading), palette)


@lru_cache(maxsize=8)
def _table_of(ramps_of, palette):
    """The table of colours, each one uint32; the last one is neutral.

    For two classes the others are ordered by the second class's score, from 0 to 1 in 2 · STEPS steps; else by class,
    then by certainty, from 0 to 1 in STEPS steps.
    """
    *colours, neutral = (np.array(colour, float) for colour in palette)
    ramps = ramps_of(np.linspace(0, 1, STEPS + 1)[:, None], colours, neutral)
    if len(ramps) == 2:
        ramps = [ramps[0][:0:-1], ramps[1]]
    table = np.concatenate([*ramps, neutral[None]])
    return np.pad(table, [(0, 0), (0, 1)], constant_values=255).round().astype(np.uint8).view(np.uint32).ravel()


def draw(task, last, resolution, view, neuron=None, on_plane=None):
    """The left view as a dict: `pixels`, shape (resolution + 1, resolution + 1, 4), `contour` and `contour_labels`.

    `last` are the last two layers' outputs at the corners of resolution × resolution squares. `neuron` is `(values,
    scale)`, see `shade_signed`, if the plane is to be shaded by a neuron. `contour` is the path of the boundary
    or, for regression, of lines at round numbers, and `contour_labels` are these numbers, see `level_lines.lines`; both
    in units of the plane. Where numbers go up on the `plane.Plane`, it is the path of the predicted curve.
    """
    side = resolution + 1
    signed = neuron or task.signed(last[-1])
    if signed:
        values, scale = signed
        pixels = shade_signed(values, scale, view["palette"], view["shading"])
    else:
        pixels = shade(last[-1][:, : task.outputs], view["palette"], view["shading"])
    line, labels = NOTHING, level_lines.NO_LABELS
    if view["contour"] and on_plane and on_plane.up:
        line = curve(task.in_units(last[-1][:side, 0]), on_plane)
    elif view["contour"] and task.name == registry.REGRESSION:
        line, labels = level_lines.lines(last[-1][:, 0], task.levels, task.numbers)
    elif view["contour"]:
        crossings = contour.crossings(task.margins(last).reshape(-1, side, side))
        line = contour.as_path(contour.at(crossings, corners(resolution)), 1)
    return {"pixels": pixels.reshape(side, side, 4), "contour": line, "contour_labels": labels}


def curve(numbers, on_plane):
    """The path of a curve through evenly spaced samples from the left edge to the right, in units of the plane.

    `numbers` are the samples' heights, in the units of the numbers that go up. Each two samples make a segment, so that
    one that is not finite breaks the curve.
    """
    across = np.linspace(-UNITS, UNITS, len(numbers))
    up = (on_plane.heights(numbers) - on_plane.y) / on_plane.unit
    places = np.stack([across, up], axis=1)
    return contour.as_path(np.stack([places[:-1], places[1:]], axis=1), 1)


def residuals(task, places, output, targets, on_plane):
    """The path of a line from each point, up or down by its residual, target - prediction, in units of the plane.

    `places` are those of the points on the `plane.Plane`; `output` and `targets` have a row for each. A residual as
    large as the targets' whole range is half of the plane's side, up where the target is above the prediction. Where
    numbers go up on the plane, the line ends at what is predicted.
    """
    ends = places.astype(np.float64)
    if on_plane.up:
        ends[:, 1] = on_plane.heights(task.in_units(output[:, 0]))
    else:
        least, largest = task.range
        ends[:, 1] += (targets[:, 0] - output[:, 0]) * (on_plane.half / (largest - least or 1.0))
    lines = np.stack([places, ends], axis=1) - [on_plane.x, on_plane.y]
    return contour.as_path(lines, on_plane.unit)


def scale(task, shading, palette, largest):
    """What the colours of the left view stand for: `(pixels, values)`.

    `pixels`, shape (ramps, SAMPLES, 4) uint8, are colours from one end of a ramp to the other; `values` are the numbers
    at its ends and in its middle, float32, shape (3,), the last nan where a ramp has no middle of its own. For a neuron
    the ends are minus and plus `largest`, the magnitude of full colour. Of more than two classes each has a ramp.
    """
    shares = np.linspace(0, 1, SAMPLES, dtype=np.float32)
    if shading == "neuron":
        low, high, middle = -largest, largest, 0.0
        pixels = shade_signed((2 * shares - 1) * np.float32(largest), largest, palette, shading)[None]
    elif task.name == registry.REGRESSION:
        low, high = task.range
        values, full = task.signed((low + shares * np.float32(high - low))[:, None])
        if shading == "confidence":
            values = shares * np.float32(full)
        pixels = shade_signed(values, full, palette, shading)[None]
        low, middle, high = task.in_units(np.array([low, (low + high) / 2, high]))
        if shading == "confidence":
            low, high, middle = 0.0, high - middle, np.nan
    elif task.outputs <= 2 and not (task.outputs == 2 and shading == "confidence"):
        low, high, middle = 0.0, 1.0, 0.5 if task.outputs == 2 else np.nan
        output = np.stack([1 - shares, shares], axis=1) if task.outputs == 2 else shares[:, None]
        pixels = shade(output, palette, shading)[None]
    else:
        # Of confidence all classes have the same colour.
        low, high, middle = 1 / task.outputs, 1.0, np.nan
        best = (low + shares * np.float32(high - low))[:, None]
        others = np.repeat((1 - best) / np.float32(task.outputs - 1), task.outputs - 1, axis=1)
        ramps = range(1 if shading == "confidence" else task.outputs)
        pixels = np.stack(
            [shade(np.concatenate([others[:, :n], best, others[:, n:]], axis=1), palette, shading) for n in ramps]
        )
    return pixels, np.array([low, high, middle], np.float32)


def zero_lines(experiment, seen, resolution):
    """Where the first `SHOWN` inputs of every activation pass through 0, as one path in units of the plane.

    `seen` holds every layer at the corners of resolution × resolution squares, with the first neurons in the first
    columns.
    """
    before = [
        seen[layer.name][:, : min(SHOWN, layer.width)].T
        for layer, after in pairwise(shape.layers(experiment))
        if after.kind in registry.entries("activation")
    ]
    if not before:
        return NOTHING
    side = resolution + 1
    crossings = contour.crossings(np.concatenate(before).reshape(-1, side, side))
    return contour.as_path(contour.at(crossings, corners(resolution)), 1)
