"""The site kept in the browser, so that it works without the network; and the offer of a new version of it."""

from pyscript import config, document, window
from pyscript.ffi import create_proxy, to_js

from page.dom import by_id, listen, now, set_text

# Browsers look for a new version when a page is opened. For a tab that is open all day the page asks, when somebody
# comes back to it, but no more often than this, in milliseconds.
LOOK_EVERY = 3600 * 1000
# A version that is to take over lets the old one finish first. When one more request comes at that moment, Chromium
# starts the old one again, and comes back to the takeover after half a minute without any, or at the next opening of a
# page (content/browser/service_worker in its source). For that somebody has to do; this often, in milliseconds.
ASK_EVERY = 1000

KEPT = "Works offline: all of this page is kept in this browser."
NOT_KEPT = "This browser keeps nothing for this page, so that it needs the network."
AWAY = "You are offline. All of this page is kept in this browser, so it works."
READY = "There is a new version of this page. Your experiment is kept."
COMING = "The new version is taking over."
TAKEN = "A new version of this page has taken over. Your experiment is kept."


class Offline:
    """Has the service worker keep the site, once the page has nothing more urgent to do, and tells how that went.

    `superseded` is true once the site is answered for by another version than the page is of, as when another tab has
    gone over to a new one: what this page has not loaded yet is gone.
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
        """Asks the browser to keep the site; what it does not allow is no error."""
        if self.started or not config["offline"]:
            return
        self.started = True
        # What a browser throws where it denies storage goes past Python, but not past a promise.
        denied = create_proxy(lambda error: self._deny())
        window.Promise.resolve().then(create_proxy(lambda *nothing: self._register())).catch(denied)

    def take(self):
        """Goes over to the new version: the page is loaded again, from it."""
        waiting = self.registration.waiting
        if self.superseded or not waiting:
            window.location.reload()
        else:
            self.asked = self.button.disabled = self.later.hidden = True
            set_text(by_id("offer-text"), COMING)
            waiting.postMessage("take over")
            window.setTimeout(self._ask_proxy, ASK_EVERY)

    def _ask(self):
        """Has the browser see again whether the new version may take over, as long as it has not."""
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
        """Has the browser ask whether there is a new version, if that was long ago and somebody is there."""
        if not document.hidden and now() - self.looked >= LOOK_EVERY:
            self.looked = now()
            # Without the network there is none.
            self.registration.update().catch(self.ignored)

    def _follow(self, worker):
        """Sees how a version that is being fetched gets on: what is left of it, if it is not whole, is nothing."""

        def look(event=None):
            if worker.state == "installed" and self.asked:
                # Newer still than the one that was to take over.
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
        """Another worker answers for the site from now on: of a new version, or the first that this tab has."""
        if self.asked:
            window.location.reload()
        else:
            self._compare()

    def _compare(self):
        """Asks which version it is that answers; if nobody does, there is nothing to be mixed up."""
        manifest = window.fetch("manifest.json").then(create_proxy(lambda response: response.json()))
        manifest.then(create_proxy(self._hear)).catch(self.ignored)

    def _hear(self, manifest):
        if manifest.version != self.version:
            self.superseded = True
            self.root.setAttribute("data-superseded", "true")
            self._show_offer(TAKEN)

    def _show_offer(self, text):
        """Offers the new version in these words; without any, no more."""
        set_text(by_id("offer-text"), text)
        self.button.hidden = self.later.hidden = not text
