"""Random numbers by a counter: each is a pure function of a key and of its place, in NumPy and in a module's memory.

A place is a step of a Weyl sequence that begins at the key, and is mixed (G. Steele, D. Lea, C. Flood, "Fast splittable
pseudorandom number generators", 2014). The mixing of 32 bits is the one of two rounds with the least bias that C.
Wellons and T. Ettinger have found ("Prospecting for hash functions", 2018 and later). Both ways give the same bits.
"""

import numpy as np

from engine.instructions import (
    I32,
    Function,
    advance,
    f32x4_mul,
    f32x4_of_i32x4,
    get,
    i32,
    i32x4_add,
    i32x4_mul,
    i32x4_shr,
    i32x4_splat,
    lanes_of_bits,
    put,
    store_some,
    times,
    v128_store,
    v128_xor,
)
from engine.program import Noise

# 2³² divided by the golden ratio, odd.
WEYL = 0x9E3779B9
# (bits to shift by, factor) of each round, and the bits of the last shift.
ROUNDS = ((16, 0x21F0AAAD), (15, 0xD35A2D97))
LAST_SHIFT = 15
# As many bits as float32 has, so that no number is rounded up to 1.
DROPPED_BITS = 8
UNIT = 2.0**-24


def keys(seed, first, count):
    """Keys number `first`, `first + 1`, … of a seed, a whole number below 2³²: int32 of shape (count,)."""
    return _mixed(_places(seed, first, count)).view(np.int32)


def uniform(key, first, count):
    """Numbers `first`, `first + 1`, … of a key, evenly spread over [0, 1): float32 of shape (count,)."""
    bits = _mixed(_places(key, first, count))
    return (bits >> np.uint32(DROPPED_BITS)).astype(np.float32) * np.float32(UNIT)


def _places(start, first, count):
    """The places in a Weyl sequence, uint32; everything is counted modulo 2³²."""
    numbers = np.arange(int(first) % 2**32, int(first) % 2**32 + count, dtype=np.uint64).astype(np.uint32)
    return numbers * np.uint32(WEYL) + np.uint32(int(start) % 2**32)


def _mixed(bits):
    for shift, factor in ROUNDS:
        bits = (bits ^ (bits >> np.uint32(shift))) * np.uint32(factor)
    return bits ^ (bits >> np.uint32(LAST_SHIFT))


def write_noise(kernel: Noise, key: bytes) -> Function:
    """The function, without parameters, that runs the kernel: four numbers at a time. `key` is code that pushes it."""
    function = Function()
    place, value = function.temporary(0), function.temporary(1)
    out, counter = function.local(I32), function.local(I32)
    lanes = (((kernel.first + lane) * WEYL) % 2**32 for lane in range(4))
    function.body += put(place, i32x4_add(i32x4_splat(key), lanes_of_bits(*lanes)))
    fill = put(value, get(place))
    for shift, factor in ROUNDS:
        mixed = v128_xor(get(value), i32x4_shr(get(value), i32(shift)))
        fill += put(value, i32x4_mul(mixed, function.integer(factor)))
    mixed = v128_xor(get(value), i32x4_shr(get(value), i32(LAST_SHIFT)))
    bits = i32x4_shr(mixed, i32(DROPPED_BITS))
    fill += put(value, f32x4_mul(f32x4_of_i32x4(bits), function.number(UNIT)))
    steps, tail = divmod(kernel.count, 4)
    step = fill + v128_store(get(out), get(value), kernel.out) + advance(out, 16)
    step += put(place, i32x4_add(get(place), function.integer(4 * WEYL % 2**32)))
    function.body += times(counter, steps, step)
    if tail:
        function.body += fill + store_some(get(out), get(value), kernel.out, tail)
    return function
