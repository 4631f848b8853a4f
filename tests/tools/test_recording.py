"""The recording of the default experiment: small, always the same, and what the lab answers."""

import json
import subprocess
import time

import numpy as np
import pytest

from lab import contour, datasets, plane, training
from lab.plain import PlainTrainer
from spec import fields, protocol, shape
from tools import environment, site
from tools.snapshot import record

PATH = site.LAB_FILES[2]
LARGEST = 150_000
# Colours that have nothing to do with those that are recorded.
PALETTE = {
    "classes": [[30, 110, 190], [220, 100, 10]],
    "signs": [[200, 20, 220], [90, 140, 80]],
    "neutral": [245, 244, 240],
    "boundary": [12, 34, 56],
}
EXPERIMENT = fields.defaults()
CHOSEN = [0, 1, 7, record.PICTURES - 1]


@pytest.fixture(scope="module")
def lab():
    """`(opened, answers)` of the lab, here."""
    return record.answers_of(EXPERIMENT)


@pytest.fixture(scope="module")
def read(files):
    """The site's recording as the page reads it."""
    reader = environment.ROOT / "tests/tools/recording_reader.mjs"
    module = environment.ROOT / "static/recording.mjs"
    command = [*environment.node(), reader, module, json.dumps(PALETTE)]
    done = subprocess.run(command, input=files[PATH], capture_output=True, check=True)
    return json.loads(done.stdout)


def test_it_is_small(files):
    assert 10_000 < len(files[PATH]) <= LARGEST


def test_it_is_the_same_every_time(lab):
    one = record.packed(*lab)
    assert record.recording() == one
    assert len(one) <= LARGEST


def test_the_clock_goes_on_afterwards():
    clock = time.perf_counter
    record.answers_of(EXPERIMENT)
    assert time.perf_counter is clock


def test_it_is_a_run_from_its_start_until_all_is_learnt(read):
    epochs = [answer["epoch"] for answer in read["answers"]]
    assert epochs == list(record.EPOCHS)
    assert epochs[0] == 0 and epochs == sorted(set(epochs))
    assert read["answers"][-1]["metrics"][1] == 1


def test_what_is_not_of_pictures(lab, read):
    opened, answers = lab
    assert np.allclose(read["opened"]["plane"], opened["plane"])
    assert [read["opened"][name] for name in ("rows", "inputs", "outputs", "task")] == [200, 2, 2, "classification"]
    rows = []
    for answer, got in zip(answers, read["answers"], strict=True):
        rows.append([answer["epoch"], *answer["metrics"]])
        assert np.allclose(got["metrics"], answer["metrics"], atol=1e-3)
        assert np.allclose(np.reshape(got["history"], (5, -1)), np.array(rows).T, atol=1e-3)
        assert (got["step"], got["live"]) == (answer["step"], answer["live"])
        assert not got["diverged"] and got["measured"] and got["last_epoch"] == got["epoch"]


def test_every_picture_has_all_that_the_views_look_at(read):
    unseen = {"selected", "loop", "picture", "positions", "order", "ordered", "boxes", "point"}
    # Of numbers to predict, which are not recorded.
    unseen |= {"contour_labels", "residuals"}
    # Of images.
    unseen |= {"point_image", "weight_image"}
    for answer in read["answers"]:
        assert set(protocol.PICTURE) - unseen <= set(answer["picture"])


@pytest.mark.parametrize("number", CHOSEN)
def test_paths_are_the_labs_but_for_rounding(lab, read, number):
    opened, answers = lab
    picture, got = answers[number]["picture"], read["answers"][number]["picture"]
    assert np.isclose(got["unit"][0], picture["unit"] * record.COARSER["lines"])
    assert np.isclose(read["opened"]["unit"][0], opened["unit"] * record.COARSER["contour"])
    for name in ("contour", "lines", "bend_boundary", "marks"):
        by, path = record.COARSER[name], np.array(got[name])
        breaks = picture[name] == contour.BREAK
        assert ((path == contour.BREAK) == breaks).all()
        assert np.abs(path[~breaks] * by - picture[name][~breaks]).max() <= by / 2
    assert got["line_groups"] == picture["line_groups"].ravel().tolist()
    assert got["mark_groups"] == picture["mark_groups"].ravel().tolist()


@pytest.mark.parametrize("number", CHOSEN)
def test_the_plane_is_in_the_colours_of_a_network_trained_in_plain_autograd(read, number):
    answer = read["answers"][number]
    side = answer["picture"]["resolution"] + 1
    trainer, data = PlainTrainer(EXPERIMENT, datasets.load(EXPERIMENT)), datasets.load(EXPERIMENT)
    trainer.train(training.rates_of(EXPERIMENT), 0, answer["step"])
    where = plane.plane_of(data.inputs, None, None)
    assert np.allclose([where.x, where.y, where.half], read["opened"]["plane"]), "the square that the page shows"
    probability = trainer.ends(where.grid(side - 1))["softmax"][:, 1]
    expected = coloured(2 * probability - 1, 0.62, *PALETTE["classes"])
    got = np.reshape(answer["picture"]["pixels"], (-1, 4))
    assert (got[:, 3] == 255).all()
    assert np.abs(got[:, :3] - expected).max() <= 3


@pytest.mark.parametrize("number", CHOSEN)
def test_heat_maps_are_the_labs_in_other_colours(lab, read, number):
    tiles = lab[1][number]["picture"]["tiles"].astype(float)
    share = (tiles[..., 1] - tiles[..., 0]) / record.FULL
    got = np.reshape(read["answers"][number]["picture"]["tiles"], (*tiles.shape[:3], 4))
    assert np.abs(got[..., :3] - coloured(share, 1, *PALETTE["signs"])).max() <= 1


def test_every_picture_has_the_miniatures_of_all_layers_as_they_were_drawn_last(lab, read):
    """From the first picture on; those that the lab drew with a picture are that picture's own, in other colours."""
    count, side = len(shape.layers(EXPERIMENT)), record.MINIATURE
    inks = [record.NEUTRAL, record.ONE, record.OTHER, record.BOUNDARY]
    colours = [PALETTE["neutral"], *PALETTE["classes"], PALETTE["boundary"]]
    before = None
    for answer, got in zip(lab[1], read["answers"], strict=True):
        picture = answer["picture"]
        assert (got["picture"]["miniature_first"], got["picture"]["miniature_size"]) == (0, side)
        pictures = np.reshape(got["picture"]["miniatures"], (count, side, side, 4))
        assert (pictures[..., 3] == 255).all()
        drawn = range(picture["miniature_first"], picture["miniature_first"] + len(picture["miniatures"]))
        for number in range(count):
            if number in drawn:
                own = picture["miniatures"][number - drawn.start, ..., :3]
                for ink, colour in zip(inks, colours, strict=True):
                    assert ((own == ink).all(axis=-1) == (pictures[number, ..., :3] == colour).all(axis=-1)).all()
            elif before is not None:
                assert (pictures[number] == before[number]).all()
            # Points of both classes are to be seen in every layer.
            assert all((pictures[number, ..., :3] == colour).all(axis=-1).any() for colour in PALETTE["classes"])
        before = pictures


def coloured(certainty, strength, one, other):
    """The colour for each certainty from -1, for `one`, over the neutral one, to 1, for `other`."""
    neutral = np.array(PALETTE["neutral"], float)
    target = np.where(certainty[..., None] < 0, np.array(one, float), np.array(other, float))
    return neutral + strength * np.abs(certainty)[..., None] * (target - neutral)
