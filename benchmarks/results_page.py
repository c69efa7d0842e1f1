"""Writes the recovery part of the benchmark page from result files, so that its numbers are output.

    python -m benchmarks.results_page benchmarks/results/symlaw-*.jsonl [--page docs/benchmarks.md] [--check]

What stands between the two marker comments of the page is replaced. Of a trial that several files hold the
newest record counts. ``--check`` writes nothing and fails
where the page differs from what the files say.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

from benchmarks.summary import (
    Record,
    counts,
    figure,
    grouped,
    newest,
    setting_name,
    unsolved_names,
    variant_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PAGE = Path("docs/benchmarks.md")
BEGIN = "<!-- recovery: written by benchmarks/results_page.py, do not edit -->"
END = "<!-- end of recovery -->"
WIDTH = 115
COLUMNS = (
    "suite",
    "variant",
    "noise",
    "time",
    "threads",
    "engine",
    "fits",
    "seeds",
    "law on the front",
    "law recommended",
    "median s to the law",
    "mean edit distance",
    "overruns",
    "errors",
)
# the packages whose versions a result depends on, besides the engine's own
PACKAGES = ("python", "numpy", "numba", "sympy")


def recovery_part(records: Sequence[Record]) -> str:
    """Tables and circumstances of recovery runs in Markdown."""
    groups = grouped(records)
    lines = [_circumstances(records), "", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    lines += [_row(setting, group) for setting, group in groups.items()]
    missing = [
        _wrapped(f"- {setting_name(setting)}: {', '.join(names)}", "  ")
        for setting, group in groups.items()
        if (names := unsolved_names(group))
    ]
    return "\n".join([*lines, "", *(["Not found:", "", *missing] if missing else ["All were found."])])


def _row(setting: tuple[Any, ...], group: Sequence[Record]) -> str:
    suite, *variant, noise, seconds, threads, engine = setting
    found = counts(group)
    cells = (
        f"`{suite}`",
        variant_name(*variant),
        f"{noise:g}",
        f"{seconds:g} s",
        threads,
        engine,
        found["fits"],
        len({record["seed"] for record in group}),
        found["on_front"],
        found["picked"],
        figure(found["to_law"], ".1f"),
        figure(found["distance"], ".2f"),
        found["overruns"],
        found["errors"],
    )
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _circumstances(records: Sequence[Record]) -> str:
    """When, at which commits and on which machines the records were made."""
    dates = sorted(record["date"][:10] for record in records if record.get("date"))
    when = " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else "an unknown day"
    commits = _listed(record.get("commit", "unknown") for record in records)
    machines = _listed(_machine(record) for record in records)
    versions = _listed(_versions(record) for record in records)
    operators = _listed(f"`{record['operators']}`" for record in records if record.get("operators"))
    return _wrapped(
        f"Measured on {when} at commit {commits} (`+`: with changes) on {machines}; {versions}."
        f" Operators: {operators}."
    )


def _wrapped(text: str, indent: str = "") -> str:
    return fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _listed(texts: Iterable[str]) -> str:
    return " and ".join(sorted(set(texts)))


def _machine(record: Record) -> str:
    machine = record.get("machine")
    if not machine:
        return "an unknown machine"
    return f"{machine['processor']}, {machine['cores']} cores, {machine['system']}"


def _versions(record: Record) -> str:
    versions = record.get("versions", {})
    return ", ".join(f"{name} {versions[name]}" for name in PACKAGES if name in versions)


def with_part(page: str, part: str) -> str:
    """The page with this text between its markers.

    Raises
    ------
    ValueError
        When the page lacks a marker, or has one twice.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"the page needs the lines {BEGIN!r} and {END!r}, once each and in this order")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{part}\n\n{END}{after}"


def main(argv: Sequence[str] | None = None) -> int:
    """Write or check the page; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.results_page",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+", help="result files of benchmarks.recovery")
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the page is old")
    options = parser.parse_args(argv)
    records = newest(options.files)
    if not records:
        parser.error("the files hold no records")
    page = options.page.read_text(encoding="utf-8")
    try:
        changed = with_part(page, recovery_part(records))
    except ValueError as error:
        parser.error(f"{options.page}: {error}")
    if options.check:
        print("as the files say" if page == changed else f"{options.page} is not what the files say")
        return int(page != changed)
    options.page.write_text(changed, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
