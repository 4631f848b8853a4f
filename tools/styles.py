"""The page's style sheet, joined from a file for each region of the page."""

import re
from pathlib import Path

from tools.errors import ToolError

FOLDER = "static/styles"
SHEET = "static/style.css"
# The order in which they are joined: of rules with the same specificity the later one wins.
ORDER = (
    "palette",
    "base",
    "layout",
    "masthead",
    "about",
    "controls",
    "views",
    "loading",
    "network",
    "rail",
    "charts",
    "timeline",
    "messages",
    "tips",
    "around",
    "flip-book",
    "own-table",
    "present",
    "licences",
)
# The root of a page whose theme a person has chosen, and of one that follows a dark system.
CHOSEN, FOLLOWED = ':root:root[data-theme="dark"]', ':root:root:not([data-theme="light"])'
DARK_RULE = re.compile(rf"^{re.escape(CHOSEN)} {{\n.*?^}}\n", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENTATION = re.compile(r"^\s+", re.MULTILINE)


def sheet(root: Path) -> bytes:
    """The one style sheet that is served, from the files in `FOLDER`, without their comments and indentation.

    Raises `ToolError` when a file is missing, or when a file is not in `ORDER`.
    """
    folder = root / FOLDER
    found = {path.stem for path in folder.glob("*.css") if not path.name.startswith(".")}
    for name in sorted(found ^ set(ORDER)):
        what = "has no place in the order of tools/styles.py" if name in found else "is missing"
        raise ToolError(f"{FOLDER}/{name}.css {what}")
    texts = {name: (folder / f"{name}.css").read_text("utf-8") for name in ORDER}
    texts["palette"] = with_system_theme(texts["palette"])
    return INDENTATION.sub("", COMMENT.sub("", "\n".join(texts.values()))).encode()


def with_system_theme(palette: str) -> str:
    """`palette` with its dark colours repeated for systems with a dark theme, as one rule cannot serve both cases.

    Raises `ToolError` unless there is exactly one rule of dark colours.
    """
    rules = DARK_RULE.findall(palette)
    if len(rules) != 1:
        raise ToolError(f"{FOLDER}/palette.css must have one rule for {CHOSEN}, and has {len(rules)}")
    followed = rules[0].replace(CHOSEN, FOLLOWED)
    return f"{palette}\n@media (prefers-color-scheme: dark) {{\n{followed}}}\n"
