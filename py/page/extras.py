"""What the page fetches only when it is wanted: modules that nothing on screen needs at the start."""

from pyscript import config, document
from pyscript.ffi import create_proxy
from scripts import fetchModule

from page.dom import by_id, listen


class Extras:
    def __init__(self):
        self.wanted = set()
        # What keeps the site, once it is there.
        self.offline = None
        # What makes the explanation give way to what the Tab key leads to, once it has been opened.
        self.about = None
        listen(by_id("about"), "toggle", lambda event: self._open_about())
        listen(document, "keydown", self._pressed)
        if by_id("about").open:
            self._open_about()

    def start(self):
        """Has the browser keep the site, now that the page has nothing more urgent to do."""
        if config["offline"]:
            self._fetch("offline", self._keep)

    def superseded(self):
        """Whether the site is answered for by another version than the page is of."""
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

    def _pressed(self, event):
        """Closes the explanation on Escape; what is inside of it gives the focus back."""
        panel = by_id("about")
        if event.key != "Escape" or event.defaultPrevented or not panel.open:
            return
        inside = panel.contains(document.activeElement) or document.activeElement is document.body
        panel.open = False
        if inside:
            panel.querySelector("summary").focus()

    def _fetch(self, name, run):
        """Fetches a module and then calls `run()`, once. What does not come is tried again when it is wanted again."""
        if name not in self.wanted:
            self.wanted.add(name)
            # What is awaited for nothing calls back with no argument.
            came = create_proxy(lambda *nothing: run())
            missed = create_proxy(lambda error: self.wanted.discard(name))
            fetchModule("page/%s.py" % name).then(came, missed)
