"""Hostile tables are fitted or refused by a sentence: nothing else happens; see `benchmarks.hostile`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from benchmarks.hostile import Fault, kind_of, outcome, summary
from symlaw import SymbolicRegressor
from symlaw.errors import DataError
from symlaw.language import parse
from symlaw.search.constants.admissible import forms_of_line
from symlaw.testing.tables import Recipe, hostile_tables

PLAIN: dict[str, Any] = {"max_evaluations": 300, "time_budget": None, "n_jobs": 1, "random_state": 0}


@pytest.mark.long
@settings(
    max_examples=100, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(hostile_tables())
def test_a_hostile_table_is_fitted_or_refused_by_a_sentence(recipe: Recipe) -> None:
    tiny = {**recipe.settings, "max_evaluations": 200}
    # kernels may have to be compiled first
    assert outcome(recipe._replace(settings=tiny), slow=float("inf")).split(":")[0] in ("fitted", "refused")


def recipe(*columns: str, target: str = "normal", n_rows: int = 42, **settings: Any) -> Recipe:
    """A table of some kinds of columns."""
    own = {**PLAIN, "max_complexity": 8, **settings}
    return Recipe(n_rows, 74, columns, (target,), True, False, (), (), "array", None, None, own)


@pytest.mark.long
@pytest.mark.parametrize(
    "hostile",
    [
        recipe("huge", "copy", target="a wave", operators=["sinh", "tan", "*"], searchers=["bank"]),
        recipe("zero"),
        recipe("bytes", target="rounded", n_rows=27),
        recipe("all decades", "decades", loss="absolute"),
        recipe("all but one", target="tiny", constants="rational", operators=["logistic", "+"]),
        recipe("normal", target="denormal"),
        recipe("normal", target="all decades"),
        recipe("normal", target="all decades", loss="relative", n_rows=3),
    ],
    ids=[
        "huge",
        "zero",
        "a constant sample",
        "decades",
        "tiny and rational",
        "denormal",
        "all decades",
        "relative",
    ],
)
def test_tables_that_once_ended_a_fit(hostile: Recipe) -> None:
    assert outcome(hostile, slow=float("inf"))


def test_a_scale_of_the_smallest_numbers_has_no_divisor() -> None:
    forms = [str(form) for form in forms_of_line(parse("x"), 1e-310, 0.0)]
    assert forms == ["1e-310 * x", "1e-310 * x"]


def test_a_fault_is_told_from_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(SymbolicRegressor, "fit", fails)
    with pytest.raises(Fault, match="KeyError"):
        outcome(recipe("normal"))
    assert kind_of("row 7 of 'a' is 1e-5") == kind_of("row 12 of 'b' is -3.5")
    record = {"seed": 0, "fits": 2, "fitted": 1, "fault": 1, "faults": ["slow: 21 s\nRecipe()"]}
    assert summary([record]).startswith("2 fits: 1 fitted, 0 refused by a sentence, 1 faults of 1 kinds")


X = np.random.default_rng(0).normal(size=(20, 2))
Y = X[:, 0] + 1.0


@pytest.mark.parametrize(
    ("table", "target", "words"),
    [
        (np.where(np.arange(40).reshape(20, 2) == 7, "x", X.astype(object)), Y, "x1 holds 'x' in row 4"),
        (pd.DataFrame(X), ["p"] * 20, "The target 'y' must be numbers and holds text"),
        (X, np.where(np.arange(20) == 2, np.inf, Y), r"the target is infinity \(inf\) in row 3"),
        (X, np.where(np.arange(20) == 2, np.inf, Y).astype(object), r"infinity \(inf\) in row 3"),
        (X, np.where(np.arange(20) == 4, "q", Y.astype(object)), "the target holds 'q' in row 5"),
        (X.astype(complex), Y, r"column x0 is complex .*Complex data not supported"),
        ([[10**400, 1.0]] * 20, Y, "column x0 is 1000.* infinity to a computer"),
        (X, 1e-310 * Y, "too small for the digits of a number: give it in a smaller unit"),
    ],
)
def test_what_is_no_number_is_named_with_its_place(table: Any, target: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        SymbolicRegressor(**PLAIN).fit(table, target)


@pytest.mark.parametrize(
    ("table", "target", "words"),
    [
        (X[:2], Y[:2], "2 rows can be used .* minimum of 3 is needed: add rows"),
        (X[:, :0], Y, r"X has 0 feature\(s\) .* give columns"),
        (X, Y[:-1], "X has 20 rows and y 19: give as many of each"),
        (X[:, 0], Y, r"where rows and columns are needed: .* X.reshape\(-1, 1\)"),
        (X[None], Y[:1], "X has 3 dimensions where rows and columns are needed"),
    ],
)
def test_shapes_are_refused_in_our_words(table: Any, target: Any, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        SymbolicRegressor(**PLAIN).fit(table, target)
    assert "Found array" not in str(caught.value)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (["much"] * 20, "sample_weight must be one number for each row of X"),
        (np.ones(19), "sample_weight must be one number for each row of X"),
        (np.where(np.arange(20) == 0, 1.0, 1e-40), "does not vary under these weights"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(weights: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        SymbolicRegressor(**PLAIN).fit(X, Y, sample_weight=weights)
