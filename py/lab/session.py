"""The only door of the lab: opens runs, trains and draws them, makes their flip-books, and closes them, each by its id.

`worker` carries these calls between the page and the lab; `spec/protocol.py` defines requests and answers.
"""

from typing import Any

from lab import own_sets, real_sets
from lab.run import Run
from spec import registry

_runs: dict[str, Run] = {}
# The table that a person has opened last, a `table_opening.Table`, and by what choices; None if there is none.
_table: Any = None


def open_runs(openings, table=None):
    """Starts a run for each `protocol.Opening`, instead of the one with its id. Returns dicts by `protocol.OPENED`.

    `table` is that of their data set, bytes, if it has one; see `real_sets.keep_table` and `own_sets.keep`.
    """
    opened = []
    for opening in openings:
        if table is not None:
            _keep(opening.experiment, table)
        # The memory of the old run has to be free before the new one needs its own.
        _runs.pop(opening.run, None)
        run = _runs[opening.run] = Run(opening.experiment, opening.drawn, opening.budget)
        opened.append({"run": opening.run, **run.opened()})
    return opened


def go_on(openings, table=None):
    """Starts runs as `open_runs` does, but each with the network that the run with its id has, as far as it fits."""
    arrays = {opening.run: _runs[opening.run].trainer.arrays() for opening in openings if opening.run in _runs}
    opened = open_runs(openings, table)
    for run, trained in arrays.items():
        _runs[run].begin_with(trained)
    return opened


def lie(openings):
    """Has the planes of runs lie as the experiments of `protocol.Opening`s say. Returns what `open_runs` does.

    Raises KeyError where a run is not open.
    """
    return [{"run": opening.run, **_runs[opening.run].lie(opening.experiment)} for opening in openings]


def frame_runs(requests):
    """Trains and draws the run of each `protocol.Request`, in order. Returns dicts by `protocol.ANSWER`.

    Raises KeyError where a run is not open.
    """
    return [{"run": request.run, **_runs[request.run].frame(request)} for request in requests]


def flip_runs(requests):
    """Goes on with the flip-books of `protocol.Flip`s, in order. Returns dicts by `protocol.FLIPPED`.

    Raises KeyError where a run is not open.
    """
    return [{"run": request.run, **_runs[request.run].flip(request)} for request in requests]


def close_runs(ids):
    """Forgets the runs with these ids; ids of runs that are not open are ignored."""
    for run in ids:
        _runs.pop(run, None)


def read_table(choices, content=None):
    """What is understood of a person's table by `table_choices`, see `table_reading.reading_of`.

    `content` is the table, bytes, or text that was pasted; without it, it is the table that was read last. Raises
    `table_error.TableError` where it cannot be read; the table before is kept then.
    """
    global _table
    # These modules come only when a table does, see `worker`.
    from lab import table_choices, table_opening, table_reading

    opening = {name: choices.get(name) for name in table_choices.OPENING}
    if content is None:
        content = _table[0]
    if _table is None or content is not _table[0] or opening != _table[1]:
        _table = content, opening, table_opening.open_table(content, opening)
    return table_reading.reading_of(_table[2], choices)


def use_table(choices, name):
    """`(key, content)` of the table that was read last, as `spec/own_tables.py` has it, by `table_choices`.

    `name` is what it is called. Raises `table_error.TableError` with what is wrong where it cannot be used so.
    """
    from lab import table_data

    return table_data.own_table(_table[2], choices, name)


def draw(run, edits):
    """`(key, content)` of the data of the run with that id after `edits`, see `table_drawing.drawn_on`."""
    from lab import table_drawing

    found = _runs[run]
    return table_drawing.drawn_on(found.data, found.experiment, edits)


def csv_of(run):
    """The data of the run with that id as text in CSV; raises KeyError where it is not open."""
    from lab import table_data

    found = _runs[run]
    return table_data.csv_of_data(found.data, found.experiment)


def _keep(experiment, table):
    if registry.trait("dataset", experiment["dataset"], "own"):
        own_sets.keep(experiment["table"], table)
    else:
        real_sets.keep_table(experiment["dataset"], table)
