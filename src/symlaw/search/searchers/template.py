"""Templates: evolution of the formulas that fill the unknown parts of a template.

As PySR's template expressions (Cranmer 2023 and later versions) it evolves one formula for each unknown
function at once, and fits all constants together. Each function has a scale and an offset that are fitted
too, so that a formula has the right form before it has the right size.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from symlaw.engine.blocks import kernel_table
from symlaw.engine.compiling.jit import separately
from symlaw.engine.fit import Rows, make_rows
from symlaw.engine.losses.table import RowLoss
from symlaw.search.evolution.epoch import NOT_COMPILED, Epoch, run_epoch, vary
from symlaw.search.evolution.population import Population, population
from symlaw.search.evolution.stagnation import Stagnation, stagnation
from symlaw.search.evolution.workspace import COUNTERS, EVALUATED, default_rates, make_workspace
from symlaw.search.genome.genome import grammar_of
from symlaw.search.objectives.base import Ability
from symlaw.search.searchers.base import Mapper, Proposals
from symlaw.search.templates.epoch import (
    TemplateProblem,
    TemplateWorkspace,
    make_template_workspace,
    parts_of_fillings,
    try_filling,
)
from symlaw.search.templates.filling import Filler, Filling, filling_of, grouped_rows
from symlaw.search.templates.form import form_of
from symlaw.search.templates.joint import GroupedRows
from symlaw.search.tiny_search import is_on_disk, run_tiny_search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.archive import Entry, Snapshot
    from symlaw.search.problem import Problem

# Rows that fillings are tried on, and rows of arguments that variation looks at.
_ROWS, _SAMPLE = 200, 8
# The least of each group.
_EACH = 12


@dataclass
class TemplateIsland:
    """An island of fillings.

    Attributes
    ----------
    members, pool
        Fillings, and formulas of single unknowns.
    progress
        What it has reached.
    """

    members: Population
    pool: Population
    progress: Stagnation


@dataclass
class TemplateState:
    """What the search for fillings carries from epoch to epoch; scratch is made anew after unpickling."""

    islands: list[TemplateIsland]
    rows: GroupedRows
    levels: NDArray[np.float64]
    sample: Rows
    best: NDArray[np.float64]
    epochs: int = 0
    scratch: list[TemplateWorkspace] = field(default_factory=list)
    prepared: Epoch | None = None
    filler: Filler | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "scratch": [], "prepared": None, "filler": None}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        # the last version's checkpoints have another name
        self.__dict__.update({"islands" if name == "colonies" else name: kept[name] for name in kept})


@dataclass
class TemplateSearch:
    """Evolution of fillings on islands.

    Parameters
    ----------
    n_islands
        Independent populations.
    level_width
        Members of each complexity on an island.
    epoch_work
        Node values that an island may compute in an epoch.
    stale_after
        Evaluations without clear improvement after which an island begins anew, growing each time.
    """

    n_islands: int = 8
    level_width: int = 20
    epoch_work: float = 4e7
    stale_after: int = 20_000
    name: str = "template"
    fills_templates: ClassVar[bool] = True
    uses_pool: ClassVar[bool] = True
    stores: ClassVar[tuple[type, ...]] = (
        TemplateState, TemplateIsland, Population, Stagnation, GroupedRows, Rows, RowLoss, Filling,
    )  # fmt: skip

    @classmethod
    def is_warm(cls) -> bool:
        """Whether its kernels are compiled; the last one stands for all."""
        return is_on_disk(try_filling)

    @classmethod
    def warm_up(cls) -> None:
        """Compile its kernels by a tiny search."""
        run_tiny_search(cls(n_islands=1, epoch_work=1e4), template="a * f(x)", epochs=1)

    def objection(self, problem: Problem) -> str | None:
        """It has nothing to do without a template, and knows nothing but least squares."""
        if problem.language.template is None:
            return "there is no template"
        return problem.lacks(Ability.SQUARES, Ability.TARGET)

    def start(self, problem: Problem, seed: int) -> TemplateState:
        """Empty islands, each with its own random stream."""
        n_levels = int(problem.language.max_complexity) + 1
        islands = [
            TemplateIsland(
                population(n_levels, self.level_width, seed, self.name, number),
                population(n_levels, self.level_width, seed, self.name, number, "pool"),
                stagnation(n_levels),
            )
            for number in range(self.n_islands)
        ]
        template = problem.language.template
        widest = max((unknown.arity for unknown in template.unknowns), default=0) if template else 0
        ordinary = np.tile(np.linspace(1.0, 2.0, _SAMPLE), (max(widest, 1), 1))
        sample = make_rows(ordinary, np.arange(float(_SAMPLE)))
        rows, levels = grouped_rows(problem, _spread(problem))
        return TemplateState(islands, rows, levels, sample, np.full(n_levels, np.inf))

    def ask(
        self, state: TemplateState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """One epoch of every island."""
        self._prepare(state, problem, snapshot)
        assert state.prepared is not None
        work = self.epoch_work / 2 ** max(0, 4 - state.epochs)
        rates = default_rates(work)._replace(evaluations=max(1, evaluations // self.n_islands))
        prepared = state.prepared._replace(rates=rates, cache=snapshot.cache)

        def run(number: int) -> None:
            island = state.islands[number]
            epoch = prepared._replace(limits=island.progress.limits)
            if run_epoch(epoch, island.members, state.scratch[number]):
                raise RuntimeError("variation was compiled for arguments of other types")

        list(run_all(run, range(self.n_islands)))
        state.epochs += 1
        proposals = self._collect(state, problem)
        for number, island in enumerate(state.islands):
            self._look_after(island, state.scratch[number])
        return proposals

    def tell(self, state: TemplateState, accepted: Sequence[Entry]) -> None:
        """Nothing to do."""

    def _prepare(self, state: TemplateState, problem: Problem, snapshot: Snapshot) -> None:
        """Scratch, and what does not change from epoch to epoch."""
        template = problem.language.template
        if state.scratch or template is None:
            return
        filler, language = Filler(problem, template), problem.language
        state.filler = filler
        grammar = grammar_of(language)._replace(n_variables=state.sample.X.shape[0])
        form = form_of(template, filler.operators, language.variables, problem.rows.X)
        levels, island, table = int(language.max_complexity), state.islands[0], kernel_table(filler.operators)
        # fillings of other islands do not migrate
        epoch = Epoch(
            NOT_COMPILED, grammar, table, state.sample, default_rates(), snapshot.cache, population(1),
            island.progress.limits,
        )  # fmt: skip
        varying = separately(vary, (epoch, island.pool, make_workspace(_SAMPLE, levels)))
        grouped = template.groups is not None
        # of parameters, and of constants in functions
        own = np.array([grouped, grouped and template.all_own], np.int64)
        asked = TemplateProblem(form, own, state.rows, varying)
        state.scratch = [
            make_template_workspace(asked, make_workspace(_SAMPLE, levels), one.pool, levels + 1)
            for one in state.islands
        ]
        parts = parts_of_fillings(epoch, island.members, state.scratch[0])
        state.prepared = epoch._replace(parts=parts)

    def _collect(self, state: TemplateState, problem: Problem) -> Proposals:
        """The best filling of each complexity that is better than what was known, as entries."""
        template, entries = problem.language.template, list[Any]()
        assert template is not None and state.filler is not None
        for level in range(len(state.best)):
            offered = [one.report for one in state.scratch if one.report.size[level] > 0]
            if not offered:
                continue
            report = min(offered, key=lambda one: float(one.loss[level]))
            if report.loss[level] < state.best[level] * (1.0 - 1e-9):
                filling = filling_of(report, level, template, state.filler.operators, state.levels)
                filling = filling.on_levels(state.filler.levels)
                entries += state.filler.entries(filling, self.name)
                state.best[level:] = np.minimum(state.best[level:], report.loss[level])
        counters = {
            name: int(sum(one.counters[place] for one in state.scratch)) for name, place in COUNTERS.items()
        }
        return Proposals(entries=entries, seeds=False, counters=counters)

    def _look_after(self, island: TemplateIsland, workspace: TemplateWorkspace) -> None:
        """Note an island's progress; begin anew where there was none for long."""
        island.progress.note(workspace.report.loss, int(workspace.counters[EVALUATED]))
        if island.progress.is_over(self.stale_after):
            island.progress.begin_anew()
            island.members.count[:] = 0


def _spread(problem: Problem) -> NDArray[np.int64]:
    """Rows that fillings are tried on: some of each group, spread evenly over the target's order."""
    template = problem.language.template
    order = np.argsort(problem.y, kind="stable")
    order = order[problem.rows.weights[order] > 0]
    if template is None or template.groups is None:
        return np.sort(_evenly(order, _ROWS))
    labels = problem.rows.X[problem.language.variables.index(template.groups)][order]
    levels = np.unique(labels)
    each = max(_EACH, _ROWS // len(levels))
    return np.sort(np.concatenate([_evenly(order[labels == level], each) for level in levels]))


def _evenly(order: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    if len(order) <= count:
        return order
    chosen: NDArray[np.int64] = order[np.linspace(0, len(order) - 1, count).round().astype(int)]
    return chosen
