"""The left view: the input plane shaded by what the network makes of it, the decision boundary, and the points."""

from pyscript import window

import spec
from page import axes, canvas, markers, paths
from page.dom import by_id, listen
from page.gestures import ARROWS, Gestures
from page.lasso import Lasso
from page.palette import class_colours, css

EXTENT = 6
RANGE = (-EXTENT, EXTENT)
# What 1 is in a path of this view, in the plane's own units.
UNIT = 0.001
# How far an arrow key moves the place that is pointed at.
STRIDE = 0.25


class Boundary:
    """Draws the plane, and tells `highlight` what is pointed at and chosen in it; `on_draw()` asks to be drawn."""

    def __init__(self, highlight, on_draw):
        self.highlight, self.on_draw = highlight, on_draw
        self.canvas = by_id("boundary")
        self.context = canvas.context_of(self.canvas)
        self.points = self.labels = self.training = None
        self.picture = None
        self.contour = self.zero_lines = None
        self.over_selected = None
        self.lasso = Lasso()
        self.lasso_switch = by_id("lasso-boundary")
        self.keyboard_lasso = False
        self.restyle()
        Gestures(self.canvas, self)
        listen(self.canvas, "keydown", self._key)
        listen(self.lasso_switch, "click", lambda event: self._take_lasso(not self._has_lasso()))

    def set_data(self, points, labels, training):
        """New points to show: flat coordinates, and for each its class and whether it is trained on."""
        self.points, self.labels, self.training = points, labels, training
        self.picture = None
        self._draw_over()
        self.redraw()

    def restyle(self):
        """Draws again what only the theme, the size or the data change: axes and points, kept on a spare canvas."""
        self.size = width, height = canvas.fit(self.canvas)
        self.box = axes.plot_box(width, height)
        self.line, self.halo, self.accent = css("--boundary"), css("--surface"), css("--accent")
        self.zero_line = css("--held-out")
        self.over, self.over_context = canvas.spare(width, height)
        self._draw_over()
        self.redraw()

    def _draw_over(self):
        """The axes, and the points as they are chosen: all that stays from frame to frame."""
        width, height = self.size
        context = self.over_context
        context.clearRect(0, 0, width, height)
        axes.draw(context, self.box, RANGE, RANGE, css("--quiet"), css("--grid-over"))
        selected = self.highlight.selected
        self.over_selected = selected
        if not self.points:
            return
        colours = class_colours()
        groups = {}
        for index, label in enumerate(self.labels):
            key = (not self.training[index]) + 2 * (index in selected) + 4 * 3 + 16 * label
            x, y = self.points[2 * index] / UNIT, self.points[2 * index + 1] / UNIT
            groups.setdefault(key, []).append("%d %d" % (round(x), round(y)))
        context.save()
        self._to_units(context)
        for key in sorted(groups, key=lambda key: (key // 2 % 2, key % 2)):
            mark = markers.Mark(key, colours, self.halo, css("--text"))
            mark.draw(context, paths.BREAK.join(groups[key]), self.scale() * UNIT, bool(selected))
        context.restore()
        self.pixels = [place for index in range(len(self.labels)) for place in self.pixel(*self._point(index))]

    def _to_units(self, context):
        """Lets a context draw in whole units, y up."""
        left, top, width, height = self.box
        ratio = window.devicePixelRatio
        scale = self.scale() * UNIT * ratio
        context.setTransform(scale, 0, 0, -scale, ratio * (left + width / 2), ratio * (top + height / 2))

    def scale(self):
        """Pixels to one of the plane's own units."""
        return self.box[2] / (2 * EXTENT)

    def pixel(self, x, y):
        """Where a place of the plane lies in the canvas, in CSS pixels."""
        left, top, width, height = self.box
        return left + width / 2 + x * self.scale(), top + height / 2 - y * self.scale()

    def place(self, x, y):
        """The place of the plane at a pixel, or None outside of the plot."""
        left, top, width, height = self.box
        across, up = (x - left - width / 2) / self.scale(), (top + height / 2 - y) / self.scale()
        return (across, up) if -EXTENT <= across <= EXTENT and -EXTENT <= up <= EXTENT else None

    def _point(self, index):
        return self.points[2 * index], self.points[2 * index + 1]

    def pointed_at(self):
        """Where in the plane the highlighted point or place is, or None."""
        if self.highlight.point is not None and self.points:
            return self._point(self.highlight.point)
        return self.highlight.place

    def enough(self):
        """How many squares a side are fine enough: one for every two pixels of the screen."""
        return int(self.box[2] * window.devicePixelRatio / 2)

    def show(self, frame):
        """Takes up a frame's `pixels`, `resolution`, `contour` and `zero_lines`."""
        resolution = frame.resolution
        samples = resolution + 1
        if not self.picture or self.picture[0].width != samples:
            picture, context = canvas.spare(samples, samples, 1)
        else:
            picture, context, _ = self.picture
        pixels = window.Uint8ClampedArray.new(frame.pixels.buffer)
        context.putImageData(window.ImageData.new(pixels, samples, samples), 0, 0)
        self.picture = picture, context, resolution
        self.contour = _path(frame.contour)
        self.zero_lines = _path(frame.zero_lines)

    def redraw(self):
        context = self.context
        width, height = self.size
        left, top, plot_width, plot_height = self.box
        if self.over_selected is not self.highlight.selected:
            self._draw_over()
        context.clearRect(0, 0, width, height)
        if self.picture:
            picture, _, resolution = self.picture
            # A sample stands for a corner of the squares, so that the outermost lie on the edge.
            half = plot_width / resolution / 2
            context.save()
            context.beginPath()
            context.rect(left, top, plot_width, plot_height)
            context.clip()
            context.imageSmoothingQuality = "low"
            context.drawImage(picture, left - half, top - half, plot_width + 2 * half, plot_height + 2 * half)
            self._to_units(context)
            pixel = 1 / (self.scale() * UNIT)
            # A contour's pieces stand alone; square ends close the gaps between them.
            context.lineCap = "square"
            if self.zero_lines:
                context.strokeStyle = self.zero_line
                context.lineWidth = pixel
                context.stroke(self.zero_lines)
            if self.contour:
                context.strokeStyle = self.halo
                context.lineWidth = 4.5 * pixel
                context.stroke(self.contour)
                context.strokeStyle = self.line
                context.lineWidth = 2 * pixel
                context.stroke(self.contour)
            context.restore()
        context.drawImage(self.over, 0, 0, width, height)
        point, place = self.highlight.point, self.highlight.place
        if point is not None and self.points:
            x, y = self.pixel(*self._point(point))
            markers.ring(context, x, y, self.line, self.halo)
        if place:
            x, y = self.pixel(*place)
            markers.crosshair(context, x, y, self.line, self.halo)
        self.lasso.draw(context, self.accent)

    # What a person does.

    def hover(self, x, y, touch):
        if not self.points:
            return
        index = markers.nearest(self.pixels, x, y)
        place = self.place(x, y)
        if index is not None:
            self.highlight.at_point(index)
        elif place:
            self.highlight.at_place(*place)
        else:
            self.highlight.at_nothing()

    def leave(self):
        self.highlight.at_nothing()

    def tap(self, x, y):
        if not self.points:
            return
        index = markers.nearest(self.pixels, x, y)
        self.highlight.pin(index)
        place = self.place(x, y)
        if index is None and place:
            self.highlight.at_place(*place)

    def _has_lasso(self):
        return self.lasso_switch.getAttribute("aria-pressed") == "true"

    def _take_lasso(self, taken):
        self.lasso_switch.setAttribute("aria-pressed", "true" if taken else "false")
        # A finger that draws must not scroll the page.
        self.canvas.style.touchAction = "none" if taken else "pan-y"

    def drag_began(self, x, y, event):
        if not self.points or (event.pointerType == "touch" and not self._has_lasso()):
            return False
        self.highlight.at_nothing()
        self.keyboard_lasso = False
        self.lasso.begin(x, y)
        return True

    def drag(self, x, y, dx, dy):
        self.lasso.add(x, y)
        self.on_draw()

    def drag_ended(self, cancelled):
        chosen = [] if cancelled else self.lasso.inside(self.context, self.pixels)
        self.lasso.end()
        if not cancelled:
            self.highlight.choose(chosen)
        self.on_draw()

    def pinch(self, factor, x, y, dx, dy):
        pass

    def wheel(self, factor, x, y):
        return False

    def _key(self, event):
        if event.ctrlKey or event.metaKey or event.altKey or not self.points:
            return
        if event.key in ARROWS:
            self._move_place(*ARROWS[event.key])
        elif event.key == "l":
            self._begin_or_end_lasso()
        elif event.key == "Escape" and self.keyboard_lasso:
            self.keyboard_lasso = False
            self.lasso.end()
            self.on_draw()
        elif not self.highlight.key(event):
            return
        event.preventDefault()

    def _move_place(self, right, up):
        """Moves the place that is pointed at, and the end of a lasso that is being drawn with it."""
        place = self.highlight.place
        if not place:
            place = self._point(self.highlight.point) if self.highlight.point is not None else (0, 0)
        x = min(max(place[0] + STRIDE * right, -EXTENT), EXTENT)
        y = min(max(place[1] + STRIDE * up, -EXTENT), EXTENT)
        self.highlight.at_place(x, y)
        if self.keyboard_lasso:
            self.lasso.add(*self.pixel(x, y))

    def _begin_or_end_lasso(self):
        self.keyboard_lasso = not self.keyboard_lasso
        if self.keyboard_lasso:
            self.lasso.begin(*self.pixel(*(self.highlight.place or (0, 0))))
            self.on_draw()
        else:
            self.drag_ended(False)

    def describe(self, experiment, metrics, epoch):
        """Says in the canvas's label what it shows."""
        shading = experiment["shading"]
        if shading == "neuron":
            shown = "the activation of neuron %s" % spec.neuron_name(*spec.shown_neuron(experiment))
        else:
            shown = {
                "probability": "how probable the network finds either class",
                "classes": "the class that the network predicts",
                "confidence": "how confident the network is",
            }[shading]
        self.canvas.setAttribute(
            "aria-label",
            "Decision boundary over the input plane, both axes from −6 to 6, shaded by %s, after epoch %d: the network "
            "has %.0f%% of the training points and %.0f%% of the held-out points on the right side.%s"
            % (shown, epoch, 100 * metrics[1], 100 * metrics[3], self.highlight.words()),
        )


def _path(typed_array):
    text = paths.data(typed_array)
    return window.Path2D.new(text) if text else None
