"""The combinations of choices that a network is made of, and small networks made of them."""

from itertools import product

import numpy as np

from lab import datasets, losses, network, plane, probe, tasks, training
from spec import fields, registry

# Every normalization × loss × activation.
COMBINATIONS = tuple(
    product(registry.entries("normalization"), registry.entries("loss"), registry.entries("activation"))
)
# The losses that a classification can have.
CLASSIFYING = [
    key for key, entry in registry.entries("loss").items() if registry.CLASSIFICATION in entry.traits["tasks"]
]


# The plane of the toy sets.
PLANE = plane.plane_of(np.zeros((1, 2), np.float32), 6)


def data_for(loss, points="circle"):
    """A data set for a loss: `points` or, for one that only numbers can have, the plane."""
    return points if loss in CLASSIFYING else "plane"


def task_of(experiment):
    """The experiment's task on its own data."""
    return tasks.task_of(experiment, datasets.load(experiment))


def qualities_of(task, activations, targets, training, held_out, own=False):
    """The qualities of a layer's probe that is fitted from nothing, see `probe.Fits`; `own`: whether it has scores."""
    fits = probe.Fits(task, targets, training, held_out, ["layer"] if own else [])
    while not fits.fits("layer", 0):
        fits.renew("layer", activations, 0, probe.WORK)
    return fits.qualities("layer", activations)


def experiment_of(**choices):
    """The default experiment but for `choices`."""
    return {**fields.defaults(), **choices}


def shaken(experiment, dtype=np.float32):
    """`(parameters, statistics)` of a new network with every array moved off what it starts from."""
    rng = np.random.default_rng(experiment["seed"])
    parameters, statistics = network.initialize(experiment)
    parameters = [(array + rng.normal(0, 0.3, array.shape)).astype(dtype) for array in parameters]
    return parameters, [(array + rng.uniform(0, 0.3, array.shape)).astype(dtype) for array in statistics]


def batch_of(experiment, rows=12, dtype=np.float32):
    """`(x, targets)` of the first points to train on and the last."""
    data = datasets.load(experiment)
    indices = np.r_[data.training[: rows // 2], data.training[-(rows - rows // 2) :]]
    return data.inputs[indices].astype(dtype), data.targets[indices].astype(dtype)


def loss_function(experiment, statistics, x, targets, masks=()):
    """The loss of the whole network in training, a function of its parameters as separate arguments."""

    def loss(*parameters):
        outputs, updated = network.forward(experiment, list(parameters), statistics, x, training=True, masks=masks)
        return getattr(losses, experiment["loss"])(network.output(outputs), targets), updated

    return loss


def name_of(choices):
    """The name of a test with the default experiment but for `choices`."""
    return fields.to_query(experiment_of(**choices)) or "default"


def rates(learning_rate, **others):
    """The rates of a training step, `training.RATES`: the defaults but for these."""
    return training.rates_of(experiment_of(learning_rate=learning_rate, **others))
