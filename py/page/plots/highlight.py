"""What a person points at and has chosen; all views show the same."""

from pyscript import window

from page import canvas
from page.dom import by_id, listen, set_text
from page.plots import picking
from spec import fields, shape


class Highlight:
    """The point or the place of the input plane that is pointed at, and the points that are chosen.

    `on_change()` is called when any of these changes. A point that was tapped stays highlighted until another point is
    tapped, or a place without a point.
    """

    def __init__(self, on_change):
        self.on_change = on_change
        # The number of points, and of chosen points; the number of loops so far.
        self.count = self.chosen = 0
        self.loops = 0
        # What the points depend on.
        self.data = None
        # Where examples are images: their rows and columns; a point and a canvas with what it is an image of.
        self.size = self.image = None
        self.forget()
        listen(by_id("clear-selection"), "click", lambda event: self.choose(""))

    # As a view, see `page.views`.

    def begin(self, experiment):
        """Ends pointing; of other points none is chosen."""
        data = fields.data_of(experiment)
        if data != self.data:
            self.data = data
            self.forget()
            self._say_chosen()
        self.size, self.image = shape.traits_of(experiment).get("image"), None
        self.count = 0
        self.point = self.pinned = self.place = self.loop = None

    def opened(self, run):
        self.count = run.points.rows

    def wants(self, experiment):
        return {"selected": self.selected, "loop": self.loop, "point": self.point, "place": self.place}

    def drawn(self, picture):
        choice = getattr(picture, "selected", None)
        if choice is not None:
            self.take_chosen(picture.loop, choice)
        self._take_image(picture)

    def _take_image(self, picture):
        image = getattr(picture, "point_image", None)
        if image is None or self.size is None:
            self.image = None
            return
        rows, columns = self.size
        picture_of_point, context = canvas.spare(columns, rows, 1)
        pixels = window.Uint8ClampedArray.new(image.buffer)
        context.putImageData(window.ImageData.new(pixels, columns, rows), 0, 0)
        self.image = picture.point, picture_of_point

    def image_of_point(self):
        """A canvas with what the point that is pointed at is an image of, if it is one and is known."""
        return self.image[1] if self.image and self.image[0] == self.point else None

    def forget(self):
        """Ends pointing and choosing; does not call `on_change`."""
        self.point = self.pinned = self.place = None
        # The chosen points, see `picking`, and the loop whose points the lab has been asked to choose.
        self.selected = ""
        self.loop = None

    def at_point(self, index):
        """The pointer is at a point."""
        self._set(index, None)

    def at_place(self, x, y):
        """The pointer is at a place of the input plane."""
        self._set(self.pinned, (x, y))

    def at_nothing(self):
        """The pointer is at neither a point nor a place."""
        self._set(self.pinned, None)

    def pin(self, index):
        """Keeps a point highlighted even when the pointer has left it; None ends that."""
        self.pinned = index
        self._set(index, None)

    def step(self, forward):
        """Highlights the point with the next number, or with the previous one."""
        now = -1 if self.point is None and forward else (self.point or 0)
        self.pin((now + (1 if forward else -1)) % self.count)

    def choose(self, choice):
        """Chooses these points and no others."""
        self.selected = choice
        self.loop = None
        self._say_chosen()
        self.on_change()

    def choose_inside(self, plot, picture, corners):
        """Has the lab choose the points inside a loop, whose corners are flat, in the plot's units.

        `picture` is the number of the picture on which the loop was drawn: by it the lab knows where the points were.
        """
        self.loops += 1
        self.loop = {"number": self.loops, "plot": plot, "picture": picture, "corners": corners}
        self.on_change()

    def take_chosen(self, number, choice):
        """Takes over the lab's choice for the loop with this number, if it is the latest loop."""
        if self.loop and self.loop["number"] == number:
            self.choose(choice)

    def key(self, event):
        """Handles a key that has the same meaning in every view. Returns whether it has one."""
        if event.key in ("n", "p"):
            self.step(event.key == "n")
        elif event.key in ("Enter", " ") and self.point is not None:
            self.choose(picking.toggled(self.selected, self.point, self.count))
        elif event.key == "Escape" and (self.point is not None or self.place or self.selected or self.loop):
            self.pin(None)
            self.choose("")
        else:
            return False
        return True

    def _set(self, point, place):
        if (point, place) != (self.point, self.place):
            self.point, self.place = point, place
            self.on_change()

    def _say_chosen(self):
        self.chosen = count = picking.size(self.selected)
        by_id("selection").hidden = not count
        set_text(by_id("selection-text"), "%d point%s chosen" % (count, "" if count == 1 else "s"))

    def words(self):
        """Sentences for the labels of the views: which point is highlighted, and how many are chosen; may be empty."""
        parts = []
        if self.point is not None:
            parts.append(" Point %d is highlighted." % self.point)
        if self.selected:
            count = self.chosen
            parts.append(" %d point%s chosen." % (count, " is" if count == 1 else "s are"))
        return "".join(parts)
