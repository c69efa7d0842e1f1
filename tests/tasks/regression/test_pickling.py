"""Estimators with functions of users go where pickles go."""

from __future__ import annotations

import functools
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import symlaw
from symlaw import SymbolicRegressor
from symlaw.engine.losses.table import loss_named
from symlaw.errors import CannotPickle, InvalidSetting

X = np.random.default_rng(0).uniform(0.5, 2.0, (40, 2))
Y = 2.0 / np.expm1(X[:, 0]) + 1.0


@symlaw.operator
def planck_for_pickles(x):
    return 1.0 / np.expm1(x)


@symlaw.loss
def three_halves(y, y_pred):
    return np.abs(y - y_pred) ** 1.5


def power(y, y_pred, exponent):
    return np.abs(y - y_pred) ** exponent


BUMP = symlaw.operator(lambda x: x / (1.0 + x * x), name="bump_for_pickles")
LOSSES = {
    "decorated": three_halves,
    "lambda": lambda y, p: np.abs(y - p) ** 1.5,
    "partial": functools.partial(power, exponent=1.5),
    "made of a lambda": symlaw.loss(lambda y, p: (y - p) ** 2, name="squares_for_pickles"),
    "built-in": loss_named("huber:1.5"),
}


def _model(**more: Any) -> SymbolicRegressor:
    quick = {"max_evaluations": 400, "time_budget": None, "n_jobs": 1, "random_state": 0, "max_complexity": 8,
             "searchers": ["evolution"]}  # fmt: skip
    return SymbolicRegressor(**{**quick, **more})


@pytest.mark.long_but("built-in", "decorated")
@pytest.mark.parametrize(
    "settings",
    [
        {"operators": ["+", "*", planck_for_pickles]},
        {"operators": ["+", "*", BUMP]},
        {"operators": ["+", "*", "-", "neg", "exp", "square"], "macros": {"gauss": "exp(-x**2)"}},
        *({"operators": ["+", "*"], "loss": loss} for loss in LOSSES.values()),
    ],
    ids=["decorated operator", "operator of a lambda", "macros", *LOSSES],
)
def test_pickles_and_clones_predict_and_fit_the_same(settings: dict[str, Any]) -> None:
    found = _model(**settings).fit(X, Y)
    again = pickle.loads(pickle.dumps(found))
    assert np.array_equal(again.predict(X), found.predict(X))
    assert np.array_equal(again.fit(X, Y).predict(X), found.predict(X))
    assert np.array_equal(clone(found).fit(X, Y).predict(X), found.predict(X))


@pytest.mark.long
def test_a_grid_search_in_other_processes_takes_functions_of_users() -> None:
    model = _model(operators=["+", "*", BUMP, planck_for_pickles], loss=LOSSES["lambda"], max_evaluations=60)
    searched = GridSearchCV(model, {"max_complexity": [5, 8]}, cv=2, n_jobs=2).fit(X, Y)
    assert np.isfinite(searched.best_score_)


def test_functions_without_a_name_get_one_that_the_run_tells(tmp_path: Path) -> None:
    for name, expected in (("lambda", "custom_loss"), ("partial", "power")):
        _model(operators=["+"], loss=LOSSES[name], run_folder=tmp_path / name).fit(X, Y)
        settings = json.loads((tmp_path / name / "run.json").read_text())["settings"]
        assert settings["loss"] == expected
        assert "1.5" in settings["user_loss"]["source"]


def test_what_can_go_nowhere_is_refused_in_one_sentence() -> None:
    held = (number for number in (1.0,))

    def stuck(y: Any, p: Any) -> Any:
        return (y - p) ** 2 + (0.0 if held else 1.0)

    with pytest.raises(CannotPickle, match="stuck cannot be pickled .* define it at the top of a module"):
        pickle.dumps(_model(loss=stuck))


def test_a_module_that_is_lacking_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import symlaw\n@symlaw.operator\ndef odd_one(x):\n    return x * x * x + x\n"
    (tmp_path / "only_there.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    import only_there  # type: ignore[import-not-found]

    text = pickle.dumps(only_there.odd_one)
    assert pickle.loads(text).function is only_there.odd_one.function
    monkeypatch.delitem(sys.modules, "only_there")
    (tmp_path / "only_there.py").unlink()
    with pytest.raises(InvalidSetting, match="only_there.odd_one is not found"):
        pickle.loads(text)


def test_what_a_script_defines_is_read_by_another_process(tmp_path: Path) -> None:
    code = (
        "import pickle, symlaw\n@symlaw.operator\ndef odd_one(x):\n    return x * x * x + x\n"
        "open('out', 'wb').write(pickle.dumps(odd_one))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert pickle.loads((tmp_path / "out").read_bytes()).function(2.0) == 10.0


def test_a_pickle_without_a_later_parameter_has_it_as_usual() -> None:
    older = SymbolicRegressor(max_evaluations=7)
    del older.executor
    model = pickle.loads(pickle.dumps(older))
    assert model.executor == "threads"
    assert model.max_evaluations == 7
    assert "max_evaluations=7" in repr(model)
    assert clone(model).get_params() == SymbolicRegressor(max_evaluations=7).get_params()
