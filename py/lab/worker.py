"""The worker's own script: carries `session`'s calls between the page and the lab.

Requests come as JSON. Answers go as JavaScript objects, arrays in them as typed arrays.
"""

import json

import numpy
from js import Object
from pyodide.ffi import to_js

from lab import session

# What diverging training overflows is noticed by its loss, not by a warning on the console.
numpy.seterr(all="ignore")


def start(experiment):
    return _to_page(session.start(json.loads(experiment)))


def frame(request):
    return _to_page(session.frame(json.loads(request)))


def _to_page(answer):
    return to_js({name: _flat(value) for name, value in answer.items()}, dict_converter=Object.fromEntries)


def _flat(value):
    """An array as it crosses; a float as an array of one, for of a whole number MicroPython would keep 32 bits."""
    if isinstance(value, float):
        return numpy.array([value])
    return value.ravel() if isinstance(value, numpy.ndarray) else value


__export__ = ["start", "frame"]
