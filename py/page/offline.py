"""The site kept in the browser, so that it works without the network; and the offer of a new version of it."""

from pyscript import config, document, window
from pyscript.ffi import create_proxy, to_js

from page.dom import by_id, listen, set_text

KEPT = "Works offline: all of this page is kept in this browser."
NOT_KEPT = "This browser keeps nothing for this page, so that it needs the network."
AWAY = "You are offline. All of this page is kept in this browser, so it works."
READY = "There is a new version of this page. Your experiment is kept."
TAKEN = "Another tab has gone over to a new version of this page. Your experiment is kept."


class Offline:
    """Has the service worker keep the site, once the page has nothing more urgent to do, and tells how that went.

    `superseded` is true once another tab has gone over to a new version: what this one has not loaded yet is gone.
    """

    def __init__(self):
        self.superseded = False
        self.root = document.documentElement
        self.button = by_id("update")
        self.workers = None
        self.controlled = False
        self.waiting = None
        self.kept = False
        self.started = False
        listen(self.button, "click", lambda event: self.take())

    def start(self):
        """Asks the browser to keep the site; what it does not allow is no error."""
        if self.started or not config["offline"]:
            return
        self.started = True
        # What a browser throws where it denies storage goes past Python, but not past a promise.
        denied = create_proxy(lambda error: self._deny())
        window.Promise.resolve().then(create_proxy(lambda *nothing: self._register())).catch(denied)

    def take(self):
        """Goes over to the new version: the page is loaded again, from it."""
        if self.superseded or not self.waiting:
            window.location.reload()
        else:
            self.button.disabled = True
            self.waiting.postMessage("take over")

    def _register(self):
        self.workers = getattr(window.navigator, "serviceWorker", None)
        if not self.workers:
            return self._deny()
        self.controlled = bool(self.workers.controller)
        listen(self.workers, "controllerchange", lambda event: self._changed())
        for event in ("online", "offline"):
            listen(window.window, event, lambda event: self._tell())
        options = to_js({"updateViaCache": "none"})
        return self.workers.register("service-worker.js", options).then(create_proxy(self._watch))

    def _watch(self, registration):
        listen(registration, "updatefound", lambda event: self._follow(registration.installing))
        if registration.installing:
            self._follow(registration.installing)
        if registration.waiting and registration.active:
            self._offer(registration.waiting)
        if registration.active:
            self._keep()

    def _follow(self, worker):
        """Sees how a version that is being fetched gets on: what is left of it, if it is not whole, is nothing."""

        def look(event=None):
            if worker.state == "installed" and self.kept:
                self._offer(worker)
            elif worker.state == "activated":
                self._keep()
            elif worker.state == "redundant" and not self.kept:
                self._deny()

        listen(worker, "statechange", look)
        look()

    def _keep(self):
        self.kept = True
        self.root.setAttribute("data-offline", "ready")
        self._tell()

    def _deny(self):
        self.root.setAttribute("data-offline", "denied")
        self._say(NOT_KEPT)

    def _tell(self):
        if self.kept:
            self._say(KEPT if window.navigator.onLine else AWAY)

    def _say(self, text):
        line = by_id("offline")
        set_text(line, text)
        line.hidden = False

    def _offer(self, worker):
        self.waiting = worker
        self._show_offer(READY)

    def _changed(self):
        """Another version answers for the site from now on."""
        if self.button.disabled:
            window.location.reload()
        elif self.controlled:
            self.superseded = True
            self.root.setAttribute("data-superseded", "true")
            self._show_offer(TAKEN)

    def _show_offer(self, text):
        set_text(by_id("offer-text"), text)
        self.button.hidden = False
