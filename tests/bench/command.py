"""Runs the command itself, at its quickest pace."""

import json
import os
import subprocess
import sys
from collections import namedtuple

from tools.environment import ROOT

# What a run of the command left: exit code, standard output, standard error, and the JSON file as a dict.
Run = namedtuple("Run", "code output errors document")
TIMEOUT = 300


def run_command(folder, *parts):
    """The `Run` that measures these parts; `folder` is where its JSON file may be."""
    path = folder / "numbers.json"
    command = [sys.executable, "-m", "bench", "--pace", "quickest", "--json", path, "--only", *parts]
    # A process of its own: Playwright's browsers cannot be had twice in one.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "py")])}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    document = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return Run(done.returncode, done.stdout, done.stderr, document)
