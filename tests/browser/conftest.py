"""A built site behind a plain static file server, under a sub-path, and a real browser that looks at it."""

import functools
import http.server
import threading
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from tests import data_sets
from tests.browser import answers
from tests.browser.lab_page import LabPage
from tools import browser, site
from tools.environment import ROOT

SUB_PATH = "some/where"
SIZE = {"width": 1280, "height": 800}
# For a browser of a test's own, whose pages are soon closed: what V8 makes of WebAssembly at first will do there, as to
# improve it takes a third of the processor's time of a start. Pages that stay open get that back many times.
ARGUMENTS = [*browser.launch_arguments(), "--js-flags=--liftoff-only"]
# To keep the site a browser fetches all of it, which takes seconds; test_offline.py has it do so.
KEEPING_NOTHING = "delete Navigator.prototype.serviceWorker"


@pytest.fixture(scope="session")
def origin(tmp_path_factory):
    """The address of Python's own file server, which knows nothing of this project and sends no special headers."""
    with served(tmp_path_factory.mktemp("host")) as address:
        yield address


@pytest.fixture(scope="session")
def shaped_origin(tmp_path_factory):
    """The address of a site that has the tests' data sets: a line for each in the registry, a function in the lab."""
    project = tmp_path_factory.mktemp("project")
    data_sets.write_project(project)
    with served(tmp_path_factory.mktemp("host"), project) as address:
        yield address


@contextmanager
def served(host, project=ROOT):
    """Within the context a project's site is built in a folder and served from there, at the address that it gives."""
    (host / SUB_PATH).parent.mkdir(parents=True)
    site.build(host / SUB_PATH, project)
    handler = functools.partial(QuietHandler, directory=host)
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


@pytest.fixture(scope="session")
def visited(chromium, origin):
    """A browser that has been on the page before, and has kept what browsers keep of files."""
    context = chromium.new_context(viewport=SIZE)
    yield context
    context.close()


@pytest.fixture
def open_page(chromium, origin, visited):
    """`open_page(fragment, **context)` opens the page in a new tab; in a new browser, if anything of it is said.

    Which is what whoever looks at how the page opens (`wait_for=None`) gets as well. When the test is over, no page may
    have said an error or a warning on the console, nor asked another origin.
    """
    opened = []

    def open_one(fragment="", wait_for="ready", **context):
        if context or wait_for is None:
            lab = visit(chromium, origin, fragment, wait_for, **context)
        else:
            lab = visit_in(visited.new_page(), origin, fragment, wait_for)
        opened.append(lab)
        return lab

    yield open_one
    for lab in opened:
        if lab.page.context is visited:
            lab.page.evaluate("localStorage.clear()")
            lab.page.close()
        else:
            lab.page.context.close()
        assert lab.complaints == []


class Pages:
    """Pages that stay open from test to test, as loading Python takes longer than most of them.

    There is one for each kind of window. What it has once and for all (fingers, pixels for each CSS pixel) makes its
    kind; its size, and what a system can change at any time (`MEDIA`), are changed.
    """

    MEDIA = {"color_scheme": "light", "reduced_motion": "no-preference", "forced_colors": "none"}  # noqa: RUF012
    MOST = 4

    def __init__(self, chromium, origin):
        self.chromium, self.origin = chromium, origin
        # The one used last is the last.
        self.idle = {}

    def take(self, fragment="", viewport=SIZE, **context):
        """A page as it is when it has just been opened with a fragment, which does not play."""
        media = {name: context.pop(name, value) for name, value in self.MEDIA.items()}
        lab = self.idle.pop(repr(context), None)
        if lab is None:
            lab = visit(self.chromium, self.origin, fragment, viewport=viewport, **context, **media)
            lab.kind = repr(context)
        else:
            if media != lab.media:
                lab.page.emulate_media(**media)
            if viewport != lab.page.viewport_size:
                lab.page.set_viewport_size(viewport)
            lab.start_over(fragment)
        lab.media = media
        return lab

    def give_back(self, lab):
        """Keeps a page for the next test, at rest, unless its lab is gone; closes those that nobody has asked for."""
        unwanted = [self.idle.pop(lab.kind, None)]
        works = """() => {
            answers.stop();
            return document.documentElement.dataset.state !== "error";
        }"""
        if lab.page.evaluate(works):
            self.idle[lab.kind] = lab
        else:
            unwanted.append(lab)
        if len(self.idle) > self.MOST:
            unwanted.append(self.idle.pop(next(iter(self.idle))))
        for other in filter(None, unwanted):
            other.page.context.close()


@pytest.fixture(scope="session")
def pages(chromium, origin):
    return Pages(chromium, origin)


@pytest.fixture
def lab_at(request, pages):
    """`lab_at(fragment, **context)`: a page as if it had just been opened; it may have been used before.

    It is quicker than `open_page`, and serves where a test does not ask how a page opens, nor does it lasting harm.
    When the test is over the page may have said no error or warning on the console, nor asked another origin.
    """
    taken = []
    failed = request.session.testsfailed

    def take(*fragment, **context):
        lab = pages.take(*fragment, **context)
        taken.append(lab)
        return lab

    yield take
    for lab in taken:
        complaints, lab.complaints[:] = lab.complaints[:], []
        if complaints or request.session.testsfailed > failed:
            lab.page.context.close()
        else:
            pages.give_back(lab)
        assert complaints == []


@pytest.fixture
def lab(lab_at):
    """The page with its defaults, ready, at epoch 0."""
    return lab_at()


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


@pytest.fixture
def stage_at(lab_at):
    """`stage_at(fragment, **context)` gives the views of such a page."""
    return lambda *fragment, **context: answers.Stage(lab_at(*fragment, **context))


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
