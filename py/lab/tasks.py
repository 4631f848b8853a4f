"""The tasks, classification and regression: everything in which the two differ.

Both classes have the same methods. `output` is always the network's output, shape (rows, outputs). Outputs of layers
may have passed a selector (`plane.selector`): their first columns are then the layer's first neurons.
"""

import numpy as np

from lab.choices import function_of
from lab.level_lines import round_numbers
from lab.losses import accuracy
from spec import protocol, registry, shape

# Where views show classes, they show the targets of a regression in so many levels.
LEVELS = 10


def prepare(task, values, outputs):
    """`(labels, targets)`, int (rows,) and float32 (rows, outputs), made of the values from a data set's function.

    For classification `values` are the classes, and the targets are one-hot. For regression `values` are the targets,
    and the labels are the levels of the first target.
    """
    if task == registry.CLASSIFICATION:
        labels = values.astype(int)
        return labels, np.eye(outputs, dtype=np.float32)[labels]
    targets = values.reshape(len(values), outputs).astype(np.float32)
    return levels(targets[:, 0], targets[:, 0].min(), targets[:, 0].max()), targets


def levels(values, least, largest):
    """The level of each value, int: which of `LEVELS` equal parts of the range from `least` to `largest` it lies in.

    A value outside the range is in the nearest part. A value that is not finite is in the middle part, and so are all
    values if the range is empty.
    """
    size = (float(largest) - float(least)) / LEVELS
    if not size:
        return np.full(len(values), LEVELS // 2)
    values = np.where(np.isfinite(values), values, (float(largest) + float(least)) / 2)
    return np.clip((values - float(least)) // size, 0, LEVELS - 1).astype(int)


def task_of(experiment, data):
    """The task of an experiment on its `Data`."""
    if shape.shape_of(experiment).task == registry.CLASSIFICATION:
        return Classification(experiment, data)
    return Regression(experiment, data)


class Classification:
    """Every example has a class, and the network has one output for each class."""

    name = registry.CLASSIFICATION
    metrics = protocol.METRICS[name]

    def __init__(self, experiment, data):
        self._loss = function_of("loss", shape.loss_of(experiment))
        self._softmax = shape.ends_in_softmax(experiment)
        self.outputs = data.targets.shape[1]
        # What counts as much in the network's activations.
        self.unit = 1.0
        # The number of colours of what is drawn by class, such as the grid's lines.
        self.colours = self.outputs
        # The least and the largest target.
        self.range = 0.0, 1.0

    def measure(self, output, targets):
        """`(loss, accuracy)` of outputs; both are nan if there are no rows."""
        return (float(self._loss(output, targets)), float(accuracy(output, targets))) if len(output) else (np.nan,) * 2

    def in_units(self, values):
        """Outputs or targets as they are told: as they are."""
        return values

    def margins(self, last):
        """The fields whose zeros are the decision boundary: shape (1, rows) for two classes, else (classes, rows).

        A field is positive where the network chooses its class; the one field of two classes belongs to the second.
        With a single class there are none. `last` are the outputs of the network's last two layers.

        For more than two classes a field is the class's score minus the largest score of another class. With a softmax
        the scores are the logits, for two classes their difference: it is 0 where the probability is 0.5 and, unlike
        the probability, it does not flatten out away from the boundary, so that linear interpolation between two
        samples finds the boundary. Without a softmax the second of two classes is chosen from 0.5 on, as it is shaded.
        """
        before, output = (values[:, : self.outputs] for values in last)
        if self.outputs == 1:
            return np.zeros((0, len(output)), np.float32)
        if not self._softmax:
            if self.outputs == 2:
                return np.ascontiguousarray(output[:, 1:].T) - np.float32(0.5)
            before = output
        elif self.outputs == 2:
            return (before[:, 1] - before[:, 0])[None]
        scores = before.T
        second, best = np.sort(scores, axis=0)[-2:]
        return scores - np.where(scores == best, second, best)

    def shades(self, last):
        """The fields by which `colours_between` colours the lines of the grid: the margins."""
        return self.margins(last)

    def colours_between(self, one, other):
        """The colour of the segment between each two samples, uint8: the class halfway. Both arguments are `shades`."""
        middles = one + other
        if len(middles) == 1:
            return (middles[0] > 0).astype(np.uint8)
        if not len(middles):
            return np.zeros(middles.shape[1], np.uint8)
        return middles.argmax(axis=0).astype(np.uint8)

    def signed(self, output):
        """None: the plane is shaded by class, not by a signed number."""
        return

    def wrong(self, output, labels):
        """Which rows the network has wrong, bool (rows,): those that count against its accuracy."""
        return output.argmax(axis=1) != labels

    def fit(self, found, targets):
        """The accuracy of a linear fit, `found`, to the targets, both of shape (rows, outputs); nan without rows."""
        return float((found.argmax(axis=1) == targets.argmax(axis=1)).mean()) if len(found) else np.nan


class Regression:
    """The network predicts one or several numbers for every example; views show the first."""

    name = registry.REGRESSION
    metrics = protocol.METRICS[name]
    colours = LEVELS

    def __init__(self, experiment, data):
        self._loss = function_of("loss", shape.loss_of(experiment))
        self.outputs = data.targets.shape[1]
        self.range = float(data.targets[:, 0].min()), float(data.targets[:, 0].max())
        self.unit = min(1.0, (self.range[1] - self.range[0]) / 2 or 1.0)
        self._mean, self._scale = data.value_mean, data.value_scale
        # The round numbers, in the targets' own units, at which the plane has lines, and the outputs that they are.
        self.numbers = round_numbers(*self.in_units(np.array(self.range)).tolist())
        self.levels = [(number - self._mean) / self._scale for number in self.numbers]

    def measure(self, output, targets):
        """`(loss, R², mean absolute error)` of outputs; nan if there are no rows.

        R² is `explained`. The error is in the targets' own units.
        """
        if not len(output):
            return (np.nan,) * 3
        error = np.abs(self.in_units(output) - self.in_units(targets)).mean(dtype=np.float64)
        return float(self._loss(output, targets)), explained(output, targets), float(error)

    def in_units(self, values):
        """Outputs or targets in the targets' own units, of which they may be standardized; of the same type."""
        return values * values.dtype.type(self._scale) + values.dtype.type(self._mean)

    def margins(self, last):
        """No fields, shape (0, rows): there is no decision boundary."""
        return np.zeros((0, len(last[-1])), np.float32)

    def shades(self, last):
        """The field by which `colours_between` colours the lines of the grid: the prediction, shape (1, rows)."""
        return last[-1][:, :1].T

    def colours_between(self, one, other):
        """The colour of the segment between each two samples, uint8: the level of the prediction halfway."""
        return levels(one[0] / 2 + other[0] / 2, *self.range).astype(np.uint8)

    def signed(self, output):
        """`(values, scale)` for `boundary.shade_signed`: the prediction minus the middle of the targets' range."""
        least, largest = self.range
        scale = (largest - least) / 2 or 1.0
        return np.clip(output[:, 0] - np.float32((least + largest) / 2), -scale, scale), scale

    def wrong(self, output, labels):
        """No rows, bool (rows,): a number is never right or wrong."""
        return np.zeros(len(output), np.bool_)

    def fit(self, found, targets):
        """R² of a linear fit, `found`, to the targets: the share of their variance that it explains, at least 0.

        nan where the targets do not vary.
        """
        share = explained(found, targets)
        return share if np.isnan(share) else max(0.0, share)


def explained(found, targets):
    """R²: the share of the targets' variance that `found` explains, both of shape (rows, outputs).

    1 less the squared errors' sum by that of the targets' differences from their means. It is negative where the means
    would do better, and nan where the targets do not vary, so that there is nothing to explain.
    """
    total = np.square(targets - targets.mean(axis=0)).sum(dtype=np.float64) if len(targets) else 0
    return float(1 - np.square(found - targets).sum(dtype=np.float64) / total) if total else np.nan
