"""Fixtures of the tests of the tools."""

import pytest

from tools import site


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """The files of the real site; the archives are there already, as `python3 -m tools test` sees to it."""
    return site.site_files()
