"""The command itself, run once at its quickest pace: what is measured side by side, and the page beside it."""

import json
import os
import subprocess
import sys
from collections import namedtuple

import pytest

from tools.environment import ROOT

# What a run of the command left: exit code, standard output, standard error, and the JSON file as a dict.
Run = namedtuple("Run", "code output errors document")
COMMANDS = {"contenders": ("compare",), "page": ("start", "frames", "memory", "soak")}
TIMEOUT = 300


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """A `Run` by name of `COMMANDS`; both have a core to themselves where there are two."""
    folder = tmp_path_factory.mktemp("bench")
    started = {name: start(parts, folder / f"{name}.json") for name, parts in COMMANDS.items()}
    return {name: finish(process, folder / f"{name}.json") for name, process in started.items()}


def start(parts, path):
    command = [sys.executable, "-m", "bench", "--pace", "quickest", "--json", path, "--only", *parts]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "py")])}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)


def finish(process, path):
    try:
        output, errors = process.communicate(timeout=TIMEOUT)
    finally:
        process.kill()
    return Run(process.returncode, output, errors, json.loads(path.read_text("utf-8")) if path.is_file() else {})
