"""The lab computes what TensorFlow.js computes: same initial weights, same batches, same losses and predictions.

Both ways that it has of computing it: plain autograd, and the engine's WebAssembly. The default run trains a part of
all experiments in which every pair of choices occurs; `--parity-all` trains all.
"""

import numpy as np
import pytest

from engine.jit import jit
from tests import sweeps
from tests.parity import cases, reference
from tools import environment, runtime

TOLERANCE = 1e-3


def in_autograd(function):
    """The function as it is."""
    return function


def compiled(function):
    """The function compiled by the engine, all of it."""
    jitted = jit(function)

    def call(*arrays):
        results = jitted(*arrays)
        assert jitted.engine == "wasm", jitted.reason
        return results

    return call


WAYS = (in_autograd, compiled)
EVERY = cases.every_experiment()


def pytest_generate_tests(metafunc):
    if "experiment" in metafunc.fixturenames:
        everything = sweeps.whole(metafunc.config, "parity")
        experiments = (EVERY if everything else cases.covering(EVERY)) + cases.edge_experiments()
        metafunc.parametrize("experiment", experiments, ids=cases.name_of, scope="session")


@pytest.fixture(scope="session")
def run_tensorflow():
    """`reference.run_tensorflow` with the project's own TensorFlow.js and Node.js."""
    path = runtime.extracted("test") / "vendor/tfjs/tf.min.js"
    node = environment.node()
    return lambda experiments: reference.run_tensorflow(experiments, path, node)


@pytest.fixture(scope="session")
def tensorflow_results(request, run_tensorflow):
    """What TensorFlow.js computed for every experiment that this run asks for, by name; one Node process for all."""
    asked = [item.callspec.params["experiment"] for item in request.session.items if _is_parity(item)]
    # Each of them by several tests.
    experiments = {cases.name_of(experiment): experiment for experiment in asked}
    results = run_tensorflow([cases.case_for_tensorflow(experiment) for experiment in experiments.values()])
    return {result["id"]: result for result in results}


@pytest.mark.parametrize("wrap", WAYS, ids=["autograd", "wasm"])
def test_same_losses_and_predictions(experiment, wrap, tensorflow_results):
    theirs = tensorflow_results[cases.name_of(experiment)]
    losses, parameters, statistics = cases.train_here(experiment, wrap)
    assert len(theirs["losses"]) == cases.STEPS
    np.testing.assert_allclose(losses, theirs["losses"], rtol=TOLERANCE, atol=1e-6, err_msg="loss of every step")

    parameters, statistics = cases.with_their_noise(experiment, parameters, statistics, theirs)
    outputs = cases.predict_here(experiment, parameters, statistics, wrap)
    assert list(outputs) == theirs["layers"]
    _assert_close(outputs[theirs["layers"][-1]], theirs["predictions"], "predictions")
    for number, (own, their) in enumerate(zip(statistics, cases.statistics_of(theirs), strict=True)):
        _assert_close(own, their, f"moving statistics {number}")


@pytest.mark.parametrize("wrap", WAYS, ids=["autograd", "wasm"])
def test_trained_elsewhere_predicts_the_same(experiment, wrap, tensorflow_results):
    theirs = tensorflow_results[cases.name_of(experiment)]
    weights = [np.float32(array) for array in theirs["weights"]]
    outputs = cases.predict_here(experiment, weights, cases.statistics_of(theirs), wrap)
    _assert_close(outputs[theirs["layers"][-1]], theirs["predictions"], "predictions")


def test_covering_part_has_every_pair_of_choices():
    part = cases.covering(EVERY)
    assert len(EVERY) == 180
    assert len(part) < len(EVERY) / 3
    names = ("optimizer", "normalization", "loss", "activation", "hidden_layers", "dataset")
    for one in names:
        for other in names:
            assert {(e[one], e[other]) for e in part} == {(e[one], e[other]) for e in EVERY}


def test_gradients_are_really_clipped():
    """Where a case of `cases.EDGES` says so, its losses are others than without."""
    for experiment in cases.edge_experiments():
        if experiment["clip"]:
            losses, without = (
                cases.train_here({**experiment, "clip": clip}, in_autograd)[0] for clip in (experiment["clip"], 0.0)
            )
            assert np.abs(np.subtract(losses, without)).max() > 10 * TOLERANCE


def test_last_batch_of_an_epoch_is_short():
    experiment = EVERY[0]
    sizes = [len(x) for x, _ in cases.batches_of(experiment, cases.datasets.load(experiment))]
    assert sizes == [40, 40, 40, 40, 20] * 20


def test_missing_tensorflow_is_a_clear_error(tmp_path):
    with pytest.raises(reference.ReferenceFailure, match=r"no TensorFlow\.js at"):
        reference.run_tensorflow([], tmp_path / "tf.min.js")


def test_missing_node_is_a_clear_error(tmp_path):
    (tmp_path / "tf.min.js").touch()
    with pytest.raises(reference.ReferenceFailure, match=r"needs Node\.js, and no-such-node is not a program"):
        reference.run_tensorflow([], tmp_path / "tf.min.js", node=["no-such-node"])


def test_unknown_choice_is_a_clear_error(run_tensorflow):
    case = {**cases.case_for_tensorflow(EVERY[0]), "optimizer": "adagrad"}
    with pytest.raises(reference.ReferenceFailure, match=r'unknown optimizer "adagrad": one of sgd, momentum'):
        run_tensorflow([case])


def _assert_close(ours, theirs, what):
    np.testing.assert_allclose(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE, err_msg=what)


def _is_parity(item):
    return "experiment" in getattr(getattr(item, "callspec", None), "params", {})
