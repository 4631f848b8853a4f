"""Arrays that stay in one module's memory, and functions compiled to work on them there.

workspace = Workspace()
x = workspace.place(array)
workspace.add("double", lambda x: [x + x], [x], [x])
workspace.build()
workspace.machine.call("double")
workspace.read(x)
"""

from collections import namedtuple
from typing import Any

import numpy as np

from engine.assemble import assemble
from engine.machine import Machine
from engine.pipeline import compile_function
from engine.products import scratch_bytes
from engine.program import Product, Uncompilable

# Nothing lies at address 0, so that a forgotten address is noticed.
START = 64
ALIGNMENT = 64

# An array in memory: its address in bytes, and the array as it was when it was placed.
Slot = namedtuple("Slot", "address initial")


class Workspace:
    """One memory and one module. Every number is a float32, except in tables of row numbers, which are int32.

    `recipe` is a dict in which the results of the compiler's passes are kept. With the recipe of an earlier workspace,
    to which the same functions were added for arrays of the same shapes, nothing is compiled again.
    """

    def __init__(self, recipe=None):
        self._recipe = {} if recipe is None else recipe
        self._end = START
        self._slots = []
        self._functions: dict[str, list] = {}
        self._constants = []
        # None before `build`.
        self.machine: Any = None

    def place(self, array):
        """Reserves memory for an array, whose numbers `build` writes there. Returns its `Slot`."""
        slot = Slot(self._reserve(array.nbytes), array)
        self._slots.append(slot)
        return slot

    def add(self, name, function, arguments, results=None, before=(), after=()):
        """Compiles `function`, which takes arrays and returns a list of arrays, to work on slots.

        `results` has a slot for each returned array; if it is an argument's slot, that is updated in place. Without
        `results` the returned arrays lie in the function's own memory. `before` and `after` are further kernels, such
        as `Gather`, that run before and after the function's. Returns the results' slots. Raises `Uncompilable`, with
        the reason, where the function cannot be compiled.
        """
        arrays, inputs = [slot.initial for slot in arguments], [slot.address for slot in arguments]
        outputs = None if results is None else [slot.address for slot in results]
        plan = self._once(("plan", name), lambda: compile_function(function, arrays, inputs, self._end, outputs))
        self._end = _aligned(plan.end)
        self._constants.extend(plan.constants)
        self._functions[name] = [*before, *plan.kernels, *after]
        if results is None:
            places = zip(plan.outputs, plan.shapes, strict=True)
            results = [Slot(address, np.empty(shape, np.float32)) for address, shape in places]
        return results

    def build(self):
        """Makes the module of all functions that were added, and writes the placed arrays into its memory.

        Raises `Uncompilable` where the browser cannot run it, because it lacks SIMD or memory.
        """
        products = [kernel for kernels in self._functions.values() for kernel in kernels if isinstance(kernel, Product)]
        scratch = self._reserve(max(map(scratch_bytes, products), default=0))
        self.module = self._once("module", lambda: assemble(self._functions, self._end, scratch))
        try:
            self.machine = Machine(self.module)
        except Exception as error:
            raise Uncompilable(f"this browser does not run WebAssembly with SIMD ({error})") from error
        self.numbers = {name: number for number, name in enumerate(self._functions)}
        for slot in self._slots:
            self.machine.write(slot.address, slot.initial)
        for address, content in self._constants:
            self.machine.write(address, np.frombuffer(content, np.float32))

    def kernels(self, name):
        """The kernels of a function that was added, in order."""
        return list(self._functions[name])

    def write(self, slot, array):
        """Overwrites the array of a slot by one of the same shape."""
        self.machine.write(slot.address, np.ascontiguousarray(array, slot.initial.dtype))

    def read(self, slot):
        """A copy of the array of a slot as it is now, float32."""
        return self.machine.read(slot.address, slot.initial.shape)

    def _once(self, key, make):
        """What the recipe has by this key; if it has nothing yet, what `make()` returns."""
        if key not in self._recipe:
            self._recipe[key] = make()
        return self._recipe[key]

    def _reserve(self, size):
        """Reserves `size` bytes. Returns their address, which no other array has, even if `size` is 0."""
        address = self._end
        self._end = _aligned(address + max(size, 1))
        return address


def _aligned(address):
    return -(-address // ALIGNMENT) * ALIGNMENT
