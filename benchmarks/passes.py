"""A pass of the long measurements, piece by piece; it goes on where it was stopped.

    python -m benchmarks.passes --problems DIR --results DIR --list
    python -m benchmarks.passes --problems DIR --results DIR --parts rules programs --hours 2

``--problems`` is a folder with ``dynamics/odebench.json``, ``dynamics/chaotic70.json``, ``logic/tables`` and
``programs/*.json``, none of which is in this repository. Pieces run one after the other, as nothing else may
run beside a measurement. What a piece prints goes to ``NAME.log`` in the folder of results and its answers
to ``NAME.jsonl``. A piece that the hours end is asked to stop, and goes on the next time from its answers;
one that ended is not run again.
"""

from __future__ import annotations

import argparse
import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.machine import facts
from benchmarks.summary import append, written

# Seconds that a piece may take to stop after it was asked to.
_GRACE = 60.0
_NOISE = (0.0, 0.01, 0.02, 0.05)


class Piece(NamedTuple):
    """One command.

    Attributes
    ----------
    part, name
        What it measures.
    minutes
        Expected on two slow cores.
    words
        The module and its options; ``{problems}``, ``{out}`` and ``{scratch}`` stand for paths.
    """

    part: str
    name: str
    minutes: float
    words: str


def pieces() -> list[Piece]:
    """All of them, in the order in which they run."""
    return [
        Piece("few rows", "real", 70, "real --threads 2 --results {out}"),
        Piece("few rows", "laws", 62, "few_rows --parts laws --threads 1 --results {out}"),
        Piece("few rows", "null", 34, "few_rows --parts null --results {out}"),
        Piece("few rows", "without-law", 35, "without_law --results {out}"),
        Piece("few rows", "hostile", 35, "hostile --fits 10000 --results {out}"),
        *_terms(),
        *_dynamics(),
        Piece("scale", "workers", 5, "cluster speed"),
        Piece("scale", "workers-4", 5, "cluster speed --workers 4"),
        Piece("scale", "many-tables", 12, "many_tables --tables 2000 --folder {scratch}"),
        Piece("scale", "kills", 40, "kills {scratch}"),
        Piece("scale", "library", 30, "library {scratch}"),
        *_rules(),
        *_programs(),
    ]


def _terms() -> Iterator[Piece]:
    claims = "recovery --suite mechanisms-claims --out {out}"
    for noise in (0.0, 0.01, 0.05):
        yield Piece("terms", f"claims-{noise:g}", 82, f"{claims} --seconds 120 --noise {noise:g}")
        if noise < 0.05:
            peer = f"{claims} --engine pyoperon --seconds 60 --noise {noise:g}"
            yield Piece("terms", f"claims-pyoperon-{noise:g}", 42, peer)
    yield Piece("terms", "claims-long", 205, f"{claims} --seconds 600 --limit 20")
    quarter = "recovery --suite feynman-claims --seconds 30 --out {out}"
    yield Piece("terms", "feynman-quarter", 16, f"{quarter} --noise 0 0.001 0.01 0.1")
    yield Piece("terms", "feynman-60", 130, "recovery --suite feynman --seconds 60 --out {out}")
    for suite, minutes in (("korns", 13), ("vladislavleva", 9), ("keijzer", 16)):
        yield Piece("terms", suite, minutes, f"recovery --suite {suite} --seconds 60 --out {{out}}")
    yield Piece("terms", "proved", 5, "proved --symbols 7")
    yield Piece("terms", "tree-search", 8, "tree_search")


def _dynamics() -> Iterator[Piece]:
    systems = "dynamics --problems {problems}/dynamics/odebench.json --output {out}"
    for noise in _NOISE:
        for drop in (0.0, 0.5):
            words = f"{systems} --noise {noise:g} --drop {drop:g}"
            yield Piece("dynamics", f"odebench-{noise:g}-{drop:g}", 18, words)
    for noise in (0.0, 0.01):
        words = f"{systems} --noise {noise:g} --inner"
        yield Piece("dynamics", f"odebench-structure-{noise:g}", 10, words)
    chaotic = "dynamics_chaotic --problems {problems}/dynamics/chaotic70.json --output {out}"
    for noise in (0.0, 0.001, 0.01, 0.05):
        yield Piece("dynamics", f"chaotic-{noise:g}", 50, f"{chaotic} --noise {noise:g}")
    both = "--odebench {problems}/dynamics/odebench.json --chaotic {problems}/dynamics/chaotic70.json"
    for noise in (0.0, 0.01):
        words = f"dynamics_peer {both} --output {{out}} --noise {noise:g} --scan 20"
        yield Piece("dynamics", f"pysindy-{noise:g}", 80, words)
    for part in ("conserved", "coverage"):
        yield Piece("dynamics", part, 12, f"dynamics_trust --part {part} --output {{out}}")
    noisy = "dynamics_trust --part noisy --noise 0.3 --seeds 20 --output {out}"
    yield Piece("dynamics", "lorenz-in-noise", 25, noisy)


def _rules() -> Iterator[Piece]:
    tables = "--tables {problems}/logic/tables --out {out}"
    for group, minutes in (("exact", 8), ("tables", 30), ("costs", 20)):
        yield Piece("rules", group, minutes, f"rules {group} {tables}")
    for group, minutes in (("planted", 25), ("noisy", 15), ("wide", 3), ("proofs", 90)):
        yield Piece("rules", group, minutes, f"rules {group} --out {{out}}")
    yield Piece("rules", "beside", 60, f"rules_beside tables {tables}")
    yield Piece("rules", "rate", 2, "rules_speed")
    yield Piece("rules", "majority", 9, "circuits majority --time 60 --out {out}")
    yield Piece("rules", "classes-anew", 200, "circuits anew --time 600 --out {out}")


def _programs() -> Iterator[Piece]:
    asked = (
        ("strings", "strings_sygus", 8), ("strings", "strings_new", 4), ("rows", "transformations", 12),
        ("typos", "transformations", 12),
    )  # fmt: skip
    for what, tasks, minutes in asked:
        words = f"programs {what} {{problems}}/programs/{tasks}.json --results {{out}}"
        yield Piece("programs", f"{what}-{tasks}", minutes, words)
    yield Piece("programs", "million", 1, "programs million")
    yield Piece("programs", "hostile-inputs", 2, "programs hostile")
    yield Piece("programs", "machines", 12, "machines --results {out}")
    yield Piece("programs", "automata", 5, "automata")
    yield Piece("programs", "automata-flipped", 5, "automata --flips 0.02")
    yield Piece("programs", "grammars", 60, "grammars --results {out}")
    yield Piece("programs", "recursion", 2, "recursion --results {out}")
    yield Piece("programs", "networks", 10, "networks --results {out}")


def run(piece: Piece, problems: Path, results: Path, seconds: float) -> bool:
    """Run a piece for so many seconds at most; whether it ended by itself, and well."""
    scratch = results / f"{piece.name}.d"
    scratch.mkdir(parents=True, exist_ok=True)
    places = {"problems": problems, "out": results / f"{piece.name}.jsonl", "scratch": scratch}
    module, *words = (word.format(**places) for word in shlex.split(piece.words))
    with (results / f"{piece.name}.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{module}", *words], stdout=log, stderr=subprocess.STDOUT
        )
        try:
            return process.wait(timeout=max(0.0, seconds)) == 0
        except (subprocess.TimeoutExpired, KeyboardInterrupt) as ended:
            _stop(process)
            if isinstance(ended, KeyboardInterrupt):
                raise
            return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.passes", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add("--problems", type=Path, required=True, help="folder of problems")
    add("--results", type=Path, required=True, help="folder of results and logs")
    add("--parts", nargs="+", choices=sorted({one.part for one in pieces()}), help="only these")
    add("--names", nargs="+", help="only these pieces")
    add("--hours", type=float, default=6.0, help="time after which nothing goes on")
    add("--list", action="store_true", help="only say what there is, and what ended")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run what has not ended; 1 where a piece failed or the hours ended it."""
    parser = _arguments()
    options = parser.parse_args(argv)
    asked = [one for one in pieces() if options.parts is None or one.part in options.parts]
    asked = [one for one in asked if options.names is None or one.name in options.names]
    if not asked:
        parser.error("no piece has such a name: --list tells all names")
    ended = {one["name"] for one in written(options.results / "pieces.jsonl")}
    if options.list:
        for one in asked:
            state = "ended" if one.name in ended else f"{one.minutes:g} min"
            print(f"{one.part:<9} {one.name:<24} {state:<8} python -m benchmarks.{one.words}")
        return 0
    options.results.mkdir(parents=True, exist_ok=True)
    end, whole = time.monotonic() + 3600.0 * options.hours, True
    for one in asked:
        if one.name in ended:
            continue
        began = time.monotonic()
        is_done = began < end and run(one, options.problems, options.results, end - began)
        whole, seconds = whole and is_done, round(time.monotonic() - began)
        print(json.dumps({"name": one.name, "seconds": seconds, "ended": is_done}), flush=True)
        if is_done:
            append(options.results / "pieces.jsonl", {"name": one.name, "seconds": seconds, **facts()})
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
