"""Maps places of a plane to pixels of a plot and back, with one scale for all that a view draws and reacts to. Pure."""


class Mapping:
    """A plot that shows the plane at least as far as `half` from `(x, y)` in each direction, with equal units.

    `box` is the plot, `(left, top, width, height)` in CSS pixels from the canvas's top left corner. Along its longer
    side it shows more of the plane.
    """

    def __init__(self, box, x, y, half):
        left, top, width, height = box
        self.box = box
        self.middle = left + width / 2, top + height / 2
        self.centre = x, y
        # CSS pixels from the plot's middle to its nearest edge, and in one unit.
        self.reach = min(width, height) / 2
        self.scale = self.reach / half

    def pixel(self, x, y):
        """The pixel of a place of the plane, in CSS pixels of the canvas."""
        return (
            self.middle[0] + (x - self.centre[0]) * self.scale,
            self.middle[1] - (y - self.centre[1]) * self.scale,
        )

    def place(self, x, y):
        """The place of the plane at a pixel."""
        return (
            self.centre[0] + (x - self.middle[0]) / self.scale,
            self.centre[1] - (y - self.middle[1]) / self.scale,
        )

    def holds(self, x, y, margin=0):
        """Whether a pixel lies in the plot, or at most `margin` pixels outside of it."""
        left, top, width, height = self.box
        return left - margin <= x <= left + width + margin and top - margin <= y <= top + height + margin

    def ranges(self):
        """`((least x, largest x), (least y, largest y))` of the shown part of the plane."""
        left, top, width, height = self.box
        low_x, high_y = self.place(left, top)
        high_x, low_y = self.place(left + width, top + height)
        return (low_x, high_x), (low_y, high_y)

    def transform(self, unit, ratio, x=0, y=0):
        """The arguments of `setTransform` for drawing in multiples of `unit` from `(x, y)`.

        `ratio` is the number of the canvas's pixels in a CSS pixel.
        """
        left, top = self.pixel(x, y)
        scale = ratio * self.scale * unit
        return scale, 0, 0, -scale, ratio * left, ratio * top
