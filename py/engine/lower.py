"""Turns fused kernels, which name values, into kernels with addresses, and makes their loops two-dimensional."""

import math
from itertools import product

from engine.fuse import FusedLoop, dense_strides
from engine.program import Load, Loop, Product, Reduction, Store, Uncompilable

# A domain that cannot be made two-dimensional becomes one loop for each index of its first dimensions, at most so many.
LOOPS_LIMIT = 64


def lower(fused, addresses):
    """The kernels, in order, that do what the fused kernel does; `addresses` maps values to addresses.

    Raises `Uncompilable` for a loop over too many dimensions.
    """
    return _lower_loop(fused, addresses) if isinstance(fused, FusedLoop) else [_lower_product(fused, addresses)]


def _lower_product(fused, addresses):
    a, b, out = (addresses[array] for array in (fused.a, fused.b, fused.out))
    return Product(fused.m, fused.n, fused.k, a, b, out, fused.transpose_a, fused.transpose_b)


def _lower_loop(fused, addresses):
    """One `Loop` over the domain made two-dimensional; where two dimensions are not enough, several loops in order."""
    groups = _groups(fused)
    lengths = [math.prod(fused.domain[axis] for axis in group) for group in groups]
    outer, inner = groups[:-2], groups[-2:]
    if math.prod(lengths[:-2]) > LOOPS_LIMIT:
        raise Uncompilable(f"a loop over {fused.domain}: its dimensions cannot be made two")
    for kind, axes, *_ in fused.reductions:
        if any(group[0] in axes for group in outer):
            raise Uncompilable(f"{kind}: over dimensions of {fused.domain} that are too far apart")
    rows, columns = [1, 1, *lengths][-2:]
    constants = tuple(fused.constants)
    first = {"load": 0, "constant": len(fused.loads), "body": len(fused.loads) + len(constants)}

    def number(operand):
        kind, index = operand
        return first[kind] + index

    def loop(indices):
        def located(array, strides):
            skipped = sum(index * strides[group[-1]] for index, group in zip(indices, outer, strict=True))
            return addresses[array] + 4 * skipped, tuple([0, 0, *(strides[group[-1]] for group in inner)][-2:])

        loads = tuple(Load(*located(array, strides)) for array, strides in fused.loads)
        stores = tuple(
            Store(number(value), *located(array, dense_strides(fused.domain))) for array, value in fused.stores.items()
        )
        reductions = tuple(
            Reduction(
                kind, _axis(inner, axes), number(value), located(array, _kept_strides(fused.domain, axes))[0], scale
            )
            for kind, axes, value, array, scale in fused.reductions
        )
        return Loop(rows, columns, loads, constants, body, stores, reductions)

    body = tuple((name, *map(number, operands)) for name, *operands in fused.body)
    return [loop(indices) for indices in product(*map(range, lengths[:-2]))]


def _axis(groups, axes):
    """The axis of the two-dimensional loop that a reduction over the domain's `axes` reduces, None for both."""
    summed = [index for index, group in enumerate(groups) if group[0] in axes]
    return summed[0] if len(summed) < len(groups) else None


def _kept_strides(domain, axes):
    """The strides with which the domain's indices step through the dense result of a reduction over `axes`."""
    return dense_strides(tuple(1 if axis in axes else length for axis, length in enumerate(domain)))


def _groups(fused):
    """The domain's dimensions in groups: every array of the loop can step through a group as through one dimension."""
    strides = [strides for _, strides in fused.loads]
    if fused.stores:
        strides.append(dense_strides(fused.domain))
    if 0 in fused.domain:
        strides = []  # never stepped by
    groups: list[list[int]] = []
    for axis, length in enumerate(fused.domain):
        if groups and (
            all(steps[axis - 1] == steps[axis] * length for steps in strides)
            and all((axis - 1 in axes) == (axis in axes) for _, axes, *_ in fused.reductions)
        ):
            groups[-1].append(axis)
        else:
            groups.append([axis])
    return groups
