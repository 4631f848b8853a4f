"""Makes a WebAssembly module: each kernel becomes a function, each named list of kernels a function that calls them.

The binary format: WebAssembly Core Specification 2.0, chapter 5, "Binary Format". A module is a magic number and
sections in fixed order; a section is its number, its size in bytes and, usually, a list; a list is its length and its
items.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from engine import elementwise, products
from engine.helpers import Helper
from engine.instructions import (
    I32,
    Function,
    advance,
    call,
    call_in_table,
    count_down,
    f32_load,
    f32_store,
    get,
    get_global,
    i32,
    i32_add,
    i32_load,
    i32_mul,
    load_some,
    put,
    put_global,
    store_some,
    times,
    unsigned,
    v128_load,
    v128_store,
    when,
)
from engine.loops import write_loop
from engine.noise import write_noise
from engine.program import Advance, Append, Gather, Loop, Noise, Product, Take

PAGE = 65536
CURSOR, LOG = 0, 1
FUNCTION_EXPORT, MEMORY_EXPORT, GLOBAL_EXPORT = b"\x00", b"\x02", b"\x03"


def assemble(functions: Mapping[str, Sequence[object]], memory_bytes: int, scratch: int = 0) -> bytes:
    """A module that runs kernels on its memory.

    It exports `memory`; the globals `cursor` and `log`; for each of `functions` a function of that name, which runs
    its kernels once; `repeat(which, count)`, which runs the `which`-th of them `count` times; and
    `many(count, address)`, which does the same for each of `count` pairs of int32 (which, count) at `address`.

    Parameters
    ----------
    functions : name -> kernels, see `engine.program`
    memory_bytes : size of the memory in bytes; rounded up to pages of 64 KiB
    scratch : address of the memory that products use while they run; its size is the largest `scratch_bytes` of them
    """
    written = list(_helpers())
    # Equal kernels, those with the same numbers, share a function.
    numbers: dict[object, int] = {}
    for kernels in functions.values():
        for kernel in kernels:
            if kernel not in numbers:
                numbers[kernel] = len(written)
                written.append(write_kernel(kernel, scratch))
    named = []
    for kernels in functions.values():
        function = Function()
        function.body = b"".join(call(numbers[kernel]) for kernel in kernels)
        named.append(len(written))
        written.append(function)
    repeat = len(written)
    written += [_repeat(), _many(repeat)]

    types = _Types()
    type_numbers = [types.number(function) for function in written]
    exports = [_export("memory", MEMORY_EXPORT, 0)]
    exports += [_export("cursor", GLOBAL_EXPORT, CURSOR), _export("log", GLOBAL_EXPORT, LOG)]
    exports += [_export(name, FUNCTION_EXPORT, number) for name, number in zip(functions, named, strict=True)]
    exports += [_export("repeat", FUNCTION_EXPORT, repeat), _export("many", FUNCTION_EXPORT, repeat + 1)]
    pages = -(-memory_bytes // PAGE)
    integer_variable = I32 + b"\x01" + i32(0) + b"\x0b"
    return b"".join(
        (
            b"\0asm\x01\0\0\0",
            _section(1, types.encoded),
            _section(3, [unsigned(number) for number in type_numbers]),
            # One table of functions, without a maximum size, from which `repeat` chooses.
            _section(4, [b"\x70\x00" + unsigned(len(named))]),
            _section(5, [b"\x00" + unsigned(pages)]),
            _section(6, [integer_variable, integer_variable]),
            _section(7, exports),
            _section(9, [b"\x00" + i32(0) + b"\x0b" + _list([unsigned(number) for number in named])]),
            _section(10, [function.encode() for function in written]),
        )
    )


def write_kernel(kernel: object, scratch: int) -> Function:
    """The function, without parameters, that runs `kernel` once."""
    if isinstance(kernel, Loop):
        return write_loop(kernel)
    if isinstance(kernel, Product):
        return products.write_product(kernel, scratch)
    if isinstance(kernel, Gather):
        return _write_gather(kernel)
    if isinstance(kernel, Noise):
        return write_noise(kernel, i32_load(get_global(LOG), kernel.distance))
    function = Function()
    if isinstance(kernel, Advance):
        function.body += put_global(CURSOR, i32_add(get_global(CURSOR), i32(4 * kernel.rows)))
    elif isinstance(kernel, Take):
        function.body += f32_store(i32(kernel.out), f32_load(get_global(LOG), kernel.distance))
    elif isinstance(kernel, Append):
        source, counter = function.local(I32), function.local(I32)
        copy = f32_store(get_global(LOG), f32_load(get(source), kernel.source)) + advance(source, 4)
        copy += put_global(LOG, i32_add(get_global(LOG), i32(4)))
        function.body += times(counter, kernel.count, copy)
    else:
        raise TypeError(f"not a kernel: {kernel!r}")
    return function


def _write_gather(kernel: Gather) -> Function:
    """Copies row by row, four numbers at a time."""
    function = Function()
    source, out, index = (function.local(I32) for _ in range(3))
    row_counter, counter = function.local(I32), function.local(I32)
    width = 4 * kernel.columns
    steps, tail = divmod(kernel.columns, 4)
    copy = v128_store(get(out), v128_load(get(source), kernel.source), kernel.out)
    copy = times(counter, steps, copy + advance(source, 16) + advance(out, 16))
    if tail:
        value = function.temporary(0)
        copy += put(value, load_some(get(source), kernel.source, tail))
        copy += store_some(get(out), get(value), kernel.out, tail) + advance(out, 4 * tail)
    row = put(source, i32_mul(i32_load(get(index)), i32(width))) + copy + advance(index, 4)
    function.body = put(index, get_global(CURSOR)) + times(row_counter, kernel.rows, row)
    return function


def _repeat() -> Function:
    """(which, count): runs the `which`-th named function `count` times."""
    function = Function((I32, I32))
    which, count = 0, 1
    function.body = when(get(count), count_down(count, call_in_table(_Types.NO_PARAMETERS, get(which))))
    return function


def _many(repeat: int) -> Function:
    """(count, address): `repeat` for each of `count` pairs of int32 at `address`."""
    function = Function((I32, I32))
    count, address = 0, 1
    pair = call(repeat, i32_load(get(address)), i32_load(get(address), 4)) + advance(address, 8)
    function.body = when(get(count), count_down(count, pair))
    return function


@cache
def _helpers() -> tuple[Function, ...]:
    """The functions that come first in every module, in the order of `Helper`."""
    written = {**elementwise.helpers(), **products.helpers()}
    return tuple(written[helper] for helper in Helper)


class _Types:
    """The signatures of functions, each written once."""

    NO_PARAMETERS = 0

    def __init__(self) -> None:
        self.encoded: list[bytes] = []
        self.number(Function())

    def number(self, function: Function) -> int:
        encoded = b"\x60" + _list(function.parameters) + _list(function.results)
        if encoded not in self.encoded:
            self.encoded.append(encoded)
        return self.encoded.index(encoded)


def _list(items: Iterable[bytes]) -> bytes:
    items = tuple(items)
    return unsigned(len(items)) + b"".join(items)


def _section(number: int, items: Iterable[bytes]) -> bytes:
    content = _list(items)
    return bytes([number]) + unsigned(len(content)) + content


def _export(name: str, kind: bytes, number: int) -> bytes:
    encoded = name.encode()
    return unsigned(len(encoded)) + encoded + kind + unsigned(number)
