"""WebAssembly's instructions as bytes, and `Function`, which collects the instructions of one function.

WebAssembly is a stack machine: an instruction pops its operands and pushes its result, so the code of an expression is
the code of its operands followed by one instruction. Every function here takes such pieces of code as `bytes` and
returns the longer piece: `f32x4_add(get(x), get(y))` pushes the four sums of locals x and y.

Numbers of the instructions: WebAssembly Core Specification 2.0, "Index of Instructions".
"""

import struct
from collections.abc import Callable, Iterable
from functools import cache

I32, I64, F32, V128 = b"\x7f", b"\x7e", b"\x7d", b"\x7b"
NO_RESULT = b"\x40"


@cache
def unsigned(value: int) -> bytes:
    """`value` ≥ 0 as LEB128: seven bits a byte, the lowest first, the top bit set in all but the last."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


@cache
def signed(value: int) -> bytes:
    """`value` as signed LEB128: like `unsigned`, and bit 6 of the last byte is the sign."""
    encoded = bytearray()
    while not -0x40 <= value < 0x40:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value & 0x7F)
    return bytes(encoded)


# Locals, globals, constants


@cache
def get(local: int) -> bytes:
    """Pushes a local variable."""
    return b"\x20" + unsigned(local)


def put(local: int, value: bytes) -> bytes:
    """Sets a local variable."""
    return value + b"\x21" + unsigned(local)


def tee(local: int, value: bytes) -> bytes:
    """Sets a local variable, and pushes what it was set to."""
    return value + b"\x22" + unsigned(local)


def get_global(index: int) -> bytes:
    """Pushes a global variable."""
    return b"\x23" + unsigned(index)


def put_global(index: int, value: bytes) -> bytes:
    """Sets a global variable."""
    return value + b"\x24" + unsigned(index)


@cache
def i32(value: int) -> bytes:
    """Pushes an integer; addresses of 2 GiB and more are its negative half."""
    return b"\x41" + signed(value - (1 << 32) if value >= 1 << 31 else value)


@cache
def i64(value: int) -> bytes:
    """Pushes an integer of 64 bits; numbers from 2⁶³ up are its negative half."""
    return b"\x42" + signed(value - (1 << 64) if value >= 1 << 63 else value)


def f32(value: float) -> bytes:
    """Pushes a float32."""
    return b"\x43" + struct.pack("<f", value)


def lanes_of_bits(*values: int) -> bytes:
    """Pushes a vector of four 32-bit patterns."""
    return b"\xfd\x0c" + struct.pack("<4I", *values)


# Operators: one instruction after its operands


def _operator(*opcode: int) -> Callable[..., bytes]:
    code = bytes(opcode)

    def apply(*operands: bytes) -> bytes:
        return b"".join(operands) + code

    return apply


i32_less = _operator(0x49)  # unsigned
i32_at_least = _operator(0x4F)  # unsigned
i32_add = _operator(0x6A)
i32_sub = _operator(0x6B)
i32_mul = _operator(0x6C)
i32_and = _operator(0x71)
i32_or = _operator(0x72)
i32_shl = _operator(0x74)
i32_shr = _operator(0x76)  # unsigned
i32_bits_of_f32 = _operator(0xBC)

i64_mul = _operator(0x7E)
i64_or = _operator(0x84)
i64_shl = _operator(0x86)
i64_shr = _operator(0x88)  # unsigned
i64_of_i32 = _operator(0xAD)  # unsigned
f32_of_i64 = _operator(0xB4)  # signed
f32_add = _operator(0x92)
f32_mul = _operator(0x94)
f32_sub = _operator(0x93)
f32_less = _operator(0x5D)
f32_abs = _operator(0x8B)
select = _operator(0x1B)  # (yes, no, condition)

i32x4_splat = _operator(0xFD, 0x11)
f32x4_splat = _operator(0xFD, 0x13)

f32x4_eq = _operator(0xFD, 0x41)
f32x4_ne = _operator(0xFD, 0x42)
f32x4_lt = _operator(0xFD, 0x43)
f32x4_gt = _operator(0xFD, 0x44)
f32x4_le = _operator(0xFD, 0x45)
f32x4_ge = _operator(0xFD, 0x46)

v128_and = _operator(0xFD, 0x4E)
v128_or = _operator(0xFD, 0x50)
v128_xor = _operator(0xFD, 0x51)
v128_bitselect = _operator(0xFD, 0x52)  # (yes, no, mask)
v128_any_true = _operator(0xFD, 0x53)

i32x4_shl = _operator(0xFD, 0xAB, 0x01)
i32x4_sar = _operator(0xFD, 0xAC, 0x01)  # the sign moves in
i32x4_shr = _operator(0xFD, 0xAD, 0x01)  # unsigned
i32x4_add = _operator(0xFD, 0xAE, 0x01)
i32x4_sub = _operator(0xFD, 0xB1, 0x01)
i32x4_mul = _operator(0xFD, 0xB5, 0x01)
f32x4_of_i32x4 = _operator(0xFD, 0xFA, 0x01)

f32x4_ceil = _operator(0xFD, 0x67)
f32x4_floor = _operator(0xFD, 0x68)
f32x4_abs = _operator(0xFD, 0xE0, 0x01)
f32x4_neg = _operator(0xFD, 0xE1, 0x01)
f32x4_sqrt = _operator(0xFD, 0xE3, 0x01)
f32x4_add = _operator(0xFD, 0xE4, 0x01)
f32x4_sub = _operator(0xFD, 0xE5, 0x01)
f32x4_mul = _operator(0xFD, 0xE6, 0x01)
f32x4_div = _operator(0xFD, 0xE7, 0x01)
f32x4_min = _operator(0xFD, 0xE8, 0x01)  # NaN if either is
f32x4_max = _operator(0xFD, 0xE9, 0x01)
# b < a ? b : a and a < b ? b : a, one instruction on every processor: a NaN in a is kept, a NaN in b is dropped.
f32x4_pmin = _operator(0xFD, 0xEA, 0x01)
f32x4_pmax = _operator(0xFD, 0xEB, 0x01)


def f32x4_lane(vector: bytes, lane: int) -> bytes:
    """The number in one lane of `vector`."""
    return vector + b"\xfd\x1f" + bytes([lane])


def f32x4_with_lane(vector: bytes, lane: int, number: bytes) -> bytes:
    """`vector` with one lane replaced."""
    return vector + number + b"\xfd\x20" + bytes([lane])


def shuffle(first: bytes, second: bytes, lanes: Iterable[int]) -> bytes:
    """The four `lanes` out of `first` (0 … 3) and `second` (4 … 7)."""
    return first + second + b"\xfd\x0d" + bytes(4 * lane + byte for lane in lanes for byte in range(4))


# Memory, at `address` (code) + `offset` (a constant that is part of the instruction), in bytes


def _load(*opcode: int) -> Callable[..., bytes]:
    # The byte after the opcode is the promised alignment as a power of two: 2⁰ promises nothing.
    code = bytes(opcode) + b"\x00"
    return lambda address, offset=0: address + code + unsigned(offset)


def _store(*opcode: int) -> Callable[..., bytes]:
    code = bytes(opcode) + b"\x00"
    return lambda address, value, offset=0: address + value + code + unsigned(offset)


i32_load = _load(0x28)
f32_load = _load(0x2A)
v128_load = _load(0xFD, 0x00)
load_splat = _load(0xFD, 0x09)  # one number into all lanes
load_two_splat = _load(0xFD, 0x0A)  # two numbers, twice
load_one = _load(0xFD, 0x5C)  # one number into lane 0, the rest 0
load_two = _load(0xFD, 0x5D)  # two numbers into lanes 0 and 1, the rest 0
f32_store = _store(0x38)
v128_store = _store(0xFD, 0x0B)


def load_lane(address: bytes, offset: int, vector: bytes, lane: int) -> bytes:
    """`vector` with one lane replaced by the number at the address."""
    return address + vector + b"\xfd\x56\x00" + unsigned(offset) + bytes([lane])


def store_lane(address: bytes, vector: bytes, offset: int, lane: int) -> bytes:
    """Writes one lane."""
    return address + vector + b"\xfd\x5a\x00" + unsigned(offset) + bytes([lane])


def store_two(address: bytes, vector: bytes, offset: int) -> bytes:
    """Writes lanes 0 and 1."""
    return address + vector + b"\xfd\x5b\x00" + unsigned(offset) + b"\x00"


def load_some(address: bytes, offset: int, count: int) -> bytes:
    """Loads `count` (1 … 4) numbers that lie side by side into the lowest lanes; reads nothing after them."""
    if count == 4:
        return v128_load(address, offset)
    if count == 3:
        return load_lane(address, offset + 8, load_two(address, offset), 2)
    return (load_two if count == 2 else load_one)(address, offset)


def store_some(address: bytes, vector: bytes, offset: int, count: int) -> bytes:
    """Writes the lowest `count` (1 … 4) lanes side by side. `vector` must have no effects: it may be pushed twice."""
    if count == 4:
        return v128_store(address, vector, offset)
    if count == 1:
        return store_lane(address, vector, offset, 0)
    code = store_two(address, vector, offset)
    return code + store_lane(address, vector, offset + 8, 2) if count == 3 else code


# Control


def call(function: int, *arguments: bytes) -> bytes:
    """Calls the module's function with this number."""
    return b"".join(arguments) + b"\x10" + unsigned(function)


def call_in_table(type_: int, index: bytes) -> bytes:
    """Calls the `index`-th function of the module's table."""
    return index + b"\x11" + unsigned(type_) + b"\x00"


def when(condition: bytes, then: bytes, otherwise: bytes = b"") -> bytes:
    """Runs `then` if `condition` pushes an integer other than 0, else `otherwise`."""
    return condition + b"\x04" + NO_RESULT + then + (b"\x05" + otherwise if otherwise else b"") + b"\x0b"


def count_down(counter: int, body: bytes) -> bytes:
    """Runs `body` as often as local `counter` says, at least once; `counter` is 0 at the end."""
    again = tee(counter, i32_sub(get(counter), i32(1))) + b"\x0d\x00"
    return b"\x03" + NO_RESULT + body + again + b"\x0b"


def times(counter: int, count: int, body: bytes) -> bytes:
    """Runs `body` `count` times; without a loop if `count` is below two."""
    if count < 2:
        return body * count
    return put(counter, i32(count)) + count_down(counter, body)


def for_range(index: int, end: bytes, step: int, body: bytes) -> bytes:
    """Runs `body` with local `index` at 0, `step`, … while it is below `end`."""
    return put(index, i32(0)) + while_below(index, end, body, step)


def while_below(index: int, end: bytes, body: bytes, step: int = 1) -> bytes:
    """Runs `body` while local `index` is below `end`, and adds `step` to `index` after each run."""
    leave = i32_at_least(get(index), end) + b"\x0d\x01"
    loop = b"\x03" + NO_RESULT + leave + body + advance(index, step) + b"\x0c\x00\x0b"
    return b"\x02" + NO_RESULT + loop + b"\x0b"


def advance(local: int, amount: int | bytes) -> bytes:
    """Adds `amount`, a constant or code that pushes an integer, to an integer local."""
    if amount == 0:
        return b""
    return put(local, i32_add(get(local), i32(amount) if isinstance(amount, int) else amount))


class Function:
    """The code of one function while it is written.

    `setup` runs once, before `body`. Vector constants are kept in locals that `setup` fills: a compiler that makes a
    constant anew at every use needs up to five instructions each time.
    """

    def __init__(self, parameters: tuple[bytes, ...] = (), results: tuple[bytes, ...] = ()) -> None:
        self.parameters = parameters
        self.results = results
        self.setup = b""
        self.body = b""
        self._locals: list[bytes] = list(parameters)
        self._constants: dict[bytes, int] = {}
        self._temporaries: list[int] = []

    def local(self, type_: bytes) -> int:
        """A new local variable; it starts as zero."""
        self._locals.append(type_)
        return len(self._locals) - 1

    def temporary(self, index: int) -> int:
        """A vector local for intermediate results, which any code may overwrite."""
        while index >= len(self._temporaries):
            self._temporaries.append(self.local(V128))
        return self._temporaries[index]

    def constant(self, vector: bytes) -> int:
        """The local that holds the vector that `vector`, code without operands, pushes."""
        if vector not in self._constants:
            self._constants[vector] = self.local(V128)
            self.setup += put(self._constants[vector], vector)
        return self._constants[vector]

    def number(self, value: float) -> bytes:
        """Pushes a float32 in all lanes."""
        return get(self.constant(f32x4_splat(f32(value))))

    def integer(self, value: int) -> bytes:
        """Pushes a 32-bit pattern in all lanes."""
        return get(self.constant(i32x4_splat(i32(value))))

    def encode(self) -> bytes:
        """The function as the module's code section holds it: size, locals, instructions."""
        own = self._locals[len(self.parameters) :]
        code = unsigned(len(own)) + b"".join(b"\x01" + type_ for type_ in own) + self.setup + self.body + b"\x0b"
        return unsigned(len(code)) + code
