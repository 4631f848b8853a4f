"""Numbers to predict: lines and the fitted curve are where NumPy has them, and what is pointed at is told."""

import numpy as np
import pytest

from lab import datasets, level_lines
from spec import fields
from tests.browser.answers import RADIUS, alike, segments


def data_of(key):
    return datasets.load({**fields.defaults(), "dataset": key})


def painted(stage, ends, colour, least=10):
    """The share of a path's segments, those that no mark covers, whose middles have a colour on the canvas."""
    places = stage.left.at(ends.mean(axis=1))
    marks = stage.left.places()
    inside = places[stage.left.inside(places, 3)]
    clear = [place for place in inside if np.hypot(*(marks - place).T).min() > 2 * RADIUS]
    assert len(clear) >= least
    return alike(stage.left.colours(clear), stage.colour(colour), 110).mean()


@pytest.mark.parametrize("key", ["plane", "gaussians"])
def test_lines_are_where_the_prediction_is_a_round_number(stage_at, key):
    """By the network in NumPy, with the seed's weights; and written at them is which number."""
    stage = stage_at(f"dataset={key}&initialization=lecun&seed=2&data_seed=0")
    stage.rest()
    targets = data_of(key).targets
    levels = np.array(level_lines.round_numbers(float(targets.min()), float(targets.max())))
    ends = segments(stage.answer("contour"))

    def predicted(places):
        return stage.untrained(np.reshape(places, (-1, 2)))["fc2"][:, 0].reshape(np.shape(places)[:-1])

    said = predicted(ends)
    nearest = levels[np.abs(said[..., None] - levels).argmin(axis=2)]
    pixel = 12 / stage.left.box()[2]
    slope = np.hypot(*[predicted(ends + shift) - said for shift in ([pixel, 0], [0, pixel])])
    assert (np.abs(said - nearest) <= slope + 2e-3).all()
    assert len(np.unique(nearest)) > 1
    labels = stage.answer("contour_labels").reshape(-1, 3)
    assert len(labels)
    for x, y, number in labels:
        assert predicted([[0.001 * x, 0.001 * y]])[0] == pytest.approx(number, abs=0.01)
    assert painted(stage, ends, "--boundary") > 0.5
    stage.lab.switch_off("contour")
    stage.rest()
    assert len(stage.answer("contour")) == 0
    assert painted(stage, ends, "--boundary") < 0.1


def test_the_curve_of_one_input_is_the_networks_and_is_read(stage_at):
    stage = stage_at("dataset=curve")
    stage.rest()
    data = data_of("curve")
    number, slope = stage.page.evaluate("Array.from(answers.start.axis_units).slice(2)")
    ends = segments(stage.answer("contour"))
    expected = stage.untrained(ends[..., :1].reshape(-1, 1))["fc2"][:, 0]
    np.testing.assert_allclose(number + slope * ends[..., 1].ravel(), expected, atol=3e-3 * slope + 1e-5)
    assert painted(stage, ends, "--boundary", 3) > 0.9
    points = stage.left.points()
    np.testing.assert_allclose(points[:, 0], data.inputs[:, 0], rtol=1e-5)
    np.testing.assert_allclose(number + slope * points[:, 1], data.targets[:, 0], rtol=1e-4, atol=1e-4)
    assert "input from −6 to 6, number from −" in stage.left.label()
    # A point tells its input, its target, the prediction and the residual.
    index = stage.left.apart()[0]
    stage.left.hover(stage.left.places()[index])
    stage.rest()
    target, predicted = data.targets[index, 0], stage.untrained(data.inputs)["fc2"][index, 0]
    texts = [f"{value:.3g}".replace("-", "−") for value in (target, predicted, target - predicted)]
    readout = stage.readouts()[0]
    words, place = readout.split(" · ")
    for name, text in zip(("target", "predicted", "residual"), texts, strict=True):
        assert f"{name} {text}" in words, readout
    assert place == f"input {data.inputs[index, 0]:.4g}".replace("-", "−")
    # A place between the points tells x and what is predicted there.
    stage.left.hover(stage.left.empty_place())
    stage.rest()
    x = stage.view("place")[0]
    said = stage.untrained([[x]])["fc2"][0, 0]
    assert stage.readouts()[0] == f"input {x:.4g} · predicted {said:.3g}".replace("-", "−")


def test_residuals_are_shown_where_numbers_are_predicted(stage_at):
    stage = stage_at("dataset=gaussians")
    box = stage.lab.field("residuals")
    assert not box.is_checked()
    stage.lab.switch_on("residuals")
    stage.rest()
    data = data_of("gaussians")
    residuals = data.targets[:, 0] - stage.untrained(data.inputs)["fc2"][:, 0]
    lines = segments(stage.answer("residuals"))
    expected = residuals / np.ptp(data.targets) * 6
    np.testing.assert_allclose(lines[:, 1, 1] - lines[:, 0, 1], expected, atol=4e-3)
    assert "residuals=on" in stage.page.evaluate("location.hash")
    assert painted(stage, lines[np.abs(expected) > 1], "--text", 3) > 0.7
    # Of classes there are none.
    stage.lab.choose("dataset", "circle")
    stage.lab.wait_for_state("ready")
    stage.rest()
    assert len(stage.answer("residuals")) == 0
    assert stage.lab.field("residuals").is_disabled()
