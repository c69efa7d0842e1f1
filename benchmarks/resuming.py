"""Fits in fresh processes, appended to a result file one by one, from which a later run goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from benchmarks.machine import describe, facts
from benchmarks.summary import append, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Record = dict[str, Any]

Trial = TypeVar("Trial")

ROOT = Path(__file__).parent.parent
# Seconds more than its time that a fit may take: for imports, compiling and judging.
GRACE = 240.0


def from_child(arguments: Sequence[str], trial: Any, failed: Callable[[str], Record]) -> Record:
    """The record that a fresh interpreter prints last; that of ``failed`` after a crash or a hang.

    Parameters
    ----------
    arguments
        What follows the interpreter, without the trial.
    trial
        A dataclass of plain values with ``seconds``, handed over as JSON.
    failed
        The record of a trial that ended in a line of error.
    """
    command = [sys.executable, *arguments, json.dumps(asdict(trial))]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=trial.seconds + GRACE, check=True
        )
        record: Record = json.loads(done.stdout.splitlines()[-1])
        return record
    except subprocess.TimeoutExpired:
        return failed(f"no answer {GRACE:g} s after its time")
    except subprocess.CalledProcessError as failure:
        return failed((failure.stderr.strip().splitlines() or [f"exit status {failure.returncode}"])[-1])
    except (ValueError, IndexError):
        return failed("no record on standard output")


def run_missing(
    asked: Sequence[Trial],
    results: Path,
    trial: Callable[[Trial], Record],
    *,
    key: Callable[[Record], tuple[Any, ...]],
    line: Callable[[Record], str],
    show: Callable[[str], Any] = print,
) -> list[Record]:
    """Run what the result file does not hold or holds as an error, and append each record at once.

    Parameters
    ----------
    asked
        Trials, each a dataclass whose values are in its record.
    results
        The result file.
    trial
        Runs one of them.
    key, line
        What tells records apart, and a record in a line for the one who waits.
    show
        Where lines go.

    Returns
    -------
    list of dict
        Records of all trials asked for, old and new.
    """
    known = {key(record): record for record in written(results) if not record["error"]}
    missing = [one for one in asked if key(vars(one)) not in known]
    show(f"{len(asked)} fits, {len(asked) - len(missing)} of them in {results} already")
    results.parent.mkdir(parents=True, exist_ok=True)
    for one in missing:
        record = trial(one)
        append(results, record)
        known[key(record)] = record
        show(line(record))
    return [known[key(vars(one))] for one in asked]


def run_cell(
    asked: Mapping[Any, Callable[[], Record]],
    results: Path,
    *,
    key: str,
    cell: Record,
    line: Callable[[Record], str],
) -> None:
    """Run what the result file does not hold of a cell of a table, and append each record at once.

    Parameters
    ----------
    asked
        What makes a record, by what is in it under ``key``.
    results
        The result file; the first line is the machine's.
    key
        The entry that tells records of a cell apart.
    cell
        Settings, which each record has under ``"cell"``.
    line
        A record in a line for the one who waits.
    """
    done = {record[key] for record in written(results) if record.get("cell") == cell}
    for one, trial in asked.items():
        if one in done:
            continue
        record = {**trial(), "cell": cell, "tool": "symlaw"}
        if not results.exists():
            append(results, facts())
        append(results, record)
        print(line(record))


def by_cell(results: Path) -> dict[str, list[Record]]:
    """Records of `run_cell` by the text of their cell, in order; the machine is printed."""
    machine, *records = written(results)
    print(describe(machine))
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(json.dumps(record["cell"]), []).append(record)
    return dict(sorted(found.items()))


def drawn(count: int, sample: int | None, seed: int) -> list[int]:
    """Places of a sample out of ``count``, in order; all of them without one."""
    if sample is None:
        return list(range(count))
    return sorted(np.random.default_rng(seed).permutation(count)[:sample].tolist())
