"""The navigation bar: every hyper-parameter by its label, and what a wrong entry is told."""

import spec
from page import fields, messages
from page.dom import by_id, element, listen


class Controls:
    """Shows an experiment in the controls; calls `on_change(experiment)` with a new one when a person changes it.

    What there is to choose of is in the markup already, see `tools/markup.py`.
    """

    def __init__(self, on_change):
        self.on_change = on_change
        self.experiment = spec.DEFAULTS
        listen(by_id("controls"), "submit", lambda event: event.preventDefault())
        for name in fields.names():
            self._listen(name)
        for name in spec.SWITCHES:
            self._listen_to_switch(name)
        _offer_all_learning_rates(self)

    def _listen(self, name):
        field = by_id(name)

        def changed(event):
            self.enter(name, field.value)

        listen(field, "change", changed)
        if name in fields.TEXT_FIELDS:
            # A wrong entry that was mended by hand back to what it was changes nothing but takes the message away.
            listen(field, "input", lambda event: messages.clear(field))
            listen(field, "mousemove", lambda event: _tell_what_is_cut_off(field))

    def _listen_to_switch(self, name):
        field = by_id(name + "-switch")
        listen(field, "change", lambda event: self.enter(name, "on" if field.checked else "off"))

    def enter(self, name, text):
        """Takes up what a person put into a field; says so where it is not allowed, and then changes nothing."""
        field = by_id(name + "-switch" if name in spec.SWITCHES else name)
        if name == "layer" and text == spec.logits_layer(self.experiment):
            text = ""
        own = dict(self.experiment, dimensions=())
        if name == "dimensions" and text == spec.text_of(name, spec.shown_dimensions(own)):
            text = ""
        try:
            experiment = spec.changed(self.experiment, name, text)
        except ValueError as error:
            messages.show(str(error), field)
            if name not in fields.TEXT_FIELDS:
                field.value = self._text(name)
            # A wrong entry elsewhere has lost its message to this one: it gives way to what is in force.
            self.show(self.experiment)
            return
        messages.clear(field)
        if name == "layer" or not spec.same_run(experiment, self.experiment):
            experiment["layer"], _ = spec.shown_layer(experiment)
            experiment["morph"] = 0.0
            if experiment["layer"] == spec.logits_layer(experiment):
                experiment["layer"] = ""
        self.show(experiment)
        self.on_change(experiment)

    def show(self, experiment):
        """Puts an experiment into the controls."""
        self.experiment = experiment
        names = fields.layers(experiment)
        layer = by_id("layer")
        if [option.value for option in layer.options] != names:
            layer.replaceChildren(*[element("option", name, value=name) for name in names])
        for name in fields.names():
            field = by_id(name)
            # What is being mended stays as it was typed.
            if field.getAttribute("aria-invalid") != "true":
                field.value = self._text(name)
        for name in spec.SWITCHES:
            by_id(name + "-switch").checked = experiment[name]
        for name, disabled in fields.disabled(experiment).items():
            by_id(name).disabled = disabled

    def _text(self, name):
        return fields.text(self.experiment, name)


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
