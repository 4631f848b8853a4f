"""The page in Firefox and in WebKit: that it loads, learns, draws, obeys, and goes on without a network.

The whole of what it does is tested in Chromium, by tests/browser. The tests of a browser go on from each other.
"""

import functools
import http.server
import threading

import pytest

from tests.browser.conftest import SUB_PATH, QuietHandler
from tests.engines import drivers
from tools import browser, site
from tools.errors import ToolError

ENGINES = {"firefox": drivers.Firefox, "webkit": drivers.WebKit}
DATA = "document.documentElement.dataset"
# Of every canvas on the page: what it shows, and how many colours it has.
COLOURS = """[...document.querySelectorAll("canvas")].map((canvas) => {
    const context = canvas.getContext("2d");
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
    const name = canvas.id || canvas.closest("section").getAttribute("aria-label");
    return [name, new Set(new Uint32Array(pixels.buffer)).size];
})"""
# What Firefox says of Pyodide, whatever page uses it.
OF_PYODIDE = "exception handling 'try' instruction is deprecated"


class Host:
    """The built site behind a plain file server that can be stopped."""

    def __init__(self, folder):
        site.build(folder / SUB_PATH)
        handler = functools.partial(QuietHandler, directory=folder)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/{SUB_PATH}/"
        self.running = True

    def stop(self):
        if self.running:
            self.server.shutdown()
            self.server.server_close()
            self.running = False


@pytest.fixture(scope="module", params=ENGINES)
def host(request, tmp_path_factory):
    try:
        browser.programs(request.param)
    except ToolError as error:
        pytest.skip(f"{request.param}: {error}")
    folder = tmp_path_factory.mktemp(request.param)
    (folder / SUB_PATH).parent.mkdir(parents=True)
    host = Host(folder)
    host.engine = request.param
    yield host
    host.stop()


@pytest.fixture(scope="module")
def page(host):
    """The page, opened once."""
    page = ENGINES[host.engine]()
    try:
        page.open(host.address)
        page.wait_for(f"{DATA}.state === 'ready'")
        yield page
    finally:
        page.close()


def complaints(page):
    return [said for said in page.console_errors() if OF_PYODIDE not in said]


def test_is_ready(page):
    assert page.evaluate("document.getElementById('loading').hidden")
    assert page.evaluate(f"{DATA}.engine") == "wasm"
    assert page.evaluate("document.documentElement.scrollHeight") == drivers.SIZE["height"], "nothing to scroll"


def test_trains(page):
    before = float(page.evaluate(f"{DATA}.trainLoss"))
    page.press("Play")
    page.wait_for(f"+{DATA}.epoch >= 20")
    page.press("Pause")
    page.wait_for(f"{DATA}.state === 'paused'")
    assert page.evaluate(f"{DATA}.engine") == "wasm"
    assert float(page.evaluate(f"{DATA}.trainLoss")) < 0.7 * before


def test_draws_every_view(page):
    colours = dict(page.evaluate(COLOURS))
    charts = {"Loss over epochs", "Accuracy over epochs"}
    assert colours.keys() == {"boundary", "scale-bar", "strip", "representation", *charts}
    assert min(colours.values()) > 50, colours


def test_obeys(page):
    page.choose("Dataset", "Spiral")
    page.wait_for(f"location.hash.includes('dataset=spiral') && {DATA}.state === 'ready' && {DATA}.epoch === '0'")
    # End first: where the cursor stands in a box that was filled from the start is each browser's own affair.
    page.enter("Hidden layers", "\ue010, 3\ue007")
    page.wait_for(f"location.hash.includes('hidden_layers=16,8,3') && {DATA}.state === 'ready'")
    page.press("Step")
    page.wait_for(f"{DATA}.state === 'paused' && {DATA}.epoch === '1'")
    assert page.evaluate("document.querySelector('[role=alert]').textContent") == ""


def test_answers_to_keys(page):
    page.type("//canvas[@id='boundary']", "n")
    page.wait_for("document.getElementById('boundary').ariaLabel.includes('oint')")
    chosen = "document.getElementById('selection')"
    page.type("//canvas[@id='boundary']", "\ue007")
    page.wait_for(f"!{chosen}.hidden && {chosen}.textContent.includes('1')")
    page.type("//canvas[@id='boundary']", "\ue00c")
    page.wait_for(f"{chosen}.hidden")


def test_nothing_on_the_console(page):
    assert complaints(page) == []


def test_goes_on_without_a_network(page, host):
    """The last, for the server is gone after it."""
    if page.evaluate("!('serviceWorker' in navigator)"):
        pytest.skip("this browser has no service workers")
    page.wait_for(f"{DATA}.offline === 'ready'")
    host.stop()
    # To load it again would not do: as Firefox is driven, that passes the service worker by.
    page.open(host.address)
    page.wait_for(f"{DATA}.state === 'ready'")
    page.press("Play")
    page.wait_for(f"+{DATA}.epoch >= 2")
    assert complaints(page) == []
