"""Pinned archives: what is verified, where they may come from, what is taken out of them."""

import hashlib
import io
import tarfile
import zipfile
from dataclasses import replace

import pytest

from tools import runtime
from tools.errors import ToolError


def npm_archive(**members: bytes) -> bytes:
    """A tarball as npm publishes them: everything below ``package/``."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


ARCHIVE = npm_archive(**{"dist/a-12.js": b"a", "dist/b.js": b"b", "LICENSE": b"free"})

PART = runtime.Part(
    name="thing",
    version="1.2",
    license="MIT",
    use=("site",),
    archive="thing-1.2.tgz",
    sha256=hashlib.sha256(ARCHIVE).hexdigest(),
    sources=("near:thing", "far:thing"),
    files={"dist/a-*.js": "vendor/thing/", "LICENSE": "vendor/thing/LICENSE.txt"},
)


def unreachable(spec: str) -> bytes:
    raise ToolError("the cable is out")


@pytest.fixture
def asked(monkeypatch):
    """Sources `near:` (unreachable) and `far:` (delivers), and the list of what was asked of them."""
    specs = []

    def near(spec: str) -> bytes:
        specs.append(f"near:{spec}")
        return unreachable(spec)

    def far(spec: str) -> bytes:
        specs.append(f"far:{spec}")
        return ARCHIVE

    monkeypatch.setattr(runtime, "FETCHERS", {"near": near, "far": far})
    return specs


def test_files_are_taken_from_the_archive(asked, tmp_path):
    files = runtime.part_files("site", [PART], cache=tmp_path)
    assert files == {"vendor/thing/a-12.js": b"a", "vendor/thing/LICENSE.txt": b"free"}


def test_unreachable_source_leads_to_the_next(asked, tmp_path):
    assert runtime.archive_bytes(PART, cache=tmp_path) == ARCHIVE
    assert asked == ["near:thing", "far:thing"]


def test_cached_archive_is_not_fetched_again(asked, tmp_path):
    runtime.archive_bytes(PART, cache=tmp_path)
    asked.clear()
    assert runtime.archive_bytes(PART, cache=tmp_path) == ARCHIVE
    assert asked == []
    assert [path.name for path in tmp_path.iterdir()] == ["thing-1.2.tgz"]


def test_no_source_reachable_names_each(monkeypatch, tmp_path):
    monkeypatch.setattr(runtime, "FETCHERS", {"near": unreachable, "far": unreachable})
    with pytest.raises(ToolError, match=r"thing 1\.2.*near:thing: the cable is out; far:thing: the cable is out"):
        runtime.archive_bytes(PART, cache=tmp_path)


def test_wrong_hash_is_an_error_and_not_a_reason_to_look_elsewhere(asked, monkeypatch, tmp_path):
    forged = npm_archive(**{"dist/a-12.js": b"evil"})
    monkeypatch.setitem(runtime.FETCHERS, "near", lambda spec: forged)
    with pytest.raises(ToolError) as caught:
        runtime.archive_bytes(PART, cache=tmp_path)
    message = str(caught.value)
    assert "thing 1.2" in message
    assert PART.sha256 in message
    assert hashlib.sha256(forged).hexdigest() in message
    assert asked == []
    assert list(tmp_path.iterdir()) == []


def test_damaged_cache_is_an_error(asked, tmp_path):
    (tmp_path / PART.archive).write_bytes(ARCHIVE[:-1])
    with pytest.raises(ToolError, match=r"wrong SHA-256 for .*thing-1\.2\.tgz.* Delete that file"):
        runtime.archive_bytes(PART, cache=tmp_path)
    assert asked == []


def test_pattern_without_a_match_is_an_error():
    part = replace(PART, files={"dist/c-*.js": "vendor/thing/"})
    with pytest.raises(ToolError, match=r"thing 1\.2: its archive has no dist/c-\*\.js"):
        runtime.extract(part, ARCHIVE)


def test_whole_archive_can_be_a_file():
    part = replace(PART, archive="thing-1.2.whl", files={".": "vendor/wheels/"})
    assert runtime.extract(part, b"wheel") == {"vendor/wheels/thing-1.2.whl": b"wheel"}


def test_unknown_kind_of_source():
    with pytest.raises(ToolError, match="unknown kind of source 'ftp'"):
        runtime.fetch("ftp://example.org/thing")


def test_member_is_read_out_of_a_remote_archive_in_ranges(monkeypatch):
    """Zip members come out right although only pieces of the archive are asked for."""
    wanted = bytes(range(256)) * 40
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("padding", b"\0" * 50_000)
        archive.writestr("folder/wanted.whl", wanted)
    remote = buffer.getvalue()
    ranges = []

    class Response(io.BytesIO):
        status = 206
        headers = {"Content-Range": f"bytes 0-0/{len(remote)}"}  # noqa: RUF012

    def open_url(url, Range):
        first, last = map(int, Range.removeprefix("bytes=").split("-"))
        ranges.append(last - first + 1)
        return Response(remote[first : last + 1])

    monkeypatch.setattr(runtime, "_open_url", open_url)
    monkeypatch.setattr(runtime, "_wheel_url", lambda requirement: "somewhere")
    monkeypatch.setattr(runtime.RangeReader, "BLOCK", 1000)
    assert runtime.fetch("pip-member:big==1#folder/wanted.whl") == wanted
    assert sum(ranges) < len(remote) / 2


def test_every_pin_is_complete():
    parts = runtime.read_pins()
    assert len({part.archive for part in parts}) == len(parts)
    for part in parts:
        assert len(bytes.fromhex(part.sha256)) == 32
        assert part.version in part.archive
        assert all(part.version in source or source.startswith("pip-member:") for source in part.sources)
        assert set(part.use) <= {"site", "licences", "test", "bench"}
        assert all(target.startswith("vendor/") for target in part.files.values())
