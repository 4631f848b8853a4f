"""The panel About: closes it when the focus leaves it."""

from pyscript import document

from page.dom import by_id, listen


class About:
    """Closes the panel when the Tab key leads out of it, because it would cover what has the focus then."""

    def __init__(self):
        self.panel = by_id("about")
        listen(document, "focusin", lambda event: self._focused(event.target))
        # The focus may have moved while this module was fetched.
        if document.activeElement is not document.body:
            self._focused(document.activeElement)

    def _focused(self, element):
        if self.panel.open and not self.panel.contains(element) and element.matches(":focus-visible"):
            self.panel.open = False
