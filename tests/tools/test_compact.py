"""A source in fewer letters is the same program."""

import ast

import pytest

from tools.compact import compacted
from tools.environment import ROOT

PAGE = [path for folder in ("page", "spec") for path in sorted((ROOT / "py" / folder).rglob("*.py"))]


def undocumented(source):
    """The tree of a source, without documentation and without where anything stood."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and ast.get_docstring(node) is not None
        ):
            node.body[:1] = [] if len(node.body) > 1 or isinstance(node, ast.Module) else [ast.Pass()]
    return ast.dump(tree)


@pytest.mark.parametrize("path", PAGE, ids=lambda path: path.relative_to(ROOT / "py").as_posix())
def test_the_page_is_the_same_program(path):
    source = path.read_text()
    result = compacted(source)
    assert ast.dump(ast.parse(result)) == undocumented(source)
    assert len(result) <= len(source)


def test_what_is_for_people_goes():
    source = '''"""What it is."""

# Why.
class Empty:
    """Nothing."""


def twice(x):
    """Two of it."""
    if x:
        return [
            x,
            x,
        ]  # both
    return "    # no comment\\n    of ours"
'''
    empty, twice = compacted(source).split("\n\n")
    assert empty == "class Empty:\n pass"
    assert twice == "def twice(x):\n if x:\n  return [x, x]\n return " + repr("    # no comment\n    of ours")


def test_what_does_not_run_stays_as_it_is():
    assert compacted("x = = 1  # one") == "x = = 1  # one"


def test_nothing_but_documentation():
    assert compacted('"""Nothing."""\n') == ""
