"""Runs kernels compiled and by `kernels_in_numpy` on the same memory."""

import numpy as np

from engine.assemble import assemble
from engine.machine import Machine
from tests.engine.kernels_in_numpy import run_kernels

# Between any two arrays, and around all: what must not change.
MARGIN = 64


class Arrays:
    """Float32 (or int32) arrays one behind the other in a memory of their own, each at a multiple of 16 bytes."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)
        self.parts = []
        self.end = MARGIN

    def add(self, content) -> int:
        """Places an array; returns its address."""
        content = np.ascontiguousarray(content)
        address = self.end
        self.parts.append((address, content))
        self.end += -(-content.nbytes // 16) * 16 + MARGIN
        return address

    def space(self, *shape) -> int:
        """Places an array that is to be written: NaN until then."""
        return self.add(np.full(shape, np.nan, np.float32))

    def memory(self) -> np.ndarray:
        """All bytes, noise between the arrays."""
        memory = self.rng.integers(0, 256, self.end, dtype=np.uint8)
        for address, content in self.parts:
            memory[address : address + content.nbytes] = content.reshape(-1).view(np.uint8)
        return memory


def run_both(kernels, memory, scratch=0, cursor=0, log=0, everything=False):
    """The memory after `kernels` as the compiled code left it, and as NumPy did."""
    size = len(memory)
    machine = Machine(assemble({"run": kernels}, size, scratch))
    as_integers = np.frombuffer(memory.tobytes() + bytes(-size % 4), np.int32)
    machine.write(0, as_integers)
    machine.set("cursor", cursor)
    machine.set("log", log)
    machine.call("run")
    compiled = machine.read(0, as_integers.shape, np.int32).view(np.uint8)[:size]
    expected = memory.copy()
    moved = run_kernels(kernels, expected, cursor, log)
    assert moved == (machine.get("cursor"), machine.get("log"))
    end = None if everything else scratch or None
    return compiled[:end], expected[:end]


def assert_close(compiled, expected, written, others=(), **tolerance):
    """Compares two memories: `written`, (address, shape) each, within the tolerance; everything else bit by bit.

    What `others` name is not compared.
    """
    compiled, expected = compiled.copy(), expected.copy()
    for address, shape in written:
        size = 4 * int(np.prod(shape))
        one, other = (
            memory[address : address + size].view(np.float32).reshape(shape) for memory in (compiled, expected)
        )
        np.testing.assert_allclose(one, other, **tolerance)
        compiled[address : address + size] = expected[address : address + size] = 0
    for address, shape in others:
        size = 4 * int(np.prod(shape))
        compiled[address : address + size] = expected[address : address + size] = 0
    outside = np.flatnonzero(compiled != expected)
    assert not len(outside), f"bytes changed that nothing was to write: {outside[:8]}"
