"""What people who hear the page are told of the run: each change of state once, politely, and no more."""

import re

import numpy as np
import pytest

WATCH = """() => {
    window.said = [];
    const status = document.getElementById("status");
    window.hearing?.disconnect();
    window.hearing = new MutationObserver(() => window.said.push(status.textContent));
    window.hearing.observe(status, {childList: true, characterData: true, subtree: true});
}"""


# Notes the metrics whenever an attribute of the page is written while it is paused.
NOTE = """() => {
    const root = document.documentElement;
    const names = ["step", "trainLoss", "trainAccuracy", "testLoss", "testAccuracy"];
    window.noted = [];
    window.noting?.disconnect();
    window.noting = new MutationObserver(
        () => root.dataset.state === "paused" && noted.push(names.map((name) => root.dataset[name]).join(" "))
    );
    window.noting.observe(root, {attributes: true});
}"""


@pytest.fixture
def heard(lab):
    """The page with its defaults, of which everything that is said from now on is kept."""
    wait_for_word(lab, "Ready")
    lab.page.evaluate(WATCH)
    return lab


def wait_for_word(lab, text):
    lab.wait(f"document.getElementById('status').textContent.startsWith({text!r})")


def said(lab):
    return lab.page.evaluate("window.said")


def test_training_and_pausing_are_said_once_each(heard):
    heard.press("Play")
    wait_for_word(heard, "Training")
    heard.wait_for_epoch(heard.number("epoch") + 15)
    heard.press("Pause")
    wait_for_word(heard, "Paused")
    loss, accuracy = heard.number("train-loss"), heard.number("train-accuracy")
    words = f"Paused at epoch {heard.data('epoch')}, loss {loss:.3f}, accuracy {100 * accuracy:.1f} %"
    assert said(heard) == ["Training", words]
    heard.press("Reset")
    wait_for_word(heard, "Ready")
    assert said(heard) == ["Training", words, "Ready"]


def test_what_is_told_of_a_pause_is_true_at_once(heard):
    """While it trains not every step is measured; where it pauses the last one is, before it says so."""
    heard.page.evaluate(NOTE)
    noted = []
    for _ in range(6):
        heard.press("Play")
        heard.wait_for_state("training")
        # The picture of the pause before may have become fine in the meantime, which is told as well.
        heard.page.evaluate("noted.splice(0)")
        heard.wait_for_epoch(heard.number("epoch") + 2)
        heard.press("Pause")
        heard.wait_for_state("paused")
        wait_for_word(heard, f"Paused at epoch {heard.data('epoch')},")
        noted.append(set(heard.page.evaluate("noted.splice(0)")))
    assert [len(each) for each in noted] == [1] * 6, noted


def test_what_is_over_at_once_is_said_when_it_is_over(heard):
    for epoch in (1, 2):
        heard.step_one_epoch()
        wait_for_word(heard, f"Paused at epoch {epoch}")
        assert len(said(heard)) == epoch, "that it trained is not said"


def test_another_experiment_while_training_is_still_training(heard):
    heard.press("Play")
    wait_for_word(heard, "Training")
    heard.wait_for_epoch(15)
    heard.choose("dataset", "xor")
    heard.wait("+document.documentElement.dataset.epoch < 12")
    heard.wait_for_epoch(12)
    assert said(heard) == ["Training"]


def test_divergence_is_said(lab_at):
    lab = lab_at("loss=mean_squared_error&activation=relu&learning_rate=10&speed=0")
    lab.press("Play")
    wait_for_word(lab, "Training diverged")


def test_it_is_heard_and_not_seen(lab):
    status = lab.page.locator("#status")
    assert status.get_attribute("role") == "status", "which is polite by itself"
    wait_for_word(lab, "Ready")
    box = status.bounding_box()
    assert box["width"] * box["height"] <= 1


def test_what_is_counted_while_it_learns_is_what_the_picture_shows(lab_at):
    """On whatever frame somebody looks: beside the left picture, below the right one, and by the accuracy."""
    lab = lab_at("speed=5&layer=fc2")
    lab.press("Play")
    lab.wait_for_epoch(1)
    lab.wait("document.getElementById('representation-shape').textContent.includes('correct')")
    told = lab.page.evaluate("""async () => {
        const told = [], text = (id) => document.getElementById(id).textContent;
        for (let frame = 0; frame < 240; frame++) {
            await new Promise(requestAnimationFrame);
            const counts = [text("wrong"), text("representation-shape")];
            told.push([...counts, document.documentElement.dataset.trainAccuracy]);
        }
        return told;
    }""")
    lab.press("Pause")
    wrong = np.array([int(re.match(r"(\d+) of 180 wrong", words)[1]) for words, _, _ in told])
    right = np.array([int(re.search(r"(\d+) of 180 training", words)[1]) for _, words, _ in told])
    counted = np.array([round(180 * float(accuracy)) for _, _, accuracy in told])
    assert (wrong + right == 180).all()
    assert len(set(right.tolist())) > 1
    # The attributes are written ten times a second, the pictures five times.
    assert np.mean(right == counted) > 0.5


def test_counts_of_a_whole_evening_are_told_right(lab):
    """MicroPython takes a whole number of more than 32 bits from JavaScript for another one."""
    # No answer comes between the two of which the page would begin to count from there.
    lab.page.evaluate("answers.rest()")
    lab.page.evaluate("answers.ahead = 3e9; document.getElementById('step').click()")
    lab.wait("document.getElementById('steps').textContent === '3,000,000,005'")
    assert lab.page.locator("#epoch").text_content() == "3,000,000,001"
    assert (lab.data("step"), lab.data("epoch")) == ("3000000005", "3000000001")
    lab.page.evaluate("answers.ahead = 0")
