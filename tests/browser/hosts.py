"""Hosts whose site changes while a browser looks at it, and browsers that remember it."""

import threading
from contextlib import contextmanager

from tests.browser.conftest import ARGUMENTS, SIZE, SUB_PATH
from tests.browser.lab_page import LabPage
from tools import browser, site
from tools.server import serve_files

KEPT = "document.documentElement.dataset.offline === 'ready'"


class Host:
    """A static host whose site can change; it keeps silent about the files in `silent`, and is gone if told so."""

    def __init__(self, files):
        self.files = files
        self.asked = []
        self.silent = set()
        self.reached = threading.Event()
        self.over = threading.Event()
        self.gone = False

    def read(self, path):
        self.asked.append(path)
        if path in self.silent:
            self.reached.set()
            self.over.wait(60)
        if self.gone or self.over.is_set():
            # As when nobody answers: the connection is closed.
            raise ConnectionAbortedError
        return self.files.get(path)


@contextmanager
def hosted(files):
    """A `Host` of a site under a sub-path; its `url` is the page's address."""
    host = Host(files)
    with serve_files(host.read, prefix=f"/{SUB_PATH}/") as host.url:
        try:
            yield host
        finally:
            host.over.set()


def another_version(files, mark):
    """The same site, but for the page's title: what would be built after an edit."""
    own = site.own_files()
    own["index.html"] = own["index.html"].replace(b"<title>", f"<title>{mark} ".encode())
    vendor = {path: files[path] for path in files if path.startswith("vendor/") or path == site.LICENCES}
    return site.assemble(own, vendor, site.site_parts())


def launched(chromium, profile):
    """A browser with a profile that stays, as a person's does."""
    return chromium.browser_type.launch_persistent_context(
        profile, executable_path=str(browser.find_chromium()), args=ARGUMENTS, viewport=SIZE
    )


def visit(context, host, fragment=""):
    """The page in another tab of a browser."""
    page = context.new_page()
    lab = LabPage(page, host.url)
    page.goto(f"{host.url}#{fragment}")
    return lab


def wait_until_kept(lab):
    """Waits until the browser has kept the whole site."""
    browser.wait_for(lab.page, KEPT)
