"""How long what follows a search of few rows takes: fits of all short formulas, and ten million by chance.

    python -m benchmarks.few_rows_rate [--rows 20 50 200] [--columns 1 2]

Rows are uniform in 1 to 5, the target is noise; the default operators, one thread but for chance.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

from benchmarks.machine import describe, facts
from symlaw.language.grammar import DEFAULT_OPERATORS, Language
from symlaw.search.exhaustive.fitting import fit_skeletons
from symlaw.search.exhaustive.skeletons import Symbols, skeletons
from symlaw.search.problem import make_problem
from symlaw.tasks.front.shortlist import FITTED_ROWS
from symlaw.tasks.model.trust import FORMULAS, shuffled_chance


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[20, 50, 200])
    parser.add_argument("--columns", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    print(describe(facts()))
    for n_rows in options.rows:
        for n_columns in options.columns:
            _fit_all(*_table(n_rows, n_columns))
    for n_rows in options.rows:
        X, y = _table(n_rows, 3)
        began = time.perf_counter()
        chance = shuffled_chance(X, y, ["a", "b", "c"], DEFAULT_OPERATORS)
        seconds, peak = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert chance is not None
        print(
            f"chance on {n_rows} rows: {chance.n_formulas:,} of {FORMULAS:,} formulas, {len(chance.gains[0])}"
            f" shuffled targets, {seconds:.1f} s; the process took {peak / 2**20:.2f} GiB at most"
        )


def _table(n_rows: int, n_columns: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.Generator(np.random.Philox(1))
    return rng.uniform(1.0, 5.0, (n_rows, n_columns)), rng.normal(size=n_rows)


def _fit_all(X: np.ndarray, y: np.ndarray) -> None:
    """Fit every skeleton that a table of this size has time for, and tell how long that took."""
    language = Language.of([f"x{k}" for k in range(X.shape[1])])
    problem, symbols = make_problem(X, y, language), Symbols.of(language)
    most = int(FITTED_ROWS / max(len(y), 20))
    # kernels
    fit_skeletons(next(skeletons(symbols, 1000, 9)), symbols, problem)
    began, count, largest = time.perf_counter(), 0, 0
    for tokens in skeletons(symbols, most, language.max_complexity):
        fit_skeletons(tokens, symbols, problem)
        count, largest = count + len(tokens), tokens.shape[1]
    seconds = time.perf_counter() - began
    print(
        f"{X.shape[1]} columns, {len(y)} rows: {count:,} formulas of up to {largest} nodes, {seconds:.2f} s,"
        f" {1e6 * seconds / max(count, 1):.0f} microseconds each"
    )


if __name__ == "__main__":
    main()
