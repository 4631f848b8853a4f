"""What a run remembers so that it can go back: its network at chosen epochs, and its learning rates."""

import math
from bisect import bisect_right
from operator import itemgetter

import numpy as np

from spec import protocol


def next_epoch(epoch):
    """The epoch to keep after `epoch`: the next one or, beyond 50, the one about 2 % further on.

    That is often enough for the eye, and seldom enough that a run of a billion epochs keeps less than a thousand.
    """
    return epoch + max(1, -(-epoch // 50))


def most_crowded(epochs):
    """The index of the epoch whose two neighbours are closest to each other by ratio; never the first or the last.

    `epochs` are at least three, in ascending order.
    """
    return min(range(1, len(epochs) - 1), key=lambda i: (epochs[i + 1] + 1) / (epochs[i - 1] + 1))


class Timeline:
    """Copies of a network in training, `trainer.arrays()`, at the epochs that `next_epoch` gives from 0 on.

    Copies are dropped so that all copies and one more (the latest state, which a run keeps while it is at an earlier
    epoch) take at most `limit` bytes. A network of which not even two copies fit is not kept at all.
    """

    def __init__(self, limit=protocol.BUDGET):
        self._limit = limit
        # (epoch, all arrays joined into a flat one), by ascending epoch.
        self._places = []
        # The shapes of parameters, state and statistics.
        self._shapes: list = []
        # The next epoch to keep; infinity if there is none.
        self.next: float = 0

    @property
    def epochs(self):
        """The epochs that are kept, in ascending order."""
        return [epoch for epoch, _ in self._places]

    @property
    def bytes(self):
        """The number of bytes of all copies."""
        return sum(numbers.nbytes for _, numbers in self._places)

    def add(self, epoch, arrays):
        """Keeps `arrays`, float32 `(parameters, state, statistics)` at the end of `epoch`, the latest epoch so far.

        A network whose parameters are not finite is not kept, because it cannot be drawn.
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
        """`(epoch, arrays)` of the latest kept epoch up to `epoch`, or None; the arrays are copies."""
        index = bisect_right(self._places, epoch, key=itemgetter(0))
        if not index:
            return None
        found, numbers = self._places[index - 1]
        return found, self._arrays(numbers)

    def cut(self, epoch):
        """Forgets everything after `epoch`; from there on the same epochs are kept as in a run without a cut."""
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


class Schedule:
    """The values of the live fields at each step of a run: mappings by name."""

    def __init__(self, live):
        self._changes = [(0, live)]

    def at(self, step):
        """The values for the step that is taken after `step` steps."""
        return self._changes[self._after(step) - 1][1]

    def end(self, step):
        """The number of steps after which the values `at(step)` change; infinity if they never do."""
        index = self._after(step)
        return self._changes[index][0] if index < len(self._changes) else math.inf

    def since(self, step, name):
        """The number of steps after which the value that a field has at `step` was set."""
        index = self._after(step) - 1
        while index and self._changes[index - 1][1][name] == self._changes[index][1][name]:
            index -= 1
        return self._changes[index][0]

    def parts(self):
        """`(first, end, live)` in order: the values of each part of the run, from `first` steps on until `end`."""
        ends = [*(step for step, _ in self._changes[1:]), math.inf]
        return [(first, end, live) for (first, live), end in zip(self._changes, ends, strict=True)]

    def set(self, step, live):
        """Sets the values from `step` steps on, and forgets all later changes."""
        self._changes = [change for change in self._changes if change[0] < step]
        if not self._changes or self._changes[-1][1] != live:
            self._changes.append((step, live))

    def _after(self, step):
        return bisect_right(self._changes, step, key=itemgetter(0))
