"""What people who hear the page are told of the run: each change of its state once, politely."""

from pyscript import window
from pyscript.ffi import create_proxy

from page.dom import by_id, set_text

# A state that lasts no longer than this, in milliseconds, is not worth a word.
SETTLED = 500


class Announcer:
    def __init__(self):
        self.element = by_id("status")
        self.text = ""
        self.is_seen = False
        self.timer = None
        self._say_proxy = create_proxy(self._say)

    def tell(self, text, seen=False):
        """Says `text` once it has been the last word for a while; `seen` by everybody, not only heard."""
        self.text, self.is_seen = text, seen
        if self.timer is not None:
            window.clearTimeout(self.timer)
        self.timer = window.setTimeout(self._say_proxy, SETTLED)

    def _say(self):
        self.timer = None
        # The same text again would be said again.
        set_text(self.element, self.text)
        self.element.classList.toggle("seen", self.is_seen)


def words(state, epoch, loss, accuracy, reason=""):
    """A state of the run in words, or "" where there is nothing to be told; `loss` and `accuracy` as texts.

    `reason` is a sentence that says why it has come to that.
    """
    if state == "paused":
        text = "Paused at epoch %s, loss %s, accuracy %s" % ("{:,}".format(epoch), loss, accuracy)
        return text + (". " + reason if reason else "")
    return {
        "ready": "Ready",
        "training": "Training",
        "diverged": "Training diverged",
        "error": "The lab has stopped",
    }.get(state, "")
