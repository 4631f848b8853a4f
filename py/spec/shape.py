"""What follows from an experiment without computing: the shape of its data, its layers, and the memory it needs.

Places in the network, such as the layer that is shown, are given by names of layers. The functions here accept a name
that the network does not have, and then return a default.
"""

from collections import namedtuple

from spec import own_tables, registry
from spec.texts import bytes_in_words, quoted

# The most bytes that a page may use for training.
MEMORY_LIMIT = 1 << 30
# The number of hidden layers that is sure to run in every browser: Python's stack in WebAssembly is small.
DEPTH_LIMIT = 1000
# If there are more rows than this, projections and probes are computed from a sample of so many.
SAMPLE_ROWS = 2048

# So many layers are named in a message.
LISTED = 12

# The fields that, if they are empty, are left to the data set.
OWN = ("points", "held_out", "classes")

# rows, training: the number of examples, and of those to train on. columns: how many numbers an example is. inputs,
# outputs: the number of inputs and outputs of the network for each example; the inputs are the columns, or features of
# them. task: `registry.CLASSIFICATION` or `registry.REGRESSION`.
Shape = namedtuple("Shape", ("rows", "training", "columns", "inputs", "outputs", "task"))

# kind: "input", "dense", "softmax", or the key of a normalization or activation.
Layer = namedtuple("Layer", ("name", "kind", "width"))


def traits_of(experiment):
    """The traits of the experiment's data set, see `registry`; of a person's own table that is known, those of it."""
    traits = registry.entry("dataset", experiment["dataset"]).traits
    return own_tables.traits(experiment["table"]) or traits if traits.get("own") else traits


# The fields of the network that is made for a data set, see `settings_of`.
SETTINGS = ("hidden_layers", "activation", "normalization", "learning_rate", "optimizer", "loss", "batch_size")


def settings_of(experiment):
    """The fields in which the network for the experiment's data set differs from the defaults, with their values."""
    return traits_of(experiment).get("settings") or {}


def is_taken(experiment, name):
    """Whether the experiment's data set follows the field `name`: points, noise or classes."""
    return name in traits_of(experiment).get("takes", ())


def own(experiment, name):
    """What the experiment's data set has by itself of a field of `OWN`."""
    free = dict(experiment)
    free[name] = None
    found = shape_of(free)
    if name == "points":
        return found.rows
    if name == "classes":
        return found.outputs
    return round(100 * (found.rows - found.training) / found.rows)


def shape_of(experiment):
    """The `Shape` of the experiment's data.

    The set's own number of rows, share of held-out ones and number of outputs give way to what is chosen. At least one
    row is trained on.
    """
    traits = traits_of(experiment)
    taken = traits.get("takes", ())
    rows, outputs = traits["rows"], traits["outputs"]
    held_out, of = rows - traits["training"], rows
    if experiment["held_out"] is not None:
        held_out, of = experiment["held_out"], 100
    if experiment["points"] is not None and "points" in taken:
        rows = experiment["points"]
    if experiment["classes"] is not None and "classes" in taken:
        outputs = experiment["classes"]
    # Rounded, a half up, in whole numbers.
    training = max(1, rows - (2 * rows * held_out + of) // (2 * of))
    columns = traits["inputs"]
    inputs = len(chosen_inputs(experiment)) if experiment["inputs"] else columns
    if columns > MOST_FEATURED:
        columns = inputs
    return Shape(rows, training, columns, inputs, outputs, traits["task"])


# Data of so many columns have features as inputs; of more columns each can be an input or not.
MOST_FEATURED = 2


def offered_inputs(experiment):
    """The keys of what may be inputs of the network, in order: features, see `registry`, or numbers of columns.

    The pixels of images cannot be chosen among.
    """
    traits = traits_of(experiment)
    count = traits["inputs"]
    if count > MOST_FEATURED:
        return tuple([str(column) for column in range(0 if traits.get("image") else count)])
    features = registry.entries("feature").items()
    return tuple([key for key, entry in features if max(entry.traits["needs"]) < count])


def own_inputs(experiment):
    """The keys of the inputs that the data have by themselves, which are their columns."""
    traits = traits_of(experiment)
    count = traits["inputs"]
    return ("x", "y")[:count] if count <= MOST_FEATURED else tuple([str(column) for column in range(count)])


def chosen_inputs(experiment):
    """The keys of the network's inputs in order: the chosen ones that there are, or all columns if there are none."""
    chosen = experiment["inputs"]
    found = tuple([key for key in offered_inputs(experiment) if key in chosen]) if chosen else ()
    return found or own_inputs(experiment)


def kept_columns(experiment):
    """The numbers of the columns that are used of a data set of many; None where all are."""
    if not experiment["inputs"] or traits_of(experiment)["inputs"] <= MOST_FEATURED:
        return None
    chosen = chosen_inputs(experiment)
    return None if chosen == own_inputs(experiment) else tuple([int(key) for key in chosen])


def features(experiment):
    """The keys of the features that are the network's inputs; None where these are the columns themselves."""
    if not experiment["inputs"] or traits_of(experiment)["inputs"] > MOST_FEATURED:
        return None
    chosen = chosen_inputs(experiment)
    return None if chosen == own_inputs(experiment) else chosen


def is_known(experiment):
    """Whether the experiment's data are known: those of a person's own table are not before it is there."""
    return not traits_of(experiment).get("own") or own_tables.is_known(experiment["table"])


def sliceable(experiment):
    """The keys of the columns that a slice can show, as they are numbered in the data; () where there are two or less.

    The left view shows such data as a slice, on which two columns vary and the others do not, or as a projection.
    """
    if traits_of(experiment)["inputs"] <= MOST_FEATURED:
        return ()
    keys = chosen_inputs(experiment)
    return keys if len(keys) > MOST_FEATURED else ()


def shown_slice(experiment):
    """The two columns that vary on the slice, `(across, up)`, as numbers among those used; None if it is none."""
    if not (experiment["across"] and experiment["up"]) or experiment["across"] == experiment["up"]:
        return None
    keys = sliceable(experiment)
    if experiment["across"] not in keys or experiment["up"] not in keys:
        return None
    return keys.index(experiment["across"]), keys.index(experiment["up"])


def point_of_slice(experiment):
    """The row of the point through which the slice goes; None if the other columns are at their means."""
    row = experiment["through"]
    return row if row is not None and shown_slice(experiment) and row < shape_of(experiment).rows else None


def column_names(experiment):
    """The names of the columns that are used; empty where they have none."""
    names = traits_of(experiment).get("columns") or ()
    kept = kept_columns(experiment)
    return names if kept is None or not names else tuple([names[column] for column in kept])


def loss_of(experiment):
    """The key of the loss that is used: the chosen one if it fits the task, else the first that does."""
    task = shape_of(experiment).task
    fitting = [key for key, entry in registry.entries("loss").items() if task in entry.traits["tasks"]]
    return experiment["loss"] if experiment["loss"] in fitting else fitting[0]


def ends_in_softmax(experiment):
    """Whether the network ends in a softmax, which turns logits into probabilities."""
    return registry.trait("loss", loss_of(experiment), "softmax")


def batch_size_of(experiment):
    """The number of examples in a batch: the chosen one, or all training examples if there are fewer."""
    return min(experiment["batch_size"], shape_of(experiment).training)


def layers(experiment):
    """Every `Layer` in order, named as in the original demo.

    A normalization, if there is one, and an activation follow every dense layer except the last. The outputs of the
    last dense layer are the logits or, for regression, the prediction. With cross entropy a softmax follows it.
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
        # The page asks many times in a frame, always for the same network.
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


def first_neurons(experiment):
    """The names of the layers whose neurons each stand for a column of the first kernel: up to the second dense one."""
    names = []
    for layer in layers(experiment)[1:]:
        if layer.kind == "dense" and names:
            break
        names.append(layer.name)
    return names


def logits_layer(experiment):
    """The name of the last dense layer. It is the layer that is shown unless another one is chosen."""
    return "fc%d" % (len(experiment["hidden_layers"]) + 1)


def shown_layer(experiment):
    """The `Layer` to show: the chosen one, or the logits if the network has no layer of that name."""
    every = layers(experiment)
    for layer in every:
        if layer.name == experiment["layer"]:
            return layer
    return every[-2 if ends_in_softmax(experiment) else -1]


def shown_morph(experiment):
    """The share of the way from the shown layer to the next one; 0 if the shown layer is the last."""
    last = layers(experiment)[-1].name
    return 0.0 if shown_layer(experiment).name == last else experiment["morph"]


def shown_dimensions(experiment):
    """The dimensions of the shown layer to draw, see `dimensions_of`."""
    return dimensions_of(experiment, shown_layer(experiment).width)


def dimensions_of(experiment, width):
    """The dimensions to draw of a layer of that width, a tuple.

    They are the two or three chosen ones if the layer has them; else all of a layer of up to three, or the first two.
    """
    dimensions = tuple(experiment["dimensions"])
    if width > 1 and dimensions and max(dimensions) < width:
        return dimensions
    return tuple(range(width if width <= 3 else 2))


def shown_neuron(experiment):
    """`(layer, index)` of the neuron by which the plane may be shaded.

    It is the chosen one if the network has it; else the first neuron of the last activation or, if there are no hidden
    layers, the first input.
    """
    name, _, index = experiment["neuron"].partition(".")
    for layer in layers(experiment) if index else ():
        if layer.name == name and int(index) < layer.width:
            return name, int(index)
    depth = len(experiment["hidden_layers"])
    return experiment["activation"] + str(depth) if depth else "input", 0


def check_neuron(experiment, text):
    """Raises ValueError, with a sentence, if the network does not have the neuron that `text` stands for."""
    name, _, index = text.partition(".")
    widths = {layer.name: layer.width for layer in layers(experiment)}
    if name not in widths:
        there = layer_names(experiment)
        if len(there) > LISTED:
            there[LISTED - 1 : -1] = ["…"]
        raise ValueError("Neuron: the network has no layer %s; its layers are %s." % (quoted(name), ", ".join(there)))
    if int(index) >= widths[name]:
        raise ValueError(
            "Neurons of layer %s run from 0 to %d; %d is out of range." % (name, widths[name] - 1, int(index))
        )


def neuron_name(layer, index):
    """The text that stands for a neuron: `tanh1.3`."""
    return "%s.%d" % (layer, index)


def parameter_count(experiment):
    """The number of trainable numbers: kernels, biases, and the scales and shifts of normalizations."""
    shape = shape_of(experiment)
    widths = (shape.inputs,) + tuple(experiment["hidden_layers"]) + (shape.outputs,)
    scales_and_shifts = 0 if experiment["normalization"] == "none" else 2 * sum(experiment["hidden_layers"])
    return sum([(before + 1) * after for before, after in zip(widths, widths[1:])]) + scales_and_shifts


def memory_needed(experiment):
    """An estimate of the bytes that training needs: data, parameters, gradients, optimizer state and layers' outputs.

    During an update there are five arrays for each parameter (its previous, present and next value, its gradient and a
    temporary one) and three for each array of the optimizer.
    """
    shape = shape_of(experiment)
    copies = 5 + 3 * registry.trait("optimizer", experiment["optimizer"], "slots")
    rows = max(min(shape.rows, SAMPLE_ROWS), batch_size_of(experiment))
    outputs = rows * sum([layer.width for layer in layers(experiment)])
    data = shape.rows * (shape.columns + shape.inputs + shape.outputs)
    return 4 * (copies * parameter_count(experiment) + 4 * outputs + 2 * data)


def check(experiment):
    """Raises ValueError, with a sentence that names the limit, if the network is too deep or too large to train."""
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


def check_inputs(experiment, keys):
    """Raises ValueError, with a sentence, if the experiment's data do not offer all of `keys` as inputs."""
    if not is_known(experiment):
        return
    offered = offered_inputs(experiment)
    for key in keys:
        if key not in offered:
            if not offered:
                raise ValueError("Inputs: of images all pixels are inputs; %s cannot be chosen." % quoted(key))
            there = list(offered)
            if len(there) > LISTED:
                there[LISTED - 1 : -1] = ["…"]
            raise ValueError("Inputs of these data are some of %s; %s is not." % (", ".join(there), quoted(key)))


def check_column(experiment, key, label):
    """Raises ValueError, with a sentence, if the data do not have the column `key` for a slice; `label` asks for it."""
    keys = sliceable(experiment)
    if not is_known(experiment) or key in keys:
        return
    if not keys:
        raise ValueError("%s: these data have no more than two inputs, and all of the plane is seen." % label)
    raise ValueError("%s must be one of the columns %s; %s is not." % (label, ", ".join(keys), quoted(key)))


def check_dimensions(experiment, dimensions):
    """Raises ValueError, with a sentence, if the shown layer does not have all of `dimensions`."""
    name, _, width = shown_layer(experiment)
    if max(dimensions) >= width:
        if width == 1:
            raise ValueError("Layer %s has a single dimension, 0, which is drawn by itself." % name)
        raise ValueError(
            "Dimensions of layer %s run from 0 to %d; %d is out of range." % (name, width - 1, max(dimensions))
        )
