"""The experiment in the page's address, after the `#`, so that a link is an experiment."""

from pyscript import window
from pyscript.ffi import create_proxy

import spec
from page.dom import listen

# What changes by the frame is written this often, in milliseconds.
EVERY = 300


def read():
    """`(experiment, complaints, play)`: what the address says, and whether it asks to play at once."""
    late.cancel()
    query = late.known = window.location.hash
    experiment, complaints = spec.from_query(query)
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

    def hurry(self):
        if self.timer is not None:
            self.cancel()
            self.write()

    def write(self):
        self.timer = None
        # What a person has changed and `follow` has not yet told of stays.
        if window.location.hash == self.known:
            window.history.replaceState(None, "", "#" + spec.to_query(self.experiment))
            self.known = window.location.hash


late = _Late()
# A page that is reloaded or left has no time for what is late. What comes after this, as `pagehide`, is too late: the
# browser knows by then what address it reloads.
listen(window.window, "beforeunload", lambda event: late.hurry())


def follow(handler):
    """Calls `handler()` when a person changes the address."""
    # PyScript's `window` is a module of MicroPython's; events are heard on the object itself.
    listen(window.window, "hashchange", lambda event: handler())
