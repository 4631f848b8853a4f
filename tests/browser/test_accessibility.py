"""Whoever cannot see, point, tell colours apart, read small text or bear motion can use the page all the same."""

import json
from itertools import combinations, pairwise

import pytest

from spec import registry
from tests.browser.answers import Stage, enclosed
from tests.browser.conftest import ARGUMENTS, SIZE, SUB_PATH, visit
from tests.browser.lab_page import ROWS, LabPage
from tools import browser, runtime

THEMES = ("light", "dark")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LEAST_TARGET = 24
# Of a finger's targets, and of those over the network, which is drawn to scale.
LEAST_HIGH = 33
# WCAG 2.2: text against its ground is axe's business; what is not text needs this.
LEAST_CONTRAST = 3

MASTHEAD = [
    "Intuitive Classification",
    "play",
    "step",
    "reset",
    "speed",
    "counters",
    "around",
    "about",
    "present",
    "theme",
]
PLANE = ["draw", "lasso-boundary", "Options of the plane", "boundary", "legend"]
SPACE = [
    "layer",
    "fit",
    "lasso-representation",
    "Options of the representation",
    "representation",
    "representation-shape",
    "grid-legend",
]
SIDE = ["Data", "Network", "Training"]
TIME = ["flip-book", "listen", "loss-chart", "accuracy-chart", "timeline", "branch"]
NETWORK = [
    "network-title",
    "journey",
    "remove-layer",
    "add-layer",
    "separability",
    "heat",
    "signs",
    "rail",
    "strip-buttons",
]
# What is folded away, with what it holds.
FOLDED = {
    "Options of the plane": ["shading", "neuron", "contour-switch", "zero_lines-switch"],
    "Options of the representation": ["dimensions", "grid-switch", "boundary-switch"],
    "Data": [
        "dataset",
        "points",
        "noise",
        "held_out",
        "data_seed",
        "seed",
        "held_out_points-switch",
        "new-weights",
        "own-file",
        "own-text",
        "own-read",
        "own-download",
        "own-forget",
    ],
    "Network": [
        *(f"inputs-{key}" for key in registry.entries("feature")),
        "hidden_layers",
        "activation",
        "normalization",
        "initialization",
    ],
    "Training": [
        "learning_rate",
        "schedule",
        "warm_up",
        "l1",
        "l2",
        "dropout",
        "clip",
        "optimizer",
        "loss",
        "batch_size",
        "stop_at",
    ],
}

# What has the focus: its name, its ring, and whether any of it is seen.
FOCUSED = """() => {
    const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
    const name = element.closest("#strip-buttons, #about") || element;
    const places = [0.1, 0.5, 0.9].map(part => [box.left + part * box.width, box.top + box.height / 2]);
    const seen = places.some(place => element.contains(document.elementFromPoint(...place)));
    let ground = element.parentElement;
    while (ground && /, 0\\)|transparent/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
    return {
        name: element === document.body ? "" : name.id
            || element.localName === "summary" && (element.ariaLabel || element.querySelector("b")?.textContent)
            || element.textContent.trim().split("\\n")[0],
        outline: [style.outlineStyle, parseFloat(style.outlineWidth), style.outlineColor],
        ground: getComputedStyle(ground || document.documentElement).backgroundColor, seen,
    };
}"""
# Controls as they can be hit; a check box together with its label.
TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary")].filter(
    element => element.checkVisibility()
).map(element => {
    const box = (element.type === "checkbox" ? element.closest("label") : element).getBoundingClientRect();
    return {
        name: element.id || element.getAttribute("aria-label") || element.textContent.trim(),
        left: box.left, top: box.top, right: box.right, bottom: box.bottom,
        inStrip: element.closest("#strip-buttons") !== null, inText: element.closest("p") !== null,
    };
}).filter(target => target.right > target.left && target.bottom > target.top)"""
# Texts that are cut off or lie outside the window. What scrolls sideways by itself may be wider than its window.
LOST = """() => [...document.querySelectorAll("body *")].filter(element => {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const texts = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!texts && element.tagName !== "SELECT" || !element.clientWidth || style.clipPath !== "none") return false;
    // What is folded away is looked at when it is opened.
    if (!element.checkVisibility()) return false;
    // The names of layers may reach beyond their columns, but see `NAMES`.
    if (element.matches(".layer")) return false;
    const scrolls = element.closest("#network-scroller");
    const cut = element.scrollWidth > element.clientWidth + 1 && (style.overflowX !== "visible" || scrolls);
    const low = element.scrollHeight > element.clientHeight + 2 && style.overflowY === "hidden";
    return cut || low || !scrolls && (box.left < -1 || box.right > innerWidth + 1);
}).map(element => [element.id || element.className, element.textContent.trim()])"""

# The names of layers, with the plain words above or before them, which are of the style sheet.
NAMES = """() => [...document.querySelectorAll(".strip-buttons .layer")].map(button => {
    const range = document.createRange(), box = button.getBoundingClientRect();
    range.selectNodeContents(button);
    const {left, top, right, bottom} = range.getBoundingClientRect();
    const style = getComputedStyle(button, "::before"), context = new OffscreenCanvas(1, 1).getContext("2d");
    context.font = style.font;
    context.letterSpacing = style.letterSpacing;
    const plain = context.measureText(button.dataset.plain).width, middle = (box.left + box.right) / 2;
    const half = style.display === "block" ? plain / 2 : middle - left + plain;
    return {
        name: button.textContent, top: Math.min(top, box.top), bottom,
        left: Math.min(left, middle - half), right: Math.max(right, middle + (style.display === "block" ? half : 0)),
    };
})"""


# What axe-core finds.


@pytest.fixture(scope="module")
def axe():
    return (runtime.extracted("test") / "vendor/axe/axe.min.js").read_text("utf-8")


@pytest.fixture(params=THEMES)
def themed(request, lab):
    """The page in either theme, with its defaults, ready."""
    if request.param == "dark":
        lab.press("Dark theme")
    return lab


def assert_open_to_all(page, axe, **rules):
    """axe-core finds nothing, serious or not; `rules` says which others than its own are to be looked at."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    # A colour on its way from one theme to the other is not what is to be judged. What is folded away stands still.
    page.evaluate(
        """Promise.allSettled(document.getAnimations().filter(
            animation => animation.effect.target.checkVisibility({contentVisibilityAuto: true})
        ).map(animation => animation.finished))"""
    )
    # Of what is as it should be no list is made.
    options = {"rules": {"target-size": {"enabled": True}, **rules}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options).then(result => result.violations)", options)
    words = [(rule["impact"], rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
    assert not words, json.dumps(words, indent=1)


def go_to(lab, fragment, shape):
    """Another experiment by its address; `shape` is how the representation's caption begins then."""
    lab.page.evaluate("fragment => { location.hash = fragment; }", fragment)
    lab.wait(f"document.getElementById('representation-shape').textContent.startsWith('{shape}')")


@pytest.mark.parametrize("scheme", THEMES)
def test_axe_while_loading(chromium, origin, axe, scheme):
    page = chromium.new_context(viewport=SIZE, color_scheme=scheme).new_page()
    page.route("**/lab.pack.zst", lambda route: None)
    lab = LabPage(page, origin)
    page.goto(f"{origin}/{SUB_PATH}/")
    lab.wait("document.getElementById('dataset').options.length > 0")
    assert_open_to_all(page, axe)
    assert lab.data("state") == "loading"
    page.context.close()


def test_axe_when_ready_training_and_paused(themed, axe):
    assert_open_to_all(themed.page, axe)
    themed.press("Play")
    themed.wait_for_epoch(2)
    assert_open_to_all(themed.page, axe)
    assert themed.data("state") == "training"
    themed.press("Pause")
    themed.wait_for_state("paused")
    assert_open_to_all(themed.page, axe)


def test_axe_after_divergence(themed, axe):
    themed.page.evaluate("location.hash = 'loss=mean_squared_error&activation=relu&learning_rate=10&speed=0'")
    themed.wait("document.getElementById('learning_rate').value === '10'")
    themed.press("Play")
    themed.wait_for_state("diverged")
    assert_open_to_all(themed.page, axe)


@pytest.mark.parametrize("scheme", THEMES)
def test_axe_when_the_lab_is_gone(open_page, axe, scheme):
    lab = open_page(color_scheme=scheme)
    lab.press("Play")
    lab.wait_for_epoch(1)
    lab.end_worker()
    assert_open_to_all(lab.page, axe)


def test_axe_with_a_wrong_entry(themed, axe):
    themed.enter("batch_size", "0")
    themed.alert()
    assert_open_to_all(themed.page, axe)


def test_axe_with_the_explanation_open(themed, axe):
    themed.page.get_by_text("About", exact=True).click()
    assert_open_to_all(themed.page, axe)
    themed.page.keyboard.press("Escape")


@pytest.mark.parametrize(
    ("fragment", "shape"),
    [
        ("hidden_layers=3&layer=tanh1", f"tanh1, {ROWS} × 3, dimensions 0, 1 and 2"),
        ("layer=tanh1", f"tanh1, {ROWS} × 8, best view"),
        ("layer=tanh1&projection=dimensions", f"tanh1, {ROWS} × 8, dimensions 0 and 1"),
        ("layer=tanh1&projection=pca", f"tanh1, {ROWS} × 8, PCA"),
        ("layer=tanh1&projection=tour", f"tanh1, {ROWS} × 8, grand tour"),
        ("layer=fc1&morph=0.4&shading=neuron&neuron=tanh1.3", "fc1 → tanh1"),
    ],
)
def test_axe_in_every_projection(themed, axe, fragment, shape):
    go_to(themed, fragment, shape)
    assert_open_to_all(themed.page, axe)


def test_axe_with_a_large_network(themed, axe):
    """Of a wide layer sixteen tiles are shown, as high as there is room: on this screen lower than a target."""
    go_to(themed, "hidden_layers=40,16,8,8,8&normalization=batch", f"fc6, {ROWS} × 2")
    assert_open_to_all(themed.page, axe, **{"target-size": {"enabled": False}})


def test_axe_back_in_time_with_points_chosen(themed, axe):
    themed.play_to(4)
    themed.page.get_by_label("Timeline", exact=True).press("ArrowLeft")
    themed.wait("!document.getElementById('branch').disabled")
    Stage(themed).left.press("n", "Enter")
    assert themed.button("Clear selection").is_visible()
    assert_open_to_all(themed.page, axe)


@pytest.mark.parametrize("scheme", THEMES)
def test_axe_on_a_phone(lab_at, axe, scheme):
    lab = lab_at("hidden_layers=16,3", color_scheme=scheme, **PHONE)
    lab.play_to(2)
    assert_open_to_all(lab.page, axe)
    lab.page.get_by_text("About", exact=True).tap()
    assert_open_to_all(lab.page, axe)


@pytest.mark.parametrize("scheme", THEMES)
def test_the_licence_page(chromium, origin, axe, scheme):
    """Readable by everybody, on a phone as well."""
    page = chromium.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme).new_page()
    lab = LabPage(page, origin)
    page.goto(f"{origin}/{SUB_PATH}/licences.html")
    summary = page.get_by_text("Text of the licence of numpy", exact=True)
    summary.focus()
    page.keyboard.press("Enter")
    assert page.get_by_text("NumPy Developers").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert_open_to_all(page, axe)
    assert lab.complaints == []
    page.context.close()


# The keyboard.


def walk(lab, key, most=80):
    """What has the focus at first, and after each press of `key` until it leaves the page."""
    stops = [lab.page.evaluate(FOCUSED)]
    for _ in range(most):
        lab.page.keyboard.press(key)
        stop = lab.page.evaluate(FOCUSED)
        if stop["name"] in ("", stops[0]["name"]):
            return stops
        stops.append(stop)
    raise AssertionError(f"{key} never leaves the page: {[stop['name'] for stop in stops]}")


def start_of_page(lab):
    """The first that can have the focus has it, as if by keyboard."""
    lab.page.locator(".brand").focus()
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Shift+Tab")


def test_tab_goes_through_the_whole_page_and_back(themed):
    themed.play_to(3)
    themed.page.get_by_label("Timeline", exact=True).press("ArrowLeft")
    themed.wait("!document.getElementById('branch').disabled")
    start_of_page(themed)
    stops = walk(themed, "Tab")
    order = MASTHEAD + PLANE + SPACE + SIDE + TIME + NETWORK
    assert [stop["name"] for stop in stops] == order
    for stop in stops:
        assert stop["seen"], stop
        assert_ring_is_seen(stop)
    themed.page.locator("#strip-buttons [tabindex='0']").focus()
    back = walk(themed, "Shift+Tab")
    assert [stop["name"] for stop in back] == order[::-1]


def summary_of(lab, panel):
    """What opens a panel, by the name that it has for people who hear the page, or by its first word."""
    if panel.startswith("Options"):
        return lab.page.get_by_label(panel, exact=True)
    return lab.page.locator("#controls summary").filter(has_text=panel)


@pytest.mark.parametrize("panel", FOLDED)
def test_a_panel_is_opened_walked_through_and_closed_by_keyboard(themed, panel):
    summary = summary_of(themed, panel)
    summary.focus()
    themed.page.keyboard.press("Enter")
    for name in FOLDED[panel]:
        themed.page.keyboard.press("Tab")
        stop = themed.page.evaluate(FOCUSED)
        assert stop["name"] == name
        assert stop["seen"], stop
        assert_ring_is_seen(stop)
    themed.page.keyboard.press("Escape")
    assert themed.page.evaluate("document.querySelector('details[open]')") is None
    assert summary.evaluate("summary => summary === document.activeElement")


@pytest.mark.parametrize("panel", FOLDED)
def test_axe_with_a_panel_open(themed, axe, panel):
    """As it is where all of it can be chosen; all of it is large enough to be hit, and lies inside of the window."""
    go_to(themed, "layer=tanh1&projection=dimensions", f"tanh1, {ROWS} × 8, dimensions 0 and 1")
    summary_of(themed, panel).click()
    assert_open_to_all(themed.page, axe)
    sheet = themed.page.locator("details[open] .sheet").bounding_box()
    assert sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= SIZE["width"]
    assert sheet["y"] + sheet["height"] <= SIZE["height"]
    inside = "details[open] .sheet :is(button, input, select)"
    assert themed.page.locator(inside).count() >= 3
    assert [target for target in themed.page.evaluate(TARGETS) if side(target) < LEAST_TARGET] == []
    assert themed.page.evaluate(LOST) == []
    themed.page.keyboard.press("Escape")


def assert_ring_is_seen(stop):
    style, width, colour = stop["outline"]
    if stop["name"] == "rail":
        return
    assert style == "solid" and width >= 2, stop
    assert contrast(colour, stop["ground"]) >= LEAST_CONTRAST, stop


def contrast(one, other):
    """WCAG's contrast ratio of two colours as the browser writes them, `rgb(1, 2, 3)`."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    parts = [float(part) / 255 for part in colour.partition("(")[2].rstrip(")").split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_ring_of_the_rail_is_around_its_playhead(themed):
    """A pseudo-element's style cannot be asked for: the ring is looked at."""
    rail = themed.page.get_by_label("Layer rail")
    before = rail.screenshot()
    rail.press("Shift")
    themed.wait("document.activeElement.id === 'rail'")
    assert rail.screenshot() != before


@pytest.mark.parametrize("scheme", THEMES)
def test_borders_of_fields_are_seen(lab_at, scheme):
    lab = lab_at(color_scheme=scheme)
    for name in ("dataset", "seed", "batch_size", "shading"):
        colour = lab.field(name).evaluate("field => getComputedStyle(field).borderTopColor")
        ground = lab.page.evaluate("getComputedStyle(document.querySelector('main > section')).backgroundColor")
        assert contrast(as_rgb(lab, colour), ground) >= LEAST_CONTRAST


def as_rgb(lab, colour):
    """A colour in any of the ways that a browser writes one, as `rgb(…)`."""
    return lab.page.evaluate(
        """colour => {
            const context = new OffscreenCanvas(1, 1).getContext("2d");
            context.fillStyle = colour;
            context.fillRect(0, 0, 1, 1);
            return `rgb(${context.getImageData(0, 0, 1, 1).data.slice(0, 3).join(", ")})`;
        }""",
        colour,
    )


@pytest.mark.parametrize(
    ("width", "order"),
    [
        (1000, MASTHEAD + PLANE + SPACE + NETWORK + SIDE + TIME[:-1]),
        (390, MASTHEAD + PLANE + SPACE + SIDE + NETWORK + TIME[:-1]),
    ],
)
def test_tab_goes_where_the_eye_goes(lab_at, width, order):
    """Where there is less room the parts stand in another order."""
    lab = lab_at(viewport={"width": width, "height": 844})
    lab.play_to(2)
    start_of_page(lab)
    assert [stop["name"] for stop in walk(lab, "Tab")] == order


def test_what_has_the_focus_is_not_under_the_message(lab_at):
    lab = lab_at("loss=mean_squared_error&activation=relu&learning_rate=10&speed=0")
    lab.press("Play")
    lab.wait_for_state("diverged")
    start_of_page(lab)
    hidden = [stop["name"] for stop in walk(lab, "Tab") if not stop["seen"]]
    assert hidden == []


def test_escape_closes_the_explanation(lab):
    summary = lab.page.get_by_text("About", exact=True)
    panel = lab.page.locator("#about .panel")
    summary.focus()
    lab.page.keyboard.press("Enter")
    assert panel.is_visible()
    lab.page.keyboard.press("Tab")
    assert lab.page.get_by_role("link", name="Source").evaluate("link => link === document.activeElement")
    lab.page.keyboard.press("Escape")
    lab.wait("!document.getElementById('about').open")
    assert summary.evaluate("summary => summary === document.activeElement")
    # It lies over what comes next, and makes room for it.
    lab.page.keyboard.press("Enter")
    for _ in ("Source", "licences", "All keys", "Present"):
        lab.page.keyboard.press("Tab")
    lab.wait("document.activeElement.id === 'present' && !document.getElementById('about').open")
    # A view in focus has its own use for the key.
    summary.click()
    lab.field("layer").focus()
    lab.page.keyboard.press("Escape")
    lab.wait("!document.getElementById('about').open")


def test_a_loop_in_the_representation_by_keyboard(stage):
    view = stage.right
    view.press("l", *["ArrowRight"] * 20, *["ArrowUp"] * 20, *["ArrowLeft"] * 20)
    assert stage.chosen_text() == ""
    view.press("l")
    stage.rest()
    left, top, width, height = view.box()
    x, y = left + width / 2, top + height / 2
    right, upper = min(x + 240, left + width), max(y - 240, top)
    inside, near = enclosed([(x, y), (right, y), (right, upper), (right - 240, upper)], view.places())
    assert len(inside) > 10
    assert inside <= set(stage.chosen()) <= near
    view.press("Escape", "l", "ArrowUp", "ArrowLeft", "Escape", "ArrowRight", "0")
    stage.rest()
    assert stage.chosen() == []


def test_theme_and_lasso_by_keyboard(lab):
    lab.button("Dark theme").press("Enter")
    assert lab.page.evaluate("document.documentElement.dataset.theme") == "dark"
    lab.button("Light theme").press("Space")
    assert lab.page.evaluate("document.documentElement.dataset.theme") == "light"
    lab.button("Lasso in the plane").press("Space")
    assert lab.button("Lasso in the plane").get_attribute("aria-pressed") == "true"


def test_a_drag_ends_a_loop_by_keyboard(stage):
    """Whoever takes the mouse in between does not lose the keys."""
    for view in stage.views:
        view.press("l", "ArrowUp")
        view.drag((100, 100), (140, 150), (90, 160))
        view.press("ArrowUp", "ArrowLeft")
    stage.rest()
    assert stage.lab.data("state") == "ready"


# Large text, and little room.


@pytest.fixture(scope="module")
def large_text(chromium, origin):
    """`large_text(width, height)` opens the page in a browser whose owner reads text at twice the size."""
    arguments = [*ARGUMENTS, "--blink-settings=defaultFontSize=32"]
    launched = chromium.browser_type.launch(executable_path=str(browser.find_chromium()), args=arguments)
    yield lambda width, height: visit(
        launched, origin, "hidden_layers=8,3", viewport={"width": width, "height": height}
    )
    launched.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_text_at_twice_its_size_loses_nothing(large_text, width, height):
    lab = large_text(width, height)
    assert lab.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 26
    lab.play_to(2)
    assert_nothing_is_lost(lab, width)
    lab.page.context.close()


@pytest.mark.parametrize(("width", "height"), [(640, 400), (320, 640), (900, 700), (1280, 800)])
def test_nothing_is_lost_where_there_is_little_room(lab_at, width, height):
    """The page at 200 % on a screen of 1280 × 800, at 400 %, on a tablet, and as it is."""
    lab = lab_at("hidden_layers=8,3", viewport={"width": width, "height": height})
    lab.play_to(2)
    assert_nothing_is_lost(lab, width)


def assert_nothing_is_lost(lab, width):
    """No text is cut off, no control lies on another, and the page scrolls in one direction only."""
    assert lab.page.evaluate("document.documentElement.scrollWidth") == width
    assert lab.page.evaluate(LOST) == []
    targets = [target for target in lab.page.evaluate(TARGETS) if not target["inText"]]
    assert len(targets) > 40
    names = lab.page.evaluate(NAMES)
    pairs = [*combinations(targets, 2), *combinations(names, 2)]
    overlaps = [(one["name"], other["name"]) for one, other in pairs if overlap(one, other)]
    assert overlaps == []


def overlap(one, other):
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > 1 and down > 1


def test_what_comes_and_goes_moves_nothing_else(stage):
    """No picture changes its size, and the page does not begin to scroll, where something appears."""
    # The browser lays out in 64ths of a pixel, of which a line of other text may round one off.
    places = """[...document.querySelectorAll("html, canvas, nav, button.small")].map(element => {
        const { left, top, width, height } = element.getBoundingClientRect();
        const edges = [left, top, width, height].map(edge => Math.round(edge * 16));
        return JSON.stringify([edges, element.tagName === "HTML" && element.scrollHeight]);
    })"""
    before = stage.page.evaluate(places)
    stage.left.press("n", "Enter")
    assert stage.chosen_text().startswith("1 point chosen")
    assert stage.page.evaluate(places) == before
    stage.left.press("Escape")
    stage.page.get_by_text("About", exact=True).click()
    assert stage.page.evaluate(places) == before
    stage.page.keyboard.press("Escape")


# Targets, motion, colours.


def test_every_target_is_large_enough(lab):
    """But for a link in the middle of a sentence."""
    targets = [target for target in lab.page.evaluate(TARGETS) if not target["inText"]]
    assert [target for target in targets if side(target) < LEAST_TARGET] == []


def test_targets_are_larger_for_fingers(lab_at):
    """Also those of a layer as wide as is shown, which makes the network higher than one without."""
    lab = lab_at("hidden_layers=3", **PHONE)
    lab.enter("hidden_layers", "16, 3")
    lab.button("Neuron 15 of tanh1").wait_for()
    targets = [target for target in lab.page.evaluate(TARGETS) if not target["inText"]]
    assert [target["name"] for target in targets if side(target) < LEAST_TARGET] == []
    others = [target for target in targets if not target["inStrip"]]
    assert [target["name"] for target in others if target["bottom"] - target["top"] < LEAST_HIGH] == []


def side(target):
    return min(target["right"] - target["left"], target["bottom"] - target["top"])


def test_without_motion_nothing_moves_unasked(open_page):
    lab = open_page("projection=tour&layer=tanh1", reduced_motion="reduce")
    moving = """[...document.querySelectorAll("*")].filter(element => ["", "::before", "::after"].some(part => {
        const style = getComputedStyle(element, part || null);
        return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
    })).length"""
    assert lab.page.evaluate(moving) == 0
    lab.press("Dark theme")
    lab.page.get_by_text("About", exact=True).click()
    assert lab.page.evaluate("document.getAnimations().length") == 0
    assert lab.button("Resume tour").is_visible()


def test_the_systems_own_colours(lab_at):
    """With few and strong colours what is pressed, what has the focus, and what a colour stands for is still seen."""
    lab = lab_at(forced_colors="active", color_scheme="dark")
    style = "(button, name) => getComputedStyle(button)[name]"
    lasso, other = lab.button("Lasso in the plane"), lab.button("Lasso in the representation")
    lasso.press("Enter")
    assert lasso.get_attribute("aria-pressed") == "true"
    assert lasso.evaluate(style, "backgroundColor") != other.evaluate(style, "backgroundColor")
    circle, triangle = (
        lab.page.locator(f"li.class-{index}").evaluate("item => getComputedStyle(item, '::before').backgroundColor")
        for index in range(2)
    )
    assert circle != triangle
    for name in ("boundary", "representation", "strip"):
        ground = lab.page.locator(f"#{name}").evaluate(style, "backgroundColor")
        text = as_rgb(lab, lab.page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--text')"))
        assert contrast(ground, text) > 4.5
    start_of_page(lab)
    for stop in walk(lab, "Tab"):
        if stop["name"] != "rail":
            assert_ring_is_seen(stop)


def test_the_systems_own_colours_come_before_a_chosen_theme(lab):
    theme = "getComputedStyle(document.documentElement).getPropertyValue('--text')"
    light = lab.page.evaluate(theme)
    lab.press("Dark theme")
    assert lab.page.evaluate(theme) != light
    lab.page.emulate_media(forced_colors="active")
    lab.wait(f"{theme} === {light!r}")
    lab.page.emulate_media(forced_colors="none")
    lab.wait(f"{theme} !== {light!r}")
    lab.press("Light theme")


def test_colour_is_never_the_only_sign(lab):
    """What a colour stands for is said by a shape or a dash as well, and the legend says which."""
    assert lab.page.get_by_role("list", name="Legend").inner_text().split("\n") == [
        "class 0: circles",
        "class 1: triangles",
        "hollow: held out",
    ]
    line = "sample => getComputedStyle(sample, '::before').borderTopStyle"
    for one, other in pairwise([".line.training", ".line.held-out", ".dashes.positive", ".dashes.negative"]):
        styles = [lab.page.locator(name).first.evaluate(line) for name in (one, other)]
        assert sorted(styles) == ["dashed", "solid"]
    assert lab.field("layer").input_value() == "fc2"
    current = lab.button("Go to layer fc2")
    assert current.get_attribute("aria-current") == "true"
    weights = [lab.button(name).evaluate("button => getComputedStyle(button).fontWeight") for name in layers(lab)]
    assert sorted(set(weights)) == ["500", "700"] and weights.count("700") == 1


def layers(lab):
    return [f"Go to layer {name}" for name in lab.field("layer").locator("option").all_text_contents()]
