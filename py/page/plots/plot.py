"""What both large views are: a canvas in layers, one mapping to pixels, points to point at, and loops around them."""

from pyscript import window

from page import canvas
from page.dom import by_id, listen, now, numbers
from page.palette import class_colours, css, level_colours
from page.plots import axes, markers, paths, picking
from page.plots.gestures import ARROWS, Gestures
from page.plots.lasso import Lasso
from page.plots.mapping import Mapping

# Of what takes long so many milliseconds are drawn at a time; the rest follows on the next frames of the display. Both
# views may have something to draw on the same one, and the browser has to put it on the screen.
SLICE = 8


class Layer:
    """A spare canvas below what a person points at, painted when it is `due`, then kept.

    `paint(context)` may be a generator: then it can be parted into slices, and what was there before stays until
    `show`.
    """

    def __init__(self, paint):
        self.paint = paint
        self.due = True
        self.canvas = self.context = None
        # The canvas and context that are painted while the others are seen, what is left of it to do, and whether
        # that has been done.
        self.other = self.work = None
        self.painted = False

    def fit(self, width, height):
        self.canvas, self.context = canvas.spare(width, height)
        self.other = self.work = None
        self.painted = False
        self.due = True

    def begin(self, width, height, ratio, in_slices):
        """Begins to paint if that is due."""
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
        """Paints until the clock says `end`, or without one to the last; whether nothing is left to paint."""
        if self.work is not None:
            for _ in self.work:
                if end is not None and now() >= end:
                    return False
            self.work = None
            self.painted = True
        return True

    def show(self):
        """Lets what has been painted be seen."""
        if self.painted:
            self.painted = False
            (self.canvas, self.context), self.other = self.other, (self.canvas, self.context)


class Plot:
    """A view of the points; tells `highlight` what is pointed at and chosen in it, and asks `on_draw()` to be drawn.

    A kind of plot has its `layers`, from below, and says with `view()` which part of its plane it shows, as
    `(x, y, half)`, or None while it has nothing to show.
    """

    def __init__(self, identifier, name, highlight, on_draw, *painters):
        self.name = name
        self.highlight, self.on_draw = highlight, on_draw
        self.canvas = by_id(identifier)
        self.context = canvas.context_of(self.canvas)
        self.points = None
        self.layers = [Layer(paint) for paint in painters]
        # Where all points lie, flat, in the view's own units; None before there are any. The same to look them up.
        self.positions = self.leaves = None
        # The number of the picture that they are of.
        self.picture_number = 0
        # The points in order, and how many look alike: a typed array, and `(key, start, end)` in it.
        self.marked, self.alike = None, []
        self.mapping = self.axes = self.mapped = None
        self.lasso = Lasso()
        self.lasso_switch = by_id("lasso-" + identifier)
        # Where the end of a loop is that is drawn by keys, in CSS pixels.
        self.loop_end = None
        self.restyle()
        Gestures(self.canvas, self)
        listen(self.canvas, "keydown", self._key)
        listen(self.lasso_switch, "click", self._switch_lasso)

    # Drawing.

    def restyle(self):
        """Takes up the theme and the size, and draws."""
        self.size = canvas.fit(self.canvas)
        self.colours = self.take_colours()
        self.line, self.halo, self.accent = css("--boundary"), css("--surface"), css("--accent")
        self.text, self.quiet = css("--text"), css("--quiet")
        self.marks = {}
        for layer in self.layers:
            layer.fit(*self.size)
        self.mapped = None
        # At once: the canvas is empty now.
        if self.redraw():
            self.on_draw()

    def resize(self):
        """Takes up the size, and draws."""
        self.restyle()

    def set_points(self, points):
        """Other points: `points.Points`; nothing is seen of those before any more."""
        self.empty()
        self.points = points
        self.marks = {}
        self.colours = self.take_colours()

    def take_colours(self):
        """A colour for every class, or for every level of a number."""
        return level_colours() if self.points and self.points.is_regression else class_colours()

    def clear(self):
        """Shows nothing, until there is something new to show."""
        self.positions = self.leaves = self.mapping = self.mapped = None
        self.marked, self.alike = None, []
        self.lasso.end()
        self.loop_end = None
        # What was being painted is of no use any more.
        for layer in self.layers:
            layer.fit(*self.size)
        self.redraw()

    def box_of(self, margin):
        """The plot inside the canvas, with that left margin."""
        return axes.plot_box(self.size[0], self.size[1], margin)

    def map(self):
        """Brings the mapping and the axes up to what is shown."""
        view = self.view()
        if view is None or view == self.mapped:
            return
        self.mapped = view
        for layer in self.layers:
            layer.due = True
        margin = axes.MARGIN_LEFT
        while True:
            self.mapping = Mapping(self.box_of(margin), *view)
            self.axes = axes.labelled(self.mapping.ranges())
            needed = axes.margin(self.context, self.axes)
            if needed <= margin:
                return
            margin = needed

    def redraw(self):
        """Paints the layers that are due, puts them together, and draws over them what a person points at.

        True where it is to be called again on the next frame of the display.
        """
        context, ratio = self.context, window.devicePixelRatio
        self.map()
        context.setTransform(1, 0, 0, 1, 0, 0)
        context.clearRect(0, 0, self.canvas.width, self.canvas.height)
        if not self.mapping:
            return False
        in_slices = self.points is not None and self.points.rows > markers.MANY
        # What belongs together is seen together: nothing new is begun, and nothing shown, before all has been painted.
        if not any(layer.work is not None for layer in self.layers):
            for layer in self.layers:
                layer.begin(self.size[0], self.size[1], ratio, in_slices)
        end = now() + SLICE if in_slices else None
        done = all(layer.go_on(end) for layer in self.layers)
        for layer in self.layers:
            if done:
                layer.show()
            context.drawImage(layer.canvas, 0, 0)
        context.setTransform(ratio, 0, 0, ratio, 0, 0)
        self.paint_over(context)
        self.lasso.draw(context, self.accent)
        if self.loop_end:
            self.crosshair(context, *self.loop_end)
        return not done or any(layer.due for layer in self.layers)

    def ring(self, context, x, y):
        """Marks a point at a pixel; one that is not finite, or zoomed away, has no place to be marked."""
        if self.mapping.holds(x, y, 9):
            markers.ring(context, x, y, self.line, self.halo)

    def crosshair(self, context, x, y):
        """Marks a place at a pixel, if it has one."""
        if x == x and y == y:
            markers.crosshair(context, x, y, self.line, self.halo)

    def clip(self, context):
        """Keeps what is drawn inside the plot, until the context is restored."""
        context.save()
        context.beginPath()
        context.rect(*self.mapping.box)
        context.clip()

    def to_units(self, context, unit, x=0, y=0):
        """Lets a context draw in whole `unit`s from `(x, y)`, y up; returns how many of them are a CSS pixel."""
        context.setTransform(*self.mapping.transform(unit, window.devicePixelRatio, x, y))
        return 1 / (self.mapping.scale * unit)

    def paint_boundary(self, context, path, pixel):
        """Draws the decision boundary, a path in units of which `pixel` are a CSS pixel."""
        # Its pieces stand alone; square ends close the gaps between them.
        context.lineCap = "square"
        context.strokeStyle = self.halo
        context.lineWidth = 4.5 * pixel
        context.stroke(path)
        context.strokeStyle = self.line
        context.lineWidth = 2 * pixel
        context.stroke(path)

    def take_points(self, given):
        """Takes up where the points lie, and what they are looked up in."""
        self.leaves = picking.Leaves(given.order, given.ordered, given.boxes)

    def take_marks(self, marks, groups):
        """Takes up how the points are drawn: flat paths of points, and for each group its key and their number."""
        self.marked, self.alike = marks, []
        start = 0
        flat = [int(number) for number in numbers(groups)]
        for key, count in zip(flat[0::2], flat[1::2]):
            self.alike.append((key, start, start + 3 * count - 1))
            start += 3 * count - 1

    @property
    def groups(self):
        """The points in groups that look alike and are not too many: `(key, typed array)`; a generator.

        Each is only made when it is its turn, for that is a crossing, of hundreds where there are many points.
        """
        marked = self.marked
        most = 3 * (markers.AT_A_TIME if self.points.rows > markers.MANY else self.points.rows)
        for key, start, end in self.alike:
            for at in range(start, end, most):
                yield key, marked.subarray(at, min(at + most - 1, end))

    def paint_marks(self, context, pixel):
        """Draws the points, group by group of those that look alike, see `markers.Mark`; a generator."""
        fading = bool(self.highlight.selected)
        count = self.points.rows
        look = markers.radius_of(count), count > markers.MANY, self.points.is_regression
        for key, places in self.groups:
            if key not in self.marks:
                self.marks[key] = markers.Mark(key, self.colours, self.halo, self.text, *look)
            self.marks[key].draw(context, places.join(" "), 1 / pixel, fading)
            yield

    # What a person does.

    def pixel_of(self, index):
        """Where a point lies in the canvas."""
        return self.mapping.pixel(self.positions[2 * index], self.positions[2 * index + 1])

    def point_at(self, x, y):
        """The number of the point at a pixel, or None."""
        x, y = self.mapping.place(x, y)
        return self.leaves.nearest(x, y, markers.REACH / self.mapping.scale)

    def tap(self, x, y):
        if self.positions:
            self.highlight.pin(self.point_at(x, y))

    def leave(self):
        self.highlight.at_nothing()

    def has_lasso(self):
        return self.lasso_switch.getAttribute("aria-pressed") == "true"

    def _switch_lasso(self, event):
        self.lasso_switch.setAttribute("aria-pressed", "false" if self.has_lasso() else "true")
        self.set_touch()

    def set_touch(self):
        """Lets a finger scroll the page over the picture where dragging it would do nothing."""
        self.canvas.style.touchAction = "none" if self.takes_drags() else "pan-y"

    def takes_drags(self):
        """Whether a finger that is dragged does something."""
        return self.has_lasso()

    def begin_loop(self, x, y):
        self.loop_end = None
        self.lasso.begin(x, y)

    def end_loop(self, cancelled):
        """Chooses the points inside the loop, unless it was cancelled."""
        corners = [number for corner in self.lasso.points for number in self.mapping.place(*corner)]
        self.lasso.end()
        self.loop_end = None
        # There are none where the view was emptied meanwhile.
        if corners and not cancelled:
            self.highlight.choose_inside(self.name, self.picture_number, corners)
        self.on_draw()

    def move_loop(self, x, y):
        """Takes the end of the loop that is drawn by keys to a pixel."""
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
        """Takes up a key that means something in this kind of plot only; True where it did."""
        return False


def path_of(numbers):
    """A path of the lab, to be stroked; None where it is empty."""
    text = paths.data(numbers)
    return window.Path2D.new(text) if text else None
