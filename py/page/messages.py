"""The one message that says what went wrong: next to the control that it is about, or across the page."""

from pyscript import document, window

from page.dom import by_id, element, listen


def show(text, field=None, button=None, action=None):
    """Shows `text` under `field`, a control's element, whose panel is opened, or at the foot of the page.

    `button` is the text of a button that calls `action()`.
    """
    clear()
    message = by_id("message")
    place = field.closest(".field") if field else document.body
    place.append(message)
    message.className = "across"
    if field:
        panel = field.closest("details")
        if panel:
            panel.open = True
        # Under a control in the right half of the window the message grows to the left, so that it stays inside.
        right_half = field.getBoundingClientRect().left > window.innerWidth / 2
        message.className = "near end" if right_half else "near"
        field.setAttribute("aria-invalid", "true")
        field.setAttribute("aria-errormessage", "message")
    message.append(element("span", text))
    if button:
        control = element("button", button, type="button")
        listen(control, "click", lambda event: action())
        message.append(control)
    message.setAttribute("data-field", field.id if field else "")


def clear(field=None):
    """Removes the message; with `field`, only if it is about that control."""
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
