"""Samples that take longer than a drawing may: evaluated portion by portion, one request after another."""

import time

import numpy as np

# Samples that are evaluated at once, at the least: the time for them cannot be cut shorter.
PORTION = 200
# A request is held up by refining for no longer than this, in seconds, but for one portion.
STEP_SECONDS = 0.025


class Refinement:
    """Samples, shape (rows, n), on their way through a network; `columns` of what comes out are kept by layer."""

    def __init__(self, samples, columns):
        self.samples, self.columns = samples, columns
        # How many are done, and what came of them, by layer: shape (rows, columns).
        self.done = 0
        self.seen: dict[str, np.ndarray] = {}
        self._portion = PORTION

    @property
    def finished(self):
        return self.done == len(self.samples)

    def go_on(self, evaluate, seconds=STEP_SECONDS):
        """Evaluates more samples for about so long, at least a portion; True once all are done.

        `evaluate(samples)` returns what layers make of them, by name.
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
            # As many as there is time for at this pace, but at most twice as many, for the pace may have been a hiccup.
            afforded = int((end - now) / max(now - began, 1e-6) * len(part))
            self._portion = min(max(PORTION, afforded), 2 * self._portion)
        self._portion = max(PORTION, self._portion // 2)
        return self.finished
