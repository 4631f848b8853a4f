"""The experiment in the page's address, after the `#`, so that a link is an experiment."""

import storage
from pyscript import window
from pyscript.ffi import create_proxy

from page import links
from page.dom import listen
from spec import fields

# What changes by the frame is written this often, in milliseconds.
EVERY = 300
# Under this key a tab keeps, for one reload, the address that it had and the one that was about to be written.
KEY = "address before reload"


class Address:
    """Reads the page's address, and writes what `experiment()` returns into it, without a new entry in the history."""

    def __init__(self, experiment):
        self.experiment = experiment
        self.timer = None
        # What the address was when it was last read or written.
        self.known = ""
        self._write_proxy = create_proxy(self.write)
        listen(window.window, "pagehide", lambda event: self._leave())

    def read(self):
        """What `links.read` returns for the page's address."""
        self._cancel()
        self._take_up()
        self.known = window.location.hash
        return links.read(self.known)

    def write(self):
        """Writes it at once."""
        self._cancel()
        # What a person has changed and `follow` has not yet told of stays.
        if window.location.hash == self.known:
            window.history.replaceState(None, "", "#" + fields.to_query(self.experiment()))
            self.known = window.location.hash

    def write_soon(self):
        """The same for what changes by the frame: browsers refuse an address that changes too often."""
        if self.timer is None:
            self.timer = window.setTimeout(self._write_proxy, EVERY)

    def follow(self, handler):
        """Calls `handler()` when a person or a program changes the address."""
        # PyScript's `window` is a module of MicroPython's; events are heard on the object itself.
        listen(window.window, "hashchange", lambda event: handler())

    def _cancel(self):
        if self.timer is not None:
            window.clearTimeout(self.timer)
            self.timer = None

    def _leave(self):
        """Writes at once what was to be written soon, also for the page to come if this is a reload.

        The browser has taken the address that it reloads before anybody is told.
        """
        if self.timer is not None:
            before = self.known
            self.write()
            storage.tab.write(KEY, before + " " + self.known)

    def _take_up(self):
        """Puts into the address what the page before, of which this is a reload, has left."""
        before, blank, query = (storage.tab.read(KEY) or "").partition(" ")
        storage.tab.write(KEY, "")
        reloaded = window.performance.getEntriesByType("navigation")[0].type == "reload"
        if reloaded and blank and window.location.hash == before:
            window.history.replaceState(None, "", query)
