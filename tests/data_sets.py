"""Data sets that only the tests know, to come in by the registry as any other.

Each function is one of `lab/toy_sets.py`'s kind and needs nothing but NumPy, so that it may be added to a site's own
files, as `write_project` does.
"""

import inspect
import shutil
from contextlib import contextmanager

import numpy as np

from spec import registry
from tools.environment import ROOT

# All data sets that come with the page: what is true of each of them is not of a person's own table.
OFFERED = [key for key, entry in registry.entries("dataset").items() if not entry.traits.get("own")]


def three_classes(rng, rows):
    """Three clouds of the plane around a circle."""
    labels = np.arange(rows) % 3
    angle = 2 * np.pi * labels / 3
    return 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0, 0.6, (rows, 2)), labels


def ten_classes(rng, rows):
    """Ten clouds of the plane around a circle."""
    labels = np.arange(rows) % 10
    angle = 2 * np.pi * labels / 10
    return 4 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0, 0.3, (rows, 2)), labels


def many_inputs(rng, rows):
    """Two clouds in as many dimensions as there may be, far apart along two directions that are none of the axes."""
    labels = np.arange(rows) % 2
    directions = np.linalg.qr(np.random.default_rng(5).normal(size=(64, 2)))[0].T
    along = np.stack([np.where(labels == 0, -4.0, 4.0) + rng.normal(0, 1, rows), rng.normal(0, 2, rows)], axis=1)
    return 10 + along @ directions + rng.normal(0, 0.3, (rows, 64)), labels


def one_input(rng, rows):
    """A middle and its two sides on a line."""
    inputs = rng.uniform(-5, 5, (rows, 1))
    return inputs, (np.abs(inputs[:, 0]) < 2).astype(int)


def row_a_class(rng, rows):
    """Four classes of one row each, none held out."""
    return np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])[:rows], np.arange(rows)


def one_row(rng, rows):
    """A single row."""
    return np.array([[3.0, -2.0]]), np.zeros(1, int)


def large(rng, rows):
    """As many rows as there may be, of as many classes as have a mark: clouds of the plane around a circle."""
    labels = np.arange(rows) % 10
    angle = 2 * np.pi * labels / 10
    return 3.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0, 0.8, (rows, 2)), labels


def plane_target(rng, rows):
    """Regression: a wave over the plane."""
    inputs = rng.uniform(-5, 5, (rows, 2))
    return inputs, 3 + np.sin(inputs[:, 0]) + 0.2 * inputs[:, 1]


def ten_targets(rng, rows):
    """Regression: ten numbers of ten inputs, on another scale each."""
    inputs = rng.normal(0, 1, (rows, 10))
    return inputs, np.tanh(inputs) * 10.0 ** np.arange(-3, 7).clip(-1, 1)


def tiny_units(rng, rows):
    """Two clouds a millionth of a unit apart."""
    labels = np.arange(rows) % 2
    return 1e-6 * (rng.normal(0, 1, (rows, 2)) + np.where(labels == 0, -2, 2)[:, None]), labels


def huge_units(rng, rows):
    """Two clouds a million units apart."""
    labels = np.arange(rows) % 2
    return 1e6 * (rng.normal(0, 1, (rows, 2)) + np.where(labels == 0, -2, 2)[:, None]), labels


def _traits(rows, training, inputs, outputs, task="classification"):
    return {"rows": rows, "training": training, "inputs": inputs, "outputs": outputs, "task": task}


# key -> (label, what the registry knows of it)
DATA_SETS = {
    "three_classes": ("Three classes", _traits(90, 75, 2, 3)),
    "ten_classes": ("Ten classes", _traits(300, 270, 2, 10)),
    "many_inputs": ("Many inputs", _traits(240, 200, 64, 2)),
    "one_input": ("One input", _traits(60, 50, 1, 2)),
    "row_a_class": ("A row a class", _traits(4, 4, 2, 4)),
    "one_row": ("One row", _traits(1, 1, 2, 1)),
    "large": ("Large", _traits(20000, 18000, 2, 10)),
    "plane_target": ("A target", _traits(250, 200, 2, 1, "regression")),
    "ten_targets": ("Ten targets", _traits(230, 200, 10, 10, "regression")),
    "tiny_units": ("Tiny units", _traits(80, 70, 2, 2)),
    "huge_units": ("Huge units", _traits(80, 70, 2, 2)),
}


def lines():
    """The lines that enter all of them, for the end of `py/spec/registry.py`."""
    return "".join(
        f'enter("dataset", {key!r}, {label!r}, **{traits!r})\n' for key, (label, traits) in DATA_SETS.items()
    )


def write_project(folder):
    """Writes what a site is made of into a folder: a line for each of them in the registry, a function in the lab."""
    shutil.copy(ROOT / "index.html", folder)
    for name in ("static", "py"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    functions = "\n\n".join(inspect.getsource(globals()[key]) for key in DATA_SETS)
    for path, text in (("spec/registry.py", lines()), ("lab/toy_sets.py", functions)):
        path = folder / "py" / path
        path.write_text(f"{path.read_text()}\n\n{text}")


@contextmanager
def entered():
    """Within the context they are in the registry."""
    from spec import registry

    for key, (label, traits) in DATA_SETS.items():
        registry.enter("dataset", key, label, globals()[key], **traits)
    try:
        yield
    finally:
        for key in DATA_SETS:
            registry.remove("dataset", key)
