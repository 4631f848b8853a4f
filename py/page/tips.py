"""Says what a view, a control or a number is, in one sentence beside it: on hover, on focus by keyboard, and on touch.

A name, a title or a number is tapped; what a tap would press or move is held. Whoever hears the page gets the sentence
as the control's description.
"""

from pyscript import document, window
from pyscript.ffi import create_proxy

from page import help
from page.dom import by_id, element, listen, set_text

# How long the pointer rests on something before its sentence is shown; how long it may be on its way from there to the
# sentence; how long a finger is held; all in milliseconds.
REST, WAY, HOLD = 600, 250, 550
# The least distance of the sentence from its owner and from the window's edges, in pixels.
GAP = 6
# How far a finger may move while it is held, in pixels.
STILL = 10
# An owner that is wider, in pixels, has its sentence where the pointer is.
WIDE = 400
# What a person points at to read it: what it is says its title. The second is a chart's plot.
PICTURES = "canvas, .u-over"
CONTROLS = "a, button, summary, input, select, canvas"
PRESSED = CONTROLS + ", .switches label, .boxes label"
OWNERS = ", ".join(["[data-tip]"] + ["#" + key for key in help.SENTENCES])
IN_STRIP = ".strip-buttons button, .strip-buttons .width"
# Where the sentence about a control stands: beside what belongs to it as well.
TOGETHER = ".field, label, .branch, .chart > .figures, .time"


class Tips:
    """Shows the sentences of `help`."""

    def __init__(self):
        self.tip = element("div", id="tip", role="tooltip", hidden="")
        by_id("about").parentElement.append(self.tip)
        self.root = document.documentElement
        # What each sentence is read from by `aria-describedby`.
        self.words = element("div", hidden="")
        self.data = None
        # The owner of the sentence that is shown; whether it has it for its focus.
        self.owner, self.by_focus = None, False
        # What is shown, with the pointer's place, when the timer goes off; None to hide it.
        self.next = None
        self.timer = None
        # An owner that was pressed has nothing to say until the pointer has left it.
        self.pressed = None
        # Where the pointer was last. The page may move below it, by which it asks for nothing.
        self.place = None
        # Where a finger went down, and whether that has been answered, so that it presses nothing.
        self.finger, self.answered = None, False
        self.due_proxy = create_proxy(self._due)
        for key in help.SENTENCES:
            self.words.append(element("span", id="tip-" + key))
        document.body.append(self.words)
        self._follow_data()
        self._describe_controls()
        for event, handler in (
            ("pointerover", self._over),
            ("pointermove", self._moved),
            ("pointerup", self._up),
            ("pointercancel", self._up),
            ("focusin", self._focused),
            ("focusout", self._blurred),
            ("keydown", self._key),
            ("input", lambda event: self.hide()),
        ):
            listen(document, event, handler)
        for event, handler in (
            ("pointerdown", self._down),
            ("click", self._clicked),
            ("contextmenu", self._context_menu),
        ):
            document.addEventListener(event, create_proxy(handler), True)
        document.addEventListener("scroll", create_proxy(lambda event: self.hide()), True)
        listen(window.window, "resize", lambda event: self.hide())

    # What is shown.

    def show(self, owner, x=None, by_focus=False):
        """Shows the sentence of an owner, beside it; `x` is where the pointer is, if there is one."""
        self._cancel()
        self._follow_data()
        set_text(self.tip, whole_entry(owner) + help.sentence(key_of(owner), *self.data))
        self.owner, self.by_focus = owner, by_focus
        # What is told of the focus lies in no pointer's way.
        self.tip.className = "aside" if by_focus else ""
        self.tip.hidden = False
        self._place(x)

    def hide(self):
        self._cancel()
        if self.owner is not None:
            self.owner = None
            self.tip.hidden = True

    def _place(self, x):
        """Places the sentence below its owner, or above, or beside it, where there is room inside of the window."""
        together = anchor_of(self.owner)
        box = together.getBoundingClientRect()
        self.tip.style.left = self.tip.style.top = "0px"
        tip = self.tip.getBoundingClientRect()
        left = x - tip.width / 2 if x is not None and box.width > WIDE else box.left
        top = box.bottom + GAP
        if top + tip.height > window.innerHeight - GAP:
            top = box.top - GAP - tip.height
        if top < GAP:
            top = max(min(box.top, window.innerHeight - GAP - tip.height), GAP)
            left = box.left - GAP - tip.width if box.left > window.innerWidth - box.right else box.right + GAP
        left = max(min(left, window.innerWidth - GAP - tip.width), GAP)
        self.tip.style.left, self.tip.style.top = "%dpx" % left, "%dpx" % top

    def _follow_data(self):
        """Has the sentences say what is true of the present data."""
        data = self.root.getAttribute("data-task"), by_id("dataset").value
        if data != self.data:
            self.data = data
            for word, key in zip(self.words.children, help.SENTENCES):
                set_text(word, help.sentence(key, *data))

    def _describe_controls(self):
        for control in document.querySelectorAll(CONTROLS):
            self._describe(control)

    def _describe(self, control):
        key = key_of(control)
        if key and not control.hasAttribute("aria-describedby"):
            control.setAttribute("aria-describedby", "tip-" + key)

    # When.

    def _soon(self, owner, x, milliseconds):
        self._cancel()
        self.next = owner, x
        self.timer = window.setTimeout(self.due_proxy, milliseconds)

    def _cancel(self):
        if self.timer is not None:
            window.clearTimeout(self.timer)
            self.timer = None

    def _due(self):
        self.timer = None
        owner, x = self.next
        if owner is None:
            self.hide()
        else:
            self.answered = self.finger is not None
            self.show(owner, x)

    def _over(self, event):
        if event.pointerType == "touch" or self.tip.contains(event.target):
            if event.pointerType != "touch":
                self._cancel()
            return
        owner = owner_of(event.target)
        if event.target.matches(PICTURES) or self.place == (event.clientX, event.clientY):
            owner = None
        if owner is not None and owner is self.pressed:
            return
        self.pressed = None
        if owner is not None and owner is self.owner:
            self._cancel()
        elif owner is not None and not (self.by_focus and self.owner is not None):
            self._soon(owner, event.clientX, WAY if self.owner is not None else REST)
        elif self.owner is not None and not self.by_focus:
            self._soon(None, None, WAY)
        else:
            self._cancel()

    def _focused(self, event):
        self._follow_data()
        owner = owner_of(event.target)
        if owner is None or not event.target.matches(":focus-visible"):
            return
        self._describe(event.target)
        self.show(owner, None, True)

    def _blurred(self, event):
        if self.by_focus:
            self.hide()

    def _key(self, event):
        # Whoever goes on with a key knows what it is for.
        if event.key not in ("Tab", "Shift"):
            self.hide()

    # A finger.

    def _down(self, event):
        if self.tip.contains(event.target):
            # An open panel takes it for a press outside.
            event.stopPropagation()
            if event.pointerType == "touch":
                self.hide()
            return
        owner = owner_of(event.target)
        self.hide()
        self.answered, self.finger = False, None
        if event.pointerType != "touch":
            self.pressed = owner
        elif owner is not None and event.target.closest(PRESSED) and event.target.localName != "canvas":
            self.finger = event.clientX, event.clientY
            self._soon(owner, event.clientX, HOLD)

    def _moved(self, event):
        self.place = event.clientX, event.clientY
        if self.finger and abs(event.clientX - self.finger[0]) + abs(event.clientY - self.finger[1]) > STILL:
            self._up(event)

    def _up(self, event):
        if self.finger:
            self.finger = None
            if not self.answered:
                self._cancel()

    def _context_menu(self, event):
        if self.answered:
            event.preventDefault()

    def _clicked(self, event):
        """Shows the sentence of what was tapped, unless the tap was for a control; a held one is not pressed."""
        if self.answered:
            self.answered = False
            event.preventDefault()
            event.stopPropagation()
        elif not event.target.closest(PRESSED):
            owner = owner_of(event.target)
            if owner is not None:
                self.show(owner, event.clientX)


def control_of(target):
    """The control of the field whose name, or which itself, an element is or is in; None if it is in no field."""
    label = target.closest("label")
    if label:
        return label.control
    field = target.closest(".field")
    return field.querySelector("input, select") if field else None


def owner_of(target):
    """The element that has a sentence, of those that an element is in; None if there is none."""
    if target.nodeType != 1:
        return None
    owner = control_of(target) or target.closest(IN_STRIP) or target.closest(OWNERS)
    return owner if owner and key_of(owner) else None


def key_of(owner):
    """The key in `help.SENTENCES` of an owner; None if it has none."""
    if owner.matches(IN_STRIP):
        layer = owner.getAttribute("data-plain")
        key = "layer-" + layer if layer else owner.getAttribute("data-tip") or owner.className
    else:
        key = owner.getAttribute("data-tip") or owner.id
        if key.endswith("-switch"):
            key = key[: -len("-switch")]
    return key if key in help.SENTENCES else None


def whole_entry(owner):
    """What is entered in a box that is too small for it, to be said before its sentence; otherwise nothing."""
    is_cut = owner.localName == "input" and owner.type == "text" and owner.scrollWidth > owner.clientWidth
    return owner.value + ": " if is_cut else ""


def anchor_of(owner):
    """What a sentence stands beside: its owner, with what belongs to that, or a view's title."""
    if owner.localName == "canvas":
        return owner.closest("section").querySelector("h2")
    return owner.closest(TOGETHER) or owner
