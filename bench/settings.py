"""How thoroughly things are measured: one value of settings, which every part of the benchmark reads."""

import math
from collections import namedtuple

# How often a thing is measured, the seconds that each measurement takes, and those before the first one.
Pace = namedtuple("Pace", "rounds seconds warm_up")

Settings = namedtuple(
    "Settings",
    (
        # Networks that take more operations a step than this (`networks.operations`) are left out.
        "most_operations",
        # Of a step, for every contender, and for the lab alone.
        "contenders",
        "sweeps",
        # Of the machine's own matrix product, of each size.
        "simd",
        # How often a network is compiled, at most.
        "constructions",
        "grid",
        # Of each of the engine's kernels alone (`bench.kernels`), and of a step without one of its passes
        # (`bench.passes`); of data of other shapes (`bench.lab_shapes`).
        "kernels",
        "passes",
        "shapes",
        # First visits to the page, and the seconds until the second one; a browser writes down what it has compiled a
        # moment after a page has been loaded.
        "visits",
        "seconds_between_visits",
        "scene",
        # Frames to wait for, and networks to change to; before memory is first looked at, and between two looks.
        "frames_before",
        "frames",
        "networks_before",
        "networks",
        # How long the page is left open, how often it is looked at meanwhile, and how often another network is chosen.
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
    frames_before=600,
    frames=10_000,
    networks_before=20,
    networks=200,
    soak_minutes=60,
    soak_readings=12,
    soak_seconds_a_network=10,
    arguments=(),
)
# Just enough for every number to be there; what it is says nothing. Browsers' clocks go in tenths of a millisecond.
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
