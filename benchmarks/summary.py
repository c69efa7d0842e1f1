"""Tables of recovery runs: one line per suite, engines side by side, and where they differ."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

Record = dict[str, Any]
ASKED = ("engine", "suite", "problem", "noise", "seed", "seconds", "threads")


def key(record: Record) -> tuple[Any, ...]:
    """What tells one trial from another."""
    return tuple(record[name] for name in ASKED)


def read(path: Path) -> list[Record]:
    """Records of a result file, the last one of each trial; none where the file does not exist.

    A line cut short by a crash is left out.
    """
    if not path.exists():
        return []
    records: dict[tuple[Any, ...], Record] = {}
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(text)
        except ValueError:
            continue
        records[key(record)] = record
    return list(records.values())


def success(record: Record, which: str) -> bool:
    """Whether a record counts as ``on_front`` or ``picked``; an overrun is a miss."""
    return bool(record[which]) and not record["overrun"]


def line(record: Record) -> str:
    """One record for people."""
    mark = f"{_state(record):8}"
    if record["error"]:
        return f"{mark} {record['problem']:24} {record['error']}"
    late = " OVERRUN" if record["overrun"] else ""
    formula = record["picked_formula"]
    shown = formula if len(formula) <= 70 else formula[:67] + "..."
    return f"{mark} {record['problem']:24} {record['seconds_used']:6.1f} s{late}  {shown}"


def _state(record: Record) -> str:
    if success(record, "picked"):
        return "picked"
    return "on front" if success(record, "on_front") else "-"


def table(records: Iterable[Record]) -> str:
    """Counts by suite, setting and engine; the engines of one setting stand under each other.

    The column *but for a term* counts problems without the law on the front but with a formula on it that
    only a vanishing term keeps from being the law.
    """
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        groups.setdefault((*_setting(record), _engine(record)), []).append(record)
    head = (
        f"{'suite':16} {'noise':>6} {'asked':>7} {'threads':>7} {'engine':20} {'problems':>8} {'on front':>8}"
        f" {'picked':>6} {'but for a term':>14} {'overruns':>8} {'errors':>6}"
    )
    return "\n".join([head, "-" * len(head), *(_counts(g, groups[g]) for g in sorted(groups))])


def _counts(setting: tuple[Any, ...], group: list[Record]) -> str:
    suite, noise, seconds, threads, engine = setting
    front, picked = (sum(success(r, which) for r in group) for which in ("on_front", "picked"))
    nearly = sum(bool(r.get("vanishing_rows")) and not r["on_front"] for r in group)
    overruns, errors = sum(r["overrun"] for r in group), sum(bool(r["error"]) for r in group)
    return (
        f"{suite:16} {noise:6g} {seconds:5g} s {threads:7d} {engine:20} {len(group):8d} {front:8d}"
        f" {picked:6d} {nearly:14d} {overruns:8d} {errors:6d}"
    )


def differences(records: Sequence[Record]) -> str:
    """Problems that some engine has and another, asked the same, has not."""
    found: dict[tuple[Any, ...], dict[str, str]] = {}
    for record in records:
        place = (record["problem"], record["seed"], *_setting(record))
        found.setdefault(place, {})[_engine(record)] = _state(record)
    lines = [
        f"{place[0]:24} seed {place[1]}  "
        + ", ".join(f"{name}: {state}" for name, state in sorted(states.items()))
        for place, states in found.items()
        if len(set(states.values())) > 1
    ]
    return "\n".join(["where engines differ:", *lines]) if lines else ""


def _setting(record: Record) -> tuple[Any, ...]:
    return record["suite"], record["noise"], record["seconds"], record["threads"]


def _engine(record: Record) -> str:
    return f"{record['engine']} {record['engine_version']}".strip()
