"""Real data sets on the page: their tables come when they are asked for, and not before."""

import csv
import io

import numpy as np
import pytest

from spec import registry
from tests.real_tables import tables

TABLES = """performance.getEntriesByType("resource").map(({ name }) => name.split("/").slice(-3).join("/"))
    .filter((path) => path.startsWith("vendor/data/"))"""
SHOWN = {"iris": ("150", "4", "3"), "digits": ("1797", "64", "10"), "breast_cancer": ("569", "30", "2")}


def trains_on(lab, key):
    """The page comes to show a real data set, and trains on it for an epoch."""
    rows, inputs, outputs = SHOWN[key]
    lab.wait(f"document.documentElement.dataset.inputs === '{inputs}'")
    assert [lab.data(name) for name in ("rows", "inputs", "outputs")] == [rows, inputs, outputs]
    lab.wait_for_state("ready", "paused")
    lab.step_one_epoch()
    lab.wait("document.documentElement.dataset.picture === 'fine'")
    assert lab.data("engine") == "wasm"
    assert lab.number("train-loss") > 0
    assert lab.field("dataset").input_value() == key
    lab.fold()


def hold_back(lab, key):
    """A list to which every request for a table is added, which then waits to be told to go on."""
    held = []

    def hold(route):
        held.append(route)

    lab.page.route(f"**/vendor/data/{key}.zlib", hold)
    return held


def let_go(lab, held):
    """Lets the request go on that is held back, once it is there."""
    while not held:
        lab.wait("new Promise((done) => requestAnimationFrame(() => done(true)))")
    held[0].continue_()


def test_a_table_comes_when_its_set_is_chosen_and_once_only(open_page):
    lab = open_page()
    lab.step_one_epoch()
    assert lab.page.evaluate(TABLES) == []
    lab.choose("dataset", "iris")
    trains_on(lab, "iris")
    assert lab.page.locator("#data-summary").text_content() == "Iris, 150 points"
    assert lab.field("points").is_disabled() and lab.field("noise").is_disabled() and lab.field("classes").is_disabled()
    lab.enter("held_out", "30")
    lab.wait("location.hash.includes('held_out=30')")
    lab.wait_for_state("ready")
    lab.choose("dataset", "digits")
    trains_on(lab, "digits")
    lab.choose("dataset", "iris")
    trains_on(lab, "iris")
    assert lab.page.evaluate(TABLES) == ["vendor/data/iris.zlib", "vendor/data/digits.zlib"]
    assert lab.no_alert()


@pytest.mark.parametrize("key", ["iris", "breast_cancer"])
def test_a_link_to_a_real_data_set(open_page, key):
    lab = open_page(f"dataset={key}&hidden_layers=5&seed=3&learning_rate=-1", wait_for=None)
    trains_on(lab, key)
    assert lab.page.evaluate(TABLES) == [f"vendor/data/{key}.zlib"]
    assert f"dataset={key}" in lab.page.url and "hidden_layers=5" in lab.page.url
    # What was wrong with the address is still said when the table has come.
    assert "Learning rate must be" in lab.alert()


def test_a_lab_that_is_started_again_has_the_table(open_page):
    lab = open_page("dataset=iris", wait_for=None)
    trains_on(lab, "iris")
    lab.end_worker()
    lab.press("Start the lab again")
    trains_on(lab, "iris")
    assert len(lab.page.evaluate(TABLES)) == 1


def test_what_is_chosen_last_counts(open_page):
    """While a table is on its way another set is chosen: that one stays, though the table comes later."""
    lab = open_page()
    held = hold_back(lab, "iris")
    lab.choose("dataset", "iris")
    lab.choose("dataset", "xor")
    lab.wait("location.hash === '#dataset=xor'")
    with lab.page.expect_response("**/vendor/data/iris.zlib"):
        let_go(lab, held)
    # The page has taken the table, and takes it from where it is.
    lab.page.unroute("**/vendor/data/iris.zlib")
    lab.wait_for_state("ready")
    lab.step_one_epoch()
    assert lab.field("dataset").input_value() == "xor" and lab.data("inputs") == "2"
    lab.choose("dataset", "iris")
    trains_on(lab, "iris")


def test_going_on_while_a_table_is_on_its_way(open_page):
    lab = open_page("dataset=xor")
    held = hold_back(lab, "iris")
    lab.choose("dataset", "iris")
    lab.step_one_epoch()
    assert lab.data("inputs") == "2"
    lab.enter("hidden_layers", "6")
    lab.wait("location.hash.includes('hidden_layers=6')")
    let_go(lab, held)
    trains_on(lab, "iris")
    assert "hidden_layers=6" in lab.page.url


def test_real_data_stand_in_a_group_of_their_own(open_page):
    group = open_page().field("dataset").locator("optgroup[label='Real data']")
    assert group.locator("option").all_text_contents() == ["Iris", "Wine", "Breast cancer", "Penguins", "Digits"]
    assert registry.trait("dataset", "iris", "group") == "Real data"


def image_beside(view, place):
    """The inks, (8, 8), of an image beside a place of a view, by the middles of its pixels; None if there is none.

    Its sides are 64 CSS pixels long, and it lies 12 from the point, to the right or left, above or below.
    """
    eighths = np.stack(np.meshgrid(np.arange(8) * 8 + 4, np.arange(8) * 8 + 4), axis=-1).reshape(-1, 2)
    for left in (12, -12 - 64):
        for top in (-12 - 64, 12):
            corner = np.round(place) + np.array((left, top))
            colours = view.colours(corner + eighths)
            if (np.ptp(colours, axis=1) == 0).all():
                return 1 - colours[:, 0].reshape(8, 8) / 255
    return None


def test_a_digit_that_is_pointed_at_is_seen_in_both_views(stage_at):
    stage = stage_at("dataset=digits&hidden_layers=5&layer=fc2&projection=pca")
    stage.rest()
    images = np.array([row[:-1] for row in csv.reader(io.StringIO(tables()["digits"].decode()))], float) / 16
    assert image_beside(stage.left, stage.left.places()[0]) is None
    for key, row in (("n", 0), ("n", 1), ("p", 0)):
        stage.left.press(key)
        stage.rest()
        for view in (stage.left, stage.right):
            seen = image_beside(view, view.places()[row])
            np.testing.assert_allclose(seen, images[row].reshape(8, 8), atol=0.02)
    stage.left.press("Escape")
    stage.rest()
    assert image_beside(stage.left, stage.left.places()[0]) is None
    # Nothing of it is left at other data.
    stage.left.press("n")
    stage.lab.choose("dataset", "iris")
    stage.rest()
    stage.left.press("n")
    stage.rest()
    assert image_beside(stage.left, stage.left.places()[0]) is None


def test_the_weights_of_a_neuron_are_seen_as_an_image(stage_at):
    """In the lower left corner of the plane, above all points, while it is shaded by a neuron that sees the digits."""
    stage = stage_at("dataset=digits&hidden_layers=5&shading=neuron&neuron=fc1.3")
    stage.rest()
    label = "document.getElementById('boundary').ariaLabel.includes('whose weights are shown as an image')"
    stage.lab.wait(label)
    expected = stage.answer("weight_image").reshape(64, 4)[:, :3].astype(float)
    assert np.ptp(expected, axis=0).max() > 40
    side = 88 / 8
    middles = np.stack(np.meshgrid((np.arange(8) + 0.5) * side, (np.arange(8) + 0.5) * side), axis=-1).reshape(-1, 2)
    width, height = stage.left.size()

    def is_seen():
        """Somewhere at the lower left, wherever the axes leave off, every pixel of the image has its colour."""
        corners = [(x, y) for x in range(30, 70) for y in range(int(height) - 88 - 50, int(height) - 88)]
        colours = stage.left.colours(np.concatenate([middles + corner for corner in corners]))
        found = np.abs(colours.reshape(len(corners), 64, 3) - expected).max(axis=(1, 2))
        return found.min() <= 2

    assert width > 300 and is_seen()
    stage.lab.choose("shading", "probability")
    stage.rest()
    stage.lab.wait(f"!{label}")
    assert not is_seen() and stage.lab.no_alert()
