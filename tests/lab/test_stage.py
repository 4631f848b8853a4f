"""Everything that one drawing shows: right for every choice, and within its time."""

import math
from itertools import product

import numpy as np
import pytest

from lab import boundary, datasets, network, picking, plane, probe, representation, separator, shadings, stage
from lab.compiled import CompiledTrainer
from lab.plain import PlainTrainer
from lab.stage import Stage
from spec import registry, shape
from tests.lab import networks
from tests.lab.pictures import GREY, PALETTE, TEAL, VIOLET, as_kept, grouped, marked, polylines, view_of


@pytest.fixture(autouse=True)
def no_warnings():
    """As in the worker."""
    with np.errstate(all="ignore"):
        yield


class Scene:
    """A run with its stage, which draws without session; `told` is what the last drawing told."""

    def __init__(self, trainer=PlainTrainer, **choices):
        self.experiment = networks.experiment_of(**choices)
        self.data = datasets.load(self.experiment)
        self.trainer = trainer(self.experiment, self.data)
        self.stage = Stage(self.experiment, self.data, networks.PLANE)
        self.names = shape.layer_names(self.experiment)
        self.steps = 0
        self.kept = {}

    def train(self, steps=1):
        self.trainer.train(networks.rates(0.01), self.steps, steps)
        self.steps += steps

    def draw(self, **changes):
        """The picture as the page has it, or what is told of one that is only refined."""
        self.told = self.stage.draw(self.trainer, view_of(self.experiment, **changes))
        if "pixels" not in self.told:
            return self.told
        self.kept = as_kept(self.kept, self.told)
        return self.kept


def chosen(*indices):
    """A choice of points as a request has it."""
    return picking.text(np.isin(np.arange(200), indices))


SHAPES = {
    "pixels": 3,
    "contour": 1,
    "contour_labels": 2,
    "residuals": 1,
    "zero_lines": 1,
    "extent": 1,
    "positions": 2,
    "lines": 1,
    "line_groups": 2,
    "bend_boundary": 1,
    "marks": 1,
    "mark_groups": 2,
    "wrong": 1,
    "wrong_groups": 2,
    "plane_wrong": 1,
    "plane_wrong_groups": 2,
    "wrong_counts": 1,
    "axes": 2,
    "shares": 1,
    "shape": 1,
    "place_position": 1,
    "place_scores": 1,
    "point_scores": 1,
    "order": 1,
    "ordered": 2,
    "boxes": 2,
    "point_values": 1,
    "tiles": 4,
}


def assert_well_formed(scene, drawn, layer):
    """Types, shapes, and what of the contract can be told of any drawing."""
    for name, dimensions in SHAPES.items():
        assert isinstance(drawn[name], np.ndarray), name
        assert drawn[name].ndim == dimensions, name
        assert drawn[name].flags.c_contiguous, name
    kinds = {
        np.uint8: ("pixels", "tiles"),
        np.int32: (
            *("contour", "residuals", "zero_lines", "lines", "line_groups", "bend_boundary", "marks", "mark_groups"),
            *("wrong", "wrong_groups", "plane_wrong", "plane_wrong_groups", "wrong_counts"),
        ),
        np.float32: ("extent", "positions", "axes", "shares", "place_position", "place_scores", "point_scores"),
    }
    for kind, names in kinds.items():
        for name in names:
            assert drawn[name].dtype == kind, name
    side = drawn["resolution"] + 1
    assert drawn["pixels"].shape == (side, side, 4)
    assert drawn["tiles"].shape[1:] == (drawn["tile_size"], drawn["tile_size"], 4)
    shown = sum(min(16, width) for *_, width in shape.layers(scene.experiment))
    assert len(drawn["tiles"]) == shown
    assert isinstance(drawn["unit"], float)
    assert drawn["unit"] > 0
    assert np.isfinite(drawn["extent"]).all()
    # It shows the points, and the grid as far as that is near.
    assert 0.999 < drawn["extent"][2] / (20_000 * drawn["unit"]) < 1.001 * representation.GRID_REACH
    widths = {name: width for name, _, width in shape.layers(scene.experiment)}
    assert drawn["shape"].tolist() == [200, widths[layer]]
    assert isinstance(drawn["spatial"], bool)
    assert isinstance(drawn["moving"], bool)
    for name in ("contour", "zero_lines", "bend_boundary"):
        polylines(drawn[name])
    for key, _ in grouped(drawn["lines"], drawn["line_groups"]):
        assert 0 <= key < 8
    for key, points in marked(drawn["marks"], drawn["mark_groups"]):
        assert 0 <= key < 32
        assert np.abs(points).max() <= 1_000_000


NETWORKS = [
    {"hidden_layers": hidden, "normalization": normalization, "loss": loss, "activation": activation}
    for hidden, normalization, loss, activation in (
        ((), "none", "cross_entropy", "tanh"),
        ((), "none", "mean_squared_error", "tanh"),
        ((1,), "none", "cross_entropy", "relu"),
        ((2, 1), "layer_norm", "mean_squared_error", "sigmoid"),
        ((3, 4), "batch_norm", "cross_entropy", "linear"),
        ((20, 3), "none", "mean_squared_error", "tanh"),
        ((4, 20), "layer_norm", "cross_entropy", "relu"),
    )
]
POISON = (None, np.nan, np.inf, 1e37)


@pytest.mark.parametrize("choices", NETWORKS, ids=networks.name_of)
@pytest.mark.parametrize("projection", registry.entries("projection"))
@pytest.mark.parametrize("poison", POISON)
def test_every_kind_of_network_from_layer_to_layer(choices, projection, poison):
    """Every layer, at rest and on the way, with every shading in turn; also once parameters have diverged."""
    scene = Scene(**choices)
    if poison is not None:
        parameters, state, statistics = scene.trainer.arrays()
        parameters = [array.copy() for array in parameters]
        parameters[0][0] = poison
        scene.trainer.restore((parameters, state, statistics))
    seconds = 0.0
    shadings = list(registry.entries("shading"))
    for number, (layer, morph) in enumerate(product(scene.names, (0.0, 0.35, 0.999))):
        seconds += 0.1
        drawn = scene.draw(
            layer=layer,
            morph=morph,
            projection=projection,
            dimensions=([], [0, 1, 2], [2, 0])[number % 3],
            seconds=seconds,
            tour_seconds=seconds,
            calm=number % 5 == 0,
            shading=shadings[number % 4],
            zero_lines=number % 2 == 0,
            contour=number % 3 > 0,
            grid=number % 7 > 0,
            selected=chosen(1, 5),
            point=number,
            place=[1.0, -2.0] if number % 2 else None,
            milliseconds=0 if number % 4 else 1e6,
            resolution=24,
        )
        assert_well_formed(scene, drawn, layer)
        if poison is None:
            assert len(np.concatenate([p for _, p in marked(drawn["marks"], drawn["mark_groups"])])) == 200
            assert np.isfinite(drawn["positions"]).all()


@pytest.mark.parametrize("choices", NETWORKS, ids=networks.name_of)
def test_both_trainers_draw_the_same(choices):
    scenes = Scene(CompiledTrainer, **choices), Scene(PlainTrainer, **choices)
    for layer, morph in product(scenes[0].names, (0.0, 0.5)):
        one, other = (scene.draw(layer=layer, morph=morph, place=[2, 3], point=7) for scene in scenes)
        # A number that is as good as 0 may round to either side.
        for name in ("positions", "extent", "place_position", "place_scores", "point_scores", "point_values"):
            np.testing.assert_allclose(one[name], other[name], atol=1e-3 * max(1, one["extent"][2]), err_msg=name)
        for name in ("pixels", "tiles"):
            assert (np.abs(one[name].astype(int) - other[name]) > 2).mean() < 0.01


# The parts.


def test_points_and_what_is_known_of_them():
    scene = Scene(hidden_layers=(3,))
    scene.train(50)
    drawn = scene.draw(layer="fc2", selected=chosen(3, 8), point=8)
    outputs = scene.trainer.outputs(scene.names)
    np.testing.assert_array_equal(drawn["positions"], outputs["fc2"])
    np.testing.assert_array_equal(drawn["point_scores"], outputs["softmax"][8])
    np.testing.assert_array_equal(scene.stage.output, outputs["softmax"])
    np.testing.assert_array_equal(drawn["point_values"], outputs["fc2"][8])
    groups = marked(drawn["marks"], drawn["mark_groups"], drawn["unit"])
    assert sum(len(points) for _, points in groups) == 200
    for key, points in groups:
        members = scene.data.labels == key // 16
        members &= np.isin(np.arange(200), scene.data.held_out) == key % 2
        members &= np.isin(np.arange(200), [3, 8]) == key // 2 % 2
        np.testing.assert_allclose(points, outputs["fc2"][members], atol=drawn["unit"])
    nothing = scene.draw(layer="fc2")
    for name in ("point_values", "point_scores", "point_targets"):
        assert nothing[name].tolist() == []


@pytest.mark.parametrize(("layer", "after"), [("fc1", "tanh1"), ("tanh1", "fc2"), ("fc2", "softmax")])
def test_halfway(layer, after):
    scene = Scene(hidden_layers=(2,))
    one, halfway, other = (
        scene.draw(layer=name, morph=t, grid=False) for name, t in ((layer, 0), (layer, 0.5), (after, 0))
    )
    np.testing.assert_allclose(halfway["positions"], (one["positions"] + other["positions"]) / 2, atol=1e-5)
    np.testing.assert_allclose(halfway["extent"], (one["extent"] + other["extent"]) / 2, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("place", [[0.0, 0.0], [-3.3, 4.1], [6, -6]])
def test_a_place_of_the_plane(place):
    scene = Scene(hidden_layers=(3,))
    scene.train(20)
    parameters, _, statistics = scene.trainer.arrays()
    outputs = network.predict(scene.experiment, parameters, statistics, np.array([place], np.float32))
    drawn = scene.draw(layer="fc2", place=place)
    np.testing.assert_allclose(drawn["place_position"], outputs["fc2"][0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(drawn["place_scores"], outputs["softmax"][0], rtol=1e-4, atol=1e-6)
    # In a space it lies where the points lie.
    point = scene.data.inputs[17].tolist()
    drawn = scene.draw(layer="fc1", place=point, turn=[0, 1, 0, -1, 0, 0, 0, 0, 1])
    np.testing.assert_allclose(drawn["place_position"], drawn["positions"][17], atol=1e-5)
    nowhere = scene.draw(layer="fc1")
    assert nowhere["place_position"].tolist() == nowhere["place_scores"].tolist() == []


@pytest.mark.parametrize("neuron", [["tanh1", 0], ["tanh1", 19], ["fc1", 17], ["fc2", 1], ["input", 0]])
@pytest.mark.parametrize("milliseconds", [0, 1e6])
def test_shaded_by_a_neuron(neuron, milliseconds):
    scene = Scene(hidden_layers=(20,))
    layer, index = neuron
    drawn = scene.draw(shading="neuron", neuron=neuron, milliseconds=milliseconds, resolution=200)
    resolution = drawn["resolution"]
    assert resolution == (stage.FINEST_OF_NEURON if milliseconds else 12)
    parameters, _, statistics = scene.trainer.arrays()
    outputs = network.predict(scene.experiment, parameters, statistics, networks.PLANE.grid(resolution))
    values = outputs[layer][:, index]
    pixels = drawn["pixels"].reshape(-1, 4)[:, :3].astype(int)
    towards_first, towards_last = (
        ((pixels - GREY) * np.subtract(colour, GREY)).sum(axis=1) / np.linalg.norm(np.subtract(colour, GREY))
        for colour in (VIOLET, TEAL)
    )
    clear = np.abs(values) > 0.05 * np.abs(values).max()
    assert ((towards_last > towards_first) == (values > 0))[clear].all()
    if index < 16:
        largest = np.abs(outputs[layer][:, :16]).max()
        strength = (
            np.abs(pixels - GREY).max(axis=1)
            / np.abs(np.array(PALETTE["signs"]) - GREY).max(axis=1)[(values > 0).astype(int)]
        )
        np.testing.assert_allclose(strength, shadings.STRENGTH * np.abs(values) / largest, atol=0.03)


def test_switches():
    scene = Scene(hidden_layers=(4,))
    scene.train(30)
    everything = scene.draw(zero_lines=True)
    names = ("contour", "zero_lines", "lines", "bend_boundary")
    assert all(len(everything[name]) for name in names)
    nothing = scene.draw(contour=False, zero_lines=False, grid=False, boundary=False)
    assert not any(len(nothing[name]) for name in names)
    assert nothing["line_groups"].shape == (0, 2)


def test_residuals_are_those_of_the_network_as_it_is():
    scene = Scene(dataset="gaussians", hidden_layers=(5,))
    for _ in range(3):
        scene.train(10)
        assert not len(scene.draw()["residuals"])
        drawn = scene.draw(residuals=True)
        lines = np.array(polylines(drawn["residuals"], scene.stage.plane.unit))
        targets, output = scene.data.targets[:, 0], scene.trainer.output()[:, 0]
        expected = (targets - output) / np.ptp(targets) * 6
        np.testing.assert_allclose(lines[:, 1, 1] - lines[:, 0, 1], expected, atol=3 * scene.stage.plane.unit)
    # Classes have none.
    assert not len(Scene(hidden_layers=(3,)).draw(residuals=True)["residuals"])


def test_a_change_of_the_view_is_seen_at_once():
    scene = Scene(hidden_layers=(3,))
    first = scene.draw()
    for changes in (
        {"shading": "classes"},
        {"shading": "neuron", "neuron": ["tanh1", 2]},
        {"shading": "neuron", "neuron": ["tanh1", 1]},
        {"palette": {**PALETTE, "neutral": [200, 255, 255]}},
        {"resolution": 100},
    ):
        fresh = Scene(hidden_layers=(3,)).draw(**changes)
        drawn = scene.draw(**changes)
        np.testing.assert_array_equal(drawn["pixels"], fresh["pixels"])
        assert drawn["pixels"].shape != first["pixels"].shape or (drawn["pixels"] != first["pixels"]).any()
    for changes in ({"layer": "fc1"}, {"layer": "input", "morph": 0.5}, {"dimensions": [1, 0]}):
        fresh, drawn = Scene(hidden_layers=(3,)).draw(**changes), scene.draw(**changes)
        for name in ("positions", "lines", "bend_boundary"):
            np.testing.assert_array_equal(drawn[name], fresh[name])


# Asking the network no more than need be.


class Counting(PlainTrainer):
    """Notes what it is asked for."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.asked = []

    def evaluate(self, inputs, selectors):
        self.asked.append("plane")
        return super().evaluate(inputs, selectors)

    def ends(self, inputs):
        self.asked.append("grid")
        return super().ends(inputs)

    def kernels(self, rows=None):
        self.asked.append("kernels")
        return super().kernels(rows)


def test_a_network_at_rest_is_not_asked_again():
    scene = Scene(Counting, hidden_layers=(3,))
    scene.draw(layer="fc1", resolution=200)
    asked = scene.trainer.asked
    assert sorted(asked) == ["grid", "kernels", "plane"]
    asked.clear()
    scene.draw(layer="fc1", turn=[0, 1, 0, -1, 0, 0, 0, 0, 1], resolution=200, seconds=0.1)
    assert asked == []
    scene.draw(layer="fc1", place=[1, 1], resolution=200, seconds=0.2)
    assert asked == ["plane"]
    asked.clear()
    scene.draw(layer="tanh1", place=[1, 1], resolution=200, seconds=0.3)
    assert asked == ["plane"]
    asked.clear()
    scene.train()
    scene.draw(layer="tanh1", place=[1, 1], resolution=200, seconds=0.4)
    assert asked[:2] == ["plane", "grid"]


# Weights and probes.


class Clock:
    """Stands in for `time`: it only goes on when told."""

    def __init__(self):
        self.now = 100.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    result = Clock()
    for module in (stage, probe):
        monkeypatch.setattr(module, "time", result)
    return result


@pytest.fixture
def ended(monkeypatch):
    """Every fit comes to its end at once."""
    monkeypatch.setattr(probe, "WORK", float("inf"))


def test_first_drawing_has_weights_and_probes(clock, ended):
    scene = Scene(hidden_layers=(20, 3))
    drawn = scene.draw(miniature=0)
    assert drawn["weights"].dtype == np.int8
    assert drawn["weights"].shape == (2 * 16 + 16 * 3 + 3 * 2,)
    assert drawn["probes"].dtype == np.float32
    assert_probed(scene, drawn["probes"])
    # And then nothing more, as nothing has changed.
    assert not drawn["moving"]
    again = scene.draw(miniature=0)
    assert "weights" not in again
    assert "probes" not in again


def test_weights_and_probes_take_turns(clock):
    scene = Scene(hidden_layers=(4,))
    scene.draw()
    seen = []
    for number in range(120):
        clock.now += 1 / 60
        scene.train()
        drawn = scene.draw(seconds=number / 60)
        seen.append([name for name in ("weights", "probes") if name in drawn])
    assert max(map(len, seen)) == 1
    for name in ("weights", "probes"):
        times = np.flatnonzero([name in parts for parts in seen])
        assert 7 <= len(times) <= 8
        assert np.diff(times).min() >= 14


def assert_probed(scene, probes):
    """Every layer's probe is that of the network as it is."""
    outputs = scene.trainer.outputs(scene.names)
    for row, name in zip(probes, scene.names, strict=True):
        given = scene.stage.task, outputs[name], scene.data.targets, scene.data.training, scene.data.held_out
        expected = networks.qualities_of(*given, own=name in scene.names[-2:])
        assert row.tolist() == np.float32(expected).tolist(), name


@pytest.mark.parametrize("loss", networks.CLASSIFYING)
@pytest.mark.parametrize("dataset", ["circle", "spiral"])
def test_the_bars_at_the_end_are_never_below_the_networks_own_accuracy(clock, dataset, loss):
    scene = Scene(dataset=dataset, hidden_layers=(6,), loss=loss)
    logits = scene.names.index("fc2")
    for _ in range(25):
        scene.train()
        drawn = scene.draw()
        while "probes" not in drawn:
            drawn = scene.draw()
        labels, training = scene.data.labels, scene.data.training
        right = scene.stage.output.argmax(axis=1)[training] == labels[training]
        assert (drawn["probes"][logits:, 0] >= np.float32(right.mean())).all()


def test_probes_go_on_at_rest_until_they_are_at_their_end(clock):
    scene = Scene(hidden_layers=(20, 3))
    drawn = scene.draw(miniature=0)
    assert np.isfinite(drawn["probes"]).all()
    probes, answers = drawn["probes"], 0
    while drawn["moving"]:
        drawn = scene.draw(miniature=0)
        probes = drawn.get("probes", probes)
        answers += 1
    assert 0 < answers < 30
    assert_probed(scene, probes)
    again = scene.draw(miniature=0)
    assert not again["moving"]
    assert "probes" not in again


def test_wide_layers_are_probed_one_after_the_other(clock, ended):
    scene = Scene(hidden_layers=(70,))
    drawn = scene.draw(miniature=0)
    assert drawn["weights"].any()
    known = [np.isfinite(drawn["probes"]).all(axis=1).sum()]
    # At rest one after the other, without waiting.
    while drawn["moving"]:
        drawn = scene.draw(miniature=0)
        assert "weights" not in drawn
        known.append(np.isfinite(drawn["probes"]).all(axis=1).sum())
    assert known == [1, 2, 3, 5]
    assert_probed(scene, drawn["probes"])
    scene.train()
    clock.now += 1
    seen, probes = [], drawn["probes"]
    drawn = {"moving": True}
    while drawn["moving"]:
        drawn = scene.draw(miniature=0)
        probes = drawn.get("probes", probes)
        seen.append([name for name in ("weights", "probes") if name in drawn])
    # All are brought up to date, and weights once.
    assert sorted(seen) == [["probes"]] * 4 + [["weights"]]
    assert_probed(scene, probes)


@pytest.mark.parametrize("widths", [(2, 8, 8, 2, 2), (2, 64, 64, 2), (2, 1024, 1024, 2), (2,) + (8,) * 60])
def test_portions_of_probes(widths):
    left, portions = list(range(len(widths))), []
    while left:
        portions.append(stage._portion(left, widths))
        assert portions[-1] == left[: len(portions[-1])]
        left = left[len(portions[-1]) :]
    assert all(len(portion) == 1 for portion in portions if max(widths[number] for number in portion) >= 64)
    assert (len(portions) == 1) == (widths == (2, 8, 8, 2, 2))
    assert max(map(len, portions)) < 16


@pytest.mark.parametrize("milliseconds", [0.2, 2, 20])
def test_a_renewal_of_all_probes_is_spread_over_answers(clock, monkeypatch, milliseconds):
    """Eight layers of eight, each fit of which takes so long: no answer takes much longer than it may."""
    separate = separator.separate

    def timed(*given):
        clock.now += milliseconds / 1000
        return separate(*given)

    scene = Scene(hidden_layers=(8,) * 8)
    scene.draw(miniature=0)
    scene.train()
    monkeypatch.setattr(probe, "separate", timed)
    for trained in (True, False):
        clock.now += 1
        answers, moving = 0, True
        renewed = set()
        while moving and answers < 300:
            if trained and answers < 60:
                scene.train()
            before, began = dict(scene.stage._fits._kept), clock.now
            moving = scene.draw(miniature=0)["moving"]
            took = clock.now - began
            # The shown layer's, and those whose turn it is.
            assert took <= stage.PROBING_SECONDS + 2 * milliseconds / 1000 + 1e-9
            renewed |= {name for name, fit in scene.stage._fits._kept.items() if before.get(name) is not fit}
            clock.now += 1 / 60
            answers += 1
            if trained and answers == 60:
                # Each had its turn within a second, or as often as a tenth of the time allows.
                assert renewed == set(scene.names) or milliseconds == 20
        assert not moving
        scene.train()


# Time.


class Timed:
    """A trainer of known cost, on a clock that goes by it: so long a point, and so long for every question."""

    def __init__(self, trainer, clock, seconds_a_point):
        self.trainer, self.clock, self.seconds_a_point = trainer, clock, seconds_a_point
        self.points = []

    def __getattr__(self, name):
        return getattr(self.trainer, name)

    def evaluate(self, inputs, selectors):
        self._takes(len(inputs))
        return self.trainer.evaluate(inputs, selectors)

    def ends(self, inputs):
        self._takes(len(inputs))
        return self.trainer.ends(inputs)

    def _takes(self, points):
        self.points.append(points)
        self.clock.now += self.seconds_a_point * points


def drawn_for_long(clock, microseconds, milliseconds, **changes):
    """The trainer and the drawings of a run whose network takes so many microseconds a point."""
    scene = Scene(hidden_layers=(3,))
    trainer = Timed(scene.trainer, clock, 1e-6 * microseconds)
    took, drawings = [], []
    for number in range(80):
        scene.train()
        trainer.points = []
        began = clock.now
        view = view_of(scene.experiment, milliseconds=milliseconds, resolution=200, seconds=number / 60, **changes)
        drawings.append(scene.stage.draw(trainer, view))
        took.append(1000 * (clock.now - began))
    return trainer, drawings, np.array(took)


@pytest.mark.parametrize("shading", ["probability", "neuron"])
@pytest.mark.parametrize("microseconds", [0.01, 0.1, 0.4, 2])
@pytest.mark.parametrize("milliseconds", [4, 12, 50])
def test_a_drawing_keeps_to_its_time(clock, microseconds, milliseconds, shading):
    trainer, drawings, took = drawn_for_long(clock, microseconds, milliseconds, shading=shading)
    # The coarsest lattice is drawn in any case.
    least = 169 * microseconds / 1000
    assert took[-20:].max() <= max(milliseconds * 1.2, least)
    # It does not go back and forth.
    assert len({drawing["resolution"] for drawing in drawings[-20:]}) == 1
    # And uses the time that it has.
    finest = 40401 if shading == "probability" else 101 * 101
    if trainer.points != [97 * 97, finest]:
        assert took[-1] > 0.2 * milliseconds


def test_a_fast_network_is_drawn_as_finely_as_asked(clock):
    trainer, drawings, _ = drawn_for_long(clock, 1e-4, 20)
    assert drawings[-1]["resolution"] == 200
    assert trainer.points == [97 * 97, 201 * 201]


def test_a_network_that_is_too_dear_is_asked_once_for_the_coarsest_lattice(clock):
    trainer, drawings, _ = drawn_for_long(clock, 90, 5, zero_lines=True)
    assert trainer.points == [13 * 13]
    assert drawings[-1]["resolution"] == 12
    assert drawings[-1]["tile_size"] == 13
    assert len(drawings[-1]["contour"])


def test_size_is_guessed_before_it_is_measured():
    cost = stage.Cost(
        stage._guessed_seconds_a_point(networks.experiment_of(hidden_layers=(1024,) * 3)), *stage.LATTICE_DRAWING
    )
    assert stage.finest(plane.LATTICES, cost, 0.0025) is None
    small = stage.Cost(stage._guessed_seconds_a_point(networks.experiment_of()), *stage.LATTICE_DRAWING)
    assert stage.finest(plane.LATTICES, small, 0.004) >= 24


def test_one_hiccup_changes_little():
    cost = stage.Cost(1e-6, 1e-7, 5000, 1000)
    for _ in range(30):
        cost.learn(1000, 1e-3, 6e-4)
    before = cost.seconds(1000)
    cost.learn(1000, 1.0, 1.0)
    assert cost.seconds(1000) < 2 * before


def test_milliseconds_by_part(clock):
    scene = Scene()
    scene.draw()
    assert set(scene.stage.milliseconds) == {"outputs", "boundary", "representation", "network", "probes"}
    assert all(math.isfinite(number) and number >= 0 for number in scene.stage.milliseconds.values())


def test_a_loop_chooses_what_lies_in_it():
    """In the plane; and in the right view as it was in the picture that the loop was drawn on."""
    scene = Scene(hidden_layers=(3,))
    first = scene.draw(layer="fc2")
    scene.train(100)
    second = scene.draw(layer="fc2")
    assert second["picture"] == first["picture"] + 1
    middle, half = first["positions"].mean(axis=0), np.ptp(first["positions"], axis=0) / 4
    corners = middle + half * [[-1, -1], [1, -1], [1, 1], [-1, 1]]
    inside = (np.abs(first["positions"] - middle) < half).all(axis=1)
    assert (inside != (np.abs(second["positions"] - middle) < half).all(axis=1)).any()
    loop = {"number": 3, "plot": "representation", "picture": first["picture"], "corners": corners.ravel().tolist()}
    drawn = scene.draw(layer="fc2", loop=loop)
    assert drawn["loop"] == 3
    np.testing.assert_array_equal(picking.mask(drawn["selected"], 200), inside)
    # It is drawn at once.
    for name, unit in (("marks", drawn["unit"]), ("plane_marks", networks.PLANE.unit)):
        groups = marked(drawn[name], drawn[name.replace("marks", "mark_groups")], unit)
        assert sum(len(points) for key, points in groups if key & 2) == inside.sum()
    loop = {"number": 4, "plot": "plane", "picture": 0, "corners": [0, 0, 9, 0, 9, 9, 0, 9]}
    drawn = scene.draw(loop=loop)
    np.testing.assert_array_equal(picking.mask(drawn["selected"], 200), (scene.data.inputs > 0).all(axis=1))


def test_marks_of_the_plane_are_sent_where_others_are_chosen():
    scene = Scene(hidden_layers=(3,))
    drawn = scene.draw()
    groups = marked(drawn["plane_marks"], drawn["plane_mark_groups"], networks.PLANE.unit)
    assert sum(len(points) for _, points in groups) == 200
    for key, points in groups:
        members = (scene.data.labels == key // 16) & (np.isin(np.arange(200), scene.data.held_out) == key % 2)
        np.testing.assert_allclose(points, scene.data.inputs[members], atol=networks.PLANE.unit)
    scene.train()
    for choice, is_other in ((), False), ((4,), True), ((4,), False), ((), True):
        scene.draw(selected=chosen(*choice))
        assert ("plane_marks" in scene.told) == is_other


WRONG = {"plane_wrong", "plane_wrong_groups", "wrong_counts"}


def wrong_of(scene):
    """Which rows the network has wrong, by its outputs in NumPy."""
    output = scene.trainer.outputs([scene.names[-1]])[scene.names[-1]]
    right = output[np.arange(200), scene.data.labels] >= output.max(axis=1)
    return ~right


@pytest.mark.parametrize("choices", [{}, {"loss": "mean_squared_error"}, {"dataset": "xor", "hidden_layers": (2,)}])
def test_what_is_classified_wrong_is_sent_where_it_lies_in_both_views(choices):
    scene = Scene(**choices)
    held_out = np.isin(np.arange(200), scene.data.held_out)
    seen = set()
    for _ in range(6):
        drawn = scene.draw(layer="input", selected=chosen(*range(50)))
        wrong = wrong_of(scene)
        seen.add(int(wrong.sum()))
        assert drawn["wrong_counts"].tolist() == [(wrong & ~held_out).sum(), (wrong & held_out).sum()]
        for name, unit in (("plane_wrong", networks.PLANE.unit), ("wrong", drawn["unit"])):
            groups = marked(drawn[name], drawn[f"{name}_groups"], unit)
            assert sum(len(points) for _, points in groups) == wrong.sum()
            for key, points in groups:
                assert key // 16 == 0
                members = wrong & (held_out == key % 2) & ((np.arange(200) < 50) == bool(key & 2))
                np.testing.assert_allclose(points, scene.data.inputs[members], atol=unit)
        scene.train(15)
    assert len(seen) > 1


def test_what_is_classified_wrong_is_sent_where_other_points_are():
    scene = Scene(hidden_layers=(3,))
    scene.draw()
    assert set(scene.told) >= WRONG
    before = wrong_of(scene)
    for _ in range(30):
        scene.train()
        scene.draw(layer="input")
        assert (set(scene.told) >= WRONG) == (not np.array_equal(before, wrong_of(scene)))
        assert (set(scene.told) & WRONG != set()) == (not np.array_equal(before, wrong_of(scene)))
        before = wrong_of(scene)
    scene.draw(layer="input", place=[1, 2])
    assert not WRONG & set(scene.told)
    scene.draw(layer="input", selected=chosen(4))
    assert set(scene.told) >= WRONG


def test_of_zeros_all_points_are_one_heap_and_the_colours_are_pale():
    scene = Scene(initialization="zeros")
    for steps in (0, 40):
        scene.train(steps)
        for layer in ("fc1", "tanh1", "fc2", "softmax"):
            drawn = scene.draw(layer=layer, seconds=float(len(scene.kept) + steps))
            assert drawn["heaps"].tolist() == [[0, 200, -1]]
            assert drawn["extent"][2] == 1
        assert drawn["tile_scales"][1:4].tolist() == pytest.approx([0.1] * 3)
        away = np.abs(drawn["tiles"][-4:-2, ..., :3].astype(int) - GREY).max()
        assert away <= 0.2 * shadings.STRENGTH * np.abs(np.subtract(VIOLET, GREY)).max()
    assert scene.draw(layer="input")["heaps"].tolist() == []


def test_heaps_are_looked_for_when_points_have_moved_and_told_when_they_are_others(monkeypatch):
    clock = iter(np.arange(0, 1e6, 0.02))
    monkeypatch.setattr(stage.time, "perf_counter", lambda: float(next(clock)))
    scene = Scene(initialization="zeros", hidden_layers=(3,))
    assert "heaps" in (scene.draw(layer="fc2") and scene.told)
    for _ in range(3):
        scene.train()
        assert "heaps" not in (scene.draw(layer="fc2") and scene.told)
    # At rest what has moved is looked at, at the latest.
    scene.trainer.restore(Scene(hidden_layers=(3,)).trainer.arrays())
    for _ in range(9):
        if scene.draw(layer="fc2")["heaps"].tolist() == []:
            break
        assert scene.kept["moving"]
    assert scene.kept["heaps"].tolist() == []


def test_a_scale_is_told_where_it_has_changed():
    scene = Scene(hidden_layers=(3,))
    drawn = scene.draw()
    assert drawn["scale_values"].tolist() == [0, 1, 0.5]
    scene.train()
    scene.draw()
    assert "scale" not in scene.told
    drawn = scene.draw(shading="neuron", neuron=("fc1", 1))
    assert "scale" in scene.told
    values = scene.trainer.evaluate(networks.PLANE.grid(96), scene.stage._selectors)["fc1"][:, :3]
    assert drawn["scale_values"][1] == pytest.approx(np.abs(values).max(), rel=1e-3)
    assert drawn["tile_scales"][1] == pytest.approx(np.abs(values).max(), rel=1e-3)
    scene.draw(shading="neuron", neuron=("fc1", 1), place=[1, 1])
    assert "scale" not in scene.told
    scene.draw(shading="classes")
    assert "scale" in scene.told


LINES = {"lines", "line_groups", "bend_boundary"}
PLACES = {"positions", "picture", "order", "ordered", "boxes"}
MARKS = {"marks", "mark_groups", "wrong", "wrong_groups"}


def told_of_points(scene, **changes):
    """What a drawing tells of the points of the right view."""
    scene.draw(**changes)
    return (PLACES | MARKS) & set(scene.told)


@pytest.mark.parametrize(
    ("hidden_layers", "changes"),
    [((3,), {"layer": "fc2"}), ((3,), {"layer": "fc1"}), ((5,), {"layer": "tanh1", "projection": "pca"})],
)
def test_points_are_told_where_they_have_moved_or_others_are_chosen(hidden_layers, changes):
    scene = Scene(hidden_layers=hidden_layers)
    assert told_of_points(scene, **changes) == PLACES | MARKS
    # Nothing of that moves them.
    for other in ({}, {"place": [1, 2]}, {"point": 8}, {"grid": False}, {"shading": "classes"}, {"resolution": 90}):
        assert told_of_points(scene, **changes, **other) == set(), other
    assert told_of_points(scene, **changes, selected=chosen(4)) == MARKS
    assert told_of_points(scene, **changes, selected=chosen(4), place=[0, 1]) == set()
    assert told_of_points(scene, **changes) == MARKS
    scene.train()
    assert told_of_points(scene, **changes) == PLACES | MARKS
    turned = [0, 1, 0, -1, 0, 0, 0, 0, 1]
    spatial = scene.draw(**changes)["spatial"]
    assert told_of_points(scene, **changes, turn=turned) == (PLACES | MARKS if spatial else set())
    assert told_of_points(scene, layer="input") == PLACES | MARKS
    assert told_of_points(scene, layer="input", morph=0.5) == PLACES | MARKS


def told_of_lines(scene, **changes):
    """What a drawing tells of the grid and the boundary of the right view."""
    scene.draw(**changes)
    return LINES & set(scene.told)


@pytest.mark.parametrize("layer", ["fc1", "fc2"])
def test_lines_are_told_where_they_are_others(layer):
    scene = Scene(hidden_layers=(3,))
    assert told_of_lines(scene, layer=layer) == LINES
    for other in ({}, {"place": [1, 2]}, {"point": 8}, {"selected": chosen(4)}, {"shading": "classes"}):
        assert told_of_lines(scene, layer=layer, **other) == set(), other
    for switch in ("grid", "boundary"):
        assert told_of_lines(scene, layer=layer, **{switch: False}) == LINES
        assert len(scene.kept["lines"]) == 0 or switch == "boundary"
        assert told_of_lines(scene, layer=layer) == LINES
    assert told_of_lines(scene, layer=layer, morph=0.5) == LINES
    scene.train()
    assert told_of_lines(scene, layer=layer) == LINES


def test_points_that_have_no_place_are_not_told_again():
    scene = Scene(hidden_layers=(3,))
    parameters, state, statistics = scene.trainer.arrays()
    parameters = [array.copy() for array in parameters]
    parameters[0][0] = np.nan
    scene.trainer.restore((parameters, state, statistics))
    assert told_of_points(scene, layer="fc2") == PLACES | MARKS
    assert told_of_points(scene, layer="fc2", place=[0, 1]) == set()


def test_a_loop_is_about_the_points_as_they_lay_in_its_picture_whatever_was_drawn_since():
    scene = Scene(hidden_layers=(3,))
    first = scene.draw(layer="fc2")
    # As many pictures as one likes, in which no point moves.
    for number in range(3 * stage.PICTURES):
        scene.draw(layer="fc2", place=[0.1 * number, 1])
    assert scene.kept["picture"] == first["picture"]
    scene.train(100)
    second = scene.draw(layer="fc2")
    middle = first["positions"].mean(axis=0)
    corners = [middle + corner for corner in ([0, -99], [99, -99], [99, 99], [0, 99])]
    inside, now_inside = (drawn["positions"][:, 0] > middle[0] for drawn in (first, second))
    assert (inside != now_inside).any()
    for number, (drawn, expected) in enumerate(((first, inside), (second, now_inside))):
        loop = {"number": number, "plot": "representation", "picture": drawn["picture"]}
        scene.draw(layer="fc2", loop={**loop, "corners": np.ravel(corners).tolist()})
        np.testing.assert_array_equal(picking.mask(scene.told["selected"], 200), expected)
        assert set(scene.told) >= MARKS


def test_the_page_can_look_points_up():
    drawn = Scene(hidden_layers=(3,)).draw(layer="fc2")
    assert sorted(drawn["order"].tolist()) == list(range(200))
    np.testing.assert_array_equal(drawn["ordered"], drawn["positions"][drawn["order"]])


def refined(scene, **changes):
    """`(first, last, drawings)`: what is drawn in no time, and after as many drawings as it takes to be fine."""
    first = drawn = scene.draw(milliseconds=0, **changes)
    drawings = 0
    while not drawn["fine"]:
        drawings += 1
        assert drawings < 1000
        drawn = scene.draw(milliseconds=0, **changes)
        assert "pixels" in drawn or drawn == {"fine": False, "moving": False}
    return first, drawn, drawings


@pytest.mark.parametrize("trainer", [PlainTrainer, CompiledTrainer])
@pytest.mark.parametrize("shading", ["classes", "neuron"])
def test_a_picture_becomes_as_fine_as_the_screen_however_slow_the_machine(trainer, shading):
    """Drawing by drawing while nothing is trained; in the end it is what a machine would draw that is fast enough."""
    scene = Scene(trainer, hidden_layers=(6, 5))
    scene.train(60)
    changes = {"resolution": 317, "shading": shading, "neuron": ["tanh2", 3], "layer": "fc2"}
    first, last, drawings = refined(scene, **changes)
    assert first["fine"] is False
    assert first["resolution"] < 50
    assert drawings > 1
    assert last["resolution"] == 317
    parameters, _, statistics = scene.trainer.arrays()
    outputs = network.predict(scene.experiment, parameters, statistics, networks.PLANE.grid(317))
    values = outputs["tanh2"][:, 3]
    by_neuron = np.clip(values, -1, 1), np.abs(outputs["tanh2"]).max()
    ends = [outputs[name] for name in shape.layer_names(scene.experiment)[-2:]]
    view = view_of(scene.experiment, **changes)
    task = networks.task_of(scene.experiment)
    expected = boundary.draw(task, ends, 317, view, by_neuron if shading == "neuron" else None)
    differ = (np.abs(last["pixels"].astype(int) - expected["pixels"]) > 4).any(axis=2)
    assert differ.mean() < 0.002
    # The bent grid and what else is made of the lattice are those of a fast machine.
    fast = Scene(trainer, hidden_layers=(6, 5))
    fast.train(60)
    fast = fast.draw(**changes)
    assert len(last["lines"]) == pytest.approx(len(fast["lines"]), rel=0.01)
    assert len(first["lines"]) < 0.5 * len(fast["lines"])
    assert last["tiles"].shape == fast["tiles"].shape


def test_what_is_fine_stays_so_while_a_place_is_pointed_at_and_is_coarse_after_a_step():
    scene = Scene(hidden_layers=(4,))
    _, last, _ = refined(scene, resolution=120)
    for place in ([0.5, 1.0], [0.25, -2.0]):
        drawn = scene.draw(milliseconds=0, resolution=120, place=place)
        assert drawn["fine"]
        assert drawn["resolution"] == 120
        assert len(drawn["lines"]) == len(last["lines"])
        parameters, _, statistics = scene.trainer.arrays()
        outputs = network.predict(scene.experiment, parameters, statistics, np.float32([place]))
        assert drawn["place_position"] == pytest.approx(outputs["fc2"][0], abs=1e-5)
    assert scene.draw(milliseconds=0, resolution=120)["fine"]
    scene.train()
    drawn = scene.draw(milliseconds=0, resolution=120)
    assert not drawn["fine"]
    assert drawn["resolution"] < 50


def test_another_view_is_shown_at_once_while_a_picture_is_refined():
    scene = Scene(hidden_layers=(4,))
    while not scene.draw(milliseconds=0, resolution=150).get("resolution", 0) < 150:
        pass
    drawn = scene.draw(milliseconds=0, resolution=150, layer="tanh1", projection="pca")
    assert "pixels" in drawn
    _, last, _ = refined(scene, resolution=150, layer="tanh1", projection="pca", shading="neuron", neuron=["fc1", 2])
    assert last["resolution"] == 150


@pytest.mark.parametrize("width", [2, 3])
def test_the_picture_shows_the_bent_grid_as_far_as_it_is_near(width):
    scene = Scene(hidden_layers=(width,))
    drawn = scene.draw(layer="fc1")
    x, y, half = drawn["extent"]
    without = scene.draw(layer="fc1", grid=False)["extent"]
    assert (x, y) == pytest.approx(without[:2])
    points = np.concatenate([line for _, lines in grouped(drawn["lines"], drawn["line_groups"]) for line in lines])
    reach = np.abs(points * drawn["unit"] - [x, y]).max()
    most = representation.GRID_REACH * without[2]
    assert without[2] < half <= 1.001 * most
    assert reach <= half * 1.0001 or half == pytest.approx(most)
    # A space may be turned, and its picture does not jump.
    turned = scene.draw(layer="fc1", turn=[0, 0, 1, 0, 1, 0, -1, 0, 0] if width == 3 else [1, 0, 0, 0, 1, 0, 0, 0, 1])
    assert turned["extent"] == pytest.approx(drawn["extent"], rel=1e-5)


def test_a_grid_that_runs_off_does_not_make_the_points_tiny():
    places = np.float32([[0, 1, 1e20, np.nan], [0, 1, 5, np.inf], [0, 0, 0, 0]])
    extent = np.float32([0, 0, 2])
    assert representation.extent_with(extent, places, False).tolist() == pytest.approx(
        [0, 0, 2 * representation.GRID_REACH]
    )
    assert representation.extent_with(extent, places[:, :2], False).tolist() == [0, 0, 2]
    assert representation.extent_with(extent, places[:, 3:], False).tolist() == [0, 0, 2]
