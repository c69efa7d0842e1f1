"""How modules may know each other: no circles, no crowded folders, no module too long to read.

Every import counts: those at the top of a module, those only for type checkers, and those inside functions.
What a module looks up by a string when it is first needed does not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import symlaw

ROOT = Path(symlaw.__file__).parent
MOST_LINES = 500
MOST_MODULES = 12  # in one folder, besides its __init__

Graph = dict[str, set[str]]


def name_of(path: Path) -> str:
    """``symlaw.a.b`` for symlaw/a/b.py, ``symlaw.a`` for symlaw/a/__init__.py."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(ROOT.rglob("*.py"))}


def is_for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def statements(module: str, tree: ast.Module) -> Iterator[ast.AST]:
    """All of a module, except the root's list of its public names for type checkers.

    ``symlaw`` loads these names by strings, and nothing in the package imports them from there
    (`test_nothing_imports_the_root`).
    """
    for node in tree.body:
        if not (module == "symlaw" and is_for_type_checkers(node)):
            yield from ast.walk(node)


def base_of(module: str, node: ast.ImportFrom) -> str:
    """The module named after ``from``, relative imports included."""
    if not node.level:
        return node.module or ""
    is_package = MODULES[module].name == "__init__.py"
    parts = module.split(".")
    kept = parts[: len(parts) - node.level + is_package]
    return ".".join([*kept, *filter(None, [node.module])])


def imports_of(module: str) -> set[str]:
    """The modules of symlaw that a module imports."""
    found: set[str] = set()
    for node in statements(module, ast.parse(MODULES[module].read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = base_of(module, node)
            paths = (f"{base}.{alias.name}" for alias in node.names)
            found.update(path if path in MODULES else base for path in paths)
    return {name for name in found if name in MODULES and name != module}


@cache
def package() -> Graph:
    """What each module of symlaw imports."""
    return {module: imports_of(module) for module in MODULES}


def reachable(graph: Graph, start: str) -> set[str]:
    """All modules that a module imports, at once or through others."""
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            waiting.extend(graph[module])
    return seen


def circles(graph: Graph) -> list[list[str]]:
    """The groups of modules each of which imports, through others, all the others of its group."""
    far = {module: reachable(graph, module) for module in graph}
    groups = {
        frozenset(other for other in far[module] if module in far[other])
        for module in graph
        if module in far[module]
    }
    return sorted(sorted(group) for group in groups)


def described(graph: Graph, group: list[str]) -> str:
    edges = [f"  {one} -> {other}" for one in group for other in sorted(graph[one] & set(group))]
    return "\n".join([f"a circle of {len(group)} modules:", *edges])


def test_a_circle_is_seen() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}
    assert circles(graph) == [["b", "c"]]
    assert described(graph, ["b", "c"]) == "a circle of 2 modules:\n  b -> c\n  c -> b"


def test_imports_are_seen_wherever_they_are() -> None:
    assert "symlaw.language.expression" in package()["symlaw.language.parser"]
    assert "symlaw.tasks.display.plotting" in package()["symlaw.tasks.regression.estimator"]  # in a function
    assert "symlaw.errors" in package()["symlaw.language.printers.registry"]


def test_there_are_no_circles() -> None:
    found = circles(package())
    assert not found, "\n".join(described(package(), group) for group in found)


def later_paths() -> set[str]:
    """What ``Later("...")`` names anywhere in the package."""
    calls = (
        node
        for path in MODULES.values()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Later"
    )
    return {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}


def test_what_is_found_later_is_there() -> None:
    """No import checks these paths."""
    paths = later_paths()
    assert "symlaw.language.printers.render" in paths
    for path in paths:
        module, _, name = path.rpartition(".")
        assert callable(getattr(import_module(module), name)), path


def test_nothing_imports_the_root() -> None:
    """Its public names are for users; modules import from where a name is."""
    assert [module for module in MODULES if "symlaw" in package()[module]] == []


def test_no_folder_is_crowded() -> None:
    folders = [path for path in ROOT.rglob("*") if path.is_dir()]
    loose = {
        str(folder.relative_to(ROOT)): len([path for path in folder.glob("*.py") if path.stem != "__init__"])
        for folder in folders
    }
    assert {folder: count for folder, count in loose.items() if count > MOST_MODULES} == {}


def test_no_module_is_too_long() -> None:
    lines = {module: len(path.read_text().splitlines()) for module, path in MODULES.items()}
    assert {module: count for module, count in lines.items() if count > MOST_LINES} == {}
