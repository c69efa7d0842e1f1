"""Which row of a front is recommended, and the reason given."""

from __future__ import annotations

import math

import pytest

from symlaw.language import parse
from symlaw.search.archive import Entry
from symlaw.trust.selection import description_length, recommend


def front(*rows: tuple[str, float]) -> list[Entry]:
    """A front from texts and losses."""
    formulas = [(parse(text), loss) for text, loss in rows]
    return [Entry(formula, formula.complexity(), loss, formula) for formula, loss in formulas]


EXACT = front(("x", 0.3), ("x * y", 1e-25), ("x * y + 1.2", 1e-28))
ELBOW = front(("x", 0.5), ("x * y", 0.3), ("2.1 * x * y", 0.01), ("2.1 * x * y + 0.01 * x", 0.0099))


def test_simplest_exact_formula_is_recommended() -> None:
    chosen = recommend(EXACT, 100, 10)
    assert (chosen.place, chosen.reason) == (1, "the simplest formula that is exact to rounding")


def test_the_elbow_is_recommended() -> None:
    assert recommend(ELBOW, 100, 10).place == 2


def test_reason_names_the_lead_over_the_next() -> None:
    lengths = [description_length(entry, 100, 10) for entry in ELBOW]
    lead = sorted(lengths)[1] - min(lengths)
    assert recommend(ELBOW, 100, 10).reason.endswith(f"{lead:.1f} nats ahead of complexity 9")


def test_only_formula_is_recommended() -> None:
    chosen = recommend(front(("x", 0.5)), 100, 10)
    assert (chosen.place, chosen.reason) == (0, "the only formula found")


def test_more_rows_pay_for_a_longer_formula() -> None:
    rows = front(("x", 0.5), ("x * y + 0.3 * sin(x)", 0.45))
    assert recommend(rows, 10, 10).place == 0
    assert recommend(rows, 10_000, 10).place == 1


def test_noise_does_not_pay_for_constants() -> None:
    rows = front(("x", 0.1), ("1.1 * x + 0.2 * y", 0.0999))
    assert recommend(rows, 50, 10).place == 0


def test_equal_lengths_go_to_the_simpler() -> None:
    rows = front(("x", 0.5), ("y", 0.5))
    assert recommend(rows, 100, 10).place == 0


def test_losses_below_exactness_count_as_equal() -> None:
    first, second = front(("x", 1e-22), ("x", 1e-30))
    assert description_length(first, 10, 5) == description_length(second, 10, 5)


@pytest.mark.parametrize(
    ("text", "nats"), [("x", math.log(7)), ("x * 2", 3 * math.log(7) + 0.5 * math.log(10**9))]
)
def test_formula_costs_its_symbols_and_constants(text: str, nats: float) -> None:
    (entry,) = front((text, 1.0))
    assert description_length(entry, 10**9, 7) == pytest.approx(nats)


def test_few_rows_count_against_a_long_formula() -> None:
    (entry,) = front(("x * 2 + y * 3", 1.0))
    dear, cheap = (description_length(entry, n, 7) - math.log(n) for n in (8, 800))
    assert dear > cheap + 1.0


def test_too_few_rows_recommend_the_simplest() -> None:
    chosen = recommend(front(("x * y", 0.5), ("x * y + sin(x)", 0.1)), 2, 10)
    assert (chosen.place, chosen.reason.split(":")[0]) == (0, "the simplest formula")


def test_data_cost_half_a_logarithm_of_the_loss_each_row() -> None:
    better, worse = front(("x", 0.1), ("x", 0.4))
    saved = description_length(worse, 50, 7) - description_length(better, 50, 7)
    assert saved == pytest.approx(25 * math.log(4))
