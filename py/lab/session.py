"""The only door of the lab: opens runs, trains and draws them, makes their flip-books, and closes them, each by its id.

`worker` carries these calls between the page and the lab; `spec/protocol.py` defines requests and answers.
"""

from lab import real_sets
from lab.run import Run

_runs: dict[str, Run] = {}


def open_runs(openings, table=None):
    """Starts a run for each `protocol.Opening`, instead of the one with its id. Returns dicts by `protocol.OPENED`.

    `table` is that of their data set, bytes, if it has one; see `real_sets.keep_table`.
    """
    opened = []
    for opening in openings:
        if table is not None:
            real_sets.keep_table(opening.experiment["dataset"], table)
        # The memory of the old run has to be free before the new one needs its own.
        _runs.pop(opening.run, None)
        run = _runs[opening.run] = Run(opening.experiment, opening.drawn, opening.budget)
        opened.append({"run": opening.run, **run.opened()})
    return opened


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
