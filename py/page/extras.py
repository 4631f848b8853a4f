"""Fetches modules of the page only when they are needed, because nothing on screen needs them at the start."""

import storage
from pyscript import config, document, window
from pyscript.ffi import create_proxy, to_js
from scripts import fetchModule, ownTables

from page.dom import by_id, listen

# The key under which the browser keeps how far a person was shown around.
AROUND = "around"


class Extras:
    """The modules that are fetched late. `app` is the `App`."""

    def __init__(self, app):
        self.app = app
        # The names of the modules that have been asked for.
        self.wanted = set()
        # The `Offline`, the `About` and so on, once their modules have been fetched.
        self.offline = None
        self.about = None
        self.keys = None
        # The class `Listen`, once its module has been fetched, and the one that is heard, None for silence.
        self.listen_class = self.listening = None
        self.tips = None
        self.around = None
        self.flip_book = None
        # The `OwnTable`, once its module has been fetched.
        self.own_table = None
        # The `Drawing`, once its module has been fetched.
        self.drawing = None
        # What is to be done with the `Keys` as soon as there are any.
        self.deeds = []
        listen(document, "keydown", lambda event: self._with_keys(lambda keys: keys.pressed(event)))
        listen(by_id("present"), "click", lambda event: self._with_keys(lambda keys: keys.toggle()))
        listen(by_id("keys"), "click", lambda event: self._with_keys(lambda keys: keys.show()))
        listen(by_id("listen"), "click", lambda event: self._turn_listening())
        listen(by_id("around"), "click", lambda event: self._show_around())
        listen(by_id("flip-book"), "click", lambda event: self._open_flip_book())
        listen(by_id("about"), "toggle", lambda event: self._open_about())
        listen(by_id("own-file"), "change", lambda event: self._open_chosen())
        listen(
            by_id("own-read"),
            "click",
            lambda event: self._with_tables(lambda own: own.open_text(by_id("own-text").value)),
        )
        listen(by_id("own-download"), "click", lambda event: self._with_tables(lambda own: own.download()))
        listen(by_id("own-forget"), "click", lambda event: self._with_tables(lambda own: own.forget()))
        listen(by_id("draw"), "click", lambda event: self._draw())
        window.early.open = create_proxy(self._open_file)
        if window.early.dropped:
            self._open_file(window.early.dropped)
        self._open_chosen()
        if by_id("about").open:
            self._open_about()

    def start(self):
        """Fetches what is likely to be needed, and has the browser keep the site for offline use.

        Called when the page has nothing more urgent to do.
        """
        self._with_keys(lambda keys: None)
        self._fetch(("help", "tips"), self._begin_tips)
        self._offer()
        if config["offline"]:
            self._fetch(("offline",), self._keep)

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

        self._fetch(("about",), run)

    def _turn_listening(self):
        """Begins to let the loss be heard, or ends that."""
        if self.listening:
            self.listening.close()
            self.listening = None
        elif self.listen_class:
            self.listening = self.listen_class(self.app.heard)
        else:

            def run():
                from page.listen import Listen

                self.listen_class = Listen
                self._turn_listening()

            self._fetch(("listen",), run)
        by_id("listen").setAttribute("aria-pressed", "true" if self.listening else "false")

    def _with_keys(self, deed):
        """Calls `deed(keys)`, at once or, if the module has to be fetched, then."""
        if self.keys:
            deed(self.keys)
            return

        def run():
            from page.keys import Keys

            self.keys = Keys(self.app.rail.step, self.app.status.announce)
            for kept in self.deeds:
                kept(self.keys)
            self.deeds = []

        self.deeds.append(deed)
        self._fetch(("keys",), run)

    def _begin_tips(self):
        from page.tips import Tips

        self.tips = Tips()

    def _offer(self):
        """Marks, at a first visit, the button that shows a person around. The next visit is no first one any more."""
        if storage.visits.read(AROUND) is None:
            by_id("around").classList.add("offered")
            storage.visits.write(AROUND, "0")

    def _show_around(self):
        if self.around:
            self.around.open()
            return

        def run():
            from page.around import Around

            self.around = self.app.views.add(Around(self.app, AROUND))
            self.around.open()

        self._fetch(("beats", "around"), run)

    def _open_flip_book(self):
        if self.flip_book:
            self.flip_book.open()
            return

        def run():
            from page.flip_book import FlipBook

            self.flip_book = self.app.views.add(FlipBook(self.app))
            self.flip_book.open()

        self._fetch(("flip_words", "flip_sheet", "flip_book"), run)

    def _open_chosen(self):
        """Opens the file that was chosen, if one was."""
        if by_id("own-file").files.length:
            self._open_file(by_id("own-file").files.item(0))

    def _open_file(self, file):
        self._with_tables(lambda own: own.open_file(file))

    def _with_tables(self, deed):
        """Calls `deed(own_table)`, at once or, if the module has to be fetched, then."""
        if self.own_table:
            deed(self.own_table)
            return

        def run():
            from page.own_table import OwnTable

            def make(module):
                self.own_table = self.own_table or self.app.views.add(OwnTable(self.app, module))
                deed(self.own_table)

            ownTables().then(create_proxy(make))

        self._fetch(("own_words", "own_table"), run)

    def _draw(self):
        """Begins to let a person draw, or ends that."""
        if self.drawing:
            self.drawing.toggle()
            return

        def run():
            from page.drawing import Drawing

            def make(module):
                if not self.drawing:
                    self.drawing = self.app.views.add(Drawing(self.app, self.app.plane, module))
                    self._draw()

            ownTables().then(create_proxy(make))

        self._fetch(("drawing",), run)

    def _fetch(self, names, run):
        """Fetches modules once and then calls `run()`. If that fails, the next call tries again."""
        if names not in self.wanted:
            self.wanted.add(names)
            # A promise without a value calls back without arguments.
            came = create_proxy(lambda *nothing: run())
            missed = create_proxy(lambda error: self.wanted.discard(names))
            fetched = [fetchModule("page/%s.py" % name) for name in names]
            window.Promise.all(to_js(fetched)).then(came, missed)
