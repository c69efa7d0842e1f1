"""Where a seam holds: places that would have to change for a new loss, counted over the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import symlaw
from symlaw.engine.losses.table import LOSSES

SOURCES = Path(symlaw.__file__).parent
# Who may know losses one by one.
KNOWING = ("engine", "search/objectives")
CELLS = ("code", "name")


def asks_for_a_loss(node: ast.AST) -> bool:
    """Whether a node compares a loss with a name, looks at a row's name or code, or names one."""
    if isinstance(node, ast.Attribute) and node.attr in CELLS:
        return isinstance(node.value, ast.Attribute) and node.value.attr == "row"
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        parts = [part for side in sides for part in ast.walk(side)]
        named = any(isinstance(part, ast.Constant) and part.value in LOSSES for part in parts)
        return named and any("loss" in ast.unparse(side) for side in sides)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "loss_named":
        return bool(node.args) and isinstance(node.args[0], ast.Constant)
    return False


def sites() -> Iterator[str]:
    """Places outside of those that may know losses."""
    for path in sorted(SOURCES.rglob("*.py")):
        place = path.relative_to(SOURCES).as_posix()
        if place.startswith(KNOWING):
            continue
        source = path.read_text(encoding="utf-8")
        # what is looked for has this word in it; without it there is nothing to parse
        for node in ast.walk(ast.parse(source if "loss" in source else "")):
            if asks_for_a_loss(node):
                yield f"{place}:{node.lineno}"  # type: ignore[attr-defined]


def test_nothing_outside_of_engine_and_objectives_asks_for_a_loss_by_name() -> None:
    assert list(sites()) == []


def test_such_a_place_would_be_found() -> None:
    for text in ('x.loss == "squared"', "loss.row.code == 3", 'loss_named("absolute")', 'loss in ("huber",)'):
        assert any(map(asks_for_a_loss, ast.walk(ast.parse(text)))), text


# Arguments that a kernel may have, and what makes a function one.
MOST_ARGUMENTS = 8
KERNELS = ("kernel", "inner", "scalar")


def crowded_kernels(source: str) -> list[tuple[str, int]]:
    """Compiled functions of a source text with more arguments than that, and how many they have."""
    if not any(f"@{name}" in source for name in KERNELS):
        return []
    return [
        (node.name, len(node.args.args))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(one) in KERNELS for one in node.decorator_list)
        and len(node.args.args) > MOST_ARGUMENTS
    ]


def test_no_kernel_has_more_than_eight_arguments() -> None:
    found = {path.name: crowded_kernels(path.read_text("utf-8")) for path in SOURCES.rglob("*.py")}
    assert not {name: kernels for name, kernels in found.items() if kernels}


def test_a_crowded_kernel_would_be_found() -> None:
    assert crowded_kernels("@inner\ndef f(a, b, c, d, e, g, h, i, j):\n    return a") == [("f", 9)]


# The only modules that fit a scale and an offset: of kernels, in plain NumPy, and the lines of a problem.
LINES = {
    "engine/reduce.py", "engine/fit.py", "engine/losses/irls.py", "engine/objectives/observed.py",
    "engine/reference.py", "search/scoring/affine.py", "search/scoring/scale_and_offset.py",
}  # fmt: skip
_FITS_OF_LINES = {"scale_and_offset", "straight_line", "general_line", "observed_line"}


def fits_of_lines(source: str) -> list[str]:
    """Calls in a source text that fit a scale and an offset."""
    if not any(name in source for name in _FITS_OF_LINES):
        return []
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    names = (one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in calls)
    return [name for name in names if name in _FITS_OF_LINES]


def test_scale_and_offset_are_fitted_in_one_place() -> None:
    found = {
        path.relative_to(SOURCES).as_posix(): fits_of_lines(path.read_text("utf-8"))
        for path in SOURCES.rglob("*.py")
    }
    assert not {name for name, calls in found.items() if calls} - LINES


def test_a_fit_of_a_line_would_be_found() -> None:
    assert fits_of_lines("a, b, _ = reference.scale_and_offset(f, y)") == ["scale_and_offset"]
