"""What statements about values are worth, and whether false ones are noticed.

``python -m benchmarks.knowledge``: random laws, none left out. (a) Scarce data: rows with noise, without,
with what is true of the law's values, then also that every column plays a part, then also which functions may
occur, then also that each of these does. (b) A false statement beside true ones, with rows enough: is it
named, and are true ones?
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.machine import describe, facts
from benchmarks.recovery import run_all
from benchmarks.summary import TOLD, Record, success
from benchmarks.trial import Trial, problems_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RESULTS = Path("benchmarks/results/symlaw-knowledge.jsonl")
SUITE, PROBLEMS = "generator-2026", 40
NOISE, SCARCE, ENOUGH = 0.05, 20, 200
# What is told of scarce data.
SCARCE_TOLD = ("", "true", "columns", "functions", "required")


def trials(options: argparse.Namespace) -> list[Trial]:
    """The trials asked for: problem by problem, without, with what is true, and with something false."""
    kinds = {"a": [(told, SCARCE) for told in SCARCE_TOLD], "b": [("false", ENOUGH)]}
    asked = [kind for part in options.parts for kind in kinds[part]]
    return [
        Trial("symlaw", options.suite, problem.name, NOISE, seed, options.seconds, options.threads,
              rows=rows, told=told)
        for problem in problems_of(options.suite, options.limit)
        for seed in range(options.seeds)
        for told, rows in asked
    ]  # fmt: skip


def summary(records: Iterable[Record]) -> str:
    """The figures, in lines."""
    records = [record for record in records if not record["error"]]
    lines = []
    for told in SCARCE_TOLD:
        group = [record for record in records if record["told"] == told]
        if group:
            picked, on_front = (sum(success(r, w) for r in group) for w in ("picked", "on_front"))
            name = TOLD.get(told, "without")
            lines.append(f"{SCARCE} rows, {name}: picked {picked}, on the front {on_front} of {len(group)}")
    group = [record for record in records if record["told"] == "false" and record["false_statement"]]
    if group:
        named = sum(record["false_statement"] in record["named"] for record in group)
        alarms = sum(len(set(r["named"]) - {r["false_statement"]}) for r in group)
        true = sum(len(r["statements"]) - 1 for r in group)
        lines.append(
            f"{ENOUGH} rows, something false: named in {named} of {len(group)};"
            f" of {true} true ones {alarms} named"
        )
    return "\n".join(lines)


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.knowledge", description=__doc__)
    add = parser.add_argument
    add("--suite", default=SUITE, help="suite of problems")
    add(
        "--parts",
        nargs="+",
        choices=["a", "b"],
        default=["a", "b"],
        help="(a) scarce data, (b) false statements",
    )
    add("--seconds", type=float, default=30.0, help="time of each fit")
    add("--seeds", type=int, default=1, help="fits of each problem, with seeds 0, 1, ...")
    add("--threads", type=int, default=2, help="threads of each fit")
    add("--processes", type=int, default=1, help="fits at a time")
    add("--limit", type=int, default=PROBLEMS, help="only the first so many problems")
    add("--out", type=Path, default=RESULTS, help="result file (JSON lines)")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is missing, and print the figures; returns the exit status."""
    options = arguments().parse_args(argv)
    print(describe(facts()))
    print(summary(run_all(trials(options), options.out, options.processes)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
