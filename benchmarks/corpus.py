"""Count the prior that is shipped, from formulas in the source code of open packages.

``python -m benchmarks.corpus WHEEL_OR_SDIST... -o src/symlaw/knowledge/priors/corpus.json``

The packages hold engineering correlations as Python functions of numbers. Their sources are read with `ast`
and never imported: what a function assigns to a name, or returns, is a formula where it consists of
arithmetic, calls of mathematical functions, names and numbers. A formula that occurs twice in one module,
constants and names aside, counts once. Files come from ``pip download --no-deps fluids ht chemicals``.
"""

from __future__ import annotations

import argparse
import ast
import re
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from symlaw.knowledge.priors.prior import Prior, symbol_of
from symlaw.language.expression import Constant, Expression, Node, Variable
from symlaw.language.operators import operator

LEAST, MOST = 3, 60
_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "pow"}
_CALLED = {
    "sqrt": "sqrt", "csqrt": "sqrt", "exp": "exp", "log": "log", "log10": "log10", "sin": "sin", "cos": "cos",
    "tan": "tan", "asin": "asin", "acos": "acos", "atan": "atan", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "abs": "abs", "fabs": "abs", "trunc_exp": "exp", "trunc_log": "log", "cbrt": "cbrt",
    "log1p": "log1p",
    "expm1": "expm1", "atan2": "atan2", "hypot": "hypot", "erf": "erf",
}  # fmt: skip
_NUMBERS = {"pi": 3.141592653589793}
_POWERS = {2.0: "square", 3.0: "cube", 0.5: "sqrt"}


class _NoFormula(Exception):
    """An expression of Python that is no formula."""


@dataclass(frozen=True)
class Package:
    """A package's archive: name, version and licence from its metadata, and its sources."""

    name: str
    version: str
    licence: str
    sources: tuple[str, ...]


def read_package(path: Path) -> Package:
    """Read a wheel or a source archive."""
    files = dict(_members(path))
    metadata = next(text for name, text in sorted(files.items()) if name.endswith(("METADATA", "PKG-INFO")))
    fields = dict(re.findall(r"^([\w-]+): (.*)$", metadata.split("\n\n")[0], re.MULTILINE))
    sources = [text for name, text in sorted(files.items()) if name.endswith(".py") and "test" not in name]
    licence = fields.get("License-Expression") or fields.get("License") or "unknown"
    return Package(fields["Name"], fields["Version"], licence, tuple(sources))


def _members(path: Path) -> Iterator[tuple[str, str]]:
    wanted = (".py", "METADATA", "PKG-INFO")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(wanted):
                    yield name, archive.read(name).decode("utf-8", "replace")
        return
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member) if member.name.endswith(wanted) else None
            if content is not None:
                yield member.name, content.read().decode("utf-8", "replace")


def formulas_of(source: str) -> list[Expression]:
    """The formulas of a module, each once, constants and names aside.

    Examples
    --------
    >>> [str(f) for f in formulas_of("def f(a, b):\\n    c = 2.5*sqrt(a)/b\\n    return c**2 + [1][0]\\n")]
    ['2.5 * sqrt(a) / b']
    """
    found: dict[tuple[str, ...], Expression] = {}
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for statement in ast.walk(function):
            if isinstance(statement, (ast.Assign, ast.Return)) and statement.value is not None:
                formula = _formula(statement.value)
                if formula is not None:
                    found.setdefault(tuple(symbol_of(node) for node in formula.nodes), formula)
    return list(found.values())


def _formula(value: ast.expr) -> Expression | None:
    try:
        nodes = _nodes(value)
    except (_NoFormula, RecursionError):
        return None
    is_one = LEAST <= len(nodes) <= MOST and any(isinstance(node, Variable) for node in nodes)
    return Expression(tuple(nodes)) if is_one else None


def _nodes(value: ast.expr) -> list[Node]:
    if isinstance(value, ast.Constant) and isinstance(value.value, (int, float)):
        return [Constant(float(value.value))]
    if isinstance(value, ast.Name):
        number = _NUMBERS.get(value.id)
        return [Variable(value.id) if number is None else Constant(number)]
    if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
        inner = _nodes(value.operand)
        plain = len(inner) == 1 and isinstance(inner[0], Constant)
        return [Constant(-inner[0].value)] if plain else [*inner, operator("neg")]  # type: ignore[operator, list-item]
    if isinstance(value, ast.BinOp) and type(value.op) in _BINARY:
        return _joined(_BINARY[type(value.op)], _nodes(value.left), _nodes(value.right))
    if isinstance(value, ast.Call):
        return _called(value)
    raise _NoFormula


def _joined(name: str, left: list[Node], right: list[Node]) -> list[Node]:
    if all(isinstance(node, Constant) for node in (*left, *right)):
        # arithmetic of numbers alone is a number
        return [Constant(1.0)]
    if name == "pow" and len(right) == 1 and isinstance(right[0], Constant):
        known = _POWERS.get(right[0].value)
        if known is not None:
            return [*left, operator(known)]
    if name == "*" and left == right and len(left) == 1:
        return [*left, operator("square")]
    return [*left, *right, operator(name)]


def _called(call: ast.Call) -> list[Node]:
    target = call.func
    word = (
        target.attr
        if isinstance(target, ast.Attribute)
        else target.id
        if isinstance(target, ast.Name)
        else ""
    )
    if word not in _CALLED or call.keywords:
        raise _NoFormula
    row = operator(_CALLED[word])
    if len(call.args) != row.arity:
        raise _NoFormula
    return [*(node for argument in call.args for node in _nodes(argument)), row]


def counted(packages: list[Package]) -> Prior:
    """The prior of some packages; its source names them, and when they were counted."""
    formulas, told = [], []
    for package in packages:
        own = [formula for source in package.sources for formula in formulas_of(source)]
        formulas += own
        told.append(
            {
                "package": package.name,
                "version": package.version,
                "licence": package.licence,
                "formulas": len(own),
            }
        )
    source: dict[str, Any] = {"packages": told, "date": datetime.now(UTC).date().isoformat()}
    return Prior.from_formulas(formulas, source)


def main() -> None:
    """Count and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    prior = counted([read_package(path) for path in options.archives])
    prior.save(options.output)
    print(f"{prior.n_formulas} formulas: {prior.source}")


if __name__ == "__main__":
    main()
