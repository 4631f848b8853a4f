"""The data sets: 200 labelled points of the plane each, within ±6, drawn as the original demo draws them.

Radii, ranges and noise are those of the original's `datasets.js` and `Data.js`. Every function takes a
generator and returns `(points, labels)`, shapes (200, 2) and (200,); its name is its key in `spec.DATASETS`.
"""

from collections import namedtuple

import numpy as np

import spec

EXTENT = 6.0

# points (200, 2) float32, labels (200,) int, targets (200, classes) one-hot float32, and the indices of the
# points to train on and of the held-out tenth.
Data = namedtuple("Data", "points labels targets training held_out classes")


def spiral(rng):
    """Two arms of one turn each, half a turn apart, radius 0.5 to 4.5, angles with noise of ±0.8 radians."""
    half = spec.POINTS // 2
    radius = np.linspace(0.5, 4.5, half)
    arms = [
        radius[:, None]
        * _direction(np.linspace(label * np.pi, (label + 2) * np.pi, half) + rng.uniform(-0.8, 0.8, half))
        for label in range(2)
    ]
    return np.concatenate(arms), _halves()


def circle(rng):
    """A disc of radius 2.25 inside a ring from 3.15 to 4.5, coordinates with noise of ±0.45."""
    half, outer = spec.POINTS // 2, 4.5
    radius = np.concatenate([rng.uniform(0, outer * 0.5, half), rng.uniform(outer * 0.7, outer, half)])
    points = radius[:, None] * _direction(rng.uniform(0, 2 * np.pi, spec.POINTS))
    return points + rng.uniform(-0.1 * outer, 0.1 * outer, points.shape), _halves()


def gaussian(rng):
    """Two clouds of standard deviation 1 around (2.5, 2.5) and (-2.5, -2.5)."""
    labels = _halves()
    return rng.normal(np.where(labels == 0, 2.5, -2.5)[:, None], 1.0, (spec.POINTS, 2)), labels


def xor(rng):
    """A square of ±4 with a gap of 0.6 along both axes and noise of ±0.5; class 1 where both signs agree."""
    points = rng.uniform(-4, 4, (spec.POINTS, 2))
    points += np.where(points < 0, -0.3, 0.3) + rng.uniform(-0.5, 0.5, points.shape)
    return points, (points[:, 0] * points[:, 1] > 0).astype(int)


def load(experiment):
    """The experiment's `Data`, shuffled and split by its seed: nine tenths to train on, a tenth held out."""
    rng = np.random.default_rng([experiment["seed"], 0])
    points, labels = globals()[experiment["dataset"]](rng)
    classes = spec.CLASSES[experiment["dataset"]]
    order = rng.permutation(spec.POINTS)
    return Data(
        points=np.clip(points, -EXTENT, EXTENT).astype(np.float32),
        labels=labels,
        targets=np.eye(classes, dtype=np.float32)[labels],
        training=np.sort(order[: spec.TRAINING_POINTS]),
        held_out=np.sort(order[spec.TRAINING_POINTS :]),
        classes=classes,
    )


def _direction(angle):
    return np.stack([np.sin(angle), np.cos(angle)], axis=1)


def _halves():
    return np.repeat([0, 1], spec.POINTS // 2)
