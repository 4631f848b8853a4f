"""The toy sets lie where their definitions say, whatever the number of points, the noise and the number of classes."""

import math

import numpy as np
import pytest

from lab import choices, datasets, toy_sets
from spec import fields, registry

ENTRIES = {key: entry for key, entry in registry.entries("dataset").items() if not entry.traits.get("table")}
CLASSES = [key for key in ENTRIES if ENTRIES[key].traits["task"] == registry.CLASSIFICATION]
NUMBERS = [key for key in ENTRIES if key not in CLASSES]
COUNTED = [key for key in ENTRIES if "classes" in ENTRIES[key].traits["takes"]]
# A set's own noise may carry a point of these over the line between two classes.
WITHOUT_END = ("gaussian", "moons", "blobs")


def drawn(key, rows=2000, seed=0, **options):
    """`(inputs, values)` of a data set's function."""
    return choices.function_of("dataset", key)(np.random.default_rng([seed, 0]), rows, **options)


def radius_and_turn(inputs):
    """The distance from the middle, and the angle from the y axis clockwise."""
    return np.hypot(*inputs.T), np.arctan2(inputs[:, 0], inputs[:, 1])


# What class a point is of by where it lies.


def checkerboard(x, y):
    return (math.floor((x + 5) / 2.5) + math.floor((y + 5) / 2.5)) % 2


def squares(x, y):
    return math.floor(max(abs(x), abs(y)) / 1.25) % 2


def sine(x, y):
    return int(y > 2 * math.sin(x))


def cubic(x, y):
    return int(y > (x * x * x - 12 * x) / 14)


def absolute(x, y):
    return int(y > max(x, -x) - 2.25)


def circle(x, y):
    return int(math.hypot(x, y) > 2.7)


def xor(x, y):
    return int(x * y > 0)


def rings(x, y):
    return math.floor(math.hypot(x, y) * 3 / 5)


PLACES = (checkerboard, squares, sine, cubic, absolute, xor, rings)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_classes_lie_apart_with_their_own_noise_and_less_and_not_with_more(place):
    for noise, right in ((0.0, 1), (0.5, 1), (1.0, 1), (10.0, 0.75)):
        inputs, labels = drawn(place.__name__, noise=noise)
        share = np.mean([place(x, y) == label for (x, y), label in zip(inputs.tolist(), labels, strict=True)])
        assert share == 1 if right == 1 else share < right


@pytest.mark.parametrize("key", CLASSES)
def test_neighbours_are_of_one_class_until_noise_drowns_them(key):
    """By the fifteen nearest of all points, and more so the less noise there is."""

    def share(noise):
        inputs, labels = drawn(key, 800, noise=noise)
        distances = ((inputs[:, None] - inputs) ** 2).sum(axis=2)
        np.fill_diagonal(distances, np.inf)
        votes = np.eye(labels.max() + 1)[labels[np.argsort(distances, axis=1)[:, :15]]].sum(axis=1)
        guessing = 1 / (labels.max() + 1)
        return ((votes.argmax(axis=1) == labels).mean() - guessing) / (1 - guessing)

    shares = [share(noise) for noise in (0.0, 1.0, 10.0)]
    assert shares[0] > 0.95
    assert shares[1] > 0.75
    assert shares[2] < 0.5


@pytest.mark.parametrize("key", ENTRIES)
@pytest.mark.parametrize("rows", [20, 21, 33, 20_000])
@pytest.mark.parametrize("classes", [None, 2, 10])
def test_any_number_of_rows_and_classes(key, rows, classes):
    if classes and key not in COUNTED:
        return
    outputs = classes or ENTRIES[key].traits["outputs"]
    inputs, values = drawn(key, rows, **({"classes": classes} if classes else {}))
    assert inputs.shape == (rows, ENTRIES[key].traits["inputs"])
    assert values.shape == (rows,)
    assert np.isfinite(inputs).all() and np.isfinite(values).all()
    if key in NUMBERS:
        assert np.abs(values).max() < 2
        return
    counts = np.bincount(values, minlength=outputs)
    assert len(counts) == outputs
    if key != "xor":
        assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("key", ENTRIES)
def test_the_plane_that_is_shown_has_room_for_them(key):
    extremes = [np.abs(drawn(key, 200, seed)[0]).max() for seed in range(40)]
    assert 4 < max(extremes) < (7.5 if key in WITHOUT_END else 6)


@pytest.mark.parametrize("key", ENTRIES)
def test_noise_moves_points_and_leaves_what_it_moves_the_same(key):
    without, values = drawn(key, 300, noise=0.0)
    for noise in (0.5, 1.0, 3.0):
        inputs, noisy = drawn(key, 300, noise=noise)
        if key in NUMBERS:
            np.testing.assert_array_equal(inputs, without)
            assert np.std(noisy - values) == pytest.approx(0.1 * noise, rel=0.15)
        else:
            np.testing.assert_array_equal(noisy, values) if key != "xor" else None
            assert 0 < np.abs(inputs - without).max() <= noise * 8
        # As much of what it is at full strength.
        if key not in ("spiral", "pinwheel", "rings", "xor"):
            full, all_noisy = drawn(key, 300, noise=1.0)
            np.testing.assert_allclose(inputs, without + noise * (full - without), atol=1e-9)
            if key in NUMBERS:
                np.testing.assert_allclose(noisy, values + noise * (all_noisy - values), atol=1e-9)


@pytest.mark.parametrize("key", ENTRIES)
def test_the_field_noise_is_a_share_of_the_sets_own(key):
    for noise in (0, 50, 100, 1000):
        data = datasets.load({**fields.defaults(), "dataset": key, "noise": noise, "points": 60, "seed": 3})
        inputs, values = drawn(key, 60, 3, noise=noise / 100)
        np.testing.assert_array_equal(data.inputs, inputs.astype(np.float32))
        expected = values if key in CLASSES else values[:, None].astype(np.float32)
        np.testing.assert_array_equal(data.labels if key in CLASSES else data.targets, expected)


def test_the_originals_are_what_they_were():
    """Some of their points, as the lab had them before there were options."""
    known = {
        "spiral": [(0, 0.10869, 0.48804), (99, 2.21953, 3.91455), (150, -1.72218, 1.83998)],
        "circle": [(0, 1.02993, -0.21350), (99, -1.30417, 0.61653), (150, -1.15487, 2.37032)],
        "gaussian": [(0, 2.62573, 2.36790), (99, 2.02741, 3.08634), (150, -1.29674, -1.86293)],
        "xor": [(0, 1.09786, -1.70380), (99, 4.51599, 0.78467), (150, 3.81161, 0.48110)],
    }
    for key, points in known.items():
        data = datasets.load({**fields.defaults(), "dataset": key})
        for row, *place in points:
            np.testing.assert_allclose(data.inputs[row], place, atol=1e-5)


def test_moons():
    inputs, labels = drawn("moons", noise=0.0)
    for label, side in ((0, -1), (1, 1)):
        x, y = (inputs[labels == label] - [1.5 * side, 0.75 * side]).T
        np.testing.assert_allclose(np.hypot(x, y), 3)
        # The upper half of the left circle and the lower half of the right one, from end to end.
        assert (side * y <= 0).all()
        assert x.min() < -2.9 and x.max() > 2.9
    noisy, _ = drawn("moons", 20_000)
    without, _ = drawn("moons", 20_000, noise=0.0)
    assert (noisy - without).std() == pytest.approx(0.3, rel=0.02)


def test_every_square_of_the_checkerboard_has_points_away_from_its_edges():
    inputs, labels = drawn("checkerboard", noise=0.0)
    column, row = np.floor((inputs + 5) / 2.5).astype(int).T
    assert sorted(set(zip(column.tolist(), row.tolist(), strict=True))) == [(i, j) for i in range(4) for j in range(4)]
    assert np.abs(inputs / 2.5 - np.round(inputs / 2.5)).min() * 2.5 >= 0.25 - 1e-9
    assert (((column + row) % 2) == labels).all()


def test_the_frames_of_the_squares_go_all_the_way_round():
    inputs, labels = drawn("squares", noise=0.0)
    distance = np.abs(inputs).max(axis=1)
    frame = np.floor(distance / 1.25).astype(int)
    assert (frame % 2 == labels).all()
    assert np.abs(distance / 1.25 - np.round(distance / 1.25)).min() * 1.25 >= 0.25 - 1e-9
    for number in range(4):
        x, y = inputs[frame == number].T
        sides = np.where(np.abs(x) > np.abs(y), np.where(x > 0, 0, 1), np.where(y > 0, 2, 3))
        assert np.bincount(sides, minlength=4).min() > 0.2 * len(x)


@pytest.mark.parametrize(
    ("key", "curve"),
    [
        ("sine", lambda x: 2 * math.sin(x)),
        ("cubic", lambda x: x * (x - math.sqrt(12)) * (x + math.sqrt(12)) / 14),
        ("absolute", lambda x: math.sqrt(x * x) - 2.25),
    ],
)
def test_above_or_below_a_curve(key, curve):
    inputs, labels = drawn(key, noise=0.0)
    above = np.array([y - curve(x) for x, y in inputs])
    assert ((above > 0) == labels).all()
    assert 0.4 - 1e-9 <= np.abs(above).min() < 0.45
    assert 2.95 < np.abs(above).max() <= 3 + 1e-9
    assert np.abs(inputs[:, 0]).max() <= 4.5


@pytest.mark.parametrize("classes", range(2, 11))
def test_pinwheel(classes):
    inputs, labels = drawn("pinwheel", noise=0.0, classes=classes)
    radius, turn = radius_and_turn(inputs)
    assert radius.min() >= 0.8 and radius.max() <= 5
    apart = 2 * np.pi / classes
    # How many arms further on a point lies than its own.
    off = (turn - 0.3 * radius) / apart - labels
    np.testing.assert_allclose(off, np.round(off / classes) * classes, atol=1e-9)
    radius, turn = radius_and_turn(drawn("pinwheel", classes=classes)[0])
    off = (turn - 0.3 * radius) / apart - labels
    off -= np.round(off / classes) * classes
    assert 0.28 < np.abs(off).max() <= 0.3 + 1e-9


@pytest.mark.parametrize("classes", range(2, 11))
def test_rings(classes):
    for noise, least, most in ((0.0, 0.2, 0.8), (1.0, 0, 1)):
        inputs, labels = drawn("rings", 4000, noise=noise, classes=classes)
        inside = np.hypot(*inputs.T) * classes / 5 - labels
        assert least - 1e-9 <= inside.min() < least + 0.1
        assert most - 0.1 < inside.max() <= most + 1e-9
    _, turn = radius_and_turn(inputs)
    for label in range(classes):
        assert (
            np.bincount(((turn[labels == label] + np.pi) // (np.pi / 2)).astype(int) % 4).min() > 0.15 * 4000 / classes
        )


@pytest.mark.parametrize("classes", range(2, 11))
def test_blobs(classes):
    inputs, labels = drawn("blobs", 6000, classes=classes)
    without, _ = drawn("blobs", 6000, classes=classes, noise=0.0)
    for label in range(classes):
        angle = 2 * math.pi * label / classes
        middle = 4 * math.sin(angle), 4 * math.cos(angle)
        np.testing.assert_allclose(without[labels == label], np.tile(middle, ((labels == label).sum(), 1)))
        np.testing.assert_allclose(inputs[labels == label].mean(axis=0), middle, atol=0.12)
        np.testing.assert_allclose(inputs[labels == label].std(axis=0), [0.6, 0.6], atol=0.08)


def hills(x, y):
    """Three hills and three hollows, each half as high at a distance of 1."""
    signs = {(-4, 2.5): 1, (0, 2.5): -1, (4, 2.5): 1, (-4, -2.5): -1, (0, -2.5): 1, (4, -2.5): -1}
    return sum(sign * 0.5 ** ((x - a) ** 2 + (y - b) ** 2) for (a, b), sign in signs.items())


TARGETS = {
    "plane": (lambda x, y: 0.1 * x + 0.1 * y, 1e-9),
    "gaussians": (hills, 0.005),
    "ripples": (lambda x, y: math.cos(math.pi * math.sqrt(x * x + y * y) / 2), 1e-9),
    "curve": (lambda x: (4 * math.sin(1.5 * x) + x) / 8, 1e-9),
}


@pytest.mark.parametrize("key", NUMBERS)
def test_numbers_to_predict(key):
    expected, tolerance = TARGETS[key]
    inputs, targets = drawn(key, noise=0.0)
    np.testing.assert_allclose(targets, [expected(*row) for row in inputs.tolist()], atol=tolerance)
    assert 5.4 < np.abs(inputs).max() <= toy_sets.REACH == 5.5
    assert np.abs(inputs.mean(axis=0)).max() < 0.3
    if key == "gaussians":
        # As in TensorFlow Playground, where a cone of radius 2 has half its height at a distance of 1.
        for x, y, sign in ((-4, 2.5, 1), (0, 2.5, -1), (4, -2.5, -1)):
            near = np.hypot(*(inputs - [x, y]).T) < 0.3
            assert near.any() and (sign * targets[near] > 0.9).all()
