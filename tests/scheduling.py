"""How pytest-xdist shares the suite out: what needs a browser on one side, what needs none on the other."""

import time

from xdist.scheduler import LoadScopeScheduling

# Their tests look at pages, which keeps more than one processor busy now and then, and waits at other times.
IN_BROWSER = ("tests/browser/", "tests/engines/")
# Tests that go on from each other, or that have something computed once for all of them, by beginnings of their names.
TOGETHER = (
    ("tests/engines/",),
    ("tests/parity/",),
    # For both the same site is made.
    ("tests/browser/test_many_points.py", "tests/browser/test_shapes.py"),
)
# Files whose tests have little in common but take long, each with pages of its own; they fill up what is left in the
# end. Those of the others look at the same pages, which each process would have to open.
BY_THEMSELVES = tuple(
    f"tests/browser/test_{name}.py"
    for name in (
        *("afresh", "deep", "early", "faults", "findings", "frames", "hidden", "layout", "learning", "memory"),
        *("offline", "opening", "rail", "requirements", "status", "timeline", "versions"),
    )
)
# With `--quick` nothing begins after so many seconds of testing.
QUICK_SECONDS = 65


def group(nodeid, single):
    """What of the tests goes to one process as a whole: one of `TOGETHER`, a test if `single`, else a file."""
    together = next((beginnings for beginnings in TOGETHER if nodeid.startswith(beginnings)), None)
    if together:
        return together[0]
    return nodeid if single or nodeid.startswith(BY_THEMSELVES) else nodeid.partition("::")[0]


class SideBySide(LoadScopeScheduling):
    """Every other process begins with what needs a browser, the rest with what needs none; in the end all help."""

    def __init__(self, config, log=None):
        super().__init__(config, log)
        self.quick = config.getoption("quick")
        self.until = time.monotonic() + QUICK_SECONDS if self.quick else float("inf")
        # Tests that were not begun in time.
        self.left = []

    def _split_scope(self, nodeid):
        return group(nodeid, self.quick)

    def _assign_work_unit(self, node):
        in_browser = self.nodes.index(node) % 2 == 0
        fitting = next((name for name in self.workqueue if name.startswith(IN_BROWSER) == in_browser), None)
        if fitting:
            self.workqueue.move_to_end(fitting, last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node):
        if time.monotonic() > self.until:
            self.left += [nodeid for unit in self.workqueue.values() for nodeid in unit]
            self.workqueue.clear()
        super()._reschedule(node)
