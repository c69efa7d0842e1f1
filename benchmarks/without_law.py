"""Whether what is recommended for tables without a law predicts new rows.

``python -m benchmarks.without_law``: 20 noisy tables that scikit-learn and statsmodels ship
(`benchmarks.without_law_tables` has the rule), each split five times by seed: a quarter of the rows are new,
the others are fitted with default settings in a process of its own. A linear fit of all columns and a forest
of 100 trees see the same rows. One record per fit is appended to the result file; a second run does only what
the file does not hold, or holds as an error.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.machine import describe, facts
from benchmarks.resuming import from_child, run_missing
from benchmarks.summary import written
from benchmarks.without_law_tables import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.without_law_tables import PlainTable

    Record = dict[str, Any]
    Array = np.ndarray[Any, np.dtype[np.float64]]

RESULTS = Path("benchmarks/results/without-law.jsonl")
SPLITS, NEW = 5, 0.25
TREES = 100
# The bar: by how much a table's median may be behind a linear fit, and the R2 that no split is below.
BEHIND, BROKEN = 0.1, -0.2
FOREST_AHEAD = 0.02
SHORT = 15


@dataclass(frozen=True)
class PlainTrial:
    """What is asked: the settings that name a fit.

    Attributes
    ----------
    name
        Of the table.
    split
        Chooses new rows and starts the search.
    seconds, threads
        What it may use.
    """

    name: str
    split: int
    seconds: float
    threads: int


def key(record: Record) -> tuple[Any, ...]:
    """What tells one trial from another."""
    return tuple(record[name] for name in ("name", "split", "seconds", "threads"))


def split_of(n_rows: int, split: int) -> tuple[Array, Array]:
    """Places of the rows to fit and of the new ones, by a seed."""
    order = np.random.default_rng([2031, split]).permutation(n_rows)
    n_new = round(NEW * n_rows)
    return np.sort(order[n_new:]), np.sort(order[:n_new])


def r2_of(y: Array, predicted: Array, mean: float) -> float:
    """R2 on new rows against the mean of the rows that were fitted; -inf where it is no number."""
    with np.errstate(all="ignore"):
        left = float(np.mean((y - predicted) ** 2) / np.mean((y - mean) ** 2))
    return 1.0 - left if np.isfinite(left) else -np.inf


def run(trial: PlainTrial) -> Record:
    """Fit and judge in this process."""
    from symlaw import SymbolicRegressor

    (table,) = [one for one in load() if one.name == trial.name]
    fitted, new = split_of(len(table.y), trial.split)
    X, y = table.X[fitted], table.y[fitted]
    model = SymbolicRegressor(time_budget=trial.seconds, n_jobs=trial.threads, random_state=trial.split)
    begin = time.perf_counter()
    model.fit(pd.DataFrame(X, columns=list(table.inputs)), y)
    used = time.perf_counter() - begin
    predicted = np.asarray(model.predict(pd.DataFrame(table.X[new], columns=list(table.inputs))))
    row = model.front_.iloc[model.recommended_]
    return {
        **asdict(trial), "n_rows": len(y), "n_columns": X.shape[1], "seconds_used": round(used, 2),
        "r2": r2_of(table.y[new], predicted, float(y.mean())), **peers(table, trial.split),
        "complexity": float(row["complexity"]), "loss": float(row["loss"]),
        "formula": row["expression"].text(digits=6), "reason": model.reason_, "finding": model.verdict_,
        "error": "", **facts(),
    }  # fmt: skip


def peers(table: PlainTable, split: int) -> dict[str, float]:
    """R2 on new rows of a linear fit of all columns, and of a forest."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import LinearRegression

    fitted, new = split_of(len(table.y), split)
    X, y = table.X[fitted], table.y[fitted]
    models = {
        "linear": LinearRegression(),
        "forest": RandomForestRegressor(TREES, random_state=split),
    }
    return {
        name: r2_of(table.y[new], model.fit(X, y).predict(table.X[new]), float(y.mean()))
        for name, model in models.items()
    }


def run_in_child(trial: PlainTrial) -> Record:
    """Fit and judge in a fresh process; a crash or a hang becomes a record with ``error``."""
    return from_child(
        ["-m", "benchmarks.without_law", "--trial"],
        trial,
        lambda error: {**asdict(trial), "error": error, **facts()},
    )


def trials(options: argparse.Namespace) -> list[PlainTrial]:
    """The fits asked for, split by split."""
    names = [one.name for one in load() if not options.tables or one.name in options.tables]
    return [
        PlainTrial(name, split, options.seconds, options.threads)
        for split in range(options.splits)
        for name in names[: options.limit]
    ]


def run_all(
    asked: Sequence[PlainTrial],
    results: Path,
    trial: Callable[[PlainTrial], Record] = run_in_child,
    show: Callable[[str], Any] = print,
) -> list[Record]:
    """Run what the result file lacks or holds as an error, and append each record; the records asked for."""
    return run_missing(asked, results, trial, key=key, line=line, show=show)


def line(record: Record) -> str:
    """A record in a line, for the one who waits."""
    name = f"{record['name']} ({record['split']})"
    if record["error"]:
        return f"{name}: {record['error']}"
    return (
        f"{name}: R2 {record['r2']:.3f}, linear {record['linear']:.3f}, forest {record['forest']:.3f},"
        f" complexity {record['complexity']:g}: {record['formula'][:110]}"
    )


def summary(records: Iterable[Record]) -> str:
    """The figures of the bar, and a line for each table."""
    records = list(records)
    fits = [one for one in records if not one["error"]]
    if not fits:
        return f"no fits, {len(records)} errors"
    tables: dict[str, list[Record]] = {}
    for one in fits:
        tables.setdefault(one["name"], []).append(one)
    figures = {name: {word: median(r[word] for r in own) for word in WORDS} for name, own in tables.items()}
    every = {word: median(one[word] for one in figures.values()) for word in WORDS}
    size = median(one["complexity"] for one in fits)
    behind = [name for name, one in figures.items() if one["r2"] < one["linear"] - BEHIND]
    broken = [f"{r['name']} ({r['split']})" for r in fits if r["linear"] > 0 and r["r2"] < BROKEN]
    rows = [
        f"  {name:26} {one['r2']:7.3f} {one['linear']:7.3f} {one['forest']:7.3f}"
        for name, one in figures.items()
    ]
    return "\n".join([
        f"{len(fits)} fits of {len(tables)} tables, {len(records) - len(fits)} errors",
        f"  {'median R2 on new rows':26} {'symlaw':>7} {'linear':>7} {'forest':>7}",
        *rows,
        f"median over tables: {every['r2']:.3f}, linear {every['linear']:.3f}"
        f" (bar: at least), forest {every['forest']:.3f} (bar: at least less {FOREST_AHEAD:g})",
        f"more than {BEHIND:g} behind the linear fit: {len(behind)} (bar: 0) {', '.join(behind)}",
        f"below {BROKEN:g} where the linear fit is above 0: {len(broken)} (bar: 0) {', '.join(broken)}",
        f"median complexity: {size:g} (bar: at most {SHORT})",
    ])  # fmt: skip


WORDS = ("r2", "linear", "forest")


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.without_law", description=__doc__)
    add = parser.add_argument
    add("--seconds", type=float, default=20.0, help="time of each fit")
    add("--splits", type=int, default=SPLITS, help="splits of each table")
    add("--threads", type=int, default=2, help="threads of each fit")
    add("--tables", nargs="+", metavar="TABLE", help="only these tables")
    add("--limit", type=int, help="only the first so many tables")
    add("--results", type=Path, default=RESULTS, help="result file (JSON lines)")
    add("--summary", type=Path, nargs="+", metavar="FILE", help="only print the figures of these files")
    add("--trial", help=argparse.SUPPRESS)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is missing, and print the figures; returns the exit status."""
    options = arguments().parse_args(argv)
    if options.trial:
        print(json.dumps(run(PlainTrial(**json.loads(options.trial)))))
        return 0
    if options.summary:
        found = {key(one): one for path in options.summary for one in written(path)}
        records = list(found.values())
    else:
        print(describe(facts()), flush=True)
        records = run_all(trials(options), options.results, show=lambda text: print(text, flush=True))
    print(summary(records))
    return 0


if __name__ == "__main__":
    sys.exit(main())
