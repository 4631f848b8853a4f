"""What the page may do, by its sources: the policy, and nothing that makes code or elements of text."""

import re
from html.parser import HTMLParser

import pytest

from tools import site

POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'", "'wasm-unsafe-eval'"],
    # PyScript makes its worker from a blob.
    "worker-src": ["'self'", "blob:"],
    # The decompressor's own WebAssembly comes as a data: address.
    "connect-src": ["'self'", "data:"],
    "style-src": ["'self'"],
    # The stylesheets draw arrows and check marks.
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "manifest-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
}
FROM_TEXT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|parseFromString|srcdoc"
    r"|(?<![\w.])eval\(|(?<![\w.])exec\(|\bFunction\(|set(Timeout|Interval)\(\s*[\"'`]|javascript:"
)
OWN = {path: content.decode() for path, content in site.own_files().items() if path.endswith((".py", ".mjs", ".js"))}


class Elements(HTMLParser):
    """All start tags as (tag, attributes)."""

    def __init__(self, text):
        super().__init__()
        self.all = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.all.append((tag, dict(attrs)))


ELEMENTS = Elements(site.own_files()["index.html"].decode()).all


def test_policy_allows_the_pages_own_origin_and_webassembly_and_stands_first():
    kinds = [(tag, attributes.get("http-equiv")) for tag, attributes in ELEMENTS]
    assert kinds[:4] == [("html", None), ("head", None), ("meta", None), ("meta", "Content-Security-Policy")]
    directives = [part.split() for part in ELEMENTS[3][1]["content"].split(";")]
    assert {name: values for name, *values in directives} == POLICY


def test_nothing_in_the_markup_needs_what_the_policy_forbids():
    for tag, attributes in ELEMENTS:
        assert "style" not in attributes, attributes
        assert not [name for name in attributes if name.startswith("on")], attributes
        assert tag not in ("style", "base", "iframe", "object", "embed")
        if tag == "script":
            assert attributes["src"]
        loaded = attributes.get("src") or (tag == "link" and attributes["href"]) or ""
        assert ":" not in loaded and not loaded.startswith("/"), loaded


@pytest.mark.parametrize("path", [path for path in OWN if path.startswith(("py/page/", "py/spec", "static/"))])
def test_no_code_and_no_elements_are_made_of_text(path):
    assert not FROM_TEXT.search(OWN[path])


@pytest.mark.parametrize(
    "text", ["box.innerHTML = name", "eval(text)", "new Function(text)()", 'setTimeout("go()", 1)', "document.write(x)"]
)
def test_what_is_looked_for_is_found(text):
    assert FROM_TEXT.search(text)
