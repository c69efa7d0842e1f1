"""Programs as Python that needs the standard library alone, and as a line for pandas."""

from __future__ import annotations

import ast
import inspect
from decimal import Decimal
from functools import lru_cache
from types import ModuleType
from typing import Any

from symlaw.language.programs.functions import lists, moments, numbers, text, truths
from symlaw.language.programs.printers.statements import Dialect, body, identifiers
from symlaw.language.programs.program import Call, Program, nodes

_MODULES = (text, lists, numbers, moments, truths)


def _literal(value: Any) -> str:
    return f'Decimal("{value}")' if isinstance(value, Decimal) else repr(value)


def _call(name: str, arguments: list[str]) -> str:
    if name == "concat":
        return " + ".join(arguments)
    return f"{name}({', '.join(arguments)})"


_DIALECT = Dialect(
    literal=_literal,
    call=_call,
    keep=lambda name, value: [f"{name} = {value}", f"if {name} is None:", "    return None"],
    give=lambda value: f"return {value}",
    branch=("if {}:", "", None),
)


def python(program: Program, names: tuple[str, ...]) -> str:
    """A module with one function ``transform`` of the columns, and the functions that it calls."""
    arguments = identifiers(names)
    used = {part.name for part in nodes(program) if isinstance(part, Call)} - {"concat"}
    lines = body(program, arguments, _DIALECT)
    signature = ", ".join(f"{name}: str" for name in arguments)
    function = [f"def transform({signature}) -> str | None:", *(f"    {line}" for line in lines)]
    sources = _sources(used | ({"Decimal"} if any("Decimal(" in line for line in lines) else set()))
    return "\n".join(["from __future__ import annotations", "", *sources, *function, ""])


def pandas(program: Program, names: tuple[str, ...]) -> str:
    """The Python module, and a function of a data frame."""
    if len(names) == 1:
        line = f"table[{names[0]!r}].map(transform, na_action='ignore')"
    else:
        columns = ", ".join(f"table[{name!r}]" for name in names)
        line = f"pd.Series([transform(*row) for row in zip({columns})], index=table.index)"
    function = [
        "import pandas as pd",
        "",
        "",
        "def transform_table(table: pd.DataFrame) -> pd.Series:",
        f"    return {line}",
    ]
    return python(program, names) + "\n\n" + "\n".join([*function, ""])


@lru_cache(maxsize=1)
def _known() -> tuple[dict[str, tuple[int, str, set[str]]], dict[str, str]]:
    """Functions and constants of the modules with what they need, and how what is imported there is."""
    found: dict[str, tuple[int, str, set[str]]] = {}
    imports: dict[str, str] = {}
    for number, module in enumerate(_MODULES):
        _read(module, 1000 * number, found, imports)
    return found, imports


def _sources(used: set[str]) -> list[str]:
    """Imports, constants and functions that some names need, in the order of the modules."""
    found, imports = _known()
    needed, waiting = set(), list(used)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(found[name][2] if name in found else ())
    chosen = sorted((found[name][:2] for name in needed if name in found), key=lambda one: one[0])
    brought = sorted({imports[name] for name in needed if name in imports})
    spaced = [line for _, source in chosen for line in (source, "", "")]
    return [*brought, "", "", *spaced]


def _read(
    module: ModuleType, base: int, found: dict[str, tuple[int, str, set[str]]], imports: dict[str, str]
) -> None:
    source = inspect.getsource(module)
    for place, node in enumerate(ast.parse(source).body):
        segment = ast.get_source_segment(source, node) or ""
        needs = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        if isinstance(node, ast.FunctionDef):
            found[node.name] = (base + place, segment, needs)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = (base + place, segment, needs)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = (base + place, segment, needs)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            is_ours = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("symlaw")
            for alias in node.names:
                if not is_ours and alias.name != "annotations":
                    origin = f"from {node.module} import" if isinstance(node, ast.ImportFrom) else "import"
                    imports[alias.name] = f"{origin} {alias.name}"
