"""Keeps the site in the browser, so that it works without the network, and offers new versions of it."""

from pyscript import config, document, window
from pyscript.ffi import create_proxy, to_js

from page.dom import by_id, listen, now, set_text

# Browsers look for a new version when a page is opened. In a tab that is open all day, the page asks for it when
# somebody comes back to it, but not more often than this, in milliseconds.
LOOK_EVERY = 3600 * 1000
# A new service worker that is to take over lets the old one finish first. If another request comes at that moment,
# Chromium starts the old one again, and continues the takeover only after half a minute without requests, or when a
# page or worker is opened (content/browser/service_worker in its source). So the page opens a worker at this interval,
# in milliseconds.
ASK_EVERY = 1000

KEPT = "Works offline: all of this page is kept in this browser."
NOT_KEPT = "This browser keeps nothing for this page, so that it needs the network."
AWAY = "You are offline. All of this page is kept in this browser, so it works."
READY = "There is a new version of this page. Your experiment is kept."
COMING = "The new version is taking over."
TAKEN = "A new version of this page has taken over. Your experiment is kept."


class Offline:
    """Has the service worker keep the site, and shows whether it has.

    `superseded` is true once the service worker serves another version of the site than this page's, for example
    because another tab has gone over to it. Files that this page has not loaded yet are then gone.
    """

    def __init__(self):
        self.superseded = False
        self.root = document.documentElement
        self.button, self.later = by_id("update"), by_id("later")
        self.registration = None
        self.version = document.querySelector("meta[name=version]").content
        self.kept = False
        self.started = False
        self.asked = False
        self.looked = now()
        self._ask_proxy = create_proxy(self._ask)
        self.ignored = create_proxy(lambda error: None)
        listen(self.button, "click", lambda event: self.take())
        listen(self.later, "click", lambda event: self._show_offer(""))

    def start(self):
        """Asks the browser to keep the site. It is not an error if the browser does not allow that."""
        if self.started or not config["offline"]:
            return
        self.started = True
        # A browser that denies storage may throw an error that Python cannot catch; a promise catches it.
        denied = create_proxy(lambda error: self._deny())
        window.Promise.resolve().then(create_proxy(lambda *nothing: self._register())).catch(denied)

    def take(self):
        """Goes over to the new version, and loads the page again from it."""
        waiting = self.registration.waiting
        if self.superseded or not waiting:
            window.location.reload()
        else:
            self.asked = self.button.disabled = self.later.hidden = True
            set_text(by_id("offer-text"), COMING)
            waiting.postMessage("take over")
            window.setTimeout(self._ask_proxy, ASK_EVERY)

    def _ask(self):
        """Makes the browser try the takeover again, as long as the new version is waiting."""
        if self.registration.waiting:
            window.Worker.new("static/errand.js")
            window.setTimeout(self._ask_proxy, ASK_EVERY)

    def _register(self):
        workers = getattr(window.navigator, "serviceWorker", None)
        if not workers:
            return self._deny()
        listen(workers, "controllerchange", lambda event: self._changed())
        for event in ("online", "offline"):
            listen(window.window, event, lambda event: self._tell())
        options = to_js({"updateViaCache": "none"})
        return workers.register("service-worker.js", options).then(create_proxy(self._watch))

    def _watch(self, registration):
        self.registration = registration
        listen(document, "visibilitychange", lambda event: self._look())
        listen(registration, "updatefound", lambda event: self._follow(registration.installing))
        if registration.installing:
            self._follow(registration.installing)
        if registration.waiting and registration.active:
            self._show_offer(READY)
        if registration.active:
            self._keep()

    def _look(self):
        """Has the browser look for a new version, if the last time was long ago and the page is visible."""
        if not document.hidden and now() - self.looked >= LOOK_EVERY:
            self.looked = now()
            # Without the network it fails.
            self.registration.update().catch(self.ignored)

    def _follow(self, worker):
        """Follows the installation of a service worker and its version of the site."""

        def look(event=None):
            if worker.state == "installed" and self.asked:
                # This version is newer than the one that was asked to take over.
                worker.postMessage("take over")
            elif worker.state == "installed" and self.kept:
                self._show_offer(READY)
            elif worker.state == "activated":
                self._keep()
            elif worker.state == "redundant" and not self.kept:
                self._deny()

        listen(worker, "statechange", look)
        look()

    def _keep(self):
        self.kept = True
        self._compare()
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

    def _changed(self):
        """Another service worker serves the site from now on: one of a new version, or the first one in this tab."""
        if self.asked:
            window.location.reload()
        else:
            self._compare()

    def _compare(self):
        """Asks which version of the site is served; without an answer nothing changes."""
        manifest = window.fetch("manifest.json").then(create_proxy(lambda response: response.json()))
        manifest.then(create_proxy(self._hear)).catch(self.ignored)

    def _hear(self, manifest):
        if manifest.version != self.version:
            self.superseded = True
            self.root.setAttribute("data-superseded", "true")
            self._show_offer(TAKEN)

    def _show_offer(self, text):
        """Offers the new version in these words; an empty text withdraws the offer."""
        set_text(by_id("offer-text"), text)
        self.button.hidden = self.later.hidden = not text
