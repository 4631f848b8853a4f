"""The experiment in the page's address, after the `#`, so that a link is an experiment."""

import storage
from pyscript import window
from pyscript.ffi import create_proxy

from page import links, tables
from page.dom import listen
from spec import fields

# What changes with every frame is written at this interval, in milliseconds.
EVERY = 300
# The key under which a tab keeps, for one reload, its address and the address that was about to be written.
KEY = "address before reload"
# The name under which the address holds a person's own table, if that is small.
ROWS = "rows"


class Address:
    """Reads the page's address, and writes what `experiment()` returns into it, without a new entry in the history."""

    def __init__(self, experiment):
        self.experiment = experiment
        self.timer = None
        # The part of the address after and with the `#`, when it was last read or written.
        self.known = ""
        self._write_proxy = create_proxy(self.write)
        listen(window.window, "pagehide", lambda event: self._leave())

    def read(self):
        """What `links.read` returns for the page's address."""
        self._cancel()
        self._take_up()
        self.known = window.location.hash
        experiment, complaints, play = links.read(self.known)
        tables.linked(experiment["table"], links.part(self.known, ROWS))
        return experiment, complaints, play

    def write(self):
        """Writes the experiment into the address at once."""
        self._cancel()
        # An address that a person has just changed, of which `follow` has not told yet, is not overwritten.
        if window.location.hash == self.known:
            experiment = self.experiment()
            rows = tables.link_of(experiment)
            more = "&%s=%s" % (ROWS, rows) if rows else ""
            window.history.replaceState(None, "", "#" + fields.to_query(experiment) + more)
            self.known = window.location.hash

    def write_soon(self):
        """Writes the experiment after a while; browsers refuse an address that changes with every frame."""
        if self.timer is None:
            self.timer = window.setTimeout(self._write_proxy, EVERY)

    def follow(self, handler):
        """Calls `handler()` when a person or a program changes the address."""
        # PyScript's `window` is a MicroPython module; listeners have to be added to the JavaScript object in it.
        listen(window.window, "hashchange", lambda event: handler())

    def _cancel(self):
        if self.timer is not None:
            window.clearTimeout(self.timer)
            self.timer = None

    def _leave(self):
        """Writes at once what was to be written soon, and keeps it for a reload.

        When a browser reloads a page, it takes the address before the page is told, so that writing it is too late.
        """
        if self.timer is not None:
            before = self.known
            self.write()
            storage.tab.write(KEY, before + " " + self.known)

    def _take_up(self):
        """If this is a reload, puts into the address what `_leave` has kept."""
        before, blank, query = (storage.tab.read(KEY) or "").partition(" ")
        storage.tab.write(KEY, "")
        reloaded = window.performance.getEntriesByType("navigation")[0].type == "reload"
        if reloaded and blank and window.location.hash == before:
            window.history.replaceState(None, "", query)
