"""The suite in several processes: one closing line, one exit code, and nothing left out but what is said."""

import os
import re
import shutil
import subprocess
import sys
import types

import pytest

from tests import likely, scheduling
from tools.environment import ROOT

NOTE = """
def test_{name}():
    import pathlib
    with pathlib.Path("ran").open("a") as file:
        print("{name}", file=file)
    assert "{name}" not in ("browser_1", "lab_2")
"""


@pytest.fixture
def small(tmp_path):
    """a small suite run as this one is: two tests for a browser and two for the lab, of which one each fails."""
    for path in ("pyproject.toml", "tests/conftest.py", "tests/likely.py", "tests/scheduling.py", "tests/sweeps.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    (tmp_path / "tests/__init__.py").touch()
    for folder in ("browser", "lab"):
        (tmp_path / "tests" / folder).mkdir()
        for number in (1, 2):
            path = tmp_path / f"tests/{folder}/test_{folder}{number}.py"
            path.write_text(NOTE.format(name=f"{folder}_{number}"))
    return tmp_path


def run(folder, *arguments):
    """`(exit code, words, names of the tests that ran)` of the suite in a folder, in two processes."""
    (folder / "ran").write_text("")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadscope", *arguments]
    # This may itself be one of several processes, which is no business of theirs.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, (folder / "ran").read_text().split()


def closing_line(words):
    """What pytest says last, without how long it took."""
    return re.sub(r" in [\d.]+s.*", "", words.strip().splitlines()[-1]).strip("= ")


def test_one_line_counts_the_tests_of_all_processes_and_any_failure_fails_the_whole(small):
    code, words, ran = run(small)
    assert (code, closing_line(words)) == (1, "2 failed, 2 passed")
    assert "::test_browser_1" in words and "::test_lab_2" in words
    assert sorted(ran) == ["browser_1", "browser_2", "lab_1", "lab_2"]


@pytest.mark.skipif(not shutil.which("git"), reason="git says what was changed")
def test_quick_runs_what_was_changed_first_and_says_what_it_left_out(small):
    for command in (["init", "-b", "main"], ["add", "."], ["commit", "-m", "."]):
        who = ["-c", "user.name=nobody", "-c", "user.email=nobody"]
        subprocess.run(["git", *who, *command], cwd=small, capture_output=True, check=True)
    code, words, ran = run(small, "--quick")
    assert (code, closing_line(words), ran) == (5, "no tests ran", [])
    (small / "tests/lab/test_lab3.py").write_text(NOTE.format(name="lab_3"))
    (small / "tests/lab/test_lab2.py").write_text(NOTE.format(name="lab_4"))
    code, words, ran = run(small, "--quick")
    assert (code, closing_line(words)) == (0, "2 passed")
    assert sorted(ran) == ["lab_3", "lab_4"]
    assert "changed since main: " in words and "tests/lab/test_lab2.py, tests/lab/test_lab3.py" in words
    assert "left out: 2 of 2 files of tests/browser" in words
    assert "left out: 1 of 3 files of tests/lab" in words


class Config:
    """What the scheduler asks of pytest's configuration, for two processes."""

    class option:
        loadscopereorder = True

    def __init__(self, quick):
        self.quick = quick

    def getoption(self, name):
        return {"quick": self.quick}[name]

    def getvalue(self, name):
        return {"tx": ["popen", "popen"]}[name]


class Process:
    """One of pytest-xdist's processes, which keeps what it is to run."""

    def __init__(self, name):
        self.gateway = types.SimpleNamespace(id=name)
        self.shutting_down = False
        self.tests = []

    def send_runtest_some(self, indices):
        self.tests += indices

    def shutdown(self):
        self.shutting_down = True


def shared_out(quick, tests):
    """`(scheduler, processes)` of a run of some tests that begins."""
    scheduler = scheduling.SideBySide(Config(quick))
    processes = Process("one"), Process("two")
    for process in processes:
        scheduler.add_node(process)
        scheduler.add_node_collection(process, tests)
    scheduler.schedule()
    return scheduler, processes


def names(folder, files, each):
    return [f"tests/{folder}/test_{file}.py::test_{number}" for file in range(files) for number in range(each)]


def test_what_needs_a_browser_runs_beside_what_needs_none_until_all_help():
    tests = names("browser", 2, 10) + names("lab", 3, 4)
    scheduler, (one, two) = shared_out(False, tests)
    done = {one: 0, two: 0}
    # A test in a browser takes twice as long as another.
    for turn in range(100):
        for process in (one, two, two) if turn % 2 else (one, two):
            if done[process] < len(process.tests):
                scheduler.mark_test_complete(process, process.tests[done[process]])
                done[process] += 1
    assert sorted(one.tests + two.tests) == list(range(len(tests))), "each once"
    assert scheduler.tests_finished and one.shutting_down and two.shutting_down
    assert two.tests[:12] == [*range(20, 32)], "file by file"
    assert one.tests == sorted(one.tests) and max(one.tests) < 20
    assert any(test < 20 for test in two.tests[12:])
    assert scheduler.left == []


def test_quick_begins_nothing_when_time_is_up_and_keeps_what_it_left(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(scheduling.time, "monotonic", lambda: now[0])
    tests = names("browser", 1, 30) + names("lab", 1, 30)
    scheduler, processes = shared_out(True, tests)
    done = 0
    while not scheduler.tests_finished:
        for process in processes:
            if done < len(process.tests):
                scheduler.mark_test_complete(process, process.tests[done])
        done += 1
        now[0] += 10
    begun = [tests[index] for process in processes for index in process.tests]
    assert 12 <= len(begun) <= 22, "a test every ten seconds in each, and those that were already given out"
    assert sorted(begun + scheduler.left) == sorted(tests)
    assert all(process.shutting_down for process in processes)


@pytest.mark.parametrize(
    ("nodeid", "whole", "single"),
    [
        ("tests/browser/test_faults.py::test_one[a]", "tests/browser/test_faults.py::test_one[a]", None),
        (
            "tests/browser/test_strip.py::test_one[a]",
            "tests/browser/test_strip.py",
            "tests/browser/test_strip.py::test_one[a]",
        ),
        ("tests/browser/test_shapes.py::test_one", "tests/browser/test_many_points.py", None),
        ("tests/lab/test_stage.py::test_two[a-b]", "tests/lab/test_stage.py", "tests/lab/test_stage.py::test_two[a-b]"),
        ("tests/engines/test_smoke.py::test_is_ready[firefox]", "tests/engines/", "tests/engines/"),
        ("tests/parity/test_parity.py::test_three", "tests/parity/", "tests/parity/"),
    ],
)
def test_what_goes_to_one_process(nodeid, whole, single):
    assert scheduling.group(nodeid, False) == whole
    assert scheduling.group(nodeid, True) == (single or whole)


@pytest.mark.parametrize(
    ("file", "changed", "rank"),
    [
        ("tests/lab/test_stage.py", ["tests/lab/test_stage.py"], 0),
        ("tests/lab/test_stage.py", ["py/lab/stage.py"], 1),
        ("tests/browser/test_rail.py", ["py/page/rail.py"], 1),
        ("tests/spec/test_query.py", [], 2),
        ("tests/lab/test_stage.py", ["py/lab/layers.py"], 3),
        ("tests/lab/test_compiled.py", ["py/engine/fuse.py"], 3),
        ("tests/lab/test_stage.py", ["py/engine/fuse.py"], None),
        ("tests/browser/test_rail.py", ["static/style.css"], 3),
        ("tests/browser/test_rail.py", ["tests/browser/conftest.py"], 3),
        ("tests/browser/test_rail.py", ["tests/browser/test_strip.py"], None),
        ("tests/lab/test_stage.py", ["README.md"], None),
    ],
)
def test_how_soon_a_file_is_looked_at_after_a_change(file, changed, rank):
    assert likely.rank(file, changed) == rank


def test_every_folder_that_is_named_is_there():
    named = {*likely.ALWAYS, *(path for paths in likely.TESTS_OF.values() for path in paths)}
    named |= {*scheduling.BY_THEMSELVES, *(path for paths in scheduling.TOGETHER for path in paths)}
    missing = {path for path in named if not (ROOT / path).exists()}
    assert missing <= {"tests/bench/"}
