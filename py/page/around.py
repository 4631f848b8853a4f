"""Shows a person around: six beats, each of which says a sentence and sets the page up for it.

What it does to the page are the changes that a person's own controls make, so that everything answers meanwhile. The
experiment that was there before comes back when a person leaves, unless they keep what they see.
"""

import storage
from pyscript import document
from pyscript.ffi import to_js

from page import phase, store
from page.beats import BEATS, experiment, is_of, kept
from page.dom import by_id, listen, set_text
from spec import fields

# The key under which a tab keeps the experiment that was there before, in case the page is loaded again meanwhile.
BEFORE = "before being shown around"
# On the root while a person is shown around: the number of the beat.
ATTRIBUTE = "data-beat"
# By how many beats a key goes on; 0 leaves.
WAYS = {"ArrowRight": 1, "ArrowLeft": -1, "Escape": 0}
END = "Done brings back your own experiment, at epoch 0; with Keep this you go on from here."


class Around:
    """A view that trains to the epoch that a beat is about. `key` is where the browser keeps the number of the beat."""

    def __init__(self, app, key):
        self.app, self.key = app, key
        self.root = document.documentElement
        self.card = by_id("guide")
        self.beat = None
        self.before = None
        # To which epoch the present beat trains, None if it does not, or does not any more; and which experiment.
        self.until = self.trained = None
        self.marked = None
        listen(by_id("guide-back"), "click", lambda event: self.go(self.beat - 1))
        listen(by_id("guide-next"), "click", lambda event: self.forth())
        listen(by_id("guide-keep"), "click", lambda event: self.leave(0, False))
        listen(by_id("guide-leave"), "click", lambda event: self.leave(self.beat))
        listen(self.card, "keydown", self._pressed)

    # What a person does.

    def open(self):
        """Begins, or goes on with the beat at which a person has left."""
        by_id("around").classList.remove("offered")
        if self.beat is not None:
            self._show()
            return
        self.before = self.app.experiment()
        # The page was loaded again in the middle of a beat: its experiment is in the address.
        left = storage.tab.read(BEFORE)
        if left and any(is_of(beat, self.before) for beat in BEATS):
            self.before = fields.from_query(left)[0]
        storage.tab.write(BEFORE, "#" + fields.to_query(self.before))
        self.go(kept(storage.visits.read(self.key)))

    def go(self, index):
        """Goes to a beat, and keeps its number for another visit; does nothing if there is none of that number."""
        if not 0 <= index < len(BEATS):
            return
        self.beat = index
        storage.visits.write(self.key, str(index))
        self._show()
        self._set_up(BEATS[index])

    def forth(self):
        if self.beat + 1 < len(BEATS):
            self.go(self.beat + 1)
        else:
            self.leave(0)

    def leave(self, index, restores=True):
        """Ends it; another time it goes on with the beat of that number. Restores the experiment before, or not."""
        self.beat = None
        storage.visits.write(self.key, str(index))
        storage.tab.write(BEFORE, "")
        self.root.removeAttribute(ATTRIBUTE)
        self._mark(None)
        self.card.hidden = True
        by_id("around").focus()
        self._pause()
        if restores:
            self.app.do(store.TOLD, store.EXPERIMENT, self.before)

    def leave_for_link(self):
        """Ends it, and lets a link lead on."""
        if self.beat is not None:
            self.leave(self.beat, False)

    def _pressed(self, event):
        if event.key not in WAYS or event.altKey or event.ctrlKey or event.metaKey or event.shiftKey:
            return
        event.preventDefault()
        way = WAYS[event.key]
        if way:
            # The last beat is left by a button, not by one key too many.
            self.go(self.beat + way)
        else:
            self.leave(self.beat)

    # What is seen.

    def _show(self):
        beat, last = BEATS[self.beat], self.beat == len(BEATS) - 1
        set_text(by_id("guide-title"), "%d of %d: %s" % (self.beat + 1, len(BEATS), beat.title))
        set_text(by_id("guide-words"), beat.words)
        set_text(by_id("guide-end"), END)
        set_text(by_id("guide-next"), "Done" if last else "Next")
        by_id("guide-back").disabled = self.beat == 0
        by_id("guide-end").hidden = by_id("guide-keep").hidden = not last
        by_id("guide-leave").hidden = last
        self.root.setAttribute(ATTRIBUTE, str(self.beat + 1))
        self.card.hidden = False
        self._mark(document.querySelector(beat.about))
        # Who hears the page hears title and sentence.
        self.card.focus()

    def _mark(self, element):
        if self.marked is not None:
            self.marked.classList.remove("shown")
        self.marked = element
        if element is not None:
            element.classList.add("shown")
            element.scrollIntoView(to_js({"block": "nearest"}))

    # What happens.

    def _set_up(self, beat):
        app, chosen = self.app, experiment(beat)
        travels = beat.travels and app.rail.next_way() == "journey" and fields.same_run(chosen, app.experiment())
        if travels:
            chosen["layer"], chosen["morph"] = app.experiment()["layer"], app.experiment()["morph"]
        self._pause()
        app.do(store.TOLD, store.EXPERIMENT, chosen)
        if travels:
            app.travel()
        same = app.run.data is not None and not app.state.phase.waiting
        if beat.epochs == 0 and same and app.run.epoch:
            app.do(store.TOLD, store.RESET)
        elif beat.epochs and not (same and app.run.epoch >= beat.epochs):
            self.until, self.trained = beat.epochs, chosen
            app.do(store.TOLD, store.PLAY)

    def _pause(self):
        self.until = None
        if phase.is_playing(self.app.state.phase):
            self.app.do(store.TOLD, store.PAUSE)
            self.app.rest_if_all_is_known()

    def answered(self, run):
        """Ends the training of a beat at its epoch, unless a person has paused it or trains another network."""
        if self.until is None:
            return
        now = self.app.state
        if not phase.is_playing(now.phase) or not fields.same_run(now.experiment, self.trained):
            self.until = None
        elif run.epoch >= self.until:
            self._pause()
