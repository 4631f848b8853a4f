"""Inputs: what the network is told of each point, chosen by check boxes, seen as tiles, and kept in the address."""

import re

import numpy as np
import pytest

from spec import registry

# The colours of a row of pixels through the middle of a tile, from left to right, as [r, g, b].
ROW = """(name) => {
    const strip = document.getElementById("strip"), box = strip.getBoundingClientRect();
    const button = [...document.querySelectorAll("#strip-buttons .neuron")].find((one) => one.ariaLabel === name);
    const tile = button.getBoundingClientRect();
    const copy = Object.assign(document.createElement("canvas"), { width: strip.width, height: strip.height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(strip, 0, 0);
    const ratio = strip.width / box.width, result = [];
    for (let share = 0.1; share < 0.95; share += 0.1) {
        const x = tile.left + share * tile.width - box.left, y = tile.top + tile.height / 4 - box.top;
        result.push([...context.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data].slice(0, 3));
    }
    return result;
}"""


def box(lab, label):
    """The check box of an input."""
    return lab.field("inputs").get_by_label(label, exact=True)


def choose(lab, **labels):
    """Ticks or unticks inputs, by label, and waits for the network that is made of them."""
    for label, wanted in labels.items():
        one = box(lab, label)
        one.set_checked(wanted)
        assert one.is_checked() == wanted
    lab.fold()
    lab.wait_for_state("ready")
    lab.wait("document.documentElement.dataset.picture === 'fine'")


def neurons(lab):
    """The names of the input layer's neurons, by their buttons."""
    names = "[...document.querySelectorAll('#strip-buttons .neuron')].map((one) => one.ariaLabel)"
    return [name for name in lab.page.evaluate(names) if " of input" in name]


def checked(lab):
    return lab.field("inputs").get_by_role("checkbox", checked=True).evaluate_all("all => all.map((one) => one.value)")


def test_features_are_chosen_trained_on_and_taken_back(open_page):
    lab = open_page()
    labels = lab.field("inputs").locator("label").all_text_contents()
    assert labels == [entry.label for entry in registry.entries("feature").values()]
    assert checked(lab) == ["x", "y"]
    choose(lab, **{"x²": True, "x": False, "radius": True})
    lab.wait("document.documentElement.dataset.inputs === '3'")
    assert "inputs=y,x2,radius" in lab.page.url
    assert neurons(lab) == ["Neuron 0 of input: y", "Neuron 1 of input: x²", "Neuron 2 of input: radius"]
    assert lab.page.locator("#network-summary").text_content() == "8 · Tanh · y, x², radius"
    before = lab.number("train-loss")
    for _ in range(10):
        lab.step_one_epoch()
    assert lab.data("engine") == "wasm" and lab.number("train-loss") < before
    lab.wait("document.documentElement.dataset.picture === 'fine'")
    choose(lab, **{"x": True, "x²": False, "radius": False})
    lab.wait("!location.hash.includes('inputs')")
    assert neurons(lab) == ["Neuron 0 of input", "Neuron 1 of input"]
    assert lab.no_alert()


def test_a_link_says_the_inputs(lab_at):
    lab = lab_at("dataset=xor&inputs=xy&hidden_layers=")
    assert checked(lab) == ["xy"] and lab.data("inputs") == "1"
    for _ in range(30):
        lab.step_one_epoch()
    assert lab.number("train-accuracy") > 0.9, "the sign of the product is the class"
    assert lab.no_alert()


@pytest.mark.parametrize("query", ["inputs=x,z", "inputs=3", "dataset=iris&inputs=x", "dataset=digits&inputs=5"])
def test_a_link_with_an_input_that_is_none(open_page, query):
    lab = open_page(query, wait_for=None)
    lab.wait("document.documentElement.dataset.state === 'ready'")
    assert lab.alert().startswith("Not all of the address was understood. Inputs")
    assert len(neurons(lab)) == {"dataset=iris&inputs=x": 4, "dataset=digits&inputs=5": 16}.get(query, 2)


def test_one_input_has_to_stay(open_page):
    lab = open_page("inputs=radius")
    box(lab, "radius").click()
    assert lab.alert() == "Inputs: at least one is needed."
    assert box(lab, "radius").is_checked() and box(lab, "radius").get_attribute("aria-invalid") == "true"
    assert "inputs=radius" in lab.page.url
    box(lab, "y").check()
    assert lab.no_alert()
    lab.wait("document.documentElement.dataset.inputs === '2'")


def test_by_keyboard_alone(open_page):
    lab = open_page()
    lab.page.locator("summary", has_text="Network").focus()
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.press("Tab")
    assert lab.page.evaluate("document.activeElement.labels[0].textContent") == "x"
    for _ in range(4):
        lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Space")
    lab.wait("location.hash.includes('inputs=x,y,xy')")
    assert lab.page.evaluate("document.activeElement.labels[0].textContent") == "xy", "the focus stays"


def test_tiles_show_what_the_features_are(open_page):
    """By their pixels, at places where the formula says how they have to differ."""
    lab = open_page("inputs=y,x2&hidden_layers=3")
    lab.wait("document.documentElement.dataset.picture === 'fine'")
    square = np.array(lab.page.evaluate(ROW, "Neuron 1 of input: x²"), float)
    plain = np.array(lab.page.evaluate(ROW, "Neuron 0 of input: y"), float)
    away = np.linalg.norm(square - square[4], axis=1)
    # x² grows from the middle to both sides alike; y is the same all along a row.
    assert (np.diff(away[4:]) > 0).all() and (np.diff(away[:5]) < 0).all() and away[0] > 40
    np.testing.assert_allclose(square, square[::-1], atol=20)
    assert np.ptp(plain, axis=0).max() <= 6


def test_another_data_set_keeps_the_features_that_it_has(open_page):
    lab = open_page("inputs=x,y,x2,sinx")
    lab.choose("dataset", "xor")
    lab.wait("location.hash.includes('dataset=xor')")
    assert "inputs=x,y,x2,sinx" in lab.page.url
    lab.choose("dataset", "curve")
    lab.wait("location.hash.includes('dataset=curve')")
    assert "inputs" not in lab.page.url and checked(lab) == ["x"]
    assert lab.field("inputs").locator("label").all_text_contents() == ["x", "x²", "sin x"]
    lab.choose("dataset", "digits")
    lab.wait("document.documentElement.dataset.inputs === '64'")
    assert not lab.page.get_by_role("group", name="Inputs").is_visible()
    assert lab.no_alert()


def test_two_columns_of_a_real_set_are_the_plane(open_page):
    lab = open_page("dataset=iris", wait_for=None)
    lab.wait("document.documentElement.dataset.inputs === '4'")
    choose(lab, **{"sepal width": False, "petal width": False})
    lab.wait("document.documentElement.dataset.inputs === '2'")
    assert "inputs=0,2" in lab.page.url
    assert neurons(lab) == ["Neuron 0 of input: sepal length", "Neuron 1 of input: petal length"]
    # The plane speaks in centimetres: sepals are 4.3 to 7.9 of them long, petals 1.0 to 6.9.
    lab.wait("document.documentElement.dataset.picture === 'fine'")
    words = lab.page.locator("#boundary").get_attribute("aria-label").replace("−", "-")
    found = re.search(r"sepal length from (\S+) to (\S+), petal length from (\S+) to ([\d.]+)", words)
    left, right, low, high = map(float, found.groups())
    assert 0 < left < 4.3 < 7.9 < right < 12 and -4 < low < 1.0 < 6.9 < high < 14
    assert lab.no_alert()


def test_boxes_of_another_set_answer_as_the_first_did(open_page):
    lab = open_page()
    lab.wait("document.getElementById('tip-inputs')")
    lab.choose("dataset", "iris")
    lab.wait("document.documentElement.dataset.inputs === '4'")
    described = (
        lab.field("inputs")
        .get_by_role("checkbox")
        .evaluate_all(
            "all => all.map((one) => document.getElementById(one.getAttribute('aria-describedby')).textContent)"
        )
    )
    assert len(described) == 4 and all(text.startswith("What the network is told of each point") for text in described)
