"""Announces each change of the run's state once, politely, to people who hear the page."""

from pyscript import window
from pyscript.ffi import create_proxy

from page.dom import by_id, set_text


class Announcer:
    """Writes announcements into the element with the id `status`."""

    def __init__(self):
        self.element = by_id("status")
        self.text = ""
        self.is_seen = False
        self.timer = None
        self._say_proxy = create_proxy(self._say)

    def tell(self, text, settled, seen=False):
        """Announces `text` after `settled` milliseconds, unless another text follows; if `seen`, shows it as well."""
        self.text, self.is_seen = text, seen
        if self.timer is not None:
            window.clearTimeout(self.timer)
        self.timer = window.setTimeout(self._say_proxy, settled)

    def _say(self):
        self.timer = None
        # `set_text` leaves an unchanged text alone; set again, it would be announced again.
        set_text(self.element, self.text)
        self.element.classList.toggle("seen", self.is_seen)
