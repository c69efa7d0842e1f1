"""Tables of recovery runs: one line per suite, engines side by side, what is unsolved, where they differ."""

from __future__ import annotations

import json
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

Record = dict[str, Any]
ASKED = ("engine", "suite", "problem", "noise", "seed", "seconds", "threads")
# options that came later: a record without them was made without them
VARIANTS: Mapping[str, Any] = {"freeze": False, "distractors": 0, "units": False, "rows": 1000, "told": ""}
# what an engine may be told of a law beside the rows, as `benchmarks.trial.Trial` names it, in words
TOLD = {
    "true": "told what is true",
    "columns": "told what is true and that every column matters",
    "functions": "told what is true, that every column matters, and the functions",
    "required": "told what is true, that every column matters, and the functions, each of which occurs",
    "false": "told what is false",
}


def key(record: Record) -> tuple[Any, ...]:
    """What tells one trial from another."""
    return (*(record[name] for name in ASKED), *_variant(record))


def _variant(record: Record) -> tuple[Any, ...]:
    return tuple(record.get(name, default) for name, default in VARIANTS.items())


def variant_name(freeze: bool, distractors: int, units: bool, rows: int = 1000, told: str = "") -> str:
    """How a variant of a suite is called in tables; ``-`` for the suite as it is."""
    parts = ["frozen"] * freeze + [f"+{distractors} columns"] * bool(distractors) + ["with units"] * units
    parts += [f"{rows} rows"] * (rows != VARIANTS["rows"]) + ([TOLD[told]] if told else [])
    return ", ".join(parts) or "-"


def read(path: Path) -> list[Record]:
    """Records of a result file, the last one of each trial; none where the file does not exist.

    A line cut short by a crash is left out.
    """
    return list({key(record): record for record in written(path)}.values())


def newest(paths: Iterable[Path]) -> list[Record]:
    """Records of result files, the newest one of each trial, whichever file has it."""
    records = [record for path in paths for record in read(path)]
    # of equal dates the last one
    return list({key(record): record for record in sorted(records, key=_date)}.values())


def _date(record: Record) -> str:
    return str(record.get("date") or "")


def written(path: Path) -> list[Record]:
    """Records of a result file of any kind, in order, but for a line cut short by a crash."""
    records = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            records.append(json.loads(text))
        except ValueError:
            continue
    return records


def append(path: Path, record: Record) -> None:
    """Add a record to a result file; a line that a crash cut short gets its end first."""
    whole = not path.exists() or path.stat().st_size == 0 or path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(("" if whole else "\n") + json.dumps(record) + "\n")


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


def grouped(records: Iterable[Record]) -> dict[tuple[Any, ...], list[Record]]:
    """Records by suite, variant, setting and engine, in this order.

    Returns
    -------
    dict
        The keys are (suite, freeze, distractors, units, rows, told, noise, seconds, threads, engine).
    """
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        groups.setdefault((*_setting(record), _engine(record)), []).append(record)
    return {group: groups[group] for group in sorted(groups)}


def counts(group: Sequence[Record]) -> dict[str, Any]:
    """Figures of the records of one setting and engine.

    Returns
    -------
    dict
        ``fits``, ``on_front``, ``picked``, ``overruns``, ``errors``: how many. ``nearly``: fits
        without the law on the front but with a formula on it that only a vanishing term keeps from being
        the law. ``irrelevant``: recommended formulas that use a column that was added. ``to_law``: median
        seconds to the law over solved problems, or None. ``distance``: mean edit distance of the
        recommended formulas, or None.
    """
    times = [r["seconds_to_law"] for r in group if success(r, "on_front") and _has(r, "seconds_to_law")]
    distances = [r["edit_distance"] for r in group if _has(r, "edit_distance")]
    return {
        "fits": len(group),
        "on_front": sum(success(r, "on_front") for r in group),
        "picked": sum(success(r, "picked") for r in group),
        "nearly": sum(bool(r.get("vanishing_rows")) and not r["on_front"] for r in group),
        "irrelevant": sum(bool(r.get("uses_irrelevant")) for r in group),
        "overruns": sum(r["overrun"] for r in group),
        "errors": sum(bool(r["error"]) for r in group),
        "to_law": median(times) if times else None,
        "distance": fmean(distances) if distances else None,
    }


def _has(record: Record, name: str) -> bool:
    return record.get(name) is not None


def table(records: Iterable[Record]) -> str:
    """Counts by suite, variant, setting and engine; the engines of one setting stand under each other."""
    head = (
        f"{'suite':16} {'variant':22} {'noise':>6} {'asked':>7} {'threads':>7} {'engine':24} {'problems':>8}"
        f" {'on front':>8} {'picked':>6} {'but for a term':>14} {'overruns':>8} {'errors':>6}"
        f" {'s to law':>8} {'distance':>8} {'irrelevant':>10}"
    )
    lines = [_counts(group, found) for group, found in grouped(records).items()]
    return "\n".join([head, "-" * len(head), *lines])


def _counts(setting: tuple[Any, ...], group: Sequence[Record]) -> str:
    suite, *variant, noise, seconds, threads, engine = setting
    found = counts(group)
    to_law, distance = figure(found["to_law"], ".2f"), figure(found["distance"], ".3f")
    return (
        f"{suite:16} {variant_name(*variant):22} {noise:6g} {seconds:5g} s {threads:7d}"
        f" {engine:24} {found['fits']:8d} {found['on_front']:8d} {found['picked']:6d}"
        f" {found['nearly']:14d} {found['overruns']:8d} {found['errors']:6d}"
        f" {to_law:>8} {distance:>8} {found['irrelevant']:10d}"
    )


def figure(number: float | None, form: str) -> str:
    """A figure as text; ``-`` where there is none."""
    return "-" if number is None else format(number, form)


def unsolved(records: Iterable[Record]) -> str:
    """Names of the problems without the law on the front, by setting and engine."""
    lines = []
    for setting, group in grouped(records).items():
        names = unsolved_names(group)
        if names:
            lines.append(f"{setting_name(setting)}: {' '.join(names)}")
    return "\n".join(["unsolved:", *lines]) if lines else ""


def setting_name(setting: tuple[Any, ...]) -> str:
    """A key of `grouped` in words, threads apart."""
    suite, *variant, noise, seconds, _, engine = setting
    named = [variant_name(*variant)] if tuple(variant) != tuple(VARIANTS.values()) else []
    return ", ".join([suite, *named, *([f"noise {noise:g}"] if noise else []), f"{seconds:g} s", engine])


def unsolved_names(group: Sequence[Record]) -> list[str]:
    """Problems of a group without the law on the front, with the seeds where only some lack it."""
    seeds: dict[str, dict[int, bool]] = {}
    for record in sorted(group, key=lambda r: r.get("index", 0)):
        seeds.setdefault(record["problem"], {})[record["seed"]] = success(record, "on_front")
    return [_with_seeds(name, solved) for name, solved in seeds.items() if not all(solved.values())]


def _with_seeds(name: str, solved: Mapping[int, bool]) -> str:
    lacking = [str(seed) for seed in sorted(solved) if not solved[seed]]
    return name if len(lacking) == len(solved) else f"{name}({','.join(lacking)})"


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
    return record["suite"], *_variant(record), record["noise"], record["seconds"], record["threads"]


def _engine(record: Record) -> str:
    return f"{record['engine']} {record['engine_version']}".strip()
