"""What people who hear the page are told of the run: each change of its state once, politely."""

from pyscript import window
from pyscript.ffi import create_proxy

from page.dom import by_id, set_text


class Announcer:
    def __init__(self):
        self.element = by_id("status")
        self.text = ""
        self.is_seen = False
        self.timer = None
        self._say_proxy = create_proxy(self._say)

    def tell(self, text, settled, seen=False):
        """Says `text` once it has been the last word for so many milliseconds; `seen` by everybody, not only heard."""
        self.text, self.is_seen = text, seen
        if self.timer is not None:
            window.clearTimeout(self.timer)
        self.timer = window.setTimeout(self._say_proxy, settled)

    def _say(self):
        self.timer = None
        # The same text again would be said again.
        set_text(self.element, self.text)
        self.element.classList.toggle("seen", self.is_seen)
