"""Gathers a simplified program's operations into few kernels: loops over one domain each, and matrix products.

A loop's domain is the shape, without dimensions of length one, of the values that it computes. An element-wise
operation is computed where its result is needed: in the loop of a reduction, of an operand of a matrix product, or of
an output. If a later loop needs the result again, that loop computes it again if that is cheap; otherwise the first
loop stores it. Reshapes, transposes and broadcasts are never computed: only the strides of reading change.

A computation goes into the earliest loop over its domain that comes after everything that it reads, or into a new loop.
A loop that is already long takes nothing more, because a browser's time to compile a function grows faster than the
function's length.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass, field

from engine.operations import OPERATIONS, Kind
from engine.program import Operation, Program
from engine.simplify import squeezed

# A value that costs no more than this is computed again rather than stored and loaded.
CHEAP = 3
# In a chain of operations every so many-th value is stored: computing one value calls for its operands recursively.
DEPTH_LIMIT = 64
# A loop with so many loads and operations takes nothing more.
LENGTH_LIMIT = 512


@dataclass
class FusedLoop:
    """A `Loop` before its arrays have addresses and its domain two dimensions; arrays are named by their values."""

    domain: tuple[int, ...]
    # (array's value, strides) -> number within the loop; likewise for constants.
    loads: dict = field(default_factory=dict)
    constants: dict = field(default_factory=dict)
    # (operation, operands), each by a number of its own: ("load", i), ("constant", i) or ("body", i).
    body: list = field(default_factory=list)
    # Value to store -> the operand that holds it.
    stores: dict = field(default_factory=dict)
    # (kind, axes, operand to reduce, value of the result, scale)
    reductions: list = field(default_factory=list)
    # (value, its dimensions: see `_Fuser`) -> the operand that holds it in this loop.
    found: dict = field(default_factory=dict)

    @property
    def reads(self):
        """The values whose arrays are read."""
        return {value for value, _ in self.loads}

    @property
    def writes(self):
        """The values whose arrays are written."""
        return [*self.stores, *(value for _, _, _, value, _ in self.reductions)]

    @property
    def length(self):
        """The number of its loads and operations."""
        return len(self.loads) + len(self.body)


@dataclass
class FusedProduct:
    """A `Product` before its arrays have addresses; `a`, `b` and `out` are values."""

    m: int
    n: int
    k: int
    a: int
    b: int
    out: int
    transpose_a: bool
    transpose_b: bool

    @property
    def reads(self):
        """The values whose arrays are read."""
        return {self.a, self.b}

    @property
    def writes(self):
        """The values whose arrays are written."""
        return [self.out]


@dataclass(frozen=True)
class Fused:
    """A program's kernels."""

    # The program, with a copy for each output that was an input, a constant or an earlier output.
    program: Program
    # The kernels to run, in order.
    kernels: list
    # For each output: the value whose dense array holds it, and the input that it will overwrite, or None.
    buffers: list[int]
    overwritten: list[int | None]


def fuse(program, overwritten=None):
    """The `Fused` kernels of a simplified program.

    `overwritten` has, for each output, the input that it will overwrite, or None. Such an output is computed, where
    possible, after the last kernel that reads that input.
    """
    overwritten = overwritten or [None] * len(program.outputs)
    program = _with_own_outputs(program, overwritten)
    fuser = _Fuser(program)
    for operation in program.operations:
        kind = OPERATIONS[operation.name].kind
        if kind is Kind.REDUCTION:
            fuser.reduce(operation)
        elif kind is Kind.PRODUCT:
            fuser.multiply(operation)
        elif fuser.depths[operation.output] == DEPTH_LIMIT - 1:
            fuser.store(operation.output)
    buffers = []
    for output, victim in zip(program.outputs, overwritten, strict=True):
        base = fuser.base(output)
        fuser.store(base, fuser.readers.get(victim, 0))
        buffers.append(base)
    return Fused(program, fuser.kernels, buffers, overwritten)


def _with_own_outputs(program, overwritten):
    """The program with a copy for each output that has no array of its own yet.

    Such an output is a constant, an earlier output, or an input other than the one that it overwrites.
    """
    made = {operation.output: operation for operation in program.operations}
    taken = set(program.inputs) | set(program.constants)
    shapes, operations, outputs = list(program.shapes), list(program.operations), []
    for output, victim in zip(program.outputs, overwritten, strict=True):
        base = output
        while base in made and made[base].name == "reshape":
            base = made[base].inputs[0]
        if base != victim and base in taken:
            shape = shapes[output]
            shapes.append(shape)
            operations.append(Operation("broadcast_to", (output,), len(shapes) - 1, (("shape", shape),)))
            output = len(shapes) - 1
        outputs.append(output)
        taken.add(base)
    return Program(shapes, program.inputs, program.constants, operations, outputs)


class _Fuser:
    """Collects the kernels, and where each value of the program is computed.

    A value's *dimensions* in a loop are a tuple: for each axis of the value that is longer than one, the dimension of
    the loop's domain that runs along it.
    """

    def __init__(self, program):
        self.program = program
        self.made = {operation.output: operation for operation in program.operations}
        self.kernels = []
        # Domain -> the numbers (indices in `kernels`) of the loops over it, in order.
        self.loops = {}
        # Value -> number of the kernel that computes it.
        self.home = {}
        # Values that have arrays of their own.
        self.stored = set(program.inputs) | set(program.constants)
        # Value -> number of the first kernel that may overwrite its array: the last one that reads it if that one reads
        # it in the order in which it lies, else the next one.
        self.readers = {}
        # Value -> what it costs to compute it from stored values, and how many operations follow on each other there.
        self.costs, self.depths = {}, {}
        for operation in program.operations:
            self.measure(operation)

    def measure(self, operation):
        """Notes the cost and the depth of an operation's output."""
        primitive = OPERATIONS[operation.name]
        element_wise = primitive.kind is Kind.ELEMENT_WISE
        computed = element_wise or primitive.kind is Kind.RESHAPING
        inputs = operation.inputs if computed else ()
        cost = element_wise * primitive.cost + sum(self.costs.get(number, 0) for number in inputs)
        # Only whether it is cheap matters; without the bound the sums could double with each operation.
        self.costs[operation.output] = min(cost, CHEAP + 1)
        depth = max((self.depths.get(number, 0) for number in inputs), default=0)
        self.depths[operation.output] = (depth + 1) % DEPTH_LIMIT if computed else 0

    def kind(self, value):
        """The kind of the operation that makes a value."""
        return OPERATIONS[self.made[value].name].kind

    def shape(self, value):
        """A value's shape without its ones."""
        return squeezed(self.program.shapes[value])

    def reduce(self, operation):
        """Adds a sum or a maximum to a loop that computes its operand."""
        (operand,) = operation.inputs
        attributes = dict(operation.attributes)
        domain = self.shape(operand)
        identity = tuple(range(len(domain)))
        place = self.place(operand, identity, domain)
        loop = self.kernels[place]
        reduced = self.compute(place, operand, identity)
        shape = self.program.shapes[operand]
        axes = tuple(sum(length != 1 for length in shape[:axis]) for axis in attributes["axis"])
        loop.reductions.append((operation.name, axes, reduced, operation.output, attributes.get("scale", 1.0)))
        self.home[operation.output] = place
        self.stored.add(operation.output)

    def multiply(self, operation):
        """Adds the kernel of a matrix product."""
        a, b = operation.inputs
        a_base, transpose_a = self.matrix(a)
        b_base, transpose_b = self.matrix(b)
        (m, k), n = self.program.shapes[a], self.program.shapes[b][1]
        self.home[operation.output] = len(self.kernels)
        self.kernels.append(FusedProduct(m, n, k, a_base, b_base, operation.output, transpose_a, transpose_b))
        self.stored.add(operation.output)
        for base in (a_base, b_base):
            self.readers[base] = len(self.kernels)  # the next kernel

    def matrix(self, value):
        """`(stored value, transposed)` of a product's operand."""
        transposed = value in self.made and value not in self.stored and self.made[value].name == "transpose"
        base = self.base(self.made[value].inputs[0] if transposed else value)
        self.store(base)
        return base, transposed

    def base(self, value):
        """The value from which this one is only reshaped: the dense array of one is that of the other."""
        while value not in self.stored and value in self.made and self.made[value].name == "reshape":
            value = self.made[value].inputs[0]
        return value

    def store(self, value, earliest=0):
        """Makes sure that a value has a dense array of its own, computed in kernel number `earliest` or later."""
        if value in self.stored:
            return
        if value not in self.home:
            domain = self.shape(value)
            identity = tuple(range(len(domain)))
            place = self.place(value, identity, domain, earliest)
            self.home[value] = place
            self.compute(place, value, identity)
        loop = self.kernels[self.home[value]]
        loop.stores[value] = loop.found[value, tuple(range(len(loop.domain)))]
        self.stored.add(value)

    def place(self, value, dimensions, domain, earliest=0):
        """The number of the first loop over `domain` in which the value can be computed, a new one if there is none."""
        place = max(earliest, self.ready(value, dimensions, domain, set()))
        loops = self.loops.setdefault(domain, [])
        for index in range(bisect_left(loops, place), len(loops)):
            if self.kernels[loops[index]].length < LENGTH_LIMIT:
                return loops[index]
        loops.append(len(self.kernels))
        self.kernels.append(FusedLoop(domain))
        return loops[-1]

    def ready(self, value, dimensions, domain, seen):
        """The number of the first kernel in which a value can be computed. Stores the values that it has to load."""
        if (value, dimensions) in seen or value in self.program.constants:
            return 0
        seen.add((value, dimensions))
        if value in self.stored or self.expensive(value):
            home = self.home.get(value, -1)
            if self.has(home, value, dimensions) and _is_identity(dimensions, domain):
                return home
            if value in self.stored:
                return home + 1
            if home >= 0 or len(dimensions) < len(domain):
                self.store(value)
                return self.home[value] + 1
        operation = self.made[value]
        if operation.name == "reshape" and not self.same_but_ones(operation):
            base = self.base(value)
            self.store(base)
            return self.home.get(base, -1) + 1
        return max(self.ready(number, inner, domain, seen) for number, inner in self.operands(operation, dimensions))

    def expensive(self, value):
        """Whether an element-wise operation's result should be stored rather than computed twice."""
        return self.costs[value] > CHEAP and self.kind(value) is Kind.ELEMENT_WISE

    def has(self, place, value, dimensions):
        """Whether kernel number `place` is a loop that holds the value."""
        kernel = self.kernels[place] if place >= 0 else None
        return isinstance(kernel, FusedLoop) and (value, dimensions) in kernel.found

    def compute(self, place, value, dimensions):
        """The operand that holds the value in loop number `place`; the value is loaded or computed there if need be."""
        loop = self.kernels[place]
        key = (value, dimensions)
        if key not in loop.found:
            loop.found[key] = self.compute_new(place, value, dimensions)
            if value not in self.stored and _is_identity(dimensions, loop.domain):
                self.home.setdefault(value, place)
        return loop.found[key]

    def compute_new(self, place, value, dimensions):
        """`compute` for a value that the loop does not hold yet: it is loaded, or computed from its operands."""
        loop = self.kernels[place]
        constant = self.program.constants.get(value)
        if constant is not None and constant.ndim == 0:
            return "constant", loop.constants.setdefault(float(constant), len(loop.constants))
        if value in self.stored and self.home.get(value, -1) < place:
            return self.load(place, value, value, dimensions)
        operation = self.made[value]
        if self.kind(value) is Kind.RESHAPING:
            if operation.name == "reshape" and not self.same_but_ones(operation):
                return self.load(place, self.base(value), value, dimensions)
            ((operand, inner),) = self.operands(operation, dimensions)
            return self.compute(place, operand, inner)
        computed_before = self.home.get(value, place) < place and _is_identity(dimensions, loop.domain)
        if computed_before and self.expensive(value):
            self.store(value)
            return self.load(place, value, value, dimensions)
        operands = [self.compute(place, number, inner) for number, inner in self.operands(operation, dimensions)]
        loop.body.append((operation.name, *operands))
        return "body", len(loop.body) - 1

    def load(self, place, array, value, dimensions):
        """The operand that loads a value from `array`, which has the same numbers in the same order."""
        loop = self.kernels[place]
        strides = [0] * len(loop.domain)
        for dimension, stride in zip(dimensions, dense_strides(self.shape(value)), strict=True):
            strides[dimension] = stride
        in_order = _is_identity(dimensions, loop.domain)
        self.readers[array] = max(self.readers.get(array, 0), place + (not in_order))
        return "load", loop.loads.setdefault((array, tuple(strides)), len(loop.loads))

    def same_but_ones(self, operation):
        """Whether a reshape only adds or drops dimensions of length one."""
        return self.shape(operation.inputs[0]) == self.shape(operation.output)

    def operands(self, operation, dimensions):
        """`(operand, dimensions)` of each operand, given the dimensions of the result."""
        if operation.name == "reshape":
            return [(operation.inputs[0], dimensions)]
        shape = self.program.shapes[operation.output]
        of_axis = dict(zip((axis for axis, length in enumerate(shape) if length != 1), dimensions, strict=True))
        if operation.name == "transpose":
            (operand,) = operation.inputs
            axes = dict(operation.attributes)["axes"]
            lengths = enumerate(self.program.shapes[operand])
            return [(operand, tuple(of_axis[axes.index(axis)] for axis, length in lengths if length != 1))]
        return [(number, self.broadcast_dimensions(number, len(shape), of_axis)) for number in operation.inputs]

    def broadcast_dimensions(self, value, rank, of_axis):
        """The dimensions of a value that is broadcast to a result of that rank.

        `of_axis` maps the result's axes that are longer than one to dimensions.
        """
        shape = self.program.shapes[value]
        first = rank - len(shape)
        return tuple(of_axis[first + axis] for axis, length in enumerate(shape) if length != 1)


def dense_strides(shape):
    """The strides, in elements, of an array that is stored row by row."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def _is_identity(dimensions, domain):
    """Whether a value's axes are the domain's dimensions, all of them and in the same order."""
    return len(dimensions) == len(domain) and all(index == dimension for index, dimension in enumerate(dimensions))
