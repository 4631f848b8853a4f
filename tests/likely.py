"""Which tests a change is likely to break: for `python3 -m tools test --quick`."""

import subprocess
from pathlib import PurePosixPath

# What is looked at whatever was changed: that the page opens, learns, and can be talked to; and what takes no time.
ALWAYS = ("tests/browser/test_opening.py", "tests/browser/test_learning.py", "tests/spec/", "tests/page/")
# Where the tests of what lies in a folder are. The longest beginning of a changed file's path counts.
TESTS_OF = {
    "py/engine/": ("tests/engine/", "tests/lab/test_compiled.py", "tests/lab/test_recipes.py"),
    "py/lab/": ("tests/lab/",),
    "py/spec": ("tests/spec/", "tests/browser/test_controls.py", "tests/browser/test_bad_input.py"),
    "py/page/": ("tests/page/", "tests/browser/"),
    "static/": ("tests/browser/", "tests/tools/"),
    "index.html": ("tests/browser/", "tests/tools/test_markup.py"),
    "tools/": ("tests/tools/",),
    "bench/": ("tests/bench/", "tests/browser/test_memory.py"),
    "tests/": (),
}


def changed_files(root):
    """Paths of the files that differ from where the branch left `main`, committed or not; None where git cannot say."""
    base = _git(root, "merge-base", "HEAD", "main") or _git(root, "merge-base", "HEAD", "origin/main") or ["HEAD"]
    tracked = _git(root, "diff", "--name-only", base[0])
    new = _git(root, "ls-files", "--others", "--exclude-standard")
    return None if tracked is None or new is None else sorted({*tracked, *new})


def _git(root, *arguments):
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return None if done.returncode else done.stdout.splitlines()


def rank(file, changed):
    """How soon the tests of `file` are to run after a change of some files, 0 first; None: not at all."""
    folder, name = file.rpartition("/")[0] + "/", PurePosixPath(file).stem.removeprefix("test_")
    if file in changed:
        return 0
    if any(PurePosixPath(path).stem == name for path in changed):
        return 1
    if file.startswith(ALWAYS):
        return 2
    beginnings = [_beginning(path) for path in changed]
    if any(file.startswith(TESTS_OF[beginning]) for beginning in beginnings if beginning):
        return 3
    # What the tests of a folder share.
    if any(path.startswith(folder) and not PurePosixPath(path).name.startswith("test_") for path in changed):
        return 3
    return None


def _beginning(path):
    return max((each for each in TESTS_OF if path.startswith(each)), key=len, default=None)
