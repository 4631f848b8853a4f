"""The right view: positions on the way from layer to layer, and the grid, boundary and marks read back."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.views import STRAIGHT
from lab import contour, datasets, network, plane, representation, tasks
from lab.projector import Projector
from spec import registry, shape
from tests.lab import networks
from tests.lab.pictures import grouped, marked, polylines, view_of

# A turn around all three axes.
ANGLE = 0.7
TURNED = np.array([[1, 0, 0], [0, np.cos(ANGLE), -np.sin(ANGLE)], [0, np.sin(ANGLE), np.cos(ANGLE)]]) @ np.array(
    [[np.cos(ANGLE), 0, np.sin(ANGLE)], [0, 1, 0], [-np.sin(ANGLE), 0, np.cos(ANGLE)]]
)


class Scene:
    """A network's points and lattice, seen as `view_of` with changes asks for."""

    def __init__(self, experiment, resolution=24, arrays=None, projector=None, **changes):
        self.experiment, self.resolution = experiment, resolution
        self.arrays = arrays or networks.shaken(experiment)
        self.view = view_of(experiment, **changes)
        self.task = networks.task_of(experiment)
        self.points = datasets.load(experiment).inputs
        self.outputs = network.predict(experiment, *self.arrays, self.points)
        projector = projector or Projector(experiment)
        names = representation.layers_shown(experiment, self.view)
        self.projections = [projector.project(name, self.outputs[name], self.view) for name in names]
        self.terms = representation.terms(experiment, self.view, self.projections)
        self.turn = np.array(self.view["turn"], np.float32).reshape(3, 3)
        self.half = representation.half_of(self.terms)
        self.unit = self.half / representation.UNITS
        self.spatial = any(term.spatial for term in self.terms)

    def positions(self, outputs=None, spread=False):
        outputs = outputs or self.outputs
        places = [outputs[term.layer] @ term.basis for term in self.terms]
        return representation.positions(self.terms, places, self.turn, spread).T

    def on_plane(self, points):
        return network.predict(self.experiment, *self.arrays, points)

    def lattice(self):
        """`(seen, positions, margins)` of the lattice."""
        outputs = self.on_plane(networks.PLANE.grid(self.resolution))
        bases = {term.layer: term.basis for term in self.terms}
        seen = {name: output @ plane.selector(output.shape[1], bases.get(name)) for name, output in outputs.items()}
        margins = self.task.margins(list(outputs.values())[-2:])
        return seen, self.positions(outputs), margins

    def bend_boundary(self):
        seen, _, margins = self.lattice()
        side = self.resolution + 1
        crossings = contour.crossings(margins.reshape(-1, side, side))
        places = representation.projected_crossings(self.experiment, self.terms, seen, crossings, 2)
        return representation.positions(self.terms, places, self.turn)[:2].T


def pairs(experiment):
    """Every layer that another follows, with that one's name and kind."""
    layers = shape.layers(experiment)
    return [(one[0], other[0], other[1]) for one, other in pairwise(layers)]


EXPERIMENTS = [
    networks.experiment_of(hidden_layers=(2, 3, 1, 5), activation=activation, normalization=normalization, loss=loss)
    for activation, normalization, loss in (
        ("tanh", "none", "cross_entropy"),
        ("relu", "batch_norm", "cross_entropy"),
        ("sigmoid", "layer_norm", "mean_squared_error"),
    )
]


# Positions.


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=networks.name_of)
@pytest.mark.parametrize("projection", registry.entries("projection"))
def test_at_rest_a_layer_is_its_projected_activations(experiment, projection):
    for name, *_ in shape.layers(experiment):
        scene = Scene(experiment, layer=name, projection=projection, turn=TURNED.ravel().tolist())
        (shown,) = scene.projections
        expected = scene.outputs[name].astype(float) @ shown.basis - shown.centre
        if shown.spatial:
            expected = expected @ TURNED.T
        positions = scene.positions()
        assert positions.dtype == np.float32
        np.testing.assert_allclose(positions[:, :2], expected[:, :2], atol=1e-5 * scene.half)
        if not shown.spatial:
            assert (positions[:, 2] == np.float32(shown.half)).all()
        x, y, half = representation.extent(scene.terms)
        assert np.abs(positions[:, 0] - x).max() <= half * 1.3
        assert np.abs(positions[:, 1] - y).max() <= half * 1.3


def test_flat_layers_are_drawn_as_they_are():
    experiment = networks.experiment_of(hidden_layers=(5,))
    scene = Scene(experiment, layer="fc1", projection="dimensions", dimensions=[3, 1])
    np.testing.assert_array_equal(scene.positions()[:, :2], scene.outputs["fc1"][:, [3, 1]])


def test_three_dimensions_turn():
    experiment = networks.experiment_of(hidden_layers=(3,))
    straight, turned = (Scene(experiment, layer="fc1", turn=turn) for turn in (STRAIGHT, TURNED.ravel().tolist()))
    expected = straight.outputs["fc1"] - straight.outputs["fc1"].mean(axis=0)
    np.testing.assert_allclose(straight.positions(), expected, atol=1e-5)
    np.testing.assert_allclose(turned.positions(), expected @ TURNED.T, atol=1e-5)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=networks.name_of)
@pytest.mark.parametrize("projection", registry.entries("projection"))
def test_a_morph_is_exact_at_both_ends(experiment, projection):
    turn = TURNED.ravel().tolist()
    for layer, after, _ in pairs(experiment):
        choices = {"projection": projection, "turn": turn, "projector": Projector(experiment)}
        start, end = (Scene(experiment, layer=name, **choices) for name in (layer, after))
        just_after, just_before = (Scene(experiment, layer=layer, morph=t, **choices) for t in (1e-6, 1 - 1e-6))
        for still, moving in ((start, just_after), (end, just_before)):
            tolerance = 1e-5 * max(start.half, end.half)
            np.testing.assert_allclose(moving.positions(spread=True), still.positions(spread=True), atol=tolerance)
            extents = representation.extent(moving.terms), representation.extent(still.terms)
            np.testing.assert_allclose(*extents, atol=tolerance)
        one, other = start.lattice()[1], just_after.lattice()[1]
        np.testing.assert_allclose(one, other, atol=1e-4 * np.abs(one).max() + 1e-4 * end.half)


@pytest.mark.parametrize("t", [0.25, 0.5, 0.8])
@pytest.mark.parametrize("activation", registry.entries("activation"))
def test_an_activation_is_morphed_element_by_element(activation, t):
    experiment = networks.experiment_of(hidden_layers=(2, 3), activation=activation)
    for number in "12":
        before, after = f"fc{number}", f"{activation}{number}"
        scene = Scene(experiment, layer=before, morph=t)
        one, other = (Scene(experiment, layer=name) for name in (before, after))
        # Seen through the same dimensions this is the same as interpolating.
        expected = (1 - t) * one.positions() + t * other.positions()
        np.testing.assert_allclose(scene.positions(), expected, atol=1e-5)
        np.testing.assert_allclose(
            representation.extent(scene.terms),
            (1 - t) * representation.extent(one.terms) + t * representation.extent(other.terms),
            rtol=1e-5,
            atol=1e-6,
        )


def test_an_activation_is_seen_through_one_basis():
    experiment = networks.experiment_of(hidden_layers=(6,), activation="relu")
    scene = Scene(experiment, layer="fc1", morph=0.3, projection="pca")
    one, other = scene.projections
    assert np.abs(one.basis - other.basis).max() > 0.01
    basis, centre = 0.7 * one.basis + 0.3 * other.basis, 0.7 * one.centre + 0.3 * other.centre
    x = scene.outputs["fc1"]
    expected = (0.7 * x + 0.3 * np.maximum(x, 0)) @ basis - centre
    np.testing.assert_allclose(scene.positions(), expected, atol=1e-5)


@pytest.mark.parametrize("layer", ["fc1", "tanh1", "fc2"])
@given(t=st.floats(0.01, 0.99))
def test_a_morph_is_linear(layer, t):
    experiment = networks.experiment_of(hidden_layers=(3,))
    halfway, scene = (Scene(experiment, layer=layer, morph=share) for share in (0.5, t))
    rest = Scene(experiment, layer=layer)
    expected = rest.positions() + 2 * t * (halfway.positions() - rest.positions())
    np.testing.assert_allclose(scene.positions(), expected, atol=1e-4)


def test_one_dimension_is_spread():
    experiment = networks.experiment_of(hidden_layers=(1,))
    scene = Scene(experiment, layer="fc1")
    positions = scene.positions(spread=True)
    np.testing.assert_allclose(positions[:, 0], scene.outputs["fc1"][:, 0], rtol=1e-6)
    y = positions[:, 1] / (representation.SPREAD * scene.half)
    assert -1 <= y.min() < -0.9
    assert 0.9 < y.max() <= 1
    # No two of ten points that follow each other come near each other.
    assert min(np.diff(np.sort(y[start : start + 10])).min() for start in range(190)) > 0.05
    assert (scene.positions()[:, 1] == 0).all()
    assert (scene.lattice()[1][:, 1] == 0).all()


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_left_out(hole):
    positions = np.float32([[1, 2, 1], [hole, 2, 1], [3, hole, 1], [-3, 1, 1]])
    with np.errstate(all="ignore"):
        found = representation.samples(positions.T, 1.0)
    assert found.finite.tolist() == [True, False, False, True]
    marks, groups = representation.marks(found, np.zeros(4, int), *np.zeros((2, 4), bool), False)
    ((key, points),) = marked(marks, groups, 1 / representation.UNITS)
    assert key == 12
    assert points.tolist() == [[1, 2], [-3, 1]]
    everything = representation.samples(np.full((3, 4), hole, np.float32), 1.0)
    marks, groups = representation.marks(everything, np.zeros(4, int), *np.zeros((2, 4), bool), False)
    assert marks.tolist() == groups.tolist() == []
    assert groups.shape == (0, 2)


# Marks.


@pytest.mark.parametrize(("layer", "width"), [("fc1", 3), ("fc2", 2)])
def test_marks_are_the_points(layer, width):
    experiment = networks.experiment_of(hidden_layers=(3,))
    scene = Scene(experiment, layer=layer, turn=TURNED.ravel().tolist())
    data = datasets.load(experiment)
    held_out, selected = np.zeros((2, 200), bool)
    held_out[data.held_out] = True
    selected[::7] = True
    positions = scene.positions(spread=True)
    found = representation.samples(positions.T, scene.half)
    groups = marked(*representation.marks(found, data.labels, held_out, selected, scene.spatial), scene.unit)
    assert sum(len(points) for _, points in groups) == 200
    assert len({key for key, _ in groups}) == len(groups)
    depths = [key // 4 % 4 for key, _ in groups]
    assert depths == sorted(depths)
    assert set(depths) == ({3} if width == 2 else {0, 1, 2, 3})
    # Within a depth the selected lie on top, and among equals those held out.
    for depth in set(depths):
        order = [(key >> 1 & 1, key & 1) for key, _ in groups if key // 4 % 4 == depth]
        assert order == sorted(order)
    for key, points in groups:
        members = (data.labels == key // 16) & (held_out == key % 2) & (selected == (key // 2 % 2))
        if width == 3:
            bucket = np.clip(np.floor((positions[:, 2] / scene.half + 1) * 2), 0, 3)
            members &= bucket == key // 4 % 4
        np.testing.assert_allclose(points, positions[members, :2], atol=scene.unit * 0.51)


# The grid.


def line_of(point, tolerance=0.02):
    """Whether a point of the input plane lies on a line at a whole number."""
    return np.abs(point - np.rint(point)).min() < tolerance


@pytest.mark.parametrize("resolution", [12, 36, 48])
@pytest.mark.parametrize("layer", ["input", "fc1", "tanh1", "fc2", "softmax"])
def test_grid_lines_are_where_the_network_puts_them(layer, resolution):
    experiment = networks.experiment_of(hidden_layers=(3,))
    scene = Scene(experiment, resolution, layer=layer, turn=TURNED.ravel().tolist())
    _, positions, margins = scene.lattice()
    found = representation.samples(positions.T, scene.half)
    lines, groups = representation.grid_lines(scene.task, found, margins, resolution, scene.spatial)
    # Every segment of every line, from the lattice itself, with its class and depth.
    side = resolution + 1
    units = np.clip(np.rint(positions.astype(float) / scene.unit), -1e6, 1e6)
    expected = {}
    index = np.arange(side * side).reshape(side, side)
    for number, line in enumerate([*index[:: resolution // 12], *index.T[:: resolution // 12]]):
        for one, other in pairwise(line):
            label = int(margins[0, one] + margins[0, other] > 0)
            # The border of a flat grid stands out.
            bucket = 3 if number in (0, 12, 13, 25) else 1
            if scene.spatial:
                middle = (positions[one, 2] + positions[other, 2]) / 2
                bucket = int(np.clip(np.floor((middle / scene.half + 1) * 2), 0, 3))
            expected.setdefault(label * 4 + bucket, []).append((*units[one, :2], *units[other, :2]))
    depths = [key % 4 for key, _ in grouped(lines, groups)]
    assert depths == sorted(depths)
    keys = [key for key, _ in grouped(lines, groups)]
    assert len(set(keys)) == len(keys)
    assert sorted(keys) == sorted(expected)
    for key, found_lines in grouped(lines, groups):
        segments = np.concatenate([np.hstack([line[:-1], line[1:]]) for line in found_lines])
        wanted = np.array(expected[key])
        assert segments.shape == wanted.shape
        np.testing.assert_allclose(segments, wanted, atol=1)


def test_grid_of_the_input_is_straight_and_whole():
    experiment = networks.experiment_of(hidden_layers=())
    scene = Scene(experiment, 12, layer="input")
    _, positions, margins = scene.lattice()
    found = representation.samples(positions.T, scene.half)
    lines, groups = representation.grid_lines(scene.task, found, margins, 12, False)
    total = 0.0
    for _, found_lines in grouped(lines, groups, scene.unit):
        for line in found_lines:
            assert all(line_of(point) for point in line)
            assert np.ptp(line, axis=0).min() == 0
            total += np.ptp(line, axis=0).max()
    # 13 lines of 12 both ways, with no gap where the class changes.
    assert total == pytest.approx(26 * 12, rel=1e-3)


@given(seed=st.integers(0, 1000), classes=st.integers(1, 10), spatial=st.booleans())
def test_grid_groups_of_anything(seed, classes, spatial):
    rng = np.random.default_rng(seed)
    positions = rng.normal(size=(169, 3)).astype(np.float32)
    positions[rng.random(169) < 0.2] = rng.choice([np.nan, np.inf, 1])
    fields = {1: 0, 2: 1}.get(classes, classes)
    margins = rng.normal(size=(fields, 169)).astype(np.float32)
    labels = np.arange(classes)
    data = datasets.assemble(np.zeros((classes, 2)), labels, [0], [], classes, registry.CLASSIFICATION)
    task = tasks.Classification(networks.experiment_of(), data)
    with np.errstate(all="ignore"):
        found = representation.samples(positions.T, 2.0)
        lines, groups = representation.grid_lines(task, found, margins, 12, spatial)
    segments = sum(len(line) - 1 for _, found_lines in grouped(lines, groups) for line in found_lines)
    index = np.arange(169).reshape(13, 13)
    good = np.isfinite(positions).all(axis=1)
    assert segments == sum((good[line[:-1]] & good[line[1:]]).sum() for line in [*index, *index.T])
    assert all(0 <= key < 4 * classes for key, _ in grouped(lines, groups))


# The boundary.


@pytest.mark.parametrize("hidden", [(), (8,), (3, 4)])
def test_boundary_is_a_straight_line_at_the_logits(hidden):
    experiment = networks.experiment_of(hidden_layers=hidden)
    scene = Scene(experiment, 48)
    ends = scene.bend_boundary()
    assert len(ends) > 20
    np.testing.assert_allclose(ends[:, 0], ends[:, 1], rtol=1e-3, atol=1e-5 * scene.half)
    ends = Scene(experiment, 48, layer="softmax").bend_boundary()
    np.testing.assert_allclose(ends, 0.5, atol=1e-3)


def test_boundary_with_mean_squared_error_is_at_a_half():
    experiment = networks.experiment_of(hidden_layers=(4,), loss="mean_squared_error")
    arrays = networks.shaken(experiment)
    arrays[0][-1][:] += 0.5
    ends = Scene(experiment, 48, arrays).bend_boundary()
    assert len(ends) > 20
    np.testing.assert_allclose(ends[:, 1], 0.5, atol=1e-4)


@pytest.mark.parametrize("t", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("layer", ["input", "fc1", "tanh1", "fc2"])
def test_boundary_runs_where_the_network_decides(layer, t):
    """The boundary of the plane, taken through the network, lies on the lines that are drawn."""
    experiment = networks.experiment_of(hidden_layers=(2,))
    scene = Scene(experiment, 96, layer=layer, morph=t)
    ends = scene.bend_boundary()
    _, _, margins = scene.lattice()
    crossings = contour.crossings(margins.reshape(-1, 97, 97))
    places = contour.at(crossings, networks.PLANE.grid(96)).reshape(-1, 2)
    expected = scene.positions(scene.on_plane(places))[:, :2]
    assert np.abs(ends - expected).max() < 0.02 * scene.half


def test_boundary_as_a_path():
    scene = Scene(networks.experiment_of(), 24)
    ends = scene.bend_boundary().reshape(-1, 2, 2)
    lines = polylines(contour.as_path(ends, scene.unit), scene.unit)
    np.testing.assert_allclose(np.array(lines), ends, atol=scene.unit)


def test_layers_shown():
    experiment = networks.experiment_of(hidden_layers=(2,))
    assert representation.layers_shown(experiment, view_of(experiment, layer="fc1")) == ["fc1"]
    assert representation.layers_shown(experiment, view_of(experiment, layer="fc1", morph=0.1)) == ["fc1", "tanh1"]
    # Nothing follows the last layer.
    assert representation.layers_shown(experiment, view_of(experiment, layer="softmax", morph=0.5)) == ["softmax"]


def within_a_mark(points, half):
    """The most points that one square as large as a mark holds, by trying all that begin at points."""
    side = representation.MARK * half
    x, y = points[:2]
    return max(((x >= a) & (x <= a + side) & (y >= b) & (y <= b + side)).sum() for a in x for b in y)


def test_all_points_in_one_place_are_one_heap():
    points = np.full((3, 50), 0.25, np.float32)
    assert representation.heaps(points, 1.0, np.arange(50) % 2)[:, 1:].tolist() == [[50, -1]]
    assert representation.heaps(points[:, :1], 1.0).tolist() == []
    assert representation.heaps(points[:, :0], 1.0).tolist() == []


def test_all_points_of_a_class_in_one_place_are_a_heap():
    rng = np.random.default_rng(2)
    points = rng.uniform(-1, 1, (3, 60)).astype(np.float32)
    labels = np.arange(60) % 3
    points[:2, labels == 1] = [[0.5], [-0.25]]
    ((point, count, label),) = representation.heaps(points, 1.0, labels).tolist()
    assert (count, label, labels[point]) == (20, 1, 1)
    # Without classes it is a heap all the same.
    ((point, count, label),) = representation.heaps(points, 1.0).tolist()
    assert label == -1
    assert labels[point] == 1
    assert 20 <= count <= 22


@pytest.mark.parametrize("seed", range(8))
def test_many_duplicates_are_counted(seed):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1, 1, (2, 120)).astype(np.float32)
    where = rng.uniform(-1, 1, 2)
    points[:, rng.permutation(120)[:40]] = where[:, None]
    found = representation.heaps(points, 1.0, rng.integers(0, 2, 120))
    ((point, count, label),) = found.tolist()
    assert label == -1
    assert 40 <= count <= within_a_mark(points, 1.0)
    assert np.abs(points[:, point] - where).max() <= representation.MARK


@pytest.mark.parametrize("seed", range(4))
def test_points_that_are_strewn_are_no_heap(seed):
    points = np.random.default_rng(seed).uniform(-1, 1, (2, 200)).astype(np.float32)
    assert within_a_mark(points, 1.0) <= 20
    assert representation.heaps(points, 1.0, np.arange(200) % 2).tolist() == []
    points[0, 7] = np.nan
    assert representation.heaps(points, 1.0, np.arange(200) % 2).tolist() == []


@pytest.mark.parametrize("outside", [1e6, 1e30])
def test_heaps_are_found_beside_points_far_out_of_the_picture(outside):
    points = np.random.default_rng(0).uniform(-1, 1, (2, 120)).astype(np.float32)
    points[:, 40:80] = 0.3
    points[:, :3] = [[-outside, outside, outside], [outside, outside, -outside]]
    ((point, count, _),) = representation.heaps(points, 1.0).tolist()
    assert points[0, point] == np.float32(0.3)
    assert count >= 40
    # Nobody sees those that are all outside.
    points[:] = np.array([[outside], [0]]) + np.arange(120) * outside / 100
    assert representation.heaps(points, 1.0).tolist() == []
