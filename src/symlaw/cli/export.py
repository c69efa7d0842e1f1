"""``symlaw export``: a run's formula in another notation."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from symlaw.cli import options as option
from symlaw.errors import FileUnreadable

if TYPE_CHECKING:
    from symlaw.language.expression import Expression

LATEX_DIGITS = 6


class Format(StrEnum):
    """Notations."""

    latex = "latex"
    sympy = "sympy"
    python = "python"
    json = "json"


def export(
    run: option.RunName,
    notation: Annotated[Format, typer.Option("--format", "-f", help="Notation.")],
    complexity: option.OneComplexity = None,
    output: option.OutputFile = None,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Write a run's formula as LaTeX, SymPy, a Python function or JSON.

    \b
    Examples:
      symlaw export last --format latex
      symlaw export last --format python -o law.py
      symlaw export last --format sympy --complexity 8
    """
    from symlaw.runs.store import read_run, resolve_run

    expression = read_run(resolve_run(run, runs)).row(complexity).expression
    text = _written(expression, notation).rstrip("\n")
    if output is None:
        typer.echo(text)
        return
    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise FileUnreadable(f"{str(output)!r} cannot be written: {error}") from None


def _written(expression: Expression, notation: Format) -> str:
    if notation is Format.latex:
        known = expression.named_constants.items()
        values = "".join(f"% {name} = {value!r}\n" for name, value in known)
        return values + expression.latex(digits=LATEX_DIGITS)
    if notation is Format.python:
        return expression.numpy_source()
    if notation is Format.json:
        return expression.to_json()
    return str(expression.sympy())
