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


# Where it lies.


def cloud(rows, inputs, scale=1.0, middle=0.0, seed=0):
    rng = np.random.default_rng(seed)
    return (middle + scale * rng.normal(size=(rows, inputs)) * np.linspace(1, 3, inputs)).astype(np.float32)


def square(found):
    return found.x, found.y, found.half


def test_the_toy_sets_keep_their_square_as_long_as_all_points_lie_there():
    inside = np.float32([[5.9, -6], [0, 1]])
    assert square(plane.plane_of(inside, 6)) == (0, 0, 6)
    x, y, half = square(plane.plane_of(np.float32([[6.1, -6], [0, 1]]), 6))
    assert half > 3
    assert x - half < 0 < 6.1 < x + half
    assert y - half < -6 < 1 < y + half


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 0.7, 1, 12, 345, 1e6])
@pytest.mark.parametrize("middle", [0, 1, -37.5])
def test_the_square_follows_the_points(scale, middle):
    inputs = cloud(300, 2, scale, middle * scale)
    x, y, half = square(plane.plane_of(inputs))
    step = half / 6
    # A round number, and the middle is a multiple of it.
    mantissa = step / 10.0 ** np.floor(np.log10(step) + 1e-9)
    assert min(abs(mantissa - digits) for digits in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8)) < 1e-6
    for centre in (x, y):
        assert centre / step == pytest.approx(round(centre / step), abs=1e-6)
    reach = np.abs(inputs - [x, y]).max()
    # All have room, and no smaller square would do that is much smaller.
    assert reach <= 5.5 * step * (1 + 1e-6)
    assert reach > 3 * step


def test_points_in_one_place_and_at_the_origin():
    assert square(plane.plane_of(np.float32([[3, -2]]))) == pytest.approx((3, -2, 3.6), abs=0.5)
    assert square(plane.plane_of(np.zeros((5, 2), np.float32)))[2] > 0


def test_one_input_is_its_own_place_and_spread_in_height():
    inputs = cloud(100, 1, 2.0, 5.0)
    found = plane.plane_of(inputs)
    places = found.coordinates(inputs)
    np.testing.assert_allclose(places[:, 0], inputs[:, 0], rtol=1e-6)
    heights = places[:, 1] - found.y
    assert 0.25 * found.half < heights.max() <= 0.3 * found.half
    assert len(np.unique(heights.round(6))) == 100
    # Whatever the height, a place stands for its input.
    np.testing.assert_allclose(found.inputs_at([[4.5, 1.0], [4.5, -1.0]]), [[4.5], [4.5]])


@pytest.mark.parametrize("extent", [None, 30])
@pytest.mark.parametrize(("least", "largest"), [(-1.5, 2.5), (150_000.0, 900_000.0), (7.0, 7.0)])
def test_a_number_to_predict_goes_up_beside_one_input(extent, least, largest):
    inputs = cloud(50, 1, 2.0, 5.0)
    numbers = np.linspace(least, largest, 50)
    found = plane.plane_of(inputs, extent, numbers=(least, largest))
    places = found.coordinates(inputs, numbers)
    np.testing.assert_allclose(places[:, 0], inputs[:, 0], rtol=1e-6)
    number, slope = found.up
    np.testing.assert_allclose(number + slope * places[:, 1], numbers, rtol=1e-5)
    np.testing.assert_allclose(found.heights(numbers), places[:, 1], atol=1e-5 * found.half)
    reach = (least < largest) * plane.TALL * found.half
    assert places[0, 1] - found.y == pytest.approx(-reach, abs=1e-4)
    assert places[-1, 1] - found.y == pytest.approx(reach, abs=1e-4)
    # The height is no input.
    np.testing.assert_allclose(found.inputs_at([[4.5, 1.0], [4.5, -1.0]]), [[4.5], [4.5]])
    assert plane.plane_of(cloud(50, 2), numbers=(least, largest)).up is None


@pytest.mark.parametrize("inputs", [3, 10, 64])
def test_more_inputs_are_seen_along_their_first_principal_components(inputs):
    values = cloud(400, inputs, 2.0, 7.0, seed=inputs)
    found = plane.plane_of(values)
    centred = values - values.mean(axis=0, dtype=np.float64)
    _, spread, _ = np.linalg.svd(centred, full_matrices=False)
    places = found.coordinates(values).astype(np.float64)
    # Their sums of squares are the largest that two directions can have, and they are at right angles.
    np.testing.assert_allclose((places**2).sum(axis=0), spread[:2] ** 2, rtol=1e-4)
    assert abs((places[:, 0] * places[:, 1]).sum()) < 1e-3 * spread[0] * spread[1]
    np.testing.assert_allclose(found.directions @ found.directions.T, np.eye(2), atol=1e-9)
    # There and back.
    np.testing.assert_allclose(found.coordinates(found.inputs_at(places)), places, atol=1e-4 * found.half)
    np.testing.assert_allclose(found.inputs_at([[0, 0]])[0], values.mean(axis=0), rtol=1e-5)
    grid = found.grid(12)
    assert grid.shape == (169, inputs)
    samples = found.samples(12)
    assert len(samples) == 169
    np.testing.assert_array_equal(samples[20:90], grid[20:90])
    corners = found.coordinates(grid[[0, 12, -13, -1]])
    expected = [[found.x + across * found.half, found.y + up * found.half] for up in (1, -1) for across in (-1, 1)]
    np.testing.assert_allclose(corners, expected, atol=1e-4 * found.half)


def test_a_plane_that_was_told():
    values = cloud(50, 5)
    origin, directions = np.array([1, 2, 3, 4, 5.0]), np.array([[0, 0, 1, 0, 0], [0, 2.0, 0, 0, 0]])
    found = plane.plane_of(values, told=(origin, directions))
    np.testing.assert_allclose(found.coordinates(values)[:, 0], values[:, 2] - 3, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.coordinates(values)[:, 1], (values[:, 1] - 2) / 2, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.inputs_at([[0.5, 1.5]]), [[1, 5, 3.5, 4, 5]])


def test_paths_of_the_plane_are_relative_to_its_middle():
    found = plane.plane_of(cloud(50, 2, 1e6, 3e6))
    corners = plane.corners(24) * found.unit + [found.x, found.y]
    np.testing.assert_allclose(corners, found.grid(24), rtol=1e-6)
