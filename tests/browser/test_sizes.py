"""Nothing is cut, lies on another, is too small to read or leaves a panel empty: at every size and in every state."""

from pathlib import Path

import pytest

from tests import sweeps
from tests.browser.conftest import ARGUMENTS, visit
from tools import browser, states

RULERS = Path(__file__).with_name("rulers.js")
# No text is smaller than so many pixels where there is room, nor on a small screen.
LEAST, LEAST_SMALL = 12, 11
SIZES = {
    False: [(width, height) for width, height, _, touch in states.SIZES if not touch] + [(640, 400), (1280, 400)],
    True: [(width, height) for width, height, _, touch in states.SIZES if touch] + [(320, 320), (600, 1200)],
}
# The sizes at which every state is looked at; of the others each state has a third, unless all are asked for.
ALWAYS = {False: (1280, 800), True: (390, 844)}
LARGE_TEXT_SIZES = [(1280, 800), (390, 844), (2560, 1440), (320, 640)]
# The sizes of the page's parts have been the same for five frames.
SETTLED = """async () => {
    let before = "", same = 0;
    while (same < 5) {
        await new Promise(requestAnimationFrame);
        const boxes = [...document.querySelectorAll("main, main *")].map((part) => part.getBoundingClientRect());
        const now = JSON.stringify(boxes);
        same = now === before ? same + 1 : 0;
        before = now;
    }
}"""


def offenders(page, sizes, before=""):
    """What the rulers find at each size, with the size."""
    page.evaluate(RULERS.read_text("utf-8"))
    found = []
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(SETTLED)
        least = LEAST if width >= 1280 else LEAST_SMALL
        found += [f"{width} × {height}: {fault}" for fault in page.evaluate(f"{before}; rulers.faults({least})")]
    return f"{len(found)} faults\n" + "\n".join(found) if found else ""


def sizes_of(config, state, touch):
    """The sizes at which a state is looked at."""
    if sweeps.whole(config, "sizes"):
        return SIZES[touch]
    others = [size for size in SIZES[touch] if size != ALWAYS[touch]]
    return [ALWAYS[touch], *others[list(states.STATES).index(state) % 3 :: 3]]


@pytest.mark.parametrize("touch", SIZES, ids=["mouse", "touch"])
@pytest.mark.parametrize("state", states.STATES)
def test_every_size(pytestconfig, lab_at, state, touch):
    lab = lab_at(**({"has_touch": True, "is_mobile": True, "device_scale_factor": 2} if touch else {}))
    states.enter(lab.page, state)
    found = offenders(lab.page, sizes_of(pytestconfig, state, touch))
    lab.page.keyboard.press("Escape")
    assert not found, found


@pytest.mark.parametrize("state", ["untrained", "scores", "panels open"])
def test_words_that_are_a_fifth_longer(open_page, state):
    lab = open_page()
    states.enter(lab.page, state)
    found = offenders(lab.page, [(1280, 800), (390, 844), (820, 1180)], "rulers.lengthen()")
    assert not found, found


@pytest.fixture(scope="module", params=[1.5, 2])
def large_text(request, chromium, origin):
    """The page in a browser whose own size of text, which the page's follows, is larger."""
    arguments = [*ARGUMENTS, f"--blink-settings=defaultFontSize={16 * request.param:.0f}"]
    with chromium.browser_type.launch(executable_path=str(browser.find_chromium()), args=arguments) as launched:
        yield visit(launched, origin)


@pytest.mark.parametrize("state", states.STATES)
def test_larger_text(large_text, state):
    states.enter(large_text.page, state)
    found = offenders(large_text.page, LARGE_TEXT_SIZES)
    assert not found, found
