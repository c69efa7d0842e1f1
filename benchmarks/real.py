"""How often the accepted law of a small published data set is recommended: ``python -m benchmarks.real``.

Each set is fitted with default settings in a process of its own. One record per fit is appended to the result
file; a second run does only what the file does not hold, or holds as an error.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.machine import describe, facts
from benchmarks.real_judge import ACCEPTED, AS_GOOD, MISSED
from benchmarks.real_sets import load
from benchmarks.real_trial import RealTrial, Record, key, run_in_child
from benchmarks.resuming import run_missing
from benchmarks.summary import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

RESULTS = Path("benchmarks/results/real.jsonl")
SMALL = 15


def trials(options: argparse.Namespace) -> list[RealTrial]:
    """The fits asked for, seed by seed."""
    sets = load(options.names)[: options.limit]
    return [
        RealTrial(one.name, seed, options.seconds, options.threads)
        for seed in range(options.seeds)
        for one in sets
    ]


def run_all(
    asked: Sequence[RealTrial],
    results: Path,
    trial: Callable[[RealTrial], Record] = run_in_child,
    show: Callable[[str], Any] = print,
) -> list[Record]:
    """Run what the result file does not hold or holds as an error, and append each record at once.

    Returns
    -------
    list of dict
        Records of all trials asked for, old and new.
    """
    return run_missing(asked, results, trial, key=key, line=line, show=show)


def line(record: Record) -> str:
    """A record in a line, for the one who waits."""
    if record["error"]:
        return f"{'error':<9} {record['name']} ({record['seed']}): {record['error']}"
    marks = "".join(f"\n          NONSENSE: {one}" for one in record["nonsense"])
    return (
        f"{record['verdict']:<9} {record['name']} ({record['seed']}), {record['seconds_used']:.1f} s,"
        f" {record['finding'] or 'no finding'}: {record['formula']}{marks}"
    )


def summary(records: Iterable[Record]) -> str:
    """Shares of fits by verdict, what was missed, and what was nonsense."""
    records = list(records)
    groups = {
        "all": records,
        f"under {SMALL} rows": [r for r in records if not r["error"] and r["n_rows"] < SMALL],
        "with measurement error": [r for r in records if not r["error"] and r["measurement_error"]],
    }
    lines = [_shares(name, group) for name, group in groups.items() if group]
    lines += _named("missed", [r for r in records if not r["error"] and r["verdict"] == MISSED])
    lines += _named("errors", [r for r in records if r["error"]])
    strange = [(r, one) for r in records for one in r.get("nonsense", ())]
    lines.append(f"nonsense: {len(strange)}")
    return "\n".join([*lines, *(f"  {r['name']} ({r['seed']}): {one}" for r, one in strange)])


def _shares(name: str, records: Sequence[Record]) -> str:
    counts = {word: sum(r.get("verdict") == word for r in records) for word in (ACCEPTED, AS_GOOD)}
    good, n = sum(counts.values()), len(records)
    sets = len({record["name"] for record in records})
    return (
        f"{name}: {n} fits of {sets} sets, accepted {counts[ACCEPTED]}, as good {counts[AS_GOOD]},"
        f" missed {n - good}: {100.0 * good / n:.1f}% recommended"
    )


def _named(word: str, records: Sequence[Record]) -> list[str]:
    """A line of names with the seeds in which something was the case, or none."""
    seeds: dict[str, list[str]] = {}
    for record in records:
        seeds.setdefault(record["name"], []).append(str(record["seed"]))
    named = ", ".join(f"{name} ({','.join(sorted(own))})" for name, own in sorted(seeds.items()))
    return [f"{word}: {named}"] if named else []


def newest(paths: Iterable[Path]) -> list[Record]:
    """Records of result files, the last one of each fit."""
    return list({key(record): record for path in paths for record in written(path)}.values())


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real", description=__doc__)
    add = parser.add_argument
    add("--seconds", type=float, default=20.0, help="time of each fit")
    add("--seeds", type=int, default=3, help="fits of each set, with seeds 0, 1, ...")
    add("--threads", type=int, default=2, help="threads of each fit")
    add("--names", nargs="+", metavar="SET", help="only these sets")
    add("--limit", type=int, help="only the first so many sets")
    add("--results", type=Path, default=RESULTS, help="result file (JSON lines)")
    add("--summary", type=Path, nargs="+", metavar="FILE", help="only print the figures of these files")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is missing, and print the figures; returns the exit status."""
    options = arguments().parse_args(argv)
    if options.summary:
        records = newest(options.summary)
    else:
        print(describe(facts()), flush=True)
        records = run_all(trials(options), options.results, show=lambda text: print(text, flush=True))
    print(summary(records))
    return 0


if __name__ == "__main__":
    sys.exit(main())
