"""What is pointed at and what is chosen, the same in every view."""

from page.dom import by_id, listen, set_text


class Highlight:
    """A point or a place of the input plane that is pointed at, and the points that are chosen.

    `on_change()` is called when any of them is another. A point that was tapped stays highlighted until another one is,
    or the empty plane is tapped.
    """

    def __init__(self, on_change):
        self.on_change = on_change
        self.count = 0
        self.labels = self.training = None
        self.forget()
        listen(by_id("clear-selection"), "click", lambda event: self.choose([]))

    # As a view, see `page.views`.

    def begin(self, experiment):
        self.set_data((), ())

    def opened(self, run):
        self.set_data(run.labels, run.training)

    def wants(self, experiment):
        return {"selected": self.selected, "point": self.point, "place": self.place}

    def set_data(self, labels, training):
        """Other points, of these classes: nothing of them is pointed at or chosen yet."""
        self.labels, self.training = labels, training
        self.count = len(labels)
        self.forget()
        self._say_chosen()

    def forget(self):
        self.point = self.pinned = self.place = None
        self.selected = ()

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

    def choose(self, indices):
        """Chooses these points and no others."""
        self.selected = tuple(indices)
        self._say_chosen()
        self.on_change()

    def choose_too(self, index):
        """Adds a point to the chosen ones, or takes it out."""
        if index in self.selected:
            self.choose([other for other in self.selected if other != index])
        else:
            self.choose(sorted(self.selected + (index,)))

    def key(self, event):
        """Takes up a key that means the same in every view; True where it did."""
        if event.key in ("n", "p"):
            self.step(event.key == "n")
        elif event.key in ("Enter", " ") and self.point is not None:
            self.choose_too(self.point)
        elif event.key == "Escape":
            self.pin(None)
            self.choose([])
        else:
            return False
        return True

    def _set(self, point, place):
        if (point, place) != (self.point, self.place):
            self.point, self.place = point, place
            self.on_change()

    def _say_chosen(self):
        count = len(self.selected)
        by_id("selection").hidden = not count
        set_text(by_id("selection-text"), "%d point%s chosen" % (count, "" if count == 1 else "s"))

    def words(self):
        """Which point is highlighted, for the labels of the views: empty, or a sentence."""
        parts = []
        if self.point is not None:
            parts.append(" Point %d is highlighted." % self.point)
        if self.selected:
            count = len(self.selected)
            parts.append(" %d point%s chosen." % (count, " is" if count == 1 else "s are"))
        return "".join(parts)
