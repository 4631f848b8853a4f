"""Removes from Python sources what is only for human readers: comments, docstrings and empty lines.

The page's modules are sent in one file, and MicroPython parses them at every start. The site also contains them as they
were written.
"""

import ast
import re

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def compacted(source: str) -> str:
    """The same program in fewer characters. A source with a syntax error stays as it is; MicroPython reports it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
            if not node.body and not isinstance(node, ast.Module):
                node.body.append(ast.Pass())
    # `unparse` writes every string in one line, so blanks at the beginning of a line are always indentation.
    return re.sub(r"^(?:    )+", lambda blanks: " " * (len(blanks[0]) // 4), ast.unparse(tree), flags=re.MULTILINE)
