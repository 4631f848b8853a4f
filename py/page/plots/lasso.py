"""A loop that a person draws around points."""

from pyscript import window


class Lasso:
    """The loop that is being drawn; `points` are its corners in CSS pixels, empty if there is none."""

    def __init__(self):
        self.points = []

    def begin(self, x, y):
        """Begins a loop at a place."""
        self.points = [(x, y)]

    def add(self, x, y):
        """Adds a corner, unless it is very near to the last one, or the loop has ended meanwhile."""
        if not self.points:
            return
        last_x, last_y = self.points[-1]
        if abs(x - last_x) + abs(y - last_y) >= 3:
            self.points.append((x, y))

    def end(self):
        """Forgets the loop."""
        self.points = []

    def path(self):
        """The closed loop as a `Path2D`."""
        return window.Path2D.new("M" + "L".join(["%.1f %.1f" % point for point in self.points]) + "Z")

    def draw(self, context, colour):
        """Draws the loop, if there is one."""
        if not self.points:
            return
        path = self.path()
        context.save()
        context.globalAlpha = 0.12
        context.fillStyle = colour
        context.fill(path)
        context.restore()
        context.strokeStyle = colour
        context.lineWidth = 1.5
        context.setLineDash(window.Array.of(4, 3))
        context.stroke(path)
        context.setLineDash(window.Array.new())
