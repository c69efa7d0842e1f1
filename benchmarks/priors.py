"""Does a prior help? Searches with and without the shipped one, at equal work.

    python -m benchmarks.priors [--work 2e9] [--seeds 2] [--searcher evolution] [--problems 10]

Problems are the first of the fixed list of `benchmarks.tuning`: Feynman problems that are not every fourth.
Each is searched with each seed until its law is exact or the work (node values) is used up, one thread per
search. Printed for each arm: pairs solved, the geometric mean of the work to the law (unsolved counted as
four times the work), and, among pairs that both solve, how much work the prior takes relative to none. Pairs
solved differ by chance.
"""

from __future__ import annotations

import argparse
import multiprocessing
import threading
from dataclasses import dataclass

import numpy as np

from benchmarks.machine import describe, facts
from benchmarks.problems import Problem
from benchmarks.tuning import EXACT, SEARCHERS, development_problems
from symlaw.knowledge.priors.prior import Preference, corpus_prior
from symlaw.language.grammar import Language
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import Progress, search
from symlaw.search.problem import make_problem

ARMS = ("none", "corpus")


@dataclass(frozen=True)
class Job:
    """One search: of a problem, with a seed, in an arm, by a searcher, for so much work."""

    problem: Problem
    seed: int
    arm: str
    searcher: str
    work: float


def work_to_law(job: Job) -> float | None:
    """Node values until the law was exact; None where it was not found."""
    sample = job.problem.draw(1000, seed=job.seed)
    preference = Preference(prior=corpus_prior()) if job.arm == "corpus" else None
    language = Language.of([f"x{k}" for k in range(sample.X.shape[1])], preference=preference)
    prepared = make_problem(sample.X, sample.y, language, seed=job.seed)
    stop, hit = threading.Event(), list[float]()

    def listen(progress: Progress) -> None:
        if not hit and progress.front[-1].loss < EXACT:
            hit.append(float(progress.spent.work))
        if hit or progress.spent.work > job.work:
            stop.set()

    search(
        prepared, Budget(), seed=job.seed, listen=listen, stop=stop, searchers=[SEARCHERS[job.searcher]({})]
    )
    return hit[0] if hit else None


def table(found: dict[str, list[float | None]], work: float) -> str:
    """One line for each arm, and one that compares pairs that all arms solve."""
    lines = [f"{'prior':8} {'pairs':>6} {'solved':>7} {'work to the law':>16}"]
    for arm, works in found.items():
        costs = [4 * work if w is None else w for w in works]
        mean = float(np.exp(np.mean(np.log(costs))))
        lines.append(f"{arm:8} {len(works):6d} {sum(w is not None for w in works):7d} {mean:16.3g}")
    both = [pair for pair in zip(*(found[arm] for arm in ARMS), strict=True) if None not in pair]
    if both:
        ratio = float(np.exp(np.mean([np.log(pair[1] / pair[0]) for pair in both])))  # type: ignore[operator]
        lines.append(f"of the {len(both)} pairs that both solve, the prior takes {ratio:.2f} of the work")
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=float, default=2e9, help="node values of each search")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--problems", type=int, default=10)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--searcher", choices=list(SEARCHERS), default="evolution")
    options = parser.parse_args()
    print(describe(facts()))
    chosen = development_problems()[: options.problems]
    found: dict[str, list[float | None]] = {}
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        for arm in ARMS:
            jobs = [
                Job(problem, seed, arm, options.searcher, options.work)
                for seed in range(options.seeds)
                for problem in chosen
            ]
            found[arm] = pool.map(work_to_law, jobs, chunksize=1)
    print(table(found, options.work))


if __name__ == "__main__":
    main()
