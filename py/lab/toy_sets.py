"""The toy sets: points of the plane to tell apart, and numbers to predict, drawn by a random generator.

A data set's function has the name of its key in the registry. It takes a random generator and a number of rows, and by
name what the entry's trait `takes` says: `noise`, the share of the set's own noise, from 0 up, and `classes`, the
number of classes. It returns `(inputs, values)`: `inputs` has shape (rows, inputs); for classification `values` are the
labels, whole numbers from 0 up, shape (rows,), for regression the targets, shape (rows, outputs) or (rows,). Another
noise leaves the points that it moves the same. Classes have as many rows as one another, within one, except in `xor`.

Radii, ranges and noise of spiral, circle, gaussian and xor are those of the original demo's `datasets.js` and
`Data.js`. Only more noise than a set's own mixes its classes, but for Gaussian noise, which has no end.
"""

import numpy as np

# Half of the room between the squares of two classes, which their own noise just fills.
GAP = 0.25
# Numbers are to be predicted on the plane from -REACH to REACH; the standard deviation of their own noise.
REACH, TARGET_NOISE = 5.5, 0.1

# Two classes.


def spiral(rng, rows, noise=1.0):
    """Two arms of one turn each, half a turn apart, radius 0.5 to 4.5, angles with noise of ±0.8 radians."""
    labels = _classes(rows, 2)
    arms = []
    for label, count in enumerate(np.bincount(labels)):
        angle = np.linspace(label * np.pi, (label + 2) * np.pi, count) + noise * rng.uniform(-0.8, 0.8, count)
        arms.append(np.linspace(0.5, 4.5, count)[:, None] * _direction(angle))
    return np.concatenate(arms), labels


def circle(rng, rows, noise=1.0):
    """A disc of radius 2.25 inside a ring from 3.15 to 4.5, coordinates with noise of ±0.45."""
    labels, outer = _classes(rows, 2), 4.5
    inside, around = np.bincount(labels)
    radius = np.concatenate([rng.uniform(0, outer * 0.5, inside), rng.uniform(outer * 0.7, outer, around)])
    points = radius[:, None] * _direction(rng.uniform(0, 2 * np.pi, rows))
    return points + noise * rng.uniform(-0.1 * outer, 0.1 * outer, points.shape), labels


def gaussian(rng, rows, noise=1.0):
    """Two clouds around (2.5, 2.5) and (-2.5, -2.5), whose standard deviation of 1 is their noise."""
    labels = _classes(rows, 2)
    return rng.normal(np.where(labels == 0, 2.5, -2.5)[:, None], noise, (rows, 2)), labels


def xor(rng, rows, noise=1.0):
    """A square of ±4 with a gap of 0.6 along both axes and noise of ±0.5; class 1 where both signs agree.

    The signs are those with the set's own noise: only what exceeds it carries points into the other class's squares.
    """
    points = rng.uniform(-4, 4, (rows, 2))
    shift = rng.uniform(-0.5, 0.5, points.shape)
    points += np.where(points < 0, -0.3, 0.3) + min(noise, 1.0) * shift
    labels = (points[:, 0] * points[:, 1] > 0).astype(int)
    return points + max(noise - 1.0, 0.0) * shift, labels


def moons(rng, rows, noise=1.0):
    """Two half circles of radius 3, of which each ends within the other, and Gaussian noise of 0.3.

    The middles, (-1.5, -0.75) and (1.5, 0.75), are those of scikit-learn's `make_moons`, three times as large.
    """
    labels = _classes(rows, 2)
    angle = np.pi * (rng.uniform(0, 1, rows) + labels)
    middles = np.where(labels == 0, -1.0, 1.0)[:, None] * [1.5, 0.75]
    points = middles + 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points + noise * rng.normal(0, 0.3, points.shape), labels


def checkerboard(rng, rows, noise=1.0):
    """4 × 4 squares with sides of 2.5, classes by turns, points `GAP` away from their edges, and noise of ±`GAP`."""
    labels = _classes(rows, 2)
    column = rng.integers(4, size=rows)
    row = 2 * rng.integers(2, size=rows) + (column + labels) % 2
    points = 2.5 * np.stack([column, row], axis=1) - 5 + rng.uniform(GAP, 2.5 - GAP, (rows, 2))
    return points + noise * rng.uniform(-GAP, GAP, points.shape), labels


def squares(rng, rows, noise=1.0):
    """Four square frames of width 1.25 around one another, classes by turns, with room and noise as `checkerboard`."""
    labels = _classes(rows, 2)
    frame = 2 * rng.integers(2, size=rows) + labels
    distance = 1.25 * frame + rng.uniform(GAP, 1.25 - GAP, rows)
    # A place on the right side, and on which of the four sides it is.
    points = np.stack([distance, distance * rng.uniform(-1, 1, rows)], axis=1)
    side = rng.integers(4, size=rows)[:, None]
    points = np.where(side % 2 == 0, points, points[:, ::-1]) * np.where(side < 2, 1, -1)
    return points + noise * rng.uniform(-GAP, GAP, points.shape), labels


def sine(rng, rows, noise=1.0):
    """Class 1 above 2 sin x, see `_beside`."""
    return _beside(rng, rows, noise, lambda x: 2 * np.sin(x))


def cubic(rng, rows, noise=1.0):
    """Class 1 above (x³ − 12 x) / 14, which turns at x = ±2, see `_beside`."""
    return _beside(rng, rows, noise, lambda x: (x**3 - 12 * x) / 14)


def absolute(rng, rows, noise=1.0):
    """Class 1 above |x| − 2.25, see `_beside`."""
    return _beside(rng, rows, noise, lambda x: np.abs(x) - 2.25)


def _beside(rng, rows, noise, curve):
    """Points within ±4.5 that are from 0.4 to 3 above (class 1) or below a curve; y has noise of ±0.4."""
    labels = _classes(rows, 2)
    x = rng.uniform(-4.5, 4.5, rows)
    away = np.where(labels == 1, 1, -1) * rng.uniform(0.4, 3, rows)
    return np.stack([x, curve(x) + away + noise * rng.uniform(-0.4, 0.4, rows)], axis=1), labels


# Any number of classes.


def pinwheel(rng, rows, noise=1.0, classes=5):
    """Arms from radius 0.8 to 5 that turn by 0.3 radians a unit; noise of ±0.3 of the angle between two arms."""
    labels, apart = _classes(rows, classes), 2 * np.pi / classes
    radius = rng.uniform(0.8, 5, rows)
    angle = apart * (labels + noise * rng.uniform(-0.3, 0.3, rows)) + 0.3 * radius
    return radius[:, None] * _direction(angle), labels


def rings(rng, rows, noise=1.0, classes=3):
    """Rings around one another, together of radius 5; the middle 0.6 of each has points, with noise of ±0.2 of it."""
    labels = _classes(rows, classes)
    radius = 5 / classes * (labels + rng.uniform(0.2, 0.8, rows) + noise * rng.uniform(-0.2, 0.2, rows))
    return radius[:, None] * _direction(rng.uniform(0, 2 * np.pi, rows)), labels


def blobs(rng, rows, noise=1.0, classes=4):
    """Clouds around evenly spaced places of a circle of radius 4, whose standard deviation of 0.6 is their noise."""
    labels = _classes(rows, classes)
    return rng.normal(4 * _direction(2 * np.pi / classes * labels), 0.6 * noise, (rows, 2)), labels


# Numbers to predict.


def plane(rng, rows, noise=1.0):
    """(x + y) / 10, as `regressPlane` in TensorFlow Playground's `dataset.ts`."""
    inputs = rng.uniform(-REACH, REACH, (rows, 2))
    return inputs, _noisy(rng, inputs.sum(axis=1) / 10, noise)


def gaussians(rng, rows, noise=1.0):
    """The sum of six Gaussians, three up and three down, with standard deviations of 0.85.

    Middles and signs are those of `regressGaussian` in TensorFlow Playground's `dataset.ts`, which has cones of radius
    2: at a distance of 1 both are at half their height.
    """
    inputs = rng.uniform(-REACH, REACH, (rows, 2))
    middles = np.array([(x, y) for y in (2.5, -2.5) for x in (-4, 0, 4)])
    squares = ((inputs[:, None] - middles) ** 2).sum(axis=2)
    return inputs, _noisy(rng, np.exp(-squares / (2 * 0.85**2)) @ [1, -1, 1, -1, 1, -1], noise)


def ripples(rng, rows, noise=1.0):
    """cos(π r / 2) at the distance r from the middle."""
    inputs = rng.uniform(-REACH, REACH, (rows, 2))
    return inputs, _noisy(rng, np.cos(np.pi / 2 * np.hypot(*inputs.T)), noise)


def curve(rng, rows, noise=1.0):
    """sin(3 x / 2) / 2 + x / 8 of a single input."""
    inputs = rng.uniform(-REACH, REACH, (rows, 1))
    return inputs, _noisy(rng, np.sin(1.5 * inputs[:, 0]) / 2 + inputs[:, 0] / 8, noise)


def _noisy(rng, targets, noise):
    return targets + noise * rng.normal(0, TARGET_NOISE, len(targets))


def _direction(angle):
    return np.stack([np.sin(angle), np.cos(angle)], axis=1)


def _classes(rows, classes):
    """The label of every row, in ascending order: of each class as many, within one."""
    return np.sort(np.arange(rows) % classes)
