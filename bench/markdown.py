"""Prints the tables of README.md and docs/measurements.md from the file of `python3 -m tools bench --json FILE`.

PYTHONPATH=.:py .venv/bin/python -m bench.markdown FILE
"""

import json
import sys
from pathlib import Path

from bench.driver import CONTENDERS, LAB
from bench.networks import in_words
from bench.report import short
from bench.start import VISITS

# The text of a cell without a measurement, for a contender that has failed or that the browser cannot run.
NOT_MEASURED = "–"
TRAINING = ("hidden layers", *CONTENDERS, "against the fastest of them")
FRAMES = (
    "hidden layers",
    "frames/s",
    "drawings/s",
    "steps/s",
    "page, ms a frame",
    "lab, ms a drawing (outputs, plane, representation, network, probes)",
    "share of the lab's time",
    "kB a drawing",
)
START = ("milliseconds since navigation", *(title for title, _ in VISITS.values()))
SOAK = ("after minutes", "networks", "steps", "workers", "page", "page, wasm", "worker", "worker, wasm")


def main(path):
    """Prints every table that the file has numbers for."""
    document = json.loads(Path(path).read_text("utf-8"))
    for name, lines_of in TABLES.items():
        if name in document:
            print(*lines_of(document[name]), sep="\n", end="\n\n")


def training(networks):
    """Microseconds a step: a network a line, a contender a column."""
    rows = []
    for network in networks:
        results = {name: network["contenders"].get(name, {}) for name in CONTENDERS}
        cells = {name: _microseconds(result) for name, result in results.items()}
        cells[LAB] = f"**{cells[LAB]}**"
        standing = network["standing"]
        ratio = f"{short(standing['speed_up'])} ×" if standing else NOT_MEASURED
        rows.append((in_words(network["hidden_layers"]), *cells.values(), ratio))
    return table(TRAINING, rows)


def _microseconds(result):
    return NOT_MEASURED if "error" in result or not result else short(result["us_per_step"])


def compiling(results):
    """A sentence for each network that was compiled."""
    return [
        f"{in_words(result['hidden_layers'])}: {short(result['milliseconds'])} ms to compile, "
        f"a module of {result['bytes'] / 1000:.0f} kB."
        for result in results
    ]


def grids(results):
    """A sentence for each network for which the grid behind the decision boundary was computed."""
    return [
        f"{in_words(result['hidden_layers'])}: {short(result['milliseconds'])} ms for a grid of "
        f"{result['resolution']} × {result['resolution']}."
        for result in results
    ]


def frames(scenes):
    """How smoothly the page draws: a scene a line."""
    rows = []
    for title, scene in scenes.items():
        _, *drawing = scene["worker"].values()
        parts = ", ".join(f"{milliseconds:.1f}" for milliseconds in drawing)
        rows.append(
            (
                title,
                f"{scene['frames_per_second']:.1f}",
                f"{scene['drawings_per_second']:.1f}",
                f"{scene['steps_per_second']:,.0f}",
                f"{scene['page']['all']:.1f}",
                f"{sum(drawing):.1f} ({parts})",
                f"{100 * scene['share_of_worker']:.0f} %",
                f"{scene['bytes_per_drawing'] / 1000:.0f}",
            )
        )
    return table(FRAMES, rows)


def start(result):
    """How soon the page is ready: a stage a line."""
    rows = [(title, *(f"{result[visit][title]:,.0f}" for visit in VISITS)) for title in result["cold"]]
    longest = [result["longest_task"][visit] for visit in VISITS]
    return table(START, [*rows, ("longest task", *(f"{each:.0f}" if each else "below 50" for each in longest))])


def soak(readings):
    """The readings of a page that was left open, one a line."""
    rows = [
        (
            f"{reading['minute']:.0f}",
            f"{reading['networks']:,}",
            f"{reading['steps']:,}",
            str(reading["workers"]),
            *(f"{reading['heaps'][heap] / 1e6:.1f}" for heap in ("page", "page_wasm", "worker", "worker_wasm")),
        )
        for reading in readings
    ]
    return table(SOAK, rows)


def table(header, rows):
    """Lines of a table in Markdown."""
    return [f"| {' | '.join(cells)} |" for cells in (header, ["---"] * len(header), *rows)]


# Key in the JSON file -> the function that returns the lines for its value.
TABLES = {"compare": training, "compile": compiling, "grid": grids, "frames": frames, "start": start, "soak": soak}

if __name__ == "__main__":
    main(*sys.argv[1:])
