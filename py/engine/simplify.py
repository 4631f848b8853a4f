"""Makes a recorded `Program` smaller without changing what it computes.

The result holds only element-wise operations that have code; `sum` (times a `scale`) and `max` over the axes `axis`,
without `keepdims`; `dot` of two matrices; `reshape`, `transpose` and `broadcast_to`. Each operation is rebuilt, in
order, by the rule of its name in `ELEMENT_WISE_RULES` or `OTHER_RULES`. A rule may build several other operations, or
return an earlier value. Equal operations become one, operations on constants become constants, and operations that no
output needs are left out.

Infinities and NaN propagate as before: x · 0 is kept. Rounding may differ by a few units in the last place, and so may
the sign of a zero. 1 / cosh(x)² is replaced by 1 - tanh(x)², which differs by at most 1e-7. A power is computed by the
logarithm unless its exponent is a constant ±½ or a whole number from -64 to 64: its base then has to be positive.
"""

import math
from collections import Counter
from collections.abc import Callable

import numpy as np

from engine.operations import OPERATIONS, evaluated
from engine.program import Operation, Program, Uncompilable


def simplify(program):
    """The simplified program, with its values renumbered. Raises `Uncompilable` for what cannot be compiled."""
    builder = Builder()
    new = {}
    for number in program.inputs:
        new[number] = builder.value(program.shapes[number])
        builder.program.inputs.append(new[number])
    with np.errstate(all="ignore"):
        for number, constant in program.constants.items():
            new[number] = builder.constant(constant)
        uses = Counter(number for operation in program.operations for number in operation.inputs)
        uses.update(program.outputs)
        for operation in program.operations:
            inputs = [new[number] for number in operation.inputs]
            new[operation.output] = builder.build(operation.name, *inputs, **dict(operation.attributes))
            builder.uses[new[operation.output]] += uses[operation.output]
    builder.program.outputs = [new[number] for number in program.outputs]
    return without_dead(builder.program)


def without_dead(program):
    """The program without the operations and constants that no output needs, numbered without gaps."""
    needed = set(program.outputs)
    for operation in reversed(program.operations):
        if operation.output in needed:
            needed.update(operation.inputs)
    alive = Program()
    new = {}

    def renumber(number):
        new[number] = len(alive.shapes)
        alive.shapes.append(program.shapes[number])
        return new[number]

    alive.inputs = [renumber(number) for number in program.inputs]
    alive.constants = {renumber(number): array for number, array in program.constants.items() if number in needed}
    for operation in program.operations:
        if operation.output in needed:
            inputs = tuple(new[number] for number in operation.inputs)
            output = renumber(operation.output)
            alive.operations.append(Operation(operation.name, inputs, output, operation.attributes))
    alive.outputs = [new[number] for number in program.outputs]
    return alive


class Builder:
    """Builds the simplified program, and remembers how each of its values was made."""

    def __init__(self):
        self.program = Program()
        # Value -> the operation that made it.
        self.made = {}
        # (name, inputs, attributes) of an operation, or (shape, bytes) of a constant -> the value that holds it.
        self.known = {}
        # Value -> how often the recorded program uses it.
        self.uses: Counter[int] = Counter()
        # Value -> the value that it is the hyperbolic cosine of.
        self.cosh_of = {}

    def value(self, shape):
        """The number of a new value of that shape."""
        self.program.shapes.append(shape)
        return len(self.program.shapes) - 1

    def shape(self, number):
        """The shape of a value."""
        return self.program.shapes[number]

    def broadcast_shape(self, numbers):
        """The shape to which values broadcast together."""
        shapes = {self.shape(number) for number in numbers}
        return shapes.pop() if len(shapes) == 1 else np.broadcast_shapes(*shapes)

    def name(self, number):
        """The name of the operation that made a value; None for inputs and constants."""
        return self.made[number].name if number in self.made else None

    def inputs(self, number):
        """The inputs of the operation that made a value."""
        return self.made[number].inputs

    def attribute(self, number, name):
        """An attribute of the operation that made a value."""
        return dict(self.made[number].attributes)[name]

    def number_of(self, value):
        """The float that a value is if it is a constant without dimensions; None for any other value."""
        constant = self.program.constants.get(value)
        return float(constant) if constant is not None and constant.ndim == 0 else None

    def constant(self, array):
        """The value of a constant; where all its numbers are equal, one number that is broadcast."""
        array = np.asarray(array, np.float32)
        if array.ndim and array.size and (array == array.flat[0]).all():
            return self.broadcast_to(self.constant(array.flat[0]), array.shape)
        key = (array.shape, array.tobytes())
        if key not in self.known:
            self.known[key] = self.value(array.shape)
            self.program.constants[self.known[key]] = array
        return self.known[key]

    def build(self, name, *inputs, **attributes):
        """The value of an operation, built by the rule of its name."""
        if name in OTHER_RULES:
            return OTHER_RULES[name](self, *inputs, **attributes)
        return self.elementwise(name, *inputs)

    def elementwise(self, name, *inputs):
        """The value of an element-wise operation, which is applied before its operands are broadcast, not after."""
        shape = self.broadcast_shape(inputs)
        inputs = tuple(self.inputs(number)[0] if self.name(number) == "broadcast_to" else number for number in inputs)
        narrow = self.broadcast_shape(inputs)
        result = ELEMENT_WISE_RULES[name](self, *inputs) if name in ELEMENT_WISE_RULES else None
        if result is None:
            if not evaluated(name):
                raise Uncompilable(f"{name}: neither code nor a rule for it")
            result = self.emit(name, inputs, narrow)
        return self.broadcast_to(result, shape)

    def emit(self, name, inputs, shape, attributes=()):
        """The value of this very operation: an earlier equal one, a constant if all inputs are, or a new value."""
        key = (name, inputs, attributes)
        if key in self.known:
            return self.known[key]
        if all(number in self.program.constants for number in inputs) and name != "broadcast_to":
            arrays = [self.program.constants[number] for number in inputs]
            self.known[key] = self.constant(OPERATIONS[name].numpy(*arrays, **dict(attributes)))
            return self.known[key]
        output = self.value(shape)
        self.made[output] = Operation(name, inputs, output, attributes)
        self.program.operations.append(self.made[output])
        self.known[key] = output
        return output

    def unbroadcast(self, number):
        """`(value, shape)`: the operand of a `broadcast_to`, and its shape, led by ones up to the result's rank."""
        inner = self.inputs(number)[0]
        shape = self.shape(inner)
        return inner, (1,) * (len(self.shape(number)) - len(shape)) + shape

    def reshape(self, x, shape):
        """The same numbers in the same order, as an array of another shape."""
        if self.shape(x) == shape:
            return x
        if self.name(x) == "reshape":
            return self.reshape(self.inputs(x)[0], shape)
        if self.number_of(x) is not None:
            return self.broadcast_to(x, shape)
        if self.name(x) == "broadcast_to" and squeezed(self.shape(x)) == squeezed(shape):
            inner, before = self.unbroadcast(x)
            lengths = (short for short, long in zip(before, self.shape(x), strict=True) if long != 1)
            inner_shape = tuple(1 if length == 1 else next(lengths) for length in shape)
            return self.broadcast_to(self.reshape(inner, inner_shape), shape)
        if self.name(x) == "broadcast_to" and self.shape(self.inputs(x)[0]) == ():
            return self.broadcast_to(self.inputs(x)[0], shape)
        return self.emit("reshape", (x,), shape, (("shape", shape),))

    def transpose(self, x, axes):
        """The array whose i-th axis is the axis `axes[i]` of x."""
        shape = tuple(self.shape(x)[axis] for axis in axes)
        moving = [axis for axis in axes if self.shape(x)[axis] != 1]
        if moving == sorted(moving):
            return self.reshape(x, shape)
        if self.name(x) == "transpose":
            before = self.attribute(x, "axes")
            return self.transpose(self.inputs(x)[0], tuple(before[axis] for axis in axes))
        if self.name(x) == "broadcast_to":
            inner, before = self.unbroadcast(x)
            return self.broadcast_to(self.transpose(self.reshape(inner, before), axes), shape)
        return self.emit("transpose", (x,), shape, (("axes", axes),))

    def broadcast_to(self, x, shape):
        """x repeated along axes that it does not have, or that have length one."""
        if self.shape(x) == shape:
            return x
        if self.name(x) == "broadcast_to":
            return self.broadcast_to(self.inputs(x)[0], shape)
        if squeezed(self.shape(x)) == squeezed(shape) and self.number_of(x) is None:
            return self.reshape(x, shape)
        return self.emit("broadcast_to", (x,), shape, (("shape", shape),))

    def sum(self, x, axis=None, keepdims=False, scale=1.0):
        """The sum along one axis, several, or all, times `scale`."""
        return self._reduced("sum", x, axis, keepdims, scale)

    def max(self, x, axis=None, keepdims=False):
        """The maximum along one axis, several, or all."""
        return self._reduced("max", x, axis, keepdims, 1.0)

    def _reduced(self, kind, x, axis, keepdims, scale):
        shape = self.shape(x)
        axes = _axes(axis, len(shape))
        kept = tuple(length for index, length in enumerate(shape) if index not in axes)
        if keepdims:
            lengths = tuple(1 if index in axes else length for index, length in enumerate(shape))
            return self.reshape(self._reduced(kind, x, axes, False, scale), lengths)
        if kind == "sum" and any(shape[index] == 0 for index in axes):
            return self.broadcast_to(self.constant(0 * scale), kept)
        if any(shape[index] == 1 for index in axes):
            lengths = tuple(length for index, length in enumerate(shape) if index not in axes or length != 1)
            shift = np.cumsum([0] + [int(index in axes and length == 1) for index, length in enumerate(shape)])
            rest = tuple(int(index - shift[index]) for index in axes if shape[index] != 1)
            return self._reduced(kind, self.reshape(x, lengths), rest, False, scale)
        if not axes:
            return self.multiply(x, scale)
        if self.name(x) == "broadcast_to":
            inner, before = self.unbroadcast(x)
            if kind == "sum":
                scale *= math.prod(shape[index] for index in axes if before[index] == 1)
            result = self._reduced(kind, self.reshape(inner, before), axes, False, scale)
            return self.broadcast_to(result, kept)
        if kind == "max":
            return self.emit("max", (x,), kept, (("axis", axes),))
        if self.name(x) == "negative":
            return self.sum(self.inputs(x)[0], axes, scale=-scale)
        summed = self.inputs(x)[0] if self.name(x) == "reshape" else x
        if not kept and self.name(summed) == "sum":
            return self.sum(self.inputs(summed)[0], scale=scale * self.attribute(summed, "scale"))
        return self.emit("sum", (x,), kept, (("axis", axes), ("scale", float(scale))))

    def multiply(self, x, number):
        """x times a Python number."""
        return self.elementwise("multiply", x, self.constant(number))

    def product(self, a, b):
        """The product of two matrices."""
        return self.emit("dot", (a, b), (self.shape(a)[0], self.shape(b)[1]))


def squeezed(shape):
    """The shape without its ones."""
    return tuple(length for length in shape if length != 1)


def _axes(axis, rank):
    if axis is None:
        return tuple(range(rank))
    return tuple(sorted(index % rank for index in (axis if isinstance(axis, tuple) else (axis,))))


# The rules of operations that are not element-wise; they take the arguments of NumPy's function.


def _mean(builder, x, axis=None, keepdims=False):
    return builder.sum(x, axis, keepdims, scale=np.divide(1.0, _count(builder, x, axis)))


def _var(builder, x, axis=None, keepdims=False, ddof=0):
    difference = builder.elementwise("subtract", x, _mean(builder, x, axis, keepdims=True))
    scale = np.divide(1.0, _count(builder, x, axis) - ddof)
    return builder.sum(builder.elementwise("square", difference), axis, keepdims, scale=scale)


def _count(builder, x, axis):
    shape = builder.shape(x)
    return math.prod(shape[index] for index in _axes(axis, len(shape)))


def _min(builder, x, axis=None, keepdims=False):
    negative = builder.elementwise("negative", x)
    return builder.elementwise("negative", builder.max(negative, axis, keepdims))


def _dot(builder, a, b):
    if not builder.shape(a) or not builder.shape(b):
        return builder.elementwise("multiply", a, b)
    shape = builder.shape(a)[:-1] + builder.shape(b)[1:]
    return builder.reshape(builder.product(_rows(builder, a), _columns(builder, b)), shape)


def _dot_adjoint_0(builder, b, g, shape):
    """The gradient with respect to `a`, of shape `shape`, given `g`, the gradient with respect to `dot(a, b)`."""
    if not shape or not builder.shape(b):
        product = builder.elementwise("multiply", g, b)
        return product if shape else builder.sum(product)
    b = _columns(builder, b)
    g = builder.reshape(g, (math.prod(shape[:-1]), builder.shape(b)[1]))
    return builder.reshape(builder.product(g, builder.transpose(b, (1, 0))), shape)


def _dot_adjoint_1(builder, a, g, shape):
    """The gradient with respect to `b`, of shape `shape`, given `g`, the gradient with respect to `dot(a, b)`."""
    if not shape or not builder.shape(a):
        product = builder.elementwise("multiply", g, a)
        return product if shape else builder.sum(product)
    if len(shape) > 2:
        raise Uncompilable("dot: of more than two dimensions on the right")
    a = _rows(builder, a)
    g = builder.reshape(g, (builder.shape(a)[0], math.prod(shape[1:])))
    return builder.reshape(builder.product(builder.transpose(a, (1, 0)), g), shape)


def _rows(builder, a):
    """The left operand of `dot` as a matrix."""
    shape = builder.shape(a)
    return builder.reshape(a, (math.prod(shape[:-1]), shape[-1]))


def _columns(builder, b):
    """The right operand of `dot` as a matrix."""
    shape = builder.shape(b)
    if len(shape) > 2:
        raise Uncompilable("dot: of more than two dimensions on the right")
    return builder.reshape(b, shape if len(shape) == 2 else (*shape, 1))


OTHER_RULES: dict[str, Callable[..., int]] = {
    "reshape": Builder.reshape,
    "transpose": Builder.transpose,
    "broadcast_to": Builder.broadcast_to,
    "sum": Builder.sum,
    "max": Builder.max,
    "min": _min,
    "mean": _mean,
    "var": _var,
    "dot": _dot,
    "matmul": _dot,
    "dot_adjoint_0": _dot_adjoint_0,
    "dot_adjoint_1": _dot_adjoint_1,
}


# The rules of element-wise operations: `(builder, *inputs) -> value`, or None to keep the operation as it is.


def _add(builder, x, y):
    for one, other in ((x, y), (y, x)):
        if builder.number_of(one) == 0:
            return other
        if builder.name(one) == "negative":
            return builder.elementwise("subtract", other, builder.inputs(one)[0])
    return _in_order(builder, "add", x, y)


def _subtract(builder, x, y):
    if builder.number_of(y) == 0:
        return x
    if builder.number_of(x) == 0:
        return builder.elementwise("negative", y)
    if builder.name(y) == "negative":
        return builder.elementwise("add", x, builder.inputs(y)[0])
    return None


def _multiply(builder, x, y):
    if builder.number_of(y) is not None:
        x, y = y, x
    number = builder.number_of(x)
    if number is None or builder.number_of(y) is not None:
        for one, other in ((x, y), (y, x)):
            if builder.name(one) == "negative":
                return _negated(builder, "multiply", builder.inputs(one)[0], other)
        return builder.elementwise("square", x) if x == y else _in_order(builder, "multiply", x, y)
    if number == 1:
        return y
    if builder.name(y) == "negative":
        return builder.multiply(builder.inputs(y)[0], -number)
    total = builder.inputs(y)[0] if builder.name(y) == "reshape" else y
    if builder.name(total) == "sum" and builder.uses[y] == 1 and _ordinary(number * builder.attribute(total, "scale")):
        scale = number * builder.attribute(total, "scale")
        scaled = builder.sum(builder.inputs(total)[0], builder.attribute(total, "axis"), scale=scale)
        return builder.reshape(scaled, builder.shape(y))
    if builder.name(y) == "multiply":
        factor = builder.number_of(builder.inputs(y)[0])
        if factor is not None and _ordinary(number * factor):
            return builder.multiply(builder.inputs(y)[1], number * factor)
    if number == -1:
        return builder.emit("negative", (y,), builder.shape(y))
    return builder.emit("multiply", (x, y), builder.shape(y))


def _negated(builder, name, x, y):
    """Minus the result of an operation. Signs are moved from operands to results, where many cancel or are absorbed."""
    return builder.elementwise("negative", builder.elementwise(name, x, y))


def _in_order(builder, name, x, y):
    """A commutative operation with its operands in a fixed order, so that equal operations are recognized as equal."""
    shape = np.broadcast_shapes(builder.shape(x), builder.shape(y))
    return builder.emit(name, (min(x, y), max(x, y)), shape)


def _negative(builder, x):
    if builder.name(x) == "negative":
        return builder.inputs(x)[0]
    if builder.name(x) == "subtract":
        return builder.elementwise("subtract", *reversed(builder.inputs(x)))
    return builder.multiply(x, -1)


def _divide(builder, x, y):
    number = builder.number_of(y)
    if number and _ordinary(1 / number):
        return builder.multiply(x, 1 / number)
    if builder.name(y) == "square" and builder.inputs(y)[0] in builder.cosh_of:
        tanh = builder.elementwise("tanh", builder.cosh_of[builder.inputs(y)[0]])
        slope = builder.elementwise("subtract", builder.constant(1), builder.elementwise("square", tanh))
        return builder.elementwise("multiply", x, slope)
    if builder.number_of(x) == 1:
        return builder.elementwise("reciprocal", y)
    if builder.name(x) == "negative":
        return _negated(builder, "divide", builder.inputs(x)[0], y)
    return None


def _ordinary(number):
    """Whether a product of constants is a normal float32: computing it here neither overflows nor loses bits."""
    return 2.0**-126 <= abs(number) < 2.0**128


def _square(builder, x):
    return builder.elementwise("square", builder.inputs(x)[0]) if builder.name(x) == "negative" else None


def _power(builder, x, y):
    exponent = builder.number_of(y)
    if exponent is None:
        raised = builder.elementwise("exp", builder.elementwise("multiply", y, builder.elementwise("log", x)))
        # 0⁰ and ∞⁰ are 1, where the logarithm gives NaN; negative numbers give NaN.
        return builder.elementwise(
            "where", builder.elementwise("equal", y, builder.constant(0)), builder.constant(1), raised
        )
    if exponent < 0:
        return builder.elementwise("reciprocal", builder.elementwise("power", x, builder.constant(-exponent)))
    if exponent == 0:
        return builder.broadcast_to(builder.constant(1), builder.shape(x))
    if exponent == 1:
        return x
    if exponent == 0.5:
        return builder.elementwise("sqrt", x)
    if exponent.is_integer() and exponent <= 64:
        root = builder.elementwise("power", x, builder.constant(exponent // 2))
        even = builder.elementwise("square", root)
        return builder.elementwise("multiply", even, x) if exponent % 2 else even
    return builder.elementwise("exp", builder.multiply(builder.elementwise("log", x), exponent))


def _cosh(builder, x):
    inverse = builder.elementwise("exp", builder.elementwise("negative", x))
    both = builder.elementwise("add", builder.elementwise("exp", x), inverse)
    result = builder.multiply(both, 0.5)
    builder.cosh_of[result] = x
    return result


def _logaddexp(builder, x, y):
    """max(x, y) + log(1 + exp(-|x - y|)); where x and y are equal, also if infinite, x + log 2."""
    distance = builder.elementwise("absolute", builder.elementwise("subtract", x, y))
    small = builder.elementwise("exp", builder.elementwise("negative", distance))
    above = builder.elementwise("log", builder.elementwise("add", builder.constant(1), small))
    unequal = builder.elementwise("add", builder.elementwise("maximum", x, y), above)
    equal = builder.elementwise("add", x, builder.constant(math.log(2)))
    return builder.elementwise("where", builder.elementwise("equal", x, y), equal, unequal)


def _clip(builder, x, low, high):
    return builder.elementwise("minimum", builder.elementwise("maximum", x, low), high)


def _where(builder, condition, x, y):
    number = builder.number_of(condition)
    if number is None:
        return None
    shape = np.broadcast_shapes(builder.shape(x), builder.shape(y))
    return builder.broadcast_to(x if number else y, shape)


def _itself(builder, x):
    return x


ELEMENT_WISE_RULES: dict[str, Callable[..., int | None]] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "negative": _negative,
    "divide": _divide,
    "square": _square,
    "power": _power,
    "cosh": _cosh,
    "logaddexp": _logaddexp,
    "clip": _clip,
    "where": _where,
    "conjugate": _itself,
}
