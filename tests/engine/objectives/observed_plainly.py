"""A search of rows that are seen through an operator, as plain Python: an index out of range raises."""

from __future__ import annotations

import sys

import numpy as np

from symlaw.language.grammar import Language
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.objectives.observed import make_observed_problem
from symlaw.search.searchers import searchers_named


def main(searcher: str, n_observations: int, evaluations: int) -> None:
    """Search with one searcher."""
    rng = np.random.default_rng(3)
    X = rng.uniform(0.5, 2.0, (30, 2))
    operator = rng.normal(size=(n_observations, 30))
    language = Language.of(["a", "b"], ["+", "-", "*", "exp"], max_complexity=9)
    problem = make_observed_problem(X, operator, operator @ (X[:, 0] * X[:, 1] + X[:, 0]), language)
    outcome = search(problem, Budget(evaluations=evaluations), searchers=searchers_named([searcher]), seed=1)
    assert outcome.front


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
