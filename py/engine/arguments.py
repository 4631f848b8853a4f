"""How the arguments of autograd's primitives are recorded.

Each function takes `(name, primitive, result, arguments)`: the operation's name, the primitive that was called, its
result, and a mapping from its parameters to its arguments. It returns `(arrays, attributes)`: the parameters that are
the operation's operands, in order, and the `Operation.attributes` as a dict. `arrays` is None if the result is to be
recorded as a constant. Raises `Uncompilable` for arguments that the engine does not know.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from engine.program import Uncompilable

Arguments = Mapping[str, Any]
Recorded = tuple[tuple[str, ...] | None, dict[str, object]]
Read = Callable[[str, Callable, Any, Arguments], Recorded]


def all_arrays(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """Every argument is an operand."""
    return tuple(arguments), {}


def terms(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """x and y are the operands. Refuses two truth values: NumPy's sum of them is a truth value again, not a number."""
    if all(np.result_type(arguments[parameter]).kind == "b" for parameter in ("x", "y")):
        raise Uncompilable(f"{name}: of two truth values")
    return ("x", "y"), {}


def reduced_axes(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """`a` is the operand; `axis`, `keepdims` and `ddof` are attributes if they are given."""
    given = {key: value for key, value in arguments.items() if key != "a" and not _missing(value)}
    for key in given:
        if key not in ("axis", "keepdims", "ddof"):
            raise Uncompilable(f"{name}: with {key}")
    return ("a",), {key: _plain(value) for key, value in given.items()}


def new_shape(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """`a` is the operand; the result's shape is the attribute."""
    if arguments.get("order") not in (None, "C"):
        raise Uncompilable(f"{name}: in another order than C")
    return ("a",), {"shape": np.shape(result)}


def indices(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """Indexing that leaves the same numbers in the same order: a reshape."""
    index = arguments["index"] if isinstance(arguments["index"], tuple) else (arguments["index"],)
    for item in index:
        if not (item is None or item is Ellipsis or type(item) is int or isinstance(item, slice)):
            raise Uncompilable("indexing: with an array or a list")
    backward = any(isinstance(item, slice) and item.step not in (None, 1) for item in index)
    if backward or np.size(result) != np.size(arguments["a"]):
        raise Uncompilable("indexing: a part of an array")
    return ("a",), {"shape": np.shape(result)}


def order_of_axes(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """`a` is the operand; the attribute `axes` says which axis of `a` each axis of the result is."""
    # The axes of this array have different lengths, so the result's shape shows where each axis went.
    rank = np.ndim(result)
    others = [value for key, value in arguments.items() if key != "a"]
    moved = primitive.fun(np.broadcast_to(0, range(2, rank + 2)), *others)  # type: ignore[attr-defined]
    return ("a",), {"axes": tuple(length - 2 for length in moved.shape)}


def adjoint(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """The operands are the other factor and the product's gradient; the attribute is the shape of the result."""
    return ("a", "g"), {"shape": np.shape(result)}


def as_constant(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """No operands: the result depends on shapes only."""
    return None, {}


def _missing(argument: Any) -> bool:
    return argument is None or argument is np._NoValue


def _plain(argument: Any) -> object:
    """An axis, several axes or a flag as Python's own int, tuple of int or bool."""
    if isinstance(argument, (tuple, list)):
        return tuple(int(axis) for axis in argument)
    return bool(argument) if isinstance(argument, (bool, np.bool_)) else int(argument)
