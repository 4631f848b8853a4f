"""What the controls say of an experiment, as texts: for the page, and for the markup that it is served as."""

import spec

TEXT_FIELDS = ("seed", "hidden_layers", "learning_rate", "batch_size", "dimensions")
SHAPES = ("circles", "triangles", "diamonds", "pentagons")


def names():
    """All fields that hold a text: choices, boxes and the layer."""
    return list(spec.CHOICES) + list(TEXT_FIELDS) + ["layer"]


def layers(experiment):
    """What there is to choose of for the layer to visualize."""
    return [name for name, _, _ in spec.layers(experiment)]


def text(experiment, name):
    """What a field says."""
    if name == "layer":
        return spec.shown_layer(experiment)[0]
    if name == "dimensions":
        return spec.text_of(name, spec.shown_dimensions(experiment))
    return spec.text_of(name, experiment[name])


def disabled(experiment):
    """Which fields have nothing to choose: another projection than by dimensions has none of those."""
    width = spec.shown_layer(experiment)[1]
    return {
        "dimensions": width == 1 or (width > 3 and experiment["projection"] != "dimensions"),
        "projection": width <= 3,
    }


def speed_text(speed):
    """The speed as it is seen."""
    return "%d step%s/s" % (speed, "" if speed == 1 else "s") if speed else "flat out"


def spoken_speed(speed):
    """The speed as it is heard."""
    return "%d steps per second" % speed if speed else "flat out, as fast as it goes"


def legend(experiment):
    """What the marks of the points mean, each with the name of its style."""
    classes = range(spec.CLASSES[experiment["dataset"]])
    return [("class %d: %s" % (index, SHAPES[index]), "class-%d" % index) for index in classes] + [
        ("hollow: held out", "held-out")
    ]
