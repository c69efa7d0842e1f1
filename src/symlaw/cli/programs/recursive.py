"""``symlaw recursive``: examples of arguments and results become a recursive function."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from symlaw.errors import FileUnreadable


def recursive(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Lines of JSON, each with input (a list of arguments) and output."
        ),
    ],
    on: Annotated[
        Path | None, typer.Option("--on", metavar="FILE", help="Lines with inputs to compute and judge.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="File to save the function in.")
    ] = None,
    time: Annotated[
        float, typer.Option("--time", metavar="S", help="Seconds after which the search ends.")
    ] = 30.0,
) -> None:
    """Find the recursive function behind examples.

    \b
    A line is {"input": [[4, 1], 4], "output": true}; trees are
    {"tree": [left, label, right]}, with {"tree": []} the empty one.
    Examples:
      symlaw recursive examples.jsonl
      symlaw recursive examples.jsonl --on inputs.jsonl
    """
    from symlaw.tasks.recursion.recursive import recursive as find

    examples = [(*arguments, output) for arguments, output in _read(data, ("input", "output"))]
    found = find(examples, time_budget=time)
    if save is not None:
        found.save(save)
    if on is None:
        typer.echo(found.report())
        return
    inputs = [arguments for arguments, _ in _read(on, ("input",))]
    doubts = found.doubtful(inputs, most=len(inputs)).set_index("row")["doubt"].to_dict()
    for place, arguments in enumerate(inputs):
        said = {"input": _as_json(list(arguments)), "output": _as_json(found(*arguments))}
        typer.echo(json.dumps({**said, "doubt": float(doubts.get(place, 0.0))}))


def _read(path: Path, wanted: tuple[str, ...]) -> list[tuple[tuple[Any, ...], Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise FileUnreadable(f"{str(path)!r} cannot be read: {error}") from None
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            arguments, output = (
                _value(record[name]) if name in wanted else None for name in ("input", "output")
            )
        except (ValueError, TypeError, KeyError, RecursionError):
            raise FileUnreadable(
                f"line {number} of {str(path)!r} is no example: write "
                '{"input": [[4, 1], 4], "output": true}'
            ) from None
        if not isinstance(arguments, list):
            raise FileUnreadable(f"the input in line {number} of {str(path)!r} is no list of arguments")
        found.append((tuple(arguments), output))
    return found


def _value(record: Any) -> Any:
    """A value from JSON, in which trees and pairs say so."""
    if isinstance(record, dict):
        parts = record["tree"]
        if set(record) != {"tree"} or not isinstance(parts, list):
            raise ValueError
        return tuple(map(_value, parts))
    return list(map(_value, record)) if isinstance(record, list) else record


def _as_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return {"tree": list(map(_as_json, value))}
    return list(map(_as_json, value)) if isinstance(value, list) else value
