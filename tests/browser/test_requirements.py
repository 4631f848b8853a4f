"""What a browser that lacks something is told, each lack being made in one that lacks nothing."""

import pytest

from tests.browser.conftest import SIZE, SUB_PATH
from tests.browser.lab_page import LabPage

# What is taken away before the page begins, and what it then says that there is not.
LACKS = {
    "delete window.WebAssembly": "no WebAssembly,",
    "WebAssembly.validate = () => false": "no WebAssembly exceptions,",
    "HTMLScriptElement.supports = () => false": "no JavaScript modules as of 2023,",
    "window.Worker = class { constructor(url) { throw new SyntaxError(url) } }": "no module workers,",
    "delete window.structuredClone; delete window.ResizeObserver": "no ResizeObserver, no structuredClone,",
}
NO_MEMORY = (
    "WebAssembly.Memory = function () { throw new RangeError('WebAssembly.Memory(): could not allocate memory') };"
)


def visit(chromium, origin, script):
    page = chromium.new_context(viewport=SIZE).new_page()
    page.add_init_script(script)
    lab = LabPage(page, origin)
    page.goto(f"{origin}/{SUB_PATH}/")
    return lab


@pytest.mark.parametrize("lack", LACKS)
def test_says_what_is_missing_and_what_to_do(chromium, origin, lack):
    lab = visit(chromium, origin, lack)
    said = lab.alert()
    assert said.startswith(f"This browser has {LACKS[lack]}")
    assert "Use a current Firefox, Chrome or Edge, or Safari 16.4 or later." in said
    assert lab.page.get_by_role("alert").is_visible()
    assert lab.data("state") == "error"
    assert not lab.page.get_by_role("progressbar").is_visible()
    lab.page.wait_for_load_state("networkidle")
    assert lab.data("state") == "error", "nothing starts after all"
    assert lab.complaints == []
    lab.page.context.close()


def test_a_language_that_is_none_is_no_obstacle(chromium, origin):
    lab = visit(chromium, origin, "Object.defineProperty(navigator, 'language', {value: 'C', configurable: true})")
    lab.wait_for_state("ready")
    assert lab.complaints == []
    lab.page.context.close()


def test_starts_where_arguments_cannot_be_counted(open_page):
    """On an iPhone Python counts no function's arguments by WebAssembly, as it did where its memory was written."""
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    lab = open_page("play", wait_for="training", user_agent=iphone)
    lab.wait_for_epoch(2)
    assert lab.data("engine") == "wasm"


def test_says_that_there_is_no_memory_for_the_lab(chromium, origin):
    page = chromium.new_context(viewport=SIZE).new_page()

    def without_memory(route):
        response = route.fetch()
        route.fulfill(response=response, body=NO_MEMORY + response.text())

    page.route("**/pyodide.asm.js", without_memory)
    page.goto(f"{origin}/{SUB_PATH}/")
    lab = LabPage(page, origin)
    lab.wait_for_state("error")
    said = lab.alert()
    assert said.startswith("There is not enough memory for the lab: training this network takes about ")
    assert "Close other tabs or programs, or choose a smaller network. Your experiment is kept." in said
    page.unroute_all()
    lab.press("Start the lab again")
    lab.wait_for_state("ready")
    assert lab.no_alert()
    page.context.close()
