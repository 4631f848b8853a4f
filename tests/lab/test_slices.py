"""The plane as a slice of many columns: two of them vary, the others do not, and the network stays what it was."""

import numpy as np
import pytest

from lab import session
from spec import fields, protocol, shape
from tests.lab import networks
from tests.lab.pictures import PALETTE, view_of
from tests.lab.test_session import framed, no_runs, opened, request_of  # noqa: F401


def experiment_of(**choices):
    return networks.experiment_of(dataset="iris", hidden_layers=(5,), **choices)


def lain(experiment):
    """The run's answer to its plane being laid as the experiment says, carried as text as the page does."""
    text = protocol.write_openings([protocol.Opening("one", experiment, True, protocol.BUDGET)])
    (answer,) = session.lie(protocol.read_openings(text))
    assert set(answer) == set(protocol.OPENED)
    return answer


def output_at(rows):
    """The network's probabilities for rows of inputs, by NumPy from its parameters."""
    kernel, bias, last_kernel, last_bias = session._runs["one"].trainer.arrays()[0]
    logits = np.tanh(rows @ kernel + bias) @ last_kernel + last_bias
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    return grown / grown.sum(axis=1, keepdims=True)


def measured():
    return session._runs["one"].data


@pytest.mark.parametrize("row", [None, 7, 149])
def test_the_background_is_what_the_network_says_on_the_slice(row):
    experiment = experiment_of()
    opened(experiment)
    framed(request_of(experiment, 300))
    sliced = experiment_of(across="3", up="1", through=row)
    answer = lain(sliced)
    inputs = measured().inputs
    np.testing.assert_array_equal(answer["points"], inputs[:, [3, 1]])
    (drawn,) = framed(request_of(sliced, view=view_of(sliced)))
    picture = drawn["picture"]
    x, y, half = answer["plane"]
    ticks = np.linspace(-half, half, picture["resolution"] + 1)
    places = np.array([(x + across, y + up) for up in ticks[::-1] for across in ticks])
    seen = np.tile(inputs.mean(axis=0) if row is None else inputs[row], (len(places), 1))
    seen[:, [3, 1]] = places
    probabilities = output_at(seen)
    best = probabilities.argmax(axis=1)
    colours = np.array(PALETTE["classes"][:3], float)
    pixels = picture["pixels"].reshape(-1, 4)[:, :3].astype(float)
    sure = probabilities.max(axis=1) > 0.7
    assert sure.sum() > len(places) / 3 and len(set(best[sure])) > 1
    away = np.linalg.norm(pixels[:, None] - colours, axis=2)
    np.testing.assert_array_equal(away.argmin(axis=1)[sure], best[sure])


def test_the_run_goes_on_as_if_nothing_had_been():
    experiment, sliced = experiment_of(), experiment_of(across="0", up="2")
    losses = []
    for lies in (False, True):
        opened(experiment)
        framed(request_of(experiment, 40, view=view_of(experiment)))
        if lies:
            lain(sliced)
        framed(request_of(experiment, 40, view=view_of(experiment)))
        (last,) = framed(request_of(experiment, history=True))
        losses.append((last["metrics"].tolist(), last["step"], last["history"].tolist()))
    assert losses[0] == losses[1] and losses[0][1] == 80


def test_what_is_drawn_of_the_layers_does_not_change():
    experiment, sliced = experiment_of(), experiment_of(across="0", up="2", through=3)
    opened(experiment)
    framed(request_of(experiment, 40))
    (before,) = framed(request_of(experiment, view=view_of(experiment, layer="fc1", projection="pca")))
    lain(sliced)
    (after,) = framed(request_of(sliced, view=view_of(sliced, layer="fc1", projection="pca")))
    np.testing.assert_allclose(after["picture"]["positions"], before["picture"]["positions"], atol=1e-5)
    assert after["picture"]["plane_marks"].size


def test_axes_are_in_the_columns_own_units():
    answer = opened(experiment_of(across="2", up="0"))
    # The means and deviations of petal and sepal length, in centimetres, as the source has them.
    np.testing.assert_allclose(answer["axis_units"], [[3.758, 1.759], [5.843, 0.825]], atol=2e-3)
    back = lain(experiment_of())
    np.testing.assert_array_equal(back["axis_units"], [[0, 1], [0, 1]])


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({"across": "1", "up": "3"}, (1, 3)),
        ({"across": "1", "up": "3", "inputs": ("0", "1", "3")}, (1, 2)),
        ({"across": "1", "up": "3", "inputs": ("0", "1", "2")}, None),
        ({"across": "1", "up": "3", "inputs": ("1", "3")}, None),
        ({"across": "1", "up": "1"}, None),
        ({"across": "1"}, None),
        ({"across": "1", "up": "4"}, None),
        ({"across": "0", "up": "1", "dataset": "circle"}, None),
        ({"across": "0", "up": "63", "dataset": "digits"}, (0, 63)),
    ],
)
def test_what_is_a_slice(choices, expected):
    experiment = fields.defaults() | {"dataset": "iris"} | choices
    assert shape.shown_slice(experiment) == expected
    opened(experiment)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("dataset=iris&across=4&up=1", "Across must be one of the columns 0, 1, 2, 3; “4” is not."),
        ("dataset=iris&inputs=0,1,2&across=0&up=3", "Up must be one of the columns 0, 1, 2; “3” is not."),
        ("across=0&up=1", "Across: these data have no more than two inputs, and all of the plane is seen."),
        ("dataset=iris&through=150", "Through point must be a whole number from 0 to 149; “150” is out of range."),
        ("dataset=own&table=ab&across=40&up=41&through=19999", None),
    ],
)
def test_a_link_to_a_slice_that_there_is_not_says_so(query, words):
    """Of a table that is not there yet nobody knows."""
    _, complaints = fields.from_query(query)
    assert complaints[:1] == ([words] if words else [])


def test_a_point_that_there_is_not_is_refused_and_in_a_link_ignored():
    experiment = experiment_of(across="1", up="3", through=150)
    assert shape.point_of_slice(experiment) is None
    with pytest.raises(ValueError, match="Through point must be a whole number from 0 to 149; “150” is out of range"):
        fields.changed(experiment, "through", "150")
    opened(experiment)
