"""The network strip: neurons to be seen large, layers to go to, and a network that is built by clicks."""

import re

import numpy as np
import pytest

from page import strip_layout
from spec import fields, shape
from tests.browser import answers
from tests.browser.lab_page import ROWS

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# How far the data sets of the page reach from the middle of their plane.
EXTENT = 6
# What stands beside the names of the default network's layers, for people who do not know these.
PLAIN = {"input": "points", "fc1": "weights", "tanh1": "bend", "fc2": "scores", "softmax": "probabilities"}


class Strip(answers.View):
    """The strip's canvas; `columns` say where the tiles are."""

    identifier = "strip"

    def __init__(self, stage):
        super().__init__(stage.lab)
        self.experiment = stage.hyperparameters()
        self.layers = shape.layers(self.experiment)
        self.names = [name for name, _, _ in self.layers]
        width, height = self.page.evaluate(
            "[document.getElementById('network-scroller').clientWidth, document.getElementById('strip').clientHeight]"
        )
        column = strip_layout.column_width(width, len(self.layers))
        self.columns = strip_layout.columns([width for _, _, width in self.layers], column, height)

    def tile(self, layer, index, places, picture=None):
        """Colours in a neuron's tile at places of the input plane, shape (n, 2), of at most ±6."""
        column = self.columns[self.names.index(layer)]
        left, top = strip_layout.corner(column, index)
        share = (np.array(places) * [1, -1] / EXTENT + 1) / 2
        return self.colours(np.array([left, top]) + 1 + share * (column.size - 2), picture)

    def column(self, layer):
        """All pixels of a layer's tiles."""
        column = self.columns[self.names.index(layer)]
        left, top = strip_layout.corner(column, 0)
        return self.picture()[top : top + column.shown * column.pitch, left : left + column.size]


def strip_of(stage):
    stage.rest()
    return Strip(stage)


def neuron(lab, layer, index):
    return lab.button(f"Neuron {index} of {layer}")


def layer_names(lab):
    return lab.field("layer").locator("option").all_text_contents()


def wait_for_hidden_layers(lab, text):
    """Until the network is another: in the text box, the select, the strip's label, the address and the lab."""
    lab.wait(f"document.getElementById('hidden_layers').value === '{text}'")
    widths = tuple(int(width) for width in text.split(",") if width)
    layers = shape.layers(dict(fields.defaults(), hidden_layers=widths))
    said = ", ".join(f"{name} {width}" for name, _, width in layers)
    lab.wait(f"document.getElementById('strip').getAttribute('aria-label').includes(' layers, {said};')")
    assert layer_names(lab) == [name for name, _, _ in layers]
    total = sum(min(strip_layout.SHOWN, width) for _, _, width in layers)
    lab.wait(f"answers.frame && answers.frame.tiles.length === {total} * 4 * answers.frame.tile_size ** 2")
    assert lab.page.locator("#strip-buttons .neuron").count() == total
    if widths != fields.defaults()["hidden_layers"]:
        lab.wait(f"location.hash.includes('hidden_layers={text.replace(' ', '')}')")
    lab.wait_for_state("ready")


def signs_of(stage, ground="--neutral"):
    """A function that tells how far colours are from the ground's: up to -0.5 for negative, to 0.5 for positive.

    A colour has the sign on the way to whose colour it lies nearer.
    """
    origin, *ends = [stage.colour(name) for name in (ground, "--negative", "--positive")]

    def signs(colours):
        away = np.asarray(colours) - origin
        ways = [end - origin for end in ends]
        shares = [away @ way / (way @ way) for way in ways]
        far = [np.linalg.norm(away - share[..., None] * way, axis=-1) for share, way in zip(shares, ways, strict=True)]
        return np.where(far[0] < far[1], -shares[0], shares[1]) / 2

    return signs


def around(places, by=0.6):
    """Places and, for each, four more around it: (5, n, 2)."""
    return np.array(places) + by * np.array([(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)])[:, None]


def assert_shows(signs, values, what=""):
    """Whether the signs of colours are negative where values are well below 0, and positive where well above.

    `values`, shape (5, n), are relative to the largest that is seen, at places and `around` them.
    """
    assert (signs[values.max(axis=0) < -0.35] < -0.06).all(), what
    assert (signs[values.min(axis=0) > 0.35] > 0.06).all(), what


def test_a_neuron_is_seen_large_and_no_more(stage):
    lab = stage.lab
    before = stage.left.picture()
    neuron(lab, "tanh1", 3).click()
    assert lab.field("shading").input_value() == "neuron"
    stage.left.wait_for_label("shaded by the activation of neuron 3 of tanh1")
    lab.wait("location.hash.includes('shading=neuron') && location.hash.includes('neuron=tanh1.3')")
    assert neuron(lab, "tanh1", 3).get_attribute("aria-pressed") == "true"
    stage.rest()
    signs = signs_of(stage)
    places = [(x, y) for x in (-5.3, -3, 0, 3, 5.3) for y in (-5.3, 5.3)]
    values = stage.untrained(around(places).reshape(-1, 2))["tanh1"].reshape(5, -1, 8)
    assert_shows(signs(stage.left.colours(stage.left.at(places))), values[:, :, 3])

    neuron(lab, "tanh1", 5).click()
    stage.left.wait_for_label("neuron 5 of tanh1")
    assert neuron(lab, "tanh1", 3).get_attribute("aria-pressed") == "false"
    stage.rest()
    assert_shows(signs(stage.left.colours(stage.left.at(places))), values[:, :, 5])

    neuron(lab, "tanh1", 5).click()
    stage.left.wait_for_label("shaded by how probable")
    assert lab.field("shading").input_value() == "probability"
    lab.page.mouse.move(0, 0)
    lab.page.evaluate("document.activeElement.blur()")
    stage.rest()
    assert (stage.left.picture() == before).all()


def test_the_input_seen_as_neurons_is_the_plane(stage):
    signs = signs_of(stage)
    neuron(stage.lab, "input", 0).click()
    stage.left.wait_for_label("neuron 0 of input")
    stage.rest()
    # Beside the lines of the grid.
    places = np.linspace(-5.8, 5.8, 8)
    across = stage.left.colours(stage.left.at([(x, 5.8) for x in places]))
    assert (np.diff(signs(across)) > 0).all()
    neuron(stage.lab, "input", 1).click()
    stage.left.wait_for_label("neuron 1 of input")
    stage.rest()
    up = stage.left.colours(stage.left.at([(5.8, y) for y in places]))
    assert (np.diff(signs(up)) > 0).all()


def test_the_chosen_neuron_has_a_border(stage):
    strip = strip_of(stage)
    column = strip.columns[2]
    left, top = strip_layout.corner(column, 4)
    edge = [(left - 1, top + column.size / 2), (left + column.size, top + column.size / 2)]
    accent = stage.colour("--accent")
    assert not answers.alike(strip.colours(edge), accent).any()
    neuron(stage.lab, "tanh1", 4).click()
    stage.rest()
    assert answers.alike(strip.colours(edge), accent).all()


def test_a_layers_name_leads_there(stage):
    lab = stage.lab
    for name in layer_names(lab):
        lab.button(f"Go to layer {name}").click()
        lab.wait(f"document.getElementById('representation-shape').textContent.startsWith('{name}, {ROWS} ×')")
        assert lab.field("layer").input_value() == name
        lab.wait(f"answers.view.layer === '{name}' && answers.view.morph === 0")
        current = lab.page.locator("#strip-buttons .layer[aria-current=true]").all_text_contents()
        assert current == [name]
        words = "button => [button.ariaDescription, getComputedStyle(button, '::before').content]"
        said = lab.button(f"Go to layer {name}").evaluate(words)
        assert said == [PLAIN[name], f'"{PLAIN[name]}"']


def test_heat_maps_of_the_input_are_its_coordinates(stage):
    strip, signs = strip_of(stage), signs_of(stage)
    scale = np.linspace(-5.5, 5.5, 7)
    across = strip.tile("input", 0, [(x, 0) for x in scale])
    up = strip.tile("input", 1, [(0, y) for y in scale])
    for colours in (across, up):
        assert (np.diff(signs(colours)) > 0).all()
        assert signs(colours[0]) < -0.16 < 0.16 < signs(colours[-1])
    assert np.ptp(signs(strip.tile("input", 0, [(4, y) for y in scale]))) < 0.03, "nothing changes along a line"


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_heat_maps_show_what_each_neuron_does(stage, activation):
    stage.lab.choose("activation", activation)
    stage.lab.wait(f"document.getElementById('strip').getAttribute('aria-label').includes('{activation}1 8')")
    if activation != fields.defaults()["activation"]:
        stage.lab.wait(f"location.hash.includes('activation={activation}')")
    stage.lab.wait_for_state("ready")
    strip, signs = strip_of(stage), signs_of(stage)
    places = [(x, y) for x in (-5.4, -2.5, 0, 2.5, 5.4) for y in (-5.4, -2.5, 0, 2.5, 5.4)]
    outputs = stage.untrained(around(places).reshape(-1, 2))
    corners = stage.untrained([(x, y) for x in (-6, 6) for y in (-6, 6)])
    picture = strip.picture()
    for name, values in outputs.items():
        relative = values.reshape(5, len(places), -1) / max(np.abs(values).max(), np.abs(corners[name]).max())
        for index in range(values.shape[1]):
            assert_shows(signs(strip.tile(name, index, places, picture)), relative[:, :, index], (name, index))


def test_heat_maps_follow_training(stage):
    strip = strip_of(stage)
    before = {name: strip.column(name) for name in strip.names}
    stage.lab.play_to(30)
    stage.rest()
    changed = {name: np.abs(strip.column(name) - before[name]).mean() for name in strip.names}
    assert changed["input"] < 0.5, "but for its resolution"
    assert min(changed[name] for name in ("fc1", "tanh1", "fc2", "softmax")) > 1, changed


def test_edges_have_the_colours_of_their_signs(stage):
    """Half-way from the one input to the one neuron there is a solid line, or dashes, in the sign's colour."""
    stage.page.evaluate("location.hash = 'hidden_layers=1&dataset=gaussian'")
    wait_for_hidden_layers(stage.lab, "1")
    strip = strip_of(stage)
    picture = strip.picture()
    ratio = picture.shape[1] / strip.size()[0]
    x = round((strip_layout.corner(strip.columns[1], 0)[0] - 4) * ratio)
    y = round(strip_layout.middles(strip.columns[1])[0] * ratio)
    weights = stage.untrained([(1, 0), (0, 1), (0, 0)])["fc1"]
    heavier = max(weights[:2, 0] - weights[2, 0], key=abs)
    # Where the edges arrive, level and on top of one another, the heavier one is seen.
    seen = picture[y - 2 : y + 3, x - 4 : x + 3, :3]
    signs = signs_of(stage, "--surface")(seen)
    assert np.sign(signs.sum()) == np.sign(heavier)
    assert np.abs(signs).max() > 0.11
    assert answers.alike(seen, stage.colour("--positive" if heavier > 0 else "--negative")).any()


def test_neurons_more_and_fewer(stage):
    lab = stage.lab
    lab.button("Add a neuron to hidden layer 1").click()
    wait_for_hidden_layers(lab, "9")
    for width in (8, 7):
        lab.button("Remove a neuron from hidden layer 1").click()
        wait_for_hidden_layers(lab, str(width))
    lab.enter("hidden_layers", "3, 1, 2")
    wait_for_hidden_layers(lab, "3, 1, 2")
    lab.button("Add a neuron to hidden layer 3").click()
    wait_for_hidden_layers(lab, "3, 1, 3")
    lab.button("Remove a neuron from hidden layer 2").click()
    wait_for_hidden_layers(lab, "3, 3")
    lab.step_one_epoch()
    assert lab.no_alert()


def test_layers_more_and_fewer(stage):
    lab = stage.lab
    lab.press("Add a hidden layer")
    wait_for_hidden_layers(lab, "8, 8")
    lab.press("Remove the last hidden layer")
    wait_for_hidden_layers(lab, "8")
    lab.press("Remove the last hidden layer")
    wait_for_hidden_layers(lab, "")
    assert lab.button("Remove the last hidden layer").is_disabled()
    lab.press("Add a hidden layer")
    wait_for_hidden_layers(lab, "8")
    lab.step_one_epoch()


def test_a_network_that_is_too_large_is_refused(stage):
    lab = stage.lab
    lab.enter("hidden_layers", "2000, 2000, 2000, 2000")
    lab.wait("document.getElementById('hidden_layers').value === '2000, 2000, 2000, 2000'")
    refused = 0
    for _ in range(8):
        lab.press("Add a hidden layer")
        if not lab.no_alert():
            refused += 1
            break
    assert refused
    assert "too large" in lab.alert()


def test_by_keyboard(stage):
    lab, press = stage.lab, stage.page.keyboard.press
    focused = "document.activeElement.getAttribute('aria-label')"
    stops = "document.querySelectorAll('#strip-buttons button:not([tabindex=\"-1\"])').length"

    def at(label):
        assert lab.page.evaluate(focused) == label

    assert lab.page.evaluate(stops) == 1
    lab.page.get_by_label("Layer rail", exact=True).focus()
    press("Tab")
    assert lab.page.evaluate("document.activeElement.closest('#strip-buttons') !== null")
    press("Home")
    press("ArrowUp")
    press("ArrowUp")
    press("ArrowUp")
    at("Go to layer input")
    press("ArrowDown")
    at("Neuron 0 of input")
    press("ArrowRight")
    at("Neuron 1 of input")
    press("Enter")
    stage.left.wait_for_label("neuron 1 of input")
    # Eight tiles stand in two rows of four, as they are seen.
    press("ArrowRight")
    at("Neuron 0 of fc1")
    press("ArrowUp")
    at("Remove a neuron from hidden layer 1")
    press("ArrowUp")
    at("Go to layer fc1")
    press("Enter")
    lab.wait(f"document.getElementById('representation-shape').textContent.startsWith('fc1, {ROWS} ×')")
    press("ArrowDown")
    press("ArrowDown")
    at("Neuron 0 of fc1")
    press("ArrowDown")
    at("Neuron 4 of fc1")
    press("ArrowRight")
    press("ArrowRight")
    press("ArrowRight")
    at("Neuron 7 of fc1")
    press("ArrowRight")
    at("Neuron 4 of tanh1")
    press("Space")
    stage.left.wait_for_label("neuron 4 of tanh1")
    press("Space")
    stage.left.wait_for_label("shaded by how probable")
    press("ArrowUp")
    at("Neuron 0 of tanh1")
    press("ArrowUp")
    at("Add a neuron to hidden layer 1")
    press("Enter")
    wait_for_hidden_layers(lab, "9")
    at("Add a neuron to hidden layer 1")
    press("ArrowLeft")
    at("Remove a neuron from hidden layer 1")
    press("Enter")
    wait_for_hidden_layers(lab, "8")
    press("End")
    assert lab.page.evaluate(focused).endswith("of softmax")
    assert lab.page.evaluate(stops) == 1
    press("Shift+Tab")
    at("Layer rail")
    press("Tab")
    assert lab.page.evaluate(focused).endswith("of softmax")


def test_by_touch(stage_at):
    stage = stage_at(**PHONE)
    lab = stage.lab
    neuron(lab, "tanh1", 2).tap()
    stage.left.wait_for_label("neuron 2 of tanh1")
    neuron(lab, "tanh1", 2).tap()
    stage.left.wait_for_label("shaded by how probable")
    lab.button("Go to layer fc1").tap()
    lab.wait(f"document.getElementById('representation-shape').textContent.startsWith('fc1, {ROWS} ×')")
    lab.button("Add a neuron to hidden layer 1").tap()
    wait_for_hidden_layers(lab, "9")
    lab.button("Remove a neuron from hidden layer 1").tap()
    wait_for_hidden_layers(lab, "8")
    lab.button("Add a hidden layer").tap()
    wait_for_hidden_layers(lab, "8, 8")
    strip = strip_of(stage)
    sizes = [box for box in lab.page.locator("#strip-buttons button").all() if box.bounding_box()["width"] < 24]
    assert not sizes, "every button is wide enough for a finger"
    assert signs_of(stage)(strip.tile("input", 0, [(-5, 0)]))[0] < -0.16


@pytest.mark.parametrize("width", [40, 1040])
def test_a_wide_layer_shows_sixteen_and_how_many_more(stage, width):
    lab = stage.lab

    def ink(hidden_layers):
        """How many pixels are drawn on where a column of sixteen tiles ends."""
        lab.enter("hidden_layers", hidden_layers)
        wait_for_hidden_layers(lab, hidden_layers)
        strip = strip_of(stage)
        column = strip.columns[1]
        bottom = strip_layout.corner(column, 15)[1] + column.size
        area = strip.picture()[bottom + 4 : bottom + 16, column.x - 16 : column.x + 16, :3]
        return int((~answers.alike(area, stage.colour("--surface"))).sum())

    assert ink("16") == 0
    assert ink(str(width)) > 15
    buttons = lab.page.locator("#strip-buttons .neuron[aria-label$='of fc1']")
    assert buttons.count() == 16
    label = lab.picture("Network:").get_attribute("aria-label")
    assert f"fc1 {width}, tanh1 {width}" in label
    neuron(lab, "tanh1", 15).click()
    stage.left.wait_for_label("neuron 15 of tanh1")


@pytest.mark.parametrize("normalization", ["batch_norm", "layer_norm"])
def test_normalization_is_a_layer_of_its_own(stage, normalization):
    lab = stage.lab
    lab.choose("normalization", normalization)
    name = {"batch_norm": "BN1", "layer_norm": "LN1"}[normalization]
    lab.wait(f"document.getElementById('strip').getAttribute('aria-label').includes('fc1 8, {name} 8, tanh1 8')")
    lab.button(f"Go to layer {name}").click()
    lab.wait(f"document.getElementById('representation-shape').textContent.startsWith('{name}, {ROWS} × 8')")
    lab.button(f"Neuron 6 of {name}").click()
    stage.left.wait_for_label(f"neuron 6 of {name}")
    strip = strip_of(stage)
    column = strip.columns[2]
    left, top = strip_layout.corner(column, 0)
    frame = strip.colours([(left - 4, top + 8), (left + column.size + 4, top + 8)])
    assert answers.alike(frame, stage.colour("--quiet"), 80).any()


def test_a_deep_network_scrolls_along_with_the_playhead(stage):
    lab = stage.lab
    text = ", ".join(["3"] * 12)
    lab.enter("hidden_layers", text)
    wait_for_hidden_layers(lab, text)
    inside = """name => {
        const box = document.querySelector(`#strip-buttons [aria-label='Go to layer ${name}']`).getBoundingClientRect();
        const window = document.getElementById("network-scroller").getBoundingClientRect();
        return box.left >= window.left - 1 && box.right <= window.right + 1;
    }"""
    for name in ("input", "softmax", "tanh6"):
        lab.field("layer").select_option(label=name)
        lab.wait(f"document.getElementById('representation-shape').textContent.startsWith('{name}, {ROWS} ×')")
        stage.rest()
        assert lab.page.evaluate(inside, name)
    lab.button("Neuron 2 of tanh6").click()
    stage.left.wait_for_label("neuron 2 of tanh6")


def test_a_link_shows_a_neuron(stage):
    stage.page.evaluate("location.hash = 'shading=neuron&neuron=fc1.6'")
    stage.left.wait_for_label("neuron 6 of fc1")
    assert neuron(stage.lab, "fc1", 6).get_attribute("aria-pressed") == "true"
    stage.lab.enter("hidden_layers", "4")
    stage.left.wait_for_label("neuron 0 of tanh1")
    assert re.search("neuron=fc1.6", stage.page.evaluate("location.hash")), "it is there again when its layer is"
