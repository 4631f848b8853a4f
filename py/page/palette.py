"""The colours of the page's theme, read from the style sheet, and the theme itself."""

import storage
from pyscript import document, window

from page.dom import by_id, listen

# The number of classes with a colour of their own.
CLASSES = 10
KEY = "theme"


def css(name):
    """The value of a custom property of the style sheet in the current theme, such as `--class-0`."""
    return window.getComputedStyle(document.documentElement).getPropertyValue(name).strip()


def class_colours():
    """A colour for each class, as the style sheet has it: `#1f77c9`."""
    return [css("--class-%d" % index) for index in range(CLASSES)]


def level_colours():
    """A colour for each level of a target, from the least to the largest: from the colour of negative to positive."""
    one, other = _rgb(css("--negative")), _rgb(css("--positive"))
    last = CLASSES - 1
    return [
        "#%02x%02x%02x" % tuple([round(a + (b - a) * level / last) for a, b in zip(one, other)])
        for level in range(CLASSES)
    ]


def shading():
    """The palette for the lab, as `(r, g, b)`: colours of classes, of negative and positive, and of no preference."""
    return {
        "classes": [_rgb(colour) for colour in class_colours()],
        "signs": [_rgb(css("--negative")), _rgb(css("--positive"))],
        "neutral": _rgb(css("--neutral")),
        "boundary": _rgb(css("--boundary")),
    }


def is_dark():
    """Whether the theme is dark: the chosen one or, if none is chosen, the system's."""
    chosen = document.documentElement.getAttribute("data-theme")
    return chosen == "dark" or (not chosen and window.matchMedia("(prefers-color-scheme: dark)").matches)


def start(on_change):
    """Lets the button and the system change the theme, and calls `on_change()` after each change.

    `early.js` has already set the theme that was chosen on an earlier visit, before anything was painted. Where the
    system forces its own colours, what is drawn follows these, whatever was chosen.
    """
    button, root = by_id("theme"), document.documentElement
    forced = window.matchMedia("(forced-colors: active)")
    chosen = [root.getAttribute("data-theme")]

    def follow_forced(event=None):
        button.hidden = forced.matches
        if forced.matches:
            root.removeAttribute("data-theme")
        elif chosen[0]:
            root.setAttribute("data-theme", chosen[0])
        if event:
            follow(event)

    def name_button():
        button.textContent = "Light theme" if is_dark() else "Dark theme"

    def toggle(event):
        chosen[0] = "light" if is_dark() else "dark"
        root.setAttribute("data-theme", chosen[0])
        storage.visits.write(KEY, chosen[0])
        name_button()
        on_change()

    def follow(event):
        name_button()
        on_change()

    follow_forced()
    name_button()
    listen(button, "click", toggle)
    listen(forced, "change", follow_forced)
    listen(window.matchMedia("(prefers-color-scheme: dark)"), "change", follow)


def _rgb(colour):
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
