"""The navigation bar: every hyper-parameter by its label, and what a wrong entry is told."""

from page import messages, wording
from page.dom import by_id, element, listen
from spec import fields, shape


class Controls:
    """Shows an experiment in the controls; calls `on_change(experiment)` with a new one when a person changes it.

    What there is to choose of is in the markup already, see `tools/markup.py`.
    """

    def __init__(self, on_change):
        self.on_change = on_change
        self.experiment = fields.defaults()
        listen(by_id("controls"), "submit", lambda event: event.preventDefault())
        for name in fields.names(control=fields.SELECT) + fields.names(control=fields.BOX):
            self._listen(name)
        for name in fields.names(control=fields.SWITCH):
            self._listen_to_switch(name)
        _offer_all_learning_rates(self)

    def _listen(self, name):
        field = by_id(name)

        def changed(event):
            self.enter(name, field.value)

        listen(field, "change", changed)
        if fields.FIELDS[name].control == fields.BOX:
            # A wrong entry that was mended by hand back to what it was changes nothing but takes the message away.
            listen(field, "input", lambda event: messages.clear(field))
            listen(field, "mousemove", lambda event: _tell_what_is_cut_off(field))

    def _listen_to_switch(self, name):
        field = by_id(name + "-switch")
        listen(field, "change", lambda event: self.enter(name, "on" if field.checked else "off"))

    def enter(self, name, text):
        """Takes up what a person put into a field; says so where it is not allowed, and then changes nothing."""
        field = by_id(name + "-switch" if fields.FIELDS[name].control == fields.SWITCH else name)
        if name == "layer" and text == shape.logits_layer(self.experiment):
            text = ""
        own = dict(self.experiment, dimensions=())
        if name == "dimensions" and text == fields.text_of(name, shape.shown_dimensions(own)):
            text = ""
        try:
            experiment = fields.changed(self.experiment, name, text)
        except ValueError as error:
            messages.show(str(error), field)
            if fields.FIELDS[name].control != fields.BOX:
                field.value = self._text(name)
            # A wrong entry elsewhere has lost its message to this one: it gives way to what is in force.
            self.show(self.experiment)
            return
        messages.clear(field)
        if name == "layer" or not fields.same_run(experiment, self.experiment):
            experiment["layer"] = shape.shown_layer(experiment).name
            experiment["morph"] = 0.0
            if experiment["layer"] == shape.logits_layer(experiment):
                experiment["layer"] = ""
        self.show(experiment)
        self.on_change(experiment)

    def show(self, experiment):
        """Puts an experiment into the controls."""
        self.experiment = experiment
        for name in ("layer", "loss"):
            # What there is to choose of depends on the network or on the data.
            offered = wording.choices(experiment, name)
            if [option.value for option in by_id(name).options] != [value for value, _ in offered]:
                by_id(name).replaceChildren(*[element("option", label, value=value) for value, label in offered])
        for name in fields.names(control=fields.SELECT) + fields.names(control=fields.BOX):
            field = by_id(name)
            # What is being mended stays as it was typed.
            if field.getAttribute("aria-invalid") != "true":
                field.value = self._text(name)
        for name in fields.names(control=fields.SWITCH):
            by_id(name + "-switch").checked = experiment[name]
        for name, disabled in wording.disabled(experiment).items():
            by_id(name).disabled = disabled

    def _text(self, name):
        return wording.text(self.experiment, name)


def _tell_what_is_cut_off(field):
    """Has the browser show the whole text of a box beside the pointer, if the box is too small for it."""
    field.title = field.value if field.scrollWidth > field.clientWidth else ""


def _offer_all_learning_rates(controls):
    """Empties the box while it is pointed at: a browser offers only the suggestions that match what is in it."""
    field = by_id("learning_rate")

    def restore(event):
        if not field.value.strip() and field.getAttribute("aria-invalid") != "true":
            field.value = controls._text("learning_rate")

    def empty(event):
        if field.getAttribute("aria-invalid") != "true":
            field.placeholder = field.value
            field.value = ""

    listen(field, "mousedown", empty)
    listen(field, "blur", restore)
