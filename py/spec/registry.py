"""Everything that there is to choose of, a line for each choice.

A choice is a line here and a function of its key's name in `lab`, in the module that `lab/choices.py` names. What is
entered while the program runs, as by a test, may bring its function along.
"""

from collections import OrderedDict, namedtuple

CLASSIFICATION, REGRESSION = "classification", "regression"

# label: what a person reads. function: None where `lab` has one of the key's name. traits: what else is known, by name.
Entry = namedtuple("Entry", ("label", "function", "traits"))

_entries = OrderedDict()  # type: OrderedDict[str, OrderedDict[str, Entry]]


def enter(kind, key, label, function=None, **traits):
    """Adds a choice of a kind, or takes the place of the one of that key."""
    _entries.setdefault(kind, OrderedDict())[key] = Entry(label, function, traits)


def remove(kind, key):
    """Takes a choice out again."""
    del _entries[kind][key]


def kinds():
    """The kinds of choices."""
    return list(_entries)


def entries(kind):
    """An OrderedDict from the keys of a kind to their `Entry`s, in the order in which a person sees them."""
    return _entries[kind]


def entry(kind, key):
    """The `Entry` of a choice; KeyError if there is none."""
    return _entries[kind][key]


def label(kind, key, task):
    """What a person reads for a choice where the data are of that task."""
    found = _entries[kind][key]
    return found.traits.get("labels", {}).get(task, found.label)


def trait(kind, key, name):
    """What is known of a choice by that name; None if that is nothing."""
    return _entries[kind][key].traits.get(name)


# rows: how many examples there are; training: how many of them to train on. extent: half of the input plane's side,
# where the data do not reach farther.
_TOY = {"rows": 200, "training": 180, "inputs": 2, "outputs": 2, "task": CLASSIFICATION, "extent": 6}
enter("dataset", "spiral", "Spiral", **_TOY)
enter("dataset", "circle", "Circle", **_TOY)
enter("dataset", "gaussian", "Gaussian", **_TOY)
enter("dataset", "xor", "XOR", **_TOY)

enter("activation", "relu", "ReLU")
enter("activation", "tanh", "Tanh")
enter("activation", "sigmoid", "Sigmoid")
enter("activation", "linear", "Linear")

# name: what its layers are called by. A key is none of an activation: a layer's kind is the one or the other.
enter("normalization", "none", "None")
enter("normalization", "batch_norm", "Batch norm", name="BN")
enter("normalization", "layer_norm", "Layer norm", name="LN")

enter("initialization", "kaiming", "Kaiming")
enter("initialization", "lecun", "LeCun")
enter("initialization", "random_normal", "Random normal")
enter("initialization", "zeros", "Zeros")
enter("initialization", "ones", "Ones")

# slots: how many arrays as large as the parameters it keeps.
enter("optimizer", "sgd", "SGD", slots=0)
enter("optimizer", "momentum", "Momentum", slots=1)
enter("optimizer", "nesterov", "Nesterov", slots=1)
enter("optimizer", "adam", "Adam", slots=2)
enter("optimizer", "rmsprop", "RMSProp", slots=1)

# tasks: what it can be used for. softmax: whether it takes probabilities, which a softmax makes of the logits.
enter("loss", "cross_entropy", "Cross entropy", tasks=(CLASSIFICATION,), softmax=True)
enter("loss", "mean_squared_error", "Mean squared error", tasks=(CLASSIFICATION, REGRESSION), softmax=False)

# How the input plane is shaded. labels: what it is called where numbers are predicted; that is shaded by how far they
# are above or below the middle of the targets.
enter("shading", "probability", "Probability", labels={REGRESSION: "Prediction"})
enter("shading", "classes", "Classes", labels={REGRESSION: "Above or below"})
enter("shading", "confidence", "Confidence", labels={REGRESSION: "Distance"})
enter("shading", "neuron", "Neuron")

# How a layer of more than three dimensions is made flat or spatial.
enter("projection", "dimensions", "Dimensions")
enter("projection", "pca", "PCA")
enter("projection", "tour", "Grand tour", by_width=True)
