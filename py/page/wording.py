"""Texts of the controls for an experiment; used by the page, and for the markup that is served. Pure."""

from spec import fields, registry, shape
from spec.texts import quoted

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
# The kinds of layers that keep straight lines straight.
AFFINE = ("input", "dense", "batch_norm", "linear")
# More classes than this are named by their numbers only, as there would not be room enough for all on one line.
NAMED = 2
# More inputs than this are counted in a summary instead of named.
NAMED_INPUTS = 4
# Fields whose numbers are per cent.
PER_CENT = ("noise", "held_out")


def choices(experiment, name):
    """`[(value, label)]`: the choices of a field, in its list or by check boxes."""
    if name == "layer":
        return [(layer, layer) for layer in shape.layer_names(experiment)]
    if name == "inputs":
        labels = _input_labels(experiment)
        return [(key, labels[key]) for key in shape.offered_inputs(experiment)]
    if name in PRINCIPAL:
        labels = _input_labels(experiment)
        return [("", PRINCIPAL[name])] + [(key, labels[key]) for key in shape.sliceable(experiment)]
    task = shape.shape_of(experiment).task
    fitting = [key for key, entry in registry.entries(name).items() if task in entry.traits.get("tasks", (task,))]
    return [(key, registry.label(name, key, task)) for key in fitting]


def groups(experiment, name):
    """`[(heading, choices)]`: the `choices` of a field under their headings, which are "" where there is none."""
    result = []
    for key, label in choices(experiment, name):
        heading = registry.trait(name, key, "group") if name in registry.kinds() else None
        if not result or result[-1][0] != (heading or ""):
            result.append((heading or "", []))
        result[-1][1].append((key, label))
    return result


def text(experiment, name):
    """The text that a field shows."""
    if name == "layer":
        return shape.shown_layer(experiment).name
    if name == "loss":
        return shape.loss_of(experiment)
    if name == "dimensions":
        return fields.text_of(name, shape.shown_dimensions(experiment))
    if name == "inputs":
        return fields.text_of(name, shape.chosen_inputs(experiment))
    if name in PRINCIPAL:
        return experiment[name] if shape.shown_slice(experiment) else ""
    if name == "through":
        return fields.text_of(name, shape.point_of_slice(experiment))
    if name == "neuron":
        return shape.neuron_name(*shape.shown_neuron(experiment))
    if name == "classes" and shape.shape_of(experiment).task == registry.REGRESSION:
        return ""
    if name in shape.OWN + PER_CENT:
        chosen = experiment[name]
        if chosen is None or not (name in PER_CENT or shape.is_taken(experiment, name)):
            chosen = shape.own(experiment, name)
        return "%d %%" % chosen if name in PER_CENT else str(chosen)
    if name == "batch_size":
        return fields.text_of(name, shape.batch_size_of(experiment))
    return fields.text_of(name, experiment[name])


# What is seen of data of more columns than two as long as no column is chosen for an axis of the plane.
PRINCIPAL = {"across": "Principal component 1", "up": "Principal component 2"}


def box_id(name, key):
    """The id of the check box that stands for a choice of a field."""
    return "%s-%s" % (name, key)


def disabled(experiment):
    """A dict from the fields that may be disabled to whether they are.

    Dimensions cannot be chosen for another projection, and a projection only for layers of more than three dimensions;
    of the data only what the data set follows. Only numbers have residuals. What does not decay needs no epochs for it.
    """
    width = shape.shown_layer(experiment).width
    result = {name: not shape.is_taken(experiment, name) for name in ("points", "noise", "classes")}
    result["dimensions"] = width == 1 or (width > 3 and experiment["projection"] != "dimensions")
    result["projection"] = width <= 3
    result["decay_epochs"] = experiment["schedule"] == "constant"
    result["residuals"] = shape.shape_of(experiment).task != registry.REGRESSION
    return result


def hidden(experiment):
    """A dict from the fields that need not be there to whether they are not: there is nothing to choose in them."""
    of_two = not shape.sliceable(experiment)
    return {
        "inputs": not shape.offered_inputs(experiment),
        "across": of_two,
        "up": of_two,
        "through": not shape.shown_slice(experiment),
    }


def plain_name(layers, index):
    """What a layer of `shape.layers` does, in a word for people who do not know its name."""
    _, kind, _ = layers[index]
    if kind == "input":
        return "points"
    if kind == "softmax":
        return "probabilities"
    if kind == "dense":
        return "weights" if any(layer[1] == "dense" for layer in layers[index + 1 :]) else "scores"
    return "rescale" if kind in registry.entries("normalization") else "bend"


def summary(experiment, panel):
    """What is chosen in a panel, in a few words."""
    task = shape.shape_of(experiment).task

    def label(name):
        return registry.label(name, experiment[name], task)

    if panel == "data":
        return "%s, %s points" % (dataset_name(experiment), "{:,}".format(shape.shape_of(experiment).rows))
    if panel == "network":
        hidden = fields.text_of("hidden_layers", experiment["hidden_layers"]) or "no hidden layer"
        words = [hidden, label("activation")]
        if experiment["normalization"] != "none":
            words.append(label("normalization"))
        chosen = shape.chosen_inputs(experiment)
        if chosen != shape.own_inputs(experiment):
            few = shape.features(experiment) and len(chosen) <= NAMED_INPUTS
            words.append(", ".join(input_names(experiment)) if few else "%d inputs" % len(chosen))
    else:
        words = [label("optimizer"), fields.text_of("learning_rate", experiment["learning_rate"])]
        if experiment["schedule"] != "constant":
            words.append(label("schedule"))
        if experiment["warm_up"]:
            words.append("warm-up %d" % experiment["warm_up"])
        for name, short in (("l1", "L1"), ("l2", "L2"), ("dropout", "Dropout"), ("clip", "clip")):
            if experiment[name]:
                words.append("%s %s" % (short, fields.text_of(name, experiment[name])))
        if experiment["stop_at"]:
            words.append("stop at " + fields.text_of("stop_at", experiment["stop_at"]))
    return " · ".join(words)


def settings_words(experiment):
    """What the network was set to for the data set, `Set for this data: 32, 16, ReLU, Adam`; "" if it was not."""
    settings = shape.settings_of(experiment)
    if not settings or any(experiment[name] != value for name, value in settings.items()):
        return ""
    task = shape.shape_of(experiment).task
    words = []
    for name in shape.SETTINGS:
        if name in settings:
            value = settings[name]
            is_choice = fields.FIELDS[name].control == fields.SELECT
            words.append(registry.label(name, value, task) if is_choice else fields.text_of(name, value))
    return "Set for this data: " + ", ".join(words) + "."


def dataset_name(experiment):
    """What the experiment's data set is called; a person's own table by its own name."""
    return shape.traits_of(experiment).get("name") or registry.entry("dataset", experiment["dataset"]).label


def speed_text(speed):
    """The speed as text for the eye."""
    return "%d step%s/s" % (speed, "" if speed == 1 else "s") if speed else "flat out"


def spoken_speed(speed):
    """The speed as text for people who hear the page."""
    return "%d steps per second" % speed if speed else "flat out, as fast as it goes"


def scale_words(experiment, values):
    """`(low, middle, high)`: what stands at the ends and in the middle of the plane's scale; "" for nothing.

    `values` are a picture's `scale_values`.
    """
    data = shape.shape_of(experiment)
    shading = experiment["shading"]
    low, high, middle = values
    if shading == "neuron":
        return number_words(low), "0", number_words(high)
    if data.task == registry.REGRESSION:
        if shading == "classes":
            return "< " + number_words(middle), "", "> " + number_words(middle)
        return number_words(low), number_words(middle) if middle == middle else "", number_words(high)
    if shading == "classes":
        names = class_names(experiment)
        name = class_name if data.outputs <= NAMED else short_class_name
        return name(names, 0), "", name(names, data.outputs - 1) if data.outputs > 1 else ""
    if not shape.ends_in_softmax(experiment):
        return number_words(low), number_words(middle) if middle == middle else "", number_words(high)
    if middle == middle:
        # To both sides of where neither class is likelier.
        return "sure", "50 %", "sure"
    return "%.0f %%" % (100 * low), "", "100 %"


def scale_classes(experiment, values):
    """The classes whose marks stand at the ends of the plane's scale, `(0, 1)`, or () if these are not of two."""
    data = shape.shape_of(experiment)
    two = data.task == registry.CLASSIFICATION and data.outputs == 2 and experiment["shading"] != "neuron"
    return (0, 1) if two and (experiment["shading"] == "classes" or values[2] == values[2]) else ()


def widths_on_the_way(width, following):
    """The width between two layers: `8`, or `8 → 2` where it changes."""
    return str(width) if width == following else "%d → %d" % (width, following)


def grid_words(experiment, index, spatial):
    """What the lines in the picture of a layer of that number are: how the grid of the plane, at the left, lies there.

    Only in a picture that is not `spatial` is the grid's edge thick.
    """
    layers = shape.layers(experiment)[: index + 1]
    own = shape.own_inputs(experiment)
    computed = any(key not in own for key in shape.features(experiment) or ())
    bent = computed or any(kind not in AFFINE for _, kind, _ in layers)
    how = ", bent" if bent else ", tilted and stretched" if index else ""
    return "the left picture's grid" + how + ("" if spatial else "; thick: its edge")


def input_names(experiment):
    """The names of the network's inputs: columns, or features of them; empty where they have none."""
    features = shape.features(experiment)
    if features:
        labels = _input_labels(experiment)
        return tuple([labels[key] for key in features])
    return _column_names(experiment)


def _column_names(experiment):
    columns = shape.column_names(experiment)
    return () if columns == NAMELESS else columns


def _input_labels(experiment):
    """What a person reads for everything that is an input of the network or may be one, by its key."""
    traits = shape.traits_of(experiment)
    columns = traits.get("columns") or ()
    if traits["inputs"] > shape.MOST_FEATURED:
        return {key: columns[int(key)] if columns else "column " + key for key in shape.own_inputs(experiment)}
    labels = {}
    for key in shape.offered_inputs(experiment):
        label, _, feature = registry.entry("feature", key)
        if columns not in ((), NAMELESS):
            label = feature["words"] % tuple([columns[column] for column in feature["needs"]])
        labels[key] = label
    return labels


def neuron_words(experiment):
    """The neuron by which the plane is shaded: `neuron 3 of tanh1`, or an input by its name: `input “length, cm”`."""
    layer, index = shape.shown_neuron(experiment)
    names = input_names(experiment)
    return "input %s" % quoted(names[index]) if layer == "input" and names else "neuron %d of %s" % (index, layer)


def plane_heading(experiment):
    """What shades the input plane now, as its heading."""
    if experiment["shading"] == "neuron":
        name = neuron_words(experiment)
        return name[0].upper() + name[1:]
    return plane_title(experiment)


def plane_title(experiment):
    """What the input plane is, as a title."""
    data = shape.shape_of(experiment)
    if data.task == registry.REGRESSION:
        return "Fitted curve" if data.columns == 1 else "Prediction"
    return "Decision boundary"


def separability_words(experiment):
    """What the percentages at the layers are."""
    data = shape.shape_of(experiment)
    if data.task == registry.REGRESSION:
        return "variance explained by a linear fit"
    return "right by %s" % ("a straight line" if data.outputs <= 2 else "straight lines")


def legend(experiment, targets=()):
    """`[(words, style)]`: what the marks of the points mean, each with the class of its style.

    `targets` are, for regression, the least and the largest target, or empty if they are not known yet.
    """
    data = shape.shape_of(experiment)
    if data.task == registry.REGRESSION:
        least, largest = [" %s" % number_words(target) for target in targets] or ("", "")
        name = shape.traits_of(experiment).get("target", "target")
        marks = [("least %s%s" % (name, least), "level-0"), ("largest" + largest, "level-9")]
    else:
        name = class_words if data.outputs <= NAMED else short_class_name
        names = class_names(experiment)
        marks = [(name(names, index), "class-%d" % index) for index in range(data.outputs)]
    is_seen = data.training < data.rows and experiment["held_out_points"]
    return marks + ([("hollow: held out", "held-out")] if is_seen else [])


def legend_label(experiment):
    """The legend's label; it has the shapes of all classes if the legend itself does not name them."""
    data = shape.shape_of(experiment)
    if data.task == registry.REGRESSION or data.outputs <= NAMED:
        return "Legend"
    names = class_names(experiment)
    return "Legend: " + ", ".join([class_words(names, index) for index in range(data.outputs)])


def class_words(names, index):
    """A class and the shape of its marks: `class 1: triangles`, or `versicolor: triangles` by its name."""
    return "%s: %s" % (class_name(names, index), SHAPES[index % len(SHAPES)])


def class_names(experiment):
    """The names of the classes of the experiment's data; empty where they have none."""
    return shape.traits_of(experiment).get("classes") or ()


# What columns are called in a table that was drawn, and not named by anyone.
NAMELESS = ("x", "y")


def axis_names(experiment):
    """What stands at the axes of the plane: its columns or, of data of more columns, what it is otherwise."""
    if shape.sliceable(experiment) and not shape.shown_slice(experiment):
        return tuple([PRINCIPAL[name].lower() for name in ("across", "up")])
    return plane_columns(experiment)


def slice_words(experiment):
    """Where a slice lies among the inputs that are not seen on it, in words; "" if the plane is none."""
    if not shape.shown_slice(experiment):
        return ""
    row = shape.point_of_slice(experiment)
    return "slice " + ("at the means" if row is None else "at point %d" % row)


def plane_columns(experiment):
    """The names of the axes of the plane, if they have any: two columns, or the input and what is predicted of it."""
    traits, data = shape.traits_of(experiment), shape.shape_of(experiment)
    chosen = shape.shown_slice(experiment)
    if chosen:
        labels = dict(choices(experiment, "across"))
        return labels[experiment["across"]], labels[experiment["up"]]
    columns = _column_names(experiment)
    if data.columns == 1 and data.task == registry.REGRESSION:
        return (columns[0] if columns else "input", traits.get("target", "number"))
    return columns if len(columns) == 2 else ()


def words_of_points(experiment):
    """What `points.Points` calls things: the names of classes, of the plane's columns and axes, and of a slice.

    There are none of an `experiment` that is None, which is not known.
    """
    if experiment is None:
        return ()
    return class_names(experiment), plane_columns(experiment), axis_names(experiment), slice_words(experiment)


def class_name(names, index):
    """A class by its name among `names` or, if these are empty, its number: `versicolor`, or `class 1`."""
    return names[index] if names else "class %d" % index


def short_class_name(names, index):
    """A class as `class_name` has it, but as short as can be: `versicolor`, or `1`."""
    return names[index] if names else str(index)


def numbers_words(given, most=6):
    """One number in words, or several as `(1.5, −3, 20)`; no more than `most` of them."""
    if len(given) == 1:
        return number_words(given[0])
    return "(%s%s)" % (", ".join([number_words(number) for number in given[:most]]), ", …" if len(given) > most else "")


def number_words(number):
    """A number with three significant digits, or all before the point up to a million, and a typographic minus sign."""
    return ("%.0f" % number if 1000 <= abs(number) < 1000000 else "%.3g" % number).replace("-", "−")


def unit_words(number):
    """A number in a column's own unit: with four significant digits, or all before the point up to a million."""
    return ("%.4g" % number if abs(number) < 10000 else number_words(number)).replace("-", "−")


def place_words(numbers, most=6):
    """Coordinates as text: `(1.25, −0.30)`; at most `most` of them."""
    texts = [coordinate_words(number) for number in numbers[:most]]
    return "(%s%s)" % (", ".join(texts), ", …" if len(numbers) > most else "")


def coordinate_words(number):
    """A number with two decimals or, if it is large or small, with three significant digits."""
    text = "%.2f" % number if number == 0 or 0.01 <= abs(number) < 10000 else "%.3g" % number
    return text.replace("-", "−")
