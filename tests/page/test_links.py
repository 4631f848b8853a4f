"""What a link asks of the page, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page import links
from spec import fields, shape
from tests.spec.strategies import examples
from tests.spec.test_query import fragments, is_valid


def test_an_experiment_and_whether_to_play():
    experiment, complaints, play = links.read("#dataset=xor&play&learning_rate=0.3")
    assert (experiment["dataset"], experiment["learning_rate"]) == ("xor", 0.3)
    assert complaints == []
    assert play
    assert not links.read("#player=1&neuron=play.1")[2]


@pytest.mark.parametrize(
    "query",
    [
        "#hidden_layers=" + "1," * 5000 + "1",
        "#hidden_layers=" + ",".join(["1"] * (shape.DEPTH_LIMIT + 1)),
        "#" + "&" * 40000,
        "#" + "play&" * 9000,
        "#hidden_layers=" + "9" * 40000,
        "#" + "%2C" * 16000,
        "#" + "x" * (links.LONGEST + 1),
        "#networkShape=" + "1," * 2000,
    ],
)
def test_what_is_too_long_is_told_and_never_an_error(query):
    experiment, complaints, _ = links.read(query)
    assert is_valid(experiment)
    assert len(experiment["hidden_layers"]) <= shape.DEPTH_LIMIT
    assert all(text.endswith(".") for text in complaints)
    if "hidden_layers" in query or len(query) > links.LONGEST:
        assert complaints and experiment == fields.defaults()


def test_the_deepest_network_can_be_linked():
    widths = ",".join(["1"] * shape.DEPTH_LIMIT)
    experiment, complaints, _ = links.read("#hidden_layers=" + widths)
    assert complaints == []
    assert experiment["hidden_layers"] == (1,) * shape.DEPTH_LIMIT


@examples(500)
@given(fragments, st.booleans())
def test_no_link_is_an_error(fragment, play):
    experiment, complaints, plays = links.read("#" + fragment + ("&play" if play else ""))
    assert is_valid(experiment)
    assert all(text.endswith(".") for text in complaints)
    assert plays or not play
