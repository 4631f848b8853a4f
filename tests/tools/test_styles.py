"""The style sheet: each region's file in it, once and in order; every colour said once for each theme."""

import json
import re
import shutil

import pytest

from tools import styles
from tools.environment import ROOT
from tools.errors import ToolError

FILES = {path.stem: path.read_text("utf-8") for path in (ROOT / styles.FOLDER).glob("*.css")}
SHEET = styles.sheet(ROOT).decode()
LIGHT = ":root:root"


def rules(css):
    """`[(selector, [(name, value)])]` of a style sheet, those within a media query as well."""
    css = styles.COMMENT.sub("", css)
    found = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"@media[^{]*\{", "", css))
    return [(" ".join(selector.split()), declared(body)) for selector, body in found]


def declared(body):
    return [(name, " ".join(value.split())) for name, value in re.findall(r"([\w-]+):\s*([^;]+);", body)]


def palette(selector):
    (declarations,) = [declarations for found, declarations in rules(FILES["palette"]) if found == selector]
    return declarations


@pytest.fixture
def root(tmp_path):
    shutil.copytree(ROOT / styles.FOLDER, tmp_path / styles.FOLDER)
    return tmp_path


def test_every_rule_of_every_file_is_served_in_the_order_of_the_files():
    wanted = [rule for name in styles.ORDER for rule in rules(FILES[name])]
    after_palette = len(rules(FILES["palette"]))
    served = rules(SHEET)
    assert served[:after_palette] + served[after_palette + 1 :] == wanted


def test_nothing_but_the_comments_is_left_out():
    assert "/*" not in SHEET and SHEET.count("{") == SHEET.count("}")
    addresses = [address for css in FILES.values() for address in re.findall(r"url\([^)]*\)", css)]
    assert addresses
    assert re.findall(r"url\([^)]*\)", SHEET) == addresses


def test_every_colour_is_said_once_for_each_theme():
    light, dark = palette(LIGHT), palette(styles.CHOSEN)
    names = [name for name, _ in light]
    assert len(names) == len(set(names)) > 15
    assert [name for name, _ in dark] == names
    everywhere = [name for css in FILES.values() for _, declarations in rules(css) for name, _ in declarations]
    for name in names:
        assert everywhere.count(name) == 2, name


def test_a_dark_system_has_the_dark_theme_unless_the_light_one_is_chosen():
    (query,) = re.findall(r"@media \(prefers-color-scheme: dark\) \{\n(.*?\n\})\n\}", SHEET, re.DOTALL)
    assert rules(query) == [(styles.FOLLOWED, palette(styles.CHOSEN))]


def test_the_browser_around_the_page_has_its_colours():
    html = (ROOT / "index.html").read_text("utf-8")
    said = re.findall(r'name="theme-color" content="([^"]+)" media="\(prefers-color-scheme: (\w+)\)"', html)
    assert sorted(said) == sorted(
        (dict(palette(selector))["--page"], theme) for theme, selector in (("light", LIGHT), ("dark", styles.CHOSEN))
    )


def test_every_custom_property_that_is_used_is_set_somewhere():
    scripts = "".join(path.read_text("utf-8") for path in (ROOT / "py/page").glob("*.py"))
    pico = re.compile("--pico-")
    for name in set(re.findall(r"var\((--[\w-]+)\)", SHEET)):
        assert re.search(rf"{name}:", SHEET + scripts) or f'"{name}"' in scripts or pico.match(name), name


def test_a_file_without_a_place_and_a_missing_one_are_told(root):
    (root / styles.FOLDER / "new.css").write_text("")
    with pytest.raises(ToolError, match=r"new\.css has no place"):
        styles.sheet(root)
    (root / styles.FOLDER / "new.css").rename(root / styles.FOLDER / ".new.css")
    assert styles.sheet(root).decode() == SHEET
    (root / styles.FOLDER / "rail.css").unlink()
    with pytest.raises(ToolError, match=r"rail\.css is missing"):
        styles.sheet(root)


def test_a_palette_without_dark_colours_is_told():
    with pytest.raises(ToolError, match="one rule"):
        styles.with_system_theme(":root:root {\n}\n")


def test_the_licence_page_has_the_style_sheet_of_the_page():
    assert f'href="{styles.SHEET}"' in (ROOT / "index.html").read_text("utf-8")
    assert json.dumps(styles.SHEET) in (ROOT / "tools/licences.py").read_text("utf-8")
