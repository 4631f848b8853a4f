"""The keys that work anywhere, the list of all keys, and Present, as a person uses them who has no other page."""

import string

import pytest

from tests.browser.answers import Stage
from tests.browser.test_accessibility import (
    LEAST_TARGET,
    LOST,
    PHONE,
    TARGETS,
    THEMES,
    assert_open_to_all,
    axe,  # noqa: F401
    side,
)
from tests.browser.test_layout import at_rest

HALL, LARGE = {"width": 1280, "height": 720}, {"width": 1920, "height": 1080}
STAGE = {"Decision boundary", "Representation", "Network"}
CHARTS = {"Loss over epochs", "Accuracy over epochs", "Time"}
# What is seen of the page after each digit.
SHOWN = {
    "1": STAGE,
    "2": {"Decision boundary"},
    "3": {"Representation"},
    "4": {"Network"},
    "5": CHARTS,
    "6": {"Decision boundary", "Representation"},
    "7": {"Decision boundary"} | CHARTS,
    "8": {"Representation"} | CHARTS,
}
REST = {"Training"}
NAMED = ["Enter", "Escape", "Home", "End", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown"]
ALL = [*string.digits, *string.ascii_letters, *string.punctuation, " ", "Tab", "Delete", "Backspace", "F1", *NAMED]
CAPS = {
    "Space": " ",
    "−": "-",
    "Esc": "Escape",
    "Del": "Delete",
    "←": "ArrowLeft",
    "→": "ArrowRight",
    "↑": "ArrowUp",
    "↓": "ArrowDown",
    "Page ↑": "PageUp",
    "Page ↓": "PageDown",
}
# Other names of keys that are listed: those on the same cap without Shift, and those that move every slider.
SAME_CAP, SLIDER = {"=", "_"}, {"PageUp", "PageDown"}
# Which of the keys an element uses; `before` is pressed first, Escape after, so that there is something to be done.
USED = """([selector, all, before]) => {
    const target = document.querySelector(selector);
    const stop = (event) => event.stopPropagation();
    target.closest("main section").addEventListener("keydown", stop);
    const press = (key) => {
        return !target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    };
    const used = all.filter((key) => {
        if (before) press(before);
        const done = press(key);
        if (before) for (let time = 0; time < 3; time++) press("Escape");
        return done;
    });
    target.closest("main section").removeEventListener("keydown", stop);
    return used;
}"""
# The size of every text that is seen, in CSS pixels, with the text.
SIZES = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const seen = [];
    while (walker.nextNode()) {
        const { data, parentElement: parent } = walker.currentNode;
        if (!data.trim() || !parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        if (parent.closest("dialog, script, #status, #message, #offer, .loading, option")) continue;
        seen.push([parseFloat(getComputedStyle(parent).fontSize), data.trim()]);
    }
    for (const button of document.querySelectorAll(".strip-buttons .layer")) {
        if (button.checkVisibility({ visibilityProperty: true })) {
            seen.push([parseFloat(getComputedStyle(button, "::before").fontSize), button.dataset.plain]);
        }
    }
    for (const canvas of document.querySelectorAll(".plot > canvas")) {
        if (!canvas.checkVisibility({ visibilityProperty: true })) continue;
        seen.push([parseFloat(canvas.getContext("2d").font.match(/[\\d.]+px/)[0]), "ticks of " + canvas.id]);
    }
    return seen;
}"""

# Of every layer, whether its miniature covers its place.
MINIATURES = """() => {
    const canvas = document.getElementById("strip");
    const { width, height } = canvas, copy = new OffscreenCanvas(width, height);
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const sheet = document.getElementById("network-sheet").style;
    const [column, top, side] = ["--column", "--miniatures", "--miniature"].map(
        (name) => parseFloat(sheet.getPropertyValue(name)));
    return [...document.querySelectorAll(".strip-buttons .layer")].map((layer, index) => {
        const left = (index + 0.5) * column - side / 2;
        const { data } = context.getImageData(left + 4, top + 4, side - 8, side - 8);
        return data.every((value, at) => at % 4 !== 3 || value === 255);
    });
}"""


@pytest.fixture
def lab(lab_at):
    return lab_at()


@pytest.fixture
def present(lab_at):
    """`present(fragment, **context)` gives a page on which Present has begun; it is left when the test is over."""
    begun = []

    def begin(*fragment, **context):
        lab = lab_at(*fragment, **{"viewport": HALL, **context})
        begun.append(lab)
        lab.page.keyboard.press("P")
        lab.wait("document.documentElement.dataset.present === 'stage'")
        return lab

    yield begin
    for lab in begun:
        if lab.data("present"):
            lab.page.keyboard.press("Escape")


def regions(lab):
    """The names of the parts of the page that are seen."""
    found = lab.page.get_by_role("region").all()
    return {region.evaluate("e => e.ariaLabel || e.querySelector('h2').textContent") for region in found} - REST


def focused(lab):
    return lab.page.evaluate("document.activeElement.id")


def layer(lab):
    return lab.page.get_by_label("Layer rail").get_attribute("aria-valuetext")


# Keys that work anywhere.


def test_space_plays_and_pauses(lab):
    lab.page.keyboard.press("Space")
    lab.wait_for_state("training")
    lab.wait_for_epoch(1)
    lab.page.keyboard.press("Space")
    lab.wait_for_state("paused")


def test_space_on_a_slider_plays_as_a_slider_has_no_use_for_it(lab):
    lab.field("speed").focus()
    lab.page.keyboard.press("Space")
    lab.wait_for_state("training")


def test_space_types_where_one_types_and_presses_what_can_be_pressed(lab):
    box = lab.field("hidden_layers")
    box.fill("4,")
    lab.page.keyboard.press("Space")
    lab.page.keyboard.type("3?pj")
    assert box.input_value() == "4, 3?pj"
    box.fill("8")
    lab.page.keyboard.press("Enter")
    lab.fold()
    lab.button("Step").focus()
    lab.page.keyboard.press("Space")
    lab.wait("+document.documentElement.dataset.epoch === 1 && document.documentElement.dataset.state === 'paused'")
    summary = lab.page.locator("#controls summary").first
    summary.focus()
    lab.page.keyboard.press("Space")
    assert lab.page.locator("#controls details").first.get_attribute("open") is not None
    lab.fold()
    # A tick is set, a list goes to what begins with the letter, if there is any.
    tick = lab.field("contour")
    before = tick.is_checked()
    tick.press("Space")
    assert tick.is_checked() is not before
    lab.field("activation").press("p")
    lab.fold()
    assert lab.data("present") is None
    assert lab.data("state") == "paused"
    assert lab.number("epoch") <= 1


def test_space_chooses_the_point_that_is_pointed_at_in_a_view(lab):
    stage = Stage(lab)
    stage.rest()
    stage.left.press("n", " ")
    stage.rest()
    assert stage.chosen() == [0]
    assert lab.data("state") == "ready"
    # With nothing to choose it plays, there as anywhere.
    stage.left.press("Escape", " ")
    lab.wait_for_state("training")


def test_a_key_that_is_held_down_or_belongs_to_the_browser_does_nothing(lab):
    lab.page.keyboard.press("Control+p")
    lab.page.keyboard.press("Alt+j")
    lab.page.keyboard.down("Space")
    lab.page.keyboard.down("Space")
    lab.page.keyboard.down("Space")
    lab.wait_for_state("training")
    lab.page.keyboard.up("Space")
    assert lab.data("present") is None
    assert layer(lab) == "layer fc2"


def test_the_journey_has_a_key(lab):
    lab.page.keyboard.press("j")
    lab.wait("document.getElementById('journey').ariaLabel === 'Stop the journey'")
    lab.page.keyboard.press("j")
    lab.wait("document.getElementById('journey').ariaLabel !== 'Stop the journey'")


def test_buttons_say_their_keys_to_people_who_hear_the_page(lab):
    lab.wait("document.getElementById('play').ariaKeyShortcuts")
    said = {name: lab.button(name).get_attribute("aria-keyshortcuts") for name in ("Play", "Present")}
    assert said == {"Play": "Space", "Present": "P"}


# The list of keys.


def open_list(lab):
    lab.page.keyboard.press("?")
    keys = lab.page.get_by_role("dialog", name="Keys", exact=True)
    keys.wait_for()
    return keys


@pytest.mark.parametrize("way", ["Escape", "Close", "?", "beside"])
def test_the_list_of_keys_is_closed_and_the_focus_goes_back(lab, way):
    lab.button("Reset").focus()
    keys = open_list(lab)
    assert keys.get_by_role("button", name="Close").evaluate("close => close === document.activeElement")
    # What lies below does not answer.
    for key in ("j", "p", "1", "ArrowLeft"):
        lab.page.keyboard.press(key)
    if way == "Close":
        lab.page.keyboard.press("Space")
    elif way == "beside":
        lab.page.mouse.click(5, 5)
    else:
        lab.page.keyboard.press(way)
    keys.wait_for(state="hidden")
    assert focused(lab) == "reset"
    assert lab.data("present") is None
    assert lab.data("state") == "ready"
    assert layer(lab) == "layer fc2"


def test_the_list_is_reached_without_a_key(lab):
    lab.page.get_by_text("About", exact=True).click()
    lab.button("All keys").click()
    lab.page.get_by_role("dialog", name="Keys", exact=True).wait_for()
    lab.page.keyboard.press("Escape")
    assert focused(lab) == "keys"
    lab.page.keyboard.press("Escape")


def listed(lab):
    """The keys of each part of the list, by its heading."""
    keys = open_list(lab)
    parts = {}
    for section in keys.locator("section").all():
        caps = section.locator("kbd").all_text_contents()
        parts[section.get_by_role("heading").text_content()] = {CAPS.get(cap, cap) for cap in caps}
    lab.page.keyboard.press("Escape")
    return parts


def test_the_list_has_the_keys_that_every_part_of_the_page_uses_and_no_others(lab_at):
    lab = lab_at("layer=tanh1&projection=tour")
    lab.wait("document.getElementById('representation-shape').textContent.includes('grand tour')")
    parts = listed(lab)

    def used(selector, before=None):
        return set(lab.page.evaluate(USED, [selector, ALL, before]))

    views = parts["In the plane and the space"]
    assert used("#boundary", "n") == views | parts["In the plane"]
    assert used("#representation", "n") - SAME_CAP == views | parts["In the space"]
    assert used("#rail") - SLIDER == parts["On the layer rail"]
    assert used("#strip-buttons button[tabindex='0']") - {" "} >= parts["On the neurons"]
    assert used("#loss-chart", "Home") == used("#accuracy-chart", "Home") == parts["On the charts"]
    assert set(SHOWN) <= parts["In Present"]
    lab.button("Draw").click()
    lab.button("Spray").wait_for()
    assert used("#boundary", "n") == views | parts["In the plane"] | parts["In the plane while you draw"]


# Present.


def test_digits_choose_what_is_presented_and_escape_leaves(present):
    lab = present()
    assert regions(lab) == STAGE
    for digit, seen in SHOWN.items():
        lab.page.keyboard.press(digit)
        assert regions(lab) == seen
        assert lab.page.locator("#sentence").is_visible() == (digit in "123"), "beside a picture"
    lab.page.keyboard.press("9")
    assert regions(lab) == SHOWN["8"]
    lab.page.keyboard.press("Escape")
    assert lab.data("present") is None
    assert regions(lab) >= STAGE | CHARTS


def test_arrows_travel_the_rail_and_space_plays(present):
    lab = present()
    seen = []
    for key in ("ArrowLeft", "PageUp", "ArrowRight", "PageDown", "ArrowDown"):
        lab.page.keyboard.press(key)
        before = layer(lab) if not seen else seen[-1]
        lab.wait("+document.getElementById('rail').value % 1 === 0 && document.getElementById('rail').ariaValueText")
        seen.append(before)
    lab.wait("document.getElementById('rail').value === '2'")
    lab.page.keyboard.press("Shift+ArrowRight")
    lab.wait("document.getElementById('rail').value === '2.1'")
    lab.page.keyboard.press("Space")
    lab.wait_for_state("training")
    lab.page.keyboard.press("Space")
    lab.wait_for_state("paused")


def test_a_view_that_is_clicked_leaves_the_arrows_to_the_rail(present):
    lab = present()
    lab.picture("Decision boundary").click()
    lab.page.keyboard.press("ArrowLeft")
    lab.wait("document.getElementById('rail').value === '2'")


def test_in_a_view_that_has_the_focus_escape_clears_and_then_leaves(present):
    lab = present()
    stage = Stage(lab)
    stage.rest()
    stage.left.press("n", "Enter")
    stage.left.press("Escape")
    stage.rest()
    assert stage.chosen() == []
    assert lab.data("present") == "stage"
    lab.page.keyboard.press("Escape")
    assert lab.data("present") is None


def test_the_button_begins_and_leaves_and_space_plays_in_between(present, lab_at):
    lab = lab_at(viewport=HALL)
    lab.button("Present").click()
    lab.wait("document.documentElement.dataset.present")
    lab.page.keyboard.press("Space")
    lab.wait_for_state("training")
    lab.page.keyboard.press("Space")
    lab.wait_for_state("paused")
    lab.button("Leave").click()
    assert lab.data("present") is None
    assert focused(lab) == "present"


def test_present_is_said_to_people_who_hear_the_page(present):
    lab = present()
    lab.wait("document.getElementById('status').textContent.startsWith('Presented: plane, space and network.')")
    lab.page.keyboard.press("3")
    lab.wait("document.getElementById('status').textContent.startsWith('Presented: the space.')")


@pytest.mark.parametrize("size", [HALL, LARGE], ids=["720", "1080"])
@pytest.mark.parametrize("digit", SHOWN)
def test_what_is_presented_is_large_and_nothing_is_cut(present, size, digit):
    lab = present("hidden_layers=8,8", viewport=size)
    lab.play_to(2)
    lab.page.keyboard.press(digit)
    at_rest(lab)
    Stage(lab).rest()
    least = 20 * size["height"] / 720
    assert [text for text in lab.page.evaluate(SIZES) if text[0] < least] == []
    assert lab.page.evaluate(LOST.replace("checkVisibility()", "checkVisibility({visibilityProperty: true})")) == []
    assert lab.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        size["width"],
        size["height"],
    ]


def test_pictures_take_most_of_the_window(present):
    lab = present()
    sides = {}
    for digit in "126":
        lab.page.keyboard.press(digit)
        at_rest(lab)
        sides[digit] = Stage(lab).left.size()[1]
    assert sides["1"] >= 380
    assert sides["2"] >= 660
    assert sides["6"] >= 480


def test_marks_grow_with_the_text(present):
    """A mark that lies alone has its colour, where on the ordinary page it has none any more."""
    lab = present()
    stage = Stage(lab)
    stage.rest()
    sizes = lab.page.evaluate(SIZES)
    ticks = [size for size, text in sizes if text.startswith("ticks")]
    assert min(ticks) >= 20
    lab.page.keyboard.press("2")
    at_rest(lab)
    stage.rest()
    widths = lab.page.evaluate(
        """() => {
            const canvas = document.getElementById("boundary");
            const { width, height } = canvas, copy = new OffscreenCanvas(width, height);
            const context = copy.getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas, 0, 0);
            const { data } = context.getImageData(0, 0, width, height);
            const blue = getComputedStyle(document.documentElement).getPropertyValue("--class-0");
            const wanted = [1, 3, 5].map((at) => parseInt(blue.slice(at, at + 2), 16));
            let longest = 0, run = 0;
            for (let at = 0; at < data.length; at += 4) {
                run = wanted.every((part, index) => data[at + index] === part) ? run + 1 : 0;
                longest = Math.max(longest, run);
            }
            return longest;
        }"""
    )
    # 4.2 pixels of radius with text of 13 pixels.
    assert widths >= 2 * 4.2 * 20 / 13 - 2


def test_afterwards_the_page_is_as_before(lab_at):
    lab = lab_at(viewport=HALL)
    before = at_rest(lab)
    for digit in SHOWN:
        lab.page.keyboard.press("P")
        lab.page.keyboard.press(digit)
        at_rest(lab)
        lab.page.keyboard.press("Escape")
    assert at_rest(lab) == before


def test_miniatures_of_all_layers_come_back_in_the_new_size(present):
    lab = present()
    lab.page.keyboard.press("4")
    at_rest(lab)
    Stage(lab).rest()
    lab.wait(f"({MINIATURES})().join() === 'true,true,true,true,true'")


@pytest.mark.parametrize("scheme", THEMES)
def test_axe_finds_nothing_in_the_list_nor_in_what_is_presented(present, axe, scheme):  # noqa: F811
    lab = present(color_scheme=scheme)
    for digit in SHOWN:
        lab.page.keyboard.press(digit)
        assert_open_to_all(lab.page, axe)
        seen = [target for target in lab.page.evaluate(TARGETS_SEEN) if not target["inStrip"]]
        assert [target for target in seen if side(target) < LEAST_TARGET] == []
    keys = open_list(lab)
    assert_open_to_all(lab.page, axe)
    lab.page.keyboard.press("Escape")
    keys.wait_for(state="hidden")
    assert lab.data("present") == "space-curves"


TARGETS_SEEN = TARGETS.replace("checkVisibility()", "checkVisibility({visibilityProperty: true})")


def test_a_finger_begins_and_leaves(lab_at, axe):  # noqa: F811
    lab = lab_at(**PHONE)
    lab.button("Present").tap()
    leave = lab.button("Leave")
    leave.wait_for()
    at_rest(lab)
    assert lab.page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
    box = leave.bounding_box()
    assert min(box["width"], box["height"]) >= 33
    assert box["y"] + box["height"] <= PHONE["viewport"]["height"]
    assert_open_to_all(lab.page, axe)
    leave.tap()
    assert lab.data("present") is None


def test_full_screen_is_tried_and_ends_with_present(present):
    lab = present()
    lab.page.keyboard.press("f")
    lab.wait("document.fullscreenElement === document.documentElement")
    lab.page.keyboard.press("p")
    lab.wait("document.fullscreenElement === null")
    assert lab.data("present") is None
