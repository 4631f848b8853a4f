"""The licence page: nothing that the site holds is missing from it, and no licence without its text."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from tools import licences, runtime, site
from tools.errors import ToolError


@pytest.fixture(scope="session")
def parts():
    return site.site_parts()


@pytest.fixture(scope="session")
def works(parts):
    return licences.read_works(parts)


@pytest.fixture(scope="session")
def archives(parts, works):
    return licences.archives_for(works, [*parts, *runtime.select(runtime.read_pins(), "licences")])


@pytest.fixture(scope="session")
def page(works, archives):
    return licences.page(works, archives).decode()


def test_the_page_lists_exactly_the_parts_of_the_site_with_their_versions(parts, page):
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>', page)
    assert [tuple(map(unescape, row)) for row in rows] == [(part.name, part.version, part.license) for part in parts]
    titles = [unescape(title) for title in re.findall(r"<h2>(.*?)</h2>", page)]
    assert titles == [f"{part.name} {part.version}" for part in parts] + ["Inside several of them"]


def test_every_work_is_there_with_the_full_text_of_its_licence(works, page):
    entries = re.split(r"<h[23]>", page)[1:]
    by_title = {unescape(entry.partition("</h")[0]): entry for entry in entries}
    for work in works:
        entry = by_title[f"{work.name}, {work.version}" if work.inside else f"{work.name} {work.version}"]
        assert unescape(entry).count(f"Licence: {work.license}.") == 1
        texts = [unescape(text) for text in re.findall(r"<pre[^>]*>(.*?)</pre>", entry, re.DOTALL)]
        assert len(texts) == len(work.texts) >= 1
        assert all(len(text) > 500 for text in texts), work.name
        for line in work.copyright:
            assert line in texts[0]


def test_every_text_says_whose_the_work_is(works, page):
    """A text without anybody's name would be a form that was not filled in."""
    assert "<year>" not in unescape(page)
    assert "Internet Systems Consortium" not in page
    for work in works:
        standard = all(reference.startswith("spdx:") for reference in work.texts)
        assert work.copyright or not standard or work.texts[0] in ("spdx:bzip2-1.0.6", "spdx:dtoa"), work.name


def test_every_licence_is_one_that_spdx_knows(works, archives):
    known = {path.partition("/")[2].removesuffix(".json") for path in archives[licences.STANDARD_PART]}
    for work in works:
        for identifier in re.split(r" (?:AND|OR) ", re.sub(r" WITH \S+", "", work.license)):
            assert identifier in known, work.name


@pytest.mark.parametrize(
    ("name", "trace"),
    [
        ("CPython", b"Copyright (c) 2001-2024 Python Software Foundation."),
        ("libmpdec", b"\x002.5.1\x00"),
        ("Expat", b"expat_2.6.4"),
        ("zlib", b" deflate 1.3.1 Copyright"),
        ("bzip2", b"1.0.6, 6-Sept-2010"),
        ("mimalloc", b"mimalloc: error: "),
        ("HACL*", b"./Modules/_hacl/"),
        ("hiwire", b"hiwire_new_deduplicate"),
        ("Emscripten: its JavaScript and its system libraries", b"\x004.0.9\x00"),
        ("LLVM: libc++, libc++abi and compiler-rt", b"/system/lib/libcxxabi/"),
    ],
)
def test_what_is_inside_pyodide_can_be_seen_in_it(parts, works, name, trace):
    pyodide = dict(runtime.part_members(next(part for part in parts if part.name == "pyodide")))
    assert trace in pyodide["pyodide.asm.wasm"]
    work = next(work for work in works if work.name == name)
    assert "pyodide" in work.inside
    version = re.search(rb"\d+\.\d+\.\d+", trace)
    if version:
        assert version[0].decode() in work.version
    if name == "CPython":
        assert work.version == json.loads(pyodide["pyodide-lock.json"])["info"]["python"]


def test_what_is_inside_pyscript_is_what_its_source_map_names(parts, works):
    pyscript = dict(runtime.part_members(next(part for part in parts if part.name == "@pyscript/core")))
    maps = [json.loads(content) for path, content in pyscript.items() if is_map_of_what_is_taken(path)]
    assert len(maps) == 3
    paths = [source.rpartition("node_modules/")[2] for held in maps for source in held["sources"]]
    names = {re.match(r"(@[^/]+/)?[^/]+", path)[0] for path in paths if not path.startswith(".")}
    assert names == {work.name for work in works if work.inside == ("@pyscript/core",)}


def is_map_of_what_is_taken(path):
    pieces = ("core", "error", "pyodide_graph")
    return re.fullmatch(rf"dist/({'|'.join(pieces)})-[^/]*\.js\.map", path)


def test_a_part_that_is_not_listed_is_an_error(parts):
    new = replace(parts[0], name="@new/part")
    with pytest.raises(ToolError, match="@new/part"):
        licences.read_works([*parts, new])


def test_a_listed_part_that_is_gone_is_an_error(parts):
    with pytest.raises(ToolError, match="uplot, which is no part of the site"):
        licences.read_works([part for part in parts if part.name != "uplot"])


def test_a_missing_text_is_an_error(works, archives):
    without = {**archives, "numpy": {}}
    with pytest.raises(ToolError, match=r"no numpy\S+ in the archive of numpy"):
        licences.page(works, without)
    with pytest.raises(ToolError, match="no text for autograd"):
        licences.page([replace(work, texts=()) for work in works if work.name == "autograd"], archives)


def test_the_page_needs_no_scripts_and_forbids_them(page):
    assert "<script" not in page
    assert "style=" not in page and "<style" not in page
    assert not re.search(r"\son\w+=", re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL))
    assert f'<meta http-equiv="Content-Security-Policy" content="{licences.POLICY}">' in page


def test_text_is_not_taken_for_markup(archives):
    work = licences.Work("a<b>", "1", "MIT", "https://example.org/?a=1&b", ("one:LICENSE",))
    page = licences.page([work], {"one": {"LICENSE": b"<script>alert(1)</script> & co"}}).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in page
    assert "a&lt;b&gt;" in page


def test_the_site_holds_the_page(files, page):
    assert files["licences.html"].decode() == page
    assert b'href="licences.html"' in files["index.html"]
    assert "licences.html" in {entry["path"] for entry in json.loads(files["manifest.json"])["files"]}
    for url in re.findall(r'(?:href|src)="((?!https:)[^"]*)"', page):
        assert url in files
