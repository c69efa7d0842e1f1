"""Workers of a Dask cluster: speed against threads, a model of an epoch's cost, and a merge of many islands.

``python -m benchmarks.cluster speed --workers 2``: formulas a second of evolution with threads and with as
many single-thread workers, in turn, and whether the fronts are the same (give each worker a core; the aim is
a ratio of 0.85; with ``--staleness 1`` workers do not wait for the client).
``... model``: seconds of an epoch with 1, 2 and 4 workers, fitted by a * work / cores + b * workers + c.
``... merge --islands 1000``: recorded reports of a few islands, merged as those of many.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from scipy.optimize import nnls

from benchmarks.machine import describe, facts

OPERATORS = ["+", "-", "*", "/", "sqrt", "exp", "sin"]


def problem() -> Any:
    """A table of 2,000 rows of four columns with noise."""
    from symlaw.language.grammar import Language
    from symlaw.search.problem import make_problem

    rng = np.random.default_rng(7)
    X = rng.uniform(0.5, 3.0, (2_000, 4))
    y = X[:, 0] * np.sin(X[:, 1] * X[:, 2]) + np.exp(-X[:, 3]) + 0.05 * rng.normal(size=2_000)
    return make_problem(X, y, Language.of(list("abcd"), OPERATORS, max_complexity=20), seed=1)


def run(
    executor: str, threads: int, cluster: str | None, evaluations: int, epoch_work: float, staleness: int = 0
) -> Any:
    """A search by evolution alone: seconds, those of an epoch, formulas and the front.

    An epoch's are the mean of the second half, when epochs have their full length.
    """
    from symlaw.search.loop.budget import Budget
    from symlaw.search.loop.search import search
    from symlaw.search.searchers.evolution import Evolution

    began, ends = time.perf_counter(), list[float]()
    searcher = Evolution(epoch_work=epoch_work, staleness=staleness)
    found = search(
        problem(), Budget(evaluations=evaluations), searchers=[searcher],
        threads=threads, executor=executor, cluster=cluster, seed=3,
        listen=lambda _: ends.append(time.perf_counter()),
    )  # fmt: skip
    seconds = time.perf_counter() - began
    front = [(str(entry.expression), entry.loss) for entry in found.front]
    lengths = np.diff(ends)[:-1]
    return seconds, float(np.mean(lengths[len(lengths) // 2 :])), found.spent.evaluations, front


def started(n_workers: int) -> Any:
    from distributed import LocalCluster

    return LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address=None)


def speed(n_workers: int, evaluations: int, epoch_work: float, staleness: int) -> None:
    with started(n_workers) as cluster:
        address = cluster.scheduler_address
        run("dask", n_workers, address, 20_000, epoch_work)
        run("threads", n_workers, None, 20_000, epoch_work)
        for _ in range(2):
            ours = run("threads", n_workers, None, evaluations, epoch_work, staleness)
            theirs = run("dask", n_workers, address, evaluations, epoch_work, staleness)
            rates = [one[2] / one[0] for one in (ours, theirs)]
            print(
                f"{n_workers} threads {rates[0]:,.0f}, {n_workers} workers {rates[1]:,.0f} formulas a second;"
                f" ratio {rates[1] / rates[0]:.2f}; fronts equal: {ours[3] == theirs[3]}"
            )


def model(evaluations: int) -> None:
    import os

    cores = len(os.sched_getaffinity(0))
    found = []
    for n_workers in (1, 2, 4):
        with started(n_workers) as cluster:
            run("dask", 1, cluster.scheduler_address, 20_000, 2e7)
            for work in (2e7, 1e8):
                _, seconds, *_ = run("dask", 1, cluster.scheduler_address, evaluations, work)
                found.append((n_workers, work, seconds))
                told = f"{n_workers} workers, {work:.0e} node values an island"
                print(f"{told}: {seconds:.3f} s an epoch")
    # eight islands; what is computed is divided by the cores that there are, what is sent is not
    rows = [(8.0 * work / 1e9 / min(n, cores), float(n), 1.0) for n, work, _ in found]
    measured = np.array([seconds for *_, seconds in found])
    scale = 1.0 / measured
    # costs are not negative
    fit = nnls(np.array(rows) * scale[:, None], measured * scale)[0]
    terms = f"{fit[0]:.3f} * billions of node values / cores + {fit[1]:.4f} * workers + {fit[2]:.4f}"
    print(f"seconds = {terms}")
    for row, seconds in zip(rows, measured, strict=True):
        print(f"  predicted {np.dot(row, fit):.3f}, measured {seconds:.3f}")
    for islands, work in ((512, 2e7), (512, 1e9)):
        compute = fit[0] * islands * work / 1e9 / 64
        sending, merging = fit[1] * 64 * islands / 8, fit[2] * islands / 8
        told = f"compute {compute:.2f} s, sending {sending:.2f} s, the client {merging:.2f} s"
        print(f"64 workers, {islands} islands of {work:.0e}: {told}")


def merge(n_islands: int) -> None:
    from symlaw.engine.fingerprint import make_cache
    from symlaw.engine.fingerprint import merge as merge_keys
    from symlaw.search.evolution.island import evolve
    from symlaw.search.executors.base import ThreadExecutor
    from symlaw.search.loop.budget import Budget
    from symlaw.search.loop.state import begin
    from symlaw.search.searchers.evolution import Evolution

    recorded: list[Any] = []

    class Recording(ThreadExecutor):
        def run(self, function: Any, requests: Any) -> list[Any]:
            reports = super().run(function, requests)
            recorded.extend(reports)
            return reports

    asked, evolution = problem(), Evolution()
    state = begin(asked, Budget(evaluations=10**6), [evolution])
    islands, executor = evolution.start(asked, 1), Recording(map)
    for _ in range(5):
        requests = evolution._requests(islands, asked, state.archive.snapshot(), 10**6, executor, range(8))
        for island, report in zip(islands.islands, executor.run(evolve, requests), strict=True):
            island.population = report.members
        islands.epochs += 1
    keys = [tuple(np.copy(part) for part in one.keys[:2]) for one in recorded[-8:]]
    cache = make_cache(2**24)
    merge_keys(cache, keys[0][0], keys[0][1], 1)
    began = time.perf_counter()
    count = 0
    for number in range(n_islands):
        # other islands have other keys
        own, complexity = keys[number % len(keys)]
        moved = own ^ np.uint64(number * 0x9E3779B97F4A7C15 % 2**64) | np.uint64(1)
        merge_keys(cache, moved, complexity, len(moved))
        count += len(moved)
    seconds = time.perf_counter() - began
    size = 13 * count / 2**20
    print(f"{n_islands} islands: {count:,} keys merged in {seconds:.2f} s, {count / seconds:,.0f} a second")
    print(f"to each worker {size:.0f} MiB an epoch: {size / 119:.2f} s at 1 Gbit/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["speed", "model", "merge"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--evaluations", type=int, default=400_000)
    parser.add_argument("--work", type=float, default=1e8)
    parser.add_argument("--staleness", type=int, default=0)
    parser.add_argument("--islands", type=int, default=1_000)
    given = parser.parse_args()
    print(describe(facts()))
    if given.what == "speed":
        speed(given.workers, given.evaluations, given.work, given.staleness)
    elif given.what == "model":
        model(given.evaluations)
    else:
        merge(given.islands)


if __name__ == "__main__":
    main()
