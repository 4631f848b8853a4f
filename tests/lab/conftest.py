"""What all tests of the lab find there."""

import pytest

from lab import real_sets
from tests.real_tables import tables


@pytest.fixture(scope="session", autouse=True)
def kept_tables():
    """The lab has the tables of the real data sets, as if the page had sent them."""
    for key, table in tables().items():
        real_sets.keep_table(key, table)
