"""The site as a mapping from relative path to content: our own files, the pinned runtime, and what joins the two."""

import gzip
import hashlib
import json
import posixpath
import shutil
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools import licences, markup, runtime, styles
from tools.compact import compacted
from tools.environment import ROOT
from tools.errors import ToolError
from tools.snapshot import snapshot

NAME = "intuitive-classification"
# PyScript would load its plug-ins before it starts, for each kind of Python that it knows. The page needs none of them.
NO_PLUGINS = {"plugins": ["!deprecations-manager", "!donkey", "!error", "!py-editor", "!py-game", "!py-terminal"]}
# The configuration of MicroPython on the main thread.
PAGE_CONFIG = {"interpreter": "./static/micropython.mjs", **NO_PLUGINS}
# The configuration of Pyodide in the worker, which the page passes when it starts one. It names no packages and no
# files: all of them are in memory from the start. Without SharedArrayBuffer no special headers are needed.
LAB_CONFIG = {"sync_main_only": True}
# The files that Node.js makes from third-party parts and from our own modules.
LAB_FILES = ("vendor/pyodide/lab.pack.zst", "vendor/pyodide/python_stdlib.zip", "vendor/pyodide/recording.zlib")
# The parts that the lab is made of.
LAB_PARTS = ("pyodide", "numpy", "autograd")
# The tables of the real data sets, by the keys of these: read by the page's `fetchTable`.
TABLES = "vendor/data"
# Levels of compression: for a site to be published, and for one that is made again after every edit.
SMALLEST, QUICKEST = 22, 3
CONFIG = "pyscript.json"
MODULES = "page.json"
MAIN = "py/page/main.py"
# Modules that the page fetches only when it needs them, see `page/extras.py`.
FETCHED_LATE = tuple(
    f"py/page/{name}.py"
    for name in (
        "about",
        "around",
        "beats",
        "drawing",
        "flip_book",
        "flip_sheet",
        "flip_words",
        "help",
        "keys",
        "listen",
        "offline",
        "own_table",
        "own_words",
        "tips",
    )
)
PAGE = "index.html"
MANIFEST = "manifest.json"
LICENCES = "licences.html"
# A service worker serves what lies beside it and below, so it has to lie beside the page.
WORKER, WORKER_SOURCE = "service-worker.js", "static/service-worker.js"
NO_VERSION = 'const VERSION = "";'
# From this the page knows its own version, even when another version of the site is served later.
NO_PAGE_VERSION = b'<meta name="version" content="">'


def site_files(root: Path = ROOT, offline: bool = True) -> dict[str, bytes]:
    """Everything the built site holds, as relative path -> content, in sorted order.

    `offline` is whether browsers keep the site for offline use.
    """
    parts, own = site_parts(), own_files(root)
    return assemble(own, {**vendor_files(parts), **lab_files(own, parts)}, parts, offline)


def assemble(
    own: Mapping[str, bytes], vendor: Mapping[str, bytes], parts: Sequence[runtime.Part], offline: bool = True
) -> dict[str, bytes]:
    """Join our own files and third-party ones with the configurations and the manifest made from them."""
    files = {**vendor, **own, **page_files(own, offline)}
    worker = files.pop(WORKER_SOURCE).decode()
    listed = manifest(files, parts)
    if offline:
        version = hashlib.sha256(listed).hexdigest()
        files[PAGE] = files[PAGE].replace(NO_PAGE_VERSION, NO_PAGE_VERSION.replace(b'""', b'"%s"' % version.encode()))
        listed = manifest(files, parts, version)
    files[MANIFEST] = listed
    # Browsers notice a changed site by its changed service worker.
    version = hashlib.sha256(files[MANIFEST]).hexdigest()
    files[WORKER] = worker.replace(NO_VERSION, f'const VERSION = "{version}";').encode()
    return dict(sorted(files.items()))


def site_parts() -> list[runtime.Part]:
    """The pinned third-party parts that the site holds."""
    return runtime.select(runtime.read_pins(), "site")


def own_files(root: Path = ROOT) -> dict[str, bytes]:
    """The files we wrote that belong in the site: ``index.html``, filled, ``static/**`` and ``py/**/*.py``.

    The style sheets are joined into one.
    """
    index = root / PAGE
    if not index.is_file():
        raise ToolError(f"{index} is missing: this is not the project's folder, or the page is not written yet")
    relative = {path.relative_to(root).as_posix(): path for path in _own_paths(root)}
    # Editors and file managers leave hidden files about.
    own = {name: path.read_bytes() for name, path in relative.items() if not _is_hidden(name) and not _is_joined(name)}
    own[styles.SHEET] = styles.sheet(root)
    sources = {path: content.decode() for path, content in own.items() if markup.is_read(path)}
    own[PAGE] = markup.page(own[PAGE].decode(), sources, json.dumps(NO_PLUGINS)).encode()
    return own


def _own_paths(root: Path) -> list[Path]:
    paths = [root / PAGE, *sorted((root / "static").rglob("*")), *sorted((root / "py").rglob("*.py"))]
    return [path for path in paths if path.is_file()]


def _stamps(root: Path) -> list[tuple[Path, int, int]]:
    """What changes with every edit of our own files; they need not be read for it."""
    return [(path, stat.st_mtime_ns, stat.st_size) for path in _own_paths(root) for stat in [path.stat()]]


def _is_hidden(path: str) -> bool:
    return any(piece.startswith(".") or piece == "__pycache__" for piece in path.split("/"))


def _is_joined(path: str) -> bool:
    return path.startswith(f"{styles.FOLDER}/")


def vendor_files(parts: Sequence[runtime.Part]) -> dict[str, bytes]:
    """The third-party files of the site as they were published, tables compressed; and the page with their licences."""
    files = dict(packed(*file) for file in runtime.part_files("site", parts).items())
    return {**files, LICENCES: licence_page(parts)}


def is_table(path: str) -> bool:
    """Whether the third-party file that `runtime.toml` puts there is the table of a real data set."""
    return path.startswith(f"{TABLES}/")


def packed(path: str, content: bytes) -> tuple[str, bytes]:
    """A file's path and content in the site: a table, which may have been published as .csv or .csv.gz, as .zlib."""
    if not is_table(path):
        return path, content
    table = gzip.decompress(content) if path.endswith(".gz") else content
    return path.partition(".")[0] + ".zlib", zlib.compress(table, 9)


def licence_page(parts: Sequence[runtime.Part]) -> bytes:
    """The licences of `parts`, in full."""
    works = licences.read_works(parts)
    texts = [*parts, *runtime.select(runtime.read_pins(), "licences")]
    return licences.page(works, licences.archives_for(works, texts))


def lab_files(own: Mapping[str, bytes], parts: Sequence[runtime.Part], level: int = SMALLEST) -> dict[str, bytes]:
    """The files from which the lab starts, with Python, NumPy and autograd, and a recording of what it does.

    `level` is the level of compression.
    """
    pyodide, numpy, autograd = (dict(runtime.part_members(_part(parts, name))) for name in LAB_PARTS)
    made = snapshot.site_files(pyodide, {**numpy, **autograd}, own)
    contents = snapshot.compressed(made["lab.pack"], level), made["python_stdlib.zip"], made["recording.zlib"]
    return dict(zip(LAB_FILES, contents, strict=True))


def _part(parts: Sequence[runtime.Part], name: str) -> runtime.Part:
    return next(part for part in parts if part.name == name)


def page_files(own: Mapping[str, bytes], offline: bool = False) -> dict[str, bytes]:
    """PyScript's configuration, and the page's modules in one file.

    They lie beside the page, so that every address in the configuration is relative to the page, whoever resolves it.
    `offline` is whether browsers keep the site for offline use.
    """
    config = {**PAGE_CONFIG, "lab": LAB_CONFIG, "offline": offline}
    return {CONFIG: to_json(config), MODULES: to_json(page_modules(own))}


def page_modules(own: Mapping[str, bytes]) -> dict[str, str]:
    """The modules that the page's main script imports: path in MicroPython's file system -> code."""
    paths = [path for path in sorted(own) if path.startswith(("py/spec/", "py/page/"))]
    return {
        path.removeprefix("py/"): compacted(own[path].decode()) for path in paths if path not in (MAIN, *FETCHED_LATE)
    }


def manifest(files: Mapping[str, bytes], parts: Sequence[runtime.Part], version: str = "") -> bytes:
    """The manifest: the site's version, all files with size and hash, all parts with version and licence."""
    entries = [
        {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in sorted(files.items())
    ]
    used = [{"name": part.name, "version": part.version, "license": part.license} for part in parts]
    return to_json({"site": NAME, "version": version, "files": entries, "parts": used})


def to_json(value: object) -> bytes:
    """`value` as indented JSON with a final newline: the same bytes for the same value."""
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def live_site(root: Path = ROOT) -> Callable[[str], bytes | None]:
    """A function from path to content (None: no such file) that follows every edit of our own files.

    The third-party files are read once and kept in memory. The lab is made again after an edit of its modules.
    """
    parts = site_parts()
    vendor = vendor_files(parts)
    one_at_a_time = threading.Lock()
    made: dict[str, dict[str, bytes]] = {}
    # Our own files with what is made of them, and the stamps of when they were read.
    known: tuple[list[tuple[Path, int, int]], dict[str, bytes], dict[str, bytes]] = ([], {}, {})

    def lab(own: Mapping[str, bytes]) -> dict[str, bytes]:
        key = snapshot.fingerprint({path: own[path] for path in own if snapshot.is_read(path)})
        with one_at_a_time:
            if key not in made:
                made.clear()
                made[key] = lab_files(own, parts, QUICKEST)
        return made[key]

    def present() -> tuple[dict[str, bytes], dict[str, bytes]]:
        nonlocal known
        stamps = _stamps(root)
        with one_at_a_time:
            if not known[0] or known[0] != stamps:
                own = own_files(root)
                # A service worker without a version makes browsers forget what they have kept of a built site at this
                # address.
                worker = {WORKER: own[WORKER_SOURCE]}
                files = {path: content for path, content in own.items() if path != WORKER_SOURCE}
                known = stamps, own, {**files, **page_files(own), **worker}
            return known[1:]

    def read(path: str) -> bytes | None:
        if path in vendor:
            return vendor[path]
        own, files = present()
        if path in LAB_FILES:
            return lab(own)[path]
        if path == MANIFEST:
            return assemble(own, {**vendor, **lab(own)}, parts, offline=False)[MANIFEST]
        return files.get(path)

    return read


def build(out: Path, root: Path = ROOT) -> dict[str, bytes]:
    """Write the site into the folder `out`, replacing an earlier build, and return its files.

    Raises `ToolError` when `out` holds anything that an earlier build did not put there.
    """
    files = site_files(root)
    refuse_foreign(out)
    if out.is_dir():
        shutil.rmtree(out)
    for path, content in files.items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return files


def refuse_foreign(out: Path) -> None:
    """Raise `ToolError` unless `out` is missing, an empty folder, or nothing but an earlier build."""
    if not out.exists():
        return
    if not out.is_dir():
        raise ToolError(f"{out} is a file; name a folder to build into")
    built = _built_before(out)
    inside = (path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir())
    foreign = next((path for path in inside if path not in built), None)
    if foreign is not None:
        raise ToolError(
            f"{out} is not empty and holds files that no build put there (such as {foreign}); "
            "name an empty or new folder"
        )


def _built_before(out: Path) -> set[str]:
    try:
        listed = json.loads((out / MANIFEST).read_text("utf-8"))
        if listed["site"] != NAME:
            return set()
        return {posixpath.normpath(entry["path"]) for entry in listed["files"]} | {MANIFEST, WORKER}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
