"""Frames as tables of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.report.blocks import Block, Table, Text

if TYPE_CHECKING:
    import pandas as pd

_ROWS_SHOWN = 100


def table_of(frame: pd.DataFrame) -> list[Block]:
    """The first rows of a frame, and how many follow; missing cells are empty."""
    shown = frame.head(_ROWS_SHOWN)
    rows = [
        tuple("" if one is None or one != one else str(one) for one in row)
        for row in shown.itertuples(index=False)
    ]
    numbers = tuple(kind.kind in "iuf" for kind in frame.dtypes)
    blocks: list[Block] = [Table(tuple(map(str, frame.columns)), rows, numbers)]
    if len(frame) > _ROWS_SHOWN:
        blocks.append(Text(f"And {len(frame) - _ROWS_SHOWN} more rows.", quiet=True))
    return blocks
