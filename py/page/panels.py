"""The panels that are folded away: one is open at a time, and it closes when a person turns to something else."""

from pyscript import document

from page.dom import by_id, listen

OPEN = "details[name=panel][open]"


class Panels:
    """Closes the open panel on Escape and when something outside of it is pressed."""

    def __init__(self):
        listen(document, "keydown", self._pressed)
        listen(document, "pointerdown", self._pointed)

    def _pressed(self, event):
        """Closes the panel, and moves the focus to its button if it was inside."""
        panel = document.querySelector(OPEN)
        if event.key != "Escape" or event.defaultPrevented or not panel:
            return
        inside = panel.contains(document.activeElement) or document.activeElement is document.body
        panel.open = False
        if inside:
            panel.querySelector("summary").focus()

    def _pointed(self, event):
        panel = document.querySelector(OPEN)
        # A dialog is about what was done in the panel, and covers it.
        if event.target.closest("dialog"):
            return
        # A message about what was entered stays with it.
        told = panel and panel.contains(by_id("message")) and by_id("message").textContent
        if panel and not told and not panel.contains(event.target):
            panel.open = False
