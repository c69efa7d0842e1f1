"""Tiny searches, by which searchers have their kernels compiled, and whether that was done before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numba
import numpy as np

from symlaw.language.grammar import Language
from symlaw.language.template import template_of
from symlaw.search.archive import Archive
from symlaw.search.problem import Problem, make_problem

ROWS = 8


def is_on_disk(function: Any) -> bool:
    """Whether a kernel was compiled by this build of symlaw on this machine."""
    if numba.config.DISABLE_JIT:
        return True
    return any(Path(function.stats.cache_path).glob(f"*.{function.__name__}-*.nbi"))


def compile_for(function: Any, arguments: Mapping[str, Any]) -> None:
    """Compile a kernel for arguments of the types of these, by name, without calling it."""
    names = function.py_func.__code__.co_varnames[: function.py_func.__code__.co_argcount]
    function.compile(tuple(numba.typeof(arguments[name]) for name in names))


def tiny_language(template: str | None = None) -> Language:
    """One column and one operator; types of kernels' arguments depend on neither."""
    form = None if template is None else template_of(template, ["x"])
    return Language.of(["x"], ["+"], max_complexity=5, template=form)


def tiny_problem(template: str | None = None) -> Problem:
    """A problem of 32 rows that has no formula in `tiny_language`."""
    x = np.linspace(1.0, 2.0, 4 * ROWS)
    return make_problem(x[:, None], np.log(x), tiny_language(template))


def run_tiny_search(searcher: Any, *, template: str | None = None, epochs: int | None = None) -> None:
    """Ask a searcher about `tiny_problem`, so that what it calls is compiled.

    Parameters
    ----------
    searcher
        A small one.
    template
        The form of formulas, for one that fills templates.
    epochs
        How often to ask; until it evaluates nothing any more by default.
    """
    problem = tiny_problem(template)
    snapshot = Archive(problem.language.max_complexity, 0.0, cache_keys=4).snapshot()
    state = searcher.start(problem, 0)
    asked = 0
    while epochs is None or asked < epochs:
        proposals = searcher.ask(state, problem, snapshot, 2**62, map)
        asked += 1
        if not proposals.counters.get("evaluations", 0) > 0:
            return
