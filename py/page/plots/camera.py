"""What part of a plane is shown: it follows the points by itself, and a person zooms and pans from there. Pure."""

import math

EASE = 0.22
ROOM = 1.16
NEAREST, FARTHEST = 60.0, 0.2


def fitted(shown, x, y, half):
    """The `(x, y, half)` to show for points within `half` of `(x, y)` when `shown` is shown now, or None at first.

    It stays as long as the points are inside and fill a good part of it, so that the picture does not jitter while a
    network learns; when it must move it leaves room, so that it need not move again soon.
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
    """The shown part of the plane, in the plane's own units, which glides to where the points are."""

    def __init__(self):
        self.reset()

    def reset(self):
        """Forgets the points: another space is shown, at once and whole."""
        self.target = self.shown = None
        self.fit_all()

    def fit_all(self):
        """Takes back what a person zoomed and panned."""
        self.zoom = 1.0
        self.pan = 0.0, 0.0

    @property
    def moved(self):
        """Whether a person has zoomed or panned."""
        return self.zoom != 1 or self.pan != (0, 0)

    def fit(self, x, y, half):
        """The points lie within `half` of `(x, y)`; if these are not finite, what is shown stays."""
        if not all(math.isfinite(number) for number in (x, y, half)):
            if self.shown:
                return
            x, y, half = 0.0, 0.0, 1.0
        self.target = fitted(self.target, x, y, half)
        if self.shown is None:
            self.shown = self.target

    def glide(self, at_once):
        """Moves a part of the way to the points; True while there is way left."""
        if self.shown == self.target:
            return False
        close = 0.002 * self.target[2]
        if at_once or all(abs(now - then) < close for now, then in zip(self.shown, self.target)):
            self.shown = self.target
            return False
        self.shown = tuple([now + EASE * (then - now) for now, then in zip(self.shown, self.target)])
        return True

    def view(self):
        """`(x, y, half)` of what is seen, zoomed and panned."""
        x, y, half = self.shown
        return x + self.pan[0] * half, y + self.pan[1] * half, half / self.zoom

    def zoom_by(self, factor, across, up):
        """Zooms so that the place at `(across, up)`, in halves of the plot's shorter side from its middle, stays."""
        zoom = min(max(self.zoom * factor, FARTHEST), NEAREST)
        change = 1 / self.zoom - 1 / zoom
        self.pan = self.pan[0] + across * change, self.pan[1] + up * change
        self.zoom = zoom

    def pan_by(self, across, up):
        """Moves the picture by halves of the plot's shorter side, to the right and up."""
        self.pan = self.pan[0] - across / self.zoom, self.pan[1] - up / self.zoom
