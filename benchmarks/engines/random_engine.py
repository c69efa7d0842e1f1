"""Random search, the control: formulas drawn at random, with all else that symlaw has.

Formulas of 1 to 25 nodes are grown at random in symlaw's language and scored by its evaluator, with the
best scale and offset and a few steps of fitting constants; none is made from another. Known behaviours,
confirmation on all rows, the front and the recommendation are symlaw's. So what symlaw finds beyond it is
owed to how it searches.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.engines import OPERATORS, Accepted, EngineResult, FrontRow
from benchmarks.engines.symlaw_engine import accepted_in
from symlaw.engine.compiling.jit import call_separate, kernel
from symlaw.engine.random import below
from symlaw.knowledge.priors.expected import expected
from symlaw.language.grammar import Language
from symlaw.search.archive import Archive
from symlaw.search.evolution.epoch import clear, goes_on
from symlaw.search.evolution.island import Report, report_of
from symlaw.search.evolution.population import population
from symlaw.search.evolution.stagnation import stagnation
from symlaw.search.evolution.workspace import default_rates
from symlaw.search.genome.mutate import random_formula
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.loop.warm_up import compile_search
from symlaw.search.problem import make_problem
from symlaw.search.searchers.evolution import Evolution, EvolutionState, Island
from symlaw.trust.selection.description import Criteria
from symlaw.trust.selection.recommend import recommend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.archive import Snapshot
    from symlaw.search.problem import Problem
    from symlaw.search.searchers.base import Mapper, Proposals

LARGEST = 25


@kernel
def draw_formulas(epoch, island, workspace, largest):  # type: ignore[no-untyped-def]
    """Score random formulas until the work for the epoch is done; arguments as of `run_epoch`."""
    clear(workspace)
    while goes_on(workspace, epoch.rates):
        size = 1 + below(island.state, largest)
        random_formula(workspace.child, island.state, epoch.grammar, size, workspace.spare)
        if call_separate(epoch.parts.try_child, (epoch, island, workspace, np.inf)) != 0:
            return 1
    return 0


@dataclass
class RandomSearch(Evolution):
    """Evolution's scoring without its variation.

    Parameters
    ----------
    n_islands
        Independent random streams.
    """

    level_width: int = 1
    name: str = "random"

    def objection(self, problem: Problem) -> str | None:
        """None, as for evolution."""
        return None

    def start(self, problem: Problem, seed: int) -> EvolutionState:
        """A random stream for each island, all of them at the target itself."""
        n_levels = int(problem.language.max_complexity) + 1
        islands = [
            Island(population(n_levels, 1, seed, self.name, number), 0, stagnation(n_levels))
            for number in range(self.n_islands)
        ]
        return EvolutionState(islands)

    def ask(
        self, state: EvolutionState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """One epoch of random formulas on each stream."""
        site, share = state.site_of(problem), max(1, evaluations // self.n_islands)
        rates = default_rates(self.epoch_work)._replace(evaluations=share, extension=0.0)
        epoch = site.epoch(0, rates, snapshot.cache, snapshot.elites, snapshot.limits)
        first, scratch = state.islands[0].population, site.workspace(0, charged=False)
        epoch = epoch._replace(parts=site.parts(epoch, first, scratch))

        def run(number: int) -> Report:
            island = state.islands[number]
            # nothing is kept from one formula for the next
            island.population.count[:] = 0
            workspace = site.workspace(number, charged=False)
            if draw_formulas(epoch, island.population, workspace, LARGEST):
                raise RuntimeError("the scoring was compiled for arguments of other types")
            return report_of(island.population, workspace)

        reports = list(run_all(run, range(self.n_islands)))
        state.epochs += 1
        taking = [(number, state.islands[number], report) for number, report in enumerate(reports)]
        return self._collect(state, taking, problem, snapshot)


def _prepare(problem: Problem, threads: int) -> None:
    """Compile and load what a search runs."""
    compile_search(OPERATORS, alone=threads == 1)
    small = Archive(problem.language.max_complexity, problem.loss_floor, cache_keys=2**12)
    search(problem, Budget(evaluations=1), searchers=[RandomSearch()], archive=small)


def fit(
    X: NDArray[Any], y: NDArray[Any], names: Sequence[str], seconds: float, threads: int, seed: int
) -> EngineResult:
    """Draw formulas for ``seconds``; kernels are there before the clock starts."""
    problem = make_problem(X, y, Language.of(names, OPERATORS), seed=seed)
    _prepare(problem, threads)
    history: list[Accepted] = []
    begin = time.perf_counter()
    outcome = search(
        problem,
        Budget(seconds),
        searchers=[RandomSearch()],
        threads=threads,
        seed=seed,
        listen=lambda progress: history.extend(accepted_in(progress)),
    )
    used = time.perf_counter() - begin
    front = [FrontRow(entry.expression, entry.complexity, entry.loss) for entry in outcome.front]
    chosen = recommend(outcome.front, Criteria(len(y), expected(OPERATORS, len(names))))
    return EngineResult(front, chosen.place, used, outcome.spent.evaluations, history)
