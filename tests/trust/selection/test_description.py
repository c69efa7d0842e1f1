"""Description lengths on rows: constants of many digits and single rows count."""

from __future__ import annotations

import numpy as np

from symlaw.language import parse
from symlaw.language.values import values
from symlaw.search.archive import Entry
from symlaw.trust.constants.fit import Sample
from symlaw.trust.selection.description import criteria_on, description_length, fitted_constants

OPERATORS = ("+", "-", "*", "/", "cos", "exp")


def length(text: str, sample: Sample, *, on_rows: bool = True) -> float:
    """Nats of a formula, by its loss alone or with its rows."""
    formula = parse(text)
    there = values(formula, {name: sample.X[:, k] for k, name in enumerate(sample.names)})
    loss = float(np.mean((sample.y - there) ** 2) / np.var(sample.y))
    entry = Entry(formula, formula.complexity(), loss, formula)
    return description_length(entry, criteria_on(sample, OPERATORS), sample if on_rows else None)


def table(x: np.ndarray, y: np.ndarray) -> Sample:
    """Rows of one column."""
    return Sample(x[:, None], y, ("x",), np.ones(len(y)))


def test_a_pole_that_meets_one_row_is_no_finding() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.uniform(0, 5, 20), rng.normal(size=20)
    y[7] = 40.0
    sample = table(x, y)
    spike = f"0.04 / (x - {float(x[7]) - 0.001!r})"
    assert length(spike, sample) > length("0.1", sample)
    assert length(spike, sample, on_rows=False) < length("0.1", sample)


def test_a_law_gains_on_rows_what_its_loss_says() -> None:
    rng = np.random.default_rng(5)
    x = rng.uniform(1, 5, 20)
    sample = table(x, 2.31 * x * x + 0.2 * rng.normal(size=20))
    assert abs(length("2.31 * x * x", sample) - length("2.31 * x * x", sample, on_rows=False)) < 4.0


def test_constants_that_say_the_same_twice_are_paid_for() -> None:
    x = np.linspace(1, 5, 12)
    sample = table(x, 2.31 * x + 1e-3 * np.cos(7 * x))
    assert length("1.37 * (1.686 * x)", sample) > length("2.31 * x", sample) + 2.0


def test_whole_and_half_numbers_are_not_fitted() -> None:
    assert fitted_constants(parse("2 * x + 0.5 * y + 1.3 + 125")) == 2


def test_a_tiny_number_is_no_whole_one() -> None:
    assert fitted_constants(parse("6.6e-34 * x")) == 1
    assert fitted_constants(parse("0 * x + 1")) == 0
