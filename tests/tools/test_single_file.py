"""The one file: what is rewritten, what goes where, what may be overwritten."""

import base64
import hashlib
import json
import re
import zlib

import pytest

from tools import single_file, site
from tools.errors import ToolError

PAGE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'self'">
  <link rel="icon" href="static/icon.svg">
  <link rel="stylesheet" href="static/style.css">
  <link rel="modulepreload" href="static/start.mjs">
  <link rel="manifest" href="app.webmanifest">
  <script src="static/first.js"></script>
  <script src="static/last.js" defer></script>
  <script type="module" src="static/start.mjs"></script>
  <script type="mpy" src="py/main.py"></script>
  <style>b { color: red }</style>
</head>
<body>
  <img src="static/icon.svg" alt="a &amp; b"><a href="other.html">&#8594;</a>
</body>
</html>
"""


@pytest.fixture
def small():
    """A small site."""
    files = {
        "index.html": PAGE.encode(),
        "other.html": b'<meta charset="utf-8"><link rel="stylesheet" href="static/style.css"><p>other',
        "app.webmanifest": b"{}",
        "py/main.py": b"print(1)",
        "static/first.js": b"document.title = '</script><!-- no end';\r\n",
        "static/font.woff2": b"\0font",
        "static/icon.svg": b"<svg/>",
        "static/last.js": b"last()",
        "static/start.mjs": b'import "./other.mjs";\nimport("../py/a.mjs");',
        "static/other.mjs": b"export const here = import.meta.url;",
        "static/style.css": b"""@font-face { src: url("./font.woff2") }\ni { background: url(data:,) }""",
        "vendor/pack.zst": b"\x28\xb5\x2f\xfd",
    }
    return {**files, site.MANIFEST: site.manifest(files, [])}


def carried(html):
    """The files that a page carries at its end, by path."""
    index = json.loads(re.search(r'id="single-file">(.*?)</script>', html)[1])
    packed = re.search(r'id="single-file-bundle">(.*?)</script>', html)[1]
    content, files = zlib.decompress(base64.b64decode(packed), -zlib.MAX_WBITS), {}
    for path, _, size in index["bundle"]:
        files[path], content = content[:size], content[size:]
    assert not content
    for path, text in re.findall(r'data-path="([^"]+)"[^>]*>(.*?)</script>', html):
        files[path] = base64.b64decode(text)
    return index, files


def policy(html):
    text = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)[1]
    return {name: sources.split() for name, _, sources in (rule.partition(" ") for rule in text.split("; "))}


def hashed(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('import{a}from"./b.js";', 'import{a}from"site:vendor/x/b.js";'),
        ("import '../c.mjs'", 'import"site:vendor/c.mjs"'),
        ('export * from "./b.js"', 'export * from"site:vendor/x/b.js"'),
        ('await import("./b.js")', 'await siteImport("./vendor/x/b.js")'),
        ("'e=>import(e)'", "'e=>siteImport(e)'"),
        ('import("fs")', 'siteImport("fs")'),
        ("new URL('..', import.meta.url)", "new URL('..', siteURL(\"vendor/x/a.js\"))"),
        ('Module["import"](x); a.import(y); _import(z)', 'Module["import"](x); a.import(y); _import(z)'),
        ('const from = "./b.js"', 'const from = "./b.js"'),
    ],
)
def test_modules_import_by_way_of_the_boot(written, expected):
    assert single_file.rewritten("vendor/x/a.js", written.encode()).decode() == expected


def test_what_the_page_names_is_in_it_where_it_stood(small):
    html = single_file.single_file(small, "boot()").decode()
    icon = base64.b64encode(small["static/icon.svg"]).decode()
    assert html.count(f"data:image/svg+xml;base64,{icon}") == 2
    assert f"data:font/woff2;base64,{base64.b64encode(small['static/font.woff2']).decode()}" in html
    assert "url(data:,)" in html
    assert r"document.title = '<\/script><\!-- no end';" in html
    assert not re.search(r'(modulepreload|rel="manifest"|rel="stylesheet"|src="static|href="static)', html)
    assert '<script type="mpy" src="py/main.py"></script>' in html
    assert "a &amp; b" in html and "&#8594;" in html
    assert html.index("document.title") < html.index("<body>") < html.index("last()") < html.index("boot()")


def test_everything_else_is_carried_and_listed(small):
    index, files = carried(single_file.single_file(small, "boot()").decode())
    assert index["modules"] == ["./static/start.mjs"]
    gone = {
        "index.html",
        *(f"static/{name}" for name in ("first.js", "font.woff2", "icon.svg", "last.js", "style.css")),
    }
    assert set(files) == set(small) - gone
    assert files["vendor/pack.zst"] == small["vendor/pack.zst"]
    assert files["static/start.mjs"] == b'import"site:static/other.mjs";\nsiteImport("./py/a.mjs");'
    assert b'rel="stylesheet"' not in files["other.html"]
    listed = {entry["path"] for entry in json.loads(files[site.MANIFEST])["files"]}
    assert listed == {"app.webmanifest", "py/main.py", "vendor/pack.zst"}


def test_the_policy_allows_what_is_in_the_page_and_no_network(small):
    html = single_file.single_file(small, "boot()").decode()
    assert html.count("Content-Security-Policy") == 1
    rules = policy(html)
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(scripts) == 3
    assert {*map(hashed, scripts), "blob:", "'wasm-unsafe-eval'"} == set(rules["script-src"])
    assert set(map(hashed, re.findall(r"<style>(.*?)</style>", html, re.DOTALL))) == set(rules["style-src"])
    assert rules["default-src"] == ["'none'"]
    assert set(rules["connect-src"]) == {"blob:", "data:"}
    assert "style-src-attr" not in rules


def test_a_page_that_names_what_is_missing_is_refused(small):
    del small["static/font.woff2"]
    with pytest.raises(ToolError, match=r"index\.html needs static/font\.woff2"):
        single_file.single_file(small, "boot()")


def test_the_same_site_makes_the_same_bytes(files):
    boot = single_file.BOOT.read_text("utf-8")
    one, two = single_file.single_file(files, boot), single_file.single_file(dict(reversed(files.items())), boot)
    assert one == two


def test_the_real_file_holds_the_whole_site(files):
    html = single_file.single_file(files, "boot()").decode()
    _, inside = carried(html)
    assert inside["vendor/pyodide/lab.pack.zst"] == files["vendor/pyodide/lab.pack.zst"]
    for path, content in inside.items():
        if single_file.is_module(path):
            assert not re.search(rb"(?<![\w$.])import\(|import\.meta\.url|(from|import)\s*[\"']\.", content), path
    assert not re.search(r'<(link|script|img)[^>]*(src|href)="(?!data:|py/)', html)


def test_only_what_a_build_wrote_is_overwritten(tmp_path, monkeypatch, small):
    monkeypatch.setattr(site, "site_files", lambda root, offline: small)
    out = tmp_path / "new" / "page.html"
    assert single_file.build(out) == out.stat().st_size
    single_file.build(out)
    out.write_text("<!doctype html>mine")
    with pytest.raises(ToolError, match="no build wrote it"):
        single_file.build(out)
    assert out.read_text() == "<!doctype html>mine"
    with pytest.raises(ToolError, match="is a folder"):
        single_file.build(tmp_path)
