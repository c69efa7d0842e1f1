"""``symlaw grammar``: pairs of sequences and outputs become rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.cli.programs.finding import Export, Save, Wanted, found_in, numbered_lines, records_in, show
from symlaw.errors import FileUnreadable


def grammar(
    pairs: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Lines of a sequence, a tab and its output; or .jsonl; or a saved .json."
        ),
    ],
    read: Annotated[
        list[str] | None,
        typer.Option("--read", metavar="TEXT", help="Sequence to read by the rules; again for more."),
    ] = None,
    time: Annotated[
        float, typer.Option("--time", metavar="S", help="Seconds after which the best so far is given.")
    ] = 60.0,
    save: Save = None,
    export: Export = None,
    runs: option.RunsFolder = option.RUNS,
    quiet: option.Quiet = False,
) -> None:
    """Find what words mean and how phrases combine.

    \b
    Examples:
      symlaw grammar pairs.tsv
      symlaw grammar pairs.tsv --read "jump around left twice" --save rules.json
      symlaw grammar rules.json --read "walk and run"
    """
    from symlaw.tasks.grammars.grammar import grammar as find

    wanted = Wanted(runs, save, export, quiet)
    found = found_in(
        "grammar", pairs, time, lambda watch: find(_pairs(pairs), time_budget=time, watch=watch), wanted
    )
    if not read:
        show(found, wanted)
    for text in read or []:
        value = found(text)
        unseen = found.unseen(text)
        if value is None:
            why = f"words never seen: {' '.join(unseen)}" if unseen else "the rules cannot read it"
            typer.echo(f"{text!r} is not read: {why}", err=True)
        else:
            typer.echo(" ".join(map(str, value)) if isinstance(value, list) else str(value))


def _pairs(path: Path) -> list[tuple[Any, ...]]:
    if path.suffix == ".jsonl":
        return records_in(path, ("input", "output"), '{"input": "jump twice", "output": "JUMP JUMP"}')
    found = []
    for number, line in numbered_lines(path):
        words, mark, output = line.partition("\t")
        if not mark:
            raise FileUnreadable(
                f"line {number} of {str(path)!r} is no pair: write a sequence, a tab and its output"
            )
        found.append((words, output))
    return found
