"""Data of every shape on the page: data sets that only the tests know come in by the registry, as any other would."""

import re

import pytest

from lab import datasets, network
from page import wording
from spec import fields, registry
from tests import data_sets
from tests.browser.conftest import visit

SHAPES = {key: traits for key, (_, traits) in data_sets.DATA_SETS.items()}
CLASSES = {key: traits["outputs"] for key, traits in SHAPES.items() if traits["task"] == registry.CLASSIFICATION}
TARGETS = [key for key in SHAPES if key not in CLASSES]


@pytest.fixture(scope="module")
def shaped(chromium, shaped_origin):
    """A page that has the tests' data sets."""
    lab = visit(chromium, shaped_origin)
    yield lab
    lab.page.context.close()


@pytest.fixture
def open_data(shaped):
    """`open_data(key, **fields)` has the page go over to a data set, and waits until it stands there at epoch 0."""

    def go(key, **fields):
        traits = SHAPES[key]
        query = "&".join([f"dataset={key}", *(f"{name}={value}" for name, value in fields.items())])
        shaped.page.evaluate("query => { location.hash = query; }", query)
        shaped.wait(
            f"(({{rows, inputs, outputs, task, state, epoch}}) => state === 'ready' && epoch === '0' && "
            f"[rows, inputs, outputs, task].join() === '{traits['rows']},{traits['inputs']},{traits['outputs']},"
            f"{traits['task']}')(document.documentElement.dataset)"
        )
        return shaped

    yield go
    if shaped.button("Pause").count():
        shaped.press("Pause")
    complaints, shaped.complaints[:] = shaped.complaints[:], []
    assert complaints == []


def title_of(key):
    """What the input plane shows."""
    return "Prediction" if key in TARGETS else "Decision boundary"


@pytest.mark.parametrize("key", TARGETS)
def test_where_numbers_are_to_be_predicted_no_boundary_and_no_line_between_classes_is_spoken_of(open_data, key):
    lab = open_data(key)
    assert lab.page.get_by_role("heading", name="Prediction").is_visible()
    assert "variance explained by a linear fit" in lab.page.locator(".separability").inner_text()
    lab = open_data(next(iter(CLASSES)))
    assert lab.page.get_by_role("heading", name="Decision boundary").is_visible()
    assert "right by straight lines" in lab.page.locator(".separability").inner_text()


@pytest.mark.parametrize("key", SHAPES)
def test_data_of_any_shape_are_trained_on_and_drawn(open_data, key):
    lab = open_data(key, hidden_layers="6,5", batch_size=1 if SHAPES[key]["training"] == 1 else 4, speed=0)
    lab.press("Play")
    lab.wait_for_state("training")
    lab.wait("+document.documentElement.dataset.step > 200")
    lab.press("Pause")
    lab.wait_for_state("paused")
    assert lab.no_alert()
    assert lab.data("engine") == "wasm"
    assert lab.number("train-loss") >= 0
    rows = SHAPES[key]["rows"]
    lab.wait(f"document.getElementById('representation').ariaLabel.includes('the {rows} point')")
    for name in (title_of(key), "Representation:", "Network:"):
        assert "nothing to show" not in lab.picture(name).get_attribute("aria-label")


@pytest.mark.parametrize("key", CLASSES)
def test_every_class_has_its_place_in_the_legend_and_in_the_words(open_data, key):
    lab = open_data(key)
    legend = lab.page.get_by_role("list", name="Legend")
    classes = legend.get_by_role("listitem").all_text_contents()
    if SHAPES[key]["training"] < SHAPES[key]["rows"]:
        assert classes.pop() == "hollow: held out"
    # Of many classes the list's name says the marks, and each is shown with its number.
    if CLASSES[key] > wording.NAMED:
        assert classes == [str(label) for label in range(CLASSES[key])]
        classes = legend.get_attribute("aria-label").removeprefix("Legend: ").split(", ")
    assert [text.split(":")[0] for text in classes] == [f"class {label}" for label in range(CLASSES[key])]
    marks = [text.split(": ")[1] for text in classes]
    assert len(set(marks)) == len(marks)
    plane = lab.picture(title_of(key))
    plane.press("n")
    readout = lab.page.locator("#boundary-readout")
    lab.wait("document.getElementById('boundary-readout').textContent.includes('predicted')")
    assert "Point 0" in readout.text_content()
    plane.press("Escape")


# Whether an item of the legend lies outside of its panel, and how tall the page and the left view are.
LEGEND = """() => {
    const panel = document.getElementById("legend").closest("section").getBoundingClientRect();
    const boxes = [...document.querySelectorAll("#legend li")].map((item) => item.getBoundingClientRect());
    const heights = [document.documentElement, document.getElementById("boundary")].map((part) => part.scrollHeight);
    return [boxes.some(({right, bottom}) => right > panel.right || bottom > panel.bottom), ...heights];
}"""


@pytest.mark.parametrize("key", ["three_classes", "ten_classes", "plane_target"])
@pytest.mark.parametrize("size", [(390, 844), (760, 900), (1280, 800)])
def test_the_legend_is_whole_and_pointing_moves_nothing(open_data, key, size):
    lab = open_data(key)
    before = lab.page.viewport_size
    lab.page.set_viewport_size({"width": size[0], "height": size[1]})
    lab.wait("document.documentElement.dataset.picture === 'fine'")
    cut, *heights = lab.page.evaluate(LEGEND)
    assert not cut
    plane = lab.picture(title_of(key))
    plane.press("n")
    lab.wait("document.getElementById('representation-readout').textContent !== ''")
    assert lab.page.evaluate(LEGEND)[1:] == heights
    plane.press("Escape")
    lab.page.set_viewport_size(before)


@pytest.mark.parametrize("key", TARGETS)
def test_where_numbers_are_to_be_predicted_nothing_is_said_of_accuracy(open_data, key):
    lab = open_data(key)
    lab.step_one_epoch()
    assert lab.data("train-accuracy") is None
    assert lab.data("test-accuracy") is None
    assert lab.number("test-loss") > 0 and lab.number("test-mean-absolute-error") > 0
    assert lab.number("train-r2") < 1
    assert lab.page.get_by_label("Accuracy over epochs", exact=False).count() == 0
    for name in (title_of(key), "Representation:", "Loss over epochs"):
        assert "NaN" not in lab.picture(name).get_attribute("aria-label")
    offered = lab.field("loss").locator("option").all_text_contents()
    assert offered == ["Mean squared error", "Huber"]
    assert lab.field("loss").input_value() == "mean_squared_error"


@pytest.mark.parametrize("key", ["plane_target", "ten_targets"])
def test_a_point_says_its_target_and_what_is_predicted(open_data, key):
    lab = open_data(key)
    with data_sets.entered():
        experiment = {**fields.defaults(), "dataset": key}
        data = datasets.load(experiment)
        *_, output = network.predict(experiment, *network.initialize(experiment), data.inputs).values()
    plane = lab.picture(title_of(key))
    readout = "document.getElementById('boundary-readout').textContent"
    for index in range(2):
        plane.press("n")
        lab.wait(f"{readout}.startsWith('Point {index}') && {readout}.includes('predicted')")
        said = re.match(
            rf"Point {index}(?: \(held out\))?: target (.*), predicted (.*), residual .* · ", lab.page.evaluate(readout)
        )
        for words, expected in zip(said.groups(), (data.targets[index], output[index]), strict=True):
            found = [float(number) for number in words.replace("−", "-").strip("()").replace(", …", "").split(", ")]
            assert found == pytest.approx(expected[:6].tolist(), rel=6e-3)
    plane.press("Escape")


def test_shadings_are_called_what_they_show(open_data):
    names = {
        "three_classes": ["Probability", "Classes", "Confidence", "Neuron"],
        "plane_target": ["Prediction", "Above or below", "Distance", "Neuron"],
    }
    # To and fro in one page.
    for key in ("three_classes", "plane_target", "three_classes"):
        lab = open_data(key)
        assert lab.field("shading").locator("option").all_text_contents() == names[key]
        assert lab.field("shading").input_value() == "probability"
        lab.field("shading").select_option(label=names[key][1])
        assert lab.field("shading").input_value() == "classes"
        words = ("the class that", "more or less than the middle")[key == "plane_target"]
        lab.wait(f"document.getElementById('boundary').ariaLabel.includes('{words}')")


def test_a_data_set_is_offered_by_its_name(open_data):
    lab = open_data("three_classes")
    offered = lab.field("dataset").locator("option").all_text_contents()
    assert offered[-len(SHAPES) :] == [label for label, _ in data_sets.DATA_SETS.values()]
    assert lab.field("dataset").input_value() == "three_classes"
