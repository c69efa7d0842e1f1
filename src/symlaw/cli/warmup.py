"""``symlaw warmup``: compile the kernels before they are needed."""

from __future__ import annotations

import time

import typer

from symlaw.cli import options as option


def warmup(operators: option.Operators = None) -> None:
    """Compile the kernels of a search now, once for this machine and version.

    \b
    Examples:
      symlaw warmup
      symlaw warmup --operators "+,*,sin,max"
    """
    from symlaw.language.grammar import DEFAULT_OPERATORS
    from symlaw.tasks.commanded import compiled_kernels, warm_up

    started = time.monotonic()
    warm_up(option.split([operators]) if operators is not None else DEFAULT_OPERATORS)
    seconds = time.monotonic() - started
    typer.echo(f"kernels are ready after {seconds:.1f} s: {compiled_kernels()} on disk")
