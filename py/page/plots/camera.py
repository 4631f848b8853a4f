"""The part of a plane that is shown: it follows the points by itself, and a person can zoom and pan. Pure."""

import math

# The share of the way that the camera glides with each frame.
EASE = 0.22
# The camera shows so many times the extent of the points.
ROOM = 1.16
# The limits of a person's zoom.
NEAREST, FARTHEST = 60.0, 0.2


def fitted(shown, x, y, half):
    """The `(x, y, half)` to show for points within `half` of `(x, y)`, given what is `shown` now (None at first).

    The result is `shown` as long as the points are inside and fill at least half of it, so that the picture does not
    jitter while a network learns. Otherwise it leaves some room, so that it does not have to change again soon.
    """
    if not half > 0:
        half = max(abs(x), abs(y), 1) * 0.5
    if shown:
        shown_x, shown_y, shown_half = shown
        inside = max(abs(x - shown_x), abs(y - shown_y)) + half <= shown_half
        if inside and half >= 0.5 * shown_half:
            return shown
    return x, y, half * ROOM


class Camera:
    """The shown part of the plane, in the plane's units; it glides to the points."""

    def __init__(self):
        self.reset()

    def reset(self):
        """Forgets everything: the next points are shown at once, without gliding, zoom or pan."""
        self.target = self.shown = None
        self.fit_all()

    def fit_all(self):
        """Undoes a person's zoom and pan."""
        self.zoom = 1.0
        self.pan = 0.0, 0.0

    @property
    def moved(self):
        """Whether a person has zoomed or panned."""
        return self.zoom != 1 or self.pan != (0, 0)

    def fit(self, x, y, half):
        """Sets the target for points within `half` of `(x, y)`; if these are not finite, the target stays."""
        if not all(math.isfinite(number) for number in (x, y, half)):
            if self.shown:
                return
            x, y, half = 0.0, 0.0, 1.0
        self.target = fitted(self.target, x, y, half)
        if self.shown is None:
            self.shown = self.target

    def glide(self, at_once):
        """Moves a part of the way to the target, or all of it if `at_once`. Returns whether some of it is left."""
        if self.shown == self.target:
            return False
        close = 0.002 * self.target[2]
        if at_once or all(abs(now - then) < close for now, then in zip(self.shown, self.target)):
            self.shown = self.target
            return False
        self.shown = tuple([now + EASE * (then - now) for now, then in zip(self.shown, self.target)])
        return True

    def view(self):
        """`(x, y, half)` of the part that is shown, with zoom and pan."""
        x, y, half = self.shown
        return x + self.pan[0] * half, y + self.pan[1] * half, half / self.zoom

    def zoom_by(self, factor, across, up):
        """Zooms so that one place stays where it is: the one at `(across, up)` from the plot's middle.

        The unit is half of the plot's shorter side.
        """
        zoom = min(max(self.zoom * factor, FARTHEST), NEAREST)
        change = 1 / self.zoom - 1 / zoom
        self.pan = self.pan[0] + across * change, self.pan[1] + up * change
        self.zoom = zoom

    def pan_by(self, across, up):
        """Moves the picture to the right and up; the unit is half of the plot's shorter side."""
        self.pan = self.pan[0] - across / self.zoom, self.pan[1] - up / self.zoom
