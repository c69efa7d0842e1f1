"""``symlaw grammar``: pairs of sequences and outputs become rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

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
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="JSON file to read in place of pairs.")
    ] = None,
    time: Annotated[
        float, typer.Option("--time", metavar="S", help="Seconds after which the best so far is given.")
    ] = 60.0,
) -> None:
    """Find what words mean and how phrases combine.

    \b
    Examples:
      symlaw grammar pairs.tsv
      symlaw grammar pairs.tsv --read "jump around left twice" --save rules.json
      symlaw grammar rules.json --read "walk and run"
    """
    from symlaw.data.formats.opening import check_file
    from symlaw.tasks.grammars.grammar import grammar as find
    from symlaw.tasks.grammars.result import FoundGrammar

    check_file(pairs)
    is_saved = pairs.suffix == ".json"
    found = FoundGrammar.load(pairs) if is_saved else find(_pairs(pairs), time_budget=time)
    if save is not None:
        found.save(save)
    if not read:
        typer.echo(found.report())
    for text in read or []:
        value = found(text)
        unseen = found.unseen(text)
        if value is None:
            why = f"words never seen: {' '.join(unseen)}" if unseen else "the rules cannot read it"
            typer.echo(f"{text!r} is not read: {why}", err=True)
        else:
            typer.echo(" ".join(map(str, value)) if isinstance(value, list) else str(value))


def _pairs(path: Path) -> list[tuple[Any, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise FileUnreadable(f"{str(path)!r} cannot be read: {error}") from None
    read = _record if path.suffix == ".jsonl" else _row
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            pair = read(line)
            if pair is None:
                raise FileUnreadable(
                    f"line {number} of {str(path)!r} is no pair: write a sequence, a tab and its output, or"
                    ' in .jsonl {"input": "jump twice", "output": "JUMP JUMP"}'
                )
            found.append(pair)
    return found


def _row(line: str) -> tuple[Any, Any] | None:
    words, mark, output = line.partition("\t")
    return (words, output) if mark else None


def _record(line: str) -> tuple[Any, Any] | None:
    try:
        record = json.loads(line)
        return record["input"], record["output"]
    except (ValueError, TypeError, KeyError):
        return None
