"""Does a change of the search find more laws with the same work? On development problems only.

    python -m benchmarks.tuning LABEL [--work 1e10] [--seeds 2] [--set tournament=4 n_islands=12 ...]
    python -m benchmarks.tuning LABEL --searcher tree_search [--set policy=uniform exploration=0.3 ...]

Each of a fixed list of Feynman problems that are not every fourth, and of generated ones, is searched with
each seed until its law is exact or the work (node values) is used up, one thread per search. Printed, and
appended to ``--out`` as one JSON line: solved pairs, the geometric mean of work to the law (unsolved counted
as four times the work), and rates. Pairs solved differ by chance too: compare seeds before believing one or
two.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import describe, facts
from benchmarks.problems import Problem, load, random_problems
from symlaw.language.grammar import Language
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import Progress, search
from symlaw.search.mcts.policies import Counts, Uniform
from symlaw.search.problem import make_problem
from symlaw.search.searchers.evolution import Evolution
from symlaw.search.searchers.tree_search import TreeSearch

# None of them is solved at once, none was unreachable, when the list was made.
FEYNMAN = (
    "I.6.2b", "I.16.6", "I.29.16", "I.30.3", "I.32.17", "I.34.14", "I.37.4", "I.40.1", "I.44.4", "I.48.2",
    "I.50.26", "II.6.15a", "II.11.27", "II.11.28", "II.13.23", "II.24.17", "II.35.18", "II.36.38", "III.4.33",
    "III.9.52", "III.10.19", "III.17.37",
)  # fmt: skip
GENERATED = 12
EXACT = 1e-18


@dataclass(frozen=True)
class Found:
    """One search: the work to the law (None if not found), and what it spent."""

    problem: str
    seed: int
    work: float | None
    loss: float
    seconds: float
    counters: dict[str, int]


def development_problems() -> list[Problem]:
    """The fixed list."""
    known = {problem.name: problem for problem in load("feynman-dev")}
    return [*(known[name] for name in FEYNMAN if name in known), *random_problems(77, GENERATED)]


def run(job: tuple[Problem, int, float, dict[str, str], str]) -> Found:
    """Search one problem until its law is exact or the work is used up."""
    problem, seed, work, settings, name = job
    sample = problem.draw(1000, seed=seed)
    language = Language.of([f"x{k}" for k in range(sample.X.shape[1])])
    prepared = make_problem(sample.X, sample.y, language, seed=seed)
    stop, hit = threading.Event(), []

    def listen(progress: Progress) -> None:
        if not hit and progress.front[-1].loss < EXACT:
            hit.append(float(progress.spent.work))
        if hit or progress.spent.work > work:
            stop.set()

    start = time.perf_counter()
    out = search(
        prepared, Budget(), seed=seed, listen=listen, stop=stop, searchers=[SEARCHERS[name](settings)]
    )
    spent = out.spent
    counters = {
        name: getattr(spent, name) for name in ("evaluations", "distinct", "known", "skipped", "fits")
    }
    seconds = time.perf_counter() - start
    return Found(problem.name, seed, hit[0] if hit else None, out.front[-1].loss, seconds, counters)


def _evolution(texts: dict[str, str]) -> Evolution:
    settings = {name: float(text) for name, text in texts.items()}
    own = {name: value for name, value in settings.items() if name in Evolution.__dataclass_fields__}
    whole = {"n_islands", "level_width", "stale_after"}
    rates = {name: value for name, value in settings.items() if name not in own}
    chosen: dict[str, Any] = {name: int(value) if name in whole else value for name, value in own.items()}
    return Evolution(rates=rates, **chosen)


def _tree_search(texts: dict[str, str]) -> TreeSearch:
    plain = TreeSearch()
    chosen: dict[str, Any] = {
        name: POLICIES[text] if name == "policy" else type(getattr(plain, name))(float(text))
        for name, text in texts.items()
    }
    return replace(plain, **chosen)


SEARCHERS: dict[str, Callable[[dict[str, str]], Any]] = {
    "evolution": _evolution,
    "tree_search": _tree_search,
}
POLICIES = {"uniform": Uniform(), "counts": Counts()}


def summary(label: str, results: list[Found], work: float) -> dict[str, Any]:
    """Figures of all searches under one setting."""
    seconds = sum(found.seconds for found in results)
    solved = [found for found in results if found.work is not None]
    costs = [work * 4 if found.work is None else max(found.work, 1e7) for found in results]
    rates = {
        f"{name}_per_second": round(sum(found.counters[name] for found in results) / seconds)
        for name in results[0].counters
    }
    return {
        "label": label,
        "pairs": len(results),
        "solved": len(solved),
        "solved_by_seed": {seed: sum(f.seed == seed for f in solved) for seed in {f.seed for f in results}},
        "geometric_mean_work": float(np.exp(np.mean(np.log(costs)))),
        "seconds": round(seconds, 1),
        **rates,
        "unsolved": sorted(f"{found.problem}/{found.seed}" for found in results if found.work is None),
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("label")
    parser.add_argument("--work", type=float, default=1e10, help="node values of each search")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="its settings")
    parser.add_argument("--searcher", choices=list(SEARCHERS), default="evolution")
    parser.add_argument("--out", type=Path, help="append the figures to this file")
    options = parser.parse_args()
    found = facts()
    print(describe(found))
    settings = dict(text.split("=") for text in options.set)
    jobs = [
        (problem, seed, options.work, settings, options.searcher)
        for seed in range(options.seeds)
        for problem in development_problems()
    ]
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        results = pool.map(run, jobs, chunksize=1)
    figures = {
        **summary(options.label, results, options.work),
        "searcher": options.searcher,
        "settings": settings,
        "work": options.work,
    }
    print(json.dumps(figures, indent=1))
    if options.out:
        with options.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**figures, "facts": found}) + "\n")


if __name__ == "__main__":
    main()
