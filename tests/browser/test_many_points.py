"""Twenty thousand points of ten classes: the page draws them, finds them and lets them be chosen without a halt."""

import re

import numpy as np
import pytest

from tests import data_sets
from tests.browser import answers
from tests.browser.conftest import visit

_, TRAITS = data_sets.DATA_SETS["large"]
ROWS, CLASSES = TRAITS["rows"], TRAITS["outputs"]
# What a person notices, and what no task of the page may take, in milliseconds.
LONG = 50
WATCH = """() => {
    window.longTasks = [];
    const note = (list) => longTasks.push(...list.getEntries().map((entry) => entry.duration));
    new PerformanceObserver(note).observe({type: "longtask"});
}"""


@pytest.fixture(scope="module")
def crowd(chromium, shaped_origin):
    """The views of a page with many points, which lie in both as they do in the plane."""
    lab = visit(chromium, shaped_origin, "dataset=large&layer=input")
    stage = answers.Stage(lab)
    stage.page.evaluate(WATCH)
    stage.rest()
    yield stage
    assert lab.complaints == []
    lab.page.context.close()


def assert_no_long_task(stage, act):
    stage.page.evaluate("longTasks.length = 0")
    act()
    stage.rest()
    assert max(stage.page.evaluate("longTasks"), default=0) < LONG


def rate_of(stage, view, moves):
    """Frames of the display a second while the pointer moves at each of them over a view."""
    box = stage.page.evaluate(
        "id => JSON.parse(JSON.stringify(document.getElementById(id).getBoundingClientRect()))", view
    )
    return stage.page.evaluate(
        """async ([id, box, moves]) => {
            const canvas = document.getElementById(id);
            const began = performance.now();
            for (let number = 0; number < moves; number++) {
                const share = number / moves;
                const x = box.x + box.width * (0.2 + 0.6 * share);
                const y = box.y + box.height * (0.5 + 0.3 * Math.sin(9 * share));
                canvas.dispatchEvent(new PointerEvent("pointermove", {clientX: x, clientY: y, pointerType: "mouse"}));
                await new Promise(requestAnimationFrame);
            }
            return 1000 * moves / (performance.now() - began);
        }""",
        [view, box, moves],
    )


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_point_under_the_pointer_is_found_among_many(crowd, side):
    stage = crowd
    view = getattr(stage, side)
    mapping = view.mapping()
    places = stage.left.points() if side == "left" else stage.positions()
    rng = np.random.default_rng(0)
    for _ in range(5):
        pixel = np.round(np.array(mapping.pixel(*places[rng.integers(ROWS)])))
        if not mapping.holds(*pixel, -12):
            continue
        nearest = np.hypot(*(places - mapping.place(*pixel)).T).argmin()
        view.hover(pixel)
        stage.rest()
        assert int(re.match(r"Point (\d+)", stage.readouts()[0])[1]) == nearest


@pytest.mark.parametrize("view", ["boundary", "representation"])
def test_hovering_keeps_thirty_frames_a_second(crowd, view):
    stage = crowd
    stage.rest()
    assert_no_long_task(stage, lambda: rate_of(stage, view, 20))
    assert rate_of(stage, view, 60) > 30


def test_a_loop_around_many_is_drawn_and_taken_without_a_halt(crowd):
    stage = crowd
    view = stage.left
    left, top, width, height = view.box()
    corners = [(left + width * x, top + height * y) for x, y in ((0.7, 0.1), (0.9, 0.1), (0.9, 0.9), (0.7, 0.9))]
    assert_no_long_task(stage, lambda: view.drag(*corners, steps=8))
    stage.page.mouse.move(0, 0)
    chosen = set(stage.chosen())
    surely, perhaps = answers.enclosed(corners, view.places())
    assert len(surely) > 1000
    assert surely <= chosen <= perhaps
    assert stage.chosen_text().startswith(f"{len(chosen)} points chosen")
    stage.lab.press("Clear selection")
    stage.rest()
    assert stage.chosen_text() == ""


def test_many_points_are_drawn_without_a_halt_while_the_network_learns(crowd):
    stage = crowd

    def learn():
        stage.lab.play_to(int(stage.lab.number("epoch")) + 2)

    assert_no_long_task(stage, learn)


def test_every_class_is_painted(crowd):
    stage = crowd
    labels = stage.left.labels()
    for view in stage.views:
        picture = view.picture()[..., :3]
        for label in range(CLASSES):
            assert (np.abs(picture - stage.colour(f"--class-{label}")).max(axis=2) < 30).sum() > 100, label
    assert set(labels.tolist()) == set(range(CLASSES))
    legend = stage.page.get_by_role("list", name=re.compile("Legend: class 0: circles, class 1: triangles"))
    assert legend.inner_text().split("\n")[:CLASSES] == [str(label) for label in range(CLASSES)]
