"""What the terms of a sum are worth."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.trust.constants.fit import Sample
from symlaw.trust.terms import NEEDED, TermFigures, read_terms, term_figures

RNG = np.random.Generator(np.random.Philox(4))
COLUMNS = dict(zip("abc", RNG.uniform(0.3, 3.0, (3, 500)), strict=True))


def sample_of(y: np.ndarray, columns: dict[str, np.ndarray] = COLUMNS) -> Sample:
    """Rows of equal weight."""
    return Sample(np.column_stack(list(columns.values())), y, tuple(columns), np.ones(len(y)))


def noisy(text: str, size: float) -> np.ndarray:
    """Values of a formula with noise."""
    clean = parse(text).evaluate(COLUMNS)
    return np.asarray(clean + size * RNG.standard_normal(500))


def test_shares_add_up_and_the_largest_comes_first() -> None:
    text = "2.0 * a - 0.5 * (b**2 - 4 * exp(-1.2 * c)) + 3"
    found = term_figures(parse(text), sample_of(noisy(text, 0.1)))
    assert [one.text for one in found] == ["a", "b**2", "exp(-1.2 * c)"]
    assert [one.coefficient for one in found] == [2.0, -0.5, 2.0]
    assert sum(one.share for one in found) == pytest.approx(1.0)
    assert all(one.cost > 100.0 for one in found)


def test_standard_errors_are_those_of_all_constants_together() -> None:
    text = "1.5 * a + 0.8 * exp(-1.1 * b) - 0.4 * c"
    y = noisy(text, 0.05)
    found = {one.text: one for one in term_figures(parse(text), sample_of(y))}
    a, b, c = (COLUMNS[name] for name in "abc")
    slopes = np.column_stack([a, np.exp(-1.1 * b), -0.8 * b * np.exp(-1.1 * b), c, np.ones(500)])
    variance = float(np.sum((y - parse(text).evaluate(COLUMNS)) ** 2)) / (500 - 5)
    errors = np.sqrt(np.diag(np.linalg.inv(slopes.T @ slopes)) * variance)
    assert found["a"].error == pytest.approx(errors[0], rel=1e-4)
    assert found["exp(-1.1 * b)"].error == pytest.approx(errors[1], rel=1e-4)
    assert found["c"].error == pytest.approx(errors[3], rel=1e-4)


def test_a_coefficient_that_a_number_inside_may_stand_for_has_no_error() -> None:
    text = "1.5 * (a * (2.0 * b + 3.0)) + b - 0.4 * c"
    found = {one.text: one for one in term_figures(parse(text), sample_of(noisy(text, 0.05)))}
    assert math.isnan(found["a * (2 * b + 3)"].error) and found["a * (2 * b + 3)"].cells()[1] == "1.5"
    assert 0.0 < found["c"].error < 0.01


def test_weights_count() -> None:
    text = "a + b + c"
    y = noisy(text, 0.3)
    weights = np.where(np.arange(500) < 250, 1.0, 1e-9)
    half = {name: values[:250] for name, values in COLUMNS.items()}
    whole = term_figures(parse(text), replace(sample_of(y), weights=weights))
    alone = term_figures(parse(text), sample_of(y[:250], half))
    for one, other in zip(whole, alone, strict=True):
        assert one.share == pytest.approx(other.share, rel=1e-3)


def test_a_term_that_does_nothing_is_said_not_to_be_needed() -> None:
    y = noisy("2 * a - b", 0.5)
    found = {one.text: one for one in term_figures(parse("2 * a - b + 1e-3 * c"), sample_of(y))}
    assert found["c"].cost <= NEEDED and found["c"].cells()[2] == "not needed"
    assert found["a"].cells()[2].endswith(" nats")


def test_of_an_exact_law_all_is_needed() -> None:
    formula = parse("2 * a - b + log(c)")
    found = term_figures(formula, sample_of(np.asarray(formula.evaluate(COLUMNS))))
    assert all(math.isfinite(one.cost) and one.cost > 1000 for one in found)


@pytest.mark.parametrize("text", ["a * b", "2 * a + b", "3.0", "log(a - 10) + b + c"])
def test_others_have_no_figures(text: str) -> None:
    with np.errstate(all="ignore"):
        assert term_figures(parse(text), sample_of(COLUMNS["a"])) == ()


def test_figures_go_through_json() -> None:
    kept = TermFigures("a", 1.5, math.nan, 0.25, 12.0)
    (back,) = read_terms(json.loads(json.dumps([kept.to_record()])))
    assert back.cells() == kept.cells() == ("25%", "1.5", "12 nats", "a")
