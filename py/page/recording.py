"""Plays a recording of the default experiment, by the views themselves, until the page has a lab of its own."""

from pyscript import document, window
from pyscript.ffi import create_proxy, to_js
from scripts import recorded

from page import palette, phase
from page.dom import now
from page.run_client import RunClient
from page.views import Views
from spec import fields

# Pictures of the recording are shown for so many milliseconds each, the last one for longer; then it begins again. On a
# slow computer, which has the page to build and the lab to start meanwhile, each is shown for at least `REST` times as
# long as it takes to draw.
EACH, LAST = 220, 2000
REST = 16
# The fields on which it depends what is seen of a run.
SEEN = fields.names(fields.VIEW, fields.LIVE, fields.NUMBERS, fields.NETWORK)
# What a view's label says before it shows anything, and what it says of a recording.
NOTHING, A_RECORDING = "nothing to show yet", "a recording, until Python has loaded"
# The attribute of `<html>` that tells which epoch of the recording is shown.
ATTRIBUTE = "data-recording"


class Recording:
    """Shows a recording to the views that are added, as soon as it has been fetched, until `end` is called.

    `state()` returns the page's state, `is_calm()` whether nothing may move: then only the last picture is shown.
    `on_show(epoch)` is called with each picture, `on_begin()` before the first.
    """

    def __init__(self, state, is_calm, on_begin, on_show):
        self.state, self.is_calm = state, is_calm
        self.on_begin, self.on_show = on_begin, on_show
        self.views = Views()
        # A run whose lab is the recording, and which is never asked for anything.
        self.run = RunClient(None, None, None)
        self.given = None
        # Whether it is over, or has never begun; the picture that is shown, None before the first.
        self.over = False
        self.shown = None
        self._tick_proxy = create_proxy(self._tick)
        # If it cannot be fetched, it is not shown.
        recorded().then(create_proxy(self._came)).catch(create_proxy(lambda error: None))

    def is_shown(self):
        """Whether what the views show is the recording."""
        return self.shown is not None

    def add(self, view):
        """Shows the recording in one more view."""
        self.views.add(view)
        if self.is_shown():
            newcomer = Views()
            newcomer.add(view)
            newcomer.tell("opened", self.run)
            self._show_in(newcomer)
        else:
            self._begin()

    def fits(self):
        """Whether a lab may still come, and what is chosen is the recorded experiment, looked at in the same way."""
        state, defaults = self.state(), fields.defaults()
        return state.phase.state == phase.LOADING and all(state.experiment[name] == defaults[name] for name in SEEN)

    def show_again(self):
        """Shows the present picture again: to views that have forgotten it, or in other colours."""
        if self.is_shown():
            self._show(self.shown)

    def end(self):
        """Ends the recording. What the views show stays until they are told something else."""
        self.over = True
        self.shown = None
        document.documentElement.removeAttribute(ATTRIBUTE)

    def _came(self, given):
        self.given = given
        self._begin()

    def _begin(self):
        if self.given is None or self.over or not self.views.all or not self.fits():
            return
        self.run.take_opened(self.given.opened)
        self.views.tell("opened", self.run)
        self.on_begin()
        self._tick()

    def _tick(self, *_):
        if self.over:
            return
        last = self.given.count - 1
        index = last if self.is_calm() else 0 if self.shown in (None, last) else self.shown + 1
        began = now()
        if index != self.shown:
            self._show(index)
        # The second picture, by which it is seen that something moves, comes as soon as may be.
        rest = EACH if index == 0 else max(EACH, REST * (now() - began))
        window.setTimeout(self._tick_proxy, LAST if index == last else rest)

    def _show(self, index):
        self.shown = index
        self.run.take_answer(self.given.answer(index, to_js(palette.shading())))
        self._show_in(self.views)
        document.documentElement.setAttribute(ATTRIBUTE, str(self.run.epoch))
        self.on_show(self.run.epoch)

    def _show_in(self, views):
        views.tell("answered", self.run)
        views.tell("drawn", self.run.picture)
        # Without gliding, which would have to be drawn on every frame of the display: the lab needs the time.
        views.tell("draw", True)
        for view in views.all:
            _name(getattr(view, "canvas", None))


def _name(canvas):
    """Says in a canvas's label, if that says that there is nothing yet, what is there."""
    label = canvas and canvas.getAttribute("aria-label")
    if label and NOTHING in label:
        canvas.setAttribute("aria-label", label.replace(NOTHING, A_RECORDING))
