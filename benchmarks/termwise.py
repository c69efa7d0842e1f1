"""Evolution alone with and without crossovers that keep terms whole, paired on the same work: laws, and when.

    python -m benchmarks.termwise --suite generator-3 --limit 20 --evaluations 200000 --shares 0,0.2

Budgets are evaluations, so that a busy machine changes nothing. Suites are ones to develop with.
"""

from __future__ import annotations

import argparse
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.engines import OPERATORS
from benchmarks.judge import Judge
from benchmarks.machine import describe, facts
from benchmarks.trial import problems_of
from symlaw.language.grammar import Language
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import make_problem
from symlaw.search.searchers.evolution import Evolution

if TYPE_CHECKING:
    from benchmarks.problems import Problem
    from symlaw.search.loop.search import Progress

# A formula of clean rows is judged below this loss.
_EXACT = 1e-9


def evaluations_to_law(
    law: Problem, share: float, evaluations: int, seed: int, rows: int
) -> tuple[float, float]:
    """Evaluations until the law is on the front, inf where it never is, and the least loss."""
    sample, judge = law.draw(rows, seed=seed), Judge.of(law)
    problem = make_problem(sample.X, sample.y, Language.of(law.names, OPERATORS), seed=seed)
    found = [inf]

    def listen(progress: Progress) -> None:
        if found[0] == inf:
            exact = [one for one in progress.accepted if one.loss < _EXACT]
            if any(judge.verdict(one.expression).law for one in exact):
                found[0] = float(progress.spent.evaluations)

    alone = [Evolution(rates={"termwise": share})]
    outcome = search(problem, Budget(evaluations=evaluations), searchers=alone, seed=seed, listen=listen)
    return found[0], min(entry.loss for entry in outcome.front)


def main() -> None:
    """Print a line for each problem and seed, and how many laws were found with each share."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--suite", default="generator-3")
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--evaluations", type=int, default=200_000)
    parser.add_argument("--shares", default="0,0.2", help="of crossovers, parted by commas")
    options = parser.parse_args()
    shares = [float(share) for share in options.shares.split(",")]
    print(describe(facts()))
    results = []
    for law in problems_of(options.suite, options.limit):
        for seed in range(options.seeds):
            pair = [evaluations_to_law(law, s, options.evaluations, seed, options.rows) for s in shares]
            results.append(pair)
            print("".join(f"{at:10.0f} {loss:9.2e}" for at, loss in pair), law.formula[:90], flush=True)
    when, losses = (np.array([[one[k] for one in pair] for pair in results]) for k in (0, 1))
    print(f"laws of {len(results)}: {np.isfinite(when).sum(axis=0).tolist()} with shares {shares}")
    ratios = np.log10(np.maximum(losses, 1e-12)).mean(axis=0)
    print(f"mean of log10 of the least loss: {np.round(ratios, 3).tolist()}")


if __name__ == "__main__":
    main()
