"""What MicroPython writes to the lab arrives there as it was meant, to the last digit; and answers are read by name."""

import json
import random
import subprocess
from collections import OrderedDict
from types import SimpleNamespace

import pytest

from spec import fields, protocol, registry, shape
from tests.spec import protocol_table
from tests.spec.test_micropython import HERE, PY, micropython  # noqa: F401
from tools import environment

DICE = random.Random(3)
RATES = ["0.07", "0.009", "0.0006", "1e-30", "1e30", "0.1", "3", "12345.678"]
RATES += [f"{DICE.randint(1, 99999)}e{DICE.randint(-9, 3)}" for _ in range(60)]


@pytest.fixture(scope="module")
def written(micropython):  # noqa: F811
    """The lines of `protocol_table` as MicroPython writes them."""
    process = subprocess.run(
        [
            *(*environment.node(), str(HERE / "micropython_runner.mjs"), str(micropython), str(PY)),
            *(protocol_table.__file__, "spec.fields", "spec.protocol"),
        ],
        input=json.dumps({"rates": RATES}),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert process.returncode == 0, process.stderr[-2000:]
    return json.loads(process.stdout)


def test_learning_rates_arrive_as_they_were_typed(written):
    for rate, opened, asked in zip(RATES, written[:-2:2], written[1:-2:2], strict=True):
        openings, requests = protocol.read_openings(opened), protocol.read_requests(asked)
        assert len(openings) == len(requests) == 2
        for opening, request in zip(openings, requests, strict=True):
            assert opening.experiment["learning_rate"] == request.live["learning_rate"] == float(rate)
            assert opening.experiment["hidden_layers"] == (8, 4)
            assert opening.experiment["morph"] == 0.07
            assert set(opening.experiment) == set(fields.FIELDS)
            assert request[:4] == ("a", 3, 12, None)
            assert request[5:9] == (7, False, True, True)
            assert set(request.view) == {*protocol.SEEN, *fields.names(fields.VIEW)}


def test_ids_and_answers(written):
    assert protocol.read_runs(written[-2]) == ["a", "b"]
    assert written[-1] == protocol_table.read_back(fields, protocol)


def test_an_answer_is_read_by_name():
    live = {**protocol.live_of(fields.defaults()), "learning_rate": 0.25, "l2": 0.5}
    given = SimpleNamespace(
        run="a", epoch=3, step=17, taken=2, last_epoch=9, diverged=False,
        live=protocol.write_live(live),
        metrics=[1, 2, 3, 4], measured=True, milliseconds=range(6),
    )  # fmt: skip
    answer = protocol.read_answer(given, registry.CLASSIFICATION)
    assert answer.metrics == OrderedDict(train_loss=1, train_accuracy=2, test_loss=3, test_accuracy=4)
    assert answer.live == live
    assert list(answer.live) == fields.names(fields.LIVE)
    assert list(answer.milliseconds) == list(protocol.PARTS)
    assert answer.picture is answer.history is answer.kept is None
    given.metrics = range(6)
    metrics = protocol.read_answer(given, registry.REGRESSION).metrics
    assert (metrics["train_loss"], metrics["train_r2"], metrics["test_mean_absolute_error"]) == (0, 1, 5)
    opened = protocol.read_opened(SimpleNamespace(run="a", engine="wasm", reason="", points=[1, 2]))
    assert (opened.run, opened.engine, opened.points, opened.targets) == ("a", "wasm", [1, 2], None)


def test_a_view_fits_the_network():
    experiment = {**fields.defaults(), "layer": "gone", "neuron": "tanh1.3", "morph": 0.5}
    view = protocol.view(experiment, {"point": 3})
    assert view["layer"] == shape.logits_layer(experiment)
    assert view["neuron"] == ("tanh1", 3)
    assert view["point"] == 3


def test_a_field_that_is_entered_is_in_the_messages():
    """Of whatever kind: nothing else has to be touched."""
    for acts, name in ((fields.NETWORK, "n"), (fields.LIVE, "l"), (fields.VIEW, "v")):
        fields.enter(name, name, "training", 1.5, float, str, acts)
    try:
        experiment = {**fields.defaults(), "n": 2.5, "l": 3.5, "v": 4.5}
        (opening,) = protocol.read_openings(protocol.write_openings([protocol.Opening("a", experiment, True, 1)]))
        assert opening.experiment["n"] == 2.5
        assert protocol.live_of(experiment)["l"] == 3.5
        assert protocol.view(experiment, {})["v"] == 4.5
        request = protocol.Request("a", 1, 1, None, protocol.live_of(experiment), None, False, False, False, None)
        (read,) = protocol.read_requests(protocol.write_requests([request]))
        assert read.live == {**protocol.live_of(fields.defaults()), "l": 3.5}
        answer = SimpleNamespace(live=protocol.write_live(read.live), metrics=range(4), milliseconds=range(6))
        assert protocol.read_answer(answer, registry.CLASSIFICATION).live == read.live
    finally:
        for name in "nlv":
            fields.remove(name)
