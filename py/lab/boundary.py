"""The left view: the input plane in colours, the decision boundary, and where neurons switch."""

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np

import spec
from lab import contour
from lab.plane import SHOWN, grid

# Saturated colours are drawn through the points' own colour at this strength, so that points stand out.
STRENGTH = 0.62
# Certainty is told apart in so many steps.
STEPS = 256
# What 1 is in a path of the plane.
UNIT = 0.001
NOTHING = np.zeros(0, np.int32)


def class_scores(experiment, output):
    """A number from 0 to 1 for every class, shape (rows, classes): softmax's probability, or the output clipped.

    With mean squared error the network has no softmax; its output is what it would like to be 0 or 1.
    """
    return output if experiment["loss"] == "cross_entropy" else np.clip(output, 0, 1)


def margins(experiment, last, classes):
    """What the contour follows: shape (1, rows) for two classes, (classes, rows) for more; 0 on the boundary.

    `last` are the outputs of the network's last two layers, of which the first `classes` columns count. Where there
    is a softmax the difference of logits: it is 0 where the probability is 0.5, and unlike that it does not flatten
    out away from the boundary, so that interpolating it finds the boundary between two samples.
    """
    before, output = (values[:, :classes] for values in last)
    if experiment["loss"] != "cross_entropy":
        return np.ascontiguousarray((output[:, 1:] if classes == 2 else output).T) - np.float32(0.5)
    if classes == 2:
        return (before[:, 1] - before[:, 0])[None]
    logits = before.T
    second, best = np.sort(logits, axis=0)[-2:]
    return logits - np.where(logits == best, second, best)


def shade(scores, palette, shading="probability"):
    """RGBA pixels, shape (rows, 4) uint8, for class scores of shape (rows, classes).

    `palette` has `classes`, an (r, g, b) for every class, and `neutral`, that of no preference. Two classes are
    shaded by the second's score; of more, by the best class and how far it is above an even share. `shading` is a
    key of `spec.SHADINGS` other than "neuron".
    """
    classes = scores.shape[1]
    if classes == 2:
        index = scores[:, 1] * np.float32(2 * STEPS)
    else:
        certainty = (scores.max(axis=1) * classes - 1) / (classes - 1)
        index = scores.argmax(axis=1) * (STEPS + 1) + np.clip(certainty, 0, 1) * np.float32(STEPS)
    return _coloured(index, _table(shading, _colours(*palette["classes"][:classes], palette["neutral"])))


def shade_signed(values, scale, palette):
    """RGBA pixels, shape (…, 4) uint8: -scale in the colour of negative, scale in that of positive, 0 neutral.

    `palette` has `signs`, the (r, g, b) of negative and positive, and `neutral`. `scale` is positive and broadcasts
    against `values`, which do not go beyond it.
    """
    index = values * (np.float32(STEPS) / scale)
    index += np.float32(STEPS)
    return _coloured(index, _table("probability", _colours(*palette["signs"], palette["neutral"])))


def _colours(*colours):
    """Colours as a key."""
    return tuple(map(tuple, colours))


def _coloured(index, table):
    """Colours out of a table by index, numbers from 0 to its end; where that is not finite its last, neutral one."""
    if not math.isfinite(index.sum()):
        index = np.where(np.isfinite(index), index, len(table) - 1)
    # One 32-bit number a pixel gathers four times as fast as four bytes, and indexing faster than `take`.
    return table[index.astype(np.intp)].view(np.uint8).reshape(*index.shape, 4)


@lru_cache(maxsize=8)
def _table(shading, palette):
    """Colours as one uint32 each: for two classes by the second's score, from 0 to 1 in 2 · STEPS; for more class by
    class by certainty, from 0 to 1 in STEPS; then the neutral colour."""
    *colours, neutral = (np.array(colour, float) for colour in palette)
    certainty = np.linspace(0, 1, STEPS + 1)[:, None]
    if shading == "confidence":
        colours = [np.mean(colours, axis=0)] * len(colours)
    if shading == "classes":
        certainty = np.ones_like(certainty)
    ramps = [neutral + STRENGTH * certainty * (colour - neutral) for colour in colours]
    if len(ramps) == 2:
        ramps[0] = ramps[0][:0:-1]
    table = np.concatenate([*ramps, neutral[None]])
    return np.pad(table, [(0, 0), (0, 1)], constant_values=255).round().astype(np.uint8).view(np.uint32).ravel()


def draw(experiment, last, classes, resolution, view, neuron=None):
    """The left view of the last two layers' outputs for `plane.grid(resolution)`, as `pixels` and `contour`.

    `neuron`, if it is one to shade by, is `(values, scale)`, see `shade_signed`. `pixels` has shape (resolution + 1,
    resolution + 1, 4).
    """
    if neuron:
        values, scale = neuron
        pixels = shade_signed(values, scale, view["palette"])
    else:
        scores = class_scores(experiment, last[-1][:, :classes])
        pixels = shade(scores, view["palette"], view["shading"])
    side = resolution + 1
    line = NOTHING
    if view["contour"]:
        crossings = contour.crossings(margins(experiment, last, classes).reshape(-1, side, side))
        line = contour.as_path(contour.at(crossings, grid(resolution)), UNIT)
    return {"pixels": pixels.reshape(side, side, 4), "contour": line}


def zero_lines(experiment, seen, resolution):
    """Where the first `SHOWN` inputs of every activation pass through 0, as one path.

    `seen` holds every layer on `plane.grid(resolution)`, the first neurons in the first columns.
    """
    layers = spec.layers(experiment)
    before = [
        seen[name][:, : min(SHOWN, width)].T
        for (name, _, width), (_, kind, _) in pairwise(layers)
        if kind in spec.ACTIVATIONS
    ]
    if not before:
        return NOTHING
    side = resolution + 1
    crossings = contour.crossings(np.concatenate(before).reshape(-1, side, side))
    return contour.as_path(contour.at(crossings, grid(resolution)), UNIT)
