"""Linear sums have a price of their own where the shortest description leaves much, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.search.archive import Entry
from symlaw.trust.constants.fit import Sample
from symlaw.trust.selection.description import criteria_on
from symlaw.trust.selection.linear_sums import terms_of, with_sums

X = np.random.default_rng(0).normal(size=(100, 3))
CRITERIA = criteria_on(Sample(X, X[:, 0], ("x", "y", "z"), np.ones(100)), ["+", "-", "*", "/", "exp"])


def entry(formula: str, loss: float) -> Entry:
    parsed = parse(formula)
    return Entry(parsed, parsed.complexity(), loss, parsed)


@pytest.mark.parametrize(
    ("formula", "columns", "others"),
    [
        ("2.5 * (x - y / 3) + 1", "xy", []),
        ("-x", "x", []),
        ("x * y", "", ["x * y"]),
        ("1.5", "", []),
        ("2 / x", "", ["2.0 / x"]),
        ("1.5 * x - 3 * y * z + exp(x)", "x", ["y * z", "exp(x)"]),
    ],
)
def test_terms_are_columns_and_others(formula: str, columns: str, others: list[str]) -> None:
    found = terms_of(parse(formula))
    assert "".join(sorted(found[0])) == columns
    assert [str(one) for one in found[1]] == others


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


def test_a_term_beside_the_columns_costs_its_own_form() -> None:
    one, two = entry("1.2 * x + 0.4 * y + 0.7", 0.5), entry("1.2 * x + 0.4 * exp(y) + 0.7", 0.5)
    lengths = [CRITERIA.length(each.expression, each.loss) for each in (one, two)]
    changed = with_sums([one, two], lengths, CRITERIA)
    assert changed[0] < changed[1] < lengths[1]


def test_where_a_law_explains_the_rows_nothing_changes() -> None:
    entries = [entry("1.2 * x + 0.7", 0.3), entry("exp(x * y) * 1.1", 0.001)]
    assert with_sums(entries, [60.0, 20.0], CRITERIA) == [60.0, 20.0]
