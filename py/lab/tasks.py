"""What a network is trained for, and all in which classification and regression differ.

Both tasks have the same methods. Outputs are those of the network, shape (rows, outputs); of a layer seen through its
selector (`plane.selector`) the first columns are its neurons.
"""

import numpy as np

from lab.choices import function_of
from lab.losses import accuracy
from spec import protocol, registry, shape

# Targets are told apart in so many levels where classes would be shown.
LEVELS = 10


def prepare(task, values, outputs):
    """`(labels, targets)`, int (rows,) and float32 (rows, outputs), of what a data set's function returns.

    For classification `values` are the classes, and targets one-hot; for regression they are the targets, and labels
    the levels of the first.
    """
    if task == registry.CLASSIFICATION:
        labels = values.astype(int)
        return labels, np.eye(outputs, dtype=np.float32)[labels]
    targets = values.reshape(len(values), outputs).astype(np.float32)
    return levels(targets[:, 0], targets[:, 0].min(), targets[:, 0].max()), targets


def levels(values, least, largest):
    """In which of `LEVELS` equal parts from `least` to `largest` each of `values` lies, int; outside, in the nearest.

    Where all are equal, and where a value is not finite, that is the middle.
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
    """A class for each example; the network has an output for every class."""

    name = registry.CLASSIFICATION
    metrics = protocol.METRICS[name]

    def __init__(self, experiment, data):
        self._loss = function_of("loss", shape.loss_of(experiment))
        self._softmax = shape.ends_in_softmax(experiment)
        self.outputs = data.targets.shape[1]
        # Colours of what is drawn by class, such as the grid's lines.
        self.colours = self.outputs
        # The least and the largest target.
        self.range = 0.0, 1.0

    def measure(self, output, targets):
        """Loss and accuracy of outputs; nan of none."""
        return (float(self._loss(output, targets)), float(accuracy(output, targets))) if len(output) else (np.nan,) * 2

    def margins(self, last):
        """What the decision boundary follows: shape (1, rows) for two classes, (classes, rows) for others.

        They are 0 on the boundary, and more where the class, of two the second, is the network's choice. `last` are the
        outputs of the network's last two layers. Without a softmax the second of two classes is chosen from 0.5 on, as
        it is shaded. Where there is a softmax the difference of logits: it is 0 where the
        probability is 0.5, and unlike that it does not flatten out away from the boundary, so that interpolating it
        finds the boundary between two samples.
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
        """What the lines of a grid are coloured by, for `colours_between`: the margins."""
        return self.margins(last)

    def colours_between(self, one, other):
        """The class between two samples each, by their `shades`, uint8."""
        middles = one + other
        if len(middles) == 1:
            return (middles[0] > 0).astype(np.uint8)
        if not len(middles):
            return np.zeros(middles.shape[1], np.uint8)
        return middles.argmax(axis=0).astype(np.uint8)

    def signed(self, output):
        """None: the plane is shaded by class."""
        return

    def fit(self, found, targets):
        """How well a linear fit to the targets does: the share of rows whose largest number is the right class's."""
        return float((found.argmax(axis=1) == targets.argmax(axis=1)).mean()) if len(found) else np.nan


class Regression:
    """Numbers to be predicted for each example; views show the first."""

    name = registry.REGRESSION
    metrics = protocol.METRICS[name]
    colours = LEVELS

    def __init__(self, experiment, data):
        self._loss = function_of("loss", shape.loss_of(experiment))
        self.outputs = data.targets.shape[1]
        self.range = float(data.targets[:, 0].min()), float(data.targets[:, 0].max())

    def measure(self, output, targets):
        """The loss of outputs; nan of none."""
        return (float(self._loss(output, targets)),) if len(output) else (np.nan,)

    def margins(self, last):
        """Nothing: there is no boundary; shape (0, rows)."""
        return np.zeros((0, len(last[-1])), np.float32)

    def shades(self, last):
        """What the lines of a grid are coloured by, for `colours_between`: the prediction, shape (1, rows)."""
        return last[-1][:, :1].T

    def colours_between(self, one, other):
        """The level of the prediction between two samples each, uint8."""
        return levels(one[0] / 2 + other[0] / 2, *self.range).astype(np.uint8)

    def signed(self, output):
        """`(values, scale)` to shade the plane by, see `boundary.shade_signed`: from the middle of the targets on."""
        least, largest = self.range
        scale = (largest - least) / 2 or 1.0
        return np.clip(output[:, 0] - np.float32((least + largest) / 2), -scale, scale), scale

    def fit(self, found, targets):
        """How well a linear fit to the targets does: the share of their variance that it explains, R², at least 0.

        nan where the targets do not vary.
        """
        total = np.square(targets - targets.mean(axis=0)).sum(dtype=np.float64) if len(targets) else 0
        return float(max(0.0, 1 - np.square(found - targets).sum(dtype=np.float64) / total)) if total else np.nan
