"""Truth tables from any source: PLA, BLIF, tables of 0 and 1, lists of outputs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from symlaw.data.logic.blif import read_blif
from symlaw.data.logic.pla import read_pla
from symlaw.data.logic.truths import TruthRows, from_outputs
from symlaw.data.reading import read_raw
from symlaw.errors import ColumnNotFound, DataError, FileUnreadable


def read_truths(source: Any, target: str | None = None) -> TruthRows:
    """A truth table.

    Parameters
    ----------
    source
        A path that ends in ``.pla``, ``.blif`` or as tables do; a frame or a dict of columns of 0 and 1; or
        2^n outputs, as text such as ``"0110"`` or a list, with ``"-"`` where either will do.
    target
        The column of outputs of a table; its last by default.

    Raises
    ------
    DataError
        When the source holds anything but truths.
    FileUnreadable
        When the file is missing or no text.
    """
    if isinstance(source, str) and source and not set(source) - set("01-"):
        return from_outputs(source)
    if isinstance(source, (str, os.PathLike)) and Path(source).suffix.lower() in (".pla", ".blif"):
        read = read_pla if Path(source).suffix.lower() == ".pla" else read_blif
        return read(text_of_file(source), str(source))
    plain = isinstance(source, Sequence) and not isinstance(source, str | os.PathLike)
    if plain or (isinstance(source, np.ndarray) and source.ndim == 1):
        return from_outputs(list(source))
    return _of_table(source, target)


def text_of_file(source: str | os.PathLike[str]) -> str:
    """The text of a file.

    Raises
    ------
    FileUnreadable
        When it is missing or no text.
    """
    try:
        return Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(f"{str(Path(source))!r} cannot be read as text: {error}") from None


def _of_table(source: Any, target: str | None) -> TruthRows:
    raw = read_raw(source)
    name = raw.names[-1] if target is None else target
    if name not in raw.names:
        raise ColumnNotFound(f"the output {name!r} is no column: the columns are {', '.join(raw.names)}")
    if len(raw.names) < 2:
        raise DataError("a truth table needs a column for each input beside that of the output")
    found = {}
    for column in raw.columns:
        values = column.values if column.kind in ("number", "boolean") else np.array([np.nan])
        there = ~np.isnan(values)
        usable = there.all() or (column.name == name and there.any())
        if not usable or not np.all((values[there] == 0) | (values[there] == 1)):
            raise DataError(
                f"column {column.name!r} holds more than 0 and 1: give truths, or use symlaw.rules"
            )
        found[column.name] = values
    asked = ~np.isnan(found[name])
    inputs = tuple(one for one in raw.names if one != name)
    rows = np.column_stack([found[one] for one in inputs])[asked] == 1
    return TruthRows(inputs, name, rows, found[name][asked] == 1)
