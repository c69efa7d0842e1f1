"""Errors of the constants of groups are those of one fit of all constants together."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.lookup import lookup
from symlaw.language.operators import operator
from symlaw.trust.fit import Sample
from symlaw.trust.group_constants import group_constants

RNG = np.random.default_rng(0)
GROUP = np.repeat([0.0, 1.0, 2.0], 30)
X = RNG.uniform(0, 4, 90)


def line(slopes: list[float], offset: float) -> Expression:
    """A slope for each group, and one offset for all."""
    a = lookup("a", [0.0, 1.0, 2.0], slopes)
    nodes = (Variable("g"), a, Variable("x"), operator("*"), Constant(offset), operator("+"))
    return Expression(nodes)


def test_a_line_with_slopes_of_groups_has_the_errors_of_least_squares() -> None:
    y = np.array([1.0, 2.0, 3.0])[GROUP.astype(int)] * X + 0.5 + 0.1 * RNG.normal(size=90)
    design = np.column_stack([*((level == GROUP) * X for level in range(3)), np.ones(90)])
    fitted, *_ = np.linalg.lstsq(design, y, rcond=None)
    variance = np.sum((y - design @ fitted) ** 2) / (90 - 4)
    errors = np.sqrt(variance * np.diag(np.linalg.inv(design.T @ design)))
    sample = Sample(np.column_stack([GROUP, X]), y, ("g", "x"), np.ones(90))
    found = group_constants(line(fitted[:3].tolist(), float(fitted[3])), sample)
    assert [(one.name, one.column, one.level) for one in found] == [("a", "g", k) for k in (0.0, 1.0, 2.0)]
    np.testing.assert_allclose([one.standard_error for one in found], errors[:3], rtol=1e-6)
    assert found[1].text(["p", "q", "r"]).startswith("q: ") and "±" in found[1].text()


def test_known_deviations_are_not_estimated() -> None:
    y = X * 2.0 + 0.5
    sample = Sample(np.column_stack([GROUP, X]), y, ("g", "x"), np.full(90, 1 / 0.04), known=True)
    found = group_constants(line([2.0, 2.0, 2.0], 0.5), sample)
    design = np.column_stack([*((level == GROUP) * X for level in range(3)), np.ones(90)])
    expected = 0.2 * np.sqrt(np.diag(np.linalg.inv(design.T @ design)))[:3]
    np.testing.assert_allclose([one.standard_error for one in found], expected, rtol=1e-6)


def test_a_formula_without_groups_has_none() -> None:
    sample = Sample(X[:, None], X, ("x",), np.ones(90))
    assert group_constants(Expression((Variable("x"),)), sample) == []


@pytest.mark.parametrize("level", [0.0, 2.0])
def test_a_group_without_rows_is_not_determined(level: float) -> None:
    there = level != GROUP
    sample = Sample(np.column_stack([GROUP, X])[there], 2 * X[there], ("g", "x"), np.ones(int(there.sum())))
    found = {one.level: one.standard_error for one in group_constants(line([2.0, 2.0, 2.0], 0.0), sample)}
    assert np.isnan(found[level]) and np.isfinite(found[1.0])
