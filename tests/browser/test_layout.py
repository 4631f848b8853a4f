"""The size of everything on the page is a function of the window and of the network, not of what was there before."""

import json

import pytest

from tests.browser.conftest import ARGUMENTS, SIZE, visit_in
from tools import browser

WIDE, NARROW = {"width": 1920, "height": 1080}, {"width": 900, "height": 700}
# As wide as the first, and lower: the views become smaller, the network between them wider.
LOW = {"width": 1280, "height": 640}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TURNED = {"width": 844, "height": 390}
# Two screens side by side, the second twice as fine.
SCREEN_WIDTH = 1600
SCREENS = [f"{{{SCREEN_WIDTH}x1000}}", f"{{{SCREEN_WIDTH}x1000 devicePixelRatio=2.0}}"]
MEASURED = "html, main, main > section, canvas, .plot, .strip, #sentence, .chart-box, #timeline, .rail, #probes"
BOXES = (
    f"[...document.querySelectorAll({json.dumps(MEASURED)})]"
    + """.map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const name = element.id || element.getAttribute("aria-labelledby") || element.className || element.localName;
        const place = [x + scrollX, y + scrollY, width, height].map((length) => Math.round(length * 10) / 10);
        return `${name}: ${place} of ${element.scrollHeight}`;
    })"""
)
# What is drawn is as fine as the screen, every canvas; and its context counts in CSS pixels.
# The bar of the scale is a ramp of colours and no more.
SHARP = """[...document.querySelectorAll("canvas:not(#scale-bar)")].map((canvas) => {
    const { width, height } = canvas.getBoundingClientRect();
    const across = canvas.width === Math.round(width * devicePixelRatio);
    const down = canvas.height === Math.round(height * devicePixelRatio);
    return across && down;
})"""
SCALES = """["boundary", "representation", "strip"].map(
    (id) => document.getElementById(id).getContext("2d").getTransform().a)"""
# Of every canvas the share of its four quarters in which something is drawn.
DRAWN = """[...document.querySelectorAll("canvas:not(#scale-bar)")].map((canvas) => {
    const { width, height } = canvas;
    const context = canvas.getContext("2d");
    return [0, 1, 2, 3].filter((quarter) => {
        const x = quarter % 2 ? width >> 1 : 0, y = quarter > 1 ? height >> 1 : 0;
        const { data } = context.getImageData(x, y, width >> 1, height >> 1);
        return data.some((value, index) => index % 4 === 3 && value);
    }).length / 4;
})"""


def boxes(lab):
    return lab.page.evaluate(BOXES)


def at_rest(lab):
    """The boxes once they stay the same for ten frames."""
    lab.page.evaluate(f"""async () => {{
        let before = "", same = 0;
        while (same < 10) {{
            await new Promise(requestAnimationFrame);
            const now = JSON.stringify({BOXES});
            same = now === before ? same + 1 : 0;
            before = now;
        }}
    }}""")
    return boxes(lab)


@pytest.fixture
def opened_at(open_page):
    """`opened_at(size, fragment)`: the boxes of a page freshly opened at that size."""

    def open_at(size, fragment="", **context):
        lab = open_page(fragment, viewport=size, **context)
        found = at_rest(lab)
        lab.page.context.close()
        return found

    return open_at


def assert_becomes(lab, wanted):
    """Waits until the boxes are these; what is left of the difference is told if they do not become so."""
    try:
        lab.wait(f"JSON.stringify({BOXES}) === {json.dumps(json.dumps(wanted, separators=(',', ':')))}", timeout=8000)
    except TimeoutError:
        assert at_rest(lab) == wanted
    assert at_rest(lab) == wanted


def test_a_window_that_is_resized_looks_like_one_that_was_opened_so(open_page, opened_at):
    lab = open_page()
    sizes = [(size, opened_at(size)) for size in (WIDE, LOW, NARROW)]
    sizes.insert(0, (SIZE, at_rest(lab)))
    for index in (1, 0, 2, 1, 3, 0, 3, 2, 0):
        size, wanted = sizes[index]
        lab.page.set_viewport_size(size)
        assert_becomes(lab, wanted)


@pytest.mark.parametrize("size", [SIZE, NARROW])
def test_another_network_and_back_leaves_nothing_behind(open_page, opened_at, size):
    lab = open_page(viewport=size)
    networks = {"8": at_rest(lab)}
    for hidden_layers in ("64, 64", "8, 8, 8, 8, 8, 8, 8, 8", "3"):
        networks[hidden_layers] = opened_at(size, f"hidden_layers={hidden_layers.replace(' ', '')}")
    for hidden_layers in ("64, 64", "8", "8, 8, 8, 8, 8, 8, 8, 8", "3", "64, 64", "8"):
        lab.enter("hidden_layers", hidden_layers)
        assert_becomes(lab, networks[hidden_layers])


def test_a_phone_that_is_turned_and_turned_back(open_page, opened_at):
    lab = open_page(**PHONE)
    upright = at_rest(lab)
    turned = opened_at(TURNED, has_touch=True, is_mobile=True)
    for size, wanted in (
        (TURNED, turned),
        (PHONE["viewport"], upright),
        (TURNED, turned),
        (PHONE["viewport"], upright),
    ):
        lab.page.set_viewport_size(size)
        assert_becomes(lab, wanted)


def test_canvases_are_as_fine_as_the_screen_that_the_window_is_dragged_to(chromium, origin):
    """Only the ratio of pixels changes: whoever observes sizes is told nothing."""
    arguments = [*ARGUMENTS, f"--screen-info={''.join(SCREENS)}"]
    with chromium.browser_type.launch(executable_path=str(browser.find_chromium()), args=arguments) as two_screens:
        page = two_screens.new_context(no_viewport=True).new_page()
        session = page.context.new_cdp_session(page)
        # The size is held, the ratio (0) is left to the screen.
        session.send("Emulation.setDeviceMetricsOverride", {**SIZE, "deviceScaleFactor": 0, "mobile": False})
        window = session.send("Browser.getWindowForTarget")["windowId"]
        page.add_init_script("ResizeObserver.prototype.observe = () => {}")
        lab = visit_in(page, origin)
        lab.step_one_epoch()
        before = at_rest(lab)
        for left, ratio in ((0, 1), (SCREEN_WIDTH + 10, 2), (0, 1), (SCREEN_WIDTH + 10, 2)):
            session.send("Browser.setWindowBounds", {"windowId": window, "bounds": {"left": left, "top": 0}})
            lab.wait(f"devicePixelRatio === {ratio}", timeout=8000)
            lab.wait(f"{SHARP}.length === 5 && {SHARP}.every(Boolean)", timeout=8000)
            lab.wait(f"{SCALES}.every((scale) => scale === {ratio})", timeout=8000)
            lab.wait(f"{DRAWN}.every((share) => share === 1)", timeout=8000)
            # A finer screen has finer places to put edges.
            assert ratio != 1 or at_rest(lab) == before
