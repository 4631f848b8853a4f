"""The loop: on each frame of the display it asks the lab to train a little, and draws what has come back.

While the lab works on one request, the page draws the answer to the previous one. While the page plays, a second
request may be on its way, so that the lab never waits for the page. A slow lab gets only one request at a time, because
what a person does has to wait for all requests that are on their way.

A hidden page gets no frames of the display, and its timers fire only once a second or once a minute. Training then
continues by answers and such timers, without pictures, and after some minutes it pauses.
"""

from pyscript import window
from pyscript.ffi import create_proxy

from page import phase
from page.dom import now
from page.run_client import SEEN
from spec import protocol

# How long the lab may train and draw for one request, in milliseconds. When it trains as fast as possible, views take
# at most a quarter of its time, the network's outputs included; at a chosen speed there is time left.
TRAIN_MILLISECONDS = 12
VIEW_MILLISECONDS = 3.6
PACED_VIEW_MILLISECONDS = 7
PAUSED_VIEW_MILLISECONDS = 60
# The time for drawing while a picture moves and nothing is trained.
MOVING_VIEW_MILLISECONDS = 14
# Steps that a slow display could not request in time are made up for, but not for more than so many seconds.
OWED_SECONDS = 0.25
# More steps than there can be time for in one request.
UNLIMITED_STEPS = 1000000
# While the page is hidden: milliseconds of training for one request, for which a person who comes back may have to
# wait; milliseconds between requests; the most seconds of steps that are made up for; seconds until training pauses.
HIDDEN_TRAIN_MILLISECONDS = 100
HIDDEN_EVERY = 1000
HIDDEN_OWED_SECONDS = 60
HIDDEN_SECONDS = 300
# An answer that comes within so many milliseconds after its request is quick.
QUICK = 60


class Loop:
    """Sends requests to `run`, as the page's state, which `state()` returns, asks for them, and draws.

    `draw()` returns True while it wants to be called again on the next frame of the display. `advance(seconds)` is
    called on every frame before a request is sent, and returns True while something moves by itself. `wants_history()`
    returns whether an answer should contain the history. `on_unseen()` is called when the page has trained for a long
    time while it was hidden. Before `set_view` is called no request is sent.
    """

    def __init__(self, run, state, draw, advance, wants_history, on_unseen):
        self.run, self.state, self.draw, self.advance = run, state, draw, advance
        self.wants_history, self.on_unseen = wants_history, on_unseen
        # The time at which the page was hidden, in milliseconds; None while it is visible.
        self.hidden_since = None
        # What to draw, see `protocol.view`.
        self.view = None
        self.view_due = False
        # These are for the next request only.
        self.seek = None
        self.branch = False
        self.go_on = False
        self.drawing_due = False
        self.in_motion = False
        # The browser's id of the next frame or, if the page is hidden, of the timer; None if there is none.
        self.scheduled = None
        # Whether the last frame has not asked for another one.
        self.resting = True
        self.owed = 0
        self.last = now()
        # Made once: a new proxy for every frame would never be freed.
        self._tick_proxy = create_proxy(self._tick)

    def begin(self):
        """Prepares for a run that is to be opened again."""
        self.seek = None
        self.branch = self.go_on = False
        self.wake()

    def set_view(self, view):
        """Sets what the lab draws from now on, see `protocol.view`."""
        if view != self.view:
            self.view = view
            self.look_again()

    def look_again(self):
        """Asks the lab for another picture with the next request, even if the view has not changed."""
        self.view_due = True
        self.wake()

    def begin_to_train(self):
        """Training begins or ends: takes a first step at once, and asks for a picture.

        When training ends, the last picture was drawn in little time, and can be finer.
        """
        self.owed = 1
        self.go_on = phase.wants_training(self.state().phase)
        self.look_again()

    def go_to(self, epoch):
        """Has the run go to a kept epoch, or to its end, without training."""
        self.seek = epoch
        self.look_again()

    def sought(self):
        """The epoch that is being gone to, while answers may still be of where the run was before; else None."""
        return self.run.sought() if self.seek is None else self.seek

    def goes_on(self):
        """Whether answers may still be of where the run had stopped, though it has been asked to go on."""
        return self.go_on or self.run.goes_on()

    def go_on_from_here(self):
        """Has the run forget what was recorded after the epoch to which it went back."""
        self.branch = True
        self.look_again()

    def draw_soon(self):
        """Draws the present picture on the next frame of the display."""
        self.drawing_due = True
        self.wake()

    def set_hidden(self, hidden):
        """Takes note of whether the page is hidden; stops drawing, or draws at once."""
        if hidden == self.hidden():
            return
        self._cancel()
        self.hidden_since = now() if hidden else None
        # What moves continues from where it was, and steps are not made up for.
        self.resting = True
        self.owed = min(self.owed, 1)
        self.drawing_due = True
        self.look_again()

    def hidden(self):
        """Whether the page is hidden."""
        return self.hidden_since is not None

    def wake(self):
        """Makes sure that the loop runs on the next frame of the display or, if the page is hidden, soon."""
        if self.scheduled is not None:
            return
        if self.hidden():
            self.scheduled = window.setTimeout(self._tick_proxy, HIDDEN_EVERY if self._is_playing() else 0)
        else:
            self.scheduled = window.requestAnimationFrame(self._tick_proxy)

    def answered(self):
        """Handles an answer: sends the next request at once if the lab should not wait for a frame of the display."""
        now_asked = self.state().phase.until is not None and not self._is_paced()
        if self.run.due or self.run.plane_due or self.view_due or now_asked:
            self.ask()
        self.wake()

    def ask(self):
        """Sends the next request, if there is anything to ask for and the lab is free."""
        run = self.run
        most = 2 if self._is_playing() and run.latency < QUICK and not run.due else 1
        if not self.view or not run.is_free(most):
            return
        experiment = self.state().experiment
        if run.due:
            self.view_due = True
            run.open(experiment)
            return
        if run.plane_due:
            self.view_due = True
            run.lie(experiment)
            return
        steps = self._steps()
        if not steps and not self.view_due:
            return
        self.view_due = False
        training = phase.wants_training(self.state().phase)
        until = self.state().phase.until
        seen = not self.hidden()
        request = protocol.Request(
            run=SEEN,
            steps=steps,
            milliseconds=TRAIN_MILLISECONDS if seen else HIDDEN_TRAIN_MILLISECONDS,
            to_epoch=None if until == phase.FOREVER else until,
            live=protocol.live_of(experiment),
            seek=self.seek,
            branch=self.branch,
            history=seen and (self.wants_history() or not training),
            view=self._view(training) if seen else None,
            go_on=self.go_on,
        )
        self.seek = None
        self.branch = self.go_on = False
        run.ask(request)

    def _view(self, training):
        return dict(self.view, milliseconds=self._view_milliseconds(training), seconds=now() / 1000)

    def _view_milliseconds(self, training):
        if training:
            return PACED_VIEW_MILLISECONDS if self._is_paced() else VIEW_MILLISECONDS
        return MOVING_VIEW_MILLISECONDS if self.in_motion else PAUSED_VIEW_MILLISECONDS

    def _is_playing(self):
        return phase.is_playing(self.state().phase)

    def _is_paced(self):
        """Whether it plays at a chosen number of steps per second, not as fast as possible."""
        return self._is_playing() and self.state().experiment["speed"] > 0

    def _steps(self):
        if not phase.wants_training(self.state().phase):
            return 0
        if not self._is_paced():
            return UNLIMITED_STEPS
        steps = int(self.owed)
        self.owed -= steps
        return steps

    def _cancel(self):
        """Cancels the next frame or timer."""
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
        self.ask()
        if self.drawing_due:
            self.drawing_due = self.draw()
        # A lab that is not ready wakes the loop when it is.
        training = self._is_playing() and self.run.ready and not self.run.opening
        self.resting = not (training or self.drawing_due or self.in_motion)
        if not self.resting:
            self.wake()

    def _elapsed(self):
        """The seconds since the last frame; adds the steps that are due for them to `owed`.

        The seconds are limited, so that a computer that has slept does not make up for a whole night.
        """
        time = now()
        at_most = HIDDEN_OWED_SECONDS if self.hidden() else OWED_SECONDS
        # After a rest no time has passed for what begins to move.
        elapsed = 0 if self.resting else min((time - self.last) / 1000, at_most)
        self.last = time
        if self._is_paced():
            speed = self.state().experiment["speed"]
            self.owed = min(self.owed + elapsed * speed, max(1, at_most * speed))
        return elapsed

    def _go_on_unseen(self):
        """Continues training without pictures, if the page is playing."""
        if self._is_playing() and now() - self.hidden_since >= 1000 * HIDDEN_SECONDS:
            self.on_unseen()
        self.ask()
        self.resting = not self._is_playing()
        if not self.resting:
            self.wake()
