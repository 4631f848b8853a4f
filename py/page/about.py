"""What am I looking at?: the panel that explains the page, and how it makes room for what the Tab key leads to."""

from pyscript import document

from page.dom import by_id, listen


class About:
    """Closes the panel when the Tab key leads out of it: it lies over what has the focus then."""

    def __init__(self):
        self.panel = by_id("about")
        listen(document, "focusin", lambda event: self._focused(event.target))
        # The Tab key may have been quicker than this module.
        if document.activeElement is not document.body:
            self._focused(document.activeElement)

    def _focused(self, element):
        if self.panel.open and not self.panel.contains(element) and element.matches(":focus-visible"):
            self.panel.open = False
