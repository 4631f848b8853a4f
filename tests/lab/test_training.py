"""Batches, and how well a network does."""

import numpy as np
import pytest

from lab import datasets, training
from tests.lab import networks

DATA = datasets.load(networks.experiment_of())


@pytest.mark.parametrize("size", [1, 7, 40, 60, 179, 180])
def test_an_epoch_is_a_permutation_of_the_training_points(size):
    batches = training.epoch_batches(networks.experiment_of(batch_size=size), DATA.training, 3)
    assert sorted(np.concatenate(batches)) == sorted(DATA.training)
    assert [len(batch) for batch in batches[:-1]] == [size] * ((180 - 1) // size)
    assert len(batches[-1]) == 180 - size * ((180 - 1) // size)


def test_default_batches():
    assert [len(batch) for batch in training.epoch_batches(networks.experiment_of(), DATA.training, 0)] == [40] * 4 + [
        20
    ]


def order(epoch, **choices):
    return np.concatenate(training.epoch_batches(networks.experiment_of(**choices), DATA.training, epoch)).tolist()


def test_order_depends_on_seed_and_epoch_only():
    assert order(5) == order(5)
    assert order(5) != order(6)
    assert order(5) != order(5, seed=1)
    assert order(0) != DATA.training.tolist()
    assert order(5) == order(
        5, batch_size=7, optimizer="adam", hidden_layers=(3, 3), learning_rate=1, activation="relu"
    )


def masks(number, rows=40, share=0.3, **choices):
    experiment = networks.experiment_of(**{"hidden_layers": (50, 30), "dropout": share, **choices})
    return training.dropout_masks(training.noise_of(experiment, number, rows), share)


def test_dropout_leaves_out_its_share_and_keeps_the_mean():
    for mask in masks(5, rows=400):
        left_out = mask == 0
        # Within five standard deviations of what chance alone gives.
        assert abs(left_out.mean() - 0.3) < 5 * np.sqrt(0.3 * 0.7 / mask.size)
        np.testing.assert_allclose(mask[~left_out], 1 / 0.7, rtol=1e-6)
        # No neuron and no point is left out as a whole.
        assert 0 < left_out.mean(axis=0).min() < left_out.mean(axis=0).max() < 1
        assert 0 < left_out.mean(axis=1).min() < left_out.mean(axis=1).max() < 1


def test_what_dropout_leaves_out_depends_on_seed_and_step_only():
    def same(one, other):
        return all((a == b).all() for a, b in zip(one, other, strict=True))

    assert same(masks(7), masks(7, optimizer="adam", learning_rate=1, activation="relu", dataset="xor"))
    assert not same(masks(7), masks(8))
    assert not same(masks(7), masks(7, seed=1))
    first, second = masks(7, hidden_layers=(30, 30))
    assert (first != second).any()
    # A step far beyond what float32 can count is a step of its own.
    assert not same(masks(1 << 25), masks((1 << 25) + 1))
    assert masks(7, dropout=0.0) == masks(7, hidden_layers=()) == []


def test_training_points_are_not_altered():
    before = DATA.training.copy()
    order(1)
    assert (DATA.training == before).all()


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_evaluate(classes):
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(classes), 50).astype(np.float32)
    labels = rng.integers(0, classes, 50)
    targets = np.eye(classes, dtype=np.float32)[labels]
    right = np.mean(
        [max(range(classes), key=row.__getitem__) == label for row, label in zip(probabilities, labels, strict=True)]
    )
    entropy = np.mean([-np.log(row[label]) for row, label in zip(probabilities, labels, strict=True)])
    loss, accuracy = networks.task_of(networks.experiment_of()).measure(probabilities, targets)
    assert (loss, accuracy) == (pytest.approx(entropy, rel=1e-4), pytest.approx(right))
    loss, accuracy = networks.task_of(networks.experiment_of(loss="mean_squared_error")).measure(probabilities, targets)
    assert (loss, accuracy) == (pytest.approx(np.mean((probabilities - targets) ** 2), rel=1e-5), pytest.approx(right))
    assert type(loss) is type(accuracy) is float
