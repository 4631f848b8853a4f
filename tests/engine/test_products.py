"""Matrix products of every size and transposition against NumPy; nothing is written beside the result."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import products
from engine.program import Product
from tests.engine.compiled import Arrays, run_both

SIZES = st.one_of(st.integers(0, 12), st.sampled_from([16, 17, 31, 32, 33, 40, 64, 100, 127, 128, 129]))
LARGE = [
    (40, 128, 128),
    (33, 70, 300),
    (130, 261, 519),
    (9, 1000, 33),
    (257, 255, 256),
    (8, 300, 257),
    (61, 264, 512),
    (1, 1024, 1024),
    (1030, 10, 260),
]


def check(m, n, k, transpose_a, transpose_b):
    arrays = Arrays(m + 7 * n + 31 * k)
    a = arrays.rng.normal(size=(k, m) if transpose_a else (m, k)).astype(np.float32)
    b = arrays.rng.normal(size=(n, k) if transpose_b else (k, n)).astype(np.float32)
    a_at, b_at, out = arrays.add(a), arrays.add(b), arrays.space(m, n)
    kernel = Product(m, n, k, a_at, b_at, out, transpose_a, transpose_b)
    scratch = arrays.end
    # Behind the scratch area too nothing must change.
    end = scratch + products.scratch_bytes(kernel)
    memory = np.concatenate([arrays.memory(), arrays.rng.integers(0, 256, end - scratch + 4096, np.uint8)])
    compiled, expected = run_both([kernel], memory, scratch, everything=True)
    np.testing.assert_array_equal(compiled[end:], memory[end:])
    np.testing.assert_array_equal(compiled[:out], memory[:out])
    np.testing.assert_array_equal(compiled[out + 4 * m * n : scratch], memory[out + 4 * m * n : scratch])
    result, truth = (each[out : out + 4 * m * n].view(np.float32) for each in (compiled, expected))
    np.testing.assert_allclose(result, truth, rtol=1e-5, atol=3e-6 * max(k, 1) ** 0.5)


@settings(max_examples=300, deadline=None)
@given(SIZES, SIZES, SIZES, st.booleans(), st.booleans())
def test_products_agree_with_numpy(m, n, k, transpose_a, transpose_b):
    check(m, n, k, transpose_a, transpose_b)


@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize("transpose_b", [False, True])
@pytest.mark.parametrize("size", LARGE, ids=str)
def test_large_products(size, transpose_a, transpose_b):
    check(*size, transpose_a, transpose_b)


@settings(max_examples=150, deadline=None)
@given(SIZES, SIZES, SIZES, st.booleans(), st.booleans())
def test_packing_of_every_size(m, n, k, transpose_a, transpose_b):
    """What is used for large products only is right for small ones too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "_is_small", lambda kernel: min(kernel.m, kernel.n, kernel.k) == 0)
        check(m, n, k, transpose_a, transpose_b)


@pytest.mark.parametrize("transpose_a", [False, True])
@pytest.mark.parametrize("transpose_b", [False, True])
def test_infinities_and_nan_stay_in_their_rows_and_columns(transpose_a, transpose_b):
    arrays = Arrays()
    a, b = arrays.rng.random((33, 70)).astype(np.float32), arrays.rng.random((70, 131)).astype(np.float32)
    a[32, 69], b[69, 130] = np.nan, np.inf
    a_at = arrays.add(a.T.copy() if transpose_a else a)
    b_at = arrays.add(b.T.copy() if transpose_b else b)
    kernel = Product(33, 131, 70, a_at, b_at, arrays.space(33, 131), transpose_a, transpose_b)
    scratch = arrays.end
    memory = np.concatenate([arrays.memory(), np.full(products.scratch_bytes(kernel), 255, np.uint8)])
    compiled, expected = run_both([kernel], memory, scratch)
    result, truth = (each[kernel.out : kernel.out + 4 * 33 * 131].view(np.float32) for each in (compiled, expected))
    np.testing.assert_allclose(result, truth, rtol=1e-5)
