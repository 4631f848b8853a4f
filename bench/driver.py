"""Drives the browser: opens every contender in a page of its own and times them in turns."""

import json
import math
import random
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Error, sync_playwright

from tools import browser, runtime, server, site

FOLDER = Path(__file__).parent

# Contender -> the ways to use it; of several the fastest is reported. The names of `PEERS` in peers.js.
CONTENDERS = {
    "this lab": ["lab"],
    "TensorFlow.js cpu": ["tensorflow-cpu-minimize", "tensorflow-cpu-layers"],
    "TensorFlow.js wasm": ["tensorflow-wasm-minimize", "tensorflow-wasm-layers"],
    "TensorFlow.js webgl": ["tensorflow-webgl-minimize", "tensorflow-webgl-layers"],
    "ConvNetJS": ["convnetjs"],
}
LAB = "this lab"

NETWORKS = ((8,), (8, 8, 8), (128, 128), (1024, 1024, 1024))

WARM_UP_MS = 400
ROUND_MS = 300
# A contender is timed in this many rounds, or, where a step is slow, until it has had its time and the fewest rounds.
ROUNDS = 5
FEWEST_ROUNDS = 3


class Contender:
    """One use of one library, in a page of its own; `failure` says why it cannot take part, once it cannot."""

    def __init__(self, name, page):
        self.name = name
        self.failure = None
        self._page = page

    def call(self, method, *arguments):
        """What `bench.method(...arguments)` of measure.js resolves to; None, and a failure, where that rejects."""
        if self.failure:
            return None
        try:
            return self._page.evaluate(
                "([method, args]) => window.bench[method](...args)", [method, list(arguments)]
            )
        except Error as error:
            self.failure = str(error).strip().splitlines()[0]
            return None


def batch_of_points(rows=40, classes=2, seed=0):
    """`(points, labels)`: rows of two coordinates within ±6 and their class, inside or outside a circle."""
    rng = random.Random(seed)
    labels = [row % classes for row in range(rows)]
    points = []
    for label in labels:
        radius, angle = rng.uniform(0, 2) + 3 * label, rng.uniform(0, 2 * math.pi)
        points.append([radius * math.sin(angle), radius * math.cos(angle)])
    return points, labels


def network_of(hidden_layers, rows=40, activation="tanh"):
    """The description of a network and its batch that peers.js explains."""
    points, labels = batch_of_points(rows)
    return {
        "hiddenLayers": list(hidden_layers),
        "activation": activation,
        "learningRate": 0.01,
        "momentum": 0.9,
        "classes": 2,
        "points": points,
        "labels": labels,
    }


def served_files():
    """The built site, the peers' libraries and the benchmark's own files, by their paths."""
    own = {f"bench/{path.name}": path.read_bytes() for path in FOLDER.iterdir() if path.is_file()}
    return {**site.site_files(), **runtime.part_files("bench"), **own}


def python_modules(files):
    """Paths of the Python files that the lab needs in its worker."""
    rooms = ("py/lab/", "py/engine/")
    return [name for name in files if name == "py/spec.py" or name.startswith(rooms)] + ["bench/lab_steps.py"]


@contextmanager
def opened_contenders():
    """`(contenders, machine)`: every contender by its name in peers.js, and what they run on."""
    files = served_files()
    with server.serve_files(files) as url, sync_playwright() as playwright:
        program = playwright.chromium.launch(
            executable_path=browser.find_chromium(),
            # WebGL has to be there without a graphics card too, if slowly.
            args=[*browser.launch_arguments(), "--enable-unsafe-swiftshader"],
        )
        with program:
            context = program.new_context()
            options = {"modules": python_modules(files)}
            contenders = {
                name: open_contender(context, url, name, options) for uses in CONTENDERS.values() for name in uses
            }
            yield contenders, describe_machine(program, context, url)


def open_contender(context, url, name, options):
    """A page with the contender's library loaded."""
    page = context.new_page()
    page.goto(f"{url}bench/peers.html")
    page.wait_for_function("window.bench")
    contender = Contender(name, page)
    contender.call("open", name, options)
    return contender
