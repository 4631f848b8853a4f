"""What is measured of the page itself."""

import json

import pytest

from bench import frames, markdown, points, start
from bench.settings import QUICKEST
from tests.bench.checks import are_not_negative, are_positive, table_in
from tests.bench.command import run_command

MOVES = "something moves: a recording or the network"
HEAPS = ["page", "page_wasm", "worker", "worker_wasm"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return run_command(tmp_path_factory.mktemp("bench"), "start", "frames", "points", "memory", "soak")


def test_the_command_ends_well(run):
    assert run.code == 0, run.errors


def test_start(run):
    result = run.document["start"]
    for visit in start.VISITS:
        assert list(result[visit]) == [title for _, _, title in start.STAGES]
        assert are_positive(result[visit].values())
        assert are_not_negative([result["longest_task"][visit]])
        assert result[visit]["controls answer"] < result[visit]["first trained picture is seen"]
        assert result[visit][MOVES] < result[visit]["first trained picture is seen"], "the recording was seen"
        assert start.VISITS[visit][0] in run.output
    assert MOVES in run.output
    fetched = {path for path, *_ in result["files"]}
    assert {"index.html", "vendor/pyodide/lab.pack.zst", "vendor/micropython/micropython.wasm"} <= fetched
    assert are_positive(number for _, *sizes in result["files"] for number in sizes)
    assert sum(sent for _, _, sent in result["files"]) <= start.MOST_BYTES
    assert "milliseconds since navigation" in run.output and "in all" in run.output


def test_frames(run):
    result = run.document["frames"]
    assert list(result) == [title for title, *_ in frames.SCENES]
    assert_summaries(result, run.output)


def test_points(run):
    result = run.document["points"]
    assert list(result) == ["training", "pointing"]
    assert_summaries(result, run.output)
    assert f"the page with {points.rows(QUICKEST)} points" in run.output
    # Nothing is trained while a person points at what is at rest, and where the points are is not told again.
    assert result["pointing"]["steps_per_second"] == 0
    assert result["training"]["positions_told"] == 1
    assert result["pointing"]["positions_told"] == 0


def assert_summaries(result, output):
    """Holds the scenes of a result, by their titles, against what a summary has, and looks for them in the output."""
    for title, scene in result.items():
        rates = ("frames_per_second", "drawings_per_second", "share_of_worker", "bytes_per_drawing", "resolution")
        assert are_positive(scene[name] for name in rates)
        assert list(scene["page"]) == list(frames.PAGE_PARTS) and list(scene["worker"]) == list(frames.PARTS)
        assert are_positive([scene["page"]["all"], sum(scene["worker"].values())])
        assert are_not_negative([*scene["page"].values(), *scene["worker"].values(), scene["longest_task"]])
        assert scene["steps_per_second"] >= 0
        assert f"\n  {title}" in output


def test_memory(run):
    readings = run.document["memory"]
    happened = ["warmed up", f"{QUICKEST.frames} frames", f"{QUICKEST.networks} networks"]
    assert [reading["after"] for reading in readings] == happened
    for reading in readings:
        assert list(reading) == ["after", *HEAPS]
        assert are_positive(reading[heap] for heap in HEAPS)
    assert "megabytes in use after" in run.output


def test_soak(run):
    first, *_, last = readings = run.document["soak"]
    assert len(readings) == QUICKEST.soak_readings + 1
    for reading in readings:
        assert list(reading["heaps"]) == HEAPS and are_positive(reading["heaps"].values())
    assert (first["networks"], first["steps"], first["workers"]) == (1, 0, 1)
    assert last["minute"] >= QUICKEST.soak_minutes and last["networks"] > 1 and last["workers"] == 1
    assert "after minutes" in run.output


def test_its_numbers_as_the_documents_have_them(run, capsys, tmp_path):
    numbers, printed = tmp_path / "numbers.json", tmp_path / "printed.md"
    numbers.write_text(json.dumps(run.document))
    markdown.main(numbers)
    printed.write_text(capsys.readouterr().out)
    for columns in (markdown.FRAMES, markdown.START, markdown.SOAK):
        header, rows = table_in(printed, columns[:2])
        assert header == columns and rows
