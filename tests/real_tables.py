"""The tables of the real data sets, as the site ships them."""

import zlib
from functools import lru_cache
from pathlib import PurePosixPath

from tools import runtime, site


@lru_cache
def tables():
    """The tables, bytes of CSV, by the keys of their data sets: out of the very files that the page fetches."""
    parts = [part for part in site.site_parts() if any(site.is_table(path) for path in part.files.values())]
    packed = dict(site.packed(*file) for file in runtime.part_files("site", parts).items())
    return {PurePosixPath(path).stem: zlib.decompress(content) for path, content in packed.items()}
