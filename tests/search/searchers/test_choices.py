"""Choices between formulas are found from data: conditions of truths and numbers, thresholds, branches."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from symlaw import SymbolicRegressor
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.language.types import Type
from symlaw.language.values import values
from symlaw.language.well_typed import result_of
from symlaw.search.choices.splitting import Part, Splitter
from symlaw.search.constants.best_thresholds import with_best_thresholds, with_short_thresholds

pytestmark = pytest.mark.filterwarnings("ignore:Column:UserWarning")
TRUTHS = {"wet": Type.BOOLEAN, "cold": Type.BOOLEAN}
Frame = pd.DataFrame


def frame(seed: int, n: int = 300) -> Frame:
    rng = np.random.Generator(np.random.Philox(seed))
    return Frame(
        {
            "x": rng.uniform(0.0, 5.0, n),
            "a": rng.normal(1.0, 2.0, n),
            "b": rng.normal(-1.0, 1.0, n),
            "wet": rng.random(n) < 0.5,
            "cold": rng.random(n) < 0.3,
        }
    )


@pytest.mark.long_but("columns")
@pytest.mark.parametrize(
    ("law", "operators"),
    [
        (
            lambda t: np.where((t.x > 2.5) & ~t.wet, t.a, t.b),
            ["+", "-", "*", "if", ">", "and", "not"],
        ),
        (
            lambda t: np.where((t.x < 1.2) | t.wet, 2.3 * t.a + 1.0, t.a * t.b),
            ["+", "*", "if", "<", ">", "or", "and", "not"],
        ),
    ],
    ids=["columns", "numbers inside"],
)
def test_mixed_law_is_found(law: Callable[[Frame], np.ndarray], operators: list[str]) -> None:
    table = frame(1)
    model = SymbolicRegressor(operators=operators, max_evaluations=600_000, time_budget=None, random_state=0)
    model.fit(table, law(table))
    best = model.front_.iloc[-1]["expression"]
    assert result_of(best.nodes, TRUTHS) is Type.REAL
    # beyond the rows that it saw, all but between those around a threshold
    fresh = frame(2, 2000)
    off = np.abs(model.predict(fresh) - law(fresh)) > 1e-6
    assert off.mean() < 0.01, str(best)


@pytest.mark.long
def test_truths_stay_numbers_without_an_operator_that_takes_them() -> None:
    table = frame(3)
    model = SymbolicRegressor(operators=["+", "*"], max_evaluations=50_000, time_budget=None, random_state=0)
    model.fit(table, table.a + 2.0 * table.wet)
    assert model.front_.iloc[-1]["loss"] < 1e-20


def test_sides_are_fitted_apart() -> None:
    table = frame(4)
    columns = {name: table[name].to_numpy(float) for name in table}
    y = np.where(table.wet, 2.0 * table.a + 1.0, 0.5 * table.b)
    language = Language.of(list(columns), ["+", "*", "if", "and", ">"], types=TRUTHS)
    branches = [Part(parse(text).nodes, values(parse(text), columns)) for text in ("a", "b", "x")]
    conditions = [Part(parse(text).nodes, columns[text]) for text in ("cold", "wet")]
    found = Splitter(language, branches, np.asarray(y), np.ones(len(y))).split(conditions, 20)
    left, best = found[-1]
    assert left < 1e-12 * np.sum(y**2)
    np.testing.assert_allclose(values(best, columns), y, atol=1e-9)
    assert best.complexity() == 10.0
    squares = [left for left, _ in found]
    assert squares == sorted(squares, reverse=True)


@pytest.mark.parametrize(
    "text", ["if(x > 1, a, b)", "if(1 < x, a, b)", "if(x <= 1, b, a)", "if(not 1 >= x, a, b)"]
)
def test_threshold_moves_to_where_least_is_left(text: str) -> None:
    table = frame(5)
    columns = {name: table[name].to_numpy(float) for name in table}
    y = np.where(table.x > 3.3, table.a, table.b)
    found = with_best_thresholds(parse(text), columns, np.asarray(y), np.ones(len(y)))
    assert found is not None
    np.testing.assert_array_equal(values(found, columns), y)
    assert with_best_thresholds(found, columns, np.asarray(y), np.ones(len(y))) is None


def test_two_thresholds_move_in_turn() -> None:
    table = frame(6)
    columns = {name: table[name].to_numpy(float) for name in table}
    y = np.where((table.x > 3.3) & (table.b < -0.5), table.a, 0.0)
    found = with_best_thresholds(
        parse("if(x > 2 and b < 0.5, a, 0)"), columns, np.asarray(y), np.ones(len(y))
    )
    assert found is not None
    np.testing.assert_array_equal(values(found, columns), y)


def test_short_thresholds_part_the_rows_alike() -> None:
    x = np.array([1.0, 2.31, 2.42, 3.0])
    long = parse("if(x > 2.3871234, x, 1)")
    short = with_short_thresholds(long, {"x": x})
    assert str(short) == "if(x > 2.4, x, 1.0)"
