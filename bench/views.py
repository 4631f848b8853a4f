"""What the lab is asked to draw by whoever measures or tests it without a page."""

from spec import protocol

# (r, g, b) of ten classes, of the signs, and of no preference.
PALETTE = {
    "classes": [(20 * number, 250 - 23 * number, 90) for number in range(10)],
    "signs": [(150, 40, 170), (20, 140, 120)],
    "neutral": (240, 240, 242),
    "boundary": (20, 30, 50),
}
STRAIGHT = [1, 0, 0, 0, 1, 0, 0, 0, 1]


def view_of(experiment, **changes):
    """A request's `view` where nothing is pointed at, chosen or turned, with time for everything; `changes` go first.

    See `protocol.SEEN` for what there is to change beside the fields.
    """
    seen = {
        "milliseconds": 1e6,
        "seconds": 0.0,
        "resolution": 48,
        "miniature": 64,
        "palette": PALETTE,
        "turn": STRAIGHT,
        "axis": None,
        "tour_seconds": 0.0,
        "calm": True,
        "selected": "",
        "loop": None,
        "point": None,
        "place": None,
    }
    return {**protocol.view(experiment, seen), **changes}
