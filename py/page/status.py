"""What programs and people are told of the run: attributes of `<html>`, counters, and the names of buttons."""

from pyscript import document, window
from pyscript.ffi import create_proxy

from page.announcer import Announcer, words
from page.dom import by_id, now, set_text

# The attributes and counters are written this often while training, in milliseconds.
EVERY = 100
RATE_WINDOW = 1000


class Status:
    def __init__(self):
        self.root = document.documentElement
        self.state = "loading"
        self.announcer = Announcer()
        self.written = 0
        self.marks = []
        self.epoch = self.step = 0
        self.metrics = None
        self.write_due = False
        self._write_late = create_proxy(self._write_late)

    def set_state(self, state, reason=""):
        """`loading`, `ready`, `training`, `paused`, `diverged` or `error`; `reason` is a sentence that says why."""
        self.state = state
        self.marks = []
        self.write()
        loss, accuracy = (_loss_text(self.metrics[0]), _percent(self.metrics[1])) if self.metrics else ("", "")
        self.announcer.tell(words(state, self.epoch, loss, accuracy, reason), seen=reason != "")

    def set_engine(self, engine, reason):
        """Tells which engine runs the steps, `autograd` or `wasm`, and for what reason not the fast one."""
        self.root.setAttribute("data-engine", engine)
        if engine == "wasm":
            text = "Its training steps are autograd's own, compiled to WebAssembly."
        else:
            text = "Its training steps run in plain autograd" + (": %s." % reason if reason else ".")
        set_text(by_id("engine"), text)

    def take(self, epoch, step, metrics):
        """Takes up where a run is: metrics are train loss, train accuracy, test loss, test accuracy."""
        self.epoch, self.step, self.metrics = epoch, step, metrics
        if now() - self.written >= EVERY:
            self.write()
        elif not self.write_due:
            # The last word before a quiet time must not be lost.
            self.write_due = True
            window.setTimeout(self._write_late, EVERY)

    def _write_late(self):
        if self.write_due:
            self.write()

    def _rate(self):
        """Steps per second over about the last second of training; 0 when it is not training."""
        if self.state != "training":
            return 0
        time = now()
        self.marks.append((time, self.step))
        while len(self.marks) > 2 and self.marks[1][0] <= time - RATE_WINDOW:
            self.marks.pop(0)
        first_time, first_step = self.marks[0]
        return (self.step - first_step) * 1000 / (time - first_time) if time > first_time else 0

    def write(self):
        self.written = now()
        self.write_due = False
        rate = self._rate()
        attributes = {
            "state": self.state,
            "epoch": self.epoch,
            "step": self.step,
            "steps-per-second": "%.1f" % rate if rate else 0,
        }
        if self.metrics:
            names = ("train-loss", "train-accuracy", "test-loss", "test-accuracy")
            for name, value in zip(names, self.metrics):
                attributes[name] = value
                set_text(by_id(name), _percent(value) if "accuracy" in name else _loss_text(value))
        for name, value in attributes.items():
            self.root.setAttribute("data-" + name, str(value))
        set_text(by_id("epoch"), "{:,}".format(self.epoch))
        set_text(by_id("steps"), "{:,}".format(self.step))
        set_text(by_id("rate"), "{:,}".format(round(rate)))


def _loss_text(value):
    if value != value or abs(value) == float("inf"):
        return "not finite"
    return "%.3f" % value if value < 1000 else "%.2e" % value


def _percent(share):
    return "%.1f %%" % (100 * share)
