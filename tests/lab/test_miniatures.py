"""The miniatures of all layers are brought up to date, some with each picture."""

import itertools
import time

import numpy as np
import pytest

from lab import miniatures
from lab.miniatures import Miniatures
from spec import shape
from tests.lab.pictures import INK, PALETTE, view_of
from tests.lab.test_stage import Scene

SIDE = 40


def at_rest(scene, side, most=20):
    """The miniatures as they come, by layer, until the picture is complete."""
    kept, scene.probes = {}, None
    for _ in range(most):
        scene.draw(miniature=side)
        scene.probes = scene.told.get("probes", scene.probes)
        if "miniatures" in scene.told:
            assert scene.told["miniature_size"] == side
            kept.update(enumerate(scene.told["miniatures"], scene.told["miniature_first"]))
        if scene.told["fine"] and not scene.told["moving"]:
            return kept
    raise AssertionError("the picture is never complete")


@pytest.mark.parametrize("hidden_layers", [(), (8,), (5, 4, 3, 2)])
def test_at_rest_every_layer_comes_in_the_size_that_is_asked_for(hidden_layers):
    scene = Scene(hidden_layers=hidden_layers)
    for side in (SIDE, SIDE + 7, SIDE):
        kept = at_rest(scene, side)
        assert sorted(kept) == list(range(len(scene.names)))
        assert {picture.shape for picture in kept.values()} == {(side, side, 4)}


def test_numbers_have_the_colours_of_their_levels():
    """As the large views have them: no class's colour, but those on the way from one sign's to the other's."""
    scene = Scene(dataset="plane", hidden_layers=(3,))
    kept = at_rest(scene, SIDE)
    levels = np.linspace(*PALETTE["signs"], 10)
    for picture in kept.values():
        colours = picture.reshape(-1, 4)[:, :3].astype(float)
        marks = colours[(colours != PALETTE["neutral"]).any(axis=1) & (colours != INK).any(axis=1)]
        assert len(marks) > 20
        assert np.abs(marks[:, None] - levels).max(axis=2).min(axis=1).max() <= 1
    # In the plane x and y grow with it: the lower left corner has the colour of the least, the upper right the other.
    marks = (kept[0][..., :3] != PALETTE["neutral"]).any(axis=2)
    rows, columns = np.nonzero(marks)
    least, largest = (np.abs(kept[0][rows, columns, :3].astype(float) - levels[end]).max(axis=1) for end in (0, -1))
    corner = columns - rows
    assert corner[least < 20].mean() < 0 < corner[largest < 20].mean()


def test_after_training_every_layer_is_that_of_the_network_as_it_is():
    scene = Scene(hidden_layers=(8, 8))
    at_rest(scene, SIDE)
    scene.train(40)
    kept = at_rest(scene, SIDE)
    lattice = scene.stage._lattice[1]
    afresh = Miniatures(scene.experiment, scene.data, scene.stage._fits)
    view = view_of(scene.experiment, miniature=SIDE)
    numbers = afresh.take_turn(scene.trainer.version, view, len(scene.names))
    expected = afresh.draw(numbers, scene.trainer.outputs(scene.names, scene.data.sample), lattice, view)
    for number, name in enumerate(scene.names):
        # Up and down may have changed places in a best view, as it follows what was there before.
        wide = shape.layers(scene.experiment)[number].width > 2
        alike = [(kept[number] == picture).all(axis=2).mean() for picture in (expected[number], expected[number][::-1])]
        assert max(alike[: 1 + wide]) > 0.97, name
    assert not np.array_equal(kept[0], kept[len(scene.names) - 1])


def test_fewer_are_drawn_together_where_they_are_wide():
    """But each layer has its turn."""
    scene = Scene(hidden_layers=(1024, 20))
    turns = []
    afresh = Miniatures(scene.experiment, scene.data, scene.stage._fits)
    for version in range(5):
        turns.append(list(afresh.take_turn(version, view_of(scene.experiment, miniature=SIDE), 3)))
    assert turns == [[0, 1], [2, 3, 4], [5, 6], [0, 1], [2, 3, 4]]


def test_what_has_been_drawn_is_not_waited_for_again():
    scene = Scene(hidden_layers=(8, 8))
    at_rest(scene, SIDE)
    assert not scene.draw(miniature=SIDE)["moving"]
    assert at_rest(scene, 0) == {}


def points_and_line(picture, classes):
    """For each class the columns of its pixels, and the columns of the upright line, of whatever is the line's."""
    picture = picture[..., :3].astype(int)
    where = [np.nonzero((picture == colour).all(axis=2))[1] for colour in PALETTE["classes"][:classes]]
    return where, np.flatnonzero((picture == INK).all(axis=2).all(axis=0))


@pytest.mark.parametrize("projection", ["best", "dimensions", "pca"])
@pytest.mark.parametrize(("dataset", "steps"), [("circle", 600), ("spiral", 80), ("xor", 40), ("gaussian", 0)])
def test_points_lie_on_the_sides_of_the_drawn_line_that_separability_counts(monkeypatch, dataset, steps, projection):
    """In every layer of more than two dimensions, whatever the large view is asked for: counted by pixels."""
    # Each point is one pixel, the line one column.
    monkeypatch.setattr(miniatures, "RADIUS", 0)
    monkeypatch.setattr(miniatures, "HALF_LINE", 0)
    scene = Scene(dataset=dataset, hidden_layers=(8, 3, 20), projection=projection)
    scene.train(steps)
    kept = at_rest(scene, 1201, most=60)
    training, held_out = scene.probes.T
    counted = 0
    for number, layer in enumerate(shape.layers(scene.experiment)):
        if layer.width <= 2:
            continue
        (zeros, ones), line = points_and_line(kept[number], 2)
        assert len(line) == 1, layer.name
        # Few of those that are wrong hide one another.
        wrong = np.count_nonzero(zeros > line[0]) + np.count_nonzero(ones < line[0])
        expected = 180 * (1 - training[number]) + 20 * (1 - held_out[number])
        assert wrong == pytest.approx(expected, abs=4), layer.name
        assert len(zeros) + len(ones) > 100
        counted += expected < 6
    if dataset == "circle":
        # So the last of them are parted, on the two sides of the line.
        assert counted >= 2


def test_while_it_learns_up_stays_up(monkeypatch):
    """From picture to picture the points of a layer do not change places from up to down, as components may."""
    # However busy the machine is, ten pictures come in a second.
    clock = itertools.count()
    monkeypatch.setattr(time, "perf_counter", lambda: number / 10 + next(clock) * 1e-7)
    number = 0
    scene = Scene(hidden_layers=(8,), calm=False)
    before, kept, turned = {}, {}, 0
    for number in range(60):
        scene.train(5)
        scene.draw(miniature=SIDE, seconds=number / 10, calm=False)
        kept.update(enumerate(scene.told["miniatures"].astype(int), scene.told["miniature_first"]))
        for layer in (1, 2):
            if layer in before and layer in kept:
                straight = np.abs(kept[layer] - before[layer]).mean()
                turned += straight > np.abs(kept[layer][::-1] - before[layer]).mean()
        before = dict(kept)
    assert turned <= 2
