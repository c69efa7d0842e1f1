"""Formulas that hold what has to occur by name only."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.knowledge.structure import Required
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.archive import Archive, Entry
from symlaw.search.constraints.effects import in_effect, is_in_effect
from symlaw.search.problem import Problem, make_problem

N_ROWS = 40


def problem(*names: str, spread: float = 1.0) -> Problem:
    """Rows of ``a**2 + b + noise``; columns and operators of these names have to occur."""
    rng = np.random.default_rng(3)
    X = rng.uniform(0.5, 2.0, (N_ROWS, 3))
    y = spread * X[:, 0] ** 2 + X[:, 1] + 0.05 * rng.normal(size=N_ROWS)
    columns = tuple(name for name in names if name in ("a", "b", "c"))
    demands = [Required(columns, (), tuple(name for name in names if name not in columns))]
    return make_problem(X, y, Language.of(("a", "b", "c"), demands=demands if names else ()))


def entry(text: str, loss: float = 0.01) -> Entry:
    """A formula as the archive gets it."""
    formula = parse(text)
    return Entry(formula, formula.complexity(), loss, formula)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a**2 + b", True),
        ("a**2 + 1000000000.0 / (1000000000.0 + b)", False),
        ("a**2 + b - b", False),
        ("a**2 * (b / b)", False),
        ("a**2 + 0.0001 * b", False),
        ("a**2 + 0.2 * b", True),
    ],
)
def test_a_column_makes_a_difference_beside_the_errors(text: str, expected: bool) -> None:
    assert is_in_effect(entry(text), problem("a", "b"), 0.01) is expected


def test_an_operator_makes_a_difference_too() -> None:
    asked = problem("sin")
    assert is_in_effect(entry("a**2 + sin(b)"), asked, 0.01)
    assert not is_in_effect(entry("a**2 + 0.00001 * sin(b)"), asked, 0.01)
    assert not is_in_effect(entry("a**2 + b + sin(1.0)"), asked, 0.01)


def test_a_poor_formula_is_measured_by_the_best_loss_known() -> None:
    asked, poor = problem("a", "b", spread=100.0), entry("90.0 * a**2 + b", 0.3)
    assert not is_in_effect(poor, asked, poor.loss)
    assert is_in_effect(poor, asked, 1e-6)


def test_nothing_is_left_out_where_nothing_is_demanded_or_it_could_not_come_in() -> None:
    idle = entry("a**2 + b - b")
    archive = Archive(30, 1e-20)
    assert in_effect([idle], archive, problem(), 0.01) == [idle]
    assert in_effect([idle], archive, problem("b"), 0.01) == []
    archive.offer(entry("a", 0.001))
    assert in_effect([idle], archive, problem("b"), 0.001) == [idle]
