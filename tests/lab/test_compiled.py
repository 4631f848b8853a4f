"""The compiled trainer does what the plain one does, for everything that can be chosen on the page."""

from itertools import product

import numpy as np
import pytest

from lab import compiled, datasets, network, plane, training
from lab import run as run_module
from lab.compiled import CompiledTrainer
from lab.plain import PlainTrainer
from spec import registry, shape
from tests import data_sets
from tests.lab import networks
from tests.lab.test_run import EVERYTHING, Seen, request

STEPS = 50
# float32 rounds differently when sums are added up in another order; training makes that grow slowly.
TOLERANCE = 1e-4
GRID = networks.PLANE.grid
# Not narrow: layer norm over few numbers is steep where they are alike, and makes much of rounding.
HIDDEN = ((8,), (), (8, 6), (6, 7))
EVERY = [
    {
        "optimizer": optimizer,
        "normalization": normalization,
        "loss": loss,
        "activation": activation,
        "dataset": networks.data_for(loss),
    }
    for optimizer, normalization, loss, activation in product(
        registry.entries("optimizer"),
        registry.entries("normalization"),
        registry.entries("loss"),
        registry.entries("activation"),
    )
]


# The data sets whose inputs are places of the plane.
OF_THE_PLANE = [key for key in data_sets.OFFERED if registry.trait("dataset", key, "inputs") == 2]


def trainers(**choices):
    experiment = networks.experiment_of(**choices)
    data = datasets.load(experiment)
    return CompiledTrainer(experiment, data), PlainTrainer(experiment, data)


def last_layers(experiment):
    return shape.layer_names(experiment)


def steady_rate(choices, rate):
    """A learning rate of about `rate` at which no rounding grows from step to step.

    Squared errors of a network without bends may be so large that it diverges.
    """
    return rate / 100 if (choices["activation"], choices["loss"]) == ("linear", "mean_squared_error") else rate


@pytest.mark.parametrize("number", range(len(EVERY)), ids=lambda number: "-".join(EVERY[number].values()))
def test_same_training_for_every_configuration(number):
    choices = {**EVERY[number], "hidden_layers": HIDDEN[number % len(HIDDEN)], "seed": number}
    choices["dataset"] = OF_THE_PLANE[number % len(OF_THE_PLANE)]
    ours, plain = trainers(**choices)
    rate = steady_rate(choices, 0.002)
    first, second = STEPS // 3, STEPS - STEPS // 3
    losses = np.concatenate(
        [ours.train(networks.rates(rate), 0, first), ours.train(networks.rates(rate), first, second)]
    )
    np.testing.assert_allclose(losses, plain.train(networks.rates(rate), 0, STEPS), rtol=TOLERANCE, atol=TOLERANCE)
    if (choices["optimizer"], choices["normalization"]) == ("adam", "batch_norm"):
        # A bias before batch norm has no gradient but rounding, of which Adam makes full steps.
        return
    names = last_layers(plain.experiment)
    for one, other in ((ours.outputs(names), plain.outputs(names)), (ours.ends(GRID(24)), plain.ends(GRID(24)))):
        assert list(one) == list(other)
        for name in one:
            np.testing.assert_allclose(one[name], other[name], rtol=TOLERANCE, atol=10 * TOLERANCE, err_msg=name)


@pytest.mark.parametrize("hidden", [(), (5,), (64, 7, 3)], ids=str)
@pytest.mark.parametrize(("normalization", "loss", "activation"), networks.COMBINATIONS)
def test_same_training_with_dropout(normalization, loss, activation, hidden):
    """Whatever is left out is the same to the bit, in full batches and in short ones."""
    choices = {"normalization": normalization, "loss": loss, "activation": activation, "hidden_layers": hidden}
    ours, plain = trainers(**choices, dropout=0.5, seed=3)
    assert ours.engine == "wasm"
    for first, count, share in ((0, 17, 0.5), (17, 3, 0.1), (20, 14, 0.8)):
        rates = networks.rates(steady_rate(choices, 0.0005), dropout=share)
        one, other = ours.train(rates, first, count), plain.train(rates, first, count)
        np.testing.assert_allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE)
    for name, output in ours.outputs(last_layers(plain.experiment)).items():
        expected = plain.outputs([name])[name]
        np.testing.assert_allclose(output, expected, rtol=TOLERANCE, atol=10 * TOLERANCE, err_msg=name)


@pytest.mark.parametrize("dropout", [0.0, 0.2])
@pytest.mark.parametrize("optimizer", registry.entries("optimizer"))
@pytest.mark.parametrize("normalization", registry.entries("normalization"))
def test_same_training_with_clipped_gradients(normalization, optimizer, dropout):
    if (normalization, optimizer) == ("batch_norm", "adam"):
        pytest.skip("Adam makes full steps of the rounding before batch norm")
    ours, plain = trainers(normalization=normalization, optimizer=optimizer, dropout=dropout, clip=0.1)
    without, _ = trainers(normalization=normalization, optimizer=optimizer, dropout=dropout)
    for first, count, clip in ((0, 17, 0.1), (17, 13, 1e-3)):
        rates = networks.rates(0.002, dropout=dropout, clip=clip, l2=0.01)
        one, other = ours.train(rates, first, count), plain.train(rates, first, count)
        np.testing.assert_allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE)
        unclipped = without.train(networks.rates(0.002, dropout=dropout, l2=0.01), first, count)
    assert np.abs(one - unclipped).max() > 100 * TOLERANCE


def test_a_network_predicts_without_dropout():
    ours, _ = trainers(hidden_layers=(6, 5), dropout=0.9)
    ours.train(networks.rates(0.01, dropout=0.9), 0, 20)
    without, _ = trainers(hidden_layers=(6, 5))
    without.restore(ours.arrays())
    np.testing.assert_array_equal(ours.output(), without.output())
    for one, other in ((ours.outputs, without.outputs), (ours.ends, without.ends)):
        argument = GRID(9) if one == ours.ends else last_layers(ours.experiment)
        for name, expected in other(argument).items():
            np.testing.assert_array_equal(one(argument)[name], expected)
    assert_sees_the_same(ours, without, GRID(9), random_selectors(ours.experiment, 0))


def test_a_step_without_extras_is_the_step_it_was():
    """Not a kernel more than what gathers the batch, the step itself, and what notes the loss and walks on."""
    ours, _ = trainers(hidden_layers=(6, 5))
    with_dropout, _ = trainers(hidden_layers=(6, 5), dropout=0.5)
    kinds = [[type(kernel).__name__ for kernel in each.workspace.kernels("full")] for each in (ours, with_dropout)]
    assert "Noise" not in kinds[0]
    assert kinds[1].count("Noise") == 2


@pytest.mark.parametrize("size", [1, 7, 40, 60, 90, 180])
def test_every_batch_is_the_plain_trainers(size):
    """Steps taken in portions of any size, over the ends of epochs, with and without a short last batch."""
    ours, plain = trainers(batch_size=size, hidden_layers=(3,))
    step = 0
    for count in (1, 2, 3, 50, 7):
        taken = len(ours.train(networks.rates(0.01), step, count))
        assert taken == count
        np.testing.assert_allclose(ours.train(networks.rates(0.01), step + count, 0), [])
        step += count
    losses = plain.train(networks.rates(0.01), 0, step)
    for one, other in zip(ours.arrays(), plain.arrays(), strict=True):
        for a, b in zip(one, other, strict=True):
            assert a.dtype == np.float32
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)
    assert len(losses) == step


def test_portions_end_with_the_orders_that_are_drawn_together():
    ours, plain = trainers()
    rows = ours.data.training
    block = training.epochs_together(rows) * training.steps_per_epoch(ours.experiment, rows)
    assert len(ours.train(networks.rates(0.01), 0, block + 10)) == block
    assert len(ours.train(networks.rates(0.01), block, 10)) == 10
    plain_losses = plain.train(networks.rates(0.01), 0, block + 10)
    np.testing.assert_allclose(ours.outputs(["fc2"])["fc2"], plain.outputs(["fc2"])["fc2"], rtol=0.02, atol=0.02)
    assert len(plain_losses) == block + 10


def test_restore_goes_back_exactly():
    ours, _ = trainers(optimizer="adam", normalization="batch_norm")
    ours.train(networks.rates(0.01), 0, 12)
    arrays = ours.arrays()
    losses = ours.train(networks.rates(0.01), 12, 20)
    ours.restore(arrays)
    np.testing.assert_array_equal(ours.train(networks.rates(0.01), 12, 20), losses)


def test_learning_rate_compiles_nothing():
    ours, plain = trainers()
    module = ours.workspace.module
    for step, rate in enumerate((0.01, 0.5, np.array([0.2]), 0.5, 0.0001)):
        np.testing.assert_allclose(
            ours.train(networks.rates(rate), step, 1), plain.train(networks.rates(rate), step, 1), rtol=TOLERANCE
        )
    assert ours.workspace.module is module


def test_losses_end_with_the_first_that_is_not_finite():
    ours, plain = trainers(loss="mean_squared_error", activation="relu", hidden_layers=(8, 8))
    losses = ours.train(networks.rates(10), 0, 30)
    assert 1 < len(losses) < 30
    assert np.isfinite(losses[:-1]).all()
    assert not np.isfinite(losses[-1])
    assert len(plain.train(networks.rates(10), 0, 30)) == len(losses)


@pytest.mark.parametrize("resolution", [1, 16, 100, 200])
def test_grid_of_any_resolution(resolution):
    ours, plain = trainers(hidden_layers=(4,))
    for name, output in ours.ends(GRID(resolution)).items():
        assert output.shape == ((resolution + 1) ** 2, 2)
        np.testing.assert_allclose(output, plain.ends(GRID(resolution))[name], rtol=1e-4, atol=1e-5)


def random_selectors(experiment, seed):
    rng = np.random.default_rng(seed)
    widths = [(name, width) for name, _, width in shape.layers(experiment)]
    return {name: plane.selector(width, rng.normal(size=(width, 3)), rng.integers(width)) for name, width in widths}


def assert_sees_the_same(ours, plain, points, selectors):
    """Both trainers' `plane`, and NumPy's own answer from the parameters."""
    seen, expected = ours.evaluate(points, selectors), plain.evaluate(points, selectors)
    parameters, _, statistics = ours.arrays()
    outputs = network.predict(ours.experiment, parameters, statistics, points)
    assert list(seen) == list(expected) == list(outputs)
    for name, output in outputs.items():
        reference = output.astype(float) @ selectors[name]
        assert seen[name].shape == reference.shape == (len(points), plane.columns(output.shape[1]))
        assert seen[name].dtype == np.float32
        tolerance = 1e-5 * np.abs(output).max(initial=1)
        np.testing.assert_allclose(seen[name], reference, rtol=1e-4, atol=3 * tolerance, err_msg=name)
        np.testing.assert_allclose(seen[name], expected[name], rtol=1e-3, atol=10 * tolerance, err_msg=name)


@pytest.mark.parametrize("loss", networks.CLASSIFYING)
@pytest.mark.parametrize("normalization", registry.entries("normalization"))
@pytest.mark.parametrize("hidden", [(), (1,), (2, 3), (4, 20), (16, 17), (130,)])
def test_plane_is_the_plain_trainers(hidden, normalization, loss):
    ours, plain = trainers(hidden_layers=hidden, normalization=normalization, loss=loss)
    ours.train(networks.rates(0.01), 0, 7)
    plain.restore(ours.arrays())
    assert_sees_the_same(ours, plain, GRID(12), random_selectors(ours.experiment, 0))


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 97 * 97 + 1])
def test_plane_of_any_points(count):
    ours, plain = trainers(hidden_layers=(5,))
    points = np.random.default_rng(count).uniform(-6, 6, (count, 2)).astype(np.float32)
    assert_sees_the_same(ours, plain, points, random_selectors(ours.experiment, 1))


def test_plane_with_other_selectors_and_other_views_in_between():
    ours, plain = trainers(hidden_layers=(5, 3))
    first, second = (random_selectors(ours.experiment, seed) for seed in (1, 2))
    points = GRID(24)
    for selectors in (first, second, {**second, "fc1": first["fc1"]}, first):
        assert_sees_the_same(ours, plain, points, selectors)
        ours.ends(GRID(16))
        outputs = ours.outputs(["input", "fc2"])
        np.testing.assert_array_equal(outputs["input"], ours.data.inputs)
        np.testing.assert_allclose(outputs["fc2"], plain.outputs(["fc2"])["fc2"], rtol=1e-4, atol=1e-5)
        for trainer in (ours, plain):
            trainer.train(networks.rates(0.01), 0, 1)


def test_plane_of_more_than_its_memory_holds(monkeypatch):
    monkeypatch.setattr(compiled, "MOST_NUMBERS", 10_000)
    ours, plain = trainers(hidden_layers=(5, 3))
    assert_sees_the_same(ours, plain, GRID(48), random_selectors(ours.experiment, 1))


@pytest.mark.parametrize("normalization", registry.entries("normalization"))
@pytest.mark.parametrize("rows", [None, 1, 5, 16])
def test_kernels(rows, normalization):
    ours, plain = trainers(hidden_layers=(20, 1, 3), normalization=normalization)
    kernels = ours.kernels(rows)
    assert [kernel.shape for kernel in ours.kernels()] == [(2, 20), (20, 1), (1, 3), (3, 2)]
    for one, other, whole in zip(kernels, plain.kernels(rows), plain.kernels(), strict=True):
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(one, whole[:rows])


def test_session_trains_in_webassembly():
    experiment = networks.experiment_of()
    run = Seen(experiment)
    assert run.trainer.engine == "wasm"
    run.frame(request(experiment, EVERYTHING, to_epoch=100))
    assert run.epoch == 100
    assert run.metrics[1] > 0.9


def test_what_cannot_be_compiled_is_trained_all_the_same(monkeypatch):
    """A new activation from a primitive that the engine does not know: the right answer, and the reason."""
    from autograd.extend import defvjp, primitive

    from lab import activations

    @primitive
    def arctangent(x):
        return np.arctan(x)

    defvjp(arctangent, lambda ans, x: lambda g: g / (1 + x * x))
    monkeypatch.setattr(activations, "tanh", arctangent)
    monkeypatch.setattr(run_module, "recipe_of", lambda experiment, data, drawn: {})
    experiment = networks.experiment_of()
    run = Seen(experiment)
    assert run.trainer.engine == "autograd"
    assert "arctangent" in run.trainer.reason
    run.frame(request(experiment, EVERYTHING, to_epoch=60))
    assert run.metrics[1] > 0.8


@pytest.mark.parametrize("rows", [[], [5], [7, 3, 3], list(range(199, -1, -1)), [*range(200), *range(100)]])
def test_outputs_of_any_rows(rows):
    for trainer in trainers(hidden_layers=(5,)):
        names = ["input", "fc2"]
        every = trainer.outputs(names)
        found = trainer.outputs(names, np.array(rows, int))
        for name in names:
            assert found[name].shape == (len(rows), 2)
            np.testing.assert_array_equal(found[name], every[name][rows])
