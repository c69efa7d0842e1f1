"""JSON lines: one object with a row's cells in each line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from symlaw.data.raw import pyarrow
from symlaw.errors import FileUnreadable

_BLOCK_BYTES, _MOST_BYTES = 1 << 24, (1 << 31) - 1


def read_lines(content: bytes, path: Path) -> Any:
    """An Arrow table of the lines, or cells by column where some hold several kinds of values.

    Cells that a line lacks are missing.

    Raises
    ------
    FileUnreadable
        When a line is no JSON object.
    """
    pa, reader = pyarrow(), pyarrow("json")
    if not content.strip():
        raise FileUnreadable(f"{str(path)!r} is empty; a table needs a JSON object for each row.")
    # a line has to be within a block
    options = reader.ReadOptions(block_size=min(max(_BLOCK_BYTES, len(content)), _MOST_BYTES))
    try:
        return reader.read_json(pa.BufferReader(content), read_options=options)
    except (pa.ArrowException, ValueError) as error:
        mixed = _of_mixed_kinds(content) if " changed from " in str(error) else None
        if mixed is not None:
            return mixed
        said = str(error).splitlines()[0].removeprefix("JSON parse error: ").rstrip(".")
        raise FileUnreadable(
            f"{str(path)!r} cannot be read as JSON lines ({said}); give one object a line, such as"
            ' {"x": 1.5, "y": 2}.'
        ) from None


def _of_mixed_kinds(content: bytes) -> dict[str, list[Any]] | None:
    """Cells by column, whatever they are; None where a line is no object."""
    try:
        rows = [json.loads(line) for line in content.splitlines() if line.strip()]
    except ValueError:
        return None
    if not all(isinstance(row, dict) for row in rows):
        return None
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}
