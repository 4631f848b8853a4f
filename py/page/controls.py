"""The controls of the fields: what they say, and what a wrong entry is told."""

from page import messages, wording
from page.dom import by_id, copies, element, listen
from spec import fields


class Controls:
    """Shows an experiment, and enters what a person changes by `on_enter(name, text)`.

    That raises ValueError, with a sentence, where it is not allowed. `experiment()` returns what is in force. What
    there is to choose of is in the markup already, see `tools/markup.py`.
    """

    def __init__(self, experiment, on_enter, on_new_weights):
        self.experiment, self.on_enter = experiment, on_enter
        listen(by_id("controls"), "submit", lambda event: event.preventDefault())
        listen(by_id("new-weights"), "click", lambda event: on_new_weights())
        for name in fields.names(control=fields.SELECT) + fields.names(control=fields.BOX):
            self._listen(name)
        for name in fields.names(control=fields.SWITCH):
            self._listen_to_switch(name)
        self._offer_all_learning_rates()

    def _listen(self, name):
        field = by_id(name)
        listen(field, "change", lambda event: self.enter(name, field.value))
        if fields.FIELDS[name].control == fields.BOX:
            # A wrong entry that was mended by hand back to what it was changes nothing but takes the message away.
            listen(field, "input", lambda event: messages.clear(field))
            listen(field, "mousemove", lambda event: _tell_what_is_cut_off(field))

    def _listen_to_switch(self, name):
        field = by_id(name + "-switch")
        listen(field, "change", lambda event: self.enter(name, "on" if field.checked else "off"))

    def enter(self, name, text):
        """Takes up what a person put into a field; says so where it is not allowed, and then changes nothing."""
        control = fields.FIELDS[name].control
        field = by_id(name + "-switch" if control == fields.SWITCH else name)
        # What was wrong there is not any more, or is told anew.
        messages.clear(field)
        try:
            self.on_enter(name, text)
        except ValueError as error:
            messages.show(str(error), field)
            if control not in (fields.BOX, fields.SWITCH):
                field.value = self._text(name)
            # A wrong entry elsewhere has lost its message to this one: it gives way to what is in force.
            self.show()

    def show(self):
        """Puts the experiment into the controls."""
        experiment = self.experiment()
        for name in ("layer", "loss", "shading"):
            # What there is to choose of depends on the network or on the data.
            self._offer(by_id(name), wording.choices(experiment, name))
        for name in fields.names(control=fields.SELECT) + fields.names(control=fields.BOX):
            field = by_id(name)
            # What is being mended stays as it was typed.
            if field.getAttribute("aria-invalid") != "true":
                field.value = self._text(name)
        for name in fields.names(control=fields.SWITCH):
            by_id(name + "-switch").checked = experiment[name]
        for name, disabled in wording.disabled(experiment).items():
            by_id(name).disabled = disabled

    def _offer(self, field, offered):
        """Offers values by their labels in a list, if they are others than those in it."""
        labels = [label for _, label in offered]
        if field.options.length == len(labels) and field.textContent == "".join(labels):
            return
        field.replaceChildren(copies(element("option"), labels))
        for index, (value, label) in enumerate(offered):
            if value != label:
                field.options[index].value = value

    def _text(self, name):
        return wording.text(self.experiment(), name)

    def _offer_all_learning_rates(self):
        """Empties the box while it is pointed at: a browser offers only the suggestions that match what is in it."""
        field = by_id("learning_rate")

        def restore(event):
            if not field.value.strip() and field.getAttribute("aria-invalid") != "true":
                field.value = self._text("learning_rate")

        def empty(event):
            if field.getAttribute("aria-invalid") != "true":
                field.placeholder = field.value
                field.value = ""

        listen(field, "mousedown", empty)
        listen(field, "blur", restore)


def _tell_what_is_cut_off(field):
    """Has the browser show the whole text of a box beside the pointer, if the box is too small for it."""
    field.title = field.value if field.scrollWidth > field.clientWidth else ""
