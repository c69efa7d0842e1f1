"""Printed formulas miss no more than the formulas do."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.engine.evaluate import evaluate
from symlaw.language import parse
from symlaw.trust.constants.digits import digits_of

RNG = np.random.default_rng(7)
YEARS = np.arange(1990.0, 2025.0)


def rmse(text: str, x: np.ndarray, y: np.ndarray) -> float:
    values = evaluate([parse(text)], x[:, None], ["x0"])[0]
    return float(np.sqrt(np.mean((values - y) ** 2)))


@pytest.mark.long
@pytest.mark.parametrize("origin", [0.0, 6.3e8])
def test_years_and_seconds_since_1970_keep_the_stated_error(origin: float) -> None:
    x = YEARS if not origin else (YEARS - 1970) * 31557600.0
    y = 0.0021 * (YEARS - 1990) ** 2 + 3.1 + 0.003 * RNG.normal(size=len(x))
    budget = {"max_evaluations": 20_000, "time_budget": None, "random_state": 0, "n_jobs": 1}
    model = SymbolicRegressor(operators=["+", "-", "*", "square"], **budget).fit(x[:, None], y)
    for row in model.front_.to_dict("records"):
        assert rmse(row["equation"], x, y) <= 1.01 * row["rmse"] + 1e-12, row["equation"]
    law = model.expression_
    for written in (law.shown(), law.latex(), law.export("latex"), law.export("mathml")):
        numbers = [f"{c:.{n}g}" for c, n in zip(law.constants, law.digits, strict=True)]
        short = [one.split("e")[0].lstrip("-") for one in numbers]
        assert all(one in written for one in short), (written, short)


def test_digits_are_no_more_than_the_rows_say() -> None:
    x = RNG.uniform(1, 5, 40)
    noisy, clean = 2.5 * x + RNG.normal(size=40), 2.5 * x
    law = parse("2.5371234 * x0")
    spread = float(np.std(clean))
    few = digits_of(law, x[:, None], ["x0"], float(np.std(noisy - 2.5371234 * x)), spread)
    many = digits_of(law, x[:, None], ["x0"], 0.0, spread)
    assert few[0] <= 3 < many[0] <= 8


def test_a_base_next_to_one_has_the_digits_that_its_powers_need() -> None:
    x = np.linspace(0, 1e7, 50)
    law = parse("0.99999999**x0")
    (digits,) = digits_of(law, x[:, None], ["x0"], 1e-6, 0.02)
    assert digits >= 8
    assert law.text(digits=6) != "1**x0" and parse(law.text(digits=6)).constants[0] < 1.0


def test_numbers_that_were_given_stay_whole() -> None:
    x = RNG.uniform(1, 5, 40)
    law = parse("9.80665 * x0 + 1.23456").fix(c0=9.80665)
    digits = digits_of(law, x[:, None], ["x0"], 3.0, 10.0)
    assert digits[0] == 6 and digits[1] <= 2


def test_digits_are_kept_with_the_formula() -> None:
    from symlaw.language import Expression

    law = Expression(parse("2.5371 * x0").nodes, (2,))
    again = Expression.from_json(law.to_json())
    assert again.shown() == "2.5 * x0" and again.text() == "2.5371 * x0"
    assert Expression.from_json(parse("2.5371 * x0").to_json()).digits is None
