"""Runs in Pyodide: imports what the lab needs, just before memory is written down."""

import gc
import importlib
import zipfile

# Of the standard library, what PyScript's own modules import in the worker.
WANTED_BY_PYSCRIPT = ("html",)
SITE_PACKAGES = "/lib/python3.13/site-packages"


def install(*archives):
    for archive in archives:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(SITE_PACKAGES)
    # The clock stands still, so that Python cannot see by the time that a folder has changed.
    importlib.invalidate_caches()


def warm_up():
    """Starts a run as the page does: what Python learns of its own code on the way is in memory then.

    So is how the network is compiled that most people see first.
    """
    from lab import choices, session
    from spec import fields, protocol

    opening = protocol.Opening("run", fields.defaults(), True, protocol.BUDGET)
    session.open_runs(protocol.read_openings(protocol.write_openings([opening])))
    session.close_runs(["run"])
    # Some are asked for by name only, when they are needed.
    for name in choices.MODULES.values():
        importlib.import_module(name)


install("/packages.zip", "/lab.zip")
for module in WANTED_BY_PYSCRIPT:
    importlib.import_module(module)
warm_up()
gc.collect()
# What is here to stay need not be gone through again whenever garbage is collected.
gc.freeze()
