"""The one message that says what went wrong: next to the control that it is about, or across the page."""

from pyscript import document, window

from page.dom import by_id, element, listen

# The least distance of a message from the window's edges, in pixels.
MARGIN = 8
# What is called when a wrong entry is not said to be wrong any more although nobody has corrected it.
_on_unmarked = []


def follow(on_unmarked):
    """Has `on_unmarked()` called when a control's message goes by itself, and keeps messages inside the window."""
    _on_unmarked.append(on_unmarked)
    listen(window.window, "resize", lambda event: _place())


def show(text, field=None, button=None, action=None):
    """Shows `text` under `field`, a control's element, whose panel is opened, or at the foot of the page.

    `button` is the text of a button that calls `action()`.
    """
    clear()
    message = by_id("message")
    place = field.closest(".field") if field else document.body
    within = field and field.closest(".sheet")
    if within:
        place.after(message)
    else:
        place.append(message)
    if field:
        panel = field.closest("details")
        if panel:
            panel.open = True
        field.setAttribute("aria-invalid", "true")
        field.setAttribute("aria-errormessage", "message")
    message.append(element("span", text))
    if button:
        control = element("button", button, type="button")
        listen(control, "click", lambda event: action())
        message.append(control)
    message.setAttribute("data-field", field.id if field else "")
    message.className = "within" if within else "near" if field else "across"
    _place()


def _place():
    """Places a message that lies over the page under its control, as far to the left as the window asks for."""
    message = by_id("message")
    message.style.left = ""
    if message.className == "near":
        box = message.getBoundingClientRect()
        beyond = box.right - (window.innerWidth - MARGIN)
        if beyond > 0:
            message.style.left = "%dpx" % -min(beyond, box.left - MARGIN)


def clear(field=None):
    """Removes the message; with `field`, which a person is changing, only if it is about that control."""
    message = by_id("message")
    name = message.getAttribute("data-field")
    if field and name != field.id:
        return
    if name:
        control = by_id(name)
        control.removeAttribute("aria-invalid")
        control.removeAttribute("aria-errormessage")
    message.replaceChildren()
    message.setAttribute("data-field", "")
    if name and not field:
        for unmarked in _on_unmarked:
            unmarked()
