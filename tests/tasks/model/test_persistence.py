"""Models saved as JSON and loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.exceptions import NotFittedError

from symlaw import SymbolicRegressor, load
from symlaw.errors import FileUnreadable, ParseError, RunError

X = np.linspace(1.0, 3.0, 30)[:, None] ** [1, 2]


def model(**more: Any) -> SymbolicRegressor:
    """A small regressor."""
    quick = {"operators": ["+", "-", "*"], "max_evaluations": 1000, "time_budget": None, "random_state": 0,
             "searchers": ["evolution"]}  # fmt: skip
    return SymbolicRegressor(**{**quick, **more})


@pytest.fixture(scope="module")
def fitted() -> SymbolicRegressor:
    """A fitted regressor."""
    return model().fit(X, X[:, 0] ** 2 + 0.3 * X[:, 1])


def test_a_loaded_model_is_the_same(fitted: SymbolicRegressor, tmp_path: Path) -> None:
    fitted.save(tmp_path / "m.json")
    again = load(tmp_path / "m.json")
    assert again.get_params() == fitted.get_params()
    assert_array_equal(again.predict(X), fitted.predict(X))
    assert again.expression_.nodes == fitted.expression_.nodes  # type: ignore[union-attr]
    for name in ("recommended_", "reason_", "stopped_by_", "n_evaluations_", "n_features_in_"):
        assert getattr(again, name) == getattr(fitted, name)
    assert not hasattr(again, "feature_names_in_")
    assert list(again.front_.columns) == list(fitted.front_.columns)
    assert (again.front_.dtypes == fitted.front_.dtypes).all()
    numbers = ["complexity", "loss", "r2", "rmse", "mae", "max_error"]
    assert_array_equal(again.front_[numbers], fitted.front_[numbers])
    assert list(again.front_["equation"]) == list(fitted.front_["equation"])


def test_several_outputs(tmp_path: Path) -> None:
    several = model().fit(X, np.column_stack([X[:, 0] * X[:, 1], X[:, 0] - X[:, 1]]))
    several.save(tmp_path / "m.json")
    again = load(tmp_path / "m.json")
    assert_array_equal(again.predict(X), several.predict(X))
    assert again.recommended_ == several.recommended_
    assert again.reason_ == several.reason_
    assert list(again.front_["output"]) == list(several.front_["output"])


def test_column_names_are_kept_and_checked(tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame(X, columns=["width", "height of it"])
    named = model().fit(frame, X[:, 0] * X[:, 1])
    named.save(tmp_path / "m.json")
    again = load(tmp_path / "m.json")
    assert_array_equal(again.feature_names_in_, named.feature_names_in_)
    assert_array_equal(again.predict(frame), named.predict(frame))
    with pytest.raises(ValueError, match="feature names"):
        again.predict(frame.rename(columns={"width": "other"}))


def test_parameters_that_json_cannot_hold_are_left_out(tmp_path: Path) -> None:
    rich = model(
        callback=lambda progress: None,
        random_state=np.random.RandomState(0),
        complexity_costs={"*": np.float64(2.0)},
        max_complexity=np.int64(9),
    )
    rich.fit(X, X[:, 0] ** 2).save(tmp_path / "m.json")
    parameters = load(tmp_path / "m.json").get_params()
    assert parameters["callback"] is None
    assert parameters["random_state"] is None
    assert parameters["complexity_costs"] == {"*": 2.0}
    assert parameters["max_complexity"] == 9
    assert parameters["time_budget"] is None


def test_the_file_is_plain_json(fitted: SymbolicRegressor, tmp_path: Path) -> None:
    fitted.save(tmp_path / "m.json")
    record = json.loads((tmp_path / "m.json").read_text(), parse_constant=pytest.fail)
    assert record["symlaw_model"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["m.json"]


def changed(path: Path, **more: Any) -> None:
    """Write some values of a saved model anew."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **more}))


def test_an_unknown_version_is_refused(fitted: SymbolicRegressor, tmp_path: Path) -> None:
    fitted.save(tmp_path / "m.json")
    changed(tmp_path / "m.json", symlaw_model=2)
    with pytest.raises(RunError, match="has format version 2 and this symlaw reads 1"):
        load(tmp_path / "m.json")


@pytest.mark.parametrize(
    "damage",
    [{"front": [{}]}, {"recommended_": 99}, {"parameters": {"nonsense": 1}}, {"parameters": 3}, {"front": 1}],
)
def test_a_damaged_model_is_refused(
    fitted: SymbolicRegressor, tmp_path: Path, damage: dict[str, Any]
) -> None:
    fitted.save(tmp_path / "m.json")
    changed(tmp_path / "m.json", **damage)
    with pytest.raises(RunError, match="damaged"):
        load(tmp_path / "m.json")


def test_nothing_in_the_file_is_run(fitted: SymbolicRegressor, tmp_path: Path) -> None:
    fitted.save(tmp_path / "m.json")
    row = json.loads((tmp_path / "m.json").read_text())["front"][0]
    nodes = [{"variable": "x0"}, "__import__('os').abort"]
    row["expression"] = {"symlaw_expression": 1, "nodes": nodes}
    changed(tmp_path / "m.json", front=[row], recommended_=0)
    with pytest.raises(ParseError, match="unknown operator"):
        load(tmp_path / "m.json")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "\x80\x04K\x01."])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "m.json").write_text(content)
    with pytest.raises(RunError):
        load(tmp_path / "m.json")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be read"):
        load(tmp_path / "m.json")


def test_an_unfitted_model_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(NotFittedError):
        model().save(tmp_path / "m.json")
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written(fitted: SymbolicRegressor, tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="cannot be written"):
        fitted.save(tmp_path / "no" / "m.json")


def test_macros_are_kept_by_a_saved_model(tmp_path: Path) -> None:
    x = np.linspace(0.5, 2.0, 30)
    model = SymbolicRegressor(
        operators=["+", "*", "exp", "neg", "square"], macros={"gauss": "exp(-x**2)"}, searchers=["evolution"],
        max_evaluations=2000, time_budget=None, random_state=0,
    ).fit(x[:, None], x * np.exp(-(x**2)))  # fmt: skip
    assert "gauss" not in model.expression_.text()
    model.save(tmp_path / "m.json")
    assert load(tmp_path / "m.json").macros == {"gauss": "exp(-x**2)"}


def test_a_saved_model_keeps_its_loss(tmp_path: Path) -> None:
    model(loss="huber:2").fit(X, X[:, 0] ** 2).save(tmp_path / "m.json")
    assert load(tmp_path / "m.json").loss == "huber:2"
