"""The points of a run, as the lab describes them when the run is opened."""

from page import wording
from page.dom import numbers
from spec import registry


class Points:
    """What does not change about the points while a network learns; `given` is a `protocol.Opened`.

    `names` are those of the classes, empty where they have none.
    """

    def __init__(self, given, names=()):
        self.names = names
        self.rows, self.inputs, self.outputs, self.task = given.rows, given.inputs, given.outputs, given.task
        # The part of the input plane that the left view shows, (x, y, half), and the length of 1 unit in its paths.
        self.plane = tuple(numbers(given.plane))
        self.plane_unit = numbers(given.unit)[0]
        # With one input and a number to predict: the number at the plane's height 0, and how it grows; else empty.
        self.up = numbers(given.up) if given.up is not None else []
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
        """A place of the plane in words: `(1.25, −0.30)`, or `x 1.25` where only the first coordinate is an input."""
        return "x " + wording.coordinate_words(place[0]) if self.up else wording.place_words(place)

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
