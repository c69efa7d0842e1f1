"""What other tools call their settings is refused with what to write here."""

from __future__ import annotations

import inspect
import pickle

import numpy as np
import pytest
from sklearn.base import clone

from symlaw import SymbolicRegressor, parse
from symlaw.errors import InvalidSetting, ParseError, UnknownOperator, WrongType

X = np.random.default_rng(0).uniform(1, 2, (20, 2))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("niterations", "time_budget=60"),
        ("binary_operators", r"operators=\['\+'"),
        ("population_size", "nothing: symlaw sets it"),
        ("maxsize", "max_complexity=30"),
        ("parsimony_coefficient", "complexity_costs="),
        ("max_complexty", "max_complexity="),
        ("zzz", "settings are bank_memory, "),
    ],
)
def test_other_names(name: str, written: str) -> None:
    with pytest.raises(WrongType, match=f"no setting {name!r}: .*{written}"):
        SymbolicRegressor(**{name: 3})


def test_an_estimator_is_still_cloned_and_pickled() -> None:
    model = SymbolicRegressor(max_complexity=7)
    assert clone(model).max_complexity == pickle.loads(pickle.dumps(model)).max_complexity == 7


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("|x|", "write abs"),
        ("x2 + 1", "write x.*2 for a power"),
        ("2x", r"write 2 \* x"),
        ("sin x", r"write sin\(x\)"),
        ("x(1 + z)", r"'x' .* is a column, not a function: write x \* "),
    ],
)
def test_formulas_as_people_type_them(text: str, hint: str) -> None:
    with pytest.raises((ParseError, UnknownOperator), match=hint):
        parse(text, ["x", "z"])


def test_operators_in_one_text() -> None:
    with pytest.raises(UnknownOperator, match=r"give each by itself, as \['\+', '-', '\*', 'sin'\]"):
        SymbolicRegressor(operators=["+ - * sin"]).fit(X, X[:, 0])


@pytest.mark.parametrize(("word", "sign"), [("plus", r"\+"), ("times", r"\*"), ("Divide", "/")])
def test_operators_in_words(word: str, sign: str) -> None:
    with pytest.raises(UnknownOperator, match=f"write '{sign}'"):
        SymbolicRegressor(operators=[word]).fit(X, X[:, 0])


def test_help_shows_the_settings() -> None:
    assert list(inspect.signature(SymbolicRegressor).parameters)[:2] == ["operators", "time_budget"]


def test_losses_as_others_call_them() -> None:
    with pytest.raises(InvalidSetting, match="write 'absolute' for it"):
        SymbolicRegressor(loss="mae").fit(X, X[:, 0])


def test_a_template_of_a_name_that_is_no_column_is_refused_before_anything_is_compiled() -> None:
    with pytest.raises(ParseError, match=r"in f\(...\) w is no column: the columns are x0, x1"):
        SymbolicRegressor(template="a * f(w) + b").fit(X, X[:, 0])


@pytest.mark.long
def test_a_minus_in_a_macro_needs_no_operator_of_its_own() -> None:
    x = X[:, :1]
    model = SymbolicRegressor(
        macros={"gauss": "exp(-x**2)"}, max_evaluations=2000, time_budget=None, random_state=0, n_jobs=1
    ).fit(x, 3 * np.exp(-(x[:, 0] ** 2)))
    assert model.front_["loss"].min() < 1e-12
