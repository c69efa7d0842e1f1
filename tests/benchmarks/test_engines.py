"""symlaw's variants and the random control."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.engines import OPERATORS, engine
from benchmarks.engines.random_engine import RandomSearch
from benchmarks.engines.symlaw_engine import variant
from symlaw.language.grammar import Language
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import Problem, make_problem
from symlaw.search.searchers import SCHEDULE

X = np.random.default_rng(0).uniform(1, 3, (100, 2))
NAMES = ["a", "b"]


def prepared(y: np.ndarray) -> Problem:
    return make_problem(X, y, Language.of(NAMES, OPERATORS))


def test_searchers_are_named_or_left_out() -> None:
    assert variant("bank+evolution")._searchers == ["bank", "evolution"]
    assert variant("-bank")._searchers == [name for name in SCHEDULE if name != "bank"]
    assert variant("-bank-sparse")._searchers == [name for name in SCHEDULE if name not in ("bank", "sparse")]


@pytest.mark.parametrize("text", ["-magic", "-" + "-".join(SCHEDULE)])
def test_leaving_out_what_is_not_there_or_all_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="leaves out"):
        variant(text)


def test_symlaw_tells_when_formulas_came() -> None:
    found = engine("symlaw:sparse").fit(X, 2.0 * X[:, 0] + X[:, 1], NAMES, 20.0, 1, 0)
    times = [accepted.seconds for accepted in found.history]
    assert times and times == sorted(times) and times[-1] <= found.seconds
    # constants are fitted once more at the end
    came = [accepted.formula.text(digits=6) for accepted in found.history]
    assert found.front[-1].formula.text(digits=6) in came


def test_random_search_finds_what_is_small() -> None:
    found = engine("random").fit(X, 3.0 * X[:, 0] * X[:, 1] + 1.0, NAMES, 1.0, 1, 0)
    assert found.front[found.picked].loss < 1e-20
    assert found.seconds < 2.5 and found.evaluations > 1000
    assert found.history[-1].seconds <= found.seconds


def test_random_search_keeps_to_its_seed_at_any_number_of_threads() -> None:
    problem = prepared(np.exp(np.sin(3.0 * X[:, 0])) / X[:, 1] + 0.3 * X[:, 0] ** 3)
    first, again, other = (
        search(problem, Budget(evaluations=4000), searchers=[RandomSearch()], threads=threads, seed=seed)
        for threads, seed in ((1, 1), (2, 1), (1, 2))
    )
    assert first.front == again.front
    assert first.spent.evaluations == again.spent.evaluations
    assert first.front != other.front


def test_random_search_makes_no_formula_from_another() -> None:
    problem = prepared(np.sin(X[:, 0]) / X[:, 1] + X[:, 1])
    outcome = search(problem, Budget(evaluations=4000), searchers=[RandomSearch()], seed=0)
    populations = [island.population for island in outcome.states["random"].islands]
    # nobody was a parent
    assert sum(int(members.uses.sum()) for members in populations) == 0
    assert outcome.tallies[0].searcher == "random"
