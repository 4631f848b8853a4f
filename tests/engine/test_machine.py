"""One interface to a running module."""

import numpy as np
import pytest

from engine.assemble import assemble
from engine.machine import Machine
from engine.program import Load, Loop, Store


@pytest.fixture
def machine():
    double = Loop(1, 5, (Load(0, (0, 1)),), (), (("add", 0, 0),), (Store(1, 32, (0, 1)),))
    return Machine(assemble({"double": [double]}, 70_000))


def test_memory_is_whole_pages(machine):
    assert machine.bytes_of_memory == 2 * 65536


def test_arrays_go_in_and_out(machine):
    machine.write(0, np.arange(5))
    machine.call("double")
    np.testing.assert_array_equal(machine.read(32, (5,)), [0, 2, 4, 6, 8])


def test_reading_copies(machine):
    machine.write(0, np.ones((2, 3)))
    read = machine.read(0, (2, 3))
    assert (read.shape, read.dtype) == ((2, 3), np.float32)
    machine.write(0, np.zeros((2, 3)))
    assert np.all(read == 1)


GRID = np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize("array", [np.float64(2.5), 3, np.zeros((0, 4)), GRID.T, GRID[:, ::3], GRID > 5], ids=str)
def test_anything_is_written_as_float32(machine, array):
    machine.write(1000, array)
    np.testing.assert_array_equal(machine.read(1000, np.shape(array)), np.asarray(array, np.float32))


def test_integers_of_32_bits_stay_integers(machine):
    machine.write(16, np.array([1, -2, 2**30 + 1], np.int32))
    np.testing.assert_array_equal(machine.read(16, (3,), np.int32), [1, -2, 2**30 + 1])


def test_globals(machine):
    machine.set("cursor", 1234)
    machine.set("log", 8)
    assert (machine.get("cursor"), machine.get("log")) == (1234, 8)


@pytest.mark.parametrize("address", [-4, 2 * 65536, 2 * 65536 - 4])
def test_nothing_outside_of_memory(machine, address):
    with pytest.raises(IndexError, match="outside"):
        machine.read(address, (2,))
    with pytest.raises(IndexError, match="outside"):
        machine.write(address, np.zeros(2))


def test_machines_do_not_share_memory():
    first, second = (Machine(assemble({}, 64)) for _ in range(2))
    first.write(0, np.ones(4))
    assert not second.read(0, (4,)).any()


def test_memory_may_be_empty():
    assert Machine(assemble({}, 0)).bytes_of_memory == 0
