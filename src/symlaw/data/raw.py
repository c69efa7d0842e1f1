"""What a source looks like once read and before anything is decided: named columns of five kinds."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from types import ModuleType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from symlaw.errors import DataError, MissingDependency

Kind = Literal["number", "boolean", "time", "duration", "text"]


@dataclass(frozen=True, eq=False)
class Column:
    """One column as read.

    Attributes
    ----------
    name : str
    kind : {"number", "boolean", "time", "duration", "text"}
    values : ndarray of shape (n_rows,)
        float64 (number; boolean as 0 and 1; duration in seconds), datetime64 (time) or object (text,
        stripped str). Missing cells are nan, NaT or None.
    rounded : bool
        Whether the source held integers above 2**53, which float64 cannot all hold.
    time_of_day : bool
        Whether durations are times of day, since midnight.
    """

    name: str
    kind: Kind
    values: NDArray[Any]
    rounded: bool = False
    time_of_day: bool = False

    def at(self, rows: NDArray[np.int64]) -> Column:
        """The same column of some of the rows."""
        return replace(self, values=self.values[rows])

    def missing(self) -> NDArray[np.bool_]:
        """Return which cells are missing, shape (n_rows,)."""
        if self.kind == "text":
            return np.fromiter((cell is None for cell in self.values), bool, len(self.values))
        return np.asarray(np.isnat(self.values) if self.kind == "time" else np.isnan(self.values))


@dataclass(frozen=True, eq=False)
class Raw:
    """A source as read: columns of equal length, what reading had to say, and units where a line had them."""

    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    decimal_comma: bool = False
    units: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def n_rows(self) -> int:
        return len(self.columns[0].values) if self.columns else 0


def pyarrow(part: str = "") -> ModuleType:
    """Load pyarrow, or one of its modules (``"csv"``), when it is first needed."""
    try:
        return importlib.import_module("pyarrow" + (f".{part}" if part else ""))
    except ImportError:
        raise MissingDependency(
            "Reading this kind of table needs pyarrow, which is not installed: pip install pyarrow"
        ) from None


def unique_names(names: Sequence[str], letter: str = "x") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give every column its own name: empty names become x0, x1, ..., repeated ones get a suffix.

    ``letter`` is what the names of columns without one begin with.

    Returns
    -------
    names, notes : tuple of str, tuple of str
    """
    taken: set[str] = set(names) - {""}
    used: set[str] = set()
    result: list[str] = []
    notes: list[str] = []
    for position, name in enumerate(names):
        own = name or free_name(f"{letter}{position}", taken)
        if own in used:
            own = free_name(own, taken)
            notes.append(f"Column name {name!r} occurs twice; column {position + 1} is called {own!r}.")
        elif not name:
            notes.append(f"Column {position + 1} has no name; it is called {own!r}.")
        taken.add(own)
        used.add(own)
        result.append(own)
    return tuple(result), tuple(notes)


def label_text(label: Any) -> str:
    """The name of a column that a frame calls by something else than text.

    Examples
    --------
    >>> label_text(("wing", "lift")), label_text(("wing", "")), label_text(1950), label_text(None)
    ('wing.lift', 'wing', '1950', '')
    """
    if label is None or type(label).__name__ in ("NAType", "NaTType") or label != label:
        return ""
    if isinstance(label, tuple):
        return ".".join(part for part in map(label_text, label) if part)
    if isinstance(label, Enum):
        return label.value if isinstance(label.value, str) else label.name
    return str(label)


def free_name(name: str, taken: Iterable[str]) -> str:
    """Return ``name``, or ``name_2``, ``name_3``, ...: the first that is not taken."""
    taken = set(taken)
    own, suffix = name, 1
    while own in taken:
        suffix += 1
        own = f"{name}_{suffix}"
    return own


def check_flat(array: NDArray[Any], name: str) -> None:
    """Refuse what has no single real value per cell."""
    if array.ndim != 1 or array.dtype.kind == "V":
        raise DataError(
            f"Column {name!r} holds more than one value per cell; give one number per cell, "
            "for instance by splitting it into several columns."
        )
    if array.dtype.kind == "c":
        raise DataError(
            f"Column {name!r} holds complex numbers; give its real and imaginary part as two columns."
        )
