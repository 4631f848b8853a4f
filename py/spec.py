"""What an experiment is: every choice, its default, its range, and its place in the URL.

Read by both Pythons of the page, MicroPython on the main thread and CPython in the worker, so this module imports only
what both have, and keeps in an OrderedDict what has an order: MicroPython's dict has none. An experiment is a dict from
the names in `DEFAULTS` to values.

A new dataset, activation, loss, optimizer or initialization is a function of that name in `lab` and a line here.
"""

import math
from collections import OrderedDict

LEARNING_RATES = (0.0001, 0.001, 0.005, 0.01, 0.03, 0.05, 0.1, 0.3, 0.5, 1, 10)
OPTIMIZERS = OrderedDict(
    [
        ("sgd", "SGD"),
        ("momentum", "Momentum"),
        ("nesterov", "Nesterov"),
        ("adam", "Adam"),
        ("rmsprop", "RMSProp"),
    ]
)
NORMALIZATIONS = OrderedDict(
    [
        ("none", "None"),
        ("batch_norm", "Batch norm"),
        ("layer_norm", "Layer norm"),
    ]
)
INITIALIZATIONS = OrderedDict(
    [
        ("kaiming", "Kaiming"),
        ("lecun", "LeCun"),
        ("random_normal", "Random normal"),
        ("zeros", "Zeros"),
        ("ones", "Ones"),
    ]
)
ACTIVATIONS = OrderedDict(
    [
        ("relu", "ReLU"),
        ("tanh", "Tanh"),
        ("sigmoid", "Sigmoid"),
        ("linear", "Linear"),
    ]
)
LOSSES = OrderedDict(
    [
        ("cross_entropy", "Cross entropy"),
        ("mean_squared_error", "Mean squared error"),
    ]
)
DATASETS = OrderedDict(
    [
        ("spiral", "Spiral"),
        ("circle", "Circle"),
        ("gaussian", "Gaussian"),
        ("xor", "XOR"),
    ]
)
# How the input plane is shaded.
SHADINGS = OrderedDict(
    [
        ("probability", "Probability"),
        ("classes", "Classes"),
        ("confidence", "Confidence"),
        ("neuron", "Neuron"),
    ]
)
# How a layer of more than three dimensions is made flat or spatial.
PROJECTIONS = OrderedDict(
    [
        ("dimensions", "Dimensions"),
        ("pca", "PCA"),
        ("tour", "Grand tour"),
    ]
)

CHOICES = {
    "optimizer": OPTIMIZERS,
    "normalization": NORMALIZATIONS,
    "initialization": INITIALIZATIONS,
    "activation": ACTIVATIONS,
    "loss": LOSSES,
    "dataset": DATASETS,
    "shading": SHADINGS,
    "projection": PROJECTIONS,
}
# What is drawn or not.
SWITCHES = ("contour", "zero_lines", "grid", "boundary")

# Training steps per second; the last, 0, is flat out.
SPEEDS = (1, 2, 5, 10, 20, 30, 60, 120, 250, 500, 1000, 0)

POINTS = 200
TRAINING_POINTS = 180
DIMENSIONS_OF_INPUT = 2
CLASSES = {"spiral": 2, "circle": 2, "gaussian": 2, "xor": 2}
MEMORY_LIMIT = 1 << 30
SEED_LIMIT = 1 << 32

DEFAULTS = OrderedDict(
    [
        ("learning_rate", 0.01),
        ("optimizer", "momentum"),
        ("normalization", "none"),
        ("initialization", "kaiming"),
        ("activation", "tanh"),
        ("loss", "cross_entropy"),
        ("dataset", "circle"),
        ("batch_size", 40),
        ("hidden_layers", (8,)),
        ("seed", 0),
        ("shading", "probability"),
        ("neuron", ""),
        ("contour", True),
        ("zero_lines", False),
        ("layer", ""),
        ("morph", 0.0),
        ("projection", "dimensions"),
        ("dimensions", ()),
        ("grid", True),
        ("boundary", True),
        ("speed", 60),
    ]
)

# What is looked at, and how.
VIEW = (
    "shading",
    "neuron",
    "contour",
    "zero_lines",
    "layer",
    "morph",
    "projection",
    "dimensions",
    "grid",
    "boundary",
)
# These act on a running network; a change of any other starts it afresh.
LIVE = ("learning_rate", "speed") + VIEW

LABELS = {
    "learning_rate": "Learning rate",
    "optimizer": "Optimizer",
    "normalization": "Normalization",
    "initialization": "Initialization",
    "activation": "Activation",
    "loss": "Loss",
    "dataset": "Dataset",
    "batch_size": "Batch size",
    "hidden_layers": "Hidden layers",
    "seed": "Seed",
    "shading": "Shading",
    "neuron": "Neuron",
    "contour": "Contour",
    "zero_lines": "Zero lines",
    "layer": "Visualize layer",
    "morph": "Morph",
    "projection": "Projection",
    "dimensions": "Dimensions",
    "grid": "Grid",
    "boundary": "Boundary",
    "speed": "Speed",
}

# How many arrays as large as the parameters an optimizer keeps.
OPTIMIZER_SLOTS = {"sgd": 0, "momentum": 1, "nesterov": 1, "adam": 2, "rmsprop": 1}
_NORMALIZATION_NAMES = {"batch_norm": "BN", "layer_norm": "LN"}


def layers(experiment):
    """Every layer in order as `(name, kind, width)`, named as in the original demo.

    A normalization and an activation follow every dense layer but the last, whose outputs are the logits; with
    cross entropy a softmax ends the network.
    """
    normalization = experiment["normalization"]
    activation = experiment["activation"]
    widths = tuple(experiment["hidden_layers"]) + (CLASSES[experiment["dataset"]],)
    result = [("input", "input", DIMENSIONS_OF_INPUT)]
    for index, width in enumerate(widths):
        number = str(index + 1)
        result.append(("fc" + number, "dense", width))
        if index < len(widths) - 1:
            if normalization != "none":
                result.append((_NORMALIZATION_NAMES[normalization] + number, normalization, width))
            result.append((activation + number, activation, width))
    if experiment["loss"] == "cross_entropy":
        result.append(("softmax", "softmax", widths[-1]))
    return result


def logits_layer(experiment):
    """The name of the layer that ends the network before any softmax: what is shown unless another is chosen."""
    names = [name for name, kind, width in layers(experiment) if kind != "softmax"]
    return names[-1]


def shown_layer(experiment):
    """`(name, width)` of the layer to draw: the chosen one, or the logits where that name does not exist."""
    widths = {name: width for name, kind, width in layers(experiment)}
    name = experiment["layer"]
    if name not in widths:
        name = logits_layer(experiment)
    return name, widths[name]


def shown_morph(experiment):
    """The share of the way from the shown layer to the next; none where it is the last."""
    last, _, _ = layers(experiment)[-1]
    return 0.0 if shown_layer(experiment)[0] == last else experiment["morph"]


def rounded_morph(share):
    """A share of the way to the next layer, from 0 to 1, as an experiment says it: three digits, and less than 1."""
    return min(round(share, 3), 0.999)


def shown_dimensions(experiment):
    """The dimensions to draw of the shown layer: the chosen two or three, or else its own up to three, or two."""
    _, width = shown_layer(experiment)
    return dimensions_of(experiment, width)


def dimensions_of(experiment, width):
    """The dimensions to draw of a layer of that width."""
    dimensions = tuple(experiment["dimensions"])
    if width > 1 and dimensions and max(dimensions) < width:
        return dimensions
    return tuple(range(width if width <= 3 else 2))


def shown_neuron(experiment):
    """`(layer, index)` of the neuron that the plane may be shaded by: the chosen one, or the last hidden layer's first.

    Without a hidden layer that is the input's first.
    """
    every = layers(experiment)
    chosen = _neuron_parts(experiment["neuron"])
    for name, _, width in every:
        if chosen and chosen[0] == name and chosen[1] < width:
            return chosen
    hidden = [name for name, kind, _ in every if kind in ACTIVATIONS]
    return (hidden or ["input"])[-1], 0


def neuron_name(layer, index):
    """How a neuron is written: `tanh1.3`."""
    return "%s.%d" % (layer, index)


def _neuron_parts(text):
    layer, _, index = text.partition(".")
    return (layer, int(index)) if index else None


def parameter_count(experiment):
    """How many numbers the network learns: kernels, biases, and a scale and a shift where it normalizes."""
    widths = (DIMENSIONS_OF_INPUT,) + tuple(experiment["hidden_layers"]) + (CLASSES[experiment["dataset"]],)
    scales_and_shifts = 0 if experiment["normalization"] == "none" else 2 * sum(experiment["hidden_layers"])
    return sum((before + 1) * after for before, after in zip(widths, widths[1:])) + scales_and_shifts


def memory_needed(experiment):
    """Bytes that training takes, near enough: parameters, gradients, optimizer state and every layer's output.

    While it is updated a parameter is there five times over: as it was a step ago, as it is, as it will be, its
    gradient and one temporary; and so is each of the optimizer's arrays three times.
    """
    copies = 5 + 3 * OPTIMIZER_SLOTS[experiment["optimizer"]]
    rows = max(POINTS, experiment["batch_size"])
    outputs = rows * sum(width for name, kind, width in layers(experiment))
    return 4 * (copies * parameter_count(experiment) + 4 * outputs)


def same_run(one, other):
    """Whether two experiments are the same network on the same data, so that training can go on."""
    return all(one[name] == other[name] for name in DEFAULTS if name not in LIVE)


def bytes_in_words(count):
    """A number of bytes as a person reads it: `12 MB`, `3.7 GB`."""
    units = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")
    unit = 0
    while count >= 999.5 and unit < len(units) - 1:
        count /= 1000
        unit += 1
    return ("%.1f %s" if unit and count < 9.95 else "%.0f %s") % (count, units[unit])


def _whole_number(text, least, most, what):
    text = text.strip()
    allowed = "%s must be a whole number from %d to %d" % (what, least, most)
    # The length is checked first: a number with thousands of digits takes long to read.
    if not text or len(text) > 12 or not all(letter in "0123456789" for letter in text):
        raise ValueError("%s; %s is not." % (allowed, _quoted(text)))
    if not least <= int(text) <= most:
        raise ValueError("%s; %s is out of range." % (allowed, _quoted(text)))
    return int(text)


def _quoted(text):
    text = text.strip()
    if not text:
        return "an empty box"
    text = text if len(text) <= 24 else text[:23] + "…"
    return "“%s”" % "".join("�" if _is_unseen(ord(letter)) else letter for letter in text)


def _is_unseen(code):
    """Whether a letter is a control character, or one that has no width or turns the direction of writing around."""
    return (
        code < 32
        or 127 <= code < 160
        or 0x200B <= code <= 0x200F
        or 0x2028 <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
    )


def _parse_learning_rate(text):
    message = "Learning rate must be a positive number such as 0.01; %s is not." % _quoted(text)
    # What else `float` reads, such as nan or 1_0, is not the same in both Pythons.
    if not all(letter in "0123456789.eE+-" for letter in text.strip()):
        raise ValueError(message)
    try:
        value = float(text)
    except ValueError:
        raise ValueError(message) from None
    if not math.isfinite(value) or not value > 0:
        raise ValueError(message)
    if not 1e-30 <= value <= 1e30:
        raise ValueError("Learning rate must lie between 1e-30 and 1e30; %s does not." % _quoted(text))
    return value


def _parse_hidden_layers(text):
    if not text.strip():
        return ()
    widths = []
    for part in text.split(","):
        part = part.strip()
        if not part or len(part) > 15 or not all(letter in "0123456789" for letter in part) or int(part) < 1:
            raise ValueError(
                "Hidden layers must be whole numbers from 1 up, separated by commas, such as 8, 4, 2, or nothing for "
                "no hidden layer; %s is not." % (_quoted(part) if part else "a comma with no number beside it")
            )
        widths.append(int(part))
    return tuple(widths)


def _parse_dimensions(text):
    if not text.strip():
        # As many as the layer has itself, as far as they can be shown.
        return ()
    allowed = "Dimensions must be two or three different whole numbers counted from 0, such as 0, 1"
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in (2, 3) or not all(
        part and len(part) < 10 and all(letter in "0123456789" for letter in part) for part in parts
    ):
        raise ValueError("%s; %s is not." % (allowed, _quoted(text)))
    dimensions = tuple(int(part) for part in parts)
    for index, dimension in enumerate(dimensions):
        if dimension in dimensions[:index]:
            raise ValueError("%s; %d is there twice." % (allowed, dimension))
    return dimensions


def _could_be_layer(text):
    # Letter by letter: what is a letter or a small one of it is not the same in both Pythons.
    return len(text) <= 24 and all(
        "a" <= letter <= "z" or "A" <= letter <= "Z" or "0" <= letter <= "9" for letter in text
    )


def _parse_layer(text):
    if not _could_be_layer(text):
        raise ValueError("Visualize layer must be the name of a layer such as fc1; %s is not." % _quoted(text))
    return text


def _parse_neuron(text):
    layer, _, index = text.partition(".")
    number = 0 < len(index) < 10 and all(letter in "0123456789" for letter in index)
    if text and not (layer and _could_be_layer(layer) and number):
        raise ValueError(
            "Neuron must be the name of a layer and a number counted from 0, such as fc1.0; %s is not." % _quoted(text)
        )
    return text


def _parse_morph(text):
    digits = text.replace(".", "", 1)
    plain = 0 < len(digits) <= 8 and all(letter in "0123456789" for letter in digits)
    if not plain or not float(text) < 1:
        raise ValueError("Morph must be a number from 0 to less than 1; %s is not." % _quoted(text))
    return rounded_morph(float(text))


def _parse_switch(name, text):
    if text not in ("on", "off"):
        raise ValueError("%s must be on or off; %s is not." % (LABELS[name], _quoted(text)))
    return text == "on"


def _parse_speed(text):
    allowed = "Speed must be one of %s steps per second, or 0 for flat out" % ", ".join(
        str(speed) for speed in SPEEDS if speed
    )
    if text not in [str(speed) for speed in SPEEDS]:
        raise ValueError("%s; %s is not." % (allowed, _quoted(text)))
    return int(text)


def _parse_choice(name, text):
    if text not in CHOICES[name]:
        raise ValueError("%s must be one of %s; %s is not." % (LABELS[name], ", ".join(CHOICES[name]), _quoted(text)))
    return text


_PARSERS = {
    "learning_rate": _parse_learning_rate,
    "batch_size": lambda text: _whole_number(text, 1, TRAINING_POINTS, "Batch size"),
    "hidden_layers": _parse_hidden_layers,
    "seed": lambda text: _whole_number(text, 0, SEED_LIMIT - 1, "Seed"),
    "neuron": _parse_neuron,
    "layer": _parse_layer,
    "morph": _parse_morph,
    "dimensions": _parse_dimensions,
    "speed": _parse_speed,
}


def parse(name, text):
    """The value that `text` stands for in field `name`; ValueError says what is allowed."""
    if name in CHOICES:
        return _parse_choice(name, text)
    if name in SWITCHES:
        return _parse_switch(name, text)
    return _PARSERS[name](text)


def text_of(name, value):
    """A field's value as the text that `parse` reads back: `8, 4, 2`, `0.01`."""
    if name in ("hidden_layers", "dimensions"):
        return ", ".join(str(number) for number in value)
    if name in SWITCHES:
        return "on" if value else "off"
    if name == "morph":
        return "%.3g" % value
    if name == "learning_rate" and value >= 1 and value == int(value) and value < 1e15:
        return str(int(value))
    return str(value)


def check(experiment):
    """Raises ValueError where a network is too large to train here, saying what it would need."""
    needed = memory_needed(experiment)
    if needed > MEMORY_LIMIT:
        raise ValueError(
            "This network is too large: it would need about %s of memory, and a page may use at most %s. "
            "Use fewer or narrower hidden layers." % (bytes_in_words(needed), bytes_in_words(MEMORY_LIMIT))
        )


def check_dimensions(experiment, dimensions):
    """Raises ValueError where the shown layer has fewer dimensions than asked for."""
    name, width = shown_layer(experiment)
    if max(dimensions) >= width:
        if width == 1:
            raise ValueError("Layer %s has a single dimension, 0, which is drawn by itself." % name)
        raise ValueError(
            "Dimensions of layer %s run from 0 to %d; %d is out of range." % (name, width - 1, max(dimensions))
        )


def changed(experiment, name, text):
    """A new experiment with field `name` set to what `text` says.

    Raises ValueError with a message for the person who typed it; the old experiment is never altered.
    """
    value = parse(name, text)
    result = dict(experiment)
    result[name] = value
    if name == "dimensions" and value:
        check_dimensions(result, value)
    if name not in LIVE:
        check(result)
    return result


def to_query(experiment):
    """An experiment as a URL query: only what differs from the defaults, in the order of the fields."""
    return "&".join(
        # In a query a plus sign is a space; 1e16 says the same as 1e+16.
        name + "=" + text_of(name, experiment[name]).replace(" ", "").replace("+", "")
        for name in DEFAULTS
        if experiment[name] != DEFAULTS[name]
    )


def from_query(query):
    """`(experiment, complaints)` of a URL query or fragment.

    A field that cannot be read keeps its default and adds a complaint, a sentence; unknown names are ignored.
    """
    given = {}
    for pair in query.lstrip("#?").split("&"):
        name, _, text = pair.partition("=")
        given[name] = _unquoted(text)
    experiment = dict(DEFAULTS)
    complaints = []
    for name in DEFAULTS:
        if name in given:
            try:
                # What one layer lacks another may have: a choice of what to look at is never out of range.
                if name in VIEW:
                    experiment[name] = parse(name, given[name])
                else:
                    experiment = changed(experiment, name, given[name])
            except ValueError as error:
                complaints.append(str(error))
    return experiment, complaints


def _unquoted(text):
    for code, letter in (("%2C", ","), ("%2c", ","), ("%20", " "), ("+", " ")):
        text = text.replace(code, letter)
    return text
