"""Constants of groups are fitted together with all others, and their errors are those of that one fit."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator
from symlaw.language.user_operators.lookup import lookup
from symlaw.trust.constants.figures import figures_of
from symlaw.trust.constants.fit import Sample, fitted, model_of
from symlaw.trust.constants.numbers import all_numbers, by_numbers, group_constants, with_numbers
from symlaw.trust.constants.uncertainty import Uncertainty

RNG = np.random.default_rng(0)
GROUP = np.repeat([0.0, 1.0, 2.0], 30)
X = RNG.uniform(0, 4, 90)
DESIGN = np.column_stack([np.ones(90), *((level == GROUP) * X for level in range(3))])


def line(slopes: list[float], offset: float) -> Expression:
    """A slope for each group, and one offset for all."""
    a = lookup("a", [0.0, 1.0, 2.0], slopes)
    nodes = (Variable("g"), a, Variable("x"), operator("*"), Constant(offset), operator("+"))
    return Expression(nodes)


def sample_of(y: np.ndarray, weights: float = 1.0, *, known: bool = False) -> Sample:
    return Sample(np.column_stack([GROUP, X]), y, ("g", "x"), np.full(90, weights), known)


def test_numbers_are_constants_and_then_those_of_groups() -> None:
    formula = line([1.0, 2.0, 3.0], 0.5)
    assert all_numbers(formula).tolist() == [0.5, 1.0, 2.0, 3.0]
    again = with_numbers(formula, [0.25, 4.0, 5.0, 6.0])
    assert again.to_json() == line([4.0, 5.0, 6.0], 0.25).to_json()
    values, slopes = by_numbers(formula, np.column_stack([GROUP, X]), ("g", "x"))
    np.testing.assert_allclose(slopes, DESIGN)
    np.testing.assert_allclose(values, DESIGN @ [0.5, 1.0, 2.0, 3.0])


def test_a_line_with_slopes_of_groups_is_that_of_least_squares_with_its_errors() -> None:
    y = np.array([1.0, 2.0, 3.0])[GROUP.astype(int)] * X + 0.5 + 0.1 * RNG.normal(size=90)
    best, *_ = np.linalg.lstsq(DESIGN, y, rcond=None)
    variance = np.sum((y - DESIGN @ best) ** 2) / (90 - 4)
    errors = np.sqrt(variance * np.diag(np.linalg.inv(DESIGN.T @ DESIGN)))
    sure = Uncertainty(fitted(model_of(line([1.0, 1.0, 1.0], 0.0)), sample_of(y)))
    assert sure.names == ("c0", "a[0]", "a[1]", "a[2]") and sure.freedom == 86
    np.testing.assert_allclose(sure.values, best, rtol=1e-9)
    np.testing.assert_allclose(sure.standard_errors, errors, rtol=1e-6)
    profile = sure.intervals(kind="profile")
    np.testing.assert_allclose(profile, sure.intervals(), rtol=1e-3)


def test_groups_are_called_as_the_table_calls_them() -> None:
    y = np.array([1.0, 2.0, 3.0])[GROUP.astype(int)] * X + 0.5 + 0.1 * RNG.normal(size=90)
    sure = Uncertainty(fitted(model_of(line([1.0, 1.0, 1.0], 0.0)), sample_of(y)))
    assert [one.name for one in figures_of(sure, labels=["p", "q", "r"])] == ["c0", "a[p]", "a[q]", "a[r]"]
    assert "a[q]" in sure.table(labels=["p", "q", "r"])
    own = group_constants(sure.expression, 3, ["p", "q", "r"])
    assert [(one.name, one.group) for one in own] == [("a", "p"), ("a", "q"), ("a", "r")]


def test_known_deviations_are_not_estimated() -> None:
    sure = Uncertainty(
        fitted(model_of(line([2.0, 2.0, 2.0], 0.5)), sample_of(X * 2.0 + 0.5, 1 / 0.04, known=True))
    )
    expected = 0.2 * np.sqrt(np.diag(np.linalg.inv(DESIGN.T @ DESIGN)))
    np.testing.assert_allclose(sure.standard_errors, expected, rtol=1e-6)


@pytest.mark.parametrize("level", [0.0, 2.0])
def test_a_group_without_rows_is_not_determined(level: float) -> None:
    there = level != GROUP
    sample = Sample(np.column_stack([GROUP, X])[there], 2 * X[there], ("g", "x"), np.ones(int(there.sum())))
    sure = Uncertainty(fitted(model_of(line([2.0, 2.0, 2.0], 0.1)), sample))
    errors = dict(zip(sure.names, sure.standard_errors, strict=True))
    assert np.isinf(errors[f"a[{level:g}]"]) and np.isfinite(errors["a[1]"])
