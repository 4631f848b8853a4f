"""What both large views share: a canvas in layers, a mapping to pixels, pointing at points, and loops around them."""

from pyscript import window

from page import canvas
from page.dom import by_id, listen, now, numbers
from page.palette import class_colours, css, level_colours
from page.plots import axes, markers, paths, picking
from page.plots.gestures import ARROWS, Gestures
from page.plots.lasso import Lasso
from page.plots.mapping import Mapping

# A long drawing is done in slices of so many milliseconds, one on each frame of the display. Both views may have a
# slice on the same frame, and the browser needs time to put it on the screen.
SLICE = 8
# The most characters of the name of an axis.
LONGEST_NAME = 60
# The side of what a point is an image of, and how far from the point it is, in CSS pixels with the smallest text.
IMAGE, BESIDE = 64, 12


class Layer:
    """A spare canvas with a part of the picture, painted when it is `due`, then kept.

    If `paint(context)` is a generator, it can be painted in slices; the old painting stays until `show` is called. The
    layers below a `loose` one need not wait for it.
    """

    def __init__(self, paint, loose=False):
        self.paint, self.loose = paint, loose
        self.due = True
        self.canvas = self.context = None
        # other: the canvas and context that are being painted while the old ones are shown. work: the iterator that
        # paints the rest. painted: whether they are complete and have to be shown.
        self.other = self.work = None
        self.painted = False

    def fit(self, width, height):
        """Makes an empty canvas of this size, in CSS pixels, and drops everything that was painted."""
        self.canvas, self.context = canvas.spare(width, height)
        self.other = self.work = None
        self.painted = False
        self.due = True

    def begin(self, width, height, ratio, in_slices):
        """Begins to paint, if that is due."""
        if not self.due:
            return
        self.due = False
        if not in_slices:
            self.other = self.canvas, self.context
        elif self.other is None or self.other[0] is self.canvas:
            self.other = canvas.spare(width, height)
        context = self.other[1]
        context.setTransform(ratio, 0, 0, ratio, 0, 0)
        context.clearRect(0, 0, width, height)
        self.work = self.paint(context) or ()

    def go_on(self, end):
        """Paints until the time `end`, or everything without one. Returns whether nothing is left to paint."""
        if self.work is not None:
            for _ in self.work:
                if end is not None and now() >= end:
                    return False
            self.work = None
            self.painted = True
        return True

    def show(self):
        """Shows the new painting, if there is one."""
        if self.painted:
            self.painted = False
            (self.canvas, self.context), self.other = self.other, (self.canvas, self.context)


class Plot:
    """A view of the points. Tells `highlight` what is pointed at and chosen in it; calls `on_draw()` to be drawn.

    `painters` paint its layers, from the lowest up; `loose` paints one more, above them, that is loose. A subclass has
    a method `view()`, which returns the part of its plane that it shows, `(x, y, half)`, or None while there is nothing
    to show.
    """

    def __init__(self, identifier, name, highlight, on_draw, *painters, loose=None):
        self.name = name
        self.highlight, self.on_draw = highlight, on_draw
        self.canvas = by_id(identifier)
        self.context = canvas.context_of(self.canvas)
        # The run's points, a `points.Points`, and those that come with its first picture.
        self.points = self.coming = None
        self.layers = [Layer(paint) for paint in painters]
        if loose:
            self.layers.append(Layer(loose, True))
        # The places of all points in the view's units, flat, and `picking.Leaves` of them; None before there are any.
        self.positions = self.leaves = None
        # The number of the picture to which they belong.
        self.picture_number = 0
        # The points, and those that the network has wrong, as they are drawn.
        self.marked, self.wrong = Groups(), Groups()
        self.mapping = self.axes = self.mapped = None
        self.shows_held_out = True
        self.lasso = Lasso()
        self.lasso_switch = by_id("lasso-" + identifier)
        # The end of a loop that is drawn by keys, in CSS pixels; None without one.
        self.loop_end = None
        self.restyle()
        Gestures(self.canvas, self)
        listen(self.canvas, "keydown", self._key)
        listen(self.lasso_switch, "click", self._switch_lasso)

    # Drawing.

    def restyle(self):
        """Draws in the colours of the present theme and in the present size."""
        self.size = canvas.fit(self.canvas)
        self.text_size = canvas.text_size()
        self.ratio = window.devicePixelRatio
        self.colours = self.take_colours()
        self.line, self.halo, self.accent = css("--boundary"), css("--surface"), css("--accent")
        self.text, self.quiet = css("--text"), css("--quiet")
        self.marks = {}
        for layer in self.layers:
            layer.fit(*self.size)
        self.mapped = None
        # Drawn at once, because the canvas is empty now.
        if self.redraw():
            self.on_draw()

    def resize(self):
        """Draws in the present size, if that is another: many points take long."""
        present = canvas.size(self.canvas), canvas.text_size(), window.devicePixelRatio
        if present != (self.size, self.text_size, self.ratio):
            self.restyle()

    def set_points(self, points):
        """Sets the points, a `points.Points`; nothing of the previous ones is shown any more."""
        self.empty()
        self.points, self.coming = points, None
        self.marks = {}
        self.colours = self.take_colours()

    def opened(self, run):
        """Another run has other points; if its network is that of the one before, with its first picture only."""
        if run.keeps_picture and self.positions:
            self.coming = run.points
        else:
            self.set_points(run.points)

    def take_coming(self):
        """The points that a picture has which is to be shown."""
        if self.coming:
            self.set_points(self.coming)

    def take_colours(self):
        """A colour for every class or, for regression, for every level of the target."""
        return level_colours() if self.points and self.points.is_regression else class_colours()

    def clear(self):
        """Shows nothing until there is a new picture."""
        self.positions = self.leaves = self.mapping = self.mapped = None
        self.marked, self.wrong = Groups(), Groups()
        self.lasso.end()
        self.loop_end = None
        # Paintings that are not complete are dropped.
        for layer in self.layers:
            layer.fit(*self.size)
        self.redraw()

    def box_of(self, margin):
        """`(left, top, width, height)` of the plot inside the canvas, with that left margin."""
        return axes.plot_box(self.size[0], self.size[1], margin, self.text_size)

    def show_held_out(self, experiment):
        """Shows the held-out points, or does not, as the experiment says."""
        if experiment["held_out_points"] != self.shows_held_out:
            self.shows_held_out = experiment["held_out_points"]
            for layer in self.layers[1:]:
                layer.due = True

    def axis_units(self):
        """How a person reads the coordinates, see `axes.labelled`; None where they are read as they are."""
        return

    def map(self):
        """Updates the mapping and the axes, if the shown part of the plane has changed."""
        view = self.view()
        if view is None or view == self.mapped:
            return
        self.mapped = view
        for layer in self.layers:
            layer.due = True
        margin = axes.scaled(axes.MARGIN_LEFT, self.text_size)
        while True:
            self.mapping = Mapping(self.box_of(margin), *view)
            self.axes = axes.labelled(self.mapping.ranges(), self.axis_units())
            needed = axes.margin(self.context, self.axes, self.text_size)
            if needed <= margin:
                return
            margin = needed

    def redraw(self):
        """Paints the layers that are due, puts all layers together, and draws over them what a person points at.

        Returns whether it has to be called again on the next frame of the display.
        """
        context, ratio = self.context, window.devicePixelRatio
        self.map()
        context.setTransform(1, 0, 0, 1, 0, 0)
        context.clearRect(0, 0, self.canvas.width, self.canvas.height)
        if not self.mapping:
            return False
        in_slices = self.points is not None and self.points.rows > markers.MANY
        # Layers that belong together are shown together: nothing is begun or shown before all have been painted.
        bound = [layer for layer in self.layers if not layer.loose]
        under_way = any(layer.work is not None for layer in bound)
        for layer in self.layers:
            if layer.work is None and (layer.loose or not under_way):
                layer.begin(self.size[0], self.size[1], ratio, in_slices)
        end = now() + SLICE if in_slices else None
        done = all(layer.go_on(end) for layer in bound)
        for layer in self.layers:
            if layer.go_on(end) if layer.loose else done:
                layer.show()
            context.drawImage(layer.canvas, 0, 0)
        context.setTransform(ratio, 0, 0, ratio, 0, 0)
        self.paint_over(context)
        self.lasso.draw(context, self.accent)
        if self.loop_end:
            self.crosshair(context, *self.loop_end)
        return any(layer.due or layer.work is not None for layer in self.layers)

    def paint_names(self, context, names, note=""):
        """Writes the names of both axes at their ends, in the plot, and a note beside the upper name or below it."""
        left, top, width, height = self.mapping.box
        context.font = axes.font(self.text_size)
        context.lineJoin = "round"
        context.lineWidth = 4
        context.strokeStyle, context.fillStyle = self.halo, self.quiet
        gap, line = axes.scaled(axes.GAP, self.text_size), 1.3 * self.text_size
        beside = context.measureText(note).width <= width / 2 - 2 * gap
        # A power of ten that the ticks share stands in the same place.
        beyond = [line if power else 0 for _, _, power in self.axes]
        upper = top + 4 + beyond[1]
        texts = (
            (names[0], "right", "bottom", left + width - gap, top + height - 4 - beyond[0]),
            (names[1], "left", "top", left + gap, upper),
            (note, "right", "top", left + width - gap, upper + (0 if beside else line)),
        )
        room = width / 2 if note and beside else width - 2 * gap
        for text, align, baseline, x, y in texts:
            if text:
                context.textAlign, context.textBaseline = align, baseline
                text = _fitting(context, text, room)
                for paint in (context.strokeText, context.fillText):
                    paint(text, x, y)

    def enlarged(self):
        """How many times as large marks and lines are as with the smallest text."""
        return self.text_size / axes.TEXT

    def ring(self, context, x, y):
        """Draws a ring around a point at a pixel, unless it is outside of the plot or not finite."""
        if self.mapping.holds(x, y, 9):
            markers.ring(context, x, y, self.line, self.halo, self.enlarged())

    def point_out(self, context, x, y):
        """Marks the point that is pointed at, which lies at a pixel, with what it is an image of beside it."""
        self.ring(context, x, y)
        image = self.highlight.image_of_point()
        if image is None or not self.mapping.holds(x, y, 9):
            return
        left, top, width, _ = self.mapping.box
        side, gap = IMAGE * self.enlarged(), BESIDE * self.enlarged()
        x = x + gap if x + gap + side < left + width else x - gap - side
        y = y - gap - side if y - gap - side > top else y + gap
        context.imageSmoothingEnabled = False
        context.drawImage(image, x, y, side, side)
        context.imageSmoothingEnabled = True
        context.lineWidth = 1
        context.strokeStyle = self.line
        context.strokeRect(x, y, side, side)

    def crosshair(self, context, x, y):
        """Draws a crosshair at a pixel, unless that is NaN."""
        if x == x and y == y:
            markers.crosshair(context, x, y, self.line, self.halo, self.enlarged())

    def clip(self, context):
        """Clips all drawing to the plot, until the context is restored."""
        context.save()
        context.beginPath()
        context.rect(*self.mapping.box)
        context.clip()

    def to_units(self, context, unit, x=0, y=0):
        """Lets a context draw in multiples of `unit` from `(x, y)`, y upwards. Returns how many make a CSS pixel."""
        context.setTransform(*self.mapping.transform(unit, window.devicePixelRatio, x, y))
        return 1 / (self.mapping.scale * unit)

    def paint_boundary(self, context, path, pixel):
        """Draws the decision boundary, a path in units; `pixel` is the number of units in a CSS pixel."""
        # The path consists of separate segments; square ends close the gaps between them.
        context.lineCap = "square"
        context.strokeStyle = self.halo
        context.lineWidth = 4.5 * pixel * self.enlarged()
        context.stroke(path)
        context.strokeStyle = self.line
        context.lineWidth = 2 * pixel * self.enlarged()
        context.stroke(path)

    def take_points(self, given):
        """Sets the leaves in which points are looked up; `given` has `order`, `ordered` and `boxes`."""
        self.leaves = picking.Leaves(given.order, given.ordered, given.boxes)

    def at_a_time(self):
        """How many points are painted at once."""
        return markers.AT_A_TIME if self.points.rows > markers.MANY else self.points.rows

    def radius(self):
        """The radius of the points' marks, in CSS pixels."""
        return markers.radius_of(self.points.rows, min(self.size), self.enlarged())

    def paint_marks(self, context, pixel):
        """Draws the points, one group after the other, see `markers.Mark`; a generator."""
        fading = bool(self.highlight.selected)
        look = self.radius(), self.points.rows > markers.MANY, self.points.is_regression
        for key, places in self._shown(self.marked):
            if key not in self.marks:
                self.marks[key] = markers.Mark(key, self.colours, self.halo, self.text, *look)
            self.marks[key].draw(context, places.join(" "), 1 / pixel, fading)
            yield

    def paint_crosses(self, context, pixel):
        """Draws a cross over each point that the network has wrong, unless these are too many; a generator."""
        if self.wrong.count > markers.MOST_CROSSED:
            return
        fading = bool(self.highlight.selected)
        look = self.radius(), 1 / pixel, self.text, self.halo, self.points.rows > markers.MANY
        for key, places in self._shown(self.wrong):
            markers.crosses(context, key, places.join(" "), fading, *look)
            yield

    def _shown(self, groups):
        """The portions of `Groups` that are shown."""
        for key, places in groups.portions(self.at_a_time()):
            if self.shows_held_out or not markers.is_held_out(key):
                yield key, places

    # What a person does.

    def pixel_of(self, index):
        """`(x, y)` of a point in the canvas, in CSS pixels."""
        return self.mapping.pixel(self.positions[2 * index], self.positions[2 * index + 1])

    def point_at(self, x, y):
        """The number of the point at a pixel, or None."""
        x, y = self.mapping.place(x, y)
        among = None if self.shows_held_out else self.points.training
        return self.leaves.nearest(x, y, markers.REACH * self.enlarged() / self.mapping.scale, among)

    def tap(self, x, y):
        """Pins the point at a pixel, or unpins if there is none."""
        if self.positions:
            self.highlight.pin(self.point_at(x, y))

    def leave(self):
        self.highlight.at_nothing()

    def has_lasso(self):
        """Whether the lasso is switched on, so that dragging draws a loop."""
        return self.lasso_switch.getAttribute("aria-pressed") == "true"

    def _switch_lasso(self, event):
        self.lasso_switch.setAttribute("aria-pressed", "false" if self.has_lasso() else "true")
        self.set_touch()

    def set_touch(self):
        """Lets a finger that is dragged over the canvas scroll the page, unless the view uses drags itself."""
        self.canvas.style.touchAction = "none" if self.takes_drags() else "pan-y"

    def takes_drags(self):
        """Whether the view uses the drags of a finger."""
        return self.has_lasso()

    def begin_loop(self, x, y):
        """Begins a loop at a pixel."""
        self.loop_end = None
        self.lasso.begin(x, y)

    def end_loop(self, cancelled):
        """Chooses the points inside the loop, unless it was cancelled."""
        corners = [number for corner in self.lasso.points for number in self.mapping.place(*corner)]
        self.lasso.end()
        self.loop_end = None
        # There are no corners if the view has been emptied meanwhile.
        if corners and not cancelled:
            self.highlight.choose_inside(self.name, self.picture_number, corners)
        self.on_draw()

    def move_loop(self, x, y):
        """Moves the end of a loop that is drawn by keys to a pixel."""
        self.loop_end = x, y
        self.lasso.add(x, y)
        self.on_draw()

    def _key(self, event):
        if event.ctrlKey or event.metaKey or event.altKey or not self.positions:
            return
        if event.key in ARROWS:
            self.arrow(*ARROWS[event.key])
        elif event.key == "l" and self.loop_end:
            self.end_loop(False)
        elif event.key == "l":
            place = self.start_of_loop()
            self.lasso.begin(*place)
            self.loop_end = place
            self.on_draw()
        elif event.key == "Escape" and self.loop_end:
            self.end_loop(True)
        elif not self.key(event.key) and not self.highlight.key(event):
            return
        event.preventDefault()

    def key(self, name):
        """Handles a key that has a meaning only in this kind of plot. Returns whether it has one."""
        return False


def _fitting(context, text, width):
    """A text, or as much of its beginning as has room, with dots."""
    if context.measureText(text).width <= width:
        return text
    for length in range(min(len(text), LONGEST_NAME), 0, -1):
        shorter = text[:length] + "…"
        if context.measureText(shorter).width <= width:
            return shorter
    return "…"


class Groups:
    """Points as the lab has grouped them: those of a group look alike."""

    def __init__(self):
        # Their path, a typed array, and `(key, start, end)` in it of each group.
        self.path, self.alike = None, []
        self.count = 0

    def take(self, path, groups):
        """Sets the path and its groups: flat rows of a key and a number of points."""
        self.path, self.alike = path, []
        start = 0
        flat = [int(number) for number in numbers(groups)]
        self.count = sum(flat[1::2])
        for key, count in zip(flat[0::2], flat[1::2]):
            self.alike.append((key, start, start + 3 * count - 1))
            start += 3 * count - 1

    def portions(self, most):
        """`(key, typed array)` of the groups, in portions of at most so many points; a generator.

        Each typed array is made only when it is needed: that is a call to JavaScript, and many points need hundreds.
        """
        path = self.path
        for key, start, end in self.alike:
            for at in range(start, end, 3 * most):
                yield key, path.subarray(at, min(at + 3 * most - 1, end))


def path_of(numbers):
    """A `Path2D` of a path from the lab; None if it is empty."""
    text = paths.data(numbers)
    return window.Path2D.new(text) if text else None
