"""Runs in Pyodide: makes of `/source.zip`, an archive of Python sources, `/compiled.zip` with their bytecode.

Whoever wants to read a function's documentation reads it in the source; in memory it would take megabytes.
"""

import ast
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
UNCHECKED = b"\0" * 8


def compiled(source, path):
    """The bytecode file for a module; documentation becomes an empty text, for NumPy demands that there is one."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body[0].value.value = ""
    code = compile(tree, path, "exec", dont_inherit=True, optimize=0)
    return _code_to_hash_pyc(code, UNCHECKED, checked=False)


with zipfile.ZipFile("/source.zip") as source, zipfile.ZipFile("/compiled.zip", "w") as target:
    for name in source.namelist():
        # A fixed date, so that the same sources make the same bytes.
        entry = zipfile.ZipInfo(name + "c")
        target.writestr(entry, compiled(source.read(name), name))
