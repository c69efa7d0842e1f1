"""Named constants and priors given to the estimator: models and runs know what they need."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from symlaw import Prior, SymbolicRegressor, load
from symlaw.language.expression import Expression
from symlaw.runs.store import read_run

RNG = np.random.Generator(np.random.Philox(4))
X = pd.DataFrame(RNG.uniform(1.0, 3.0, (80, 2)), columns=["m", "v"])
UNITS = {"m": "kg", "v": "km/s"}
LIGHT = 299792.458


def model(**settings: object) -> SymbolicRegressor:
    """A short search."""
    return SymbolicRegressor(
        **{"max_evaluations": 20_000, "time_budget": None, "random_state": 0, "n_jobs": 1, **settings}
    )


@pytest.fixture(scope="module")
def einstein(tmp_path_factory: pytest.TempPathFactory) -> SymbolicRegressor:
    """A model of m * c**2 in kg and km/s, with its run."""
    return model(
        units=UNITS,
        target_unit="kg*km**2/s**2",
        named_constants=["c"],
        run_folder=tmp_path_factory.mktemp("run"),
    ).fit(X, X["m"] * LIGHT**2)


@pytest.mark.long
def test_the_law_has_the_constant_in_the_columns_units(einstein: SymbolicRegressor) -> None:
    law = einstein.expression_
    assert law.named_constants == {"c": LIGHT}
    assert law.variables == ("m",)
    assert law.constants == ()
    np.testing.assert_allclose(einstein.predict(X), X["m"] * LIGHT**2, rtol=1e-14)


def test_every_notation_knows_the_value(einstein: SymbolicRegressor) -> None:
    law = einstein.expression_
    space: dict = {}
    exec(law.numpy_source(), space)
    assert space["formula"](2.0) == pytest.approx(2.0 * LIGHT**2, rel=1e-14)
    assert float(law.sympy().subs(dict.fromkeys(law.sympy().free_symbols, 2.0))) == pytest.approx(
        2.0 * LIGHT**2, rel=1e-13
    )
    assert Expression.from_json(law.to_json()).nodes == law.nodes
    assert law.canonical.named_constants == {"c": LIGHT}


def test_a_saved_model_and_a_run_know_it(einstein: SymbolicRegressor, tmp_path: Path) -> None:
    einstein.save(tmp_path / "law.json")
    again = load(tmp_path / "law.json")
    assert again.expression_.nodes == einstein.expression_.nodes
    assert again.named_constants == ["c"]
    run = read_run(str(einstein.run_folder))
    assert run.row().expression.nodes == einstein.expression_.nodes
    assert run.header.settings["named_constants"]["c"]["value"] == LIGHT


def test_a_fitted_model_is_where_the_next_search_begins(einstein: SymbolicRegressor) -> None:
    einstein.set_params(warm_start=True, max_evaluations=500, searchers=["evolution"])
    assert einstein.fit(X, X["m"] * LIGHT**2).front_["loss"].min() < 1e-20


@pytest.mark.long
@pytest.mark.parametrize("scale", [6.62607015e-34, 6.02214076e23])
def test_tiny_and_huge_values_break_nothing(scale: float) -> None:
    y = scale * X["m"] / X["v"]
    found = model(named_constants={"k": scale}).fit(X, y)
    assert found.front_["loss"].min() < 1e-20
    assert found.expression_.named_constants == {"k": scale}


@pytest.mark.long
def test_noise_does_not_hide_a_name() -> None:
    y = 9.80665 * X["m"] * X["v"] * (1 + 0.05 * RNG.normal(size=80))
    found = model(named_constants=["g"]).fit(X, y)
    assert any(law.named_constants for law in found.front_["expression"])


@pytest.mark.long
def test_the_front_does_not_depend_on_threads() -> None:
    y = 3 * X["m"] ** 1.5 - 2 * X["v"] + 0.1 * RNG.normal(size=80)
    told = {
        "constants": "rational", "named_constants": ["g"], "exponents": [1.5, 0.5], "prior": "corpus",
        "operators": ["+", "-", "*", "/", "pow"], "max_evaluations": 3_000,
    }  # fmt: skip
    fronts = [model(**{**told, "n_jobs": jobs}).fit(X, y).front_["equation"].tolist() for jobs in (1, 2, 4)]
    assert fronts[0] == fronts[1] == fronts[2]


@pytest.mark.long
def test_priors_are_kept_with_models_and_runs(tmp_path: Path) -> None:
    prior = Prior.from_formulas(["sin(x) + y", "x * y"])
    found = model(
        prior=prior, operator_weights={"sin": 2.0}, run_folder=tmp_path / "run", max_evaluations=2000
    )
    found.fit(X, np.sin(X["m"]) + X["v"] + 0.1 * RNG.normal(size=80)).save(tmp_path / "law.json")
    assert Prior.from_record(load(tmp_path / "law.json").prior) == prior
    header = read_run(str(tmp_path / "run")).header
    sin, exp = (header.criteria.formula_length(Expression.from_json(law.to_json())) for law in _laws())
    assert sin < exp


def _laws() -> list[Expression]:
    from symlaw import parse

    return [parse("sin(m)"), parse("exp(m)")]
