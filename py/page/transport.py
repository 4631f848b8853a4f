"""Play, Step, Reset and Speed."""

import spec
from page import fields
from page.dom import by_id, listen, set_text


class Transport:
    """Calls `on_play()`, `on_step()`, `on_reset()`, and `on_speed(speed)` with an entry of `spec.SPEEDS`."""

    def __init__(self, on_play, on_step, on_reset, on_speed):
        listen(by_id("play"), "click", lambda event: on_play())
        listen(by_id("step"), "click", lambda event: on_step())
        listen(by_id("reset"), "click", lambda event: on_reset())
        slider = by_id("speed")

        def moved(event):
            speed = spec.SPEEDS[int(slider.value)]
            self._name_speed(speed)
            on_speed(speed)

        listen(slider, "input", moved)

    def show_playing(self, playing):
        """Names the button by what it does next."""
        set_text(by_id("play-name"), "Pause" if playing else "Play")
        by_id("play").classList.toggle("playing", playing)

    def show_speed(self, speed):
        by_id("speed").value = str(spec.SPEEDS.index(speed))
        self._name_speed(speed)

    def _name_speed(self, speed):
        set_text(by_id("speed-text"), fields.speed_text(speed))
        by_id("speed").setAttribute("aria-valuetext", fields.spoken_speed(speed))
