"""How the arguments of autograd's primitives are recorded.

Each function takes `(name, primitive, result, arguments)`: the operation's name, the primitive that was called, its
result, and its arguments by parameter; it returns `(arrays, attributes)`: the parameters that are the operation's
operands, in order, and what else `Operation.attributes` is to hold. It raises `Uncompilable` for arguments that the
engine does not know. `arrays` is None where the result is to be recorded as a constant.
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
    """x and y are added up. Of two truth values NumPy makes another one."""
    if all(np.result_type(arguments[parameter]).kind == "b" for parameter in ("x", "y")):
        raise Uncompilable(f"{name}: of two truth values")
    return ("x", "y"), {}


def reduced_axes(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """The axes, and how they are treated, as attributes."""
    given = {key: value for key, value in arguments.items() if key != "a" and not _missing(value)}
    for key in given:
        if key not in ("axis", "keepdims", "ddof"):
            raise Uncompilable(f"{name}: with {key}")
    return ("a",), {key: _plain(value) for key, value in given.items()}


def new_shape(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """The result's shape as the attribute."""
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
    """Which axis of `a` each axis of the result is."""
    # Told apart by their lengths, the axes of an array say where they went.
    rank = np.ndim(result)
    others = [value for key, value in arguments.items() if key != "a"]
    moved = primitive.fun(np.broadcast_to(0, range(2, rank + 2)), *others)  # type: ignore[attr-defined]
    return ("a",), {"axes": tuple(length - 2 for length in moved.shape)}


def adjoint(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """The other factor and the product's gradient; the shape of the gradient that is asked for."""
    return ("a", "g"), {"shape": np.shape(result)}


def as_constant(name: str, primitive: Callable, result: Any, arguments: Arguments) -> Recorded:
    """No operands: the result follows from shapes alone."""
    return None, {}


def _missing(argument: Any) -> bool:
    return argument is None or argument is np._NoValue


def _plain(argument: Any) -> object:
    """An axis, several, or a flag as plain Python."""
    if isinstance(argument, (tuple, list)):
        return tuple(int(axis) for axis in argument)
    return bool(argument) if isinstance(argument, (bool, np.bool_)) else int(argument)
