"""The left view: the input plane, shaded by the network's output, with the decision boundary and the points."""

import math

from pyscript import window

from page import canvas, palette, run_words, wording
from page.dom import by_id, now, numbers, set_text
from page.palette import css
from page.plots import axes, markers
from page.plots.plot import Plot, path_of
from spec import registry, shape

# An arrow key moves the place that is pointed at by this share of half the plane.
STRIDE = 1 / 24
# The number of colours in a ramp of the scale, and of pixels between two ramps; at most so often, in milliseconds, are
# the numbers at it written while they change.
RAMP, BETWEEN = 64, 8
SCALE_EVERY = 500
# Numbers are written at lines if the plot reaches so far from its middle, in CSS pixels for text of size `axes.TEXT`.
ROOMY = 110
# The side of the image of a neuron's weights, in CSS pixels for text of size `axes.TEXT`.
WEIGHTS = 88


class Plane(Plot):
    """Draws the plane. The plot is square and shows exactly the square that the lab has sampled."""

    def __init__(self, highlight, on_draw, on_through):
        self.plane = self.title = None
        # How many training and how many held-out points the network has wrong in the latest picture.
        self.wrong_counts = [0, 0]
        # The numbers at the ends and in the middle of the scale, and when they were written, in milliseconds.
        self.scale_values, self.scale_written = None, 0
        self.experiment = None
        self.picture = self.contour = self.zero_lines = self.residuals = None
        # An image of the weights of the neuron that shades the plane, `(canvas, context)`; None where there is none.
        self.weights = None
        # (x, y, text) of what is written at the lines of equal numbers, in the plane's coordinates.
        self.line_labels = []
        self.is_due = True

        def draw_soon():
            self.is_due = True
            on_draw()

        # Called with the row of a point through which a slice is to go, or None for the means.
        self.on_through = on_through
        # Who has what a person does here instead of pointing and choosing, see `set_brush`.
        self.brush = None
        Plot.__init__(
            self,
            "boundary",
            "plane",
            highlight,
            draw_soon,
            self._paint_picture,
            self._paint_points,
            loose=self._paint_crosses,
        )

    def set_points(self, points):
        Plot.set_points(self, points)
        self.plane = points.plane
        self.positions = points.positions
        self.take_points(points)
        # `enough` needs the mapping before the first picture is drawn.
        self.map()
        self.on_draw()

    def restyle(self):
        self.zero_line, self.grid = css("--zero"), css("--grid-over")
        self.shading = palette.shading()
        Plot.restyle(self)

    def view(self):
        return self.plane

    def axis_units(self):
        units = self.points.axis_units
        return None if units == (axes.AS_IT_IS, axes.AS_IT_IS) else units

    def box_of(self, margin):
        return axes.square(Plot.box_of(self, margin))

    def pointed_at(self):
        """The highlighted point or place, as shares of the plane's width and height from the top left; or None."""
        if not self.plane:
            return None
        x, y, half = self.plane
        if self.highlight.point is not None:
            place = self.points.place(self.highlight.point)
        else:
            place = self.highlight.place
        return place and ((place[0] - x + half) / (2 * half), (y + half - place[1]) / (2 * half))

    def enough(self):
        """The number of squares a side that is fine enough: one square for every two pixels of the screen."""
        if not self.mapping:
            return 0
        return math.ceil(self.mapping.reach * window.devicePixelRatio)

    def show(self, frame):
        """Takes a picture's `pixels`, `resolution`, `contour` and `zero_lines`, and its points if they have changed."""
        resolution = frame.resolution
        samples = resolution + 1
        if not self.picture or self.picture[0].width != samples:
            picture, context = canvas.spare(samples, samples, 1)
        else:
            picture, context, _ = self.picture
        pixels = window.Uint8ClampedArray.new(frame.pixels.buffer)
        context.putImageData(window.ImageData.new(pixels, samples, samples), 0, 0)
        self.picture = picture, context, resolution
        scale = getattr(frame, "scale", None)
        if scale is not None:
            self._take_scale(scale, frame.scale_values)
        self.contour = path_of(frame.contour)
        labels = getattr(frame, "contour_labels", None)
        flat = numbers(labels) if labels is not None else []
        x, y, _ = self.plane
        unit = self.points.plane_unit
        self.line_labels = [
            (x + unit * flat[at], y + unit * flat[at + 1], wording.number_words(flat[at + 2]))
            for at in range(0, len(flat), 3)
        ]
        self.zero_lines = path_of(frame.zero_lines)
        # A recording has none.
        residuals = getattr(frame, "residuals", None)
        self.residuals = None if residuals is None else path_of(residuals)
        self._take_weights(getattr(frame, "weight_image", None))
        self.layers[0].due = True
        marks = getattr(frame, "plane_marks", None)
        if marks is not None:
            self.marked.take(marks, frame.plane_mark_groups)
            self.layers[1].due = True
        wrong = getattr(frame, "plane_wrong", None)
        if wrong is not None:
            self.wrong.take(wrong, frame.plane_wrong_groups)
            self.wrong_counts = [int(count) for count in numbers(frame.wrong_counts)]
            self.layers[2].due = True

    def _take_weights(self, pixels):
        """Takes the image of the weights of the neuron that shades the plane, None if there is none to see."""
        size = shape.traits_of(self.experiment).get("image") if self.experiment else None
        if pixels is None or size is None:
            self.weights = None
            return
        rows, columns = size
        if not self.weights:
            self.weights = canvas.spare(columns, rows, 1)
        image = window.ImageData.new(window.Uint8ClampedArray.new(pixels.buffer), columns, rows)
        self.weights[1].putImageData(image, 0, 0)

    def _take_scale(self, scale, values):
        """Shows the scale, a bar for each of its ramps side by side; its numbers soon, as they may change often."""
        self.scale_values = numbers(values)
        ramps = scale.length // (4 * RAMP)
        bar = by_id("scale-bar")
        width = ramps * (RAMP + BETWEEN) - BETWEEN
        if bar.width != width:
            bar.width = width
        context = canvas.context_of(bar)
        for ramp in range(ramps):
            pixels = window.Uint8ClampedArray.new(scale.subarray(4 * RAMP * ramp, 4 * RAMP * (ramp + 1)))
            context.putImageData(window.ImageData.new(pixels, RAMP, 1), ramp * (RAMP + BETWEEN), 0)
        if now() - self.scale_written > SCALE_EVERY:
            self._write_scale()

    def _write_scale(self):
        """Writes the numbers at the scale."""
        if self.scale_values is None or self.experiment is None:
            return
        self.scale_written = now()
        words = wording.scale_words(self.experiment, self.scale_values)
        for name, text in zip(("scale-low", "scale-middle", "scale-high"), words):
            set_text(by_id(name), text)
        low, middle, high = words
        marked = wording.scale_classes(self.experiment, self.scale_values)
        for name, label in zip(("scale-low", "scale-high"), marked or (None, None)):
            by_id(name).className = "" if label is None else "class-%d" % label
        if marked and self.experiment["shading"] != "classes":
            names = wording.class_names(self.experiment)
            low, high = [
                "%s, %s" % (wording.class_name(names, index), text) for index, text in enumerate((low + ",", high))
            ]
        between = " over %s" % middle if middle else ""
        for name in ("scale", "scale-bar"):
            by_id(name).setAttribute("aria-label", "Scale of the colours: from %s%s to %s" % (low, between, high))
        by_id("scale").hidden = False

    # As a view, see `page.views`.

    def begin(self, experiment):
        self.experiment = experiment
        self.title = wording.plane_title(experiment)
        self._head(experiment)
        set_text(by_id("wrong"), "wrong")
        by_id("wrong").hidden = shape.shape_of(experiment).task == registry.REGRESSION
        self.canvas.setAttribute("aria-label", self.title + ": nothing to show yet")

    def empty(self):
        self.plane = self.picture = self.contour = self.zero_lines = self.residuals = self.weights = None
        self.line_labels = []
        self.clear()

    def wants(self, experiment):
        return {"resolution": self.enough(), "palette": self.shading}

    def drawn(self, picture):
        self.take_coming()
        self.show(picture)
        if getattr(picture, "plane_wrong", None) is not None:
            self._count()
        self.is_due = True

    def follow(self, experiment):
        self.experiment = experiment
        self._head(experiment)
        self.show_held_out(experiment)
        self.is_due = True

    def _head(self, experiment):
        """Says above the plane what shades it."""
        set_text(by_id("boundary-title"), wording.plane_heading(experiment))

    def draw(self, calm):
        """Draws, unless nothing has changed here, as while only the right view moves."""
        if self.is_due:
            self.is_due = self.redraw()
        return self.is_due

    # Drawing.

    def _paint_picture(self, context):
        if not self.picture:
            return
        left, top, width, height = self.mapping.box
        picture, _, resolution = self.picture
        # A sample belongs to a corner of the squares, so the outermost samples lie on the edge of the plot.
        half = width / resolution / 2
        self.clip(context)
        context.imageSmoothingQuality = "low"
        context.drawImage(picture, left - half, top - half, width + 2 * half, height + 2 * half)
        x, y, _ = self.plane
        pixel = self.to_units(context, self.points.plane_unit, x, y)
        context.lineCap = "square"
        if self.zero_lines:
            context.strokeStyle = self.zero_line
            context.lineWidth = pixel
            context.stroke(self.zero_lines)
        if self.contour and self.points.is_regression and not self.points.is_curve:
            # Thin, for there are many, and they are no boundary.
            context.strokeStyle = self.line
            context.lineWidth = pixel * self.enlarged()
            context.stroke(self.contour)
        elif self.contour:
            self.paint_boundary(context, self.contour, pixel)
        if self.residuals:
            context.lineCap = "butt"
            for width, ink in ((3.5, self.halo), (1.5, self.text)):
                context.strokeStyle = ink
                context.lineWidth = width * pixel * self.enlarged()
                context.stroke(self.residuals)
        context.restore()

    def _paint_line_labels(self, context):
        """Writes at the lines of equal numbers which these are, where there is room."""
        if self.mapping.reach < axes.scaled(ROOMY, self.text_size):
            return
        context.font = axes.font(self.text_size, 600)
        context.textAlign, context.textBaseline = "center", "middle"
        context.lineJoin = "round"
        context.lineWidth = 3 * self.enlarged()
        context.strokeStyle, context.fillStyle = self.halo, self.text
        for x, y, text in self.line_labels:
            place = self.mapping.pixel(x, y)
            context.strokeText(text, *place)
            context.fillText(text, *place)

    def _paint_points(self, context):
        """Paints the axes and the points, which change only when other points are chosen."""
        axes.draw(context, self.mapping, self.axes, self.quiet, self.grid, self.text_size)
        if self.points.axes:
            self.paint_names(context, self.points.axes, self.points.note)
        context.save()
        x, y, _ = self.plane
        yield from self.paint_marks(context, self.to_units(context, self.points.plane_unit, x, y))
        context.restore()

    def _paint_crosses(self, context):
        """Paints the crosses over what the network has wrong, which may change with every picture."""
        context.save()
        x, y, _ = self.plane
        yield from self.paint_crosses(context, self.to_units(context, self.points.plane_unit, x, y))
        context.restore()

    def _paint_weights(self, context):
        """Shows the weights of the neuron that shades the plane as an image, in the lower left corner."""
        if not self.weights:
            return
        left, top, _, height = self.mapping.box
        side = min(WEIGHTS * self.enlarged(), height / 3)
        gap = axes.scaled(axes.GAP, self.text_size)
        x, y = left + gap, top + height - gap - side
        context.imageSmoothingEnabled = False
        context.drawImage(self.weights[0], x, y, side, side)
        context.imageSmoothingEnabled = True
        context.lineWidth = 1
        context.strokeStyle = self.line
        context.strokeRect(x, y, side, side)
        context.font = axes.font(self.text_size)
        context.textAlign, context.textBaseline, context.lineJoin = "left", "bottom", "round"
        context.lineWidth = 4
        context.strokeStyle, context.fillStyle = self.halo, self.line
        for paint in (context.strokeText, context.fillText):
            paint("its weights", x, y - 2)

    def paint_over(self, context):
        self._paint_line_labels(context)
        self._paint_weights(context)
        point, place = self.highlight.point, self.highlight.place
        if point is not None:
            self.point_out(context, *self.pixel_of(point))
        if place:
            self.crosshair(context, *self.mapping.pixel(*place))
        if self.brush:
            self.brush.paint(context)

    # What a person does.

    def _place_at(self, x, y):
        """The place of the plane at a pixel, or None outside of the plot."""
        return self.mapping.place(x, y) if self.mapping.holds(x, y) else None

    def set_brush(self, brush):
        """Lets `brush`, a `drawing.Drawing`, have what a person does here; None for nobody."""
        self.brush = brush
        self.set_touch()
        self.on_draw()

    def takes_drags(self):
        return self.brush is not None or Plot.takes_drags(self)

    def key(self, name):
        place = self.highlight.place
        if self.highlight.point is not None:
            place = self.points.place(self.highlight.point)
        return bool(self.brush and place and self.brush.key(name, place))

    def hover(self, x, y, touch):
        if not self.positions:
            return
        index = self.point_at(x, y)
        place = self._place_at(x, y)
        if index is not None:
            self.highlight.at_point(index)
        elif place:
            self.highlight.at_place(*place)
        else:
            self.highlight.at_nothing()

    def tap(self, x, y):
        if self.brush:
            if self.positions and self.mapping.holds(x, y):
                self.brush.tap(x, y)
            return
        Plot.tap(self, x, y)
        if self.positions and self.points.note:
            # The slice goes through the point, or through the means where there is none.
            self.on_through(self.highlight.point)
        if self.positions and self.highlight.point is None:
            place = self._place_at(x, y)
            if place:
                self.highlight.at_place(*place)

    def drag_began(self, x, y, event):
        if not self.positions or (event.pointerType == "touch" and not self.takes_drags()):
            return False
        self.highlight.at_nothing()
        if self.brush:
            self.brush.drag_began(x, y)
            return True
        self.begin_loop(x, y)
        return True

    def drag(self, x, y, dx, dy):
        if self.brush:
            if self.mapping.holds(x, y):
                self.brush.drag(x, y)
        else:
            self.lasso.add(x, y)
        self.on_draw()

    def drag_ended(self, cancelled):
        if self.brush:
            self.brush.drag_ended(cancelled)
        else:
            self.end_loop(cancelled)

    def pinch(self, factor, x, y, dx, dy):
        pass

    def wheel(self, factor, x, y):
        return False

    def start_of_loop(self):
        return self.mapping.pixel(*(self.highlight.place or self.plane[:2]))

    def arrow(self, right, up):
        """Moves the place that is pointed at, and with it the end of a loop that is drawn by keys."""
        middle_x, middle_y, half = self.plane
        x, y = self.highlight.place or self.plane[:2]
        if not self.highlight.place and self.highlight.point is not None:
            x, y = self.points.place(self.highlight.point)
        x = min(max(x + STRIDE * half * right, middle_x - half), middle_x + half)
        y = min(max(y + STRIDE * half * up, middle_y - half), middle_y + half)
        self.highlight.at_place(x, y)
        if self.loop_end:
            self.move_loop(*self.mapping.pixel(x, y))

    def _are_crossed(self):
        """Whether each point that is wrong has a cross."""
        return self.wrong.count <= markers.MOST_CROSSED

    def _count(self):
        """Says how many points the picture has wrong; a recording's comes before the experiment is known."""
        if self.experiment is None or self.points.is_regression:
            return
        are_crossed = self._are_crossed()
        set_text(by_id("wrong"), run_words.wrong_words(shape.shape_of(self.experiment), self.wrong_counts, are_crossed))
        by_id("wrong").className = "wrong" if are_crossed else "wrong uncrossed"

    def describe(self, experiment, run):
        """Says in words, and in the canvas's label, what it shows."""
        self._write_scale()
        wrong = ""
        if not self.points.is_regression:
            self._count()
            wrong = ("; by the crosses, " if self._are_crossed() else "; ") + by_id("wrong").textContent
        self.canvas.setAttribute(
            "aria-label",
            "%s over the input%s, %s, shaded by %s, after epoch %d: %s%s.%s"
            % (
                self.title,
                "" if self.points.is_curve else " plane" + (self.points.note and ", a " + self.points.note),
                extent_words(*self.plane, self.points.axis_units, self.points.columns),
                shading_words(experiment, self.points)
                + (", whose weights are shown as an image" if self.weights else ""),
                run.epoch,
                metric_words(run.metrics),
                wrong,
                self.highlight.words(),
            ),
        )


def extent_words(x, y, half, units=(axes.AS_IT_IS, axes.AS_IT_IS), names=()):
    """The ranges of the axes in words: `both axes from −6 to 6`; `units` as in `axes.labelled`, `names` if any."""
    ranges = []
    for at, (first, second) in zip((x, y), units):
        middle, reach = first + second * at, second * half
        ranges.append("from %s to %s" % (round_words(middle - reach, reach), round_words(middle + reach, reach)))
    across, up = ranges
    if names:
        return "%s %s, %s %s" % (names[0], across, names[1], up)
    return "both axes " + across if across == up else "x %s, y %s" % (across, up)


def round_words(number, half):
    """An end of a range that reaches `half` from its middle, with as many digits as such a range needs."""
    digits = 2 - math.floor(math.log10(half))
    if digits > 8 or abs(number) >= 1e12:
        return ("%.4g" % number).replace("-", "−")
    text = ("%." + str(max(0, digits)) + "f") % number
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace("-", "−")


def shading_words(experiment, points):
    """The meaning of the plane's colours, in words."""
    shading = experiment["shading"]
    if shading == "neuron":
        return "the activation of " + wording.neuron_words(experiment)
    if points.is_regression:
        return {
            "probability": "the number that the network predicts",
            "classes": "whether the network predicts more or less than the middle of the targets",
            "confidence": "how far what the network predicts is from the middle of the targets",
        }.get(shading, shading)
    return {
        "probability": "how probable the network finds %s"
        % ("either class", "the likeliest class")[points.outputs > 2],
        "classes": "the class that the network predicts",
        "confidence": "how confident the network is",
    }.get(shading, shading)


def metric_words(metrics):
    """How well the network does, in words: the accuracy or, for regression, R² and the mean absolute error."""
    words = run_words.accuracy_words(metrics)
    return "the network has %s on the correct side" % words if words else run_words.prediction_words(metrics)
