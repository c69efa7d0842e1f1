"""``symlaw rewards``: traces of events and rewards become a reward machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.cli.programs.finding import Export, Save, Wanted, found_in, records_in, show
from symlaw.errors import FileUnreadable

_LINE = '{"events": [["key"], [], ["door"]], "rewards": [0, 0, 1]}'


def rewards(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Lines of JSON, each with events and rewards, and ended if known; or a saved .json file.",
        ),
    ],
    levels: Annotated[
        int, typer.Option("--levels", metavar="N", help="2 for parts that come again and are called.")
    ] = 1,
    on: Annotated[
        Path | None, typer.Option("--on", metavar="FILE", help="Lines with events to run the machine on.")
    ] = None,
    diagram: Annotated[
        Path | None, typer.Option("--diagram", metavar="FILE", help="SVG file to draw states into.")
    ] = None,
    time: Annotated[
        float, typer.Option("--time", metavar="S", help="Seconds after which nothing smaller is looked for.")
    ] = 60.0,
    save: Save = None,
    export: Export = None,
    runs: option.RunsFolder = option.RUNS,
    quiet: option.Quiet = False,
) -> None:
    """Find what rewards of traces of events depend on.

    \b
    Each line is one episode, with the events of each step and its reward.
    Examples:
      symlaw rewards traces.jsonl
      symlaw rewards traces.jsonl --levels 2 --diagram states.svg
      symlaw rewards machine.json --on more.jsonl
    """
    from symlaw.tasks.rewards.reward_machine import reward_machine as find

    wanted = Wanted(runs, save, export, quiet)
    found = found_in(
        "rewards", data, time,
        lambda watch: find(**_read(data), levels=levels, time_budget=time, watch=watch), wanted,
    )  # fmt: skip
    if diagram is not None:
        try:
            diagram.write_text(found.diagram(), encoding="utf-8")
        except OSError as error:
            raise FileUnreadable(f"the diagram cannot be written to {str(diagram)!r}: {error}") from None
    if on is not None:
        for (events,) in records_in(on, ("events",), '{"events": [["key"], []]}'):
            typer.echo(json.dumps({"events": events, "rewards": found(events)}))
    else:
        show(found, wanted)


def _read(path: Path) -> dict[str, Any]:
    lines = records_in(path, ("events", "rewards"), _LINE, ("ended",))
    if not all(isinstance(one, list) for line in lines for one in line[:2]):
        raise FileUnreadable(f"events or rewards of a line of {str(path)!r} are no list: write {_LINE}")
    ended = [one for *_, one in lines if one is not None]
    if ended and (len(ended) < len(lines) or not all(isinstance(one, bool) for one in ended)):
        raise FileUnreadable(
            f"ended is no truth in a line of {str(path)!r}: write it in all lines, or in none"
        )
    return {
        "traces": [one for one, *_ in lines],
        "rewards": [one for _, one, _ in lines],
        "ended": ended or None,
    }
