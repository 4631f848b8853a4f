"""A traced program's kernels with addresses: simplify, fuse, place."""

import math
from itertools import product

from engine import memory
from engine.fuse import FusedLoop, FusedProduct, dense_strides, fuse
from engine.program import Load, Loop, Operation, Plan, Product, Reduction, Store
from engine.simplify import simplify
from engine.trace import Untraceable

# A domain that cannot be made two-dimensional becomes one loop for each index of its first dimensions, up to so many.
LOOPS_LIMIT = 64


def plan(program, inputs, start, outputs):
    """The `Plan` of a traced program.

    `inputs` are the addresses of the program's inputs. `outputs` holds, for each output, the address where it has to
    be after a run, or None where any will do; an input's own address means that it is updated in place, and the
    arrays of one call may swap places. What else is needed lies from address `start` on. Raises `Untraceable`.
    """
    program = _with_copies(simplify(program), inputs, outputs)
    at = dict(zip(inputs, program.inputs, strict=True))
    victims = [at.get(address) for address in outputs]
    kernels, buffers = fuse(program, victims)
    sizes = {number: 4 * math.prod(shape) for number, shape in enumerate(program.shapes)}
    fixed = dict(zip(program.inputs, inputs, strict=True))
    constants, start = _placed_constants(program, kernels, fixed, start)
    finals = _place_outputs(kernels, buffers, outputs, victims, sizes, fixed)
    addresses, end = memory.place(kernels, sizes, fixed, set(buffers), start)
    lowered = tuple(low for kernel in kernels for low in _LOWER[type(kernel)](kernel, addresses))
    return Plan(lowered, end, tuple(inputs), tuple(addresses[final] for final in finals), constants)


def _with_copies(program, inputs, outputs):
    """The program with an output of its own for each that is an input, a constant, or an output twice."""
    made = {operation.output: operation for operation in program.operations}
    taken = set(program.inputs) | set(program.constants)
    for index, (output, address) in enumerate(zip(program.outputs, outputs, strict=True)):
        base = output
        while base in made and made[base].name == "reshape":
            base = made[base].inputs[0]
        if base in program.inputs and inputs[program.inputs.index(base)] == address:
            program.outputs[index] = base
        elif base in taken:
            shape = program.shapes[output]
            program.shapes.append(shape)
            program.outputs[index] = len(program.shapes) - 1
            copy = Operation("broadcast_to", (output,), program.outputs[index], (("shape", shape),))
            program.operations.append(copy)
        taken.add(base)
    return program


def _placed_constants(program, kernels, fixed, start):
    """`((address, bytes) of every constant array that is read, the first address behind them)`."""
    constants = []
    for number in sorted(set().union(*(kernel.reads for kernel in kernels)) & set(program.constants)):
        fixed[number] = start = memory.aligned(start)
        constants.append((start, program.constants[number].tobytes()))
        start += program.constants[number].nbytes
    return tuple(constants), start


def _place_outputs(kernels, buffers, outputs, victims, sizes, fixed):
    """Fixes the outputs' addresses; where one would be overwritten too early, adds a copy behind all else.

    Returns the arrays that are the outputs in the end.
    """
    written = {array: index for index, kernel in enumerate(kernels) for array in kernel.writes}
    read = {array: index for index, kernel in enumerate(kernels) for array in kernel.reads}
    finals = list(buffers)
    for index, (buffer, address, victim) in enumerate(zip(buffers, outputs, victims, strict=True)):
        if address is None or buffer in fixed:
            continue
        place, last = written[buffer], read.get(victim, -1)
        if last < place or (last == place and _in_step(kernels[place], victim, buffer)):
            fixed[buffer] = address
            continue
        finals[index] = final = len(sizes)
        sizes[final] = sizes[buffer]
        fixed[final] = address
        kernels.append(FusedLoop((sizes[buffer] // 4,), {(buffer, (1,)): 0}, stores={final: ("load", 0)}))
    return finals


def _in_step(kernel, victim, buffer):
    """Whether a kernel reads every number of `victim` in the step in which it stores that number of `buffer`."""
    return (
        isinstance(kernel, FusedLoop)
        and buffer in kernel.stores
        and all(strides == dense_strides(kernel.domain) for array, strides in kernel.loads if array == victim)
    )


def _lower_product(fused, addresses):
    a, b, out = (addresses[array] for array in (fused.a, fused.b, fused.out))
    return [Product(fused.m, fused.n, fused.k, a, b, out, fused.transpose_a, fused.transpose_b)]


def _lower_loop(fused, addresses):
    """The `Loop` over the domain made two-dimensional; several, one behind the other, where that cannot be."""
    groups = _groups(fused)
    lengths = [math.prod(fused.domain[axis] for axis in group) for group in groups]
    outer, inner = groups[:-2], groups[-2:]
    if math.prod(lengths[:-2]) > LOOPS_LIMIT:
        raise Untraceable(f"a loop over {fused.domain}: its dimensions cannot be made two")
    for kind, axes, *_ in fused.reductions:
        if any(group[0] in axes for group in outer):
            raise Untraceable(f"{kind}: over dimensions of {fused.domain} that are too far apart")
    rows, columns = [1, 1, *lengths][-2:]
    constants = tuple(fused.constants)
    first = {"load": 0, "constant": len(fused.loads), "body": len(fused.loads) + len(constants)}

    def number(operand):
        kind, index = operand
        return first[kind] + index

    def loop(indices):
        def located(array, strides):
            ahead = sum(index * strides[group[-1]] for index, group in zip(indices, outer, strict=True))
            return addresses[array] + 4 * ahead, tuple([0, 0, *(strides[group[-1]] for group in inner)][-2:])

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
    """The axis of a two-dimensional loop that a sum over a domain's `axes` goes along, None for both."""
    summed = [index for index, group in enumerate(groups) if group[0] in axes]
    return summed[0] if len(summed) < len(groups) else None


def _kept_strides(domain, axes):
    """The strides by which a domain's indices step through a sum over `axes`, itself dense."""
    return dense_strides(tuple(1 if axis in axes else length for axis, length in enumerate(domain)))


def _groups(fused):
    """The domain's dimensions in groups that everything in the loop steps through as if they were one."""
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


_LOWER = {FusedLoop: _lower_loop, FusedProduct: _lower_product}
