"""Measures how fast this machine multiplies matrices in WebAssembly with SIMD, on one thread; run in Pyodide.

It is a plain product of two square matrices that fit into the first two levels of cache: tiles of 4 rows and 8 columns
of the result stay in registers, nothing is packed, and all sizes and addresses are constants. The contenders' GFLOP/s
are compared with it. So it shares nothing with the engine's own products except the functions that encode instructions.
"""

import json
from statistics import median
from time import perf_counter

import numpy as np

from engine.instructions import (
    I32,
    V128,
    Function,
    advance,
    count_down,
    f32x4_add,
    f32x4_mul,
    get,
    i32,
    load_splat,
    put,
    times,
    unsigned,
    v128_load,
    v128_store,
)
from engine.machine import Machine

SIZES = (64, 96, 128)
ROWS, VECTORS, UNROLLED = 4, 2, 4
PAGE = 65536


def measure(argument):
    """GFLOP/s by size, the median of the rounds each, as JSON. `argument` is a `settings.Pace` as JSON."""
    pace = json.loads(argument)
    return json.dumps({size: rate(size, *pace) for size in SIZES})


def rate(size, rounds, seconds, warm_up):
    """GFLOP/s of the product of two matrices (size, size): 2 · size³ operations."""
    machine = Machine(module(size))
    machine.write(0, np.random.default_rng(0).uniform(-1, 1, (2, size, size)))
    count = 1
    while (spent := timed(machine, count)) < seconds:
        count *= 2
    # During the first runs of a function, a browser compiles it again, and better; these runs do not count.
    while spent < warm_up:
        spent += timed(machine, count)
    return 2e-9 * size**3 / median(seconds_each(machine, count) for _ in range(rounds))


def seconds_each(machine, count):
    """The seconds that a product takes: the mean of `count`, or of more if the clock is too coarse for `count`."""
    while not (spent := timed(machine, count)):
        count *= 2
    return spent / count


def timed(machine, count):
    """Seconds that `count` products take."""
    start = perf_counter()
    machine.call("run", count)
    return perf_counter() - start


def module(size):
    """A module that exports `memory` and `run(count)`: out = a · b, `count` times; `size` is a multiple of 8.

    a lies at address 0, b after it, and out after b.
    """
    code = product(size).encode()
    return b"".join(
        (
            b"\0asm\x01\0\0\0",
            section(1, b"\x60" + b"\x01" + I32 + b"\x00"),
            section(3, b"\x00"),
            section(5, b"\x00" + unsigned(-(-12 * size**2 // PAGE))),
            section(7, b"\x06memory\x02\x00", b"\x03run\x00\x00"),
            section(10, code),
        )
    )


def section(number, *items):
    """A section of a module: its number, its size in bytes, and a list."""
    content = unsigned(len(items)) + b"".join(items)
    return bytes([number]) + unsigned(len(content)) + content


def product(size):
    """The function `run(count)`, `count` at least 1."""
    function = Function((I32,))
    count, row, column, a_at, b_at = 0, *(function.local(I32) for _ in range(4))
    row_counter, column_counter, counter = (function.local(I32) for _ in range(3))
    sums = [[function.local(V128) for _ in range(VECTORS)] for _ in range(ROWS)]
    b_vectors = [function.local(V128) for _ in range(VECTORS)]
    a_number = function.local(V128)
    line_bytes, matrix_bytes = 4 * size, 4 * size**2

    turns = b""
    for turn in range(UNROLLED):
        for vector in range(VECTORS):
            address = matrix_bytes + turn * line_bytes + 16 * vector
            turns += put(b_vectors[vector], v128_load(get(b_at), address))
        for line in range(ROWS):
            turns += put(a_number, load_splat(get(a_at), line * line_bytes + 4 * turn))
            for vector in range(VECTORS):
                own = sums[line][vector]
                turns += put(own, f32x4_add(get(own), f32x4_mul(get(a_number), get(b_vectors[vector]))))
    turns += advance(a_at, 4 * UNROLLED) + advance(b_at, UNROLLED * line_bytes)

    zero = function.number(0.0)
    tile = b"".join(put(own, zero) for line in sums for own in line)
    tile += put(a_at, get(row)) + put(b_at, get(column)) + times(counter, size // UNROLLED, turns)
    # The tile's place in `out` is row + column.
    tile += put(a_at, get(row)) + advance(a_at, get(column))
    for line in range(ROWS):
        for vector in range(VECTORS):
            address = 2 * matrix_bytes + line * line_bytes + 16 * vector
            tile += v128_store(get(a_at), get(sums[line][vector]), address)
    tile += advance(column, 16 * VECTORS)
    strip = put(column, i32(0)) + times(column_counter, size // (4 * VECTORS), tile) + advance(row, ROWS * line_bytes)
    function.body = count_down(count, put(row, i32(0)) + times(row_counter, size // ROWS, strip))
    return function
