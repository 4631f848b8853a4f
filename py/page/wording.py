"""What the controls say of an experiment, as texts: for the page, and for the markup that it is served as."""

from spec import fields, registry, shape

SHAPES = ("circles", "triangles", "diamonds", "pentagons")


def choices(experiment, name):
    """`[(value, label)]`: what there is to choose of in a list."""
    if name == "layer":
        return [(layer, layer) for layer in shape.layer_names(experiment)]
    if name == "loss":
        task = shape.shape_of(experiment).task
        return [(key, entry.label) for key, entry in registry.entries(name).items() if task in entry.traits["tasks"]]
    return [(key, entry.label) for key, entry in registry.entries(name).items()]


def text(experiment, name):
    """What a field says."""
    if name == "layer":
        return shape.shown_layer(experiment).name
    if name == "loss":
        return shape.loss_of(experiment)
    if name == "dimensions":
        return fields.text_of(name, shape.shown_dimensions(experiment))
    return fields.text_of(name, experiment[name])


def disabled(experiment):
    """Which fields have nothing to choose: another projection than by dimensions has none of those."""
    width = shape.shown_layer(experiment).width
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
    classes = range(shape.shape_of(experiment).outputs)
    return [("class %d: %s" % (index, SHAPES[index]), "class-%d" % index) for index in classes] + [
        ("hollow: held out", "held-out")
    ]
