"""What examples of a transformation may look like, and rows of texts made of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symlaw.errors import DataError

Row = tuple[str, ...]


@dataclass(frozen=True)
class Examples:
    """Rows with their answers, and rows without.

    Attributes
    ----------
    names
        Of the input columns.
    rows, outputs
        The examples; an output is None where the program should have no value.
    others
        Distinct rows without an answer.
    """

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    outputs: tuple[str | None, ...]
    others: tuple[Row, ...] = ()


def is_missing(value: Any) -> bool:
    """None, nan or pandas' missing value."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in ("NAType", "NaTType")


def as_text(value: Any) -> str:
    """A cell as text; a missing one is empty."""
    return "" if is_missing(value) else str(value)


def rows_of(values: Any, width: int | None = None) -> list[Row]:
    """Rows of texts from a column, several columns, or a list of either.

    Raises
    ------
    DataError
        When the rows have not as many cells as the program has columns.
    """
    if hasattr(values, "columns") and hasattr(values, "to_numpy"):
        cells = [[as_text(cell) for cell in values[name]] for name in values.columns]
        rows = list(zip(*cells, strict=True))
    elif isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise DataError(f"values are {values!r:.60}: give a list, a Series or a data frame of texts")
    else:
        listed = list(values)
        if width == 1 and all(type(value) is str for value in listed):
            return [(value,) for value in listed]
        rows = [_row(value) for value in listed]
    wide = {len(row) for row in rows} if width is None else {len(row) for row in rows} | {width}
    if len(wide) > 1:
        raise DataError(f"rows have {sorted(wide)} cells: give every row as many cells as there are columns")
    return rows


def _row(value: Any) -> Row:
    if isinstance(value, (tuple, list)):
        return tuple(as_text(cell) for cell in value)
    return (as_text(value),)


def names_of(values: Any, width: int) -> tuple[str, ...]:
    """Names of columns: those of a frame or Series, else text, or text_1 and so on."""
    if hasattr(values, "columns"):
        return tuple(str(name) for name in values.columns)
    name = getattr(values, "name", None)
    if isinstance(name, str) and width == 1:
        return (name,)
    return ("text",) if width == 1 else tuple(f"text_{place}" for place in range(1, width + 1))


def read_examples(examples: Any, outputs: Any, rows: Any, names: Sequence[str] | None) -> Examples:
    """Examples from a mapping, from pairs, or from columns of which some cells are filled.

    Raises
    ------
    DataError
        When there is no example, or the same row has two different answers.
    """
    if outputs is None:
        given, answers = _pairs(examples)
        known = [
            (row, None if is_missing(answer) else str(answer))
            for row, answer in zip(given, answers, strict=True)
        ]
        others: list[Row] = []
    else:
        given = rows_of(examples)
        answers = list(outputs)
        if len(answers) != len(given):
            raise DataError(
                f"there are {len(given)} rows and {len(answers)} outputs: give one output for each row"
            )
        filled = [not is_missing(answer) for answer in answers]
        known = [(row, str(answer)) for row, answer, ok in zip(given, answers, filled, strict=True) if ok]
        others = [row for row, ok in zip(given, filled, strict=True) if not ok]
    if not known:
        raise DataError("there is no example: fill in the output of some rows")
    width = len(known[0][0])
    if any(len(row) != width for row, _ in known) or width == 0:
        raise DataError(
            "the examples' inputs have different numbers of cells: give all of them the same columns"
        )
    if rows is not None:
        others += rows_of(rows, width)
    called = tuple(names) if names is not None else names_of(examples if outputs is not None else rows, width)
    if len(called) != width:
        raise DataError(f"{len(called)} names were given and the rows have {width} cells: give one for each")
    kept = dict.fromkeys(known)
    asked = {row for row, _ in kept}
    return Examples(
        called, tuple(row for row, _ in kept), tuple(answer for _, answer in kept),
        tuple(row for row in dict.fromkeys(others) if row not in asked),
    )  # fmt: skip


def _pairs(examples: Any) -> tuple[list[Row], list[Any]]:
    pairs = list(examples.items()) if isinstance(examples, Mapping) else examples
    if isinstance(pairs, (str, bytes)) or not isinstance(pairs, Iterable):
        raise DataError(f"examples are {examples!r:.60}: give a dict of inputs and outputs, or pairs")
    pairs = list(pairs)
    if not all(isinstance(pair, (tuple, list)) and len(pair) == 2 for pair in pairs):
        raise DataError("examples have to be pairs of an input and its output, or a dict of them")
    return [_row(pair[0]) for pair in pairs], [pair[1] for pair in pairs]
