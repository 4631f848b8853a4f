"""The page as it is served: with what there is to choose of and the defaults in its controls.

So they can be read, and used, before any Python has started. What they say is what `py/page/fields.py` says, which the
page asks as well.
"""

import re
import sys
import threading
from collections.abc import Iterable, Mapping
from html import escape
from types import ModuleType
from typing import Any

from tools.errors import ToolError

PAGE = "index.html"
SOURCES = {"spec": "py/spec.py", "fields": "py/page/fields.py"}
_one_at_a_time = threading.Lock()


def page(own: Mapping[str, bytes], texts: Mapping[str, str]) -> bytes:
    """`index.html` of our own files `own`, its controls filled, and each element named in `texts` with that text.

    Raises `ToolError` when it lacks one of them.
    """
    html = filled(own[PAGE].decode(), *_modules(own))
    for identifier, text in texts.items():
        html = with_content(html, identifier, escape(text, quote=False))
    return html.encode()


def filled(html: str, spec: Any, fields: Any) -> str:
    """`html` with the choices and the defaults of `spec` in its controls, as `fields` words them."""
    experiment = spec.DEFAULTS
    choices = {**spec.CHOICES, "layer": {name: name for name in fields.layers(experiment)}}
    for name, labels in choices.items():
        html = with_content(html, name, options(labels, fields.text(experiment, name)))
    for name in fields.TEXT_FIELDS:
        html = with_attributes(html, name, f'value="{escape(fields.text(experiment, name))}"')
    for name in spec.SWITCHES:
        html = with_attributes(html, f"{name}-switch", "checked" if experiment[name] else "")
    for name, disabled in fields.disabled(experiment).items():
        html = with_attributes(html, name, "disabled" if disabled else "")
    rates = (spec.text_of("learning_rate", rate) for rate in spec.LEARNING_RATES)
    html = with_content(html, "learning_rates", "".join(f'<option value="{rate}"></option>' for rate in rates))
    speed = experiment["speed"]
    slider = f'max="{len(spec.SPEEDS) - 1}" value="{spec.SPEEDS.index(speed)}"'
    html = with_attributes(html, "speed", f'{slider} aria-valuetext="{escape(fields.spoken_speed(speed))}"')
    html = with_content(html, "speed-text", escape(fields.speed_text(speed)))
    return with_content(html, "legend", items(fields.legend(experiment)))


def options(labels: Mapping[str, str], chosen: str) -> str:
    """The options of a list of choices."""
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
        for value, label in labels.items()
    )


def items(lines: Iterable[tuple[str, str]]) -> str:
    """The items of a list, each of a text and its class."""
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
        raise ToolError(f"{PAGE} must have one element with the id {identifier} to fill, and has {count}")
    return result


def _modules(own: Mapping[str, bytes]) -> tuple[ModuleType, ModuleType]:
    """The two modules that say what is in the controls, as they are in `own` now."""
    spec, fields = (ModuleType(name) for name in SOURCES)
    with _one_at_a_time:
        before = sys.modules.get("spec")
        sys.modules["spec"] = spec
        try:
            for module, path in zip((spec, fields), SOURCES.values(), strict=True):
                exec(compile(own[path], path, "exec"), module.__dict__)
        finally:
            del sys.modules["spec"]
            if before is not None:
                sys.modules["spec"] = before
    return spec, fields
