"""The loop: at the display's rate, ask the lab to train a little, and draw what came back.

At most one request is on its way; while the lab works on it the page draws the answer before. Flat out, the next
request leaves the moment an answer arrives, so that the lab never waits for the display.
"""

import json

from pyscript import window
from pyscript.ffi import create_proxy

from page.dom import now

# How long the lab may train and draw for one request, in milliseconds.
TRAIN_MILLISECONDS = 12
VIEW_MILLISECONDS = 5
PAUSED_VIEW_MILLISECONDS = 60
# Steps that a slow display could not ask for in time are made up for, but no more than this many seconds of them.
OWED_SECONDS = 0.25
EVERYTHING = 1000000


class Run:
    """Drives `lab`; `on_started(answer)` and `on_frame(answer)` are called with what it answers, then `draw()`.

    `draw()` returns True while it wants to be called again for the next frame of the display. `wants_history()` tells
    whether an answer should bring the history along. Nothing is asked of the lab before `set_view`.
    """

    def __init__(self, lab, on_started, on_frame, draw):
        self.lab, self.on_started, self.on_frame, self.draw = lab, on_started, on_frame, draw
        self.wants_history = lambda: True
        self.experiment = None
        self.view = None
        self.ready = False
        self.playing = False
        self.to_epoch = None
        self.start_due = False
        # From when a run is to be started until its first answer has been taken up.
        self.fresh = True
        self.view_due = False
        self.busy = False
        self.steps_asked = False
        self.drawing_due = False
        self.scheduled = False
        self.owed = 0
        self.last = now()
        # Made once: a new proxy for every frame would never be freed.
        self._tick_proxy = create_proxy(self._tick)
        self._started_proxy = create_proxy(self._started)
        self._answered_proxy = create_proxy(self._answered)

    def set_experiment(self, experiment, afresh):
        """Goes on with `experiment`: from the start if `afresh`, else with the network as it is."""
        self.experiment = experiment
        if afresh:
            self.start_due = True
            self.fresh = True
            self.to_epoch = None
        self.wake()

    def set_view(self, layer, dimensions, palette, resolution):
        """What to draw from now on; see `Session.frame`."""
        view = {"layer": layer, "dimensions": dimensions, "palette": palette, "resolution": resolution}
        if view != self.view:
            self.view = view
            self.view_due = True
            self.wake()

    def play(self, playing):
        self.playing = playing
        self.to_epoch = None
        self.owed = 1
        # The last picture was drawn in a hurry; the one that stays may take its time.
        self.view_due = True
        self.wake()

    def play_to(self, epoch):
        """Trains up to the end of an epoch as fast as it goes."""
        self.playing = False
        self.to_epoch = epoch
        self.wake()

    def is_training(self):
        """Whether steps are taken, or will be, or may be under way."""
        return self.playing or self.to_epoch is not None or self.steps_asked

    def lab_ready(self, ready):
        """Tells whether the lab answers; a lab that has just been started knows of no experiment yet."""
        self.ready = ready
        self.busy = self.steps_asked = False
        self.start_due = True
        self.fresh = True
        self.wake()

    def wake(self):
        """Sees to it that the loop runs for the next frame of the display."""
        if not self.scheduled:
            self.scheduled = True
            window.requestAnimationFrame(self._tick_proxy)

    def _tick(self, _):
        self.scheduled = False
        time = now()
        elapsed = min((time - self.last) / 1000, OWED_SECONDS)
        self.last = time
        if self.playing and self.experiment["speed"]:
            speed = self.experiment["speed"]
            self.owed = min(self.owed + elapsed * speed, max(1, OWED_SECONDS * speed))
        self._ask()
        if self.drawing_due:
            self.drawing_due = self.draw()
        if self.playing or self.drawing_due:
            self.wake()

    def _ask(self):
        """Sends the next request if there is one to send and the lab is free."""
        if self.busy or not self.ready or not self.view:
            return
        if self.start_due:
            self.start_due = False
            self.busy = True
            self.view_due = True
            self.lab.call("start", json.dumps(self.experiment), self._started_proxy)
            return
        steps = self._steps()
        if not steps and not self.view_due:
            return
        self.busy = True
        self.steps_asked = steps > 0
        self.view_due = False
        moving = self.playing or self.to_epoch is not None
        request = {
            "steps": steps,
            "milliseconds": TRAIN_MILLISECONDS,
            "learning_rate": self.experiment["learning_rate"],
            "to_epoch": self.to_epoch,
            "history": self.wants_history() or not moving,
            "view": dict(self.view, milliseconds=VIEW_MILLISECONDS if moving else PAUSED_VIEW_MILLISECONDS),
        }
        self.lab.call("frame", json.dumps(request), self._answered_proxy)

    def _steps(self):
        if self.to_epoch is not None:
            return EVERYTHING
        if not self.playing:
            return 0
        if not self.experiment["speed"]:
            return EVERYTHING
        steps = int(self.owed)
        self.owed -= steps
        return steps

    def _started(self, answer):
        self.busy = False
        self.on_started(answer)
        self._ask()

    def _answered(self, answer):
        self.busy = False
        self.steps_asked = False
        # What was asked of a run that is to be started afresh is of no interest any more.
        if not self.start_due:
            self.on_frame(answer)
            self.drawing_due = True
        if (
            self.start_due
            or self.view_due
            or self.to_epoch is not None
            or (self.playing and not self.experiment["speed"])
        ):
            self._ask()
        self.wake()
