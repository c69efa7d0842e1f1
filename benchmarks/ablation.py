"""What each searcher is worth: every one alone, and all but every one.

    python -m benchmarks.ablation [--seconds 10] [--seeds 2] [--threads 2] [--engines NAMES] [--out FILE]

Problems are every fourth of the Feynman problems from the second on, which are for development, and every
third of the suites in `OTHERS` together, also from the second on. Results are
appended to ``--out``; a second run does only what is missing. In the table, *s to law* is the mean over
trials with the law on the front, and *s, or all* the mean over all trials, the unsolved ones counted with the
whole time: only the latter compares engines that solve different problems.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from benchmarks.machine import describe, facts
from benchmarks.problems import load
from benchmarks.recovery import RESULTS, run_all
from benchmarks.summary import Record, figure, success
from benchmarks.trial import Trial
from symlaw.search.searchers import SCHEDULE

if TYPE_CHECKING:
    from collections.abc import Sequence

FEYNMAN = "feynman-dev"
OTHERS = ("nguyen", "livermore", "keijzer", "jin", "korns", "vladislavleva", "constant", "r")


def default_problems() -> list[tuple[str, str]]:
    """Suite and name: every fourth Feynman problem, every third of the others, from the second on."""
    others = [problem for suite in OTHERS for problem in load(suite)]
    return [
        *((FEYNMAN, problem.name) for problem in load("feynman")[1::4]),
        *((problem.suite, problem.name) for problem in others[1::3]),
    ]


def engines(searchers: Sequence[str] = SCHEDULE) -> list[str]:
    """The whole schedule, each searcher alone, and each left out.

    Examples
    --------
    >>> engines(["bank", "evolution", "sparse"])[:3]
    ['symlaw', 'symlaw:bank', 'symlaw:evolution']
    """
    left_out = [f"symlaw:-{name}" for name in searchers] if len(searchers) > 1 else []
    return ["symlaw", *(f"symlaw:{name}" for name in searchers), *left_out]


def trials(options: argparse.Namespace) -> list[Trial]:
    """What is asked, by seed and problem, so that a run cut short compares engines on the same problems."""
    asked = options.problems.split(",") if options.problems else None
    takers = options.engines.split(",") if options.engines else engines()
    return [
        Trial(engine, suite, problem, options.noise, seed, options.seconds, options.threads)
        for seed in range(options.seeds)
        for suite, problem in default_problems()
        if asked is None or problem in asked
        for engine in takers
    ]


def table(records: Sequence[Record]) -> str:
    """One line for each engine, in the order of `engines`."""
    order = {name: place for place, name in enumerate(engines())}
    found = sorted({r["engine"] for r in records}, key=lambda name: (order.get(name, len(order)), name))
    head = f"{'engine':24} {'trials':>6} {'on front':>8} {'picked':>6} {'s to law':>8} {'s, or all':>9}"
    lines = [_line(name, [r for r in records if r["engine"] == name]) for name in found]
    return "\n".join([head, "-" * len(head), *lines])


def _line(engine: str, records: Sequence[Record]) -> str:
    times = [_seconds_to_law(record) for record in records]
    known = [seconds for seconds in times if seconds is not None]
    charged = [r["seconds"] if s is None else s for r, s in zip(records, times, strict=True)]
    front, picked = (sum(success(r, which) for r in records) for which in ("on_front", "picked"))
    mean = figure(fmean(known) if known else None, ".2f")
    return f"{engine:24} {len(records):6d} {front:8d} {picked:6d} {mean:>8} {fmean(charged):9.2f}"


def _seconds_to_law(record: Record) -> float | None:
    return record.get("seconds_to_law") if success(record, "on_front") else None


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ablation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--seconds", type=float, default=10.0, help="time of each fit")
    add("--seeds", type=int, default=2, help="fits of each problem, with seeds 0, 1, ...")
    add("--threads", type=int, default=2, help="threads of each fit")
    add("--noise", type=float, default=0.0, help="noise as a share of the target's RMS")
    add("--problems", help="names of some of the problems, separated by commas")
    add("--engines", help="names of some of the engines, such as symlaw,symlaw:-bank; all by default")
    add("--out", type=Path, default=RESULTS / "ablation.jsonl", help="result file (JSON lines)")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is missing and print the table; returns the exit status."""
    options = arguments().parse_args(argv)
    print(describe(facts()))
    records = run_all(trials(options), options.out)
    print(table(records))
    return 0


if __name__ == "__main__":
    sys.exit(main())
