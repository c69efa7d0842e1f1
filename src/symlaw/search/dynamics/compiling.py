"""Compiling what a search for systems runs, once on a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.flows.rates import no_inputs
from symlaw.engine.flows.solving import follow, iterate
from symlaw.language.expression import Expression, Variable
from symlaw.search.dynamics.proposing.formulas import SEARCHERS
from symlaw.search.dynamics.shooting import Shooting, Stretch, System
from symlaw.search.loop.warm_up import compile_search, is_warm
from symlaw.search.tiny_search import is_on_disk

if TYPE_CHECKING:
    from symlaw.language.grammar import Language
    from symlaw.search.watch import Watch


def compile_dynamics(language: Language, watch: Watch) -> None:
    """Compile the solver and the searchers of formulas; the watch says so, and does not count the time."""
    searchers = is_warm(SEARCHERS)
    if _is_solver_on_disk() and searchers:
        return
    watch.tell("compiling kernels for this machine, once")
    with watch.uncounted():
        compile_solver()
        if not searchers:
            compile_search(language.operators, searchers=SEARCHERS)


def _is_solver_on_disk() -> bool:
    return is_on_disk(follow) and is_on_disk(iterate)


def compile_solver() -> None:
    """Compile the solver of systems where that is not done, by a system of one state, as a flow and a map."""
    if _is_solver_on_disk():
        return
    times = np.arange(4.0)
    ones = np.ones((4, 1))
    for is_map in (False, True):
        system = System((Expression((Variable("x"),)),), ("x", "t"), (), is_map)
        Shooting([Stretch(times, ones, ones, no_inputs(), ones[0])]).fit(system, most=1)
