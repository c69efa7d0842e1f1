"""Where a seam holds: lists of operators' names outside of the operator table, counted over the syntax tree.

What holds of an operator is a cell of its row. A list of names elsewhere says it of built-in operators only.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import symlaw
from symlaw.language.operators import LINE_OPERATORS, operator_table

SOURCES = Path(symlaw.__file__).parent
NAMES = frozenset(operator_table())
# Signs of algebra, which formulas are rewritten by one at a time.
SIGNS = frozenset((*LINE_OPERATORS, "pow"))
# The table itself, how notations spell operators, and what tests are made of.
KNOWING = ("language/operators/", "language/printers/", "testing/")
# Lists elsewhere, how many in each file, and why.
ALLOWED: dict[str, tuple[int, str]] = {
    "engine/blocks.py": (1, "spells signs in the source of compiled loops"),
    "engine/elementary/__init__.py": (2, "the elementary functions themselves, and how exact they are"),
    "engine/elementary/trigonometric.py": (1, "up to where the fast form of these functions is exact"),
    "knowledge/constants.py": (1, "keys of a setting: min and max of a constant"),
    "knowledge/files.py": (1, "keys of a setting: min and max of a constant"),
    "language/algebra/canonical.py": (1, "how sums, products and powers are rewritten"),
    "language/algebra/powers.py": (2, "rewrites exp(c * log(x)) as a power"),
    "language/algebra/shared_parts.py": (1, "rewrites a / exp(x) as a * exp(-x)"),
    "language/grammar.py": (2, "operators of searches by default, and those that powers are shown by"),
    "language/simplifying/graph.py": (2, "spells folds of numbers in another program's language"),
    "language/simplifying/phases.py": (1, "what sines and cosines become by quarters of a turn"),
    "language/simplifying/rules.py": (5, "rules of rewriting, and which of them are always at hand"),
    "language/simplifying/simplify.py": (1, "operators of answers by default"),
    "language/rules/printers/verilog_form.py": (1, "words that Verilog keeps for itself"),
    "report/plots/trees.py": (1, "spells operators in a figure"),
    "search/dynamics/proposing/library.py": (
        2,
        "functions that right sides have beside the families of terms",
    ),
    "search/dynamics/sums.py": (3, "how sums, signs and products of sums are taken apart"),
    "search/exhaustive/fitting.py": (1, "sizes of arguments that compiled code guesses"),
    "search/exhaustive/skeletons.py": (1, "powers whose forms are all made, so that fronts stay the same"),
    "search/loop/warm_up.py": (1, "a language to compile for"),
    "search/sparse/oscillations.py": (1, "what its formulas are written with"),
    "tasks/dynamics/settings.py": (1, "operators of searches for systems by default"),
    "trust/dynamics/conserved.py": (1, "functions that conserved quantities are sums of"),
}


def strings(nodes: list[ast.expr]) -> list[str]:
    """Texts among some nodes."""
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def is_list_of_names(node: ast.AST) -> bool:
    """Whether a node lists two operators or more, or asks whether one is called by a word."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return len(NAMES.intersection(strings(node.elts))) > 1
    if isinstance(node, ast.Dict):
        return len(NAMES.intersection(strings([key for key in node.keys if key is not None]))) > 1
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
        words = strings([node.func.value])
        return bool(words) and len(NAMES.intersection(words[0].split())) > 1
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        asked = any(isinstance(side, ast.Attribute) and side.attr == "name" for side in sides)
        return asked and bool(NAMES.difference(SIGNS).intersection(strings(sides)))
    return False


def lists() -> Iterator[tuple[str, int]]:
    """File and line of each list of names outside of those that may know operators."""
    for path in sorted(SOURCES.rglob("*.py")):
        place = path.relative_to(SOURCES).as_posix()
        if place.startswith(KNOWING):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if is_list_of_names(node):
                yield place, node.lineno  # type: ignore[attr-defined]


def test_properties_of_operators_are_in_their_rows_only() -> None:
    found = list(lists())
    counted = Counter(place for place, _ in found)
    allowed = {place: count for place, (count, _) in ALLOWED.items()}
    assert counted == allowed, [
        f"{place}:{line}" for place, line in found if counted[place] != allowed.get(place)
    ]


@pytest.mark.parametrize(
    "text",
    ['row.name in ("sin", "cos")', '{"exp": 1, "log": 2}', '"exp log sin".split()', 'node.name == "tan"'],
)
def test_such_a_list_would_be_found(text: str) -> None:
    assert any(map(is_list_of_names, ast.walk(ast.parse(text))))


@pytest.mark.parametrize("text", ['row.name == "*"', 'operator("exp")', '("increasing", "step")'])
def test_one_operator_may_be_meant(text: str) -> None:
    assert not any(map(is_list_of_names, ast.walk(ast.parse(text))))
