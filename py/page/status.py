"""What programs and people are told of the run: attributes of `<html>`, counters and figures. Only writes it out."""

from pyscript import document, window
from pyscript.ffi import create_proxy

from page import phase, run_words
from page.announcer import Announcer
from page.dom import by_id, now, set_text
from spec import protocol, registry, shape

# The attributes and counters are written this often while training, in milliseconds.
EVERY = 100
RATE_WINDOW = 1000
# A state that lasts no longer than this, in milliseconds, is not worth a word.
SETTLED = 500
LOADING_SETTLED = 2000
# What a task has among its metrics, whatever the page shows.
FIGURES = protocol.METRICS[registry.CLASSIFICATION]


class Status:
    """Writes what `phase` and `run`, a `RunClient`, say."""

    def __init__(self, run):
        self.run = run
        self.root = document.documentElement
        self.phase = phase.FIRST
        self.announcer = Announcer()
        self.written = 0
        # Times and steps of the last second of training.
        self.marks = []
        self.write_due = False
        self._write_late_proxy = create_proxy(self._write_late)

    def show(self, now_in):
        """Tells of another phase, at once."""
        before, self.phase = self.phase, now_in
        if before.state != now_in.state or now_in.waiting:
            self.marks = []
        self.write()
        if (before.state, before.waiting) != (now_in.state, now_in.waiting):
            words = run_words.state_words(now_in, self.run)
            # Most networks are there before that has been said.
            patience = LOADING_SETTLED if now_in.state == phase.LOADING else SETTLED
            self.announcer.tell(words, patience, seen=now_in.reason != "")

    def show_shape(self, experiment):
        """Tells what kind of data the experiment has."""
        data = shape.shape_of(experiment)
        for name in ("rows", "inputs", "outputs", "task"):
            self.root.setAttribute("data-" + name, str(getattr(data, name)))

    def begin(self, experiment):
        self.show_shape(experiment)
        self.root.removeAttribute("data-engine")
        self.root.removeAttribute("data-picture")
        set_text(by_id("engine"), "")

    def opened(self, run):
        """Tells which engine runs the steps, `autograd` or `wasm`, and for what reason not the fast one."""
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
            # The last word before a quiet time must not be lost.
            self.write_due = True
            window.setTimeout(self._write_late_proxy, EVERY)

    def _write_late(self):
        if self.write_due:
            self.write()

    def _rate(self):
        """Steps per second over about the last second of training; 0 when it is not training."""
        if self.phase.state != phase.TRAINING:
            return 0
        time, step = now(), self.run.step
        self.marks.append((time, step))
        while len(self.marks) > 2 and self.marks[1][0] <= time - RATE_WINDOW:
            self.marks.pop(0)
        first_time, first_step = self.marks[0]
        return (step - first_step) * 1000 / (time - first_time) if time > first_time else 0

    def write(self):
        """Writes everything; what is not known of this run is not there."""
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
