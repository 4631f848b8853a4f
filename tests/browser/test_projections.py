"""Layers of any width in the right view: turned, moved and zoomed, by components and on tour, by every means."""

import numpy as np
import pytest

from tests.browser.answers import RING, alike
from tests.browser.lab_page import ROWS
from tests.logistic import logistic_line

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def show(stage, hidden_layers, layer, projection=None, dimensions=None):
    """Makes a network, if need be, and looks at one of its layers."""
    if stage.lab.field("hidden_layers").input_value() != hidden_layers:
        stage.lab.enter("hidden_layers", hidden_layers)
        stage.lab.wait_for_state("ready")
    stage.lab.field("layer").select_option(label=layer)
    if projection:
        stage.lab.choose("projection", projection)
    if dimensions:
        stage.lab.enter("dimensions", dimensions)


def turn(stage):
    return np.reshape(stage.view("turn"), (3, 3))


def in_space(stage, layer, dimensions=(0, 1, 2)):
    """Where the points of an untrained network must lie for how they are turned: (points, 3)."""
    places = stage.untrained()[layer][:, list(dimensions)].astype(float)
    return (places - places.mean(axis=0)) @ turn(stage).T


@pytest.mark.parametrize(
    ("width", "words"),
    [
        ("1", "dimension 0"),
        ("2", "dimensions 0 and 1"),
        ("3", "dimensions 0, 1 and 2"),
        ("8", "dimensions 0 and 1"),
        ("20", "dimensions 0 and 1"),
    ],
)
def test_a_layer_of_any_width(stage, width, words):
    show(stage, width, "tanh1", "dimensions" if int(width) > 3 else None)
    stage.rest()
    stage.right.wait_for_label(f"the {ROWS} points at layer tanh1, shape {ROWS} × {width}, {words}.")
    assert stage.page.locator("#representation-shape").inner_text() == f"tanh1, {ROWS} × {width}, {words}"
    assert list(stage.answer("shape")) == [ROWS, int(width)]
    assert stage.answer("spatial") == (width == "3")
    activations = stage.untrained()["tanh1"]
    positions = stage.positions()
    if width == "3":
        assert positions == pytest.approx(in_space(stage, "tanh1")[:, :2], abs=1e-4)
    elif width == "1":
        assert positions[:, 0] == pytest.approx(activations[:, 0], abs=1e-4)
        assert len(np.unique(positions[:, 1].round(3))) > 150, "spread upright"
    else:
        assert positions == pytest.approx(activations[:, :2], abs=1e-4)
    assert stage.right.apart(), "there are points in sight"


def test_a_space_turns_by_dragging_and_by_arrow_keys_and_comes_back(stage):
    show(stage, "3", "tanh1")
    stage.rest()
    first = turn(stage)
    x, y = stage.right.empty_place()
    drag = (lambda: stage.right.drag((x, y), (x - 50, y + 30)),)
    keys = tuple(lambda key=key: stage.right.press(key) for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"))
    for act in drag + keys:
        before, turned = stage.positions(), turn(stage)
        act()
        stage.rest()
        after = turn(stage)
        assert np.abs(after - turned).max() > 0.05
        assert np.abs(stage.positions() - before).max() > 0.05
        assert after @ after.T == pytest.approx(np.eye(3), abs=1e-6)
        assert np.linalg.det(after) == pytest.approx(1)
        # The same points, only turned.
        space = in_space(stage, "tanh1")
        assert stage.positions() == pytest.approx(space[:, :2], abs=1e-4)
        assert np.linalg.norm(space, axis=1).max() <= stage.answer("extent")[2] * 1.0001
    stage.lab.press("Fit")
    stage.rest()
    assert turn(stage) == pytest.approx(first)


def test_arrow_keys_turn_the_way_they_point(stage):
    """What is near goes with the arrow."""
    show(stage, "3", "tanh1")
    for key, axis, sign in (("ArrowRight", 0, 1), ("ArrowLeft", 0, -1), ("ArrowUp", 1, 1), ("ArrowDown", 1, -1)):
        stage.rest()
        before = in_space(stage, "tanh1")
        nearest = before[:, 2].argmax()
        stage.right.press(key)
        stage.rest()
        assert sign * (in_space(stage, "tanh1") - before)[nearest, axis] > 0.01, key


def test_a_space_turns_by_finger(stage_at):
    stage = stage_at("hidden_layers=3&layer=tanh1", **PHONE)
    stage.rest()
    before = turn(stage)
    stage.right.touch(*[[(150 + 8 * step, 150 + 4 * step)] for step in range(8)])
    stage.rest()
    assert np.abs(turn(stage) - before).max() > 0.1
    assert stage.positions() == pytest.approx(in_space(stage, "tanh1")[:, :2], abs=1e-4)


def test_depth_is_seen(stage):
    """In a space near points are drawn stronger than far ones, and on top of them."""
    show(stage, "3", "tanh1")
    stage.rest()
    depths = in_space(stage, "tanh1")[:, 2]
    keys, counts = stage.answer("mark_groups").reshape(-1, 2).T
    assert counts.sum() == ROWS
    assert list(keys // 4 % 4) == sorted(keys // 4 % 4), "far groups first"
    assert len(set(keys // 4 % 4)) > 1
    stage.lab.switch_off("grid")
    stage.lab.switch_off("boundary")
    stage.rest()
    colours = np.array([stage.colour("--class-0"), stage.colour("--class-1")])
    whole = stage.left.training() & ~stage.wrong()
    indices = np.array([index for index in stage.right.apart(12) if whole[index]])
    distance = np.abs(stage.right.colours(stage.right.places()[indices]) - colours[stage.left.labels()[indices]]).max(
        axis=1
    )
    half = stage.answer("extent")[2]
    assert distance[depths[indices] > 0.05 * half].max() < 50
    assert distance[depths[indices] < -0.05 * half].min() > 50


def ring_at(stage, index, place):
    """Whether point `index` is pointed at and its ring is around a place of the right view, to 2 pixels."""
    stage.rest()
    assert stage.view("point") == index
    shifts = np.arange(-2, 2.1, 0.5)
    shifts = np.array([(x, y) for x in shifts for y in shifts if np.hypot(x, y) <= 2])
    colours = stage.right.colours((place + shifts[:, None] + RING).reshape(-1, 2))
    return alike(colours, stage.colour("--boundary")).reshape(len(shifts), -1).all(axis=1).any()


def test_a_flat_picture_moves_by_dragging_and_by_arrow_keys(stage):
    index = stage.right.apart(12)[0]
    stage.right.hover(stage.right.places()[index])
    stage.page.mouse.down()
    stage.page.mouse.up()
    place = stage.right.places()[index]
    assert ring_at(stage, index, place)
    empty = stage.right.empty_place()
    towards = np.sign(np.array(stage.right.box()[2:]) / 2 - place)
    stage.right.drag(empty, empty + 30 * towards, empty + [40, 24] * towards, steps=3)
    place = place + [40, 24] * towards
    assert ring_at(stage, index, place)
    # The picture goes against the arrow: what is looked at goes with it.
    step = 0.06 * stage.right.box()[2]
    for key, right, down in (("ArrowLeft", 1, 0), ("ArrowUp", 0, 1), ("ArrowRight", -1, 0), ("ArrowDown", 0, -1)):
        stage.right.press(key)
        place = np.add(place, [step * right, step * down])
        assert ring_at(stage, index, place), key
    stage.lab.press("Fit")
    assert ring_at(stage, index, stage.right.places()[index])


@pytest.mark.parametrize("pixels", [-240, 120])
def test_the_wheel_zooms_about_the_pointer(stage, pixels):
    first, second = stage.right.apart(12)[:2]
    pointer = np.round(stage.right.places()[first])
    # What is at the pointer stays there; all else goes away from it, or comes nearer, by what the wheel was turned.
    factor = 2 ** (-2 * pixels / 300)
    zoomed = pointer + factor * (stage.right.places() - pointer)
    stage.right.hover(pointer)
    assert ring_at(stage, first, stage.right.places()[first])
    for _ in range(2):
        stage.page.mouse.wheel(0, pixels)
        stage.page.evaluate("new Promise(requestAnimationFrame)")
    stage.rest()
    assert ring_at(stage, first, zoomed[first])
    assert stage.page.evaluate("scrollY") == 0
    in_sight = [index for index in stage.right.apart(12)[1:] if stage.right.inside(zoomed[index], 10)]
    stage.right.hover(zoomed[in_sight[0]])
    assert ring_at(stage, in_sight[0], zoomed[in_sight[0]])
    stage.page.mouse.move(0, 0)
    stage.lab.press("Fit")
    stage.right.hover(stage.right.places()[second])
    assert ring_at(stage, second, stage.right.places()[second])


def test_zoom_by_keys_is_about_the_middle(stage):
    index = min(stage.right.apart(7), key=lambda index: np.abs(stage.right.places()[index] - 220).max())
    place = stage.right.places()[index]
    stage.right.hover(place)
    stage.page.mouse.down()
    stage.page.mouse.up()
    left, top, width, height = stage.right.box()
    middle = np.array([left + width / 2, top + height / 2])
    power = 0
    for key, step in (("+", 1), ("=", 1), ("-", -1), ("_", -1), ("-", -1), ("-", -1), ("0", 2)):
        stage.right.press(key)
        power += step
        assert ring_at(stage, index, middle + 1.25**power * (place - middle)), key


def test_two_fingers_zoom(stage_at):
    stage = stage_at("", **PHONE)
    stage.rest()
    left, top, width, height = stage.right.box()
    middle = np.array([left + width / 2, top + height / 2])
    index = min(stage.right.apart(7), key=lambda index: np.abs(stage.right.places()[index] - middle).max())
    place = stage.right.places()[index]
    # Fingers to both sides of a place, from 25 to 50 pixels away.
    centre = np.add(middle, [5, -10])
    stage.right.touch(*[[centre - [away, 0], np.add(centre, [away, 0])] for away in range(25, 55, 5)])
    stage.rest()
    place = centre + 2 * (place - centre)
    assert stage.right.inside(place)
    stage.right.tap(place)
    assert ring_at(stage, index, place)
    assert stage.page.evaluate("visualViewport.scale") == 1, "the picture is zoomed, not the page"
    stage.lab.button("Fit").tap()
    assert ring_at(stage, index, stage.right.places()[index])


@pytest.mark.parametrize("width", [8, 20])
def test_principal_components(stage, width):
    show(stage, str(width), "tanh1", "pca")
    stage.rest()
    activations = stage.untrained()["tanh1"].astype(float)
    centred = activations - activations.mean(axis=0)
    _, scales, components = np.linalg.svd(centred, full_matrices=False)
    shares = scales**2 / (scales**2).sum()
    assert stage.answer("shares") == pytest.approx(shares[:3], abs=0.01)
    stage.right.wait_for_label(f"PCA: {100 * shares[:3].sum():.0f} % of variance")
    assert stage.lab.field("dimensions").is_disabled()
    # Up to the signs of the components.
    turned = [
        centred @ (components[:3].T * (1 - 2 * np.array(signs))) @ turn(stage).T[:, :2] for signs in np.ndindex(2, 2, 2)
    ]
    assert min(np.abs(stage.positions() - positions).max() for positions in turned) < 0.01
    assert stage.answer("spatial")


def straight_lines(stage, activations):
    """What two lines fitted to the training points say of all: the second class's score less the first's, shape (n, 2).

    By logistic regression and, with the lab's penalty, by least squares.
    """
    training, labels = stage.left.training(), stage.left.labels()
    weights, bias = logistic_line(activations[training], labels[training])
    centred = (activations - activations[training].mean(axis=0)).astype(float)
    width = centred.shape[1]
    penalty = np.sqrt(1e-6 * np.square(centred[training]).sum() / width) * np.eye(width, width + 1)
    features = np.column_stack([centred, np.ones(len(centred))])
    wanted = np.append(2.0 * labels[training] - 1, np.zeros(width))
    other = np.linalg.lstsq(np.concatenate([features[training], penalty]), wanted, rcond=None)[0]
    return np.column_stack([activations @ weights + bias, features @ other])


def test_the_best_view_is_what_a_layer_is_seen_in_at_first(stage):
    """The line by which separability counts says what it gets right, and stands where logistic regression decides.

    Or where least squares is better, as near to that as it can be and be as good: between both. If it stands elsewhere
    it has more right by a twentieth of all, and no other upright line has more.
    """
    show(stage, "8", "tanh1")
    stage.rest()
    assert stage.lab.field("projection").input_value() == "best"
    assert stage.lab.field("dimensions").is_disabled()
    said = straight_lines(stage, stage.untrained()["tanh1"])
    (line,) = stage.answer("upright")
    positions = stage.positions()
    training, labels = stage.left.training(), stage.left.labels()
    right = positions[:, 0] > line
    share = (right == labels)[training].mean()
    least, other = ((said > 0) == labels[:, None])[training].mean(axis=0)
    assert share >= max(least, other)
    every = np.column_stack([said, np.ones(len(said))])
    *shares, moved = np.linalg.lstsq(every, positions[:, 0] - line, rcond=None)[0]
    assert said @ shares + moved == pytest.approx(positions[:, 0] - line, abs=0.01)
    if abs(moved) > 0.01:
        x = positions[training, 0]
        assert share > ((x > line + moved) == labels[training]).mean() + 0.05
        assert share >= max(((x > place - 1e-6) == labels[training]).mean() for place in x)
    assert shares[0] > 0
    assert shares[1] > 0 if other > least else abs(shares[1]) < 1e-3
    words = f"tanh1, {ROWS} × 8, best view: {100 * share:.0f} % parted by the upright line"
    stage.lab.wait(f"document.getElementById('representation-shape').textContent === '{words}'")
    stage.right.wait_for_label(f"best view: {100 * share:.0f} % parted by the upright line.")
    bar = stage.page.locator("#probes .bar").nth(2)
    assert bar.get_attribute("aria-label").startswith(
        f"A straight line at layer tanh1 has {100 * share:.0f} % of the training points right"
    )
    # It is painted from the top of the plot to its bottom, there and nowhere beside.
    stage.page.get_by_label("Grid", exact=True).uncheck()
    stage.page.get_by_label("Boundary", exact=True).uncheck()
    stage.page.mouse.move(0, 0)
    stage.rest()
    _, top, _, height = stage.right.box()
    x = stage.right.at([[line, 0]])[0, 0]
    ups = top + height * np.linspace(0.15, 0.95, 60)
    # Where no point lies: those that are wrong have crosses in the same colour.
    near = np.abs(stage.right.at(positions)[:, None] - np.column_stack([np.full(60, x), ups])) < 15
    ups = ups[~near.all(axis=2).any(axis=0)]
    assert len(ups) > 10
    for offset, seen in ((0, 1.0), (-5, 0.0), (5, 0.0)):
        colours = stage.right.colours(np.column_stack([np.full(len(ups), x + offset), ups]))
        assert alike(colours, stage.colour("--text")).mean() == pytest.approx(seen, abs=0.1), offset
    # Another projection has none; then it is there again.
    stage.lab.choose("projection", "pca")
    stage.rest()
    assert len(stage.answer("upright")) == 0
    stage.right.wait_for_label("PCA")
    stage.lab.choose("projection", "best")
    stage.rest()
    assert stage.answer("upright") == pytest.approx([line], abs=1e-4)
    assert stage.positions() == pytest.approx(positions, abs=1e-3)


def test_the_best_view_between_two_layers_and_while_it_learns(stage):
    """Points go straight from the one layer's picture to the other's, and the line with them; it follows training."""
    show(stage, "8,8", "fc2")
    stage.rest()
    one = stage.positions(), stage.answer("upright")
    stage.page.get_by_label("Layer rail", exact=True).fill("3.5")
    stage.rest()
    assert stage.view("morph") == 0.5
    half = stage.positions(), stage.answer("upright")
    stage.lab.wait("document.getElementById('representation-shape').textContent === 'fc2 → tanh2, 200 × 8, best view'")
    stage.lab.field("layer").select_option(label="tanh2")
    stage.rest()
    other = stage.positions(), stage.answer("upright")
    for middle, start, end in zip(half, one, other, strict=True):
        assert middle == pytest.approx((start + end) / 2, abs=1e-3)
    stage.record()
    stage.lab.play_to(30)
    stage.rest()
    _, positions = stage.pictures()
    assert len(positions) > 10
    spread = np.square(positions).mean()
    # From picture to picture nothing is mirrored and nothing jumps.
    assert np.square(np.diff(positions, axis=0)).mean(axis=(1, 2)).max() < 0.5 * spread


def test_principal_components_do_not_flip_while_training(stage):
    show(stage, "8", "tanh1", "pca")
    stage.rest()
    stage.record()
    stage.lab.play_to(30)
    stage.rest()
    _, positions = stage.pictures()
    jumps = np.abs(np.diff(positions, axis=0)).max(axis=(1, 2))
    assert len(jumps) > 10
    assert jumps.max() < 0.5 * stage.answer("extent")[2]


def test_three_dimensions_of_a_wide_layer_are_a_space(stage):
    show(stage, "8", "tanh1", "dimensions", "6, 2, 4")
    stage.rest()
    assert stage.answer("spatial")
    stage.right.wait_for_label("dimensions 6, 2 and 4")
    assert stage.positions() == pytest.approx(in_space(stage, "tanh1", (6, 2, 4))[:, :2], abs=1e-4)
    assert [int(number) for number in stage.answer("axes")[::3]] == [6, 2, 4]
    before = stage.positions()
    stage.right.press("ArrowRight")
    stage.rest()
    assert np.abs(stage.positions() - before).max() > 0.01


def on_tour(stage, paused=True):
    show(stage, "8", "tanh1", "tour")
    # As another test has left it.
    if stage.lab.button("Resume tour").count():
        stage.lab.press("Resume tour")
    stage.lab.wait("answers.view.tour_seconds > 0")
    stage.right.wait_for_label("grand tour")
    if paused:
        stage.lab.press("Pause tour")
        stage.rest()


def test_the_tour_moves_by_itself_until_it_is_paused(stage):
    on_tour(stage, paused=False)
    stage.record()
    # The glide from the projection before has come to an end, and so have its answers.
    stage.lab.wait("answers.moving.length > 30 && !answers.moving.slice(-25).includes(true)")
    moving, positions = stage.pictures()
    seconds = stage.page.evaluate("answers.seconds")[: len(positions)][-21:]
    positions = positions[-21:]
    assert not moving[-21:].any()
    assert np.abs(positions[-1] - positions[0]).max() > 0.02
    # No point is faster than it would be that turned once in four seconds, however far apart the pictures are.
    moves = np.abs(np.diff(positions, axis=0)).max(axis=(1, 2)) / stage.answer("extent")[2]
    assert (moves < 0.02 + 2 * np.pi / 4 * np.diff(seconds)).all(), "it never jumps"
    assert stage.lab.number("step") == 0
    stage.right.wait_for_label("grand tour")
    stage.lab.press("Pause tour")
    # It comes to rest, which is that nothing is asked of the lab any more.
    stage.rest()
    seconds, before = stage.view("tour_seconds"), stage.answer("axes")
    stage.lab.press("Step")
    stage.lab.wait_for_epoch(1)
    stage.rest()
    assert stage.view("tour_seconds") == seconds
    assert (stage.answer("axes") == before).all()
    stage.lab.press("Resume tour")
    stage.lab.wait(f"answers.view.tour_seconds > {seconds + 0.3}")
    assert np.abs(stage.answer("axes") - before).max() > 0.01


def test_a_tour_looks_along_orthogonal_directions(stage):
    on_tour(stage)
    axes = stage.answer("axes").reshape(-1, 3)
    assert list(axes[:, 0]) == list(range(8))
    assert axes[:, 1:].T @ axes[:, 1:] == pytest.approx(np.eye(2), abs=1e-5)
    activations = stage.untrained()["tanh1"]
    assert stage.positions() == pytest.approx((activations - activations.mean(axis=0)) @ axes[:, 1:], abs=1e-4)


# Where an axis is put, in units of the circle.
GOAL = 0.55, 0.4


def tip(stage, number):
    return {int(axis): (x, y) for axis, x, y in stage.answer("axes").reshape(-1, 3)}[number]


def longest_axis(stage):
    axes = stage.answer("axes").reshape(-1, 3)
    return int(axes[np.hypot(axes[:, 1], axes[:, 2]).argmax(), 0])


def assert_at(stage, number, goal):
    stage.rest()
    assert tip(stage, number) == pytest.approx(goal, abs=0.02)
    axes = stage.answer("axes").reshape(-1, 3)[:, 1:]
    assert axes.T @ axes == pytest.approx(np.eye(2), abs=1e-4)


def test_an_axis_is_dragged_by_mouse(stage):
    on_tour(stage)
    number = longest_axis(stage)
    goal = stage.right.handle_at(*GOAL)
    stage.right.hover(stage.right.handles()[number])
    stage.page.mouse.down()
    stage.page.mouse.move(*stage.right.to_page(goal), steps=6)
    assert_at(stage, number, GOAL)
    assert alike(stage.right.colours([goal]), stage.colour("--accent")).all()
    stage.right.wait_for_label(f"Axis {number} is held.")
    stage.page.mouse.move(*stage.right.to_page(stage.right.handle_at(-0.3, 0.5)), steps=4)
    assert_at(stage, number, (-0.3, 0.5))
    stage.page.mouse.up()
    stage.page.mouse.move(0, 0)
    stage.rest()
    assert tip(stage, number) == pytest.approx((-0.3, 0.5), abs=0.02), "paused, it stays where it was left"
    stage.right.wait_for_no_label("is held")


def test_an_axis_is_dragged_by_finger(stage_at):
    stage = stage_at("layer=tanh1&projection=tour", **PHONE)
    stage.lab.button("Pause tour").tap()
    stage.rest()
    number = longest_axis(stage)
    start, goal = stage.right.handles()[number], stage.right.handle_at(*GOAL)
    stage.right.touch(*[[start + (goal - start) * step / 8] for step in range(9)], rests=True)
    assert_at(stage, number, GOAL)


def test_an_axis_is_moved_by_keyboard(stage):
    on_tour(stage)
    stage.right.press("a", "a")
    stage.right.wait_for_label("Axis 1 is held.")
    stage.rest()
    x, y = tip(stage, 1)
    right, up = (1 if x < 0 else -1), (1 if y < 0 else -1)
    stage.right.press("ArrowRight" if right > 0 else "ArrowLeft", "ArrowUp" if up > 0 else "ArrowDown")
    assert_at(stage, 1, (x + 0.06 * right, y + 0.06 * up))
    stage.right.press("Escape")
    stage.right.wait_for_no_label("is held")
    before = turn(stage)
    stage.right.press("ArrowRight")
    stage.rest()
    assert (turn(stage) == before).all()
    assert stage.right.label().count("held") == 0


def test_the_tour_stands_still_while_an_axis_is_held(stage):
    on_tour(stage, paused=False)
    stage.right.press("a")
    stage.rest()
    stage.right.press("Escape")
    before = stage.view("tour_seconds")
    stage.lab.wait(f"answers.view.tour_seconds > {before + 0.1}")


def test_without_motion_the_tour_waits_and_changes_are_immediate(open_stage):
    stage = open_stage("layer=tanh1&projection=tour", reduced_motion="reduce")
    stage.rest()
    assert stage.view("calm") is True
    assert stage.view("tour_seconds") == 0
    assert stage.lab.button("Resume tour").is_visible()
    for projection in ("pca", "dimensions", "best", "tour"):
        stage.record()
        stage.lab.choose("projection", projection)
        stage.rest()
        assert stage.view("projection") == projection
        moving, _ = stage.pictures()
        assert not moving.any()
    stage.lab.press("Resume tour")
    stage.lab.wait("answers.view.tour_seconds > 0.1")
    stage.lab.press("Pause tour")


@pytest.fixture
def slowly(stage):
    """The page's time goes five times as slowly, so that a busy machine draws several pictures of what glides."""
    stage.lab.page.evaluate(
        """() => {
            const real = performance.now.bind(performance), since = real();
            performance.now = () => since + (real() - since) / 5;
        }"""
    )
    yield
    # The time as it was, which is that of the prototype.
    stage.lab.page.evaluate("delete performance.now")


def test_changes_of_projection_are_animated(stage, slowly):
    show(stage, "8", "tanh1")
    stage.rest()
    for projection, dimensions in (
        ("pca", None),
        ("dimensions", None),
        ("best", None),
        ("dimensions", "5, 2"),
        ("dimensions", "0, 1, 2"),
    ):
        stage.record()
        first = stage.positions()
        stage.lab.choose("projection", projection)
        if dimensions:
            stage.lab.enter("dimensions", dimensions)
        stage.rest()
        moving, positions = stage.pictures()
        assert moving[:-1].sum() > 1, "there are pictures on the way"
        assert not moving[-1], "and an end of it"
        way = np.abs(np.diff(np.concatenate([first[None], positions]), axis=0)).max(axis=(1, 2))
        assert way.max() < 0.9 * np.abs(positions[-1] - first).max(), "none of them jumps"


SWITCHES = {"contour": "contour", "zero_lines": "zero_lines", "grid": "lines", "boundary": "bend_boundary"}


def differing(one, other):
    """How many pixels are clearly different: the plane may be a little finer in one of two pictures."""
    return (np.abs(one - other) > 25).any(axis=2).sum()


@pytest.mark.parametrize("switch", SWITCHES)
def test_what_is_switched_is_there_or_not(stage, switch):
    view = stage.left if switch in ("contour", "zero_lines") else stage.right
    pictures = {}
    box = stage.lab.field(switch)
    was_on = box.is_checked()
    for on in (was_on, not was_on, was_on):
        box.set_checked(on)
        stage.page.mouse.move(0, 0)
        stage.rest()
        assert (len(stage.answer(SWITCHES[switch])) > 0) == on
        picture = view.picture()
        if on in pictures:
            assert differing(picture, pictures[on]) < 100
        pictures[on] = picture
    assert differing(pictures[True], pictures[False]) > 300
    if switch != "grid":
        colour = stage.colour("--zero" if switch == "zero_lines" else "--boundary")
        coloured = {on: alike(picture[..., :3], colour, 40).sum() for on, picture in pictures.items()}
        assert coloured[True] > coloured[False] + 100


def test_shading_changes_the_picture(stage):
    pictures = {}
    for shading in ("probability", "classes", "confidence", "neuron"):
        stage.lab.choose("shading", shading)
        stage.rest()
        pictures[shading] = stage.left.picture()
    for one in pictures:
        for other in pictures:
            changed = (pictures[one] != pictures[other]).any(axis=2).mean()
            assert one == other or changed > 0.2, (one, other)
    # Away from its edge a class has one colour.
    classes = pictures["classes"].reshape(-1, 4)
    assert np.unique(classes, axis=0, return_counts=True)[1].max() > 0.2 * len(classes)
