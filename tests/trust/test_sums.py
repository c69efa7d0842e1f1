"""Linear sums have a price of their own where the shortest description leaves much, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.search.archive import Entry
from symlaw.trust.description import criteria_on
from symlaw.trust.fit import Sample
from symlaw.trust.sums import linear_columns, with_sums

X = np.random.default_rng(0).normal(size=(100, 3))
CRITERIA = criteria_on(Sample(X, X[:, 0], ("x", "y", "z"), np.ones(100)), ["+", "-", "*", "/", "exp"])


def entry(formula: str, loss: float) -> Entry:
    parsed = parse(formula)
    return Entry(parsed, parsed.complexity(), loss, parsed)


@pytest.mark.parametrize(
    ("formula", "n_columns"),
    [("2.5 * (x - y / 3) + 1", 2), ("-x", 1), ("x * y", 0), ("exp(x)", 0), ("1.5", 0), ("2 / x", 0)],
)
def test_linear_sums_are_told_from_other_formulas(formula: str, n_columns: int) -> None:
    assert linear_columns(parse(formula)) == n_columns


def test_under_noise_a_sum_gets_shorter_and_nothing_else_does() -> None:
    entries = [entry("1.2 * x + 0.4 * y + 0.3 * z + 0.7", 0.5), entry("exp(x * y) * 1.1", 0.5)]
    changed = with_sums(entries, [60.0, 55.0], CRITERIA)
    assert changed[0] < 50.0
    assert changed[1] == 55.0


def test_a_coefficient_that_columns_share_is_no_bargain() -> None:
    own, shared = entry("1.2 * x + 0.4 * y + 0.3 * z + 0.7", 0.5), entry("1.2 * (x + y + z)", 0.5)
    lengths = [CRITERIA.length(one.expression, one.loss) for one in (own, shared)]
    changed = with_sums([own, shared], lengths, CRITERIA)
    assert changed[1] > changed[0] - 0.5 * np.log(100) * 2


def test_where_a_law_explains_the_rows_nothing_changes() -> None:
    entries = [entry("1.2 * x + 0.7", 0.3), entry("exp(x * y) * 1.1", 0.001)]
    assert with_sums(entries, [60.0, 20.0], CRITERIA) == [60.0, 20.0]
