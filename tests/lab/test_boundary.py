"""The left view: margins, colours, and the boundary of classifiers that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import boundary, datasets, network, plane, shadings, tasks
from spec import registry, shape
from tests import data_sets
from tests.lab import networks
from tests.lab.pictures import BLUE, GREEN, GREY, ORANGE, PALETTE, TEAL, VIOLET, hue, nearness, polylines, view_of

# The left view's side on the screen, in pixels.
SIDE = 440


# Margins.


def task_of(loss, classes):
    """The task of data with so many classes."""
    data = datasets.assemble(np.zeros((classes, 2)), np.arange(classes), [0], [], classes, registry.CLASSIFICATION)
    return tasks.Classification(networks.experiment_of(loss=loss), data)


def test_margins_of_two_classes():
    logits = np.float32([[1, 3], [2, 2], [5, -1]])
    last = [logits, np.float32([[0.1, 0.9]] * 3)]
    assert task_of("cross_entropy", 2).margins(last).tolist() == [[2, 0, -6]]
    last = [logits, np.float32([[0.1, 0.9], [3, 0.5], [0.9, -0.5]])]
    np.testing.assert_allclose(task_of("mean_squared_error", 2).margins(last), [[0.4, 0, -1]], rtol=1e-6)


@pytest.mark.parametrize("loss", networks.CLASSIFYING)
def test_margins_of_three_classes(loss):
    """With either loss the class is that of the largest number, as the plane is shaded."""
    outputs = np.float32([[1, 3, 2], [2, 2, 0], [0, 0, 5]])
    last = [outputs, np.zeros((3, 3))] if loss == "cross_entropy" else [np.zeros((3, 3)), outputs]
    assert task_of(loss, 3).margins(last).T.tolist() == [[-2, 1, -1], [0, 0, -2], [-5, -5, 5]]


@pytest.mark.parametrize("loss", networks.CLASSIFYING)
@pytest.mark.parametrize("classes", range(3, 11))
def test_margins_of_many_classes(loss, classes):
    rng = np.random.default_rng(classes)
    outputs = rng.normal(size=(50, classes + 4)).astype(np.float32)
    task = task_of(loss, classes)
    margins = task.margins([outputs, outputs])
    assert margins.shape == (classes, 50)
    for sample in range(50):
        values = outputs[sample, :classes].tolist()
        for number, value in enumerate(values):
            others = values[:number] + values[number + 1 :]
            assert margins[number, sample] == pytest.approx(value - max(others), rel=1e-5, abs=1e-6)
    between = task.colours_between(margins[:, :25], margins[:, 25:])
    assert between.dtype == np.uint8
    assert between.tolist() == np.argmax(margins[:, :25] + margins[:, 25:], axis=0).tolist()


def test_margins_take_no_notice_of_further_columns():
    logits = np.float32([[1, 3, 7, 7, 7], [2, 2, 9, 9, 9]])
    assert task_of("cross_entropy", 2).margins([logits, logits]).tolist() == [[2, 0]]


@pytest.mark.parametrize("loss", networks.CLASSIFYING)
def test_a_single_class_has_no_boundary(loss):
    last = [np.ones((5, 1), np.float32)] * 2
    task = task_of(loss, 1)
    assert task.margins(last).shape == (0, 5)
    assert task.colours_between(*[task.shades(last)[:, :4]] * 2).tolist() == [0] * 4
    pixels = boundary.shade(np.float32([[1.0], [0.0], [np.nan]]), PALETTE)
    assert nearness(pixels[0], ORANGE) == pytest.approx(shadings.STRENGTH, abs=0.01)
    assert pixels[1:, :3].tolist() == [list(GREY)] * 2


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
    strong = shadings.STRENGTH
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
        expected = np.array(GREY) + shadings.STRENGTH * np.subtract(colour, GREY)
        np.testing.assert_allclose(pixel[:3], expected, atol=1.5)
    np.testing.assert_allclose(pixels[3, :3], GREY, atol=1.5)
    # 0.6 is four tenths of the way from an even share to 1.
    assert nearness(pixels[4], GREEN) == pytest.approx(0.4 * shadings.STRENGTH, abs=0.01)
    assert (pixels[:, 3] == 255).all()


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20))
def test_hard_classes(scores):
    for score, pixel in zip(scores, shade_two(*scores, shading="classes"), strict=True):
        colour = BLUE if score >= 0.5 else ORANGE
        expected = np.array(GREY) + shadings.STRENGTH * np.subtract(colour, GREY)
        np.testing.assert_allclose(pixel[:3], expected, atol=0.51)


@pytest.mark.parametrize("offset", [0, 2, -2])
def test_hard_classes_of_three(offset):
    """Also where all numbers are beyond 0 or 1, as they may be without a softmax."""
    scores = np.float32([[0.4, 0.3, 0.3], [0.1, 0.5, 0.4], [0.3, 0.3, 0.4]])
    pixels = boundary.shade(scores + np.float32(offset), PALETTE, "classes")
    for pixel, colour in zip(pixels, (ORANGE, BLUE, GREEN), strict=True):
        assert nearness(pixel, colour) == pytest.approx(shadings.STRENGTH, abs=0.01)


@given(st.floats(0, 0.5, width=32))
def test_confidence_is_the_same_for_every_class(score):
    one, other = shade_two(score, 1 - np.float32(score), shading="confidence")
    np.testing.assert_allclose(one, other, atol=1.01)
    emphasis = np.mean([ORANGE, BLUE], axis=0)
    assert nearness(one, emphasis) == pytest.approx(shadings.STRENGTH * (1 - 2 * score), abs=0.012)


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=20))
def test_signed_shading(values):
    pixels = boundary.shade_signed(np.float32(values) * 3, 3.0, PALETTE)
    for value, pixel in zip(values, pixels.astype(int), strict=True):
        strength = abs(value) * shadings.STRENGTH
        assert nearness(pixel, TEAL if value > 0 else VIOLET) == pytest.approx(strength, abs=0.01)


def test_signed_shading_of_any_shape():
    values = np.float32([[[1, -1], [0, np.nan]], [[np.inf, -np.inf], [0.5, -0.5]]])
    with np.errstate(all="ignore"):
        pixels = boundary.shade_signed(values, 1.0, PALETTE)
    assert pixels.shape == (2, 2, 2, 4)
    assert pixels.dtype == np.uint8
    assert nearness(pixels[0, 0, 0], TEAL) == pytest.approx(shadings.STRENGTH, abs=0.01)
    assert nearness(pixels[0, 0, 1], VIOLET) == pytest.approx(shadings.STRENGTH, abs=0.01)
    for neutral in (pixels[0, 1, 0], pixels[0, 1, 1], pixels[1, 0, 0], pixels[1, 0, 1]):
        assert neutral.tolist() == [*GREY, 255]


# The whole left view.


def left_view(experiment, parameters, statistics=(), resolution=32, **changes):
    outputs = network.predict(experiment, parameters, statistics, networks.PLANE.grid(resolution))
    view = view_of(experiment, **changes)
    return boundary.draw(networks.task_of(experiment), list(outputs.values())[-2:], resolution, view)


def linear_classifier(loss, slope=(1.0, 2.0), offset=-1.5):
    """A network without hidden layers that says class 1 where slope · x + offset > 0."""
    experiment = networks.experiment_of(hidden_layers=(), loss=loss)
    slope = np.float32(slope)
    if loss == "cross_entropy":
        kernel, bias = np.stack([-slope, slope], axis=1), np.float32([-offset, offset])
    else:
        kernel, bias = np.stack([-slope, slope], axis=1) / 10, np.float32([0.5 - offset / 10, 0.5 + offset / 10])
    return experiment, [kernel, bias]


@pytest.mark.parametrize("loss", networks.CLASSIFYING)
def test_linear_classifier(loss):
    experiment, parameters = linear_classifier(loss)
    resolution = 32
    drawn = left_view(experiment, parameters, resolution=resolution)
    pixels = drawn["pixels"]
    assert pixels.shape == (resolution + 1, resolution + 1, 4)
    assert pixels.dtype == np.uint8
    ends = np.concatenate(polylines(drawn["contour"], networks.PLANE.unit))
    np.testing.assert_allclose(ends @ [1, 2], 1.5, atol=2 * networks.PLANE.unit)
    # From edge to edge, exactly.
    assert ends[:, 0].min() == -6
    assert ends[:, 0].max() == 6
    for (x, y), pixel in zip(networks.PLANE.grid(resolution), pixels.reshape(-1, 4), strict=True):
        side = x + 2 * y - 1.5
        if abs(side) > 0.2:
            assert hue(pixel, (ORANGE, BLUE)) == (1 if side > 0 else 0)
        score = 1 / (1 + np.exp(-2 * side)) if loss == "cross_entropy" else np.clip(0.5 + side / 10, 0, 1)
        strength = nearness(pixel, BLUE if side > 0 else ORANGE)
        assert strength == pytest.approx(shadings.STRENGTH * abs(2 * score - 1), abs=0.015)


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
    lines = polylines(left_view(experiment, parameters, resolution=200)["contour"], networks.PLANE.unit)
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
    ends = np.concatenate(polylines(drawn["contour"], networks.PLANE.unit))
    # Where float32's tanh is not yet 1.
    ends = ends[np.abs(ends[:, 1]) < 4]
    assert (np.abs(ends @ [2, -1]) / np.sqrt(5)).max() < 12 / SIDE


def known_classes(classes, loss):
    """An experiment without hidden layers, the kernel by which class k lies towards angle k, and a palette for it."""
    angles = 2 * np.pi * np.arange(classes) / classes + 0.3
    kernel = np.float32([np.cos(angles), np.sin(angles)])
    key = "three_classes" if classes == 3 else "ten_classes"
    hues = [(20 * number, 250 - 23 * number, (90 * number) % 250) for number in range(classes)]
    return (
        networks.experiment_of(hidden_layers=(), dataset=key, loss=loss),
        angles,
        kernel,
        {**PALETTE, "classes": hues},
    )


@pytest.mark.parametrize("loss", networks.CLASSIFYING)
@pytest.mark.parametrize("classes", [3, 10])
def test_more_than_two_classes(classes, loss):
    with data_sets.entered():
        experiment, angles, kernel, palette = known_classes(classes, loss)
        parameters = [kernel, np.zeros(classes, np.float32)]
        drawn = left_view(experiment, parameters, resolution=60, palette=palette, shading="classes")
    for number, angle in enumerate(angles):
        column, row = round(30 + 25 * np.cos(angle)), round(30 - 25 * np.sin(angle))
        assert nearness(drawn["pixels"][row, column], palette["classes"][number]) == pytest.approx(
            shadings.STRENGTH, abs=0.02
        )
    ends = np.concatenate(polylines(drawn["contour"], networks.PLANE.unit))
    # Every line runs where the best two classes are equally good.
    scores = np.sort(ends @ kernel, axis=1)
    assert (scores[:, -1] - scores[:, -2]).max() < 12 / 60
    assert np.median(scores[:, -1] - scores[:, -2]) < 2e-3


def test_regression_is_shaded_around_the_middle_of_its_targets():
    with data_sets.entered():
        experiment = networks.experiment_of(hidden_layers=(), dataset="plane_target")
        data = datasets.load(experiment)
        least, largest = data.targets.min(), data.targets.max()
        middle, scale = (least + largest) / 2, (largest - least) / 2
        # x / 6 of the way from the middle to the largest, and at x > 6 no further.
        parameters = [np.float32([[scale / 6], [0]]), np.float32([middle])]
        drawn = left_view(experiment, parameters, resolution=24)
    for (x, _), pixel in zip(networks.PLANE.grid(24), drawn["pixels"].reshape(-1, 4), strict=True):
        strength = nearness(pixel, TEAL if x > 0 else VIOLET)
        assert strength == pytest.approx(shadings.STRENGTH * abs(x) / 6, abs=0.015)


def fitted(key, mean=0.0, scale=1.0, **choices):
    """`(task, data, plane, parameters, outputs by hand)` of a shaken network that predicts a number of one kind."""
    experiment = networks.experiment_of(dataset=key, hidden_layers=(4,), **choices)
    data = datasets.load(experiment)._replace(value_mean=mean, value_scale=scale)
    task = tasks.task_of(experiment, data)
    numbers = task.in_units(np.array(task.range)).tolist()
    on_plane = plane.plane_of(data.inputs, registry.trait("dataset", key, "extent"), numbers=numbers)
    parameters, _ = networks.shaken(experiment)
    kernel, bias, last, shift = (array.astype(float) for array in parameters)

    def by_hand(inputs):
        return (np.tanh(np.asarray(inputs, float) @ kernel + bias) @ last + shift)[:, 0]

    return task, data, on_plane, (experiment, parameters), by_hand


@pytest.mark.parametrize(("mean", "scale"), [(0.0, 1.0), (5e4, 2e4)])
def test_the_curve_of_one_input_is_what_the_network_says(mean, scale):
    task, _, on_plane, (experiment, parameters), by_hand = fitted("curve", mean, scale)
    last = list(network.predict(experiment, parameters, [], on_plane.grid(48)).values())[-2:]
    drawn = boundary.draw(task, last, 48, view_of(experiment), None, on_plane)
    lines = np.array(polylines(drawn["contour"], on_plane.unit)) + np.array([on_plane.x, on_plane.y])
    assert lines.shape == (48, 2, 2)
    np.testing.assert_array_equal(lines[1:, 0], lines[:-1, 1])
    assert lines[0, 0, 0] == pytest.approx(-on_plane.half)
    assert lines[-1, 1, 0] == pytest.approx(on_plane.half)
    number, slope = on_plane.up
    said = number + slope * lines[..., 1].ravel()
    expected = by_hand(lines[..., 0].reshape(-1, 1)) * scale + mean
    np.testing.assert_allclose(said, expected, atol=3 * slope * on_plane.unit)
    assert len(drawn["contour_labels"]) == 0
    assert not len(boundary.draw(task, last, 48, view_of(experiment, contour=False), None, on_plane)["contour"])


def test_a_curve_breaks_where_it_is_no_number():
    _, _, on_plane, _, _ = fitted("curve")
    path = boundary.curve(np.array([0.1, 0.2, np.nan, 0.3, 0.4, np.inf]), on_plane)
    assert len(polylines(path)) == 2


@pytest.mark.parametrize("key", ["gaussians", "curve"])
def test_residuals_are_as_long_as_they_are(key):
    task, data, on_plane, _, by_hand = fitted(key, 100.0, 10.0)
    predicted = by_hand(data.inputs)
    places = on_plane.coordinates(data.inputs, task.in_units(data.targets[:, 0]))
    output = predicted[:, None].astype(np.float32)
    path = boundary.residuals(task, places, output, data.targets, on_plane)
    lines = np.array(polylines(path, on_plane.unit)) + np.array([on_plane.x, on_plane.y])
    assert len(lines) == 200
    np.testing.assert_allclose(lines[:, 0], places, atol=on_plane.unit)
    np.testing.assert_allclose(lines[:, 1, 0], places[:, 0], atol=on_plane.unit)
    if key == "curve":
        number, slope = on_plane.up
        ends = number + slope * lines[:, 1, 1]
        np.testing.assert_allclose(ends, 100 + 10 * predicted, atol=2 * slope * on_plane.unit)
    else:
        targets = data.targets[:, 0].astype(float)
        share = (targets - predicted) / (targets.max() - targets.min())
        np.testing.assert_allclose(lines[:, 1, 1] - lines[:, 0, 1], share * on_plane.half, atol=3 * on_plane.unit)
        assert (lines[targets > predicted + 0.1, 1, 1] > lines[targets > predicted + 0.1, 0, 1]).all()


def test_running_statistics_are_predicted_with():
    experiment = networks.experiment_of(normalization="batch_norm", activation="linear")
    parameters, statistics = networks.shaken(experiment)
    drawn = left_view(experiment, parameters, statistics, 24)
    ends = np.concatenate(polylines(drawn["contour"], networks.PLANE.unit)).astype(np.float32)
    outputs = network.predict(experiment, parameters, statistics, ends)
    np.testing.assert_allclose(outputs["softmax"], 0.5, atol=1e-2)
    moved = left_view(experiment, parameters, [array + 1 for array in statistics], 24)
    assert (drawn["pixels"] != moved["pixels"]).any()


def test_no_contour():
    experiment, parameters = linear_classifier("cross_entropy")
    assert polylines(left_view(experiment, parameters, contour=False)["contour"]) == []


# Zero lines.


def zero_lines(experiment, parameters, statistics, resolution):
    outputs = network.predict(experiment, parameters, statistics, networks.PLANE.grid(resolution))
    seen = {name: output @ plane.selector(output.shape[1]) for name, output in outputs.items()}
    return polylines(boundary.zero_lines(experiment, seen, resolution), networks.PLANE.unit)


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


@pytest.mark.parametrize("normalization", registry.entries("normalization"))
def test_zero_lines_are_those_of_what_the_activation_takes(normalization):
    experiment = networks.experiment_of(hidden_layers=(20, 2), normalization=normalization)
    parameters, statistics = networks.shaken(experiment)
    ends = np.concatenate(zero_lines(experiment, parameters, statistics, 96)).astype(np.float32)
    outputs = list(network.predict(experiment, parameters, statistics, ends).values())
    names = [name for name, *_ in shape.layers(experiment)]
    inputs = np.concatenate([outputs[names.index(name) - 1][:, :16] for name in ("tanh1", "tanh2")], axis=1)
    scale = np.abs(inputs).max()
    assert np.median(np.abs(inputs).min(axis=1)) < 1e-2 * scale
    assert np.abs(inputs).min(axis=1).max() < 0.1 * scale


def test_no_zero_lines_without_hidden_layers():
    assert (
        zero_lines(networks.experiment_of(hidden_layers=()), [np.eye(2, dtype=np.float32), np.zeros(2)], [], 12) == []
    )


def mixed(colour, share):
    """The colour for a share of certainty, as the default shading mixes it."""
    return np.array(GREY) + shadings.STRENGTH * share * (np.array(colour) - np.array(GREY))


def assert_ramp(pixels, colours, shares):
    """Whether a ramp has the mixture of each share at that share of its length, the first and the last at its ends."""
    for colour, certainty, at in zip(colours, shares, np.linspace(0, boundary.SAMPLES - 1, len(shares)), strict=True):
        # In the middle of an even number of colours there are two.
        near = pixels[[int(np.floor(at)), int(np.ceil(at))], :3].astype(float)
        assert np.abs(near - mixed(colour, certainty)).max() <= 5
    assert (pixels[:, 3] == 255).all()


def test_the_scale_of_probabilities_goes_from_class_to_class():
    task = networks.task_of(networks.experiment_of())
    pixels, values = boundary.scale(task, "probability", PALETTE, 0.0)
    assert values.tolist() == [0, 1, 0.5]
    assert_ramp(pixels[0], [ORANGE, BLUE, BLUE], [1, 0, 1])
    pixels, _ = boundary.scale(task, "classes", PALETTE, 0.0)
    assert_ramp(pixels[0], [ORANGE, BLUE], [1, 1])
    pixels, values = boundary.scale(task, "confidence", PALETTE, 0.0)
    assert values[:2].tolist() == [0.5, 1]
    assert np.isnan(values[2])
    assert_ramp(pixels[0], [np.mean([ORANGE, BLUE], axis=0)] * 3, [0, 0.5, 1])


def test_the_scale_of_a_neuron_goes_as_far_to_both_sides():
    task = networks.task_of(networks.experiment_of())
    pixels, values = boundary.scale(task, "neuron", PALETTE, 2.5)
    assert values.tolist() == [-2.5, 2.5, 0]
    assert_ramp(pixels[0], [VIOLET, VIOLET, VIOLET, TEAL, TEAL], [1, 0.5, 0, 0.5, 1])


def test_of_many_classes_each_has_a_scale_from_chance_to_certainty():
    with data_sets.entered():
        task = networks.task_of(networks.experiment_of(dataset="ten_classes"))
        pixels, values = boundary.scale(task, "probability", PALETTE, 0.0)
    assert pixels.shape == (10, boundary.SAMPLES, 4)
    assert values[:2].tolist() == pytest.approx([0.1, 1])
    for ramp, colour in zip(pixels, PALETTE["classes"], strict=True):
        assert_ramp(ramp, [colour] * 3, [0, 0.5, 1])


def test_the_scale_of_a_prediction_has_the_values_of_the_target():
    with data_sets.entered():
        experiment = networks.experiment_of(dataset="plane_target")
        task, targets = networks.task_of(experiment), datasets.load(experiment).targets[:, 0]
        pixels, values = boundary.scale(task, "probability", PALETTE, 0.0)
        distance, reach = boundary.scale(task, "confidence", PALETTE, 0.0)
    low, high = targets.min(), targets.max()
    assert values.tolist() == pytest.approx([low, high, (low + high) / 2], abs=1e-6)
    assert_ramp(pixels[0], [VIOLET, VIOLET, VIOLET, TEAL, TEAL], [1, 0.5, 0, 0.5, 1])
    assert reach[:2].tolist() == pytest.approx([0, (high - low) / 2])
    assert_ramp(distance[0], [np.mean([VIOLET, TEAL], axis=0)] * 3, [0, 0.5, 1])
