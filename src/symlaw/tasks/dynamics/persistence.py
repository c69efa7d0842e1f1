"""Fitted dynamics as versioned JSON; loading runs no code."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.flows.around import Around
from symlaw.errors import RunError
from symlaw.runs.files import load_record, number, save_record
from symlaw.search.dynamics.data import Names
from symlaw.search.dynamics.mirrors import Mirror
from symlaw.search.dynamics.numbers import Number
from symlaw.search.dynamics.shooting import System
from symlaw.tasks.dynamics.answer.found import End, FoundDynamics, Row
from symlaw.tasks.dynamics.equations import Equations

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from symlaw.tasks.dynamics.estimator import DynamicsRegressor

KEY, VERSION = "symlaw_dynamics", 1


def save(model: DynamicsRegressor, path: str | os.PathLike[str]) -> None:
    """Write a fitted model.

    Raises
    ------
    FileUnreadable
        When the file cannot be written.
    """
    settings = model.get_params()
    settings["constraints"] = list(settings["constraints"])
    settings["operators"] = [one if isinstance(one, str) else one.name for one in settings["operators"]]
    for name in ("known", "guess"):
        settings[name] = {k: str(v) for k, v in (settings[name] or {}).items()} or None
    record = {KEY: VERSION, "settings": settings, "run": model.run_, "found": _record(model.found_)}
    save_record(Path(path), record, "model")


def load(path: str | os.PathLike[str]) -> DynamicsRegressor:
    """Read what `save` wrote.

    Raises
    ------
    RunError
        When the file is missing, damaged or of an unknown version.
    """
    from symlaw.tasks.dynamics.estimator import DynamicsRegressor

    record = load_record(Path(path), KEY, VERSION)
    try:
        model = DynamicsRegressor(**record["settings"])
        model.found_, model.run_ = _found(record["found"]), record["run"]
        model._learn()
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise RunError(f"the model in {str(path)!r} is damaged: {error}") from None
    return model


def _record(found: FoundDynamics) -> dict[str, Any]:
    return {
        "states": list(found.names.states),
        "inputs": list(found.names.inputs),
        "time": found.names.time,
        "place": found.place,
        "reason": found.reason,
        "noise": found.noise,
        "notes": list(found.notes),
        "low": found.low.tolist(),
        "high": found.high.tolist(),
        "span": found.span,
        "input_kind": found.input_kind,
        "ended_by": found.ended_by,
        "unmeasured": list(found.unmeasured),
        "length": number(found.length),
        "known": list(found.recommended.system.known),
        "mirror": _mirror_record(found.recommended.system.mirror),
        "around": [[len(one.before), len(one.after), one.name] for one in found.recommended.system.around],
        "numbers": [[*one] for one in found.recommended.system.numbers],
        "groups": list(found.groups),
        "group_of": list(found.group_of),
        "by_group": [
            [[values.tolist(), spread.tolist()] for values, spread in row.by_group] for row in found.rows
        ],
        "begins": [one.tolist() for one in found.begins],
        "ends": [
            [one.time, one.state.tolist(), one.spread.tolist(), one.inputs.tolist()] for one in found.ends
        ],
        "rows": [
            [
                row.equations.to_record(),
                row.complexity,
                number(row.nats),
                number(row.r2),
                row.covariance.tolist(),
                number(row.preferred),
                number(row.held_out),
            ]
            for row in found.rows
        ],
    }


def _mirror_record(mirror: Mirror | None) -> list[Any] | None:
    return None if mirror is None else [list(mirror.sources), [list(pair) for pair in mirror.names]]


def _mirror(record: list[Any] | None) -> Mirror | None:
    if record is None:
        return None
    return Mirror(tuple(record[0]), tuple((first, second) for first, second in record[1]))


def _system(
    equations: Equations, names: Names, known: tuple[bool, ...], around: Sequence[tuple[int, int, str]]
) -> System:
    """A system of whole equations; ``around`` counts the nodes that are known around each part."""
    whole = equations.expressions
    found = tuple(
        Around(one.nodes[:before], one.nodes[len(one.nodes) - after :], name)
        for one, (before, after, name) in zip(whole, around, strict=False)
    )
    parts = tuple(own.part(one) for own, one in zip(found, whole, strict=True)) if found else whole
    return System(parts, names.columns, known, equations.discrete, found)


def _found(record: dict[str, Any]) -> FoundDynamics:
    names = Names(tuple(record["states"]), tuple(record["inputs"]), record["time"])
    known = tuple(bool(one) for one in record["known"])
    around, mirror = record.get("around", ()), record.get("mirror")
    numbers = tuple(
        Number(name, tuple((at, k) for at, k in places), is_own, tuple(begins))
        for name, places, is_own, begins in record.get("numbers", ())
    )
    rows = []
    for written, complexity, nats, r2, covariance, share, *out in record["rows"]:
        equations = Equations.from_record(written)
        system = replace(_system(equations, names, known, around), mirror=_mirror(mirror), numbers=numbers)
        size = len(system.constants)
        matrix = np.array(covariance, dtype=float).reshape(size, size)
        figures = float(complexity), float(nats), float(r2), matrix, float(share)
        rows.append(Row(system, equations, *figures, float(out[0]) if out else math.nan))
    for place, each in enumerate(record.get("by_group", ())):
        own = tuple((np.array(values), np.array(spread).reshape(len(values), -1)) for values, spread in each)
        rows[place] = replace(rows[place], by_group=own)
    begins = tuple(np.array(one, dtype=float) for one in record["begins"])
    ends = tuple(
        End(float(time), np.array(state), np.array(spread).reshape(len(spread), -1), np.array(inputs))
        for time, state, spread, inputs in record["ends"]
    )
    return FoundDynamics(
        tuple(rows), int(record["place"]), str(record["reason"]), str(record["noise"]),
        tuple(record["notes"]),
        names, np.array(record["low"]), np.array(record["high"]), float(record["span"]), begins, ends,
        int(record["input_kind"]), str(record["ended_by"]), tuple(record["unmeasured"]),
        float(record["length"]), tuple(record.get("groups", ())), tuple(record.get("group_of", ())),
    )  # fmt: skip
