"""`jit(function)`: the same function, compiled to WebAssembly for each new combination of shapes.

A function that cannot be compiled runs in plain autograd, with the same result; `engine` and `reason` then say so.
"""

import numpy as np

from engine.program import Uncompilable
from engine.record import flat
from engine.workspace import Workspace


def jit(function):
    """A function of float32 arrays that returns a list of float32 arrays, as `function` does, but compiled."""
    return Jitted(function)


class Jitted:
    """A compiled function.

    `engine` is `wasm`; once the function could not be compiled it is `autograd`, and `reason` says why.
    """

    def __init__(self, function):
        self.function = function
        self.engine = "wasm"
        self.reason = ""
        self._compiled = {}

    def __call__(self, *arrays):
        """The arrays that `function(*arrays)` returns, nested lists and tuples made one flat list."""
        given = [np.asarray(array, np.float32) for array in arrays]
        shapes = tuple(array.shape for array in given)
        if shapes not in self._compiled:
            self._compiled[shapes] = self._compile(given)
        if self._compiled[shapes] is None:
            return flat(self.function(*given))
        workspace, arguments, results = self._compiled[shapes]
        for slot, array in zip(arguments, given, strict=True):
            workspace.write(slot, array)
        workspace.machine.call("function")
        return [workspace.read(slot) for slot in results]

    def _compile(self, arrays):
        workspace = Workspace()
        arguments = [workspace.place(array) for array in arrays]
        try:
            results = workspace.add("function", self.function, arguments)
            workspace.build()
        except Uncompilable as error:
            self.engine, self.reason = "autograd", str(error)
            return None
        return workspace, arguments, results
