"""Choose, train, watch: the loop as a person and as a program see it."""

import math
import re

import pytest

from spec import fields


def test_circle_is_learnt_before_your_eyes(lab):
    lab.press("Play")
    lab.wait("+document.documentElement.dataset.trainAccuracy >= 0.95")
    assert lab.data("state") == "training"
    assert lab.number("train-loss") < 0.4
    assert lab.number("test-accuracy") >= 0.8


def test_programs_see_what_people_see(lab):
    assert lab.data("engine") == "wasm"
    assert "WebAssembly" in lab.page.locator("#engine").text_content()
    assert lab.data("epoch") == lab.data("step") == "0"
    lab.press("Play")
    lab.wait_for_epoch(8)
    lab.wait("+document.documentElement.dataset.stepsPerSecond > 10")
    lab.press("Pause")
    lab.wait_for_state("paused")
    seen = lab.all_data()
    assert int(seen["epoch"]) == int(seen["step"]) // 5
    for name in ("trainLoss", "testLoss"):
        assert 0 < float(seen[name]) < 1
    for name in ("trainAccuracy", "testAccuracy"):
        assert 0 <= float(seen[name]) <= 1
    assert seen["stepsPerSecond"] == "0"
    assert lab.page.locator("#epoch").inner_text() == seen["epoch"]
    assert lab.page.locator("#train-loss").inner_text() == f"{float(seen['trainLoss']):.3f}"


def test_attributes_are_fresh_at_least_twice_a_second(lab):
    lab.page.evaluate("""() => {
        window.changes = [];
        new MutationObserver(() => window.changes.push(performance.now()))
            .observe(document.documentElement, {attributes: true, attributeFilter: ["data-step"]});
    }""")
    lab.press("Play")
    lab.wait("window.changes.length > 12")
    gaps = lab.page.evaluate("window.changes.slice(1).map((time, index) => time - window.changes[index])")
    assert sorted(gaps)[len(gaps) // 2] < 500


def test_pause_stops_and_play_goes_on(lab):
    lab.press("Play")
    lab.wait_for_epoch(2)
    lab.press("Pause")
    lab.wait_for_state("paused")
    step = lab.number("step")
    lab.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert lab.number("step") == step
    lab.press("Play")
    lab.wait(f"+document.documentElement.dataset.step > {step}")


def test_step_trains_one_epoch(lab):
    lab.step_one_epoch()
    assert (lab.data("epoch"), lab.data("step")) == ("1", "5")
    lab.step_one_epoch()
    assert (lab.data("epoch"), lab.data("step")) == ("2", "10")


def test_step_ends_an_epoch_that_was_begun(lab):
    lab.set_speed(20)
    lab.press("Play")
    lab.wait("+document.documentElement.dataset.step >= 7")
    lab.press("Pause")
    lab.wait_for_state("paused")
    lab.step_one_epoch()
    assert lab.number("step") == 5 * lab.number("epoch")


def test_reset_gives_the_same_run_again(lab):
    before = lab.data("train-loss")
    for _ in range(3):
        lab.step_one_epoch()
    after = lab.data("train-loss")
    assert after != before
    lab.press("Reset")
    lab.wait_for_state("ready")
    lab.wait(f"document.documentElement.dataset.trainLoss === '{before}'")
    assert lab.data("epoch") == "0"
    for _ in range(3):
        lab.step_one_epoch()
    assert lab.data("train-loss") == after


def test_same_experiment_same_run_at_any_speed(lab_at):
    """Epoch by epoch as fast as it goes, or at a walking pace and with a pause."""
    losses = []
    for walk in (False, True):
        # So slow that the pause comes before the last epoch, however busy the machine is.
        lab = lab_at(f"seed=7&activation=relu&speed={10 if walk else 120}")
        if walk:
            lab.play_to(3)
        while lab.number("epoch") < 20:
            lab.step_one_epoch()
        assert lab.number("epoch") == 20
        losses.append(lab.data("train-loss"))
    assert losses[0] == losses[1]


def test_another_seed_is_another_run(lab):
    before = lab.data("train-loss")
    lab.enter("seed", "5")
    lab.wait(f"document.documentElement.dataset.trainLoss !== '{before}'")
    assert "seed=5" in lab.page.url


@pytest.mark.parametrize("speed", fields.SPEEDS)
def test_every_speed(lab, speed):
    lab.set_speed(speed)
    words = "flat out" if speed == 0 else f"{speed} step"
    assert words in lab.field("speed").get_attribute("aria-valuetext")
    lab.press("Play")
    lab.wait("+document.documentElement.dataset.step >= 2")
    assert math.isfinite(lab.number("train-loss"))


def test_slow_is_one_step_at_a_time(lab):
    lab.set_speed(1)
    lab.page.evaluate("""() => {
        window.steps = new Set();
        new MutationObserver(() => window.steps.add(+document.documentElement.dataset.step))
            .observe(document.documentElement, {attributes: true, attributeFilter: ["data-step"]});
    }""")
    lab.press("Play")
    lab.wait("window.steps.has(3)")
    assert {1, 2, 3} <= set(lab.page.evaluate("[...window.steps]"))


def test_learning_rate_and_speed_act_on_the_running_network(lab):
    lab.press("Play")
    lab.wait_for_epoch(3)
    lab.enter("learning_rate", "0.0001")
    lab.set_speed(120)
    epoch = lab.number("epoch")
    assert epoch >= 3
    lab.wait_for_epoch(epoch + 2)
    assert lab.data("state") == "training"


def test_a_big_network_leaves_the_controls_answering(lab_at):
    """While a step of three layers of 1024 takes its time, a click is answered before that step is over."""
    lab = lab_at("hidden_layers=1024,1024,1024&speed=0")
    lab.press("Play")
    lab.wait("+document.documentElement.dataset.step >= 1")
    lab.press("Pause")
    assert lab.button("Play").is_visible()
    lab.enter("hidden_layers", "8")
    assert lab.field("layer").locator("option").count() == 5
    lab.wait_for_state("ready")
    lab.press("Play")
    lab.wait_for_epoch(1)


# Timers as long as those by which labels are updated while it trains never go off.
ONLY_SHORT_TIMERS = """() => {
    const { setTimeout } = window;
    window.setTimeout = (call, delay, ...others) => delay > 500 ? 0 : setTimeout(call, delay, ...others);
    window.allTimers = () => { window.setTimeout = setTimeout; };
}"""


def test_pictures_say_what_they_show_soon_after_training(lab):
    lab.page.evaluate(ONLY_SHORT_TIMERS)
    try:
        lab.set_speed(0)
        lab.play_to(60)
        after = "after epoch " + lab.data("epoch")
        for words in (
            ("Decision boundary", after, "%"),
            ("Representation", "fc2"),
            ("Loss over epochs", after, "0."),
            ("Accuracy over epochs", after, "%"),
        ):
            label = re.compile(".*".join(map(re.escape, words)))
            lab.page.get_by_role("img", name=label).wait_for()
    finally:
        # The page stays open for other tests.
        lab.page.evaluate("allTimers()")
    assert lab.page.locator("canvas:not([role=img])").count() == 0
