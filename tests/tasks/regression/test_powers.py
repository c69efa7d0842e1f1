"""Power laws are shown as powers, whatever a search writes them with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symlaw import SymbolicRegressor
from symlaw.language.expression import Constant


def fitted(X: NDArray[np.float64], y: NDArray[np.float64], **settings: Any) -> SymbolicRegressor:
    given = {"max_evaluations": 20_000, "time_budget": None, "random_state": 0, "n_jobs": 1}
    return SymbolicRegressor(**{**given, **settings}).fit(X, y)


@pytest.fixture(scope="module")
def scaling() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sixty rows of 2.5 * x**1.7, with 1% of noise of each value."""
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 50, 60)
    return x[:, None], 2.5 * x**1.7 * (1 + 0.01 * rng.normal(size=60))


@pytest.fixture(scope="module")
def found(scaling: Any) -> SymbolicRegressor:
    """A model of these rows."""
    return fitted(*scaling)


@pytest.mark.long
def test_a_power_law_has_two_numbers_and_five_symbols(found: SymbolicRegressor, scaling: Any) -> None:
    scale, exponent = found.expression_.constants
    assert str(found.expression_) == f"{scale} * x0**{exponent}"
    assert scale == pytest.approx(2.5, rel=0.05) and exponent == pytest.approx(1.7, abs=0.02)
    assert found.front_["complexity"][found.recommended_] == 5.0
    np.testing.assert_allclose(found.predict(scaling[0]), scale * scaling[0][:, 0] ** exponent, rtol=1e-12)


@pytest.mark.long
def test_a_root_times_its_argument_is_a_power_that_no_row_was_asked_for() -> None:
    x = np.random.default_rng(1).uniform(1, 50, 8)
    model = fitted(x[:, None], np.round(0.2 * x**1.5, 3))
    assert model.expression_.text(digits=4) == "0.2 * x0**1.5"
    numbers = [node for node in model.expression_.nodes if isinstance(node, Constant)]
    assert {node.value for node in numbers if node.fixed} == {1.5}


@pytest.mark.long
def test_a_shown_power_is_a_guess_for_the_next_search(found: SymbolicRegressor, scaling: Any) -> None:
    guesses = [str(found.expression_)]
    again = fitted(*scaling, max_evaluations=500, guesses=guesses, searchers=["evolution"])
    assert again.front_["loss"].min() <= found.front_["loss"][found.recommended_] * (1 + 1e-9)


@pytest.mark.long
def test_operators_that_were_chosen_are_kept(scaling: Any) -> None:
    model = fitted(*scaling, operators=["+", "*", "exp", "log"], max_evaluations=5_000)
    used = {row.name for formula in model.front_["expression"] for row in formula.operators}
    assert used <= {"+", "*", "exp", "log"}
