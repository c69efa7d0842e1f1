"""Families of functions of one column: their values, what is scanned, and how they are written."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw import operator
from symlaw.engine import reference
from symlaw.language.expression import Expression, Variable
from symlaw.language.grammar import DEFAULT_OPERATORS, Language
from symlaw.search.sparse.writing import Writer
from symlaw.search.terms.families import FAMILIES, Family, families_of, grid_of, written

COLUMNS = {
    "": np.linspace(0.3, 4.0, 50),
    "positive": np.linspace(0.3, 4.0, 50),
    "signed": np.linspace(-2, 3, 51),
}


def writer_of(*operators: str) -> Writer:
    """A writer in some operators, the usual ones by default."""
    return Writer(Language.of(["u"], operators or DEFAULT_OPERATORS, max_complexity=60))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.text)
def test_what_is_written_has_the_values_that_are_fitted(family: Family) -> None:
    column, writer = COLUMNS[family.needs], writer_of()
    assert family.suits(column)
    known = families_of(writer)[family]
    grid = grid_of(family, known, column)
    constants = grid.constants[len(grid.constants) // 2]
    nodes = writer.translated(written(known.formula, (Variable("u"),), constants.tolist()))
    assert nodes is not None and writer.cost(nodes) == known.cost
    expected = known.values(column, constants)
    np.testing.assert_allclose(reference.values(Expression(nodes), {"u": column}), expected, rtol=1e-9)
    np.testing.assert_allclose(np.max(np.abs(grid.values), axis=1), 1.0)
    assert np.all(np.abs(constants) >= grid.least) and np.all(np.abs(constants) <= grid.most)


def test_what_a_column_is_not_for_is_left_out() -> None:
    assert not Family("log(u)", (), "positive").suits(COLUMNS["signed"])
    assert not Family("abs(u)", (), "signed").suits(COLUMNS["positive"])


def test_languages_have_the_families_that_they_can_write() -> None:
    few = {family.text for family in families_of(writer_of("+", "*"))}
    assert few == {"u", "u**2", "u**3"}
    assert {family.text for family in families_of(writer_of())} >= {one.text for one in FAMILIES}


def test_a_size_is_a_root_of_a_square_where_there_is_no_sign_for_it() -> None:
    family = Family("abs(u)", (), "signed")
    assert families_of(writer_of("abs", "+", "*"))[family].formula.text() == "abs(u)"
    assert families_of(writer_of())[family].formula.text() == "sqrt(u**2)"


def test_functions_that_no_family_names_are_families_too() -> None:
    steep = operator(lambda x: np.exp(x) / (1 + np.exp(x)), name="steep")
    language = Language.of(["u"], ["+", "*", steep])
    texts = {family.text for family in families_of(Writer(language))}
    assert {"steep(u)", "steep(a * u)"} <= texts
