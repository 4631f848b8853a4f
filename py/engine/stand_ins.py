"""Cheap stand-ins for matrix products while a function is traced.

Recording a function needs the shapes of its values, and proving the record needs values that depend on all that they
should depend on. Neither needs a real product, which takes NumPy in Pyodide a second for three layers of 1024. Here the
outer product of the rows' means and the columns' means replaces it. `OPERATIONS` has the stand-in of each product.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from engine.operations import OPERATIONS


def computed_by_stand_ins() -> dict[str, Callable]:
    """For each operation that has a stand-in: its name, and the function that computes it by the stand-in."""
    return {
        name: _of_matrices(primitive.stand_in, primitive.numpy)
        for name, primitive in OPERATIONS.items()
        if primitive.stand_in
    }


@contextmanager
def cheap_products() -> Iterator[None]:
    """Within this context autograd computes matrix products by their stand-ins."""
    stand_ins = [
        (_wrapped_function(source.primitive), primitive.stand_in)
        for primitive in OPERATIONS.values()
        if primitive.stand_in
        for source in primitive.sources
    ]
    originals = [cell.cell_contents for cell, _ in stand_ins]
    for (cell, stand_in), original in zip(stand_ins, originals, strict=True):
        cell.cell_contents = _of_matrices(stand_in, original)
    try:
        yield
    finally:
        for (cell, _), original in zip(stand_ins, originals, strict=True):
            cell.cell_contents = original


def _of_matrices(stand_in, original):
    """A function that calls `stand_in` for two matrices that are not empty, and `original` for anything else."""

    def choose(a, b, *rest, **keywords):
        matrices = np.ndim(a) == np.ndim(b) == 2 and np.size(a) and np.size(b)
        return (stand_in if matrices else original)(a, b, *rest, **keywords)

    return choose


def _wrapped_function(primitive):
    """The cell of the closure in which an autograd primitive keeps the NumPy function that it wraps."""
    return dict(zip(primitive.__code__.co_freevars, primitive.__closure__, strict=True))["f_raw"]
