"""Records what a Python function computes as a flat `Program`, by a second autograd trace around its own.

autograd's boxes nest: a function that computes gradients by an inner trace still calls every primitive, of the forward
and of the backward pass, on the boxes of the outer trace. Those calls are recorded here. What cannot be recorded (a
branch on a value, an unknown primitive, a value of another trace) raises `Uncompilable`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import autograd.numpy as anp
import numpy as np
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.tracer import Box, Node, box_type_mappings, isbox, new_box, register_notrace, trace_stack

from engine.operations import RECORDED
from engine.program import Operation, Program, Uncompilable


def record(function, arguments):
    """The `Program` of `function(*arguments)`, not yet proved.

    `arguments` are arrays or numbers, converted to float32. `function` returns arrays, or lists or tuples of them,
    nested to any depth; they become the program's outputs, flat and in order. Raises `Uncompilable`, or what the
    function raises.
    """
    recorder = _Recorder()
    depth = trace_stack.top
    try:
        with _no_python_numbers(), trace_stack.new_trace() as number, np.errstate(all="ignore"):
            boxes = [new_box(np.asarray(array, np.float32), number, recorder.root(array)) for array in arguments]
            outputs = flat(function(*boxes))
        for output in outputs:
            if isbox(output) and output._trace != number:
                raise Uncompilable("a value of an inner trace is returned")
        recorder.program.outputs = [
            output._node.number if isbox(output) else recorder.constant(output, "an output") for output in outputs
        ]
    finally:
        trace_stack.top = depth  # autograd does not reset it after an error
    return recorder.program


def flat(outputs):
    """The arrays in nested lists and tuples, in order."""
    if isinstance(outputs, (list, tuple)):
        return [array for output in outputs for array in flat(output)]
    return [outputs]


class _Recorder:
    """Collects the program while the function runs."""

    def __init__(self):
        self.program = Program()

    def value(self, shape):
        """The number of a new value of that shape."""
        self.program.shapes.append(tuple(shape))
        return len(self.program.shapes) - 1

    def root(self, array):
        """The node of a new input."""
        number = self.value(np.shape(array))
        self.program.inputs.append(number)
        node = _Recorded.__new__(_Recorded)
        node.recorder, node.number = self, number
        return node

    def constant(self, value, where):
        """The number of a new constant; `where` names its user in the message of an `Uncompilable`."""
        if isbox(value):
            raise Uncompilable(f"{where}: a value of another trace")
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            raise Uncompilable(f"{where}: a constant that is no real number, but {array.dtype}")
        number = self.value(array.shape)
        # A copy: autograd adds gradients up in place.
        self.program.constants[number] = constant = array.astype(np.float32)
        if not np.array_equal(np.isfinite(constant), np.isfinite(array)):
            raise Uncompilable(f"{where}: a constant too large for float32")
        return number


class _Recorded(Node):
    """The node of a box of the outer trace: holds the value's number. Making a node records the operation."""

    __slots__ = ["number", "recorder"]

    def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
        name = getattr(fun, "__name__", str(fun))
        if fun not in RECORDED:
            raise Uncompilable(f"{name}: not known to the engine")
        if isinstance(value, np.ndarray) and value.dtype == object:
            raise Uncompilable(f"{name}: gives Python objects")
        if any(isbox(argument) for argument in kwargs.values()):
            raise Uncompilable(f"{name}: a traced value as a keyword argument")
        primitive, source = RECORDED[fun]
        parameters = source.parameters
        arguments = dict(zip(parameters, args, strict=False))
        arguments.update(kwargs)
        if len(args) > len(parameters) or not kwargs.keys() <= set(parameters):
            raise Uncompilable(f"{name}: with more arguments than {', '.join(parameters)}")
        arrays, attributes = source.read(primitive.name, fun, value, arguments)
        self.recorder = recorder = parents[0].recorder
        if arrays is None:
            self.number = recorder.constant(value, name)
            return
        traced = {parameters[argnum]: parent.number for argnum, parent in zip(parent_argnums, parents, strict=True)}
        for parameter in traced:
            if parameter not in arrays:
                raise Uncompilable(f"{name}: a traced value as its {parameter}")
        inputs = tuple(
            traced[parameter] if parameter in traced else recorder.constant(arguments[parameter], name)
            for parameter in arrays
        )
        self.number = recorder.value(np.shape(value))
        recorder.program.operations.append(Operation(primitive.name, inputs, self.number, tuple(attributes.items())))


# The results of these depend on shapes only, so they are not recorded.
for _function in (anp.size, anp.isscalar):
    register_notrace(_Recorded, _function)


_REFUSED = {
    "__bool__": "if, while or bool()",
    "__float__": "float()",
    "__int__": "int()",
    "__index__": "as an index",
    "__array__": "made a plain NumPy array",
}


@contextmanager
def _no_python_numbers() -> Iterator[None]:
    """Within this context, converting a box to a Python number or to a plain array raises `Uncompilable`.

    autograd itself allows `bool(box)`. Within the context truth values and whole numbers can be boxed too, because
    traced primitives return them.
    """

    def refusal(use):
        def refuse(box, *arguments, **keywords):
            raise Uncompilable(f"{use}: the number of a traced value is not known before it runs")

        return refuse

    allowed = Box.__bool__
    scalars = [scalar for scalar in (np.bool_, np.int64, np.int32) if scalar not in box_type_mappings]
    for method, use in _REFUSED.items():
        setattr(Box, method, refusal(use))
    box_type_mappings.update(dict.fromkeys(scalars, ArrayBox))
    try:
        yield
    finally:
        for method in _REFUSED:
            delattr(Box, method)
        Box.__bool__ = allowed
        for scalar in scalars:
            del box_type_mappings[scalar]
