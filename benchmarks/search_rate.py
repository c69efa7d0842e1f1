"""Formulas scored per second and core inside a real search.

    python -m benchmarks.search_rate [--seconds 10] [--problems 6] [--threads 1]

A formula counts when it was new by its cache key and got a loss, with the best scale and offset, on at least
the probe rows. Constant fits are counted apart; their time is part of the time. Problems come from the seeded
generator, 200 rows each, with 5% noise so that no search ends early. Evolution searches alone: what the bank
enumerates gets no loss.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.machine import describe, facts
from benchmarks.problems import random_problems
from symlaw.language.grammar import Language
from symlaw.search.loop.budget import Budget, Spent
from symlaw.search.loop.search import search
from symlaw.search.problem import make_problem
from symlaw.search.searchers import searchers_named

ROWS = 200


def measure(seed: int, seconds: float, threads: int) -> Spent:
    """What one search on a generated problem spends; noise keeps it from ending early."""
    problem = random_problems(seed, 1)[0]
    sample = problem.draw(ROWS, seed=seed, noise=0.05)
    language = Language.of([f"x{k}" for k in range(sample.X.shape[1])])
    prepared = make_problem(sample.X, sample.y, language, seed=seed)
    alone = searchers_named(["evolution"])
    return search(prepared, Budget(seconds=seconds), searchers=alone, threads=threads, seed=seed).spent


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--problems", type=int, default=6)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    print(describe(facts()))
    measure(0, 1.0, options.threads)  # kernels
    print(
        f"{'problem':>8}{'distinct/s':>12}{'scored/s':>12}{'known/s':>10}{'refused/s':>11}{'fits/s':>9}"
        "   per core"
    )
    rates = []
    for seed in range(1, options.problems + 1):
        spent = measure(seed, options.seconds, options.threads)
        unit = spent.seconds_used * options.threads
        rates.append(spent.distinct / unit)
        print(
            f"{seed:>8}{spent.distinct / unit:>12,.0f}{spent.evaluations / unit:>12,.0f}"
            f"{spent.known / unit:>10,.0f}{spent.skipped / unit:>11,.0f}{spent.fits / unit:>9,.0f}"
        )
    print(f"median distinct formulas scored per second and core: {np.median(rates):,.0f}")


if __name__ == "__main__":
    main()
