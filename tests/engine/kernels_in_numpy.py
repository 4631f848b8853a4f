"""What every kernel of `engine.program` means, in plain NumPy: the reference the compiled code is tested against."""

from collections.abc import Callable, Iterable

import numpy as np

from engine import noise
from engine.program import Advance, Append, Gather, Load, Loop, Noise, Product, Reduction, Store, Take


def _truth(predicate: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    return lambda *operands: predicate(*operands).astype(operands[0].dtype)


# What each element-wise operation computes, in the precision of its operands.
OPERATIONS: dict[str, Callable[..., np.ndarray]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "negative": np.negative,
    "absolute": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "ceil": np.ceil,
    "floor": np.floor,
    "sign": np.sign,
    "square": np.square,
    "reciprocal": np.reciprocal,
    "equal": _truth(np.equal),
    "not_equal": _truth(np.not_equal),
    "greater": _truth(np.greater),
    "greater_equal": _truth(np.greater_equal),
    "less": _truth(np.less),
    "less_equal": _truth(np.less_equal),
    "logical_and": _truth(np.logical_and),
    "logical_or": _truth(np.logical_or),
    "logical_not": _truth(np.logical_not),
    "where": lambda condition, yes, no: np.asarray(np.where(condition != 0, yes, no)),
}


def run_kernels(
    kernels: Iterable[object], memory: bytearray | np.ndarray, cursor: int = 0, log: int = 0
) -> tuple[int, int]:
    """Runs `kernels` once, in order, on `memory` (bytes, changed in place); returns the new `cursor` and `log`."""
    data = np.frombuffer(memory, np.uint8) if isinstance(memory, bytearray) else memory
    with np.errstate(all="ignore"):
        for kernel in kernels:
            if isinstance(kernel, Loop):
                _run_loop(kernel, data)
            elif isinstance(kernel, Product):
                _run_product(kernel, data)
            elif isinstance(kernel, Gather):
                rows = _dense(data, cursor, (kernel.rows,), np.int32)
                out = _dense(data, kernel.out, (kernel.rows, kernel.columns))
                for position, row in enumerate(rows):
                    start = kernel.source + 4 * int(row) * kernel.columns
                    out[position] = _dense(data, start, (kernel.columns,))
            elif isinstance(kernel, Advance):
                cursor += 4 * kernel.rows
            elif isinstance(kernel, Append):
                _dense(data, log, (kernel.count,))[...] = _dense(data, kernel.source, (kernel.count,))
                log += 4 * kernel.count
            elif isinstance(kernel, Take):
                _dense(data, kernel.out, (1,))[...] = _dense(data, log + kernel.distance, (1,))
            elif isinstance(kernel, Noise):
                (key,) = _dense(data, log + kernel.distance, (1,), np.int32)
                _dense(data, kernel.out, (kernel.count,))[...] = noise.uniform(key, kernel.first, kernel.count)
            else:
                raise TypeError(f"not a kernel: {kernel!r}")
    return cursor, log


def _dense(data: np.ndarray, address: int, shape: tuple[int, ...], dtype: type = np.float32) -> np.ndarray:
    """The array at `address`, as a view."""
    return np.ndarray(shape, dtype, buffer=data, offset=address if 0 not in shape else 0)


def _strided(data: np.ndarray, loop: Loop, access: Load | Store) -> np.ndarray:
    """The elements that `access` meets, (rows, columns), as a view."""
    shape = (loop.rows, loop.columns)
    if 0 in shape:
        return np.empty(shape, np.float32)
    byte_strides = tuple(4 * stride for stride in access.strides)
    return np.ndarray(shape, np.float32, buffer=data, offset=access.address, strides=byte_strides)


def _run_loop(loop: Loop, data: np.ndarray) -> None:
    shape = (loop.rows, loop.columns)
    values = [_strided(data, loop, load).copy() for load in loop.loads]
    values += [np.full(shape, constant, np.float32) for constant in loop.constants]
    for name, *operands in loop.body:
        values.append(OPERATIONS[name](*(values[operand] for operand in operands)))
    for store in loop.stores:
        _strided(data, loop, store)[...] = values[store.value]
    for reduction in loop.reductions:
        result = reduce_in_double(reduction, values[reduction.value])
        _dense(data, reduction.address, result.shape)[...] = result


def reduce_in_double(reduction: Reduction, value: np.ndarray) -> np.ndarray:
    """The exact result of `reduction` over `value` (rows, columns), as float32, whatever its kind."""
    if reduction.kind == "sum":
        result = value.sum(axis=reduction.axis, dtype=np.float64)
    else:
        result = value.max(axis=reduction.axis, initial=-np.inf)
    # `scale` is a float32 factor.
    return np.asarray(result * np.float32(reduction.scale), np.float32)


def _run_product(product: Product, data: np.ndarray) -> None:
    m, n, k = product.m, product.n, product.k
    a = _dense(data, product.a, (k, m)).T if product.transpose_a else _dense(data, product.a, (m, k))
    b = _dense(data, product.b, (n, k)).T if product.transpose_b else _dense(data, product.b, (k, n))
    _dense(data, product.out, (m, n))[...] = a.astype(np.float64) @ b.astype(np.float64)
