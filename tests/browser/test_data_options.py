"""Data sets and their options, by the address: the page trains on what was asked for, and says what it is."""

import pytest

from spec import registry
from tests.browser.lab_page import ROWS

HELD_OUT = ("test-loss", "test-accuracy")


def trained(lab):
    """Trains the page for an epoch and waits until every view has drawn it."""
    lab.step_one_epoch()
    lab.wait("document.documentElement.dataset.picture === 'fine'")
    assert lab.no_alert()
    assert lab.data("engine") == "wasm"
    return lab


def legend(lab):
    return lab.page.get_by_role("list", name="Legend").get_by_role("listitem").all_text_contents()


def test_points_noise_held_out_and_classes(lab_at):
    lab = trained(lab_at("dataset=blobs&classes=5&points=300&noise=50&held_out=30"))
    assert [lab.data(name) for name in ("rows", "inputs", "outputs", "task")] == ["300", "2", "5", "classification"]
    assert legend(lab) == ["0", "1", "2", "3", "4", "hollow: held out"]
    assert lab.page.locator("#data-summary").inner_text() == "Blobs, 300 points"
    # 210 points to train on, 40 of them a step.
    assert lab.number("step") == 6
    lab.wait("/ of 210 wrong, held out \\d+ of 90$/.test(document.getElementById('wrong').textContent)")
    assert 0 <= lab.number("test-accuracy") <= 1


def test_nothing_held_out(lab_at):
    lab = trained(lab_at("held_out=0&points=20&batch_size=150"))
    assert (lab.data("rows"), lab.number("step")) == ("20", 1)
    assert lab.field("batch_size").input_value() == "20"
    assert [lab.data(name) for name in HELD_OUT] == [None, None]
    assert [lab.page.locator(f"#{name}").inner_text() for name in HELD_OUT] == ["–", "–"]
    assert legend(lab) == ["class 0: circles", "class 1: triangles"]
    lab.wait("document.querySelector('#probes .bar').ariaLabel.includes(' of the training points right')")
    told = lab.page.evaluate("[...document.querySelectorAll('[aria-label]')].map(one => one.ariaLabel)")
    told.append(lab.page.locator("#sentence").inner_text())
    for text in told:
        assert "NaN" not in text and "nan" not in text.split()
        assert "of the held-out points" not in text and "of those held out" not in text
    # Back to what the set has by itself.
    lab.page.evaluate("location.hash = ''")
    lab.wait(f"document.documentElement.dataset.rows === '{ROWS}'")
    trained(lab)
    assert lab.number("test-loss") > 0


def test_fewer_points_to_train_on_than_classes(lab_at):
    lab = trained(lab_at("dataset=pinwheel&classes=10&points=20&held_out=90&noise=1000"))
    assert [lab.data(name) for name in ("rows", "outputs")] == ["20", "10"]
    lab.wait("/ of 2 wrong, held out \\d+ of 18$/.test(document.getElementById('wrong').textContent)")


@pytest.mark.parametrize(("key", "inputs"), [("gaussians", "2"), ("curve", "1")])
def test_numbers_to_predict_have_a_loss_and_r2_and_no_accuracy(lab_at, key, inputs):
    lab = trained(lab_at(f"dataset={key}&noise=0&points=500"))
    assert (lab.data("task"), lab.data("inputs"), lab.data("outputs")) == (registry.REGRESSION, inputs, "1")
    assert lab.number("train-loss") > 0 and lab.number("test-loss") > 0
    assert lab.data("train-accuracy") is None and lab.data("test-accuracy") is None
    for part in ("train", "test"):
        assert lab.number(f"{part}-r2") < 1
        assert 0 < lab.number(f"{part}-mean-absolute-error") < 1
    assert lab.page.get_by_label("Accuracy over epochs", exact=False).count() == 0
    curves = lab.page.get_by_role("region", name="R² over epochs")
    r2 = f"{lab.number('train-r2'):.3f}".replace("-", "−")
    assert r2 in curves.inner_text()
    assert f"{lab.number('test-mean-absolute-error'):.3f}" in curves.inner_text()
    label = lab.page.get_by_role("img", name="R² over epochs: after epoch")
    lab.wait("document.getElementById('accuracy-chart').getAttribute('aria-label').includes('after epoch')")
    assert f"R² is {r2} for the training points" in label.get_attribute("aria-label")
    # A set with classes has its accuracy again.
    lab.page.evaluate("location.hash = 'dataset=circle'")
    lab.wait_for_state("ready")
    lab.wait("document.documentElement.dataset.task === 'classification'")
    lab.wait("document.documentElement.dataset.trainAccuracy")
    assert lab.data("train-r2") is None
    assert 0 <= lab.number("train-accuracy") <= 1
    assert lab.page.get_by_role("region", name="Accuracy over epochs").is_visible()
    assert lab.page.get_by_text("Mean absolute error", exact=True).is_hidden()


def test_an_option_that_is_not_allowed_is_told_and_the_rest_is_kept(open_page):
    lab = open_page("dataset=rings&classes=11&points=7&noise=1001&held_out=95")
    message = lab.alert()
    for words in ("Points must be a whole number from 20 to 20000", "Noise must", "Held out must", "from 2 to 10"):
        assert words in message
    assert [lab.data(name) for name in ("rows", "outputs")] == ["200", "3"]
    lab.step_one_epoch()


def test_data_sets_stand_in_groups_and_each_says_what_it_is(lab):
    field = lab.field("dataset")
    headings = field.locator("optgroup").evaluate_all("all => all.map(one => [one.label, one.children.length])")
    groups = [entry.traits["group"] for entry in registry.entries("dataset").values()]
    assert headings == [[group, groups.count(group)] for group in dict.fromkeys(groups)]
    lab.wait("document.getElementById('tip-dataset')")
    for key in ("moons", "ripples"):
        lab.choose("dataset", key)
        lab.wait_for_state("ready")
        lab.field("dataset").focus()
        about = registry.trait("dataset", key, "about")
        lab.wait(f"document.getElementById('tip-dataset').textContent.endsWith({about[1:]!r})")
        lab.fold()


def test_the_panel_shows_what_the_data_set_has_and_what_is_chosen(lab):
    shown = lambda: [lab.field(name).input_value() for name in ("points", "noise", "held_out", "classes")]  # noqa: E731
    assert shown() == ["200", "100 %", "10 %", "2"]
    assert lab.field("classes").is_disabled()
    lab.field("dataset").select_option(label="Rings")
    lab.wait_for_state("ready")
    assert shown() == ["200", "100 %", "10 %", "3"]
    lab.enter("classes", "4")
    lab.enter("held_out", "25 %")
    lab.enter("points", "80")
    lab.wait_for_state("ready")
    assert [lab.number(name) for name in ("rows", "outputs")] == [80, 4]
    assert "classes=4" in lab.page.url and "points=80" in lab.page.url and "held_out=25" in lab.page.url
    assert lab.page.locator("#data-summary").text_content() == "Rings, 80 points"
    # What is the set's own is no choice, and is not said in the address.
    lab.enter("points", "200")
    lab.enter("held_out", "10")
    lab.enter("classes", "")
    lab.wait_for_state("ready")
    assert shown() == ["200", "100 %", "10 %", "3"]
    assert lab.page.url.endswith("#dataset=rings&hidden_layers=16,8&optimizer=adam")
    assert lab.page.locator("#settings").text_content() == "Set for this data: 16, 8, Adam."
    for name, wrong, told in (
        ("points", "19", "Points must be a whole number from 20 to 20000; “19” is out of range."),
        ("held_out", "91", "Held out must be a whole number from 0 to 90; “91” is out of range."),
        ("noise", "-1", "Noise must be a whole number from 0 to 1000; “-1” is not."),
        ("classes", "11", "Classes must be a whole number from 2 to 10; “11” is out of range."),
    ):
        lab.enter(name, wrong)
        assert lab.alert() == told
        lab.enter(name, "")
        lab.no_alert()
    lab.field("dataset").select_option(label="Ripples")
    lab.wait_for_state("ready")
    assert shown() == ["200", "100 %", "10 %", ""]
