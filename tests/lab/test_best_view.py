"""The best view against what it says of itself: computed independently, for any classes, and while a network learns."""

import itertools
import time
import warnings

import numpy as np
import pytest

from lab import best_view, datasets, probe
from lab.best_view import STEADY
from lab.plain import PlainTrainer
from lab.plane import plane_of
from lab.projections import Given, best
from lab.projector import DURATION, Projector
from lab.stage import Stage
from spec import registry, shape
from tests import data_sets
from tests.lab import networks
from tests.lab.pictures import as_kept, view_of

WIDE = 7
LAYER = "tanh2"


@pytest.fixture(autouse=True)
def warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def clouds(counts, width=WIDE, seed=0, apart=1.0):
    """`(activations, targets)`: a cloud for each class, flat in most directions, at a distance from each other."""
    rng = np.random.default_rng([seed, width, len(counts)])
    labels = np.repeat(np.arange(len(counts)), counts)
    spreads = 2.0 * 0.02 ** (np.arange(width) / width)
    turn, _ = np.linalg.qr(rng.normal(size=(width, width)))
    middles = apart * rng.normal(size=(len(counts), width))
    points = (middles[labels] + rng.normal(size=(len(labels), width))) * spreads @ turn + rng.normal(size=width)
    return points.astype(np.float32), np.eye(len(counts), dtype=np.float32)[labels]


def seen(activations, targets, classes=True, **given):
    """`(projected, places)` of a best view by the probe fitted to all rows; places are where it is drawn."""
    weights = probe.linear_probe(activations, targets)
    projected = best(activations, Given(view_of(networks.experiment_of()), probe=weights, classes=classes, **given))
    centred = activations - activations.mean(axis=0, dtype=float)
    return projected, centred @ projected.basis[:, :2]


def by_least_squares(activations, targets):
    """The predictions of plain least squares."""
    features = np.column_stack([activations, np.ones(len(activations))]).astype(float)
    return features @ np.linalg.lstsq(features, targets, rcond=None)[0]


def correlation(one, other):
    return abs(np.corrcoef(one, other)[0, 1])


def line_of(projected, activations):
    """The x of the upright line, where the rows' mean is 0."""
    return projected.upright - activations.mean(axis=0, dtype=float) @ projected.basis[:, 0]


@pytest.fixture
def quick(monkeypatch):
    """Every probe counts as cheap, and is fitted to its end for every picture."""
    monkeypatch.setattr(probe, "CHEAP", float("inf"))
    monkeypatch.setattr(probe, "WORK", float("inf"))


# Two classes.


@pytest.mark.parametrize("width", [4, WIDE, 60])
@pytest.mark.parametrize("counts", [(100, 100), (30, 150)])
def test_a_row_lies_to_the_right_of_the_line_exactly_if_the_probe_says_class_1(width, counts):
    activations, targets = clouds(counts, width)
    projected, places = seen(activations, targets)
    said = by_least_squares(activations, targets)
    clear = np.abs(said[:, 1] - said[:, 0]) > 1e-4
    assert clear.mean() > 0.95
    right = places[:, 0] > line_of(projected, activations)
    np.testing.assert_array_equal(right[clear], said.argmax(axis=1)[clear])
    assert places[targets[:, 1] == 1, 0].mean() > places[targets[:, 0] == 1, 0].mean()


def test_no_direction_parts_better():
    """In the sense of least squares; neither one near to it, nor any other."""
    activations, targets = clouds((100, 100))
    _, places = seen(activations, targets)
    wanted = targets[:, 1] - targets[:, 0]

    def error(x):
        features = np.column_stack([x, np.ones(len(x))])
        return np.square(features @ np.linalg.lstsq(features, wanted, rcond=None)[0] - wanted).sum()

    least = error(places[:, 0])
    rng = np.random.default_rng(0)
    centred = activations - activations.mean(axis=0)
    for size in (0.001, 0.1, 1, 1000):
        for _ in range(200):
            assert error(places[:, 0] + size * centred @ rng.normal(size=WIDE)) >= least * (1 - 1e-6)


@pytest.mark.parametrize("width", [4, WIDE, 100])
def test_across_is_the_most_of_what_x_leaves(width):
    activations, targets = clouds((120, 80), width)
    projected, places = seen(activations, targets)
    np.testing.assert_allclose(places.std(axis=0), 1, rtol=1e-6)
    assert correlation(*places.T) < 1e-6
    features = np.column_stack([places[:, 0], np.ones(200)])
    rest = activations - features @ np.linalg.lstsq(features, activations.astype(float), rcond=None)[0]
    left, scales, _ = np.linalg.svd(rest, full_matrices=False)
    assert scales[1] < 0.95 * scales[0]
    assert correlation(places[:, 1], left[:, 0]) > 1 - 1e-5
    assert not projected.basis[:, 2].any()
    assert not projected.spatial


def test_a_line_without_width_has_nothing_across():
    activations = np.outer(np.linspace(-1, 1, 40), np.arange(1, 6)).astype(np.float32)
    targets = np.eye(2, dtype=np.float32)[np.repeat([0, 1], 20)]
    projected, places = seen(activations, targets)
    assert np.abs(places[:, 1]).max() < 1e-5
    assert (places[:20, 0] < line_of(projected, activations)).all()
    assert (places[20:, 0] > line_of(projected, activations)).all()


# More classes, and numbers.


@pytest.mark.parametrize("counts", [(50, 80, 30), (40, 40, 40, 40, 40)])
def test_more_classes_are_seen_in_the_plane_of_the_discriminant_coordinates(counts):
    """Fisher's: the largest eigenvalues of between-class by within-class scatter; any sizes for three classes."""
    activations, targets = clouds(counts)
    projected, places = seen(activations, targets)
    assert projected.upright is None
    labels = targets.argmax(axis=1)
    middles = np.array([activations[labels == label].mean(axis=0, dtype=float) for label in range(len(counts))])
    within = activations - middles[labels]
    between = middles[labels] - activations.mean(axis=0, dtype=float)
    values, vectors = np.linalg.eig(np.linalg.solve(within.T @ within, between.T @ between))
    expected = activations @ vectors.real[:, np.argsort(-values.real)[:2]]
    expected -= expected.mean(axis=0)
    # The same plane: each of the one is a sum of the others.
    weights, *_ = np.linalg.lstsq(places, expected, rcond=None)
    np.testing.assert_allclose(places @ weights, expected, atol=1e-3 * np.abs(expected).max())
    assert np.square(places).mean() == pytest.approx(1)


def test_a_predicted_number_runs_to_the_right():
    activations, _ = clouds((100, 100))
    number = np.tanh(activations[:, :1]) + 0.1 * activations[:, 1:2]
    projected, places = seen(activations, number, classes=False)
    predicted = by_least_squares(activations, number)[:, 0]
    assert np.corrcoef(places[:, 0], predicted)[0, 1] > 1 - 1e-6
    assert projected.upright is None
    assert correlation(*places.T) < 1e-6


def test_several_numbers_are_seen_in_the_plane_of_their_predictions():
    activations, _ = clouds((100, 100))
    numbers = np.tanh(activations[:, :2]) * [1, 3]
    projected, places = seen(activations, numbers.astype(np.float32), classes=False)
    predicted = by_least_squares(activations, numbers)
    predicted -= predicted.mean(axis=0)
    weights, *_ = np.linalg.lstsq(places, predicted, rcond=None)
    np.testing.assert_allclose(places @ weights, predicted, atol=1e-4)
    assert projected.upright is None


# Nothing to part by.


def nothing_to_part_by():
    points, targets = clouds((100, 100))
    equal, one_class = np.full_like(points, 0.3), np.eye(2, dtype=np.float32)[np.zeros(200, int)]
    yield "one class", points, one_class
    yield "single class", points, np.ones((200, 1), np.float32)
    yield "all equal", equal, targets
    yield "all 0", np.zeros_like(points), targets
    yield "equal but for rounding", equal + np.float32(3e-8) * (points > 0), targets
    yield "one row", points[:1], targets[:1]
    yield "huge", np.full_like(points, 3.4e38), targets


@pytest.mark.parametrize(("name", "activations", "targets"), list(nothing_to_part_by()))
def test_nothing_to_part_by(name, activations, targets):
    weights = probe.linear_probe(activations, targets)
    projector = Projector(networks.experiment_of(hidden_layers=(2, WIDE)))
    shown = projector.project(LAYER, activations, view_of(networks.experiment_of()), weights)
    assert shown.upright.tolist() == []
    for array in shown[:2]:
        assert np.isfinite(array).all()
    if "class" in name:
        _, scales, _ = np.linalg.svd(activations - activations.mean(axis=0), full_matrices=False)
        spreads = (activations.astype(float) @ shown.basis[:, :2]).std(axis=0)
        assert spreads[1] / spreads[0] == pytest.approx(scales[1] / scales[0], rel=1e-4)
    else:
        assert shown.half == 1


def test_one_row_of_each_class():
    activations, targets = clouds((1, 1))
    projected, places = seen(activations, targets)
    assert places[0, 0] < line_of(projected, activations) < places[1, 0]


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_left_out(hole):
    """There is no probe then, and the picture is that of the variance of the others."""
    activations, _ = clouds((100, 100))
    activations[3, 2] = hole
    projector = Projector(networks.experiment_of(hidden_layers=(2, WIDE)))
    shown = projector.project(LAYER, activations, view_of(networks.experiment_of()))
    assert shown.upright.tolist() == []
    places = np.delete(activations, 3, axis=0) @ shown.basis - shown.centre
    assert np.isfinite(places).all()
    np.testing.assert_allclose(np.square(places[:, :2]).mean(), 1, rtol=1e-3)
    nothing = projector.project(LAYER, np.full_like(activations, hole), view_of(networks.experiment_of()))
    np.testing.assert_allclose(nothing.basis, shown.basis, rtol=1e-6)


# Turned towards what was seen.


def random_turns(count):
    """Rotations and reflections of the plane."""
    for angle in np.random.default_rng(1).uniform(0, 2 * np.pi, count):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        yield turn
        yield turn @ np.diag([1, -1])


@pytest.mark.parametrize("seed", range(5))
def test_a_plane_is_turned_so_that_no_other_turn_brings_the_rows_nearer(seed):
    activations, targets = clouds((60, 60, 60), seed=seed)
    other, _ = clouds((60, 60, 60), width=4, seed=seed + 100)
    reference = other[:, :2] @ np.array([[0, 3], [-3, 0]])
    _, places = seen(activations, targets, beside=[reference])
    around = reference - reference.mean(axis=0)
    least = np.square(places - around).sum()
    assert all(np.square(places @ turn - around).sum() >= least for turn in random_turns(300))
    # The plane itself is the same as without.
    _, alone = seen(activations, targets)
    np.testing.assert_allclose(places @ places.T, alone @ alone.T, atol=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_where_x_has_a_meaning_only_y_is_mirrored(seed):
    activations, targets = clouds((90, 90), seed=seed)
    reference, _ = clouds((90, 90), width=2, seed=seed + 50)
    _, alone = seen(activations, targets)
    _, places = seen(activations, targets, beside=[reference])
    np.testing.assert_allclose(places[:, 0], alone[:, 0], atol=1e-9)
    np.testing.assert_allclose(np.abs(places[:, 1]), np.abs(alone[:, 1]), atol=1e-9)
    around = reference - reference.mean(axis=0)
    assert np.square(places - around).sum() <= np.square(places * [1, -1] - around).sum()


def test_the_layer_in_sight_stays_and_the_one_that_comes_is_turned_to_it():
    experiment = networks.experiment_of(hidden_layers=(2, WIDE, 6))
    activations, targets = clouds((90, 90))
    after = np.tanh(activations @ np.random.default_rng(0).normal(size=(WIDE, 6))).astype(np.float32)
    weights = [probe.linear_probe(values, targets) for values in (activations, after)]
    layers = [(LAYER, activations, weights[0]), ("fc3", after, weights[1])]
    for first, second in (layers, layers[::-1]):
        projector = Projector(experiment)
        alone = [Projector(experiment).project(*layer[:2], view_of(experiment), layer[2]) for layer in layers]
        shown = [
            projector.project(*layer[:2], view_of(experiment, seconds=0.1 * index), layer[2])
            for index, layer in enumerate((first, second))
        ]
        places = [layer[1] @ each.basis - each.centre for layer, each in zip((first, second), shown, strict=True)]
        assert (places[0][:, 1] * places[1][:, 1]).sum() >= 0
        np.testing.assert_allclose(shown[0].basis, alone[layers.index(first)].basis, atol=1e-6)
        # Seen again it is the same.
        again = projector.project(*first[:2], view_of(experiment, seconds=0.2), first[2])
        np.testing.assert_array_equal(again.basis, shown[0].basis)


# While a network learns.


class Scene:
    """A run, its stage, and what the page would know of the picture."""

    def __init__(self, **choices):
        self.experiment = networks.experiment_of(**choices)
        self.data = datasets.load(self.experiment)
        self.trainer = PlainTrainer(self.experiment, self.data)
        extent = registry.trait("dataset", self.experiment["dataset"], "extent")
        self.stage = Stage(self.experiment, self.data, plane_of(self.data.inputs, extent))
        self.kept, self.seconds, self.steps = {}, 0.0, 0

    def train(self, steps):
        self.trainer.train(networks.rates(0.01), self.steps, steps)
        self.steps += steps

    def draw(self, **changes):
        """The picture, a sixtieth of a second later."""
        self.seconds += 1 / 60
        changes = {"seconds": self.seconds, "calm": False, "grid": False, "milliseconds": 0, **changes}
        told = self.stage.draw(self.trainer, view_of(self.experiment, **changes))
        if "pixels" in told:
            self.kept = as_kept(self.kept, told)
        return self.kept


@pytest.mark.parametrize(
    "choices",
    [
        {"dataset": "circle", "hidden_layers": (8,)},
        {"dataset": "spiral", "hidden_layers": (8, 8)},
        {"dataset": "spiral", "hidden_layers": (32, 12), "activation": "relu", "normalization": "batch_norm"},
        {"dataset": "gaussian", "hidden_layers": (5,)},
        {"dataset": "xor", "hidden_layers": (4,), "loss": "mean_squared_error"},
    ],
    ids=networks.name_of,
)
def test_what_is_seen_right_of_the_line_is_what_separability_says(quick, choices):
    """Counted on the picture, at rest and while it learns; computed from nothing as well."""
    scene = Scene(**choices)
    training, labels = scene.data.training, scene.data.labels
    probes = None
    for steps in (0, 1, 50, 300):
        scene.train(steps)
        for number, (layer, _, width) in enumerate(shape.layers(scene.experiment)):
            # A layer is there at once when it comes into sight.
            drawn = scene.draw(layer=layer)
            probes = drawn.get("probes", probes)
            for _ in range(3):
                drawn = scene.draw(layer=layer)
                probes = drawn.get("probes", probes)
            if width <= 3:
                assert drawn["upright"].tolist() == drawn["parted"].tolist() == []
                continue
            right = drawn["positions"][:, 0] > drawn["upright"][0]
            share = (right == labels)[training].mean()
            assert share == pytest.approx(drawn["parted"][0], abs=1.1 / len(training))
            activations = scene.trainer.outputs([layer])[layer]
            given = scene.stage.task, activations, scene.data.targets, training, scene.data.held_out
            told = networks.qualities_of(*given)[0]
            assert drawn["parted"][0] == pytest.approx(told, abs=1e-6), layer
            # The bars are about the same line.
            assert probes[number, 0] == drawn["parted"][0]


@pytest.mark.parametrize("dataset", ["circle", "spiral"])
@pytest.mark.parametrize("layer", ["fc1", "tanh1", "fc2", "tanh2"])
@pytest.mark.parametrize(("first", "steps"), [(0, 1), (40, 20)])
def test_no_flips_and_no_jumps_while_it_learns(quick, dataset, layer, first, steps):
    """From picture to picture one step, as at the default speed, or twenty. Along each axis rows spread by 1."""
    scene = Scene(dataset=dataset, hidden_layers=(8, 8))
    scene.train(first)
    before, lines = scene.draw(layer=layer)["positions"], 0
    for _ in range(80):
        scene.train(steps)
        drawn = scene.draw(layer=layer)
        places = drawn["positions"]
        lines += len(drawn["upright"])
        for axis in range(2):
            assert np.corrcoef(places[:, axis], before[:, axis])[0, 1] > 0.9
        assert np.sqrt(np.square(places - before).mean(axis=0)).max() < 0.4
        before = places
    # The line stands, except while x glides: at the circle's start, where hardly anything parts the classes.
    assert lines == 80 if (dataset, steps) != ("circle", 1) else lines > 30


@pytest.mark.parametrize("steps", [5, 20, 100])
@pytest.mark.parametrize("dataset", ["circle", "spiral"])
def test_no_jumps_where_there_is_no_time_but_for_one_step(monkeypatch, dataset, steps):
    monkeypatch.setattr(probe, "WORK", 0)
    assert_calm(Scene(dataset=dataset, hidden_layers=(8, 8)), steps)


@pytest.mark.parametrize("steps", [20, 100])
@pytest.mark.parametrize("dataset", ["circle", "spiral"])
def test_no_jumps_where_the_probe_is_fitted_seldom(monkeypatch, dataset, steps):
    """A probe of another network may put the rows of this one very far away along x; each axis keeps its scale."""
    pictures = itertools.count()

    def fitted_seldom(fits, layer, activations, version):
        if next(pictures) % 10 == 0:
            fits.renew(layer, activations, version, probe.WORK)
        return fits._kept[layer].weights

    monkeypatch.setattr(probe.Fits, "of", fitted_seldom)
    assert_calm(Scene(dataset=dataset, hidden_layers=(128, 128)), steps)


def assert_calm(scene, steps):
    """While it learns, so many steps from picture to picture, nothing jumps, by the bound of the browser's test."""
    pictures = [scene.draw(layer="tanh2")["positions"]]
    for _ in range(40):
        scene.train(steps)
        pictures.append(scene.draw(layer="tanh2")["positions"])
    spread = np.square(pictures).mean()
    assert 0.5 < spread < 1.25
    assert np.square(np.diff(pictures, axis=0)).mean(axis=(1, 2)).max() < 0.5 * spread


def test_components_that_change_places_change_y_gradually_and_leave_the_line():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 100)
    targets = np.eye(2, dtype=np.float32)[labels]
    base = rng.normal(size=(200, WIDE)) * 0.01
    base[:, 0] += labels
    # Uncorrelated, so that they change places from one picture to the next.
    wide, other = 14 * np.linalg.qr(np.column_stack([np.ones(200), labels, *rng.normal(size=(2, 200))]))[0].T[2:]
    projector = Projector(networks.experiment_of(hidden_layers=(2, WIDE)))
    before, moved = None, 0
    for step in range(160):
        points = base.copy()
        points[:, 1] += wide * (1.5 - min(step / 60, 1))
        points[:, 2] += other * (0.5 + min(step / 60, 1))
        points = points.astype(np.float32)
        weights = probe.linear_probe(points, targets)
        shown = projector.project(
            LAYER, points, view_of(networks.experiment_of(), seconds=step / 60, calm=False), weights
        )
        places = points @ shown.basis - shown.centre
        moved += projector.moving
        np.testing.assert_array_equal(places[:, 0] > shown.upright[0], labels)
        if before is not None:
            # More would not have begun to glide.
            assert np.sqrt(np.square(places - before).mean(axis=0)).max() < np.sqrt(STEADY) * 1.01
        before = places
    assert moved > 10
    assert not projector.moving


@pytest.mark.parametrize("origin", [{"projection": "dimensions", "dimensions": [0, 1]}, {"projection": "pca"}])
def test_the_line_comes_when_the_view_has_come(origin):
    activations, targets = clouds((100, 100))
    weights = probe.linear_probe(activations, targets)
    projector, experiment = Projector(networks.experiment_of(hidden_layers=(2, WIDE))), networks.experiment_of()

    def project(seconds, **choices):
        return projector.project(
            LAYER, activations, view_of(experiment, seconds=seconds, calm=False, **choices), weights
        )

    old = project(1.0, **origin)
    start = project(1.1, projection="best")
    np.testing.assert_array_equal(start.basis, old.basis)
    assert (start.apart, old.apart) == (0, 0)
    half = project(1.1 + DURATION / 2, projection="best")
    assert 0 < half.apart < 1
    assert start.upright.tolist() == half.upright.tolist() == []
    end = project(1.1 + 2 * DURATION, projection="best")
    assert end.apart == 1
    assert len(end.upright) == 1


def test_on_the_way_to_an_activation_points_go_straight(quick):
    scene = Scene(hidden_layers=(8,))
    scene.train(100)
    # From the activation back, as whoever comes second is turned.
    one, other = (scene.draw(layer=layer, calm=True) for layer in ("fc1", "tanh1"))
    scene.draw(layer="fc1", calm=True)
    for t in (0.25, 0.6):
        drawn = scene.draw(layer="fc1", morph=t, calm=True)
        expected = (1 - t) * one["positions"] + t * other["positions"]
        np.testing.assert_allclose(drawn["positions"], expected, atol=1e-4)
        line = (1 - t) * one["upright"] + t * other["upright"]
        np.testing.assert_allclose(drawn["upright"], line, atol=1e-5)
        # Whoever is on the right side at both ends is on the right side on the way.
        both = (one["positions"][:, 0] > one["upright"]) & (other["positions"][:, 0] > other["upright"])
        assert (drawn["positions"][both, 0] > drawn["upright"]).all()
        assert drawn["parted"].tolist() == []


@pytest.mark.parametrize("key", data_sets.DATA_SETS)
def test_every_shape_of_data(quick, key):
    # As in the worker: one of them overflows in training.
    with data_sets.entered(), np.errstate(all="ignore"):
        scene = Scene(dataset=key, hidden_layers=(6, 5))
        scene.train(20)
        task = shape.shape_of(scene.experiment)
        for layer in ("fc1", "tanh1", "tanh2"):
            drawn = scene.draw(layer=layer)
            # At rest a fit that takes long is finished.
            for _ in range(200):
                if scene.stage._fits.fits(layer, scene.trainer.version):
                    break
                drawn = scene.draw(layer=layer)
            assert np.isfinite(drawn["positions"]).all()
            two = task.task == registry.CLASSIFICATION and task.outputs == 2
            assert len(drawn["upright"]) == two
            sample, targets = scene.data.sample, scene.data.targets
            activations = scene.trainer.outputs([layer], sample)[layer]
            parts = [np.isin(sample, rows).nonzero()[0] for rows in (scene.data.training, scene.data.held_out)]
            told = networks.qualities_of(scene.stage.task, activations, targets[sample], *parts)[0]
            np.testing.assert_allclose(drawn["parted"][0], told, atol=1e-6)
            if two:
                right = drawn["positions"][sample, 0] > drawn["upright"][0]
                share = (right == scene.data.labels[sample])[parts[0]].mean()
                assert share == pytest.approx(told, abs=2 / len(sample))


def test_narrow_layers_and_other_projections_fit_no_probe(monkeypatch):
    scene = Scene(hidden_layers=(8, 3))
    scene.draw(layer="input")
    monkeypatch.setattr(probe.Fits, "of", lambda *_: pytest.fail("a probe is fitted"))
    for layer, projection in (("fc2", "best"), ("fc1", "pca"), ("fc1", "dimensions"), ("fc1", "tour")):
        scene.draw(layer=layer, projection=projection)


# How often a probe is fitted.


def test_the_plane_is_found_anew_with_the_probe_only(monkeypatch):
    """Of a wide layer, whose probe is not fitted for every picture; between two fits rows move as the layer's do."""
    activations, targets = clouds((90, 90), width=400)
    weights = probe.linear_probe(activations, targets)
    projector, experiment = Projector(networks.experiment_of(hidden_layers=(2, 400))), networks.experiment_of()
    first = projector.project(LAYER, activations, view_of(experiment, seconds=1.0, calm=False), weights)
    later = activations * np.float32(1.01) + np.float32(0.1)
    with monkeypatch.context() as patch:
        patch.setattr(best_view, "best_plane", lambda *_: pytest.fail("the plane is found anew"))
        second = projector.project(LAYER, later, view_of(experiment, seconds=1.1, calm=False), weights)
    np.testing.assert_allclose(second.basis, first.basis, atol=1e-5)
    places = later @ second.basis - second.centre
    np.testing.assert_allclose(places, 1.01 * (activations @ first.basis - first.centre), atol=1e-3)
    # Where the probe decides, which has not moved with the rows.
    difference = weights[:, 1] - weights[:, 0]
    right = later @ difference[:-1] + difference[-1] > 0
    np.testing.assert_array_equal(places[:, 0] > second.upright[0], right)


class Clock:
    """`time.perf_counter` that goes on only when it is told to."""

    def __init__(self, monkeypatch, seconds_a_fit):
        self.now, self.fits = 0.0, 0
        monkeypatch.setattr(time, "perf_counter", lambda: self.now)
        fit = probe.linear_probe

        def counted(*arguments):
            self.now += seconds_a_fit
            self.fits += 1
            return fit(*arguments)

        monkeypatch.setattr(probe, "linear_probe", counted)


def test_a_cheap_probe_is_fitted_for_every_network_however_slow_the_machine(monkeypatch):
    clock = Clock(monkeypatch, 0.1)
    activations, targets = clouds((20, 20))
    fits = probe.Fits(networks.task_of(networks.experiment_of()), targets, np.arange(40))
    for version in range(5):
        fits.of("fc1", activations, version)
        # A step at a time, as there is time for no more.
        while not fits.fits("fc1", version):
            fits.of("fc1", activations, version)
        weights = fits.of("fc1", activations, version)
        assert fits.of("fc1", activations, version) is weights
    assert clock.fits == 5


def test_a_slow_probe_is_fitted_when_its_time_has_come(monkeypatch):
    clock = Clock(monkeypatch, 0.1)
    monkeypatch.setattr(probe, "CHEAP", 0)
    activations, targets = clouds((20, 20))
    fits = probe.Fits(networks.task_of(networks.experiment_of()), targets, np.arange(40))
    first = fits.of("fc1", activations, 0)
    clock.now += 0.5
    assert fits.of("fc1", -activations, 1) is first
    assert not fits.fits("fc1", 1)
    # It tells what the weights say of the present network: of mirrored activations the contrary.
    bias = first[-1, 1] - first[-1, 0]
    said = -activations @ (first[:-1, 1] - first[:-1, 0]) + bias
    expected = ((said > 0) == targets[:, 1]).mean()
    assert fits.qualities("fc1", -activations)[0] == pytest.approx(expected)
    clock.now += 0.5
    second = fits.of("fc1", -activations, 1)
    assert second is not first
    while not fits.fits("fc1", 1):
        clock.now += 1
        fits.of("fc1", -activations, 1)
    task = networks.task_of(networks.experiment_of())
    told = networks.qualities_of(task, -activations, targets, np.arange(40), np.arange(0))
    assert fits.qualities("fc1", -activations)[0] == told[0]


def test_a_probe_without_rows_or_of_numbers_that_are_none(monkeypatch):
    activations, targets = clouds((20, 20))
    task = networks.task_of(networks.experiment_of())
    empty = probe.Fits(task, targets, np.arange(0))
    assert empty.of("fc1", activations, 0) is None
    assert np.isnan(empty.qualities("fc1", activations)).all()
    activations[2, 2] = np.nan
    hopeless = probe.Fits(task, targets, np.arange(40))
    assert hopeless.of("fc1", activations, 0) is None
    assert np.isnan(hopeless.qualities("fc1", activations)).all()


def test_a_glide_comes_to_its_end_however_fast_the_plane_moves_on():
    activations, _ = clouds((90, 90))
    centred = activations - activations.mean(axis=0, dtype=float)
    # Along these two directions the rows are uncorrelated and spread by 1.
    _, scales, ways = np.linalg.svd(centred, full_matrices=False)
    directions = np.sqrt(180) * ways[:2].T / scales[:2]
    projector, experiment = Projector(networks.experiment_of(hidden_layers=(2, WIDE))), networks.experiment_of()
    lines, before = [], None
    for step in range(60):
        # It turns steadily, and once by a right angle.
        angle = 0.02 * step + (np.pi / 2 if step >= 5 else 0)
        weights = np.zeros((WIDE + 1, 2))
        weights[:-1, 1] = directions @ [np.cos(angle), np.sin(angle)]
        view = view_of(experiment, seconds=step / 60, calm=False)
        shown = projector.project(LAYER, activations + 0, view, weights)
        lines.append(len(shown.upright))
        places = centred @ shown.basis[:, :2]
        if before is not None:
            assert np.sqrt(np.square(places - before).mean(axis=0)).max() < np.sqrt(STEADY) * 1.01
        before = places
    gliding = round(60 * best_view.LONGEST_GLIDE)
    assert lines[:5] == [1] * 5
    assert lines[5 : 4 + gliding] == [0] * (gliding - 1)
    assert lines[6 + gliding :] == [1] * (60 - 6 - gliding)


@pytest.mark.parametrize("long", [False, True])
def test_an_axis_glides_from_where_the_rows_were_unless_that_takes_long(monkeypatch, long):
    """Also where the old basis would put the rows of the present network somewhere else."""
    activations, targets = clouds((90, 90))
    plane = best_view.best_plane(activations, probe.linear_probe(activations, targets), True, None)
    # What was seen is another linear function, of a network with other units.
    seen_before = np.column_stack([activations[:, 1], activations[:, 0]]).astype(float)
    seen_before = (seen_before - seen_before.mean(axis=0)) / seen_before.std(axis=0)
    before = best_view.Shown(1000 * plane.basis, seen_before, 0.0, np.zeros(2, bool), 1.0)
    if long:
        monkeypatch.setattr(best_view, "QUICKLY_FITTED", 0)
        monkeypatch.setattr(best_view, "linear_probe", lambda *_: pytest.fail("fitted"))
    shown = best_view.glided(plane, before, activations, 1.0 + 1 / 60)
    if long:
        np.testing.assert_array_equal(shown.basis, plane.basis)
        assert shown.upright == plane.upright
        return
    assert shown.gliding.all()
    assert shown.upright is None
    share = 1 - np.exp(-1 / 60 / best_view.GLIDE)
    np.testing.assert_allclose(shown.places, seen_before + share * (plane.places - seen_before), atol=1e-3)
