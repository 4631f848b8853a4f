"""The tables of the real data sets: each is fetched when its set is asked for, and kept as long as the page is open."""

from pyscript.ffi import create_proxy
from scripts import fetchTable

from spec import registry

# The bytes of tables, by the keys of their sets.
_kept = {}


def of(experiment):
    """The table of an experiment's data set; None if it has none, or none that has been fetched."""
    return _kept.get(experiment["dataset"])


def is_missing(experiment):
    """Whether an experiment's data set has a table that has not been fetched."""
    key = experiment["dataset"]
    return bool(registry.trait("dataset", key, "table")) and key not in _kept


def fetch(experiment, on_come, on_fail):
    """Fetches the table of an experiment's data set; then calls `on_come()`, or `on_fail()` if that was of no use."""
    key = experiment["dataset"]

    def come(table):
        _kept[key] = table
        on_come()

    fetchTable(key, create_proxy(come), create_proxy(on_fail))
