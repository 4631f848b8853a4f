"""The experiment in the page's address, after the `#`, so that a link is an experiment."""

import storage
from pyscript import window
from pyscript.ffi import create_proxy

from page.dom import listen
from spec import fields

# What changes by the frame is written this often, in milliseconds.
EVERY = 300
# Under this key a tab keeps, for one reload, the address that it had and the one that was about to be written.
KEY = "late address"


def read():
    """`(experiment, complaints, play)`: what the address says, and whether it asks to play at once."""
    late.cancel()
    late.take_up()
    query = late.known = window.location.hash
    experiment, complaints = fields.from_query(query)
    return experiment, complaints, "play" in query.lstrip("#").split("&")


def write(experiment):
    """Puts an experiment into the address, without a new entry in the history."""
    late.experiment = experiment
    late.cancel()
    late.write()


def write_soon(experiment):
    """The same for what changes by the frame: browsers refuse an address that changes too often."""
    late.experiment = experiment
    if late.timer is None:
        late.timer = window.setTimeout(late.proxy, EVERY)


class _Late:
    """The experiment that the address is to say, and the timer that writes it."""

    def __init__(self):
        self.experiment = self.timer = None
        # What the address was when it was last read or written.
        self.known = ""
        self.proxy = create_proxy(self.write)

    def cancel(self):
        if self.timer is not None:
            window.clearTimeout(self.timer)
            self.timer = None

    def leave(self):
        """Writes at once what was to be written soon, also for the page to come if this is a reload.

        The browser has taken the address that it reloads before anybody is told.
        """
        if self.timer is not None:
            before = self.known
            self.cancel()
            self.write()
            storage.tab.write(KEY, before + " " + self.known)

    def take_up(self):
        """Puts into the address what the page before, of which this is a reload, has left."""
        before, blank, query = (storage.tab.read(KEY) or "").partition(" ")
        storage.tab.write(KEY, "")
        reloaded = window.performance.getEntriesByType("navigation")[0].type == "reload"
        if reloaded and blank and window.location.hash == before:
            window.history.replaceState(None, "", query)

    def write(self):
        self.timer = None
        # What a person has changed and `follow` has not yet told of stays.
        if window.location.hash == self.known:
            window.history.replaceState(None, "", "#" + fields.to_query(self.experiment))
            self.known = window.location.hash


late = _Late()
listen(window.window, "pagehide", lambda event: late.leave())


def follow(handler):
    """Calls `handler()` when a person changes the address."""
    # PyScript's `window` is a module of MicroPython's; events are heard on the object itself.
    listen(window.window, "hashchange", lambda event: handler())
