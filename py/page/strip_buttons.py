"""The buttons over the network strip: for neurons, for layers, and to change the number of both."""

from pyscript import document, window

from page import strip_layout, wording
from page.dom import by_id, element, listen
from spec import fields

KEYS = ("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End")
# The buttons of so many layers are made at once; those of the others follow, of so many layers in each frame.
AT_ONCE = 32
IN_A_FRAME = 12
# The style of a layer's box of buttons: where it lies, and the custom properties for its buttons.
COLUMN = "left:%dpx;--tile:%dpx;--pitch:%dpx;--top:%dpx;--across:%d"


class StripButtons:
    """All buttons are one stop of the Tab key; arrow keys move inside.

    A click calls `on_neuron(layer, index)`, `on_layer(layer)` or `on_network(text)`, see `strip.Strip`. A mouse or pen
    that points at a neuron has `on_point((layer, index))` called, and `on_point(None)` when it does no more.
    """

    def __init__(self, on_neuron, on_layer, on_network, on_point):
        self.on_point = on_point
        self.on_neuron, self.on_layer, self.on_network = on_neuron, on_layer, on_network
        self.box = by_id("strip-buttons")
        self.hidden_layers = ()
        # The names of the network's inputs, or of none.
        self.inputs = ()
        # stops: what each button is for, by column and row. at: the column and row to which the Tab key leads. marked:
        # `(column, row, attribute)` of the buttons that are marked.
        self.stops = []
        self.at = 0, 0
        self.marked = []
        # The number of columns whose buttons have been made.
        self.built = 0
        # A template. Making all buttons of a large network one by one would take MicroPython too long.
        self.neuron = element(
            "button", type="button", class_="neuron", data_tip="tile", tabindex="-1", aria_pressed="false"
        )
        listen(self.box, "click", self._clicked)
        listen(self.box, "pointerover", self._pointed)
        listen(self.box, "pointerleave", lambda event: self.on_point(None))
        listen(self.box, "keydown", self._pressed)
        listen(self.box, "focusin", self._focused)
        listen(by_id("add-layer"), "click", lambda event: self._change(strip_layout.deepened(self.hidden_layers)))
        listen(by_id("remove-layer"), "click", lambda event: self._change(self.hidden_layers[:-1]))

    def build(self, layers, hidden_layers, columns, column, frames, text):
        """Makes all buttons again, for a size of text; the one that has the focus keeps it."""
        self.had_focus = self.box.contains(document.activeElement)
        self.last_stop = self.stops[self.at[0]][self.at[1]] if self.stops else None
        self.hidden_layers = hidden_layers
        by_id("remove-layer").disabled = not hidden_layers
        self.columns, self.column = columns, column
        self.plain = [wording.plain_name(layers, index) for index in range(len(layers))]
        self.stops = strip_layout.stops(layers, columns, frames)
        self.marked = []
        spans = strip_layout.hidden_spans(layers)
        self.frames = [strip_layout.width_frame(first, last, column, text) for first, last in spans]
        if self.last_stop:
            self.at = strip_layout.found_again(self.stops, self.last_stop, *self.at)
        self.box.replaceChildren()
        self.built = self.built_frames = 0
        self.go_on()

    def go_on(self):
        """Makes the next portion of the buttons. Returns whether there are more to make."""
        if self.built == len(self.stops):
            return False
        first = self.built
        self.built = min(first + (IN_A_FRAME if first else AT_ONCE), len(self.stops))
        for index in range(first, self.built):
            self.box.append(self._column(index, self.columns[index], index * self.column, self.frames))
        if self.built == len(self.stops):
            for frame, width in zip(self.frames, self.hidden_layers):
                self.box.append(width_text(*frame, width))
        self.elements = self.box.querySelectorAll("button")
        if first <= self.at[0] < self.built:
            button = self._button(*self.at)
            button.tabIndex = 0
            if self.had_focus:
                button.focus()
        return self.built < len(self.stops)

    def mark(self, position, neuron):
        """Marks the layer nearest to a position, and a neuron, `(layer, index)`, if it is not None."""
        if not self.stops:
            return
        nearest = min(round(position), len(self.stops) - 1)
        marked = [(nearest, 0, "aria-current")]
        place = neuron and strip_layout.find(self.stops, neuron[0], "neuron", neuron[1])
        if place:
            marked.append((place[0], place[1], "aria-pressed"))
        # Buttons that are not made yet will be marked later.
        marked = [mark for mark in marked if mark[0] < self.built]
        for mark in self.marked:
            if mark not in marked:
                self._button(*mark[:2]).setAttribute(mark[2], "false")
        for mark in marked:
            if mark not in self.marked:
                self._button(*mark[:2]).setAttribute(mark[2], "true")
        self.marked = marked

    def name_inputs(self, names):
        """Says the names of the network's inputs, which may have none."""
        self.inputs = names
        for number, stop in enumerate(self.stops[0] if self.built else ()):
            if stop.action == "neuron":
                self._button(0, number).setAttribute("aria-label", self._spoken(0, stop))

    def _spoken(self, index, stop):
        """What a neuron's button is called."""
        name = ": " + self.inputs[stop.number] if self.inputs and not index else ""
        return "Neuron %d of %s" % (stop.number, stop.name) + name

    def _column(self, index, tiles, x, frames):
        """The buttons of one layer, in the order of its stops."""
        stops = self.stops[index]
        buttons = []
        for stop in stops:
            if stop.action == "neuron":
                button = self.neuron.cloneNode(False)
                button.setAttribute("aria-label", self._spoken(index, stop))
            else:
                button = other_button(stop, x, frames)
                if stop.action == "layer":
                    # Seen by the style sheet, so that what is spoken is what a person who sees the name says.
                    button.setAttribute("data-plain", self.plain[index])
                    button.setAttribute("aria-description", self.plain[index])
            buttons.append(button)
        column = element("div", class_="column")
        top = tiles.top - (tiles.pitch - tiles.size) // 2
        column.style.cssText = COLUMN % (x, max(tiles.size, strip_layout.LEAST_TARGET), tiles.pitch, top, tiles.across)
        column.append(*buttons)
        return column

    def _button(self, column, row):
        return self.elements[sum(len(stops) for stops in self.stops[:column]) + row]

    # What a person does.

    def _place(self, event):
        """`(column, row)` of the button of an event, or None."""
        button = event.target.closest("button")
        if not button:
            return None
        row = window.Array.prototype.indexOf.call(self.elements, button)
        column = 0
        while row >= len(self.stops[column]):
            row -= len(self.stops[column])
            column += 1
        return column, row

    def _clicked(self, event):
        place = self._place(event)
        if not place:
            return
        stop = self.stops[place[0]][place[1]]
        if stop.action == "neuron":
            self.on_neuron(stop.name, stop.number)
        elif stop.action == "layer":
            self.on_layer(stop.name)
        else:
            by = 1 if stop.action == "wider" else -1
            self._change(strip_layout.widened(self.hidden_layers, stop.number, by))

    def _pointed(self, event):
        place = self._place(event) if event.pointerType != "touch" else None
        stop = place and self.stops[place[0]][place[1]]
        self.on_point((stop.name, stop.number) if stop and stop.action == "neuron" else None)

    def _change(self, hidden_layers):
        self.on_network(fields.text_of("hidden_layers", hidden_layers))

    def _pressed(self, event):
        place = self._place(event) if event.key in KEYS else None
        if place and not (event.altKey or event.ctrlKey or event.metaKey):
            event.preventDefault()
            while self.go_on():
                pass
            column, row = strip_layout.neighbour(self.stops, place[0], place[1], event.key)
            self._button(column, row).focus()

    def _focused(self, event):
        """Makes the button that got the focus the one to which the Tab key leads."""
        place = self._place(event)
        if place and place != self.at:
            self._button(*self.at).tabIndex = -1
            self._button(*place).tabIndex = 0
            self.at = place


def other_button(stop, x, frames):
    """The button of a stop that is not a neuron, in a column that begins at `x`."""
    label, text, left = "Go to layer " + stop.name, stop.name, 0
    if stop.action != "layer":
        left, width = frames[stop.number]
        left -= x
        if stop.action == "wider":
            left += width - strip_layout.LEAST_TARGET
            label, text = "Add a neuron to hidden layer %d" % (stop.number + 1), "+"
        else:
            label, text = "Remove a neuron from hidden layer %d" % (stop.number + 1), "−"
    button = element("button", text, type="button", class_=stop.action, tabindex="-1", aria_label=label)
    button.style.left = "%dpx" % left
    return button


def width_text(left, room, width):
    """An element with the number of neurons of a hidden layer, in its frame."""
    result = element("span", str(width), class_="width", aria_hidden="true")
    result.style.cssText = "left:%dpx;width:%dpx" % (left, room)
    return result
