"""The clock of the grand tour, and the button that pauses it."""

from page.dom import by_id, listen, set_text


class Tour:
    """A view without a picture: counts `seconds`, for which the tour has been moving.

    `representation` is the view that shows the tour. `on_change()` is called after a click on the button.
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
        """Shows the button only while a tour is shown."""
        if self.button.hidden == self.representation.touring:
            self.button.hidden = not self.representation.touring

    def advance(self, seconds, calm):
        """Advances the tour, unless it is paused or a person holds an axis. Returns whether it is moving."""
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
