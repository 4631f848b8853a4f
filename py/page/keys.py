"""The keys of the page, the list of them, and Present: only the stage, large, for whoever sits far away.

Present is the attribute `data-present` of `<html>`, whose value is the part that is seen, see `PARTS`; what that looks
like is a matter of `static/styles/present.css`.
"""

from collections import namedtuple

from pyscript import document, window
from pyscript.ffi import create_proxy, to_js

from page.dom import by_id, element, listen, set_text

ATTRIBUTE = "data-present"
# What Present can show, each by the digit of its place, counted from 1: the attribute's value, and its name.
PARTS = (
    ("stage", "plane, space and network"),
    ("plane", "the plane"),
    ("space", "the space"),
    ("network", "the network"),
    ("charts", "loss, accuracy and timeline"),
    ("pair", "plane and space"),
    ("plane-curves", "the plane and the charts"),
    ("space-curves", "the space and the charts"),
)

# Where a key has its meaning.
ANYWHERE, PRESENT = "Anywhere", "In Present"
VIEWS, PLANE, SPACE = "In the plane and the space", "In the plane", "In the space"
RAIL, NETWORK = "On the layer rail", "On the neurons"
CHARTS, DRAWING = "On the charts", "In the plane while you draw"

# names: what the keys are called by `KeyboardEvent.key`, letters in lower case. act: the `Keys` method that is called
# with the event, or None for what the part of the page has its own use for, and is only listed here. button: the id of
# the button that does the same.
Key = namedtuple("Key", ("where", "names", "words", "act", "button"))

ARROWS = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown")
KEYS = (
    [
        Key(ANYWHERE, (" ",), "play or pause the training", "press", "play"),
        Key(ANYWHERE, ("j",), "play the journey, rewind or stop it", "press", "journey"),
        Key(ANYWHERE, ("p",), "present, and leave that; in a view with Shift", "toggle", "present"),
        Key(ANYWHERE, ("l",), "hear the loss as a pitch, or no longer; in a view with Shift", "press", "listen"),
        Key(ANYWHERE, ("?",), "show these keys", "show", "keys"),
        Key(ANYWHERE, ("Escape",), "fold away what is open", None, None),
        Key(PRESENT, ("ArrowRight", "ArrowUp", "PageDown"), "next layer; with Shift a tenth of the way", "forth", None),
        Key(PRESENT, ("ArrowLeft", "ArrowDown", "PageUp"), "layer before; with Shift a tenth of the way", "back", None),
    ]
    + [Key(PRESENT, (str(number + 1),), part[1], "choose", None) for number, part in enumerate(PARTS)]
    + [
        Key(PRESENT, ("f",), "full screen, and back", "fill", None),
        Key(PRESENT, ("Escape",), "leave", "leave", None),
        Key(VIEWS, ("n", "p"), "next point, point before", None, None),
        Key(VIEWS, ("Enter", " "), "choose the point, or no longer", None, None),
        Key(VIEWS, ("l",), "begin a loop, which the arrows draw, and end it", None, None),
        Key(VIEWS, ("Escape",), "give up the loop, then what is chosen", None, None),
        Key(PLANE, ARROWS, "move the place that is pointed at", None, None),
        Key(SPACE, ARROWS, "turn or move", None, None),
        Key(SPACE, ("+", "-", "0"), "nearer, farther, all points", None, None),
        Key(SPACE, ("a",), "take the next axis of the tour, which the arrows move", None, None),
        Key(RAIL, ARROWS, "next layer, layer before; with Shift a tenth of the way", None, None),
        Key(RAIL, ("Home", "End"), "first and last layer", None, None),
        Key(NETWORK, ARROWS, "neuron beside, above or below", None, None),
        Key(NETWORK, ("Home", "End"), "first and last layer", None, None),
        Key(CHARTS, ARROWS, "read the epoch before, or after", None, None),
        Key(CHARTS, ("PageDown", "PageUp"), "ten before, or after", None, None),
        Key(CHARTS, ("Home", "End"), "read the first and the last epoch", None, None),
        Key(CHARTS, ("Enter",), "go to the epoch that is read", None, None),
        Key(CHARTS, ("Escape",), "read no longer", None, None),
        Key(DRAWING, ("Enter",), "add a point there, or give the one that is there the class", None, None),
        Key(DRAWING, ("Delete", "Backspace"), "erase the point", None, None),
    ]
)
# What stands on keys that are not called so.
CAPS = {
    " ": "Space",
    "-": "−",
    "Escape": "Esc",
    "Delete": "Del",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "PageUp": "Page ↑",
    "PageDown": "Page ↓",
}
# What has its own use for all keys, for those that move it, and for those that press it.
TYPED_IN = "input:not([type=range], [type=checkbox]), select, textarea"
MOVED, MOVING = "[type=range]", ARROWS + ("PageUp", "PageDown")
PRESSED, PRESSING = "button, summary, [type=checkbox]", (" ",)


class Keys:
    """Handles the keys that have a meaning anywhere on the page.

    `travel(way, finely)` sends the playhead to the next layer (`way` 1) or the one before (-1), or only a part of that
    way; `announce(words)` says something to people who hear the page.
    """

    def __init__(self, travel, announce):
        self.travel, self.announce = travel, announce
        self.root = document.documentElement
        self.dialog = None
        # What had the focus before Present began, and how far the page was scrolled.
        self.focused, self.scrolled = None, 0
        for key in KEYS:
            if key.button:
                by_id(key.button).setAttribute("aria-keyshortcuts", cap(key, key.names[0]))
        listen(document, "mousedown", self._spare_focus)

    def pressed(self, event):
        """Does what a key is for, unless it has been used already or what has the focus uses it."""
        if event.defaultPrevented or event.altKey or event.ctrlKey or event.metaKey:
            return
        name = event.key.lower() if len(event.key) == 1 else event.key
        places = (ANYWHERE, PRESENT) if self.part() else (ANYWHERE,)
        key = next((key for key in KEYS if key.act and key.where in places and name in key.names), None)
        if key is None or is_used(event.target, name):
            return
        event.preventDefault()
        # A key that is held down goes on along the layers, and does anything else once.
        if not event.repeat or name in MOVING:
            getattr(self, key.act)(key, event)

    def part(self):
        """Which of `PARTS` is presented; None if nothing is."""
        return self.root.getAttribute(ATTRIBUTE)

    # What the keys do.

    def press(self, key, event):
        by_id(key.button).click()

    def forth(self, key, event):
        self.travel(1, event.shiftKey)

    def back(self, key, event):
        self.travel(-1, event.shiftKey)

    def choose(self, key, event):
        self._present(PARTS[int(key.names[0]) - 1])

    def fill(self, key, event):
        """Fills the screen, where the browser lets that be done, or no longer."""
        if document.fullscreenElement:
            document.exitFullscreen()
        elif document.fullscreenEnabled:
            refused = create_proxy(lambda *error: None)
            self.root.requestFullscreen().then(refused, refused)

    def toggle(self, key=None, event=None):
        """Begins to present, or leaves."""
        if self.part():
            self.leave()
            return
        self.focused, self.scrolled = document.activeElement, window.scrollY
        self._present(PARTS[0])
        set_text(by_id("present"), "Leave")
        window.scrollTo(0, 0)
        if self.focused is by_id("present"):
            # Where it is the Space key plays, as it does elsewhere.
            focus(by_id("play"))

    def leave(self, key=None, event=None):
        self.root.removeAttribute(ATTRIBUTE)
        set_text(by_id("present"), "Present")
        if document.fullscreenElement:
            document.exitFullscreen()
        window.scrollTo(0, self.scrolled)
        if self.focused is not document.body:
            focus(self.focused)
        self.announce("The whole page is shown.")

    def show(self, key=None, event=None):
        """Opens the list of the keys."""
        if not self.dialog:
            self.dialog = list_of_keys()
            listen(self.dialog, "click", self._clicked)
            listen(self.dialog, "keydown", self._pressed_inside)
            document.body.append(self.dialog)
        self.dialog.showModal()

    def _present(self, part):
        self.root.setAttribute(ATTRIBUTE, part[0])
        self.announce("Presented: %s. Esc leaves." % part[1])

    def _clicked(self, event):
        """Closes the list by its button, or when it is clicked beside."""
        if event.target is self.dialog or event.target.localName == "button":
            self.dialog.close()

    def _pressed_inside(self, event):
        """Keeps keys from the page while the list lies over it."""
        event.stopPropagation()
        if event.key == "?":
            self.dialog.close()

    def _spare_focus(self, event):
        """In Present a view or a chart that is clicked does not take the arrow keys from the layer rail."""
        if self.part() and event.target.closest("canvas, .chart-box"):
            event.preventDefault()


def is_used(target, name):
    """Whether what has the focus has its own use for a key."""
    return bool(
        target.matches(TYPED_IN)
        or (name in MOVING and target.matches(MOVED))
        or (name in PRESSING and target.closest(PRESSED))
    )


def focus(target):
    """Gives an element the focus that it would have got by the mouse."""
    target.focus(to_js({"focusVisible": False, "preventScroll": True}))


def cap(key, name):
    """What stands on a key with that name."""
    return CAPS.get(name, name.upper() if key.act and len(name) == 1 else name)


def list_of_keys():
    """A dialog with all keys, by where they have their meaning; not yet in the document."""
    head, columns, article = element("header"), element("div"), element("article")
    close = element("button", "Close", type="button", class_="small", autofocus="")
    head.append(element("h2", "Keys", id="keys-title"), close)
    article.append(head, columns)
    place = rows = None
    for key in KEYS:
        if key.where != place:
            place = key.where
            section, rows = element("section"), element("dl")
            section.append(element("h3", place), rows)
            columns.append(section)
        row, term = element("div"), element("dt")
        for name in key.names:
            term.append(element("kbd", cap(key, name)))
        row.append(term, element("dd", key.words))
        rows.append(row)
    result = element("dialog", class_="keys", aria_labelledby="keys-title")
    result.append(article)
    return result
