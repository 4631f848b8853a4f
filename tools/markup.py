"""Fills the page's markup: puts the controls into their panels, with their choices and defaults.

So people can read and use the controls before any Python has started. The fields are those of `py/spec/fields.py`;
their texts come from `py/page/wording.py`, which the page uses as well.
"""

import functools
import importlib
import importlib.abc
import importlib.util
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from tools.errors import ToolError

# The modules that define the controls: a package, and a module of the page.
PACKAGE, WORDING = "spec", "page.wording"
_one_at_a_time = threading.Lock()


def is_read(path: str) -> bool:
    """Whether the controls depend on the site's own file `path`."""
    return path in ("py/page/__init__.py", "py/page/wording.py") or path.startswith("py/spec/")


def page(html: str, sources: Mapping[str, str], config: str) -> str:
    """The page `html` with its controls filled, and PyScript's configuration put in.

    `sources` are the modules for which `is_read` is true, by path. Raises `ToolError` when they do not run, for example
    while they are being edited, or when the page lacks an element to fill.
    """
    return _page(html, tuple(sorted(sources.items())), config)


@functools.lru_cache(maxsize=4)
def _page(html: str, sources: tuple[tuple[str, str], ...], config: str) -> str:
    with _own_modules(dict(sources)):
        try:
            fields = importlib.import_module("spec.fields")
            wording = importlib.import_module(WORDING)
            html = filled(html, fields, wording)
        except ToolError:
            raise
        except Exception as error:
            raise ToolError(f"the page's controls cannot be filled: {type(error).__name__}: {error}") from error
    return with_content(html, "py-config", escape(config, quote=False))


def filled(html: str, fields: Any, wording: Any) -> str:
    """`html` with the controls of the module `fields` in their panels; the module `wording` gives their texts."""
    experiment = fields.defaults()
    slider = experiment["speed"]
    written = [field for field in fields.FIELDS.values() if field.control in (SWITCH, BOXES, *CONTROLS)]
    for panel in sorted({field.panel for field in written}):
        in_panel = [field for field in written if field.panel == panel]
        html = with_content(html, f"{panel}-fields", controls(in_panel, experiment, wording))
    rates = (fields.text_of("learning_rate", rate) for rate in fields.LEARNING_RATES)
    html = with_content(html, "learning_rates", "".join(f'<option value="{rate}"></option>' for rate in rates))
    attributes = f'max="{len(fields.SPEEDS) - 1}" value="{fields.SPEEDS.index(slider)}"'
    html = with_attributes(html, "speed", f'{attributes} aria-valuetext="{escape(wording.spoken_speed(slider))}"')
    html = with_content(html, "speed-text", escape(wording.speed_text(slider)))
    for panel in ("data", "network", "training"):
        html = with_content(html, f"{panel}-summary", escape(wording.summary(experiment, panel)))
    return with_content(html, "legend", items(wording.legend(experiment)))


def controls(fields: Sequence[Any], experiment: Mapping[str, Any], wording: Any) -> str:
    """A panel's controls: lists and boxes one by one, then the check boxes together."""
    disabled, hidden = wording.disabled(experiment), wording.hidden(experiment)
    result = []
    for field in fields:
        if field.control == SWITCH:
            continue
        if field.control == BOXES:
            result.append(_boxes(field, experiment, wording))
            continue
        off = " disabled" if disabled.get(field.name) else ""
        control = CONTROLS[field.control](field, experiment, wording, f' form="controls"{off}')
        label = f'<label for="{field.name}">{escape(field.label)}</label>'
        result.append(
            f'<div class="field {field.name}"{" hidden" if hidden.get(field.name) else ""}>{label}{control}</div>'
        )
    switches = "".join(
        _switch(field, experiment, disabled.get(field.name)) for field in fields if field.control == SWITCH
    )
    return "".join(result) + (f'<div class="switches">{switches}</div>' if switches else "")


def _select(field: Any, experiment: Mapping[str, Any], wording: Any, attributes: str) -> str:
    chosen = wording.text(experiment, field.name)
    offered = "".join(
        f'<optgroup label="{escape(heading)}">{options(choices, chosen)}</optgroup>'
        if heading
        else options(choices, chosen)
        for heading, choices in wording.groups(experiment, field.name)
    )
    return f'<select id="{field.name}"{attributes}>{offered}</select>'


def _box(field: Any, experiment: Mapping[str, Any], wording: Any, attributes: str) -> str:
    hints = "".join(f' {name}="{escape(str(value))}"' for name, value in field.hints.items())
    text = escape(wording.text(experiment, field.name))
    return f'<input id="{field.name}" type="text" value="{text}"{hints}{attributes}>'


def _switch(field: Any, experiment: Mapping[str, Any], is_disabled: bool) -> str:
    state = (" checked" if experiment[field.name] else "") + (" disabled" if is_disabled else "")
    return f'<label><input id="{field.name}-switch" type="checkbox"{state}>{escape(field.label)}</label>'


def _boxes(field: Any, experiment: Mapping[str, Any], wording: Any) -> str:
    chosen = field.parse(wording.text(experiment, field.name))
    inside = "".join(
        f'<label><input type="checkbox" id="{wording.box_id(field.name, key)}" value="{escape(key)}"'
        f' data-tip="{field.name}"{" checked" if key in chosen else ""}>{escape(label)}</label>'
        for key, label in wording.choices(experiment, field.name)
    )
    label = f'<span id="{field.name}-label">{escape(field.label)}</span>'
    group = f'<div id="{field.name}" class="boxes">{inside}</div>'
    named = f'role="group" aria-labelledby="{field.name}-label"'
    return f'<div class="field {field.name} of-boxes" {named}>{label}{group}</div>'


# Kind of control -> the function that writes it. Check boxes are written apart; sliders are in the markup already.
CONTROLS = {"select": _select, "box": _box}
SWITCH, BOXES = "switch", "boxes"


def options(choices: Iterable[tuple[str, str]], chosen: str) -> str:
    """The options of a list of choices, given as (value, label)."""
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
        for value, label in choices
    )


def items(lines: Iterable[tuple[str, str]]) -> str:
    """The items of a list, given as (text, class)."""
    return "".join(f'<li class="{escape(kind)}">{escape(text)}</li>' for text, kind in lines)


def with_content(html: str, identifier: str, content: str) -> str:
    """`html` with `content` in the element of that id, which must be empty."""
    return _changed(html, identifier, rf'(<([\w-]+)\b[^>]*\bid="{re.escape(identifier)}"[^>]*>)()(</\2>)', content)


def with_attributes(html: str, identifier: str, attributes: str) -> str:
    """`html` with more attributes in the tag of that id."""
    addition = attributes and f" {attributes}"
    return _changed(html, identifier, rf'(<\w+\b[^>]*\bid="{re.escape(identifier)}")()()([^>]*>)', addition)


def _changed(html: str, identifier: str, pattern: str, addition: str) -> str:
    result, count = re.subn(pattern, lambda match: f"{match[1]}{addition}{match[4]}", html)
    if count != 1:
        raise ToolError(f"index.html must have one element with the id {identifier} to fill, and has {count}")
    return result


@contextmanager
def _own_modules(sources: Mapping[str, str]) -> Iterator[None]:
    """Within this context `spec` and `page` are imported from these sources; this process may have older ones."""
    modules = {path.removeprefix("py/").removesuffix(".py").replace("/", "."): text for path, text in sources.items()}
    finder = _Sources({name.removesuffix(".__init__"): text for name, text in modules.items()})
    with _one_at_a_time:
        ours = [name for name in sys.modules if name.split(".")[0] in (PACKAGE, "page")]
        before = {name: sys.modules.pop(name) for name in ours}
        sys.meta_path.insert(0, finder)
        try:
            yield
        finally:
            sys.meta_path.remove(finder)
            for name in [name for name in sys.modules if name.split(".")[0] in (PACKAGE, "page")]:
                del sys.modules[name]
            sys.modules.update(before)


class _Sources(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports modules from texts, by name."""

    def __init__(self, texts: Mapping[str, str]):
        self.texts = texts

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name not in self.texts:
            return None
        package = any(other.startswith(f"{name}.") for other in self.texts)
        return importlib.util.spec_from_loader(name, self, is_package=package)

    def exec_module(self, module: ModuleType) -> None:
        path = f"py/{module.__name__.replace('.', '/')}.py"
        exec(compile(self.texts[module.__name__], path, "exec"), module.__dict__)
