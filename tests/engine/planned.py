"""Runs plans in NumPy, from addresses of their inputs' own, and looks for what no run would show."""

import math

import numpy as np

from engine.arena import aligned
from engine.assemble import assemble
from engine.machine import Machine
from engine.pipeline import compile_function
from engine.products import scratch_bytes
from engine.program import Loop, Product
from engine.record import flat
from tests.engine.kernels_in_numpy import run_kernels

# Where a test's first array lies; nothing of a plan may lie before.
FIRST = 64


class Planned:
    """A function compiled to kernels, its inputs one behind the other, and memory full of NaN but for them."""

    def __init__(self, function, arguments, updates=None):
        """`updates` maps an output's number to the input in whose place it goes."""
        arguments = [np.asarray(array, np.float32) for array in arguments]
        inputs, address = [], FIRST
        for array in arguments:
            inputs.append(address)
            address = aligned(address + max(array.nbytes, 1))
        updates = updates or {}
        with np.errstate(all="ignore"):
            count = len(flat(function(*arguments)))
        outputs = [inputs[updates[index]] if index in updates else None for index in range(count)]
        self.start = address
        self.plan = compile_function(function, arguments, inputs, address, outputs)
        self.shapes = self.plan.shapes
        self.arguments = arguments
        self.updated = {inputs[index] for index in updates.values()}
        self.memory = np.full(self.plan.end, 255, np.uint8)
        for start, constant in self.plan.constants:
            self.memory[start : start + len(constant)] = np.frombuffer(constant, np.uint8)
        for index, array in enumerate(arguments):
            self.set(index, array)

    def set(self, index, array):
        """Puts an array in the place of an input."""
        self._at(self.plan.inputs[index], self.arguments[index].shape)[...] = array

    def run(self):
        """The outputs of one run."""
        run_kernels(self.plan.kernels, self.memory)
        return [self._at(*place).copy() for place in zip(self.plan.outputs, self.shapes, strict=True)]

    def run_compiled(self):
        """The outputs of one run in WebAssembly, from the same memory, which is left as it is.

        Asserts that nothing but the arena and the updated inputs has changed.
        """
        scratch = aligned(self.plan.end)
        size = scratch + max(
            (scratch_bytes(kernel) for kernel in self.plan.kernels if isinstance(kernel, Product)), default=0
        )
        machine = Machine(assemble({"run": self.plan.kernels}, size, scratch))
        machine.write(0, np.resize(self.memory, -(-len(self.memory) // 4) * 4).view(np.int32))
        machine.call("run")
        after = machine.read(0, (-(-len(self.memory) // 4),), np.int32).view(np.uint8)[: len(self.memory)]
        for address, array in zip(self.plan.inputs, self.arguments, strict=True):
            if address not in self.updated:
                place = slice(address, address + array.nbytes)
                np.testing.assert_array_equal(after[place], self.memory[place])
        return [_array(after, *place).copy() for place in zip(self.plan.outputs, self.shapes, strict=True)]

    def check(self):
        """Asserts that every kernel writes into the arena or an updated input only, and never what it reads itself.

        A loop may read and write a number in the same step.
        """
        constants = set().union(*(range(start, start + len(data)) for start, data in self.plan.constants))
        end = self.start
        for kernel in self.plan.kernels:
            reads, writes = _touched(kernel)
            together: set[int] = set()
            for access, addresses in writes:
                assert not together & addresses
                together |= addresses
                for other, others in reads:
                    assert access == other or not addresses & others, kernel
            end = max([end, *(address + 4 for address in together)])
            assert not together & constants
        end = max([end, *(start + len(data) for start, data in self.plan.constants)])
        assert self.plan.end == aligned(end), (end, self.plan)
        allowed = set(range(self.start, self.plan.end))
        for address, array in zip(self.plan.inputs, self.arguments, strict=True):
            if address in self.updated:
                allowed |= set(range(address, address + array.nbytes))
        for kernel in self.plan.kernels:
            assert set().union(*(addresses for _, addresses in _touched(kernel)[1])) <= allowed

    def _at(self, address, shape):
        return _array(self.memory, address, shape)


def _array(memory, address, shape):
    return np.ndarray(shape, np.float32, buffer=memory, offset=address if math.prod(shape) else 0)


def _touched(kernel):
    """What a kernel reads and writes, each as `(how, the addresses of the numbers)`."""
    if isinstance(kernel, Product):
        reads = [(kernel.a, kernel.m * kernel.k), (kernel.b, kernel.k * kernel.n)]
        return [_dense(*read) for read in reads], [_dense(kernel.out, kernel.m * kernel.n)]
    assert isinstance(kernel, Loop)
    sizes = {None: 1, 0: kernel.columns, 1: kernel.rows}
    writes = [_strided(kernel, store) for store in kernel.stores]
    writes += [_dense(reduction.address, sizes[reduction.axis]) for reduction in kernel.reductions]
    return [_strided(kernel, load) for load in kernel.loads], writes


def _dense(address, size):
    return None, set(range(address, address + 4 * size, 4))


def _strided(loop, access):
    row, column = access.strides
    offsets = np.arange(loop.rows)[:, None] * row + np.arange(loop.columns) * column
    return (access.address, access.strides), set((access.address + 4 * offsets).ravel().tolist())


def assert_close(actual, expected, tolerance):
    """Asserts that two lists of arrays agree, each to `tolerance` of its largest number, or of 0.1 if that is less."""
    assert len(actual) == len(expected)
    for one, other in zip(actual, expected, strict=True):
        other = np.asarray(other)
        assert one.shape == other.shape
        size = np.abs(other[np.isfinite(other)]).max(initial=0.1)
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance * size)
