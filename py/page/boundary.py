"""The left view: the input plane shaded by class, the decision boundary, and the points."""

from pyscript import window

from page import axes, canvas, markers
from page.dom import by_id, numbers
from page.palette import class_colours, css

EXTENT = 6
RANGE = (-EXTENT, EXTENT)


class Boundary:
    def __init__(self):
        self.canvas = by_id("boundary")
        self.context = canvas.context_of(self.canvas)
        self.points = self.labels = self.training = None
        self.shown = None
        self.box = None
        self.restyle()

    def set_data(self, points, labels, training):
        """New points to show: flat coordinates, and for each its class and whether it is trained on."""
        self.points, self.labels, self.training = points, labels, training
        self.shown = None
        self.restyle()

    def restyle(self):
        """Draws again what only the theme, the size or the data change: axes and points, kept on a spare canvas."""
        width, height = canvas.fit(self.canvas) or (self.canvas.clientWidth, self.canvas.clientHeight)
        self.size = width, height
        self.box = axes.plot_box(width, height)
        self.line = css("--boundary")
        self.halo = css("--surface")
        self.over, over = canvas.spare(width, height)
        axes.draw(over, self.box, RANGE, RANGE, css("--quiet"), css("--grid-over"))
        if self.points:
            marks = markers.sprites(class_colours(), css("--surface"))
            markers.draw(over, marks, self.points, self.labels, self.training, self.box, RANGE, RANGE)
        self.redraw()

    def enough(self):
        """How many squares a side are fine enough: one for every two pixels of the screen."""
        return int(self.box[2] * window.devicePixelRatio / 2)

    def show(self, frame):
        """Takes up a frame's `pixels`, `resolution`, `contour` and `contour_lengths`, and draws."""
        resolution = frame.resolution
        if not self.shown or self.shown[0].width != resolution:
            picture, context = canvas.spare(resolution, resolution, 1)
        else:
            picture, context = self.shown[0], self.shown[1]
        pixels = window.Uint8ClampedArray.new(frame.pixels.buffer)
        context.putImageData(window.ImageData.new(pixels, resolution, resolution), 0, 0)
        self.shown = picture, context, _path(frame.contour, frame.contour_lengths)
        self.redraw()

    def redraw(self):
        context = self.context
        width, height = self.size
        left, top, plot_width, plot_height = self.box
        context.clearRect(0, 0, width, height)
        if self.shown:
            picture, _, path = self.shown
            context.save()
            context.beginPath()
            context.rect(left, top, plot_width, plot_height)
            context.clip()
            context.imageSmoothingQuality = "high"
            context.drawImage(picture, left, top, plot_width, plot_height)
            scale = plot_width / (2 * EXTENT)
            context.translate(left + plot_width / 2, top + plot_height / 2)
            context.scale(scale, -scale)
            context.lineJoin = "round"
            context.strokeStyle = self.halo
            context.lineWidth = 4.5 / scale
            context.stroke(path)
            context.strokeStyle = self.line
            context.lineWidth = 2 / scale
            context.stroke(path)
            context.restore()
        context.drawImage(self.over, 0, 0, width, height)

    def describe(self, metrics, epoch):
        """Says in the canvas's label what it shows."""
        self.canvas.setAttribute(
            "aria-label",
            "Decision boundary over the input plane, both axes from −6 to 6, after epoch %d: the network has %.0f%% of "
            "the training points and %.0f%% of the held-out points on the right side."
            % (epoch, 100 * metrics[1], 100 * metrics[3]),
        )


def _path(points, lengths):
    """Polylines as one path: SVG's `M x y x y …` takes a whole line's numbers at once."""
    parts = []
    start = 0
    for length in numbers(lengths):
        end = start + 2 * int(length)
        parts.append("M" + points.subarray(start, end).join(" "))
        start = end
    return window.Path2D.new("".join(parts))
