"""Large tables and promptness: memory, accuracy, the longest kernel call, ends on time, Ctrl-C.

    python -m benchmarks.large_tables [--rows 10000 1000000] [--seconds 60]

Each fit runs in a process of its own, on a made table of 10 columns with noise of 10% of the target's
spread. Printed for each: how long after its time `fit` returned (compiled before), peak memory of the
process, the best loss on all rows, and the longest of the kernel calls made by the search, timed from
outside. The best loss of the smallest table's front is computed on the rows of each larger one as well.
Last, the command is sent a SIGINT in the middle of a search, and the time to its end is taken.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.machine import describe, facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

COLUMNS = 10
MEBIBYTE = 2**20


def table(rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A seeded table whose target depends on five of its ten columns."""
    rng = np.random.default_rng(rows)
    X = rng.uniform(0.5, 3.0, size=(rows, COLUMNS))
    y = X[:, 0] * np.exp(-X[:, 1]) + np.sin(X[:, 2] * X[:, 3]) / (1.0 + X[:, 4] ** 2)
    return X, y + 0.1 * np.std(y) * rng.normal(size=rows)


class Stopwatch:
    """Wraps functions where their callers find them, and keeps the longest call of each."""

    def __init__(self) -> None:
        self.longest: dict[str, float] = {}

    def watch(self, place: Any, name: str) -> None:
        """Time the calls of ``place.name`` from now on."""
        function: Callable[..., Any] = getattr(place, name)

        def timed(*arguments: Any) -> Any:
            start = time.perf_counter()
            answer = function(*arguments)
            seconds = time.perf_counter() - start
            self.longest[name] = max(seconds, self.longest.get(name, 0.0))
            return answer

        setattr(place, name, timed)


def one_fit(rows: int, seconds: float) -> dict[str, Any]:
    """Fit a table in this process; figures as plain values."""
    from symlaw.engine import evaluate as evaluating
    from symlaw.search import archive
    from symlaw.search.scoring import confirm
    from symlaw.search.searchers import evolution
    from symlaw.tasks.regression.fit import fit_front
    from symlaw.tasks.regression.recorded import warm_up
    from symlaw.tasks.regression.settings import Settings

    X, y = table(rows)
    settings = Settings(time_budget=seconds, threads=os.cpu_count() or 1)
    warm_up(settings.operators)
    stopwatch = Stopwatch()
    for place, name in (
        (evolution, "run_epoch"),
        (confirm, "fit_constants"),
        (archive, "merge"),
        (archive, "rehash"),
        (evaluating, "evaluate_tape"),
    ):
        stopwatch.watch(place, name)
    names = [f"x{k}" for k in range(COLUMNS)]
    start = time.perf_counter()
    fitted = fit_front(X, y, names, settings)
    late = time.perf_counter() - start - seconds
    best = fitted.rows[-1]
    return {
        "rows": rows,
        "late": late,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "data": X.nbytes + y.nbytes,
        "loss": best.loss,
        "best": best.expression.text(),
        "picked": fitted.rows[fitted.recommended.place].expression.text(4),
        "scored": fitted.outcome.spent.evaluations,
        "longest": stopwatch.longest,
    }


def loss_on(text: str, rows: int) -> float:
    """Mean square error of a formula on a table, as a fraction of the target's variance."""
    from symlaw.engine.evaluate import evaluate
    from symlaw.language import parse

    X, y = table(rows)
    values = evaluate([parse(text)], X, [f"x{k}" for k in range(COLUMNS)])[0]
    return float(np.mean((values - y) ** 2) / np.var(y))


def interrupted(rows: int, after: float) -> float:
    """Seconds from SIGINT to the end of a command that was searching a table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.npy"
        np.save(path, np.column_stack(table(rows)))
        command = [sys.executable, "-m", "symlaw", "fit", str(path), "--target", f"x{COLUMNS}"]
        process = subprocess.Popen(
            [*command, "--runs", folder, "--verbose"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert process.stdout is not None
        while b"complexity" not in process.stdout.readline():
            pass
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        start = time.perf_counter()
        process.communicate()
        return time.perf_counter() - start


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one_fit(options.one, options.seconds)))
        return
    print(describe(facts()))
    results = []
    for rows in sorted(options.rows):
        command = [sys.executable, "-m", "benchmarks.large_tables", "--one", str(rows)]
        command += ["--seconds", str(options.seconds)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        results.append(json.loads(done.stdout))
    for result in results:
        longest = ", ".join(f"{name} {seconds:.3f} s" for name, seconds in result["longest"].items())
        print(f"\n{result['rows']:,} rows x {COLUMNS} columns, {options.seconds:g} s")
        print(f"  returned {result['late']:+.2f} s after its time; {result['scored']:,} formulas scored")
        peak, data = result["peak"] / MEBIBYTE, result["data"] / MEBIBYTE
        print(f"  peak memory {peak:,.0f} MiB, of which data {data:,.0f}")
        print(f"  best loss on all rows {result['loss']:.6f}")
        if result is not results[0]:
            theirs = loss_on(results[0]["best"], result["rows"])
            print(f"  the front of {results[0]['rows']:,} rows has {theirs:.6f} here: "
                  f"ratio {result['loss'] / theirs:.3f}")  # fmt: skip
        print(f"  longest kernel calls: {longest}")
        print(f"  recommended: {result['picked']}")
    print()
    for rows in sorted(options.rows):
        print(f"SIGINT to the end of the command, {rows:,} rows: {interrupted(rows, 4.0):.2f} s")


if __name__ == "__main__":
    main()
