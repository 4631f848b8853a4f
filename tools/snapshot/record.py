"""Records the default experiment, for the page to play until its own lab is there. `build.mjs` runs this in Pyodide.

A recording holds the lab's own answers in whole numbers: pictures of a modest size, paths in larger units, and of each
pixel what it is mixed of, so that the page mixes it of the colours of its present theme. `static/recording.mjs` reads
it.

It is a zlib stream of the length of a header in four bytes, the header in JSON, and `Numbers`. In the header, `opened`
and `answers` have the names of `protocol`; `history` is that of the whole recording; `parts` lists the parts of
pictures in the numbers, in order: name, kind and, for each picture, how many numbers it has, -1 where the picture lacks
the part. `full` is the number that stands for all of a colour; no pixel has that much.
"""

import json
import struct
import time
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from lab import contour, session, shadings
from spec import fields, protocol

# The epochs of the pictures: more of them at first, when the network changes fastest. At the last one all training
# points lie on their side of the boundary.
PICTURES, LAST_EPOCH = 17, 150
EPOCHS = tuple(round(LAST_EPOCH * (number / (PICTURES - 1)) ** 1.5) for number in range(PICTURES))
# The side of the left view, in squares; and the milliseconds in which the lab thinks that it can draw that and, for all
# else, the coarsest lattice.
RESOLUTION = 32
MILLISECONDS = 2.4
# The side of a layer's miniature, in pixels.
MINIATURE = 48
# Paths get units that are so many times as long.
COARSER = {
    **dict.fromkeys(("contour", "plane_marks", "plane_wrong"), 8),
    **dict.fromkeys(("lines", "bend_boundary", "marks", "wrong"), 50),
}
# Pixels become numbers from -63 to 63. A shading has at most the share `STRENGTH` of a colour.
FULL = int(63 / shadings.STRENGTH)
ONE, OTHER, NEUTRAL, BOUNDARY = (FULL, 0, 0), (0, FULL, 0), (0, 0, 0), (0, 0, FULL)
RUN = "recorded"
# An object of the protocol, by name.
Answer = dict[str, Any]

# The kinds of numbers, see `Numbers`, and the parts of a picture that are kept as such.
IMAGE, PATH, STEADY = "image", "path", "steady"
PARTS = {
    "pixels": IMAGE,
    "tiles": IMAGE,
    "scale": STEADY,
    "contour": PATH,
    "lines": PATH,
    "bend_boundary": PATH,
    "marks": STEADY,
    "plane_marks": STEADY,
    "line_groups": STEADY,
    "mark_groups": STEADY,
    "plane_mark_groups": STEADY,
    "wrong": STEADY,
    "plane_wrong": STEADY,
    "wrong_groups": STEADY,
    "plane_wrong_groups": STEADY,
    "wrong_counts": STEADY,
    "heaps": STEADY,
    "weights": STEADY,
    "miniatures": STEADY,
}


def recording() -> bytes:
    """The recording of the default experiment, as bytes."""
    return packed(*answers_of(fields.defaults()))


def answers_of(experiment: Mapping[str, Any]) -> tuple[Answer, list[Answer]]:
    """`(opened, answers)`: the lab's answers to opening an experiment of two classes, and at the end of each epoch."""
    clock = time.perf_counter
    seconds = 0.0
    # Drawing takes no time at all, so that how fine it is does not depend on the machine. Between two requests there is
    # time enough for weights and probes to be drawn again.
    time.perf_counter = lambda: seconds
    try:
        (opened,) = session.open_runs([protocol.Opening(RUN, experiment, True, protocol.BUDGET)])
        answers = []
        for epoch in EPOCHS:
            seconds += 1.0
            answers += session.frame_runs([request(experiment, epoch)])
        return opened, answers
    finally:
        session.close_runs([RUN])
        time.perf_counter = clock


def request(experiment: Mapping[str, Any], epoch: int) -> protocol.Request:
    """The request to train to the end of an epoch, and to draw what the page shows first."""
    seen = {
        "milliseconds": MILLISECONDS,
        "seconds": 0.0,
        "resolution": RESOLUTION,
        "miniature": MINIATURE,
        "palette": {"classes": (ONE, OTHER), "signs": (ONE, OTHER), "neutral": NEUTRAL, "boundary": BOUNDARY},
        "turn": (1, 0, 0, 0, 1, 0, 0, 0, 1),
        "axis": None,
        "tour_seconds": 0.0,
        "calm": True,
        "selected": "",
        "loop": None,
        "point": None,
        "place": None,
    }
    live, view = protocol.live_of(experiment), protocol.view(experiment, seen)
    return protocol.Request(RUN, 1_000_000, 1000, epoch, live, None, False, False, True, view)


def packed(opened: Answer, answers: list[Answer]) -> bytes:
    """The recording of `opened` and `answers`."""
    pictures = with_all_miniatures([in_whole_numbers(answer["picture"]) for answer in answers])
    numbers = Numbers()
    parts = []
    for name, kind in PARTS.items():
        found = [picture.get(name) for picture in pictures]
        parts.append([name, kind, [-1 if values is None else values.size for values in found]])
        numbers.add(kind, [values for values in found if values is not None])
    history = np.array([[answer["epoch"], *answer["metrics"]] for answer in answers]).T
    header = {
        "full": FULL,
        "opened": {
            **{name: opened[name] for name in ("rows", "columns", "inputs", "outputs", "task", "engine", "reason")},
            "plane": opened["plane"].tolist(),
            "unit": [opened["unit"] * COARSER["contour"]],
            "axis_units": opened["axis_units"].ravel().tolist(),
            "targets": opened["targets"].tolist(),
        },
        "history": rounded(history),
        "answers": [
            {"epoch": answer["epoch"], "step": answer["step"], "live": answer["live"], "picture": few(picture)}
            for answer, picture in zip(answers, pictures, strict=True)
        ],
        "parts": parts,
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    return zlib.compress(struct.pack("<I", len(text)) + text + bytes(numbers.content), 9)


def in_whole_numbers(picture: Answer) -> Answer:
    """A picture with its `PARTS` in whole numbers, and with the unit that its paths then have."""
    paths = {name: coarser(picture[name], by) for name, by in COARSER.items() if name in picture}
    mixtures: Answer = {name: mixture(picture[name]) for name in ("pixels", "tiles", "scale") if name in picture}
    inks = {"miniatures": ink(picture["miniatures"])}
    return {**picture, **paths, **mixtures, **inks, "unit": picture["unit"] * COARSER["lines"]}


def with_all_miniatures(pictures: list[Answer]) -> list[Answer]:
    """The pictures, each with the miniatures of all layers as they were drawn last.

    A drawing renews those of some layers, whose turn it is. What the first pictures lack they have from later ones.
    """
    latest: dict[int, np.ndarray] = {}
    for picture in reversed(pictures):
        latest |= enumerate(picture["miniatures"], picture["miniature_first"])
    completed = []
    for picture in pictures:
        latest |= enumerate(picture["miniatures"], picture["miniature_first"])
        every = np.stack([latest[number] for number in sorted(latest)])
        completed.append({**picture, "miniatures": every, "miniature_first": 0})
    return completed


def ink(pixels: np.ndarray) -> np.ndarray:
    """The number of each pixel's colour, without the last axis: 0 neutral, 1 and 2 the classes', 3 the boundary's."""
    result: np.ndarray = pixels[..., :3].astype(int) @ (1, 2, 3) // FULL
    return result


def mixture(pixels: np.ndarray) -> np.ndarray:
    """What pixels are mixed of, without the last axis of `pixels`: from -FULL, all of one colour, to all of another."""
    result: np.ndarray = pixels[..., 1].astype(int) - pixels[..., 0]
    return result


def coarser(path: np.ndarray, by: int) -> np.ndarray:
    """A path in units that are `by` times as long."""
    return np.where(path == contour.BREAK, path, np.rint(path / by).astype(int))


def few(picture: Answer) -> Answer:
    """The parts of a picture that are not among `PARTS`: some numbers, and what is either so or not."""
    found = {
        name: picture[name]
        for name in ("resolution", "tile_size", "miniature_first", "miniature_size", "spatial", "moving", "fine")
    }
    if "scale_values" in picture:
        found["scale_values"] = rounded(picture["scale_values"])
    found |= {"unit": [picture["unit"]], "shape": picture["shape"].tolist()}
    found |= {name: rounded(picture[name]) for name in ("extent", "upright", "parted", "tile_scales")}
    if "probes" in picture:
        found["probes"] = rounded(picture["probes"].ravel())
    return found


def rounded(values: np.ndarray) -> list[Any]:
    """An array as a list of numbers with four digits behind the point."""
    result: list[Any] = np.round(values.astype(float), 4).tolist()
    return result


class Numbers:
    """Whole numbers as bytes, `content`: most in one, because each is the difference from what is expected.

    Of images of shape (…, side, side) a pixel's change since the previous image is expected to be a plane's: what it is
    to the left, and above, less what it is above to the left. A path is expected to go straight on. Other numbers,
    which are `STEADY`, are expected to stay what they were, if there are as many.
    """

    def __init__(self) -> None:
        self.content = bytearray()

    def add(self, kind: str, all_values: list[np.ndarray]) -> None:
        """Adds a part's numbers for one picture after the other: a list of arrays."""
        before = None
        for values in all_values:
            if kind == PATH:
                self._path(values.tolist())
                continue
            change = values if before is None or before.shape != values.shape else values - before
            before = values
            if kind == IMAGE:
                padded = np.pad(change, [(0, 0)] * (change.ndim - 2) + [(1, 0), (1, 0)])
                change = np.diff(np.diff(padded, axis=-1), axis=-2)
            for number in change.ravel().tolist():
                self._signed(number)

    def _path(self, path: list[int]) -> None:
        """Adds a path, point by point; the lowest bit of the first number says whether a polyline ends there."""
        x = y = right = up = 0
        starts = True
        for next_x, next_y, ends in _points(path):
            self._unsigned(2 * _folded(next_x - x - right) + ends)
            self._signed(next_y - y - up)
            # At its second point it is not known yet where a polyline goes.
            known = not starts and not ends
            right, up = (next_x - x, next_y - y) if known else (0, 0)
            x, y, starts = next_x, next_y, ends

    def _signed(self, number: int) -> None:
        self._unsigned(_folded(number))

    def _unsigned(self, number: int) -> None:
        """Adds a number from 0 up: seven bits a byte, the lowest first; the highest bit says that more follow."""
        while number > 127:
            self.content.append(number & 127 | 128)
            number >>= 7
        self.content.append(number)


def _points(path: list[int]) -> Iterator[tuple[int, int, bool]]:
    """`(x, y, ends)` of the points of a path, a list: `ends` is whether a polyline ends there."""
    at = 0
    while at < len(path):
        ends = at + 2 == len(path) or path[at + 2] == contour.BREAK
        yield path[at], path[at + 1], ends
        at += 3 if ends else 2


def _folded(number: int) -> int:
    """A number from 0 up for each whole number: 0, -1, 1, -2, 2 …"""
    return 2 * number if number >= 0 else -2 * number - 1
