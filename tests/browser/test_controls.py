"""Every control and every choice, by the words on the screen."""

import math

import pytest

from page import wording
from spec import fields, protocol, registry
from tests.browser.lab_page import ROWS, TRAINING

CHOICES = [
    (name, key)
    for name in fields.choices()
    if fields.FIELDS[name].acts != fields.VIEW
    for key in registry.entries(name)
    # A person's own table has first to be opened, see test_own_table.py.
    if not registry.trait(name, key, "own")
]
# What has a control of its own that is typed into or chosen from.
FIELDS = fields.names(control=fields.SELECT) + fields.names(control=fields.BOX)


def assert_trains(lab):
    """One more epoch from where it is, with numbers to show for it."""
    lab.step_one_epoch()
    for name in protocol.METRICS[lab.data("task")]:
        assert math.isfinite(lab.number(name.replace("_", "-")))
    assert lab.data("engine") == "wasm"
    assert lab.no_alert()


@pytest.mark.parametrize(("name", "key"), CHOICES)
def test_every_choice(lab, name, key):
    if name == "loss" and registry.CLASSIFICATION not in registry.trait(name, key, "tasks"):
        # There have to be numbers to predict.
        lab.start_over("dataset=plane")
    lab.step_one_epoch()
    lab.choose(name, key)
    if key != fields.defaults()[name]:
        # A real data set is chosen once its table has come.
        lab.wait(f"location.hash.includes('{name}={key}')")
        # What acts on the running network leaves it where it is.
        epoch = 1 if name in fields.names(fields.LIVE) else 0
        lab.wait(f"document.documentElement.dataset.epoch === '{epoch}'")
    assert_trains(lab)


def test_defaults_are_those_of_the_original(lab):
    shown = {name: lab.field(name).input_value() for name in FIELDS}
    assert shown == {
        "learning_rate": "0.01",
        "stop_at": "",
        "schedule": "constant",
        "decay_epochs": "100",
        "warm_up": "0",
        "l1": "0",
        "l2": "0",
        "dropout": "0",
        "clip": "0",
        "optimizer": "momentum",
        "normalization": "none",
        "initialization": "kaiming",
        "activation": "tanh",
        "loss": "cross_entropy",
        "dataset": "circle",
        "batch_size": "40",
        "hidden_layers": "8",
        "seed": "0",
        "data_seed": "",
        "points": "200",
        "noise": "100 %",
        "held_out": "10 %",
        "classes": "2",
        "shading": "probability",
        "neuron": "tanh1.0",
        "across": "",
        "up": "",
        "through": "",
        "layer": "fc2",
        "projection": "best",
        "dimensions": "0, 1",
    }


def test_choices_are_those_of_the_original(lab):
    for name in fields.choices():
        labels = [label for _, label in wording.choices(fields.defaults(), name)]
        assert lab.field(name).locator("option").all_text_contents() == labels
    rates = lab.page.locator("#learning_rates option").evaluate_all("options => options.map(o => o.value)")
    assert rates == ["0.0001", "0.001", "0.005", "0.01", "0.03", "0.05", "0.1", "0.3", "0.5", "1", "10"]


@pytest.mark.parametrize("rate", [*map(str, fields.LEARNING_RATES), "0.0123", "2e-3"])
def test_every_learning_rate_and_any_other(lab, rate):
    lab.enter("learning_rate", rate)
    assert lab.field("learning_rate").get_attribute("aria-invalid") is None
    if rate != "0.01":
        assert "learning_rate=" in lab.page.url
    lab.step_one_epoch()
    assert lab.number("epoch") == 1


def test_learning_rate_box_offers_all_and_keeps_what_it_had(lab):
    field = lab.field("learning_rate")
    field.click()
    assert field.input_value() == ""
    lab.page.keyboard.press("Tab")
    assert field.input_value() == "0.01"


@pytest.mark.parametrize("text", ["", "1", "8, 4, 2", "16,16", " 3 ", "2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2"])
def test_hidden_layers(lab, text):
    lab.enter("hidden_layers", text)
    widths = [int(part) for part in text.split(",") if part.strip()]
    names = lab.field("layer").locator("option").all_text_contents()
    assert [name for name in names if name.startswith("fc")] == [f"fc{index + 1}" for index in range(len(widths) + 1)]
    assert_trains(lab)


@pytest.mark.parametrize("size", ["1", "7", str(TRAINING)])
def test_batch_size(lab, size):
    lab.enter("batch_size", size)
    assert_trains(lab)
    assert lab.number("step") == math.ceil(TRAINING / int(size))


@pytest.mark.parametrize("normalization", ["batch_norm", "layer_norm"])
def test_every_layer_can_be_seen(lab_at, normalization):
    lab = lab_at(f"hidden_layers=5,3,1&normalization={normalization}", reduced_motion="reduce")
    short = {"batch_norm": "BN", "layer_norm": "LN"}[normalization]
    names = lab.field("layer").locator("option").all_text_contents()
    hidden = [name for index in "123" for name in (f"fc{index}", f"{short}{index}", f"tanh{index}")]
    assert names == ["input", *hidden, "fc4", "softmax"]
    widths = [2, 5, 5, 5, 3, 3, 3, 1, 1, 1, 2, 2]
    lab.step_one_epoch()
    for name, width in zip(names, widths, strict=True):
        lab.field("layer").select_option(label=name)
        lab.wait(f"document.getElementById('representation-shape').textContent.includes('{name}, {ROWS} × {width}')")
        label = lab.picture("Representation").get_attribute("aria-label")
        assert name in label and f"{ROWS} × {width}" in label
        # The best view chooses for itself.
        assert lab.field("dimensions").is_disabled() == (width == 1 or width > 3)
    assert lab.number("epoch") == 1, "another view leaves the network as it is"


def test_dimensions(lab_at):
    lab = lab_at("layer=tanh1&projection=dimensions")
    before = lab.page.locator("#representation").screenshot()
    lab.enter("dimensions", "5, 2")
    lab.wait("document.getElementById('representation-shape').textContent.includes('dimensions 5 and 2')")
    assert lab.page.locator("#representation").screenshot() != before
    assert "dimensions=5,2" in lab.page.url


def test_a_link_that_says_dimensions_shows_them(lab_at):
    """Whether or not it says so."""
    lab = lab_at("layer=tanh1&dimensions=5,2")
    lab.wait(f"document.getElementById('representation-shape').textContent === 'tanh1, {ROWS} × 8, dimensions 5 and 2'")
    assert lab.field("projection").input_value() == "dimensions"


def test_no_choice_of_layer_outlives_its_layer(lab_at):
    lab = lab_at("hidden_layers=8,8&layer=tanh2&dimensions=6,7")
    lab.enter("hidden_layers", "8")
    assert lab.field("layer").input_value() == "fc2"
    assert lab.field("dimensions").input_value() == "0, 1"
    assert_trains(lab)


def test_a_link_is_an_experiment(open_page):
    lab = open_page("dataset=spiral&hidden_layers=6,5&activation=relu&learning_rate=0.03&optimizer=adam&batch_size=20")
    assert lab.field("hidden_layers").input_value() == "6, 5"
    assert lab.field("optimizer").input_value() == "adam"
    lab.step_one_epoch()
    assert lab.number("step") == 9
    lab.page.evaluate("location.hash = 'dataset=gaussian&seed=3'")
    lab.wait("document.getElementById('dataset').value === 'gaussian'")
    assert lab.field("seed").input_value() == "3"
    assert lab.field("hidden_layers").input_value() == "8"
    lab.wait("document.documentElement.dataset.epoch === '0'")
    assert_trains(lab)


def test_theme_is_kept(lab):
    lab.press("Dark theme")
    dark = lab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    lab.page.reload()
    lab.wait_for_state("ready")
    assert lab.page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert lab.button("Light theme").is_visible()


def test_whole_loop_by_keyboard(lab):
    lab.button("Play").focus()
    lab.page.keyboard.press("Enter")
    lab.wait_for_epoch(1)
    lab.page.keyboard.press("Space")
    lab.wait_for_state("paused")
    lab.field("activation").focus()
    lab.page.keyboard.type("sig")
    lab.wait("document.getElementById('activation').value === 'sigmoid'")
    lab.wait("document.documentElement.dataset.epoch === '0'")


def test_a_text_that_its_box_cuts_off_shows_that_there_is_more(lab):
    long = ", ".join(["16"] * 20)
    lab.enter("hidden_layers", long)
    lab.wait("document.documentElement.dataset.state === 'ready'")
    field = lab.field("hidden_layers")
    field.evaluate("(box) => box.blur()")
    assert field.evaluate("(box) => box.scrollWidth > box.clientWidth")
    assert field.evaluate("(box) => getComputedStyle(box).textOverflow") == "ellipsis"


def test_reset_says_what_it_does(lab):
    """The weights that it comes back to are those that it began with."""
    lab.button("Reset").hover()
    said = lab.page.get_by_role("tooltip")
    said.wait_for()
    assert "began with" in said.inner_text() and "new" not in said.inner_text().lower()


def test_a_neuron_shades_the_plane_by_its_name(lab):
    """A tile may be small, as where there are many layers: what it does can be done by its name as well."""
    lab.enter("neuron", "fc1.3")
    lab.wait("document.getElementById('boundary-title').textContent === 'Neuron 3 of fc1'")
    assert lab.field("shading").input_value() == "neuron"
    assert "neuron=fc1.3" in lab.page.url and "shading=neuron" in lab.page.url
    pressed = lab.page.locator(".strip-buttons [aria-pressed=true]")
    assert pressed.get_attribute("aria-label") == "Neuron 3 of fc1"
    for wrong, told in (
        ("fc1.8", "Neurons of layer fc1 run from 0 to 7; 8 is out of range."),
        ("fc9.0", "Neuron: the network has no layer “fc9”; its layers are input, fc1, tanh1, fc2, softmax."),
        ("fc1", "Neuron must be the name of a layer and a number counted from 0, such as fc1.0; “fc1” is not."),
    ):
        lab.enter("neuron", wrong)
        assert lab.alert() == told
        assert lab.page.locator("#boundary-title").text_content() == "Neuron 3 of fc1"
    lab.enter("neuron", "tanh1.0")
    lab.no_alert()
    lab.wait("document.getElementById('boundary-title').textContent === 'Neuron 0 of tanh1'")
