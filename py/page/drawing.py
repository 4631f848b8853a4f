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


def can_draw(experiment):
    """Whether points can be drawn on an experiment's data."""
    data = shape.shape_of(experiment)
    of_two = data.columns == 2 and shape.kept_columns(experiment) is None
    return of_two and data.task == registry.CLASSIFICATION


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
        # Strokes that the lab is not told of yet, as it takes one at a time; the one that is under way until its points
        # are seen, or None; whether its data are those of the run that is made.
        self.waiting = []
        self.sent = None
        self.is_made = False
        # Whether this drawing is what another run is made for.
        self.goes_over = False
        # The values of `DATA` before each stroke, and after those that were undone.
        self.past, self.future = [], []
        # The keys of the tables that the strokes have made.
        self.made = []
        self._build()

    # The bar.

    def _build(self):
        self.bar = element("div", class_="drawing-bar", role="group", aria_label="Drawing")
        self.classes = element("select", id="drawn-class", aria_label="Class to draw", data_tip="drawn-class")
        self.spray = self._button("Spray", "spray", aria_pressed="false")
        self.eraser = self._button("Erase", "erase", aria_pressed="false")
        self.undo_button = self._button("Undo", "undo-stroke")
        self.redo_button = self._button("Redo", "redo-stroke")
        self.bar.append(self.classes, self.spray, self.eraser, self.undo_button, self.redo_button)
        self.bar.hidden = True
        self.tools = by_id("draw").closest(".tools")
        by_id("draw").parentElement.before(self.bar)
        listen(self.classes, "change", lambda event: self._choose(int(self.classes.value)))
        listen(self.spray, "click", lambda event: self._press(self.spray, self.eraser))
        listen(self.eraser, "click", lambda event: self._press(self.eraser, self.spray))
        listen(self.undo_button, "click", lambda event: self._go(self.past, self.future))
        listen(self.redo_button, "click", lambda event: self._go(self.future, self.past))

    def _button(self, name, tip, **more):
        return element("button", name, type="button", class_="small", data_tip=tip, **more)

    def _press(self, button, other):
        """A person has pressed one of two buttons of which at most one is on."""
        _set_pressed(button, not _is_pressed(button))
        _set_pressed(other, False)

    def toggle(self):
        """Lets a person draw, or ends that."""
        if not self.bar.hidden:
            self.stop()
        elif can_draw(self.app.experiment()):
            self._show()
            self._set_drawing(True)
        else:
            messages.show(NOT_HERE)

    def stop(self):
        """Ends that a person draws; the next time begins with single points."""
        _set_pressed(self.spray, False)
        _set_pressed(self.eraser, False)
        self._set_drawing(False)

    def _set_drawing(self, drawing):
        self.bar.hidden = not drawing
        self.tools.classList.toggle("drawing", drawing)
        _set_pressed(by_id("draw"), drawing)
        self.plane.set_brush(self if drawing else None)

    def _choose(self, label):
        self.label = label
        _set_pressed(self.eraser, False)

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
        """Another run: what was drawn before cannot be undone on it, unless its data are those drawn."""
        if not self.goes_over:
            self.past, self.future, self.made = [], [], []
            self._forget_all()
            self._stop_unless_possible(experiment)

    def opened(self, run):
        if not self.bar.hidden:
            self._show()

    def drawn(self, picture):
        """What was drawn is seen in the picture of its run."""
        if self.is_made:
            self.sent, self.is_made = None, False
            self._send_next()

    def lost(self):
        self._forget_all()

    def leave_for_link(self):
        """A link shows what others have made."""
        if not self.bar.hidden:
            self.stop()

    def _stop_unless_possible(self, experiment):
        if not self.bar.hidden and not can_draw(experiment):
            self.stop()

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
        self._forget_stroke()
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
        strokes = [self.added] + [edits.get("add", ()) for edits in [self.sent or {}] + self.waiting]
        for x, y, label in [point for stroke in strokes for point in stroke]:
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

    def _forget_stroke(self):
        self.added, self.erased, self.moved, self.last = [], [], None, None
        self.plane.on_draw()

    def _forget_all(self):
        self.waiting, self.sent, self.is_made = [], None, False
        self._forget_stroke()

    # The lab.

    def _send(self, edits):
        """Has the lab make a stroke's data, after those of the strokes before."""
        # No stroke may be under way that takes rows away, by whose numbers this one goes.
        if list(edits) == ["add"] or not (self.is_under_way() or self.waiting):
            self.waiting.append(edits)
            self._send_next()

    def is_under_way(self):
        """Whether the data are being changed."""
        return self.sent is not None or self.app.run.data is None

    def _send_next(self):
        if not self.waiting or self.is_under_way():
            return
        # Points that were added meanwhile come together, so that the lab is not left behind by a quick hand.
        edits = self.waiting.pop(0)
        while self.waiting and list(edits) == list(self.waiting[0]) == ["add"]:
            edits = {"add": edits["add"] + self.waiting.pop(0)["add"]}
        self.sent = edits
        generation = self.app.lab.generation

        def come(answer):
            # What was chosen meanwhile has other data.
            if generation != self.app.lab.generation or self.sent is not edits:
                return
            said, content = json.loads(answer[0]), answer[1]
            if "refused" in said:
                self._forget_all()
                messages.show(said["refused"])
                return
            key = said["key"]
            gone = [other for other in self.made if other != key]
            tables.take(key, self.scripts.firstLine(content), content, lambda kept: tables.take_place_of(key, gone))
            self.made = gone + [key]
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
        if steps and not self.is_under_way() and not self.waiting:
            values = steps.pop()
            self._remember(others)
            if values["table"] in self.made:
                tables.take_place_of(values["table"], [key for key in self.made if key != values["table"]])
            self._go_over(values)

    def _go_over(self, values):
        self.sent, self.is_made = self.sent or {}, True
        self.goes_over = True
        self.app.draw_on(values)
        self.goes_over = False
        self._show()


def _is_pressed(button):
    return button.getAttribute("aria-pressed") == "true"


def _set_pressed(button, pressed):
    button.setAttribute("aria-pressed", "true" if pressed else "false")
