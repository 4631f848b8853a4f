"""What the controls say of an experiment, as texts: for the page, and for the markup that it is served as."""

import spec

TEXT_FIELDS = ("seed", "hidden_layers", "learning_rate", "batch_size", "dimensions")
SHAPES = (
    "circles",
    "triangles",
    "diamonds",
    "squares",
    "plus signs",
    "crosses",
    "stars",
    "triangles upside down",
    "hourglasses",
    "bars",
)
# More classes than this are named by their numbers only.
NAMED = 3


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


def legend(task, outputs):
    """What the marks of the points mean, each with the name of its style."""
    if task == "regression":
        marks = [("least target", "level-0"), ("largest", "level-9")]
    elif outputs <= NAMED:
        marks = [(class_words(index), "class-%d" % index) for index in range(outputs)]
    else:
        marks = [(str(index), "class-%d" % index) for index in range(outputs)]
    return marks + [("hollow: held out", "held-out")]


def legend_label(task, outputs):
    """What the legend is called: with the shapes of all classes where these are not said in it."""
    if task == "regression" or outputs <= NAMED:
        return "Legend"
    return "Legend: " + ", ".join([class_words(index) for index in range(outputs)])


def class_words(index):
    return "class %d: %s" % (index, SHAPES[index % len(SHAPES)])
