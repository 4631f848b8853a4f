"""Runs in Pyodide: compiles the Python sources in `/source.zip` to bytecode in `/compiled.zip`.

Docstrings and tables of line numbers are left out, because they would take megabytes of memory.
"""

import ast
import types
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
UNCHECKED = b"\0" * 8


def compiled(source, path):
    """The bytecode file of a module. Docstrings become empty texts, because NumPy needs them to be texts."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body[0].value.value = ""
    code = without_lines(compile(tree, path, "exec", dont_inherit=True, optimize=0))
    return _code_to_hash_pyc(code, UNCHECKED, checked=False)


def without_lines(code):
    """The same code without line numbers, also in the functions inside it.

    The table has to say of every instruction that it has no line, because otherwise errors could not be reported. An
    entry covers up to eight code units (Objects/locations.md in CPython).
    """
    constants = [without_lines(value) if isinstance(value, types.CodeType) else value for value in code.co_consts]
    eights, rest = divmod(len(code.co_code) // 2, 8)
    table = bytes([0xFF]) * eights + (bytes([0xF8 + rest - 1]) if rest else b"")
    return code.replace(co_consts=tuple(constants), co_linetable=table)


with zipfile.ZipFile("/source.zip") as source, zipfile.ZipFile("/compiled.zip", "w") as target:
    for name in source.namelist():
        # `ZipInfo` has a fixed date, so that the same sources give the same bytes.
        target.writestr(zipfile.ZipInfo(name + "c"), compiled(source.read(name), name), zipfile.ZIP_DEFLATED)
