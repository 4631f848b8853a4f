"""Opening the page: what stands at once, how loading is told, and that it fits the screen."""

import pytest

from tests.browser.conftest import KEEPING_NOTHING, SUB_PATH
from tools import browser


def test_page_stands_before_python_does(open_page):
    lab = open_page(wait_for=None)
    assert lab.data("state") == "loading"
    assert lab.page.title().startswith("Intuitive Classification")
    assert lab.page.get_by_text("About", exact=True).is_visible()
    assert lab.page.get_by_role("progressbar", name="Loading Python").is_visible()
    assert lab.button("Play").is_visible()
    lab.wait_for_state("ready")
    assert not lab.page.get_by_role("progressbar").is_visible()


def test_loading_tells_bytes_of_all_bytes(open_page):
    lab = open_page(wait_for=None)
    lab.page.evaluate("""() => {
        window.seen = [];
        const note = () => window.seen.push([document.getElementById("loading-stage").textContent,
            document.getElementById("loading-bytes").textContent, document.getElementById("loading-progress").value]);
        const watch = {childList: true, characterData: true, subtree: true, attributes: true};
        new MutationObserver(note).observe(document.getElementById("loading"), watch);
    }""")
    lab.wait_for_state("ready")
    seen = lab.page.evaluate("window.seen")
    values = [value for _, _, value in seen]
    assert values == sorted(values), "progress never goes back"
    assert values[-1] == 100
    assert seen[-1][1].count("MB") == 2
    assert "Starting Python" in {stage for stage, _, _ in seen}


def test_no_more_is_fetched_than_is_needed(chromium, origin):
    """The standard library waits until something imports what is not in the lab's memory: nothing here does."""
    page = chromium.new_context().new_page()
    page.add_init_script(KEEPING_NOTHING)
    fetched = []
    page.context.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
    page.goto(f"{origin}/{SUB_PATH}/#play")
    browser.wait_for(page, "+document.documentElement.dataset.epoch > 2")
    assert "lab.pack.zst" in fetched
    assert "python_stdlib.zip" not in fetched
    assert "about.py" not in fetched
    # A panel's module comes when it is opened.
    with page.expect_request("**/about.py"):
        page.get_by_text("About", exact=True).click()
    page.keyboard.press("Escape")
    browser.wait_for(page, "!document.getElementById('about').open")
    page.context.close()


def test_play_pressed_early_starts_when_ready(open_page):
    lab = open_page(wait_for=None)
    lab.wait("document.getElementById('speed').max > 1")
    lab.press("Play")
    assert lab.button("Pause").is_visible()
    lab.wait_for_state("training")
    lab.wait_for_epoch(1)


def test_choices_made_while_loading_are_kept(open_page):
    lab = open_page(wait_for=None)
    lab.wait("document.getElementById('dataset').options.length > 0")
    lab.choose("dataset", "xor")
    lab.enter("hidden_layers", "4, 3")
    lab.wait_for_state("ready")
    assert lab.field("layer").locator("option").all_text_contents()[-2:] == ["fc3", "softmax"]
    assert "dataset=xor" in lab.page.url
    lab.step_one_epoch()


def test_address_can_ask_to_play(open_page):
    lab = open_page("play", wait_for="training")
    lab.wait_for_epoch(1)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_no_scrolling_on_a_desktop(open_page, width, height):
    lab = open_page(viewport={"width": width, "height": height})
    assert lab.page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]") == [
        height,
        width,
    ]


def test_phone(open_page):
    lab = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert lab.page.evaluate("document.documentElement.scrollWidth") == 390
    lab.button("Play").tap()
    lab.wait_for_epoch(2)
    boundary = lab.picture("Decision boundary").bounding_box()
    play = lab.button("Pause").bounding_box()
    assert boundary["y"] + boundary["height"] < 844, "the picture is in sight together with the button"
    assert play["height"] >= 33


def test_source_of_what_runs_is_a_click_away(lab, origin):
    lab.page.get_by_text("About", exact=True).click()
    response = lab.page.request.get(lab.page.get_by_role("link", name="Source").evaluate("link => link.href"))
    assert "def forward(" in response.text()


def test_favicon_is_there(lab, origin):
    icon = lab.page.locator("link[rel=icon]").evaluate("link => link.href")
    assert lab.page.request.get(icon).headers["content-type"] == "image/svg+xml"


def test_no_header_is_needed_and_nothing_is_missing(chromium, origin):
    """No cross-origin isolation, and the server was never asked for a file that is not there."""
    page = chromium.new_context().new_page()
    failed = []
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    page.goto(f"{origin}/{SUB_PATH}/")
    browser.wait_for(page, "document.documentElement.dataset.state === 'ready'")
    assert page.evaluate("crossOriginIsolated") is False
    assert failed == []
    page.context.close()
