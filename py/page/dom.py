"""Small functions on the document, which all modules of the page use."""

from pyscript import document, window
from pyscript.ffi import create_proxy
from scripts import copy, turn


def by_id(identifier):
    """The element with this id, or None."""
    return document.getElementById(identifier)


def listen(target, event, handler):
    """Calls `handler(event)` on every `event`; the proxy lives as long as the page."""
    target.addEventListener(event, create_proxy(handler))


def set_text(element, text):
    """Sets an element's text, if it differs: setting the same text would still make the browser lay out the page."""
    if element.textContent != text:
        element.textContent = text


def element(tag, text="", **attributes):
    """A new element, not yet in the document."""
    result = document.createElement(tag)
    result.textContent = text
    for name, value in attributes.items():
        result.setAttribute(name.rstrip("_").replace("_", "-"), value)
    return result


def copies(template, texts):
    """A fragment with a copy of `template` for each text, which the copy shows unless it is empty.

    All copies are made by one call to JavaScript: a thousand calls would take MicroPython too long, and a thousand
    arguments more stack than it has.
    """
    return copy(template, "\n".join(texts))


def now():
    """Milliseconds since the page was opened; never less than at the last call, even if the clock goes back."""
    global _last, _ahead
    time = window.performance.now() + _ahead
    if time < _last:
        _ahead += _last - time
        time = _last
    _last = time
    return time


_last = _ahead = 0


def numbers(typed_array):
    """The numbers of a typed array as a list, by one call to JavaScript, not one for each; for None an empty list."""
    text = typed_array.join(",") if typed_array else ""
    return [float(number) for number in text.split(",")] if text else []


async def let_browser_work():
    """Lets the browser draw and handle events before going on, so that no single task takes long."""
    await turn()
