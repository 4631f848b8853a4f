"""What is pointed at and what is chosen, the same in every view."""

from page.dom import by_id, listen, set_text
from page.plots import picking


class Highlight:
    """A point or a place of the input plane that is pointed at, and the points that are chosen.

    `on_change()` is called when any of them is another. A point that was tapped stays highlighted until another one is,
    or the empty plane is tapped.
    """

    def __init__(self, on_change):
        self.on_change = on_change
        # How many points there are, and how many of them are chosen.
        self.count = self.chosen = 0
        self.loops = 0
        self.forget()
        listen(by_id("clear-selection"), "click", lambda event: self.choose(""))

    # As a view, see `page.views`.

    def begin(self, experiment):
        self.set_count(0)

    def opened(self, run):
        self.set_count(run.points.rows)

    def wants(self, experiment):
        return {"selected": self.selected, "loop": self.loop, "point": self.point, "place": self.place}

    def drawn(self, picture):
        choice = getattr(picture, "selected", None)
        if choice is not None:
            self.take_chosen(picture.loop, choice)

    def set_count(self, count):
        """Other points, so many: nothing of them is pointed at or chosen yet."""
        self.count = count
        self.forget()
        self._say_chosen()

    def forget(self):
        self.point = self.pinned = self.place = None
        # The chosen points, see `picking`, and the loop whose points the lab has been asked to choose.
        self.selected = ""
        self.loop = None

    def at_point(self, index):
        self._set(index, None)

    def at_place(self, x, y):
        self._set(self.pinned, (x, y))

    def at_nothing(self):
        self._set(self.pinned, None)

    def pin(self, index):
        """Keeps a point highlighted after the pointer has left it; None lets go of it."""
        self.pinned = index
        self._set(index, None)

    def step(self, forward):
        """Goes to the next point by number, or the one before."""
        now = -1 if self.point is None and forward else (self.point or 0)
        self.pin((now + (1 if forward else -1)) % self.count)

    def choose(self, choice):
        """Chooses these points and no others."""
        self.selected = choice
        self.loop = None
        self._say_chosen()
        self.on_change()

    def choose_inside(self, plot, picture, corners):
        """Has the lab choose the points inside a loop, whose corners are flat in the plot's own units.

        Where they lay is told by the number of the picture that it was drawn on.
        """
        self.loops += 1
        self.loop = {"number": self.loops, "plot": plot, "picture": picture, "corners": corners}
        self.on_change()

    def take_chosen(self, number, choice):
        """Takes up what the lab has chosen for a loop, if that is the last one."""
        if self.loop and self.loop["number"] == number:
            self.choose(choice)

    def key(self, event):
        """Takes up a key that means the same in every view; True where it did."""
        if event.key in ("n", "p"):
            self.step(event.key == "n")
        elif event.key in ("Enter", " ") and self.point is not None:
            self.choose(picking.toggled(self.selected, self.point, self.count))
        elif event.key == "Escape":
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
        """Which point is highlighted, for the labels of the views: empty, or a sentence."""
        parts = []
        if self.point is not None:
            parts.append(" Point %d is highlighted." % self.point)
        if self.selected:
            count = self.chosen
            parts.append(" %d point%s chosen." % (count, " is" if count == 1 else "s are"))
        return "".join(parts)
