"""The sentence under the stage: what it says is what the numbers say, whatever run they are of."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page import story
from spec import fields, protocol, shape
from tests import data_sets

# As many letters as two lines on a phone have room for.
LONGEST = 110
DEEP = {"hidden_layers": (8, 8)}
# The layers of that network, with what a line gets right at each in the common case.
BEND = {"input": 53, "fc1": 53, "tanh1": 58, "fc2": 59, "tanh2": 98, "fc3": 98, "softmax": 97}


@pytest.fixture(autouse=True, scope="module")
def entered():
    with data_sets.entered():
        yield


def said(probes=None, layer=None, on_the_way=False, step=100, diverged=False, choices=DEEP, **metrics):
    """The sentence for a network by its probes, by layer or for all layers alike; None for none yet."""
    experiment = {**fields.defaults(), **choices}
    names = shape.layer_names(experiment)
    data = shape.shape_of(experiment)
    given_metrics = {
        "train_accuracy": 0.9,
        "test_accuracy": 0.9,
        "train_loss": 0.25,
        "test_loss": 0.3,
        "train_r2": 0.8,
        "test_r2": 0.75,
        "train_mean_absolute_error": 0.2,
        "test_mean_absolute_error": 0.25,
        **metrics,
    }
    given_metrics = {name: given_metrics[name] for name in protocol.METRICS[data.task]}
    if not isinstance(probes, dict):
        probes = dict.fromkeys(names, probes)
    seen = story.Seen(
        step,
        diverged,
        given_metrics,
        [(probes[name], probes[name]) for name in names],
        names.index(layer or shape.logits_layer(experiment)),
        on_the_way,
    )
    return story.sentence(experiment, seen)


def probes_of(choices, first, then):
    """Probes of a network: one at the input, another at all layers behind it."""
    names = shape.layer_names({**fields.defaults(), **choices})
    return {name: then if index else first for index, name in enumerate(names)}


def test_nothing_is_said_before_anything_is_known():
    assert story.sentence(fields.defaults(), story.Seen(0, False, None, [], 0, False)) == ""


def test_untrained():
    assert said(53, step=0, train_accuracy=0.516) == (
        "Untrained: the network gets 52 % of the training points right; a straight line in the plane, 53 %."
    )
    assert said(None, step=0, train_accuracy=0.516) == "Untrained: the network gets 52 % of the training points right."


def test_diverged():
    words = said(53, diverged=True, step=1234, train_loss=math.inf, train_accuracy=math.nan, test_accuracy=math.nan)
    assert words == "At step 1,235 the loss is no longer a number: the steps were too large."


def test_the_way_from_the_first_layer_to_the_best():
    probes = {**BEND, "tanh1": 75, "fc2": 76}
    assert said(probes) == "In the plane a straight line gets 53 % right; after the bend (tanh2), 98 %."


def test_no_layer_helps():
    words = said({**BEND, "input": 70, "fc1": 70, "tanh1": 71, "fc2": 70, "tanh2": 72, "fc3": 69})
    assert words == "No layer helps yet: a straight line gets 70 % right in the plane, at most 72 % after a layer."


def test_where_a_line_is_enough_nothing_has_to_bend():
    assert said(100) == "Nothing has to bend here: a straight line gets 100 % right in the plane already."
    assert said(99).startswith("Nothing has to bend here")
    assert not said(98).startswith("Nothing has to bend here")


def test_a_dead_network_is_no_better_than_guessing():
    assert said(50) == "At no layer does a straight line get more than 50 % right; guessing gets 50 %."
    many = {**DEEP, "dataset": "ten_classes"}
    words = said(10, choices=many, train_accuracy=0.1, test_accuracy=0.1)
    assert words == "At no layer do straight cuts get more than 10 % right; guessing gets 10 %."


def test_without_hidden_layers():
    alone = {"hidden_layers": ()}
    assert said(53, choices=alone, train_accuracy=0.533) == (
        "Without hidden layers a straight line is all it can draw: 53 % right."
    )
    # What is straight among features is not straight in the plane.
    assert said(99, choices={**alone, "inputs": ("radius",)}, train_accuracy=0.99) == (
        "Without hidden layers a straight line at the input is all it can draw: 99 % right."
    )
    many = {"hidden_layers": (), "dataset": "three_classes"}
    assert said(90, choices=many, train_accuracy=0.9) == (
        "Without hidden layers straight cuts are all it can draw: 90 % right."
    )


def test_solved():
    words = said(BEND, train_accuracy=1, test_accuracy=1)
    assert words == (
        "All 180 training points right: a straight line gets 53 % in the plane, 98 % after the bend (tanh2)."
    )


def test_overfitted():
    words = said(BEND, train_accuracy=0.996, test_accuracy=0.75)
    assert words == "99 % of the training points are right, but only 75 % of those held out."


def test_the_layer_that_is_seen():
    assert said(BEND, layer="tanh1") == ("After the bend (tanh1) a straight line gets 58 % right; in the plane, 53 %.")
    assert said(BEND, layer="input") == said({**BEND, "tanh1": 75, "fc2": 76})
    assert said(BEND, layer="fc2").startswith("After the weights (fc2) a straight line gets 59 % right; in the")
    assert said(BEND, layer="fc2", on_the_way=True) == (
        "On the way from fc2 to tanh2: a straight line gets 59 % right at fc2, 98 % at tanh2."
    )
    assert said(BEND, layer="softmax") == said(BEND), "where the network ends the whole of it is told"


def test_more_classes():
    choices = {**DEEP, "dataset": "three_classes"}
    probes = probes_of(choices, 60, 99)
    assert said(probes, choices=choices) == (
        "In the plane straight cuts get 60 % right; after the weights (fc1), 99 %."
    )


def test_points_of_more_than_a_plane():
    choices = {**DEEP, "dataset": "many_inputs"}
    assert said(probes_of(choices, 60, 99), choices=choices) == (
        "At the input a straight line gets 60 % right; after the weights (fc1), 99 %."
    )


def test_regression():
    choices = {**DEEP, "dataset": "plane_target"}
    probes = probes_of(choices, 12, 95)
    assert said(probes, choices=choices) == (
        "A linear fit explains 12 % of the numbers in the plane, 95 % after the weights (fc1)."
    )
    assert said(probes, choices=choices, step=0, train_loss=1.2345) == (
        "Untrained: the loss is 1.23; a linear fit to the points explains 12 % of the numbers."
    )
    assert said(probes, choices=choices, layer="tanh1") == (
        "After the bend (tanh1) a linear fit explains 95 %; in the plane, 12 %."
    )
    assert said(probes, choices=choices, train_loss=0.01, test_loss=0.05) == (
        "The loss is 0.01 on the training points, but 0.05 on those held out."
    )
    assert said(probes, choices=choices, train_r2=0.97, test_r2=0.4) == (
        "The network explains 97 % of the training points' numbers, but only 40 % of those held out."
    )
    assert said(probes, choices=choices, train_r2=0.97, test_r2=-2.0) == (
        "The network explains 97 % of the training points' numbers, but nothing of those held out."
    )
    assert said(probes, choices=choices, train_r2=math.nan, test_r2=math.nan) == said(probes, choices=choices)
    assert said(12, choices={**choices, "hidden_layers": ()}, train_loss=0.5) == (
        "Without hidden layers a linear fit is all it can do: 12 % explained, loss 0.5."
    )


def test_without_held_out_points_or_probes():
    assert said(None, test_accuracy=math.nan) == "The network gets 90 % of the training points right."
    assert said(BEND, test_accuracy=math.nan) == said({**BEND})
    choices = {**DEEP, "dataset": "plane_target"}
    assert said(None, choices=choices, test_loss=math.nan) == "The loss is 0.25 on the training points."


@pytest.mark.parametrize(("share", "text"), [(0, "0 %"), (0.001, "1 %"), (0.5, "50 %"), (0.996, "99 %"), (1, "100 %")])
def test_all_and_none_are_only_what_is_all_and_none(share, text):
    assert story.percent(share) == text


@given(st.data(), st.sampled_from(["circle", "ten_classes", "plane_target"]), st.sampled_from([(), (8,), (64,) * 12]))
def test_a_sentence_is_one_sentence_of_the_runs_own_numbers(data, dataset, hidden_layers):
    choices = {"dataset": dataset, "hidden_layers": hidden_layers, "activation": "leaky_relu"}
    names = shape.layer_names({**fields.defaults(), **choices})
    probes = {name: data.draw(st.integers(0, 100)) for name in names}
    shares = {name: data.draw(st.floats(0, 1)) for name in ("train_accuracy", "test_accuracy")}
    losses = {name: data.draw(st.floats(1e-9, 1e12)) for name in ("train_loss", "test_loss")}
    step = data.draw(st.sampled_from([0, 5]))
    layer = data.draw(st.sampled_from(names))
    words = said(
        probes, layer, layer != names[-1] and data.draw(st.booleans()), step, **shares, **losses, choices=choices
    )
    guessing = 100 / shape.shape_of({**fields.defaults(), **choices}).outputs
    assert words.endswith(".")
    assert len(words) <= LONGEST
    known = {f"{number} %" for number in (*probes.values(), round(guessing))}
    known |= {story.percent(share) for share in shares.values()}
    assert set(re.findall(r"\d+ %", words)) <= known
