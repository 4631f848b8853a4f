"""Makes the snapshot from which the lab starts: the memory of a Pyodide that has imported NumPy, autograd and the lab.

And the recording that the page plays meanwhile, see `record.py`.

Importing all that takes a browser seconds; reading the memory back takes a fraction of a second. Node.js runs Pyodide
here as a browser would, and `build.mjs` writes the memory to a file. The modules are compiled to bytecode before that,
so that the memory is not full of what compiling leaves behind.
"""

import contextlib
import fnmatch
import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath

from tools import environment, runtime
from tools.environment import say

HERE = Path(__file__).parent
FORMAT = "static/snapshot.mjs"
# Command of `build.mjs` -> the scripts that run in Pyodide.
SCRIPTS = {
    "compile": ("compile_modules.py",),
    "snapshot": ("import_modules.py",),
    "record": ("import_modules.py", "record.py"),
}
WORDS = {
    "compile": "compiling modules",
    "snapshot": "importing all that it needs",
    "record": "recording the default experiment",
}
COMPRESS = HERE / "compress.py"
CACHE = runtime.CACHE / "made"
# The number of files that are kept there, those used last. Every edit of the lab makes four new ones, of 36 MB.
KEPT = 32
SITE_PACKAGES = "/lib/python3.13/site-packages/"
# The files of Pyodide's npm package that are needed to run it in Node.js.
INTERPRETER = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "pyodide-lock.json", "package.json")
# Files that nothing here imports: tests, the Fortran compiler's front end, a module that only NumPy's tests use, and
# Fourier transforms.
LEFT_OUT = (
    "*/tests/*",
    "numpy/f2py/*",
    "numpy/fft/*",
    "numpy/linalg/lapack_lite.*",
    "numpy/conftest.py",
    "numpy/_pyinstaller/*",
)
# Modules that are imported but of which nothing is used, and what stands for them: they add docstrings to compiled
# functions or gradients to Fourier transforms. PyScript imports `html` to escape texts, which needs no names of
# characters.
SHORTENED = {
    "numpy/_core/_add_newdocs.py": b"",
    "numpy/_core/_add_newdocs_scalars.py": b"",
    "autograd/numpy/fft.py": b"",
    "html/entities.py": b"html5 = name2codepoint = codepoint2name = {}",
}
Files = Mapping[str, bytes]


def site_files(pyodide: Files, packages: Files, own: Files) -> dict[str, bytes]:
    """The files from which the lab starts, `lab.pack` and `python_stdlib.zip`, and `recording.zlib`, by name.

    `static/snapshot.mjs` reads `lab.pack`, the snapshot, and `static/recording.mjs` the recording. `python_stdlib.zip`
    is the standard library as bytecode, with `lab/table_*`, for modules that are imported later. `pyodide` has the
    files of Pyodide's archive, `packages` those of NumPy's and autograd's archives, `own` the site's own files, all by
    path.
    """
    interpreter = {name: pyodide[name] for name in INTERPRETER}
    # Memory has the list of what is in it.
    standard_library = joined(
        bytecode(pyodide, modules(unzipped(pyodide["python_stdlib.zip"]))), bytecode(pyodide, of_lab(own, is_late))
    )
    libraries = shared_libraries(packages)
    inputs = {
        **interpreter,
        **{PurePosixPath(path).name: content for path, content in libraries.items()},
        "libraries.json": json.dumps([SITE_PACKAGES + path for path in libraries]).encode(),
        "python_stdlib.zip": standard_library,
        "packages.zip": bytecode(pyodide, modules(packages)),
        "lab.zip": bytecode(pyodide, of_lab(own, is_lab)),
    }
    return {
        "lab.pack": made("snapshot", {**inputs, "snapshot.mjs": own[FORMAT]}, "lab.pack"),
        "python_stdlib.zip": standard_library,
        "recording.zlib": recorded(inputs),
    }


def recorded(inputs: Files) -> bytes:
    """The recording of the default experiment, see `record.py`."""
    return made("record", inputs, "recording.zlib")


def bytecode(pyodide: Files, sources: Files) -> bytes:
    """A zip archive with the bytecode of modules."""
    compiler = {name: pyodide[name] for name in (*INTERPRETER, "python_stdlib.zip")}
    return made("compile", {**compiler, "source.zip": zipped(sources)}, "compiled.zip")


def is_lab(path: str) -> bool:
    """Whether the site's own file `path` is a module that the lab imports from the start."""
    return path.startswith(("py/spec/", "py/lab/", "py/engine/")) and not is_late(path)


def is_late(path: str) -> bool:
    """Whether the site's own file `path` is a module of the lab that no run needs: those that read a person's table."""
    return path.startswith("py/lab/table_")


def is_read(path: str) -> bool:
    """Whether what `site_files` makes depends on the site's own file `path`."""
    return path == FORMAT or is_lab(path) or is_late(path)


def of_lab(own: Files, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """The site's own modules whose paths are `wanted`, by their paths for Python."""
    return {path.removeprefix("py/"): own[path] for path in own if wanted(path)}


def joined(*archives: bytes) -> bytes:
    """A zip archive of what is in several ones."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for content in archives:
            for path, file in unzipped(content).items():
                archive.writestr(zipfile.ZipInfo(path), file, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def modules(files: Files) -> dict[str, bytes]:
    """The Python modules among some files, as `LEFT_OUT` and `SHORTENED` say."""
    kept = [path for path in files if path.endswith(".py") and not matches(path, LEFT_OUT)]
    return {path: SHORTENED.get(path, files[path]) for path in kept}


def shared_libraries(packages: Files) -> dict[str, bytes]:
    """The WebAssembly modules of packages by path, in the order in which they are linked."""
    return {path: packages[path] for path in sorted(packages) if path.endswith(".so") and not matches(path, LEFT_OUT)}


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether any of the patterns fits the path."""
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


def unzipped(archive: bytes) -> dict[str, bytes]:
    """The files in a zip archive by path."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {path: opened.read(path) for path in opened.namelist() if not path.endswith("/")}


def zipped(files: Files) -> bytes:
    """A zip archive of files, the same for the same files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path), content)
    return target.getvalue()


def made(command: str, inputs: Files, output: str) -> bytes:
    """The file that `build.mjs` makes from a folder of `inputs`; it is kept in `.runtime`, so that it is made once."""
    scripts = {name: (HERE / name).read_bytes() for name in ("build.mjs", *SCRIPTS[command])}
    path = CACHE / f"{fingerprint({**inputs, **scripts})}-{output}"
    if not path.is_file():
        say(f"lab: {WORDS[command]}")
        with tempfile.TemporaryDirectory() as folder:
            for name, content in inputs.items():
                Path(folder, name).write_bytes(content)
            environment.run([*environment.node(), HERE / "build.mjs", command, folder], f"making {output}")
            keep(path, Path(folder, output).read_bytes())
    return used(path)


def compressed(content: bytes, level: int) -> bytes:
    """`content` as a Zstandard frame. The highest level takes long for the lab, so the result is kept, too."""
    key = fingerprint({"content": content, "level": str(level).encode(), "script": COMPRESS.read_bytes()})
    path = CACHE / f"{key}.zst"
    if not path.is_file():
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "source"), Path(folder, "target")
            source.write_bytes(content)
            environment.run([environment.ensure("site"), COMPRESS, str(level), source, target], "compressing the lab")
            keep(path, target.read_bytes())
    return used(path)


def fingerprint(files: Files) -> str:
    """A short name for the contents of files and their names."""
    digests = [f"{name} {hashlib.sha256(content).hexdigest()}" for name, content in sorted(files.items())]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:24]


def keep(path: Path, content: bytes) -> None:
    """Writes a file so that an interrupted run never leaves half of it behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.write_bytes(content)
    os.replace(partial, path)
    forget(path.parent, KEPT)


def used(path: Path) -> bytes:
    """The content of a kept file; sets the file's time to now, so that `forget` knows when it was last used."""
    content = path.read_bytes()
    # An error does not matter: the folder may belong to somebody else, or another process has just removed the file.
    with contextlib.suppress(OSError):
        os.utime(path)
    return content


def forget(folder: Path, kept: int) -> None:
    """Removes all files of a folder except the `kept` ones that were used last."""
    with contextlib.suppress(FileNotFoundError):  # another process forgets at the same time
        ages = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
        for path in sorted(ages, key=lambda path: ages[path])[:-kept]:
            path.unlink()
