"""Constants that do nothing are left out, others stay."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.confirm import Confirmer
from symlaw.search.problem import make_problem
from symlaw.search.vanishing import without_vanishing

COLUMNS = {"x": np.array([0.5, 1.5, 2.5]), "y": np.array([2.0e-12, 1.0e-12, 3.0e-12])}


@pytest.mark.parametrize(
    ("formula", "left"),
    [
        ("sin(1e-16 + x)", "sin(x)"),
        ("(x - 1e-12) * x", "x * x"),
        ("1.00000000001 * x + 1", "x + 1"),
        ("exp(x / 0.99999999999)", "exp(x)"),
        ("y + 1e-13", "y + 1e-13"),
        ("1e-16 - x", "1e-16 - x"),
        ("1 / x", "1 / x"),
        ("log(x - 9) + 1e-12", "log(x - 9) + 1e-12"),
        ("2 * x", "2 * x"),
    ],
)
def test_what_is_left(formula: str, left: str) -> None:
    assert without_vanishing(parse(formula), COLUMNS) == parse(left)


def test_a_formula_is_offered_without_them_too() -> None:
    x = np.linspace(0.1, 3.0, 50)
    problem = make_problem(x[:, None], np.sin(x), Language.of(["x"], ["+", "sin"]))
    entries = Confirmer(problem).guess(parse("sin(x + 0.001)"))
    assert parse("sin(x)") in [entry.expression for entry in entries if entry.loss < 1e-25]
