"""The layer rail: the playhead on its way through the network, and how well a straight line does at each layer."""

from page import journey
from page.dom import by_id, copies, element, listen, numbers, set_text
from spec import fields, shape

FORWARD = ("ArrowRight", "ArrowUp", "PageUp")
BACK = ("ArrowLeft", "ArrowDown", "PageDown")
SMALL_STEP = 0.1
PLAY, STOP = "Play the journey from input to output", "Stop the journey from input to output"
NOTHING = float("nan")
# What the bars of so many layers say is written in one go; the rest follows, frame by frame.
PORTION = 32


class Rail:
    """A view that shows the playhead at `position`, and moves it.

    `on_move(position)` is called whenever it has moved, by hand or on its own; `on_go(index)` when a key sends it to
    a layer, for `go` to be called; `on_journey()` when the button is pressed, for `travel` to be called.
    """

    def __init__(self, on_move, on_go, on_journey):
        self.on_move, self.on_go = on_move, on_go
        self.slider, self.list = by_id("rail"), by_id("probes")
        self.names = []
        self.position = 0
        # By layer: what a straight line has right, in percent of training and of held-out points; and which of them
        # is not written yet.
        self.probes, self.due = [], []
        # Where it is going by itself: `"go"` or `"journey"` or None, from where, to which layer, for how many seconds.
        self.way, self.start, self.target, self.seconds = None, 0, 0, 0
        row = element("li")
        row.append(element("span", class_="bar", role="img"), element("span", class_="percent", aria_hidden="true"))
        # To be copied.
        self.row = row
        listen(self.slider, "input", lambda event: self._moved_by_hand(float(self.slider.value)))
        listen(self.slider, "change", lambda event: self._moved_by_hand(journey.snapped(self.position)))
        listen(self.slider, "keydown", self._pressed)
        listen(by_id("journey"), "click", lambda event: on_journey())

    # What is shown.

    def begin(self, experiment):
        """Makes a stop and a bar for every layer, if they are others than those that are shown."""
        names = shape.layer_names(experiment)
        if names != self.names:
            self.names = names
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
        """The position that an experiment says."""
        return self.names.index(shape.shown_layer(experiment).name) + shape.shown_morph(experiment)

    def drawn(self, picture):
        flat = numbers(getattr(picture, "probes", None))
        # What was said of the network before is of no interest any more.
        if len(flat) == 2 * len(self.names):
            self._show_probes(list(zip(flat[0::2], flat[1::2])))

    def seen(self, experiment):
        """An experiment as it is seen from where the playhead is."""
        if not self.names:
            return experiment
        index, morph = journey.parts(self.position)
        return dict(experiment, layer=self.names[index], morph=fields.rounded_morph(morph))

    def show(self, position):
        """Puts the playhead at a position: the number of a layer and the share of the way to the next."""
        self.position = position
        self.slider.value = "%.2f" % position
        self.slider.setAttribute("aria-valuetext", journey.words(position, self.names))
        self.slider.style.setProperty("--done", "%.4f" % (position / (len(self.names) - 1)))

    def _show_probes(self, probes):
        """Shows `(training, held out)` for each layer: shares that a straight line has right, or NaN."""
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
            bar.classList.toggle("empty", right is None)
            bar.setAttribute("aria-label", journey.probe_words(self.names[index], right, held_out))
            set_text(self.texts[index], "–" if right is None else "%d %%" % right)
        self.due = self.due[PORTION:]

    # How it moves.

    def go(self, position):
        """Lets it glide to a layer, or to a place between two."""
        self._leave("go", position)

    def travel(self):
        """Lets it go from input to output, or stop where it is if it is under way."""
        if self.way == "journey":
            self.rest()
        else:
            self._leave("journey", len(self.names) - 1)

    def is_sent(self):
        """Whether it is on its way to a place that the experiment says, not to one that it finds by itself."""
        return self.way == "go"

    def rest(self):
        """Lets it stay where it is."""
        self._leave(None, round(self.position))

    def _leave(self, way, target):
        self.way, self.start, self.target, self.seconds = way, self.position, target, 0
        playing = way == "journey"
        by_id("journey").classList.toggle("playing", playing)
        by_id("journey").setAttribute("aria-label", STOP if playing else PLAY)
        set_text(by_id("journey-name"), "Stop" if playing else "Journey")

    def advance(self, elapsed, calm):
        """Moves it on by so many seconds; True while it is on its way. Where it is `calm` it goes at once."""
        if self.due:
            self._write_probes()
        if not self.way:
            return self.due != []
        self.seconds += elapsed
        if self.way == "journey":
            position, moving = journey.journey(self.target, self.seconds, calm)
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
        key, last = event.key, len(self.names) - 1
        if event.altKey or event.ctrlKey or event.metaKey or key not in FORWARD + BACK + ("Home", "End"):
            return
        event.preventDefault()
        if event.shiftKey and key in FORWARD + BACK:
            by = SMALL_STEP if key in FORWARD else -SMALL_STEP
            self._moved_by_hand(journey.stepped(self.position, by, last))
            return
        # On the way to a layer the next one is the one after that.
        position = self.target if self.way == "go" else self.position
        if key in FORWARD:
            self.on_go(journey.stop_after(position, last))
        elif key in BACK:
            self.on_go(journey.stop_before(position))
        else:
            self.on_go(last if key == "End" else 0)
