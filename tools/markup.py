"""The page as it is served: with what there is to choose of and the defaults in its controls.

So they can be read, and used, before any Python has started. What they say is what `py/page/fields.py` says, which the
page asks as well.
"""

import functools
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from html import escape
from types import ModuleType
from typing import Any

from tools.errors import ToolError

_one_at_a_time = threading.Lock()


@functools.lru_cache(maxsize=4)
def page(html: str, spec: str, fields: str, config: str) -> str:
    """The page `html` with its controls filled, and PyScript's configuration put in.

    `spec` and `fields` are the sources of those modules. Raises `ToolError` when the page lacks one of the elements.
    """
    return with_content(filled(html, *_modules(spec, fields)), "py-config", escape(config, quote=False))


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
    return with_content(html, "legend", items(fields.legend("classification", spec.CLASSES[experiment["dataset"]])))


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
        raise ToolError(f"index.html must have one element with the id {identifier} to fill, and has {count}")
    return result


def _modules(spec_source: str, fields_source: str) -> tuple[ModuleType, ModuleType]:
    """The two modules that say what is in the controls, run for this: those imported here may be older.

    Raises `ToolError` when they do not run, as while they are edited.
    """
    spec, fields = ModuleType("spec"), ModuleType("fields")
    with _one_at_a_time:
        before = sys.modules.get("spec")
        sys.modules["spec"] = spec
        try:
            exec(compile(spec_source, "py/spec.py", "exec"), spec.__dict__)
            exec(compile(fields_source, "py/page/fields.py", "exec"), fields.__dict__)
        except Exception as error:
            raise ToolError(f"the page's controls cannot be filled: {type(error).__name__}: {error}") from error
        finally:
            del sys.modules["spec"]
            if before is not None:
                sys.modules["spec"] = before
    return spec, fields
