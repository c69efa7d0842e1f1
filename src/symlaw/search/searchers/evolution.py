"""Evolution: islands of formulas under mutation, crossover and constant fitting.

After Schmidt and Lipson (2009) and Cranmer's PySR (2023): tournaments, ageing, migration through the
archive, constants fitted inside the loop. What differs is that a behaviour already seen is recognised by
its fingerprint, and that tournaments draw a random cap on complexity, so that every size keeps parents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from symlaw.engine.blocks import kernel_table
from symlaw.search.genetics.epoch import (
    EVALUATED,
    FITS,
    KNOWN,
    NEW,
    SKIPPED,
    WORK,
    Desk,
    default_rates,
    desk,
    run_epoch,
)
from symlaw.search.genetics.genome import Grammar, grammar_of
from symlaw.search.genetics.population import Population, population
from symlaw.search.searchers.base import Mapper, Proposals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.search.archive import Entry, Snapshot
    from symlaw.search.problem import Problem

_COUNTERS = {
    "evaluations": EVALUATED, "distinct": NEW, "known": KNOWN, "skipped": SKIPPED, "fits": FITS, "work": WORK,
}  # fmt: skip


@dataclass
class EvolutionState:
    """Islands and the number of epochs they have had."""

    islands: list[Population]
    epochs: int = 0


@dataclass
class Evolution:
    """Evolution on islands.

    Parameters
    ----------
    n_islands
        Independent populations; a setting, not the number of threads.
    level_width
        Members of each complexity on an island.
    epoch_work
        Node values that an island may compute in an epoch.
    """

    n_islands: int = 8
    level_width: int = 30
    epoch_work: float = 2e7
    name: str = "evolution"

    def start(self, problem: Problem, seed: int) -> EvolutionState:
        """Empty islands, each with its own random stream."""
        self._desks: list[Desk] = []
        n_levels = int(problem.language.max_complexity) + 1
        return EvolutionState(
            [population(n_levels, self.level_width, seed, self.name, k) for k in range(self.n_islands)]
        )

    def ask(
        self, state: EvolutionState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """One epoch of every island."""
        grammar, table = grammar_of(problem.language), kernel_table(problem.language.operators)
        # short epochs at first, so that a front is there at once
        work = min(self.epoch_work, self.epoch_work / 16 * 2**state.epochs)
        rates = default_rates(work)._replace(evaluations=max(1, evaluations // self.n_islands))
        self._prepare_desks(problem, grammar)

        def run(number: int) -> None:
            run_epoch(
                state.islands[number], grammar, table, problem.probe, rates, *snapshot, self._desks[number]
            )

        list(run_all(run, range(self.n_islands)))
        state.epochs += 1
        return self._collect()

    def tell(self, state: EvolutionState, accepted: Sequence[Entry]) -> None:
        """Nothing to do: elites come back with the snapshot."""

    def _prepare_desks(self, problem: Problem, grammar: Grammar) -> None:
        if not self._desks:
            n_rows = len(problem.probe.target)
            self._desks = [desk(n_rows, int(grammar.max_complexity)) for _ in range(self.n_islands)]

    def _collect(self) -> Proposals:
        best: dict[int, tuple[Population, int]] = {}
        for workplace in self._desks:
            report = workplace.report
            for level in range(len(report.loss)):
                if report.size[level] == 0:
                    continue
                held = best.get(level)
                if held is None or report.loss[level] < held[0].loss[held[1]]:
                    best[level] = (report, level)
        counters = {
            name: int(sum(workplace.counters[place] for workplace in self._desks))
            for name, place in _COUNTERS.items()
        }
        keys = [(d.added_keys, d.added_complexity, int(d.n_added[0])) for d in self._desks]
        return Proposals([best[level] for level in sorted(best)], keys, counters)


