"""Rules as plain values that JSON can hold, and back; nothing in them is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from symlaw.errors import RunError
from symlaw.language.rules.formula import LITERALS, Formula, Gate, Odd

_LITERALS: dict[str, Any] = {kind.__name__.lower(): kind for kind in LITERALS}


def as_json(formula: Formula) -> dict[str, Any]:
    """A rule as nested dicts.

    Examples
    --------
    >>> from symlaw.language.rules.literals import Holds
    >>> as_json(Gate(1, (Holds("a"), Holds("b", False))))["at_least"]
    1
    """
    if isinstance(formula, Gate):
        return {"at_least": formula.least, "of": [as_json(part) for part in formula.parts]}
    if isinstance(formula, Odd):
        return {"odd": [as_json(part) for part in formula.parts]}
    cells = {cell.name: getattr(formula, cell.name) for cell in fields(formula)}
    cells = {name: list(value) if isinstance(value, tuple) else value for name, value in cells.items()}
    return {"is": type(formula).__name__.lower(), **cells}


def from_json(record: Any) -> Formula:
    """The rule that `as_json` wrote.

    Raises
    ------
    RunError
        When it is no such record.
    """
    try:
        return _read(record)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RunError("the record holds no rule: give a file that symlaw wrote") from None


def _read(record: Mapping[str, Any]) -> Formula:
    if "at_least" in record:
        return Gate(int(record["at_least"]), tuple(_read(part) for part in record["of"]))
    if "odd" in record:
        return Odd(tuple(_read(part) for part in record["odd"]))
    kind = _LITERALS[record["is"]]
    cells = {name: value for name, value in record.items() if name != "is"}
    made: Formula = kind(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in cells.items()}
    )
    return made
