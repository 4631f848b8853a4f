"""What holds for every test of the lab."""

import pytest

from lab import real_sets, stage
from tests.real_tables import tables


@pytest.fixture(scope="session", autouse=True)
def kept_tables():
    """The lab has the tables of the real data sets, as if the page had sent them."""
    for key, table in tables().items():
        real_sets.keep_table(key, table)


@pytest.fixture(autouse=True)
def time_for_probes(request, monkeypatch):
    """However busy the machine is, a picture has time for all probes that are due; some tests bring their own clock."""
    if "clock" not in request.fixturenames:
        monkeypatch.setattr(stage, "PROBING_SECONDS", float("inf"))
