"""Shows the run's state to programs and people: attributes of `<html>`, counters and figures. Decides nothing."""

from pyscript import document, window
from pyscript.ffi import create_proxy

from page import phase, run_words
from page.announcer import Announcer
from page.dom import by_id, now, set_text
from spec import protocol, registry, shape

# The interval at which attributes and counters are written while training, in milliseconds.
EVERY = 100
# Steps per second are measured over so many milliseconds.
RATE_WINDOW = 1000
# A state is announced when it has lasted so many milliseconds; loading, so many.
SETTLED = 500
LOADING_SETTLED = 2000
# All metrics for which the page has a figure; a task lacks some of them.
FIGURES = protocol.METRICS[registry.CLASSIFICATION] + tuple(
    [name for name in protocol.METRICS[registry.REGRESSION] if not name.endswith("loss")]
)


class Status:
    """A view that writes out a `Phase` and `run`, a `RunClient`."""

    def __init__(self, run):
        self.run = run
        self.root = document.documentElement
        self.phase = phase.FIRST
        self.announcer = Announcer()
        self.written = 0
        # (time, step) of the answers in the last second of training.
        self.marks = []
        self.write_due = False
        self._write_late_proxy = create_proxy(self._write_late)

    def show(self, now_in):
        """Shows a phase, at once; announces it if it lasts."""
        before, self.phase = self.phase, now_in
        if before.state != now_in.state or now_in.waiting:
            self.marks = []
        self.write()
        if (before.state, before.waiting) != (now_in.state, now_in.waiting):
            words = run_words.state_words(now_in, self.run)
            # Most networks are made so quickly that it is not worth an announcement.
            patience = LOADING_SETTLED if now_in.state == phase.LOADING else SETTLED
            self.announcer.tell(words, patience, seen=now_in.reason != "")

    def announce(self, words):
        """Announces what is no state of the run."""
        self.announcer.tell(words, 0)

    def show_shape(self, experiment):
        """Writes the shape and the task of the experiment's data."""
        data = shape.shape_of(experiment)
        for name in ("rows", "inputs", "outputs", "task"):
            self.root.setAttribute("data-" + name, str(getattr(data, name)))

    def begin(self, experiment):
        self.marks = []
        self.show_shape(experiment)
        self.root.removeAttribute("data-engine")
        self.root.removeAttribute("data-picture")
        set_text(by_id("engine"), "")

    def opened(self, run):
        """Writes which engine runs the steps, `autograd` or `wasm`, and why it is not `wasm`."""
        engine, reason = run.data.engine, run.data.reason
        self.root.setAttribute("data-engine", engine)
        if engine == "wasm":
            text = "Its training steps are autograd's own, compiled to WebAssembly."
        else:
            text = "Its training steps run in plain autograd" + (": %s." % reason if reason else ".")
        set_text(by_id("engine"), text)

    def drawn(self, picture):
        self._tell("picture", "fine" if picture.fine else "coarse")

    def answered(self, run):
        if now() - self.written >= EVERY:
            self.write()
        elif not self.write_due:
            # If no more answers follow, this one must be written too.
            self.write_due = True
            window.setTimeout(self._write_late_proxy, EVERY)

    def _write_late(self):
        if self.write_due:
            self.write()

    def _rate(self):
        """Steps per second over about the last second of training; 0 while nothing is trained."""
        if self.phase.state != phase.TRAINING:
            return 0
        time, step = now(), self.run.step
        self.marks.append((time, step))
        while len(self.marks) > 2 and self.marks[1][0] <= time - RATE_WINDOW:
            self.marks.pop(0)
        first_time, first_step = self.marks[0]
        return (step - first_step) * 1000 / (time - first_time) if time > first_time else 0

    def write(self):
        """Writes everything; removes the attributes of metrics that are not known for this run."""
        self.written = now()
        self.write_due = False
        rate = self._rate()
        metrics = run_words.known(self.run.metrics, self.run.diverged)
        for name in FIGURES:
            attribute, value = name.replace("_", "-"), metrics.get(name)
            set_text(by_id(attribute), run_words.metric_text(name, value))
            if value is None:
                self.root.removeAttribute("data-" + attribute)
            else:
                self._tell(attribute, run_words.plain_number(value))
        self._tell("epoch", self.run.epoch)
        self._tell("step", self.run.step)
        self._tell("steps-per-second", "%.1f" % rate if rate else 0)
        set_text(by_id("epoch"), "{:,}".format(self.run.epoch))
        set_text(by_id("steps"), "{:,}".format(self.run.step))
        set_text(by_id("rate"), "{:,}".format(round(rate)))
        self._tell("state", self.phase.state)

    def _tell(self, name, value):
        self.root.setAttribute("data-" + name, str(value))
