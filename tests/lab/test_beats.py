"""What a person who is shown around is told is true of the networks that are trained before their eyes."""

import numpy as np
import pytest

from lab import network
from page import beats
from spec import fields, protocol, shape
from tests.lab.test_run import EVERYTHING, Seen, request

SEEDS = range(6)
POINTS, ONE, MANY, BEND, LINE, BROKEN = beats.BEATS


@pytest.fixture(scope="module")
def trained():
    """`trained(beat, seed)`: the training accuracy after each epoch of a beat."""
    known = {}

    def train(beat, seed):
        experiment = {**beats.experiment(beat), "seed": seed}
        key = experiment["hidden_layers"], experiment["activation"], seed
        if key not in known:
            answer = Seen(experiment).frame(request(experiment, EVERYTHING, to_epoch=beat.epochs))
            known[key] = answer["history"][1 + protocol.METRICS["classification"].index("train_accuracy")]
            assert len(known[key]) == beat.epochs + 1
        return known[key]

    return train


@pytest.mark.parametrize("seed", SEEDS)
def test_one_neuron_leaves_a_quarter_of_the_points_wrong(trained, seed):
    assert trained(ONE, seed).max() <= 0.75


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_bend_so_do_eight(trained, seed):
    assert trained(BROKEN, seed).max() <= 0.75


@pytest.mark.parametrize("seed", SEEDS)
def test_eight_neurons_with_a_bend_have_nearly_all_points_right(trained, seed):
    assert trained(LINE, seed)[-1] >= 0.98


@pytest.mark.parametrize("beat", [ONE, BROKEN])
def test_the_boundary_is_straight(beat):
    """The difference of the scores depends on the place along one direction only."""
    experiment = beats.experiment(beat)
    parameters, statistics = network.initialize(experiment)
    points = np.random.default_rng(1).uniform(-6, 6, (500, 2)).astype(np.float32)
    outputs = network.predict(experiment, parameters, statistics, points)
    logits = outputs[shape.logits_layer(experiment)]
    kernel = np.asarray(parameters[0])
    if experiment["activation"] == "linear":
        # Affine in the place: no more is needed than a least-squares fit can do.
        inputs = np.column_stack([points, np.ones(len(points))])
        assert np.abs(inputs @ np.linalg.lstsq(inputs, logits, rcond=None)[0] - logits).max() < 1e-4
    else:
        along = points @ kernel[:, 0]
        margin = (logits[:, 0] - logits[:, 1])[np.argsort(along)]
        steps = np.diff(margin)
        assert (steps >= -1e-5).all() or (steps <= 1e-5).all()


def test_beats_differ_from_the_defaults_by_choices_that_can_be_made():
    for beat in beats.BEATS:
        experiment = beats.experiment(beat)
        assert fields.from_query(fields.to_query(experiment)) == (experiment, [])
        assert beats.is_of(beat, experiment)
        assert not beats.is_of(beat, {**experiment, "dataset": "xor"})


def test_beats_that_follow_one_another_on_the_same_network_train_it_once():
    assert fields.same_run(*(beats.experiment(beat) for beat in (MANY, BEND)))
    assert fields.same_run(*(beats.experiment(beat) for beat in (BEND, LINE)))
    assert not fields.same_run(*(beats.experiment(beat) for beat in (LINE, BROKEN)))


def test_each_is_one_sentence_of_at_most_25_words():
    for beat in beats.BEATS:
        assert beat.words.endswith(".") and "." not in beat.words[:-1]
        assert len(beat.words.split()) <= 25


@pytest.mark.parametrize("text", [None, "", "x", "-1", "6", "3.5", "99999999999999999999"])
def test_whatever_a_browser_has_kept_it_begins_somewhere(text):
    assert beats.kept(text) == 0
    assert beats.kept("5") == 5
