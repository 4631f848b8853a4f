"""What helps against learning by heart, and what ends a training, as a person uses it: by the labels of the panel."""

import pytest

from spec import fields

NOISY = "noise=250&points=400&held_out=90&hidden_layers=16,16&optimizer=adam&speed=0"


def curve(lab):
    return lab.page.get_by_role("img", name="Learning rate over epochs")


def wait_for_epochs(lab, more=3):
    lab.wait_for_epoch(lab.number("epoch") + more)


@pytest.mark.parametrize(("name", "text"), [("dropout", "0.5"), ("clip", "0.05")])
def test_it_acts_on_the_running_network_which_stays_compiled(lab_at, name, text):
    lab = lab_at("hidden_layers=16,16&speed=0")
    lab.press("Play")
    lab.wait_for_epoch(5)
    lab.enter(name, text)
    assert f"{name}={text}" in lab.page.url
    epoch = lab.number("epoch")
    assert epoch >= 5, "the network goes on from where it is"
    wait_for_epochs(lab)
    assert lab.data("state") == "training"
    assert lab.data("engine") == "wasm"
    lab.enter(name, "0")
    assert f"{name}=" not in lab.page.url
    wait_for_epochs(lab)
    assert (lab.data("state"), lab.data("engine")) == ("training", "wasm")
    assert lab.number("epoch") > epoch


def test_with_dropout_the_page_repeats_a_run_number_for_number(lab_at):
    lab = lab_at("hidden_layers=16,16&dropout=0.3")
    losses = []
    for _ in range(4):
        lab.step_one_epoch()
        losses.append(lab.data("train-loss"))
    assert len(set(losses)) == 4
    lab.press("Reset")
    lab.wait_for_state("ready")
    for loss in losses:
        lab.step_one_epoch()
        assert lab.data("train-loss") == loss


def test_the_learning_rate_is_drawn_where_it_changes(lab_at):
    lab = lab_at("speed=0")
    assert not curve(lab).is_visible()
    assert lab.field("decay_epochs").is_disabled()
    lab.choose("schedule", "cosine")
    lab.enter("decay_epochs", "40")
    lab.enter("warm_up", "10")
    for part in ("schedule=cosine", "decay_epochs=40", "warm_up=10"):
        assert part in lab.page.url
    assert curve(lab).is_visible()
    lab.play_to(55)
    lab.wait("document.getElementById('rate-now').textContent === '0'")
    assert lab.page.get_by_role("img", name="it is 0.").first.is_visible()
    # The line rises from the left, is highest after the warm-up, and ends at the bottom.
    heights = lab.page.evaluate("""() => {
        const canvas = document.querySelector("#rate-chart canvas"), {width, height} = canvas;
        const {data} = canvas.getContext("2d").getImageData(0, 0, width, height);
        return Array.from({length: width}, (_, x) => {
            const column = Array.from({length: height}, (_, y) => data[4 * (y * width + x) + 3]);
            const sum = column.reduce((all, alpha) => all + alpha, 0);
            return sum ? column.reduce((all, alpha, y) => all + alpha * y, 0) / sum / height : null;
        }).filter(height => height !== null);
    }""")
    top = heights.index(min(heights))
    # The run has gone on for some epochs meanwhile.
    assert abs(top / len(heights) - 10 / lab.number("epoch")) < 0.05
    assert heights[0] > 0.7
    assert heights[-1] > 0.7
    assert min(heights) < 0.3
    lab.choose("schedule", "constant")
    lab.enter("warm_up", "0")
    assert curve(lab).is_visible(), "it is still what the run has had"
    lab.press("Reset")
    lab.wait_for_state("ready")
    assert not curve(lab).is_visible()


def test_it_stops_at_an_epoch_and_says_why(lab_at):
    lab = lab_at("speed=0")
    lab.enter("stop_at", "30")
    assert "stop_at=30" in lab.page.url
    lab.press("Play")
    lab.wait_for_state("paused")
    assert (lab.data("epoch"), lab.data("step")) == ("30", "150")
    lab.wait("document.body.textContent.includes('Stopped at this epoch')")
    assert lab.button("Play").is_visible()
    # Play goes on beyond it; gone back, it stops there again.
    lab.press("Play")
    lab.wait_for_epoch(40)
    lab.press("Pause")
    lab.wait_for_state("paused")
    timeline = lab.page.get_by_label("Timeline")
    timeline.press("Home")
    lab.wait("document.documentElement.dataset.epoch === '0'")
    lab.press("Play")
    lab.wait("document.documentElement.dataset.state === 'paused' && +document.documentElement.dataset.epoch > 0")
    assert lab.data("epoch") == "30"


@pytest.mark.parametrize("rule", ["loss 0.69", "patience 5"])
def test_it_stops_by_the_held_out_loss(lab_at, rule):
    lab = lab_at(NOISY)
    lab.enter("stop_at", rule)
    assert "stop_at=" + rule.replace(" ", "") in lab.page.url
    lab.press("Play")
    lab.wait("document.documentElement.dataset.state === 'paused'", timeout=60_000)
    epoch, loss = lab.number("epoch"), float(lab.data("test-loss"))
    if rule.startswith("loss"):
        assert loss <= 0.69
        words = "the held-out loss has fallen to 0.69"
    else:
        assert epoch > 5
        words = "the held-out loss has become no better for 5 epochs"
    lab.wait(f"document.body.textContent.includes('{words}')")
    # The same link stops at the same place.
    lab.press("Reset")
    lab.wait_for_state("ready")
    lab.press("Play")
    lab.wait("document.documentElement.dataset.state === 'paused'", timeout=60_000)
    assert (lab.number("epoch"), float(lab.data("test-loss"))) == (epoch, loss)


def test_all_of_it_is_in_a_link(open_page):
    query = (
        "learning_rate=0.02&schedule=step&decay_epochs=20&warm_up=3&l1=0.001&l2=0.002&dropout=0.1&clip=0.5"
        "&optimizer=adam&stop_at=patience7"
    )
    lab = open_page(query)
    shown = {
        "learning_rate": "0.02",
        "schedule": "step",
        "decay_epochs": "20",
        "warm_up": "3",
        "l1": "0.001",
        "l2": "0.002",
        "dropout": "0.1",
        "clip": "0.5",
        "stop_at": "patience 7",
    }
    lab.wait_for_state("ready")
    for name, text in shown.items():
        assert lab.field(name).input_value() == text
    assert fields.to_query(fields.from_query(query)[0]) == query
    assert query in lab.page.url
