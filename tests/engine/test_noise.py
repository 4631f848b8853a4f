"""Random numbers by a counter: the same bits in a module as in NumPy, and evenly spread."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import noise
from engine.program import Noise
from tests.engine.compiled import Arrays, run_both

MODULUS = 2**32


def by_hand(key, place):
    """A number as whole numbers of any size have it."""
    bits = (key + place * 0x9E3779B9) % MODULUS
    bits = (bits ^ bits >> 16) * 0x21F0AAAD % MODULUS
    bits = (bits ^ bits >> 15) * 0xD35A2D97 % MODULUS
    return (bits ^ bits >> 15) % MODULUS


@given(st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**40), st.integers(0, 9))
def test_each_number_is_that_of_its_key_and_place(key, first, count):
    expected = [(by_hand(key, first + place) >> 8) / 2**24 for place in range(count)]
    found = noise.uniform(key, first, count)
    assert found.dtype == np.float32
    assert found.tolist() == expected


@given(st.integers(0, MODULUS - 1), st.integers(0, 2**40))
def test_each_key_is_that_of_its_seed_and_number(seed, first):
    found = noise.keys(seed, first, 3)
    assert found.dtype == np.int32
    assert [int(key) % MODULUS for key in found] == [by_hand(seed, first + place) for place in range(3)]


@given(st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**33), st.integers(0, 40), st.integers(0, 5))
def test_a_module_makes_the_same_bits(key, first, count, step):
    arrays = Arrays()
    log, keys = (
        arrays.add(np.zeros(6, np.float32)),
        arrays.add(np.full(6, key, np.int32) - np.arange(6, dtype=np.int32)),
    )
    out = arrays.space(count)
    compiled, expected = run_both([Noise(count, first, keys - log, out)], arrays.memory(), log=log + 4 * step)
    np.testing.assert_array_equal(compiled, expected)


def parts():
    """Numbers of one key, and the same few numbers of many keys, as layers and steps have them."""
    keys = noise.keys(7, 0, 4096)
    yield noise.uniform(keys[0], 0, 1 << 20)
    yield np.concatenate([noise.uniform(key, 100, 256) for key in keys])
    yield np.concatenate([noise.uniform(key, 0, 256)[::-1] for key in noise.keys(8, 0, 4096)])


@pytest.mark.parametrize("number", range(3))
def test_the_numbers_are_even_and_do_not_follow_from_one_another(number):
    numbers = list(parts())[number].astype(float)
    count = len(numbers)
    assert numbers.min() >= 0
    assert numbers.max() < 1
    # Within five standard deviations of what chance alone gives.
    share = 5 / np.sqrt(count)
    bins = np.histogram(numbers, 64, (0, 1))[0]
    assert abs(((bins - count / 64) ** 2 / (count / 64)).sum() - 63) < 5 * np.sqrt(2 * 63)
    centred = (numbers - 0.5) * np.sqrt(12)
    for lag in (1, 2, 3, 4, 5, 8, 16, 64, 256, 512):
        assert abs(np.mean(centred[lag:] * centred[:-lag])) < share
