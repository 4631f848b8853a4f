"""What colours stand for is said beside them, by numbers of the run; and what hides, how much of it there is."""

import json

import numpy as np
import pytest

from lab import shadings
from tests.browser import answers

# Samples of the plane along one side, finer than the lab's coarsest lattice.
SIDE = 97


def texts(stage):
    """What stands at the left end, in the middle and at the right end of the plane's scale."""
    return [stage.page.locator(f"#scale-{name}").text_content() for name in ("low", "middle", "high")]


def ends(stage):
    """The colours at the left end, in the middle and at the right end of the plane's scale."""
    width = stage.page.locator("#scale-bar").evaluate("bar => bar.clientWidth")
    # It is a pixel high.
    places = [(x, 0) for x in (0.5, width / 2, width - 0.5)]
    return answers.read(
        stage.page.evaluate("places => answers.colours('scale-bar', places)", json.dumps(places))
    ).reshape(-1, 3)


def mixed(stage, name):
    """The strongest colour that the plane has of one of the theme's."""
    neutral = stage.colour("--neutral")
    return neutral + shadings.STRENGTH * (stage.colour(name) - neutral)


def plane(stage):
    """Places of the plane, (SIDE², 2)."""
    x, y, half = answers.answer(stage.page, "plane", "start")
    across, up = np.meshgrid(np.linspace(x - half, x + half, SIDE), np.linspace(y - half, y + half, SIDE))
    return np.stack([across.ravel(), up.ravel()], axis=1)


def number(text):
    return float(text.replace("−", "-"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scale_of_the_plane_has_its_colours(stage_at, scheme):
    stage = stage_at("", color_scheme=scheme)
    stage.rest()
    stage.lab.wait("document.getElementById('scale-low').textContent !== ''")
    assert texts(stage) == ["sure", "50 %", "sure"]
    expected = np.array([mixed(stage, "--class-0"), stage.colour("--neutral"), mixed(stage, "--class-1")])
    assert np.abs(ends(stage) - expected).max() <= 8
    # A neuron: the largest number that it has in the plane, by the network in NumPy, and the colour there.
    stage.lab.button("Neuron 3 of tanh1").click()
    stage.left.wait_for_label("neuron 3 of tanh1")
    stage.lab.wait("document.getElementById('scale-low').textContent.startsWith('−')")
    stage.rest()
    values = stage.untrained(plane(stage))["tanh1"]
    low, _, high = [number(text) for text in texts(stage)]
    assert high == -low == pytest.approx(np.abs(values).max(), rel=0.01)
    expected = np.array([mixed(stage, "--negative"), stage.colour("--neutral"), mixed(stage, "--positive")])
    assert np.abs(ends(stage) - expected).max() <= 8
    own = values[:, 3]
    place = plane(stage)[np.abs(own).argmax()]
    middle = np.array(answers.answer(stage.page, "plane", "start")[:2])
    at = stage.left.at([middle + 0.97 * (place - middle)])
    share = own[np.abs(own).argmax()] / high
    colour = stage.colour("--neutral") + abs(share) * (expected[2 if share > 0 else 0] - stage.colour("--neutral"))
    assert np.abs(stage.left.colours(at)[0] - colour).max() < 30


def test_heat_maps_say_their_scale_at_the_layer_that_is_seen(stage):
    stage.rest()
    for layer in ("fc1", "softmax", "fc2"):
        stage.lab.field("layer").select_option(label=layer)
        stage.rest()
        stage.lab.wait(f"document.getElementById('heat-layer').textContent === '{layer}'")
        # Probabilities are shown as shares of 1, and are never negative.
        largest = 1 if layer == "softmax" else np.abs(stage.untrained(plane(stage))[layer]).max()
        least = 0 if layer == "softmax" else -largest
        assert number(stage.page.locator("#heat-high").text_content()) == pytest.approx(largest, rel=0.02)
        assert number(stage.page.locator("#heat-low").text_content()) == pytest.approx(least, rel=0.02)


def test_a_neuron_is_named_on_the_plane_while_it_is_pointed_at(stage):
    title = stage.page.locator("#boundary-title")
    before = stage.left.picture()
    assert title.text_content() == "Decision boundary"
    stage.lab.button("Neuron 2 of tanh1").hover()
    stage.left.wait_for_label("shaded by the activation of neuron 2 of tanh1")
    assert title.text_content() == "Neuron 2 of tanh1"
    assert stage.lab.button("Neuron 2 of tanh1").get_attribute("aria-pressed") == "false"
    assert "shading" not in stage.page.url
    stage.rest()
    assert (stage.left.picture() != before).any()
    stage.page.mouse.move(0, 0)
    stage.left.wait_for_label("shaded by how probable")
    assert title.text_content() == "Decision boundary"
    stage.rest()
    assert (stage.left.picture() == before).all()
    # One that is chosen stays.
    stage.lab.button("Neuron 5 of tanh1").click()
    stage.page.mouse.move(0, 0)
    stage.left.wait_for_label("shaded by the activation of neuron 5 of tanh1")
    assert title.text_content() == "Neuron 5 of tanh1"


def test_of_zeros_it_is_said_that_all_points_lie_in_one_place(stage_at):
    stage = stage_at("initialization=zeros")
    for _ in range(2):
        stage.rest()
        stage.right.wait_for_label("All 200 points lie here.")
        assert np.ptp(stage.positions(), axis=0).max() < 1e-6
        # Beside the mark, in the colour of text.
        middle = stage.right.places()[0]
        below = [(middle[0] + dx, middle[1] + dy) for dx in range(-60, 61) for dy in range(12, 26)]
        assert answers.alike(stage.right.colours(below), stage.colour("--text")).sum() > 30
        # Logits near zero have pale colours, and the scale says so.
        assert number(stage.page.locator("#heat-high").text_content()) == pytest.approx(0.1)
        tiles = stage.answer("tiles").reshape(-1, stage.answer("tile_size") ** 2, 4)[-4:-2, :, :3]
        away = np.abs(tiles - stage.colour("--neutral")).max()
        assert away < 0.2 * np.abs(mixed(stage, "--negative") - stage.colour("--neutral")).max()
        stage.lab.step_one_epoch()
    stage.lab.choose("initialization", "kaiming")
    stage.rest()
    stage.right.wait_for_no_label("points lie here")
