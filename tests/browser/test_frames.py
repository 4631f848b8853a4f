"""The page within another: in a sandbox, and where the browser denies storage to what is in a frame."""

import json
from contextlib import contextmanager

import pytest

from tests.browser.conftest import ARGUMENTS, KEEPING_NOTHING, SIZE, SUB_PATH
from tests.browser.lab_page import LabPage
from tools import browser
from tools.server import serve_files

FRAME = """<!doctype html><title>Another site</title><link rel="icon" href="data:,">
<iframe width="1200" height="700" {sandbox} src="{url}"></iframe>"""
SANDBOX = 'sandbox="allow-scripts allow-same-origin"'
# Of another site than 127.0.0.1, though on the same machine.
OTHER = "localhost"
READY = "document.documentElement.dataset.state === 'ready'"
STATE = "document.documentElement.dataset.state"


@contextmanager
def framed(context, origin, sandbox=""):
    """`(frame, complaints)`: the page in a frame of another site's."""
    html = FRAME.format(sandbox=sandbox, url=f"{origin}/{SUB_PATH}/")
    with serve_files({"index.html": html.encode()}) as url:
        page = context.new_page()
        lab = LabPage(page, "http:")
        page.goto(url.replace("127.0.0.1", OTHER))
        frame = next(frame for frame in page.frames if frame.parent_frame)
        yield frame, lab.complaints


@pytest.fixture
def context(chromium):
    context = chromium.new_context(viewport=SIZE)
    context.add_init_script(KEEPING_NOTHING)
    yield context
    context.close()


def test_a_sandbox_that_keeps_the_page_from_its_files_is_named_and_what_to_add(context, origin):
    with framed(context, origin, 'sandbox="allow-scripts"') as (frame, _):
        browser.wait_for(frame, f"{STATE} === 'error'")
        said = frame.get_by_role("alert").inner_text()
    assert "sandbox" in said and SANDBOX in said
    assert "pyscript.mjs" in said, "and what came of it"


def test_with_what_is_to_be_added_the_page_works_in_a_sandbox(context, origin):
    with framed(context, origin, SANDBOX) as (frame, complaints):
        browser.wait_for(frame, READY)
        assert frame.evaluate("window.parent !== window")
        _train(frame)
        # Chromium's own remark on the two together.
        assert [text for text in complaints if "can escape its sandboxing" not in text] == []


def test_a_frame_of_another_site_with_storage_denied(chromium, origin, tmp_path):
    settings = tmp_path / "Default" / "Preferences"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))
    context = chromium.browser_type.launch_persistent_context(
        tmp_path, executable_path=str(browser.find_chromium()), args=ARGUMENTS, viewport=SIZE
    )
    with framed(context, origin) as (frame, complaints):
        browser.wait_for(frame, READY)
        denied = "() => { try { localStorage.length; return ''; } catch (error) { return error.name; } }"
        assert frame.evaluate(denied) == "SecurityError"
        _train(frame)
        assert complaints == []
    context.close()


def _train(frame):
    frame.get_by_role("button", name="Step", exact=True).click()
    browser.wait_for(frame, f"{STATE} === 'paused' && document.documentElement.dataset.epoch === '1'")
