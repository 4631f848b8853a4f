"""The compiled trainer does what the plain one does, for everything that can be chosen on the page."""

from itertools import product

import numpy as np
import pytest

import spec
from lab import datasets, training
from lab.compiled import CompiledTrainer
from lab.plain import PlainTrainer
from lab.session import Session
from tests.lab import networks
from tests.lab.test_session import EVERYTHING, request

STEPS = 50
# float32 rounds differently when sums are added up in another order; training makes that grow slowly.
TOLERANCE = 1e-4
# Not narrow: layer norm over few numbers is steep where they are alike, and makes much of rounding.
HIDDEN = ((8,), (), (8, 6), (6, 7))
EVERY = [
    {"optimizer": optimizer, "normalization": normalization, "loss": loss, "activation": activation}
    for optimizer, normalization, loss, activation in product(
        spec.OPTIMIZERS, spec.NORMALIZATIONS, spec.LOSSES, spec.ACTIVATIONS
    )
]


def trainers(**choices):
    experiment = networks.experiment_of(**choices)
    data = datasets.load(experiment)
    return CompiledTrainer(experiment, data), PlainTrainer(experiment, data)


def last_layers(experiment):
    return [name for name, _, _ in spec.layers(experiment)]


@pytest.mark.parametrize("number", range(len(EVERY)), ids=lambda number: "-".join(EVERY[number].values()))
def test_same_training_for_every_configuration(number):
    choices = {**EVERY[number], "hidden_layers": HIDDEN[number % len(HIDDEN)], "seed": number}
    choices["dataset"] = list(spec.DATASETS)[number % len(spec.DATASETS)]
    ours, plain = trainers(**choices)
    rate = 0.002
    first, second = STEPS // 3, STEPS - STEPS // 3
    losses = np.concatenate([ours.train(rate, 0, first), ours.train(rate, first, second)])
    np.testing.assert_allclose(losses, plain.train(rate, 0, STEPS), rtol=TOLERANCE, atol=TOLERANCE)
    if (choices["optimizer"], choices["normalization"]) == ("adam", "batch_norm"):
        # A bias before batch norm has no gradient but rounding, of which Adam makes full steps.
        return
    names = last_layers(plain.experiment)
    for one, other in ((ours.outputs(*names), plain.outputs(*names)), (ours.grid_outputs(24), plain.grid_outputs(24))):
        assert list(one) == list(other)
        for name in one:
            np.testing.assert_allclose(one[name], other[name], rtol=TOLERANCE, atol=10 * TOLERANCE, err_msg=name)


@pytest.mark.parametrize("size", [1, 7, 40, 60, 90, 180])
def test_every_batch_is_the_plain_trainers(size):
    """Steps taken in portions of any size, over the ends of epochs, with and without a short last batch."""
    ours, plain = trainers(batch_size=size, hidden_layers=(3,))
    step = 0
    for count in (1, 2, 3, 50, 7):
        taken = len(ours.train(0.01, step, count))
        assert taken == count
        np.testing.assert_allclose(ours.train(0.01, step + count, 0), [])
        step += count
    losses = plain.train(0.01, 0, step)
    for one, other in zip(ours.arrays(), plain.arrays(), strict=True):
        for a, b in zip(one, other, strict=True):
            assert a.dtype == np.float32
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)
    assert len(losses) == step


def test_portions_end_with_the_orders_that_are_drawn_together():
    ours, plain = trainers()
    block = training.BLOCK * training.steps_per_epoch(ours.experiment, ours.data.training)
    assert len(ours.train(0.01, 0, block + 10)) == block
    assert len(ours.train(0.01, block, 10)) == 10
    plain_losses = plain.train(0.01, 0, block + 10)
    np.testing.assert_allclose(ours.outputs("fc2")["fc2"], plain.outputs("fc2")["fc2"], rtol=0.02, atol=0.02)
    assert len(plain_losses) == block + 10


def test_restore_goes_back_exactly():
    ours, _ = trainers(optimizer="adam", normalization="batch_norm")
    ours.train(0.01, 0, 12)
    arrays = ours.arrays()
    losses = ours.train(0.01, 12, 20)
    ours.restore(arrays)
    np.testing.assert_array_equal(ours.train(0.01, 12, 20), losses)


def test_learning_rate_compiles_nothing():
    ours, plain = trainers()
    module = ours.workspace.module
    for step, rate in enumerate((0.01, 0.5, 0.0001)):
        np.testing.assert_allclose(ours.train(rate, step, 1), plain.train(rate, step, 1), rtol=TOLERANCE)
    assert ours.workspace.module is module


def test_losses_end_with_the_first_that_is_not_finite():
    ours, plain = trainers(loss="mean_squared_error", activation="relu", hidden_layers=(8, 8))
    losses = ours.train(10, 0, 30)
    assert 1 < len(losses) < 30
    assert np.isfinite(losses[:-1]).all()
    assert not np.isfinite(losses[-1])
    assert len(plain.train(10, 0, 30)) == len(losses)


@pytest.mark.parametrize("resolution", [1, 16, 100, 200])
def test_grid_of_any_resolution(resolution):
    ours, plain = trainers(hidden_layers=(4,))
    for name, output in ours.grid_outputs(resolution).items():
        assert output.shape == ((resolution + 2) ** 2, 2)
        np.testing.assert_allclose(output, plain.grid_outputs(resolution)[name], rtol=1e-4, atol=1e-5)


def test_session_trains_in_webassembly():
    experiment = networks.experiment_of()
    run = Session(experiment)
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
    experiment = networks.experiment_of()
    run = Session(experiment)
    assert run.trainer.engine == "autograd"
    assert "arctangent" in run.trainer.reason
    run.frame(request(experiment, EVERYTHING, to_epoch=60))
    assert run.metrics[1] > 0.8
