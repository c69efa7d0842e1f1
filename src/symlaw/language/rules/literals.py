"""Literals: what a rule says of one row in one or two columns.

A cell that is missing makes every literal false but "is missing", and its negation too: `x > 3` and `x <= 3`
are both false where x is missing, as in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Columns by name: float64 with nan, datetime64 with NaT, or objects of str with None.
Columns = Mapping[str, NDArray[Any]]
Truths = NDArray[np.bool_]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400.0


def numbers(values: NDArray[Any]) -> NDArray[np.float64]:
    """A column as numbers; dates as seconds since 1970."""
    if values.dtype.kind == "M":
        seconds = values.astype("datetime64[us]").astype(np.int64) / 1e6
        return np.where(np.isnat(values), np.nan, seconds)
    return values.astype(float)


def is_missing(values: NDArray[Any]) -> Truths:
    """Which cells of a column are missing."""
    if values.dtype == object:
        return np.fromiter((cell is None for cell in values), bool, len(values))
    return np.asarray(np.isnat(values) if values.dtype.kind == "M" else np.isnan(values.astype(float)))


def date_text(seconds: float) -> str:
    """A date, with its time where that is not midnight.

    Examples
    --------
    >>> date_text(86_400.0), date_text(90_000.0)
    ('1970-01-02', '1970-01-02 01:00:00')
    """
    moment = _EPOCH + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%d" if seconds % _DAY == 0.0 else "%Y-%m-%d %H:%M:%S")


def shown_number(value: float) -> str:
    """A number without needless digits."""
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def shown_name(name: str) -> str:
    """A column's name as formulas have it, in backquotes where it is no plain word."""
    return name if name.isidentifier() else f"`{name}`"


@dataclass(frozen=True)
class Above:
    """A number or a date above a cut point, or not above it."""

    column: str
    cut: float
    above: bool = True
    is_date: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def negated(self) -> Above:
        """At most the cut point in place of above it, and the other way round."""
        return replace(self, above=not self.above)

    def truths(self, columns: Columns) -> Truths:
        """Whether it holds in each row."""
        values = numbers(columns[self.column])
        return np.asarray(values > self.cut if self.above else values <= self.cut)

    def text(self) -> str:
        """Such as ``age > 71``."""
        cut = date_text(self.cut) if self.is_date else shown_number(self.cut)
        return f"{shown_name(self.column)} {'>' if self.above else '<='} {cut}"


@dataclass(frozen=True)
class Equal:
    """A number that is one value, or is not."""

    column: str
    value: float
    equal: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def negated(self) -> Equal:
        """Other than the value in place of equal to it, and the other way round."""
        return replace(self, equal=not self.equal)

    def truths(self, columns: Columns) -> Truths:
        """Whether it holds in each row."""
        values = numbers(columns[self.column])
        return np.asarray(values == self.value if self.equal else (values != self.value) & ~np.isnan(values))

    def text(self) -> str:
        """Such as ``grade = 3``."""
        return f"{shown_name(self.column)} {'=' if self.equal else '!='} {shown_number(self.value)}"


@dataclass(frozen=True)
class Holds:
    """A column of 0 and 1 that is 1, or is 0."""

    column: str
    truth: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def negated(self) -> Holds:
        """The other truth."""
        return replace(self, truth=not self.truth)

    def truths(self, columns: Columns) -> Truths:
        """Whether it holds in each row."""
        values = numbers(columns[self.column])
        return np.asarray((values != 0.0) & ~np.isnan(values) if self.truth else values == 0.0)

    def text(self) -> str:
        """Such as ``insulin`` or ``not insulin``."""
        return shown_name(self.column) if self.truth else f"not {shown_name(self.column)}"


@dataclass(frozen=True)
class Among:
    """A text that is one of some labels, or none of them."""

    column: str
    labels: tuple[str, ...]
    inside: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def negated(self) -> Among:
        """None of the labels in place of one of them, and the other way round."""
        return replace(self, inside=not self.inside)

    def truths(self, columns: Columns) -> Truths:
        """Whether it holds in each row."""
        values = columns[self.column]
        found = np.fromiter((cell in self.labels for cell in values), bool, len(values))
        return found if self.inside else ~found & ~is_missing(values)

    def text(self) -> str:
        """Such as ``ward = "B"`` or ``ward in {"A", "B"}``."""
        name, words = shown_name(self.column), [quoted(label) for label in self.labels]
        if len(words) == 1:
            return f"{name} {'=' if self.inside else '!='} {words[0]}"
        return f"{name} {'in' if self.inside else 'not in'} {{{', '.join(words)}}}"


@dataclass(frozen=True)
class Missing:
    """A cell that is missing, or is there."""

    column: str
    missing: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def negated(self) -> Missing:
        """There in place of missing, and the other way round."""
        return replace(self, missing=not self.missing)

    def truths(self, columns: Columns) -> Truths:
        """Whether it holds in each row."""
        found = is_missing(columns[self.column])
        return found if self.missing else ~found

    def text(self) -> str:
        """Such as ``weight is missing``."""
        return f"{shown_name(self.column)} is {'missing' if self.missing else 'known'}"


@dataclass(frozen=True)
class Related:
    """Two numbers of which the first is above the second, or equal to it; or is not.

    Parameters
    ----------
    column, other
        The two columns.
    equal
        Whether they are compared for being equal; else for the first being above the second.
    holds
        Whether that is so.
    """

    column: str
    other: str
    equal: bool = False
    holds: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Both columns."""
        return (self.column, self.other)

    def negated(self) -> Related:
        """The opposite of the relation."""
        return replace(self, holds=not self.holds)

    def truths(self, columns: Columns) -> Truths:
        """Whether it holds in each row."""
        first, second = numbers(columns[self.column]), numbers(columns[self.other])
        found = first == second if self.equal else first > second
        known = ~(np.isnan(first) | np.isnan(second))
        return np.asarray(found & known if self.holds else ~found & known)

    def sign(self) -> str:
        """The relation's sign."""
        if self.equal:
            return "=" if self.holds else "!="
        return ">" if self.holds else "<="

    def text(self) -> str:
        """Such as ``paid > owed``."""
        return f"{shown_name(self.column)} {self.sign()} {shown_name(self.other)}"


def quoted(label: str) -> str:
    """A label in double quotes."""
    return '"' + label.replace("\\", "\\\\").replace('"', '\\"') + '"'


# What all of them have: ``columns``, ``negated``, ``truths`` and ``text``.
Literal = Above | Among | Equal | Holds | Missing | Related
