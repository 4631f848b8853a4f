"""A point, a place or a choice of points in one view is the same one in the other: by mouse, finger and keyboard."""

import re

import numpy as np
import pytest

from tests.browser.answers import CROSSHAIR, RING, enclosed

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SIDES = ("left", "right")


@pytest.fixture
def touched(stage_at):
    """The page on a phone."""
    stage = stage_at(**PHONE)
    stage.rest()
    return stage


def numbers_in(text):
    """The numbers in parentheses, as they are written for people."""
    (inside,) = re.findall(r"\(([−\d., ]+)\)", text)
    return [float(part.replace("−", "-")) for part in inside.split(", ")]


def assert_highlighted(stage, index):
    """The point is named by both labels and the readouts, and a ring is around it in both views."""
    stage.rest()
    for view in stage.views:
        view.wait_for_label(f"Point {index} is highlighted.")
        assert view.shows(RING, view.places()[index], stage.colour("--boundary")), view.identifier
    left, right = stage.readouts()
    assert stage.answer("point") == index
    scores = stage.answer("point_scores")
    held_out = "" if stage.left.training()[index] else " (held out)"
    assert left.startswith(
        f"Point {index}{held_out}: class {stage.left.labels()[index]}, predicted {scores.argmax()} at "
    )
    assert float(re.search(r"at ([\d.]+) %", left)[1]) == pytest.approx(100 * scores.max(), abs=0.51)
    assert numbers_in(left) == pytest.approx(stage.left.points()[index], abs=0.0051)
    assert right.startswith(f"Point {index} · fc2 (")
    assert numbers_in(right) == pytest.approx(stage.positions()[index], abs=0.0051)


def assert_nothing_highlighted(stage):
    stage.rest()
    for view in stage.views:
        view.wait_for_no_label("is highlighted")
    assert stage.readouts() == ["", ""]


def ringed(stage, index):
    return [view.shows(RING, view.places()[index], stage.colour("--boundary")) for view in stage.views]


@pytest.mark.parametrize("side", SIDES)
def test_hovering_a_point_lights_it_up_in_both_views(stage, side):
    view = getattr(stage, side)
    stage.lab.step_one_epoch()
    stage.rest()
    lonely = view.apart(12)
    held_out = [index for index in lonely if not stage.left.training()[index]]
    indices = lonely[:3] + held_out[:1]
    assert len(indices) == 4
    for index in indices:
        stage.page.mouse.move(0, 0)
        stage.rest()
        assert ringed(stage, index) == [False, False]
        view.hover(view.places()[index] + 2)
        assert_highlighted(stage, index)
    stage.page.mouse.move(0, 0)
    assert_nothing_highlighted(stage)
    assert ringed(stage, indices[-1]) == [False, False]


def test_a_highlighted_point_is_followed_while_the_network_learns(stage):
    stage.left.press("n")
    assert_highlighted(stage, 0)
    before = stage.positions()[0]
    stage.lab.step_one_epoch()
    assert_highlighted(stage, 0)
    assert np.abs(stage.positions()[0] - before).max() > 1e-3


@pytest.mark.parametrize("side", SIDES)
def test_a_clicked_point_stays_until_the_empty_plane_is_clicked(stage, side):
    view = getattr(stage, side)
    index = view.apart(12)[1]
    view.hover(view.places()[index])
    stage.page.mouse.down()
    stage.page.mouse.up()
    stage.page.mouse.move(0, 0)
    assert_highlighted(stage, index)
    stage.page.mouse.click(*view.to_page(view.empty_place()))
    stage.page.mouse.move(0, 0)
    assert_nothing_highlighted(stage)


@pytest.mark.parametrize("side", SIDES)
def test_tapping_a_point_lights_it_up_in_both_views(touched, side):
    view = getattr(touched, side)
    for index in view.apart(12)[:2]:
        view.tap(view.places()[index])
        assert_highlighted(touched, index)
    view.tap(view.empty_place(16))
    touched.rest()
    view.wait_for_no_label("is highlighted")


def test_points_stay_chosen_as_long_as_they_are_the_same(stage):
    stage.left.press("n", "Enter", "n", "n", "Enter")
    for act in (
        lambda: stage.lab.press("Reset"),
        lambda: stage.lab.choose("activation", "relu"),
        lambda: stage.lab.enter("hidden_layers", "4,4"),
    ):
        act()
        stage.lab.wait_for_state("ready")
        stage.rest()
        assert stage.chosen() == [0, 2]
        assert stage.chosen_text().startswith("2 points chosen")
    stage.lab.choose("dataset", "xor")
    stage.lab.wait_for_state("ready")
    stage.rest()
    assert stage.chosen() == []
    assert stage.chosen_text() == ""


@pytest.mark.parametrize("side", SIDES)
def test_points_by_keyboard(stage, side):
    view = getattr(stage, side)
    for key, index in (("n", 0), ("n", 1), ("n", 2), ("p", 1), ("p", 0), ("p", 199), ("n", 0)):
        view.press(key)
        stage.rest()
        assert stage.view("point") == index
    assert_highlighted(stage, 0)
    view.press("Enter")
    assert stage.chosen_text().startswith("1 point chosen")
    view.press("n", "n", "Enter")
    assert stage.chosen_text().startswith("2 points chosen")
    stage.rest()
    assert stage.chosen() == [0, 2]
    view.press("p", "p", "Enter")
    stage.rest()
    assert stage.chosen() == [2]
    view.press("Escape")
    stage.rest()
    assert stage.chosen() == []
    assert stage.chosen_text() == ""
    assert_nothing_highlighted(stage)


def test_hovering_the_plane_marks_the_place_in_both_views(stage):
    for _ in range(2):
        place = stage.left.empty_place()
        stage.left.hover(place)
        stage.rest()
        across, up = stage.left.place(place)
        assert stage.view("place") == pytest.approx([across, up], abs=1e-6)
        position = stage.answer("place_position")
        assert stage.left.shows(CROSSHAIR, place, stage.colour("--boundary"))
        assert stage.right.shows(CROSSHAIR, stage.right.at(position), stage.colour("--boundary"))
        left, right = stage.readouts()
        assert numbers_in(left) == pytest.approx([across, up], abs=0.0051)
        assert right.startswith("this place is at ")
        assert numbers_in(right) == pytest.approx(position, abs=0.0051)
        scores = stage.answer("place_scores")
        assert f"predicted {scores.argmax()} at " in left
        assert float(re.search(r"at ([\d.]+) %", left)[1]) == pytest.approx(100 * scores.max(), abs=0.51)
        stage.page.mouse.move(0, 0)
        stage.rest()
        assert not stage.left.shows(CROSSHAIR, place, stage.colour("--boundary"))
        assert not stage.right.shows(CROSSHAIR, stage.right.at(position), stage.colour("--boundary"))
        assert stage.readouts() == ["", ""]
        stage.lab.step_one_epoch()
        stage.rest()


def test_a_place_goes_where_the_network_takes_it(stage):
    """What the lab says of a hovered place is what NumPy makes of it here."""
    stage.left.hover(stage.left.empty_place())
    stage.rest()
    outputs = stage.untrained([stage.view("place")])
    assert stage.answer("place_position") == pytest.approx(outputs["fc2"][0], abs=1e-4)
    assert stage.answer("place_scores") == pytest.approx(outputs["softmax"][0], abs=1e-4)


def test_places_by_keyboard(stage):
    stage.left.press("ArrowRight", "ArrowRight", "ArrowUp")
    stage.rest()
    assert stage.view("place") == [0.5, 0.25]
    place = stage.left.at([[0.5, 0.25]])[0]
    assert stage.left.shows(CROSSHAIR, place, stage.colour("--boundary"))
    stage.left.press(*["ArrowDown"] * 40, "ArrowLeft")
    stage.rest()
    assert stage.view("place") == [0.25, -6], "it stays in the plane"
    assert numbers_in(stage.readouts()[0]) == [0.25, -6]


# Corners as shares of the plot: no point is cut off by rounding, and it is not convex.
LOOP = [(0.15, 0.2), (0.5, 0.12), (0.62, 0.35), (0.5, 0.55), (0.4, 0.38), (0.2, 0.6)]

# On a phone, where the margin of a pixel is a larger part of a loop, it encloses more.
LARGE_LOOP = [(0.04, 0.04), (0.62, 0.06), (0.54, 0.5), (0.6, 0.95), (0.05, 0.94), (0.12, 0.5)]


def loop(view, corners=LOOP):
    """A loop in the plot."""
    left, top, width, height = view.box()
    return [np.round([left + across * width, top + down * height]) for across, down in corners]


def assert_chosen(stage, view, polygon):
    """Just the points in the polygon are chosen, which is said, and shown in both views."""
    stage.rest()
    # On a phone a pixel is a larger part of the view.
    surely, perhaps = enclosed(polygon, view.places(), min(2, min(view.size()) / 200))
    chosen = set(stage.chosen())
    assert len(surely) > 5
    assert surely <= chosen <= perhaps
    assert len(perhaps - surely) < 0.3 * len(surely)
    assert stage.chosen_text().startswith(f"{len(chosen)} points chosen")
    assert_others_faded(stage)


def without_grid(stage):
    """Takes away what lies under the points in the colours of their classes."""
    stage.lab.switch_off("grid")
    stage.rest()


def class_distances(stage, view):
    """How far the colour seen at every point that stands alone is from its class's: `(chosen, others)`."""
    colours = np.array([stage.colour("--class-0"), stage.colour("--class-1")])
    labels, chosen = stage.left.labels(), stage.chosen()
    # What is hollow or crossed out shows little of its colour, and the arms of a cross reach over others.
    whole = stage.left.training() & ~stage.wrong()
    indices = [index for index in view.apart(2 * view.radius()) if whole[index]]
    distances = np.abs(view.colours(view.places()[indices]) - colours[labels[indices]]).max(axis=1)
    mine = np.isin(indices, chosen)
    return distances[mine], distances[~mine]


def assert_others_faded(stage):
    without_grid(stage)
    seen = np.zeros(2, int)
    for view in stage.views:
        view.wait_for_label(f"{len(stage.chosen())} points are chosen.")
        chosen, others = class_distances(stage, view)
        assert chosen.max(initial=0) < 60, view.identifier
        assert others.min(initial=255) > 60, view.identifier
        seen += len(chosen), len(others)
    # On a phone no other point may stand alone in one of the views.
    assert seen.all()


def assert_nothing_chosen(stage):
    stage.rest()
    assert stage.chosen() == []
    assert stage.chosen_text() == ""
    without_grid(stage)
    for view in stage.views:
        view.wait_for_no_label("chosen")
        _, others = class_distances(stage, view)
        assert others.max() < 60, view.identifier


def choose_some(stage):
    polygon = loop(stage.left)
    stage.left.drag(*polygon)
    stage.page.mouse.move(0, 0)
    assert_chosen(stage, stage.left, polygon)


@pytest.mark.parametrize("end", ["Clear selection", "Escape", "an empty loop"])
def test_lasso_in_the_plane(stage, end):
    assert_nothing_chosen(stage)
    choose_some(stage)
    if end == "Escape":
        stage.left.press("Escape")
    elif end == "Clear selection":
        stage.lab.press("Clear selection")
    else:
        place = stage.left.empty_place(15)
        stage.left.drag(place, np.add(place, [0, 6]), np.add(place, [6, 6]))
        stage.page.mouse.move(0, 0)
    assert_nothing_chosen(stage)


@pytest.mark.parametrize("way", ["switch", "Shift"])
def test_lasso_in_the_representation(stage, way):
    view = stage.right
    before = view.camera().view()
    polygon = loop(view)
    if way == "switch":
        stage.lab.press("Lasso in the representation")
        view.drag(*polygon)
    else:
        stage.page.keyboard.down("Shift")
        view.drag(*polygon)
        stage.page.keyboard.up("Shift")
    stage.page.mouse.move(0, 0)
    assert_chosen(stage, view, polygon)
    assert view.camera().view() == before
    if way == "switch":
        stage.lab.press("Lasso in the representation")
        view.drag(polygon[0], polygon[0] + 40)
        assert len(stage.chosen()) > 5, "with the switch off again dragging moves the picture"
    view.press("Escape")
    stage.rest()
    assert stage.chosen() == []


def test_the_loop_is_seen_while_it_is_drawn(stage):
    for view in stage.views:
        without_grid(stage)
        stage.page.mouse.move(0, 0)
        stage.rest()
        before = view.picture()
        polygon = loop(view)
        stage.page.keyboard.down("Shift")
        view.hover(polygon[0])
        stage.page.mouse.down()
        for place in polygon[1:]:
            stage.page.mouse.move(*view.to_page(place))
        stage.rest()
        # The plane itself may come out a little finer than before.
        changed = (np.abs(view.picture() - before) > 25).any(axis=2)
        rows, columns = np.nonzero(changed)
        corners = np.array(polygon)
        assert [columns.min(), rows.min()] == pytest.approx(corners.min(axis=0), abs=3)
        assert [columns.max(), rows.max()] == pytest.approx(corners.max(axis=0), abs=3)
        stage.page.mouse.up()
        stage.page.keyboard.up("Shift")
        view.press("Escape")


@pytest.mark.parametrize("side", SIDES)
def test_lasso_by_finger(touched, side):
    view = getattr(touched, side)
    name = {"left": "Lasso in the plane", "right": "Lasso in the representation"}[side]
    assert touched.lab.button(name).get_attribute("aria-pressed") == "false"
    touched.lab.button(name).tap()
    assert touched.lab.button(name).get_attribute("aria-pressed") == "true"
    polygon = loop(view, LARGE_LOOP)
    view.touch(*[[place] for place in polygon])
    assert_chosen(touched, view, polygon)
    touched.lab.button("Clear selection").tap()
    touched.rest()
    assert touched.chosen() == []


@pytest.mark.parametrize("side", SIDES)
def test_without_the_switch_a_finger_scrolls_the_page(touched, side):
    view = getattr(touched, side)
    x, y = loop(view)[0]
    view.to_page((x, y))
    before = touched.page.evaluate("scrollY")
    view.touch(*[[(x, y + 200 - 20 * step)] for step in range(10)])
    touched.lab.wait(f"scrollY > {before + 50}")
    touched.rest()
    assert touched.chosen() == []


def test_lasso_by_keyboard(stage):
    stage.left.press("l")
    stage.left.press(*["ArrowRight"] * 8, *["ArrowUp"] * 12, *["ArrowLeft"] * 16, *["ArrowDown"] * 4)
    assert stage.chosen_text() == ""
    stage.left.press("l")
    corners = [(0, 0), (2, 0), (2, 3), (-2, 3), (-2, 2)]
    assert_chosen_in_plane(stage, corners)
    stage.left.press("Escape", "l", "ArrowUp", "ArrowUp", "Escape", "ArrowRight", "l", "Escape")
    stage.rest()
    assert stage.chosen() == []


def assert_chosen_in_plane(stage, corners):
    assert_chosen(stage, stage.left, list(stage.left.at(corners)))


def test_a_choice_outlives_training_and_other_layers(stage):
    choose_some(stage)
    chosen = stage.chosen()
    for _ in range(3):
        stage.lab.step_one_epoch()
    stage.rest()
    assert stage.chosen() == chosen
    assert_others_faded(stage)
    for name in ("tanh1", "softmax", "fc1", "input"):
        stage.lab.field("layer").select_option(label=name)
        stage.rest()
        assert stage.view("layer") == name
        assert stage.chosen() == chosen
    assert_others_faded(stage)


@pytest.mark.parametrize(("name", "value"), [("dataset", "gaussian"), ("seed", "5")])
def test_other_points_are_not_chosen(stage, name, value):
    stage.left.press("n")
    choose_some(stage)
    if name == "seed":
        stage.lab.enter(name, value)
    else:
        stage.lab.choose(name, value)
    stage.lab.wait_for_state("ready")
    assert_nothing_chosen(stage)
    assert_nothing_highlighted(stage)
