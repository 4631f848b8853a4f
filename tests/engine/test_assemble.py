"""The binary format, modules as a whole, and the kernels that only copy and count."""

import shutil
import subprocess

import numpy as np
import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from engine.assemble import assemble
from engine.instructions import signed, unsigned
from engine.machine import Machine
from engine.operations import OPERATIONS, evaluated
from engine.products import scratch_bytes
from engine.program import Advance, Append, Gather, Load, Loop, Noise, Product, Reduction, Store, Take
from tests.engine.compiled import Arrays, run_both


@given(st.integers(0, 2**64))
def test_unsigned_leb128(number):
    encoded = unsigned(number)
    assert sum((byte & 0x7F) << 7 * place for place, byte in enumerate(encoded)) == number
    assert all(byte & 0x80 for byte in encoded[:-1])
    assert not encoded[-1] & 0x80


@given(st.integers(-(2**63), 2**63 - 1))
def test_signed_leb128(number):
    encoded = signed(number)
    decoded = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(encoded))
    assert decoded - (encoded[-1] & 0x40 and 1 << 7 * len(encoded)) == number


def test_known_leb128():
    assert unsigned(624485) == b"\xe5\x8e\x26"
    assert signed(-123456) == b"\xc0\xbb\x78"


def increment(address):
    """A kernel that adds 1 to the number at `address`."""
    return Loop(1, 1, (Load(address, (0, 0)),), (1.0,), (("add", 0, 1),), (Store(2, address, (0, 0)),))


def some_of_everything():
    """A module with every operation and every kind of kernel, as large and as small."""
    kernels = [Loop(3, 7, (Load(0, (7, 1)),), (), ((name, *[0] * OPERATIONS[name].operands),), (Store(1, 256, (7, 1)),))
               for name in OPERATIONS if evaluated(name)]  # fmt: skip
    kernels += [
        Loop(5, columns, (Load(0, (columns, 1)), Load(0, (1, 0))), (2.0,), (("add", 0, 1),), (),
             (Reduction("sum", axis, 3, 512), Reduction("max", axis, 3, 640, 0.5)))
        for columns in (1, 2, 3, 9, 30) for axis in (None, 0, 1)
    ]  # fmt: skip
    kernels += [
        Product(*size, 0, 4096, 8192, transpose_a, transpose_b)
        for size in ((4, 5, 6), (100, 100, 100)) for transpose_a in (False, True) for transpose_b in (False, True)
    ]  # fmt: skip
    others = [Gather(3, 5, 0, 512), Append(0, 7), Advance(3), Noise(9, 70, 64, 512), Take(64, 512)]
    return assemble({"a": kernels, "b": others, "c": []}, 300_000, 100_000)


def test_a_module_of_everything_is_valid():
    wasmtime.Module.validate(wasmtime.Engine(), some_of_everything())


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_v8_finds_it_valid_too(tmp_path):
    path = tmp_path / "module.wasm"
    path.write_bytes(some_of_everything())
    script = "process.exit(WebAssembly.validate(require('fs').readFileSync(process.argv[1])) ? 0 : 1)"
    assert subprocess.run(["node", "-e", script, str(path)], check=False).returncode == 0


def test_an_unknown_kernel_is_refused():
    with pytest.raises(TypeError, match="not a kernel"):
        assemble({"run": ["add"]}, 64)


def test_equal_kernels_share_their_code():
    once = assemble({"run": [increment(0)]}, 64)
    assert len(assemble({"run": [increment(0)] * 50}, 64)) < len(once) + 200


def test_functions_run_their_kernels_in_order():
    machine = Machine(assemble({"one": [increment(0), increment(16)], "two": [increment(16)], "none": []}, 64))
    machine.call("one")
    machine.call("two")
    machine.call("none")
    assert (machine.read(0, (1,))[0], machine.read(16, (1,))[0]) == (1, 2)


def test_repeat():
    machine = Machine(assemble({"one": [increment(0)], "two": [increment(16)]}, 64))
    for which, count in ((0, 3), (1, 100), (0, 0)):
        machine.call("repeat", which, count)
    assert (machine.read(0, (1,))[0], machine.read(16, (1,))[0]) == (3, 100)


def test_many():
    machine = Machine(assemble({"one": [increment(0)], "two": [increment(16)]}, 256))
    machine.write(64, np.array([[0, 5], [1, 7], [0, 0], [0, 1]], np.int32))
    machine.call("many", 4, 64)
    machine.call("many", 0, 64)
    assert (machine.read(0, (1,))[0], machine.read(16, (1,))[0]) == (6, 7)


@given(st.integers(0, 9), st.integers(0, 12))
def test_gather(rows, columns):
    arrays = Arrays()
    source = arrays.add(arrays.rng.normal(size=(6, columns)).astype(np.float32))
    cursor = arrays.add(arrays.rng.integers(0, 6, rows + 2).astype(np.int32))
    out = arrays.space(rows, columns)
    compiled, expected = run_both([Gather(rows, columns, source, out)], arrays.memory(), cursor=cursor + 8)
    np.testing.assert_array_equal(compiled, expected)


def test_append_and_advance_walk_on():
    arrays = Arrays()
    source, log = arrays.add(np.array([2.5, 3, 4], np.float32)), arrays.space(4)
    kernels = [Append(source, 1), Advance(40), increment(source), Append(source, 3), Advance(3)]
    compiled, expected = run_both(kernels, arrays.memory(), cursor=128, log=log)
    np.testing.assert_array_equal(compiled, expected)


def test_each_run_takes_the_number_beside_the_place_of_the_next_that_is_appended():
    arrays = Arrays()
    log, table, own = arrays.space(3), arrays.add(np.array([7.5, -2, 9], np.float32)), arrays.space(1)
    kernels = [Take(table - log, own), increment(own), Append(own, 1)] * 3
    compiled, expected = run_both(kernels, arrays.memory(), log=log)
    np.testing.assert_array_equal(compiled, expected)
    assert compiled[log : log + 12].view(np.float32).tolist() == [8.5, -1, 10]


def test_addresses_beyond_two_gigabytes_are_encoded():
    size = 3 << 30
    kernel = Product(2, 9, 130, size - 65536, size - 32768, size - 4096, False, True)
    module = assemble({"run": [kernel, increment(size - 16)]}, size, size - 131072)
    wasmtime.Module.validate(wasmtime.Engine(), module)


def test_scratch_is_wanted_only_where_something_is_copied():
    assert scratch_bytes(Product(40, 8, 2, 0, 0, 0)) == 0
    assert scratch_bytes(Product(40, 8, 2, 0, 0, 0, transpose_b=True)) == 64
