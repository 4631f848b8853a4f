"""The right view: the points, the grid of the input plane and the boundary, as they are at a layer or between two."""

from pyscript import window

import spec
from page import axes, canvas, markers, paths, rotation
from page.camera import Camera
from page.dom import by_id, listen, numbers, set_text
from page.gestures import ARROWS, Gestures
from page.lasso import Lasso
from page.palette import class_colours, css

# Radians for a pixel of dragging, and for an arrow key.
TURN = 0.009
TURN_KEY = 0.12
PAN_KEY = 0.12
ZOOM_KEY = 1.25
HANDLE_KEY = 0.06
# How far an arrow key takes the end of a loop, in CSS pixels.
LASSO_KEY = 12
# A pointer this near to the tip of an axis, in CSS pixels, takes hold of it.
HANDLE_REACH = 12
# An axis seen almost end on, in units of its length: its number would lie on others.
SHORT_AXIS = 0.3
# How strong a line of the grid is by depth, in two hexadecimal digits.
LINE_STRENGTHS = ("38", "58", "80", "a8")


class Representation:
    """Draws the layer, and tells `highlight` what is pointed at and chosen in it.

    `on_view()` is called when the lab has to draw another picture: it was turned, or an axis of the tour was moved.
    `on_draw()` asks for a drawing of what there is.
    """

    def __init__(self, highlight, on_view, on_draw):
        self.highlight, self.on_view, self.on_draw = highlight, on_view, on_draw
        self.canvas = by_id("representation")
        self.context = canvas.context_of(self.canvas)
        self.camera = Camera()
        self.turn = rotation.turned(rotation.STRAIGHT, *rotation.FIRST)
        # The axis of the tour that is held: its number and where its tip is.
        self.axis = None
        self.touring = False
        self.frame = None
        self.lasso = Lasso()
        self.lasso_switch = by_id("lasso-representation")
        self.drawing_lasso = False
        # Where the end of the loop is that is drawn by keys.
        self.lasso_end = None
        self.restyle()
        Gestures(self.canvas, self)
        listen(self.canvas, "keydown", self._key)
        listen(by_id("fit"), "click", lambda event: self.fit())
        listen(self.lasso_switch, "click", self._switch_lasso)

    def set_data(self):
        """Other points: where they lie comes with every frame."""
        self.frame = None
        self.camera.reset()
        self.redraw()

    def restyle(self):
        """Takes up the theme and the size, and draws."""
        self.size = width, height = canvas.fit(self.canvas)
        self.box = axes.plot_box(width, height)
        self.colours = class_colours()
        self.text_colour, self.grid_colour = css("--quiet"), css("--grid")
        self.line, self.halo, self.accent, self.text = (
            css("--boundary"),
            css("--surface"),
            css("--accent"),
            css("--text"),
        )
        self.line_colours = {
            4 * label + depth: colour + strength
            for label, colour in enumerate(self.colours)
            for depth, strength in enumerate(LINE_STRENGTHS)
        }
        self.marks = {}
        self.under, self.under_context = canvas.spare(width, height)
        self.drawn_ranges = None
        self.redraw()

    def show(self, frame):
        """Takes up a frame: see the answer's arrays in `lab/representation.py`."""
        other_kind = self.frame is None or self.frame.spatial != frame.spatial
        self.frame = frame
        self.unit = numbers(frame.unit)[0]
        self.spatial, self.moving = frame.spatial, frame.moving
        if other_kind:
            self.set_touch()
        self.positions = frame.positions
        self.pixels = None
        self.lines = []
        start = 0
        groups = [int(number) for number in numbers(frame.line_groups)]
        for key, count in zip(groups[0::2], groups[1::2]):
            text = paths.data(frame.lines.subarray(start, start + count))
            self.lines.append((key, window.Path2D.new(text)))
            start += count
        text = paths.data(frame.bend_boundary)
        self.boundary = window.Path2D.new(text) if text else None
        self.groups = []
        start = 0
        groups = [int(number) for number in numbers(frame.mark_groups)]
        for key, count in zip(groups[0::2], groups[1::2]):
            end = start + 3 * count - 1
            self.groups.append((key, frame.marks.subarray(start, end).join(" ")))
            start = end
        flat = numbers(frame.axes)
        self.axes = [(int(flat[index]), flat[index + 1], flat[index + 2]) for index in range(0, len(flat), 3)]
        place = numbers(frame.place_position)
        self.place = place or None
        self.camera.fit(*numbers(frame.extent))

    def draw(self, at_once):
        """Draws on axes that glide to the points; True while these are still on their way."""
        moving = self.frame is not None and self.camera.glide(at_once)
        self.redraw()
        return moving

    def redraw(self):
        context = self.context
        width, height = self.size
        context.clearRect(0, 0, width, height)
        if not self.frame:
            return
        ranges = self.camera.ranges()
        if ranges != self.drawn_ranges:
            self.under_context.clearRect(0, 0, width, height)
            axes.draw(self.under_context, self.box, ranges[0], ranges[1], self.text_colour, self.grid_colour)
            self.drawn_ranges = ranges
            self.pixels = None
        context.drawImage(self.under, 0, 0, width, height)
        context.save()
        context.beginPath()
        context.rect(*self.box)
        context.clip()
        scale = self._to_units(context)
        self._draw_plane(context, 1 / scale)
        self._draw_marks(context, scale)
        context.restore()
        self._draw_axes(context)
        point = self.highlight.point
        if point is not None:
            x, y = self.pixel(self.positions[2 * point], self.positions[2 * point + 1])
            self._ring(context, x, y)
        if self.place and self.highlight.place:
            x, y = self.pixel(*self.place)
            if x == x and y == y:
                markers.crosshair(context, x, y, self.line, self.halo)
        self.lasso.draw(context, self.accent)
        if self.lasso_end:
            markers.crosshair(context, self.lasso_end[0], self.lasso_end[1], self.line, self.halo)

    def _ring(self, context, x, y):
        left, top, width, height = self.box
        # A point that is not finite, or zoomed away, has no place to be marked.
        if left - 9 <= x <= left + width + 9 and top - 9 <= y <= top + height + 9:
            markers.ring(context, x, y, self.line, self.halo)

    def _to_units(self, context):
        """Lets a context draw in whole units, y up; returns how many CSS pixels one is."""
        left, top, width, height = self.box
        x, y, half = self.camera.view()
        ratio = window.devicePixelRatio
        scale = width / (2 * half)
        context.setTransform(
            ratio * scale * self.unit,
            0,
            0,
            -ratio * scale * self.unit,
            ratio * (left + width / 2 - x * scale),
            ratio * (top + height / 2 + y * scale),
        )
        return scale * self.unit

    def pixel(self, x, y):
        """Where a place of the shown space lies in the canvas, in CSS pixels."""
        left, top, width, height = self.box
        middle_x, middle_y, half = self.camera.view()
        scale = width / (2 * half)
        return left + width / 2 + (x - middle_x) * scale, top + height / 2 - (y - middle_y) * scale

    def _draw_plane(self, context, pixel):
        # As thin as a pixel, without round corners: the fastest that a browser without a graphics card can draw.
        context.lineJoin, context.lineCap = "bevel", "butt"
        context.lineWidth = pixel
        for key, path in self.lines:
            context.strokeStyle = self.line_colours[key]
            context.stroke(path)
        if self.boundary:
            # Its pieces stand alone; square ends close the gaps between them.
            context.lineCap = "square"
            context.strokeStyle = self.halo
            context.lineWidth = 4.5 * pixel
            context.stroke(self.boundary)
            context.strokeStyle = self.line
            context.lineWidth = 2 * pixel
            context.stroke(self.boundary)

    def _draw_marks(self, context, scale):
        fading = len(self.highlight.selected) > 0
        for key, text in self.groups:
            if key not in self.marks:
                self.marks[key] = markers.Mark(key, self.colours, self.halo, self.text)
            self.marks[key].draw(context, text, scale, fading)

    def _circle(self):
        """`(x, y, radius)` of the circle that the tips of the axes lie in: large to take hold of, small to look at."""
        left, top, width, height = self.box
        if self.touring:
            return left + width / 2, top + height / 2, 0.42 * width
        return left + 44, top + height - 44, 32

    def _draw_axes(self, context):
        """The layer's own axes as they lie in the picture: handles of the tour, or a small cross of a space."""
        if not self.axes:
            return
        middle_x, middle_y, radius = self._circle()
        context.font = "11px Inter, system-ui, sans-serif"
        context.textAlign = "center"
        context.textBaseline = "middle"
        context.lineWidth = 1.2
        for number, x, y in self.axes:
            held = self.axis is not None and self.axis[0] == number
            tip_x, tip_y = middle_x + radius * x, middle_y - radius * y
            context.strokeStyle = context.fillStyle = self.accent if held else self.text_colour
            context.beginPath()
            context.moveTo(middle_x, middle_y)
            context.lineTo(tip_x, tip_y)
            context.stroke()
            if self.touring:
                context.beginPath()
                context.arc(tip_x, tip_y, 6 if held else 4.5, 0, 6.2832)
                context.fill()
            length = (x * x + y * y) ** 0.5
            if length < SHORT_AXIS:
                continue
            context.fillStyle = self.text
            context.fillText(str(number), tip_x + 12 * x / length, tip_y - 12 * y / length)

    # What a person does.

    def _point_pixels(self):
        """Where all points lie in the canvas, flat; read anew only when they or the camera have moved."""
        if self.pixels is None:
            left, top, width, height = self.box
            middle_x, middle_y, half = self.camera.view()
            scale = width / (2 * half)
            shift_x, shift_y = left + width / 2 - middle_x * scale, top + height / 2 + middle_y * scale
            flat = numbers(self.positions)
            self.pixels = [
                shift_y - number * scale if index % 2 else shift_x + number * scale for index, number in enumerate(flat)
            ]
        return self.pixels

    def _handle_at(self, x, y):
        """The number of the axis of the tour whose tip is there, or None."""
        if not self.touring:
            return None
        middle_x, middle_y, radius = self._circle()
        for number, tip_x, tip_y in reversed(self.axes):
            if abs(middle_x + radius * tip_x - x) + abs(middle_y - radius * tip_y - y) < HANDLE_REACH:
                return number
        return None

    def hover(self, x, y, touch):
        if not self.frame:
            return
        handle = self._handle_at(x, y)
        self.canvas.style.cursor = "grab" if handle is not None else ""
        index = None if handle is not None else markers.nearest(self._point_pixels(), x, y)
        if index is None:
            self.highlight.at_nothing()
        else:
            self.highlight.at_point(index)

    def leave(self):
        self.highlight.at_nothing()

    def tap(self, x, y):
        if self.frame:
            self.highlight.pin(markers.nearest(self._point_pixels(), x, y))

    def _has_lasso(self):
        return self.lasso_switch.getAttribute("aria-pressed") == "true"

    def _switch_lasso(self, event):
        self.lasso_switch.setAttribute("aria-pressed", "false" if self._has_lasso() else "true")
        self.set_touch()

    def set_touch(self):
        """Lets a finger scroll the page over the picture where dragging it would do nothing."""
        needed = self._has_lasso() or self.touring or self.camera.moved or (self.frame is not None and self.spatial)
        self.canvas.style.touchAction = "none" if needed else "pan-y"

    def drag_began(self, x, y, event):
        if not self.frame or (event.pointerType == "touch" and self.canvas.style.touchAction != "none"):
            return False
        self.highlight.at_nothing()
        self.lasso.end()
        self.lasso_end = None
        self.drawing_lasso = self._has_lasso() or event.shiftKey
        handle = self._handle_at(x, y)
        if self.drawing_lasso:
            self.lasso.begin(x, y)
        elif handle is not None:
            self._hold(handle, x, y)
        return True

    def drag(self, x, y, dx, dy):
        if self.drawing_lasso:
            self.lasso.add(x, y)
        elif self.axis is not None:
            self._hold(self.axis[0], x, y)
        elif self.spatial:
            self._turn(TURN * dx, TURN * dy)
        else:
            half = self.box[2] / 2
            self._pan(dx / half, -dy / half)
        self.on_draw()

    def drag_ended(self, cancelled):
        if self.drawing_lasso:
            self._end_lasso(cancelled)
            self.drawing_lasso = False
        elif self.axis is not None:
            self.release()
        self.on_draw()

    def _end_lasso(self, cancelled):
        chosen = [] if cancelled else self.lasso.inside(self.context, self._point_pixels())
        self.lasso.end()
        self.lasso_end = None
        if not cancelled:
            self.highlight.choose(chosen)

    def _hold(self, number, x, y):
        middle_x, middle_y, radius = self._circle()
        self.axis = number, (x - middle_x) / radius, (middle_y - y) / radius
        self.on_view()

    def release(self):
        """Lets go of the axis that is held."""
        if self.axis is not None:
            self.axis = None
            self.on_view()

    def _turn(self, yaw, pitch):
        self.turn = rotation.turned(self.turn, yaw, pitch)
        self.on_view()

    def _pan(self, across, up):
        self.camera.pan_by(across, up)
        self._moved()

    def _zoom(self, factor, x, y):
        left, top, width, height = self.box
        self.camera.zoom_by(factor, 2 * (x - left) / width - 1, 1 - 2 * (y - top) / height)
        self._moved()

    def _moved(self):
        self.pixels = None
        self.set_touch()
        self.on_draw()

    def fit(self):
        """Shows all points again, a space as it is seen at first."""
        self.camera.fit_all()
        self.turn = rotation.turned(rotation.STRAIGHT, *rotation.FIRST)
        self._moved()
        self.on_view()

    def pinch(self, factor, x, y, dx, dy):
        if self.frame:
            half = self.box[2] / 2
            self.camera.pan_by(dx / half, -dy / half)
            self._zoom(factor, x, y)

    def wheel(self, factor, x, y):
        if not self.frame:
            return False
        self._zoom(factor, x, y)
        return True

    def _key(self, event):
        if event.ctrlKey or event.metaKey or event.altKey or not self.frame:
            return
        left, top, width, height = self.box
        middle = left + width / 2, top + height / 2
        if event.key in ARROWS:
            self._arrow(*ARROWS[event.key])
        elif event.key in ("+", "="):
            self._zoom(ZOOM_KEY, *middle)
        elif event.key in ("-", "_"):
            self._zoom(1 / ZOOM_KEY, *middle)
        elif event.key == "0":
            self.fit()
        elif event.key == "a" and self.touring and self.axes:
            self._hold_next_axis()
        elif event.key == "l":
            self._begin_or_end_lasso(middle)
        elif event.key == "Escape" and self.lasso_end:
            self._end_lasso(True)
            self.on_draw()
        elif event.key == "Escape" and self.axis is not None:
            self.release()
        elif not self.highlight.key(event):
            return
        event.preventDefault()

    def _begin_or_end_lasso(self, middle):
        """Begins a loop at the highlighted point, or else in the middle, or closes the one that is being drawn."""
        if self.lasso_end:
            self._end_lasso(False)
        else:
            point = self.highlight.point
            pixels = self._point_pixels()
            self.lasso_end = middle if point is None else (pixels[2 * point], pixels[2 * point + 1])
            self.lasso.begin(*self.lasso_end)
        self.on_draw()

    def _move_lasso(self, right, up):
        left, top, width, height = self.box
        x, y = self.lasso_end
        x = min(max(x + LASSO_KEY * right, left), left + width)
        y = min(max(y - LASSO_KEY * up, top), top + height)
        self.lasso_end = x, y
        self.lasso.add(x, y)
        self.on_draw()

    def _arrow(self, right, up):
        if self.lasso_end:
            self._move_lasso(right, up)
        elif self.axis is not None:
            number, x, y = self.axis
            self.axis = number, x + HANDLE_KEY * right, y + HANDLE_KEY * up
            self.on_view()
        elif self.spatial:
            self._turn(TURN_KEY * right, -TURN_KEY * up)
        else:
            self._pan(-PAN_KEY * right, -PAN_KEY * up)

    def _hold_next_axis(self):
        """Takes hold of the first axis, or of the one after that which is held."""
        held = -1 if self.axis is None else [axis[0] for axis in self.axes].index(self.axis[0])
        self.axis = self.axes[(held + 1) % len(self.axes)]
        self.on_view()

    def describe(self, experiment):
        """Says in words, and in the canvas's label, which space it shows."""
        frame = self.frame
        layer, _ = spec.shown_layer(experiment)
        shape = [int(size) for size in numbers(frame.shape)]
        which = projection_words(experiment, shape[1], numbers(frame.shares))
        place = "%s, %d × %d, %s" % (layer, shape[0], shape[1], which)
        between = ""
        morph = spec.shown_morph(experiment)
        if morph:
            names = [name for name, _, _ in spec.layers(experiment)]
            following = names[names.index(layer) + 1]
            between = "%.0f %% of the way to %s" % (100 * morph, following)
            place = "%s → %s, %s" % (layer, following, which)
        set_text(by_id("representation-shape"), place)
        held = "" if self.axis is None else " Axis %d is held." % self.axis[0]
        self.canvas.setAttribute(
            "aria-label",
            "Representation: the %d points at layer %s, shape %d × %d, %s%s.%s%s"
            % (shape[0], layer, shape[0], shape[1], which, between and ", " + between, self.highlight.words(), held),
        )


def projection_words(experiment, width, shares):
    """How a layer of that width is shown: `dimensions 0 and 1`, `PCA: 97 % of variance`, `grand tour`."""
    if width > 3 and experiment["projection"] == "tour":
        return "grand tour"
    if width > 3 and experiment["projection"] == "pca":
        return "PCA: %.0f %% of variance" % (100 * sum(shares))
    dimensions = [str(number) for number in spec.dimensions_of(experiment, width)]
    if len(dimensions) == 1:
        return "dimension " + dimensions[0]
    return "dimensions %s and %s" % (", ".join(dimensions[:-1]), dimensions[-1])
