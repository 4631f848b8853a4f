"""Loops of every shape, layout and reduction against NumPy; nothing is written beside the results."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.program import Load, Loop, Reduction, Store
from tests.engine.compiled import Arrays, assert_close, run_both
from tests.engine.kernels_in_numpy import run_kernels

SIZES = st.sampled_from([0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 16, 17, 18, 23, 40, 67])
LAYOUTS = ("dense", "row", "column", "one", "transposed", "wide")
UNARY = ("negative", "square", "tanh", "exp", "absolute", "logical_not", "floor")
BINARY = ("add", "multiply", "subtract", "maximum", "greater")


def strides_of(layout, rows, columns):
    """(strides, numbers in memory) of an operand that is broadcast or laid out as `layout` says."""
    return {
        "dense": ((columns, 1), rows * columns),
        "row": ((0, 1), columns),
        "column": ((1, 0), rows),
        "one": ((0, 0), 1),
        "transposed": ((1, rows), rows * columns),
        "wide": ((2 * columns + 3, 2), rows * (2 * columns + 3)),
    }[layout]


@st.composite
def loops(draw):
    """A random loop, its arrays, and what it writes: (loop, memory, written)."""
    rows, columns = draw(SIZES), draw(SIZES)
    arrays = Arrays(draw(st.integers(0, 1000)))
    loads, layouts = [], draw(st.lists(st.sampled_from(LAYOUTS), min_size=1, max_size=4))
    for layout in layouts:
        strides, count = strides_of(layout, rows, columns)
        loads.append(Load(arrays.add(arrays.rng.normal(size=count).astype(np.float32)), strides))
    constants = (0.5, -2.0)[: draw(st.integers(0, 2))]
    body, known = [], len(loads) + len(constants)
    for _ in range(draw(st.integers(0, 7))):
        operand = st.integers(0, known - 1)
        if draw(st.booleans()):
            # Only results of small size, lest a difference of one bit become any difference.
            body.append((draw(st.sampled_from(UNARY[:2])), draw(st.integers(0, len(loads) - 1))))
        else:
            body.append((draw(st.sampled_from(BINARY)), draw(operand), draw(operand)))
        known += 1
    value = st.integers(0, known - 1)
    stores, written = [], []
    for layout in draw(st.lists(st.sampled_from(["dense", "dense", "transposed", "in place"]), max_size=2)):
        if layout == "in place":
            free = [load for load in loads if load.strides == (columns, 1)]
            free = [load for load in free if load.address not in [store.address for store in stores]]
            if not free:
                continue
            stores.append(Store(draw(value), free[0].address, free[0].strides))
        else:
            stores.append(Store(draw(value), arrays.space(rows, columns), strides_of(layout, rows, columns)[0]))
        written.append((stores[-1].address, (rows, columns)))
    reductions = []
    for axis in draw(st.lists(st.sampled_from([None, 0, 1]), max_size=3)):
        shape = {None: (1,), 0: (columns,), 1: (rows,)}[axis]
        kind = draw(st.sampled_from(["sum", "max"]))
        scale = draw(st.sampled_from([1.0, 0.25, -3.0])) if kind == "sum" else 1.0
        reductions.append(Reduction(kind, axis, draw(value), arrays.space(*shape), scale))
        written.append((reductions[-1].address, shape))
    loop = Loop(rows, columns, tuple(loads), constants, tuple(body), tuple(stores), tuple(reductions))
    return loop, arrays.memory(), written


def largest_rounding(loop, reduction, memory, shape):
    """How far sums of n float32 numbers, added up in any order, may be from one another: 2 · n · 2⁻²⁴ · Σ|number|."""
    absolute = len(loop.loads) + len(loop.constants) + len(loop.body)
    sizes = replace(
        loop,
        body=(*loop.body, ("absolute", reduction.value)),
        stores=(),
        reductions=(replace(reduction, value=absolute, scale=abs(reduction.scale)),),
    )
    after = memory.copy()
    run_kernels([sizes], after)
    total = np.ndarray(shape, np.float32, buffer=after, offset=reduction.address)
    count = {None: loop.rows * loop.columns, 0: loop.rows, 1: loop.columns}[reduction.axis]
    largest = np.nan_to_num(total, posinf=0).max(initial=0)
    return 2 * count * 2.0**-24 * float(largest)


@settings(max_examples=400, deadline=None)
@given(loops())
def test_loops_agree_with_numpy(made):
    loop, memory, written = made
    compiled, expected = run_both([loop], memory)
    assert_close(compiled, expected, [], others=written)
    sums = {reduction.address: reduction for reduction in loop.reductions if reduction.kind == "sum"}
    for address, shape in written:
        # Sums that cancel are as good as what went into them is large.
        rounding = largest_rounding(loop, sums[address], memory, shape) if address in sums else 0
        assert_close(compiled, expected, [(address, shape)], others=written, rtol=2e-5, atol=2e-4 + rounding)


@pytest.mark.parametrize("columns", [*range(10), 15, 16, 17, 33, 64])
@pytest.mark.parametrize("rows", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("kind", ["sum", "max"])
def test_reductions_ignore_lanes_behind_the_end(rows, columns, kind):
    arrays = Arrays()
    # In the lanes behind the end the value would be 1 / 0, infinite, and negated it would win no maximum.
    x = arrays.add(-1 - arrays.rng.random((rows, columns)).astype(np.float32))
    results = {axis: arrays.space(*shape) for axis, shape in ((None, (1,)), (0, (columns,)), (1, (rows,)))}
    reductions = tuple(Reduction(kind, axis, 1, address) for axis, address in results.items())
    loop = Loop(rows, columns, (Load(x, (columns, 1)),), (), (("reciprocal", 0),), (), reductions)
    compiled, expected = run_both([loop], arrays.memory())
    written = [(results[None], (1,)), (results[0], (columns,)), (results[1], (rows,))]
    assert_close(compiled, expected, written, rtol=1e-5)


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0)])
def test_empty_reductions(shape, axis):
    rows, columns = shape
    arrays = Arrays()
    count = {None: 1, 0: columns, 1: rows}[axis]
    total, largest = arrays.space(count), arrays.space(count)
    # The mean of nothing: 0 · ∞.
    mean = arrays.space(count)
    load = Load(arrays.add(np.empty(0, np.float32)), (columns, 1))
    reductions = (
        Reduction("sum", axis, 0, total),
        Reduction("max", axis, 0, largest),
        Reduction("sum", axis, 0, mean, np.inf),
    )
    compiled, expected = run_both([Loop(rows, columns, (load,), (), (), (), reductions)], arrays.memory())
    assert_close(compiled, expected, [(at, (count,)) for at in (total, largest, mean)])


@pytest.mark.parametrize("axis", [None, 0, 1])
def test_maximum_of_a_row_with_nan_is_nan(axis):
    arrays = Arrays()
    values = arrays.rng.normal(size=(5, 7)).astype(np.float32)
    values[2, 6] = np.nan
    x, out = arrays.add(values), arrays.space(7)
    loop = Loop(5, 7, (Load(x, (7, 1)),), (), (), (), (Reduction("max", axis, 0, out),))
    compiled, expected = run_both([loop], arrays.memory())
    assert_close(compiled, expected, [(out, (7,))])


@pytest.mark.parametrize("shape", [(1, 1_000_000), (1000, 1000), (100_000, 2), (20_000, 5), (3, 300_000)])
def test_long_sums_stay_exact_enough(shape):
    arrays = Arrays()
    rows, columns = shape
    x = arrays.add(arrays.rng.random(shape).astype(np.float32))
    shapes = ((None, (1,)), (0, (columns,)), (1, (rows,)))
    results = {axis: arrays.space(*result) for axis, result in shapes}
    reductions = tuple(Reduction("sum", axis, 0, address) for axis, address in results.items())
    compiled, expected = run_both(
        [Loop(rows, columns, (Load(x, (columns, 1)),), (), (), (), reductions)], arrays.memory()
    )
    assert_close(compiled, expected, [(results[axis], result) for axis, result in shapes], rtol=2e-4)


@settings(max_examples=60, deadline=None)
@given(SIZES, SIZES, st.sampled_from(LAYOUTS), st.sampled_from(LAYOUTS))
@example(40, 2, "column", "dense")
@example(40, 8, "row", "dense")
def test_every_pair_of_layouts_broadcasts(rows, columns, one, other):
    arrays = Arrays()
    loads = []
    for layout in (one, other):
        strides, count = strides_of(layout, rows, columns)
        loads.append(Load(arrays.add(arrays.rng.normal(size=count).astype(np.float32)), strides))
    out = arrays.space(rows, columns)
    loop = Loop(rows, columns, tuple(loads), (), (("subtract", 0, 1),), (Store(2, out, (columns, 1)),))
    compiled, expected = run_both([loop], arrays.memory())
    np.testing.assert_array_equal(compiled, expected)


@pytest.mark.parametrize("columns", [1, 2, 3, 4, 6, 9, 40])
def test_a_stored_column_and_number_keep_their_last_value(columns):
    """Many elements may be written to one place; what NumPy leaves there is the last."""
    arrays = Arrays()
    x = arrays.add(arrays.rng.normal(size=(7, columns)).astype(np.float32))
    column, one = arrays.space(7), arrays.space(1)
    stores = (Store(0, column, (1, 0)), Store(0, one, (0, 0)))
    compiled, expected = run_both([Loop(7, columns, (Load(x, (columns, 1)),), (), (), stores)], arrays.memory())
    np.testing.assert_array_equal(compiled, expected)
