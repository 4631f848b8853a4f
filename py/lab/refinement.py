"""Evaluates samples that would take longer than a drawing may: some portions with each of several requests."""

import time

import numpy as np

# The smallest number of samples that are evaluated at once.
PORTION = 200
# Refining delays a request by no more than these seconds and the time of one portion.
STEP_SECONDS = 0.025


class Refinement:
    """The evaluation of samples, shape (rows, inputs), by a network, in portions.

    `columns` maps a layer to the columns of its selected output that are kept.
    """

    def __init__(self, samples, columns):
        self.samples, self.columns = samples, columns
        # The number of samples that are done; and by layer the results, shape (rows, columns).
        self.done = 0
        self.seen: dict[str, np.ndarray] = {}
        self._portion = PORTION

    @property
    def finished(self):
        """Whether all samples are done."""
        return self.done == len(self.samples)

    def go_on(self, evaluate, seconds=STEP_SECONDS):
        """Evaluates more samples for about `seconds`, at least one portion. Returns whether all are done.

        `evaluate(samples)` returns the selected outputs of layers, by name.
        """
        end = time.perf_counter() + seconds
        while not self.finished:
            began = time.perf_counter()
            part = self.samples[self.done : self.done + self._portion]
            for name, values in evaluate(part).items():
                if name in self.columns:
                    values = values[:, self.columns[name]]
                    if name not in self.seen:
                        self.seen[name] = np.empty((len(self.samples), values.shape[1]), np.float32)
                    self.seen[name][self.done : self.done + len(part)] = values
            self.done += len(part)
            now = time.perf_counter()
            if now >= end:
                break
            # As many as there is time for at this pace, but at most twice as many: one measurement may be wrong.
            afforded = int((end - now) / max(now - began, 1e-6) * len(part))
            self._portion = min(max(PORTION, afforded), 2 * self._portion)
        self._portion = max(PORTION, self._portion // 2)
        return self.finished
