"""The layers, activations and losses, each against its formula."""

import numpy as np
import pytest

from lab import activations, layers, losses, network, numerics
from spec import fields, registry, shape
from tests.lab import networks

RNG = np.random.default_rng(1)
ROWS = RNG.normal(3, 2, (40, 5)).astype(np.float32)
SCALE = RNG.uniform(0.5, 2, 5).astype(np.float32)
SHIFT = RNG.normal(0, 1, 5).astype(np.float32)


def test_dense():
    kernel = RNG.normal(0, 1, (5, 3)).astype(np.float32)
    bias = np.float32([1, 2, 3])
    for is_training in (True, False):
        y, statistics = layers.dense(ROWS, (kernel, bias), (), is_training)
        np.testing.assert_allclose(y, np.einsum("ri,io->ro", ROWS, kernel) + bias, rtol=1e-4, atol=1e-5)
        assert statistics == ()
        assert y.dtype == np.float32


def test_batch_norm_in_training_uses_the_moments_of_the_batch():
    running = np.full(5, 100, np.float32), np.full(5, 50, np.float32)
    y, _ = layers.batch_norm.apply(ROWS, (np.ones(5, np.float32), np.zeros(5, np.float32)), running, True)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-5)
    variance = ROWS.astype(float).var(axis=0)
    np.testing.assert_allclose(y.var(axis=0), variance / (variance + 1e-3), rtol=1e-5)
    scaled, _ = layers.batch_norm.apply(ROWS, (SCALE, SHIFT), running, True)
    np.testing.assert_allclose(scaled, y * SCALE + SHIFT, rtol=1e-5, atol=1e-5)
    assert scaled.dtype == np.float32


def test_batch_norm_updates_its_running_statistics():
    running = RNG.normal(0, 1, 5).astype(np.float32), RNG.uniform(1, 2, 5).astype(np.float32)
    copies = [array.copy() for array in running]
    _, (mean, variance) = layers.batch_norm.apply(ROWS, (SCALE, SHIFT), running, True)
    np.testing.assert_allclose(mean, 0.99 * running[0] + 0.01 * ROWS.mean(axis=0), rtol=1e-5)
    # The population variance, as TensorFlow.js has it: divided by the number of rows.
    np.testing.assert_allclose(variance, 0.99 * running[1] + 0.01 * ROWS.var(axis=0), rtol=1e-5)
    assert (mean.shape, variance.shape) == ((5,), (5,))
    assert mean.dtype == variance.dtype == np.float32
    assert all((array == copy).all() for array, copy in zip(running, copies, strict=True))


def test_batch_norm_predicts_by_its_running_statistics():
    running = RNG.normal(0, 1, 5).astype(np.float32), RNG.uniform(1, 2, 5).astype(np.float32)
    y, statistics = layers.batch_norm.apply(ROWS, (SCALE, SHIFT), running, False)
    np.testing.assert_allclose(
        y, (ROWS - running[0]) / np.sqrt(running[1] + 1e-3) * SCALE + SHIFT, rtol=1e-4, atol=1e-5
    )
    assert statistics is running
    alone, _ = layers.batch_norm.apply(ROWS[:1], (SCALE, SHIFT), running, False)
    np.testing.assert_array_equal(alone, y[:1])


@pytest.mark.parametrize("is_training", [True, False])
def test_layer_norm(is_training):
    y, statistics = layers.layer_norm.apply(ROWS, (np.ones(5, np.float32), np.zeros(5, np.float32)), (), is_training)
    np.testing.assert_allclose(y.mean(axis=1), 0, atol=1e-5)
    variance = ROWS.astype(float).var(axis=1)
    np.testing.assert_allclose(y.var(axis=1), variance / (variance + 1e-3), rtol=1e-4)
    assert statistics == ()
    scaled, _ = layers.layer_norm.apply(ROWS, (SCALE, SHIFT), (), is_training)
    np.testing.assert_allclose(scaled, y * SCALE + SHIFT, rtol=1e-5, atol=1e-5)
    assert scaled.dtype == np.float32
    alone, _ = layers.layer_norm.apply(ROWS[:1], (SCALE, SHIFT), (), is_training)
    np.testing.assert_allclose(alone, scaled[:1], rtol=1e-5)


@pytest.mark.parametrize("width", [1, 2, 3, 5, 9])
def test_softmax(width):
    x = RNG.normal(0, 3, (50, width)).astype(np.float32)
    y, statistics = layers.softmax(x, (), (), True)
    exponentials = np.exp(x.astype(float))
    np.testing.assert_allclose(y, exponentials / exponentials.sum(axis=1, keepdims=True), rtol=1e-5)
    np.testing.assert_allclose(y.sum(axis=1), 1, rtol=1e-6)
    assert y.dtype == np.float32
    assert statistics == ()


def test_softmax_does_not_overflow():
    x = np.float32([[1e4, -1e4, 0], [-1e4, -1e4, -1e4], [1e4, 1e4, -1e4], [-1e4, -1e4 + 1, -2e4]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        y, _ = layers.softmax(x, (), (), True)
    third = 1 / 3
    e = np.exp(1)
    expected = [[1, 0, 0], [third, third, third], [0.5, 0.5, 0], [1 / (1 + e), e / (1 + e), 0]]
    np.testing.assert_allclose(y, expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("relu", [0, 0, 0, 0.5, 100]),
        ("tanh", [-1, -0.46211716, 0, 0.46211716, 1]),
        ("sigmoid", [0, 0.37754067, 0.5, 0.62245933, 1]),
        ("linear", [-100, -0.5, 0, 0.5, 100]),
    ],
)
def test_activations(name, expected):
    x = np.float32([-100, -0.5, 0, 0.5, 100])
    with np.errstate(over="raise", invalid="raise"):
        y = getattr(activations, name)(x)
    np.testing.assert_allclose(y, expected, rtol=1e-6, atol=1e-7)
    assert y.dtype == np.float32


def test_sigmoid_does_not_overflow():
    with np.errstate(over="raise", invalid="raise"):
        assert activations.sigmoid(np.float32([-1e4, 1e4])).tolist() == [0, 1]


def test_every_kind_of_layer_is_there():
    for experiment in ({"normalization": name} for name in registry.entries("normalization")):
        for activation in registry.entries("activation"):
            for _, kind, width in shape.layers({**fields.defaults(), **experiment, "activation": activation}):
                layer = layers.layer_of(kind)
                own = [np.ones((4, 4) if name == "kernel" else 4, np.float32) for name in layer.parameters]
                statistics = [np.full(4, value, np.float32) for value in layer.statistics]
                y, _ = layer.apply(np.ones((3, 4), np.float32), own, statistics, True)
                assert y.shape == (3, 4)
                assert width in (2, 8)


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_cross_entropy(classes):
    probabilities = RNG.dirichlet(np.ones(classes), 30).astype(np.float32)
    labels = RNG.integers(0, classes, 30)
    expected = np.mean([-np.log(float(row[label])) for row, label in zip(probabilities, labels, strict=True)])
    assert losses.cross_entropy(probabilities, np.eye(classes)[labels]) == pytest.approx(expected, rel=1e-5)


def test_cross_entropy_is_clipped():
    targets = np.float32([[1, 0, 0]])
    assert losses.cross_entropy(np.float32([[0, 1, 0]]), targets) == pytest.approx(-np.log(1e-7), rel=1e-4)
    assert losses.cross_entropy(np.float32([[1, 0, 0]]), targets) == pytest.approx(
        -np.log(1 - 1e-7), rel=0.5, abs=1e-12
    )


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_mean_squared_error(classes):
    outputs = RNG.normal(0, 2, (30, classes)).astype(np.float32)
    targets = np.eye(classes, dtype=np.float32)[RNG.integers(0, classes, 30)]
    expected = sum((outputs.astype(float) - targets).ravel() ** 2) / (30 * classes)
    assert losses.mean_squared_error(outputs, targets) == pytest.approx(expected, rel=1e-5)


def test_huber():
    outputs = RNG.normal(0, 2, (30, 3)).astype(np.float32)
    targets = RNG.normal(0, 1, (30, 3)).astype(np.float32)
    far = [abs(float(output) - float(target)) for output, target in zip(outputs.flat, targets.flat, strict=True)]
    assert min(far) < 1 < max(far)
    expected = np.mean([d**2 / 2 if d <= 1 else d - 0.5 for d in far])
    assert losses.huber(outputs, targets) == pytest.approx(expected, rel=1e-5)


def test_accuracy():
    targets = np.eye(3)[[0, 1, 2, 0]]
    assert losses.accuracy(np.float32([[3, 1, 1], [1, 3, 1], [1, 1, 3], [1, 1, 3]]), targets) == 0.75
    # Of equal outputs the first counts.
    assert losses.accuracy(np.ones((4, 3)), targets) == 0.5
    assert losses.accuracy(np.float32([[0.1, 0.2, 0.3, 0.4, 0.9]]), np.eye(5)[[4]]) == 1


def test_numerics():
    np.testing.assert_allclose(numerics.mean(ROWS), ROWS.mean(), rtol=1e-6)
    np.testing.assert_allclose(numerics.mean(ROWS, axis=0), ROWS.mean(axis=0, keepdims=True), rtol=1e-6)
    np.testing.assert_allclose(numerics.mean(ROWS, axis=1), ROWS.mean(axis=1, keepdims=True), rtol=1e-6)
    assert numerics.positive_part(np.float32([-2, 0, 2])).tolist() == [0, 0, 2]
    assert numerics.ceiling_of_rows(np.float32([[0.5, -3], [-2.5, -7], [4, 4]])).tolist() == [[1], [-2], [4]]


@pytest.mark.parametrize("normalization", registry.entries("normalization"))
@pytest.mark.parametrize("loss", registry.entries("loss"))
def test_forward_names_every_layer(normalization, loss):
    experiment = {
        **fields.defaults(),
        "normalization": normalization,
        "loss": loss,
        "hidden_layers": (7, 1, 3),
        "dataset": networks.data_for(loss),
    }
    parameters, statistics = network.initialize(experiment)
    x = RNG.normal(0, 2, (11, 2)).astype(np.float32)
    outputs, updated = network.forward(experiment, parameters, statistics, x, training=True)
    assert [(name, *out.shape) for name, out in outputs.items()] == [
        (name, 11, width) for name, _, width in shape.layers(experiment)
    ]
    assert all(out.dtype == np.float32 for out in outputs.values())
    assert [array.shape for array in updated] == [array.shape for array in statistics]
    assert outputs["input"] is x
    last = "softmax" if loss == "cross_entropy" else "fc4"
    assert network.output(outputs) is outputs[last]
    np.testing.assert_array_equal(
        network.predict(experiment, parameters, statistics, x)[last],
        network.forward(experiment, parameters, statistics, x)[0][last],
    )


def test_forward_by_hand():
    """Two hidden layers written out; dense, batch norm and activation follow each other in that order."""
    experiment = {
        **fields.defaults(),
        "normalization": "batch_norm",
        "activation": "tanh",
        "hidden_layers": (4, 3),
        "loss": "mean_squared_error",
    }
    own = [RNG.normal(0, 1, p.shape) for p in network.initialize(experiment)[0]]
    k1, b1, s1, t1, k2, b2, s2, t2, k3, b3 = own
    m1, v1, m2, v2 = statistics = [RNG.uniform(0.5, 1, n) for n in (4, 4, 3, 3)]
    x = RNG.normal(0, 2, (6, 2))
    first = np.tanh((x @ k1 + b1 - m1) / np.sqrt(v1 + 1e-3) * s1 + t1)
    second = np.tanh((first @ k2 + b2 - m2) / np.sqrt(v2 + 1e-3) * s2 + t2)
    outputs = network.predict(experiment, own, statistics, x)
    np.testing.assert_allclose(outputs["tanh1"], first, rtol=1e-12)
    np.testing.assert_allclose(outputs["tanh2"], second, rtol=1e-12)
    np.testing.assert_allclose(outputs["fc3"], second @ k3 + b3, rtol=1e-12)
