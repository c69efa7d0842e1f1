"""``symlaw export``: a run's formula in another form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from symlaw.cli import options as option
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
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="NAME",
            help="One of those below.",
            autocompletion=option.format_names,
        ),
    ],
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
        typer.Option("--data", metavar="FILE", help="Table that says how sure digits are (latex)."),
    ] = None,
    plugin: option.Plugin = None,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Write a run's formula as program, SQL, LaTeX, cell.

    \b
    Examples:
      symlaw export last --format latex --digits 4
      symlaw export last --format latex --data data.csv
      symlaw export last --format c -o law.c
      symlaw export last --format excel --cells "mass=B2,speed=C2"
      symlaw export last --format sqlite --complexity 8
    """
    from symlaw.cli.plugins import operators_in
    from symlaw.runs.store import read_run, resolve_run
    from symlaw.tasks.exporting import of_a_table, with_labels

    found = read_run(resolve_run(run, runs))
    formula = found.row(complexity).expression.with_operators(operators_in(plugin))
    given: dict[str, Any] = {"digits": digits, "cells": None if cells is None else cells_in(cells)}
    if data is not None:
        formula, given["errors"] = _with_errors(found, formula, data)
    header = found.header
    sheet = header.encodings.get("columns") or header.feature_names
    given.update(of_a_table(notation, sheet, header.encodings))
    if notation == "latex":
        given["units"] = _units_in(found, formula) or None
    written = formula.export(notation, **{name: value for name, value in given.items() if value is not None})
    written = with_labels(written, notation, formula, header.encodings)
    if output is not None:
        _write(output, written)
    elif isinstance(written, bytes):
        raise InvalidSetting(f"format {notation!r} is binary: say where it goes with --output FILE")
    else:
        typer.echo(written.rstrip("\n"))
        if notation == "excel" and cells is None:
            options = {name: value for name, value in given.items() if value is not None}
            shown = str(formula.export("excel", **options, legend=True)).splitlines()[1:]
            typer.echo(f"cells: {'; '.join(shown)}", err=True)


def _with_errors(run: Run, formula: Expression, data: Path) -> tuple[Expression, dict[str, float]]:
    """The formula fitted to a table, and standard errors of those constants that the table determines."""
    import math

    from symlaw.cli.compare import measured
    from symlaw.tasks.trusting import uncertainty

    columns, target, weighing = measured(run, data)
    sure = uncertainty(formula, columns, target, **weighing)
    pairs = zip(sure.names, sure.standard_errors.tolist(), strict=True)
    return sure.expression, {name: error for name, error in pairs if math.isfinite(error)}


def _units_in(run: Run, formula: Expression) -> dict[str, str]:
    """Units of a formula's columns, as the run was told in words."""
    told = run.header.settings.get("units") or {}
    return {name: unit for name, unit in told.items() if name in formula.variables and isinstance(unit, str)}


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
