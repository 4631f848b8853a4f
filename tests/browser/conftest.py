"""A built site behind a plain static file server, under a sub-path, and a real browser that looks at it."""

import functools
import http.server
import threading

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import answers
from tests.browser.lab_page import LabPage
from tools import browser, site

SUB_PATH = "some/where"
SIZE = {"width": 1280, "height": 800}
# To keep the site a browser fetches all of it, which takes seconds; test_offline.py has it do so.
KEEPING_NOTHING = "delete Navigator.prototype.serviceWorker"


@pytest.fixture(scope="session")
def origin(tmp_path_factory):
    """The address of Python's own file server, which knows nothing of this project and sends no special headers."""
    root = tmp_path_factory.mktemp("host")
    (root / SUB_PATH).parent.mkdir(parents=True)
    site.build(root / SUB_PATH)
    handler = functools.partial(QuietHandler, directory=root)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(browser.find_chromium()), args=browser.launch_arguments()
        )
        yield launched
        launched.close()


@pytest.fixture
def open_page(chromium, origin):
    """`open_page(fragment, **context)` opens the page in a new context, as a first visit.

    When the test is over, no page may have said an error or a warning on the console, nor asked another origin.
    """
    opened = []

    def open_one(fragment="", wait_for="ready", **context):
        lab = visit(chromium, origin, fragment, wait_for, **context)
        opened.append(lab)
        return lab

    yield open_one
    for lab in opened:
        lab.page.context.close()
        assert lab.complaints == []


@pytest.fixture(scope="session")
def shared(chromium, origin):
    """One page for all tests that start from the defaults: loading Python takes longer than most of them."""
    lab = visit(chromium, origin)
    yield lab
    lab.page.context.close()


@pytest.fixture
def lab(shared):
    """The page with its defaults, ready, at epoch 0."""
    shared.start_over()
    yield shared
    complaints, shared.complaints[:] = shared.complaints[:], []
    assert complaints == []


@pytest.fixture
def stage(lab):
    """The views of the page with its defaults, at rest."""
    stage = answers.Stage(lab)
    stage.rest()
    return stage


@pytest.fixture
def open_stage(open_page):
    """`open_stage(fragment, **context)` opens the page as `open_page` does, for its views."""
    return lambda *fragment, **context: answers.Stage(open_page(*fragment, **context))


def visit(chromium, origin, fragment="", wait_for="ready", **context):
    return visit_in(chromium.new_context(**{"viewport": SIZE, **context}).new_page(), origin, fragment, wait_for)


def visit_in(page, origin, fragment="", wait_for="ready"):
    """Opens the page in a browser's page that there is."""
    lab = LabPage(page, origin)
    page.add_init_script(KEEPING_NOTHING)
    page.add_init_script(path=answers.SCRIPT)
    page.goto(f"{origin}/{SUB_PATH}/#{fragment}")
    if wait_for:
        lab.wait_for_state(wait_for)
    return lab
