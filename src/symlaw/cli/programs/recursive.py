"""``symlaw recursive``: examples of arguments and results become a recursive function."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.cli.programs.finding import Export, Save, Wanted, found_in, records_in, show
from symlaw.errors import FileUnreadable

_LINE = '{"input": [[4, 1], 4], "output": true}'


def recursive(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Lines of JSON, each with input (a list of arguments) and output; or a saved .json file.",
        ),
    ],
    on: Annotated[
        Path | None, typer.Option("--on", metavar="FILE", help="Lines with inputs to compute and judge.")
    ] = None,
    time: Annotated[
        float, typer.Option("--time", metavar="S", help="Seconds after which the search ends.")
    ] = 30.0,
    save: Save = None,
    export: Export = None,
    runs: option.RunsFolder = option.RUNS,
    quiet: option.Quiet = False,
) -> None:
    """Find the recursive function behind examples.

    \b
    A line is {"input": [[4, 1], 4], "output": true}; trees are
    {"tree": [left, label, right]}, with {"tree": []} the empty one.
    Examples:
      symlaw recursive examples.jsonl --save member.json
      symlaw recursive member.json --on inputs.jsonl
    """
    from symlaw.tasks.recursion.recursive import recursive as find
    from symlaw.tasks.recursion.values import value_record

    wanted = Wanted(runs, save, export, quiet)
    found = found_in(
        "recursive", data, time, lambda watch: find(_read(data), time_budget=time, watch=watch), wanted
    )
    if on is None:
        show(found, wanted)
        return
    inputs = [_arguments(on, place, one)
              for place, (one,) in enumerate(records_in(on, ("input",), _LINE), 1)]  # fmt: skip
    doubts = found.doubtful(inputs, most=len(inputs)).set_index("row")["doubt"].to_dict()
    for place, arguments in enumerate(inputs):
        said = {"input": value_record(list(arguments)), "output": value_record(found(*arguments))}
        typer.echo(json.dumps({**said, "doubt": float(doubts.get(place, 0.0))}))


def _read(path: Path) -> list[tuple[Any, ...]]:
    return [
        (*_arguments(path, place, arguments), _value(path, place, output))
        for place, (arguments, output) in enumerate(records_in(path, ("input", "output"), _LINE), 1)
    ]


def _arguments(path: Path, place: int, record: Any) -> tuple[Any, ...]:
    arguments = _value(path, place, record)
    if not isinstance(arguments, list):
        raise FileUnreadable(f"the input of example {place} in {str(path)!r} is no list of arguments")
    return tuple(arguments)


def _value(path: Path, place: int, record: Any) -> Any:
    from symlaw.tasks.recursion.values import value_from

    try:
        return value_from(record)
    except ValueError as error:
        raise FileUnreadable(f"example {place} in {str(path)!r} has no value: {error}") from None
