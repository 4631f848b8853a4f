"""The plane as a slice of many inputs: which two are seen is chosen, and through which point it goes is clicked."""

import re

import numpy as np
import pytest

from tests.browser.lab_page import LabPage
from tests.real_tables import tables


def seen(lab):
    """`(across, up)`: the two axes by the plane's label, each (name, least, largest)."""
    words = lab.page.locator("#boundary").get_attribute("aria-label").replace("−", "-")
    number = r"(-?[\d.]+)"
    found = re.search(
        rf"(?:, |points?, )([a-z ]+) from {number} to {number}, ([a-z ]+) from {number} to {number}", words
    )
    across, left, right, up, low, high = found.groups()
    return (across, float(left), float(right)), (up, float(low), float(high))


def chosen(lab, name):
    return lab.field(name).locator("option:checked").inner_text()


def pick(lab, name, key):
    """Has the column of that key, "" for none, run across or up."""
    lab.field(name).select_option(key)
    lab.fold()


def drawn(lab):
    lab.wait("document.documentElement.dataset.picture === 'fine'")


@pytest.fixture
def flowers(open_page) -> LabPage:
    lab = open_page("dataset=iris", wait_for=None)
    lab.wait("document.documentElement.dataset.inputs === '4'")
    lab.wait_for_state("ready")
    return lab


def test_two_inputs_are_chosen_while_it_trains(flowers):
    lab = flowers
    lab.step_one_epoch()
    drawn(lab)
    assert chosen(lab, "across") == "Principal component 1" and not lab.page.get_by_label("Through point").is_visible()
    lab.fold()
    lab.press("Play")
    pick(lab, "across", "2")
    pick(lab, "up", "3")
    lab.wait("document.getElementById('boundary').ariaLabel.includes('petal width from')")
    lab.fold()
    lab.wait_for_state("training")
    assert lab.number("epoch") >= 1, "the run goes on"
    lab.press("Pause")
    drawn(lab)
    assert "across=2&up=3" in lab.page.url
    label = lab.page.locator("#boundary").get_attribute("aria-label")
    assert "a slice at the means" in label
    (across, left, right), (up, low, high) = seen(lab)
    # Petals are 1.0 to 6.9 cm long and 0.1 to 2.5 wide.
    assert (across, up) == ("petal length", "petal width")
    assert left < 1.0 < 6.9 < right and low < 0.1 < 2.5 < high
    assert lab.data("engine") == "wasm" and lab.no_alert()
    # Back to where it was.
    pick(lab, "up", "")
    lab.wait("!document.getElementById('boundary').ariaLabel.includes('slice')")
    assert "across" not in lab.page.url and lab.no_alert()


def test_a_click_on_a_point_has_the_slice_go_through_it(flowers):
    lab = flowers
    pick(lab, "across", "0")
    pick(lab, "up", "1")
    lab.wait("document.getElementById('boundary').ariaLabel.includes('sepal width from')")
    lab.fold()
    drawn(lab)
    rows = np.array([line.split(",")[:4] for line in tables()["iris"].decode().splitlines()[1:]], float)
    # A point that lies far from all others.
    away = np.abs(rows[:, None, :2] - rows[None, :, :2]).sum(axis=2) + 9 * np.eye(len(rows))
    row = int(away.min(axis=1).argmax())
    (_, left, right), (_, low, high) = seen(lab)
    # The plot's box follows from the ticks, so the place is found by pointing: what is pointed at says where it is.
    box = lab.page.locator("#boundary").bounding_box()
    shares = (rows[row, 0] - left) / (right - left), (high - rows[row, 1]) / (high - low)
    x, y = _pixel(lab, box, shares)
    lab.page.mouse.click(x, y)
    lab.wait(f"location.hash.includes('through={row}')")
    lab.wait(f"document.getElementById('boundary').ariaLabel.includes('slice at point {row}')")
    assert lab.field("through").input_value() == str(row)
    lab.fold()
    # A place without a point: the means again.
    lab.page.mouse.click(*_pixel(lab, box, (0.02, 0.02)))
    lab.wait("!location.hash.includes('through')")
    lab.wait("document.getElementById('boundary').ariaLabel.includes('slice at the means')")
    assert lab.no_alert()


def _pixel(lab, box, shares):
    """The pixel of a place of the plane, by shares of its square from the top left, which is looked for in the canvas.

    The square is where the axes' frame ends: its right edge and its height are those of the shaded picture.
    """
    frame = lab.page.evaluate(
        """() => {
            const canvas = document.getElementById("boundary"), copy = document.createElement("canvas");
            [copy.width, copy.height] = [canvas.width, canvas.height];
            const context = copy.getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas, 0, 0);
            const { data } = context.getImageData(0, 0, copy.width, copy.height), opaque = [0, 0, 0, 0];
            const full = (x, y) => data[4 * (y * copy.width + x) + 3] > 250;
            const middle = copy.height >> 1, centre = copy.width >> 1;
            let left = centre, right = centre, top = middle, bottom = middle;
            while (full(left - 1, middle)) left--;
            while (right + 1 < copy.width && full(right + 1, middle)) right++;
            while (top > 0 && full(centre, top - 1)) top--;
            while (full(centre, bottom + 1)) bottom++;
            const ratio = copy.width / canvas.clientWidth;
            return [left, top, right + 1, bottom + 1].map((edge) => edge / ratio);
        }"""
    )
    left, top, right, bottom = frame
    return box["x"] + left + shares[0] * (right - left), box["y"] + top + shares[1] * (bottom - top)


def test_a_link_to_a_slice_and_a_point_that_is_none(open_page):
    lab = open_page("dataset=iris&across=3&up=0&through=20&hidden_layers=4", wait_for=None)
    lab.wait("document.documentElement.dataset.inputs === '4'")
    drawn(lab)
    assert "slice at point 20" in lab.page.locator("#boundary").get_attribute("aria-label")
    assert [name for name, *_ in seen(lab)] == ["petal width", "sepal length"]
    lab.enter("through", "150")
    assert lab.alert() == "Through point must be a whole number from 0 to 149; “150” is out of range."
    lab.enter("through", "")
    lab.wait("document.getElementById('boundary').ariaLabel.includes('slice at the means')")
    assert lab.no_alert()


def test_it_survives_a_lab_that_is_started_again(flowers):
    lab = flowers
    pick(lab, "across", "1")
    lab.wait("document.getElementById('boundary').ariaLabel.includes('sepal width from')")
    lab.fold()
    lab.end_worker()
    lab.press("Start the lab again")
    lab.wait_for_state("ready")
    lab.step_one_epoch()
    drawn(lab)
    assert [name for name, *_ in seen(lab)] == ["sepal width", "sepal length"]
