"""Runs a `Program` in NumPy, operation by operation: what the compiled code has to agree with."""

import numpy as np

from engine.operations import OPERATIONS


def interpret(program, arrays, functions=None):
    """The program's outputs for `arrays`, one for each input; all float32.

    `functions` has, by name, what computes an operation in place of its entry in `OPERATIONS`. An array is let go of
    behind the last operation that reads it.
    """
    functions = functions or {}
    values = {number: np.asarray(array, np.float32) for number, array in zip(program.inputs, arrays, strict=True)}
    values.update(program.constants)
    last = {number: operation for operation in program.operations for number in operation.inputs}
    kept = set(program.outputs)
    with np.errstate(all="ignore"):
        for operation in program.operations:
            run = functions.get(operation.name) or OPERATIONS[operation.name].numpy
            result = run(*[values[number] for number in operation.inputs], **dict(operation.attributes))
            values[operation.output] = np.asarray(result, np.float32)
            for number in set(operation.inputs) - kept:
                if last[number] is operation:
                    del values[number]
    return [values[number] for number in program.outputs]
