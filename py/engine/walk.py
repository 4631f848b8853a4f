"""How the code of a loop walks its domain: in *steps* of four lanes.

A step goes along the columns of a row; or, where rows have two columns, along two rows at a time. What is left behind
the last full step is done by the same code with fewer lanes read and written. One *turn* of the inner loop does one or
several steps.
"""

from dataclasses import dataclass

from engine.instructions import I32, Function, get, i32
from engine.program import Loop

# Up to how many steps a row's code is written out rather than looped over, and up to which cost of a step: given more,
# V8 does them side by side and runs out of registers.
STEPS_WRITTEN_OUT, COST_WRITTEN_OUT = 4, 16
# Several steps in one turn of the inner loop where a step costs no more than this.
COST_OF_FOUR, COST_OF_TWO = 8, 16

Strides = tuple[int, int]


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


class Walk:
    """The order of a loop's elements in the code of its function, and where they lie.

    `cost` is about how many instructions a step takes.
    """

    def __init__(self, loop: Loop, function: Function, cost: int) -> None:
        self.loop = loop
        self.function = function
        self.pairs = loop.columns == 2 and loop.rows > 1
        # Rows to walk, full steps in a row, lanes of the step behind them.
        self.rows = 1 if self.pairs else loop.rows
        self.steps, self.tail = divmod(loop.rows * 2 if self.pairs else loop.columns, 4)
        # How many steps a turn does, how many turns there are in a row, and how many steps are left behind them.
        if self.steps <= STEPS_WRITTEN_OUT and cost <= COST_WRITTEN_OUT:
            self.unrolled = max(self.steps, 1)
        else:
            self.unrolled = 4 if cost <= COST_OF_FOUR else 2 if cost <= COST_OF_TWO else 1
        self.turns, self.left = divmod(self.steps, self.unrolled)
        # One integer local, in bytes, for all accesses that move alike.
        self.offsets: dict[tuple[int, int], int] = {}

    @property
    def written_out(self) -> bool:
        """Whether the code holds every step of a row, the tail too, just once."""
        return self.turns <= 1 and self.left == 0

    @property
    def tail_place(self) -> int:
        """What number the tail has among the steps of a turn."""
        return self.steps if self.written_out else 0

    def access(self, address: int, strides: Strides) -> Access:
        """How an array is read or written that a `Load` or `Store` has at an address with these strides."""
        row, column = strides
        if self.pairs:
            return Access(address, (0, column, row, row + column), 2 * row, 0)
        return Access(address, (0, column, 2 * column, 3 * column), 4 * column, row)

    def offset(self, access: Access) -> bytes:
        """Pushes how far this access has moved, in bytes."""
        key = (access.step if self.turns > 1 else 0, access.row if self.rows > 1 else 0)
        if key == (0, 0):
            return i32(0)
        if key not in self.offsets:
            self.offsets[key] = self.function.local(I32)
        return get(self.offsets[key])
