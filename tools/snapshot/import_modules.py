"""Runs in Pyodide: imports what the lab needs, just before memory is written down.

Makes `/rest.zip`, the modules of the standard library that have not been imported.
"""

import gc
import importlib
import sys
import zipfile
import zipimport

STANDARD_LIBRARY = "/lib/python313.zip"
SITE_PACKAGES = "/lib/python3.13/site-packages"


def install(*archives):
    for archive in archives:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(SITE_PACKAGES)
    # The clock stands still, so that Python cannot see by the time that a folder has changed.
    importlib.invalidate_caches()


def warm_up():
    """Starts a run as the page does: what Python learns of its own code on the way is in memory then."""
    import spec
    from lab import session

    session.start(spec.DEFAULTS)
    session._session = None


def write_rest(target):
    loaded = {module.__spec__.origin for module in list(sys.modules.values()) if getattr(module, "__spec__", None)}
    with zipfile.ZipFile(STANDARD_LIBRARY) as whole, zipfile.ZipFile(target, "w") as rest:
        for entry in whole.infolist():
            if f"{STANDARD_LIBRARY}/{entry.filename}" not in loaded:
                rest.writestr(zipfile.ZipInfo(entry.filename), whole.read(entry))


install("/packages.zip", "/lab.zip")
import spec, lab.session
write_rest("/rest.zip")
# Started from, the archive at this place is another one.
sys.path_importer_cache.pop(STANDARD_LIBRARY, None)
zipimport._zip_directory_cache.clear()
gc.collect()
