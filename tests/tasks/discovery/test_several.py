"""Several formulas at once: found, shown, saved and refused as one is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symlaw
from symlaw.errors import InvalidSetting
from symlaw.language.algebra.tuples import formulas_of, joined_formulas
from symlaw.language.parser import parse

X = np.linspace(-2.0, 2.0, 30)


def error(formulas: Any) -> float:
    """How far two formulas are from a sum and a product."""
    f, g = (formula.evaluate({"x": X}) for formula in formulas)
    return float(np.mean((f - 2.0 * X) ** 2 + (g - X * X) ** 2))


@pytest.fixture(scope="module")
def found() -> symlaw.Discovery:
    return symlaw.discover(
        error, ["x"], operators=["+", "*"], formulas=["f", "g"], max_evaluations=20_000, time_budget=None,
        max_complexity=9, target=1e-20, random_state=0,
    )  # fmt: skip


def test_two_formulas_are_found(found: symlaw.Discovery) -> None:
    f, g = found.expression_
    assert f.evaluate({"x": X}) == pytest.approx(2.0 * X)
    assert g.evaluate({"x": X}) == pytest.approx(X * X)
    assert found.complexities[found.recommended_] == f.complexity() + g.complexity()
    assert found.scores[found.recommended_] == pytest.approx(error(found.expression_), abs=1e-25)


def test_they_are_shown_by_name(found: symlaw.Discovery) -> None:
    assert found.names_ == ("f", "g")
    equation = found.front_["equation"].iloc[found.recommended_]
    assert equation.startswith("f = ")
    assert "; g = " in equation
    assert equation in str(found)
    assert found._repr_html_().count("g = ") == len(found.formulas)
    assert set(found.export("latex")) == {"f", "g"}


def test_they_are_read_as_they_were_saved(found: symlaw.Discovery, tmp_path: Path) -> None:
    found.save(tmp_path / "found.json")
    again = symlaw.Discovery.load(tmp_path / "found.json")
    assert again == found


def test_a_number_gives_names_and_guesses_are_tuples() -> None:
    given = symlaw.discover(
        error, ["x"], operators=["+", "*"], formulas=2, guesses=[("x + x", "x * x")], max_evaluations=200,
        time_budget=None, target=1e-20, random_state=0,
    )  # fmt: skip
    assert given.names_ == ("f1", "f2")
    assert given.scores[given.recommended_] < 1e-20


@pytest.mark.parametrize(
    "formulas", [0, 7, -1, True, "f", ["f"], ["f", "f"], ["f", "2g"], ["f", 1], None, 2.0]
)
def test_what_is_no_number_of_formulas_is_refused(formulas: Any) -> None:
    with pytest.raises(InvalidSetting, match="give a number from 1 to 6"):
        symlaw.discover(error, ["x"], formulas=formulas, max_evaluations=10, time_budget=None)


def test_guesses_of_another_length_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="give a tuple of 2 formulas"):
        symlaw.discover(error, ["x"], formulas=2, guesses=["x"], max_evaluations=10, time_budget=None)


def test_rows_have_one_formula() -> None:
    rows = symlaw.observed({"x": X}, np.eye(len(X)), X)
    with pytest.raises(InvalidSetting, match="leave it out"):
        symlaw.discover(rows, formulas=2, max_evaluations=10, time_budget=None)


@pytest.mark.parametrize("count", range(1, 7))
def test_joined_formulas_come_apart_again(count: int) -> None:
    parts = [parse(f"x + {number}") for number in range(count)]
    assert formulas_of(joined_formulas(parts), count) == tuple(parts)
    if count > 1:
        with pytest.raises(ValueError, match="no tuple"):
            formulas_of(parts[0], count)
