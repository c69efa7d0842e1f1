"""Finding columns by the names that a person gives, and saying so when there is none."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from symlaw.errors import ColumnNotFound

SHOWN = 8


def resolve(name: str | int, names: Sequence[str], role: str = "column") -> str:
    """Return the column that a name means.

    An exact name wins, then one that differs by surrounding spaces only; where columns have no names of
    their own (x0, x1, ...) a position counts too, as 3, "3" or "-1".

    Raises
    ------
    ColumnNotFound

    Examples
    --------
    >>> resolve("2", ("x0", "x1", "x2"))
    'x2'
    """
    wanted = str(name)
    if wanted in names:
        return wanted
    trimmed = [own for own in names if own.strip() == wanted.strip()]
    if len(trimmed) == 1:
        return trimmed[0]
    position = _position(wanted)
    if position is not None and _nameless(names) and -len(names) <= position < len(names):
        return names[position]
    raise ColumnNotFound(not_found(wanted, names, role))


def not_found(wanted: str, names: Sequence[str], role: str = "column") -> str:
    """Say that there is no such column, which one may be meant, and which there are."""
    lowered = {name.lower(): name for name in names}
    close = difflib.get_close_matches(wanted.lower(), list(lowered), n=1)
    hint = f" Did you mean {lowered[close[0]]!r}?" if close else ""
    return f"There is no column {wanted!r} to use as {role}.{hint} The columns are {shorten(names)}."


def shorten(names: Sequence[str]) -> str:
    """List names for a message, the first few when there are many."""
    listed = ", ".join(repr(name) for name in names[:SHOWN])
    return listed if len(names) <= SHOWN else f"{listed}, ... ({len(names)} in all)"


def _position(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _nameless(names: Sequence[str]) -> bool:
    return all(name == f"x{position}" for position, name in enumerate(names))
