"""All choices of every kind, one line each.

A choice is a line here and a function in `lab`, named like its key, in the module that `lab/choices.py` names for the
kind. A choice that is entered at run time, as by a test, may bring its function along.
"""

from collections import OrderedDict, namedtuple

CLASSIFICATION, REGRESSION = "classification", "regression"

# label: what a person reads. function: None if the function is in `lab`. traits: a dict of its other properties.
Entry = namedtuple("Entry", ("label", "function", "traits"))

_entries = OrderedDict()  # type: OrderedDict[str, OrderedDict[str, Entry]]


def enter(kind, key, label, function=None, **traits):
    """Adds a choice of a kind; replaces a choice that has the same key."""
    _entries.setdefault(kind, OrderedDict())[key] = Entry(label, function, traits)


def remove(kind, key):
    """Removes a choice."""
    del _entries[kind][key]


def kinds():
    """The kinds of choices."""
    return list(_entries)


def entries(kind):
    """An OrderedDict from the keys of a kind to their `Entry`s, in the order in which a person sees them."""
    return _entries[kind]


def entry(kind, key):
    """The `Entry` of a choice. Raises KeyError if there is none."""
    return _entries[kind][key]


def label(kind, key, task):
    """What a person reads for a choice where the data are of that task."""
    found = _entries[kind][key]
    return found.traits.get("labels", {}).get(task, found.label)


def trait(kind, key, name):
    """A choice's trait of that name; None if it does not have one."""
    return _entries[kind][key].traits.get(name)


# rows, training, inputs, outputs, task: see `shape.Shape`. extent: half of the side of the plane that is shown, unless
# the data reach farther. takes: which of the fields points, noise and classes it follows. group: where it stands in the
# list. about: what it is, in a sentence. table: whether its rows come from a table of that key, which the page fetches.
# classes: their names, if they have any. columns, target: the names of the inputs and of what is predicted, if any.
# image: (rows, columns) where each example is an image whose pixels, from 0, paper, to 1, ink, are the inputs.
# own: whether it is a person's own table, whose traits are those of the table, see `own_tables`.
# settings: the fields in which the network that is made for the set, when a person picks it, differs from the defaults.
_DEEPER = {"hidden_layers": (16, 8), "optimizer": "adam"}
_WIDER = {"hidden_layers": (32, 16), "activation": "relu", "optimizer": "adam"}
_TOY = {"rows": 200, "training": 180, "inputs": 2, "extent": 6, "takes": ("points", "noise")}
_TWO = dict(_TOY, outputs=2, task=CLASSIFICATION, group="Two classes")
_MORE = dict(_TOY, task=CLASSIFICATION, takes=("points", "noise", "classes"), group="More classes")
_NUMBERS = dict(_TOY, outputs=1, task=REGRESSION, group="Numbers to predict")
_REAL = {"task": CLASSIFICATION, "takes": (), "table": True, "group": "Real data"}
_OF_ONE_INPUT = dict(_NUMBERS, inputs=1)
enter("dataset", "spiral", "Spiral", about="Two arms that wind around one another.", settings=_DEEPER, **_TWO)
enter("dataset", "circle", "Circle", about="A disc inside a ring.", **_TWO)
enter("dataset", "gaussian", "Gaussian", about="Two round clouds, which a straight line can part.", **_TWO)
enter("dataset", "xor", "XOR", about="Four squares, of which those across from one another are of one class.", **_TWO)
enter("dataset", "moons", "Two moons", about="Two half circles, of which each ends within the other.", **_TWO)
enter(
    "dataset",
    "checkerboard",
    "Checkerboard",
    about="Four by four squares, whose classes take turns.",
    settings=_DEEPER,
    **_TWO,
)
enter(
    "dataset",
    "squares",
    "Nested squares",
    about="Square frames around one another, whose classes take turns.",
    settings=_WIDER,
    **_TWO,
)
enter(
    "dataset",
    "sine",
    "Above or below a sine",
    about="Points above a wave, and points below it.",
    settings=_DEEPER,
    **_TWO,
)
enter(
    "dataset",
    "cubic",
    "Above or below a cubic",
    about="Points above a curve that turns twice, and below.",
    settings=_DEEPER,
    **_TWO,
)
enter("dataset", "absolute", "Above or below |x|", about="Points inside an upright angle, and points below.", **_TWO)
enter(
    "dataset",
    "pinwheel",
    "Pinwheel",
    about="Bent arms, each of a class of its own.",
    outputs=5,
    settings=_DEEPER,
    **_MORE,
)
enter(
    "dataset",
    "rings",
    "Rings",
    about="Rings around one another, each of a class of its own.",
    outputs=3,
    settings=_DEEPER,
    **_MORE,
)
enter("dataset", "blobs", "Blobs", about="Round clouds in a circle, each of a class of its own.", outputs=4, **_MORE)
enter(
    "dataset",
    "plane",
    "Plane",
    about="Points with a number that grows evenly from one corner to the other.",
    **_NUMBERS,
)
enter(
    "dataset",
    "gaussians",
    "Sum of Gaussians",
    about="Points with a number, in three hills and three hollows.",
    settings=_DEEPER,
    **_NUMBERS,
)
enter(
    "dataset",
    "ripples",
    "Ripples",
    about="Points with a number that goes up and down in rings.",
    settings=_DEEPER,
    **_NUMBERS,
)
enter(
    "dataset",
    "curve",
    "Curve",
    about="Points with a number that goes up and down along a single input.",
    settings=_DEEPER,
    **_OF_ONE_INPUT,
)
# What is measured of the nuclei of cells in "breast_cancer".
_NUCLEI = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
enter(
    "dataset",
    "iris",
    "Iris",
    about="Flowers of three kinds, by the length and width of their sepals and petals.",
    classes=("setosa", "versicolor", "virginica"),
    columns=("sepal length", "sepal width", "petal length", "petal width"),
    rows=150,
    training=135,
    inputs=4,
    outputs=3,
    **_REAL,
)
enter(
    "dataset",
    "wine",
    "Wine",
    about="Wines of three growers, by 13 measurements such as alcohol and colour.",
    columns=(
        "alcohol",
        "malic acid",
        "ash",
        "alkalinity of ash",
        "magnesium",
        "phenols",
        "flavonoids",
        "other phenols",
        "proanthocyanins",
        "colour intensity",
        "hue",
        "OD280/OD315",
        "proline",
    ),
    rows=178,
    training=160,
    inputs=13,
    outputs=3,
    **_REAL,
)
enter(
    "dataset",
    "breast_cancer",
    "Breast cancer",
    about="Tumours, malignant or benign, by 30 measurements of their cells.",
    classes=("malignant", "benign"),
    columns=tuple([kind + " " + name for kind in ("mean", "error of", "worst") for name in _NUCLEI]),
    rows=569,
    training=512,
    inputs=30,
    outputs=2,
    **_REAL,
)
enter(
    "dataset",
    "penguins",
    "Penguins",
    about="Penguins of three species, by bill length and depth, flipper length and body mass.",
    classes=("Adelie", "Chinstrap", "Gentoo"),
    columns=("bill length", "bill depth", "flipper length", "body mass"),
    rows=342,
    training=308,
    inputs=4,
    outputs=3,
    **_REAL,
)
enter(
    "dataset",
    "digits",
    "Digits",
    about="Handwritten digits, each by the 64 pixels of its image.",
    image=(8, 8),
    columns=tuple(["row %d, column %d" % (pixel // 8 + 1, pixel % 8 + 1) for pixel in range(64)]),
    rows=1797,
    training=1617,
    inputs=64,
    outputs=10,
    settings=_WIDER,
    **_REAL,
)
# Until a table is known it counts as one of this shape.
enter(
    "dataset",
    "own",
    "Your table",
    about="A table of your own, opened, pasted or drawn.",
    own=True,
    rows=200,
    training=180,
    inputs=2,
    outputs=2,
    settings=_DEEPER,
    **dict(_REAL, group="Your own"),
)

# What may be an input of the network where the data have one or two columns. needs: the columns that it is computed of.
# words: what it is called where these columns have names, to be filled with them.
enter("feature", "x", "x", needs=(0,), words="%s")
enter("feature", "y", "y", needs=(1,), words="%s")
enter("feature", "x2", "x²", needs=(0,), words="%s²")
enter("feature", "y2", "y²", needs=(1,), words="%s²")
enter("feature", "xy", "xy", needs=(0, 1), words="%s · %s")
enter("feature", "sinx", "sin x", needs=(0,), words="sin %s")
enter("feature", "siny", "sin y", needs=(1,), words="sin %s")
enter("feature", "radius", "radius", needs=(0, 1), words="radius of %s, %s")

enter("activation", "relu", "ReLU")
enter("activation", "tanh", "Tanh")
enter("activation", "sigmoid", "Sigmoid")
enter("activation", "linear", "Linear")

# name: the beginning of its layers' names. No key may be that of an activation too, because a layer's kind is the key
# of the one or of the other.
enter("normalization", "none", "None")
enter("normalization", "batch_norm", "Batch norm", name="BN")
enter("normalization", "layer_norm", "Layer norm", name="LN")

enter("initialization", "kaiming", "Kaiming")
enter("initialization", "lecun", "LeCun")
enter("initialization", "random_normal", "Random normal")
enter("initialization", "zeros", "Zeros")
enter("initialization", "ones", "Ones")

# slots: how many arrays it keeps for each parameter, of the parameter's shape.
enter("optimizer", "sgd", "SGD", slots=0)
enter("optimizer", "momentum", "Momentum", slots=1)
enter("optimizer", "nesterov", "Nesterov", slots=1)
enter("optimizer", "adam", "Adam", slots=2)
enter("optimizer", "rmsprop", "RMSProp", slots=1)

# tasks: the tasks it can be used for. softmax: whether it needs probabilities, so that the network ends in a softmax.
enter("loss", "cross_entropy", "Cross entropy", tasks=(CLASSIFICATION,), softmax=True)
enter("loss", "mean_squared_error", "Mean squared error", tasks=(CLASSIFICATION, REGRESSION), softmax=False)
enter("loss", "huber", "Huber", tasks=(REGRESSION,), softmax=False)

# How the learning rate falls over the epochs.
enter("schedule", "constant", "Constant")
enter("schedule", "step", "Step")
enter("schedule", "cosine", "Cosine")

# How the input plane is shaded. labels: what it is called where numbers are predicted; that is shaded by how far they
# are above or below the middle of the targets.
enter("shading", "probability", "Probability", labels={REGRESSION: "Prediction"})
enter("shading", "classes", "Classes", labels={REGRESSION: "Above or below"})
enter("shading", "confidence", "Confidence", labels={REGRESSION: "Distance"})
enter("shading", "neuron", "Neuron")

# How a layer of more than three dimensions is shown in two or three. by_width: whether layers of the same width share
# what the projection keeps from frame to frame. by_probe: whether it shows a layer as its linear probe sees it.
enter("projection", "best", "Best view", by_probe=True)
enter("projection", "dimensions", "Dimensions")
enter("projection", "pca", "PCA")
enter("projection", "tour", "Grand tour", by_width=True)
