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

# Where an array lies, in bytes from the start of memory, and what it was when it was placed.
Slot = namedtuple("Slot", "address first")


class Workspace:
    """One memory and one module; every number is a float32 but for tables of int32 row numbers.

    `recipe` is a dict that takes up what the compiler's passes come to. Given that of an earlier workspace, to which
    the same functions were added for arrays of the same shapes, nothing is compiled again.
    """

    def __init__(self, recipe=None):
        self._recipe = {} if recipe is None else recipe
        self._end = START
        self._slots = []
        self._functions: dict[str, list] = {}
        self._constants = []
        # There is none before `build`.
        self.machine: Any = None

    def place(self, array):
        """Gives an array its place in memory. Returns its `Slot`."""
        slot = Slot(self._reserve(array.nbytes), array)
        self._slots.append(slot)
        return slot

    def add(self, name, function, arguments, results=None, before=(), after=()):
        """Compiles `function`, which takes arrays and returns a list of arrays, to work on slots.

        `results` gives a slot for each returned array, which may be an argument's that is then updated in place;
        without it they lie in the function's own memory. Returns the results' slots. `before` and `after` are further
        kernels, such as `Gather`, to run around it. Raises `Uncompilable`, with the reason, where the function cannot
        be compiled.
        """
        arrays, inputs = [slot.first for slot in arguments], [slot.address for slot in arguments]
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
        """Makes the module of all that was added and puts the placed arrays into its memory.

        Raises `Uncompilable` where the browser does not run it, for want of SIMD or of memory.
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
            self.machine.write(slot.address, slot.first)
        for address, content in self._constants:
            self.machine.write(address, np.frombuffer(content, np.float32))

    def kernels(self, name):
        """The kernels of a function that was added, in order."""
        return list(self._functions[name])

    def write(self, slot, array):
        """Puts an array of the same shape and type where a slot is."""
        self.machine.write(slot.address, np.ascontiguousarray(array, slot.first.dtype))

    def read(self, slot):
        """A copy of the array where a slot is, as it is now; float32."""
        return self.machine.read(slot.address, slot.first.shape)

    def _once(self, key, make):
        if key not in self._recipe:
            self._recipe[key] = make()
        return self._recipe[key]

    def _reserve(self, size):
        """The address of so many bytes. Each place has one of its own, also those for nothing."""
        address = self._end
        self._end = _aligned(address + max(size, 1))
        return address


def _aligned(address):
    return -(-address // ALIGNMENT) * ALIGNMENT
