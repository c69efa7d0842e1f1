"""``symlaw machine``: sequences in and out become a machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.cli.programs.finding import Export, Save, Wanted, found_in, records_in, show
from symlaw.errors import FileUnreadable

_LINE = '{"input": [1, 0, 1], "output": [1, 1, 0]}'


def machine(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Lines of JSON, each with input and output; or a saved .json file."
        ),
    ],
    on: Annotated[
        Path | None, typer.Option("--on", metavar="FILE", help="Lines with inputs to run the machine on.")
    ] = None,
    table: Annotated[bool, typer.Option("--table", help="Show the table in place of code.")] = False,
    diagram: Annotated[
        Path | None, typer.Option("--diagram", metavar="FILE", help="SVG file to draw states into.")
    ] = None,
    time: Annotated[
        float, typer.Option("--time", metavar="S", help="Seconds after which no longer formulas are tried.")
    ] = 60.0,
    save: Save = None,
    export: Export = None,
    runs: option.RunsFolder = option.RUNS,
    quiet: option.Quiet = False,
) -> None:
    """Find the machine behind sequences.

    \b
    Each line of the file is one sequence, with as many outputs or one label.
    Examples:
      symlaw machine traces.jsonl
      symlaw machine traces.jsonl --diagram states.svg --save machine.json
      symlaw machine machine.json --on more.jsonl
    """
    from symlaw.tasks.machines.machine import machine as find

    wanted = Wanted(runs, save, export, quiet)
    found = found_in(
        "machine", data, time, lambda watch: find(*_read(data), time_budget=time, watch=watch), wanted
    )
    if diagram is not None:
        picture = found.diagram()
        try:
            diagram.write_text(picture, encoding="utf-8")
        except OSError as error:
            raise FileUnreadable(f"the diagram cannot be written to {str(diagram)!r}: {error}") from None
    if on is not None:
        for (steps,) in records_in(on, ("input",), '{"input": [1, 0, 1]}'):
            typer.echo(json.dumps({"input": steps, "output": found(_steps(steps))}))
    elif table:
        typer.echo(found.table.to_string(index=False))
    else:
        show(found, wanted)


def _read(path: Path) -> tuple[list[Any], list[Any]]:
    inputs, outputs = [], []
    for place, (steps, answers) in enumerate(records_in(path, ("input", "output"), _LINE), 1):
        if not isinstance(steps, (list, str)):
            raise FileUnreadable(f"the input of sequence {place} in {str(path)!r} is no list and no text")
        inputs.append(_steps(steps))
        outputs.append(_steps(answers) if isinstance(answers, list) else answers)
    return inputs, outputs


def _steps(steps: Any) -> list[Any]:
    return [tuple(step) if isinstance(step, list) else step for step in steps]
