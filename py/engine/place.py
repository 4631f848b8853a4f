"""Gives every array that kernels read or write its address: the last step to a `Plan`."""

import math

from engine.arena import aligned, allocate
from engine.fuse import FusedLoop, dense_strides
from engine.lower import lower
from engine.program import Plan


def place(fused, inputs, outputs, start):
    """The `Plan` of a fused program.

    `inputs` are the addresses of the program's inputs. `outputs` are the addresses where the outputs have to be after a
    run (for an output that overwrites an input the address of that), or None where any address will do. All other
    memory that is needed lies from address `start` on. Raises `Uncompilable`.
    """
    program, kernels = fused.program, list(fused.kernels)
    sizes = {number: 4 * math.prod(shape) for number, shape in enumerate(program.shapes)}
    fixed = dict(zip(program.inputs, inputs, strict=True))
    constants, start = _place_constants(program, kernels, fixed, start)
    finals = _place_outputs(fused, kernels, outputs, sizes, fixed)
    addresses, end = allocate(kernels, sizes, fixed, set(fused.buffers), start)
    return Plan(
        kernels=tuple(lowered for kernel in kernels for lowered in lower(kernel, addresses)),
        end=end,
        inputs=tuple(inputs),
        outputs=tuple(addresses[final] for final in finals),
        shapes=tuple(program.shapes[output] for output in program.outputs),
        constants=constants,
    )


def _place_constants(program, kernels, fixed, start):
    """Fixes the address of every constant array that is read.

    Returns `(address, bytes)` of each, and the first address after them.
    """
    constants = []
    for number in sorted(set().union(*(kernel.reads for kernel in kernels)) & set(program.constants)):
        fixed[number] = start = aligned(start)
        constants.append((start, program.constants[number].tobytes()))
        start += program.constants[number].nbytes
    return tuple(constants), start


def _place_outputs(fused, kernels, outputs, sizes, fixed):
    """Fixes the outputs' addresses; where an input would be overwritten too early, adds a copy as the last kernel.

    Returns the arrays that hold the outputs at the end.
    """
    written = {array: index for index, kernel in enumerate(kernels) for array in kernel.writes}
    read = {array: index for index, kernel in enumerate(kernels) for array in kernel.reads}
    in_step: dict[int, set] = {}
    finals = list(fused.buffers)
    for index, (buffer, address, victim) in enumerate(zip(fused.buffers, outputs, fused.overwritten, strict=True)):
        if address is None or buffer in fixed:
            continue
        place, last = written[buffer], read.get(victim, -1)
        if last == place and place not in in_step:
            in_step[place] = _read_in_step(kernels[place])
        if last < place or (last == place and victim in in_step[place] and buffer in kernels[place].stores):
            fixed[buffer] = address
            continue
        finals[index] = final = len(sizes)
        sizes[final] = sizes[buffer]
        fixed[final] = address
        kernels.append(FusedLoop((sizes[buffer] // 4,), {(buffer, (1,)): 0}, stores={final: ("load", 0)}))
    return finals


def _read_in_step(kernel):
    """The arrays of which a loop reads every element in the step in which it stores the element at that position."""
    if not isinstance(kernel, FusedLoop):
        return set()
    dense = dense_strides(kernel.domain)
    return kernel.reads - {array for array, strides in kernel.loads if strides != dense}
