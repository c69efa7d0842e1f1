"""Compiling what a search runs, once per machine and version, in two processes where there are two cores.

Numba compiles in one thread. So a second process compiles its share into the same disk cache: the searchers
that do not divide their kernels, the halves of those that do (`symlaw.search.searchers.base`), and the usual
operators. This one compiles the other halves.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from symlaw.engine.blocks import kernel_table
from symlaw.engine.fit import fit_space
from symlaw.engine.losses import irls
from symlaw.engine.losses.table import other_than_squares
from symlaw.language.grammar import Language
from symlaw.search.exhaustive.fitting import shortest_fitted
from symlaw.search.exhaustive.kernels import better_of_pairs
from symlaw.search.exhaustive.proof import compile_enumeration
from symlaw.search.problem import make_problem
from symlaw.search.searchers import classes_of, is_known, searcher_class
from symlaw.search.tiny_search import ROWS, is_on_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from symlaw.language.operators import Operator
    from symlaw.search.searchers.base import Searcher

    Asked = Sequence[str | Searcher] | None


def is_warm(searchers: Asked = None, *, losses: bool = False) -> bool:
    """Whether the kernels of the schedule, and of a search by these searchers, are compiled.

    Parameters
    ----------
    searchers
        The searchers that take part, or their names; the schedule by default.
    losses
        Whether it needs what `compile_losses` compiles too.
    """
    if numba.config.DISABLE_JIT:
        return True
    enumerates = is_on_disk(better_of_pairs)
    return enumerates and not _cold(searchers) and (not losses or is_on_disk(irls.descend))


def compile_search(
    operators: Sequence[str | Operator],
    *,
    alone: bool = False,
    searchers: Asked = None,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """Compile a search over these operators; nothing happens where that was done before.

    Parameters
    ----------
    operators
        The operators, those of the table by name.
    alone
        Whether to do it in this process only.
    searchers
        The searchers that take part, or their names; the schedule by default.
    meanwhile
        Called once while another process compiles, where something has to be compiled.
    """
    cold = [] if numba.config.DISABLE_JIT else _cold(searchers)
    divided = [kind for kind in cold if hasattr(kind, "warm_up_here")]
    if divided:
        language = Language.of(["x"], operators)
        shared = [kind.name for kind in cold if is_known(kind.name) and searcher_class(kind.name) is kind]
        with _nobody() if alone else _helper(shared):
            if meanwhile is not None:
                meanwhile()
            for kind in divided:
                kind.warm_up_here()
        kernel_table(language.operators)
    for kind in cold:
        if kind in divided:
            kind.warm_up_beside()
        elif not kind.is_warm():
            kind.warm_up()
    compile_enumeration()


def _cold(searchers: Asked) -> list[type[Any]]:
    """The classes of the schedule and of these searchers whose kernels are not compiled."""
    kinds = dict.fromkeys([*classes_of(None), *classes_of(searchers)])
    return [kind for kind in kinds if hasattr(kind, "warm_up") and not kind.is_warm()]


def compile_losses() -> None:
    """Compile what losses other than least squares need beside that; nothing happens where it was done."""
    x = np.linspace(1.0, 2.0, ROWS)
    rows = make_problem(x[:, None], x, Language.of(["x"], ["+"]), loss=other_than_squares()).rows
    space = fit_space(ROWS, rows)
    irls.descend(rows, space.f, space.line, space.loss_scratch, True, True, 1)


@contextmanager
def _nobody() -> Iterator[None]:
    yield


@contextmanager
def _helper(searchers: Sequence[str]) -> Iterator[None]:
    """Let a second process compile its share; what it did not do is compiled here afterwards."""
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, *searchers],
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


def help_compiling(searchers: Sequence[str]) -> None:
    """The share of the second process, the fits of skeletons, and the enumeration of proofs."""
    kinds = [searcher_class(name) for name in searchers]
    # halves first: the first process takes as long for the others
    for kind in sorted(kinds, key=lambda one: not hasattr(one, "warm_up_beside")):
        getattr(kind, "warm_up_beside", kind.warm_up)()
    kernel_table(Language.of(["x"]).operators)
    _fit_a_skeleton()
    compile_enumeration()


def _fit_a_skeleton() -> None:
    """Compile the fits of skeletons by that of one."""
    x = np.linspace(1.0, 2.0, ROWS)
    problem = make_problem(x[:, None], np.exp(x), Language.of(["x"], ["*", "exp"], max_complexity=4))
    shortest_fitted(problem, 1.0, 1, 4)


if __name__ == "__main__":
    help_compiling(sys.argv[1:])
