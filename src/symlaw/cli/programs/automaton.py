"""``symlaw automaton``: frames of cells become the rule of a cell."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.cli.programs.finding import Export, Save, Wanted, found_in, show
from symlaw.errors import FileUnreadable


def automaton(
    frames: Annotated[
        Path,
        typer.Argument(
            metavar="FRAMES", help="Array .npy of frames, one after the other; or a saved .json file."
        ),
    ],
    table: Annotated[bool, typer.Option("--table", help="Show the table of the rule, too.")] = False,
    save: Save = None,
    export: Export = None,
    runs: option.RunsFolder = option.RUNS,
    quiet: option.Quiet = False,
) -> None:
    """Find the rule of a cellular automaton.

    \b
    Frames are rows of cells, or grids of them; -1 is a cell that is not known.
    Examples:
      symlaw automaton frames.npy
      symlaw automaton frames.npy --table
    """
    from symlaw.tasks.automata.automaton import automaton as find

    wanted = Wanted(runs, save, export, quiet)
    found = found_in("automaton", frames, None, lambda watch: find(_read(frames), watch=watch), wanted)
    show(found, wanted)
    if table:
        typer.echo(found.table.to_string(index=False))


def _read(path: Path) -> Any:
    import numpy as np

    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError):
        raise FileUnreadable(
            f"{str(path)!r} cannot be read as an array of numbers: write the frames with numpy.save"
        ) from None
