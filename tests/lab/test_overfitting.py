"""The commonest lesson: few noisy points are learnt by heart, and what helps against it."""

from functools import cache

import numpy as np
import pytest

from tests.lab import networks
from tests.lab.test_run import EVERYTHING, Seen, request

EPOCHS = 400
SEEDS = range(5)
# 40 points to train on, of a disc in a ring that noise has carried into one another, and 360 held out.
FEW = {"dataset": "circle", "noise": 250, "points": 400, "held_out": 90}
# By so many times its least the held-out loss has risen in the end.
RISEN = 1.5


@cache
def curves(seed, **choices):
    """`(training accuracy at the end, held-out loss after every epoch)`."""
    experiment = networks.experiment_of(
        hidden_layers=(64, 64), optimizer="adam", learning_rate=0.01, seed=seed, **FEW | choices
    )
    history = Seen(experiment, drawn=False).frame(request(experiment, EVERYTHING, view=None, to_epoch=EPOCHS))[
        "history"
    ]
    assert history.shape == (5, EPOCHS + 1)
    return history[2][-1], history[3]


@pytest.mark.parametrize("seed", SEEDS)
def test_few_noisy_points_are_learnt_by_heart(seed):
    accuracy, held_out = curves(seed)
    assert accuracy == 1
    assert held_out[-1] >= RISEN * held_out.min()


@pytest.mark.parametrize(
    "cure", [{"l2": 0.01}, {"dropout": 0.5}, {"points": 2222, "held_out": 10}], ids=["l2", "dropout", "2,000 points"]
)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_helps(seed, cure):
    _, held_out = curves(seed, **cure)
    assert held_out[-1] < RISEN * held_out.min()
    # And it is better from the start: the least there is as well.
    assert held_out.min() < curves(seed)[1].min()


def test_l1_makes_weights_nothing():
    """Those that hardly help are within a step of zero, where without it none is."""
    experiment = networks.experiment_of(
        hidden_layers=(64,), optimizer="sgd", learning_rate=0.05, l1=0.005, loss="mean_squared_error"
    )
    small = {}
    for l1 in (0.0, 0.005):
        run = Seen({**experiment, "l1": l1}, drawn=False)
        run.frame(request({**experiment, "l1": l1}, EVERYTHING, view=None, to_epoch=EPOCHS))
        kernels = [parameter for parameter in run.trainer.arrays()[0] if parameter.ndim == 2]
        # A step carries a weight of no use by the learning rate times l1, back and forth.
        small[l1] = np.mean(np.abs(np.concatenate([kernel.ravel() for kernel in kernels])) <= 2 * 0.05 * 0.005)
    assert small[0.0] < 0.02 < 0.2 < small[0.005]
