"""The controls of the fields: shows the experiment in them, and says why an entry is wrong."""

from page import messages, wording
from page.dom import by_id, copies, element, listen, set_text
from spec import fields

# The panels that say, folded, what is chosen in them.
PANELS = ("data", "network", "training")


class Controls:
    """Shows the experiment that `experiment()` returns; calls `on_enter(name, text)` for what a person enters.

    `on_enter` raises ValueError, with a sentence, for an entry that is not allowed. The choices are in the markup
    already, see `tools/markup.py`.
    """

    def __init__(self, experiment, on_enter, on_new_weights):
        self.experiment, self.on_enter = experiment, on_enter
        listen(by_id("controls"), "submit", lambda event: event.preventDefault())
        listen(by_id("new-weights"), "click", lambda event: on_new_weights())
        for name in fields.names(control=fields.SELECT) + fields.names(control=fields.BOX):
            self._listen(name)
        for name in fields.names(control=fields.SWITCH):
            self._listen_to_switch(name)
        for name in fields.names(control=fields.BOXES):
            self._listen_to_boxes(name)
        self._offer_all_learning_rates()
        messages.follow(self.show)

    def _listen(self, name):
        field = by_id(name)
        listen(field, "change", lambda event: self.enter(name, field.value))
        if fields.FIELDS[name].control == fields.BOX:
            # If a person corrects a wrong entry to what it was before, no change follows, but the message has to go.
            listen(field, "input", lambda event: messages.clear(field))

    def _listen_to_switch(self, name):
        field = by_id(name + "-switch")
        listen(field, "change", lambda event: self.enter(name, "on" if field.checked else "off"))

    def _listen_to_boxes(self, name):
        group = by_id(name)

        def change(event):
            chosen = [box.value for box in group.querySelectorAll("input") if box.checked]
            if chosen:
                self.enter(name, ", ".join(chosen), event.target)
            else:
                event.target.checked = True
                messages.show("%s: at least one is needed." % fields.FIELDS[name].label, event.target)

        listen(group, "change", change)

    def enter(self, name, text, field=None):
        """Handles what a person put into a field; if it is not allowed, shows a message and changes nothing.

        `field` is the element that was changed, unless it is the field's own one.
        """
        control = fields.FIELDS[name].control
        field = field or by_id(name + "-switch" if control == fields.SWITCH else name)
        # An earlier message about this field is out of date.
        messages.clear(field)
        try:
            self.on_enter(name, text)
        except ValueError as error:
            messages.show(str(error), field)
            if control == fields.SWITCH:
                field.checked = self.experiment()[name]
            elif control == fields.BOXES:
                self._show_boxes(name)
            elif control != fields.BOX:
                field.value = self._text(name)

    def show(self):
        """Puts the experiment into the controls."""
        experiment = self.experiment()
        for name in ("layer", "loss", "shading", "across", "up"):
            # What there is to choose of depends on the network or on the data.
            self._offer(by_id(name), wording.choices(experiment, name))
        for name in fields.names(control=fields.SELECT) + fields.names(control=fields.BOX):
            field = by_id(name)
            # A wrong entry stays as it was typed, so that it can be corrected.
            if field.getAttribute("aria-invalid") != "true":
                field.value = self._text(name)
        for name in fields.names(control=fields.SWITCH):
            by_id(name + "-switch").checked = experiment[name]
        for name in fields.names(control=fields.BOXES):
            self._show_boxes(name)
        for panel in PANELS:
            set_text(by_id(panel + "-summary"), wording.summary(experiment, panel))
        set_text(by_id("settings"), wording.settings_words(experiment))
        for name, hidden in wording.hidden(experiment).items():
            by_id(name).closest(".field").hidden = hidden
        for name, disabled in wording.disabled(experiment).items():
            is_switch = fields.FIELDS[name].control == fields.SWITCH
            by_id(name + "-switch" if is_switch else name).disabled = disabled

    def _offer(self, field, offered):
        """Fills a list with `(value, label)` pairs, unless it has the same labels already."""
        labels = [label for _, label in offered]
        if field.options.length == len(labels) and field.textContent == "".join(labels):
            return
        field.replaceChildren(copies(element("option"), labels))
        for index, (value, label) in enumerate(offered):
            if value != label:
                field.options[index].value = value

    def _show_boxes(self, name):
        """Shows which of several choices are made."""
        offered = wording.choices(self.experiment(), name)
        chosen = fields.parse(name, self._text(name))
        group = by_id(name)
        labels = [label for _, label in offered]
        boxes = group.querySelectorAll("input")
        if boxes.length != len(labels) or group.textContent != "".join(labels):
            group.replaceChildren(*[_box(name, key, label) for key, label in offered])
            boxes = group.querySelectorAll("input")
        for index, (key, _) in enumerate(offered):
            boxes[index].checked = key in chosen

    def _text(self, name):
        return wording.text(self.experiment(), name)

    def _offer_all_learning_rates(self):
        """Empties the box when it is clicked, because a browser offers only the suggestions that match its text."""
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


def _box(name, key, label):
    """A check box of a field, as `tools/markup.py` writes it, and described as `tips` does if that is there."""
    box = element("label")
    control = element("input", type="checkbox", id=wording.box_id(name, key), value=key, data_tip=name)
    if by_id("tip-" + name):
        control.setAttribute("aria-describedby", "tip-" + name)
    box.append(control, label)
    return box
