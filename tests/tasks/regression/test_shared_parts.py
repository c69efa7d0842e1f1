"""Several targets whose formulas share parts."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from symlaw import SymbolicRegressor, load
from symlaw.errors import InvalidSetting

OPERATORS = ["+", "-", "*", "/", "exp", "cos"]


def table(noise: float = 0.01) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(0)
    X = rng.uniform([0, 1], [4, 3], (80, 2))
    wave = np.exp(-0.7 * X[:, 0])
    Y = np.column_stack([2 * wave, 1.5 * wave / X[:, 1] + 0.3 * X[:, 1]])
    return X, Y + noise * Y.std(axis=0) * rng.normal(size=Y.shape)


def model(**settings: object) -> SymbolicRegressor:
    given = {
        "max_evaluations": 20_000, "time_budget": None, "random_state": 0, "shared_parts": True,
        "searchers": ["evolution"],
    }  # fmt: skip
    return SymbolicRegressor(operators=OPERATORS, **{**given, **settings})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def fitted() -> SymbolicRegressor:
    return model().fit(*table())


@pytest.mark.long
def test_what_is_found_for_one_target_is_a_part_of_the_other(fitted: SymbolicRegressor) -> None:
    assert fitted.shared_ is not None
    (part,) = fitted.shared_.parts.values()
    assert "exp" in str(part) and part.variables == ("x0",)
    assert all("s1" in formula.variables for formula in fitted.shared_.formulas)


def test_the_recommended_formulas_are_the_system_written_out(fitted: SymbolicRegressor) -> None:
    assert fitted.shared_ is not None and isinstance(fitted.expression_, tuple)
    written = fitted.shared_.written_out()
    assert [one.nodes for one in written] == [one.nodes for one in fitted.expression_]
    X, Y = table()
    rows = [fitted.front_.iloc[place] for place in fitted.recommended_]  # type: ignore[union-attr]
    errors = np.sqrt(np.mean((fitted.predict(X) - Y) ** 2, axis=0))
    np.testing.assert_allclose([row["rmse"] for row in rows], errors, rtol=1e-9)
    assert all(row["r2"] > 0.999 for row in rows)


@pytest.mark.long
def test_the_same_seed_gives_the_same_system_on_any_number_of_threads(fitted: SymbolicRegressor) -> None:
    other = model(n_jobs=1).fit(*table())
    assert other.shared_ == fitted.shared_


def test_a_saved_model_keeps_its_parts(fitted: SymbolicRegressor, tmp_path) -> None:  # type: ignore[no-untyped-def]
    fitted.save(tmp_path / "law.json")
    again = load(tmp_path / "law.json")
    assert again.shared_ is not None and fitted.shared_ is not None
    assert again.shared_.text(["u", "v"]) == fitted.shared_.text(["u", "v"])


@pytest.mark.long
def test_without_asking_nothing_is_shared() -> None:
    alone = model(shared_parts=False, max_evaluations=500, searchers=["evolution"])
    assert alone.fit(*table()).shared_ is None


def test_numbers_of_a_kind_stay_of_that_kind() -> None:
    X = np.random.default_rng(1).uniform(1, 3, (60, 2))
    Y = np.column_stack([3 * X[:, 0] * X[:, 1] + 2, 5 / (X[:, 0] * X[:, 1])])
    found = model(constants="integer", max_evaluations=5_000).fit(X, Y)
    assert found.shared_ is not None
    assert all(value == round(value) for value in found.shared_.constants)


@pytest.mark.parametrize(
    ("settings", "named"), [({"loss": "absolute"}, "loss"), ({"template": "f(x0)"}, "template")]
)
def test_what_does_not_go_together_is_refused(settings: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidSetting, match=f"{named}.*shared_parts|shared_parts.*{named}"):
        model(**settings).fit(*table())
