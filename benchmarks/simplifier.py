"""How long the simplifier takes in fits of small tables.

``python -m benchmarks.simplifier``: 24 tables of 8 to 200 rows with a tenth of noise, four kinds of laws and
four sets of operators, fitted with 300 or 3,000 formulas. It writes how many requests went to the graphs of
rewritings, how long they took together and the longest of them, and the time of the fits.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.machine import describe, facts
from symlaw import SymbolicRegressor
from symlaw.language.simplifying import graph, owners
from symlaw.language.simplifying.saturating import Request

OPERATORS: tuple[list[str] | None, ...] = (
    ["+", "*"],
    None,
    ["+", "-", "*", "/", "exp", "log"],
    ["+", "-", "*", "/", "sqrt", "sin"],
)


def table(number: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A table of one of four laws."""
    n_rows, n_columns = int(rng.choice([8, 15, 30, 60, 200])), int(rng.integers(1, 5))
    X = rng.normal(size=(n_rows, n_columns))
    X = np.abs(X) + 0.5 if number % 2 else X
    first, last = X[:, 0], X[:, -1]
    laws = (first, first * np.sin(last), first**2 + last, np.exp(-(first**2)) * last)
    return X, laws[number % 4] + 0.1 * rng.normal(size=n_rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simplifier", description=__doc__)
    parser.add_argument("--tables", type=int, default=24, help="how many tables")
    options = parser.parse_args(arguments)
    print(describe(facts()))
    spent: list[float] = []

    def timed(request: Request) -> Any:
        started = time.perf_counter()
        found = owners.cheapest(request)
        spent.append(time.perf_counter() - started)
        return found

    graph.owners = type("Timed", (), {"cheapest": staticmethod(timed)})  # type: ignore[assignment]
    rng, started = np.random.default_rng(0), time.perf_counter()
    for number in range(options.tables):
        X, y = table(number, rng)
        named = OPERATORS[number // 4 % 4]
        settings = {} if named is None else {"operators": named}
        budget = int(rng.choice([300, 3_000]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            SymbolicRegressor(
                max_evaluations=budget, n_jobs=1, random_state=number, time_budget=None, **settings
            ).fit(X, y)
    total = time.perf_counter() - started
    print(
        f"{len(spent)} requests: {sum(spent):.1f} s, the longest {max(spent):.1f} s; all fits {total:.1f} s"
    )


if __name__ == "__main__":
    main()
