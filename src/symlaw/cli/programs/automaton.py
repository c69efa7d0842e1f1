"""``symlaw automaton``: frames of cells become the rule of a cell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.cli.programs.finding import Export, Save, Wanted, found_in, numbered_lines, show
from symlaw.errors import FileUnreadable

if TYPE_CHECKING:
    from symlaw.search.watch import Watch


def automaton(
    frames: Annotated[
        Path,
        typer.Argument(
            metavar="FRAMES", help="Array .npy of frames, one after the other; or a saved .json file."
        ),
    ],
    graph: Annotated[
        Path | None,
        typer.Option(
            "--graph",
            metavar="FILE",
            help="Edges of nodes: lines of two numbers from 0 on, or .npy.",
        ),
    ] = None,
    directed: Annotated[
        bool, typer.Option("--directed", help="The second node of an edge sees the first, and not back.")
    ] = False,
    table: Annotated[bool, typer.Option("--table", help="Show the table of the rule, too.")] = False,
    save: Save = None,
    export: Export = None,
    runs: option.RunsFolder = option.RUNS,
    quiet: option.Quiet = False,
) -> None:
    """Find the rule of a cellular automaton, or of nodes of a graph.

    \b
    Frames are rows of cells or nodes, or grids of cells; -1 is not known.
    Examples:
      symlaw automaton frames.npy
      symlaw automaton frames.npy --table
      symlaw automaton states.npy --graph edges.csv
    """
    from symlaw.tasks.automata.automaton import automaton as find

    wanted = Wanted(runs, save, export, quiet)

    def search(watch: Watch) -> Any:
        edges = None if graph is None else _edges(graph)
        return find(_read(frames), graph=edges, directed=directed, watch=watch)

    found = found_in("automaton", frames, None, search, wanted)
    show(found, wanted)
    if table:
        typer.echo(found.table.to_string(index=False))


def _edges(path: Path) -> Any:
    from symlaw.data.formats.opening import check_file

    check_file(path)
    if path.suffix == ".npy":
        return _read(path)
    edges = []
    for number, line in numbered_lines(path):
        cells = re.split(r"[,;\s]+", line.strip())
        if number == 1 and not any(cell.isdecimal() for cell in cells):
            continue
        if len(cells) != 2 or not all(cell.isdecimal() for cell in cells):
            raise FileUnreadable(
                f"line {number} of {str(path)!r} is no edge: write two node numbers, as in 0,1"
            )
        edges.append([int(cell) for cell in cells])
    return edges


def _read(path: Path) -> Any:
    import numpy as np

    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError):
        raise FileUnreadable(
            f"{str(path)!r} cannot be read as an array of numbers: write the frames with numpy.save"
        ) from None
