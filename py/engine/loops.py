"""The code of a `Loop`: four elements at a time, each kernel a function without parameters.

A loop is first brought to a simpler form that means the same. Then its domain is walked in *steps* of four lanes: along
the columns of each row; or, where rows have two columns, along two rows at a time. What is left behind the last full
step is done by the same code with fewer lanes read and written. Values that depend on no column are worked out once a
row, those that depend on nothing once.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine import elementwise
from engine.instructions import (
    I32,
    V128,
    Function,
    advance,
    f32,
    f32x4_splat,
    get,
    i32,
    load_lane,
    load_one,
    load_some,
    load_splat,
    load_two,
    load_two_splat,
    put,
    shuffle,
    store_lane,
    store_some,
    times,
)
from engine.program import Load, Loop, Store
from engine.reductions import reducer, write_empty

# Up to how many steps a row's code is written out rather than looped over, and up to which cost of a step: given more,
# V8 does them side by side and runs out of registers.
STEPS_WRITTEN_OUT, COST_WRITTEN_OUT = 4, 16
# Several steps in one turn of the inner loop where a step costs no more than this.
COST_OF_FOUR, COST_OF_TWO = 8, 16

# How a step's four lanes may lie in memory.
DENSE, SPLAT, PAIR_TWICE, TWO_TWICE = (0, 1, 2, 3), (0, 0, 0, 0), (0, 1, 0, 1), (0, 0, 1, 1)

Strides = tuple[int, int]


def write_loop(loop: Loop) -> Function:
    """The function that runs `loop` once."""
    if loop.rows == 0 or loop.columns == 0:
        return write_empty(loop)
    return LoopWriter(simplify(loop)).write()


def simplify(loop: Loop) -> Loop:
    """The same loop as one row where that is possible, and with the strides of axes of length one set to 0."""
    loop = _with_strides(loop, lambda s: (s[0] if loop.rows > 1 else 0, s[1] if loop.columns > 1 else 0))
    if loop.rows == 1:
        return loop
    if loop.columns == 1:
        swapped = _with_strides(replace(loop, rows=1, columns=loop.rows), lambda s: (0, s[0]))
        axes = {None: None, 0: 1, 1: 0}
        return replace(swapped, reductions=tuple(replace(r, axis=axes[r.axis]) for r in loop.reductions))
    strides = [load.strides for load in loop.loads] + [store.strides for store in loop.stores]
    flat = all(row == loop.columns * column for row, column in strides)
    if flat and all(reduction.axis is None for reduction in loop.reductions):
        return _with_strides(replace(loop, rows=1, columns=loop.rows * loop.columns), lambda s: (0, s[1]))
    return loop


def _with_strides(loop: Loop, change: Callable[[Strides], Strides]) -> Loop:
    return replace(
        loop,
        loads=tuple(Load(load.address, change(load.strides)) for load in loop.loads),
        stores=tuple(Store(store.value, store.address, change(store.strides)) for store in loop.stores),
    )


@dataclass(frozen=True)
class Access:
    """Where an array's elements lie for the four lanes of a step, in numbers of 4 bytes."""

    address: int
    lanes: tuple[int, int, int, int]
    # How far on the next step is, and how far the next row is.
    step: int
    row: int

    @property
    def level(self) -> int:
        """What the elements depend on: 2 the step, 1 the row only, 0 nothing."""
        return 2 if self.step else 1 if self.row else 0


class LoopWriter:
    """Writes one loop's function."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.function = Function()
        self.pairs = loop.columns == 2 and loop.rows > 1
        # Rows to walk, full steps in a row, lanes of the step behind them.
        self.rows = 1 if self.pairs else loop.rows
        self.steps, self.tail = divmod(loop.rows * 2 if self.pairs else loop.columns, 4)
        self.loads = [self.access(load.address, load.strides) for load in loop.loads]
        self.stores = [self.access(store.address, store.strides) for store in loop.stores]
        self._number_values()
        self._choose_unrolling()
        # One integer local, in bytes, for all accesses that move alike.
        self.offsets: dict[tuple[int, int], int] = {}
        self.reducers = [reducer(self, reduction) for reduction in loop.reductions]

    def access(self, address: int, strides: Strides) -> Access:
        row, column = strides
        if self.pairs:
            return Access(address, (0, column, row, row + column), 2 * row, 0)
        return Access(address, (0, column, 2 * column, 3 * column), 4 * column, row)

    def _number_values(self) -> None:
        """Gives every value a vector local, and a level: see `Access.level`."""
        self.values: list[int] = []
        self.levels: list[int] = []
        for access in self.loads:
            self.values.append(self.function.local(V128))
            self.levels.append(access.level)
        for constant in self.loop.constants:
            self.values.append(self.function.constant(f32x4_splat(f32(constant))))
            self.levels.append(0)
        for _, *operands in self.loop.body:
            self.values.append(self.function.local(V128))
            self.levels.append(max(self.levels[operand] for operand in operands))

    def _choose_unrolling(self) -> None:
        """How many steps the code of one turn of the inner loop does: all of them, four, two or one."""
        cost = sum(elementwise.cost(line[0]) for line in self.loop.body) + len(self.loads) + len(self.stores)
        if self.steps <= STEPS_WRITTEN_OUT and cost <= COST_WRITTEN_OUT:
            self.unrolled = max(self.steps, 1)
        else:
            self.unrolled = 4 if cost <= COST_OF_FOUR else 2 if cost <= COST_OF_TWO else 1
        self.turns, self.left = divmod(self.steps, self.unrolled)

    @property
    def written_out(self) -> bool:
        """Whether the code holds every step of a row, the tail too, just once."""
        return self.turns <= 1 and self.left == 0

    @property
    def tail_place(self) -> int:
        """What number the tail has among the steps of a turn."""
        return self.steps if self.written_out else 0

    def offset(self, access: Access) -> bytes:
        """Pushes how far this access has moved, in bytes."""
        key = (access.step if self.turns > 1 else 0, access.row if self.rows > 1 else 0)
        if key == (0, 0):
            return i32(0)
        if key not in self.offsets:
            self.offsets[key] = self.function.local(I32)
        return get(self.offsets[key])

    def _load(self, access: Access, step: int, count: int) -> bytes:
        """Pushes the lowest `count` lanes of the step that is `step` further on."""
        position, lanes = self.offset(access), access.lanes[:count]
        address = access.address + 4 * access.step * step
        if lanes == DENSE[:count]:
            return load_some(position, address, count)
        if lanes == SPLAT[:count]:
            return load_splat(position, address)
        if lanes == PAIR_TWICE:
            return load_two_splat(position, address)
        if lanes == TWO_TWICE:
            pair = self.function.temporary(0)
            return put(pair, load_two(position, address)) + shuffle(get(pair), get(pair), TWO_TWICE)
        vector = load_one(position, address)
        for lane in range(1, count):
            vector = load_lane(position, address + 4 * lanes[lane], vector, lane)
        return vector

    def _store(self, access: Access, value: int, step: int, count: int) -> bytes:
        position, lanes = self.offset(access), access.lanes[:count]
        address = access.address + 4 * access.step * step
        if lanes == DENSE[:count]:
            return store_some(position, get(value), address, count)
        return b"".join(store_lane(position, get(value), address + 4 * lanes[lane], lane) for lane in range(count))

    def _load_all(self, level: int, step: int = 0, count: int = 4) -> bytes:
        return b"".join(
            put(value, self._load(access, step, count))
            for value, access in zip(self.values, self.loads, strict=False)
            if access.level == level
        )

    def _evaluate(self, level: int) -> bytes:
        """The lines of the body at `level`; they work on locals alone, so the same bytes serve every step."""
        code = b""
        first = len(self.loads) + len(self.loop.constants)
        for value, (name, *operands) in enumerate(self.loop.body, start=first):
            if self.levels[value] == level:
                operation = elementwise.code(self.function, name, *(self.values[operand] for operand in operands))
                code += put(self.values[value], operation)
        return code

    def write(self) -> Function:
        body = self._evaluate(2)

        def step(number: int, place: int, count: int = 4) -> bytes:
            """The step `number` further on; `place` says which of several accumulators takes its values."""
            code = self._load_all(2, number, count) + body
            for store, access in zip(self.loop.stores, self.stores, strict=True):
                code += self._store(access, self.values[store.value], number, count)
            return code + b"".join(each.step(number, place, count) for each in self.reducers)

        turn = b"".join(step(place, place) for place in range(self.unrolled)) if self.turns else b""
        # A loop leaves the offsets behind its last turn; where there is none, they have not moved.
        behind = self.unrolled if self.turns == 1 else 0
        rest = b"".join(step(behind + place, place) for place in range(self.left))
        if self.tail:
            rest += step(behind + self.left, self.tail_place, self.tail)
        row_start = self._load_all(1) + self._evaluate(1) + b"".join(each.row_start() for each in self.reducers)
        row_end = b"".join(each.row_end() for each in self.reducers)
        start = self._load_all(0) + self._evaluate(0) + b"".join(each.start() for each in self.reducers)
        end = b"".join(each.end() for each in self.reducers)
        # All code stands, so all offsets are known that have to move.
        if self.turns > 1:
            turn += b"".join(advance(local, 4 * step * self.unrolled) for (step, _), local in self.offsets.items())
        moved = self.turns * self.unrolled
        next_row = b"".join(advance(local, 4 * (row - step * moved)) for (step, row), local in self.offsets.items())
        inner = times(self.function.local(I32), self.turns, turn)
        row = row_start + inner + rest + row_end + (next_row if self.rows > 1 else b"")
        self.function.body = start + times(self.function.local(I32), self.rows, row) + end
        return self.function
