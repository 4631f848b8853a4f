"""What follows from an experiment before anything is computed: the shape of its data, its layers, its size.

Positions in the network, such as the layer that is shown, are names of layers, and fit whatever network there is.
"""

from collections import namedtuple

from spec import registry
from spec.texts import bytes_in_words

# Bytes that a page may use for training.
MEMORY_LIMIT = 1 << 30
# Hidden layers that are sure to run in every browser: Python's stack in WebAssembly is small.
DEPTH_LIMIT = 1000
# Of more rows than that, what a layer makes of them is looked at by a sample of so many.
SAMPLE_ROWS = 2048

# rows, training: how many examples there are, and how many of them to train on. inputs, outputs: numbers that go into
# the network for each, and that come out of it. task: `registry.CLASSIFICATION` or `registry.REGRESSION`.
Shape = namedtuple("Shape", ("rows", "training", "inputs", "outputs", "task"))

# kind: "input", "dense", "softmax", or the key of a normalization or activation.
Layer = namedtuple("Layer", ("name", "kind", "width"))


def shape_of(experiment):
    """The `Shape` of the experiment's data."""
    traits = registry.entry("dataset", experiment["dataset"]).traits
    return Shape(*[traits[name] for name in ("rows", "training", "inputs", "outputs", "task")])


def loss_of(experiment):
    """The key of the loss in force: the chosen one, or else the first that fits the task."""
    task = shape_of(experiment).task
    fitting = [key for key, entry in registry.entries("loss").items() if task in entry.traits["tasks"]]
    return experiment["loss"] if experiment["loss"] in fitting else fitting[0]


def ends_in_softmax(experiment):
    """Whether a softmax makes probabilities of the logits."""
    return registry.trait("loss", loss_of(experiment), "softmax")


def batch_size_of(experiment):
    """How many examples a step takes: as many as chosen, or all where there are fewer."""
    return min(experiment["batch_size"], shape_of(experiment).training)


def layers(experiment):
    """Every `Layer` in order, named as in the original demo.

    A normalization and an activation follow every dense layer but the last, whose outputs are the logits, or with
    regression the prediction; with cross entropy a softmax ends the network.
    """
    shape = shape_of(experiment)
    network = (
        shape.inputs,
        tuple(experiment["hidden_layers"]),
        experiment["normalization"],
        experiment["activation"],
        shape.outputs,
        ends_in_softmax(experiment),
    )
    if network not in _layers:
        # A page asks many times a frame, for one network.
        _layers.clear()
        _layers[network] = tuple(_layers_of(*network))
    return list(_layers[network])


# The layers of the network that was asked for last.
_layers: dict = {}


def _layers_of(inputs, widths, normalization, activation, outputs, softmax):
    result = [Layer("input", "input", inputs)]
    for index, width in enumerate(widths):
        number = str(index + 1)
        result.append(Layer("fc" + number, "dense", width))
        if normalization != "none":
            name = registry.trait("normalization", normalization, "name") + number
            result.append(Layer(name, normalization, width))
        result.append(Layer(activation + number, activation, width))
    result.append(Layer("fc%d" % (len(widths) + 1), "dense", outputs))
    if softmax:
        result.append(Layer("softmax", "softmax", outputs))
    return result


def layer_names(experiment):
    """The names of all layers in order."""
    return [layer.name for layer in layers(experiment)]


def logits_layer(experiment):
    """The name of the last dense layer, which ends the network before any softmax: shown unless another is chosen."""
    return "fc%d" % (len(experiment["hidden_layers"]) + 1)


def shown_layer(experiment):
    """The `Layer` to draw: the chosen one, or the logits where there is none of that name."""
    every = layers(experiment)
    for layer in every:
        if layer.name == experiment["layer"]:
            return layer
    return every[-2 if ends_in_softmax(experiment) else -1]


def shown_morph(experiment):
    """The share of the way from the shown layer to the next; none where it is the last."""
    last = layers(experiment)[-1].name
    return 0.0 if shown_layer(experiment).name == last else experiment["morph"]


def shown_dimensions(experiment):
    """The dimensions to draw of the shown layer: the chosen two or three, or else its own up to three, or two."""
    return dimensions_of(experiment, shown_layer(experiment).width)


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
    name, _, index = experiment["neuron"].partition(".")
    for layer in layers(experiment) if index else ():
        if layer.name == name and int(index) < layer.width:
            return name, int(index)
    depth = len(experiment["hidden_layers"])
    return experiment["activation"] + str(depth) if depth else "input", 0


def neuron_name(layer, index):
    """How a neuron is written: `tanh1.3`."""
    return "%s.%d" % (layer, index)


def parameter_count(experiment):
    """How many numbers the network learns: kernels, biases, and a scale and a shift where it normalizes."""
    shape = shape_of(experiment)
    widths = (shape.inputs,) + tuple(experiment["hidden_layers"]) + (shape.outputs,)
    scales_and_shifts = 0 if experiment["normalization"] == "none" else 2 * sum(experiment["hidden_layers"])
    return sum([(before + 1) * after for before, after in zip(widths, widths[1:])]) + scales_and_shifts


def memory_needed(experiment):
    """Bytes that training takes, near enough: data, parameters, gradients, optimizer state and layers' outputs.

    While it is updated a parameter is there five times over: as it was a step ago, as it is, as it will be, its
    gradient and one temporary; and so is each of the optimizer's arrays three times.
    """
    shape = shape_of(experiment)
    copies = 5 + 3 * registry.trait("optimizer", experiment["optimizer"], "slots")
    rows = max(min(shape.rows, SAMPLE_ROWS), batch_size_of(experiment))
    outputs = rows * sum([layer.width for layer in layers(experiment)])
    data = shape.rows * (shape.inputs + shape.outputs)
    return 4 * (copies * parameter_count(experiment) + 4 * outputs + 2 * data)


def check(experiment):
    """Raises ValueError where a network is too deep or too large to train here, saying what the limit is."""
    depth = len(experiment["hidden_layers"])
    if depth > DEPTH_LIMIT:
        raise ValueError(
            "This network is too deep: it has %d hidden layers, and there may be at most %d." % (depth, DEPTH_LIMIT)
        )
    needed = memory_needed(experiment)
    if needed > MEMORY_LIMIT:
        raise ValueError(
            "This network is too large: it would need about %s of memory, and a page may use at most %s. "
            "Use fewer or narrower hidden layers." % (bytes_in_words(needed), bytes_in_words(MEMORY_LIMIT))
        )


def check_dimensions(experiment, dimensions):
    """Raises ValueError where the shown layer has fewer dimensions than asked for."""
    name, _, width = shown_layer(experiment)
    if max(dimensions) >= width:
        if width == 1:
            raise ValueError("Layer %s has a single dimension, 0, which is drawn by itself." % name)
        raise ValueError(
            "Dimensions of layer %s run from 0 to %d; %d is out of range." % (name, width - 1, max(dimensions))
        )
