"""BLIF without latches: tables of gates, each of the ones before."""

from __future__ import annotations

from typing import NamedTuple

from symlaw.data.logic.truths import TruthRows, every_row
from symlaw.errors import DataError
from symlaw.language.rules.circuits import FALSE, TRUE, AndGraph, Builder


class Network(NamedTuple):
    """A circuit and the names of its inputs and outputs."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    graph: AndGraph


def read_blif(text: str, path: str) -> TruthRows:
    """The full truth table of a circuit of one output in the text of a BLIF file.

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
    found = read_network(text, path)
    if len(found.outputs) != 1:
        raise DataError(
            f"{path!r} has {len(found.outputs)} outputs, and one is read: keep one of them in .outputs"
        )
    rows = every_row(len(found.inputs))
    return TruthRows(found.inputs, found.outputs[0], rows, found.graph.truths(rows)[:, 0])


def read_network(text: str, path: str) -> Network:
    """The circuit in the text of a BLIF file.

    Raises
    ------
    DataError
        When the file has latches, lines that are not understood, or gates out of order.
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
    builder = Builder(len(inputs))
    signals = {name: 2 * place for place, name in enumerate(inputs)}
    for (*sources, name), cover in gates:
        missing = [one for one in sources if one not in signals]
        if missing:
            raise DataError(f"{path!r} uses {missing[0]!r} before it is defined: put gates in order")
        signals[name] = _gate(builder, [signals[one] for one in sources], cover, path)
    lost = [name for name in outputs if name not in signals]
    if lost or not outputs:
        name = lost[0] if lost else "output"
        raise DataError(f"{path!r} defines no {name!r}, which .outputs names")
    return Network(tuple(inputs), tuple(outputs), builder.graph([signals[name] for name in outputs]))


def _gate(builder: Builder, sources: list[int], cover: list[str], path: str) -> int:
    found, value = FALSE, "1"
    for line in cover:
        *cubes, value = line.split()
        cube = cubes[0] if cubes else ""
        if len(cube) != len(sources) or set(cube) - set("01-") or value not in "01":
            raise DataError(
                f"{path!r} holds the row {line!r} of a gate of {len(sources)} inputs: give 0, 1 and -"
            )
        own = TRUE
        for sign, source in zip(cube, sources, strict=True):
            if sign != "-":
                own = builder.both(own, source ^ (sign == "0"))
        found = builder.either(found, own)
    return found if value == "1" else found ^ 1
