"""What the page draws: contours against curves that are known, colours, and what lies where."""

import numpy as np
import pytest

import spec
from lab import network, views
from tests.lab import networks

ORANGE, BLUE, GREEN, GREY = (230, 120, 20), (30, 90, 200), (40, 160, 60), (240, 240, 242)


def sampled(function, resolution):
    """`function(x, y)` on the grid of `resolution`, shape (resolution + 2, resolution + 2)."""
    points = views.grid(resolution).astype(float)
    return function(points[:, 0], points[:, 1]).reshape(resolution + 2, resolution + 2)


def split(points, lengths):
    """The polylines as a list of arrays."""
    assert points.dtype == np.float32
    assert lengths.dtype == np.int32
    assert lengths.sum() == len(points)
    assert points.shape == (len(points), 2)
    return np.split(points, np.cumsum(lengths)[:-1]) if len(lengths) else []


def in_plane(line, resolution):
    """(column, row) positions on the padded grid as points of the plane, by the definition of the grid."""
    cell = 12 / resolution
    return np.stack([(line[:, 0] - 0.5) * cell - 6, 6 - (line[:, 1] - 0.5) * cell], axis=1)


def is_closed(line):
    return len(line) > 2 and (line[0] == line[-1]).all()


# The grid.


@pytest.mark.parametrize("resolution", [4, 16, 100])
def test_grid(resolution):
    points = views.grid(resolution)
    assert points.dtype == np.float32
    plane = points.reshape(resolution + 2, resolution + 2, 2)
    cell = 12 / resolution
    # From the top row, left to right; the first of the squares that tile ±6 is one in from the corner.
    np.testing.assert_allclose(plane[1, 1], [-6 + cell / 2, 6 - cell / 2], rtol=1e-5)
    np.testing.assert_allclose(plane[-2, -2], [6 - cell / 2, -6 + cell / 2], rtol=1e-5)
    np.testing.assert_allclose(np.diff(plane[..., 0], axis=1), cell, rtol=1e-4)
    np.testing.assert_allclose(np.diff(plane[..., 1], axis=0), -cell, rtol=1e-4)
    assert np.ptp(plane[..., 0], axis=0).max() == 0
    assert np.ptp(plane[..., 1], axis=1).max() == 0


# The contour.


@pytest.mark.parametrize("resolution", [16, 48, 100])
@pytest.mark.parametrize("radius", [0.9, 3, 5.3])
@pytest.mark.parametrize("sign", [1, -1])
def test_circle(resolution, radius, sign):
    (line,) = split(*views.contour(sampled(lambda x, y: sign * (x**2 + y**2 - radius**2), resolution)))
    assert is_closed(line)
    line = in_plane(line, resolution)
    cell = 12 / resolution
    # A chord lies inside the curve: interpolating x² over a cell gives up to cell² / 4 too much.
    error = np.abs(np.hypot(*line.T) - radius)
    assert error.max() < (radius - np.sqrt(radius**2 - cell**2 / 4)) * 1.01 + 1e-5
    assert error.max() < 0.15 * cell
    turned = np.unwrap(np.arctan2(line[:, 1], line[:, 0]))
    assert abs(turned[-1] - turned[0]) == pytest.approx(2 * np.pi, abs=1e-4)
    # One walk round, never back, no step longer than a cell's diagonal.
    assert (np.diff(turned) > 0).all() or (np.diff(turned) < 0).all()
    assert np.hypot(*np.diff(line, axis=0).T).max() <= cell * 1.42


def test_straight_line_is_exact_and_reaches_the_padded_edge():
    resolution = 24
    values = sampled(lambda x, y: 2 * x - y + 0.7, resolution)
    (line,) = split(*views.contour(values))
    assert not is_closed(line)
    x, y = in_plane(line, resolution).T
    np.testing.assert_allclose(2 * x - y + 0.7, 0, atol=1e-4)
    ends = line[[0, -1], 1]
    assert sorted(ends) == [0, resolution + 1]
    assert np.abs(y).max() > 6


def test_lines_of_each_direction():
    for function, coordinate in ((lambda x, y: x - 1.23, 0), (lambda x, y: 1.23 - x, 0), (lambda x, y: y - 1.23, 1)):
        (line,) = split(*views.contour(sampled(function, 20)))
        np.testing.assert_allclose(in_plane(line, 20)[:, coordinate], 1.23, atol=1e-5)
        assert len(line) == 22


def test_two_rings_and_a_line():
    def function(x, y):
        left, right = (x + 3) ** 2 + y**2 - 1, (x - 1) ** 2 + y**2 - 1
        return np.minimum(np.minimum(left, right), 4.5 - x)

    lines = split(*views.contour(sampled(function, 60)))
    assert sorted(is_closed(line) for line in lines) == [False, True, True]
    assert sorted(round(float(in_plane(line, 60)[:, 0].mean())) for line in lines) in ([-3, 1, 4], [-3, 1, 5])


@pytest.mark.parametrize(("sign", "corners"), [(1, [(0, 0), (3, 3)]), (-1, [(0, 3), (3, 0)])])
def test_saddle(sign, corners):
    """Four quadrants around one cell: two lines that do not touch, each around a corner above 0."""
    values = sign * np.array([[3.0, 1, -1, -3], [1, 1, -1, -1], [-1, -1, 1, 1], [-3, -1, 1, 3]])
    lines = split(*views.contour(values))
    assert not any(is_closed(line) for line in lines)
    around = []
    for line in lines:
        assert len(line) == 4
        corner = min(corners, key=lambda corner: np.abs(line - corner).sum())
        # Manhattan distances from the corner, in walking order, of a line that turns off before the middle.
        assert np.abs(line - corner).sum(axis=1).tolist() == [1.5, 2.5, 2.5, 1.5]
        around.append(corner)
    assert sorted(around) == corners


@pytest.mark.parametrize("code", range(16))
def test_every_square(code):
    """One square of each kind: every side whose ends differ in sign is crossed once, at the middle."""
    corners = [1 if code & bit else -1 for bit in (1, 2, 4, 8)]
    top_left, top_right, bottom_right, bottom_left = corners
    lines = split(*views.contour(np.array([[top_left, top_right], [bottom_left, bottom_right]], float)))
    sides = {
        (0.5, 0): top_left * top_right,
        (1, 0.5): top_right * bottom_right,
        (0.5, 1): bottom_right * bottom_left,
        (0, 0.5): bottom_left * top_left,
    }
    crossed = sorted(side for side, product in sides.items() if product < 0)
    assert sorted(tuple(point) for line in lines for point in line.tolist()) == crossed
    assert all(len(line) == 2 for line in lines)
    if code in (5, 10):
        # Both lines cut off a corner; neither goes straight across.
        assert all((np.abs(line[0] - line[1]) == 0.5).all() for line in lines)


def test_crossing_is_interpolated():
    (line,) = split(*views.contour(np.array([[-1.0, 3], [-1, 1]])))
    assert sorted(line.tolist()) == [[0.25, 0], [0.5, 1]]


def test_nothing_to_draw():
    for values in (np.ones((6, 6)), -np.ones((6, 6)), np.zeros((6, 6)), np.full((6, 6), np.nan)):
        points, lengths = views.contour(values)
        assert (points.shape, lengths.shape) == ((0, 2), (0,))


def test_values_that_touch_zero_are_finite():
    values = np.zeros((7, 7))
    values[3, 3] = 1
    (line,) = split(*views.contour(values))
    assert is_closed(line)
    assert np.isfinite(line).all()
    np.testing.assert_allclose(np.abs(line - 3).sum(axis=1), 1)


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_cells_that_are_not_finite_are_skipped(hole):
    values = sampled(lambda x, y: y - 0.1, 20)
    values[:, 8] = hole
    lines = split(*views.contour(values))
    assert len(lines) == 2
    assert np.isfinite(np.concatenate(lines)).all()
    columns = sorted((line[:, 0].min(), line[:, 0].max()) for line in lines)
    assert columns == [(0, 7), (9, 21)]


def test_noise_is_drawn_completely():
    """Whatever the values, every edge whose ends differ in sign is crossed, and every line ends at the border."""
    values = np.random.default_rng(3).normal(0, 1, (40, 40))
    above = values > 0
    crossings = (above[:, 1:] != above[:, :-1]).sum() + (above[1:] != above[:-1]).sum()
    lines = split(*views.contour(values))
    assert sum(len(line) - is_closed(line) for line in lines) == crossings
    for line in lines:
        assert np.abs(np.diff(line, axis=0)).max() <= 1
        if not is_closed(line):
            assert all(0 in point or 39 in point for point in line[[0, -1]].tolist())


# Scores and margins.


def test_class_scores():
    output = np.float32([[-0.5, 1.5], [0.25, 0.75]])
    assert views.class_scores(networks.experiment_of(), output) is output
    squared = networks.experiment_of(loss="mean_squared_error")
    assert views.class_scores(squared, output).tolist() == [[0, 1], [0.25, 0.75]]


def test_margins_of_two_classes():
    logits = np.float32([[1, 3], [2, 2], [5, -1]])
    outputs = {"input": logits, "fc1": logits, "softmax": np.float32([[0.1, 0.9]] * 3)}
    assert views.margins(networks.experiment_of(hidden_layers=()), outputs, 2).tolist() == [[2], [0], [-6]]
    outputs = {"input": logits, "fc1": np.float32([[0.1, 0.9], [3, 0.5], [0.9, -0.5]])}
    squared = networks.experiment_of(hidden_layers=(), loss="mean_squared_error")
    np.testing.assert_allclose(views.margins(squared, outputs, 2), [[0.4], [0], [-1]], rtol=1e-6)


def test_margins_of_three_classes():
    logits = np.float32([[1, 3, 2], [2, 2, 0], [0, 0, 5]])
    outputs = {"input": logits, "fc1": logits, "softmax": np.zeros((3, 3), np.float32)}
    margins = views.margins(networks.experiment_of(hidden_layers=()), outputs, 3)
    assert margins.tolist() == [[-2, 1, -1], [0, 0, -2], [-5, -5, 5]]
    squared = networks.experiment_of(hidden_layers=(), loss="mean_squared_error")
    assert views.margins(squared, {"fc1": logits}, 3).tolist() == (logits - 0.5).tolist()


# Colours.


def shade_two(*scores):
    """The colours of points that the second class has these scores for."""
    scores = np.float32(scores)
    return views.shade(np.stack([1 - scores, scores], axis=1), [ORANGE, BLUE, GREY]).astype(int)


def nearness(colour, to):
    """How far a colour lies from neutral on the way to another, 0 to 1."""
    direction = np.subtract(to, GREY)
    return np.dot(colour[:3] - np.array(GREY), direction) / np.dot(direction, direction)


def hue(pixel, colours):
    """Which of `colours` a pixel is a paler shade of."""
    offset = pixel[:3].astype(float) - GREY
    directions = np.subtract(colours, GREY)
    return int(np.argmax(directions @ offset / np.linalg.norm(directions, axis=1)))


def test_shade_of_two_classes():
    pixels = shade_two(0, 0.25, 0.5, 0.75, 1)
    assert pixels.shape == (5, 4)
    assert (pixels[:, 3] == 255).all()
    assert pixels[2, :3].tolist() == list(GREY)
    strengths = [
        nearness(pixels[0], ORANGE),
        nearness(pixels[1], ORANGE),
        nearness(pixels[3], BLUE),
        nearness(pixels[4], BLUE),
    ]
    strong = views.STRENGTH
    np.testing.assert_allclose(strengths, [strong, strong / 2, strong / 2, strong], atol=0.01)
    for pixel, colour, strength in zip(pixels[[0, 1, 3, 4]], (ORANGE, ORANGE, BLUE, BLUE), strengths, strict=True):
        expected = np.array(GREY) + strength * np.subtract(colour, GREY)
        np.testing.assert_allclose(pixel[:3], expected, atol=1.5)


def test_shade_grows_with_certainty():
    pixels = shade_two(*np.linspace(0.5, 1, 50))
    strengths = [nearness(pixel, BLUE) for pixel in pixels]
    assert strengths == sorted(strengths)
    assert len(set(strengths)) > 40


def test_shade_of_what_is_not_a_number_is_neutral():
    scores = np.float32([[np.nan, np.nan], [1, 0]])
    pixels = views.shade(scores, [ORANGE, BLUE, GREY])
    assert pixels[0].tolist() == [*GREY, 255]
    assert pixels[1].tolist() != [*GREY, 255]
    assert pixels.dtype == np.uint8
    three = views.shade(np.full((1, 3), np.nan, np.float32), [ORANGE, BLUE, GREEN, GREY])
    assert three[0].tolist() == [*GREY, 255]


def test_shade_of_three_classes():
    third = 1 / 3
    scores = np.float32([[1, 0, 0], [0, 1, 0], [0, 0, 1], [third, third, third], [0.2, 0.2, 0.6]])
    pixels = views.shade(scores, [ORANGE, BLUE, GREEN, GREY]).astype(int)
    for pixel, colour in zip(pixels[:3], (ORANGE, BLUE, GREEN), strict=True):
        expected = np.array(GREY) + views.STRENGTH * np.subtract(colour, GREY)
        np.testing.assert_allclose(pixel[:3], expected, atol=1.5)
    np.testing.assert_allclose(pixels[3, :3], GREY, atol=1.5)
    # 0.6 is four tenths of the way from an even share to 1.
    assert nearness(pixels[4], GREEN) == pytest.approx(0.4 * views.STRENGTH, abs=0.01)
    assert (pixels[:, 3] == 255).all()


# The whole left view.


def left_view(experiment, parameters, statistics, classes, resolution, palette):
    outputs = network.predict(experiment, parameters, statistics, views.grid(resolution))
    return views.boundary(experiment, outputs, classes, resolution, palette)


def linear_classifier(loss, slope=(1.0, 2.0), offset=-1.5):
    """A network without hidden layers that says class 1 where slope · x + offset > 0."""
    experiment = networks.experiment_of(hidden_layers=(), loss=loss)
    slope, sharp = np.float32(slope), np.float32(1)
    if loss == "cross_entropy":
        kernel, bias = np.stack([-slope, slope], axis=1) * sharp, np.float32([-offset, offset])
    else:
        kernel, bias = np.stack([-slope, slope], axis=1) / 10, np.float32([0.5 - offset / 10, 0.5 + offset / 10])
    return experiment, [kernel, bias]


@pytest.mark.parametrize("loss", spec.LOSSES)
def test_boundary_of_a_linear_classifier(loss):
    experiment, parameters = linear_classifier(loss)
    resolution = 32
    pixels, points, lengths = left_view(experiment, parameters, [], 2, resolution, [ORANGE, BLUE, GREY])
    assert pixels.shape == (resolution, resolution, 4)
    assert pixels.dtype == np.uint8
    (line,) = split(points, lengths)
    np.testing.assert_allclose(line @ [1, 2], 1.5, atol=1e-3)
    # It goes from edge to edge, and beyond.
    assert line[:, 0].min() < -6
    assert line[:, 0].max() > 6
    for row in range(resolution):
        for column in range(resolution):
            x, y = -6 + (column + 0.5) * 12 / resolution, 6 - (row + 0.5) * 12 / resolution
            side = x + 2 * y - 1.5
            if abs(side) > 0.2:
                assert hue(pixels[row, column], (ORANGE, BLUE)) == (1 if side > 0 else 0)
            score = 1 / (1 + np.exp(-2 * side)) if loss == "cross_entropy" else np.clip(0.5 + side / 10, 0, 1)
            strength = nearness(pixels[row, column].astype(int), BLUE if side > 0 else ORANGE)
            assert strength == pytest.approx(views.STRENGTH * abs(2 * score - 1), abs=0.015)
    # Top right is far on the side of class 1, bottom left on that of class 0.
    assert nearness(pixels[0, -1].astype(int), BLUE) == pytest.approx(views.STRENGTH, abs=0.02)
    assert nearness(pixels[-1, 0].astype(int), ORANGE) == pytest.approx(views.STRENGTH, abs=0.02)


def test_boundary_of_three_classes(monkeypatch):
    monkeypatch.setitem(spec.CLASSES, "circle", 3)
    experiment = networks.experiment_of(hidden_layers=())
    angles = np.array([90, 210, 330]) * np.pi / 180
    kernel = np.float32([np.cos(angles), np.sin(angles)])
    palette = [ORANGE, BLUE, GREEN, GREY]
    pixels, points, lengths = left_view(experiment, [kernel, np.zeros(3, np.float32)], [], 3, 60, palette)
    lines = split(points, lengths)
    assert len(lines) == 3
    # The best class's colour at the top, bottom left and bottom right.
    for (row, column), colour in (((1, 30), ORANGE), ((45, 2), BLUE), ((45, 57), GREEN)):
        assert nearness(pixels[row, column].astype(int), colour) > 0.9 * views.STRENGTH
    # Every line runs where the best two classes are equally good.
    scores = np.sort(points @ kernel, axis=1)
    cell = 12 / 60
    assert (scores[:, -1] - scores[:, -2]).max() < cell
    assert np.median(scores[:, -1] - scores[:, -2]) < 1e-3


def test_boundary_predicts_with_running_statistics():
    experiment = networks.experiment_of(normalization="batch_norm", activation="linear")
    parameters, statistics = networks.shaken(experiment)
    palette = [ORANGE, BLUE, GREY]
    pixels, points, _ = left_view(experiment, parameters, statistics, 2, 24, palette)
    outputs = network.predict(experiment, parameters, statistics, points)
    np.testing.assert_allclose(outputs["softmax"], 0.5, atol=1e-2)
    moved = [array + 1 for array in statistics]
    others, _, _ = left_view(experiment, parameters, moved, 2, 24, palette)
    assert (pixels != others).any()


# The right view.


def test_representation():
    activations = np.random.default_rng(0).normal(0, 3, (200, 5)).astype(np.float32)
    points, extent = views.representation(activations, (3, 1))
    np.testing.assert_array_equal(points, activations[:, [3, 1]])
    assert points.dtype == extent.dtype == np.float32
    x, y = activations[:, 3], activations[:, 1]
    assert extent.tolist() == [x.min(), x.max(), y.min(), y.max()]


def test_representation_of_one_dimension():
    activations = np.random.default_rng(0).normal(0, 3, (200, 1)).astype(np.float32)
    points, extent = views.representation(activations, (0,))
    np.testing.assert_array_equal(points[:, 0], activations[:, 0])
    assert -1 <= points[:, 1].min() < -0.9
    assert 0.9 < points[:, 1].max() <= 1
    assert len(set(points[:, 1].tolist())) == 200
    np.testing.assert_array_equal(points, views.representation(activations, (0,))[0])
    assert extent[:2].tolist() == [activations.min(), activations.max()]
    # No two of ten points that follow each other come near each other.
    assert min(np.diff(np.sort(points[start : start + 10, 1])).min() for start in range(190)) > 0.05


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_extent_ignores_what_is_not_finite(hole):
    activations = np.float32([[1, 2], [hole, 100], [100, hole], [-3, 5]])
    points, extent = views.representation(activations, (0, 1))
    assert extent.tolist() == [-3, 1, 2, 5]
    assert points.shape == (4, 2)
    _, extent = views.representation(np.full((4, 2), hole, np.float32), (0, 1))
    assert np.isfinite(extent).all()
