"""Searchers given as objects: in fits, clones and pickles, and in runs that are resumed."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

import symlaw
from symlaw import SymbolicRegressor
from symlaw.errors import InvalidSetting, RunError
from symlaw.runs.store import read_run
from symlaw.search.searchers import searchers_named
from symlaw.search.searchers.evolution import Evolution
from symlaw.search.searchers.sparse import Sparse
from symlaw.tasks.regression.resuming import settings_of
from symlaw.tasks.regression.settings import Settings

X = np.random.default_rng(0).uniform(1.0, 3.0, (40, 2))
Y = X[:, 0] * X[:, 1] + 1.0


class Named(Sparse):
    """A searcher of another name."""

    name: str = "named"

    def __init__(self) -> None:
        super().__init__(name="named")


def model(*searchers: Any, **more: Any) -> SymbolicRegressor:
    few = {"max_evaluations": 200, "time_budget": None, "random_state": 0, "n_jobs": 1}
    return SymbolicRegressor(operators=["+", "*"], searchers=list(searchers), **{**few, **more})


def test_objects_and_names_go_together() -> None:
    members = searchers_named([Evolution(n_islands=2), "sparse", Named()])
    assert [member.name for member in members] == ["sparse", "named", "evolution"]
    assert members[-1].n_islands == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("searchers", "words"),
    [
        ([Sparse], "give the name of a searcher, or an object"),
        ([3], "searchers holds 3"),
        (["sparse", Sparse(max_degree=1)], "names 'sparse' twice"),
        ([Sparse(name="bank")], "holds a Sparse that is called 'bank', as a built-in searcher"),
        (["magic"], "searchers names 'magic'"),
    ],
)
def test_what_is_no_searcher_is_refused(searchers: list[Any], words: str) -> None:
    with pytest.raises(InvalidSetting, match=words):
        model(*searchers).fit(X, Y)


def test_a_model_with_an_object_is_cloned_pickled_and_saved(tmp_path: Path) -> None:
    fitted = model(Sparse(max_degree=1)).fit(X, Y)
    again = pickle.loads(pickle.dumps(fitted))
    assert again.expression_ == fitted.expression_ and again.searchers == [Sparse(max_degree=1)]
    assert clone(fitted).fit(X, Y).expression_ == fitted.expression_
    fitted.save(tmp_path / "model.json")
    assert symlaw.load(tmp_path / "model.json").searchers == ["sparse"]


def test_a_run_names_its_searchers(tmp_path: Path) -> None:
    model("sparse", Named(), run_folder=tmp_path / "run").fit(X, Y)
    header = read_run(tmp_path / "run").header
    assert header.settings["searchers"] == ["sparse", "named"]
    with pytest.raises(RunError, match="searcher 'named' that was given as an object, which is not kept"):
        settings_of(header)


def test_an_object_that_its_name_gives_is_resumed(tmp_path: Path) -> None:
    model(Sparse(), run_folder=tmp_path / "run").fit(X, Y)
    assert settings_of(read_run(tmp_path / "run").header).searchers == [Sparse()]


def test_settings_say_what_a_searcher_is() -> None:
    record = Settings(searchers=[Sparse(max_degree=1), "bank"]).record(["x"])
    assert record["searchers"] == ["sparse", "bank"]
    assert "max_degree=1" in record["user_searchers"]["sparse"]
    assert "user_searchers" not in Settings(searchers=["bank"]).record(["x"])
