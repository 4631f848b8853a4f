"""The grand tour's clock: how long it has gone on, and the button that stops it."""

from page.dom import by_id, listen, set_text


class Tour:
    """`seconds` of the tour so far; `on_change()` is called when a person lets it go on."""

    def __init__(self, on_change, paused):
        self.seconds = 0.0
        self.button = by_id("tour")
        self.on_change = on_change
        self._pause(paused)
        listen(self.button, "click", self._toggle)

    def show(self, touring):
        """Shows the button only where there is a tour."""
        if self.button.hidden == touring:
            self.button.hidden = not touring

    def go_on(self, seconds, still):
        """Lets time pass unless it is stopped, or is to stand `still`; True while it goes on."""
        if self.paused or still:
            return False
        self.seconds += seconds
        return True

    def _toggle(self, event):
        self._pause(not self.paused)
        self.on_change()

    def _pause(self, paused):
        self.paused = paused
        set_text(self.button, "Resume tour" if self.paused else "Pause tour")
