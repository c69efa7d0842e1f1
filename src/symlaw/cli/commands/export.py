"""``symlaw export``: a run's formula in another form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperCommand

from symlaw.cli import options as option
from symlaw.cli.answering import model_in, refuse_options
from symlaw.errors import FileUnreadable, InvalidSetting

if TYPE_CHECKING:
    from typer._click.core import Context
    from typer._click.formatting import HelpFormatter

    from symlaw.language.expression import Expression
    from symlaw.runs.store import Run


class COMMAND(TyperCommand):
    """The command, whose help lists the formats without loading them before it is asked for."""

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """One line for each format, and what some lack."""
        from symlaw.language.printers import targets

        found = sorted(targets().values(), key=lambda one: one.name)
        with formatter.section("Formats"):
            formatter.write_dl([(one.name, one.summary) for one in found])
        lacking = [(one.name, ", ".join(one.lacks())) for one in found if one.lacks()]
        if lacking:
            with formatter.section("Operators that a format lacks"):
                formatter.write_dl(lacking)


def export(
    run: option.RunName,
    notation: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="NAME",
            help="One of those below; the ending of the output may tell it, such as .tex.",
            autocompletion=option.format_names,
        ),
    ] = None,
    complexity: option.OneComplexity = None,
    output: option.OutputFile = None,
    digits: Annotated[
        int | None, typer.Option("--digits", metavar="N", help="Significant digits (text, latex).")
    ] = None,
    cells: Annotated[
        str | None,
        typer.Option("--cells", metavar="LIST", help='Cells of columns (excel), such as "x=B2,y=C2".'),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="FILE", help="Table to fit to first; LaTeX shows the digits it justifies."
        ),
    ] = None,
    plugin: option.Plugin = None,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Write a run's formula as program, SQL, LaTeX, cell.

    \b
    Examples:
      symlaw export last --format latex --digits 4
      symlaw export last --format latex --data data.csv
      symlaw export last -o law.c
      symlaw export last --format excel --cells "mass=B2,speed=C2"
      symlaw export last --format sqlite --complexity 8
    """
    from symlaw.cli.management.plugins import operators_in
    from symlaw.runs.store import read_run, resolve_run
    from symlaw.tasks.model.exports import Origin

    notation = notation or format_of(output)
    folder = resolve_run(run, runs)
    model = model_in(folder)
    if model is not None:
        given = {"--complexity": complexity, "--digits": digits, "--cells": cells, "--data": data}
        refuse_options(folder, given)
        _put(output, model.export(notation))
        return
    found = read_run(folder)
    formula = found.row(complexity).expression.with_operators(operators_in(plugin))
    told = {"digits": digits, "cells": None if cells is None else cells_in(cells)}
    options = {name: value for name, value in told.items() if value is not None}
    if data is not None:
        formula = _fitted(found, formula, data)
    origin = Origin.of_run(found.header)
    written = origin.export(formula, notation, **options)
    if output is None and isinstance(written, bytes):
        raise InvalidSetting(f"format {notation!r} is binary: say where it goes with --output FILE")
    _put(output, written)
    if output is None and notation == "excel" and cells is None:
        shown = str(origin.export(formula, "excel", **options, legend=True)).splitlines()[1:]
        typer.echo(f"cells: {'; '.join(shown)}", err=True)


def format_of(output: Path | None) -> str:
    """The format that an output's ending tells.

    Examples
    --------
    >>> format_of(Path("law.tex"))
    'latex'
    """
    from symlaw.language.printers import targets

    told = {one.ending: one.name for one in targets().values() if one.ending}
    ending = "" if output is None else output.suffix.lower()
    if ending not in told:
        reason = (
            "" if output is None else f": {output.name!r} does not tell it, as {', '.join(sorted(told))} do"
        )
        raise InvalidSetting(
            "say which format with --format NAME, such as --format latex"
            f" (symlaw export -h lists them){reason}"
        )
    return told[ending]


def _put(output: Path | None, written: str | bytes) -> None:
    """Write to a file, or text to the screen."""
    if output is not None:
        _write(output, written)
    else:
        typer.echo(written.rstrip("\n") if isinstance(written, str) else written)


def _fitted(run: Run, formula: Expression, data: Path) -> Expression:
    """The formula fitted to a table, its constants with the digits that their standard errors justify."""
    from symlaw.cli.commands.compare import measured
    from symlaw.tasks.model.trust import uncertainty
    from symlaw.trust.constants.figures import fitted_formula

    columns, target, weighing = measured(run, data)
    return fitted_formula(uncertainty(formula, columns, target, loss=run.header.loss, **weighing))


def cells_in(text: str) -> dict[str, str]:
    """Cells from text such as ``x=B2,y=C2``; quotes keep a comma in a name.

    Examples
    --------
    >>> cells_in('x=B2, "a,b=C2"')
    {'x': 'B2', 'a,b': 'C2'}
    """
    found = {}
    for part in option.split([text]) or []:
        name, equals, cell = part.rpartition("=")
        if not (equals and name.strip()):
            raise InvalidSetting(f"--cells {part!r} is not a column and a cell: write it as x=B2")
        found[name.strip()] = cell.strip()
    return found


def _write(path: Path, written: str | bytes) -> None:
    try:
        if isinstance(written, bytes):
            path.write_bytes(written)
        else:
            path.write_text(written.rstrip("\n") + "\n", encoding="utf-8")
    except OSError as error:
        raise FileUnreadable(f"{str(path)!r} cannot be written: {error}") from None
