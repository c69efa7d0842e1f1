"""``symlaw doctor``: whether this machine is ready."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import typer

from symlaw._version import __version__
from symlaw.cli import options as option

BENCHMARK_SECONDS = 2.0
SLOW = 1e8
_BENCHMARK = ("x*y + x/y", "sqrt(x*x + y*y)", "exp(-x) * sin(y)", "log(x) - y*y*x")
_PACKAGES = ("numpy", "numba", "llvmlite", "pyarrow", "scikit-learn", "pandas", "sympy")
_NEEDED = ("numpy", "numba", "llvmlite", "pyarrow")


class Finding(NamedTuple):
    """One thing looked at; ``fix`` is empty when all is well."""

    what: str
    fix: str = ""


def doctor(runs: option.RunsFolder = option.RUNS) -> None:
    """Check that symlaw can work here.

    Looks at versions, cores, folders, kernels and speed. Exits with 1 when something is wrong.

    \b
    Example:
      symlaw doctor
    """
    problems = 0
    for check in (_versions, _cores, lambda: _folder("runs", runs), _cache, _speed):
        for finding in check():
            problems += bool(finding.fix)
            fix = f": {finding.fix}" if finding.fix else ""
            typer.echo(f"{'problem' if finding.fix else 'OK':<8} {finding.what}{fix}")
    typer.echo("all is well" if not problems else f"{problems} problem{'s' * (problems > 1)}")
    if problems:
        raise typer.Exit(1)


def _versions() -> Iterator[Finding]:
    yield Finding(f"symlaw {__version__}, Python {platform.python_version()}, {platform.platform()}")
    for name in _PACKAGES:
        try:
            yield Finding(f"{name} {version(name)}")
        except PackageNotFoundError:
            fix = f"install it with pip install {name}" if name in _NEEDED else ""
            later = "" if fix else ", and only needed for some tasks"
            yield Finding(f"{name} is not installed{later}", fix)


def _cores() -> Iterator[Finding]:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Finding(f"{usable} cores for symlaw, of {os.cpu_count()}")


def _folder(what: str, folder: Path) -> Iterator[Finding]:
    """Whether a file can be made in a folder, or in the nearest one above it that is there."""
    there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            yield Finding(f"folder of {what}: {folder}")
    except OSError as error:
        yield Finding(f"folder of {what}: {folder}", f"files cannot be made there ({error})")


def _cache() -> Iterator[Finding]:
    from symlaw.engine.compiling.jit import JIT_DISABLED, cache_directory
    from symlaw.search.loop.warm_up import is_warm
    from symlaw.tasks.regression.recorded import compiled_kernels

    if JIT_DISABLED:
        yield Finding("kernels are not compiled", "unset NUMBA_DISABLE_JIT, which makes symlaw very slow")
        return
    yield from _folder("kernels", cache_directory())
    count = compiled_kernels()
    later = "" if is_warm() else "; the first search compiles the rest, or symlaw warmup does"
    yield Finding(f"{count} kernels compiled{later}")


def _speed() -> Iterator[Finding]:
    rate = _node_rows_per_second()
    fix = "another program may be using the processor" if rate < SLOW else ""
    yield Finding(f"{rate / 1e9:.2f}e9 node·rows per second on one thread", fix)


def _node_rows_per_second() -> float:
    """Speed of evaluating formulas of the default operators on 1,000 rows."""
    import numpy as np

    from symlaw.engine.evaluate import evaluate
    from symlaw.language import parse

    formulas = [parse(text) for text in _BENCHMARK] * 50
    X = np.random.default_rng(0).uniform(1.0, 2.0, (1000, 2))
    evaluate(formulas, X, ["x", "y"])
    nodes = sum(len(formula.nodes) for formula in formulas)
    rounds, started = 0, time.perf_counter()
    while time.perf_counter() - started < BENCHMARK_SECONDS:
        evaluate(formulas, X, ["x", "y"])
        rounds += 1
    return rounds * nodes * len(X) / (time.perf_counter() - started)
