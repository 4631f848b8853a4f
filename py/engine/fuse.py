"""Gathers a simplified program's operations into few kernels: loops over one domain each, and matrix products.

A loop's domain is the shape, without its ones, of what it computes. An element-wise operation is computed where it is
needed: in the loop of the sum that ends it, of the matrix that a product wants, of an output. What a later loop needs
again is computed again there if that is cheap, else stored by the loop that has it. Reshapes, transposes and broadcasts
are never computed: they are other strides to read by.

A kernel goes to the earliest place behind all that it reads; if a loop over the same domain is there already, into it,
as long as that one is not too long: the time that a browser takes to compile a function grows faster than its length.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass, field

from engine.operations import OPERATIONS, Kind
from engine.program import Operation, Program
from engine.simplify import squeezed

# What costs no more than this is done again rather than stored and loaded.
CHEAP = 3
# Every so many operations one after the other a value is stored, so that none asks for too many before it.
DEPTH_LIMIT = 64
# A loop that has so many loads and operations takes no others in.
LENGTH_LIMIT = 512


@dataclass
class FusedLoop:
    """A `Loop` before arrays have addresses and the domain two dimensions; an array is called by its value."""

    domain: tuple[int, ...]
    # (array's value, strides) -> number within the loop; likewise for constants.
    loads: dict = field(default_factory=dict)
    constants: dict = field(default_factory=dict)
    # (operation, operands), each by a number of its own: ("load", i), ("constant", i) or ("body", i).
    body: list = field(default_factory=list)
    # Value stored -> what is stored.
    stores: dict = field(default_factory=dict)
    # (kind, axes, what is reduced, value, scale)
    reductions: list = field(default_factory=list)
    # (value, the domain's dimension for each of its own) -> where it is in this loop.
    found: dict = field(default_factory=dict)

    @property
    def reads(self):
        return {value for value, _ in self.loads}

    @property
    def writes(self):
        return [*self.stores, *(value for _, _, _, value, _ in self.reductions)]

    @property
    def length(self):
        """How many loads and operations it has."""
        return len(self.loads) + len(self.body)


@dataclass
class FusedProduct:
    """A `Product` before arrays have addresses; each is called by its value."""

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
        return {self.a, self.b}

    @property
    def writes(self):
        return [self.out]


@dataclass(frozen=True)
class Fused:
    """A program's kernels."""

    # The program, with an output of its own for each that was an input, a constant, or an output twice.
    program: Program
    # What to run, in order.
    kernels: list
    # For each output: the value whose dense array it is, and the input whose place it will take, or None.
    buffers: list[int]
    overwritten: list[int | None]


def fuse(program, overwritten=None):
    """The `Fused` kernels of a simplified program.

    `overwritten` names, for each output, the input whose place it will take, or None: such an output is computed, if
    it can be, where nobody reads that input any more.
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

    That is a constant, an earlier output, or an input other than the one that it overwrites.
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
    """The kernels in the making, and where each value of the program is computed.

    A value's *dimensions* say which of a loop's dimensions each of its own is, those of length one left out.
    """

    def __init__(self, program):
        self.program = program
        self.made = {operation.output: operation for operation in program.operations}
        self.kernels = []
        # Domain -> the numbers of the loops over it, in order.
        self.loops = {}
        # Value -> number of the kernel that computes it.
        self.home = {}
        # Values that have arrays of their own.
        self.stored = set(program.inputs) | set(program.constants)
        # Input -> the last kernel that reads it, and the one behind it if it is not read as the array lies.
        self.readers = {}
        # Value -> how much it costs to compute, and how many operations one after the other, from what is stored.
        self.costs, self.depths = {}, {}
        for operation in program.operations:
            self.measure(operation)

    def measure(self, operation):
        """Notes what an operation costs and how deep it lies."""
        primitive = OPERATIONS[operation.name]
        element_wise = primitive.kind is Kind.ELEMENT_WISE
        computed = element_wise or primitive.kind is Kind.RESHAPING
        inputs = operation.inputs if computed else ()
        cost = element_wise * primitive.cost + sum(self.costs.get(number, 0) for number in inputs)
        # No more is asked than whether it is cheap.
        self.costs[operation.output] = min(cost, CHEAP + 1)
        depth = max((self.depths.get(number, 0) for number in inputs), default=0)
        self.depths[operation.output] = (depth + 1) % DEPTH_LIMIT if computed else 0

    def kind(self, value):
        """Of the operation that makes a value."""
        return OPERATIONS[self.made[value].name].kind

    def shape(self, value):
        """A value's shape without its ones."""
        return squeezed(self.program.shapes[value])

    def reduce(self, operation):
        """Computes a sum or a maximum."""
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
        """Computes a matrix product."""
        a, b = operation.inputs
        a_base, transpose_a = self.matrix(a)
        b_base, transpose_b = self.matrix(b)
        (m, k), n = self.program.shapes[a], self.program.shapes[b][1]
        self.home[operation.output] = len(self.kernels)
        self.kernels.append(FusedProduct(m, n, k, a_base, b_base, operation.output, transpose_a, transpose_b))
        self.stored.add(operation.output)
        for base in (a_base, b_base):
            self.readers[base] = len(self.kernels)  # the kernel behind it

    def matrix(self, value):
        """`(stored value, transposed)` of a product's operand."""
        transposed = value in self.made and value not in self.stored and self.made[value].name == "transpose"
        base = self.base(self.made[value].inputs[0] if transposed else value)
        self.store(base)
        return base, transposed

    def base(self, value):
        """The value whose dense array this one's is as well."""
        while value not in self.stored and value in self.made and self.made[value].name == "reshape":
            value = self.made[value].inputs[0]
        return value

    def store(self, value, earliest=0):
        """Sees to it that a value has a dense array of its own."""
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
        """The number of the loop over `domain` in which the value can be computed, a new one if there is none."""
        place = max(earliest, self.ready(value, dimensions, domain, set()))
        loops = self.loops.setdefault(domain, [])
        for index in range(bisect_left(loops, place), len(loops)):
            if self.kernels[loops[index]].length < LENGTH_LIMIT:
                return loops[index]
        loops.append(len(self.kernels))
        self.kernels.append(FusedLoop(domain))
        return loops[-1]

    def ready(self, value, dimensions, domain, seen):
        """The first place where a value can be computed; what has to be stored for that gets stored."""
        if (value, dimensions) in seen or value in self.program.constants:
            return 0
        seen.add((value, dimensions))
        if value in self.stored or self.expensive(value):
            home = self.home.get(value, -1)
            if self.has(home, value, dimensions) and _plain(dimensions, domain):
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
        """Whether to store an element-wise operation's result rather than compute it twice."""
        return self.costs[value] > CHEAP and self.kind(value) is Kind.ELEMENT_WISE

    def has(self, place, value, dimensions):
        """Whether the kernel at a place is a loop that has computed the value."""
        kernel = self.kernels[place] if place >= 0 else None
        return isinstance(kernel, FusedLoop) and (value, dimensions) in kernel.found

    def compute(self, place, value, dimensions):
        """Where in the loop at `place` the value is, its own dimensions being those of the domain."""
        loop = self.kernels[place]
        key = (value, dimensions)
        if key not in loop.found:
            loop.found[key] = self.computed(place, value, dimensions)
            if value not in self.stored and _plain(dimensions, loop.domain):
                self.home.setdefault(value, place)
        return loop.found[key]

    def computed(self, place, value, dimensions):
        """As `compute`, for what the loop does not have yet: loaded, or computed of operands."""
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
        known = self.home.get(value, place) < place and _plain(dimensions, loop.domain)
        if known and self.expensive(value):
            self.store(value)
            return self.load(place, value, value, dimensions)
        operands = [self.compute(place, number, inner) for number, inner in self.operands(operation, dimensions)]
        loop.body.append((operation.name, *operands))
        return "body", len(loop.body) - 1

    def load(self, place, array, value, dimensions):
        """Loads a value from an array that has the same numbers in the same order."""
        loop = self.kernels[place]
        strides = [0] * len(loop.domain)
        for dimension, stride in zip(dimensions, dense_strides(self.shape(value)), strict=True):
            strides[dimension] = stride
        in_step = _plain(dimensions, loop.domain)
        self.readers[array] = max(self.readers.get(array, 0), place + (not in_step))
        return "load", loop.loads.setdefault((array, tuple(strides)), len(loop.loads))

    def same_but_ones(self, operation):
        """Whether a reshape adds or drops dimensions of length one and does no more."""
        return self.shape(operation.inputs[0]) == self.shape(operation.output)

    def operands(self, operation, dimensions):
        """Each operand with the domain's dimension for each of its own, given those of the result."""
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
        """The dimensions of a value that is broadcast to a result of that rank; `of_axis`: those of its axes."""
        shape = self.program.shapes[value]
        first = rank - len(shape)
        return tuple(of_axis[first + axis] for axis, length in enumerate(shape) if length != 1)


def dense_strides(shape):
    """The strides, in numbers, of an array that lies row by row."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def _plain(dimensions, domain):
    """Whether a value's own dimensions are the domain's, in the same order."""
    return len(dimensions) == len(domain) and all(index == dimension for index, dimension in enumerate(dimensions))
