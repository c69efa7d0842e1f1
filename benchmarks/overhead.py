"""What keeping and showing a run costs: the same search with and without, in turn, in one process.

``python -m benchmarks.overhead`` prints the seconds of each and the ratio of the medians. With: a run folder
with journal and checkpoints as often as by default, a callback, and a live table drawn into nowhere as often
as on a terminal. Both do the same work and end with the same front, which is checked. On a machine that does
other things too the medians scatter; so the time inside the listeners, where all of this happens, is printed
as well, as a share of the search.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.machine import describe, facts
from symlaw.cli.output.live import Watch, watching
from symlaw.data import Table
from symlaw.runs.writer import RunWriter
from symlaw.tasks.regression.fit import Fitted, fit_front
from symlaw.tasks.regression.recorded import fit_recorded, header_of, warm_up
from symlaw.tasks.regression.settings import Settings

NAMES = ("a", "b", "c")


def table_of(n_rows: int) -> Table:
    """Noisy data of a law that takes a while."""
    rng = np.random.Generator(np.random.Philox(0))
    X = rng.uniform(0.5, 3.0, (n_rows, len(NAMES)))
    y = np.sin(X[:, 0] - X[:, 1]) * X[:, 2] ** 1.7 + np.exp(-X[:, 2]) * X[:, 0]
    return Table(X, y + 0.01 * rng.normal(size=n_rows), NAMES, "y")


def bare(table: Table, settings: Settings) -> Fitted:
    """The search alone."""
    assert table.y is not None
    return fit_front(table.X, table.y, table.feature_names, settings)


class Timed:
    """Seconds inside the methods of a writer and the listener."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time added up."""

        def timed(*given: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*given)
            finally:
                self.seconds += time.perf_counter() - began

        return timed


def watched(table: Table, settings: Settings, inside: Timed) -> Fitted:
    """The search with journal, checkpoints, live table and callback."""
    screen = Console(file=io.StringIO(), force_terminal=True, width=100, height=40)
    header = header_of(table, settings)
    heard: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        writer = RunWriter(Path(folder, "run"), header)
        watch = Watch(settings, header, lambda: writer.seconds_to_checkpoint)
        opened, listen = watching(screen, watch, verbose=False, quiet=False)

        def hear(progress: Any) -> None:
            listen(progress)
            heard.append(progress.spent.evaluations)

        writer.listen = inside.around(writer.listen)  # type: ignore[method-assign]
        writer.obey = inside.around(writer.obey)  # type: ignore[method-assign]
        with opened:
            return fit_recorded(table, settings, writer, stop=threading.Event(), listen=inside.around(hear))


def seconds(
    run: Callable[[Table, Settings], Fitted], table: Table, settings: Settings
) -> tuple[float, list[str]]:
    """Seconds of one search, and its front."""
    began = time.perf_counter()
    fitted = run(table, settings)
    return time.perf_counter() - began, [row.expression.text() for row in fitted.rows]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=12_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    settings = Settings(time_budget=None, max_evaluations=asked.evaluations, threads=asked.threads, seed=1)
    table = table_of(asked.rows)
    print(describe(facts()))
    warm_up(settings.operators)
    times: dict[str, list[float]] = {"bare": [], "watched": []}
    inside = Timed()
    for number in range(asked.rounds):
        order = [("bare", bare), ("watched", partial(watched, inside=inside))]
        fronts = []
        # in turn first, so that a machine that warms up or slows down favours neither
        for name, run in order if number % 2 == 0 else order[::-1]:
            taken, front = seconds(run, table, settings)
            times[name].append(taken)
            fronts.append(front)
            print(f"{name:<8} {taken:7.2f} s")
        if fronts[0] != fronts[1]:
            raise SystemExit("the fronts differ: watching changed the search")
    middle = {name: statistics.median(found) for name, found in times.items()}
    print(f"medians: bare {middle['bare']:.2f} s, watched {middle['watched']:.2f} s")
    share = inside.seconds / sum(times["watched"])
    print(f"inside listeners, checkpoints among them: {100 * share:.2f}% of the watched searches' time")
    print(f"overhead by medians {100 * (middle['watched'] / middle['bare'] - 1):+.2f}%")


if __name__ == "__main__":
    main()
