"""From the moment of a change nothing on the page belongs to the run before, and what is under way is said."""

import pytest

from spec import fields
from tests.browser.lab_page import ROWS

METRICS = ("trainLoss", "trainAccuracy", "testLoss", "testAccuracy")
# Enters a text into the field that it is called on, and tells in the same breath what the page says then. From then on
# notes what `<html>` says whenever that changes, in `window.noted`.
ENTER = """(field, text) => {
    const root = document.documentElement;
    window.noted = [];
    window.noting?.disconnect();
    window.noting = new MutationObserver(() => window.noted.push({...root.dataset}));
    window.noting.observe(root, {attributes: true});
    field.value = text;
    field.dispatchEvent(new Event("change", {bubbles: true}));
    const text_of = (id) => document.getElementById(id).textContent;
    return {
        data: {...root.dataset},
        counters: ["epoch", "steps", "rate"].map(text_of),
        figures: ["train-loss", "test-loss", "train-accuracy", "test-accuracy"].map(text_of),
        labels: [...document.querySelectorAll("canvas")].map((canvas) => canvas.getAttribute("aria-label")),
        shape: text_of("representation-shape"),
        timeline: text_of("timeline-text"),
        probes: [...document.querySelectorAll("#probes .percent")].map((text) => text.textContent),
    };
}"""
# Whether nothing is painted on a canvas.
EMPTY = """(id) => {
    const canvas = document.getElementById(id);
    const {width, height} = canvas;
    const copy = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
    copy.drawImage(canvas, 0, 0);
    return new Uint32Array(copy.getImageData(0, 0, width, height).data.buffer).every((pixel) => pixel === 0);
}"""


def enter_at_once(lab, name, text):
    return lab.field(name).evaluate(ENTER, text)


def assert_nothing_known(data):
    assert data["state"] == "loading"
    assert (data["epoch"], data["step"], data["stepsPerSecond"]) == ("0", "0", "0")
    assert not {*METRICS, "engine"} & data.keys()


@pytest.mark.parametrize(
    ("name", "text"), [("hidden_layers", "4"), ("hidden_layers", ""), ("seed", "3"), ("batch_size", "20")]
)
@pytest.mark.parametrize("playing", [False, True])
def test_at_once_nothing_is_said_of_the_run_before(lab, name, text, playing):
    lab.press("Play")
    lab.wait_for_epoch(3)
    if not playing:
        lab.press("Pause")
        lab.wait_for_state("paused")
    # So that the run that follows is in its first epoch when it is looked at, however busy the machine is.
    lab.set_speed(1)
    said = enter_at_once(lab, name, text)
    assert_nothing_known(said["data"])
    assert said["counters"] == ["0", "0", "0"]
    assert said["figures"] == ["–"] * 4
    assert said["shape"] == ""
    assert said["timeline"] == "latest"
    # The curve of the learning rate is there if the page has shown one before.
    others = ("Network", "Scale", "Learning rate")
    labels = [label for label in said["labels"] if not label.startswith(others)]
    assert len(labels) == 4
    assert all(label.endswith("nothing to show yet") for label in labels)
    lab.wait_for_state("training" if playing else "ready")
    noted = lab.page.evaluate("window.noted")
    making = [data for data in noted if data["state"] == "loading"]
    for data in making:
        assert_nothing_known({key: value for key, value in data.items() if key != "engine"})
    after = noted[len(making) :]
    assert all(data["state"] != "loading" for data in after), "it is made once"
    assert int(after[0]["epoch"]) <= 1
    if not playing:
        lab.wait("document.documentElement.dataset.trainLoss !== undefined")
        assert lab.data("engine") == "wasm"
        assert lab.data("epoch") == "0"


def test_a_slow_network_is_waited_for_with_words_and_empty_views(open_page):
    lab = open_page("hidden_layers=64,64,64&speed=0")
    lab.press("Play")
    lab.wait_for_epoch(2)
    said = enter_at_once(lab, "hidden_layers", "1024,1024,1024")
    assert_nothing_known(said["data"])
    assert set(said["probes"]) <= {"–"}
    lab.page.get_by_text("Making the network …").wait_for()
    assert not lab.page.get_by_role("progressbar").is_visible()
    for view in ("boundary", "representation"):
        lab.wait(f"({EMPTY})('{view}')")
    lab.press("Pause")
    assert lab.button("Play").is_visible()
    assert_nothing_known({key: value for key, value in lab.all_data().items() if key != "engine"})
    assert lab.field("layer").locator("option").all_text_contents()[-2:] == ["fc4", "softmax"]
    enter_at_once(lab, "hidden_layers", "8")
    lab.wait_for_state("ready")
    assert lab.data("epoch") == "0"
    lab.page.get_by_text("Making the network …").wait_for(state="hidden")
    lab.wait("document.getElementById('representation-shape').textContent.startsWith('fc2')")
    lab.step_one_epoch()


def test_what_the_data_are_is_told_at_once(lab):
    assert {name: lab.data(name) for name in ("rows", "inputs", "outputs", "task")} == {
        "rows": str(ROWS),
        "inputs": "2",
        "outputs": "2",
        "task": "classification",
    }


# Another seed.


def test_new_weights_on_the_same_data(stage):
    lab = stage.lab
    points, loss = stage.left.points(), lab.data("train-loss")
    lab.press("New weights")
    lab.wait_for_state("ready")
    stage.rest()
    assert (stage.left.points() == points).all()
    assert lab.data("train-loss") != loss
    assert lab.page.url.endswith("#data_seed=0&seed=1")
    assert (lab.field("seed").input_value(), lab.field("data_seed").input_value()) == ("1", "0")
    lab.press("New weights")
    lab.wait("location.hash === '#data_seed=0&seed=2'")
    lab.enter("data_seed", "")
    lab.enter("seed", "0")
    lab.wait(f"document.documentElement.dataset.trainLoss === '{loss}'")


def test_after_the_last_seed_comes_the_first(open_page):
    lab = open_page(f"seed={fields.SEED_LIMIT - 1}")
    lab.press("New weights")
    lab.wait_for_state("ready")
    assert lab.field("seed").input_value() == "0"
    assert lab.field("data_seed").input_value() == str(fields.SEED_LIMIT - 1)


def test_a_seed_alone_moves_data_and_weights(stage):
    points = stage.left.points()
    stage.lab.enter("seed", "6")
    stage.lab.wait_for_state("ready")
    stage.rest()
    assert (stage.left.points() != points).any()


# Links in the same tab.


def test_a_link_that_asks_to_play_plays(lab):
    lab.page.evaluate("location.hash = 'dataset=xor&play'")
    lab.wait_for_state("training")
    lab.wait_for_epoch(1)
    assert lab.field("dataset").input_value() == "xor"
    lab.press("Pause")
    lab.wait_for_state("paused")
    epoch = lab.number("epoch")
    lab.page.evaluate("location.hash = 'dataset=xor&play'")
    lab.wait_for_state("training")
    lab.wait_for_epoch(epoch + 1)


def test_a_link_that_asks_to_play_lets_a_page_that_plays_go_on(lab):
    lab.press("Play")
    lab.wait_for_epoch(1)
    lab.page.evaluate("location.hash = 'learning_rate=0.02&play'")
    lab.wait("document.getElementById('learning_rate').value === '0.02'")
    lab.wait_for_epoch(lab.number("epoch") + 2)
    assert lab.button("Pause").is_visible()


def test_a_pause_is_not_forgotten_by_a_reload(open_page):
    lab = open_page("play", wait_for="training")
    lab.wait_for_epoch(1)
    lab.press("Pause")
    lab.wait_for_state("paused")
    assert "play" not in lab.page.url
    lab.page.evaluate("location.hash = 'play'")
    lab.wait_for_state("training")


@pytest.mark.parametrize("rate", ["0.07", "0.009", "0.0006"])
def test_numbers_are_written_as_a_person_would(lab, rate):
    lab.enter("learning_rate", rate)
    assert lab.field("learning_rate").input_value() == rate
    assert lab.page.url.endswith(f"#learning_rate={rate}")
    lab.step_one_epoch()
    assert lab.field("learning_rate").input_value() == rate
    assert len(lab.data("train-loss")) <= 18


PLAYGROUND = (
    "activation=relu&batchSize=12&dataset=spiral&regDataset=reg-plane&learningRate=0.03&regularizationRate=0"
    "&noise=10&networkShape=5,3&seed=0.74823&showTestData=false&discretize=true&percTrainData=50&x=true&y=true"
    "&xTimesY=true&xSquared=false&collectStats=false&problem=classification&initZero=false&hideText=false"
)


def test_a_link_of_tensorflow_playgrounds(open_page):
    """Pasted in behind the page's address: what both have is there, and what this page lacks is named."""
    lab = open_page(PLAYGROUND)
    for name, text in (
        ("hidden_layers", "5, 3"),
        ("activation", "relu"),
        ("batch_size", "12"),
        ("dataset", "spiral"),
        ("learning_rate", "0.03"),
        ("shading", "classes"),
    ):
        assert lab.field(name).input_value() == text
    message = lab.alert()
    for words in ("TensorFlow Playground", "noise", "its seed"):
        assert words in message
    inputs = lab.field("inputs").get_by_role("checkbox", checked=True)
    assert inputs.evaluate_all("all => all.map((one) => one.value)") == ["x", "y", "xy"]
    assert lab.field("held_out").input_value() == "50 %"
    # 100 points to train on, in batches of 12.
    lab.step_one_epoch()
    assert lab.number("step") == 9
