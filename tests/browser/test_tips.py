"""Everything on the page answers what it is, in one sentence beside it, on hover, on focus and by a finger."""

import re

import pytest

from page import help
from spec import registry
from tests.browser.test_accessibility import FOLDED, PHONE, THEMES, assert_open_to_all, axe, summary_of  # noqa: F401
from tests.browser.touch import Finger

SIZES = [(320, 640), (390, 844), (1280, 800), (2560, 1440)]
# So many layers that their widths do not fit into the box.
CUT = "hidden_layers=" + ",".join(["8"] * 40)
# Every control and every text that is seen, but for sentences, and words of the page's own. A control counts as one,
# with all that is in it. Each gets its turn by the events that a pointer over it causes, a tap or a hold; timers go
# off at once. Told are those that have no answer, or one that is not all inside the window or lies on what it is about.
WALK = """async ([selector, way]) => {
    const real = window.setTimeout, tip = document.getElementById("tip"), wrong = [];
    const CONTROLS = "a, button, summary, input, select";
    const NO_NAMES = "#tip, #message, #status, #offer, #loading, #settings, #own-said, .about .panel p, script, "
        + "dialog, option, legend";
    const frame = () => new Promise(requestAnimationFrame);
    const until = async (condition) => {
        for (let time = 0; time < 30 && !condition(); time++) await frame();
        return condition();
    };
    const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
    const things = new Set();
    for (const element of document.querySelectorAll(selector + " *")) {
        if (element.closest(NO_NAMES) || !element.checkVisibility({ visibilityProperty: true })) continue;
        const control = element.closest(CONTROLS);
        if (control || [...element.childNodes].some(isText)) things.add(control || element);
    }
    const say = (target, type, pointerType, x, y) => {
        const kind = type === "click" ? MouseEvent : PointerEvent;
        target.dispatchEvent(new kind(type, { bubbles: true, cancelable: true, pointerType, clientX: x, clientY: y }));
    };
    window.setTimeout = (deed, time) => real(deed, Math.min(time, 1));
    const told = {};
    for (const thing of things) {
        // Of the rail the playhead, for its slider lies below the numbers, and is wider than a phone.
        const scrolled = thing.id === "rail" ? document.querySelector(".layer[aria-current]") : thing;
        let place = scrolled;
        if (!thing.matches(CONTROLS)) {
            place = document.createRange();
            place.selectNode([...thing.childNodes].find(isText));
        }
        scrolled.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
        await frame();
        await frame();
        const box = (place === scrolled ? thing : place).getBoundingClientRect();
        const name = thing.id || thing.ariaLabel || thing.className || thing.textContent.trim();
        const { left, width } = place.getBoundingClientRect();
        const x = left + width / 2, y = box.top + box.height / 2;
        const target = thing.disabled ? thing.parentElement : document.elementFromPoint(x, y);
        if (!target || !(thing.contains(target) || target.contains(thing) || target.closest("label"))) {
            wrong.push([name, "lies under", target && (target.id || target.className)]);
            continue;
        }
        if (way === "hover") say(target, "pointerover", "mouse", x, y);
        else {
            say(target, "pointerdown", "touch", x, y);
            // What a tap would press is held; a box that cannot be ticked by its label.
            if (target.closest(CONTROLS + ", .switches label, .boxes label")) await until(() => !tip.hidden);
            say(target, "pointerup", "touch", x, y);
            if (tip.hidden) say(target, "click", "touch", x, y);
        }
        if (!(await until(() => !tip.hidden))) wrong.push([name, "says nothing"]);
        else {
            const { left, top, right, bottom } = tip.getBoundingClientRect();
            if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) {
                wrong.push([name, "is told of outside of the window", left, top, right, bottom]);
            }
            const apart = right <= box.left || left >= box.right || bottom <= box.top || top >= box.bottom;
            if (!apart) wrong.push([name, "is told of on itself"]);
            if (tip.scrollWidth > tip.clientWidth || tip.scrollHeight > tip.clientHeight) wrong.push([name, "is cut"]);
            told[name] = tip.textContent;
        }
        if (way === "hover") say(document.body, "pointerover", "mouse", 0, 0);
        else say(tip, "pointerdown", "touch", 0, 0);
        if (!(await until(() => tip.hidden))) wrong.push([name, "does not go"]);
    }
    window.setTimeout = real;
    return [wrong, told];
}"""
# What can have the focus without a panel being opened.
STOPS = """() => [...document.querySelectorAll("a, button, summary, input, select, canvas, [tabindex='0']")].filter(
    (element) => element.checkVisibility() && element.tabIndex >= 0 && !element.disabled)"""
TEXT = "document.getElementById('tip').hidden ? '' : document.getElementById('tip').textContent"


@pytest.fixture
def at(lab_at):
    """`at(fragment, **context)`: a page whose sentences have been fetched."""

    def take(*fragment, **context):
        lab = lab_at(*fragment, **context)
        lab.wait("document.getElementById('tip')")
        return lab

    return take


def sentences(task=registry.CLASSIFICATION):
    return {help.sentence(key, task, "circle") for key in help.SENTENCES}


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("way", ["hover", "touch"])
def test_everything_answers_beside_itself(at, width, height, way):
    lab = at("hidden_layers=3,2&normalization=batch_norm&layer=tanh1", viewport={"width": width, "height": height})
    lab.play_to(2)
    lab.page.get_by_label("Timeline", exact=True).press("ArrowLeft")
    lab.page.keyboard.press("Escape")
    wrong, told = lab.page.evaluate(WALK, ["body", way])
    assert wrong == []
    assert len(told) > 40
    assert set(told.values()) <= sentences()
    for panel in FOLDED:
        summary_of(lab, panel).click()
        wrong, told = lab.page.evaluate(WALK, ["details[open] .sheet", way])
        assert wrong == [], panel
        assert len(told) >= 3
        lab.page.keyboard.press("Escape")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_what_has_the_focus_answers(at, width, height):
    lab = at(viewport={"width": width, "height": height})
    lab.page.keyboard.press("Tab")
    stops = lab.page.evaluate_handle(STOPS)
    told = lab.page.evaluate(
        """async (stops) => {
            const tip = document.getElementById("tip"), told = [];
            for (const stop of stops) {
                stop.focus();
                for (let time = 0; time < 3; time++) await new Promise(requestAnimationFrame);
                stop.blur();
                stop.focus({ preventScroll: true });
                const { left, top, right, bottom } = tip.getBoundingClientRect();
                const inside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
                const name = stop.id || stop.ariaLabel || stop.textContent.trim();
                told.push([name, tip.hidden || !inside, tip.textContent]);
            }
            return told;
        }""",
        stops,
    )
    assert [name for name, silent, _ in told if silent] == []
    assert {words for _, _, words in told} <= sentences()
    assert len(told) > 30


def test_descriptions_are_there_for_whoever_hears_the_page(at):
    lab = at()
    described = lab.page.evaluate("""() => [...document.querySelectorAll("a, button, summary, input, select")]
        .filter((control) => !control.closest("#strip-buttons, dialog, #message, #tip"))
        .map((control) => [control.id || control.textContent.trim(), control.getAttribute("aria-describedby")])
        .map(([name, id]) => [name, id && document.getElementById(id).textContent])""")
    assert [name for name, words in described if words not in sentences()] == []
    assert len(described) > 40


def test_nothing_is_said_twice(at):
    """No browser's own tooltip lies over it, and no description repeats the name."""
    lab = at(CUT)
    for name in ("hidden_layers", "batch_size"):
        lab.field(name).hover()
    assert lab.page.evaluate("[...document.querySelectorAll('[title]')].map((element) => element.id)") == []


def test_an_entry_that_its_box_cuts_is_said_whole(at):
    lab = at(CUT)
    box = lab.field("hidden_layers")
    whole = box.input_value()
    assert hover(lab, box) == f"{whole}: " + help.sentence("hidden_layers", registry.CLASSIFICATION)
    lab.page.mouse.move(5, 5)
    lab.page.keyboard.press("Escape")
    lab.enter("hidden_layers", "8")
    assert hover(lab, lab.field("hidden_layers")) == help.sentence("hidden_layers", registry.CLASSIFICATION)
    lab.page.mouse.move(5, 5)
    lab.page.keyboard.press("Escape")


def hover(lab, place):
    place.hover()
    lab.wait("!document.getElementById('tip').hidden")
    return lab.page.evaluate(TEXT)


def test_it_can_be_pointed_at_put_away_and_goes_with_the_pointer(at):
    """WCAG 2.2, 1.4.13: hoverable, dismissible, persistent."""
    lab = at()
    title = lab.page.locator("#boundary-title")
    said = hover(lab, title)
    assert said == help.sentence("plane", registry.CLASSIFICATION)
    tip = lab.page.get_by_role("tooltip")
    tip.hover()
    # Longer than it would take to go.
    lab.page.evaluate("new Promise((done) => setTimeout(done, 600))")
    assert tip.is_visible()
    lab.page.keyboard.press("Escape")
    assert not tip.is_visible()
    lab.page.mouse.move(5, 5)
    hover(lab, title)
    lab.page.locator("#boundary").hover(position={"x": 300, "y": 300})
    lab.wait("document.getElementById('tip').hidden")


def test_a_press_is_answered_by_what_it_does_and_by_no_sentence(at):
    lab = at()
    lab.button("Step").hover()
    lab.step_one_epoch()
    lab.page.evaluate("new Promise((done) => setTimeout(done, 900))")
    assert lab.page.evaluate(TEXT) == ""


def test_a_finger_that_is_held_asks_and_presses_nothing(at):
    lab = at(**PHONE)
    finger, step = Finger(lab.page), lab.button("Step")
    box = step.bounding_box()
    finger.press(box["x"] + 20, box["y"] + 10)
    lab.wait("!document.getElementById('tip').hidden")
    finger.lift()
    assert lab.page.evaluate(TEXT) == help.sentence("step", registry.CLASSIFICATION)
    step.tap()
    lab.wait("document.documentElement.dataset.epoch === '1' && document.getElementById('tip').hidden")
    lab.page.locator("#network-title").tap()
    lab.wait("!document.getElementById('tip').hidden")
    assert lab.page.evaluate(TEXT) == help.sentence("strip", registry.CLASSIFICATION)
    assert lab.number("epoch") == 1


def test_layers_are_told_by_what_they_do(at):
    lab = at("normalization=layer_norm")
    words = {}
    for layer in ("input", "fc1", "LN1", "tanh1", "fc2", "softmax"):
        lab.page.mouse.move(5, 5)
        lab.wait("document.getElementById('tip').hidden")
        words[layer] = hover(lab, lab.button(f"Go to layer {layer}"))
    kinds = ("points", "weights", "rescale", "bend", "scores", "probabilities")
    assert list(words.values()) == [help.sentence(f"layer-{kind}", registry.CLASSIFICATION) for kind in kinds]
    assert re.search("softmax", words["softmax"], re.IGNORECASE)


@pytest.mark.parametrize("scheme", THEMES)
def test_axe_with_a_sentence(at, axe, scheme):  # noqa: F811
    lab = at(color_scheme=scheme)
    hover(lab, lab.page.locator("#separability"))
    assert_open_to_all(lab.page, axe)
