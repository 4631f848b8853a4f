"""Python sources without what is only for people who read them: comments, documentation, and room between the lines.

The page's modules cross the network in one file, and MicroPython reads them at every start. They lie in the site as
they are written, too.
"""

import ast
import re

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def compacted(source: str) -> str:
    """The same program in fewer letters; what does not run stays as it is, for MicroPython to say what is wrong."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
            if not node.body and not isinstance(node, ast.Module):
                node.body.append(ast.Pass())
    # It writes texts in one line each, so that what begins with blanks is indented, by four of them for each step.
    return re.sub(r"^(?:    )+", lambda blanks: " " * (len(blanks[0]) // 4), ast.unparse(tree), flags=re.MULTILINE)
