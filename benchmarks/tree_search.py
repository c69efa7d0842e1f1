"""Does tree search alone find short laws?

    python -m benchmarks.tree_search [--seed 20261201] [--problems 12] [--seconds 30] [--searcher tree_search]

Laws of 7 to 9 nodes and 1 to 3 columns, each with a constant of two decimals inside
(`benchmarks.problems.short_problems`), 1,000 clean rows, one thread, the operators of all our runs. A law is
found when the judge finds it on the front. Seconds are the process's own on its core, so that other programs
on the machine do not count; ``--wall`` counts those of the clock. The default seed is the one that claims are
made on; develop on others.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.engines import OPERATORS
from benchmarks.judge import Judge
from benchmarks.machine import describe, facts
from benchmarks.problems import N_SHORT_CLAIMS, SHORT_CLAIMS_SEED, Problem, short_problems
from symlaw import SymbolicRegressor

if TYPE_CHECKING:
    from symlaw.search.loop.search import Progress

EXACT = 1e-20


def found(problem: Problem, searcher: str, seconds: float, *, wall: bool, seed: int = 0) -> str:
    """Search for one law; a line that says what came of it, which begins with ``yes`` or ``no``."""
    sample = problem.draw(1000, seed=seed)
    clock = time.perf_counter if wall else time.process_time
    begin = clock()

    def goes_on(progress: Progress) -> bool:
        return clock() - begin < seconds

    model = SymbolicRegressor(
        operators=list(OPERATORS), searchers=[searcher], time_budget=20 * seconds, target_loss=EXACT,
        n_jobs=1, random_state=seed, callback=goes_on, patience=None,
    )  # fmt: skip
    model.fit(pd.DataFrame(sample.X, columns=problem.names), sample.y)
    used, judge = clock() - begin, Judge.of(problem)
    front = model.front_
    hits = [row.expression for row in front.itertuples() if judge.verdict(row.expression).law]
    best = hits[0] if hits else front["expression"].iloc[-1]
    loss = float(front["loss"].iloc[-1])
    verdict = "yes" if hits else "no"
    return f"{verdict:3} {used:6.1f} s  {model.n_evaluations_:9d}  {loss:8.1e}  {problem.formula}   {best}"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=SHORT_CLAIMS_SEED, help="of the laws")
    parser.add_argument("--problems", type=int, default=N_SHORT_CLAIMS)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--searcher", default="tree_search")
    parser.add_argument("--wall", action="store_true", help="seconds by the clock")
    parser.add_argument("--random-state", type=int, default=0, help="seed of rows and search")
    options = parser.parse_args()
    print(describe(facts()))
    hits = 0
    for problem in short_problems(options.seed, options.problems):
        line = found(problem, options.searcher, options.seconds, wall=options.wall, seed=options.random_state)
        hits += line.startswith("yes")
        print(line, flush=True)
    print(f"{hits} of {options.problems} found")


if __name__ == "__main__":
    main()
