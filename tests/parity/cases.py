"""The experiments that are trained both here and with TensorFlow.js, and how each side is run."""

from itertools import combinations, product

import numpy as np

from lab import datasets, network, training
from spec import fields, registry

STEPS = 100

# Whether a normalization follows the last dense layer too, as `shape.layers` has it.
NORMALIZE_OUTPUT = False

# Rates at which every network below learns smoothly; nearer to chaos, rounding alone would part the two sides.
LEARNING_RATES = {"sgd": 0.02, "momentum": 0.005, "nesterov": 0.005, "adam": 0.005, "rmsprop": 0.002}
# What is left of them for numbers to predict, which have no softmax to hold what is far off.
OF_NUMBERS = 0.25

# The data sets that each loss is tried on: classes to tell apart, and numbers to predict.
CLASSES, NUMBERS = ("spiral", "circle", "gaussian", "xor"), ("plane", "gaussians", "ripples")
DATA = {"cross_entropy": CLASSES, "mean_squared_error": CLASSES + NUMBERS, "huber": NUMBERS}

# Where a formula has an edge: no hidden layer, equal units, probabilities at the clip, a batch of one point.
EDGES = (
    {"hidden_layers": ()},
    {"hidden_layers": (), "normalization": "batch_norm", "loss": "mean_squared_error"},
    {"initialization": "zeros", "activation": "relu"},
    {"initialization": "zeros", "normalization": "layer_norm", "optimizer": "adam"},
    {"initialization": "ones", "normalization": "layer_norm", "loss": "mean_squared_error"},
    {"initialization": "ones", "normalization": "batch_norm", "activation": "sigmoid"},
    {"dataset": "gaussian", "optimizer": "adam", "learning_rate": 0.1},
    {"batch_size": 1, "normalization": "batch_norm"},
    {"l1": 0.01, "optimizer": "sgd"},
    {"dataset": "plane", "loss": "huber", "noise": 1000, "optimizer": "sgd"},
    {"l2": 0.01, "hidden_layers": (8, 4), "normalization": "batch_norm"},
    {"clip": 0.3, "optimizer": "sgd", "hidden_layers": (8, 4)},
    {"clip": 0.05, "optimizer": "adam", "learning_rate": 0.005, "normalization": "layer_norm"},
    {"clip": 0.02, "loss": "mean_squared_error", "activation": "relu"},
    {"l1": 0.003, "l2": 0.02, "optimizer": "adam", "learning_rate": 0.005, "normalization": "layer_norm"},
)


def every_experiment():
    """All optimizers × normalizations × losses × activations; shapes and data sets alternate over them."""
    shapes = ((8,), (8, 4))
    tables = (
        registry.entries("optimizer"),
        registry.entries("normalization"),
        registry.entries("loss"),
        registry.entries("activation"),
    )
    experiments = []
    for digits in product(*(range(len(table)) for table in tables)):
        optimizer, normalization, loss, activation = (
            tuple(table)[digit] for table, digit in zip(tables, digits, strict=True)
        )
        dataset = DATA[loss][(digits[0] + digits[1] + 2 * digits[2] + digits[3]) % len(DATA[loss])]
        choices = {
            "optimizer": optimizer,
            "normalization": normalization,
            "loss": loss,
            "activation": activation,
            "hidden_layers": shapes[sum(digits) % len(shapes)],
            "dataset": dataset,
            "learning_rate": LEARNING_RATES[optimizer] * (OF_NUMBERS if dataset in NUMBERS else 1),
        }
        experiments.append({**fields.defaults(), **choices})
    return experiments


def edge_experiments():
    """Networks at the edges of the formulas, each the default experiment but for the choices in `EDGES`."""
    return [{**fields.defaults(), **choices} for choices in EDGES]


def covering(experiments):
    """A small part of `experiments` in which every pair of choices that occurs in them occurs too.

    Greedy: again and again the first experiment that adds most new pairs, so the same part every time.
    """
    pairs = [_pairs(experiment) for experiment in experiments]
    missing = set().union(*pairs)
    chosen = []
    while missing:
        best = max(range(len(experiments)), key=lambda index: len(pairs[index] & missing))
        chosen.append(experiments[best])
        missing -= pairs[best]
    return chosen


def name_of(experiment):
    """An experiment as the name of a test: what differs from the default experiment."""
    return fields.to_query(experiment).replace("&", " ") or "default"


def shaken_start(experiment):
    """`(parameters, statistics)` to start from: the experiment's own, biases, scales and shifts moved off 0 and 1.

    Exchanged scales and shifts would otherwise hide behind their initial values. Initializations that set
    all units equal stay as they are: equal units are what they are here to test.
    """
    parameters, statistics = network.initialize(experiment)
    if experiment["initialization"] in ("zeros", "ones"):
        return parameters, statistics
    rng = np.random.default_rng(experiment["seed"])
    shaken = [
        parameter if parameter.ndim == 2 else parameter + rng.normal(0, 0.1, parameter.shape).astype(np.float32)
        for parameter in parameters
    ]
    return shaken, statistics


def batches_of(experiment, data):
    """`STEPS` batches `(x, targets)` in the experiment's own order, the last of every epoch maybe short."""
    batches = []
    epoch = 0
    while len(batches) < STEPS:
        batches.extend(training.epoch_batches(experiment, data.training, epoch))
        epoch += 1
    return [(data.inputs[batch], data.targets[batch]) for batch in batches[:STEPS]]


def case_for_tensorflow(experiment):
    """The experiment as the JSON case that `reference.run_tensorflow` describes."""
    data = datasets.load(experiment)
    parameters, _ = shaken_start(experiment)
    own = ("activation", "normalization", "loss", "optimizer", "learning_rate", "l1", "l2", "clip")
    return {
        "id": name_of(experiment),
        **{name: experiment[name] for name in own},
        "hidden_layers": list(experiment["hidden_layers"]),
        "classes": data.targets.shape[1],
        "normalize_output": NORMALIZE_OUTPUT,
        "weights": [parameter.tolist() for parameter in parameters],
        "batches": [{"x": x.tolist(), "y": y.tolist()} for x, y in batches_of(experiment, data)],
        "predict_x": data.inputs.tolist(),
    }


def train_here(experiment, wrap):
    """Trains the experiment with the lab; returns `(losses, parameters, statistics)`, one loss with `penalty` per step.

    `wrap` makes of a function of arrays one that gives the same, such as `engine.jit.jit`.
    """
    data = datasets.load(experiment)
    parameters, statistics = shaken_start(experiment)
    state = training.initial_state(experiment, parameters)
    step = training.make_step(experiment)
    ends = np.cumsum([len(parameters), len(state)])

    def flat_step(x, y, count, *arrays):
        rates, trained = arrays[: len(training.RATES)], arrays[len(training.RATES) :]
        loss, *updated = step(*_split(trained, ends), x, y, rates, count)
        return [loss, *(array for arrays in updated for array in arrays)]

    flat_step = wrap(flat_step)
    trained = [*parameters, *state, *statistics]
    rates = [np.float32(rate) for rate in training.rates_of(experiment)]
    losses = []
    for count, (x, y) in enumerate(batches_of(experiment, data), start=1):
        price = penalty(experiment, trained[: ends[0]])
        loss, *trained = flat_step(x, y, np.float32(count), *rates, *trained)
        losses.append(float(loss) + price)
    parameters, _, statistics = _split(trained, ends)
    return losses, parameters, statistics


def penalty(experiment, parameters):
    """What the weights of dense layers cost, by l1 and l2, which TensorFlow.js adds to the loss that it tells."""
    kernels = [parameter for parameter in parameters if parameter.ndim == 2]
    sizes, squares = (sum(float(function(kernel).sum()) for kernel in kernels) for function in (np.abs, np.square))
    return experiment["l1"] * sizes + experiment["l2"] * squares


def _split(arrays, ends):
    """`[parameters, state, statistics]` of a flat list of all three."""
    return [list(arrays[: ends[0]]), list(arrays[ends[0] : ends[1]]), list(arrays[ends[1] :])]


def predict_here(experiment, parameters, statistics, wrap):
    """Every layer's output by name for all points of the experiment's data, as when predicting; see `train_here`."""
    names = []

    def predict(x, *trained):
        ends = (len(parameters), len(parameters))
        own_parameters, _, own_statistics = _split(trained, ends)
        outputs = network.predict(experiment, own_parameters, own_statistics, x)
        names[:] = outputs
        return list(outputs.values())

    outputs = wrap(predict)(datasets.load(experiment).inputs, *parameters, *statistics)
    return dict(zip(names, outputs, strict=True))


def statistics_of(result):
    """TensorFlow.js's moving statistics as the lab's flat list: mean and variance, layer after layer."""
    return [np.float32(layer[name]) for layer in result["moving"] for name in ("mean", "variance")]


def with_their_noise(experiment, parameters, statistics, result):
    """`(parameters, statistics)`, with what rounding alone decides taken from TensorFlow.js.

    Batch norm subtracts every constant that is added before it: the bias just before, and behind a linear activation
    also the shift of the batch norm before that. The gradient of these is therefore nothing but rounding. Adam makes
    full steps of even that, so they wander differently on every machine, and the moving means after them. Training
    never sees that; predictions do, since a moving mean lags behind.
    """
    if (experiment["optimizer"], experiment["normalization"]) != ("adam", "batch_norm"):
        return parameters, statistics
    # A normalized layer has four arrays (kernel, bias, scale, shift) and two statistics (mean, variance).
    arrays = 2 * len(statistics)
    noise = set(range(1, arrays, 4))
    if experiment["activation"] == "linear":
        noise.update(range(3, arrays - 4, 4))
    means = range(0, len(statistics), 2)
    their_weights = [np.float32(array) for array in result["weights"]]
    return _replaced(parameters, their_weights, noise), _replaced(statistics, statistics_of(result), means)


def _replaced(own, theirs, indices):
    """A copy of the list `own` with the elements at `indices` from the list `theirs`."""
    return [theirs[index] if index in indices else element for index, element in enumerate(own)]


def _pairs(experiment):
    """Every pair of the experiment's choices, as a set."""
    return set(combinations(sorted(experiment.items()), 2))
