"""Contours against curves that are known and against marching squares cell by cell; paths against their definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lab import contour, network
from lab.contour import BREAK, LIMIT
from tests.lab import networks

# The drawn plane, ±6, on a canvas of 440 pixels.
PIXEL = 12 / 440


def plane(resolution):
    """Corners of resolution × resolution squares over ±6, from the top row, left to right."""
    ticks = np.linspace(-6, 6, resolution + 1)
    x, y = np.meshgrid(ticks, ticks[::-1])
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)


def sampled(function, resolution):
    x, y = plane(resolution).astype(float).T
    return function(x, y).reshape(resolution + 1, resolution + 1)


def in_plane(values):
    """The segments of a contour in the plane, shape (segments, 2, 2)."""
    return contour.at(contour.crossings(values), plane(len(values) - 1))


def on_grid(values):
    """The segments in (column, row) positions."""
    rows, columns = values.shape[-2:]
    samples = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2).astype(np.float32)
    return contour.at(contour.crossings(values), samples)


def edges_of(crossings):
    """A segment as an unordered pair of edges, each a pair of samples, sorted."""
    ends = np.stack([crossings.first, crossings.second], axis=2).tolist()
    return sorted(tuple(sorted(tuple(end) for end in segment)) for segment in ends)


def cell_by_cell(values):
    """Marching squares by its definition: pairs of edges whose ends differ, as `edges_of` writes them."""
    rows, columns = values.shape
    found = []
    for row in range(rows - 1):
        for column in range(columns - 1):
            # Around the cell from the top left.
            corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
            if not all(np.isfinite(values[corner]) for corner in corners):
                continue
            above = [values[corner] > 0 for corner in corners]
            numbers = [r * columns + c for r, c in corners]
            sides = [tuple(sorted((numbers[i], numbers[(i + 1) % 4]))) for i in range(4)]
            crossed = [i for i in range(4) if above[i] != above[(i + 1) % 4]]
            if len(crossed) == 4:
                # Each corner above is cut off by the sides before and after it.
                found += [tuple(sorted((sides[i - 1], sides[i]))) for i in range(4) if above[i]]
            elif crossed:
                found.append(tuple(sorted(sides[i] for i in crossed)))
    return sorted(found)


# Against the truth.


@pytest.mark.parametrize("resolution", [16, 48, 100])
@pytest.mark.parametrize("radius", [0.9, 3, 5.3])
@pytest.mark.parametrize("sign", [1, -1])
def test_circle(resolution, radius, sign):
    segments = in_plane(sampled(lambda x, y: sign * (x**2 + y**2 - radius**2), resolution))
    cell = 12 / resolution
    error = np.abs(np.hypot(segments[..., 0], segments[..., 1]) - radius)
    # A chord lies inside the curve: interpolating x² over a cell gives up to cell² / 4 too much.
    assert error.max() < (radius - np.sqrt(radius**2 - cell**2 / 4)) * 1.01 + 1e-5
    # All the way round, once: the segments' angles add up to a full turn.
    angles = np.arctan2(segments[..., 1], segments[..., 0])
    turned = np.abs((np.diff(angles, axis=1) + np.pi) % (2 * np.pi) - np.pi)
    assert turned.sum() == pytest.approx(2 * np.pi, abs=1e-4)


def test_linear_field_is_exact_from_edge_to_edge():
    segments = in_plane(sampled(lambda x, y: 2 * x - y + 0.7, 24))
    np.testing.assert_allclose(segments @ [2, -1] + 0.7, 0, atol=2e-6)
    assert (segments[..., 1].min(), segments[..., 1].max()) == (-6, 6)
    length = np.hypot(*np.diff(segments, axis=1)[:, 0].T).sum()
    assert length == pytest.approx(np.hypot(12, 6), rel=1e-5)


@given(st.floats(0, 6.28), st.floats(-5, 5))
def test_any_linear_field_is_exact(angle, offset):
    a, b = np.cos(angle), np.sin(angle)
    segments = in_plane(sampled(lambda x, y: a * x + b * y - offset, 20))
    np.testing.assert_allclose(segments @ [a, b] - offset, 0, atol=5e-6)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
@pytest.mark.parametrize("loss", ["cross_entropy", "mean_squared_error"])
def test_boundary_of_a_network_within_a_pixel(activation, loss):
    """Less than a pixel around every crossing, and all the way along, the network says one class and the other."""
    experiment = networks.experiment_of(activation=activation, loss=loss, hidden_layers=(8, 4))
    parameters, statistics = networks.shaken(experiment)

    def margin(points):
        outputs = list(network.predict(experiment, parameters, statistics, points.astype(np.float32)).values())
        scores = outputs[-2 if loss == "cross_entropy" else -1].astype(float)
        return scores[:, 1] - scores[:, 0]

    # As the weights are drawn the boundary may lie anywhere: through the middle of the plane it is long.
    middle = margin(np.float32([[0.3, 0.2]]))
    segments = in_plane((margin(plane(100)) - middle).reshape(101, 101))
    assert len(segments) > 80
    places = np.concatenate([segments.reshape(-1, 2), segments.mean(axis=1)])
    turns = np.arange(16) * np.pi / 8
    ring = 0.9 * PIXEL * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    around = np.stack([margin(places + move) for move in ring]) - middle
    wrong = ((around.min(axis=0) > 0) | (around.max(axis=0) < 0)).mean()
    # The folds of a ReLU give the boundary corners, sharper than samples five pixels apart can follow.
    assert wrong <= (0.02 if activation == "relu" else 0)


def test_known_classifier_within_a_pixel():
    """Logits of a ring between two circles: the boundary is known, and curved."""
    segments = in_plane(sampled(lambda x, y: 3 * np.tanh((np.hypot(x, y) - 2.2) * (4.1 - np.hypot(x, y))), 100))
    radius = np.hypot(segments[..., 0], segments[..., 1])
    assert np.minimum(np.abs(radius - 2.2), np.abs(radius - 4.1)).max() < PIXEL / 2


# Cells.


@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(2, 6), st.integers(2, 6)),
        elements=st.sampled_from([-2, -1, -0.0, 0, 1, 3, np.nan, np.inf, -np.inf]),
    )
)
def test_cells_one_by_one(values):
    found = contour.crossings(values)
    assert edges_of(found) == cell_by_cell(values)
    ends = values.ravel().astype(float)
    share = ends[found.first] / (ends[found.first] - ends[found.second])
    np.testing.assert_allclose(found.share, share, atol=1e-6)
    assert found.share.dtype == np.float32
    assert ((found.share >= 0) & (found.share <= 1)).all()


def test_noise():
    values = np.random.default_rng(3).normal(size=(40, 31))
    assert edges_of(contour.crossings(values)) == cell_by_cell(values)


@pytest.mark.parametrize(("sign", "corners"), [(1, [(0, 0), (1, 1)]), (-1, [(0, 1), (1, 0)])])
def test_saddle_is_two_segments_around_the_corners_above(sign, corners):
    segments = on_grid(sign * np.array([[1.0, -3], [-3, 1]]))
    assert len(segments) == 2
    distances = [[np.abs(segment - corner).sum(axis=1).tolist() for corner in corners] for segment in segments]
    assert sorted([0.25, 0.25] in around for around in distances) == [sign > 0, sign > 0]
    if sign < 0:
        assert all([0.75, 0.75] in around for around in distances)


def test_neighbouring_cells_meet_exactly():
    """The two cells beside an edge put the crossing at the same place, to the last bit."""
    values = np.random.default_rng(5).normal(size=(30, 30)).astype(np.float32)
    ends = on_grid(values).reshape(-1, 2)
    places, counts = np.unique(ends, axis=0, return_counts=True)
    at_border = ((places == 0) | (places == 29)).any(axis=1)
    assert (counts[at_border] == 1).all()
    assert (counts[~at_border] == 2).all()


def test_stack_is_field_by_field():
    rng = np.random.default_rng(1)
    fields = rng.normal(size=(7, 12, 9)).astype(np.float32)
    fields[2, 3, 4] = np.nan
    fields[5] = 1
    together = contour.crossings(fields)
    alone = [contour.crossings(field) for field in fields]
    assert len(alone[5].first) == 0
    for name in contour.Crossings._fields:
        np.testing.assert_array_equal(
            getattr(together, name), np.concatenate([getattr(crossings, name) for crossings in alone])
        )
    assert len(contour.crossings(fields[:0]).first) == 0


def test_a_slice_of_a_larger_array():
    large = np.random.default_rng(2).normal(size=(3, 20, 20)).astype(np.float32)
    part = large[:, 2:-2:2, 1:-1]
    for one, other in zip(contour.crossings(part), contour.crossings(part.copy()), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_cells_that_are_not_finite_are_left_out(hole):
    values = sampled(lambda x, y: y - 0.1, 20)
    values[:, 8] = hole
    segments = on_grid(values)
    assert np.isfinite(segments).all()
    columns = np.sort(segments[..., 0], axis=1)
    assert sorted(columns[:, 0].tolist()) == [*range(7), *range(9, 20)]
    assert (columns[:, 1] == columns[:, 0] + 1).all()


@pytest.mark.parametrize("value", [1.0, -1.0, 0.0, np.nan])
def test_nothing_to_draw(value):
    crossings = contour.crossings(np.full((6, 6), value))
    assert [part.shape for part in crossings] == [(0, 2)] * 3
    assert contour.at(crossings, np.zeros((36, 5), np.float32)).shape == (0, 2, 5)
    assert contour.as_path(contour.at(crossings, np.zeros((36, 2), np.float32)), 0.001).size == 0


def test_largest_numbers():
    largest = np.finfo(np.float32).max
    crossings = contour.crossings(np.float32([[-largest, largest], [-largest, largest]]))
    np.testing.assert_array_equal(crossings.share, 0.5)


# Interpolation.


def test_at_is_interpolation():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(9, 11)).astype(np.float32)
    samples = rng.normal(size=(99, 6)).astype(np.float32)
    crossings = contour.crossings(values)
    found = contour.at(crossings, samples)
    assert found.dtype == np.float32
    assert found.shape == (len(crossings.first), 2, 6)
    for segment in range(len(found)):
        for end in range(2):
            first, second = crossings.first[segment, end], crossings.second[segment, end]
            share = values.flat[first] / (values.flat[first] - values.flat[second])
            expected = samples[first] + share * (samples[second] - samples[first])
            np.testing.assert_allclose(found[segment, end], expected, rtol=1e-4, atol=1e-5)
    # The field itself is 0 there.
    np.testing.assert_allclose(contour.at(crossings, values.reshape(-1, 1)), 0, atol=1e-6)


# Paths.


def path_by_definition(points, unit):
    path = []
    for line in points.tolist():
        if np.isfinite(line).all():
            if path:
                path.append(BREAK)
            path += [int(min(max(np.rint(value / unit), -LIMIT), LIMIT)) for point in line for value in point]
    return path


@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(0, 5), st.integers(1, 4), st.just(2)),
        elements=st.one_of(
            st.integers(-4000, 4000).map(lambda eighths: eighths / 8),
            st.sampled_from([np.nan, np.inf, -np.inf, 1e9, -1e9, 3e38, -3e38]),
        ),
    ),
    st.sampled_from([1, 0.5, 0.125, 2.0**-40]),
)
def test_path_by_definition(points, unit):
    path = contour.as_path(points, unit)
    assert path.dtype == np.int32
    assert path.flags.c_contiguous
    assert path.tolist() == path_by_definition(points, unit)


def test_path():
    points = np.float32([[[0.001, -0.002], [1, 2]], [[np.nan, 0], [0, 0]], [[0.0014, 0.0016], [5000, -np.inf]]])
    assert contour.as_path(points, 0.001).tolist() == [1, -2, 1000, 2000]
    points = np.float32([[[0.001, -0.002], [1, 2]], [[0.0014, 0.0016], [5000, -5000]]])
    assert contour.as_path(points, 0.001).tolist() == [1, -2, 1000, 2000, BREAK, 1, 2, LIMIT, -LIMIT]


@pytest.mark.parametrize("points", [np.zeros((0, 2, 2)), np.full((3, 2, 2), np.nan)])
def test_empty_path(points):
    path = contour.as_path(points, 0.001)
    assert path.dtype == np.int32
    assert path.shape == (0,)
