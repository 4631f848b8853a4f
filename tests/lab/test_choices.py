"""A choice is one function and one line of the registry: one of each kind, entered at run time, trains and draws."""

import autograd.numpy as anp
import numpy as np
import pytest

from lab import choices
from lab.layers import Layer
from lab.projections import Projected
from spec import registry, shape
from tests.lab import networks
from tests.lab.pictures import GREY, PALETTE, hue, view_of
from tests.lab.test_session import framed, no_runs, opened, request_of  # noqa: F401


def cross(rng, rows):
    """A class along the axes and one along the diagonals."""
    inputs = rng.uniform(-1, 1, (rows, 2))
    return inputs, (np.abs(np.abs(inputs[:, 0]) - np.abs(inputs[:, 1])) < 0.3).astype(int)


def softsign(x):
    """x / (1 + |x|)"""
    return x / (1 + anp.abs(x))


def centred(x, parameters, statistics, training):
    """Every row less its mean, plus a shift that is learned."""
    (shift,) = parameters
    return x - anp.sum(x, axis=1, keepdims=True) / x.shape[1] + shift, statistics


def alternating(rng, size):
    """Equal weights of alternating signs, and a little noise."""
    signs = 1 - 2 * (np.indices(size).sum(axis=0) % 2)
    return (0.4 * signs + rng.normal(0, 0.1, size)).astype(np.float32)


def sign_descent(parameter, gradient, state, learning_rate, count):
    """A step of one size by the sign of the running mean of gradients."""
    (mean,) = state
    mean = 0.5 * mean + 0.5 * gradient
    return parameter - learning_rate * mean / (anp.abs(mean) + 1e-3), (mean,)


def fourth_power(outputs, targets):
    """Mean of the fourth power of the difference."""
    return anp.sum(anp.square(anp.square(outputs - targets))) / outputs.size


def inverse_time(steps, decay_steps):
    """Half after the first decay, a third after the second."""
    return 1 / (1 + steps / decay_steps)


def mirrored(activations, given):
    """The first two dimensions, each the other way round."""
    basis = np.zeros((activations.shape[1], 3))
    basis[0, 0] = basis[1, 1] = -1
    return Projected(basis)


def inverted(certainty, colours, neutral):
    """The more certain, the less of the class's colour."""
    return [colour + 0.5 * certainty * (neutral - colour) for colour in colours]


def product_of_sines(columns):
    """Of both columns."""
    return np.sin(columns[:, 0]) * np.sin(columns[:, 1])


ENTRIES = {
    "dataset": (cross, {"rows": 150, "training": 120, "inputs": 2, "outputs": 2, "task": registry.CLASSIFICATION}),
    "feature": (product_of_sines, {"needs": (0, 1), "words": "%s and %s"}),
    "activation": (softsign, {}),
    "normalization": (Layer(centred, ("shift",)), {"name": "CN"}),
    "initialization": (alternating, {}),
    "optimizer": (sign_descent, {"slots": 1}),
    "loss": (fourth_power, {"tasks": (registry.CLASSIFICATION,), "softmax": False}),
    "schedule": (inverse_time, {}),
    "projection": (mirrored, {}),
    "shading": (inverted, {}),
}


# By kind: layers are told apart by the keys of activations and normalizations.
KEYS = {kind: "own_norm" if kind == "normalization" else "another" for kind in ENTRIES}


# The fields that choose them.
FIELDS = {kind: (kind, key) for kind, key in KEYS.items()} | {"feature": ("inputs", ("x", "y", "another"))}


@pytest.fixture
def entered():
    for kind, (function, traits) in ENTRIES.items():
        registry.enter(kind, KEYS[kind], "Own", function, **traits)
    yield
    for kind in ENTRIES:
        registry.remove(kind, KEYS[kind])


def test_every_kind_has_a_function_for_every_key():
    assert set(choices.MODULES) == set(registry.kinds()) == set(ENTRIES)
    for kind in registry.kinds():
        for key in registry.entries(kind):
            if registry.trait(kind, key, "own"):
                # Its rows are a person's own.
                continue
            found = choices.function_of(kind, key)
            assert callable(found) or (kind == "normalization" and isinstance(found, Layer)), (kind, key)


@pytest.mark.parametrize("kind", ENTRIES)
def test_one_of_each_by_itself_trains_and_draws(entered, kind):
    experiment = networks.experiment_of(hidden_layers=(6, 5), **dict([FIELDS[kind]]))
    answer = opened(experiment)
    assert answer["engine"] == "wasm", answer["reason"]
    (first,) = framed(request_of(experiment))
    (trained,) = framed(request_of(experiment, 200, view=None))
    assert trained["metrics"][0] < first["metrics"][0]
    (drawn,) = framed(request_of(experiment, view=view_of(experiment, layer="fc2")))
    assert drawn["picture"]["positions"].shape == (answer["rows"], 2)
    assert len(drawn["picture"]["probes"]) == len(shape.layers(experiment))


def test_one_of_each_together_is_what_its_functions_say(entered):
    """Trained and drawn as NumPy and autograd compute it from the same functions."""
    experiment = networks.experiment_of(hidden_layers=(6, 5), learning_rate=0.01, **dict(FIELDS.values()))
    answer = opened(experiment)
    assert answer["engine"] == "wasm", answer["reason"]
    assert (answer["rows"], answer["training"].sum()) == (150, 120)
    assert shape.layer_names(experiment) == ["input", "fc1", "CN1", "another1", "fc2", "CN2", "another2", "fc3"]
    (first,) = framed(request_of(experiment))
    view = view_of(experiment, layer="CN2", shading="another")
    framed(request_of(experiment, 300))
    (drawn,) = framed(request_of(experiment, view=view))
    assert drawn["metrics"][0] < first["metrics"][0]

    from lab import session

    run = session._runs["one"]
    kernel1, bias1, shift1, kernel2, bias2, shift2, kernel3, bias3 = run.trainer.arrays()[0]

    def network(x):
        one = x @ kernel1 + bias1
        one = one - one.mean(axis=1, keepdims=True) + shift1
        one = one / (1 + np.abs(one))
        two = one @ kernel2 + bias2
        two = two - two.mean(axis=1, keepdims=True) + shift2
        return two, (two / (1 + np.abs(two))) @ kernel3 + bias3

    normalized, output = network(run.data.inputs)
    # A projection is seen around the mean.
    expected = normalized.mean(axis=0)[:2] - normalized[:, :2]
    np.testing.assert_allclose(drawn["picture"]["positions"], expected, rtol=1e-3, atol=1e-4)
    expected = np.mean((output - run.data.targets)[run.data.training] ** 4)
    assert drawn["metrics"][0] == pytest.approx(expected, rel=1e-3)
    # The plane, from the upper left: the less certain, the nearer to the class's colour.
    picture = drawn["picture"]
    x, y, half = answer["plane"]
    ticks = np.linspace(-half, half, picture["resolution"] + 1)
    places = np.array([(x + across, y + up) for up in ticks[::-1] for across in ticks])
    seen = np.column_stack([places, product_of_sines(places)])
    scores = np.clip(network(seen)[1][:, 1], 0, 1)
    for score, pixel in zip(scores, picture["pixels"].reshape(-1, 4), strict=True):
        colour = np.array(PALETTE["classes"][int(score >= 0.5)], float)
        strength = 0.5 * abs(2 * score - 1)
        if abs(score - 0.5) > 0.01:
            np.testing.assert_allclose(pixel[:3], colour + strength * (np.array(GREY) - colour), atol=2.5)
    assert hue(picture["pixels"][0, 0], PALETTE["classes"][:2]) in (0, 1)


def test_a_key_that_is_entered_anew_is_not_what_it_was(entered):
    """What has been compiled of the function before is not taken for it."""
    experiment = networks.experiment_of(activation="another")
    opened(experiment)
    (before,) = framed(request_of(experiment, 20))
    registry.enter("activation", "another", "Own", lambda x: 0.1 * x)
    opened(experiment)
    (after,) = framed(request_of(experiment, 20))
    assert abs(after["metrics"][0] - before["metrics"][0]) > 1e-3
