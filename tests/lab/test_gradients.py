"""Gradients against finite differences and against autograd's own, and float32 all the way."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.tracer import isbox

from lab import activations, network, training
from lab.gradients import value_and_gradients
from spec import registry
from tests.lab import networks


def central_differences(function, arguments, index, step=1e-6):
    """The gradient of `function(*arguments)`, one number, with respect to the argument at `index`."""
    gradient = np.zeros_like(arguments[index])
    for position in np.ndindex(gradient.shape):
        values = []
        for shift in (step, -step):
            moved = [array.copy() for array in arguments]
            moved[index][position] += shift
            values.append(float(function(*moved)))
        gradient[position] = (values[0] - values[1]) / (2 * step)
    return gradient


def has_kink(experiment, parameters, statistics, x):
    """Whether a unit of the network is so near to where ReLU bends that a finite difference may cross it."""
    outputs, _ = network.forward(experiment, parameters, statistics, x, training=True)
    names = list(outputs)
    before = [outputs[names[names.index(name) - 1]] for name in names if name.startswith("relu")]
    return any(np.abs(array).min() < 1e-4 for array in before)


@pytest.mark.parametrize(("normalization", "loss", "activation"), networks.COMBINATIONS)
def test_whole_network(normalization, loss, activation):
    experiment = networks.experiment_of(
        normalization=normalization,
        loss=loss,
        activation=activation,
        hidden_layers=(5, 3),
        dataset=networks.data_for(loss, "gaussian"),
        seed=2,
    )
    parameters, statistics = networks.shaken(experiment, float)
    x, targets = networks.batch_of(experiment, dtype=float)
    assert not has_kink(experiment, parameters, statistics, x)
    function = networks.loss_function(experiment, statistics, x, targets)
    value, _, gradients = value_and_gradients(function, parameters)
    assert value == pytest.approx(float(function(*parameters)[0]), rel=1e-12)
    largest = max(np.abs(gradient).max() for gradient in gradients)
    assert largest > 1e-3
    for index, gradient in enumerate(gradients):
        differences = central_differences(lambda *arrays: function(*arrays)[0], parameters, index)
        np.testing.assert_allclose(gradient, differences, rtol=1e-5, atol=1e-7)
        by_autograd = autograd.grad(lambda *arrays: function(*arrays)[0], index)(*parameters)
        np.testing.assert_allclose(gradient, by_autograd, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("optimizer", registry.entries("optimizer"))
@pytest.mark.parametrize(("normalization", "loss", "activation"), networks.COMBINATIONS)
def test_everything_stays_float32(optimizer, normalization, loss, activation):
    experiment = networks.experiment_of(
        optimizer=optimizer,
        normalization=normalization,
        loss=loss,
        activation=activation,
        hidden_layers=(4, 3),
        dataset=networks.data_for(loss),
    )
    parameters, statistics = networks.shaken(experiment)
    state = training.initial_state(experiment, parameters)
    x, targets = networks.batch_of(experiment)
    function = networks.loss_function(experiment, statistics, x, targets)
    _, _, gradients = value_and_gradients(function, parameters)
    assert {gradient.dtype for gradient in gradients} == {np.dtype(np.float32)}
    copies = [array.copy() for array in parameters + state + statistics]
    step = training.make_step(experiment)
    for count in (1, 2):
        value, *after = step(
            parameters,
            state,
            statistics,
            x,
            targets,
            [np.float32(rate) for rate in networks.rates(0.01)],
            np.float32(count),
        )
        assert np.asarray(value).dtype == np.float32
        for old, new in zip((parameters, state, statistics), after, strict=True):
            assert [array.shape for array in new] == [array.shape for array in old]
            assert all(array.dtype == np.float32 for array in new)
        if count == 1:
            # A step is a pure function: what goes in stays as it is.
            unchanged = zip(parameters + state + statistics, copies, strict=True)
            assert all((array == copy).all() for array, copy in unchanged)
            assert any((new != old).any() for new, old in zip(after[0], parameters, strict=True))
        parameters, state, statistics = after


@pytest.mark.parametrize(("normalization", "loss", "activation"), networks.COMBINATIONS)
def test_whole_network_with_a_mask_of_dropout(normalization, loss, activation):
    experiment = networks.experiment_of(
        normalization=normalization, loss=loss, activation=activation, hidden_layers=(5, 3), dropout=0.4, seed=2
    )
    parameters, statistics = networks.shaken(experiment, float)
    x, targets = networks.batch_of(experiment, dtype=float)
    masks = training.dropout_masks(training.noise_of(experiment, 3, len(x)), 0.4)
    assert [mask.shape for mask in masks] == [(12, 5), (12, 3)]
    function = networks.loss_function(experiment, statistics, x, targets, masks)
    _, _, gradients = value_and_gradients(function, parameters)
    _, _, without = value_and_gradients(networks.loss_function(experiment, statistics, x, targets), parameters)
    assert not np.allclose(gradients[0], without[0], rtol=1e-2)
    for index, gradient in enumerate(gradients):
        differences = central_differences(lambda *arrays: function(*arrays)[0], parameters, index)
        np.testing.assert_allclose(gradient, differences, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("classes", [3, 5])
@pytest.mark.parametrize("loss", networks.CLASSIFYING)
def test_any_number_of_classes(monkeypatch, loss, classes):
    monkeypatch.setitem(registry.entry("dataset", "circle").traits, "outputs", classes)
    experiment = networks.experiment_of(loss=loss, normalization="layer_norm", hidden_layers=(4,))
    parameters, statistics = networks.shaken(experiment, float)
    x = np.random.default_rng(0).normal(0, 2, (10, 2))
    targets = np.eye(classes)[np.arange(10) % classes]
    function = networks.loss_function(experiment, statistics, x, targets)
    _, _, gradients = value_and_gradients(function, parameters)
    for index, gradient in enumerate(gradients):
        differences = central_differences(lambda *arrays: function(*arrays)[0], parameters, index)
        np.testing.assert_allclose(gradient, differences, rtol=1e-5, atol=1e-8)


def test_relu_at_zero_has_no_gradient():
    """As in TensorFlow.js; autograd's own rule for a maximum would give one half."""
    _, _, (gradient,) = value_and_gradients(lambda x: (anp.sum(activations.relu(x)), []), [np.float32([-1, 0, 2])])
    assert gradient.tolist() == [0, 0, 1]


def test_argument_that_nothing_depends_on():
    used, unused = np.float32([1, 2]), np.float32([[3, 4], [5, 6]])
    _, _, gradients = value_and_gradients(lambda a, b: (anp.sum(a * a), []), [used, unused])
    assert gradients[0].tolist() == [2, 4]
    assert gradients[1].tolist() == [[0, 0], [0, 0]]
    assert gradients[1].dtype == np.float32


def test_value_that_depends_on_nothing():
    value, _, gradients = value_and_gradients(lambda a: (np.float32(7), []), [np.float32([1, 2])])
    assert value == 7
    assert gradients[0].tolist() == [0, 0]


def test_argument_that_is_used_twice():
    _, _, (gradient,) = value_and_gradients(lambda a: (anp.sum(a * a * a + anp.tanh(a)), []), [np.array([0.5, -1])])
    np.testing.assert_allclose(gradient, 3 * np.array([0.25, 1]) + 1 - np.tanh([0.5, -1]) ** 2)


def test_one_array_as_two_arguments():
    array = np.array([2.0, 3.0])
    _, _, gradients = value_and_gradients(lambda a, b: (anp.sum(a * a * b), []), [array, array])
    assert [gradient.tolist() for gradient in gradients] == [[8, 18], [4, 9]]


def test_arguments_are_not_altered():
    arrays = [np.array([1.0, 2.0]), np.array([3.0, 4.0])]
    value_and_gradients(lambda a, b: (anp.sum(a * b + a), []), arrays)
    assert [array.tolist() for array in arrays] == [[1, 2], [3, 4]]


def test_extra_is_passed_unboxed():
    array = np.float32([1, 2])
    constant = np.float32([9])
    value, extra, _ = value_and_gradients(lambda a: (anp.sum(a), [a * 2, constant, a]), [array])
    assert not isbox(value)
    assert not any(isbox(item) for item in extra)
    assert [item.tolist() for item in extra] == [[2, 4], [9], [1, 2]]
    assert extra[1] is constant
    assert extra[2] is array


def test_inside_another_trace():
    """A trace around one that computes gradients sees the gradients: second derivatives come out right."""

    def slope(x):
        return anp.sum(value_and_gradients(lambda a: (anp.sum(a**3), []), [x])[2][0])

    np.testing.assert_allclose(autograd.grad(slope)(np.array([1.0, 2.0])), [6, 12])


def test_clipped_gradients_are_as_long_as_they_may_be():
    rng = np.random.default_rng(0)
    gradients = [rng.normal(size=shape) for shape in ((2, 3), (3,), (3, 1), (1,))]
    every = np.concatenate([gradient.ravel() for gradient in gradients])
    length = np.sqrt(every @ every)
    for limit in (length * 2, length, length / 7, 1e-30):
        found = np.concatenate([gradient.ravel() for gradient in training.clipped(gradients, limit)])
        np.testing.assert_allclose(found, every * min(1, limit / length), rtol=1e-12)
    assert all((gradient == 0).all() for gradient in training.clipped([np.zeros(3), np.zeros((2, 2))], 0.5))
    with np.errstate(invalid="ignore"):
        for value in (np.inf, np.nan):
            broken = training.clipped([np.float32([1, value]), np.float32([[2]])], np.float32(1))
            assert all(np.isnan(gradient).all() and gradient.dtype == np.float32 for gradient in broken)


def test_what_is_clipped_is_the_gradient_with_the_penalties():
    limit = 0.5
    experiment = networks.experiment_of(optimizer="sgd", hidden_layers=(4, 3), clip=limit)
    parameters, statistics = networks.shaken(experiment, float)
    x, targets = networks.batch_of(experiment, dtype=float)
    moves = []
    for clip in (0.0, limit):
        step = training.make_step({**experiment, "clip": clip})
        rates = networks.rates(0.1, l1=0.1, l2=0.2, clip=clip)
        _, updated, *_ = step(parameters, [], statistics, x, targets, rates, 1)
        moves.append(np.concatenate([(old - new).ravel() / 0.1 for old, new in zip(parameters, updated, strict=True)]))
    length = np.linalg.norm(moves[0])
    assert length > 2 * limit
    np.testing.assert_allclose(moves[1], moves[0] * limit / length, rtol=1e-9)


@pytest.mark.parametrize("penalty", [(0.03, 0.0), (0.0, 0.02), (0.01, 0.02)], ids=str)
def test_penalties_are_part_of_what_a_step_makes_small(penalty):
    """Against central differences of the loss with the penalties written out; biases cost nothing."""
    l1, l2 = penalty
    experiment = networks.experiment_of(optimizer="sgd", normalization="layer_norm", hidden_layers=(4, 3))
    parameters, statistics = networks.shaken(experiment, float)
    x, targets = networks.batch_of(experiment, dtype=float)
    loss_of = networks.loss_function(experiment, statistics, x, targets)

    def price(parameters):
        # Layers by turns have weights and biases; a normalization has two vectors.
        weights = [parameter for parameter in parameters if parameter.ndim > 1]
        sizes, squares = sum(np.abs(w).sum() for w in weights), sum((w * w).sum() for w in weights)
        return loss_of(*parameters)[0] + l1 * sizes + l2 * squares

    _, updated, *_ = training.make_step(experiment)(
        parameters, [], statistics, x, targets, networks.rates(0.1, l1=l1, l2=l2), 1
    )
    moved = [(old - new) / 0.1 for old, new in zip(parameters, updated, strict=True)]
    rng = np.random.default_rng(4)
    for _ in range(5):
        ways = [rng.normal(size=parameter.shape) for parameter in parameters]
        ahead, behind = (
            price([parameter + sign * 1e-6 * way for parameter, way in zip(parameters, ways, strict=True)])
            for sign in (1, -1)
        )
        along = sum((slope * way).sum() for slope, way in zip(moved, ways, strict=True))
        assert along == pytest.approx((ahead - behind) / 2e-6, rel=1e-4)
