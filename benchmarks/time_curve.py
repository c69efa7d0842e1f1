"""Laws found against time, for each searcher and for all: ``python -m benchmarks.time_curve --help``.

Each problem is searched once, for the longest time; when its law came to the front says the rest of the
curve. Results are appended to a file of JSON lines one by one, and a later run goes on from there.
"""

from __future__ import annotations

import argparse
import sys
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.machine import describe, facts
from benchmarks.resuming import run_missing
from benchmarks.summary import Record, key, line
from benchmarks.trial import Trial, problems_of, run_in_child

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RESULTS = Path("benchmarks/results/time-curve.jsonl")
# Times of a curve as shares of the longest, and what is counted: seconds, or node values computed.
SHARES = (1 / 60, 1 / 20, 1 / 10, 1 / 4, 1 / 2, 1.0)
COUNTED = {"seconds": "seconds_to_law", "work": "work_to_law"}


def trials(options: argparse.Namespace) -> list[Trial]:
    """Fits that the command line asks for: of all engines with a problem, then with the next one.

    So that engines can be compared whenever the run ends.
    """
    return [
        Trial(engine, options.suite, problem.name, options.noise, seed, options.seconds, options.threads)
        for seed in range(options.seeds)
        for problem in problems_of(options.suite, options.limit)[options.first :]
        for engine in options.engines.split(",")
    ]


def curve(records: Sequence[Record], counted: str, times: Sequence[float]) -> list[int]:
    """How many laws had come to the front by each time."""
    found = [record.get(COUNTED[counted]) for record in records]
    when = [inf if one is None else float(one) for one in found]
    return [sum(one <= time for one in when) for time in times]


def table(records: Sequence[Record], counted: str) -> str:
    """A line for each engine: laws by each time, and how many were searched for."""
    engines = list(dict.fromkeys(record["engine"] for record in records))
    if counted == "seconds":
        longest = max((float(record["seconds"]) for record in records), default=0.0)
    else:
        longest = max((float(record.get(COUNTED[counted]) or 0.0) for record in records), default=0.0)
    times = [share * longest for share in SHARES]
    lines = [f"laws by {counted:16}" + "".join(f"{time:9.3g}" for time in times) + "       of"]
    for engine in engines:
        own = [record for record in records if record["engine"] == engine]
        counts = "".join(f"{count:9}" for count in curve(own, counted, times))
        lines.append(f"{engine:24}{counts}{len(own):9}")
    return "\n".join(lines)


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.time_curve", description=__doc__)
    add = parser.add_argument
    add("--suite", default="mechanisms-5-long", help="as in benchmarks.recovery; one to develop with")
    add("--engines", default="symlaw,symlaw:terms,symlaw:evolution,symlaw:bank", help="parted by commas")
    add("--limit", type=int, default=10, help="only the first so many problems")
    add("--first", type=int, default=0, help="problems left out before these")
    add("--noise", type=float, default=0.0)
    add("--seeds", type=int, default=1)
    add("--seconds", type=float, default=600.0, help="of each fit: the longest time of the curve")
    add("--threads", type=int, default=1)
    add("--out", type=Path, default=RESULTS)
    return parser


def main(argv: Sequence[str] | None = None, trial: Callable[[Trial], Record] = run_in_child) -> int:
    """Run what is missing and print the curves; returns the exit status."""
    options = arguments().parse_args(argv)
    print(describe(facts()))
    records = run_missing(trials(options), options.out, trial, key=key, line=line)
    print("\n\n".join(table(records, counted) for counted in COUNTED))
    return 0


if __name__ == "__main__":
    sys.exit(main())
