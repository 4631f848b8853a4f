"""The code of a `Loop`: a function without parameters that works on four elements at a time.

A loop is first made one row where possible (`flattened`), then its code follows `walk`. Values that do not depend on
the column are computed once for each row, values that depend on neither row nor column once.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from engine.instructions import (
    I32,
    V128,
    Function,
    advance,
    f32,
    f32x4_splat,
    get,
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
from engine.operations import OPERATIONS
from engine.program import Load, Loop, Store
from engine.reductions import reducer, write_empty
from engine.walk import Access, Strides, Walk

# How a step's four lanes may lie in memory.
DENSE, SPLAT, PAIR_TWICE, TWO_TWICE = (0, 1, 2, 3), (0, 0, 0, 0), (0, 1, 0, 1), (0, 0, 1, 1)


def write_loop(loop: Loop) -> Function:
    """The function that runs `loop` once."""
    if loop.rows == 0 or loop.columns == 0:
        return write_empty(loop)
    return LoopWriter(flattened(loop)).write()


def flattened(loop: Loop) -> Loop:
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


class LoopWriter:
    """Writes one loop's function."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.function = Function()
        cost = sum(OPERATIONS[name].cost for name, *_ in loop.body) + len(loop.loads) + len(loop.stores)
        self.walk = Walk(loop, self.function, cost)
        self.loads = [self.walk.access(load.address, load.strides) for load in loop.loads]
        self.stores = [self.walk.access(store.address, store.strides) for store in loop.stores]
        self._number_values()
        self.reducers = [reducer(self.walk, reduction, self.values[reduction.value]) for reduction in loop.reductions]

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

    def _load(self, access: Access, step: int, count: int) -> bytes:
        """Code that pushes the lowest `count` lanes of an array in the step that is `step` steps ahead."""
        position, lanes = self.walk.offset(access), access.lanes[:count]
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
        position, lanes = self.walk.offset(access), access.lanes[:count]
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
        """Code of the body's lines at `level`. It uses locals only, so that the same code serves every step."""
        code = b""
        first = len(self.loads) + len(self.loop.constants)
        for value, (name, *operands) in enumerate(self.loop.body, start=first):
            if self.levels[value] == level:
                code += put(self.values[value], self._operation(name, operands))
        return code

    def _operation(self, name: str, operands: Iterable[int]) -> bytes:
        """Code that pushes the result of a line of the body."""
        write = OPERATIONS[name].code
        if write is None:
            raise TypeError(f"not for a loop: {name}")
        return write(self.function, *(self.values[operand] for operand in operands))

    def write(self) -> Function:
        """The function that runs the loop once."""
        walk = self.walk
        body = self._evaluate(2)

        def step(number: int, place: int, count: int = 4) -> bytes:
            """Code of the step that is `number` steps ahead; its values go to the accumulator with index `place`."""
            code = self._load_all(2, number, count) + body
            for store, access in zip(self.loop.stores, self.stores, strict=True):
                code += self._store(access, self.values[store.value], number, count)
            return code + b"".join(each.step(number, place, count) for each in self.reducers)

        turn = b"".join(step(place, place) for place in range(walk.unrolled)) if walk.turns else b""
        # After an inner loop the offsets point past its last turn; a single turn, without a loop, does not move them.
        passed = walk.unrolled if walk.turns == 1 else 0
        rest = b"".join(step(passed + place, place) for place in range(walk.left))
        if walk.tail:
            rest += step(passed + walk.left, walk.tail_place, walk.tail)
        row_start = self._load_all(1) + self._evaluate(1) + b"".join(each.row_start() for each in self.reducers)
        row_end = b"".join(each.row_end() for each in self.reducers)
        start = self._load_all(0) + self._evaluate(0) + b"".join(each.start() for each in self.reducers)
        end = b"".join(each.end() for each in self.reducers)
        # All code that uses offsets has been written, so all offsets that have to move are known.
        if walk.turns > 1:
            turn += b"".join(advance(local, 4 * step * walk.unrolled) for (step, _), local in walk.offsets.items())
        moved = walk.turns * walk.unrolled
        next_row = b"".join(advance(local, 4 * (row - step * moved)) for (step, row), local in walk.offsets.items())
        inner = times(self.function.local(I32), walk.turns, turn)
        row = row_start + inner + rest + row_end + (next_row if walk.rows > 1 else b"")
        self.function.body = start + times(self.function.local(I32), walk.rows, row) + end
        return self.function
