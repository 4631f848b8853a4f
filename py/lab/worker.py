"""The worker's own script: carries `session`'s calls between the page and the lab, see `spec.protocol`.

Answers go as JavaScript objects, arrays in them as typed arrays.
"""

import numpy
from js import Object
from pyodide.ffi import to_js

from lab import session
from spec import protocol, shape

# What diverging training overflows is noticed by its loss, not by a warning on the console.
numpy.seterr(all="ignore")


def open(text):
    return to_js([_to_page(_opened(opening)) for opening in protocol.read_openings(text)])


def frame(text):
    return to_js([_to_page(_answer(request)) for request in protocol.read_requests(text)])


def close(text):
    return None


def _opened(opening):
    answer = session.start(opening.experiment)
    return {"run": opening.run, **shape.shape_of(opening.experiment)._asdict(), "unit": 0.001, **answer}


def _answer(request):
    asked = request._asdict()
    asked["learning_rate"] = asked.pop("live")["learning_rate"]
    found = session.frame(asked)
    picture = {name: found.pop(name) for name in list(found) if name not in (*protocol.ANSWER, "learning_rate")}
    found["live"] = numpy.array([found.pop("learning_rate")])
    return {"run": request.run, **found, "picture": picture}


def _to_page(answer):
    return to_js({name: _flat(value) for name, value in answer.items()}, dict_converter=Object.fromEntries)


def _flat(value):
    """An array as it crosses; a float as an array of one, for of a whole number MicroPython would keep 32 bits."""
    if isinstance(value, float):
        return numpy.array([value])
    if isinstance(value, dict):
        return {name: _flat(part) for name, part in value.items()} if value else None
    return value.ravel() if isinstance(value, numpy.ndarray) else value


__export__ = ["open", "frame", "close"]
