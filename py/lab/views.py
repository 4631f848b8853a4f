"""What the page draws, as arrays: class scores, the shaded plane, its contour, the representation."""

import numpy as np

from lab import network
from lab.datasets import EXTENT

# Saturated colours are drawn through the points' own colour at this strength, so that points stand out.
STRENGTH = 0.62


def grid(resolution):
    """Points of the input plane, shape ((resolution + 2)², 2), row by row from the top, left to right.

    They are the centres of resolution × resolution squares that tile ±6, with one more square all around, so that
    a contour through them reaches the edge.
    """
    cell = 2 * EXTENT / resolution
    ticks = (np.arange(resolution + 2) - 0.5) * cell - EXTENT
    x, y = np.meshgrid(ticks, ticks[::-1])
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)


def class_scores(experiment, output):
    """A number from 0 to 1 for every class, shape (rows, classes): softmax's probability, or the output clipped.

    With mean squared error the network has no softmax; its output is what it would like to be 0 or 1.
    """
    return output if experiment["loss"] == "cross_entropy" else np.clip(output, 0, 1)


def margins(experiment, outputs, classes):
    """What the contour follows: shape (rows, 1) for two classes, (rows, classes) for more; 0 on the boundary.

    Where there is a softmax the difference of logits: it is 0 where the probability is 0.5, and unlike that it does
    not flatten out away from the boundary, so that interpolating it finds the boundary between two samples.
    """
    if experiment["loss"] == "cross_entropy":
        logits = list(outputs.values())[-2]
        others = np.stack([np.delete(logits, index, axis=1).max(axis=1) for index in range(classes)], axis=1)
        result = logits - others
    else:
        result = network.output(outputs) - 0.5
    return result[:, 1:] if classes == 2 else result


def shade(scores, palette):
    """RGBA pixels, shape (rows, 4) uint8, for class scores of shape (rows, classes).

    `palette` is a list of (r, g, b): one for every class, then the neutral colour of no preference. Two classes are
    shaded by the second's score; of more, by the best class and how far it is above an even share.
    """
    classes = scores.shape[1]
    steps = 256
    neutral = np.asarray(palette[classes], float)
    strength = np.linspace(0, STRENGTH, steps)[:, None]
    table = np.stack([neutral + strength * (np.asarray(palette[index], float) - neutral) for index in range(classes)])
    pixels = np.concatenate([table, np.full((classes, steps, 1), 255.0)], axis=2).round().astype(np.uint8)
    scores = np.nan_to_num(scores, nan=1 / classes)
    if classes == 2:
        best = (scores[:, 1] >= 0.5).astype(np.intp)
        certainty = np.abs(scores[:, 1] * 2 - 1)
    else:
        best = scores.argmax(axis=1)
        certainty = (scores.max(axis=1) * classes - 1) / (classes - 1)
    index = best * steps + np.clip(certainty * (steps - 1), 0, steps - 1).astype(np.intp)
    # One 32-bit number a pixel gathers four times as fast as four bytes.
    return pixels.reshape(-1, 4).view(np.uint32).ravel()[index].view(np.uint8).reshape(-1, 4)


def contour(values):
    """Where values on a grid pass through 0, as polylines: `(points, lengths)`.

    Marching squares (Lorensen, Cline, 1987, in the plane): `values` has shape (rows, columns); `points`, shape (n, 2)
    float32, are (column, row) positions, one polyline after the other, of `lengths` points each. A closed polyline
    ends in the point that it starts with.
    """
    above = values > 0
    finite = np.isfinite(values)
    finite = finite[:-1, :-1] & finite[:-1, 1:] & finite[1:, :-1] & finite[1:, 1:]
    corners = above[:-1, :-1] * 1 + above[:-1, 1:] * 2 + above[1:, 1:] * 4 + above[1:, :-1] * 8
    rows, columns = np.nonzero((corners > 0) & (corners < 15) & finite)
    # An edge of the grid has a number: 2 · (its first sample) for the edge to the right, one more for the one down.
    sample = rows * values.shape[1] + columns
    edges = np.stack([2 * sample, 2 * sample + 3, 2 * (sample + values.shape[1]), 2 * sample + 1], axis=1).tolist()
    neighbours: dict[int, list[int]] = {}
    for cell, code in zip(edges, corners[rows, columns].tolist(), strict=True):
        for first, second in _SEGMENTS[code]:
            neighbours.setdefault(cell[first], []).append(cell[second])
            neighbours.setdefault(cell[second], []).append(cell[first])
    lines = _chains(neighbours)
    crossings = _crossings(values, np.array([edge for line in lines for edge in line], np.intp))
    return crossings.astype(np.float32), np.array([len(line) for line in lines], np.int32)


# The sides of a square (0 top, 1 right, 2 bottom, 3 left) that a contour joins, by which corners lie above 0
# (1 top left, 2 top right, 4 bottom right, 8 bottom left).
_SEGMENTS = (
    (),
    ((3, 0),),
    ((0, 1),),
    ((3, 1),),
    ((1, 2),),
    ((3, 0), (1, 2)),
    ((0, 2),),
    ((3, 2),),
    ((2, 3),),
    ((0, 2),),
    ((0, 1), (2, 3)),
    ((1, 2),),
    ((1, 3),),
    ((0, 1),),
    ((0, 3),),
    (),
)


def _chains(neighbours):
    """Walks a graph whose nodes have one or two neighbours into lists of nodes: open lines first, then rings."""
    lines, seen = [], set()
    starts = [node for node, others in neighbours.items() if len(others) == 1]
    for start in starts + list(neighbours):
        if start in seen:
            continue
        line, node = [], start
        while node is not None:
            line.append(node)
            seen.add(node)
            node = next((other for other in neighbours[node] if other not in seen), None)
        if len(neighbours[start]) == 2:
            line.append(start)
        lines.append(line)
    return lines


def _crossings(values, edges):
    """Where along each edge the values pass through 0: (column, row) positions, shape (n, 2)."""
    sample, down = edges // 2, edges % 2
    row, column = np.divmod(sample, values.shape[1])
    first = values[row, column]
    second = values[row + down, column + 1 - down]
    share = first / (first - second)
    return np.stack([column + share * (1 - down), row + share * down], axis=1)


def boundary(experiment, outputs, classes, resolution, palette):
    """The left view, of the last two layers' outputs for `grid(resolution)`: `(pixels, points, lengths)`.

    `pixels`, shape (resolution, resolution, 4) uint8, shade the plane over ±6, top row first; `points` and `lengths`
    are the decision boundary's polylines in the plane's own coordinates.
    """
    size = resolution + 2
    pixels = shade(class_scores(experiment, network.output(outputs)), palette).reshape(size, size, 4)[1:-1, 1:-1]
    lines = [contour(margin.reshape(size, size)) for margin in margins(experiment, outputs, classes).T]
    points = np.concatenate([line for line, _ in lines])
    cell = 2 * EXTENT / resolution
    points = (points - (size - 1) / 2) * np.array([cell, -cell], np.float32)
    return np.ascontiguousarray(pixels), points, np.concatenate([lengths for _, lengths in lines])


def representation(activations, dimensions):
    """The right view: `(points, extent)` of a layer's activations, shape (rows, width).

    `points`, shape (rows, 2) float32, are the chosen two dimensions, or the only one with a small spread
    across that tells points apart; `extent` is (least x, largest x, least y, largest y) of the finite ones.
    """
    if len(dimensions) == 1:
        x = activations[:, dimensions[0]]
        points = np.stack([x, _spread(len(x))], axis=1)
    else:
        points = activations[:, list(dimensions)]
    finite = points[np.isfinite(points).all(axis=1)]
    if not len(finite):
        finite = np.zeros((1, 2), np.float32)
    low, high = finite.min(axis=0), finite.max(axis=0)
    return np.ascontiguousarray(points, np.float32), np.array([low[0], high[0], low[1], high[1]], np.float32)


def _spread(count):
    """Evenly filling heights in ±1 by the golden ratio, the same every time."""
    return ((np.arange(count) * 0.6180339887) % 1 * 2 - 1).astype(np.float32)
