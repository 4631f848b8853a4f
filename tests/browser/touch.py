"""A finger on the screen, for what Playwright's own `touchscreen.tap` cannot do."""


class Finger:
    """Touches a page of a context with `has_touch`; places are CSS pixels of the window."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)

    def press(self, x, y):
        self._say("touchStart", [(x, y)])

    def move(self, x, y):
        self._say("touchMove", [(x, y)])

    def lift(self):
        self._say("touchEnd", [])

    def drag(self, start, end, moves=8):
        """From one place to another."""
        self.press(*start)
        for move in range(1, moves + 1):
            self.move(*(a + (b - a) * move / moves for a, b in zip(start, end, strict=True)))
        self.lift()

    def _say(self, kind, places):
        points = [{"x": x, "y": y} for x, y in places]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
