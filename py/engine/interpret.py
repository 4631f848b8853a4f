"""Runs a `Program` in NumPy, operation by operation. The compiled code has to give the same results."""

import numpy as np

from engine.operations import OPERATIONS


def interpret(program, arrays, functions=None):
    """The program's outputs for `arrays`, one for each input; all float32.

    `functions` maps the name of an operation to the function that computes it instead of its entry in `OPERATIONS`. An
    array is released after the last operation that reads it.
    """
    functions = functions or {}
    values = {number: np.asarray(array, np.float32) for number, array in zip(program.inputs, arrays, strict=True)}
    values.update(program.constants)
    last_reader = {number: operation for operation in program.operations for number in operation.inputs}
    kept = set(program.outputs)
    with np.errstate(all="ignore"):
        for operation in program.operations:
            run = functions.get(operation.name) or OPERATIONS[operation.name].numpy
            result = run(*[values[number] for number in operation.inputs], **dict(operation.attributes))
            values[operation.output] = np.asarray(result, np.float32)
            for number in set(operation.inputs) - kept:
                if last_reader[number] is operation:
                    del values[number]
    return [values[number] for number in program.outputs]
