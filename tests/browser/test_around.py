"""Show me around: six beats on the real page, by keyboard and by finger, to be left and gone on with at any time."""

import json

import pytest

from page import beats
from spec import fields
from tests.browser.conftest import SIZE, SUB_PATH, visit
from tests.browser.test_accessibility import PHONE, THEMES, assert_open_to_all, axe  # noqa: F401

OWN = "dataset=xor&hidden_layers=4,3&seed=5"
NAMES = [f"{number + 1} of 6: {beat.title}" for number, beat in enumerate(beats.BEATS)]
# How far the card lies on the pictures of the views, in CSS pixels, down.
OVER = """() => {
    const card = document.getElementById("guide").getBoundingClientRect();
    return [...document.querySelectorAll(".plot canvas")].map((canvas) => {
        const { top, bottom, left, right } = canvas.getBoundingClientRect();
        if (right <= card.left || left >= card.right) return 0;
        return Math.max(0, Math.min(bottom, card.bottom) - Math.max(top, card.top));
    });
}"""

# What of the accuracy's heading and numbers, each an element, does not lie within their line.
CUT = """() => {
    const line = document.querySelector("#accuracy-curves .figures"), box = line.getBoundingClientRect();
    return [line.querySelector("h2"), document.getElementById("accuracy-numbers")]
        .map((element) => [element.textContent, element.getBoundingClientRect()])
        .filter(([, { left, right, top, bottom }]) =>
            left < box.left - 1 || right > box.right + 1 || top < box.top - 3 || bottom > box.bottom + 3)
        .map(([text]) => text);
}"""

# Moves the slider of the speed and leaves the focus where it is.
FASTER = """(index) => {
    const slider = document.getElementById("speed");
    slider.value = index;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""


@pytest.fixture
def around(lab_at):
    """`around(fragment, **context)`: a page on which somebody is shown around who was never there before."""
    begun = []

    def begin(*fragment, **context):
        lab = lab_at(*fragment, **context)
        begun.append(lab)
        lab.page.evaluate("localStorage.removeItem('around')")
        lab.button("Show me around").click()
        is_at(lab, 0)
        return lab

    yield begin
    for lab in begun:
        if lab.data("beat"):
            lab.page.locator("#guide").press("Escape")
        lab.page.evaluate("localStorage.removeItem('around')")


def is_at(lab, index):
    """Waits for a beat, and for its training to end."""
    beat = beats.BEATS[index]
    lab.wait(f"document.getElementById('guide-title').textContent === {json.dumps(NAMES[index])}")
    assert lab.page.locator("#guide-words").text_content() == beat.words
    if beat.epochs:
        # The speed is a person's all the time; at that of the beats the tests would take minutes.
        lab.page.evaluate(FASTER, fields.SPEEDS.index(1000))
    epoch = beat.epochs
    lab.wait(
        f"['ready', 'paused'].includes(document.documentElement.dataset.state) && "
        f"+document.documentElement.dataset.epoch >= {epoch}"
    )


def experiment(lab):
    return fields.from_query(lab.page.evaluate("location.hash"))[0]


def focused(lab):
    return lab.page.evaluate("document.activeElement.id")


def test_six_beats_by_keyboard_set_the_page_up_and_give_the_experiment_back(around):
    lab = around(OWN)
    card = lab.page.get_by_role("dialog", name=NAMES[0], exact=True)
    assert card.is_visible()
    accuracies = []
    for index, beat in enumerate(beats.BEATS):
        is_at(lab, index)
        assert beats.is_of(beat, experiment(lab))
        # Who hears the page is told.
        assert focused(lab) == "guide"
        accuracies.append(lab.number("train-accuracy"))
        if beat.travels:
            lab.wait("document.getElementById('rail').ariaValueText === 'layer fc2'")
        assert lab.page.locator(f"{beat.about}.shown").count() == 1
        lab.page.keyboard.press("ArrowRight")
    assert 0.6 <= accuracies[1] <= 0.72 and accuracies[5] <= 0.75
    assert min(accuracies[2:5]) >= 0.98
    # One key more does not end it.
    assert lab.data("beat") == "6"
    lab.page.keyboard.press("ArrowLeft")
    is_at(lab, 4)
    lab.page.keyboard.press("ArrowRight")
    is_at(lab, 5)
    lab.button("Done").press("Enter")
    lab.wait("!document.documentElement.dataset.beat")
    lab.wait_for_state("ready")
    assert fields.to_query(experiment(lab)) == fields.to_query(fields.from_query(OWN)[0])
    assert focused(lab) == "around"
    assert lab.number("epoch") == 0
    assert lab.page.locator(".shown").count() == 0


def test_a_link_ends_it_and_leads_on(around):
    lab = around(OWN)
    is_at(lab, 0)
    lab.page.evaluate("location.hash = 'dataset=xor&seed=9'")
    lab.wait("!document.documentElement.dataset.beat")
    lab.wait_for_state("ready")
    assert lab.page.locator("#guide").is_hidden()
    assert (experiment(lab)["dataset"], experiment(lab)["seed"]) == ("xor", 9)


def test_the_views_keep_their_sizes_and_nothing_scrolls(around, lab_at):
    boxes = (
        "[...document.querySelectorAll('.plot canvas, #strip')].map((canvas) => canvas.getBoundingClientRect().width)"
    )
    before = lab_at().page.evaluate(boxes)
    lab = around()
    for index in range(len(beats.BEATS)):
        is_at(lab, index)
        assert lab.page.evaluate(boxes) == before
        assert lab.page.evaluate(OVER) == [0, 0]
        assert lab.page.evaluate(CUT) == []
        size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        assert lab.page.evaluate(size) == [SIZE["width"], SIZE["height"]]
        lab.page.keyboard.press("ArrowRight")


def test_escape_leaves_and_the_beat_is_the_same_another_time(around):
    lab = around(OWN)
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("ArrowRight")
    is_at(lab, 2)
    lab.page.keyboard.press("Escape")
    lab.wait("!document.documentElement.dataset.beat")
    assert experiment(lab) == fields.from_query(OWN)[0]
    lab.page.reload()
    lab.wait_for_state("ready")
    lab.wait("document.getElementById('tip')")
    lab.button("Show me around").click()
    is_at(lab, 2)
    lab.button("Back").click()
    is_at(lab, 1)


def test_a_page_that_is_loaded_again_in_between_still_knows_the_own_experiment(around):
    lab = around(OWN)
    lab.page.keyboard.press("ArrowRight")
    is_at(lab, 1)
    lab.page.reload()
    lab.wait_for_state("ready")
    lab.wait("document.getElementById('tip')")
    lab.button("Show me around").click()
    is_at(lab, 1)
    lab.button("Leave").click()
    lab.wait("!document.documentElement.dataset.beat")
    assert experiment(lab) == fields.from_query(OWN)[0]


def test_what_is_seen_can_be_kept(around):
    lab = around(OWN)
    for index in range(1, 6):
        lab.button("Next").click()
        lab.wait(f"document.documentElement.dataset.beat === '{index + 1}'")
    is_at(lab, 5)
    lab.choose("activation", "tanh")
    lab.button("Keep this").click()
    lab.wait("!document.documentElement.dataset.beat")
    assert experiment(lab)["activation"] == "tanh" and experiment(lab)["dataset"] == "circle"
    assert lab.page.evaluate("localStorage.getItem('around')") == "0"


def test_a_person_who_pauses_or_goes_another_way_is_not_fought(around):
    lab = around()
    lab.page.keyboard.press("ArrowRight")
    lab.wait_for_state("training")
    lab.button("Pause").click()
    lab.wait_for_state("paused")
    epoch = lab.number("epoch")
    assert epoch < beats.EPOCHS
    lab.enter("hidden_layers", "5")
    lab.wait_for_state("ready")
    lab.press("Play")
    lab.set_speed(0)
    # Past the epoch at which the beat would have ended.
    lab.wait_for_epoch(beats.EPOCHS + 100)
    assert lab.button("Pause").is_visible()
    lab.press("Pause")


def test_a_finger_and_a_phone(around, axe):  # noqa: F811
    lab = around(**PHONE)
    for index in range(len(beats.BEATS)):
        is_at(lab, index)
        box = lab.page.locator("#guide").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert box["y"] >= 0 and box["y"] + box["height"] <= 844
        assert lab.page.evaluate(OVER) == [0, 0]
        about = lab.page.locator(beats.BEATS[index].about).bounding_box()
        assert about["y"] + min(about["height"], 200) <= box["y"], "what it is about is in sight"
        assert lab.page.evaluate("document.documentElement.scrollWidth") == 390
        if index in (0, 5):
            assert_open_to_all(lab.page, axe)
        lab.button("Next" if index < 5 else "Done").tap()
    lab.wait("!document.documentElement.dataset.beat")


@pytest.mark.parametrize("scheme", THEMES)
def test_axe_with_a_beat(around, axe, scheme):  # noqa: F811
    lab = around(color_scheme=scheme)
    assert_open_to_all(lab.page, axe)


def test_without_motion_nothing_glides(around):
    lab = around(reduced_motion="reduce")
    for _ in range(3):
        lab.page.keyboard.press("ArrowRight")
    is_at(lab, 3)
    lab.page.evaluate("""() => {
        window.places = [];
        const rail = document.getElementById("rail");
        new MutationObserver(() => window.places.push(+rail.value)).observe(rail, { attributes: true });
    }""")
    lab.page.keyboard.press("ArrowRight")
    lab.wait("document.getElementById('rail').ariaValueText === 'layer fc2'")
    places = lab.page.evaluate("window.places")
    assert places and all(place == int(place) for place in places)


def test_it_is_offered_at_a_first_visit_and_fetched_when_it_is_wanted(chromium, origin):
    lab = visit(chromium, origin)
    page = lab.page
    fetched = []
    page.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
    offered = "document.getElementById('around').className.includes('offered')"
    lab.wait(offered)
    assert focused(lab) == "", "it takes no focus, and opens nothing"
    assert not page.locator("#guide").is_visible()
    with page.expect_request("**/around.py"):
        lab.button("Show me around").click()
    is_at(lab, 0)
    assert "beats.py" in fetched
    assert not page.evaluate(offered)
    page.goto(f"{origin}/{SUB_PATH}/#")
    page.reload()
    lab.wait_for_state("ready")
    lab.wait("document.getElementById('tip')")
    assert not page.evaluate(offered)
    assert lab.complaints == []
    page.context.close()
