"""Fetches modules of the page only when they are needed, because nothing on screen needs them at the start."""

from pyscript import config
from pyscript.ffi import create_proxy
from scripts import fetchModule

from page.dom import by_id, listen


class Extras:
    """The modules that are fetched late: `offline`, and `about` for the panel that explains the page."""

    def __init__(self):
        # The names of the modules that have been asked for.
        self.wanted = set()
        # The `Offline` and the `About`, once their modules have been fetched.
        self.offline = None
        self.about = None
        listen(by_id("about"), "toggle", lambda event: self._open_about())
        if by_id("about").open:
            self._open_about()

    def start(self):
        """Has the browser keep the site for offline use; called when the page has nothing more urgent to do."""
        if config["offline"]:
            self._fetch("offline", self._keep)

    def superseded(self):
        """Whether the service worker serves another version of the site than this page's."""
        return self.offline is not None and self.offline.superseded

    def _keep(self):
        from page.offline import Offline

        self.offline = Offline()
        self.offline.start()

    def _open_about(self):
        def run():
            from page.about import About

            self.about = About()

        self._fetch("about", run)

    def _fetch(self, name, run):
        """Fetches a module once and then calls `run()`. If that fails, the next call tries again."""
        if name not in self.wanted:
            self.wanted.add(name)
            # A promise without a value calls back without arguments.
            came = create_proxy(lambda *nothing: run())
            missed = create_proxy(lambda error: self.wanted.discard(name))
            fetchModule("page/%s.py" % name).then(came, missed)
