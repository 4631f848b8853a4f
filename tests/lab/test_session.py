"""The lab's door: runs by their ids, and messages as they cross."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lab import datasets, session
from spec import protocol, shape
from tests.lab import networks
from tests.lab.pictures import view_of

PACKAGES = Path(__file__).parents[2] / "py"


@pytest.fixture(autouse=True)
def no_runs():
    """As in a worker that has just been started; what a test leaves open is closed."""
    with np.errstate(all="ignore"):
        yield
    session.close_runs(list(session._runs))


def opened(experiment, run="one", drawn=True, budget=protocol.BUDGET):
    """What the door says to an opening that has crossed as a text."""
    text = protocol.write_openings([protocol.Opening(run, experiment, drawn, budget)])
    (answer,) = session.open_runs(protocol.read_openings(text))
    assert set(answer) == set(protocol.OPENED)
    return answer


def request_of(experiment, steps=0, run="one", view=None, **changes):
    asked = protocol.Request(
        run,
        steps,
        1e9,
        None,
        protocol.live_of(experiment),
        seek=None,
        branch=False,
        history=True,
        view=view,
        go_on=False,
    )
    return asked._replace(**changes)


def framed(*requests):
    """The answers of the door to requests that have crossed as one text."""
    answers = session.frame_runs(protocol.read_requests(protocol.write_requests(requests)))
    for answer in answers:
        assert set(answer) == set(protocol.ANSWER)
    return answers


def test_open_and_frame():
    experiment = networks.experiment_of(dataset="xor", seed=4)
    answer = opened(experiment)
    data = datasets.load(experiment)
    np.testing.assert_array_equal(answer["points"], data.inputs)
    np.testing.assert_array_equal(answer["labels"], data.labels)
    assert answer["labels"].dtype == answer["training"].dtype == np.uint8
    assert np.flatnonzero(answer["training"]).tolist() == data.training.tolist()
    assert np.flatnonzero(answer["training"] == 0).tolist() == data.held_out.tolist()
    assert answer["plane"].tolist() == [0, 0, 6]
    assert answer["unit"] == 0.001
    expected = shape.shape_of(experiment)
    assert [answer[name] for name in ("rows", "inputs", "outputs", "task")] == [
        expected.rows,
        expected.inputs,
        expected.outputs,
        expected.task,
    ]
    assert (answer["engine"], answer["reason"]) == ("wasm", "")
    assert [framed(request_of(experiment, 7))[0]["step"] for _ in range(2)] == [7, 14]
    # In place of the one that is open under this id.
    opened(experiment)
    assert framed(request_of(experiment))[0]["step"] == 0


def test_nothing_in_an_answer_needs_more_than_numbers_strings_and_arrays():
    experiment = networks.experiment_of(schedule="cosine")
    (framed_answer,) = framed_after_opening(experiment)
    picture = framed_answer.pop("picture")
    assert set(picture) <= set(protocol.PICTURE)
    assert set(protocol.PICTURE) - set(picture) <= {
        "weights",
        "probes",
        "selected",
        "loop",
        "point_image",
        "weight_image",
    }
    for answer in (opened(experiment), framed_answer, picture):
        for name, value in answer.items():
            assert isinstance(value, (bool, int, float, str, np.ndarray)), name
            assert not isinstance(value, np.generic), name


def framed_after_opening(experiment):
    opened(experiment)
    return framed(request_of(experiment, 5, view=view_of(experiment, milliseconds=50)))


def test_several_runs_in_one_request_go_on_side_by_side():
    first, second = networks.experiment_of(), networks.experiment_of(optimizer="adam", hidden_layers=(4, 4), seed=9)
    opened(first, "first")
    opened(second, "second")
    together = []
    for steps in (3, 9, 21):
        together.append(framed(request_of(first, steps, "first"), request_of(second, steps, "second")))
        assert [answer["run"] for answer in together[-1]] == ["first", "second"]
        assert [answer["taken"] for answer in together[-1]] == [steps, steps]
    # Each is what it is by itself.
    for number, (experiment, key) in enumerate(((first, "first"), (second, "second"))):
        opened(experiment, key)
        for steps, answers in zip((3, 9, 21), together, strict=True):
            (alone,) = framed(request_of(experiment, steps, key))
            np.testing.assert_array_equal(alone["metrics"], answers[number]["metrics"])
            np.testing.assert_array_equal(alone["history"], answers[number]["history"])


def test_a_closed_run_is_gone():
    experiment = networks.experiment_of()
    opened(experiment, "first")
    opened(experiment, "second")
    session.close_runs(protocol.read_runs(protocol.write_runs(["first", "never"])))
    assert framed(request_of(experiment, 2, "second"))[0]["step"] == 2
    with pytest.raises(KeyError, match="first"):
        framed(request_of(experiment, 2, "first"))


def test_a_run_without_drawings_is_the_same_run_and_cannot_be_looked_at():
    experiment = networks.experiment_of(normalization="batch_norm")
    opened(experiment, "drawn")
    opened(experiment, "bare", drawn=False)
    answers = framed(request_of(experiment, 33, "drawn"), request_of(experiment, 33, "bare"))
    for name in ("metrics", "history", "kept"):
        np.testing.assert_array_equal(answers[0][name], answers[1][name])
    with pytest.raises(ValueError, match="without drawings"):
        framed(request_of(experiment, 1, "bare", view=view_of(experiment)))
    sizes = [session._runs[run].trainer.workspace.machine.bytes_of_memory for run in ("drawn", "bare")]
    assert sizes[1] < 400_000 < sizes[0]


def test_a_run_keeps_no_more_than_its_budget():
    experiment = networks.experiment_of()
    size = 4 * 2 * shape.parameter_count(experiment)
    opened(experiment, budget=10 * size)
    (answer,) = framed(request_of(experiment, 500))
    assert 5 <= len(answer["kept"]) <= 9
    assert session._runs["one"].timeline.bytes <= 10 * size


# Messages.


@pytest.mark.parametrize("rate", [0.07, 0.009, 0.0006, 1e-30, 1 / 3, 12345.678, 1e30])
def test_a_learning_rate_comes_back_as_the_same_number(rate):
    experiment = networks.experiment_of(learning_rate=rate)
    (opening,) = protocol.read_openings(protocol.write_openings([protocol.Opening("", experiment, True, 1)]))
    assert opening.experiment["learning_rate"] == rate
    (asked,) = protocol.read_requests(protocol.write_requests([request_of(experiment)]))
    assert asked.live["learning_rate"] == rate


def test_an_experiment_comes_back_the_same():
    experiment = networks.experiment_of(hidden_layers=(8, 3), dimensions=(2, 0), data_seed=5, morph=0.125, layer="fc1")
    text = protocol.write_openings([protocol.Opening("", experiment, False, 1)])
    assert json.loads(text)
    (opening,) = protocol.read_openings(text)
    assert opening.experiment == experiment
    assert all(type(opening.experiment[name]) is type(value) for name, value in experiment.items())


# Many runs.

# In a process of its own, whose growth is its own: megabytes by which it grows for 64 runs that are trained, and what
# they came to.
SIXTY_FOUR = """
import json, resource, sys
from lab import session
from spec import fields, protocol

def megabytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6

def opening(number):
    rates = (0.001, 0.01, 0.03, 0.1)
    experiment = dict(fields.defaults(), seed=number, learning_rate=rates[number % 4], hidden_layers=(8, 4))
    return protocol.Opening(str(number), experiment, False, 1_000_000)

def request(number):
    live = protocol.live_of(opening(number).experiment)
    return protocol.Request(str(number), 300, 1e9, None, live, None, False, False, True, None)

before = megabytes()
session.open_runs([opening(number) for number in range(64)])
answers = session.frame_runs([request(number) for number in range(64)])
json.dump({"megabytes": megabytes() - before, "losses": [answer["metrics"][0] for answer in answers],
           "steps": [answer["step"] for answer in answers]}, sys.stdout)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not tell what a process takes")
def test_sixty_four_runs_without_drawings():
    told = subprocess.run([sys.executable, "-c", SIXTY_FOUR], capture_output=True, text=True, check=True, cwd=PACKAGES)
    found = json.loads(told.stdout)
    assert found["steps"] == [300] * 64
    assert len(set(found["losses"])) == 64
    assert np.isfinite(found["losses"]).all()
    assert found["megabytes"] < 512
