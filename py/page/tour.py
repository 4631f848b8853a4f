"""The grand tour's clock: how long it has gone on, and the button that stops it."""

from page.dom import by_id, listen, set_text


class Tour:
    """A view without a picture: `seconds` of the tour so far; `on_change()` is called when a person lets it go on.

    `representation` is what shows it.
    """

    def __init__(self, representation, on_change, paused):
        self.seconds = 0.0
        self.representation, self.on_change = representation, on_change
        self.button = by_id("tour")
        self._pause(paused)
        listen(self.button, "click", self._toggle)

    def wants(self, experiment):
        return {"tour_seconds": self.seconds}

    def follow(self, experiment):
        """Shows the button only where there is a tour."""
        if self.button.hidden == self.representation.touring:
            self.button.hidden = not self.representation.touring

    def advance(self, seconds, calm):
        """Lets time pass unless it is stopped, or an axis is held; True while it goes on."""
        if self.paused or not self.representation.touring or self.representation.axis is not None:
            return False
        self.seconds += seconds
        return True

    def _toggle(self, event):
        self._pause(not self.paused)
        self.on_change()

    def _pause(self, paused):
        self.paused = paused
        set_text(self.button, "Resume tour" if self.paused else "Pause tour")
