"""Runs in Pyodide, just before memory is written to the snapshot: imports everything that the lab needs."""

import gc
import importlib
import zipfile

# Modules of the standard library that PyScript's own modules import in the worker.
WANTED_BY_PYSCRIPT = ("html",)
SITE_PACKAGES = "/lib/python3.13/site-packages"


def install(*archives):
    for archive in archives:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(SITE_PACKAGES)
    # The clock stands still here, so Python cannot notice by the time that a folder has changed.
    importlib.invalidate_caches()


def warm_up():
    """Opens a run as the page does, so that memory holds what Python has specialized in its code on the way.

    It also holds the compiled code of the network that the page starts with.
    """
    from lab import choices, session
    from spec import fields, protocol

    opening = protocol.Opening("run", fields.defaults(), True, protocol.BUDGET)
    session.open_runs(protocol.read_openings(protocol.write_openings([opening])))
    session.close_runs(["run"])
    # Some modules are imported by name only when they are needed.
    for name in choices.MODULES.values():
        importlib.import_module(name)


install("/packages.zip", "/lab.zip")
for module in WANTED_BY_PYSCRIPT:
    importlib.import_module(module)
warm_up()
gc.collect()
# Everything in memory now stays, so garbage collection need not visit it again.
gc.freeze()
