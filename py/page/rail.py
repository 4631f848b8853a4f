"""The layer rail: the playhead on its way through the network, and how well a straight line does at each layer."""

from page import journey
from page.dom import by_id, element, listen, set_text
from spec import shape

FORWARD = ("ArrowRight", "ArrowUp", "PageUp")
BACK = ("ArrowLeft", "ArrowDown", "PageDown")
SMALL_STEP = 0.1
PLAY, STOP = "Play the journey from input to output", "Stop the journey from input to output"
NOTHING = float("nan")


class Rail:
    """Shows the playhead at `position`, and moves it.

    `on_move(position)` is called whenever it has moved, by hand or on its own; `on_go(index)` when a key sends it to
    a layer, for `go` to be called; `on_journey()` when the button is pressed, for `travel` to be called.
    """

    def __init__(self, on_move, on_go, on_journey):
        self.on_move, self.on_go = on_move, on_go
        self.slider, self.list = by_id("rail"), by_id("probes")
        self.names = []
        self.position = 0
        # Where it is going by itself: `"go"` or `"journey"` or None, from where, to which layer, for how many seconds.
        self.way, self.start, self.target, self.seconds = None, 0, 0, 0
        listen(self.slider, "input", lambda event: self._moved_by_hand(float(self.slider.value)))
        listen(self.slider, "change", lambda event: self._moved_by_hand(journey.snapped(self.position)))
        listen(self.slider, "keydown", self._pressed)
        listen(by_id("journey"), "click", lambda event: on_journey())

    # What is shown.

    def show_layers(self, experiment):
        """Makes a stop and a bar for every layer, if they are others than those that are shown."""
        names = shape.layer_names(experiment)
        if names == self.names:
            return
        self.names = names
        self.rest()
        self.slider.max = str(len(names) - 1)
        self.bars = [element("span", class_="bar", role="img") for _ in names]
        self.texts = [element("span", class_="percent", aria_hidden="true") for _ in names]
        rows = [element("li") for _ in names]
        for row, bar, text in zip(rows, self.bars, self.texts):
            row.append(bar, text)
        self.list.replaceChildren(*rows)
        self.probes = [None] * len(names)
        self.show_probes([(NOTHING, NOTHING)] * len(names))
        self.show(min(self.position, len(names) - 1))

    def show(self, position):
        """Puts the playhead at a position: the number of a layer and the share of the way to the next."""
        self.position = position
        self.slider.value = "%.2f" % position
        self.slider.setAttribute("aria-valuetext", journey.words(position, self.names))
        self.slider.style.setProperty("--done", "%.4f" % (position / (len(self.names) - 1)))

    def show_probes(self, probes):
        """Shows `(training, held out)` for each layer: shares that a straight line has right, or NaN."""
        # What was said of the network before is of no interest any more.
        if len(probes) != len(self.names):
            return
        for index, (training, held_out) in enumerate(probes):
            percents = journey.percent(training), journey.percent(held_out)
            if percents == self.probes[index]:
                continue
            self.probes[index] = percents
            bar = self.bars[index]
            bar.style.setProperty("--right", "%d%%" % (percents[0] or 0))
            bar.style.setProperty("--held-out-right", "%d%%" % (percents[1] or 0))
            bar.classList.toggle("empty", percents[0] is None)
            bar.setAttribute("aria-label", journey.probe_words(self.names[index], *percents))
            set_text(self.texts[index], "–" if percents[0] is None else "%d %%" % percents[0])

    # How it moves.

    def go(self, index):
        """Lets it glide to a layer."""
        self._leave("go", index)

    def travel(self):
        """Lets it go from input to output, or stop where it is if it is under way."""
        if self.way == "journey":
            self.rest()
        else:
            self._leave("journey", len(self.names) - 1)

    def destination(self):
        """Where it glides to, or else where it is."""
        return self.target if self.way == "go" else self.position

    def rest(self):
        """Lets it stay where it is."""
        self._leave(None, round(self.position))

    def _leave(self, way, target):
        self.way, self.start, self.target, self.seconds = way, self.position, target, 0
        playing = way == "journey"
        by_id("journey").classList.toggle("playing", playing)
        by_id("journey").setAttribute("aria-label", STOP if playing else PLAY)
        set_text(by_id("journey-name"), "Stop" if playing else "Journey")

    def glide(self, elapsed, calm):
        """Moves it on by so many seconds; True while it is on its way. Where it is `calm` it goes at once."""
        if not self.way:
            return False
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
        return moving

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
