"""The one file in Firefox, from disk; in Chromium it is tested by tests/browser."""

import pytest

from tests.engines import drivers
from tests.engines.test_smoke import DATA, complaints
from tools import browser, single_file
from tools.errors import ToolError


def test_the_one_file_trains_from_disk(tmp_path):
    try:
        browser.programs("firefox")
    except ToolError as error:
        pytest.skip(f"firefox: {error}")
    file = tmp_path / "ein Weg ö.html"
    single_file.build(file)
    page = drivers.Firefox()
    try:
        page.open(file.as_uri())
        page.wait_for(f"{DATA}.state === 'ready'")
        page.choose("Dataset", "Spiral")
        page.wait_for(f"location.hash.includes('dataset=spiral') && {DATA}.state === 'ready'")
        page.press("Play")
        page.wait_for(f"+{DATA}.epoch >= 5")
        assert page.evaluate(f"{DATA}.engine") == "wasm"
        assert page.evaluate("document.querySelector('[role=alert]').textContent") == ""
        assert complaints(page) == []
    finally:
        page.close()
