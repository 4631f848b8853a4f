"""The loop: at the display's rate, ask the lab to train a little, and draw what came back.

While the lab works on one request the page draws the answer before. While it plays a second request may be on its
way, so that the lab never waits for the page; but not to a lab that takes long, for what a person does would come
after both.

Where nobody sees the page there are no frames of the display, and browsers let timers fire once a second or once a
minute: training goes on by answers and such timers, without a picture, and after a while not at all.
"""

from pyscript import window
from pyscript.ffi import create_proxy

from page.dom import now
from spec import protocol, shape

# How long the lab may train and draw for one request, in milliseconds. Flat out, the views shall take no more than a
# quarter of its time, that for the network's outputs included; at a pace there is time left.
TRAIN_MILLISECONDS = 12
VIEW_MILLISECONDS = 3.6
PACED_VIEW_MILLISECONDS = 7
PAUSED_VIEW_MILLISECONDS = 60
# While a picture moves though nothing is trained.
MOVING_VIEW_MILLISECONDS = 14
# Steps that a slow display could not ask for in time are made up for, but no more than this many seconds of them.
OWED_SECONDS = 0.25
EVERYTHING = 1000000
# The only run that there is, to the lab.
RUN = "run"
# Out of sight: milliseconds of training for one request, which is how long coming back may have to wait; how often
# steps are asked for at a pace; seconds of steps that are made up for at most; and seconds until it is enough.
HIDDEN_TRAIN_MILLISECONDS = 100
HIDDEN_EVERY = 1000
HIDDEN_OWED_SECONDS = 60
HIDDEN_SECONDS = 300
# An answer that takes no longer than this from asking, in milliseconds, is quick.
QUICK = 60


class Run:
    """Drives `lab`; `on_started(answer)` and `on_frame(answer)` are called with what it answers, then `draw()`.

    `draw()` returns True while it wants to be called again for the next frame of the display. `advance(seconds)` is
    called on every frame before anything is asked, and returns True while something moves by itself. `wants_history()`
    tells whether an answer should bring the history along. `on_unseen()` is called when it has trained for a long time
    and nobody has seen it. Nothing is asked of the lab before `set_view`.
    """

    def __init__(self, lab, on_started, on_frame, draw, advance, on_unseen):
        self.lab, self.on_started, self.on_frame, self.draw, self.advance = lab, on_started, on_frame, draw, advance
        self.on_unseen = on_unseen
        self.wants_history = lambda: True
        # When the page went out of sight, in milliseconds; None while it is seen.
        self.hidden_since = None
        self.experiment = None
        self.view = None
        self.ready = False
        self.playing = False
        self.to_epoch = None
        self.start_due = False
        # From when a run is to be started until its first answer has been taken up.
        self.fresh = True
        self.view_due = False
        self.seek = None
        self.branch = False
        self.starting = False
        # Of every request on its way: whether it asks for steps, at what learning rate, and when it was sent.
        self.asked = []
        self.quick = False
        # The learning rate that the answer just taken was asked with.
        self.rate_asked = None
        self.drawing_due = False
        self.in_motion = False
        # What the browser calls the next frame or, out of sight, the timer; None if there is none.
        self.scheduled = None
        # Whether no frame follows by itself on the one before.
        self.resting = True
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
            self.seek = None
            self.branch = False
        self.wake()

    def set_view(self, view):
        """What to draw from now on; see `protocol.view`."""
        if view != self.view:
            self.view = view
            self.view_due = True
            self.wake()

    def go_to(self, epoch):
        """Goes back to an epoch that was kept, or forward to the end, without training."""
        self.seek = epoch
        self.view_due = True
        self.wake()

    def go_on_from_here(self):
        """Forgets what lies after the epoch that was gone back to."""
        self.branch = True
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
        return self.playing or self.to_epoch is not None or any(asked[0] for asked in self.asked)

    def lab_ready(self, ready):
        """Tells whether the lab answers; a lab that has just been started knows of no experiment yet."""
        self.ready = ready
        self.starting = False
        self.asked = []
        self.start_due = True
        self.fresh = True
        self.wake()

    def draw_soon(self):
        """Draws what there is on the next frame of the display."""
        self.drawing_due = True
        self.wake()

    def look_again(self):
        """Asks the lab for another picture though nothing was changed: it is on its way to one."""
        self.view_due = True
        self.wake()

    def set_hidden(self, hidden):
        """Stops drawing, or draws at once: tells whether nobody sees the page."""
        if hidden == self.hidden():
            return
        self._cancel()
        self.hidden_since = now() if hidden else None
        # What moves goes on where it was; the steps are those of the time before.
        self.resting = True
        self.owed = min(self.owed, 1)
        self.view_due = True
        self.drawing_due = True
        self.wake()

    def hidden(self):
        """Whether nobody sees the page."""
        return self.hidden_since is not None

    def wake(self):
        """Sees to it that the loop runs for the next frame of the display, or soon where there are none."""
        if self.scheduled is not None:
            return
        if self.hidden():
            self.scheduled = window.setTimeout(self._tick_proxy, HIDDEN_EVERY if self.playing else 0)
        else:
            self.scheduled = window.requestAnimationFrame(self._tick_proxy)

    def _cancel(self):
        """Calls the next frame or timer off."""
        if self.scheduled is not None:
            if self.hidden():
                window.clearTimeout(self.scheduled)
            else:
                window.cancelAnimationFrame(self.scheduled)
            self.scheduled = None

    def _tick(self, *_):
        self.scheduled = None
        elapsed = self._elapsed()
        if self.hidden():
            self._go_on_unseen()
            return
        self.in_motion = self.advance(elapsed)
        self._ask()
        if self.drawing_due:
            self.drawing_due = self.draw()
        # A lab that is not there yet will be heard of.
        training = self.playing and self.ready and not self.starting
        self.resting = not (training or self.drawing_due or self.in_motion)
        if not self.resting:
            self.wake()

    def _elapsed(self):
        """Seconds since the last frame; notes what they make owing. A laptop that slept owes no night of steps."""
        time = now()
        at_most = HIDDEN_OWED_SECONDS if self.hidden() else OWED_SECONDS
        # After a rest what begins to move begins where it is.
        elapsed = 0 if self.resting else min((time - self.last) / 1000, at_most)
        self.last = time
        if self.playing and self.experiment["speed"]:
            speed = self.experiment["speed"]
            self.owed = min(self.owed + elapsed * speed, max(1, at_most * speed))
        return elapsed

    def _go_on_unseen(self):
        """Trains on, if it is playing, without a picture."""
        if self.playing and now() - self.hidden_since >= 1000 * HIDDEN_SECONDS:
            self.on_unseen()
        self._ask()
        self.resting = not self.playing
        if self.playing:
            self.wake()

    def _ask(self):
        """Sends the next request if there is one to send and the lab is free for it."""
        if self.starting or not self.ready or not self.view:
            return
        if len(self.asked) >= (2 if self.playing and self.quick and not self.start_due else 1):
            return
        if self.start_due:
            self.start_due = False
            self.starting = True
            self.view_due = True
            opening = protocol.Opening(RUN, self.experiment, True, protocol.BUDGET)
            self.lab.call("open", protocol.write_openings([opening]), self._started_proxy)
            return
        steps = self._steps()
        if not steps and not self.view_due:
            return
        self.asked.append((steps > 0, self.experiment["learning_rate"], now()))
        self.view_due = False
        training = self.playing or self.to_epoch is not None
        seen = not self.hidden()
        view = None
        if seen:
            view = dict(self.view, milliseconds=self._view_milliseconds(training), seconds=now() / 1000)
        request = protocol.Request(
            RUN,
            steps,
            TRAIN_MILLISECONDS if seen else HIDDEN_TRAIN_MILLISECONDS,
            self.to_epoch,
            protocol.live_of(self.experiment),
            self.seek,
            self.branch,
            seen and (self.wants_history() or not training),
            view,
        )
        self.seek = None
        self.branch = False
        self.lab.call("frame", protocol.write_requests([request]), self._answered_proxy)

    def _view_milliseconds(self, training):
        if training:
            paced = self.to_epoch is None and self.experiment["speed"]
            return PACED_VIEW_MILLISECONDS if paced else VIEW_MILLISECONDS
        return MOVING_VIEW_MILLISECONDS if self.in_motion else PAUSED_VIEW_MILLISECONDS

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

    def _started(self, answers):
        self.starting = False
        self.on_started(protocol.read_opened(answers[0]))
        self._ask()

    def _answered(self, answers):
        _, self.rate_asked, sent = self.asked.pop(0)
        self.quick = now() - sent < QUICK
        # What was asked of a run that is to be started afresh is of no interest any more.
        if not self.start_due:
            self.on_frame(protocol.read_answer(answers[0], shape.shape_of(self.experiment).task))
            self.drawing_due = True
        if (
            self.start_due
            or self.view_due
            or self.to_epoch is not None
            or (self.playing and not self.experiment["speed"])
        ):
            self._ask()
        self.wake()
