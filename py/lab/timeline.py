"""What a run remembers of itself, to be gone back to: its network at well-chosen epochs, and its learning rates."""

import math
from bisect import bisect_right
from operator import itemgetter

import numpy as np

from spec import protocol


def next_epoch(epoch):
    """The epoch to keep after `epoch`: the next one, or from 50 on about the fiftieth part further.

    So many that the eye misses none, and so few that a run of a billion epochs keeps less than a thousand.
    """
    return epoch + max(1, -(-epoch // 50))


def most_crowded(epochs):
    """The index of the epoch whose neighbours are relatively closest, never the first nor the last.

    `epochs` are at least three, in ascending order.
    """
    return min(range(1, len(epochs) - 1), key=lambda i: (epochs[i + 1] + 1) / (epochs[i - 1] + 1))


class Timeline:
    """Copies of a network in training, `trainer.arrays()`, at the epochs that `next_epoch` gives from 0 on.

    They are thinned so that with one copy more, the present that a run holds while it is back in the past, they
    take at most `limit` bytes. A network of which not even two copies fit is not kept at all.
    """

    def __init__(self, limit=protocol.BUDGET):
        self._limit = limit
        # Epochs in ascending order, each with all its arrays behind one another.
        self._places = []
        # The shapes of parameters, state and statistics.
        self._shapes: list = []
        # The next epoch to be kept; infinity if none is.
        self.next: float = 0

    @property
    def epochs(self):
        """The epochs that are kept, in ascending order."""
        return [epoch for epoch, _ in self._places]

    @property
    def bytes(self):
        """How much is kept."""
        return sum(numbers.nbytes for _, numbers in self._places)

    def add(self, epoch, arrays):
        """Keeps `arrays`, `(parameters, state, statistics)` of float32 at the end of `epoch`, later than all before.

        Parameters that are not finite are not kept: nothing could be seen there.
        """
        every = [array for group in arrays for array in group]
        room = self._limit // sum(array.nbytes for array in every) - 1
        self.next = next_epoch(epoch) if room > 1 else math.inf
        if room < 1 or not all(np.isfinite(parameter).all() for parameter in arrays[0]):
            return
        while len(self._places) >= room:
            del self._places[most_crowded([*self.epochs, epoch])]
        self._shapes = [[array.shape for array in group] for group in arrays]
        self._places.append((epoch, np.concatenate([array.ravel() for array in every])))

    def at(self, epoch):
        """`(epoch, arrays)` of the last kept epoch that is not after `epoch`, or None; the arrays are new ones."""
        index = bisect_right(self._places, epoch, key=itemgetter(0))
        if not index:
            return None
        found, numbers = self._places[index - 1]
        return found, self._arrays(numbers)

    def cut(self, epoch):
        """Forgets what comes after `epoch`; the epochs to be kept from there on are those of a run without a cut."""
        self._places = [place for place in self._places if place[0] <= epoch]
        if self.next < math.inf:
            self.next = 0
            while self.next <= epoch:
                self.next = next_epoch(self.next)

    def _arrays(self, numbers):
        arrays, start = [], 0
        for shapes in self._shapes:
            group = []
            for shape in shapes:
                size = math.prod(shape)
                group.append(numbers[start : start + size].reshape(shape).copy())
                start += size
            arrays.append(group)
        return tuple(arrays)


class Rates:
    """Which learning rate is in force at which step."""

    def __init__(self, rate):
        self._changes = [(0, rate)]

    def at(self, step):
        """The learning rate by which the step after `step` steps is taken."""
        return self._changes[self._after(step) - 1][1]

    def end(self, step):
        """The number of steps after which that of `step` is no longer in force, infinity if it stays."""
        index = self._after(step)
        return self._changes[index][0] if index < len(self._changes) else math.inf

    def set(self, step, rate):
        """From `step` steps on it is `rate`, whatever it was."""
        self._changes = [change for change in self._changes if change[0] < step]
        if not self._changes or self._changes[-1][1] != rate:
            self._changes.append((step, rate))

    def _after(self, step):
        return bisect_right(self._changes, step, key=itemgetter(0))
