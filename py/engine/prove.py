"""Proves a recorded program: on other numbers it has to come to what the function comes to.

A record is only right if nothing in it depends on the numbers it was made with. A number that Python took out of a box,
or drew at random, is a constant in the program, and shows on other numbers.
"""

import numpy as np

from engine.interpret import interpret
from engine.program import Uncompilable
from engine.record import flat
from engine.stand_ins import computed_by_stand_ins

# How far, measured by the largest number of an output, the program may be from the function it was recorded of. The
# same primitives in the same order make no difference at all; what NumPy computes in float64 makes about 1e-7.
TOLERANCE = 1e-4


def prove(program, function, arguments):
    """Raises `Uncompilable` where `program` and `function` differ on numbers other than `arguments`.

    To be called within `stand_ins.cheap_products`, as products of matrices are stand-ins on both sides.
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
    """Other numbers of the same shape: what was positive stays so, and nothing stays 0.

    Each is multiplied by a number from 0.5 to 1.5, and one from 0.01 to 0.1 is added.
    """
    factor, term = (rng.random(array.shape, np.float32) for _ in range(2))
    return array * (factor + np.float32(0.5)) + (term * np.float32(0.09) + np.float32(0.01))


def _close(one, other):
    if one.shape != other.shape:
        return False
    if not one.size:
        return True
    finite = np.isfinite(other)
    size = np.abs(other[finite]).max(initial=0)
    near = np.abs(one - other) <= TOLERANCE * size + 1e-30
    return bool(np.where(finite, near, (one == other) | (np.isnan(one) & np.isnan(other))).all())
