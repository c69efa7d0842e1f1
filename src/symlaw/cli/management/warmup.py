"""``symlaw warmup``: compile the kernels before they are needed."""

from __future__ import annotations

import time

import typer

from symlaw.cli import options as option


def warmup(operators: option.Operators = None) -> None:
    """Compile the kernels now, so that the first search need not.

    \b
    Examples:
      symlaw warmup
      symlaw warmup --operators "+,*,sin,max"
    """
    from symlaw.language.grammar import DEFAULT_OPERATORS
    from symlaw.search.dynamics.compiling import compile_solver
    from symlaw.search.logic import compiling as circuits
    from symlaw.search.rules import compiling as rules
    from symlaw.tasks.regression.recorded import compiled_kernels, warm_up

    chosen = None if operators is None else option.split([operators])
    started = time.monotonic()
    warm_up(DEFAULT_OPERATORS if chosen is None else chosen)
    compile_solver()
    rules.compile_now()
    circuits.compile_now()
    seconds = time.monotonic() - started
    typer.echo(f"kernels are ready after {seconds:.1f} s: {compiled_kernels()} on disk")
