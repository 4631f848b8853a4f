"""Runs a module of `assemble`: by the browser's `WebAssembly` under Pyodide, by `wasmtime` under CPython."""

import ctypes
import sys
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol, cast

import numpy as np


class Host(Protocol):
    """What a `Machine` needs of the environment that it runs in; the environment does not check addresses."""

    def write(self, address: int, content: np.ndarray) -> None:
        """Copies the bytes of a contiguous array to `address`."""

    def read(self, address: int, into: np.ndarray) -> None:
        """Copies bytes from `address` into a contiguous array, as many as it has."""

    def function(self, name: str) -> Callable[..., object]:
        """The exported function of that name, which takes integers."""

    def set_global(self, name: str, value: int) -> None:
        """Sets the exported global of that name."""

    def get_global(self, name: str) -> int:
        """The value of the exported global of that name."""

    def bytes_of_memory(self) -> int:
        """The size of the module's memory."""


class _Browser:
    """A module's instance behind Pyodide's `js`."""

    def __init__(self, module: bytes) -> None:
        import js
        from pyodide.ffi import to_js

        compiled = js.WebAssembly.Module.new(to_js(module))
        self._exports = js.WebAssembly.Instance.new(compiled).exports
        self._bytes = js.Uint8Array.new(self._exports.memory.buffer)

    def write(self, address: int, content: np.ndarray) -> None:
        self._view(address, content.nbytes).assign(_bytes_of(content))

    def read(self, address: int, into: np.ndarray) -> None:
        self._view(address, into.nbytes).assign_to(_bytes_of(into))

    def function(self, name: str) -> Callable[..., object]:
        return getattr(self._exports, name)

    def set_global(self, name: str, value: int) -> None:
        getattr(self._exports, name).value = value

    def get_global(self, name: str) -> int:
        return getattr(self._exports, name).value

    def bytes_of_memory(self) -> int:
        return self._bytes.length

    def _view(self, address: int, count: int) -> Any:
        return self._bytes.subarray(address, address + count)


class _Wasmtime:
    """A module's instance in a `wasmtime.Store` of its own."""

    def __init__(self, module: bytes) -> None:
        import wasmtime

        self._store = wasmtime.Store(_wasmtime_engine())
        instance = wasmtime.Instance(self._store, wasmtime.Module(self._store.engine, module), [])
        self._exports = cast(Any, instance.exports(self._store))
        memory = self._exports["memory"]
        size = memory.data_len(self._store)
        start = ctypes.addressof(memory.data_ptr(self._store).contents) if size else 0
        # The memory never grows, so it never moves.
        self._bytes = (
            np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(start)) if size else np.empty(0, np.uint8)
        )

    def write(self, address: int, content: np.ndarray) -> None:
        self._bytes[address : address + content.nbytes] = _bytes_of(content)

    def read(self, address: int, into: np.ndarray) -> None:
        _bytes_of(into)[...] = self._bytes[address : address + into.nbytes]

    def function(self, name: str) -> Callable[..., object]:
        exported = self._exports[name]
        return lambda *integers: exported(self._store, *integers)

    def set_global(self, name: str, value: int) -> None:
        self._exports[name].set_value(self._store, value)

    def get_global(self, name: str) -> int:
        return self._exports[name].value(self._store)

    def bytes_of_memory(self) -> int:
        return self._bytes.size


@cache
def _wasmtime_engine() -> Any:
    """One engine for the whole process: it holds the compiler's settings and threads."""
    import wasmtime

    return wasmtime.Engine()


def _bytes_of(array: np.ndarray) -> np.ndarray:
    """The bytes of a contiguous array, as a view."""
    return array.reshape(-1).view(np.uint8)


class Machine:
    """A module, compiled and ready to run, with its memory.

    Addresses and sizes are in bytes.
    """

    def __init__(self, module: bytes) -> None:
        self._host: Host = _Browser(module) if sys.platform == "emscripten" else _Wasmtime(module)
        self._functions: dict[str, Callable[..., object]] = {}

    @property
    def bytes_of_memory(self) -> int:
        """The size of the module's memory."""
        return self._host.bytes_of_memory()

    def write(self, address: int, array: np.ndarray) -> None:
        """Copies `array` to `address`: int32 as it is, anything else as float32."""
        array = np.asarray(array)
        content = np.ascontiguousarray(array, np.int32 if array.dtype == np.int32 else np.float32)
        self._check(address, content.nbytes)
        if content.nbytes:
            self._host.write(address, content)

    def read(self, address: int, shape: tuple[int, ...], dtype: type = np.float32) -> np.ndarray:
        """A copy of the float32 (or int32) array of `shape` at `address`."""
        result: np.ndarray = np.empty(shape, dtype)
        self._check(address, result.nbytes)
        if result.nbytes:
            self._host.read(address, result)
        return result

    def call(self, name: str, *integers: int) -> None:
        """Runs an exported function."""
        if name not in self._functions:
            self._functions[name] = self._host.function(name)
        self._functions[name](*integers)

    def set(self, name: str, value: int) -> None:
        """Sets the global `cursor` or `log`."""
        self._host.set_global(name, value)

    def get(self, name: str) -> int:
        """The value of the global `cursor` or `log`."""
        return self._host.get_global(name)

    def _check(self, address: int, count: int) -> None:
        if not 0 <= address <= address + count <= self.bytes_of_memory:
            raise IndexError(f"{count} bytes at {address} lie outside of {self.bytes_of_memory} bytes of memory")
