"""The data that the engine's passes hand to each other: a program's operations, and a plan's kernels.

`record` turns a Python function into a `Program`, `simplify` makes that smaller; `fuse` and `place` turn it into a
`Plan`, `assemble` turns plans into a WebAssembly module, and `machine` runs that. Every number is a float32; a truth
value is 0.0 or 1.0.
"""

from dataclasses import dataclass, field

import numpy as np


class Uncompilable(Exception):
    """A function cannot be compiled and has to run in plain autograd.

    The message says why, and names the operation at fault where there is one.
    """


@dataclass(frozen=True)
class Operation:
    """`output = name(*inputs)`: `name` is a key of `operations.OPERATIONS`, values are given by number."""

    name: str
    inputs: tuple[int, ...]
    output: int
    # Arguments that are not arrays: `axis`, `keepdims`, `shape`, `axes`, …
    attributes: tuple[tuple[str, object], ...] = ()


@dataclass
class Program:
    """A straight line of operations, each value assigned once."""

    # The shape of every value, by number.
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    constants: dict[int, np.ndarray] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Load:
    """The element at `address + 4 · (row · strides[0] + column · strides[1])`; a stride of 0 broadcasts."""

    address: int
    strides: tuple[int, int]


@dataclass(frozen=True)
class Store:
    """Writes value number `value` to where a `Load` with the same address and strides reads."""

    value: int
    address: int
    strides: tuple[int, int]


@dataclass(frozen=True)
class Reduction:
    """`kind` ("sum" or "max") of value number `value` along `axis`, written densely from `address` on.

    Axis 1 gives one number for each row, axis 0 one for each column, None a single one. `scale` is multiplied into the
    finished result. An empty sum is 0, an empty maximum -inf.
    """

    kind: str
    axis: int | None
    value: int
    address: int
    scale: float = 1.0


@dataclass(frozen=True)
class Loop:
    """Evaluates `body` for every (row, column).

    Values are numbered: first those of `loads`, then `constants`, then one for each line of `body`. A line is a tuple:
    the name of an element-wise operation that has code, and the numbers of its operands.
    """

    rows: int
    columns: int
    loads: tuple[Load, ...]
    constants: tuple[float, ...]
    body: tuple[tuple, ...]
    stores: tuple[Store, ...] = ()
    reductions: tuple[Reduction, ...] = ()


@dataclass(frozen=True)
class Product:
    """out (m, n) = a (m, k) · b (k, n), dense, row by row; a is stored as (k, m) if `transpose_a`, b as (n, k) if
    `transpose_b`. `out` overlaps neither `a` nor `b`."""

    m: int
    n: int
    k: int
    a: int
    b: int
    out: int
    transpose_a: bool = False
    transpose_b: bool = False


@dataclass(frozen=True)
class Gather:
    """Copies `rows` rows of `columns` numbers each from the table at `source` to `out`, dense.

    The numbers of the rows are the int32 numbers that the module's global `cursor` (a byte address) points to.
    """

    rows: int
    columns: int
    source: int
    out: int


@dataclass(frozen=True)
class Advance:
    """Moves the global `cursor` forward by `rows` int32 numbers."""

    rows: int


@dataclass(frozen=True)
class Append:
    """Copies `count` numbers from `source` to the address in the global `log`, and moves `log` past them."""

    source: int
    count: int


@dataclass(frozen=True)
class Take:
    """Copies the number that lies `distance` bytes behind the address in the global `log` to `out`.

    So a table beside the one that `Append` fills has a number for each run.
    """

    distance: int
    out: int


@dataclass(frozen=True)
class Noise:
    """Writes `noise.uniform(key, first, count)` to `out`, dense.

    The key is the int32 number that lies `distance` bytes behind the address in the global `log`, see `Take`.
    """

    count: int
    first: int
    distance: int
    out: int


@dataclass(frozen=True)
class Plan:
    """Kernels in order. Addresses are in bytes, multiples of 16 at the start of every array."""

    kernels: tuple[object, ...]
    # The first byte after the memory that the plan uses for itself.
    end: int
    # The address of each input.
    inputs: tuple[int, ...] = ()
    # The address of each output after a run, and its shape.
    outputs: tuple[int, ...] = ()
    shapes: tuple[tuple[int, ...], ...] = ()
    # (address, bytes of the float32 numbers that have to be there before the first run)
    constants: tuple[tuple[int, bytes], ...] = ()
