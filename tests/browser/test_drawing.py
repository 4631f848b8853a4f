"""Points drawn on the plane by mouse, finger and keyboard: what the network then learns from, undone and done again."""

import re

import numpy as np
import pytest

from tests.browser.answers import alike
from tests.browser.lab_page import ROWS

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# How far from where a person clicked a point may lie, in units of a plane of 12 units on some 400 pixels.
NEAR = 0.05


def draw(stage):
    """Begins to draw, on a page at rest."""
    stage.rest()
    stage.lab.button("Draw").click()
    stage.lab.button("Spray").wait_for()
    stage.rest()


def wait_for_rows(stage, rows):
    stage.lab.wait(f"document.documentElement.dataset.rows === '{rows}'")
    stage.lab.wait("document.documentElement.dataset.engine === 'wasm'")
    stage.rest()


def choose_class(stage, number):
    stage.page.get_by_label("Class to draw", exact=True).select_option(str(number))


def test_what_is_drawn_is_learned_by_the_network_that_there_is(stage):
    lab = stage.lab
    lab.play_to(60)
    trained = lab.number("train-loss")
    draw(stage)
    choose_class(stage, 1)
    place = stage.left.empty_place()
    expected = stage.left.place(place)
    known = stage.left.points()
    stage.left.hover(place)
    stage.page.mouse.click(*stage.left.to_page(place))
    wait_for_rows(stage, ROWS + 1)
    points = stage.left.points()
    np.testing.assert_array_equal(points[:-1], known)
    np.testing.assert_allclose(points[-1], expected, atol=NEAR)
    assert stage.left.labels()[-1] == 1 and stage.left.training()[-1]
    # The picture has it where it was drawn, in its colour.
    assert alike(stage.left.colours([place]), stage.colour("--class-1")).all()
    # The network is the same: with one point more among 180 its loss is nearly what it was.
    assert lab.data("epoch") == "0"
    assert abs(lab.number("train-loss") - trained) < 0.05
    assert lab.page.url.count("dataset=own&table=") == 1
    lab.press("Play")
    lab.wait_for_epoch(5)
    assert lab.number("steps-per-second") >= 0


def test_points_are_moved_given_another_class_and_erased_undone_and_done_again(stage):
    draw(stage)
    row, other, third = stage.left.apart(16)[:3]
    points, labels = stage.left.points(), stage.left.labels()
    undo, redo = stage.lab.button("Undo"), stage.lab.button("Redo")
    assert undo.is_disabled() and redo.is_disabled()
    target = stage.left.empty_place()
    expected = stage.left.place(target)
    stage.left.drag(stage.left.places()[row], target, steps=4)
    stage.lab.wait("location.hash.includes('dataset=own')")
    stage.rest()
    np.testing.assert_allclose(stage.left.points()[row], expected, atol=NEAR)
    np.testing.assert_array_equal(np.delete(stage.left.points(), row, 0), np.delete(points, row, 0))

    choose_class(stage, 1 - labels[other])
    address = stage.page.url
    stage.page.mouse.click(*stage.left.to_page(stage.left.places()[other]))
    stage.lab.wait(f"location.href !== '{address}'")
    stage.rest()
    assert stage.left.labels()[other] == 1 - labels[other]
    assert (np.delete(stage.left.labels(), other) == np.delete(labels, other)).all()

    stage.lab.button("Erase").click()
    moved = stage.left.points()
    stage.page.mouse.click(*stage.left.to_page(stage.left.places()[third]))
    wait_for_rows(stage, ROWS - 1)
    np.testing.assert_array_equal(stage.left.points(), np.delete(moved, third, 0))

    for _ in range(3):
        assert undo.is_enabled()
        undo.click()
        stage.rest()
    assert undo.is_disabled()
    np.testing.assert_array_equal(stage.left.points(), points)
    np.testing.assert_array_equal(stage.left.labels(), labels)
    assert "own" not in stage.page.url
    for _ in range(3):
        redo.click()
        stage.rest()
    assert redo.is_disabled()
    np.testing.assert_array_equal(stage.left.points(), np.delete(moved, third, 0))
    # Other data have nothing that could be undone.
    stage.lab.choose("dataset", "xor")
    stage.rest()
    assert undo.is_disabled() and redo.is_disabled()


def test_quick_clicks_are_all_taken(stage):
    draw(stage)
    stage.lab.press("Play")
    left, top, width, _ = stage.left.box()
    for number in range(8):
        stage.page.mouse.click(*stage.left.to_page((left + 8 + number * (width - 16) / 8, top + 8)))
    stage.lab.wait(f"document.documentElement.dataset.rows === '{ROWS + 8}'")
    stage.lab.press("Pause")
    stage.rest()
    added = stage.left.points()[ROWS:]
    assert (np.diff(added[:, 0]) > 1).all() and (added[:, 1] > 5).all()


def test_a_new_class_has_a_colour_a_name_and_an_output(stage):
    draw(stage)
    choose_class(stage, 2)
    stage.page.mouse.click(*stage.left.to_page(stage.left.empty_place()))
    wait_for_rows(stage, ROWS + 1)
    assert stage.lab.data("outputs") == "3"
    assert "class 2" in stage.page.get_by_label(re.compile("^Legend")).inner_text()
    assert "fc2 3" in stage.lab.picture("Network:").get_attribute("aria-label")
    choices = stage.page.get_by_label("Class to draw", exact=True).locator("option").all_text_contents()
    assert choices == ["class 0", "class 1", "class 2", "class 3"]


def test_a_finger_sprays_and_erases(stage_at):
    stage = stage_at(**PHONE)
    stage.lab.button("Draw").tap()
    stage.lab.button("Spray").tap()
    stage.rest()
    left, top, width, _ = stage.left.box()
    assert width > 300, "the plane has the phone's width"
    way = [[(left + width * (0.2 + 0.06 * number), top + 20)] for number in range(11)]
    stage.left.touch(*way)
    stage.lab.wait(f"+document.documentElement.dataset.rows > {ROWS}")
    stage.rest()
    added = stage.left.points()[ROWS:]
    assert 5 <= len(added) <= 11
    assert np.ptp(added[:, 0]) > 4 and np.ptp(added[:, 1]) > 0.1
    stage.lab.button("Erase").tap()
    places = stage.left.places()[ROWS:]
    stage.left.touch(*[[place] for place in places[np.argsort(places[:, 0])]])
    wait_for_rows(stage, ROWS)
    assert len(stage.left.points()) <= ROWS


def test_by_keyboard(stage):
    draw(stage)
    stage.left.press(*["ArrowRight", "ArrowUp"] * 14)
    stage.rest()
    stage.left.press("Enter")
    wait_for_rows(stage, ROWS + 1)
    added = stage.left.points()[-1]
    stage.left.press("n", "p", "n")
    stage.rest()
    stage.left.press("Delete")
    wait_for_rows(stage, ROWS)
    assert len(stage.left.points()) == ROWS
    assert np.isfinite(added).all()


def test_it_is_there_after_a_reload_and_after_the_lab_has_ended(open_stage):
    stage = open_stage()
    draw(stage)
    stage.page.mouse.click(*stage.left.to_page(stage.left.empty_place()))
    wait_for_rows(stage, ROWS + 1)
    points = stage.left.points()
    stage.page.evaluate("location.hash = '#dataset=own&play=0'")
    stage.page.reload()
    stage.lab.wait_for_state("ready")
    assert stage.lab.data("rows") == str(ROWS + 1)
    stage.rest()
    np.testing.assert_array_equal(stage.left.points(), points)
    draw(stage)
    stage.lab.end_worker()
    stage.lab.button("Start the lab again").click()
    stage.lab.wait_for_state("ready", "training")
    assert stage.lab.data("rows") == str(ROWS + 1)
    stage.rest()
    stage.page.mouse.click(*stage.left.to_page(stage.left.empty_place()))
    wait_for_rows(stage, ROWS + 2)


@pytest.mark.parametrize("dataset", ["plane", "digits"])
def test_where_there_is_no_plane_of_classes_it_says_so(lab_at, dataset):
    lab = lab_at(f"dataset={dataset}")
    lab.button("Draw").click()
    assert "two inputs and classes" in lab.alert()
    assert lab.button("Draw").get_attribute("aria-pressed") == "false"


def test_a_link_and_a_set_that_is_no_plane_end_it(stage):
    draw(stage)
    assert stage.lab.button("Draw").get_attribute("aria-pressed") == "true"
    stage.lab.choose("dataset", "plane")
    stage.lab.button("Spray").wait_for(state="hidden")
    assert stage.lab.button("Draw").get_attribute("aria-pressed") == "false"
    stage.lab.choose("dataset", "xor")
    draw(stage)
    stage.page.evaluate("location.hash = '#dataset=gaussian'")
    stage.lab.button("Spray").wait_for(state="hidden")


def test_what_is_refused_is_said_and_loses_nothing(stage_at):
    stage = stage_at("points=20&held_out=90")
    draw(stage)
    stage.lab.button("Erase").click()
    assert stage.left.training().sum() == 2
    points = stage.left.points()
    place = stage.left.places()[np.flatnonzero(stage.left.training())[0]]
    stage.page.mouse.click(*stage.left.to_page(place))
    assert "At least 2 points" in stage.lab.alert()
    stage.rest()
    np.testing.assert_array_equal(stage.left.points(), points)
    # What can be done is done.
    place = stage.left.places()[np.flatnonzero(~stage.left.training())[0]]
    stage.page.mouse.click(*stage.left.to_page(place))
    wait_for_rows(stage, 19)
