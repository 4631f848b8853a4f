"""The engine's modules import one another one way."""

import ast
from pathlib import Path

import engine

ENGINE = Path(engine.__file__).parent


def test_no_module_imports_itself_by_way_of_others():
    """Imports stand at the top, all of them, and go one way."""
    imports = {}
    for path in sorted(ENGINE.glob("*.py")):
        tree = ast.parse(path.read_text())
        at_top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        anywhere = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
        ours = [name for node in anywhere for name in _modules_of_the_engine(node)]
        assert ours == [name for node in at_top for name in _modules_of_the_engine(node)], path.name
        imports[path.stem] = set(ours)
    assert {"record", "prove", "interpret", "loops", "reductions"} <= set(imports)
    while imports:
        free = {name for name, others in imports.items() if not others & set(imports)}
        assert free, f"a circle among {sorted(imports)}"
        imports = {name: others for name, others in imports.items() if name not in free}


def _modules_of_the_engine(node):
    """The modules of `engine` that an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[1] for alias in node.names if alias.name.startswith("engine.")]
    if node.module == "engine":
        return [alias.name for alias in node.names]
    return [node.module.split(".")[1]] if (node.module or "").startswith("engine.") else []
