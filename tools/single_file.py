"""Makes the whole site one HTML file that runs from disk, without network or server.

Style sheets, scripts and pictures of the page are written into it where they are used. All other files are appended at
its end, and `single_file.js` serves them by their addresses. Modules are rewritten for that, because a module in a file
on disk cannot import by address.
"""

import base64
import hashlib
import json
import posixpath
import re
import zlib
from collections.abc import Callable, Mapping
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from tools import server, site
from tools.environment import ROOT
from tools.errors import ToolError

BOOT = Path(__file__).with_suffix(".js")
PAGE = "index.html"
# A file with this mark was written by an earlier build, and may be overwritten.
MARK = '<meta name="generator" content="intuitive-classification, one file">'
MARK_WITHIN = 1024
# Files that are compressed already.
COMPRESSED = (".zst", ".zip")
SCRIPT_TYPES = ("", "text/javascript")
# Relations of links that make a page from a server quicker, or let it be installed; on disk they are of no use.
DROPPED_LINKS = {"modulepreload", "preload", "prefetch", "manifest"}
# `<` as JSON may write it.
LESS_THAN = "\\u003c"
POLICY_NAME = "content-security-policy"

CSS_URL = re.compile(r"""url\(\s*(['"]?)([^'")]+)\1\s*\)""")
STATIC_IMPORT = re.compile(r"""\b(from|import)\s*(["'])(\.{1,2}/[^"'\n]+)\2""")
# In PyScript the worker's code is a string, so what looks like an import inside a string is an import, too.
DYNAMIC_IMPORT = re.compile(r"""(?<![\w$.])import\((?:(["'])(\.{1,2}/[^"'\n]+)\1)?""")
MODULE_ADDRESS = re.compile(r"\bimport\.meta\.url\b")

Files = Mapping[str, bytes]


def build(out: Path, root: Path = ROOT) -> int:
    """Write the site as the one file `out`, replacing an earlier one, and return its size in bytes.

    Raises `ToolError` when `out` is anything that an earlier build did not write.
    """
    content = single_file(site.site_files(root, offline=False), BOOT.read_text("utf-8"))
    refuse_foreign(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    return len(content)


def refuse_foreign(out: Path) -> None:
    """Raise `ToolError` unless `out` is missing or was written by an earlier build."""
    if out.is_dir():
        raise ToolError(f"{out} is a folder; name a file to build")
    if out.exists():
        with out.open("rb") as file:
            start = file.read(MARK_WITHIN)
        if MARK.encode() not in start:
            raise ToolError(f"{out} is there already and no build wrote it; name another file, or move it away")


def single_file(files: Files, boot: str) -> bytes:
    """One HTML file that holds `files`, a whole site, and runs it by the script `boot`."""
    page = Inliner(files, PAGE)
    pages = {path: Inliner(files, path) for path in files if path.endswith(".html") and path != PAGE}
    inlined = {PAGE, *page.inlined, *(path for other in pages.values() for path in other.inlined)}
    carried = {path: content for path, content in files.items() if path not in inlined}
    carried |= {path: other.document().encode() for path, other in pages.items()}
    carried |= {path: rewritten(path, files[path]) for path in carried if is_module(path)}
    carried[site.MANIFEST] = listing(files, carried)
    end = "\n".join([*blocks(carried, page.modules), page.script(boot)])
    return page.document(end, runs=True).encode()


def is_module(path: str) -> bool:
    """Whether a file that is not in the page itself is JavaScript."""
    return path.endswith((".js", ".mjs"))


def rewritten(path: str, content: bytes) -> bytes:
    """A module as `single_file.js` needs it: imports name paths in the site, and dynamic ones call its functions."""

    def static(match: re.Match[str]) -> str:
        return f'{match[1]}"site:{resolved(path, match[3])}"'

    def dynamic(match: re.Match[str]) -> str:
        quote = match[1]
        return f"siteImport({quote}./{resolved(path, match[2])}{quote}" if quote else "siteImport("

    text = content.decode()
    text = STATIC_IMPORT.sub(static, text)
    text = DYNAMIC_IMPORT.sub(dynamic, text)
    return MODULE_ADDRESS.sub(f"siteURL({json.dumps(path)})", text).encode()


def resolved(base: str, address: str) -> str:
    """The path in the site that a relative address names inside the file `base`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), address))


def listing(files: Files, carried: Files) -> bytes:
    """The manifest, with only those files that are carried unchanged."""
    manifest = json.loads(files[site.MANIFEST])
    kept = [entry for entry in manifest["files"] if carried.get(entry["path"]) == files[entry["path"]]]
    return site.to_json({**manifest, "files": kept})


def blocks(carried: Files, modules: list[str]) -> list[str]:
    """The elements that carry the files, and an index of them."""
    single = {path: carried[path] for path in sorted(carried) if path.endswith(COMPRESSED)}
    bundled = {path: carried[path] for path in sorted(carried) if path not in single}
    index = {
        "modules": [f"./{path}" for path in modules],
        "bundle": [[path, server.mime_type(path), len(content)] for path, content in bundled.items()],
    }
    return [
        f'<script type="application/json" id="single-file">{json.dumps(index).replace("<", LESS_THAN)}</script>',
        *(
            f'<script type="application/base64" data-path="{escape(path)}" data-type="{server.mime_type(path)}">'
            f"{base64.b64encode(content).decode()}</script>"
            for path, content in single.items()
        ),
        '<script type="application/base64" id="single-file-bundle">'
        f"{base64.b64encode(deflated(b''.join(bundled.values()))).decode()}</script>",
    ]


def deflated(content: bytes) -> bytes:
    """`content` as a raw deflate stream."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9)
    return compressor.compress(content) + compressor.flush()


def in_script(text: str) -> str:
    """JavaScript, changed so that it cannot end its own `<script>` element."""
    return re.sub(r"<(?=/script|!--)", r"<\\", text, flags=re.IGNORECASE)


def data_url(path: str, content: bytes) -> str:
    """A file as a `data:` address."""
    return f"data:{server.mime_type(path).replace(' ', '')};base64,{base64.b64encode(content).decode()}"


def digest(text: str) -> str:
    """The source expression by which a policy allows an inline script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


class Inliner(HTMLParser):
    """Parses a page of the site, and writes it again with its style sheets, scripts and pictures inside.

    `inlined` are the paths of the files that are now inside the page, `modules` those of the modules that it starts.
    """

    def __init__(self, files: Files, path: str) -> None:
        super().__init__(convert_charrefs=False)
        self.files, self.path = files, path
        self.inlined: set[str] = set()
        self.modules: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.styled = False
        # What the page's own policy allows of code made from strings; without a policy everything is allowed.
        self.evaluation = "'unsafe-eval'"
        self.pieces: list[str] = []
        self.deferred: list[str] = []
        # noting: the list to which an inline script's or style's text is added. skipping: whether to drop an end tag.
        self.noting: list[str] | None = None
        self.text = ""
        self.skipping = False
        self.feed(files[path].decode().replace("\r\n", "\n"))
        self.close()

    def document(self, end: str = "", runs: bool = False) -> str:
        """The page as one text, with `end` at the end of its body, and with a policy that allows only what is in it."""
        text = "".join(self.pieces)
        body = "\n".join([*self.deferred, *([end] if end else [])])
        head = f'<meta http-equiv="Content-Security-Policy" content="{self.policy(runs)}">\n  {MARK}'
        text = re.sub(r'<meta charset="utf-8">', lambda match: f"{match[0]}\n  {head}", text, count=1)
        return text.replace("</body>", f"{body}\n</body>", 1) if body else text

    def policy(self, runs: bool) -> str:
        """The page's Content-Security-Policy, which allows no network; `runs` is whether the page runs the site."""
        scripts = sorted({digest(text) for text in self.scripts})
        styles = sorted({digest(text) for text in self.styles})
        rules = {
            "default-src": ["'none'"],
            "script-src": [*scripts, *(["blob:", self.evaluation] if runs else [])],
            "worker-src": ["blob:"] if runs else [],
            "connect-src": ["blob:", "data:"] if runs else [],
            "style-src": styles,
            "style-src-attr": ["'unsafe-inline'"] if self.styled else [],
            "img-src": ["data:", "blob:"],
            "font-src": ["data:"],
            "base-uri": ["'none'"],
            "form-action": ["'none'"],
        }
        return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items() if sources)

    def script(self, text: str) -> str:
        """An inline script that the policy allows."""
        text = in_script(text.replace("\r\n", "\n"))
        self.scripts.append(text)
        return f"<script>{text}</script>"

    def style(self, path: str) -> str:
        """A `<style>` element with a style sheet, and in it the fonts and pictures that it names."""

        def inline(match: re.Match[str]) -> str:
            address = match[2].strip()
            if address.startswith(("data:", "#")):
                return match[0]
            return f'url("{self.data(resolved(path, address))}")'

        text = CSS_URL.sub(inline, self.take(path).decode().replace("\r\n", "\n"))
        text = re.sub(r"<(?=/style)", r"<\\", text, flags=re.IGNORECASE)
        self.styles.append(text)
        return f"<style>{text}</style>"

    def data(self, path: str) -> str:
        return data_url(path, self.take(path))

    def take(self, path: str) -> bytes:
        """The content of a file of the site, which is noted as inlined."""
        if path not in self.files:
            raise ToolError(f"{self.path} needs {path}, which is not in the site")
        self.inlined.add(path)
        return self.files[path]

    def local(self, address: str | None) -> str | None:
        """The path of the file of the site that an address names; None for any other address."""
        if not address or re.match(r"[a-z][a-z0-9+.-]*:|//|#", address, re.IGNORECASE):
            return None
        return resolved(self.path, address)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.styled |= "style" in given
        handle: Callable[[dict[str, str | None]], str | None] | None = {
            "link": self.link,
            "script": self.script_element,
            "img": self.picture,
            "meta": self.meta,
            "style": self.style_element,
        }.get(tag)
        replacement = handle(given) if handle else None
        self.pieces.append(self.get_starttag_text() or "" if replacement is None else replacement)

    handle_startendtag = handle_starttag

    def link(self, given: dict[str, str | None]) -> str | None:
        relations, path = set((given.get("rel") or "").split()), self.local(given.get("href"))
        if relations & DROPPED_LINKS:
            return ""
        if path is None:
            return None
        if "stylesheet" in relations:
            return self.style(path)
        return re.sub(r'href="[^"]*"', lambda _: f'href="{self.data(path)}"', self.get_starttag_text() or "")

    def script_element(self, given: dict[str, str | None]) -> str | None:
        kind, path = given.get("type") or "", self.local(given.get("src"))
        if path is None or kind not in (*SCRIPT_TYPES, "module"):
            if kind in SCRIPT_TYPES:
                self.noting = self.scripts
            return None
        self.skipping = True
        if kind == "module":
            self.modules.append(path)
            return ""
        element = self.script(self.take(path).decode())
        if "defer" not in given:
            return element
        self.deferred.append(element)
        return ""

    def style_element(self, given: dict[str, str | None]) -> str | None:
        self.noting = self.styles
        return None

    def picture(self, given: dict[str, str | None]) -> str | None:
        path = self.local(given.get("src"))
        if path is None:
            return None
        return re.sub(r'src="[^"]*"', lambda _: f'src="{self.data(path)}"', self.get_starttag_text() or "")

    def meta(self, given: dict[str, str | None]) -> str | None:
        if (given.get("http-equiv") or "").lower() != POLICY_NAME:
            return None
        if "'unsafe-eval'" not in (given.get("content") or ""):
            self.evaluation = "'wasm-unsafe-eval'"
        return ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            if self.noting is not None:
                self.noting.append(self.text)
            self.noting, self.text = None, ""
            if self.skipping:
                self.skipping = False
                return
        self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.noting is not None:
            self.text += data
        self.pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        self.pieces.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.pieces.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.pieces.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.pieces.append(f"<!{decl}>")
