"""The points of a run, as the lab describes them when the run is opened."""

from page import wording
from page.dom import numbers
from spec import registry


class Points:
    """What does not change about the points while a network learns; `given` is a `protocol.Opened`.

    `names` are those of the classes, `columns` those of the columns that the plane shows, and `axes` what stands at its
    axes; empty where there are none. `note` says what is not seen on the plane, if it is a slice.
    """

    def __init__(self, given, names=(), columns=(), axes=(), note=""):
        self.names, self.columns, self.axes, self.note = names, columns, axes, note
        self.rows, self.outputs, self.task = given.rows, given.outputs, given.task
        # Whether the plane shows numbers to predict over a single input.
        self.is_curve = self.is_regression and given.columns == 1
        # The part of the input plane that the left view shows, (x, y, half), and the length of 1 unit in its paths.
        self.plane = tuple(numbers(given.plane))
        self.plane_unit = numbers(given.unit)[0]
        # For each axis of the plane (first, second): a coordinate c is read as first + second · c, in the data's units.
        units = numbers(given.axis_units)
        self.axis_units = (units[0], units[1]), (units[2], units[3])
        # For regression the least and the largest target.
        self.targets = numbers(given.targets)
        # Flat typed arrays: the places of all points in the plane; their classes or levels; whether they are training
        # points.
        self.positions, self.labels, self.training = given.points, given.labels, given.training
        # For `picking.Leaves`.
        self.order, self.ordered, self.boxes = given.order, given.ordered, given.boxes

    @property
    def is_regression(self):
        """Whether the task is regression, so that labels are levels of the target."""
        return self.task == registry.REGRESSION

    def place(self, index):
        """`(x, y)` of a point in the plane."""
        return self.positions[2 * index], self.positions[2 * index + 1]

    def place_words(self, place):
        """A place of the plane in the data's own units: `(1.25, −0.30)`, or `length 5.1, width 3.5` by its columns.

        Where only the first coordinate is an input, it is only that.
        """
        along = [first + second * number for (first, second), number in zip(self.axis_units, place)]
        if not self.columns:
            return wording.place_words(along)
        named = list(zip(self.columns, along))[: 1 if self.is_curve else 2]
        return ", ".join(["%s %s" % (name, wording.unit_words(number)) for name, number in named])

    def words(self, index, targets=()):
        """A point in words: `Point 17 (held out): class 1`, or `Point 17: target 1.23` if its targets are given."""
        held_out = "" if self.training[index] else " (held out)"
        if not self.is_regression:
            label = ": " + wording.class_name(self.names, self.labels[index])
        else:
            label = ": target " + wording.numbers_words(targets) if targets else ""
        return "Point %d%s%s" % (index, held_out, label)

    def residual_words(self, targets, scores):
        """`["residual 0.12"]`, the target less the prediction; [] where there are none, or no number to tell."""
        residuals = [target - score for target, score in zip(targets, scores)]
        if not self.is_regression or not residuals or sum(residuals) != sum(residuals):
            return []
        return ["residual " + wording.numbers_words(residuals)]

    def score_words(self, scores):
        """The network's output for a place, in words: `predicted 1 at 97 %`, or `predicted 0.31`."""
        if not scores or sum(scores) != sum(scores):
            return "no prediction"
        if self.is_regression:
            return "predicted " + wording.numbers_words(scores)
        best = max(scores)
        # Without a softmax a score may be below 0 or above 1.
        name = wording.short_class_name(self.names, scores.index(best))
        return "predicted %s at %.0f %%" % (name, 100 * min(max(best, 0), 1))
