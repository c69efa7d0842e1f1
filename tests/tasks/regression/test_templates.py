"""Templates, groups and guesses through the estimator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import symlaw
from symlaw import SymbolicRegressor
from symlaw.errors import DataError, InvalidSetting, ParseError
from symlaw.language import parse
from symlaw.language.expression import Expression, Variable
from symlaw.language.user_operators.lookup import lookup
from symlaw.language.values import values
from symlaw.tasks.regression.groups import formula_of_groups

RNG = np.random.default_rng(2)
T = RNG.uniform(0.2, 3, 120)
SITE = np.array(["north", "south", "east"])[RNG.integers(0, 3, 120)]
FRAME = pd.DataFrame({"t": T, "site": SITE})
RATE = pd.Series(SITE).map({"north": 0.4, "south": 0.9, "east": 1.7}).to_numpy()
WITHIN = {"max_evaluations": 60_000, "time_budget": None, "random_state": 0, "operators": ["+", "*", "exp"]}


def test_labels_of_groups_may_be_text(tmp_path: Path) -> None:
    y = 2 * np.exp(-RATE * T)
    model = SymbolicRegressor(groups="site", **WITHIN).fit(FRAME, y)
    assert model.predict(FRAME) == pytest.approx(y)
    assert model.group_labels_ == ["east", "north", "south"]
    model.save(tmp_path / "law.json")
    assert symlaw.load(tmp_path / "law.json").predict(FRAME.iloc[::-1]) == pytest.approx(y[::-1])


@pytest.mark.long
def test_a_label_that_the_fit_has_not_seen_predicts_nan() -> None:
    model = SymbolicRegressor(groups="site", **WITHIN).fit(FRAME, 2 * np.exp(-RATE * T))
    assert np.isnan(model.predict(pd.DataFrame({"t": [1.0], "site": ["west"]}))).all()


def test_a_known_part_is_kept_and_the_correction_is_found() -> None:
    y = 9.81 * T + T * np.exp(T)
    model = SymbolicRegressor(template="9.81 * t + f(t)", **WITHIN).fit(FRAME[["t"]], y)
    assert model.predict(FRAME[["t"]]) == pytest.approx(y)
    assert all(text.startswith("9.81 * t + ") for text in model.front_["equation"])


def test_a_guess_is_on_the_front_from_the_start() -> None:
    y = np.exp(np.exp(-T)) * T
    model = SymbolicRegressor(guesses=["exp(exp(-1.1*t)) * t"], max_evaluations=1, time_budget=None)
    model.set_params(operators=["+", "*", "exp"], searchers=["evolution"], random_state=0)
    assert model.fit(FRAME[["t"]], y).predict(FRAME[["t"]]) == pytest.approx(y)


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"groups": "place"}, InvalidSetting, "groups names 'place', which is no column"),
        ({"groups": "site", "template": "f(t)"}, InvalidSetting, "has no parameter for a group"),
        ({"template": "exp(t)"}, ParseError, "nothing unknown"),
        ({"template": "f(t)", "guesses": ["t"]}, InvalidSetting, "do not go together"),
        ({"template": "f(t)", "loss": "absolute"}, InvalidSetting, "need 'squared'"),
        ({"template": "f(t)", "searchers": ["bank"]}, InvalidSetting, "it does not fill templates"),
        ({"guesses": ["sin(t)"]}, InvalidSetting, "uses sin: add that to operators"),
        ({"guesses": "t"}, InvalidSetting, "give a list"),
        ({"searchers": ["template"]}, InvalidSetting, "there is no template"),
    ],
)
def test_what_makes_no_sense_is_refused(settings: dict[str, object], error: type, said: str) -> None:
    model = SymbolicRegressor(**{**WITHIN, **settings})
    with pytest.raises(error, match=said):
        model.fit(FRAME if "groups" in settings else FRAME[["t"]], T)


def test_groups_of_too_few_rows_are_refused() -> None:
    frame = FRAME.assign(site=["north"] * 118 + ["south"] * 2)
    with pytest.raises(DataError, match="in 2 row"):
        SymbolicRegressor(groups="site", **WITHIN).fit(frame, T)


def test_own_formulas_may_have_constants_of_groups() -> None:
    found = Expression((Variable("my site"), lookup("a", [0.0, 1.0], [2.0, 3.0])))
    text = "a[`my site`] * exp(-t) + b[my site]"
    formula = formula_of_groups(text, "my site", ["t", "my site"], found)
    rows = {"t": np.zeros(2), "my site": np.array([0.0, 1.0])}
    np.testing.assert_allclose(values(formula, rows), [3.0, 4.0])
    assert formula_of_groups("2 * t", None, ["t"], found) == parse("2 * t")
    with pytest.raises(ParseError):
        formula_of_groups("a[t] * 2", "my site", ["t", "my site"], found)
