"""The original demo's two findings: circle data and linear activations, layer norm against batch norm."""

import pytest

from tests.lab import networks
from tests.lab.test_run import EVERYTHING, Seen, request

EPOCHS = 150
SEEDS = (3, 9, 15, 18, 21)


def training_accuracies(normalization, seed):
    """The training accuracy after each of `EPOCHS` epochs, from before the first."""
    experiment = networks.experiment_of(
        dataset="circle", activation="linear", hidden_layers=(8,), normalization=normalization, seed=seed
    )
    history = Seen(experiment).frame(request(experiment, EVERYTHING, to_epoch=EPOCHS))["history"]
    assert history.shape == (5, EPOCHS + 1)
    return history[2]


@pytest.mark.parametrize("seed", SEEDS)
def test_layer_norm_learns_the_circle_without_a_nonlinear_activation(seed):
    assert training_accuracies("layer_norm", seed).max() >= 0.97


@pytest.mark.parametrize("seed", SEEDS)
def test_batch_norm_cannot(seed):
    """It is an affine map, so the whole network is one too, and no line parts a disc from the ring around it."""
    assert training_accuracies("batch_norm", seed).max() < 0.65
