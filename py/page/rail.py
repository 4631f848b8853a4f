"""The layer rail: the playhead along the layers, and a bar for each layer that shows its separability."""

from page import journey, wording
from page.dom import by_id, copies, element, listen, numbers, set_text
from spec import fields, shape

FORWARD = ("ArrowRight", "ArrowUp", "PageUp")
BACK = ("ArrowLeft", "ArrowDown", "PageDown")
SMALL_STEP = 0.1
# What the button of the journey does, by `Rail.next_way`, and its name: for people who hear it, and on screen.
BUTTON = {
    "journey": ("Play the journey from input to output", "Journey"),
    "rewind": ("Rewind the journey from output to input", "Rewind"),
    None: ("Stop the journey", "Stop"),
}
NOTHING = float("nan")
# The bars of so many layers are written at once; the others follow, as many with each frame.
PORTION = 32


class Rail:
    """A view that shows the playhead at `position`, and moves it.

    `on_move(position)` is called whenever the playhead has moved, by hand or by itself. `on_go(index)` is called when a
    key sends it to a layer; it has to lead to a call of `go`. `on_journey()` is called when the button is pressed; it
    has to lead to a call of `travel`.
    """

    def __init__(self, on_move, on_go, on_journey):
        self.on_move, self.on_go = on_move, on_go
        self.slider, self.list = by_id("rail"), by_id("probes")
        self.names = []
        # The shape of the data.
        self.data = None
        self.position = 0
        # probes: for each layer the quality of its linear probe on training and on held-out points, in percent, or
        # None. due: the layers whose bars have to be written.
        self.probes, self.due = [], []
        # The journey's end, the logits, where the boundary is a straight line.
        self.end = 0
        # How the playhead moves by itself: `"go"`, `"journey"`, `"rewind"` or None; where it started; its target; for
        # how many seconds it has been moving.
        self.way, self.start, self.target, self.seconds = None, 0, 0, 0
        # What the button of the journey was named for last.
        self.named = "journey"
        row = element("li")
        row.append(element("span", class_="bar", role="img"), element("span", class_="percent", aria_hidden="true"))
        # A template.
        self.row = row
        listen(self.slider, "input", lambda event: self._moved_by_hand(float(self.slider.value)))
        listen(self.slider, "change", lambda event: self._moved_by_hand(journey.snapped(self.position)))
        listen(self.slider, "keydown", self._pressed)
        listen(by_id("journey"), "click", lambda event: on_journey())

    # What is shown.

    def begin(self, experiment):
        """Makes a stop and a bar for every layer, unless they are shown already, and empties the bars."""
        set_text(by_id("separability-words"), wording.separability_words(experiment))
        self.data = shape.shape_of(experiment)
        names = shape.layer_names(experiment)
        if names != self.names:
            self.names = names
            self.end = names.index(shape.logits_layer(experiment))
            self.rest()
            self.slider.max = str(len(names) - 1)
            self.list.replaceChildren(copies(self.row, [""] * len(names)))
            self.bars = self.list.querySelectorAll(".bar")
            self.texts = self.list.querySelectorAll(".percent")
            self.probes = [None] * len(names)
        elif self.way == "go":
            self.rest()
        self._show_probes([(NOTHING, NOTHING)] * len(names))
        self.show(self.place(experiment))

    def place(self, experiment):
        """The position of an experiment's `layer` and `morph`."""
        return self.names.index(shape.shown_layer(experiment).name) + shape.shown_morph(experiment)

    def drawn(self, picture):
        flat = numbers(getattr(picture, "probes", None))
        # The probes of a previous network may have another length.
        if len(flat) == 2 * len(self.names):
            self._show_probes(list(zip(flat[0::2], flat[1::2])))

    def seen(self, experiment):
        """The experiment with `layer` and `morph` of the playhead's present position."""
        if not self.names:
            return experiment
        index, morph = journey.parts(self.position)
        return dict(experiment, layer=self.names[index], morph=fields.rounded_morph(morph))

    def show(self, position):
        """Puts the playhead at a position: the number of a layer plus the share of the way to the next one."""
        self.position = position
        self.slider.value = "%.2f" % position
        self.slider.setAttribute("aria-valuetext", journey.words(position, self.names))
        self._name_button()

    def _show_probes(self, probes):
        """Shows `(training, held out)` for each layer: the qualities of its linear probe, or NaN."""
        percents = [(journey.percent(training), journey.percent(held_out)) for training, held_out in probes]
        changed = [index for index, pair in enumerate(percents) if pair != self.probes[index]]
        self.probes = percents
        self.due = sorted(set(self.due + changed)) if self.due else changed
        self._write_probes()

    def _write_probes(self):
        for index in self.due[:PORTION]:
            right, held_out = self.probes[index]
            bar = self.bars[index]
            bar.style.setProperty("--right", "%d%%" % (right or 0))
            bar.style.setProperty("--held-out-right", "%d%%" % (held_out or 0))
            bar.classList.toggle("empty", held_out is None)
            bar.setAttribute("aria-label", journey.probe_words(self.names[index], right, held_out, self.data))
            set_text(self.texts[index], "–" if right is None else "%d %%" % right)
        self.due = self.due[PORTION:]

    # How the playhead moves.

    def go(self, position):
        """Lets the playhead glide to a position."""
        self._leave("go", position)

    def travel(self):
        """Starts the journey from the input to the logits, or back where it has ended, or stops it."""
        way = self.next_way()
        if way:
            self._leave(way, self.end if way == "journey" else 0)
        else:
            self.rest()

    def next_way(self):
        """What the button of the journey does: `"journey"`, `"rewind"`, or None to stop."""
        if self.way in ("journey", "rewind"):
            return None
        return "rewind" if self.names and self.position == self.end else "journey"

    def is_sent(self):
        """Whether the playhead is gliding to the experiment's position."""
        return self.way == "go"

    def rest(self):
        """Stops the playhead where it is."""
        self._leave(None, round(self.position))

    def _leave(self, way, target):
        self.way, self.start, self.target, self.seconds = way, self.position, target, 0
        self._name_button()

    def _name_button(self):
        way = self.next_way()
        if way != self.named:
            self.named = way
            spoken, seen = BUTTON[way]
            by_id("journey").className = "journey " + (way or "playing")
            by_id("journey").setAttribute("aria-label", spoken)
            set_text(by_id("journey-name"), seen)

    def advance(self, elapsed, calm):
        """Moves the playhead for `elapsed` seconds; if `calm`, it jumps. Returns whether there is more to do."""
        if self.due:
            self._write_probes()
        if not self.way:
            return self.due != []
        self.seconds += elapsed
        if self.way == "journey":
            position, moving = journey.journey(self.target, self.seconds, calm)
        elif self.way == "rewind":
            position, moving = journey.journey(self.end, self.seconds, calm)
            position = self.end - position
        elif calm:
            position, moving = self.target, False
        else:
            position, moving = journey.glide(self.start, self.target, self.seconds)
        if not moving:
            self.rest()
        if position != self.position:
            self.show(position)
            self.on_move(position)
        return moving or self.due != []

    # What a person does.

    def _moved_by_hand(self, position):
        self.rest()
        self.show(position)
        self.on_move(position)

    def _pressed(self, event):
        key = event.key
        if event.altKey or event.ctrlKey or event.metaKey or key not in FORWARD + BACK + ("Home", "End"):
            return
        event.preventDefault()
        if key in FORWARD + BACK:
            self.step(1 if key in FORWARD else -1, event.shiftKey)
        else:
            self.on_go(len(self.names) - 1 if key == "End" else 0)

    def step(self, way, finely):
        """Sends the playhead to the next layer (`way` 1) or the one before (-1), or only a small part of that way."""
        last = len(self.names) - 1
        if finely:
            self._moved_by_hand(journey.stepped(self.position, way * SMALL_STEP, last))
            return
        # While the playhead glides to a layer, a key counts from that layer.
        position = self.target if self.way == "go" else self.position
        self.on_go(journey.stop_after(position, last) if way > 0 else journey.stop_before(position))
