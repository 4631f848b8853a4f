"""The data sets: 200 labelled points of the plane each, within ±6, drawn as the original demo draws them.

Radii, ranges and noise are those of the original's `datasets.js` and `Data.js`. Every function takes a
generator and returns `(points, labels)`, shapes (200, 2) and (200,); its name is its key in the registry.
"""

from collections import namedtuple

import numpy as np

from lab.choices import function_of
from spec import fields, shape

EXTENT = 6.0

# points (200, 2) float32, labels (200,) int, targets (200, classes) one-hot float32, and the indices of the
# points to train on and of the held-out tenth.
Data = namedtuple("Data", "points labels targets training held_out classes")


def spiral(rng, rows):
    """Two arms of one turn each, half a turn apart, radius 0.5 to 4.5, angles with noise of ±0.8 radians."""
    half = rows // 2
    radius = np.linspace(0.5, 4.5, half)
    arms = [
        radius[:, None]
        * _direction(np.linspace(label * np.pi, (label + 2) * np.pi, half) + rng.uniform(-0.8, 0.8, half))
        for label in range(2)
    ]
    return np.concatenate(arms), _halves(rows)


def circle(rng, rows):
    """A disc of radius 2.25 inside a ring from 3.15 to 4.5, coordinates with noise of ±0.45."""
    half, outer = rows // 2, 4.5
    radius = np.concatenate([rng.uniform(0, outer * 0.5, half), rng.uniform(outer * 0.7, outer, half)])
    points = radius[:, None] * _direction(rng.uniform(0, 2 * np.pi, rows))
    return points + rng.uniform(-0.1 * outer, 0.1 * outer, points.shape), _halves(rows)


def gaussian(rng, rows):
    """Two clouds of standard deviation 1 around (2.5, 2.5) and (-2.5, -2.5)."""
    labels = _halves(rows)
    return rng.normal(np.where(labels == 0, 2.5, -2.5)[:, None], 1.0, (rows, 2)), labels


def xor(rng, rows):
    """A square of ±4 with a gap of 0.6 along both axes and noise of ±0.5; class 1 where both signs agree."""
    points = rng.uniform(-4, 4, (rows, 2))
    points += np.where(points < 0, -0.3, 0.3) + rng.uniform(-0.5, 0.5, points.shape)
    return points, (points[:, 0] * points[:, 1] > 0).astype(int)


def load(experiment):
    """The experiment's `Data`, shuffled and split by its seed into what to train on and what to hold out."""
    rows, training, _, classes, _ = shape.shape_of(experiment)
    rng = np.random.default_rng([fields.data_seed_of(experiment), 0])
    points, labels = function_of("dataset", experiment["dataset"])(rng, rows)
    order = rng.permutation(rows)
    return Data(
        points=points.astype(np.float32),
        labels=labels,
        targets=np.eye(classes, dtype=np.float32)[labels],
        training=np.sort(order[:training]),
        held_out=np.sort(order[training:]),
        classes=classes,
    )


def _direction(angle):
    return np.stack([np.sin(angle), np.cos(angle)], axis=1)


def _halves(rows):
    return np.repeat([0, 1], rows // 2)
