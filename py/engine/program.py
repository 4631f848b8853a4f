"""What the engine's passes hand to each other: a traced program's operations, and a plan's kernels.

`trace` makes a `Program` of a Python function; `plan` makes a `Plan` of a program; `assembly` makes a WebAssembly
module of plans; `machine` runs it. Every number is a float32; a truth value is 0.0 or 1.0.
"""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Operation:
    """One NumPy primitive: `output = name(*inputs)`, values by their numbers in the program."""

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

    Values are numbered: first what `loads` give, then `constants`, then each line of `body`, a tuple of an
    element-wise operation's name and the numbers of its operands.
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
    outputs: tuple[int, ...] = ()
    # address -> float32 values to be there before the first run
    constants: tuple[tuple[int, bytes], ...] = ()


# The element-wise operations that a `Loop` knows, with how many operands each has. Comparisons and logic give 0.0 or
# 1.0; `where` takes any number but 0 for true. `maximum` and `minimum` give NaN where either operand is NaN.
ELEMENTWISE = {
    "add": 2, "subtract": 2, "multiply": 2, "divide": 2, "maximum": 2, "minimum": 2,
    "negative": 1, "absolute": 1, "sqrt": 1, "exp": 1, "log": 1, "tanh": 1, "sin": 1, "cos": 1,
    "ceil": 1, "floor": 1, "sign": 1, "square": 1, "reciprocal": 1,
    "equal": 2, "not_equal": 2, "greater": 2, "greater_equal": 2, "less": 2, "less_equal": 2,
    "logical_and": 2, "logical_or": 2, "logical_not": 1, "where": 3,
}  # fmt: skip
