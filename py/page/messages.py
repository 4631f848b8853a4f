"""The one element that says what went wrong: next to the control that it is about, or across the page."""

from page.dom import by_id, element, listen


def show(text, field=None, button=None, action=None):
    """Says `text` under `field`, a control's element, or at the foot of the page; `button` names an `action`."""
    message = by_id("message")
    message.replaceChildren()
    place = field.closest(".field") if field else by_id("controls").closest("body")
    place.append(message)
    message.className = "near" if field else "across"
    if field:
        field.setAttribute("aria-invalid", "true")
        field.setAttribute("aria-errormessage", "message")
    message.append(element("span", text))
    if button:
        control = element("button", button, type="button")
        listen(control, "click", lambda event: action())
        message.append(control)
    message.setAttribute("data-field", field.id if field else "")


def clear(field=None):
    """Takes the message away; with `field`, only if it is about that control."""
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
