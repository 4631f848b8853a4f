"""The worker's own script: carries `session`'s calls between the page and the lab; see `spec/protocol.py`."""

import json

import js
import numpy
from js import Object, postMessage
from pyodide.ffi import to_js

import lab
from lab import session
from spec import protocol

# Numbers that overflow in diverging training are noticed by the loss; warnings on the console are not needed.
numpy.seterr(all="ignore")

# Where modules lie that no run needs: they are read when they are imported, once `js.standardLibrary` has come.
lab.__path__.append("/lib/python313.zip/lab")
PARTLY = "A part of the lab that this needs could not be loaded. Look after the connection, then try again."


def open(text, table=None):
    """`session.open_runs` for the openings in `text`, see `protocol.write_openings`, and a table, a `Uint8Array`."""
    # A deep network takes long to make, so the page is told before that begins.
    postMessage(to_js({"lab": {"stage": "Making the network …", "making": True}}, dict_converter=Object.fromEntries))
    return _to_page(session.open_runs(protocol.read_openings(text), table and table.to_bytes()))


def go_on(text, table=None):
    """`session.go_on`, with what `open` takes."""
    return _to_page(session.go_on(protocol.read_openings(text), table and table.to_bytes()))


def lie(text):
    """`session.lie` for the openings in `text`."""
    return _to_page(session.lie(protocol.read_openings(text)))


def frame(text):
    """`session.frame_runs` for the requests in `text`."""
    return _to_page(session.frame_runs(protocol.read_requests(text)))


def flip(text):
    """`session.flip_runs` for the requests in `text`."""
    return _to_page(session.flip_runs(protocol.read_flips(text)))


async def read_table(text, content=None):
    """`session.read_table` for choices, JSON, and a table, a `Uint8Array` or text; without one, of the last.

    Returns JSON: what it returns, or {"refused": why}.
    """
    if content is not None and not isinstance(content, str):
        content = content.to_bytes()
    return await _json(lambda: session.read_table(json.loads(text), content))


async def use_table(text):
    """`session.use_table` for {"choices", "name"}, JSON: [JSON, content], where JSON is {"key"} or {"refused": why}."""
    return await _own(lambda: session.use_table(**json.loads(text)))


async def draw(text):
    """`session.draw` for {"run", "edits"}, JSON; answers as `use_table` does."""
    return await _own(lambda: session.draw(**json.loads(text)))


async def csv_of(text):
    """`session.csv_of` for the id of a run, as JSON: {"csv"} or {"refused": why}."""
    return await _json(lambda: {"csv": session.csv_of(text)})


def close(text):
    """`session.close_runs` for the ids in `text`."""
    session.close_runs(protocol.read_runs(text))


async def _own(work):
    """[JSON, content] of the table that `work()` makes, where JSON is {"key"} or {"refused": why}."""
    content = None

    def make():
        nonlocal content
        key, content = work()
        return {"key": key}

    answer = await _json(make)
    return to_js([answer, content])


async def _json(work):
    """What `work()` returns, as JSON; a sentence for a person, {"refused": sentence}, where it raises a ValueError.

    `work` may need modules that no run needs.
    """
    if not await js.standardLibrary():
        answer = {"refused": PARTLY}
    else:
        try:
            answer = work()
        except ValueError as error:
            answer = {"refused": str(error)}
    # See `own_tables.write`.
    return json.dumps(answer, ensure_ascii=False)


def _to_page(answers):
    return to_js([_flat(answer) for answer in answers], dict_converter=Object.fromEntries)


def _flat(value):
    """An answer in the form in which it is sent: arrays flat, and parts that are None left out.

    A float becomes an array of one: MicroPython would read a float that is a whole number as an integer of 32 bits.
    """
    if isinstance(value, dict):
        return {name: _flat(part) for name, part in value.items() if part is not None}
    if isinstance(value, float):
        return numpy.array([value])
    if isinstance(value, list):
        return [_flat(part) for part in value]
    return value.ravel() if isinstance(value, numpy.ndarray) else value


__export__ = ["open", "frame", "flip", "close", "go_on", "lie", "read_table", "use_table", "draw", "csv_of"]
