"""Every primitive that the engine knows, each in one entry of `OPERATIONS`.

An entry says which primitives of autograd an operation is recorded from, how NumPy computes it, of which kind it is,
and, if a loop evaluates it, its WebAssembly code and what that costs. To add an element-wise primitive, add one line to
the table below, such as

    unary("degrees", lambda function, x: f32x4_mul(get(x), function.number(180 / math.pi))),

A primitive without code needs a rule in `simplify` that rewrites it as other operations.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import autograd.numpy as anp
import numpy as np
from autograd.core import VSpace
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_vjps import dot_adjoint_0, dot_adjoint_1
from autograd.numpy.numpy_wrapper import _primitive_mean, _primitive_var

from engine import elementwise as code
from engine.arguments import (
    Read,
    adjoint,
    all_arrays,
    as_constant,
    indices,
    new_shape,
    order_of_axes,
    reduced_axes,
    terms,
)
from engine.instructions import (
    f32x4_abs,
    f32x4_add,
    f32x4_ceil,
    f32x4_div,
    f32x4_eq,
    f32x4_floor,
    f32x4_ge,
    f32x4_gt,
    f32x4_le,
    f32x4_lt,
    f32x4_max,
    f32x4_min,
    f32x4_mul,
    f32x4_ne,
    f32x4_neg,
    f32x4_sqrt,
    f32x4_sub,
    v128_and,
    v128_or,
)


class Kind(Enum):
    """What an operation does with the elements of its operands."""

    ELEMENT_WISE = "each element of the result is computed from one element of each operand, broadcast"
    REDUCTION = "many elements become one"
    RESHAPING = "the same elements in another arrangement"
    PRODUCT = "a matrix product, or a gradient of one"
    CONSTANT = "the result depends only on the operands' shapes, and is recorded as a constant"


# `code(function, *operands)` pushes the result for four lanes; an operand is the number of a vector local. At the end
# of an array, where fewer than four elements are left, the other lanes hold arbitrary numbers.
Code = Callable[..., bytes]


@dataclass(frozen=True)
class Source:
    """A primitive of autograd that an operation is recorded from."""

    primitive: Callable
    parameters: tuple[str, ...]
    # How its arguments are recorded: see `engine.arguments`.
    read: Read


@dataclass(frozen=True)
class Primitive:
    """One operation of a `Program`."""

    name: str
    kind: Kind
    sources: tuple[Source, ...]
    # Computes the result, given operands as arrays and attributes as keywords.
    numpy: Callable
    # Of an element-wise operation; None if `simplify` rewrites it as other operations.
    code: Code | None = None
    # Roughly the number of instructions in `code`.
    cost: int = 1
    # Of a reduction that a loop can do: the instruction that takes in one more vector, and the result for no elements.
    combine: Callable[..., bytes] | None = None
    identity: float = 0.0
    # Of a matrix product: the cheap function that replaces it while a function is recorded.
    stand_in: Callable | None = None

    @property
    def operands(self) -> int:
        """How many operands an element-wise operation has."""
        return len(self.sources[0].parameters)


# Name -> operation.
OPERATIONS: dict[str, Primitive] = {}
# Primitive of autograd -> the operation that is recorded for it, and how.
RECORDED: dict[Callable, tuple[Primitive, Source]] = {}


def add(primitive: Primitive) -> None:
    """Enters a primitive into the tables."""
    OPERATIONS[primitive.name] = primitive
    RECORDED.update({source.primitive: (primitive, source) for source in primitive.sources})


def evaluated(name: str) -> bool:
    """Whether an operation of that name is element-wise and has code."""
    return OPERATIONS[name].kind is Kind.ELEMENT_WISE and OPERATIONS[name].code is not None


def source(primitive: Callable, parameters: str, read: Read = all_arrays) -> Source:
    """The `Source` of a primitive whose parameters have these names, in order."""
    return Source(primitive, tuple(parameters.split()), read)


def element_wise(name: str, sources: list[Source], code: Code | None = None, cost: int = 1) -> Primitive:
    """An element-wise operation, named as NumPy's function."""
    return Primitive(name, Kind.ELEMENT_WISE, tuple(sources), getattr(np, name), code, cost)


def unary(name: str, code: Code | None = None, cost: int = 1) -> Primitive:
    """An element-wise operation on one array, named as autograd's and NumPy's function."""
    return element_wise(name, [source(getattr(anp, name), "x")], code, cost)


def binary(name: str, code: Code | None = None, cost: int = 1) -> Primitive:
    """An element-wise operation on two arrays, named as autograd's and NumPy's function."""
    return element_wise(name, [source(getattr(anp, name), "x y")], code, cost)


def reduction(
    name: str,
    sources: list[Source],
    numpy: Callable,
    combine: Callable[..., bytes] | None = None,
    identity: float = 0.0,
) -> Primitive:
    """A reduction along axes; a loop can do it if there is an instruction `combine`."""
    return Primitive(name, Kind.REDUCTION, tuple(sources), numpy, combine=combine, identity=identity)


def reshaping(name: str, *sources: Source) -> Primitive:
    """A rearrangement of elements, named as NumPy's function."""
    return Primitive(name, Kind.RESHAPING, sources, getattr(np, name))


def product(name: str, recorded: Source, numpy: Callable, stand_in: Callable) -> Primitive:
    """A matrix product, or a gradient of one."""
    return Primitive(name, Kind.PRODUCT, (recorded,), numpy, stand_in=stand_in)


def constant(name: str) -> Primitive:
    """A function of an array's shape, named as autograd's and NumPy's."""
    return Primitive(name, Kind.CONSTANT, (source(getattr(anp, name), "a", as_constant),), getattr(np, name))


def scaled_sum(a, axis=None, keepdims=False, scale=1.0):
    """The sum along `axis` (None for all), times `scale`."""
    return np.sum(a, axis=axis, keepdims=keepdims) * np.float32(scale)


def gradient_by_left(b, g, shape):
    """The gradient with respect to `a`, of shape `shape`, given `g`, the gradient with respect to `dot(a, b)`."""
    if not b.ndim or not shape:
        return g * b if shape else np.sum(g * b)
    b = b.reshape(shape[-1], math.prod(b.shape[1:]))
    return np.dot(g.reshape(math.prod(shape[:-1]), b.shape[1]), b.T).reshape(shape)


def gradient_by_right(a, g, shape):
    """The gradient with respect to `b`, of shape `shape`, given `g`, the gradient with respect to `dot(a, b)`."""
    if not a.ndim or not shape:
        return g * a if shape else np.sum(g * a)
    a = a.reshape(math.prod(a.shape[:-1]), shape[0])
    return np.dot(a.T, g.reshape(a.shape[0], math.prod(shape[1:]))).reshape(shape)


def stand_in_product(a, b):
    """Replaces a · b, of shapes (m, k) and (k, n); see `engine.stand_ins`."""
    return _outer_product(_mean(a, 1), _mean(b, 0))


def stand_in_by_left(b, g, *_, **__):
    """Replaces g · bᵀ, of shapes (m, n) and (k, n)."""
    return _outer_product(_mean(g, 1), _mean(b, 1))


def stand_in_by_right(a, g, *_, **__):
    """Replaces aᵀ · g, of shapes (m, k) and (m, n)."""
    return _outer_product(_mean(a, 0), _mean(g, 0))


def _mean(matrix, axis):
    """The mean along an axis. `np.mean` takes several times as long for small matrices, and there are many of them."""
    return np.add.reduce(matrix, axis) * (1 / matrix.shape[axis])


def _outer_product(column, row):
    return column[:, None] * row


# Comparisons and logic return 0.0 or 1.0; logic takes every number except 0 as true. `maximum`, `minimum` and `max`
# return NaN where an operand is NaN.
for _primitive in (
    unary("negative", code.plain(f32x4_neg)),
    element_wise("absolute", [source(anp.absolute, "x"), source(anp.abs, "x")], code.plain(f32x4_abs)),
    unary("sqrt", code.plain(f32x4_sqrt), cost=4),
    unary("exp", code.exp, cost=25),
    unary("log", code.log, cost=40),
    unary("tanh", code.tanh, cost=25),
    unary("cosh"),
    unary("sin", code.sin, cost=45),
    unary("cos", code.cos, cost=45),
    unary("ceil", code.plain(f32x4_ceil)),
    unary("floor", code.plain(f32x4_floor)),
    unary("sign", code.sign),
    unary("square", code.square),
    unary("reciprocal", code.reciprocal, cost=4),
    unary("conjugate"),
    unary("logical_not", code.logical_not),
    element_wise(
        "add",
        [
            source(anp.add, "x y", terms),
            source(VSpace.add, "space x y", terms),
            source(VSpace.mut_add, "space x y", terms),
        ],
        code.plain(f32x4_add),
    ),
    binary("subtract", code.plain(f32x4_sub)),
    binary("multiply", code.plain(f32x4_mul)),
    binary("divide", code.plain(f32x4_div), cost=4),
    binary("power"),
    binary("maximum", code.plain(f32x4_max)),
    binary("minimum", code.plain(f32x4_min)),
    binary("equal", code.comparison(f32x4_eq)),
    binary("not_equal", code.comparison(f32x4_ne)),
    binary("greater", code.comparison(f32x4_gt)),
    binary("greater_equal", code.comparison(f32x4_ge)),
    binary("less", code.comparison(f32x4_lt)),
    binary("less_equal", code.comparison(f32x4_le)),
    binary("logical_and", code.logical(v128_and)),
    binary("logical_or", code.logical(v128_or)),
    binary("logaddexp"),
    element_wise("where", [source(anp._original_where, "condition x y")], code.where),
    element_wise("clip", [source(anp.clip, "a a_min a_max")]),
    reduction("sum", [source(anp.sum, "a axis dtype out keepdims", reduced_axes)], scaled_sum, f32x4_add),
    reduction(
        "max",
        [source(function, "a axis out keepdims", reduced_axes) for function in (anp.max, anp.amax)],
        np.max,
        f32x4_max,
        -math.inf,
    ),
    reduction(
        "min", [source(function, "a axis out keepdims", reduced_axes) for function in (anp.min, anp.amin)], np.min
    ),
    reduction("mean", [source(_primitive_mean, "a axis dtype out keepdims", reduced_axes)], np.mean),
    reduction("var", [source(_primitive_var, "a axis dtype out ddof keepdims", reduced_axes)], np.var),
    reshaping(
        "reshape",
        source(anp.reshape, "a shape order", new_shape),
        source(anp.ravel, "a order", new_shape),
        source(anp.expand_dims, "a axis", new_shape),
        source(anp.squeeze, "a axis", new_shape),
        source(ArrayBox.__getitem__, "a index", indices),
    ),
    reshaping(
        "transpose",
        source(anp.transpose, "a axes", order_of_axes),
        source(anp.swapaxes, "a axis1 axis2", order_of_axes),
        source(anp.moveaxis, "a source destination", order_of_axes),
    ),
    reshaping("broadcast_to", source(anp.broadcast_to, "a shape", new_shape)),
    product("dot", source(anp.dot, "x y"), np.dot, stand_in_product),
    product("matmul", source(anp.matmul, "x y"), np.matmul, stand_in_product),
    product("dot_adjoint_0", source(dot_adjoint_0, "a g a_meta b_meta", adjoint), gradient_by_left, stand_in_by_left),
    product("dot_adjoint_1", source(dot_adjoint_1, "a g a_meta b_meta", adjoint), gradient_by_right, stand_in_by_right),
    constant("zeros_like"),
    constant("ones_like"),
):
    add(_primitive)
