"""The right view: the points, the grid of the input plane and the boundary, at a layer or between two layers."""

from page import journey, run_words, wording
from page.dom import by_id, listen, numbers, set_text
from page.palette import css
from page.plots import axes, rotation
from page.plots.camera import Camera
from page.plots.plot import Plot, path_of
from spec import registry, shape

# Radians for a pixel of dragging, and for an arrow key.
TURN = 0.009
TURN_KEY = 0.12
PAN_KEY = 0.12
ZOOM_KEY = 1.25
HANDLE_KEY = 0.06
# How far an arrow key takes the end of a loop, in CSS pixels.
LASSO_KEY = 12
# A pointer this near to the tip of an axis, in CSS pixels, holds it.
HANDLE_REACH = 12
# An axis that looks shorter than this share of its length has no number, which would lie on other numbers.
SHORT_AXIS = 0.3
# The shorter side of a view in whose corners there is room for a cross of the axes and for their names, in CSS pixels.
LEAST_FOR_CROSS = 240
# The strength of a line of the grid by its depth, in two hexadecimal digits.
LINE_STRENGTHS = ("38", "58", "80", "a8")
# The depth of the border of a flat picture's grid, and its width in CSS pixels.
NEAR, BORDER = 3, 2
# Of the upright line's label, and its distance from the line and from the top of the plot, in CSS pixels.
UPRIGHT_WEIGHT = 600
UPRIGHT_GAP = 6
# How far below a heap of points, in CSS pixels, it is said how many they are, and of how many heaps.
HEAP_GAP = 18
HEAPS_SAID = 3


class Representation(Plot):
    """Draws the representation.

    `on_view()` is called when the lab has to draw another picture, because a person has turned it or moved an axis.
    """

    def __init__(self, highlight, on_view, on_draw):
        self.on_view = on_view
        self.camera = Camera()
        self.turn = rotation.turned(rotation.STRAIGHT, *rotation.FIRST)
        # (number, x and y of the tip) of the tour's axis that a person holds; None without one.
        self.axis = None
        self.touring = self.spatial = self.moving = False
        self.frame = None
        # The bent grid, `(key, path)` for each group of lines; and the path of the bent boundary, or None.
        self.lines, self.boundary = [], None
        # The x of the line by which separability counts, and its percentage; None without.
        self.upright = self.parted = None
        # What the axes are, and whether the network's boundary is the line on which both are equal.
        self.axis_names, self.is_diagonal = ("", ""), False
        # How many training points the network has wrong in the latest picture.
        self.training_wrong = 0
        # Where a caption counts what is right: how it begins, and the `shape.Shape` of the data.
        self.counted = None
        # `(point, words)` for each heap of points that hide one another, around one of them.
        self.heaps = []
        self.drawing_loop = False
        Plot.__init__(
            self,
            "representation",
            "representation",
            highlight,
            on_draw,
            self._paint_axes,
            self._paint_lines,
            self._paint_points,
            self._paint_crosses,
        )
        listen(by_id("fit"), "click", lambda event: self.fit())

    def set_points(self, points):
        """Sets the points; their places come with a picture."""
        Plot.set_points(self, points)
        self.on_draw()

    # As a view, see `page.views`.

    def begin(self, experiment):
        self.canvas.setAttribute("aria-label", "Representation: nothing to show yet")
        set_text(by_id("representation-shape"), "")
        self.counted = None

    def empty(self):
        self.frame = None
        self.heaps = []
        self.camera.reset()
        self.clear()

    def follow(self, experiment):
        touring = experiment["projection"] == "tour" and shape.shown_layer(experiment).width > 3
        if touring != self.touring:
            self.touring = touring
            self.axis = None
            self.set_touch()

        self.show_held_out(experiment)
        names, is_diagonal = axis_names(experiment), boundary_is_diagonal(experiment)
        if (names, is_diagonal) != (self.axis_names, self.is_diagonal):
            self.axis_names, self.is_diagonal = names, is_diagonal
            self.layers[1].due = True

    def wants(self, experiment):
        return {"turn": self.turn, "axis": self.axis}

    def drawn(self, picture):
        self.take_coming()
        self.show(picture)

    # Drawing.

    def restyle(self):
        self.grid = css("--grid")
        Plot.restyle(self)

    def take_colours(self):
        colours = Plot.take_colours(self)
        self.line_colours = {
            4 * label + depth: colour + strength
            for label, colour in enumerate(colours)
            for depth, strength in enumerate(LINE_STRENGTHS)
        }
        return colours

    def view(self):
        return self.camera.view() if self.frame else None

    def show(self, frame):
        """Takes the parts of a picture for the right view, see `protocol.PICTURE`."""
        other_kind = self.frame is None or self.spatial != frame.spatial
        self.frame = frame
        self.unit = numbers(frame.unit)[0]
        self.spatial, self.moving = frame.spatial, frame.moving
        if other_kind:
            self.set_touch()
            self.layers[0].due = True
        positions = getattr(frame, "positions", None)
        if positions is not None:
            self.positions = positions
            self.picture_number = frame.picture
            self.take_points(frame)
        lines = getattr(frame, "lines", None)
        if lines is not None:
            self.take_lines(lines, frame.line_groups)
            self.boundary = path_of(frame.bend_boundary)
            self.layers[1].due = True
        marks = getattr(frame, "marks", None)
        if marks is not None:
            self.marked.take(marks, frame.mark_groups)
            self.layers[2].due = True
        counts = getattr(frame, "wrong_counts", None)
        if counts is not None:
            self.training_wrong = int(counts[0])
            self._count()
        wrong = getattr(frame, "wrong", None)
        if wrong is not None:
            self.wrong.take(wrong, frame.wrong_groups)
            self.layers[3].due = True
        heaps = getattr(frame, "heaps", None)
        if heaps is not None:
            flat = [int(number) for number in numbers(heaps)]
            rows = zip(flat[0::3], flat[1::3], flat[2::3])
            points = self.points
            self.heaps = [(point, heap_words(points.rows, count, label, points.names)) for point, count, label in rows]
        flat = numbers(frame.axes)
        self.directions = [(int(flat[index]), flat[index + 1], flat[index + 2]) for index in range(0, len(flat), 3)]
        self.place = numbers(frame.place_position) or None
        self.upright = (numbers(frame.upright) or [None])[0]
        self.parted = journey.percent((numbers(frame.parted) or [float("nan")])[0])
        self.camera.fit(*numbers(frame.extent))
        self.map()

    def take_lines(self, lines, groups):
        """Sets the bent grid: a flat path, and its groups of lines as flat rows of a key and a length."""
        self.lines = []
        start = 0
        flat = [int(number) for number in numbers(groups)]
        for key, count in zip(flat[0::2], flat[1::2]):
            self.lines.append((key, path_of(lines.subarray(start, start + count))))
            start += count

    def draw(self, at_once):
        """Draws, with axes that glide to the points. Returns whether another frame is needed."""
        moving = self.frame is not None and self.camera.glide(at_once)
        return self.redraw() or moving

    def _paint_axes(self, context):
        """Paints the axes of a flat picture; a spatial one, which can be turned, only has a frame."""
        if self.spatial:
            context.lineWidth = 1
            context.strokeStyle = self.grid
            context.strokeRect(*self.mapping.box)
        else:
            axes.draw(context, self.mapping, self.axes, self.quiet, self.grid, self.text_size)

    def _paint_lines(self, context):
        """Paints the bent grid and the decision boundary."""
        self.clip(context)
        pixel = self.to_units(context, self.unit)
        # A pixel wide, without round corners: a browser without a graphics card draws such lines fastest. Only the
        # border of a flat grid is wider, so that it is seen to be one sheet.
        context.lineJoin, context.lineCap = "bevel", "butt"
        for key, path in self.lines:
            context.lineWidth = pixel if self.spatial or key % 4 < NEAR else BORDER * pixel * self.enlarged()
            context.strokeStyle = self.line_colours[key]
            context.stroke(path)
        if self.boundary and self.is_diagonal and not self.spatial:
            self._paint_diagonal(context, pixel)
        if self.boundary:
            self.paint_boundary(context, self.boundary, pixel)
        context.restore()

    def _paint_diagonal(self, context, pixel):
        """Paints the whole line of which the boundary is the part that the plane reaches."""
        (low_x, high_x), (low_y, high_y) = self.mapping.ranges()
        context.strokeStyle = self.line
        context.lineWidth = pixel * self.enlarged()
        context.beginPath()
        for move, end in ((context.moveTo, max(low_x, low_y)), (context.lineTo, min(high_x, high_y))):
            move(end / self.unit, end / self.unit)
        context.stroke()

    def _paint_points(self, context):
        """Paints the points, on a layer of their own: while nothing is trained they rarely move."""
        self.clip(context)
        yield from self.paint_marks(context, self.to_units(context, self.unit))
        context.restore()

    def _paint_crosses(self, context):
        """Paints the crosses over what the network has wrong."""
        self.clip(context)
        yield from self.paint_crosses(context, self.to_units(context, self.unit))
        context.restore()

    def paint_over(self, context):
        self._paint_names(context)
        self._paint_upright(context)
        self._paint_directions(context)
        self._paint_heaps(context)
        if self.highlight.point is not None:
            self.point_out(context, *self.pixel_of(self.highlight.point))
        if self.place and self.highlight.place:
            self.crosshair(context, *self.mapping.pixel(*self.place))

    def _circle(self):
        """`(x, y, radius)` of the circle in which the tips of the layer's axes lie: large in a tour, to be dragged."""
        if self.touring:
            return self.mapping.middle + (0.84 * self.mapping.reach,)
        left, top, _, height = self.mapping.box
        return left + 44, top + height - 44, 32

    def _paint_names(self, context):
        """Writes what the axes are at their ends, in the plot, as far as there is room."""
        if self.spatial or min(self.size) < LEAST_FOR_CROSS:
            return
        self.paint_names(context, self.axis_names)

    def _paint_upright(self, context):
        """Paints the line by which separability counts; at a layer it says what it gets right."""
        if self.upright is None:
            return
        left, top, width, height = self.mapping.box
        x, _ = self.mapping.pixel(self.upright, 0)
        if not left < x < left + width:
            return
        context.lineCap = "butt"
        for colour, line_width in ((self.halo, 4), (self.text, 1.5)):
            context.strokeStyle = colour
            context.lineWidth = line_width
            context.beginPath()
            context.moveTo(x, top)
            context.lineTo(x, top + height)
            context.stroke()
        if self.parted is None:
            return
        context.font = axes.font(self.text_size, UPRIGHT_WEIGHT)
        context.textBaseline = "top"
        gap = axes.scaled(UPRIGHT_GAP, self.text_size)
        # On a phone there may be room for the number only, on either side.
        for words in ("separability %d %%" % self.parted, "%d %%" % self.parted):
            length = gap + context.measureText(words).width
            fits = x + length < left + width
            if fits or x - length > left:
                break
        context.textAlign = "left" if fits else "right"
        context.lineJoin = "round"
        context.lineWidth = 4
        context.strokeStyle, context.fillStyle = self.halo, self.text
        for paint in (context.strokeText, context.fillText):
            paint(words, x + (gap if fits else -gap), top + gap)

    def _paint_heaps(self, context):
        """Says beside the marks how many points lie there."""
        if not self.heaps or not self.positions:
            return
        left, top, width, height = self.mapping.box
        context.font = axes.font(self.text_size, UPRIGHT_WEIGHT)
        context.textBaseline = "middle"
        context.lineJoin = "round"
        context.lineWidth = 4
        context.strokeStyle, context.fillStyle = self.halo, self.text
        gap = axes.scaled(HEAP_GAP, self.text_size)
        for point, words in self.heaps[:HEAPS_SAID]:
            x, y = self.pixel_of(point)
            if not (left < x < left + width and top < y < top + height):
                continue
            # Below the point, so that it is on no other's height; moved as far as it has to be.
            room = context.measureText(words).width / 2 + 4
            context.textAlign = "center"
            x = min(max(x, left + room), left + width - room)
            y += gap if y < top + height - 2 * gap else -gap
            for paint in (context.strokeText, context.fillText):
                paint(words, x, y)

    def _paint_directions(self, context):
        """Paints the layer's axes as they are projected: as handles of a tour, or as a small cross in a corner."""
        # In a small view the cross would lie on the points.
        if not self.directions or (not self.touring and min(self.size) < LEAST_FOR_CROSS):
            return
        middle_x, middle_y, radius = self._circle()
        context.font = axes.font(self.text_size)
        context.textAlign = "center"
        context.textBaseline = "middle"
        context.lineWidth = 1.2
        away = axes.scaled(12, self.text_size)
        written = []
        for number, x, y in self.directions:
            held = self.axis is not None and self.axis[0] == number
            tip_x, tip_y = middle_x + radius * x, middle_y - radius * y
            context.strokeStyle = context.fillStyle = self.accent if held else self.quiet
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
            place = tip_x + away * x / length, tip_y - away * y / length
            # Where many numbers would lie on one another, one of them is written.
            if all(abs(place[0] - across) + abs(place[1] - down) > away for across, down in written):
                written.append(place)
                context.fillStyle = self.text
                context.fillText(str(number), *place)

    # What a person does.

    def _handle_at(self, x, y):
        """The number of the tour's axis whose tip is at a pixel, or None."""
        if not self.touring:
            return None
        middle_x, middle_y, radius = self._circle()
        for number, tip_x, tip_y in reversed(self.directions):
            if abs(middle_x + radius * tip_x - x) + abs(middle_y - radius * tip_y - y) < HANDLE_REACH:
                return number
        return None

    def hover(self, x, y, touch):
        if not self.frame:
            return
        handle = self._handle_at(x, y)
        self.canvas.style.cursor = "grab" if handle is not None else ""
        index = None if handle is not None else self.point_at(x, y)
        if index is None:
            self.highlight.at_nothing()
        else:
            self.highlight.at_point(index)

    def takes_drags(self):
        return self.has_lasso() or self.touring or self.camera.moved or (self.frame is not None and self.spatial)

    def drag_began(self, x, y, event):
        if not self.frame or (event.pointerType == "touch" and not self.takes_drags()):
            return False
        self.highlight.at_nothing()
        self.lasso.end()
        self.loop_end = None
        self.drawing_loop = self.has_lasso() or event.shiftKey
        handle = self._handle_at(x, y)
        if self.drawing_loop:
            self.begin_loop(x, y)
        elif handle is not None:
            self._hold(handle, x, y)
        return True

    def drag(self, x, y, dx, dy):
        if self.drawing_loop:
            self.lasso.add(x, y)
        elif self.axis is not None:
            self._hold(self.axis[0], x, y)
        elif self.spatial:
            self._turn(TURN * dx, TURN * dy)
        else:
            self._pan(dx / self.mapping.reach, -dy / self.mapping.reach)
        self.on_draw()

    def drag_ended(self, cancelled):
        if self.drawing_loop:
            self.end_loop(cancelled)
            self.drawing_loop = False
        elif self.axis is not None:
            self.release()
        self.on_draw()

    def _hold(self, number, x, y):
        middle_x, middle_y, radius = self._circle()
        self.axis = number, (x - middle_x) / radius, (middle_y - y) / radius
        self.on_view()

    def release(self):
        """Releases the axis that is held."""
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
        middle_x, middle_y = self.mapping.middle
        self.camera.zoom_by(factor, (x - middle_x) / self.mapping.reach, (middle_y - y) / self.mapping.reach)
        self._moved()

    def _moved(self):
        self.set_touch()
        self.on_draw()

    def fit(self):
        """Shows all points again, and a spatial picture turned as at first."""
        self.camera.fit_all()
        self.turn = rotation.turned(rotation.STRAIGHT, *rotation.FIRST)
        self._moved()
        self.on_view()

    def pinch(self, factor, x, y, dx, dy):
        if self.frame:
            self.camera.pan_by(dx / self.mapping.reach, -dy / self.mapping.reach)
            self._zoom(factor, x, y)

    def wheel(self, factor, x, y):
        if not self.frame:
            return False
        self._zoom(factor, x, y)
        return True

    def key(self, name):
        if name in ("+", "="):
            self._zoom(ZOOM_KEY, *self.mapping.middle)
        elif name in ("-", "_"):
            self._zoom(1 / ZOOM_KEY, *self.mapping.middle)
        elif name == "0":
            self.fit()
        elif name == "a" and self.touring and self.directions:
            self._hold_next_axis()
        elif name == "Escape" and self.axis is not None:
            self.release()
        else:
            return False
        return True

    def start_of_loop(self):
        """The pixel at which a loop by keys starts: the highlighted point or, without one, the middle of the plot."""
        point = self.highlight.point
        return self.mapping.middle if point is None else self.pixel_of(point)

    def arrow(self, right, up):
        if self.loop_end:
            left, top, width, height = self.mapping.box
            x, y = self.loop_end
            x = min(max(x + LASSO_KEY * right, left), left + width)
            y = min(max(y - LASSO_KEY * up, top), top + height)
            self.move_loop(x, y)
        elif self.axis is not None:
            number, x, y = self.axis
            self.axis = number, x + HANDLE_KEY * right, y + HANDLE_KEY * up
            self.on_view()
        elif self.spatial:
            self._turn(TURN_KEY * right, -TURN_KEY * up)
        else:
            self._pan(-PAN_KEY * right, -PAN_KEY * up)

    def _hold_next_axis(self):
        """Holds the axis after the one that is held, or the first one."""
        held = -1 if self.axis is None else [axis[0] for axis in self.directions].index(self.axis[0])
        self.axis = self.directions[(held + 1) % len(self.directions)]
        self.on_view()

    def _count(self):
        """Says at the logits how many points the picture has right, from picture to picture."""
        if self.counted:
            place, data = self.counted
            right = run_words.right_words(data, 1, data.training - self.training_wrong)
            set_text(by_id("representation-shape"), place + right)

    def describe(self, experiment, run):
        """Says in words, and in the canvas's label, what it shows."""
        frame = self.frame
        if not frame:
            return
        layer = shape.shown_layer(experiment).name
        # The picture may still be that of the layer before.
        size = int(numbers(frame.shape)[0]), shape.shown_layer(experiment).width
        which = projection_words(experiment, size[1], numbers(frame.shares), self.upright is not None, self.parted)
        place = "%s, %d × %d, %s" % (layer, size[0], size[1], which)
        self.counted = None
        if layer == shape.logits_layer(experiment) and "train_accuracy" in (run.metrics or {}):
            data, accuracy = shape.shape_of(experiment), run.metrics["train_accuracy"]
            if run_words.is_finite(accuracy):
                self.counted = "%s, %d × %d: " % (layer, size[0], size[1]), data
            right = run_words.right_words(data, accuracy, data.training - self.training_wrong)
            place = "%s, %d × %d: %s" % (layer, size[0], size[1], right)
        between = ""
        morph = shape.shown_morph(experiment)
        if morph:
            self.counted = None
            names = shape.layer_names(experiment)
            following = names[names.index(layer) + 1]
            between = "%.0f %% of the way to %s" % (100 * morph, following)
            widths = wording.widths_on_the_way(size[1], shape.layers(experiment)[names.index(following)].width)
            place = "%s → %s, %d × %s, %s" % (layer, following, size[0], widths, which)
        set_text(by_id("representation-shape"), place)
        index = shape.layer_names(experiment).index(layer)
        set_text(by_id("grid-words"), wording.grid_words(experiment, index + (1 if morph else 0), self.spatial))
        by_id("grid-legend").hidden = not experiment["grid"]
        heaps = "".join([" %s%s." % (words[0].upper(), words[1:]) for _, words in self.heaps])
        held = "" if self.axis is None else " Axis %d is held." % self.axis[0]
        self.canvas.setAttribute(
            "aria-label",
            "Representation: the %d points at layer %s, shape %d × %d, %s%s.%s%s%s"
            % (
                size[0],
                layer,
                size[0],
                size[1],
                which,
                between and ", " + between,
                heaps,
                self.highlight.words(),
                held,
            ),
        )


def heap_words(rows, count, label, names=()):
    """How many of `rows` points lie in a place, of class `label` or, if that is -1, of any: `all 9 points lie here`.

    `names` are those of the classes, empty where they have none.
    """
    if label >= 0:
        return "all %d points of %s lie here" % (count, wording.class_name(names, label))
    if count == rows:
        return "all %d points lie here" % count
    return "%d of %d points lie here" % (count, rows)


def axis_names(experiment):
    """What the axes of a flat picture are, `(across, up)`; empty between two layers, and where they mean nothing."""
    layer = shape.shown_layer(experiment)
    data = shape.shape_of(experiment)
    if shape.shown_morph(experiment):
        return "", ""
    if layer.width > 3 and experiment["projection"] != "dimensions":
        parted = experiment["projection"] == "best" and data.task == registry.CLASSIFICATION and data.outputs == 2
        return ("across the line", "along the line") if parted else ("", "")
    dimensions = shape.dimensions_of(experiment, layer.width)
    names = [_axis_name(experiment, layer, number) for number in dimensions[:2]]
    return tuple(names + [""] * (2 - len(names)))


def _axis_name(experiment, layer, number):
    """What the dimension of that number of a layer is."""
    is_last = layer.name == shape.logits_layer(experiment)
    if is_last and shape.shape_of(experiment).task == registry.REGRESSION:
        return "prediction %d" % number if layer.width > 1 else "prediction"
    if is_last or layer.kind == "softmax":
        name = wording.class_name(wording.class_names(experiment), number)
        return "%s of %s" % ("score" if is_last else "probability", name)
    if layer.kind == "input":
        names = wording.input_names(experiment)
        return names[number] if names else "input %d" % number
    return "neuron %d" % number


def boundary_is_diagonal(experiment):
    """Whether the boundary is the line on which both axes are equal: of two classes, from the scores on."""
    layer = shape.shown_layer(experiment)
    data = shape.shape_of(experiment)
    if data.task == registry.REGRESSION or data.outputs != 2 or len(shape.dimensions_of(experiment, layer.width)) != 2:
        return False
    names = shape.layer_names(experiment)
    return names.index(layer.name) >= names.index(shape.logits_layer(experiment))


def projection_words(experiment, width, shares=(), upright=False, parted=None):
    """The projection of a layer of that width: `dimensions 0 and 1`, `PCA: 97 % of variance` or `grand tour`.

    Of a best view it says what parts the classes: `upright`, whether a line does, and `parted`, the percentage that the
    linear fit gets right, or None.
    """
    if width > 3 and experiment["projection"] == "best":
        return "best view" + best_view_words(shape.shape_of(experiment), upright, parted)
    if width > 3 and experiment["projection"] == "tour":
        return "grand tour"
    if width > 3 and experiment["projection"] == "pca":
        return "PCA: %.0f %% of variance" % (100 * sum(shares))
    dimensions = [str(number) for number in shape.dimensions_of(experiment, width)]
    if len(dimensions) == 1:
        return "dimension " + dimensions[0]
    return "dimensions %s and %s" % (", ".join(dimensions[:-1]), dimensions[-1])


def best_view_words(data, upright, parted):
    """What a best view shows, after a colon, for data of a `shape.Shape`; empty where nothing is to be said."""
    if parted is None:
        return ""
    if data.task == registry.REGRESSION:
        which = "linear prediction to the right" if data.outputs == 1 else "plane of the linear predictions"
        return ": %s, %d %% of variance" % (which, parted)
    if data.outputs > 2:
        return ": plane that parts the classes best, %d %% by straight lines" % parted
    return ": %d %% parted by the upright line" % parted if upright else ""
