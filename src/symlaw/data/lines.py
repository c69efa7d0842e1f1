"""JSON lines: one object with a row's cells in each line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from symlaw.data.raw import pyarrow
from symlaw.errors import FileUnreadable

_BLOCK_BYTES, _MOST_BYTES = 1 << 24, (1 << 31) - 1


def read_lines(content: bytes, path: Path) -> Any:
    """An Arrow table of the lines; cells that a line lacks are missing.

    Raises
    ------
    FileUnreadable
        When a line is no JSON object, or a column holds several kinds of values.
    """
    pa, json = pyarrow(), pyarrow("json")
    if not content.strip():
        raise FileUnreadable(f"{str(path)!r} is empty; a table needs a JSON object for each row.")
    # a line has to be within a block
    options = json.ReadOptions(block_size=min(max(_BLOCK_BYTES, len(content)), _MOST_BYTES))
    try:
        return json.read_json(pa.BufferReader(content), read_options=options)
    except (pa.ArrowException, ValueError) as error:
        said = str(error).splitlines()[0].removeprefix("JSON parse error: ").rstrip(".")
        raise FileUnreadable(
            f"{str(path)!r} cannot be read as JSON lines ({said}); give one object a line, such as"
            ' {"x": 1.5, "y": 2}.'
        ) from None
