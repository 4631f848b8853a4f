"""Proves a recorded program: on other numbers it has to give the same results as the function.

A record is right only if nothing in it depends on the numbers that it was made with. A number that Python took out of a
box, or drew at random, has become a constant of the program; on other numbers the results then differ.
"""

import numpy as np

from engine.interpret import interpret
from engine.program import Uncompilable
from engine.record import flat
from engine.stand_ins import computed_by_stand_ins

# The largest difference allowed between program and function, relative to the largest number of an output. The same
# primitives in the same order give the same numbers; where NumPy computes in float64 they differ by about 1e-7.
TOLERANCE = 1e-4


def prove(program, function, arguments):
    """Raises `Uncompilable` where `program` and `function` differ on numbers other than `arguments`.

    Has to be called within `stand_ins.cheap_products`: both sides then compute matrix products by stand-ins.
    """
    rng = np.random.default_rng(0)
    others = [_other(np.asarray(array, np.float32), rng) for array in arguments]
    with np.errstate(all="ignore"):
        expected = flat(function(*others))
        actual = interpret(program, others, computed_by_stand_ins())
        if len(actual) != len(expected):
            raise Uncompilable("the number of outputs depends on the inputs' values")
        for index, (one, other) in enumerate(zip(actual, expected, strict=True)):
            if not _close(one, np.asarray(other)):
                raise Uncompilable(
                    f"output {index} depends on something that is not traced: a value used as a Python number,"
                    " a random number, or float64 where float32 is not enough"
                )


def _other(array, rng):
    """Other numbers of the same shape: positive ones stay positive, and zeros do not stay zero.

    Each is multiplied by a random number from 0.5 to 1.5, then one from 0.01 to 0.1 is added.
    """
    factor, term = (rng.random(array.shape, np.float32) for _ in range(2))
    return array * (factor + np.float32(0.5)) + (term * np.float32(0.09) + np.float32(0.01))


def _close(one, other):
    """Whether two arrays agree to within `TOLERANCE`; infinities and NaN have to stand in the same places."""
    if one.shape != other.shape:
        return False
    if not one.size:
        return True
    finite = np.isfinite(other)
    size = np.abs(other[finite]).max(initial=0)
    near = np.abs(one - other) <= TOLERANCE * size + 1e-30
    return bool(np.where(finite, near, (one == other) | (np.isnan(one) & np.isnan(other))).all())
