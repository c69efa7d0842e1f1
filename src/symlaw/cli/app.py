"""The command's subcommands together, those of installed packages beside them, and how errors are said."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

import typer

from symlaw._version import __version__
from symlaw.cli import completion, man
from symlaw.cli.added import Commands
from symlaw.cli.commands import (
    compare,
    dynamics,
    examine,
    export,
    fit,
    fit_many,
    predict,
    report,
    resume,
    rules,
    show,
)
from symlaw.cli.management import dashboard, doctor, logic, macros, prior, runs, warmup
from symlaw.cli.programs import automaton, grammar, machine, recursive, rewards, transform
from symlaw.errors import SymlawError

BAD_INPUT = 2

app = typer.Typer(
    name="symlaw",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
for module in (
    fit, fit_many, dynamics, rules, transform, machine, rewards, automaton, recursive, grammar,
    resume, show, examine, report, predict, compare, export, dashboard, doctor, warmup, completion, man,
):  # fmt: skip
    name = module.__name__.rpartition(".")[2]
    app.command(name.replace("_", "-"), cls=getattr(module, "COMMAND", None))(getattr(module, name))
app.add_typer(runs.app, name="runs")
app.add_typer(logic.app, name="logic")
app.add_typer(macros.app, name="macros")
app.add_typer(prior.app, name="prior")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"symlaw {__version__}")
        raise typer.Exit


@app.callback()
def _symlaw(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Find the formula behind data: from simplest to most accurate.

    \b
    Examples:
      symlaw fit data.csv --target y
      symlaw show last
      symlaw export last --format latex
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; 2 for input that is refused.

    With ``SYMLAW_TRACEBACK=1`` in the environment, a refusal shows where it comes from.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):
            # a star on a terminal that has none becomes "?" instead of an error
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    completion.answer_shells()
    try:
        app(args=None if arguments is None else list(arguments), prog_name="symlaw")
    except SymlawError as error:
        if os.environ.get("SYMLAW_TRACEBACK") == "1":
            raise
        print(f"symlaw: {error}", file=sys.stderr)
        return BAD_INPUT
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0
