"""The fields of an experiment: name, label, panel, default, how it is read and written, and on what it acts.

The address, the markup, the requests to the lab, the key of the compiler's cache, and what starts a new run follow from
this table. Each field is read on its own; conditions on several fields are checked by `shape.check`.
"""

import math
from collections import OrderedDict, namedtuple

from spec import registry, shape
from spec.texts import number_text, quoted

# Training steps per second; 0 stands for as many as possible.
SPEEDS = (1, 2, 5, 10, 20, 30, 60, 120, 250, 500, 1000, 0)
LEARNING_RATES = (0.0001, 0.001, 0.005, 0.01, 0.03, 0.05, 0.1, 0.3, 0.5, 1, 10)
SEED_LIMIT = 1 << 32
MOST_PENALTY = 10
MOST_DROPOUT = 0.9
# The most epochs that a schedule of the learning rate is counted in.
MOST_EPOCHS = 1000000
ROWS_LIMIT = 20000
# The fewest points that a data set is asked for, and the most classes.
LEAST_ROWS, MOST_CLASSES = 20, 10
# The largest per cent of a data set's own noise, which drowns it, and of held-out points.
MOST_NOISE, MOST_HELD_OUT = 1000, 90
# The most characters of a table's key.
LONGEST_KEY = 32

# On what a field acts when it is changed: on the page only; on what the views show; on how the plane lies among the
# columns of the data; on the running network; on the data or the initial numbers of a network whose formulas stay the
# same; or on the network itself.
PAGE, VIEW, PLANE, LIVE, NUMBERS, NETWORK = "page", "view", "plane", "live", "numbers", "network"
# The control of a field on the page: a list of choices, a box for text, a check box, a check box for each of several
# choices, a slider, or none of its own.
SELECT, BOX, SWITCH, BOXES, SLIDER, NOTHING = "select", "box", "switch", "boxes", "slider", ""

# parse(text): the value that a text stands for; raises ValueError with a sentence on what is allowed. text(value): its
# inverse. acts, control: one of those above. hints: more attributes of a box in the markup.
Field = namedtuple("Field", ("name", "label", "panel", "default", "parse", "text", "acts", "control", "hints"))

FIELDS = OrderedDict()  # type: OrderedDict[str, Field]


def enter(name, label, panel, default, parse, text, acts, control=NOTHING, **hints):
    """Adds a field after the existing ones."""
    FIELDS[name] = Field(name, label, panel, default, parse, text, acts, control, hints)


def remove(name):
    """Removes a field."""
    del FIELDS[name]


def enter_choice(kind, label, panel, default, acts):
    """Adds the field for the choice of a kind in `registry`."""

    def parse(text):
        keys = registry.entries(kind)
        if text not in keys:
            raise ValueError("%s must be one of %s; %s is not." % (label, ", ".join(keys), quoted(text)))
        return text

    enter(kind, label, panel, default, parse, str, acts, SELECT)


def enter_switch(name, label, panel, default):
    """Adds a field that is on or off, and acts on what the views show."""

    def parse(text):
        if text not in ("on", "off"):
            raise ValueError("%s must be on or off; %s is not." % (label, quoted(text)))
        return text == "on"

    enter(name, label, panel, default, parse, lambda value: "on" if value else "off", VIEW, SWITCH)


def defaults():
    """The experiment that the page starts with, an OrderedDict."""
    return OrderedDict([(name, field.default) for name, field in FIELDS.items()])


def choices():
    """The names of the fields that are the choice of one of a kind in `registry`."""
    return [kind for kind in registry.kinds() if kind in FIELDS]


def names(*acts, control=None):
    """The names of the fields that act on one of `acts` (all fields without any) and, if given, have that control."""
    return [
        field.name
        for field in FIELDS.values()
        if (not acts or field.acts in acts) and (control is None or field.control == control)
    ]


def parse(name, text):
    """The value that `text` stands for in field `name`. Raises ValueError with a sentence on what is allowed."""
    return FIELDS[name].parse(text)


def text_of(name, value):
    """A field's value as the text that `parse` reads back: `8, 4, 2`, `0.01`."""
    return FIELDS[name].text(value)


def same_run(one, other):
    """Whether two experiments have the same network and data, so that training continues."""
    return all(one[name] == other[name] for name in names(NUMBERS, NETWORK))


def changed(experiment, name, text):
    """A new experiment, with field `name` set to the value that `text` stands for.

    Raises ValueError with a sentence for the person who typed it. The old experiment is not changed.
    """
    if name == "batch_size":
        value = _whole_number(text, 1, shape.shape_of(experiment).training, "Batch size")
    elif name == "through" and text.strip() and shape.is_known(experiment):
        value = _whole_number(text, 0, shape.shape_of(experiment).rows - 1, "Through point")
    else:
        value = parse(name, text)
    result = dict(experiment)
    result[name] = value
    if name == "dimensions" and value:
        shape.check_dimensions(result, value)
    if name in ("across", "up") and value:
        shape.check_column(experiment, value, FIELDS[name].label)
    if name == "inputs" and value:
        shape.check_inputs(result, value)
    if FIELDS[name].acts in (NUMBERS, NETWORK):
        shape.check(result)
    return result


def to_query(experiment):
    """An experiment as a URL query: the fields that differ from their defaults, in the order of the fields.

    Where dimensions are chosen the projection is said as well, see `from_query`.
    """
    return "&".join(
        [
            # In a query a plus sign is a space.
            name + "=" + field.text(experiment[name]).replace(" ", "").replace("+", "")
            for name, field in FIELDS.items()
            if experiment[name] != field.default or (name == "projection" and experiment["dimensions"])
        ]
    )


def from_query(query):
    """`(experiment, complaints)`, read from a URL query or fragment.

    A field that cannot be read keeps its default and adds a complaint, which is a sentence. Unknown names are ignored,
    except those of TensorFlow Playground's links, see `playground_links`. Dimensions without a projection are shown.
    """
    given = {}
    for pair in query.lstrip("#?").split("&"):
        name, _, text = pair.partition("=")
        given[name] = _unquoted(text)
    experiment = defaults()
    complaints = []
    if "networkShape" in given:
        from spec import playground_links

        given, complaints = playground_links.translated(given)
    for name, field in FIELDS.items():
        if name in given:
            try:
                # A view field is not checked against the shown layer: another layer may have what this one lacks. A
                # batch may have been chosen for more points: of fewer it takes all.
                if field.acts == VIEW or name == "batch_size":
                    experiment[name] = field.parse(given[name])
                else:
                    experiment = changed(experiment, name, given[name])
            except ValueError as error:
                complaints.append(str(error))
    if experiment["dimensions"] and "projection" not in given:
        experiment["projection"] = "dimensions"
    return experiment, complaints


def _unquoted(text):
    for code, letter in (("%2C", ","), ("%2c", ","), ("%20", " "), ("+", " ")):
        text = text.replace(code, letter)
    return text


def data_of(experiment):
    """What the points depend on, to be compared with that of another experiment."""
    taken = [experiment[name] for name in ("points", "noise", "classes") if shape.is_taken(experiment, name)]
    return experiment["dataset"], experiment["table"], data_seed_of(experiment), shape.kept_columns(experiment), taken


def data_seed_of(experiment):
    """The seed of the data: their own one if there is one, else that of the weights."""
    return experiment["seed"] if experiment["data_seed"] is None else experiment["data_seed"]


def rounded_morph(share):
    """A share of the way to the next layer, from 0 to 1, as it stands in an experiment: with three digits, below 1."""
    return min(round(share, 3), 0.999)


# How the fields are read.


def _is_whole(text, length):
    """Whether a text is a whole number of at most `length` digits; a number of thousands would take long to read."""
    return 0 < len(text) <= length and all(letter in "0123456789" for letter in text)


def _whole_number(text, least, most, what):
    text = text.strip()
    allowed = "%s must be a whole number from %d to %d" % (what, least, most)
    if not _is_whole(text, 12):
        raise ValueError("%s; %s is not." % (allowed, quoted(text)))
    if not least <= int(text) <= most:
        raise ValueError("%s; %s is out of range." % (allowed, quoted(text)))
    return int(text)


def _parse_seed(text):
    return _whole_number(text, 0, SEED_LIMIT - 1, "Seed")


def _or_blank(least, most, what, blank=None):
    """Reads a whole number; a box that is left empty is `blank`."""
    return lambda text: _whole_number(text, least, most, what) if text.strip() else blank


def _per_cent(most, what, blank=None):
    """Reads a whole number of per cent, with its sign or without; a box that is left empty is `blank`."""
    parse = _or_blank(0, most, what, blank)

    def parse_per_cent(text):
        bare = text.strip()
        return parse(bare[:-1] if len(bare) > 1 and bare.endswith("%") else text)

    return parse_per_cent


def _parse_table(text):
    if len(text) > LONGEST_KEY or not all(letter in "0123456789abcdef" for letter in text):
        raise ValueError(
            "Table must be the key of a table, at most %d of the digits 0 to 9 and a to f; %s is not."
            % (LONGEST_KEY, quoted(text))
        )
    return text


def _parse_inputs(text):
    """The keys of the inputs; which of them the data offer is looked at where they are used, see `shape`."""
    features = registry.entries("feature")
    keys = tuple([key.strip() for key in text.split(",")]) if text.strip() else ()
    for index, key in enumerate(keys):
        # The largest number of a column has two digits.
        if key not in features and not _is_whole(key, 2):
            raise ValueError(
                "Inputs must be some of %s or, of data of more columns than two, numbers of columns, counted from 0; "
                "%s is not." % (", ".join(features), quoted(key) if key else "a comma with nothing beside it")
            )
        if key in keys[:index]:
            raise ValueError("Inputs must be different ones; %s is there twice." % quoted(key))
    return keys


def _parse_batch_size(text):
    return _whole_number(text, 1, ROWS_LIMIT, "Batch size")


def _decimal(text, message):
    """The finite number that a text stands for. Raises ValueError with `message`."""
    # `float` reads other texts too, such as nan or 1_0, but not the same ones in both Pythons.
    text = text.strip()
    if not all(letter in "0123456789.eE+-" for letter in text) or not any(letter in "0123456789" for letter in text):
        raise ValueError(message)
    try:
        value = float(text)
    except ValueError:
        raise ValueError(message) from None
    if not math.isfinite(value):
        raise ValueError(message)
    return value


def _parse_learning_rate(text):
    message = "Learning rate must be a positive number such as 0.01; %s is not." % quoted(text)
    value = _decimal(text, message)
    if not value > 0:
        raise ValueError(message)
    if not 1e-30 <= value <= 1e30:
        raise ValueError("Learning rate must lie between 1e-30 and 1e30; %s does not." % quoted(text))
    return value


def _penalty(label):
    """Reads the rate of a penalty; a box that is left empty is 0."""

    def parse(text):
        message = "%s must be 0 or a number from 1e-30 to %d, such as 0.001; %s is not." % (
            label,
            MOST_PENALTY,
            quoted(text),
        )
        value = _decimal(text, message) if text.strip() else 0.0
        if value and not 1e-30 <= value <= MOST_PENALTY:
            raise ValueError(message)
        return abs(value)

    return parse


def _parse_dropout(text):
    message = "Dropout must be a share from 0 to %s, such as 0.2; %s is not." % (
        number_text(MOST_DROPOUT),
        quoted(text),
    )
    value = _decimal(text, message) if text.strip() else 0.0
    if not 0 <= value <= MOST_DROPOUT:
        raise ValueError(message)
    return abs(value)


def _parse_clip(text):
    message = (
        "Clip gradients must be a length from 1e-30 to 1e30, such as 1, or nothing or 0 for no limit; %s is not."
    ) % quoted(text)
    value = _decimal(text, message) if text.strip() else 0.0
    if value and not 1e-30 <= value <= 1e30:
        raise ValueError(message)
    return abs(value)


# The kinds of what training may stop at, with the name that stands before the number; an epoch needs none.
STOPS = ("epoch", "loss", "patience")


def _parse_stop_at(text):
    words = text.strip()
    if not words:
        return ()
    kind, number = "epoch", words
    for name in STOPS:
        if words.lower().startswith(name):
            kind, number = name, words[len(name) :].strip()
    message = (
        "Stop at must be an epoch such as 200, a held-out loss such as loss 0.1, or for how many epochs it may be no "
        "better, such as patience 50; %s is not."
    ) % quoted(text)
    if kind == "loss":
        value = _decimal(number, message)
        if not 1e-30 <= value <= 1e30:
            raise ValueError(message)
        return kind, value
    if not _is_whole(number, 9) or int(number) < 1:
        raise ValueError(message)
    return kind, int(number)


def _stop_text(value):
    if not value:
        return ""
    kind, number = value
    return number_text(number) if kind == "epoch" else "%s %s" % (kind, number_text(number))


# The most digits of a hidden layer's number of neurons, far more than fit into any memory.
LONGEST_WIDTH = 15


def _parse_hidden_layers(text):
    if not text.strip():
        return ()
    widths = []
    for part in text.split(","):
        part = part.strip()
        # Only its beginning is looked at, for it may be a whole book.
        if len(part) > LONGEST_WIDTH and _is_whole(part[: LONGEST_WIDTH + 1], LONGEST_WIDTH + 1):
            raise ValueError(
                "Hidden layers must be numbers of at most %d digits; %s is not." % (LONGEST_WIDTH, quoted(part))
            )
        if not _is_whole(part, LONGEST_WIDTH) or int(part) < 1:
            raise ValueError(
                "Hidden layers must be whole numbers from 1 up, separated by commas, such as 8, 4, 2, or nothing for "
                "no hidden layer; %s is not." % (quoted(part) if part else "a comma with no number beside it")
            )
        widths.append(int(part))
    return tuple(widths)


def _parse_dimensions(text):
    if not text.strip():
        # See `shape.dimensions_of`.
        return ()
    allowed = "Dimensions must be two or three different whole numbers counted from 0, such as 0, 1"
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (2, 3) or not all(_is_whole(part, 9) for part in parts):
        raise ValueError("%s; %s is not." % (allowed, quoted(text)))
    dimensions = tuple([int(part) for part in parts])
    for index, dimension in enumerate(dimensions):
        if dimension in dimensions[:index]:
            raise ValueError("%s; %d is there twice." % (allowed, dimension))
    return dimensions


def _could_be_layer(text):
    # Compared letter by letter, because `isalpha` and the like differ between the two Pythons.
    return len(text) <= 24 and all(
        "a" <= letter <= "z" or "A" <= letter <= "Z" or "0" <= letter <= "9" for letter in text
    )


def _parse_layer(text):
    if not _could_be_layer(text):
        raise ValueError("Visualize layer must be the name of a layer such as fc1; %s is not." % quoted(text))
    return text


def _parse_neuron(text):
    layer, _, index = text.partition(".")
    if text and not (layer and _could_be_layer(layer) and _is_whole(index, 9)):
        raise ValueError(
            "Neuron must be the name of a layer and a number counted from 0, such as fc1.0; %s is not." % quoted(text)
        )
    return text


def _column(label):
    """Reads the number of a column, or nothing."""

    def parse(text):
        if text and not _is_whole(text, 2):
            raise ValueError(
                "%s must be the number of a column, counted from 0, or nothing; %s is not." % (label, quoted(text))
            )
        return text

    return parse


def _parse_morph(text):
    if not _is_whole(text.replace(".", "", 1), 8) or not float(text) < 1:
        raise ValueError("Morph must be a number from 0 to less than 1; %s is not." % quoted(text))
    return rounded_morph(float(text))


def _parse_speed(text):
    if text not in [str(speed) for speed in SPEEDS]:
        allowed = ", ".join([str(speed) for speed in SPEEDS if speed])
        raise ValueError(
            "Speed must be one of %s steps per second, or 0 for flat out; %s is not." % (allowed, quoted(text))
        )
    return int(text)


def _listed(numbers):
    return ", ".join([str(number) for number in numbers])


def _optional(value):
    return "" if value is None else str(value)


# This is also the order in the query and in every panel. Reading a field may depend on the fields before it.
enter_choice("dataset", "Dataset", "data", "circle", NUMBERS)
# Which of a person's own tables it is, by its key; of no use for other data sets.
enter("table", "Table", "data", "", _parse_table, str, NUMBERS)
# What is left empty is the data set's own.
_OWN = {"size": 6, "inputmode": "numeric"}
_parse_points = _or_blank(LEAST_ROWS, ROWS_LIMIT, "Points")
_parse_noise = _per_cent(MOST_NOISE, "Noise", 100)
_parse_held_out = _per_cent(MOST_HELD_OUT, "Held out")
_parse_classes = _or_blank(2, MOST_CLASSES, "Classes")
enter("points", "Points", "data", None, _parse_points, _optional, NUMBERS, BOX, **_OWN)
enter("noise", "Noise", "data", 100, _parse_noise, str, NUMBERS, BOX, **_OWN)
enter("held_out", "Held out", "data", None, _parse_held_out, _optional, NUMBERS, BOX, **_OWN)
enter_switch("held_out_points", "Show held-out points", "data", True)
enter("classes", "Classes", "data", None, _parse_classes, _optional, NUMBERS, BOX, **_OWN)
enter(
    "data_seed",
    "Data seed",
    "data",
    None,
    # Without one the data have the seed of the weights.
    _or_blank(0, SEED_LIMIT - 1, "Data seed"),
    _optional,
    NUMBERS,
    BOX,
    size=4,
    inputmode="numeric",
    placeholder="same",
)
enter("seed", "Seed", "data", 0, _parse_seed, str, NUMBERS, BOX, size=4, inputmode="numeric")
enter("inputs", "Inputs", "network", (), _parse_inputs, ", ".join, NETWORK, BOXES)
enter(
    "hidden_layers",
    "Hidden layers",
    "network",
    (8,),
    _parse_hidden_layers,
    _listed,
    NETWORK,
    BOX,
    size=8,
    inputmode="text",
    placeholder="none",
)
enter_choice("activation", "Activation", "network", "tanh", NETWORK)
enter_choice("normalization", "Normalization", "network", "none", NETWORK)
enter_choice("initialization", "Initialization", "network", "kaiming", NUMBERS)
enter(
    "learning_rate",
    "Learning rate",
    "training",
    0.01,
    _parse_learning_rate,
    number_text,
    LIVE,
    BOX,
    size=7,
    inputmode="decimal",
    list="learning_rates",
)
enter_choice("schedule", "Schedule", "training", "constant", LIVE)
_EPOCHS = {"size": 6, "inputmode": "numeric"}
_parse_decay_epochs = _or_blank(1, MOST_EPOCHS, "Decay epochs", 100)
_parse_warm_up = _or_blank(0, MOST_EPOCHS, "Warm-up", 0)
enter("decay_epochs", "Decay epochs", "training", 100, _parse_decay_epochs, str, LIVE, BOX, **_EPOCHS)
enter("warm_up", "Warm-up", "training", 0, _parse_warm_up, str, LIVE, BOX, **_EPOCHS)
enter("l1", "L1", "training", 0.0, _penalty("L1"), number_text, LIVE, BOX, size=7, inputmode="decimal")
enter("l2", "L2", "training", 0.0, _penalty("L2"), number_text, LIVE, BOX, size=7, inputmode="decimal")
enter("dropout", "Dropout", "training", 0.0, _parse_dropout, number_text, LIVE, BOX, size=7, inputmode="decimal")
enter("clip", "Clip gradients", "training", 0.0, _parse_clip, number_text, LIVE, BOX, size=7, inputmode="decimal")
enter_choice("optimizer", "Optimizer", "training", "momentum", NETWORK)
enter_choice("loss", "Loss", "training", "cross_entropy", NETWORK)
enter("batch_size", "Batch size", "training", 40, _parse_batch_size, str, NETWORK, BOX, size=4, inputmode="numeric")
enter(
    "stop_at",
    "Stop at",
    "training",
    (),
    _parse_stop_at,
    _stop_text,
    LIVE,
    BOX,
    size=10,
    inputmode="text",
    placeholder="never",
)
enter("layer", "Visualize layer", "view", "", _parse_layer, str, VIEW, SELECT)
enter("morph", "Morph", "view", 0.0, _parse_morph, number_text, VIEW)
enter_choice("shading", "Shading", "plane", "probability", VIEW)
enter("neuron", "Neuron", "plane", "", _parse_neuron, str, VIEW, BOX, size=8, inputmode="text")
enter("across", "Across", "plane", "", _column("Across"), str, PLANE, SELECT)
enter("up", "Up", "plane", "", _column("Up"), str, PLANE, SELECT)
enter(
    "through",
    "Through point",
    "plane",
    None,
    _or_blank(0, ROWS_LIMIT - 1, "Through point"),
    _optional,
    PLANE,
    BOX,
    size=8,
    inputmode="numeric",
    placeholder="the means",
)
enter_switch("contour", "Contour", "plane", True)
enter_switch("zero_lines", "Zero lines", "plane", False)
enter_switch("residuals", "Residuals", "plane", False)
enter_choice("projection", "Projection", "representation", "best", VIEW)
enter(
    "dimensions",
    "Dimensions",
    "representation",
    (),
    _parse_dimensions,
    _listed,
    VIEW,
    BOX,
    size=5,
    inputmode="text",
)
enter_switch("grid", "Grid", "representation", True)
enter_switch("boundary", "Boundary", "representation", True)
enter("speed", "Speed", "transport", 60, _parse_speed, str, PAGE, SLIDER)
