"""Small tables as people bring them: the law in few numbers, or the constant; never praise for nonsense."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.trust.selection.description import fitted_constants

WORK = 20_000


def fitted(X: np.ndarray, y: np.ndarray, **settings: object) -> SymbolicRegressor:
    """A fit with a work budget."""
    given = {"max_evaluations": WORK, "time_budget": None, "random_state": 0, "n_jobs": 1, **settings}
    return SymbolicRegressor(**given).fit(X, y)  # type: ignore[arg-type]


def recommended(model: SymbolicRegressor, X: np.ndarray) -> np.ndarray:
    """Values of the recommended formula."""
    return np.asarray(model.predict(X))


@pytest.mark.long
def test_six_rounded_rows_of_a_pendulum_give_the_square_root() -> None:
    h = np.arange(1, 7) / 2
    X, y = h[:, None], np.round(np.sqrt(2 * h / 9.81), 2)
    model = fitted(X, y)
    assert np.allclose(recommended(model, X), 0.4515 * np.sqrt(h), rtol=0.01)
    assert max(fitted_constants(one) for one in model.front_["expression"]) <= 2
    assert "exact" not in model.reason_


@pytest.mark.long
def test_a_power_law_with_a_thousandth_of_noise_needs_no_six_numbers() -> None:
    a = np.array([0.4, 0.7, 1.0, 1.5, 2.5, 4.0])
    noise = 1e-3 * np.random.default_rng(0).normal(size=6)
    model = fitted(a[:, None], a**1.5 * (1 + noise))
    assert np.allclose(recommended(model, a[:, None]), a**1.5, rtol=0.01)
    assert "exact" not in model.reason_
    assert max(fitted_constants(one) for one in model.front_["expression"]) <= 4


@pytest.mark.long
def test_a_parabola_is_found_on_six_rows_and_on_three_with_few_numbers() -> None:
    for n_rows in (3, 6):
        x = np.arange(1.0, n_rows + 1)
        model = fitted(x[:, None], 1 + 2 * x + x**2)
        assert np.allclose(recommended(model, np.array([[7.0]])), 64.0)
    with pytest.raises(ValueError, match="minimum of 3"):
        fitted(np.array([[1.0], [2.0]]), np.array([1.0, 4.0]))


@pytest.mark.long
def test_rounded_values_end_the_front_at_their_step() -> None:
    x = np.linspace(1, 10, 100)
    model = fitted(x[:, None], np.round(7 * np.sqrt(x)))
    last = model.front_.iloc[-1]
    assert np.allclose(recommended(model, x[:, None]), 7 * np.sqrt(x), atol=0.5)
    assert last["complexity"] <= 6


@pytest.mark.long
def test_whole_numbers_that_a_formula_reproduces_are_an_exact_law() -> None:
    n = np.arange(1.0, 21.0)
    model = fitted(n[:, None], n * (n + 1) / 2)
    assert "exact" in model.reason_
    assert np.array_equal(np.round(recommended(model, n[:, None]), 9), n * (n + 1) / 2)


@pytest.mark.long
@pytest.mark.parametrize(("n_rows", "n_columns", "seed"), [(12, 2, 5), (30, 4, 6), (8, 1, 7)])
def test_pure_noise_gets_a_constant_and_is_not_learnable(
    n_rows: int, n_columns: int, seed: int, capfd: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(seed)
    model = fitted(rng.normal(size=(n_rows, n_columns)), rng.normal(size=n_rows))
    assert not model.expression_.variables
    assert model.verdict_ == "not learnable"
    assert "rows like these" in model.finding_.detail
    assert "DLASCL" not in "".join(capfd.readouterr())


@pytest.mark.long
def test_the_same_word_and_sentence_after_saving(tmp_path: object) -> None:
    import symlaw

    a = np.array([0.39, 0.72, 1.0, 1.52, 5.2, 9.54, 19.2, 30.1])
    model = fitted(a[:, None], a**1.5)
    model.save(f"{tmp_path}/law.json")
    again = symlaw.load(f"{tmp_path}/law.json")
    assert (again.verdict_, again.finding_) == (model.verdict_, model.finding_)
    assert model.verdict_ == "identified"


def test_a_fit_ends_when_nothing_is_left_to_gain() -> None:
    from symlaw.search.loop.budget import SETTLED_EVALUATIONS, Budget, Spent, reason_to_stop

    budget = Budget(seconds=1e9, settles=True)
    spent = Spent(evaluations=SETTLED_EVALUATIONS + 10, settled_at=5)
    assert "settled" in str(reason_to_stop(budget, spent, 0.1, 1e-20, settled=True))
    assert reason_to_stop(budget, spent, 0.1, 1e-20, settled=False) is None
    late = Spent(evaluations=SETTLED_EVALUATIONS + 10, settled_at=SETTLED_EVALUATIONS // 2)
    assert reason_to_stop(budget, late, 0.1, 1e-20, settled=True) is None


@pytest.mark.parametrize(("given", "settles"), [("auto", True), (None, False), (1000, False)])
def test_patience_is_auto_unless_only_work_is_limited(given: object, settles: bool) -> None:
    from symlaw.tasks.regression.settings import Settings

    assert Settings(patience=given).budget().settles is settles  # type: ignore[arg-type]
    assert not Settings(patience="auto", time_budget=None, max_evaluations=10).budget().settles
