"""The few things that every module of the page asks of the document."""

from pyscript import document, window
from pyscript.ffi import create_proxy
from scripts import copy, turn


def by_id(identifier):
    return document.getElementById(identifier)


def listen(target, event, handler):
    """Calls `handler(event)` on every `event`; the proxy lives as long as the page."""
    target.addEventListener(event, create_proxy(handler))


def set_text(element, text):
    """Sets an element's text where it is another: an unchanged text would still cost the browser a layout."""
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
    """A fragment of copies of an element, one for each text, which it shows where it is not empty.

    In one crossing: one by one a thousand elements would take MicroPython too long, and the arguments of one call more
    stack than it has.
    """
    return copy(template, "\n".join(texts))


def now():
    """Milliseconds since the page was opened; never less than before, even if the machine's clock is."""
    global _last, _ahead
    time = window.performance.now() + _ahead
    if time < _last:
        _ahead += _last - time
        time = _last
    _last = time
    return time


_last = _ahead = 0


def numbers(typed_array):
    """A typed array's numbers as a list, in one crossing instead of one for each; an empty one for None."""
    text = typed_array.join(",") if typed_array else ""
    return [float(number) for number in text.split(",")] if text else []


async def let_browser_work():
    """Lets the browser draw and hear before going on, so that no single task takes long."""
    await turn()
