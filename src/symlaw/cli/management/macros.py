"""``symlaw macros``: pieces that recur in formulas, kept for the next search."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symlaw.cli import options as option
from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.macros import Macro
    from symlaw.runs.store import Run
    from symlaw.search.library_learning import Recurring

FILE = Path("symlaw-macros.json")
_ROW = "{:<22} {:>6} {:>7}  {}"

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, context_settings={"max_content_width": 80})

_Top = Annotated[int, typer.Option("--top", metavar="N", min=1, help="So many at most.")]
_AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


@app.callback()
def _macros() -> None:
    """Pieces of formulas that recur, kept for other searches.

    \b
    Examples:
      symlaw macros list
      symlaw macros keep --from last --top 3
      symlaw macros keep "gauss=exp(-x**2)"
      symlaw fit data.csv -t y --macros symlaw-macros.json
    """


@app.command("list")
def list_macros(
    runs_named: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN]...", help="Runs to look in; all by default.")
    ] = None,
    runs: option.RunsFolder = option.RUNS,
    top: _Top = 20,
    kept: Annotated[bool, typer.Option("--kept", help="What is kept in the file, instead.")] = False,
    file: option.MacroFile = FILE,
    as_json: _AsJson = False,
) -> None:
    """List pieces that recur in the fronts of runs, the most saving first.

    \b
    Examples:
      symlaw macros list
      symlaw macros list last 2026-05-04
      symlaw macros list --kept
    """
    from symlaw.runs.macros import read_macros

    if kept:
        macros = read_macros(file)
        savings = None
    else:
        found = _recurring(runs_named, runs, top)
        macros = tuple(piece.macro for piece in found)
        savings = [piece.saving for piece in found]
    if as_json:
        typer.echo(json.dumps([asdict(macro) for macro in macros], indent=1))
    else:
        _tell(macros, savings)


@app.command()
def keep(
    macro: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=DEFINITION]...", help="A macro in x, or in x and y.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--from", metavar="RUN", help="Run to take some from; repeatable.")
    ] = None,
    top: _Top = 3,
    runs: option.RunsFolder = option.RUNS,
    file: option.MacroFile = FILE,
    library: option.Library = None,
) -> None:
    """Keep macros; one of the same name is replaced.

    \b
    Examples:
      symlaw macros keep "gauss=exp(-x**2)" "norm=sqrt(x**2 + y**2)"
      symlaw macros keep --from last --top 3
    """
    from symlaw.language.macros import Macro
    from symlaw.runs.macros import read_macros
    from symlaw.tasks.library.store import file_in

    file = file if library is None else file_in(library, "macros.json")
    new = [Macro(*_parted(text)) for text in macro or ()]
    if source:
        new += [piece.macro for piece in _recurring(source, runs, top)]
        if not new:
            raise InvalidSetting("no piece recurs in these runs: name more runs, or write a macro yourself")
    if not new:
        raise InvalidSetting("keep what? Give NAME=DEFINITION, or --from RUN")
    present = read_macros(file) if file.exists() else ()
    merged = {one.name: one for one in (*present, *new)}
    _save(file, list(merged.values()))
    _tell(new, None)


@app.command()
def drop(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Macros to forget.")],
    file: option.MacroFile = FILE,
) -> None:
    """Take macros out of the file.

    \b
    Examples:
      symlaw macros drop gauss
    """
    from symlaw.runs.macros import read_macros

    present = read_macros(file)
    known = [one.name for one in present]
    for name in names:
        if name not in known:
            raise InvalidSetting(f"there is no macro {name!r} in {str(file)!r}: there are {', '.join(known)}")
    _save(file, [one for one in present if one.name not in names])


def _save(file: Path, macros: Sequence[Macro]) -> None:
    from symlaw.errors import FileUnreadable
    from symlaw.runs.macros import write_macros

    try:
        write_macros(file, macros)
    except OSError as error:
        raise FileUnreadable(f"the macros cannot be written to {str(file)!r}: {error}") from None


def _parted(text: str) -> tuple[str, str]:
    name, equals, definition = text.partition("=")
    if not equals:
        raise InvalidSetting(f"{text!r} is not a name and a definition: write it as gauss=exp(-x**2)")
    return name.strip(), definition.strip()


def _recurring(names: Sequence[str] | None, folder: Path, top: int) -> list[Recurring]:
    from symlaw.runs.macros import formulas_of
    from symlaw.search.library_learning import recurring

    return recurring(formulas_of(_runs(names, folder)), top=top)


def _runs(names: Sequence[str] | None, folder: Path) -> list[Run]:
    from symlaw.runs.store import list_runs, read_run, resolve_run

    folders = [resolve_run(name, folder) for name in names] if names else list_runs(folder)
    if not folders:
        resolve_run("last", folder)
    return [read_run(one) for one in folders]


def _tell(macros: Sequence[Macro], savings: Sequence[int] | None) -> None:
    from symlaw.cli.output.terminal import console, say

    screen = console()
    if not macros:
        say(screen, "No piece of two operators or more recurs.")
        return
    say(screen, _ROW.format("name", "count", "saving", "definition"), style="bold")
    for place, macro in enumerate(macros):
        saving = "" if savings is None else savings[place]
        say(screen, _ROW.format(macro.name, macro.count or "", saving, macro.definition))
