"""Third-party files: fetched once as pinned in ``runtime.toml``, verified at every start, never committed.

The archives stay in ``.runtime/`` exactly as they were published. Files are read out of them into memory, so what is
served and built is always what the hashes vouch for.
"""

import fnmatch
import hashlib
import io
import json
import os
import ssl
import tarfile
import tempfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path, PurePosixPath

from tools import environment
from tools.environment import ROOT, say
from tools.errors import ToolError

PINS = Path(__file__).with_name("runtime.toml")
CACHE = ROOT / ".runtime"

# The members of an archive by name: what every reader below yields.
Members = Iterator[tuple[str, bytes]]


@dataclass(frozen=True)
class Part:
    """One pinned third-party archive; the fields are explained in ``runtime.toml``."""

    name: str
    version: str
    license: str
    use: tuple[str, ...]
    archive: str
    sha256: str
    sources: tuple[str, ...]
    files: dict[str, str]


def read_pins(path: Path = PINS) -> list[Part]:
    """The parts that a pin file lists, in its order."""
    tables = tomllib.loads(path.read_text("utf-8"))["part"]
    return [Part(**{**table, "use": tuple(table["use"]), "sources": tuple(table["sources"])}) for table in tables]


def select(parts: Sequence[Part], use: str) -> list[Part]:
    """The `parts` that are for `use`: "site", "licences", "test" or "bench"."""
    return [part for part in parts if use in part.use]


def part_files(use: str, parts: Sequence[Part] | None = None, cache: Path = CACHE) -> dict[str, bytes]:
    """Every third-party file for `use`, as path in the site -> content; fetches what is missing."""
    files: dict[str, bytes] = {}
    for part in select(read_pins() if parts is None else parts, use):
        files.update(extract(part, archive_bytes(part, cache)))
    return files


def extracted(use: str, cache: Path = CACHE) -> Path:
    """Write the files for `use` below ``.runtime/USE/`` for programs that need real paths; return that folder.

    A part's ``vendor/tfjs/tf.min.js`` is then ``.runtime/test/vendor/tfjs/tf.min.js``.
    """
    folder = cache / use
    for path, content in part_files(use, cache=cache).items():
        target = folder / path
        if not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return folder


def archive_bytes(part: Part, cache: Path = CACHE) -> bytes:
    """The verified bytes of a part's archive, from `cache` or else from the first source that can be reached.

    Raises `ToolError` when no source can be reached, and when the bytes are not the pinned ones.
    """
    path = cache / part.archive
    if path.is_file():
        content = path.read_bytes()
        verify(part, content, str(path), hint=" Delete that file to fetch it again.")
        return content
    content = download(part)
    cache.mkdir(parents=True, exist_ok=True)
    # Under another name until complete, so that an interrupted run never leaves half an archive behind.
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    os.replace(partial, path)
    return content


def part_members(part: Part, cache: Path = CACHE) -> Members:
    """All files of a part's archive, whether or not the site holds them, as (path, content)."""
    return members(part.archive, archive_bytes(part, cache))


def verify(part: Part, content: bytes, where: str, hint: str = "") -> None:
    """Raise `ToolError` unless `content` has the SHA-256 that `part` is pinned to."""
    got = hashlib.sha256(content).hexdigest()
    if got != part.sha256:
        raise ToolError(
            f"{part.name} {part.version}: wrong SHA-256 for {where}: expected {part.sha256}, got {got}.{hint}"
        )


def download(part: Part) -> bytes:
    """Fetch a part's archive from the first of its sources that can be reached, and verify it.

    Only an unreachable source leads on to the next one. Wrong bytes are never a reason to look elsewhere.
    """
    failures = []
    for source in part.sources:
        say(f"runtime: fetching {part.name} {part.version} from {source.partition('#')[0]}")
        try:
            content = fetch(source)
        except ToolError as error:
            failures.append(f"{source.partition('#')[0]}: {error}")
            continue
        verify(part, content, source)
        return content
    raise ToolError(f"{part.name} {part.version}: no source can be reached. " + "; ".join(failures))


def fetch(source: str) -> bytes:
    """The bytes behind one entry of `sources`; raises `ToolError` when it cannot be reached."""
    scheme, _, rest = source.partition(":")
    if scheme not in FETCHERS:
        raise ToolError(f"unknown kind of source {scheme!r}; known are {', '.join(FETCHERS)}")
    try:
        return FETCHERS[scheme](rest)
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise ToolError(str(error)) from error


def _fetch_npm(spec: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        # By default npm waits for minutes before it admits that there is no network.
        patience = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
        command = [*environment.npm(), "pack", "--silent", "--pack-destination", folder, *patience, spec]
        environment.run(command, "npm pack", cwd=Path(folder))
        return _only_file(Path(folder))


def _fetch_pip(spec: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        options = ["--quiet", "--retries", "2", "--no-deps", "--only-binary", ":all:", "--dest", folder]
        environment.run([environment.ensure(), "-m", "pip", "download", *options, spec], "pip download")
        return _only_file(Path(folder))


def _fetch_pip_member(spec: str) -> bytes:
    requirement, _, member = spec.partition("#")
    with RangeReader(_wheel_url(requirement)) as wheel, zipfile.ZipFile(wheel) as archive:
        return archive.read(member)


def _fetch_https(rest: str) -> bytes:
    with _open_url("https:" + rest) as response:
        return response.read()


FETCHERS: dict[str, Callable[[str], bytes]] = {
    "npm": _fetch_npm,
    "pip": _fetch_pip,
    "pip-member": _fetch_pip_member,
    "https": _fetch_https,
}


def _only_file(folder: Path) -> bytes:
    [path] = folder.iterdir()
    return path.read_bytes()


def _wheel_url(requirement: str) -> str:
    """The URL from which pip would download a wheel: by a dry run for one fixed Python, the same on every machine."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        options = [
            "--dry-run",
            "--quiet",
            "--retries",
            "2",
            "--ignore-installed",
            "--no-deps",
            "--only-binary",
            ":all:",
        ]
        options += ["--python-version", "3.12", "--target", folder, "--report", str(report)]
        environment.run([environment.ensure(), "-m", "pip", "install", *options, requirement], "pip install --dry-run")
        url: str = json.loads(report.read_text("utf-8"))["install"][0]["download_info"]["url"]
        return url


def _open_url(url: str, **headers: str) -> HTTPResponse:
    request = urllib.request.Request(url, headers={"User-Agent": "intuitive-classification", **headers})
    response: HTTPResponse = urllib.request.urlopen(request, timeout=60, context=_certificates())
    return response


def _certificates() -> ssl.SSLContext:
    """The system's certificates and those that come with pip, because some Pythons on macOS have only pip's."""
    context = ssl.create_default_context()
    for bundle in environment.VENV.glob("**/pip/_vendor/certifi/cacert.pem"):
        context.load_verify_locations(bundle)
    return context


class RangeReader(io.RawIOBase):
    """A file on a web server, read with HTTP range requests: as much of a file as `zipfile` wants.

    `BLOCK` bytes are fetched at a time, since `zipfile` reads a directory of thousands of entries in small bites.
    """

    BLOCK = 1 << 20

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._position = 0
        self._block = b""
        self._block_start = 0
        with _open_url(url, Range="bytes=0-0") as response:
            if response.status != 206:
                raise OSError(f"{url} does not answer range requests")
            self._size = int(response.headers["Content-Range"].rpartition("/")[2])

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True

    def tell(self) -> int:
        """The position of the next read."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the position, as every file does."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = base + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes from the position on; all the rest when `size` is negative."""
        end = self._size if size is None or size < 0 else min(self._position + size, self._size)
        start = self._position
        if start >= end:
            return b""
        if not (self._block_start <= start and end <= self._block_start + len(self._block)):
            last = min(max(end, start + self.BLOCK), self._size) - 1
            with _open_url(self._url, Range=f"bytes={start}-{last}") as response:
                self._block = response.read()
            self._block_start = start
        self._position = end
        return self._block[start - self._block_start : end - self._block_start]


def extract(part: Part, content: bytes) -> dict[str, bytes]:
    """The files that `part` takes from its archive, as path in the site -> content.

    Raises `ToolError` when an entry of `files` matches nothing: a pin that is out of step with its archive.
    """
    files: dict[str, bytes] = {}
    unmatched = set(part.files)
    # An archive from which no member is taken need not be of a kind that can be read.
    patterns = {pattern: target for pattern, target in part.files.items() if pattern != "."}
    for member, data in members(part.archive, content) if patterns else ():
        for pattern, target in patterns.items():
            if fnmatch.fnmatchcase(member, pattern):
                files[target + PurePosixPath(member).name if target.endswith("/") else target] = data
                unmatched.discard(pattern)
    if "." in unmatched:
        target = part.files["."]
        files[target + part.archive if target.endswith("/") else target] = content
        unmatched.discard(".")
    if unmatched:
        raise ToolError(f"{part.name} {part.version}: its archive has no {', '.join(sorted(unmatched))}")
    return files


def members(name: str, content: bytes) -> Members:
    """The files of an archive as (path, content); its `name` tells which kind of archive it is."""
    if name.endswith((".tgz", ".tar.gz")):
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as tar:
            for entry in tar:
                file = tar.extractfile(entry)
                if file is not None:
                    # npm puts everything below one folder, whose name carries no meaning.
                    yield entry.name.partition("/")[2], file.read()
    elif name.endswith((".whl", ".zip")):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for path in archive.namelist():
                if not path.endswith("/"):
                    yield path, archive.read(path)
