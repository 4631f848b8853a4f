"""The right view: the same points as they are at a layer of the network, on axes that follow them."""

from page import axes, canvas, markers
from page.dom import by_id, numbers, set_text
from page.palette import class_colours, css


class Representation:
    def __init__(self):
        self.canvas = by_id("representation")
        self.context = canvas.context_of(self.canvas)
        self.x_axis = axes.Axis()
        self.y_axis = axes.Axis()
        self.points = self.labels = self.training = None
        self.box = None
        self.drawn_ranges = None
        self.restyle()

    def set_data(self, points, labels, training):
        """New points: for each its class and whether it is trained on; where they lie comes with every frame."""
        self.labels, self.training = labels, training
        self.points = None
        self.x_axis.reset()
        self.y_axis.reset()
        self.restyle()

    def restyle(self):
        """Takes up the theme and the size, and draws."""
        width, height = canvas.fit(self.canvas) or (self.canvas.clientWidth, self.canvas.clientHeight)
        self.size = width, height
        self.box = axes.plot_box(width, height)
        self.marks = markers.sprites(class_colours(), css("--surface"))
        self.text_colour, self.line_colour = css("--quiet"), css("--grid")
        self.under, self.under_context = canvas.spare(width, height)
        self.drawn_ranges = None
        self.redraw()

    def show(self, frame):
        """Takes up a frame's `representation` and `extent`."""
        self.points = numbers(frame.representation)
        low_x, high_x, low_y, high_y = numbers(frame.extent)
        self.x_axis.fit(low_x, high_x)
        self.y_axis.fit(low_y, high_y)

    def refit(self):
        """Lets the axes go straight to the points: another layer is another space."""
        self.x_axis.reset()
        self.y_axis.reset()

    def draw(self, at_once):
        """Draws the points on axes that glide to them; True while these are still on their way."""
        moving = False
        if self.points:
            moving = self.x_axis.glide(at_once) | self.y_axis.glide(at_once)
        self.redraw()
        return moving

    def redraw(self):
        width, height = self.size
        self.context.clearRect(0, 0, width, height)
        if not self.points or not self.x_axis.shown:
            return
        ranges = self.x_axis.shown, self.y_axis.shown
        if ranges != self.drawn_ranges:
            self.under_context.clearRect(0, 0, width, height)
            axes.draw(self.under_context, self.box, ranges[0], ranges[1], self.text_colour, self.line_colour)
            self.drawn_ranges = ranges
        self.context.drawImage(self.under, 0, 0, width, height)
        markers.draw(self.context, self.marks, self.points, self.labels, self.training, self.box, *ranges)

    def describe(self, layer, shape, dimensions):
        """Says in words, and in the canvas's label, which space it shows."""
        words = "%d × %d" % shape
        if len(dimensions) == 1:
            which = "dimension %d" % dimensions[0]
        else:
            which = "dimensions %d and %d" % tuple(dimensions)
        set_text(by_id("representation-shape"), "Layer %s, %s: %s" % (layer, words, which))
        self.canvas.setAttribute(
            "aria-label",
            "Representation: the %d points at layer %s, shape %s, %s." % (shape[0], layer, words, which),
        )
