"""Options of the whole suite, and how it is shared out among processes."""

import os
from collections import Counter

import pytest
from hypothesis import settings

from tests import likely, sweeps

# One thread for each process, said before NumPy is read: threads that wait for one another at full speed take four
# times as long where two processes share two cores, and most products here are too small for more than one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The same examples every time, so that a run that passed passes again; no example is dropped for being slow.
settings.register_profile("suite", derandomize=True, database=None, deadline=None)
settings.load_profile("suite")

SHARED_OUT = pytest.StashKey()


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="all that the options below ask for")
    for kind, words in sweeps.WHOLE.items():
        parser.addoption(f"--{kind}-all", action="store_true", help=words)
    parser.addoption(
        "--quick",
        action="store_true",
        help="only what the changes since main are likely to break, most likely first, for little more than a minute",
    )


def pytest_collection_modifyitems(config, items):
    """With `--quick`: leaves out what a change does not come near, and puts what it is closest to first."""
    if not config.getoption("quick"):
        return
    changed = likely.changed_files(config.rootpath) or []
    files = {item: item.nodeid.partition("::")[0] for item in items}
    ranks = {file: likely.rank(file, changed) for file in set(files.values())}
    wanted = [item for item in items if ranks[files[item]] is not None]
    config.hook.pytest_deselected(items=[item for item in items if ranks[files[item]] is None])
    items[:] = sorted(wanted, key=lambda item: ranks[files[item]])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Where tests are shared out by what they share, those that need a browser run beside those that need none."""
    if config.getoption("dist") != "loadscope":
        return None
    from tests.scheduling import SideBySide

    config.stash[SHARED_OUT] = SideBySide(config, log)
    return config.stash[SHARED_OUT]


def pytest_terminal_summary(terminalreporter, config):
    """With `--quick`: says what has not been tested."""
    if not config.getoption("quick"):
        return
    changed = likely.changed_files(config.rootpath)
    terminalreporter.section("quick")
    terminalreporter.line(
        "git does not say what was changed"
        if changed is None
        else f"changed since main: {', '.join(changed) or 'nothing'}"
    )
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    ran = {report.nodeid.partition("::")[0] for report in reports if hasattr(report, "nodeid")}
    files = [path.relative_to(config.rootpath).as_posix() for path in (config.rootpath / "tests").rglob("test_*.py")]
    left = Counter(file.rpartition("/")[0] for file in files if file not in ran)
    for folder, count in sorted(left.items()):
        terminalreporter.line(
            f"left out: {count} of {sum(f.startswith(folder + '/') for f in files)} files of {folder}"
        )
    shared_out = config.stash.get(SHARED_OUT, None)
    if shared_out and shared_out.left:
        late = Counter(nodeid.partition("::")[0] for nodeid in shared_out.left)
        words = ", ".join(f"{count} of {file}" for file, count in late.items())
        terminalreporter.line(f"left out for want of time: {words}")
