"""How thoroughly things are measured: `Settings`, one value that all parts of the benchmark read."""

import math
from collections import namedtuple

# rounds: how many times a thing is measured. seconds: the time of each measurement. warm_up: the time before the first.
Pace = namedtuple("Pace", "rounds seconds warm_up")

Settings = namedtuple(
    "Settings",
    (
        # Networks that take more operations a step than this (`networks.operations`) are left out.
        "most_operations",
        # The pace for a training step, of every contender, and of the lab alone.
        "contenders",
        "sweeps",
        # The pace for the machine's own matrix product, of each size.
        "simd",
        # How often a network is compiled, at most.
        "constructions",
        # The pace for the grid behind the decision boundary.
        "grid",
        # The pace for each of the engine's kernels alone (`bench.kernels`); for a step without one of its passes
        # (`bench.passes`); and for data of other shapes (`bench.lab_shapes`).
        "kernels",
        "passes",
        "shapes",
        # The number of first visits to the page, and the seconds until the second visit: a browser saves compiled code
        # a moment after a page has been loaded.
        "visits",
        "seconds_between_visits",
        # The pace for a scene of the page, and the data set of `tests/data_sets.py` that is seen for its many points.
        "scene",
        "crowd",
        # Frames to wait for, and networks to change to: before the first reading of memory, and between two readings.
        "frames_before",
        "frames",
        "networks_before",
        "networks",
        # How long the page is left open, the number of readings meanwhile, and the time from one network to the next.
        "soak_minutes",
        "soak_readings",
        "soak_seconds_a_network",
        # What the browser is told besides `browser.launch_arguments`.
        "arguments",
    ),
)

THOROUGH = Settings(
    most_operations=math.inf,
    contenders=Pace(rounds=7, seconds=0.3, warm_up=0.8),
    sweeps=Pace(rounds=5, seconds=0.12, warm_up=0.25),
    simd=Pace(rounds=5, seconds=0.05, warm_up=0.25),
    constructions=20,
    grid=Pace(rounds=7, seconds=0.1, warm_up=0.35),
    kernels=Pace(rounds=3, seconds=0.3, warm_up=0),
    passes=Pace(rounds=7, seconds=0.15, warm_up=0),
    shapes=Pace(rounds=5, seconds=0.2, warm_up=0),
    visits=5,
    seconds_between_visits=3,
    scene=Pace(rounds=1, seconds=8, warm_up=3),
    crowd="large",
    frames_before=600,
    frames=10_000,
    networks_before=20,
    networks=200,
    soak_minutes=60,
    soak_readings=12,
    soak_seconds_a_network=10,
    arguments=(),
)
# Just enough to get every number; the numbers mean nothing. Browsers' clocks advance in tenths of a millisecond.
QUICKEST = Settings(
    most_operations=1e7,
    contenders=Pace(rounds=1, seconds=0.002, warm_up=0.002),
    sweeps=Pace(rounds=1, seconds=0.002, warm_up=0.002),
    simd=Pace(rounds=1, seconds=0.002, warm_up=0),
    constructions=1,
    grid=Pace(rounds=1, seconds=0.002, warm_up=0),
    kernels=Pace(rounds=1, seconds=0.001, warm_up=0),
    passes=Pace(rounds=1, seconds=0.002, warm_up=0),
    shapes=Pace(rounds=1, seconds=0.002, warm_up=0),
    visits=1,
    seconds_between_visits=0,
    scene=Pace(rounds=1, seconds=0.5, warm_up=0),
    # The lines between ten classes of 20,000 points alone take many seconds.
    crowd="ten_classes",
    frames_before=1,
    frames=10,
    networks_before=1,
    networks=1,
    soak_minutes=0.02,
    soak_readings=1,
    soak_seconds_a_network=0.5,
    # What V8 makes of WebAssembly at first does; to improve it takes longer than all that is measured.
    arguments=("--js-flags=--liftoff-only",),
)
PACES = {"thorough": THOROUGH, "quickest": QUICKEST}
