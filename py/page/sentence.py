"""The sentence under the stage, which changes as slowly as a person reads."""

from page import phase, story
from page.dom import by_id, now, set_text

# While it trains the sentence stays for so many milliseconds at least.
READ = 3000


class Sentence:
    """A view that says what there is to be seen; `state()` returns the state of its phase, `rail` is the `Rail`."""

    def __init__(self, state, rail):
        self.state, self.rail = state, rail
        self.said_at = 0
        # What a person has to do with: the layer that is seen, and the state of the training.
        self.about = None

    def begin(self, experiment):
        self.about = None
        set_text(by_id("sentence"), "")

    def describe(self, experiment, run):
        """Says what is seen now: at once if a person has turned to something else, otherwise not too soon."""
        layer, on_the_way = int(self.rail.position + 1e-6), self.rail.position % 1 > 1e-6
        about = layer, on_the_way, self.state()
        if about == self.about and about[-1] == phase.TRAINING and now() - self.said_at < READ:
            return
        seen = story.Seen(run.step, run.diverged, run.metrics, self.rail.probes, layer, on_the_way)
        # A number and its per cent stay on one line.
        words = story.sentence(experiment, seen).replace(" %", "\u00a0%")
        if words != by_id("sentence").textContent:
            self.said_at = now()
            set_text(by_id("sentence"), words)
        self.about = about
