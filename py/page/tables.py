"""The tables of data sets that have one: fetched or found when the set is asked for, kept while the page is open."""

from pyscript.ffi import create_proxy
from scripts import fetchTable, ownTables

from spec import own_tables, registry

# The bytes of tables, by the keys of their sets or, of a person's own ones, by their own keys.
_kept = {}
# What stands for a person's own table in a link, by its key; "" where the table is too large.
_packed = {}


def of(experiment):
    """The table of an experiment's data set; None if it has none, or none that is there."""
    return _kept.get(_key(experiment))


def is_missing(experiment):
    """Whether an experiment's data set has a table that is not there."""
    return bool(registry.trait("dataset", experiment["dataset"], "table")) and _key(experiment) not in _kept


def link_of(experiment):
    """What stands for an experiment's own table in a link; "" if it has none, or that is too large."""
    return _packed.get(experiment["table"], "") if is_own(experiment) else ""


def linked(key, packed):
    """Takes note of what stands for a table in a link that is opened."""
    if key and packed and key not in _packed:
        _packed[key] = packed


def is_own(experiment):
    """Whether an experiment's data are a person's own."""
    return bool(registry.trait("dataset", experiment["dataset"], "own"))


def fetch(experiment, on_come, on_fail):
    """Fetches the table of an experiment's data set; then calls `on_come(values)`, or `on_fail(why)`, a sentence.

    `values` are those that the experiment's fields have to have.
    """
    if is_own(experiment):
        _find(experiment, on_come, on_fail)
        return
    key = experiment["dataset"]

    def come(table):
        _kept[key] = table
        on_come({})

    def miss():
        on_fail("The data of %s could not be loaded." % registry.entry("dataset", key).label)

    fetchTable(key, create_proxy(come), create_proxy(miss))


def take(key, first_line, content, on_taken):
    """Keeps a person's own table; calls `on_taken(is_kept)` with whether the browser keeps it beyond this visit.

    Raises ValueError, with a sentence, where it is damaged.
    """
    own_tables.keep(key, own_tables.read(first_line))
    _kept[key] = content

    def pack(text):
        _packed[key] = text
        _with_store(lambda store: store.keep(key, content), on_taken)

    _with_store(lambda store: store.packed(content), pack)


def take_place_of(key, others):
    """Has the browser keep the own table with that key beyond this visit, and no longer those with the `others`."""
    if key in _packed:
        _with_store(lambda store: store.keep(key, _kept[key]), lambda *nothing: None)
    if others:
        _with_store(lambda store: store.drop(*others), lambda *nothing: None)


def forget():
    """Forgets all of a person's own tables, in this browser too."""
    for key in list(_kept):
        if own_tables.is_known(key):
            del _kept[key]
    _packed.clear()
    _with_store(lambda store: store.forget(), lambda *nothing: None)


def _key(experiment):
    return experiment["table"] if is_own(experiment) else experiment["dataset"]


def _find(experiment, on_come, on_fail):
    """Looks for a person's own table in the browser and in the link; without a key for the one used last."""
    key = experiment["table"]

    def found(result):
        if not result:
            on_fail(NOT_HERE if key else NONE_YET)
            return
        found_key, line, content = result[0], result[1], result[2]
        values = {"dataset": experiment["dataset"], "table": found_key}
        try:
            take(found_key, line, content, lambda is_kept: on_come(values))
        except ValueError as error:
            on_fail("The table of this link cannot be used. %s" % error)

    _with_store(lambda store: store.find(key, _packed.get(key, "")), found)


NOT_HERE = (
    "The table of this link is not in this browser: a link holds only small ones. Open the table itself, in Data or by "
    "dropping it here."
)
NONE_YET = "There is no table of yours yet. Open, drop or paste one in Data."


def _with_store(ask, then):
    """Calls `then` with what `ask(store)` promises, where the store is `static/own_tables.mjs`."""
    proxy = create_proxy(then)
    ownTables().then(create_proxy(lambda store: ask(store).then(proxy)))
