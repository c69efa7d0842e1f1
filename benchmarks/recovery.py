"""How many laws an engine finds again: ``python -m benchmarks.recovery --help``."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.engines import ENGINES, OPERATORS
from benchmarks.machine import describe, facts
from benchmarks.problems import can_freeze
from benchmarks.summary import Record, append, differences, key, line, newest, read, table, unsolved
from benchmarks.trial import Trial, is_generated, problems_of, run_in_child

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.problems import Problem

RESULTS = Path("benchmarks/results")


def trials(options: argparse.Namespace) -> list[Trial]:
    """The trials that the command line asks for, by noise, seed and problem."""
    return [
        Trial(
            options.engine,
            options.suite,
            problem.name,
            noise,
            seed,
            options.seconds,
            options.threads,
            options.freeze,
            options.distractors,
            options.units,
        )
        for noise in options.noise
        for seed in range(options.seeds)
        for problem in _selected(options)
    ]


def _selected(options: argparse.Namespace) -> list[Problem]:
    wanted = options.problems.split(",") if options.problems else None
    generated = is_generated(options.suite)
    problems = [
        problem
        for problem in problems_of(options.suite, options.limit if generated else None)
        if (wanted is None or problem.name in wanted)
        and (options.max_variables is None or len(problem.inputs) <= options.max_variables)
        and (not options.freeze or can_freeze(problem))
    ]
    return problems[: options.limit]


def run_all(
    asked: Iterable[Trial],
    out: Path,
    processes: int = 1,
    trial: Callable[[Trial], Record] = run_in_child,
    show: Callable[[str], Any] = print,
) -> list[Record]:
    """Run what ``out`` does not hold or holds as an error; each record is appended at once.

    Returns
    -------
    list of dict
        Records of all trials asked for, old and new.
    """
    asked = list(asked)
    keys = {key(asdict(t)) for t in asked}
    records = [r for r in read(out) if key(r) in keys and not r["error"]]
    known = {key(r) for r in records}
    missing = [t for t in asked if key(asdict(t)) not in known]
    show(f"{len(asked)} trials, {len(asked) - len(missing)} of them in {out} already")
    out.parent.mkdir(parents=True, exist_ok=True)
    pool = ThreadPoolExecutor(processes)
    try:
        for done in as_completed([pool.submit(trial, t) for t in missing]):
            record = done.result()
            append(out, record)
            records.append(record)
            show(line(record))
    finally:
        # after Ctrl-C no further trial starts
        pool.shutdown(cancel_futures=True)
    return records


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recovery", description=__doc__)
    add = parser.add_argument
    add(
        "--suite",
        default="feynman-dev",
        help="feynman, feynman-dev, feynman-claims, nguyen, ..., generator-1",
    )
    add(
        "--engine",
        default="symlaw",
        help=f"{', '.join(ENGINES)}, symlaw:SEARCHER+SEARCHER... or symlaw:-SEARCHER for all but one",
    )
    add("--seconds", type=float, default=30.0, help="time of each fit")
    add("--noise", type=float, nargs="+", default=[0.0], help="noise as shares of the target's RMS")
    add("--freeze", action="store_true", help="freeze one input, so that its number must be fitted")
    add("--distractors", type=int, default=0, help="columns added that the law does not use")
    add("--units", action="store_true", help="tell the engine the units of inputs and output")
    add("--seeds", type=int, default=1, help="fits of each problem, with seeds 0, 1, ...")
    add("--threads", type=int, default=2, help="threads of each fit")
    add("--processes", type=int, default=1, help="fits at a time")
    add("--max-variables", type=int, help="leave out problems of more inputs")
    add("--problems", help="only these names, separated by commas")
    add("--limit", type=int, help="only the first so many problems")
    add("--out", type=Path, help="result file (JSON lines); benchmarks/results/ENGINE-SUITE.jsonl by default")
    add("--summary", type=Path, nargs="+", metavar="FILE", help="only print the tables of these files")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run or summarise; returns the exit status."""
    options = arguments().parse_args(argv)
    if options.summary:
        records = newest(options.summary)
    else:
        out = options.out or RESULTS / f"{options.engine}-{options.suite}.jsonl"
        print(f"{describe(facts())}\noperators: {' '.join(OPERATORS)}")
        records = run_all(trials(options), out, options.processes)
    parts = ("", table(records), unsolved(records), differences(records))
    print("\n".join(part for part in parts if part or not records))
    return 0


if __name__ == "__main__":
    sys.exit(main())
