"""Compiling what a search runs, once per machine and version, in two processes where there are two cores.

Numba compiles in one thread. So a second process compiles how formulas are varied, and the bank, into the
same disk cache, while this one compiles how they are scored, the epoch around both, and the operators.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from symlaw.engine.blocks import kernel_table
from symlaw.engine.fit import fit_space, make_rows
from symlaw.engine.losses import irls
from symlaw.engine.losses.table import other_than_squares
from symlaw.language.grammar import Language
from symlaw.language.template import template_of
from symlaw.search.archive import Archive
from symlaw.search.evolution import epoch, workspace
from symlaw.search.evolution.population import population
from symlaw.search.exhaustive.fitting import shortest_fitted
from symlaw.search.genome.genome import grammar_of
from symlaw.search.mcts.rollouts import complete
from symlaw.search.problem import make_problem
from symlaw.search.searchers.bank import Bank
from symlaw.search.searchers.template import TemplateSearch
from symlaw.search.searchers.tree_search import TreeSearch
from symlaw.search.templates.epoch import run_template_epoch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from symlaw.language.operators import Operator

ROWS = 8


def is_warm(searchers: Sequence[str] | None = None, *, losses: bool = False) -> bool:
    """Whether the kernels of a search by these searchers are compiled; the last one stands for all.

    Parameters
    ----------
    searchers
        Names of the searchers that take part; the schedule by default.
    losses
        Whether it needs what `compile_losses` compiles too.
    """
    if numba.config.DISABLE_JIT:
        return True
    last = [epoch.run_epoch]
    last += [complete] if TreeSearch.name in (searchers or ()) else []
    last += [run_template_epoch] if TemplateSearch.name in (searchers or ()) else []
    last += [irls.descend] if losses else []
    return all(map(_is_on_disk, last))


def _is_on_disk(function: Any) -> bool:
    return any(Path(function.stats.cache_path).glob(f"*.{function.__name__}-*.nbi"))


def compile_search(
    operators: Sequence[str | Operator], *, alone: bool = False, searchers: Sequence[str] | None = None
) -> None:
    """Compile a search over these operators; nothing happens where that was done before.

    Parameters
    ----------
    operators
        The operators, those of the table by name.
    alone
        Whether to do it in this process only.
    searchers
        Names of the searchers that take part; the schedule by default.
    """
    if not is_warm():
        _compile_schedule(operators, alone=alone)
    if not is_warm(searchers) and TreeSearch.name in (searchers or ()):
        _run(TreeSearch(n_trees=1, max_nodes=64))
    if not is_warm(searchers):
        _fill_a_template()


def _compile_schedule(operators: Sequence[str | Operator], *, alone: bool) -> None:
    language = Language.of(["x"], operators)
    with _nobody() if alone else _helper([row.name for row in language.operators if not row.is_users]):
        _compile(epoch.try_child, arguments_of(language))
        _compile(epoch.run_epoch, arguments_of(language))
        kernel_table(language.operators)


def compile_losses() -> None:
    """Compile what losses other than least squares need beside that; nothing happens where it was done."""
    x = np.linspace(1.0, 2.0, ROWS)
    rows = make_problem(x[:, None], x, Language.of(["x"], ["+"]), loss=other_than_squares()).rows
    space = fit_space(ROWS, rows)
    irls.descend(rows, space.f, space.line, space.loss_scratch, True, True, 1)


def arguments_of(language: Language) -> dict[str, Any]:
    """Arguments of `run_epoch` and its parts of the types that a search gives them, by name."""
    grammar = grammar_of(language)
    levels = int(grammar.max_complexity) + 1
    rows = make_rows(np.ones((1, ROWS)), np.arange(float(ROWS)))
    snapshot = Archive(language.max_complexity, 0.0, cache_keys=4).snapshot()
    nowhere = np.zeros(2, np.int64)
    return {
        "parts": epoch.Parts(nowhere, nowhere),
        "parent_loss": 0.0,
        "island": population(levels),
        "grammar": grammar,
        "table": kernel_table((), derivatives=False),
        "rows": rows,
        "rates": workspace.default_rates(),
        "cache": snapshot.cache,
        "elites": snapshot.elites,
        "limits": snapshot.limits,
        "workspace": workspace.make_workspace(ROWS, levels - 1),
    }


def _compile(function: Any, arguments: dict[str, Any]) -> None:
    """Compile a kernel for arguments of these types, without calling it."""
    names = function.py_func.__code__.co_varnames[: function.py_func.__code__.co_argcount]
    function.compile(tuple(numba.typeof(arguments[name]) for name in names))


@contextmanager
def _nobody() -> Iterator[None]:
    yield


@contextmanager
def _helper(operators: Sequence[str]) -> Iterator[None]:
    """Let a second process compile its share; what it did not do is compiled here when it is needed."""
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, *operators],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        yield
        return
    try:
        yield
        process.wait()
    finally:
        process.kill()
        process.wait()


def help_compiling(operators: Sequence[str]) -> None:
    """The share of the second process: how formulas are varied, and the bank."""
    _compile(epoch.vary, arguments_of(Language.of(["x"], operators)))
    _run(Bank(max_bytes=2**22))
    _fit_a_skeleton()


def _run(searcher: Any) -> None:
    """Compile a searcher's kernels by a tiny search with one operator; their types depend on neither."""
    x = np.linspace(1.0, 2.0, 4 * ROWS)
    language = Language.of(["x"], ["+"], max_complexity=5)
    problem = make_problem(x[:, None], np.log(x), language)
    snapshot = Archive(language.max_complexity, 0.0, cache_keys=4).snapshot()
    state = searcher.start(problem, 0)
    while searcher.ask(state, problem, snapshot, 2**62, map).counters.get("evaluations", 0) > 0:
        pass


def _fit_a_skeleton() -> None:
    """Compile the fits of skeletons by that of one."""
    x = np.linspace(1.0, 2.0, ROWS)
    problem = make_problem(x[:, None], np.exp(x), Language.of(["x"], ["*", "exp"], max_complexity=4))
    shortest_fitted(problem, 1.0, 1, 4)


def _fill_a_template() -> None:
    """Compile the search for fillings by a tiny one."""
    x = np.linspace(1.0, 2.0, 4 * ROWS)
    language = Language.of(["x"], ["+"], max_complexity=5, template=template_of("a * f(x)", ["x"]))
    problem = make_problem(x[:, None], np.log(x), language)
    snapshot = Archive(language.max_complexity, 0.0, cache_keys=4).snapshot()
    searcher = TemplateSearch(n_islands=1, epoch_work=1e4)
    searcher.ask(searcher.start(problem, 0), problem, snapshot, 64, map)


if __name__ == "__main__":
    help_compiling(sys.argv[1:])
