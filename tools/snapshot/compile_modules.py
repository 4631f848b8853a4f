"""Runs in Pyodide: makes of `/source.zip`, an archive of Python sources, `/compiled.zip` with their bytecode.

Documentation and the table of line numbers stay behind: in memory they would take megabytes.
"""

import ast
import types
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
    code = without_lines(compile(tree, path, "exec", dont_inherit=True, optimize=0))
    return _code_to_hash_pyc(code, UNCHECKED, checked=False)


def without_lines(code):
    """The same code with no line numbers, nor have the functions in it.

    Of every instruction the table has to say that it stands nowhere, or else no error could be told: entries for up to
    eight units of code each (Objects/locations.md in CPython).
    """
    constants = [without_lines(value) if isinstance(value, types.CodeType) else value for value in code.co_consts]
    eights, rest = divmod(len(code.co_code) // 2, 8)
    table = bytes([0xFF]) * eights + (bytes([0xF8 + rest - 1]) if rest else b"")
    return code.replace(co_consts=tuple(constants), co_linetable=table)


with zipfile.ZipFile("/source.zip") as source, zipfile.ZipFile("/compiled.zip", "w") as target:
    for name in source.namelist():
        # Of a fixed date, so that the same sources make the same bytes.
        target.writestr(zipfile.ZipInfo(name + "c"), compiled(source.read(name), name), zipfile.ZIP_DEFLATED)
