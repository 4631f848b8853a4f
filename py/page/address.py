"""The experiment in the page's address, after the `#`, so that a link is an experiment."""

from pyscript import window

import spec
from page.dom import listen


def read():
    """`(experiment, complaints, play)`: what the address says, and whether it asks to play at once."""
    query = window.location.hash
    experiment, complaints = spec.from_query(query)
    return experiment, complaints, "play" in query.lstrip("#").split("&")


def write(experiment):
    """Puts an experiment into the address, without a new entry in the history."""
    window.history.replaceState(None, "", "#" + spec.to_query(experiment))


def follow(handler):
    """Calls `handler()` when a person changes the address."""
    # PyScript's `window` is a module of MicroPython's; events are heard on the object itself.
    listen(window.window, "hashchange", lambda event: handler())
