"""One fit of one published data set: fits with default settings, judges, and returns a record.

Run as a module it reads a trial as JSON from its argument and prints the record as the last line; that is how
`benchmarks.real` runs each fit in a process of its own.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from benchmarks.machine import facts
from benchmarks.real_judge import Row, is_accepted, nonsense, plain, verdict
from benchmarks.real_sets import RealSet, load
from benchmarks.resuming import from_child
from symlaw import SymbolicRegressor

if TYPE_CHECKING:
    from symlaw.trust.selection.finding import Finding

Record = dict[str, Any]


@dataclass(frozen=True)
class RealTrial:
    """What is asked: the settings that name a fit.

    Attributes
    ----------
    name
        Of the set.
    seed
        Starts the search.
    seconds, threads
        What it may use.
    """

    name: str
    seed: int
    seconds: float
    threads: int


def key(record: Record) -> tuple[Any, ...]:
    """What tells one trial from another."""
    return tuple(record[name] for name in ("name", "seed", "seconds", "threads"))


def run(trial: RealTrial) -> Record:
    """Fit and judge in this process."""
    (real,) = load([trial.name])
    model = SymbolicRegressor(time_budget=trial.seconds, n_jobs=trial.threads, random_state=trial.seed)
    begin = time.perf_counter()
    model.fit(pd.DataFrame(real.X, columns=list(real.inputs)), real.y)
    used = time.perf_counter() - begin
    return {
        **asdict(trial),
        "n_rows": len(real.y),
        "measurement_error": real.measurement_error,
        "seconds_used": round(used, 3),
        **judged(model, real),
        "error": "",
        **facts(),
    }


def judged(model: SymbolicRegressor, real: RealSet) -> Record:
    """What a fitted estimator recommends for a set, and what is said of it."""
    rows = [Row(row.expression, row.complexity, row.loss) for row in model.front_.itertuples()]
    place, reason = cast("int", model.recommended_), cast("str", model.reason_)
    finding = cast("Finding | None", model.finding_)
    return {
        "formula": rows[place].formula.text(digits=6),
        "complexity": rows[place].complexity,
        "loss": plain(rows[place].loss),
        **verdict(rows[place].formula, real).to_record(),
        "accepted_on_front": any(is_accepted(row.formula, real) for row in rows),
        "nonsense": nonsense(rows, place, reason, real),
        "reason": reason,
        "finding": model.verdict_,
        "rivals": [
            {"formula": one.expression.text(digits=6), "probability": round(one.probability, 4)}
            for one in (finding.rivals if finding else ())
        ],
        "front": [[row.formula.text(digits=6), plain(row.complexity), plain(row.loss)] for row in rows],
    }


def run_in_child(trial: RealTrial) -> Record:
    """Fit and judge in a fresh process; a crash or a hang becomes a record with ``error``."""
    return from_child(
        ["-m", "benchmarks.real_trial"], trial, lambda error: {**asdict(trial), "error": error, **facts()}
    )


if __name__ == "__main__":
    print(json.dumps(run(RealTrial(**json.loads(sys.argv[1])))))
