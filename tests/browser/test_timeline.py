"""The timeline: back through a run and on from anywhere, the same way or another."""

import math
import re

import pytest

from tests.browser.touch import Finger

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SEEN = ["epoch", "step", "train-loss", "train-accuracy", "test-loss", "test-accuracy"]
THUMB = 16


def timeline(lab):
    return lab.page.get_by_label("Timeline", exact=True)


def branch(lab):
    return lab.button("Continue from here")


def seen(lab):
    """Where the run is, exactly: epoch, step and the four metrics as `<html>` has them."""
    found = lab.page.evaluate("names => names.map(name => document.documentElement.getAttribute(`data-${name}`))", SEEN)
    return tuple(found)


def wait_for_place(lab, epoch, last):
    """Until the timeline, the counters and `<html>` all say the same."""
    text = "latest" if epoch == last else f"epoch {epoch:,} of {last:,}"
    lab.wait(
        f"document.getElementById('timeline').getAttribute('aria-valuetext') === 'epoch {epoch} of {last}' && "
        f"document.documentElement.dataset.epoch === '{epoch}' && "
        f"document.getElementById('timeline-text').textContent === '{text}' && "
        f"document.getElementById('epoch').textContent === '{epoch:,}'"
    )
    assert branch(lab).is_enabled() == (epoch < last)


def step_to(lab, epoch):
    """Steps epoch by epoch, and tells what is seen at each: `{epoch: seen}`."""
    record = {int(lab.number("epoch")): seen(lab)}
    while lab.number("epoch") < epoch:
        lab.step_one_epoch()
        record[int(lab.number("epoch"))] = seen(lab)
    return record


def scrub(lab, key, epoch, last):
    timeline(lab).press(key)
    wait_for_place(lab, epoch, last)


def place(lab, share):
    """Where the thumb's middle is on the screen at a share of the way."""
    timeline(lab).scroll_into_view_if_needed()
    box = timeline(lab).bounding_box()
    return box["x"] + THUMB / 2 + share * (box["width"] - THUMB), box["y"] + box["height"] / 2


def picture(lab, identifier):
    return lab.page.evaluate("id => document.getElementById(id).toDataURL()", identifier)


def marks(lab):
    """The epochs that both charts' marks stand at by the charts' own axes, or None where there is no mark."""
    return lab.page.evaluate("""() => ["loss", "accuracy"].map((name) => {
        const mark = document.getElementById(`${name}-mark`);
        if (mark.hidden) return null;
        const over = document.querySelector(`#${name}-chart .u-over`).getBoundingClientRect();
        return (mark.getBoundingClientRect().left + 1 - over.left) / over.width;
    })""")


def rest(lab):
    lab.page.evaluate("answers.rest()")


def rest_finely(lab):
    """Rests, and is drawn as finely as it can be, however busy the machine is."""
    lab.wait("document.documentElement.dataset.picture === 'fine'")
    rest(lab)


def test_by_keyboard(stage):
    lab = stage.lab
    assert timeline(lab).is_disabled()
    assert branch(lab).is_disabled()
    record = step_to(lab, 6)
    rest_finely(lab)
    pictures = {name: picture(lab, name) for name in ("boundary", "strip")}
    positions = stage.positions()
    for epoch in (5, 4, 3):
        scrub(lab, "ArrowLeft", epoch, 6)
        assert seen(lab) == record[epoch]
        assert lab.data("state") == "paused"
    for name, before in pictures.items():
        assert picture(lab, name) != before, f"{name} goes back as well"
    assert (stage.positions() != positions).any()
    scrub(lab, "Home", 0, 6)
    assert seen(lab) == record[0]
    scrub(lab, "ArrowRight", 1, 6)
    assert seen(lab) == record[1]
    scrub(lab, "End", 6, 6)
    assert seen(lab) == record[6]
    lab.page.evaluate("document.activeElement.blur()")
    rest_finely(lab)
    for name, before in pictures.items():
        assert picture(lab, name) == before, f"{name} is as it was"
    assert (stage.positions() == positions).all()


def test_by_mouse(lab):
    record = step_to(lab, 8)
    mouse = lab.page.mouse
    mouse.move(*place(lab, 1))
    mouse.down()
    mouse.move(*place(lab, 0.5), steps=5)
    wait_for_place(lab, 4, 8)
    assert seen(lab) == record[4]
    mouse.move(*place(lab, 0), steps=5)
    wait_for_place(lab, 0, 8)
    mouse.up()
    assert seen(lab) == record[0]
    mouse.click(*place(lab, 0.75))
    wait_for_place(lab, 6, 8)
    assert seen(lab) == record[6]
    mouse.move(*place(lab, 0.75))
    mouse.down()
    mouse.move(*place(lab, 1.2), steps=4)
    mouse.up()
    wait_for_place(lab, 8, 8)
    assert seen(lab) == record[8]


def test_by_touch(lab_at):
    lab = lab_at(**PHONE)
    record = {}
    for epoch in range(1, 5):
        lab.button("Step").tap()
        lab.wait(f"document.documentElement.dataset.step === '{5 * epoch}'")
        lab.wait_for_state("paused")
        record[epoch] = seen(lab)
    lab.page.touchscreen.tap(*place(lab, 0.5))
    wait_for_place(lab, 2, 4)
    assert seen(lab) == record[2]
    Finger(lab.page).drag(place(lab, 0.5), place(lab, 0.25))
    wait_for_place(lab, 1, 4)
    assert seen(lab) == record[1]
    branch(lab).tap()
    wait_for_place(lab, 1, 1)
    assert seen(lab) == record[1]


def test_charts_mark_the_place(lab):
    record = step_to(lab, 12)
    assert marks(lab) == [None, None]
    scrub(lab, "ArrowLeft", 11, 12)
    assert marks(lab) == pytest.approx([11 / 12] * 2, abs=0.02)
    for epoch in range(10, 2, -1):
        scrub(lab, "ArrowLeft", epoch, 12)
    assert marks(lab) == pytest.approx([3 / 12] * 2, abs=0.02)
    boxes = [lab.page.locator(f"#{name}-mark").bounding_box() for name in ("loss", "accuracy")]
    assert all(box["height"] > 20 for box in boxes), boxes
    scrub(lab, "End", 12, 12)
    assert marks(lab) == [None, None]
    assert seen(lab) == record[12]


def test_charts_marks_stay_right_when_the_window_changes(open_page):
    lab = open_page()
    step_to(lab, 10)
    timeline(lab).press("Home")
    for epoch in range(1, 6):
        scrub(lab, "ArrowRight", epoch, 10)
    for width in (1000, 1280):
        lab.page.set_viewport_size({"width": width, "height": 800})
        lab.wait(
            "(() => { const box = document.querySelector('#loss-chart'), plot = box.querySelector('.uplot');"
            "return Math.abs(plot.clientWidth - box.clientWidth) < 2 })()"
        )
        rest(lab)
        assert marks(lab) == pytest.approx([0.5] * 2, abs=0.02)


def test_playing_on_is_the_same_run(lab):
    record = step_to(lab, 9)
    timeline(lab).press("Home")
    for epoch in (1, 2, 3):
        scrub(lab, "ArrowRight", epoch, 9)
    for epoch in range(4, 10):
        lab.step_one_epoch()
        assert seen(lab) == record[epoch]
    assert not branch(lab).is_enabled()
    lab.step_one_epoch()
    record[10] = seen(lab)
    scrub(lab, "Home", 0, 10)
    lab.set_speed(0)
    lab.press("Play")
    lab.wait_for_epoch(40)
    lab.press("Pause")
    lab.wait_for_state("paused")
    last = int(lab.number("epoch"))
    timeline(lab).press("Home")
    wait_for_place(lab, 0, last)
    for epoch in range(1, 11):
        scrub(lab, "ArrowRight", epoch, last)
        assert seen(lab) == record[epoch]


def test_continue_from_here_forgets_the_future(lab):
    record = step_to(lab, 6)
    assert timeline(lab).get_attribute("max") == "6"
    timeline(lab).press("Home")
    scrub(lab, "ArrowRight", 1, 6)
    scrub(lab, "ArrowRight", 2, 6)
    branch(lab).click()
    wait_for_place(lab, 2, 2)
    lab.wait("document.getElementById('timeline').max === '2'")
    assert marks(lab) == [None, None]
    assert seen(lab) == record[2]
    lab.step_one_epoch()
    assert seen(lab) == record[3], "the same learning rate is the same way"
    scrub(lab, "ArrowLeft", 2, 3)
    branch(lab).click()
    wait_for_place(lab, 2, 2)
    lab.enter("learning_rate", "0.3")
    lab.step_one_epoch()
    assert lab.data("epoch") == "3"
    assert lab.data("train-loss") != record[3][2]
    other = seen(lab)
    lab.step_one_epoch()
    scrub(lab, "ArrowLeft", 3, 4)
    assert seen(lab) == other
    scrub(lab, "Home", 0, 4)
    assert seen(lab) == record[0]


def test_another_learning_rate_from_the_past_is_another_future(lab):
    """Without Continue from here as well: the step that is taken differently ends what was known."""
    record = step_to(lab, 5)
    scrub(lab, "Home", 0, 5)
    scrub(lab, "ArrowRight", 1, 5)
    lab.enter("learning_rate", "0.1")
    lab.page.evaluate("document.activeElement.blur()")
    rest(lab)
    assert timeline(lab).get_attribute("aria-valuetext") == "epoch 1 of 5", "to choose is not to train yet"
    lab.step_one_epoch()
    wait_for_place(lab, 2, 2)
    assert lab.data("train-loss") != record[2][2]


def test_learning_rate_of_the_place_is_shown(lab):
    step_to(lab, 2)
    lab.enter("learning_rate", "0.05")
    record = step_to(lab, 4)
    rate = "document.getElementById('learning_rate').value"
    scrub(lab, "ArrowLeft", 3, 4)
    lab.wait(f"{rate} === '0.05'")
    scrub(lab, "ArrowLeft", 2, 4)
    scrub(lab, "ArrowLeft", 1, 4)
    lab.wait(f"{rate} === '0.01'")
    lab.wait("!location.hash.includes('learning_rate')")
    scrub(lab, "End", 4, 4)
    lab.wait(f"{rate} === '0.05'")
    lab.wait("location.hash.includes('learning_rate=0.05')")
    scrub(lab, "Home", 0, 4)
    lab.wait(f"{rate} === '0.01'")
    for epoch in range(1, 5):
        lab.step_one_epoch()
        if epoch in record:
            assert seen(lab) == record[epoch], "played again, the learning rate changes again where it did"
    lab.wait(f"{rate} === '0.05'")
    wait_for_place(lab, 4, 4)


def test_scrubbing_pauses(lab):
    lab.press("Play")
    lab.wait_for_epoch(8)
    timeline(lab).press("Home")
    lab.wait_for_state("paused")
    lab.wait("document.documentElement.dataset.epoch === '0'")
    assert lab.button("Play").is_visible()
    last = int(re.fullmatch("epoch 0 of (.*)", timeline(lab).get_attribute("aria-valuetext"))[1])
    assert last >= 8
    lab.press("Play")
    lab.wait_for_epoch(last + 2)
    assert timeline(lab).get_attribute("aria-valuetext").startswith("epoch ")
    lab.wait("document.getElementById('loss-mark').hidden")
    lab.press("Pause")
    lab.wait_for_state("paused")


def test_an_answer_from_before_does_not_take_the_slider_back(lab_at):
    lab = lab_at("hidden_layers=400,400&speed=0")
    lab.press("Play")
    lab.wait_for_epoch(8)
    # While requests are on their way.
    places = lab.page.evaluate("""async () => {
        const slider = document.getElementById("timeline"), places = [];
        slider.value = 0;
        slider.dispatchEvent(new Event("input"));
        while (document.documentElement.dataset.epoch !== "0") {
            places.push(slider.value);
            await new Promise(requestAnimationFrame);
        }
        return places;
    }""")
    assert set(places) == {"0"}


def test_a_step_right_after_going_back_goes_on_from_there(lab):
    """Before the lab has answered where the run is now."""
    lab.set_speed(0)
    lab.play_to(60)
    lab.page.evaluate("""() => {
        const slider = document.getElementById("timeline");
        slider.value = 2;
        slider.dispatchEvent(new Event("input"));
        document.getElementById("step").click();
    }""")
    lab.wait("document.documentElement.dataset.epoch === '3'")
    lab.wait_for_state("paused")
    assert lab.number("epoch") == 3


def test_playing_from_the_past_marks_the_way(lab):
    lab.set_speed(0)
    lab.play_to(60)
    last = int(lab.number("epoch"))
    timeline(lab).press("Home")
    wait_for_place(lab, 0, last)
    lab.set_speed(60)
    lab.press("Play")
    lab.wait_for_epoch(2)
    lab.press("Pause")
    lab.wait_for_state("paused")
    epoch = int(lab.number("epoch"))
    wait_for_place(lab, epoch, last)
    assert marks(lab) == pytest.approx([epoch / max(last, 10)] * 2, abs=0.02)


# Goes back to the beginning as soon as the page says that the run has diverged.
BACK_AT_ONCE = """() => {
    const root = document.documentElement;
    const slider = document.getElementById("timeline");
    new MutationObserver((records, observer) => {
        if (root.dataset.state !== "diverged") return;
        observer.disconnect();
        slider.value = "0";
        slider.dispatchEvent(new Event("input", {bubbles: true}));
        window.gone_back = true;
    }).observe(root, {attributes: true, attributeFilter: ["data-state"]});
}"""


def three_good_epochs(lab):
    """What was seen at the first epochs of a run that may diverge."""
    lab.page.evaluate("location.hash = 'loss=mean_squared_error&activation=relu'")
    lab.wait("document.getElementById('activation').value === 'relu'")
    rest(lab)
    assert lab.data("state") == "ready"
    return step_to(lab, 3)


def diverge(lab):
    """Three epochs that went well, and then some that did not; tells what was seen at the good ones."""
    record = three_good_epochs(lab)
    lab.enter("learning_rate", "1e20")
    lab.press("Play")
    lab.wait_for_state("diverged")
    return record


def test_back_from_a_run_that_diverged(lab):
    record = diverge(lab)
    assert lab.field("learning_rate").input_value() == "1e20"
    assert "diverged" in lab.alert()
    timeline(lab).press("Home")
    lab.wait("document.documentElement.dataset.epoch === '0'")
    lab.wait_for_state("paused")
    assert seen(lab) == record[0]
    assert lab.no_alert()
    lab.wait("document.getElementById('learning_rate').value === '0.01'")
    for _ in range(2):
        timeline(lab).press("ArrowRight")
    lab.wait("document.documentElement.dataset.epoch === '2'")
    assert seen(lab) == record[2]
    branch(lab).click()
    wait_for_place(lab, 2, 2)
    lab.step_one_epoch()
    assert seen(lab) == record[3]
    lab.step_one_epoch()
    assert math.isfinite(lab.number("train-loss"))
    assert lab.no_alert()


def test_forward_again_into_a_run_that_diverged(lab):
    diverge(lab)
    timeline(lab).press("Home")
    lab.wait_for_state("paused")
    timeline(lab).press("End")
    lab.wait_for_state("diverged")
    assert "diverged" in lab.alert()
    lab.press("Reset")
    lab.wait_for_state("ready")
    lab.wait("document.documentElement.dataset.epoch === '0'")
    assert lab.no_alert()


def test_what_comes_late_of_a_run_that_diverged_does_not_bring_it_back(lab):
    """Answers that were under way when a person goes back, in the very moment when it is said, are of before."""
    three_good_epochs(lab)
    lab.page.evaluate(BACK_AT_ONCE)
    lab.enter("learning_rate", "1e20")
    lab.press("Play")
    lab.wait("window.gone_back && document.documentElement.dataset.state === 'paused'")
    rest(lab)
    assert lab.data("state") == "paused"
    assert lab.data("epoch") == "0"
    assert lab.no_alert()


@pytest.mark.parametrize("end", ["Reset", "seed", "dataset"])
def test_a_new_run_clears_it(lab, end):
    step_to(lab, 3)
    scrub(lab, "ArrowLeft", 2, 3)
    if end == "Reset":
        lab.press("Reset")
    elif end == "seed":
        lab.enter("seed", "3")
    else:
        lab.choose("dataset", "xor")
    lab.wait_for_state("ready")
    wait_for_place(lab, 0, 0)
    assert timeline(lab).get_attribute("max") == "0"
    assert timeline(lab).is_disabled()
    assert marks(lab) == [None, None]


def test_a_larger_network_with_all_that_it_remembers(lab_at):
    """Adam's averages and batch norm's running statistics go back as well: nothing of the future stays."""
    lab = lab_at("hidden_layers=64,64&optimizer=adam&normalization=batch_norm&dataset=spiral")
    record = step_to(lab, 5)
    scrub(lab, "ArrowLeft", 4, 5)
    assert seen(lab) == record[4]
    scrub(lab, "Home", 0, 5)
    scrub(lab, "ArrowRight", 1, 5)
    assert seen(lab) == record[1]
    for epoch in (2, 3, 4, 5):
        lab.step_one_epoch()
        assert seen(lab) == record[epoch]
    scrub(lab, "Home", 0, 5)
    scrub(lab, "ArrowRight", 1, 5)
    branch(lab).click()
    wait_for_place(lab, 1, 1)
    for epoch in (2, 3):
        lab.step_one_epoch()
        assert seen(lab) == record[epoch]


def test_a_long_run_keeps_well_chosen_epochs(lab):
    lab.set_speed(0)
    lab.play_to(400)
    # The page asks for what was kept now and then.
    lab.page.evaluate("answers.rest()")
    last = int(lab.number("epoch"))
    assert timeline(lab).get_attribute("max") == str(last)
    before = last
    for _ in range(3):
        timeline(lab).press("ArrowLeft")
        lab.wait(f"+document.documentElement.dataset.epoch < {before}")
        before = int(lab.number("epoch"))
    assert last - before >= last / 60, "thinned"
    assert last - before <= 3 * last / 25
    timeline(lab).press("Home")
    wait_for_place(lab, 0, last)
    for epoch in range(1, 4):
        scrub(lab, "ArrowRight", epoch, last)
