"""The tables of the README and of docs/measurements.md are those that the benchmark writes today."""

import json
import re

import pytest

from bench import driver, frames, markdown, start
from bench.networks import GOALS, in_words
from tests.bench.checks import table_in
from tools.environment import ROOT

NUMBER = re.compile(r"(\*\*)?\d[\d,]*(\.\d+)?(\*\*)?( ×)?")


def test_training_speed_in_the_readme():
    header, rows = table_in(ROOT / "README.md", ("hidden layers", driver.LAB))
    assert header == ("hidden layers", *driver.CONTENDERS, "against the fastest of them")
    assert [row[0] for row in rows] == [in_words(layers) for layers in GOALS]
    for row in rows:
        assert all(NUMBER.fullmatch(cell) or cell == markdown.NOT_MEASURED for cell in row[1:])


def test_frames_in_the_readme():
    header, rows = table_in(ROOT / "README.md", ("hidden layers", "frames/s"))
    assert header == markdown.FRAMES
    assert [row[0] for row in rows] == [title for title, *_ in frames.SCENES]


def test_start_and_soak_in_the_measurements():
    header, rows = table_in(ROOT / "docs/measurements.md", markdown.START[:1])
    assert header == markdown.START
    assert [row[0] for row in rows] == [*(title for _, _, title in start.STAGES), "longest task"]
    header, _ = table_in(ROOT / "docs/measurements.md", markdown.SOAK[:1])
    assert header == markdown.SOAK


def training_results(**replaced):
    contenders = {name: {"us_per_step": 1234.5 + place} for place, name in enumerate(driver.CONTENDERS)}
    return [
        {"hidden_layers": list(layers), "contenders": {**contenders, **replaced}, "standing": {"speed_up": 12.34}}
        for layers in GOALS
    ]


def test_training_speed_as_it_is_written(tmp_path, capsys):
    path = tmp_path / "numbers.json"
    path.write_text(json.dumps({"date": "today", "compare": training_results()}))
    markdown.main(path)
    (tmp_path / "README.md").write_text(capsys.readouterr().out)
    header, rows = table_in(tmp_path / "README.md", ("hidden layers", driver.LAB))
    assert (header, [row[0] for row in rows]) == (markdown.TRAINING, [in_words(layers) for layers in GOALS])
    assert rows[0][1:3] == ("**1,234**", "1,236") and {row[-1] for row in rows} == {"12.3 ×"}


@pytest.mark.parametrize("lacking", [{"error": "it failed"}, {}])
def test_what_was_not_measured_is_a_dash(lacking):
    (*_, row) = markdown.training(training_results(**{"jax-js webgpu": lacking}))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert [name for name, cell in zip(markdown.TRAINING, cells, strict=True) if cell == "–"] == ["jax-js webgpu"]


def test_compiling_and_grids_in_sentences():
    compiled = [{"hidden_layers": [8], "milliseconds": 28.21, "bytes": 26_100}]
    assert markdown.compiling(compiled) == ["8: 28.2 ms to compile, a module of 26 kB."]
    grids = [{"hidden_layers": [8, 8], "milliseconds": 0.612, "resolution": 200}]
    assert markdown.grids(grids) == ["8, 8: 0.612 ms for a grid of 200 × 200."]
