"""PLA, the form of espresso: cubes of the inputs and what one output is on each."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from symlaw.data.logic.truths import TruthRows, every_row
from symlaw.errors import DataError

_KINDS = ("f", "fd", "fr", "fdr")


@dataclass
class _Read:
    """What the lines of a file have said so far."""

    inputs: int = -1
    outputs: int = 1
    kind: str = "fd"
    names: tuple[str, ...] = ()
    target: str = "f"
    cubes: list[tuple[str, str]] = field(default_factory=list)


def read_pla(text: str, path: str) -> TruthRows:
    """A truth table from the text of a PLA file with one output.

    Raises
    ------
    DataError
        When a line has another width than the inputs, or is none of PLA.

    Examples
    --------
    >>> table = read_pla(".i 2\\n.o 1\\n1- 1\\n01 -\\n.e", "small.pla")
    >>> table.rows.astype(int).tolist(), table.truths.tolist()
    ([[0, 0], [1, 0], [1, 1]], [False, True, True])
    """
    found = _Read()
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] in (".e", ".end"):
            break
        if words[0].startswith("."):
            _directive(found, words, number, path)
        else:
            _cube(found, words, number, path)
    if found.inputs < 0 or not found.cubes:
        raise DataError(f"{path!r} is no PLA: it lacks {'.i' if found.inputs < 0 else 'rows'}")
    return _table(found)


def _directive(found: _Read, words: list[str], number: int, path: str) -> None:
    name, rest = words[0], words[1:]
    if name in (".i", ".o") and len(rest) == 1 and rest[0].isdigit():
        if name == ".i":
            found.inputs = int(rest[0])
        else:
            found.outputs = int(rest[0])
    elif name == ".type" and rest and rest[0] in _KINDS:
        found.kind = rest[0]
    elif name == ".ilb":
        found.names = tuple(rest)
    elif name == ".ob":
        found.target = rest[0] if rest else "f"
    elif name not in (".p", ".phase"):
        raise DataError(f"line {number} of {path!r} is {' '.join(words)!r}, which is not understood")
    if found.outputs != 1:
        raise DataError(f"{path!r} has {found.outputs} outputs, and one is read: keep one column of outputs")


def _cube(found: _Read, words: list[str], number: int, path: str) -> None:
    joined = "".join(words).replace("|", "")
    inputs, output = joined[:-1], joined[-1]
    if found.inputs < 0:
        raise DataError(f"line {number} of {path!r} is a row before .i: say the number of inputs first")
    if len(inputs) != found.inputs:
        raise DataError(
            f"line {number} of {path!r} has {len(inputs)} inputs, and .i says {found.inputs}:"
            " make the row as wide"
        )
    if set(inputs) - set("01-~2") or output not in "01-~24":
        raise DataError(f"line {number} of {path!r} is {' '.join(words)!r}: give 0, 1 and -")
    found.cubes.append((inputs.replace("~", "-").replace("2", "-"), output))


def _table(found: _Read) -> TruthRows:
    rows = every_row(found.inputs)
    # what no line says: false, or in files that list what is false too, either
    asked = np.full(len(rows), -1 if "r" in found.kind else 0)
    for inputs, output in found.cubes:
        own = _holds(rows, inputs)
        if output in "14":
            asked[own] = 1
        elif output in "-2":
            asked[own] = -1 if "d" in found.kind else asked[own]
        elif output == "0" and "r" in found.kind:
            asked[own] = 0
    names = found.names or tuple(f"x{k}" for k in range(found.inputs))
    if len(names) != found.inputs or len(set(names)) < len(names):
        raise DataError(f".ilb names {len(set(names))} different inputs, and .i says {found.inputs}")
    return TruthRows(names, found.target, rows[asked >= 0], asked[asked >= 0] == 1)


def _holds(rows: NDArray[np.bool_], inputs: str) -> NDArray[np.bool_]:
    own = np.ones(len(rows), bool)
    for place, sign in enumerate(inputs):
        if sign != "-":
            own &= rows[:, place] == (sign == "1")
    return own


def write_pla(table: TruthRows) -> str:
    """The text of a PLA file of a table, row by row; rows that are not there are asked nothing."""
    head = [
        f".i {len(table.names)}",
        ".o 1",
        f".ilb {' '.join(table.names)}",
        f".ob {table.target}",
        ".type fr",
    ]
    lines = [
        f"{''.join('1' if one else '0' for one in row)} {int(truth)}"
        for row, truth in zip(table.rows, table.truths, strict=True)
    ]
    return "\n".join([*head, f".p {len(lines)}", *lines, ".e", ""])
