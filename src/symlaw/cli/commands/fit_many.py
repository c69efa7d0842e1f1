"""``symlaw fit-many``: a law for each of many tables in one file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from symlaw.cli import options as option
from symlaw.errors import FileUnreadable, InvalidSetting

_SHOWN = 12


def fit_many(
    data: option.Data,
    target: option.Target = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Column that tells the tables.")
    ] = None,
    features: option.Features = None,
    drop: option.Drop = None,
    operators: option.Operators = None,
    max_evaluations: Annotated[
        int | None, typer.Option("--max-evaluations", metavar="N", help="Formulas that each search may try.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="DIR", help="Keeps what searches found; a run goes on from it."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Table of results to write: .csv or .json."),
    ] = None,
    processes: Annotated[
        int | None, typer.Option("--processes", metavar="N", help="Processes; as many as cores by default.")
    ] = None,
    cluster: option.Cluster = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the searches.")] = 0,
    quiet: option.Quiet = False,
) -> None:
    """Find a law for each of the tables that a column tells apart.

    Some tables are searched; what was found for one is tried in the others first,
    which takes milliseconds. Tables that cannot be used are listed, and one law for
    all with constants of their own is compared with a law for each.

    \b
    Examples:
      symlaw fit-many data.parquet -t y --by sensor_id
      symlaw fit-many data.csv -t y --by patient --folder laws -o laws.csv
    """
    from symlaw.cli.commands.fit import _named
    from symlaw.cli.output.terminal import console, say
    from symlaw.tasks.many import fitting

    if target is None or by is None:
        raise InvalidSetting(
            "name the column to explain with --target and the one that tells tables with --by"
        )
    if output is not None and output.suffix not in (".csv", ".json"):
        raise InvalidSetting(f"--output {str(output)!r} ends in neither .csv nor .json: give one of them")
    if cluster is not None and processes is not None:
        raise InvalidSetting("--processes does not go with --cluster: leave it out")
    screen = console()
    found = fitting.fit_many(
        data, target, by=by, features=option.split(features), drop=option.split(drop) or (),
        operators=_named(operators), max_evaluations=max_evaluations or fitting.EVALUATIONS, folder=folder,
        n_jobs=-1 if processes is None else processes, executor="processes" if cluster is None else "dask",
        cluster=cluster, random_state=seed, tell=None if quiet else partial(say, screen, style="dim"),
    )  # fmt: skip
    if output is not None:
        try:
            found.save(output)
        except OSError as error:
            raise FileUnreadable(f"{str(output)!r} cannot be written: {error}") from None
    for line in _lines(found):
        say(screen, line)


def _lines(found: object) -> list[str]:
    """What was found, in lines."""
    from symlaw.tasks.many.result import ManyLaws

    assert isinstance(found, ManyLaws)
    counts: dict[str, int] = {}
    for law in found.laws.values():
        counts[law.verdict] = counts.get(law.verdict, 0) + 1
    lines = [f"{len(found.laws):,} tables: " + ", ".join(f"{n:,} {word}" for word, n in counts.items())]
    lines += [f"{count:>7,}  {formula.shown(4)}" for formula, count in found.forms[:_SHOWN]]
    if len(found.forms) > _SHOWN:
        lines.append(f"         and {len(found.forms) - _SHOWN} more forms")
    if found.one_law is not None:
        lines.append(found.one_law.sentence)
    failures = list(found.failures.items())
    lines += [f"{found.by} {key}: {why}" for key, why in failures[:_SHOWN]]
    if len(failures) > _SHOWN:
        lines.append(f"and {len(failures) - _SHOWN} more tables that cannot be used")
    return lines
