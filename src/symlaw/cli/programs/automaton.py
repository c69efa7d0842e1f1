"""``symlaw automaton``: frames of cells become the rule of a cell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symlaw.errors import FileUnreadable


def automaton(
    frames: Annotated[
        Path, typer.Argument(metavar="FRAMES", help="Array .npy of frames, one after the other.")
    ],
    table: Annotated[bool, typer.Option("--table", help="Show the table of the rule, too.")] = False,
) -> None:
    """Find the rule of a cellular automaton.

    \b
    Frames are rows of cells, or grids of them; -1 is a cell that is not known.
    Examples:
      symlaw automaton frames.npy
      symlaw automaton frames.npy --table
    """
    import numpy as np

    from symlaw.data.formats.opening import check_file
    from symlaw.tasks.automata.automaton import automaton as find

    check_file(frames)
    try:
        cells = np.load(frames, allow_pickle=False)
    except (OSError, ValueError):
        raise FileUnreadable(
            f"{str(frames)!r} cannot be read as an array of numbers: write the frames with numpy.save"
        ) from None
    found = find(cells)
    typer.echo(str(found))
    if table:
        typer.echo(found.table.to_string(index=False))
