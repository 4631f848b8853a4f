"""The controls Play, Step, Reset and Speed."""

from page import wording
from page.dom import by_id, listen, set_text
from spec import fields


class Transport:
    """Calls `on_play()`, `on_step()`, `on_reset()`, and `on_speed(speed)` with an entry of `fields.SPEEDS`."""

    def __init__(self, on_play, on_step, on_reset, on_speed):
        listen(by_id("play"), "click", lambda event: on_play())
        listen(by_id("step"), "click", lambda event: on_step())
        listen(by_id("reset"), "click", lambda event: on_reset())
        slider = by_id("speed")

        def moved(event):
            speed = fields.SPEEDS[int(slider.value)]
            self._name_speed(speed)
            on_speed(speed)

        listen(slider, "input", moved)

    def show_playing(self, playing):
        """Names the button Pause while the page plays, else Play."""
        set_text(by_id("play-name"), "Pause" if playing else "Play")
        by_id("play").classList.toggle("playing", playing)

    def show_speed(self, speed):
        """Shows a speed in the slider and beside it."""
        if fields.SPEEDS[int(by_id("speed").value)] != speed:
            by_id("speed").value = str(fields.SPEEDS.index(speed))
        self._name_speed(speed)

    def _name_speed(self, speed):
        set_text(by_id("speed-text"), wording.speed_text(speed))
        by_id("speed").setAttribute("aria-valuetext", wording.spoken_speed(speed))
