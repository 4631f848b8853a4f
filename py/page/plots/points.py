"""The points of a run, as the lab tells of them when it begins."""

from page import wording
from page.dom import numbers
from spec import registry


class Points:
    """What does not change while a network learns; `given` is a `protocol.Opened`."""

    def __init__(self, given):
        self.rows, self.inputs, self.outputs, self.task = given.rows, given.inputs, given.outputs, given.task
        # The middle of the input plane and how far it reaches, (x, y, half), and what 1 is in its paths.
        self.plane = tuple(numbers(given.plane))
        self.plane_unit = numbers(given.unit)[0]
        # With regression the least and the largest target.
        self.targets = numbers(given.targets)
        # Flat typed arrays: where all points lie in the plane, and of each its class or level, and whether it is
        # trained on.
        self.positions, self.labels, self.training = given.points, given.labels, given.training
        # The same to be looked up, see `picking.Leaves`.
        self.order, self.ordered, self.boxes = given.order, given.ordered, given.boxes

    @property
    def is_regression(self):
        return self.task == registry.REGRESSION

    def place(self, index):
        """Where a point lies in the plane."""
        return self.positions[2 * index], self.positions[2 * index + 1]

    def words(self, index, targets=()):
        """A point in words: `Point 17 (held out): class 1`, or `Point 17: target 1.23` where its targets are given."""
        held_out = "" if self.training[index] else " (held out)"
        if not self.is_regression:
            label = ": class %d" % self.labels[index]
        else:
            label = ": target " + wording.numbers_words(targets) if targets else ""
        return "Point %d%s%s" % (index, held_out, label)

    def score_words(self, scores):
        """What the network's output for a place says: `predicted 1 at 97 %`, or `predicted 0.31`."""
        if not scores or sum(scores) != sum(scores):
            return "no prediction"
        if self.is_regression:
            return "predicted " + wording.numbers_words(scores)
        best = max(scores)
        # Without a softmax a score may lie beyond 0 and 1.
        return "predicted %d at %.0f %%" % (scores.index(best), 100 * min(max(best, 0), 1))
