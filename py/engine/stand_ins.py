"""Cheap stand-ins for matrix products while a function is traced.

Recording a function needs the shapes of its values, and proving the record needs values that depend on all that they
should depend on. Neither needs a real product, which takes NumPy in Pyodide a second for three layers of 1024: here the
product of the rows' means and the columns' means stands in for it.
"""

from contextlib import contextmanager

import autograd.numpy as anp
import numpy as np
from autograd.numpy.numpy_vjps import dot_adjoint_0, dot_adjoint_1


def product(a, b):
    """In place of a · b, shapes (m, k) and (k, n)."""
    return np.outer(a.mean(axis=1), b.mean(axis=0))


def adjoint_0(b, g, *_, **__):
    """In place of g · bᵀ, shapes (m, n) and (k, n)."""
    return np.outer(g.mean(axis=1), b.mean(axis=1))


def adjoint_1(a, g, *_, **__):
    """In place of aᵀ · g, shapes (m, k) and (m, n)."""
    return np.outer(a.mean(axis=0), g.mean(axis=0))


# By the names that `trace` gives the operations.
STAND_INS = {"dot": product, "matmul": product, "dot_adjoint_0": adjoint_0, "dot_adjoint_1": adjoint_1}
_PRIMITIVES = {anp.dot: product, anp.matmul: product, dot_adjoint_0: adjoint_0, dot_adjoint_1: adjoint_1}


def of_matrices(stand_in, original):
    """A function that is `stand_in` for two matrices that are not empty, and `original` for anything else."""

    def choose(a, b, *rest, **keywords):
        matrices = np.ndim(a) == np.ndim(b) == 2 and np.size(a) and np.size(b)
        return (stand_in if matrices else original)(a, b, *rest, **keywords)

    return choose


@contextmanager
def cheap_products():
    """While it lasts autograd's products are stand-ins."""
    cells = {primitive: _raw_function(primitive) for primitive in _PRIMITIVES}
    originals = {primitive: cell.cell_contents for primitive, cell in cells.items()}
    for primitive, cell in cells.items():
        cell.cell_contents = of_matrices(_PRIMITIVES[primitive], originals[primitive])
    try:
        yield
    finally:
        for primitive, cell in cells.items():
            cell.cell_contents = originals[primitive]


def _raw_function(primitive):
    """The variable in which an autograd primitive keeps the NumPy function that it wraps."""
    return dict(zip(primitive.__code__.co_freevars, primitive.__closure__, strict=True))["f_raw"]
