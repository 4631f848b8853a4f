"""The whole way from a Python function to kernels with addresses: record, prove, simplify, fuse, place.

`workspace` puts the kernels of several functions into one module (`assemble`) and runs it (`machine`).
"""

from engine.fuse import fuse
from engine.place import place
from engine.program import Uncompilable
from engine.prove import prove
from engine.record import record
from engine.simplify import simplify
from engine.stand_ins import cheap_products


def compile_function(function, arguments, inputs, start, outputs=None):
    """The `Plan` of `function(*arguments)`. Raises `Uncompilable`.

    Parameters
    ----------
    function : takes arrays and returns arrays, or lists or tuples of them, nested to any depth
    arguments : float32 arrays or numbers; the plan depends on their shapes, the numbers serve as an example
    inputs : the address of each argument
    start : the first address of the memory that the plan may use
    outputs : the address where each returned array has to be after a run; an argument's address if that is to be
        updated in place, and two returned arrays may exchange the places of two arguments. Without `outputs` the
        returned arrays lie in the plan's own memory
    """
    program = trace(function, arguments)
    program = simplify(program)
    outputs = [None] * len(program.outputs) if outputs is None else outputs
    at = dict(zip(inputs, program.inputs, strict=True))
    fused = fuse(program, overwritten=[at.get(address) for address in outputs])
    return place(fused, inputs, outputs, start)


def trace(function, arguments):
    """The `Program` of `function(*arguments)`, recorded, and proved on other numbers.

    Raises `Uncompilable`, also where the function raises something else.
    """
    try:
        with cheap_products():
            program = record(function, arguments)
            prove(program, function, arguments)
    except Uncompilable:
        raise
    except Exception as error:
        raise Uncompilable(f"{type(error).__name__} while tracing: {error}") from error
    return program
