"""A page that nobody sees draws nothing and rests after a while; a clock that jumps does no harm."""

import pytest

from tests.browser import answers
from tests.browser.conftest import SIZE, SUB_PATH
from tests.browser.lab_page import LabPage

# Makes what a browser tells of a page's visibility a matter of `window.hide(hidden)`, and its clock one of
# `window.skip(seconds)`; counts what is drawn on canvases of the page, in `window.strokes`.
POWERS = """() => {
    let hidden = false;
    Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
    Object.defineProperty(document, "visibilityState", {configurable: true, get: () => hidden ? "hidden" : "visible"});
    window.hide = value => {
        hidden = value;
        document.dispatchEvent(new Event("visibilitychange"));
    };
    const now = performance.now.bind(performance);
    let skipped = 0;
    performance.now = () => now() + skipped;
    window.skip = seconds => void (skipped += 1000 * seconds);
    window.strokes = 0;
    for (const name of ["clearRect", "fill", "stroke", "drawImage", "putImageData"]) {
        const draw = CanvasRenderingContext2D.prototype[name];
        CanvasRenderingContext2D.prototype[name] = function (...parameters) {
            window.strokes += 1;
            return draw.apply(this, parameters);
        };
    }
}"""
STATE = "({pictures: answers.extents.length, strokes: window.strokes})"


def hide(lab):
    """Puts another tab in front; what was asked for before has come by the second news of steps after that."""
    lab.page.evaluate("window.hide(true)")
    for _ in range(2):
        lab.wait(f"+document.documentElement.dataset.step > {lab.data('step')}")


@pytest.fixture
def tab(open_page):
    def open_tab(fragment=""):
        lab = open_page(fragment, wait_for="training" if "play" in fragment else "ready")
        lab.page.evaluate(POWERS)
        return lab

    return open_tab


@pytest.mark.parametrize("speed", [60, 0])
def test_out_of_sight_it_trains_and_draws_nothing(tab, speed):
    lab = tab(f"speed={speed}&play")
    lab.wait_for_epoch(1)
    hide(lab)
    before, epoch = lab.page.evaluate(STATE), lab.number("epoch")
    lab.wait_for_epoch(epoch + 15)
    assert lab.page.evaluate(STATE) == before
    assert lab.data("state") == "training"


def test_coming_back_draws_at_once(tab):
    lab = tab("speed=0&play")
    lab.wait_for_epoch(1)
    hide(lab)
    before = lab.page.evaluate(f"(window.hide(false), {STATE})")
    lab.wait(f"answers.extents.length > {before['pictures']} && window.strokes > {before['strokes']}", timeout=1000)
    lab.wait_for_epoch(lab.number("epoch") + 5)


@pytest.mark.parametrize("speed", [60, 0])
def test_after_five_minutes_it_rests_and_says_so(tab, speed):
    lab = tab(f"speed={speed}&play")
    lab.wait_for_epoch(1)
    hide(lab)
    lab.page.evaluate("window.skip(290)")
    lab.wait_for_epoch(lab.number("epoch") + 5)
    assert lab.data("state") == "training"
    lab.page.evaluate("window.skip(10)")
    lab.wait_for_state("paused")
    lab.wait("document.getElementById('status').textContent.includes('Nobody looked for five minutes')")
    assert lab.no_alert()
    strokes = lab.page.evaluate("window.strokes")
    lab.page.evaluate("window.hide(false)")
    lab.wait(f"window.strokes > {strokes}")
    status = lab.page.locator("#status")
    assert status.inner_text().startswith(f"Paused at epoch {int(lab.number('epoch')):,}, ")
    box = status.bounding_box()
    assert box["height"] > 20 and box["y"] + box["height"] <= SIZE["height"], "it is seen, too"
    answers.Stage(lab).rest()
    epoch = lab.number("epoch")
    lab.press("Play")
    lab.wait_for_epoch(epoch + 2)
    lab.wait("!document.getElementById('status').classList.contains('seen')")


def test_nothing_happens_out_of_sight_where_nothing_was_playing(tab):
    lab = tab()
    answers.Stage(lab).rest()
    lab.page.evaluate("window.hide(true)")
    before = lab.page.evaluate(STATE)
    lab.page.evaluate("new Promise(done => setTimeout(done, 300))")
    assert lab.page.evaluate(STATE) == before
    lab.page.evaluate("window.hide(false)")
    lab.wait(f"window.strokes > {before['strokes']}")
    assert lab.data("state") == "ready"


def test_opened_in_a_tab_behind(chromium, origin):
    """As by a middle click: ready there, and drawn when it is looked at."""
    page = chromium.new_context(viewport=SIZE).new_page()
    lab = LabPage(page, origin)
    page.add_init_script(path=answers.SCRIPT)
    page.add_init_script(f"({POWERS})(); window.hide(true)")
    page.goto(f"{origin}/{SUB_PATH}/")
    lab.wait_for_state("ready")
    assert page.evaluate("answers.extents.length") == 0
    page.evaluate("window.hide(false)")
    answers.Stage(lab).rest()
    assert page.evaluate("answers.extents.length") > 0
    lab.step_one_epoch()
    assert lab.complaints == []
    page.context.close()


@pytest.mark.parametrize("hidden", [False, True])
def test_a_night_of_sleep_owes_no_steps(tab, hidden):
    lab = tab("play&projection=tour&layer=tanh1")
    lab.wait_for_epoch(2)
    if hidden:
        hide(lab)
    step = lab.number("step")
    rates = lab.page.evaluate("""async () => {
        Date.now = () => 0;
        window.skip(8 * 3600);
        window.hide(false);
        const rates = [], until = performance.now() + 1500;
        while (performance.now() < until) {
            await new Promise(done => requestAnimationFrame(done));
            rates.push(+document.documentElement.dataset.stepsPerSecond);
        }
        return rates;
    }""")
    assert max(rates) < 200, "60 steps a second, and a quarter of a second of them made up for"
    assert lab.number("step") - step < 250
    lab.wait_for_epoch(lab.number("epoch") + 3)
    assert lab.data("state") == "training"
