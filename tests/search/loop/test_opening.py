"""What dimensional analysis says before a search."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from symlaw.search.loop.budget import Budget
from symlaw.search.loop.opening import openings
from symlaw.search.loop.search import Progress, search
from symlaw.search.loop.state import OPENING
from symlaw.search.problem import Problem, make_problem
from symlaw.tasks.regression.settings import Settings

COLUMNS = {"m": "kg", "v": "m/s", "r": "m", "t": "s", "angle": ""}


def problem(law: str, unit: str, **settings: object) -> Problem:
    """Rows of a law of columns with units."""
    rng = np.random.default_rng(0)
    X = rng.uniform(1.0, 2.0, (120, len(COLUMNS)))
    columns = dict(zip(COLUMNS, X.T, strict=True))
    y: NDArray[np.float64] = eval(law, {"np": np}, columns)
    told: dict[str, object] = {"units": COLUMNS, "target_unit": unit, **settings}
    return make_problem(X, y, Settings(**told).language(list(COLUMNS)))  # type: ignore[arg-type]


@pytest.mark.long_but("m * v**2 / r-N")
@pytest.mark.parametrize(
    ("law", "unit"),
    [
        ("m * v**2 / r", "N"),
        ("0.5 * m * v**2 + 3.0 * m * r**2 / t**2", "J"),
        ("2 * np.pi * np.sqrt(r**3 / (v**2 * t**2) * r)", "m"),
        ("1 / np.sqrt(1 / r**2 + 1 / (v * t)**2)", "m"),
        ("m * v * np.cos(angle)", "kg*m/s"),
        ("np.exp(-v * t / r)", ""),
    ],
)
def test_laws_that_units_nearly_tell_are_exact_before_the_first_epoch(law: str, unit: str) -> None:
    epochs: list[int] = []

    def listen(progress: Progress) -> None:
        if progress.front[-1].loss < 1e-20:
            epochs.append(progress.spent.epochs)

    outcome = search(problem(law, unit), Budget(evaluations=2_000), listen=listen)
    assert epochs[0] == 0
    assert any(tally.searcher == OPENING and tally.accepted for tally in outcome.tallies)


def test_every_formula_has_the_unit() -> None:
    asked = problem("m * v**2 / r", "N")
    formulas = [formula for answer in openings(asked) for formula in answer.formulas]
    assert len(formulas) > 3
    assert all(asked.language.obeyed_by(formula) for formula in formulas)


@pytest.mark.parametrize("settings", [{"constant_units": "free"}, {"template": "f(m, v) / r"}])
def test_nothing_is_said_where_units_do_not_tell(settings: dict[str, object]) -> None:
    assert not list(openings(problem("m * v**2 / r", "N", **settings)))


def test_a_unit_that_no_product_has_leaves_nothing() -> None:
    assert not list(openings(problem("m * v**2 / r", "A")))


@pytest.mark.parametrize(
    ("units", "unit"), [({"a": "m", "b": "s"}, "m/s"), ({}, ""), ({"a": "m", "b": "m"}, "")]
)
def test_columns_may_all_be_needed_or_none(units: dict[str, str], unit: str) -> None:
    X = np.random.default_rng(0).uniform(1, 2, (60, 2))
    language = Settings(units=units, target_unit=unit).language(["a", "b"])
    asked = make_problem(X, X[:, 0] / X[:, 1], language)
    found = [str(formula) for answer in openings(asked) for formula in answer.formulas]
    assert "a / b" in found


def test_searches_without_units_begin_as_ever() -> None:
    rng = np.random.default_rng(0)
    X = rng.uniform(1, 2, (60, 2))
    plain = make_problem(X, X[:, 0] * X[:, 1], Settings().language(["a", "b"]))
    assert not list(openings(plain))
