"""The left view: scores, margins, colours, and the boundary of classifiers that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import spec
from lab import boundary, network, plane
from tests.lab import networks
from tests.lab.pictures import BLUE, GREEN, GREY, ORANGE, PALETTE, TEAL, VIOLET, hue, nearness, polylines, view_of

# The left view's side on the screen, in pixels.
SIDE = 440


# Scores and margins.


def test_class_scores():
    output = np.float32([[-0.5, 1.5], [0.25, 0.75]])
    assert boundary.class_scores(networks.experiment_of(), output) is output
    squared = networks.experiment_of(loss="mean_squared_error")
    assert boundary.class_scores(squared, output).tolist() == [[0, 1], [0.25, 0.75]]


def test_margins_of_two_classes():
    logits = np.float32([[1, 3], [2, 2], [5, -1]])
    last = [logits, np.float32([[0.1, 0.9]] * 3)]
    assert boundary.margins(networks.experiment_of(), last, 2).tolist() == [[2, 0, -6]]
    squared = networks.experiment_of(loss="mean_squared_error")
    last = [logits, np.float32([[0.1, 0.9], [3, 0.5], [0.9, -0.5]])]
    np.testing.assert_allclose(boundary.margins(squared, last, 2), [[0.4, 0, -1]], rtol=1e-6)


def test_margins_of_three_classes():
    logits = np.float32([[1, 3, 2], [2, 2, 0], [0, 0, 5]])
    margins = boundary.margins(networks.experiment_of(), [logits, np.zeros((3, 3), np.float32)], 3)
    assert margins.T.tolist() == [[-2, 1, -1], [0, 0, -2], [-5, -5, 5]]
    squared = networks.experiment_of(loss="mean_squared_error")
    assert boundary.margins(squared, [logits, logits], 3).T.tolist() == (logits - 0.5).tolist()


def test_margins_take_no_notice_of_further_columns():
    logits = np.float32([[1, 3, 7, 7, 7], [2, 2, 9, 9, 9]])
    assert boundary.margins(networks.experiment_of(), [logits, logits], 2).tolist() == [[2, 0]]


# Colours.


def shade_two(*scores, shading="probability"):
    """The colours of points that the second class has these scores for."""
    scores = np.float32(scores)
    return boundary.shade(np.stack([1 - scores, scores], axis=1), PALETTE, shading).astype(int)


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
    strong = boundary.STRENGTH
    np.testing.assert_allclose(strengths, [strong, strong / 2, strong / 2, strong], atol=0.01)
    for pixel, colour, strength in zip(pixels[[0, 1, 3, 4]], (ORANGE, ORANGE, BLUE, BLUE), strengths, strict=True):
        expected = np.array(GREY) + strength * np.subtract(colour, GREY)
        np.testing.assert_allclose(pixel[:3], expected, atol=1.5)


def test_shade_grows_with_certainty():
    pixels = shade_two(*np.linspace(0.5, 1, 50))
    strengths = [nearness(pixel, BLUE) for pixel in pixels]
    assert strengths == sorted(strengths)
    assert len(set(strengths)) > 40


@pytest.mark.parametrize("shading", ["probability", "classes", "confidence"])
def test_shade_of_what_is_not_a_number_is_neutral(shading):
    scores = np.float32([[np.nan, np.nan], [1, 0]])
    pixels = boundary.shade(scores, PALETTE, shading)
    assert pixels[0].tolist() == [*GREY, 255]
    assert pixels[1].tolist() != [*GREY, 255]
    assert pixels.dtype == np.uint8
    three = boundary.shade(np.full((1, 3), np.nan, np.float32), PALETTE, shading)
    assert three[0].tolist() == [*GREY, 255]


def test_shade_of_three_classes():
    third = 1 / 3
    scores = np.float32([[1, 0, 0], [0, 1, 0], [0, 0, 1], [third, third, third], [0.2, 0.2, 0.6]])
    pixels = boundary.shade(scores, PALETTE).astype(int)
    for pixel, colour in zip(pixels[:3], (ORANGE, BLUE, GREEN), strict=True):
        expected = np.array(GREY) + boundary.STRENGTH * np.subtract(colour, GREY)
        np.testing.assert_allclose(pixel[:3], expected, atol=1.5)
    np.testing.assert_allclose(pixels[3, :3], GREY, atol=1.5)
    # 0.6 is four tenths of the way from an even share to 1.
    assert nearness(pixels[4], GREEN) == pytest.approx(0.4 * boundary.STRENGTH, abs=0.01)
    assert (pixels[:, 3] == 255).all()


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20))
def test_hard_classes(scores):
    for score, pixel in zip(scores, shade_two(*scores, shading="classes"), strict=True):
        colour = BLUE if score >= 0.5 else ORANGE
        expected = np.array(GREY) + boundary.STRENGTH * np.subtract(colour, GREY)
        np.testing.assert_allclose(pixel[:3], expected, atol=0.51)


def test_hard_classes_of_three():
    scores = np.float32([[0.4, 0.3, 0.3], [0.1, 0.5, 0.4], [0.3, 0.3, 0.4]])
    pixels = boundary.shade(scores, PALETTE, "classes")
    for pixel, colour in zip(pixels, (ORANGE, BLUE, GREEN), strict=True):
        assert nearness(pixel, colour) == pytest.approx(boundary.STRENGTH, abs=0.01)


@given(st.floats(0, 0.5, width=32))
def test_confidence_is_the_same_for_every_class(score):
    one, other = shade_two(score, 1 - np.float32(score), shading="confidence")
    np.testing.assert_allclose(one, other, atol=1.01)
    emphasis = np.mean([ORANGE, BLUE], axis=0)
    assert nearness(one, emphasis) == pytest.approx(boundary.STRENGTH * (1 - 2 * score), abs=0.012)


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=20))
def test_signed_shading(values):
    pixels = boundary.shade_signed(np.float32(values) * 3, 3.0, PALETTE)
    for value, pixel in zip(values, pixels.astype(int), strict=True):
        strength = abs(value) * boundary.STRENGTH
        assert nearness(pixel, TEAL if value > 0 else VIOLET) == pytest.approx(strength, abs=0.01)


def test_signed_shading_of_any_shape():
    values = np.float32([[[1, -1], [0, np.nan]], [[np.inf, -np.inf], [0.5, -0.5]]])
    with np.errstate(all="ignore"):
        pixels = boundary.shade_signed(values, 1.0, PALETTE)
    assert pixels.shape == (2, 2, 2, 4)
    assert pixels.dtype == np.uint8
    assert nearness(pixels[0, 0, 0], TEAL) == pytest.approx(boundary.STRENGTH, abs=0.01)
    assert nearness(pixels[0, 0, 1], VIOLET) == pytest.approx(boundary.STRENGTH, abs=0.01)
    for neutral in (pixels[0, 1, 0], pixels[0, 1, 1], pixels[1, 0, 0], pixels[1, 0, 1]):
        assert neutral.tolist() == [*GREY, 255]


# The whole left view.


def left_view(experiment, parameters, statistics=(), resolution=32, classes=2, **changes):
    outputs = network.predict(experiment, parameters, statistics, plane.grid(resolution))
    view = view_of(experiment, **changes)
    return boundary.draw(experiment, list(outputs.values())[-2:], classes, resolution, view)


def linear_classifier(loss, slope=(1.0, 2.0), offset=-1.5):
    """A network without hidden layers that says class 1 where slope · x + offset > 0."""
    experiment = networks.experiment_of(hidden_layers=(), loss=loss)
    slope = np.float32(slope)
    if loss == "cross_entropy":
        kernel, bias = np.stack([-slope, slope], axis=1), np.float32([-offset, offset])
    else:
        kernel, bias = np.stack([-slope, slope], axis=1) / 10, np.float32([0.5 - offset / 10, 0.5 + offset / 10])
    return experiment, [kernel, bias]


@pytest.mark.parametrize("loss", spec.LOSSES)
def test_linear_classifier(loss):
    experiment, parameters = linear_classifier(loss)
    resolution = 32
    drawn = left_view(experiment, parameters, resolution=resolution)
    pixels = drawn["pixels"]
    assert pixels.shape == (resolution + 1, resolution + 1, 4)
    assert pixels.dtype == np.uint8
    ends = np.concatenate(polylines(drawn["contour"], boundary.UNIT))
    np.testing.assert_allclose(ends @ [1, 2], 1.5, atol=2 * boundary.UNIT)
    # From edge to edge, exactly.
    assert ends[:, 0].min() == -6
    assert ends[:, 0].max() == 6
    for (x, y), pixel in zip(plane.grid(resolution), pixels.reshape(-1, 4), strict=True):
        side = x + 2 * y - 1.5
        if abs(side) > 0.2:
            assert hue(pixel, (ORANGE, BLUE)) == (1 if side > 0 else 0)
        score = 1 / (1 + np.exp(-2 * side)) if loss == "cross_entropy" else np.clip(0.5 + side / 10, 0, 1)
        strength = nearness(pixel, BLUE if side > 0 else ORANGE)
        assert strength == pytest.approx(boundary.STRENGTH * abs(2 * score - 1), abs=0.015)


def distance_to_diamond(points, radius):
    """How far points lie from |x| + |y| = radius."""
    x, y = np.abs(points).T
    # The nearest point of the edge in this quadrant, which the corners end.
    along = np.clip((x - y + radius) / 2, 0, radius)
    return np.hypot(x - along, y - (radius - along))


@pytest.mark.parametrize("radius", [1.7, 3.05, 5.6])
def test_a_relu_networks_boundary_within_a_pixel(radius):
    """|x| + |y| < radius, as relu(x) + relu(-x) + relu(y) + relu(-y) says it: exactly a diamond."""
    experiment = networks.experiment_of(hidden_layers=(4,), activation="relu")
    hidden = np.float32([[1, -1, 0, 0], [0, 0, 1, -1]])
    parameters = [hidden, np.zeros(4, np.float32), np.float32([[0, 1]] * 4), np.float32([radius, 0])]
    lines = polylines(left_view(experiment, parameters, resolution=200)["contour"], boundary.UNIT)
    ends = np.concatenate(lines)
    assert distance_to_diamond(ends, radius).max() < 12 / SIDE
    # Nothing is missing: the lines are as long as the diamond.
    length = sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines)
    assert length == pytest.approx(4 * np.sqrt(2) * radius, rel=0.01)


def test_a_tanh_networks_boundary_within_a_pixel():
    """tanh(2 x) = tanh(y): the line y = 2 x, by numbers that are steep on one side and flat on the other."""
    experiment = networks.experiment_of(hidden_layers=(2,), activation="tanh")
    parameters = [np.float32([[2, 0], [0, 1]]), np.zeros(2, np.float32), np.float32([[1, 0], [0, 1]])]
    drawn = left_view(experiment, [*parameters, np.zeros(2, np.float32)], resolution=200)
    ends = np.concatenate(polylines(drawn["contour"], boundary.UNIT))
    # Where float32's tanh is not yet 1.
    ends = ends[np.abs(ends[:, 1]) < 4]
    assert (np.abs(ends @ [2, -1]) / np.sqrt(5)).max() < 12 / SIDE


def test_three_classes(monkeypatch):
    monkeypatch.setitem(spec.CLASSES, "circle", 3)
    experiment = networks.experiment_of(hidden_layers=())
    angles = np.array([90, 210, 330]) * np.pi / 180
    kernel = np.float32([np.cos(angles), np.sin(angles)])
    drawn = left_view(experiment, [kernel, np.zeros(3, np.float32)], resolution=60, classes=3)
    for (row, column), colour in (((1, 30), ORANGE), ((45, 2), BLUE), ((45, 58), GREEN)):
        assert nearness(drawn["pixels"][row, column], colour) > 0.9 * boundary.STRENGTH
    ends = np.concatenate(polylines(drawn["contour"], boundary.UNIT))
    # Every line runs where the best two classes are equally good.
    scores = np.sort(ends @ kernel, axis=1)
    assert (scores[:, -1] - scores[:, -2]).max() < 12 / 60
    assert np.median(scores[:, -1] - scores[:, -2]) < 2e-3


def test_running_statistics_are_predicted_with():
    experiment = networks.experiment_of(normalization="batch_norm", activation="linear")
    parameters, statistics = networks.shaken(experiment)
    drawn = left_view(experiment, parameters, statistics, 24)
    ends = np.concatenate(polylines(drawn["contour"], boundary.UNIT)).astype(np.float32)
    outputs = network.predict(experiment, parameters, statistics, ends)
    np.testing.assert_allclose(outputs["softmax"], 0.5, atol=1e-2)
    moved = left_view(experiment, parameters, [array + 1 for array in statistics], 24)
    assert (drawn["pixels"] != moved["pixels"]).any()


def test_no_contour():
    experiment, parameters = linear_classifier("cross_entropy")
    assert polylines(left_view(experiment, parameters, contour=False)["contour"]) == []


# Zero lines.


def zero_lines(experiment, parameters, statistics, resolution):
    outputs = network.predict(experiment, parameters, statistics, plane.grid(resolution))
    seen = {name: output @ plane.selector(output.shape[1]) for name, output in outputs.items()}
    return polylines(boundary.zero_lines(experiment, seen, resolution), boundary.UNIT)


def test_zero_lines_of_one_layer():
    experiment = networks.experiment_of(hidden_layers=(3,), activation="relu")
    kernel, bias = np.float32([[1, 0, 1], [0, 1, 1]]), np.float32([-2, 3, 0])
    parameters = [kernel, bias, np.ones((3, 2), np.float32), np.zeros(2, np.float32)]
    ends = np.concatenate(zero_lines(experiment, parameters, [], 24))
    before = ends @ kernel + bias
    assert np.abs(before).min(axis=1).max() < 5e-3
    for neuron in range(3):
        on_its_line = ends[np.abs(before[:, neuron]) < 5e-3]
        assert np.ptp(on_its_line, axis=0).max() == pytest.approx(12, abs=0.01)


@pytest.mark.parametrize("normalization", spec.NORMALIZATIONS)
def test_zero_lines_are_those_of_what_the_activation_takes(normalization):
    experiment = networks.experiment_of(hidden_layers=(20, 2), normalization=normalization)
    parameters, statistics = networks.shaken(experiment)
    ends = np.concatenate(zero_lines(experiment, parameters, statistics, 96)).astype(np.float32)
    outputs = list(network.predict(experiment, parameters, statistics, ends).values())
    names = [name for name, *_ in spec.layers(experiment)]
    inputs = np.concatenate([outputs[names.index(name) - 1][:, :16] for name in ("tanh1", "tanh2")], axis=1)
    scale = np.abs(inputs).max()
    assert np.median(np.abs(inputs).min(axis=1)) < 1e-2 * scale
    assert np.abs(inputs).min(axis=1).max() < 0.1 * scale


def test_no_zero_lines_without_hidden_layers():
    assert (
        zero_lines(networks.experiment_of(hidden_layers=()), [np.eye(2, dtype=np.float32), np.zeros(2)], [], 12) == []
    )
