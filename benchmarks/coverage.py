"""How often 95% intervals hold the truth after a search, when the formula was chosen to fit.

    python -m benchmarks.coverage [--problems 30] [--seconds 10] [--noise 0.01] [--rows 200] [--out FILE]

Random laws (seed 2026, none left out), one search each. The recommended formula's intervals, all at 95%, are
held against fresh rows of the same ranges: of the formula's value against the law without noise, of new
targets (delta and conformal) against targets with noise. Results are appended; a second run does what is
missing.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

import numpy as np

import symlaw
from benchmarks.engines import OPERATORS
from benchmarks.machine import describe, facts
from benchmarks.problems import random_problems
from benchmarks.recovery import RESULTS
from benchmarks.summary import append, written
from symlaw.errors import SymlawError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.problems import Problem

SEED, LEVEL, FRESH = 2026, 0.95, 500
KINDS = ("value", "delta", "conformal")
# two ways to compute the same value differ by less, relatively
ROUNDING = 1e-12


def measure(problem: Problem, options: argparse.Namespace) -> dict[str, Any]:
    """One search and the share of fresh rows that each kind of interval holds."""
    sample = problem.draw(options.rows, seed=0, noise=options.noise)
    fresh = problem.draw(FRESH, seed=1, noise=0.0)
    spread = options.noise * float(np.sqrt(np.mean(sample.y_clean**2)))
    targets = fresh.y_clean + spread * np.random.default_rng(2).normal(size=FRESH)
    model = symlaw.SymbolicRegressor(operators=OPERATORS, time_budget=options.seconds, random_state=0).fit(
        sample.X, sample.y
    )
    record = {"problem": problem.name, "seconds": options.seconds, "noise": options.noise,
              "rows": options.rows, "formula": model.expression_.text(digits=8), **facts()}  # fmt: skip
    try:
        sure = symlaw.uncertainty(model.expression_, sample.X, sample.y, level=LEVEL)
        told = {
            "value": (sure.predict(fresh.X, of_mean=True), fresh.y_clean),
            "delta": (sure.predict(fresh.X), targets),
            "conformal": (sure.predict(fresh.X, kind="conformal"), targets),
        }
    except SymlawError as error:
        return {**record, "error": str(error)}
    return {**record, **{kind: share_held(*pair) for kind, pair in told.items()}, "error": ""}


def share_held(predicted: Any, truth: NDArray[np.float64]) -> float:
    """Share of rows whose interval holds the truth, exact formulas up to rounding."""
    slack = ROUNDING * np.abs(truth)
    return float(np.mean((predicted.low <= truth + slack) & (truth - slack <= predicted.high)))


def table(records: Sequence[dict[str, Any]]) -> str:
    """Mean and median share that is held, by kind."""
    sound = [record for record in records if not record["error"]]
    lines = [f"{'interval':12}{'mean':>8}{'median':>8}   of {len(sound)} searches, {len(records)} asked"]
    for kind in KINDS:
        shares = [record[kind] for record in sound]
        lines.append(f"{kind:12}{fmean(shares):>8.3f}{median(shares):>8.3f}")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Run from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.coverage", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--problems", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--noise", type=float, default=0.01)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--out", type=Path, default=RESULTS / "coverage.jsonl")
    options = parser.parse_args(argv)
    print(describe(facts()))
    asked = {"seconds": options.seconds, "noise": options.noise, "rows": options.rows}
    known = [r for r in written(options.out) if all(r[name] == value for name, value in asked.items())]
    for problem in random_problems(SEED, options.problems):
        if any(record["problem"] == problem.name for record in known):
            continue
        known.append(measure(problem, options))
        append(options.out, known[-1])
        print(json.dumps({k: v for k, v in known[-1].items() if k in ("problem", "formula", *KINDS)}))
    print(table(known))
    return 0


if __name__ == "__main__":
    sys.exit(main())
