"""Twenty thousand points of ten classes: the page draws them, finds them and lets them be chosen without a halt."""

import re

import numpy as np
import pytest

from tests import data_sets
from tests.browser import answers
from tests.browser.conftest import visit

_, TRAITS = data_sets.DATA_SETS["large"]
ROWS, CLASSES = TRAITS["rows"], TRAITS["outputs"]
# So many points are painted at once, and then the browser may have its turn.
AT_A_TIME = 100
# More milliseconds than a view may paint without a halt.
LONG = 20
# Notes which view's points are painted, on which frame of the display, and how many at once; what is on no canvas of
# the document is painted to be kept, and belongs to the view that it is put on. Whenever the page looks at the clock,
# `delay` milliseconds have passed.
WATCH = """() => {
    const {prototype} = CanvasRenderingContext2D;
    const {drawImage, fill} = prototype;
    const now = performance.now.bind(performance);
    const views = new WeakMap();
    let ahead = 0;
    window.watch = {painted: [], delay: 0};
    watch.told = () => watch.painted.map(({layer, points, frame}) => [views.get(layer), points, frame]);
    performance.now = () => now() + (ahead += watch.delay);
    window.Path2D = class extends Path2D {
        constructor(...given) {
            super(...given);
            this.points = String(given[0]).split("M").length - 1;
        }
    };
    prototype.fill = function (path, ...others) {
        if (path?.points && !this.canvas.isConnected)
            watch.painted.push({layer: this.canvas, points: path.points, frame: document.timeline.currentTime});
        return fill.call(this, ...(path ? [path] : []), ...others);
    };
    prototype.drawImage = function (image, ...others) {
        if (this.canvas.isConnected) views.set(image, this.canvas.id);
        return drawImage.call(this, image, ...others);
    };
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


def painted(stage, act):
    """`(numbers of points, frames of the display)` by view: what is painted of the points until all is at rest."""
    stage.page.evaluate("watch.painted.length = 0")
    act()
    stage.rest()
    found = {"boundary": ([], []), "representation": ([], [])}
    for view, points, frame in stage.page.evaluate("watch.told()"):
        found[view][0].append(points)
        found[view][1].append(frame)
    assert all(points <= AT_A_TIME for numbers, _ in found.values() for points in numbers)
    return found


def look_at(stage, view):
    """Goes to another view of the same run, and waits until it is at rest."""
    stage.page.evaluate("view => { location.hash = view; }", f"dataset=large&{view}")
    stage.rest()


def pictures(stage):
    """How many pictures there have been of this run."""
    return stage.page.evaluate("answers.extents.length")


def sweep(view, moves=30):
    """Takes the pointer over most of a view."""
    left, top, width, height = view.box()
    for share in np.linspace(0, 1, moves):
        view.hover((left + width * (0.2 + 0.6 * share), top + height * (0.5 + 0.3 * np.sin(9 * share))))


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


@pytest.mark.parametrize("view", ["layer=input", "layer=tanh1&projection=pca"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_pointing_paints_no_points(crowd, side, view):
    """In neither view, though the lab draws a picture for every place that is pointed at."""
    stage = crowd
    look_at(stage, view)
    before = pictures(stage)
    found = painted(stage, lambda: sweep(getattr(stage, side)))
    assert found == {"boundary": ([], []), "representation": ([], [])}
    assert pictures(stage) > before + 3
    look_at(stage, "layer=input")


def test_a_loop_in_the_right_view_chooses_what_it_is_drawn_around_after_much_pointing(crowd):
    stage = crowd
    look_at(stage, "layer=fc1")
    sweep(stage.left)
    stage.rest()
    view = stage.right
    left, top, width, height = view.box()
    corners = [(left + width * x, top + height * y) for x, y in ((0.5, 0.1), (0.9, 0.1), (0.9, 0.9), (0.5, 0.9))]
    expected = answers.enclosed(corners, view.places())
    view.hover(corners[0])
    stage.page.keyboard.down("Shift")
    stage.page.mouse.down()
    for corner in corners[1:]:
        stage.page.mouse.move(*view.to_page(corner), steps=4)
    stage.page.mouse.up()
    stage.page.keyboard.up("Shift")
    stage.page.mouse.move(0, 0)
    stage.rest()
    surely, perhaps = expected
    assert len(surely) > 1000
    assert surely <= set(stage.chosen()) <= perhaps
    stage.lab.press("Clear selection")
    look_at(stage, "layer=input")
    assert stage.chosen_text() == ""


def test_a_loop_around_many_paints_none_until_it_is_closed(crowd):
    stage = crowd
    view = stage.left
    left, top, width, height = view.box()
    corners = [(left + width * x, top + height * y) for x, y in ((0.7, 0.1), (0.9, 0.1), (0.9, 0.9), (0.7, 0.9))]

    def draw():
        view.hover(corners[0])
        stage.page.mouse.down()
        for corner in corners[1:]:
            stage.page.mouse.move(*view.to_page(corner), steps=8)

    assert painted(stage, draw)["boundary"] == ([], [])
    # Of those that are wrong none has a cross: there are too many.
    assert sum(painted(stage, stage.page.mouse.up)["boundary"][0]) == ROWS
    assert re.search(
        r"^\d+ of 18000 wrong, held out \d+ of 2000, too many to cross$", stage.page.locator("#wrong").inner_text()
    )
    stage.page.mouse.move(0, 0)
    chosen = set(stage.chosen())
    surely, perhaps = answers.enclosed(corners, view.places())
    assert len(surely) > 1000
    assert surely <= chosen <= perhaps
    assert stage.chosen_text().startswith(f"{len(chosen)} points chosen")
    stage.lab.press("Clear selection")
    stage.rest()
    assert stage.chosen_text() == ""


def test_the_browser_has_its_turn_whenever_painting_takes_long(crowd):
    """On each frame of the display a view paints once, where it has taken its time then."""
    stage = crowd
    stage.rest()
    stage.page.evaluate("delay => { watch.delay = delay; }", LONG)
    found = painted(stage, lambda: stage.left.press("n", "Enter"))
    stage.page.evaluate("watch.delay = 0")
    for points, frames in found.values():
        assert points
        assert sum(points) % ROWS == 0
        assert len(set(frames)) == len(frames) >= ROWS / AT_A_TIME
    stage.left.press("Escape")
    stage.rest()
    assert stage.chosen_text() == ""


def test_while_the_network_learns_only_points_that_move_are_painted(crowd):
    stage = crowd
    for layer, moves in (("input", False), ("fc1", True)):
        look_at(stage, f"layer={layer}&speed=0")
        before = pictures(stage)
        found = painted(stage, lambda: stage.lab.play_to(int(stage.lab.number("epoch")) + 2))
        assert pictures(stage) > before
        assert found["boundary"] == ([], [])
        count = sum(found["representation"][0])
        assert ROWS <= count <= ROWS * (pictures(stage) - before) if moves else count == 0
    look_at(stage, "layer=input")


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
