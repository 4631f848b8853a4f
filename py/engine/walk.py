"""How the code of a loop walks over its domain: in *steps* of four lanes.

A step covers four columns of a row or, where rows have two columns, two rows. The elements after the last full step are
its *tail*: the same code with fewer lanes read and written. One *turn* of the inner loop does one or several steps.
"""

from dataclasses import dataclass

from engine.instructions import I32, Function, get, i32
from engine.program import Loop

# The steps of a row are written out, without an inner loop, if they are at most this many and a step costs at most this
# much. With more, V8 interleaves the steps and runs out of registers.
STEPS_WRITTEN_OUT, COST_WRITTEN_OUT = 4, 16
# One turn of the inner loop does four steps, or two, if a step costs at most this much.
COST_OF_FOUR, COST_OF_TWO = 8, 16

Strides = tuple[int, int]


@dataclass(frozen=True)
class Access:
    """Where an array's elements for the four lanes of a step lie: `address` in bytes, the rest in units of 4 bytes."""

    address: int
    # Distance of each lane's element from `address`.
    lanes: tuple[int, int, int, int]
    # Distance to the next step, and to the next row.
    step: int
    row: int

    @property
    def level(self) -> int:
        """What the elements depend on: 2 on the step, 1 on the row only, 0 on neither."""
        return 2 if self.step else 1 if self.row else 0


class Walk:
    """The order of a loop's elements in the code of its function, and where they lie.

    `cost` is roughly the number of instructions of a step.
    """

    def __init__(self, loop: Loop, function: Function, cost: int) -> None:
        self.loop = loop
        self.function = function
        self.pairs = loop.columns == 2 and loop.rows > 1
        # Number of rows, of full steps in a row, and of lanes in the tail.
        self.rows = 1 if self.pairs else loop.rows
        self.steps, self.tail = divmod(loop.rows * 2 if self.pairs else loop.columns, 4)
        # Number of steps in a turn, of turns in a row, and of full steps after the last turn.
        if self.steps <= STEPS_WRITTEN_OUT and cost <= COST_WRITTEN_OUT:
            self.unrolled = max(self.steps, 1)
        else:
            self.unrolled = 4 if cost <= COST_OF_FOUR else 2 if cost <= COST_OF_TWO else 1
        self.turns, self.left = divmod(self.steps, self.unrolled)
        # (step, row) of an access -> the integer local, in bytes, that all accesses with these distances share.
        self.offsets: dict[tuple[int, int], int] = {}

    @property
    def written_out(self) -> bool:
        """Whether the code holds every step of a row, the tail too, just once."""
        return self.turns <= 1 and self.left == 0

    @property
    def tail_place(self) -> int:
        """The index of the tail among the steps of a turn."""
        return self.steps if self.written_out else 0

    def access(self, address: int, strides: Strides) -> Access:
        """The `Access` of an array that a `Load` or `Store` has at `address` with `strides`."""
        row, column = strides
        if self.pairs:
            return Access(address, (0, column, row, row + column), 2 * row, 0)
        return Access(address, (0, column, 2 * column, 3 * column), 4 * column, row)

    def offset(self, access: Access) -> bytes:
        """Code that pushes how far this access has moved, in bytes."""
        key = (access.step if self.turns > 1 else 0, access.row if self.rows > 1 else 0)
        if key == (0, 0):
            return i32(0)
        if key not in self.offsets:
            self.offsets[key] = self.function.local(I32)
        return get(self.offsets[key])
