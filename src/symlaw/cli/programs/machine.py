"""``symlaw machine``: sequences in and out become a machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from symlaw.errors import FileUnreadable


def machine(
    data: Annotated[Path, typer.Argument(metavar="FILE", help="Lines of JSON, each with input and output.")],
    table: Annotated[bool, typer.Option("--table", help="Show the table in place of code.")] = False,
    diagram: Annotated[
        Path | None, typer.Option("--diagram", metavar="FILE", help="SVG file to draw states into.")
    ] = None,
    time: Annotated[
        float, typer.Option("--time", metavar="S", help="Seconds after which no longer formulas are tried.")
    ] = 60.0,
) -> None:
    """Find the machine behind sequences.

    \b
    Each line of the file is one sequence, with as many outputs or one label.
    Examples:
      symlaw machine traces.jsonl
      symlaw machine traces.jsonl --diagram states.svg
    """
    from symlaw.tasks.machines.machine import machine as find

    inputs, outputs = _read(data)
    found = find(inputs, outputs, time_budget=time)
    if diagram is not None:
        picture = found.diagram()
        try:
            diagram.write_text(picture, encoding="utf-8")
        except OSError as error:
            raise FileUnreadable(f"the diagram cannot be written to {str(diagram)!r}: {error}") from None
    typer.echo(found.table.to_string(index=False) if table else found.code)


def _read(path: Path) -> tuple[list[Any], list[Any]]:
    inputs, outputs = [], []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise FileUnreadable(f"{str(path)!r} cannot be read: {error}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            steps, answers = record["input"], record["output"]
        except (ValueError, TypeError, KeyError):
            raise FileUnreadable(
                f"line {number} of {str(path)!r} is no sequence: write "
                '{"input": [1, 0, 1], "output": [1, 1, 0]}'
            ) from None
        if not isinstance(steps, (list, str)):
            raise FileUnreadable(f"the input in line {number} of {str(path)!r} is no list and no text")
        inputs.append([tuple(step) if isinstance(step, list) else step for step in steps])
        outputs.append(
            [tuple(one) if isinstance(one, list) else one for one in answers]
            if isinstance(answers, list)
            else answers
        )
    return inputs, outputs
