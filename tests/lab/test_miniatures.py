"""The miniatures of all layers are brought up to date, some with each picture."""

import numpy as np
import pytest

from lab.miniatures import Miniatures
from tests.lab.pictures import PALETTE
from tests.lab.test_stage import Scene

SIDE = 40


def at_rest(scene, side, most=20):
    """The miniatures as they come, by layer, until the picture is complete."""
    kept = {}
    for _ in range(most):
        scene.draw(miniature=side)
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


def test_after_training_every_layer_is_that_of_the_network_as_it_is():
    scene = Scene(hidden_layers=(8, 8))
    at_rest(scene, SIDE)
    scene.train(40)
    kept = at_rest(scene, SIDE)
    lattice = scene.stage._lattice[1]
    afresh = Miniatures(scene.experiment, scene.data)
    _, expected = afresh.draw(scene.trainer, lattice, PALETTE, SIDE, len(scene.names))
    # Where a layer has two dimensions they are shown, whatever was there before.
    for number in (0, len(scene.names) - 2, len(scene.names) - 1):
        assert (kept[number] == expected[number]).all(axis=2).mean() > 0.97, scene.names[number]
    assert not np.array_equal(kept[0], kept[len(scene.names) - 1])


def test_what_has_been_drawn_is_not_waited_for_again():
    scene = Scene(hidden_layers=(8, 8))
    at_rest(scene, SIDE)
    assert not scene.draw(miniature=SIDE)["moving"]
    assert at_rest(scene, 0) == {}
