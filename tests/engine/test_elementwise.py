"""Every element-wise operation against NumPy, and how far the elementary functions are from the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.assemble import assemble
from engine.machine import Machine
from engine.operations import OPERATIONS as PRIMITIVES
from engine.operations import evaluated
from engine.program import Load, Loop, Store
from tests.engine.kernels_in_numpy import OPERATIONS

# The element-wise operations that loops know.
ELEMENT_WISE = [name for name in PRIMITIVES if evaluated(name)]
# The largest errors that `engine.elementwise` states, in units in the last place.
BOUNDS = {"exp": 2, "log": 2, "tanh": 3, "sin": 3, "cos": 3}
POSITIVE = [0.0, 1e-45, 1.1754942e-38, 1.1754944e-38, 0.5, 1.0, 1.5, 2.5, 9.0, 87.4, 88.7, 89.0, 103.9, 104.0, 8192.0]
POSITIVE += [8192.5, 1e9, 16777217.0, 3.4028235e38, np.inf]
SPECIAL = np.array([*POSITIVE, *(-number for number in POSITIVE), np.nan], np.float32)
NUMBERS = st.one_of(st.floats(width=32), st.sampled_from(SPECIAL.tolist()))


def apply(name, *operands):
    """The compiled operation on arrays of the same length."""
    count = len(operands[0])
    step = -(-4 * count // 16) * 16
    loads = tuple(Load(index * step, (0, 1)) for index in range(len(operands)))
    out = len(operands) * step
    body = ((name, *range(len(operands))),)
    machine = Machine(
        assemble({"run": [Loop(1, count, loads, (), body, (Store(len(operands), out, (0, 1)),))]}, out + step)
    )
    for load, operand in zip(loads, operands, strict=True):
        machine.write(load.address, operand)
    machine.call("run")
    return machine.read(out, (count,))


def errors(name, x):
    """How many ulp of the true result the compiled function is off, for each of `x`."""
    with np.errstate(all="ignore"):
        truth = OPERATIONS[name](x.astype(np.float64))
        rounded = truth.astype(np.float32)
        result = apply(name, x)
        error = np.abs(result - truth) / np.spacing(np.abs(rounded)).astype(np.float64)
    same = (result == rounded) | (np.isnan(result) & np.isnan(rounded))
    return np.where(same, 0.0, np.where(np.isfinite(error), error, np.inf))


def every(step):
    """Every `step`-th of all float32 numbers, also those that are not finite."""
    return np.arange(0, 2**32, step, dtype=np.uint64).astype(np.uint32).view(np.float32)


@pytest.mark.parametrize("name", ELEMENT_WISE)
def test_special_values(name):
    grids = [grid.ravel() for grid in np.meshgrid(*[SPECIAL] * PRIMITIVES[name].operands, indexing="ij")]
    check(name, *grids)


@pytest.mark.parametrize("name", ELEMENT_WISE)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_values(name, data):
    rows = data.draw(st.lists(st.tuples(*[NUMBERS] * PRIMITIVES[name].operands), min_size=1, max_size=11))
    check(name, *np.array(rows, np.float32).T.copy())


def check(name, *operands):
    result = apply(name, *operands)
    with np.errstate(all="ignore"):
        expected = OPERATIONS[name](*operands)
    if name not in BOUNDS:
        np.testing.assert_array_equal(result, expected)
        return
    angles = name in ("sin", "cos") and np.abs(operands[0]) > 8192
    if np.any(angles):
        with np.errstate(all="ignore"):
            truth = OPERATIONS[name](operands[0].astype(np.float64))
        np.testing.assert_allclose(result[angles], truth[angles], rtol=0, atol=4e-7)
    rest = operands[0][~angles] if np.any(angles) else operands[0]
    if len(rest):
        assert errors(name, rest).max() <= BOUNDS[name]


@pytest.mark.parametrize("name", ["exp", "log", "tanh"])
def test_error_over_all_numbers(name):
    assert errors(name, every(1009)).max() <= BOUNDS[name]


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_error_of_angles(name):
    x = every(1009)
    assert errors(name, x[np.abs(x) <= 8192]).max() <= BOUNDS[name]
    x = np.random.default_rng(0).uniform(-8192, 8192, 1_000_000).astype(np.float32)
    assert errors(name, x).max() <= BOUNDS[name]


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_error_of_angles_next_to_multiples_of_half_pi(name):
    near = (np.arange(-5215, 5216) * (np.pi / 2)).astype(np.float32)
    for x in (near, np.nextafter(near, np.float32(np.inf)), np.nextafter(near, np.float32(-np.inf))):
        assert errors(name, x).max() <= BOUNDS[name]


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_huge_angles(name):
    x = every(1009)
    x = x[np.isfinite(x) & (np.abs(x) > 8192)]
    # A double's own reduction is exact there.
    np.testing.assert_allclose(apply(name, x), OPERATIONS[name](x.astype(np.float64)), rtol=0, atol=4e-7)
    assert np.all(np.isnan(apply(name, np.array([np.inf, -np.inf, np.nan], np.float32))))


def test_tanh_is_never_beyond_one():
    x = every(509)
    assert np.nanmax(np.abs(apply("tanh", x))) == 1.0


@pytest.mark.parametrize("name", ["exp", "tanh"])
def test_rising_functions_never_fall(name):
    x = np.sort(np.random.default_rng(0).uniform(-12, 12, 200_000).astype(np.float32))
    result = apply(name, x)
    # By the stated error, and no more.
    assert np.all(np.diff(result) >= -2 * BOUNDS[name] * np.spacing(np.abs(result[1:])))
