"""Which row of a front is recommended, and the reason given."""

from __future__ import annotations

import math

import pytest

from symlaw.knowledge.priors.expected import Expected
from symlaw.language import parse
from symlaw.search.archive import Entry
from symlaw.trust.selection.description import Criteria, description_length, floor_of
from symlaw.trust.selection.recommend import recommend, settles, shown, worth_showing

OPERATORS = ("+", "-", "*", "/", "sqrt", "exp", "sin")


def criteria(n_rows: int, floor: float = 0.0) -> Criteria:
    """What formulas of two columns are compared by."""
    return Criteria(n_rows, Expected(OPERATORS, 2), floor=max(floor, 1e-20))


def front(*rows: tuple[str, float]) -> list[Entry]:
    """A front from texts and losses."""
    formulas = [(parse(text), loss) for text, loss in rows]
    return [Entry(formula, formula.complexity(), loss, formula) for formula, loss in formulas]


EXACT = front(("x", 0.3), ("x * y", 1e-25), ("x * y + 1.2", 1e-28))
ELBOW = front(("x", 0.5), ("x * y", 0.3), ("2.1 * x * y", 0.01), ("2.1 * x * y + 0.01 * x", 0.0099))


def test_simplest_exact_formula_is_recommended() -> None:
    chosen = recommend(EXACT, criteria(100))
    assert (chosen.place, chosen.reason) == (1, "the simplest formula that is exact to rounding")


def test_the_elbow_is_recommended() -> None:
    assert recommend(ELBOW, criteria(100)).place == 2


def test_reason_names_the_lead_over_the_next() -> None:
    lengths = sorted(description_length(entry, criteria(100)) for entry in ELBOW)
    lead = lengths[1] - lengths[0]
    assert f"{lead:.1f} nats ahead of complexity" in recommend(ELBOW, criteria(100)).reason


def test_only_formula_is_recommended() -> None:
    chosen = recommend(front(("x", 0.5)), criteria(100))
    assert (chosen.place, chosen.reason) == (0, "the only formula found")


def test_more_rows_pay_for_a_longer_formula() -> None:
    rows = front(("x", 0.5), ("x * y + 0.3 * sin(x)", 0.45))
    assert recommend(rows, criteria(10)).place == 0
    assert recommend(rows, criteria(10_000)).place == 1


def test_noise_does_not_pay_for_constants() -> None:
    rows = front(("x", 0.1), ("1.1 * x + 0.2 * y", 0.0999))
    assert recommend(rows, criteria(50)).place == 0


def test_equal_lengths_go_to_the_simpler() -> None:
    rows = front(("x", 0.5), ("y", 0.5))
    assert recommend(rows, criteria(100)).place == 0


def test_losses_below_exactness_count_as_equal() -> None:
    first, second = front(("x", 1e-22), ("x", 1e-30))
    assert description_length(first, criteria(10)) == description_length(second, criteria(10))


def test_many_rows_charge_half_a_logarithm_for_a_constant() -> None:
    with_constant, without = front(("1.37 * x", 1.0), ("x * y", 1.0))
    few, many = criteria(10**4), criteria(10**6)
    own = [description_length(with_constant, one) - description_length(without, one) for one in (few, many)]
    assert own[1] - own[0] == pytest.approx(0.5 * math.log(100), abs=1e-3)


def test_data_cost_half_a_logarithm_of_the_loss_each_row() -> None:
    better, worse = front(("x", 0.1), ("x", 0.4))
    saved = description_length(worse, criteria(50)) - description_length(better, criteria(50))
    assert saved == pytest.approx(25 * math.log(4))


def test_as_many_constants_as_rows_are_never_exact_or_recommended() -> None:
    rows = front(("x", 0.2), ("1.37 * x * x + 2.23 * x + 3.31", 1e-30))
    assert recommend(rows, criteria(3)).place == 0
    assert recommend(rows, criteria(4)).place == 0
    assert recommend(rows, criteria(30)).place == 1


def test_ten_rows_and_a_loss_that_chance_reaches_stay_with_the_constant() -> None:
    rows = front(("3.1", 1.0), ("2.7 * sin(1.3 * x + 0.7) / y", 0.02))
    assert recommend(rows, criteria(10)).place == 0


def test_nothing_follows_what_is_as_good_as_the_numbers_are_written() -> None:
    floor = floor_of(0.01, 1.0)
    rows = front(("x", 0.3), ("1.7 * x + y", 1.1 * floor), ("1.7 * x + y + 0.01 * sin(y)", 0.2 * floor))
    assert worth_showing(rows, 1, criteria(200, floor)) == [0, 1]


def test_whole_numbers_that_a_short_formula_reproduces_are_exact() -> None:
    floor = floor_of(1.0, 300.0)
    rows = front(("x", 0.3), ("x * x", 1e-31))
    assert recommend(rows, criteria(20, floor)).reason.startswith("the simplest formula that is exact")


def test_rows_with_too_many_constants_are_not_shown() -> None:
    rows = front(("x", 0.3), ("1.37 * x * x + 2.23 * x + 3.31", 1e-4))
    assert worth_showing(rows, 0, criteria(4)) == [0]


def test_an_answer_worse_than_the_mean_is_called_that() -> None:
    assert "the mean of the target misses less" in recommend(front(("x", 1.4)), criteria(20)).reason


def test_a_front_is_settled_when_longer_formulas_are_far_behind() -> None:
    assert settles(ELBOW, criteria(100), most=30) is ELBOW[2]
    close = front(("x", 0.5), ("2.1 * x * y", 0.01), ("2.1 * x * y + sin(x)", 1e-3))
    assert settles(close, criteria(30), most=8) is None


def test_no_row_follows_one_that_is_as_good_as_the_numbers_are_written() -> None:
    floor = 1e-4
    texts = ("1.5", "2.1 * x", "2.1 * x + y", "x * y + 3.2 * x")
    rows = zip(texts, (1.0, 3.0, 5.0, 7.0), (1.0, 1e-3, 1.2 * floor, 0.8 * floor), strict=True)
    front = [Entry(parse(text), c, loss, parse(text)) for text, c, loss in rows]
    # the description of the last one may be the shortest all the same
    lengths = [0.0, -50.0, -60.0, -90.0]
    criteria = Criteria(100, Expected(OPERATORS, 2), floor=floor)
    kept, best = shown(front, criteria, lengths=lengths)
    assert kept[-1] == 2 and kept[best.place] == 2
