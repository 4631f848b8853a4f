"""The charts over one axis of time, the cursor that reads them, and the loss as a sound."""

import math
import re

import pytest

from page import run_words
from tests.browser import test_timeline
from tests.browser.test_accessibility import LEAST_TARGET
from tests.browser.test_timeline import PHONE, THUMB, marks, scrub, seen, wait_for_place

CHARTS = ("loss", "accuracy")
LEAST_PLOT = 110
SIZES = [(1280, 800), (2560, 1440), (820, 1180), (390, 844)]
BOXES = """() => {
    const box = (selector) => {
        const { left, right, top, bottom } = document.querySelector(selector).getBoundingClientRect();
        return { left, right, top, bottom, width: right - left, height: bottom - top };
    };
    const boxes = { slider: box("#timeline"), side: box(".side"), figures: box("#loss-curves .figures") };
    for (const chart of ["loss", "accuracy"]) boxes[chart] = box(`#${chart}-chart .u-over`);
    return boxes;
}"""
# What is told of an AudioContext by those that are made from now on.
HEAR = """() => {
    window.heard = [];
    window.AudioContext = class extends AudioContext {
        constructor() { super(); heard.push(this); }
        createOscillator() { return this.tone = super.createOscillator(); }
        createGain() { return this.loud = super.createGain(); }
    };
}"""


def step_to(lab, epoch):
    """Steps epoch by epoch and waits until the charts have all of them too, which may be a moment later."""
    record = test_timeline.step_to(lab, epoch)
    lab.page.evaluate("answers.rest()")
    return record


def chart(lab, key):
    return lab.page.locator(f"#{key}-chart")


def place(lab, key, share):
    """Where a chart's plot is on the screen at a share of its axis, half way up."""
    chart(lab, key).scroll_into_view_if_needed()
    box = lab.page.locator(f"#{key}-chart .u-over").bounding_box()
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def read(lab):
    """What is read in both charts, "" for nothing."""
    return [lab.page.locator(f"#{key}-reading:not([hidden])").all_text_contents() or [""] for key in CHARTS]


def words(record, epoch):
    """What should be read at an epoch, by what the page said of it when it was there."""
    _, _, train_loss, train_accuracy, test_loss, test_accuracy = (float(text) for text in record[epoch])
    return [
        [run_words.reading_words(epoch, "loss", train_loss, test_loss)],
        [run_words.reading_words(epoch, "accuracy", train_accuracy, test_accuracy)],
    ]


def cursors(lab):
    """The shares of both axes at which the cursors stand, None where there is none."""
    return lab.page.evaluate("""() => ["loss", "accuracy"].map((name) => {
        const cursor = document.getElementById(`${name}-cursor`);
        if (cursor.hidden) return null;
        const over = document.querySelector(`#${name}-chart .u-over`).getBoundingClientRect();
        return (cursor.getBoundingClientRect().left + 1 - over.left) / over.width;
    })""")


def test_one_axis_of_time(lab_at):
    lab = lab_at()
    step_to(lab, 3)
    for width, height in SIZES:
        lab.page.set_viewport_size({"width": width, "height": height})
        lab.wait(
            "(() => { const box = document.querySelector('#loss-chart'), plot = box.querySelector('.uplot');"
            "return Math.abs(plot.clientWidth - box.clientWidth) < 2 })()"
        )
        lab.page.evaluate("answers.rest()")
        boxes = lab.page.evaluate(BOXES)
        thumb = lab.page.evaluate("1.25 * parseFloat(getComputedStyle(document.documentElement).fontSize)")
        for key in CHARTS:
            assert boxes[key]["height"] >= LEAST_PLOT, (width, key)
            assert boxes["slider"]["left"] + thumb / 2 == pytest.approx(boxes[key]["left"], abs=1.5)
            assert boxes["slider"]["right"] - thumb / 2 == pytest.approx(boxes[key]["right"], abs=1.5)
        if (width, height) == (1280, 800):
            assert boxes["side"]["bottom"] <= height
            assert lab.page.evaluate("document.documentElement.scrollHeight") <= height
            assert pytest.approx(thumb, abs=1) == THUMB
    assert lab.page.locator("#timeline").get_attribute("max") == "3"


# The texts that are drawn on each chart, the last of each kind, until `told()` gives them back.
TEXTS = """() => {
    const draw = CanvasRenderingContext2D.prototype.fillText, texts = {};
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        const chart = this.canvas.closest(".chart-box");
        if (chart) (texts[chart.id] ??= new Set()).add(text);
        return draw.call(this, text, ...rest);
    };
    window.told = () => {
        CanvasRenderingContext2D.prototype.fillText = draw;
        return ["loss-chart", "accuracy-chart"].map((id) => [...(texts[id] || [])]);
    };
}"""


@pytest.mark.parametrize("fragment", ["", "initialization=zeros", "learning_rate=0.3&activation=relu"])
def test_both_axes_have_ticks_that_say_where_they_stand(lab_at, fragment):
    lab = lab_at(fragment)
    step_to(lab, 2)
    lab.page.evaluate(TEXTS)
    lab.page.set_viewport_size({"width": 1270, "height": 800})
    lab.page.evaluate("answers.rest()")
    lab.wait(
        "document.querySelector('#accuracy-chart .uplot').clientWidth === "
        "document.getElementById('accuracy-chart').clientWidth"
    )
    lab.page.evaluate("new Promise(requestAnimationFrame)")
    loss, accuracy = lab.page.evaluate("told()")
    assert len(loss) >= 2
    assert loss[0] == "0"
    assert {"0", "1", "2"} <= set(accuracy), "epochs are below the lower chart only"
    assert "epoch" in accuracy, "and said to be epochs"
    shares = [text for text in accuracy if text not in ("0", "1", "2", "epoch")]
    assert len(shares) >= 2
    assert all(re.fullmatch(r"\d+ %", share) for share in shares)
    lab.page.set_viewport_size({"width": 1280, "height": 800})


def test_pointing_reads_both_curves_and_moves_nothing(lab):
    record = step_to(lab, 6)
    before = lab.page.evaluate(BOXES)
    for key, share, epoch in (("loss", 4 / 6, 4), ("accuracy", 0.02, 0), ("loss", 0.9, 5), ("accuracy", 0.99, 6)):
        lab.page.mouse.move(*place(lab, key, share))
        assert read(lab) == words(record, epoch)
        assert cursors(lab) == pytest.approx([epoch / 6] * 2, abs=0.01)
        assert lab.page.evaluate(BOXES) == before
    assert marks(lab) == [None, None]
    lab.page.mouse.move(5, 5)
    assert read(lab) == [[""], [""]]
    assert cursors(lab) == [None, None]
    assert lab.data("epoch") == "6"


def test_a_click_shows_the_epoch_in_every_view(lab):
    record = step_to(lab, 6)
    for key, epoch in (("loss", 4), ("accuracy", 1)):
        lab.page.mouse.click(*place(lab, key, epoch / 6))
        wait_for_place(lab, epoch, 6)
        assert seen(lab) == record[epoch]
        assert marks(lab) == pytest.approx([epoch / 6] * 2, abs=0.01)
    lab.page.mouse.click(*place(lab, "loss", 1))
    wait_for_place(lab, 6, 6)
    assert marks(lab) == [None, None]


def test_by_keyboard(lab):
    record = step_to(lab, 6)
    box = chart(lab, "loss")
    box.focus()
    for key, epoch in (
        ("ArrowLeft", 6),
        ("ArrowLeft", 5),
        ("ArrowDown", 4),
        ("ArrowRight", 5),
        ("PageUp", 6),
        ("PageDown", 0),
        ("ArrowLeft", 0),
        ("End", 6),
        ("Home", 0),
        ("ArrowUp", 1),
    ):
        lab.page.keyboard.press(key)
        assert read(lab) == words(record, epoch)
        label = box.get_attribute("aria-label")
        assert label == f"Loss over epochs, {words(record, epoch)[0][0]}. Enter goes to epoch {epoch}."
    assert "%" in chart(lab, "accuracy").get_attribute("aria-label")
    lab.page.keyboard.press("Enter")
    wait_for_place(lab, 1, 6)
    assert seen(lab) == record[1]
    lab.page.keyboard.press("Escape")
    assert read(lab) == [[""], [""]]
    lab.page.keyboard.press("ArrowRight")
    assert read(lab) == words(record, 1), "it begins where the run is"
    lab.page.keyboard.press("Tab")
    assert read(lab) == [[""], [""]]
    scrub(lab, "End", 6, 6)


def test_by_touch(lab_at):
    lab = lab_at(**PHONE)
    record = {}
    for epoch in range(1, 5):
        lab.button("Step").tap()
        lab.wait(f"document.documentElement.dataset.step === '{5 * epoch}'")
        lab.wait_for_state("paused")
        record[epoch] = seen(lab)
    lab.page.touchscreen.tap(*place(lab, "accuracy", 0.5))
    wait_for_place(lab, 2, 4)
    assert seen(lab) == record[2]
    assert read(lab) == words(record, 2), "what a finger has covered is read when it is gone"


def test_a_branch_and_a_new_run_leave_no_cursor_behind(lab):
    record = step_to(lab, 5)
    chart(lab, "loss").focus()
    for key in ("End", "ArrowLeft", "ArrowLeft", "Enter"):
        lab.page.keyboard.press(key)
    wait_for_place(lab, 3, 5)
    lab.page.keyboard.press("End")
    assert read(lab) == words(record, 5)
    lab.page.evaluate("document.getElementById('branch').click()")
    wait_for_place(lab, 3, 3)
    lab.wait("document.getElementById('timeline').max === '3'")
    assert read(lab) == words(record, 3), "the nearest record that there still is"
    lab.press("Reset")
    lab.wait("document.documentElement.dataset.epoch === '0' && document.documentElement.dataset.state === 'ready'")
    assert cursors(lab) == [None, None]


def test_what_is_read_of_a_long_run_leads_to_an_epoch_that_was_kept(lab):
    lab.set_speed(0)
    lab.play_to(400)
    last = int(lab.number("epoch"))
    lab.page.evaluate("answers.rest()")
    lab.page.mouse.move(*place(lab, "loss", 0.8))
    epoch = int(read(lab)[0][0].split(":")[0].removeprefix("epoch ").replace(",", ""))
    assert epoch == pytest.approx(0.8 * last, abs=0.01 * last)
    label = chart(lab, "loss").get_attribute("aria-label")
    there = int(re.search(r"Enter goes to epoch ([\d,]+)", label)[1].replace(",", ""))
    assert abs(there - epoch) <= 0.011 * last
    lab.page.mouse.click(*place(lab, "loss", 0.8))
    wait_for_place(lab, there, last)
    assert marks(lab) == pytest.approx([there / last] * 2, abs=0.01)


def test_a_run_that_has_diverged_is_read_all_the_same(lab_at):
    lab = lab_at("loss=mean_squared_error&activation=relu&learning_rate=10&speed=0")
    lab.press("Play")
    lab.wait_for_state("diverged")
    lab.page.evaluate("answers.rest()")
    lab.page.mouse.move(*place(lab, "loss", 0.01))
    assert re.fullmatch(r"epoch 0: training \d\S*, held out \d\S*", read(lab)[0][0])
    assert re.fullmatch(r"epoch 0: training \d+\.\d %, held out \d+\.\d %", read(lab)[1][0])
    assert re.fullmatch(
        r"At step [\d,]+ the loss is no longer a number: the steps were too large\.",
        lab.page.locator("#sentence").text_content(),
    )
    # The scale of the tiles, of numbers near the end of what a float has.
    largest = lab.page.evaluate("answers.frame.tile_scales.at(-1)")
    assert largest > 1e9
    assert float(lab.page.locator("#heat-high").text_content()) == pytest.approx(largest, rel=0.01)
    lab.press("Reset")


# Listen.


def pitch(loss):
    return min(max(880 * 2 ** math.log(loss, 4), 55), 3520)


@pytest.mark.parametrize("way", ["button", "key"])
def test_the_loss_is_heard_as_a_pitch_while_it_trains(open_page, way):
    lab = open_page()
    lab.page.evaluate(HEAR)
    button = lab.button("Listen")

    def turn():
        button.click() if way == "button" else lab.page.keyboard.press("l")

    lab.step_one_epoch()
    assert lab.page.evaluate("heard.length") == 0, "off by default"
    assert button.get_attribute("aria-pressed") == "false"
    box = button.bounding_box()
    assert min(box["width"], box["height"]) >= LEAST_TARGET
    turn()
    lab.wait("window.heard.length === 1 && heard[0].state === 'running'")
    assert button.get_attribute("aria-pressed") == "true"
    assert lab.page.evaluate("heard[0].loud.gain.value") == 0, "silent while nothing is trained"
    lab.press("Play")
    lab.wait("heard[0].loud.gain.value > 0.02")
    lab.wait_for_epoch(20)
    lab.press("Pause")
    lab.wait_for_state("paused")
    lab.wait("heard[0].loud.gain.value < 0.001")
    hertz = pitch(lab.number("train-loss"))
    lab.wait(f"Math.abs(heard[0].tone.frequency.value / {hertz} - 1) < 0.01")
    turn()
    lab.wait("heard[0].state === 'closed'")
    assert button.get_attribute("aria-pressed") == "false"
