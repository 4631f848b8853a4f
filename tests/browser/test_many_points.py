"""Twenty thousand points of ten classes: the page draws them, finds them and lets them be chosen without a halt."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest

from lab import picking, representation
from tests.browser.answers import UNIT, Stage
from tests.browser.conftest import KEEPING_NOTHING, SIZE, SUB_PATH, answers
from tests.browser.lab_page import LabPage

ROWS = 20_000
SCRIPT = Path(__file__).with_name("many.js")
# What a person notices, and what no task of the page may take, in milliseconds.
LONG = 50


def synthetic():
    """The points and the parts of an answer that are about them, as `many.js` takes them."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 10, ROWS)
    angle = labels * 2 * np.pi / 10
    places = (3.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0, 0.8, (ROWS, 2))).clip(-6, 6)
    places = places.astype(np.float32)
    held_out = rng.random(ROWS) < 0.1
    x, y = np.rint(places / UNIT).astype(np.int32).T
    samples = representation.Samples(x, y, np.zeros(0), None)
    none, some = np.zeros(ROWS, bool), places[:, 0] > 2
    marks, groups = representation.marks(samples, labels, held_out, none, False)
    chosen_marks, chosen_groups = representation.marks(samples, labels, held_out, some, False)
    order, ordered, boxes = picking.leaves(places)
    arrays = {
        "points": places,
        "labels": labels.astype(np.uint8),
        "training": (~held_out).astype(np.uint8),
        "order": order,
        "ordered": ordered,
        "boxes": boxes,
        "marks": marks,
        "mark_groups": groups,
        "chosen_marks": chosen_marks,
        "chosen_groups": chosen_groups,
    }
    kinds = {"f": "f", "i": "i", "u": "b"}
    parts = {
        name: (kinds[array.dtype.kind], base64.b64encode(np.ascontiguousarray(array).tobytes()).decode())
        for name, array in arrays.items()
    }
    return places, {"parts": parts, "rows": ROWS, "unit": UNIT, "selected": picking.text(some)}


@pytest.fixture(scope="module")
def crowd(chromium, origin):
    """`(stage, places)` of a page with many points."""
    places, many = synthetic()
    page = chromium.new_context(viewport=SIZE).new_page()
    lab = LabPage(page, origin)
    page.add_init_script(KEEPING_NOTHING)
    page.add_init_script(f"window.many = {json.dumps(many)}")
    page.add_init_script(path=SCRIPT)
    page.add_init_script(path=answers.SCRIPT)
    page.goto(f"{origin}/{SUB_PATH}/")
    lab.wait_for_state("ready")
    stage = Stage(lab)
    stage.rest()
    yield stage, places
    assert lab.complaints == []
    page.context.close()


def assert_no_long_task(stage, act):
    stage.page.evaluate("many.long.length = 0")
    act()
    stage.rest()
    assert max(stage.page.evaluate("many.long"), default=0) < LONG


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
    stage, places = crowd
    view = getattr(stage, side)
    mapping = stage.left.mapping() if side == "left" else view.mapping()
    rng = np.random.default_rng(0)
    for _ in range(5):
        pixel = np.round(np.array(mapping.pixel(*places[rng.integers(ROWS)].tolist())))
        if not mapping.holds(*pixel, -12):
            continue
        nearest = np.hypot(*(places - mapping.place(*pixel)).T).argmin()
        view.hover(pixel)
        stage.rest()
        assert int(re.match(r"Point (\d+)", stage.readouts()[0])[1]) == nearest


@pytest.mark.parametrize("view", ["boundary", "representation"])
def test_hovering_keeps_thirty_frames_a_second(crowd, view):
    stage, _ = crowd
    stage.rest()
    assert_no_long_task(stage, lambda: rate_of(stage, view, 20))
    assert rate_of(stage, view, 60) > 30


def test_a_loop_around_many_is_drawn_and_taken_without_a_halt(crowd):
    stage, places = crowd
    view = stage.left
    left, top, width, height = view.box()
    corners = [(left + width * x, top + height * y) for x, y in ((0.7, 0.1), (0.9, 0.1), (0.9, 0.9), (0.7, 0.9))]
    assert_no_long_task(stage, lambda: view.drag(*corners, steps=8))
    stage.page.mouse.move(0, 0)
    asked = stage.page.evaluate("many.asked.selected")
    assert len(asked) == ROWS // 4
    assert stage.chosen_text().startswith(f"{(places[:, 0] > 2).sum()} points chosen")
    stage.lab.press("Clear selection")
    stage.rest()
    assert stage.chosen_text() == ""


def test_many_points_are_drawn_without_a_halt_while_the_network_learns(crowd):
    stage, _ = crowd

    def learn():
        stage.lab.play_to(int(stage.lab.number("epoch")) + 20)

    assert_no_long_task(stage, learn)


def test_every_class_is_painted(crowd):
    stage, _ = crowd
    labels = stage.left.labels()
    for view in stage.views:
        picture = view.picture()[..., :3]
        for label in range(10):
            assert (np.abs(picture - stage.colour(f"--class-{label}")).max(axis=2) < 30).sum() > 100, label
    assert set(labels.tolist()) == set(range(10))
    legend = stage.page.get_by_role("list", name=re.compile("Legend: class 0: circles, class 1: triangles"))
    assert legend.inner_text().split("\n")[:10] == [str(label) for label in range(10)]
