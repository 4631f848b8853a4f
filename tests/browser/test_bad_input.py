"""What a wrong entry is told, and that it costs nothing: the network goes on as it was."""

import math

import pytest

from spec import fields
from tests.browser import test_files
from tests.browser.lab_page import TRAINING

BAD = [
    ("hidden_layers", "abc", ["whole numbers from 1 up", "8, 4, 2", "abc"]),
    ("hidden_layers", "8,,4", ["whole numbers from 1 up", "comma"]),
    ("hidden_layers", "0", ["whole numbers from 1 up", "“0”"]),
    ("hidden_layers", "-3", ["whole numbers from 1 up", "-3"]),
    ("hidden_layers", "8.5", ["whole numbers from 1 up", "8.5"]),
    ("hidden_layers", "1e9", ["whole numbers from 1 up", "1e9"]),
    ("hidden_layers", "1000000000", ["too large", "GB", "at most 1.1 GB"]),
    ("hidden_layers", "20000, 20000", ["too large", "GB", "at most 1.1 GB"]),
    ("learning_rate", "0", ["positive number", "“0”"]),
    ("learning_rate", "-1", ["positive number", "-1"]),
    ("learning_rate", "nan", ["positive number", "nan"]),
    ("dropout", "1", ["share from 0 to 0.9", "“1”"]),
    ("clip", "-1", ["length", "no limit", "“-1”"]),
    ("warm_up", "2.5", ["Warm-up", "whole number", "“2.5”"]),
    ("stop_at", "soon", ["epoch such as 200", "loss 0.1", "patience 50", "“soon”"]),
    ("learning_rate", "fast", ["positive number", "fast"]),
    ("dimensions", "1, 1", ["different", "twice"]),
    ("dimensions", "0, 2", ["from 0 to 1", "2"]),
    ("dimensions", "x", ["whole numbers", "x"]),
    ("batch_size", "0", [f"from 1 to {TRAINING}"]),
    ("batch_size", str(TRAINING + 1), [f"from 1 to {TRAINING}"]),
    ("batch_size", "", [f"from 1 to {TRAINING}", "empty"]),
    ("seed", "-1", ["from 0"]),
    ("seed", "<b>1</b>", ["from 0", "<b>1</b>"]),
]


@pytest.mark.parametrize(("name", "text", "words"), BAD)
def test_bad_entry_is_told_what_is_allowed_and_changes_nothing(lab, name, text, words):
    lab.press("Play")
    lab.wait_for_epoch(1)
    address = lab.page.url
    lab.enter(name, text)
    message = lab.alert()
    assert message.startswith((fields.FIELDS[name].label, "This network", "Dimensions"))
    for word in words:
        assert word in message
    field = lab.field(name)
    assert field.get_attribute("aria-invalid") == "true"
    assert field.input_value() == text, "what was typed stays to be mended"
    assert_below(lab, field)
    epoch = lab.number("epoch")
    assert epoch >= 1
    lab.wait_for_epoch(epoch + 2)
    assert lab.data("state") == "training"
    assert lab.page.url == address


def assert_below(lab, field):
    """The message stands right under the control, inside the window."""
    box, message = field.bounding_box(), lab.page.get_by_role("alert").bounding_box()
    assert 0 <= message["y"] - (box["y"] + box["height"]) < 20
    assert message["x"] >= 0
    assert message["x"] + message["width"] <= 1280


def test_a_message_in_a_panel_leaves_the_other_controls_in_reach(lab):
    lab.enter("hidden_layers", "zz")
    message = lab.page.get_by_role("alert").bounding_box()
    sheet = lab.page.locator("details[open] .sheet").bounding_box()
    assert sheet["x"] < message["x"] and message["x"] + message["width"] < sheet["x"] + sheet["width"]
    for name in ("activation", "normalization", "initialization"):
        lab.field(name).click(trial=True, timeout=5000)


def test_mending_the_entry_takes_the_message_away(lab):
    lab.enter("hidden_layers", "8,,4")
    lab.alert()
    lab.enter("hidden_layers", "8, 4")
    assert lab.no_alert()
    assert lab.field("hidden_layers").get_attribute("aria-invalid") is None
    lab.step_one_epoch()


def test_only_one_alert_at_a_time(lab):
    lab.enter("hidden_layers", "x")
    lab.enter("batch_size", "x")
    assert lab.page.get_by_role("alert").count() == 1
    assert "Batch size" in lab.alert()
    assert lab.field("hidden_layers").input_value() == "8", "an entry that no message is about any more is undone"


def _reset(lab):
    lab.press("Reset")


def _go_back(lab):
    lab.page.get_by_label("Timeline", exact=True).press("Home")


def _diverge(lab):
    lab.press("Play")
    lab.wait_for_state("diverged")


def _drop_a_file(lab):
    lab.page.evaluate(test_files.DROP, "body")
    lab.wait(f"document.getElementById('message').textContent.startsWith('{test_files.SENTENCE}')")


@pytest.mark.parametrize("happen", [_reset, _go_back, _diverge, _drop_a_file])
def test_a_box_shows_what_is_in_force_once_its_message_is_gone(lab_at, happen):
    lab = lab_at("loss=mean_squared_error&activation=relu&learning_rate=10&speed=0" if happen == _diverge else "")
    if happen == _go_back:
        lab.step_one_epoch()
    field = lab.field("batch_size")
    lab.enter("batch_size", "-1")
    lab.alert()
    happen(lab)
    lab.wait("document.getElementById('batch_size').value === '40'")
    assert field.get_attribute("aria-invalid") is None
    assert "Batch size" not in lab.page.locator("[role=alert]").text_content()


@pytest.mark.parametrize(("before", "after"), [(1280, 320), (320, 1280), (1920, 768)])
@pytest.mark.parametrize("name", ["dimensions", "batch_size", "seed"])
def test_a_message_stays_in_the_window_whatever_becomes_of_it(lab_at, name, before, after):
    lab = lab_at(viewport={"width": before, "height": 800})
    lab.enter(name, "abc")
    lab.alert()
    lab.page.set_viewport_size({"width": after, "height": 800})
    inside = (
        "(box => box.left >= 0 && box.right <= innerWidth)(document.getElementById('message').getBoundingClientRect())"
    )
    lab.wait(inside)
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= after


def test_bad_address_is_told_and_the_rest_of_it_is_kept(open_page):
    lab = open_page("dataset=moon&hidden_layers=4&learning_rate=-2&batch_size=99999&nonsense=1")
    message = lab.alert()
    for word in ("Dataset", "spiral, circle, gaussian, xor", "Learning rate", "Batch size"):
        assert word in message
    assert lab.field("hidden_layers").input_value() == "4"
    assert lab.field("dataset").input_value() == "circle"
    lab.step_one_epoch()


@pytest.mark.parametrize(
    "fragment",
    [
        "%",
        "=&=&&&",
        "hidden_layers=" + "9" * 5000,
        "layer=<img src=x onerror=alert(1)>",
        "__proto__=1&seed=%F0%9F%98%80",
    ],
)
def test_hostile_address_leaves_a_working_page(open_page, fragment):
    lab = open_page(fragment)
    lab.step_one_epoch()
    assert lab.page.locator("img[src=x]").count() == 0


def test_divergence_stops_and_says_what_to_try(lab_at):
    lab = lab_at("loss=mean_squared_error&activation=relu&learning_rate=10&speed=0")
    lab.press("Play")
    lab.wait_for_state("diverged")
    message = lab.alert()
    for word in ("diverged", "smaller learning rate", "10", "Play"):
        assert word in message
    assert lab.button("Play").is_visible()
    figures = [lab.page.locator(f"#{name}").inner_text() for name in ("train-loss", "test-loss", "test-accuracy")]
    assert figures == ["not finite"] * 3, "what is not known of it is no number"
    assert not math.isfinite(lab.number("test-loss"))
    lab.enter("learning_rate", "0.02")
    lab.wait("document.querySelector('[role=alert]').textContent.includes('now 0.02')")
    assert lab.data("state") == "diverged"
    lab.enter("learning_rate", "0.01")
    lab.press("Play")
    lab.wait_for_epoch(3)
    assert lab.data("state") == "training"
    assert lab.no_alert()


def test_a_crash_of_the_worker_is_told_and_mended_with_a_click(open_page):
    lab = open_page("dataset=xor&hidden_layers=4,4")
    lab.press("Play")
    lab.wait_for_epoch(2)
    lab.end_worker()
    assert "stopped" in lab.alert()
    lab.press("Start the lab again")
    lab.wait_for_state("ready")
    assert lab.no_alert()
    assert lab.field("dataset").input_value() == "xor"
    assert lab.field("hidden_layers").input_value() == "4, 4"
    lab.step_one_epoch()
    assert lab.number("step") == 5


def test_an_error_in_the_lab_is_told_and_mended(open_page):
    """An exception in the worker's Python; Play starts another lab, and goes on."""
    lab = open_page("seed=4")
    lab.press("Play")
    lab.wait_for_epoch(1)
    (worker,) = lab.page.workers
    # Later, as the browser driver itself still needs the function to answer.
    worker.evaluate("setTimeout(() => { Object.fromEntries = () => { throw new Error('out of luck'); }; }), 0")
    lab.wait_for_state("error")
    assert "stopped: " in lab.alert() and "Error" in lab.alert()
    lab.press("Play")
    lab.wait_for_state("training")
    lab.wait_for_epoch(1)
    assert lab.no_alert()
    assert lab.field("seed").input_value() == "4"
