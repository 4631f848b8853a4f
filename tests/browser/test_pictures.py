"""What is painted where, by what the lab's arrays say must be there, and by the network itself."""

import itertools

import numpy as np
import pytest

from spec import registry, shape
from tests import sweeps
from tests.browser.answers import RADIUS, Stage, alike, segments
from tests.browser.lab_page import ROWS

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# In the left view a mark lets a little of what lies below shine through.
LEFT_ALIKE, RIGHT_ALIKE = 45, 12


def is_crossed(view, place, text, picture=None):
    """Whether the middle of a cross and its four arms are seen at a place; its lines are little wider than a pixel."""
    by = 0.7 * view.radius()
    # On a fine screen its lines lie between whole pixels.
    near = np.array([(x, y) for x in np.linspace(-1, 1, 7) for y in np.linspace(-1, 1, 7)])
    arms = np.array([(0, 0), (-by, -by), (by, -by), (-by, by), (by, by)])
    colours = view.colours((place + arms[:, None] + near).reshape(-1, 2), picture).reshape(5, 49, 3)
    return bool(alike(colours, text, 90).any(axis=1).all())


def assert_points_are_painted(stage, least=20):
    """Every point that no other covers: its class's colour if trained on, hollow if held out, crossed if wrong."""
    labels, training, wrong = stage.left.labels(), stage.left.training(), stage.wrong()
    classes = np.array([stage.colour("--class-0"), stage.colour("--class-1")])
    surface, text = stage.colour("--surface"), stage.colour("--text")
    seen = set()
    for view, tolerance in ((stage.left, LEFT_ALIKE), (stage.right, RIGHT_ALIKE)):
        # The arms of a cross reach twice as far as a mark.
        indices = np.array(view.apart(2.3 * view.radius()))
        assert len(indices) > least, view.identifier
        colours = view.colours(view.places()[indices])
        for index, colour in zip(indices, colours, strict=True):
            if wrong[index]:
                assert is_crossed(view, view.places()[index], text), (view.identifier, index)
            else:
                expected = classes[labels[index]] if training[index] else surface
                assert alike(colour, expected, tolerance), (view.identifier, index, colour, expected)
            seen.add((view.identifier, int(labels[index]), bool(training[index])))
    assert len([kind for kind in seen if kind[2]]) == 4, "both classes in both views"
    assert any(not kind[2] for kind in seen), "and points held out"


def test_what_the_network_has_wrong_is_crossed_out_and_counted(stage):
    """By the network in NumPy, with the seed's weights; then by the accuracies of a trained one."""
    stage.rest()
    labels, training, text = stage.left.labels(), stage.left.training(), stage.colour("--text")
    expected = stage.untrained()["softmax"].argmax(axis=1) != labels
    assert 20 < expected.sum() < 180
    assert (stage.wrong() == expected).all()
    classes = np.array([stage.colour("--class-0"), stage.colour("--class-1")])
    for view in stage.views:
        apart, picture, ratio = view.apart(4.5 * RADIUS), view.picture(), view.picture().shape[1] / view.size()[0]
        places = view.places()
        assert len(set(expected[apart])) == 2, view.identifier
        for index in apart:
            assert is_crossed(view, places[index], text, picture) == expected[index], (view.identifier, index)
            # The colour of its class is still to be seen around the cross.
            x, y = np.floor(places[index] * ratio).astype(int)
            near = picture[y - 7 : y + 8, x - 7 : x + 8, :3].reshape(-1, 3)
            least = 6 if training[index] else 3
            assert alike(near, classes[labels[index]], 30).sum() >= least, (view.identifier, index)
    wrong = stage.page.locator("#wrong")
    for _ in range(3):
        rows, counts = training.sum(), [(stage.wrong() & part).sum() for part in (training, ~training)]
        words = f"{counts[0]} of {rows} wrong, held out {counts[1]} of {len(training) - rows}"
        stage.left.wait_for_label(f"by the crosses, {words}")
        assert wrong.text_content() == words
        assert counts[0] == round((1 - stage.lab.number("train-accuracy")) * rows)
        assert counts[1] == round((1 - stage.lab.number("test-accuracy")) * (len(training) - rows))
        stage.lab.press("Step")
        stage.lab.wait_for_state("paused")
        stage.rest()


def assert_boundary_is_painted(stage):
    """Along the contour of the lab's answer, where no mark is, the picture has the boundary's colour."""
    ends = segments(stage.answer("contour"))
    assert len(ends) > 10
    places = stage.left.at(ends.mean(axis=1))
    marks = stage.left.places()
    inside = places[stage.left.inside(places, 3)]
    clear = [place for place in inside if np.hypot(*(marks - place).T).min() > 2 * RADIUS]
    assert len(clear) > 10
    assert alike(stage.left.colours(clear), stage.colour("--boundary"), 90).mean() > 0.97


def pytest_generate_tests(metafunc):
    """Without `--pictures-all` each theme, and each shading, is looked at with one ratio of pixels."""
    for name, values in (("scheme", ("light", "dark")), ("shading", ("probability", "neuron"))):
        if {name, "ratio"} <= set(metafunc.fixturenames):
            every = itertools.product(values, (1, 2))
            pairs = every if sweeps.whole(metafunc.config, "pictures") else zip(values, (1, 2), strict=True)
            metafunc.parametrize((name, "ratio"), list(pairs))


def test_points_and_boundary_are_painted_where_they_are(stage_at, scheme, ratio):
    stage = stage_at("learning_rate=0.1", color_scheme=scheme, device_scale_factor=ratio)
    stage.rest()
    assert stage.left.picture().shape[1] == int(ratio * stage.left.size()[0] + 0.5)
    assert_points_are_painted(stage)
    assert_boundary_is_painted(stage)
    before = stage.positions()
    # Step by step, so that it is the same picture every time.
    while stage.lab.number("train-accuracy") < 0.95:
        assert stage.lab.number("epoch") < 100
        stage.lab.step_one_epoch()
    stage.rest()
    assert np.abs(stage.positions() - before).max() > 0.5
    assert_points_are_painted(stage)
    assert_boundary_is_painted(stage)


def test_the_theme_can_be_changed_under_way(stage):
    stage.lab.press("Dark theme")
    stage.rest()
    assert_points_are_painted(stage)
    stage.lab.press("Light theme")
    stage.rest()
    assert_points_are_painted(stage)


def test_points_on_a_phone(stage_at):
    stage = stage_at("", **PHONE, device_scale_factor=3)
    stage.rest()
    for _ in range(2):
        # Where both views are side by side few points stand alone.
        assert_points_are_painted(stage, least=3)
        assert_boundary_is_painted(stage)
        stage.lab.step_one_epoch()
        stage.rest()


@pytest.mark.parametrize("loss", ["cross_entropy", "mean_squared_error"])
def test_the_boundary_is_where_the_score_is_a_half(stage, loss):
    """The contour at epoch 0, by the network in NumPy."""
    stage.lab.choose("loss", loss)
    stage.rest()
    ends = segments(stage.answer("contour")).reshape(-1, 2)

    def score(places):
        """0 where the score of class 1 is 0.5."""
        logits = stage.untrained(places)["fc2"]
        return logits[:, 1] - (logits[:, 0] if loss == "cross_entropy" else 0.5)

    # Its distance from the true one is less than a pixel: as far as the score changes over it.
    pixel = 12 / stage.left.box()[2]
    slope = np.hypot(*[score(ends + shift) - score(ends) for shift in ([pixel, 0], [0, pixel])])
    assert len(ends) > 100
    assert (np.abs(score(ends)) <= slope + 1e-4).all()


def test_the_boundary_after_training_is_where_the_scores_are_even(stage):
    """By pointing at places on it."""
    stage.lab.play_to(40)
    stage.rest()
    ends = segments(stage.answer("contour"))
    for place in stage.left.at(ends.mean(axis=1))[:: max(1, len(ends) // 8)]:
        if np.hypot(*(stage.left.places() - place).T).min() < 14 or not stage.left.inside(place, 4):
            continue
        stage.left.hover(place)
        stage.rest()
        assert stage.answer("place_scores") == pytest.approx(0.5, abs=0.05)


def test_the_plane_has_the_colours_of_the_scores(stage):
    """Where the network is sure of a class, the plane is nearer to its colour than to the other's."""
    stage.lab.set_speed(0)
    stage.lab.press("Play")
    stage.lab.wait("+document.documentElement.dataset.trainAccuracy >= 0.97")
    stage.lab.press("Pause")
    stage.lab.choose("shading", "classes")
    stage.rest()
    classes = np.array([stage.colour("--class-0"), stage.colour("--class-1")])
    checked = set()
    # From the middle of the disc to beyond the ring; by key, where the pointer would take hold of a point.
    for _ in range(22):
        stage.left.press("ArrowRight")
        stage.rest()
        place = stage.left.at([stage.view("place")])[0]
        scores = stage.answer("place_scores")
        if scores.max() > 0.7 and np.hypot(*(stage.left.places() - place).T).min() > 7:
            colour = stage.left.colours([place])[0]
            assert np.abs(classes - colour).sum(axis=1).argmin() == scores.argmax()
            checked.add(int(scores.argmax()))
    assert checked == {0, 1}


def test_the_boundary_in_the_last_layer_is_straight(stage):
    """The logits of both classes are the same along a straight line through the origin, which is painted."""
    ends = segments(stage.answer("bend_boundary"), stage.answer("unit")).reshape(-1, 2)
    assert len(ends) > 20
    assert ends[:, 0] == pytest.approx(ends[:, 1], abs=0.01)
    marks = stage.right.places()
    places = [place for place in stage.right.at(ends) if np.hypot(*(marks - place).T).min() > 2 * RADIUS]
    assert alike(stage.right.colours(places), stage.colour("--boundary"), 90).mean() > 0.97


def assert_not_blank(stage):
    for view in stage.views:
        left, top, width, height = view.box()
        inner = [left + 2, top + 2, width - 4, height - 4]
        assert stage.page.evaluate("([id, box]) => answers.shades(id, box)", [view.identifier, inner]) > 20, inner


def every_picture(stage, layers, every=1, first=0):
    """Goes through all layers, projections, and half the way to the next layer: all, or every other from `first` on.

    There is an odd number of places on the way. So of two goes that share them, with every second of them, both see
    every place and every projection; and together they see every place in every projection.
    """
    turn = itertools.count(-first)
    rail = stage.page.get_by_label("Layer rail", exact=True)
    wide = next(name for name, _, width in layers if width > 3)
    seen = set()
    for projection in registry.entries("projection"):
        stage.lab.field("layer").select_option(label=wide)
        stage.lab.choose("projection", projection)
        if projection == "tour" and stage.lab.button("Pause tour").count():
            stage.lab.press("Pause tour")
        for index, (name, _, width) in enumerate(layers):
            stage.lab.field("layer").select_option(label=name)
            for half in (False, True)[: 2 if index < len(layers) - 1 else 1]:
                if next(turn) % every:
                    continue
                if half:
                    rail.fill(str(index + 0.5))
                stage.rest()
                assert stage.view("layer") == name
                assert stage.view("morph") == pytest.approx(0.5 * half)
                assert stage.view("projection") == projection
                assert np.isfinite(stage.positions()).all()
                assert stage.answer("mark_groups")[1::2].sum() == ROWS
                assert_not_blank(stage)
                seen.add((projection, name, half, width))
    assert len(seen) == len(range(first, len(registry.entries("projection")) * (2 * len(layers) - 1), every))


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize(
    "network",
    [
        "hidden_layers=5,1&normalization=batch_norm",
        "hidden_layers=20,3&normalization=layer_norm&activation=relu",
        "hidden_layers=4&activation=sigmoid&loss=mean_squared_error",
        "hidden_layers=4,5&activation=linear&shading=neuron&zero_lines=on",
    ],
)
def test_every_layer_in_every_projection_and_between(stage_at, network, size, request):
    context = PHONE if size == "phone" else {}
    stage = stage_at(network, reduced_motion="reduce", **context)
    stage.rest()
    share = (1, 0) if sweeps.whole(request.config, "pictures") else (2, size == "phone")
    every_picture(stage, shape.layers(stage.hyperparameters()), *share)
    assert stage.lab.no_alert()


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        ("morph=2", ["Morph must be a number from 0 to less than 1"]),
        ("morph=nan&morph=-1", ["Morph"]),
        ("projection=x", ["Projection must be one of best, dimensions, pca, tour", "“x”"]),
        ("neuron=<img src=x onerror=alert(1)>", ["Neuron must be"]),
        ("dimensions=9,9,9", ["Dimensions must be", "9 is there twice"]),
        ("shading=rainbow&contour=yes&grid=1", ["Shading must be one of", "Contour must be on or off", "Grid must be"]),
        ("boundary=<script>alert(1)</script>&zero_lines=", ["Boundary must be", "Zero lines must be"]),
    ],
)
def test_a_hostile_address_is_told_and_leaves_a_working_page(lab, fragment, words):
    lab.page.evaluate("fragment => { location.hash = fragment; }", fragment)
    message = lab.alert()
    assert "Not all of the address was understood" in message
    for word in words:
        assert word in message
    assert lab.page.locator("#message img, #message script, img[src=x]").count() == 0
    stage = Stage(lab)
    stage.rest()
    assert_points_are_painted(stage)
    lab.step_one_epoch()


@pytest.mark.parametrize(
    "fragment",
    ["dimensions=7,9,8", "neuron=tanh9.3&shading=neuron", "neuron=tanh1.999999999&shading=neuron", "layer=x"],
)
def test_what_a_network_lacks_is_not_looked_at(lab, fragment):
    """A layer, a neuron or a dimension that another network may have is no error: the nearest there is is shown."""
    lab.page.evaluate("fragment => { location.hash = fragment; }", fragment)
    lab.wait("answers.view !== null")
    stage = Stage(lab)
    stage.rest()
    assert lab.no_alert()
    assert stage.view("layer") == "fc2"
    assert stage.view("neuron") == ["tanh1", 0]
    assert_not_blank(stage)
    lab.step_one_epoch()


def test_a_hostile_address_when_the_page_is_opened(open_stage):
    stage = open_stage("morph=2&projection=x&neuron=%3Cimg%3E&dimensions=9,9,9&layer=tanh1")
    message = stage.lab.alert()
    for word in ("Morph", "Projection", "Neuron", "Dimensions"):
        assert word in message
    assert stage.lab.field("layer").input_value() == "tanh1"
    stage.rest()
    assert_not_blank(stage)
    stage.lab.step_one_epoch()


def test_a_picture_at_rest_becomes_as_fine_as_the_screen_on_a_busy_machine(open_stage, ratio, shading):
    """It is coarse first, as there is no time for more, and says so; then it has a sample for every two pixels."""
    stage = open_stage(f"hidden_layers=8,8&shading={shading}", device_scale_factor=ratio)
    stage.page.evaluate(
        """() => {
            answers.hurry = true;
            answers.said = [];
            const note = () => answers.said.push(document.documentElement.dataset.picture);
            new MutationObserver(note).observe(document.documentElement, {attributeFilter: ["data-picture"]});
        }"""
    )
    stage.lab.step_one_epoch()
    stage.lab.wait("document.documentElement.dataset.picture === 'fine'")
    stage.rest()
    said = stage.page.evaluate("answers.said")
    assert "coarse" in said
    assert said[-1] == "fine"
    width = stage.left.box()[2]
    assert stage.answer("resolution") >= ratio * width / 2
    # Also what else the lattice shows: each of the bent grid's lines bends at every eighth of a unit.
    assert len(segments(stage.answer("lines"))) > 2 * 13 * 90
    # And it stays so while a place is pointed at.
    stage.left.hover(stage.left.empty_place())
    stage.rest()
    assert stage.lab.data("picture") == "fine"
    assert stage.answer("resolution") >= ratio * width / 2
