"""The only door of the lab: runs by their ids, to be opened, trained and drawn, and closed.

`worker` carries these calls between the page and the lab; what is asked and answered is said in `spec/protocol.py`.
"""

from lab.run import Run

_runs: dict[str, Run] = {}


def open_runs(openings):
    """Begins a run for each `protocol.Opening`, in place of the one of that id. Returns dicts by `protocol.OPENED`."""
    opened = []
    for opening in openings:
        # What the one before has kept must not be there beside the new one.
        _runs.pop(opening.run, None)
        run = _runs[opening.run] = Run(opening.experiment, opening.drawn, opening.budget)
        opened.append({"run": opening.run, **run.opened()})
    return opened


def frame_runs(requests):
    """Trains and draws the run of each `protocol.Request`, in order. Returns dicts by `protocol.ANSWER`.

    KeyError where a run is not open.
    """
    return [{"run": request.run, **_runs[request.run].frame(request)} for request in requests]


def close_runs(ids):
    """Forgets runs, those that are open."""
    for run in ids:
        _runs.pop(run, None)
