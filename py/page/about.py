"""What am I looking at?: the panel that explains the page, and how it is left by keyboard."""

from pyscript import document

from page.dom import by_id, listen


class About:
    """Closes the panel on Escape, and when the Tab key leads out of it: it lies over what has the focus then."""

    def __init__(self):
        self.panel = by_id("about")
        listen(document, "keydown", self._pressed)
        listen(document, "focusin", self._focused)

    def _pressed(self, event):
        if event.key != "Escape" or event.defaultPrevented or not self.panel.open:
            return
        inside = self.panel.contains(document.activeElement) or document.activeElement is document.body
        self.panel.open = False
        if inside:
            self.panel.querySelector("summary").focus()

    def _focused(self, event):
        if self.panel.open and not self.panel.contains(event.target) and event.target.matches(":focus-visible"):
            self.panel.open = False
