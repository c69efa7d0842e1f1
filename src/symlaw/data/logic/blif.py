"""BLIF with one output and no latch: tables of gates, each of the ones before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symlaw.data.logic.truths import TruthRows, every_row
from symlaw.errors import DataError


def read_blif(text: str, path: str) -> TruthRows:
    """The full truth table of a circuit in the text of a BLIF file.

    Raises
    ------
    DataError
        When the file has several outputs, latches, or lines that are not understood.

    Examples
    --------
    >>> text = ".model m\\n.inputs a b\\n.outputs f\\n.names a b f\\n11 1\\n.end"
    >>> read_blif(text, "and.blif").truths.tolist()
    [False, False, False, True]
    """
    inputs: list[str] = []
    outputs: list[str] = []
    gates: list[tuple[list[str], list[str]]] = []
    for line in text.replace("\\\n", " ").splitlines():
        words = line.split("#")[0].split()
        if not words or words[0] == ".model":
            continue
        if words[0] == ".end":
            break
        if words[0] == ".inputs":
            inputs += words[1:]
        elif words[0] == ".outputs":
            outputs += words[1:]
        elif words[0] == ".names" and len(words) > 1:
            gates.append((words[1:], []))
        elif not words[0].startswith(".") and gates:
            gates[-1][1].append(" ".join(words))
        else:
            raise DataError(f"{path!r} holds {line.strip()!r}: BLIF of gates without latches is read")
    if len(outputs) != 1:
        raise DataError(f"{path!r} has {len(outputs)} outputs, and one is read: keep one of them in .outputs")
    rows = every_row(len(inputs))
    signals = {name: rows[:, place] for place, name in enumerate(inputs)}
    for (*sources, name), cover in gates:
        missing = [one for one in sources if one not in signals]
        if missing:
            raise DataError(f"{path!r} uses {missing[0]!r} before it is defined: put gates in order")
        signals[name] = _gate([signals[one] for one in sources], cover, len(rows), path)
    if outputs[0] not in signals:
        raise DataError(f"{path!r} defines no {outputs[0]!r}, which .outputs names")
    return TruthRows(tuple(inputs), outputs[0], rows, signals[outputs[0]])


def _gate(sources: list[NDArray[np.bool_]], cover: list[str], n: int, path: str) -> NDArray[np.bool_]:
    found = np.zeros(n, bool)
    value = "1"
    for line in cover:
        *cubes, value = line.split()
        cube = cubes[0] if cubes else ""
        if len(cube) != len(sources) or set(cube) - set("01-") or value not in "01":
            raise DataError(
                f"{path!r} holds the row {line!r} of a gate of {len(sources)} inputs: give 0, 1 and -"
            )
        own = np.ones(n, bool)
        for sign, source in zip(cube, sources, strict=True):
            if sign != "-":
                own &= source == (sign == "1")
        found |= own
    return found if value == "1" else ~found
