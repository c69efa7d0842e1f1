"""Import paths of the last version work for one more, with a warning."""

from __future__ import annotations

import pickle
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest

from symlaw._moved import MOVED, now_at


def test_every_module_that_moved_is_where_the_table_says() -> None:
    assert [new for new in MOVED.values() if not _is_there(new)] == []


@pytest.mark.parametrize(
    ("old", "name", "new"),
    [
        ("symlaw.tasks.comparing", "compare", "symlaw.tasks.model.compare"),
        ("symlaw.language.trace", "trace", "symlaw.language.user_operators.trace"),
        ("symlaw.search.genetics.genome", "genome", "symlaw.search.genome.genome"),
        ("symlaw.tasks.regression", "SymbolicRegressor", "symlaw.tasks.regression.estimator"),
        ("symlaw.knowledge.priors", "Prior", "symlaw.knowledge.priors.prior"),
        ("symlaw.engine.losses", "loss_named", "symlaw.engine.losses.table"),
    ],
)
def test_an_old_path_gives_the_same_object_with_a_warning(old: str, name: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"{old} is now {new}"):
        found = getattr(_anew(old), name)
    assert found is getattr(import_module(new), name)


def test_pickles_of_the_last_version_load() -> None:
    old = b"csymlaw.knowledge.priors\nPrior\n."
    with pytest.warns(DeprecationWarning, match="old path goes"):
        found = pickle.loads(old)
    assert found is import_module("symlaw.knowledge.priors.prior").Prior


def test_a_path_that_never_was_is_an_error() -> None:
    with pytest.raises(ModuleNotFoundError):
        import_module("symlaw.tasks.no_such_module")
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = import_module("symlaw.tasks.regression").no_such_name


def test_names_in_modules_are_followed() -> None:
    assert (
        now_at("symlaw.search.genetics.population.Population")
        == "symlaw.search.evolution.population.Population"
    )


def test_names_that_have_not_moved_stay() -> None:
    assert now_at("symlaw.engine.losses.LossRow") == "symlaw.engine.losses.table.LossRow"
    for here in ("symlaw.engine.losses.table.LossRow", "symlaw.engine.losses.user.UsersLoss"):
        assert now_at(here) == here


def _is_there(path: str) -> bool:
    """Whether a path is a module, or a class of one."""
    module, _, name = path.rpartition(".")
    if name[0].isupper():
        return hasattr(import_module(module), name)
    return find_spec(path) is not None


def _anew(path: str) -> object:
    # an alias that an earlier test imported would not warn again
    if path in sys.modules and sys.modules[path].__name__ != path:
        del sys.modules[path]
    return import_module(path)
