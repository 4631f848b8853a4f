"""The code of a loop's reductions; a `Reducer` writes the code of one.

The loop asks a reducer for code at five places: before the loop (`start`), before, in and after a row (`row_start`,
`step`, `row_end`), and after the loop (`end`). Values are added up in vector locals, *accumulators*, so that a sum of
many numbers is the sum of four or more shorter ones, and the additions need not wait for each other.
"""

from collections.abc import Callable

from engine.instructions import (
    I32,
    V128,
    Function,
    advance,
    f32x4_mul,
    get,
    i32,
    lanes_of_bits,
    load_some,
    put,
    shuffle,
    store_lane,
    store_some,
    store_two,
    times,
    v128_bitselect,
)
from engine.operations import OPERATIONS
from engine.program import Loop, Reduction
from engine.walk import Walk


def reducer(walk: Walk, reduction: Reduction, value: int) -> "Reducer":
    """The `Reducer` that fits the loop and the reduction. `value` is the vector local that holds what is reduced."""
    return _reducer_class(walk, reduction)(walk, reduction, value)


def _reducer_class(walk: Walk, reduction: Reduction) -> type["Reducer"]:
    if reduction.axis is None:
        return ToOneNumber
    if walk.pairs:
        return PairColumns if reduction.axis == 0 else PairRows
    if reduction.axis == 1:
        return Rows
    if walk.loop.rows == 1:
        return SingleRow
    return Columns if walk.written_out else ColumnsInMemory


def write_empty(loop: Loop) -> Function:
    """The function of a loop without elements: every result is the reduction's identity, times its scale."""
    function = Function()
    counter, position = function.local(I32), function.local(I32)
    for reduction in loop.reductions:
        count = 1 if reduction.axis is None else loop.rows if reduction.axis == 1 else loop.columns
        # Multiplied by the scale, because that may be infinite or NaN.
        identity = f32x4_mul(function.number(OPERATIONS[reduction.kind].identity), function.number(reduction.scale))
        store = store_lane(get(position), identity, reduction.address, 0)
        function.body += put(position, i32(0)) + times(counter, count, store + advance(position, 4))
    return function


def _combine(kind: str) -> Callable[..., bytes]:
    combine = OPERATIONS[kind].combine
    if combine is None:
        raise TypeError(f"not for a loop: {kind}")
    return combine


class Reducer:
    """Writes the code of a reduction; each subclass is one way to do it. `accumulates`: whether it has accumulators."""

    accumulates = True

    def __init__(self, walk: Walk, reduction: Reduction, value: int) -> None:
        self.walk = walk
        self.reduction = reduction
        self.combine = _combine(reduction.kind)
        self.identity = walk.function.number(OPERATIONS[reduction.kind].identity)
        self.value = value
        places = max(walk.unrolled, walk.tail_place + 1 if walk.tail else 0) if self.accumulates else 0
        self.accumulators = [walk.function.local(V128) for _ in range(places)]

    def start(self) -> bytes:
        return self.reset()

    def row_start(self) -> bytes:
        return b""

    def step(self, number: int, place: int, count: int) -> bytes:
        """Code that takes in the lowest `count` lanes of the value: in the step `number`, by accumulator `place`."""
        value = get(self.value)
        if count < 4:
            mask = self.walk.function.constant(lanes_of_bits(*(-(lane < count) & 0xFFFFFFFF for lane in range(4))))
            value = v128_bitselect(value, self.identity, get(mask))
        accumulator = self.accumulators[place]
        return put(accumulator, self.combine(get(accumulator), value))

    def row_end(self) -> bytes:
        return b""

    def end(self) -> bytes:
        return b""

    def reset(self) -> bytes:
        """Sets all accumulators to the identity."""
        return b"".join(put(accumulator, self.identity) for accumulator in self.accumulators)

    def fold_places(self) -> bytes:
        """Combines all accumulators into the first, as a balanced tree."""
        code, active = b"", self.accumulators
        while len(active) > 1:
            half = (len(active) + 1) // 2
            for into, other in zip(active, active[half:], strict=False):
                code += put(into, self.combine(get(into), get(other)))
            active = active[:half]
        return code

    def fold_lanes(self, *orders: tuple[int, int, int, int]) -> bytes:
        """Combines the first accumulator with itself in other orders of its lanes, one after the other."""
        first = self.accumulators[0]
        return b"".join(
            put(first, self.combine(get(first), shuffle(get(first), get(first), order))) for order in orders
        )

    def scaled(self, value: bytes) -> bytes:
        """`value` times the reduction's scale."""
        scale = self.reduction.scale
        return value if scale == 1.0 else f32x4_mul(value, self.walk.function.number(scale))


class ToOneNumber(Reducer):
    """Over all elements: one number."""

    def end(self) -> bytes:
        fold = self.fold_places() + self.fold_lanes((2, 3, 2, 3), (1, 1, 1, 1))
        return fold + store_lane(i32(0), self.scaled(get(self.accumulators[0])), self.reduction.address, 0)


class Rows(Reducer):
    """Along axis 1: one number for each row."""

    def start(self) -> bytes:
        return b""

    def row_start(self) -> bytes:
        return self.reset()

    def row_end(self) -> bytes:
        # The results are a column: they are written as an array with strides (1, 0).
        access = self.walk.access(self.reduction.address, (1, 0))
        fold = self.fold_places() + self.fold_lanes((2, 3, 2, 3), (1, 1, 1, 1))
        return fold + store_lane(self.walk.offset(access), self.scaled(get(self.accumulators[0])), access.address, 0)


class SingleRow(Reducer):
    """Along axis 0 of a single row: the result is the row itself."""

    accumulates = False

    def step(self, number: int, place: int, count: int) -> bytes:
        access = self.walk.access(self.reduction.address, (0, 1))
        return store_some(self.walk.offset(access), self.scaled(get(self.value)), access.address + 16 * number, count)


class Columns(Reducer):
    """Along axis 0, where all steps of a row are written out: each accumulator holds four columns."""

    def end(self) -> bytes:
        code = b""
        for place, accumulator in enumerate(self.accumulators):
            count = min(4, self.walk.loop.columns - 4 * place)
            code += put(accumulator, self.scaled(get(accumulator)))
            code += store_some(i32(0), get(accumulator), self.reduction.address + 16 * place, count)
        return code


class ColumnsInMemory(Reducer):
    """Along axis 0 of many columns: each row is added to the results in memory."""

    accumulates = False

    def __init__(self, walk: Walk, reduction: Reduction, value: int) -> None:
        super().__init__(walk, reduction, value)
        self.access = walk.access(reduction.address, (0, 1))

    def start(self) -> bytes:
        return self._every_column(lambda position, address, count: store_some(position, self.identity, address, count))

    def step(self, number: int, place: int, count: int) -> bytes:
        position, address = self.walk.offset(self.access), self.access.address + 16 * number
        result = self.walk.function.temporary(0)
        # Lanes from `count` on hold arbitrary numbers here, and are not written.
        code = put(result, self.combine(load_some(position, address, count), get(self.value)))
        return code + store_some(position, get(result), address, count)

    def end(self) -> bytes:
        if self.reduction.scale == 1.0:
            return b""
        result = self.walk.function.temporary(0)
        return self._every_column(
            lambda position, address, count: (
                put(result, self.scaled(load_some(position, address, count)))
                + store_some(position, get(result), address, count)
            )
        )

    def _every_column(self, code: Callable[[bytes, int, int], bytes]) -> bytes:
        """`code(position, address, count)` for every four columns, and for the columns that are left."""
        counter, position = self.walk.function.local(I32), self.walk.function.local(I32)
        steps, tail = divmod(self.walk.loop.columns, 4)
        address = self.access.address
        walk = times(counter, steps, code(get(position), address, 4) + advance(position, 16))
        return put(position, i32(0)) + walk + (code(get(position), address, tail) if tail else b"")


class PairRows(Reducer):
    """Along axis 1 of rows of two columns: each step holds two whole rows."""

    accumulates = False

    def step(self, number: int, place: int, count: int) -> bytes:
        access = self.walk.access(self.reduction.address, (1, 0))
        result, address = self.walk.function.temporary(0), access.address + 8 * number
        value = get(self.value)
        code = put(result, self.combine(value, shuffle(value, value, (1, 0, 3, 2))))
        code += put(result, self.scaled(shuffle(get(result), get(result), (0, 2, 0, 2))))
        return code + store_some(self.walk.offset(access), get(result), address, count // 2)


class PairColumns(Reducer):
    """Along axis 0 of rows of two columns: lanes 0 and 2 are one column, 1 and 3 the other."""

    def end(self) -> bytes:
        first = self.accumulators[0]
        fold = self.fold_places() + self.fold_lanes((2, 3, 2, 3))
        return fold + put(first, self.scaled(get(first))) + store_two(i32(0), get(first), self.reduction.address)
