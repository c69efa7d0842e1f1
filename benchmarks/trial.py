"""One problem, one engine, one fit: draws the rows, fits, judges, and returns a record.

Run as a module it reads a trial as JSON from its argument and prints the record as the last line; that is
how `recovery` runs each trial in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.engines import OPERATORS, EngineResult, engine
from benchmarks.judge import LAW, VANISHING, Judge
from benchmarks.machine import facts
from benchmarks.problems import Problem, load, random_problems

OVERRUN = 1.0
# for imports, compiling and judging
GRACE = 240.0
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Trial:
    """What is asked: the settings that name a fit."""

    engine: str
    suite: str
    problem: str
    noise: float
    seed: int
    seconds: float
    threads: int


def problems_of(suite: str, limit: int | None = None) -> list[Problem]:
    """Problems of a suite; ``generator`` and ``generator-<seed>`` give random ones (100 unless limited)."""
    if suite.split("-")[0] == "generator":
        return random_problems(int(suite.partition("-")[2] or 0), limit or 100)
    return load(suite)[:limit]


def find_problem(trial: Trial) -> Problem:
    """The problem of a trial, by name."""
    index = int(trial.problem.rsplit("-", 1)[1]) + 1 if trial.suite.startswith("generator") else None
    return next(p for p in problems_of(trial.suite, index) if p.name == trial.problem)


def run(trial: Trial) -> dict[str, Any]:
    """Fit and judge in this process."""
    problem = find_problem(trial)
    searcher = engine(trial.engine)
    sample = problem.draw(seed=trial.seed, noise=trial.noise)
    found = searcher.fit(sample.X, sample.y, problem.names, trial.seconds, trial.threads, trial.seed)
    return {
        **asdict(trial),
        "index": problem.index,
        "seconds_used": round(found.seconds, 3),
        "overrun": found.seconds > trial.seconds + OVERRUN,
        **_judged(problem, found),
        **_circumstances(trial),
    }


def _circumstances(trial: Trial) -> dict[str, Any]:
    found = facts()
    return {
        "engine_version": found["versions"].get(trial.engine.partition(":")[0], ""),
        "operators": " ".join(OPERATORS),
        **found,
    }


def _judged(problem: Problem, found: EngineResult) -> dict[str, Any]:
    judge = Judge.of(problem)
    reasons = [judge.verdict(row.formula).reason for row in found.front]
    laws = [i for i, reason in enumerate(reasons) if reason == LAW]
    picked = found.front[found.picked]
    return {
        "on_front": bool(laws),
        "picked": found.picked in laws,
        "law_rows": laws,
        "vanishing_rows": [i for i, reason in enumerate(reasons) if reason == VANISHING],
        "picked_row": int(found.picked),
        "front_size": len(found.front),
        "picked_formula": str(picked.formula),
        "picked_loss": float(picked.loss),
        "law_formula": str(found.front[laws[0]].formula) if laws else "",
        "evaluations": found.evaluations,
        "error": "",
    }


def run_in_child(trial: Trial) -> dict[str, Any]:
    """Fit and judge in a fresh process; a crash or a hang becomes a record with ``error``."""
    command = [sys.executable, "-m", "benchmarks.trial", json.dumps(asdict(trial))]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=trial.seconds + GRACE, check=True
        )
        record: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return record
    except subprocess.TimeoutExpired:
        error = f"no answer {GRACE:g} s after its time"
    except subprocess.CalledProcessError as failure:
        error = (failure.stderr.strip().splitlines() or [f"exit status {failure.returncode}"])[-1]
    except (ValueError, IndexError):
        error = "no record on standard output"
    return {
        **asdict(trial),
        "overrun": False,
        "on_front": False,
        "picked": False,
        "error": error,
        **_circumstances(trial),
    }


if __name__ == "__main__":
    print(json.dumps(run(Trial(**json.loads(sys.argv[1])))))
