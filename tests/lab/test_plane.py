"""Samples of the plane, and selectors."""

import numpy as np
import pytest

from lab import plane
from tests.lab import networks


@pytest.mark.parametrize("resolution", [4, 12, 16, 100, 200])
def test_grid(resolution):
    points = networks.PLANE.grid(resolution)
    assert points.dtype == np.float32
    samples = points.reshape(resolution + 1, resolution + 1, 2)
    # From the top row, left to right; the corners are the plane's own, exactly.
    assert samples[[0, 0, -1, -1], [0, -1, 0, -1]].tolist() == [[-6, 6], [6, 6], [-6, -6], [6, -6]]
    np.testing.assert_allclose(np.diff(samples[..., 0], axis=1), 12 / resolution, rtol=1e-4)
    np.testing.assert_allclose(np.diff(samples[..., 1], axis=0), -12 / resolution, rtol=1e-4)
    assert np.ptp(samples[..., 0], axis=0).max() == 0
    assert np.ptp(samples[..., 1], axis=1).max() == 0
    assert networks.PLANE.grid(resolution) is points
    with pytest.raises(ValueError, match="read-only"):
        points[0] = 0


@pytest.mark.parametrize("resolution", plane.LATTICES)
def test_lattices_have_samples_at_whole_numbers(resolution):
    ticks = networks.PLANE.grid(resolution)[: resolution + 1, 0]
    np.testing.assert_allclose(ticks[:: resolution // 12], np.arange(-6, 7), atol=1e-6)


@pytest.mark.parametrize("width", [1, 2, 3, 4, 16, 17, 40])
def test_selector(width):
    rng = np.random.default_rng(width)
    output = rng.normal(size=(5, width)).astype(np.float32)
    basis = rng.normal(size=(width, 3)).astype(np.float32)
    seen = output @ plane.selector(width, basis, neuron=width - 1)
    assert seen.shape == (5, plane.columns(width))
    shown = min(plane.SHOWN, width)
    np.testing.assert_allclose(seen[:, :shown], output[:, :shown], rtol=1e-6)
    np.testing.assert_allclose(plane.projected(seen), output @ basis, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(plane.chosen(seen), output[:, -1], rtol=1e-6)
    nothing = output @ plane.selector(width)
    assert nothing.shape == seen.shape
    assert (nothing[:, shown:] == 0).all()
