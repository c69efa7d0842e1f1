"""``symlaw logic``: truth tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symlaw.cli import options as option

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Short formulas of truth tables.")


@app.callback()
def _logic() -> None:
    """Short formulas of truth tables."""


@app.command()
def solve(
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="Truth table: .pla, .blif, or .csv and others of 0 and 1.")
    ],
    target: option.Target = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Find the smallest circuit, and prove it; needs python-sat.")
    ] = False,
    noisy: Annotated[bool, typer.Option("--noisy", help="Rows may be wrong.")] = False,
    xor: Annotated[bool, typer.Option("--xor/--no-xor", help="Whether exclusive or may occur.")] = True,
    at_least: Annotated[
        bool, typer.Option("--at-least", help="Allow gates such as at least 2 of (a; b; c).")
    ] = False,
    time_budget: Annotated[float, typer.Option("--time", metavar="S", help="Seconds at most.")] = 60.0,
    certificates: Annotated[
        Path | None,
        typer.Option("--certificates", metavar="DIR", help="Folder for the proofs, as .cnf and .drup files."),
    ] = None,
    export: Annotated[
        str | None,
        typer.Option("--export", metavar="FORM", help="Write as pla, blif, csv, sql, python, excel, c, ..."),
    ] = None,
) -> None:
    """Find short formulas of a truth table with one output.

    \b
    Examples:
      symlaw logic solve table.pla
      symlaw logic solve table.pla --prove --certificates proofs
      symlaw logic solve table.csv --target out --no-xor
    """
    from symlaw.cli.answering import say_summary
    from symlaw.tasks.logic.boolean import boolean

    law = boolean(
        table, target, prove=prove or certificates is not None, noisy=noisy, exclusive_or=xor,
        at_least=at_least, time_budget=time_budget,
    )  # fmt: skip
    if export is not None:
        typer.echo(law.export(export))
        return
    for row in law.front_.to_dict("records"):
        mark = "*" if row["formula"] == str(law) else " "
        say_summary(f" {mark} {row['literals']:>3} literals  {row['errors']:>5} errors  {row['formula']}")
    say_summary(f"\n{law}\n\n{law.status_}")
    claim = law.circuit_
    if claim is not None and claim.circuit is not None:
        typer.echo("\n" + "\n".join(claim.circuit.lines(law.table.names)))
    if claim is not None and certificates is not None:
        certificates.mkdir(parents=True, exist_ok=True)
        for one in claim.certificates:
            one.save(certificates / f"no_circuit_of_{one.n_gates}_gates")


@app.command()
def measure(
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="Truth table: .pla, .blif, or .csv and others of 0 and 1.")
    ],
    target: option.Target = None,
) -> None:
    """Say how inputs matter: influence, sensitivity, spectrum, symmetry.

    Of a partial table, these are of the formula found.

    \b
    Example:
      symlaw logic measure table.pla
    """
    from symlaw.cli.answering import say_summary
    from symlaw.tasks.logic.boolean import boolean

    law = boolean(table, target)
    say_summary(f"{law}\n\n{law.measures()}")


@app.command()
def circuit(
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="Truth table: .pla, .csv and others; or a .blif circuit.")
    ],
    target: option.Target = None,
    time_budget: Annotated[float, typer.Option("--time", metavar="S", help="Seconds at most.")] = 60.0,
    moves: Annotated[int | None, typer.Option("--moves", metavar="N", help="Changes at most.")] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the draws.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the circuit as BLIF.")
    ] = None,
) -> None:
    """Find a small circuit of conjunctions and inverters, or make one smaller.

    \b
    Examples:
      symlaw logic circuit table.pla --out small.blif
      symlaw logic circuit adder.blif --time 20 --out smaller.blif
    """
    from symlaw.tasks.logic.circuits import circuit as find

    found = find(table, target, moves=moves, time_budget=time_budget, random_state=seed)
    if out is not None:
        found.save(out)
    typer.echo(f"{found}\n\n{found.status_}")
