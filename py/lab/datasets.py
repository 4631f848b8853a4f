"""The data of a run, and the data sets themselves: toy sets of the plane, drawn as the original demo draws them.

Radii, ranges and noise are those of the original's `datasets.js` and `Data.js`. A data set's function takes a random
generator and a number of rows. It returns `(inputs, values)`: `inputs` has shape (rows, inputs); for classification
`values` are the labels, whole numbers from 0 up, shape (rows,), for regression the targets, shape (rows, outputs) or
(rows,). The function has the name of its key in the registry.
"""

from typing import NamedTuple

import numpy as np

from lab import tasks
from lab.choices import function_of
from spec import fields, shape


class Data(NamedTuple):
    """The examples, and which of them to train on.

    `inputs`, shape (rows, inputs), and `targets`, shape (rows, outputs), are float32. `labels`, shape (rows,), int, are
    the classes; for regression they are levels, see `tasks`. `training`, `held_out` and `sample` are row numbers in
    ascending order: the rows to train on, the other rows, and the rows from which projections and probes are computed,
    which are all rows or `shape.SAMPLE_ROWS` of them.
    """

    inputs: np.ndarray
    labels: np.ndarray
    targets: np.ndarray
    training: np.ndarray
    held_out: np.ndarray
    sample: np.ndarray


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
    """The experiment's `Data`, split at random, by the data seed, into training rows and held-out rows."""
    seed = fields.data_seed_of(experiment)
    size = shape.shape_of(experiment)
    rng = np.random.default_rng([seed, 0])
    inputs, values = function_of("dataset", experiment["dataset"])(rng, size.rows)
    order = rng.permutation(size.rows)
    return assemble(inputs, values, order[: size.training], order[size.training :], size.outputs, size.task, seed)


def assemble(inputs, values, training, held_out, outputs, task, seed=0):
    """The `Data` made of `inputs` and `values`, as a data set's function returns them.

    `training` and `held_out` are the row numbers of the two parts, `outputs` is the number of the network's outputs,
    `task` a task of the registry; `seed` draws the sample.
    """
    inputs = np.asarray(inputs, np.float32)
    labels, targets = tasks.prepare(task, np.asarray(values), outputs)
    rows = len(inputs)
    sample = np.arange(rows)
    if rows > shape.SAMPLE_ROWS:
        sample = np.sort(np.random.default_rng([seed, 3]).choice(rows, shape.SAMPLE_ROWS, replace=False))
    return Data(inputs, labels, targets, np.sort(training), np.sort(held_out), sample)


def _direction(angle):
    return np.stack([np.sin(angle), np.cos(angle)], axis=1)


def _halves(rows):
    return np.repeat([0, 1], rows // 2)
