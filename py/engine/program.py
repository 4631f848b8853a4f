"""What the engine's passes hand to each other: a program's operations, and a plan's kernels.

`record` makes a `Program` of a Python function, `simplify` a smaller one; `fuse` and `place` make a `Plan` of it,
`assemble` a WebAssembly module of plans; `machine` runs it. Every number is a float32; a truth value is 0.0 or 1.0.
"""

from dataclasses import dataclass, field

import numpy as np


class Uncompilable(Exception):
    """Why a function has to run in plain autograd; the message names the operation at fault where there is one."""


@dataclass(frozen=True)
class Operation:
    """One of `operations.OPERATIONS`: `output = name(*inputs)`, values by their numbers in the program."""

    name: str
    inputs: tuple[int, ...]
    output: int
    # What is not an array: `axis`, `keepdims`, `shape`, `axes`, …
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
    """Writes value number `value` to where a `Load` with the same numbers would read."""

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

    Values are numbered: first what `loads` give, then `constants`, then each line of `body`, a tuple of the name of an
    element-wise operation that has code, and the numbers of its operands.
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

    Which rows: the int32 numbers that the module's global `cursor` (a byte address) points to.
    """

    rows: int
    columns: int
    source: int
    out: int


@dataclass(frozen=True)
class Advance:
    """Moves the global `cursor` on by `rows` int32 numbers."""

    rows: int


@dataclass(frozen=True)
class Append:
    """Copies `count` numbers from `source` to where the global `log` (a byte address) points, and moves that on."""

    source: int
    count: int


@dataclass(frozen=True)
class Plan:
    """Kernels in order. Addresses are in bytes, multiples of 16 at the start of every array."""

    kernels: tuple[object, ...]
    # The first byte behind all that the plan uses for itself.
    end: int
    inputs: tuple[int, ...] = ()
    # Where each output is after a run, and its shape.
    outputs: tuple[int, ...] = ()
    shapes: tuple[tuple[int, ...], ...] = ()
    # address -> float32 values to be there before the first run
    constants: tuple[tuple[int, bytes], ...] = ()
