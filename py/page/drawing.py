"""Drawing points on the plane: one by one or sprayed, moved, erased, given another class; undone and done again."""

import json
import math
import random

from pyscript.ffi import create_proxy

from page import messages, tables, wording
from page.dom import by_id, copies, element, listen
from page.run_client import SEEN
from spec import own_tables, registry, shape

# Points are sprayed within this distance of the pointer, in CSS pixels, one for each so many pixels of its way.
REACH, EVERY = 22, 9
# How many strokes can be undone.
MOST_STROKES = 200
# The fields that say which data there are.
DATA = ("dataset", "table", "held_out")
NOT_HERE = "Points can be drawn where there are two inputs and classes: choose such a data set first."
HINT = "Click or press Enter to add a point, drag one to move it; Delete erases."


def can_draw(experiment):
    """Whether points can be drawn on an experiment's data."""
    data = shape.shape_of(experiment)
    return data.inputs == 2 and data.task == registry.CLASSIFICATION


class Drawing:
    """What a person draws on `plane`, the `Plane`; a view. `scripts` is the module of `static/own_tables.mjs`."""

    def __init__(self, app, plane, scripts):
        self.app, self.plane, self.scripts = app, plane, scripts
        self.label = 0
        # The stroke that is being drawn: points [x, y, class] of the plane, and rows to erase.
        self.added, self.erased = [], []
        # The row that is being moved, and where to.
        self.moved = None
        # Where the last point was sprayed, in CSS pixels.
        self.last = None
        # Whether the lab is making the data of the last stroke.
        self.busy = False
        # The values of `DATA` before each stroke, and after those that were undone.
        self.past, self.future = [], []
        self._build()

    # The bar.

    def _build(self):
        self.bar = element("div", class_="drawing-bar", role="group", aria_label="Drawing")
        self.classes = element("select", id="drawn-class")
        self.spray = element("button", "Spray", type="button", class_="small", aria_pressed="false")
        self.eraser = element("button", "Erase", type="button", class_="small", aria_pressed="false")
        self.undo_button = element("button", "Undo", type="button", class_="small")
        self.redo_button = element("button", "Redo", type="button", class_="small")
        label = element("label", "Class", for_="drawn-class")
        self.bar.append(label, self.classes, self.spray, self.eraser, self.undo_button, self.redo_button)
        self.bar.hidden = True
        by_id("boundary").parentElement.append(self.bar)
        listen(self.classes, "change", lambda event: self._choose(int(self.classes.value)))
        for button in (self.spray, self.eraser):
            self._listen_to_switch(button)
        listen(self.undo_button, "click", lambda event: self._go(self.past, self.future))
        listen(self.redo_button, "click", lambda event: self._go(self.future, self.past))

    def _listen_to_switch(self, button):
        listen(button, "click", lambda event: _press(button, not _is_pressed(button)))

    def toggle(self):
        """Begins or ends drawing. Returns whether a person draws now."""
        if self.bar.hidden and not can_draw(self.app.experiment()):
            messages.show(NOT_HERE)
            return False
        self.bar.hidden = not self.bar.hidden
        self._show()
        self.plane.set_brush(None if self.bar.hidden else self)
        return not self.bar.hidden

    def _choose(self, label):
        self.label = label
        _press(self.eraser, False)

    def _show(self):
        """Shows what there is to choose of."""
        experiment = self.app.experiment()
        count = min(shape.shape_of(experiment).outputs + 1, own_tables.MOST_CLASSES)
        names = list(wording.class_names(experiment))
        names = [names[index] if index < len(names) else "class %d" % index for index in range(count)]
        self.classes.replaceChildren(copies(element("option"), names))
        for index in range(count):
            self.classes.options[index].value = str(index)
        self.label = min(self.label, count - 1)
        self.classes.value = str(self.label)
        self.undo_button.disabled = not self.past
        self.redo_button.disabled = not self.future

    # As a view, see `page.views`.

    def begin(self, experiment):
        """Another network: what was drawn before cannot be undone on it, unless its data are those drawn."""
        self.past, self.future = [], []
        self._stop_unless_possible(experiment)

    def opened(self, run):
        self._stop_unless_possible(self.app.experiment())
        if not self.bar.hidden:
            self._show()

    def lost(self):
        self.busy = False

    def _stop_unless_possible(self, experiment):
        if not self.bar.hidden and not can_draw(experiment):
            self.toggle()

    # What a person does, in CSS pixels of the plane.

    def tap(self, x, y):
        """Adds a point, or changes or erases the one that is there."""
        index = self.plane.point_at(x, y)
        if _is_pressed(self.eraser):
            if index is not None:
                self._send({"erase": [index]})
        elif index is not None:
            if self.plane.points.labels[index] != self.label:
                self._send({"label": [[index, self.label]]})
        else:
            self._send({"add": [self._point(x, y)]})

    def drag_began(self, x, y):
        self.last = None
        self.moved = None
        if not _is_pressed(self.eraser) and not _is_pressed(self.spray):
            index = self.plane.point_at(x, y)
            self.moved = None if index is None else (index, x, y)
        self.drag(x, y)

    def drag(self, x, y):
        if self.moved:
            self.moved = self.moved[0], x, y
        elif _is_pressed(self.eraser):
            index = self.plane.point_at(x, y)
            if index is not None and index not in self.erased:
                self.erased.append(index)
        elif self.last is None or math.sqrt((x - self.last[0]) ** 2 + (y - self.last[1]) ** 2) >= EVERY:
            self.last = x, y
            if _is_pressed(self.spray):
                angle, reach = random.random() * 2 * math.pi, REACH * math.sqrt(random.random())
                x, y = x + reach * math.cos(angle), y + reach * math.sin(angle)
            self.added.append(self._point(x, y))

    def drag_ended(self, cancelled):
        edits = {}
        if self.moved:
            place = self.plane.mapping.place(*self.moved[1:])
            edits["move"] = [[self.moved[0], place[0], place[1]]]
        elif self.erased:
            edits["erase"] = self.erased
        elif self.added:
            edits["add"] = self.added
        self._forget_stroke(keep_added=bool(edits) and not cancelled)
        if edits and not cancelled:
            self._send(edits)

    def key(self, name, place):
        """Draws by keyboard at a place of the plane. Returns whether the key has a meaning."""
        x, y = self.plane.mapping.pixel(*place)
        if name in ("Delete", "Backspace"):
            index = self.plane.point_at(x, y)
            if index is not None:
                self._send({"erase": [index]})
            return True
        if name == "Enter":
            self.tap(x, y)
            return True
        return False

    def paint(self, context):
        """Paints what the lab does not know yet."""
        colours = self.plane.colours
        for x, y, label in self.added:
            self._dot(context, self.plane.mapping.pixel(x, y), colours[label])
        if self.moved:
            self.plane.ring(context, *self.moved[1:])
        for index in self.erased:
            self.plane.ring(context, *self.plane.pixel_of(index))

    def _dot(self, context, place, colour):
        context.beginPath()
        context.arc(place[0], place[1], 4, 0, 6.2832)
        context.fillStyle = colour
        context.fill()

    def _point(self, x, y):
        place = self.plane.mapping.place(x, y)
        return [place[0], place[1], self.label]

    def _forget_stroke(self, keep_added=False):
        self.erased, self.moved, self.last = [], None, None
        if not keep_added:
            self.added = []
        self.plane.on_draw()

    # The lab.

    def _send(self, edits):
        if self.busy or not self.app.run.ready or self.app.run.due:
            self._forget_stroke()
            return
        self.busy = True
        generation = self.app.lab.generation

        def come(answer):
            if generation != self.app.lab.generation:
                return
            self.busy = False
            said, content = json.loads(answer[0]), answer[1]
            if "refused" in said:
                self._forget_stroke()
                messages.show(said["refused"])
                return
            key = said["key"]
            tables.take(key, self.scripts.firstLine(content), content, lambda kept: None)
            self._remember(self.past)
            self.future = []
            self._go_over({"dataset": "own", "table": key, "held_out": None})

        self.app.lab.call("draw", json.dumps({"run": SEEN, "edits": edits}), create_proxy(come))

    def _remember(self, steps):
        experiment = self.app.experiment()
        steps.append({name: experiment[name] for name in DATA})
        del steps[:-MOST_STROKES]

    def _go(self, steps, others):
        """Goes back to the data before the last stroke, or on to those after it."""
        if steps and not self.busy:
            values = steps.pop()
            self._remember(others)
            self._go_over(values)

    def _go_over(self, values):
        self.added = []
        self.app.draw_on(values)
        self._show()


def _is_pressed(button):
    return button.getAttribute("aria-pressed") == "true"


def _press(button, pressed):
    button.setAttribute("aria-pressed", "true" if pressed else "false")
