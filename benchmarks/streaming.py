"""A table larger than memory: peak memory of a fit, the speed of a pass, and what the sample costs in loss.

``python -m benchmarks.streaming make FOLDER --rows 100000000`` writes Parquet files of 20 columns of doubles
(160 bytes a row) of a known law, a million rows each; a run that was cut off goes on. ``measure FOLDER``
times passes against DuckDB's sums in turn and fits the table in a process of its own. ``compare FOLDER`` fits
its first million rows in memory, and compares losses on all rows of formulas that are as complex.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.machine import describe, facts

ROWS_OF_A_FILE = 1_000_000
N_COLUMNS = 19
OPERATORS = ["+", "-", "*", "/", "sqrt", "exp"]
_TURNS = 7
# Fifteen nodes over four columns.
FORMULA = "2.5 * exp(-0.7 * x2) + 0.5 * x0 * sqrt(x1) - 0.1 * x3"


def make(folder: Path, n_rows: int) -> None:
    """Write the table; what is there is left."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, first in enumerate(range(0, n_rows, ROWS_OF_A_FILE)):
        path = folder / f"part{number:04d}.parquet"
        if path.exists():
            continue
        rng = np.random.default_rng([20, number])
        n = min(ROWS_OF_A_FILE, n_rows - first)
        X = rng.uniform(0.5, 3.0, (N_COLUMNS, n))
        y = 2.5 * np.exp(-0.7 * X[2]) + X[0] * np.sqrt(X[1]) + 0.05 * rng.normal(size=n)
        columns = {f"x{place}": column for place, column in enumerate(X)}
        # a file that is there is whole
        piece = path.with_suffix(".piece")
        pq.write_table(pa.table({**columns, "y": y}), piece, compression=None, row_group_size=2**18)
        piece.rename(path)


def fit(folder: Path, evaluations: int) -> None:
    """Fit the table and print what it took, as JSON."""
    from symlaw import SymbolicRegressor
    from symlaw.tasks.streaming.fitting import fit_stream

    began = time.monotonic()
    regressor = SymbolicRegressor(
        operators=OPERATORS, max_evaluations=evaluations, time_budget=None, random_state=0, n_jobs=1
    )
    model = fit_stream(folder, "y", regressor)
    row = model.front_.iloc[model.recommended_]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        json.dumps(
            {
                "rows": model.confirmation_.n_rows, "passes": model.confirmation_.n_passes,
                "seconds": time.monotonic() - began, "peak_GiB": peak, "loss": row["loss"],
                "equation": row["equation"],
            }
        )
    )  # fmt: skip


def passes(folder: Path) -> None:
    """Time a pass that scores one formula, and DuckDB's sum over the columns that it reads, in turn."""
    import duckdb

    from symlaw import parse
    from symlaw.data.streaming.encoding import Wanted
    from symlaw.data.streaming.stream import open_stream
    from symlaw.tasks.streaming.passes import confirm

    formula = parse(FORMULA)
    used = [*formula.variables, "y"]
    recipes = tuple({"name": name, "source": name, "kind": "number"} for name in formula.variables)
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    asked = ", ".join(f"sum({name})" for name in used)
    pairs = []
    for turn in range(1 + _TURNS):
        began = time.monotonic()
        confirm([formula], open_stream(folder), Wanted(recipes, "y"), passes=1)
        ours = time.monotonic() - began
        began = time.monotonic()
        connection.execute(f"SELECT {asked} FROM read_parquet('{folder}/*.parquet')").fetchall()
        theirs = time.monotonic() - began
        # the first turn loads kernels, and files into the system's memory
        if turn:
            pairs.append((ours, theirs))
            print(f"pass {ours:.2f} s, DuckDB's sums {theirs:.2f} s, ratio of speeds {theirs / ours:.2f}")
    ours, theirs = np.median(pairs, axis=0)
    print(f"medians {ours:.2f} s and {theirs:.2f} s, ratio of speeds {theirs / ours:.2f}")


def compare(folder: Path, evaluations: int) -> None:
    """Fit a sample of all rows, and a million rows in memory; losses of both on all rows by complexity."""
    from symlaw import SymbolicRegressor
    from symlaw.data.streaming.encoding import Wanted
    from symlaw.data.streaming.stream import open_stream
    from symlaw.tasks.streaming.fitting import fit_stream
    from symlaw.tasks.streaming.passes import confirm

    def regressor() -> SymbolicRegressor:
        return SymbolicRegressor(
            operators=OPERATORS, max_evaluations=evaluations, time_budget=None, random_state=0, n_jobs=1
        )

    streamed = fit_stream(folder, "y", regressor()).front_
    table = pq.read_table(min(folder.glob("*.parquet")))
    names = [name for name in table.column_names if name != "y"]
    X = pd.DataFrame({name: table[name].to_numpy() for name in names})
    in_memory = regressor().fit(X, table["y"].to_numpy()).front_
    recipes = tuple({"name": name, "source": name, "kind": "number"} for name in names)
    found = confirm(list(in_memory["expression"]), open_stream(folder), Wanted(recipes, "y"), passes=1)
    theirs = {
        row.complexity: one.loss for row, one in zip(in_memory.itertuples(), found.formulas, strict=True)
    }
    for row in streamed.itertuples():
        known = [loss for complexity, loss in theirs.items() if complexity <= row.complexity]
        if known:
            print(f"complexity {row.complexity:g}: loss {row.loss:.6g}, ratio {row.loss / min(known):.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["make", "measure", "fit", "compare"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--evaluations", type=int, default=100_000)
    given = parser.parse_args()
    if given.what == "make":
        make(given.folder, given.rows)
    elif given.what == "compare":
        compare(given.folder, given.evaluations)
    elif given.what == "fit":
        fit(given.folder, given.evaluations)
    else:
        print(describe(facts()))
        passes(given.folder)
        again = [sys.executable, "-m", "benchmarks.streaming", "fit", str(given.folder)]
        print(subprocess.run([*again, "--evaluations", str(given.evaluations)], check=True, text=True,
                             capture_output=True).stdout)  # fmt: skip


if __name__ == "__main__":
    main()
