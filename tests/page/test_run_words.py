"""What is said of a run, by its metrics' names: with regression there is no accuracy, but R² and a mean error."""

import math
from collections import namedtuple

import pytest

from page import phase, run_words

Run = namedtuple("Run", ("epoch", "metrics"))
CLASSES = {"train_loss": 0.25, "train_accuracy": 0.975, "test_loss": 1234.5, "test_accuracy": 0.5}
REGRESSION = {
    "train_loss": 0.25,
    "train_r2": 0.9,
    "train_mean_absolute_error": 1234.5,
    "test_loss": 0.5,
    "test_r2": -0.25,
    "test_mean_absolute_error": 0.4,
}
PAUSED = phase.Phase(phase.PAUSED, phase.NOTHING, None, "")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("train_loss", 0.12345, "0.123"),
        ("test_loss", 1234.5, "1.23e+03"),
        ("train_loss", 0.0, "0.000"),
        ("train_loss", 0.0000123, "1.23e-05"),
        ("train_accuracy", 0.975, "97.5 %"),
        ("train_r2", 0.9754, "0.975"),
        ("test_r2", -12.5, "−12.500"),
        ("test_r2", -12345.0, "−1.23e+04"),
        ("train_mean_absolute_error", 0.25, "0.250"),
        ("train_loss", None, "–"),
        ("test_loss", math.nan, "not finite"),
        ("test_loss", math.inf, "not finite"),
        ("test_accuracy", math.nan, "not finite"),
    ],
)
def test_figures(name, value, text):
    assert run_words.metric_text(name, value) == text


@pytest.mark.parametrize(
    ("metric", "values", "words"),
    [
        ("loss", (0.31, 0.35), "epoch 1,037: training 0.310, held out 0.350"),
        ("accuracy", (0.975, 1), "epoch 1,037: training 97.5 %, held out 100.0 %"),
        ("r2", (0.5, -0.25), "epoch 1,037: training 0.500, held out −0.250"),
        ("loss", (math.inf, math.nan), "epoch 1,037: training not finite, held out –"),
    ],
)
def test_a_reading_has_both_curves(metric, values, words):
    assert run_words.reading_words(1037, metric, *values) == words


def test_what_is_no_number_is_known_only_of_a_run_that_has_diverged():
    metrics = {"train_loss": math.inf, "test_loss": math.nan}
    assert run_words.known(metrics, False) == {"train_loss": math.inf}
    assert run_words.known(metrics, True).keys() == metrics.keys()
    assert run_words.known(None, False) == {}


def test_a_pause_is_told_with_what_the_task_has():
    assert run_words.state_words(PAUSED, Run(1234, CLASSES)) == "Paused at epoch 1,234, loss 0.250, accuracy 97.5 %"
    words = "Paused at epoch 7, loss 0.250, R² 0.900, mean absolute error 1234"
    assert run_words.state_words(PAUSED, Run(7, REGRESSION)) == words
    constant = {**REGRESSION, "train_r2": math.nan}
    assert run_words.state_words(PAUSED, Run(7, constant)) == words.replace(" R² 0.900,", "")
    assert run_words.state_words(PAUSED._replace(reason="Tired."), Run(7, None)) == "Paused at epoch 7. Tired."


def test_every_state_has_its_words():
    words = {
        state: run_words.state_words(phase.Phase(state, phase.NOTHING, None, ""), Run(0, None)) for state in STATES
    }
    assert words == {
        phase.LOADING: "",
        phase.READY: "Ready",
        phase.TRAINING: "Training",
        phase.PAUSED: "Paused at epoch 0",
        phase.DIVERGED: "Training diverged",
        phase.ERROR: "The lab has stopped",
    }
    making = phase.Phase(phase.LOADING, phase.NETWORK, None, "")
    assert run_words.state_words(making, Run(0, None)) == "Making the network"


STATES = (phase.LOADING, phase.READY, phase.TRAINING, phase.PAUSED, phase.DIVERGED, phase.ERROR)


def test_labels_have_no_accuracy_where_the_task_has_none():
    assert run_words.accuracy_words(REGRESSION) == ""
    assert run_words.accuracy_words(CLASSES) == "98% of the training points and 50% of the held-out points"
    unknown = {**CLASSES, "train_accuracy": math.nan, "test_accuracy": math.nan}
    assert run_words.accuracy_words(unknown) == "no known share of the training points"
    assert run_words.loss_words(REGRESSION) == "0.250 for the training points and 0.500 for the held-out points"


def test_labels_tell_how_well_numbers_are_predicted():
    assert run_words.prediction_words(REGRESSION) == (
        "R² is 0.900 for the training points and −0.250 for the held-out points, "
        "the mean absolute error 1234 for the training points and 0.400 for the held-out points"
    )
    same = {**REGRESSION, "train_r2": math.nan, "test_r2": math.nan, "test_mean_absolute_error": math.nan}
    assert run_words.prediction_words(same) == (
        "R² is not known for the training points, the mean absolute error 1234 for the training points"
    )


def test_nothing_is_said_of_held_out_points_where_there_are_none():
    assert run_words.accuracy_words({**CLASSES, "test_accuracy": math.nan}) == "98% of the training points"
    assert run_words.loss_words({**REGRESSION, "test_loss": math.nan}) == "0.250 for the training points"
    diverged = {"train_loss": math.inf, "test_loss": math.nan}
    assert run_words.loss_words(diverged) == "not finite for the training points"


@pytest.mark.parametrize(("value", "text"), [(0.1, "0.1"), (1 / 3, str(1 / 3)), (1.0, "1"), (math.nan, "nan")])
def test_numbers_for_programs(value, text):
    assert run_words.plain_number(value) == text


def test_divergence_is_told_with_the_learning_rate_in_force():
    words = run_words.divergence(1233, 0.07)
    assert "step 1,234" in words and "(now 0.07)" in words
