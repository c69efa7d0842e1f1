"""What a report is made of, whatever the form that it is written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symlaw.language.expression import Expression

Cell = str | Expression


@dataclass(frozen=True)
class Text:
    """A paragraph; a quiet one is an explanation."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Law:
    """A formula by itself, as an equation for a name."""

    name: str
    expression: Expression


@dataclass(frozen=True)
class Table:
    """Rows of cells below heads; one row may be marked. Columns of numbers stand to the right."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: Sequence[bool]
    marked: int | None = None


@dataclass(frozen=True)
class Pairs:
    """Facts with their names."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Listing:
    """Text to be copied as it is."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A figure as an SVG text, and what it shows."""

    svg: str
    caption: str


Block = Text | Law | Table | Pairs | Listing | Picture


@dataclass(frozen=True)
class Section:
    """Blocks below a heading."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Report:
    """A whole report.

    Parameters
    ----------
    title, subtitle
        In a line each.
    sections
        What people read, in order.
    record
        The same for programs: plain values, ready for JSON.
    """

    title: str
    subtitle: str
    sections: Sequence[Section]
    record: Mapping[str, Any]
