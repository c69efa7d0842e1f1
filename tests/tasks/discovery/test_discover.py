"""`symlaw.discover` as a user calls it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symlaw
from symlaw.errors import DataError, InvalidSetting, RunError
from symlaw.search.loop.search import Progress
from symlaw.tasks.discovery.result import Discovery

x = np.linspace(-1.0, 3.0, 40)


def error(formula: symlaw.Expression) -> float:
    """Mean square error from ``x * exp(-x)``."""
    return float(np.mean((formula.evaluate({"x": x}) - x * np.exp(-x)) ** 2))


def found(objective: Any = error, **more: Any) -> Discovery:
    given: dict[str, Any] = {
        "operators": ["+", "-", "*", "/", "exp"], "max_evaluations": 12_000, "time_budget": None,
        "random_state": 0, "n_jobs": 2, "max_complexity": 12,
    }  # fmt: skip
    return symlaw.discover(objective, ["x"], **{**given, **more})


@pytest.fixture(scope="module")
def result() -> Discovery:
    """One discovery for several tests."""
    return found()


def test_a_function_that_only_gives_a_score_is_enough(result: Discovery) -> None:
    assert error(result.expression_) < 1e-20
    assert list(result.front_.columns) == ["complexity", "score", "equation", "expression"]
    assert np.all(np.diff(result.front_["score"]) < 0)
    assert result.stopped_by_ == "budget of 12,000 evaluations used"


@pytest.mark.long
def test_the_same_seed_gives_the_same_front_with_any_number_of_threads(result: Discovery) -> None:
    assert found(n_jobs=1).formulas == result.formulas


def test_it_is_printed_saved_loaded_and_exported(result: Discovery, tmp_path: Path) -> None:
    text = str(result)
    assert f"{result.expression_.shown(6)}" in text and "Recommended: the simplest formula" in text
    result.save(tmp_path / "found.json")
    again = Discovery.load(tmp_path / "found.json")
    assert again == result and str(again) == text
    assert "math" in result.export("python")
    assert "<math" in result._repr_html_()
    (tmp_path / "found.json").write_text("{}")
    with pytest.raises(RunError):
        Discovery.load(tmp_path / "found.json")


@pytest.mark.long
def test_constants_are_fitted_and_named_where_a_fraction_is_as_good() -> None:
    def from_line(formula: symlaw.Expression) -> float:
        return float(np.mean(np.abs(formula.evaluate({"x": x}) - (0.5 * x + 3.7))))

    law = found(from_line, operators=["+", "*"], max_evaluations=6_000).expression_
    assert from_line(law) < 1e-12
    assert law.complexity() == 5.0
    assert sorted(law.constants) == [0.5, 3.7]


def test_what_a_function_raises_or_leaves_open_is_a_bad_score_that_is_told() -> None:
    def picky(formula: symlaw.Expression) -> float:
        if "exp" in str(formula):
            raise ValueError("no exponentials")
        return float("nan") if "/" in str(formula) else error(formula)

    front = found(picky, max_evaluations=3_000)
    assert "exp" not in str(front.expression_)
    assert any("ValueError: no exponentials" in note for note in front.notes_)
    assert any("no finite number" in note for note in front.notes_)


@pytest.mark.long
def test_scores_may_be_negative_and_a_target_ends_the_search() -> None:
    rewarded = found(lambda f: error(f) - 10.0, max_evaluations=8_000)
    assert min(rewarded.scores) < -9.9
    reached = found(target=1e-6)
    assert reached.stopped_by_ == "target loss 1e-06 reached" and reached.scores[-1] <= 1e-6


@pytest.mark.long
def test_points_spare_calls_for_formulas_of_equal_values() -> None:
    calls = {"without": 0, "with": 0}

    def counted(kind: str) -> Any:
        def score(formula: symlaw.Expression) -> float:
            calls[kind] += 1
            return error(formula)

        return score

    found(counted("without"), max_evaluations=4_000)
    law = found(counted("with"), max_evaluations=4_000, points={"x": x})
    assert calls["with"] < 0.9 * calls["without"]
    assert error(law.expression_) < 0.1


def test_a_callback_hears_of_it_and_stops_it() -> None:
    heard: list[Progress] = []

    def stop_at_once(progress: Progress) -> bool:
        heard.append(progress)
        return False

    assert found(callback=stop_at_once).stopped_by_ == "stopped by the user"
    assert heard


def test_the_right_side_of_a_differential_equation_from_what_is_observed() -> None:
    t = np.linspace(0.0, 8.0, 120)
    y = 1.7 * np.exp(-0.5 * t) + 0.3
    centres, width = np.linspace(1.0, 7.0, 25), 1.0
    u = (t - centres[:, None]) / width
    bump = np.where(np.abs(u) < 1, (1 - u**2) ** 2, 0.0)
    slope = np.where(np.abs(u) < 1, -4 * u * (1 - u**2) / width, 0.0)
    step = t[1] - t[0]
    rows = symlaw.observed({"y": y}, bump * step, -(slope * step) @ y)
    law = symlaw.discover(rows, operators=["+", "-", "*"], max_evaluations=20_000, time_budget=None,
                          random_state=0, max_complexity=10).expression_  # fmt: skip
    assert law.evaluate({"y": [0.3, 1.3]}) == pytest.approx([0.0, -0.5], abs=2e-3)


@pytest.mark.long
def test_observations_may_see_many_rows() -> None:
    rng = np.random.default_rng(0)
    X = rng.uniform(0.5, 2.0, (20_000, 2))
    operator = rng.normal(size=(20, 20_000)) / 100.0
    rows = symlaw.observed({"x": X[:, 0], "z": X[:, 1]}, operator, operator @ (X[:, 0] * X[:, 1] + X[:, 0]))
    law = symlaw.discover(rows, operators=["+", "*", "exp"], max_evaluations=3_000, time_budget=None,
                          random_state=0, max_complexity=9).expression_  # fmt: skip
    assert law.evaluate({"x": [2.0], "z": [3.0]}) == pytest.approx([8.0])


@pytest.mark.parametrize(
    ("arguments", "more", "message"),
    [
        ((error, "x"), {}, "variables is 'x'"),
        ((error, []), {}, "give a list of names"),
        ((5, ["x"]), {}, "give a function of a formula"),
        ((error, ["x"]), {"time_budget": None}, "never ends"),
        ((error, ["x"]), {"points": np.ones((3, 2))}, "a column for each variable"),
        ((error, ["x"]), {"target": float("nan")}, "target is nan"),
        ((lambda formula: 1 / 0, ["x"]), {}, "fails for every simple formula"),
        ((symlaw.observed({"x": x}, np.eye(40), x), ["z"]), {}, "leave it out"),
    ],
)
def test_questions_that_cannot_be_used_are_refused(
    arguments: tuple[Any, ...], more: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidSetting, match=message):
        symlaw.discover(*arguments, **more)


def test_columns_are_checked_at_once() -> None:
    with pytest.raises(DataError, match="differ in length"):
        symlaw.observed({"x": x, "z": x[:5]}, np.eye(40), x)
    with pytest.raises(DataError, match="give columns by name"):
        symlaw.observed(x, np.eye(40), x)  # type: ignore[arg-type]
