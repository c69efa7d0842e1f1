"""``symlaw transform``: a column of texts becomes another one, by a program found from examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.cli.answering import found_as_run, say_summary, this_command
from symlaw.errors import ColumnNotFound, InvalidSetting

if TYPE_CHECKING:
    import pandas as pd

    from symlaw.search.watch import Watch
    from symlaw.tasks.programs.result import Transformation


def transform(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="Table: .csv, .tsv, .jsonl, .xlsx, .parquet.")],
    columns: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="NAME", help="Column to read; again for more columns."),
    ] = None,
    example: Annotated[
        list[str] | None,
        typer.Option(
            "--example", metavar="IN=OUT", help="An example; inputs of several columns with | between."
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="NAME", help="Column to fill; its filled cells are examples."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Table to write, with the column.")
    ] = None,
    export: Annotated[
        str | None,
        typer.Option(
            "--export",
            metavar="FORM",
            help="Write it as python, pandas, javascript, duckdb, sqlite, excel, regex",
        ),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="JSON file that --program reads.")
    ] = None,
    program: Annotated[
        Path | None, typer.Option("--program", metavar="FILE", help="A saved program, in place of examples.")
    ] = None,
    ask: Annotated[bool, typer.Option("--ask", help="Ask for the answer to doubtful rows.")] = False,
    exact: Annotated[bool, typer.Option("--exact", help="No example may be left out as wrong.")] = False,
    time_budget: Annotated[
        float, typer.Option("--time", metavar="S", help="Seconds to search at most.")
    ] = 10.0,
    runs: option.RunsFolder = option.RUNS,
    quiet: option.Quiet = False,
) -> None:
    """Find what turns texts into others, from examples.

    \b
    Examples:
      symlaw transform bikes.csv --from bike --example "Ducati100=Ducati"
      symlaw transform people.csv --from first --from last --to email -o out.csv
      symlaw transform bikes.csv --from bike --program brand.json -o brand.csv
    """
    from symlaw.runs.answers import Asked
    from symlaw.tasks.programs.tables import read_texts, write_texts

    table = read_texts(data)
    names = _columns(table, columns, to, program)
    inputs = table[names] if len(names) > 1 else table[names[0]]
    asked = (example or [], to, program, exact, time_budget)

    def find(watch: Watch | None) -> Transformation:
        found = _found(table, inputs, names, asked, watch)
        return _asked(found, inputs) if ask else found

    if program is not None:
        found = find(None)
    else:
        reading = {"paths": [str(data.absolute())], "columns": names}
        target = to or f"{names[0]}_transformed"
        header = Asked("transform", target, str(data.absolute()), {"exact": exact}, reading, this_command())
        found = found_as_run(header, runs, time_budget, find, quiet=quiet)
    if save is not None:
        found.save(save)
    if export is not None:
        typer.echo(found.export(export))
    elif not quiet:
        say_summary(found.summary())
        _show_doubts(found, inputs)
    if out is not None:
        name = to or f"{names[0]}_transformed"
        write_texts(table.assign(**{name: found(inputs)}), out)
        failed = found.failures(inputs)
        if failed:
            typer.echo(f"{len(failed)} rows have no value, the first is row {failed[0] + 1}", err=True)


def _columns(
    table: pd.DataFrame, columns: list[str] | None, to: str | None, program: Path | None
) -> list[str]:
    if columns is None:
        rest = [str(name) for name in table.columns if name != to]
        if len(rest) == 1 or program is not None:
            return rest
        raise InvalidSetting(f"the table has the columns {', '.join(rest)}: say with --from which to read")
    for name in columns:
        if name not in table.columns:
            raise ColumnNotFound(
                f"the table has no column {name!r}; it has {', '.join(map(str, table.columns))}"
            )
    return columns


def _found(
    table: pd.DataFrame, inputs: Any, names: list[str], asked: tuple[Any, ...], watch: Watch | None
) -> Transformation:
    from symlaw.tasks.programs.result import Transformation
    from symlaw.tasks.programs.transform import transform as find

    example, to, program, exact, time_budget = asked
    if program is not None:
        return Transformation.load(program)
    if example:
        pairs = [_pair(text, len(names)) for text in example]
        return find(pairs, rows=inputs, names=names, noisy=not exact, time_budget=time_budget, watch=watch)
    if to is None:
        raise InvalidSetting(
            'give examples such as --example "in=out", or --to with a column of which cells are filled'
        )
    if to not in table.columns:
        raise ColumnNotFound(
            f"the table has no column {to!r} with filled cells: give examples with --example"
        )
    outputs = [None if cell in ("", None) else cell for cell in table[to]]
    return find(inputs, outputs, names=names, noisy=not exact, time_budget=time_budget, watch=watch)


def _pair(text: str, width: int) -> tuple[tuple[str, ...], str]:
    given, mark, output = text.rpartition("=")
    cells = tuple(given.split("|")) if width > 1 else (given,)
    if not mark or len(cells) != width:
        raise InvalidSetting(
            f"--example {text!r} is no example: write input=output, inputs of several columns with | between"
        )
    return cells, output


def _asked(found: Transformation, inputs: Any) -> Transformation:
    """Ask for answers until no row is in doubt, or an answer is empty."""
    while True:
        doubts = found.doubtful(inputs, most=1)
        if doubts.empty:
            return found
        row = doubts.iloc[0]
        typer.echo(str(found))
        answer = typer.prompt(
            f"{row['input']!r} becomes (empty to end)", default=row["value"] or "", show_default=True
        )
        if not answer:
            return found
        settled = found.settle(row["input"], answer)
        if settled.programs == found.programs:
            return settled
        found = settled


def _show_doubts(found: Transformation, inputs: Any) -> None:
    doubts = found.doubtful(inputs, most=5)
    if len(doubts):
        typer.echo("\ndoubtful rows: give one of them as an example")
        for row in doubts.to_dict("records"):
            typer.echo(f"  {row['row'] + 1}: {row['input']!r} becomes {row['value']!r}, or {row['rival']!r}")
