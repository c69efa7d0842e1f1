"""Operators made of Python functions, through a whole fit and back from a file."""

from __future__ import annotations

import copy
import json
import math
import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

import symlaw
from symlaw import SymbolicRegressor, operator
from symlaw.engine.blocks import backward_kernel, forward_kernel
from symlaw.engine.evaluate import evaluate
from symlaw.errors import InvalidSetting, UnknownOperator
from symlaw.language.expression import Expression, Variable

X = np.random.Generator(np.random.Philox(6)).uniform(0.2, 1.2, (60, 2))


def airmass(z: float) -> float:
    """Young and Irvine's formula (1967)."""
    secant = 1 / np.cos(z)
    return secant * (1 - 0.0012 * (secant**2 - 1))


def lambert_w(x: float) -> float:
    """The solution of w exp(w) = x."""
    if not x > -0.36:
        return math.nan
    w = math.log1p(x)
    for _ in range(30):
        power = math.exp(w)
        w -= (w * power - x) / (power * (w + 1.0))
    return w


def ragged(x: float) -> float:
    """What Numba cannot compile."""
    return float(len(f"{x:.3f}".rstrip("0"))) + x


AIRMASS, LAMBERT = operator(airmass), operator(lambert_w, cost=2.0)


def of_x(row: symlaw.language.operators.Operator) -> Expression:
    """The operator on a column."""
    return Expression((Variable("x0"), row))


def model(*rows: object) -> SymbolicRegressor:
    """A short search with these operators among others."""
    return SymbolicRegressor(
        operators=["+", "*", "exp", *rows],
        max_evaluations=30_000,
        time_budget=None,
        random_state=0,
        n_jobs=1,
        searchers=["evolution"],
    )


@pytest.mark.parametrize(("row", "function"), [(AIRMASS, airmass), (LAMBERT, lambert_w)])
def test_a_law_with_a_users_operator_is_found(row: object, function: object) -> None:
    assert callable(function)
    y = 3.0 * np.vectorize(function)(X[:, 0]) * X[:, 1] + 2.0
    found = model(row).fit(X, y)
    assert found.front_["loss"].min() < 1e-18
    assert function.__name__ in str(found.expression_)
    np.testing.assert_allclose(found.predict(X), y, rtol=1e-9)


def test_a_traced_function_knows_its_derivative_and_every_notation() -> None:
    formula = of_x(AIRMASS)
    assert len(AIRMASS.partials) == 1
    slope = (airmass(0.5 + 1e-6) - airmass(0.5 - 1e-6)) / 2e-6
    form = formula.sympy()
    (symbol,) = form.free_symbols
    assert float(form.diff(symbol).subs(symbol, 0.5)) == pytest.approx(slope, rel=1e-6)
    assert str(formula) == "airmass(x0)"
    assert "airmass" in formula.latex()
    space: dict[str, object] = {}
    exec(formula.numpy_source(), space)
    written = space["formula"]
    assert callable(written)
    np.testing.assert_allclose(written(X[:, 0]), airmass(X[:, 0]), rtol=1e-13)


@pytest.mark.long
def test_constants_inside_are_fitted_through_differences() -> None:
    y = np.vectorize(lambert_w)(2.345 * X[:, 0])
    found = model(LAMBERT).fit(X, y)
    assert found.front_["loss"].min() < 1e-16


def test_what_cannot_be_compiled_is_called_in_python_with_a_warning() -> None:
    row = operator(ragged)
    with pytest.warns(RuntimeWarning, match="operator .ragged. cannot be compiled"):
        values = evaluate([of_x(row)], X, ["x0", "x1"])[0]
    np.testing.assert_allclose(values, [ragged(x) for x in X[:, 0]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert forward_kernel(row) != 0
        assert backward_kernel(row, 0) != 0


def test_two_arguments() -> None:
    row = operator(lambda x, y: x / (x + y), name="fraction")
    assert row.arity == 2
    found = model(row).fit(X, 4.0 * X[:, 0] / (X[:, 0] + X[:, 1]))
    assert found.front_["loss"].min() < 1e-20


def test_a_model_reads_back_without_the_code_where_it_is_a_formula(tmp_path: Path) -> None:
    y = np.exp(airmass(X[:, 0])) * X[:, 1]
    found = model(AIRMASS).fit(X, y)
    found.save(tmp_path / "law.json")
    again = symlaw.load(tmp_path / "law.json")
    assert str(again.expression_) == str(found.expression_)
    np.testing.assert_allclose(again.predict(X), found.predict(X), rtol=1e-12)


def test_other_code_is_asked_for_and_checked(tmp_path: Path) -> None:
    found = model(LAMBERT).fit(X, np.vectorize(lambert_w)(X[:, 0]) + X[:, 1])
    found.save(tmp_path / "law.json")
    again = symlaw.load(tmp_path / "law.json")
    assert str(again.expression_) == str(found.expression_)
    with pytest.raises(UnknownOperator, match="operator 'lambert_w' is a user's and its code is not kept"):
        again.predict(X)
    given = symlaw.load(tmp_path / "law.json", operators=[LAMBERT])
    np.testing.assert_allclose(given.predict(X), found.predict(X))
    other = operator(ragged, name="lambert_w")
    with pytest.raises(UnknownOperator, match="operator 'lambert_w' was made of other code"):
        symlaw.load(tmp_path / "law.json", operators=[other])


def test_runs_keep_name_source_and_digest(tmp_path: Path) -> None:
    model(AIRMASS, LAMBERT).set_params(run_folder=tmp_path, max_evaluations=2000).fit(X, X[:, 0] * X[:, 1])
    header = json.loads((tmp_path / "run.json").read_text())
    users = header["settings"]["user_operators"]
    assert [user["operator"] for user in users] == ["airmass", "lambert_w"]
    assert "def lambert_w" in users[1]["source"]
    assert header["settings"]["operators"] == ["+", "*", "exp", "airmass", "lambert_w"]


def test_copies_and_pickles_are_the_same_operator() -> None:
    assert copy.deepcopy(AIRMASS) is AIRMASS
    assert clone(model(AIRMASS)).operators[-1] is AIRMASS
    again = pickle.loads(pickle.dumps(of_x(AIRMASS)))
    np.testing.assert_allclose(evaluate([again], X, ["x0", "x1"])[0], airmass(X[:, 0]))


@pytest.mark.parametrize(
    ("function", "settings", "message"),
    [
        (lambda x: x + 1, {"name": "sin"}, "operator 'sin' needs another name"),
        (lambda x: x + 1, {"name": "<lambda>"}, "operator '<lambda>' needs another name"),
        (lambda a, b, c, d: a, {"name": "f"}, "takes 4 arguments: write a function of one to three"),
        (lambda: 1.0, {"name": "f"}, "operator 'f' takes 0 arguments"),
        (lambda x: [x][1], {"name": "f"}, r"operator 'f' fails in line \d+ with IndexError"),
        (lambda x: math.nan * x, {"name": "f"}, "finite for no number between -4 and 4"),
        (lambda x: x**3, {"name": "f", "derivative": lambda x: 2 * x}, "of operator 'f' by x is not"),
        (lambda x, y: x * y, {"name": "f", "derivative": lambda x: x}, "2 arguments and has 1 derivatives"),
        (ragged, {"derivative": ragged}, "the derivative of operator 'ragged': .*leave it out"),
    ],
)
def test_mistakes_are_named(function: object, settings: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        operator(function, **settings)  # type: ignore[arg-type]


def endless(x: float) -> float:
    """Ends for small numbers only."""
    while x > 1.0:
        x = x - 1.0
    return x


def test_a_loop_without_end_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="operator 'endless' does not end within 2 s for 1e"):
        operator(endless)


def test_two_of_a_name_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="operators holds two called 'airmass'"):
        model(AIRMASS, operator(lambda x: x + 1, name="airmass")).fit(X, X[:, 0])
