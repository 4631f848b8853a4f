"""Records what a Python function computes as a flat `Program`, by a second autograd trace around its own.

autograd's boxes nest: a function that computes gradients by an inner trace still calls every primitive, of the forward
and of the backward pass, on the boxes of the outer one. Those calls are what is recorded here. Whatever a record cannot
hold (a branch on a value, an unknown primitive, a value that slipped out of its box) raises `Untraceable`.
"""

import math
from contextlib import contextmanager

import autograd.numpy as anp
import numpy as np
from autograd.core import VSpace
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_vjps import dot_adjoint_0, dot_adjoint_1
from autograd.tracer import Box, Node, box_type_mappings, isbox, new_box, register_notrace, trace_stack

from engine.program import Operation, Program
from engine.stand_ins import STAND_INS, cheap_products, of_matrices

# How far, measured by the largest number of an output, the program may be from the function it was recorded of. The
# same primitives in the same order make no difference at all; what NumPy computes in float64 makes about 1e-7.
TOLERANCE = 1e-4


class Untraceable(Exception):
    """The function cannot be compiled; the message names the operation and says why."""


def trace(function, arguments):
    """The `Program` of `function(*arguments)`, proved on other numbers than those it was recorded with.

    `arguments` are float32 arrays or scalars; `function` returns arrays, or lists or tuples of them, nested as it
    likes, which become the program's outputs, flat and in order. Raises `Untraceable`.
    """
    try:
        with cheap_products():
            program = record(function, arguments)
            prove(program, function, arguments)
    except Untraceable:
        raise
    except Exception as error:
        raise Untraceable(f"{type(error).__name__} while tracing: {error}") from error
    return program


def record(function, arguments):
    """The `Program` of `function(*arguments)`, not yet proved. Raises `Untraceable`, or what the function raises."""
    recorder = _Recorder()
    depth = trace_stack.top
    try:
        with _no_python_numbers(), trace_stack.new_trace() as number, np.errstate(all="ignore"):
            boxes = [new_box(np.asarray(array, np.float32), number, recorder.root(array)) for array in arguments]
            outputs = flat(function(*boxes))
        for output in outputs:
            if isbox(output) and output._trace != number:
                raise Untraceable("a value of an inner trace is returned")
        recorder.program.outputs = [
            output._node.number if isbox(output) else recorder.constant(output, "an output") for output in outputs
        ]
    finally:
        trace_stack.top = depth  # autograd leaves it as it is when an error passes through
    return recorder.program


def prove(program, function, arguments):
    """Raises `Untraceable` where `program` and `function` differ on numbers other than `arguments`.

    To be called within `cheap_products`, as products of matrices are stand-ins on both sides.

    A number that Python took out of a box, or drew at random, is a constant in the program, and shows here.
    """
    rng = np.random.default_rng(0)
    others = [_other(np.asarray(array, np.float32), rng) for array in arguments]
    with np.errstate(all="ignore"):
        expected = flat(function(*others))
        actual = replay(program, others, _WITH_STAND_INS)
        if len(actual) != len(expected):
            raise Untraceable("the number of outputs depends on the inputs' values")
        for index, (one, other) in enumerate(zip(actual, expected, strict=True)):
            if not _close(one, np.asarray(other)):
                raise Untraceable(
                    f"output {index} depends on something that is not traced: a value used as a Python number,"
                    " a random number, or float64 where float32 is not enough"
                )


def replay(program, arrays, functions=None):
    """The program's outputs for `arrays`, computed operation by operation in NumPy, all float32.

    `functions` computes an operation by its name; it is `IN_NUMPY` unless given.
    """
    functions = functions or IN_NUMPY
    values = [None] * len(program.shapes)
    for number, array in zip(program.inputs, arrays, strict=True):
        values[number] = np.asarray(array, np.float32)
    for number, constant in program.constants.items():
        values[number] = constant
    with np.errstate(all="ignore"):
        for operation in program.operations:
            run = functions[operation.name]
            result = run(*[values[number] for number in operation.inputs], **dict(operation.attributes))
            values[operation.output] = np.asarray(result, np.float32)
    return [values[number] for number in program.outputs]


def flat(outputs):
    """The arrays in nested lists and tuples, in order."""
    if isinstance(outputs, (list, tuple)):
        return [array for output in outputs for array in flat(output)]
    return [outputs]


def _other(array, rng):
    """Other numbers of the same shape: what was positive stays so, and nothing stays 0."""
    return (array * rng.uniform(0.5, 1.5, array.shape) + rng.uniform(0.01, 0.1, array.shape)).astype(np.float32)


def _close(one, other):
    if one.shape != other.shape:
        return False
    if not one.size:
        return True
    finite = np.isfinite(other)
    size = np.abs(other[finite]).max(initial=0)
    near = np.abs(one - other) <= TOLERANCE * size + 1e-30
    return bool(np.where(finite, near, (one == other) | (np.isnan(one) & np.isnan(other))).all())


class _Recorder:
    def __init__(self):
        self.program = Program()

    def value(self, shape):
        self.program.shapes.append(tuple(shape))
        return len(self.program.shapes) - 1

    def root(self, array):
        number = self.value(np.shape(array))
        self.program.inputs.append(number)
        node = _Recorded.__new__(_Recorded)
        node.recorder, node.number = self, number
        return node

    def constant(self, value, where):
        if isbox(value):
            raise Untraceable(f"{where}: a value of another trace")
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            raise Untraceable(f"{where}: a constant that is no real number, but {array.dtype}")
        number = self.value(array.shape)
        # A copy: autograd adds gradients up in place.
        self.program.constants[number] = constant = array.astype(np.float32)
        if not np.array_equal(np.isfinite(constant), np.isfinite(array)):
            raise Untraceable(f"{where}: a constant too large for float32")
        return number


class _Recorded(Node):
    """A value's place in the program: what hangs on every box of the outer trace."""

    __slots__ = ["number", "recorder"]

    def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
        name = getattr(fun, "__name__", str(fun))
        if fun not in _PRIMITIVES:
            raise Untraceable(f"{name}: not known to the engine")
        if isinstance(value, np.ndarray) and value.dtype == object:
            raise Untraceable(f"{name}: gives Python objects")
        if any(isbox(argument) for argument in kwargs.values()):
            raise Untraceable(f"{name}: a traced value as a keyword argument")
        self.recorder = parents[0].recorder
        recorded, parameters, prepare = _PRIMITIVES[fun]
        bound = dict(zip(parameters, args, strict=False)) | kwargs
        if len(args) > len(parameters) or set(bound) - set(parameters):
            raise Untraceable(f"{name}: with more arguments than {', '.join(parameters)}")
        recorded, arrays, attributes = prepare(recorded, fun, value, bound)
        traced = {parameters[argnum]: parent.number for argnum, parent in zip(parent_argnums, parents, strict=True)}
        for parameter in traced:
            if parameter not in arrays and recorded != "constant":
                raise Untraceable(f"{name}: a traced value as its {parameter}")
        inputs = tuple(
            traced[parameter] if parameter in traced else self.recorder.constant(bound[parameter], name)
            for parameter in arrays
        )
        self.number = self.recorder.value(np.shape(value))
        if recorded == "constant":
            self.recorder.program.constants[self.number] = np.asarray(value, np.float32)
        else:
            operation = Operation(recorded, inputs, self.number, tuple(attributes.items()))
            self.recorder.program.operations.append(operation)


_REFUSED = {
    "__bool__": "if, while or bool()",
    "__float__": "float()",
    "__int__": "int()",
    "__index__": "as an index",
    "__array__": "made a plain NumPy array",
}


@contextmanager
def _no_python_numbers():
    """While it lasts a box that is made a Python number or a plain array raises `Untraceable`.

    autograd itself lets `bool(box)` through. And truth values and whole numbers may be boxed, as results are here.
    """

    def refusal(use):
        def refuse(box, *arguments, **keywords):
            raise Untraceable(f"{use}: the number of a traced value is not known before it runs")

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


# How each primitive's arguments are recorded: `(name, function, result, {parameter: argument}) -> (name, the
# parameters that are arrays, attributes)`.


def _arrays_only(name, function, value, bound):
    if name == "add" and all(np.result_type(argument).kind == "b" for argument in bound.values()):
        raise Untraceable("add: of two truth values")
    return name, tuple(bound), {}


def _reduced(name, function, value, bound):
    attributes = {key: argument for key, argument in bound.items() if key != "a" and _given(argument)}
    for key in attributes:
        if key not in ("axis", "keepdims", "ddof"):
            raise Untraceable(f"{name}: with {key}")
    return name, ("a",), {key: _plain(argument) for key, argument in attributes.items()}


def _reshaped(name, function, value, bound):
    if bound.get("order") not in (None, "C"):
        raise Untraceable(f"{name}: in another order than C")
    return "reshape", ("a",), {"shape": np.shape(value)}


def _indexed(name, function, value, bound):
    index = bound["index"] if isinstance(bound["index"], tuple) else (bound["index"],)
    for item in index:
        if not (item is None or item is Ellipsis or type(item) is int or isinstance(item, slice)):
            raise Untraceable("indexing: with an array or a list")
    # The same numbers in the same order are a reshape.
    backward = any(isinstance(item, slice) and item.step not in (None, 1) for item in index)
    if backward or np.size(value) != np.size(bound["a"]):
        raise Untraceable("indexing: a part of an array")
    return "reshape", ("a",), {"shape": np.shape(value)}


def _transposed(name, function, value, bound):
    # Told apart by their lengths, the axes of an array say where they went.
    rank = np.ndim(value)
    others = [argument for key, argument in bound.items() if key != "a"]
    moved = function.fun(np.broadcast_to(0, range(2, rank + 2)), *others)
    return "transpose", ("a",), {"axes": tuple(length - 2 for length in moved.shape)}


def _broadcast(name, function, value, bound):
    return name, ("a",), {"shape": np.shape(value)}


def _constant(name, function, value, bound):
    return "constant", (), {}


def _adjoint(name, function, value, bound):
    return name, ("a", "g"), {"shape": np.shape(value)}


def _accumulated(name, function, value, bound):
    return "add", ("x", "y"), {}


def _given(argument):
    return argument is not None and argument is not np._NoValue


def _plain(argument):
    """An axis, several, or a flag as plain Python."""
    if isinstance(argument, (tuple, list)):
        return tuple(int(axis) for axis in argument)
    return bool(argument) if isinstance(argument, (bool, np.bool_)) else int(argument)


_UNARY = [
    "negative",
    "sqrt",
    "exp",
    "log",
    "tanh",
    "cosh",
    "sin",
    "cos",
    "absolute",
    "sign",
    "square",
    "reciprocal",
    "ceil",
    "floor",
    "conjugate",
    "logical_not",
]
_BINARY = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "power",
    "maximum",
    "minimum",
    "equal",
    "not_equal",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "logical_and",
    "logical_or",
    "logaddexp",
    "dot",
    "matmul",
]

_PRIMITIVES = {
    **{getattr(anp, name): (name, ("x",), _arrays_only) for name in _UNARY},
    **{getattr(anp, name): (name, ("x", "y"), _arrays_only) for name in _BINARY},
    anp._original_where: ("where", ("condition", "x", "y"), _arrays_only),
    anp.clip: ("clip", ("a", "a_min", "a_max"), _arrays_only),
    anp.sum: ("sum", ("a", "axis", "dtype", "out", "keepdims"), _reduced),
    anp.numpy_wrapper._primitive_mean: ("mean", ("a", "axis", "dtype", "out", "keepdims"), _reduced),
    anp.numpy_wrapper._primitive_var: ("var", ("a", "axis", "dtype", "out", "ddof", "keepdims"), _reduced),
    **dict.fromkeys((anp.max, anp.amax), ("max", ("a", "axis", "out", "keepdims"), _reduced)),
    **dict.fromkeys((anp.min, anp.amin), ("min", ("a", "axis", "out", "keepdims"), _reduced)),
    anp.reshape: ("reshape", ("a", "shape", "order"), _reshaped),
    anp.ravel: ("ravel", ("a", "order"), _reshaped),
    anp.expand_dims: ("expand_dims", ("a", "axis"), _reshaped),
    anp.squeeze: ("squeeze", ("a", "axis"), _reshaped),
    ArrayBox.__getitem__: ("indexing", ("a", "index"), _indexed),
    anp.transpose: ("transpose", ("a", "axes"), _transposed),
    anp.swapaxes: ("swapaxes", ("a", "axis1", "axis2"), _transposed),
    anp.moveaxis: ("moveaxis", ("a", "source", "destination"), _transposed),
    anp.broadcast_to: ("broadcast_to", ("a", "shape"), _broadcast),
    anp.zeros_like: ("zeros_like", ("a",), _constant),
    anp.ones_like: ("ones_like", ("a",), _constant),
    dot_adjoint_0: ("dot_adjoint_0", ("a", "g", "a_meta", "b_meta"), _adjoint),
    dot_adjoint_1: ("dot_adjoint_1", ("a", "g", "a_meta", "b_meta"), _adjoint),
    VSpace.add: ("add", ("space", "x", "y"), _accumulated),
    VSpace.mut_add: ("mut_add", ("space", "x", "y"), _accumulated),
}

# Their results follow from the shapes alone.
for _function in (anp.size, anp.isscalar):
    register_notrace(_Recorded, _function)


# Every operation a program may hold, before and after the passes, in NumPy.


def _sum(a, axis=None, keepdims=False, scale=1.0):
    return np.sum(a, axis=axis, keepdims=keepdims) * np.float32(scale)


def _dot_adjoint_0(b, g, shape):
    if not b.ndim or not shape:
        return g * b if shape else np.sum(g * b)
    b = b.reshape(shape[-1], math.prod(b.shape[1:]))
    return np.dot(g.reshape(math.prod(shape[:-1]), b.shape[1]), b.T).reshape(shape)


def _dot_adjoint_1(a, g, shape):
    if not a.ndim or not shape:
        return g * a if shape else np.sum(g * a)
    a = a.reshape(math.prod(a.shape[:-1]), shape[0])
    return np.dot(a.T, g.reshape(a.shape[0], math.prod(shape[1:]))).reshape(shape)


IN_NUMPY = {
    **{name: getattr(np, name) for name in [*_UNARY, *_BINARY]},
    "where": np.where,
    "clip": np.clip,
    "sum": _sum,
    "mean": np.mean,
    "var": np.var,
    "max": np.max,
    "min": np.min,
    "reshape": np.reshape,
    "transpose": np.transpose,
    "broadcast_to": np.broadcast_to,
    "dot_adjoint_0": _dot_adjoint_0,
    "dot_adjoint_1": _dot_adjoint_1,
}

_WITH_STAND_INS = {**IN_NUMPY, **{name: of_matrices(stand_in, IN_NUMPY[name]) for name, stand_in in STAND_INS.items()}}
