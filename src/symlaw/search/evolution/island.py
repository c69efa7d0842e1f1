"""An island's epoch as a request and a report, which any process can make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from symlaw.engine.blocks import kernel_table
from symlaw.search.evolution.epoch import NOT_COMPILED, Epoch, Parts, parts_for, run_epoch
from symlaw.search.evolution.workspace import Workspace, make_workspace, steered, with_types
from symlaw.search.genome.genome import grammar_of, told_apart
from symlaw.search.genome.macros import macros_of, put_in_macros
from symlaw.search.objectives.base import Ability
from symlaw.search.problem import for_workers, rows_for
from symlaw.search.scoring.transforms import Transform, identity, useful_transforms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from symlaw.engine.fingerprint import Cache
    from symlaw.search.evolution.population import Population
    from symlaw.search.evolution.workspace import Rates
    from symlaw.search.executors.base import Held
    from symlaw.search.problem import Problem

    Limits = NDArray[np.float64]


class Site:
    """What islands of a problem need beside their members; each process makes its own.

    Parameters
    ----------
    problem
        What is asked.

    Attributes
    ----------
    views, rows, grammars
        Ways to look at the target, the target itself first; the probe rows with the target of each, and the
        language there.
    table, macros
        Kernels of the operators, and the language's macros.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.views = _views(problem)
        self.rows = [problem.probe, *(rows_for(problem, view.values) for view in self.views[1:])]
        columns = problem.rows.X
        self.grammars = [grammar_of(problem.language, view.outer, columns) for view in self.views]
        if not problem.offers(Ability.VALUES):
            self.grammars = [told_apart(grammar) for grammar in self.grammars]
        self.table = kernel_table(problem.language.operators)
        self.macros = macros_of(problem.language)
        self._workspaces: dict[int, Workspace] = {}
        self._steered: dict[int, Workspace] = {}
        self._parts: Parts | None = None

    def __reduce__(self) -> Any:
        return Site, (for_workers(self.problem),)

    def workspace(self, number: int, *, charged: bool) -> Workspace:
        """Scratch of an island; ``charged`` where formulas are for breaking what is said about values."""
        if number not in self._workspaces:
            n_rows, levels = self.problem.probe.X.shape[1], int(self.grammars[0].max_complexity)
            made = make_workspace(n_rows, levels, self.problem.probe)
            self._workspaces[number] = with_types(made, self.grammars[0], self.table, self.problem.probe)
        if not charged:
            return self._workspaces[number]
        if number not in self._steered:
            self._steered[number] = steered(self._workspaces[number], self.problem, self.table)
        return self._steered[number]

    def epoch(self, view: int, rates: Rates, cache: Cache, guests: Population, limits: Limits) -> Epoch:
        """What an epoch of an island with this view is given, its parts left out."""
        grammar, rows = self.grammars[view], self.rows[view]
        return Epoch(NOT_COMPILED, grammar, self.table, rows, rates, cache, guests, limits)

    def parts(self, epoch: Epoch, island: Population, workspace: Workspace) -> Parts:
        """What an epoch calls by address, compiled or loaded in this process."""
        if self._parts is None:
            self._parts = parts_for(epoch, island, workspace)
        return self._parts


def _views(problem: Problem) -> list[Transform]:
    """Ways to look at the target, the target itself first."""
    # what a transform leaves least of is only in least squares what the target needs least of
    plain = not problem.offers(Ability.SQUARES, Ability.TARGET)
    return [identity(problem.y), *([] if plain else useful_transforms(problem.y, problem.language))]


@dataclass(frozen=True)
class Request:
    """One epoch of one island.

    Parameters
    ----------
    site
        The `Site` of the problem.
    number, view
        Which island, and its view of the target.
    charged
        Whether its formulas are charged for breaking what is said about values.
    members
        Its population; it is the report's from then on.
    rates
        Settings and budget.
    cache
        Behaviours known.
    guests, limits
        As in `symlaw.search.evolution.epoch.Epoch`.
    macro_share
        Share of the budget that is left for putting in macros.
    """

    site: Held[Site]
    number: int
    view: int
    charged: bool
    members: Population
    rates: Rates
    cache: Held[Cache]
    guests: Population
    limits: Limits
    macro_share: float = 0.0


class Report(NamedTuple):
    """What an epoch of an island brought.

    Attributes
    ----------
    members
        The population after it.
    best
        Best new formula of each whole complexity.
    keys
        Behaviours seen: keys, complexities, and how many they are.
    counters
        As in `symlaw.search.evolution.workspace.COUNTERS`, int64.
    """

    members: Population
    best: Population
    keys: tuple[NDArray[np.uint64], NDArray[np.float32], int]
    counters: NDArray[np.int64]


def evolve(request: Request) -> Report:
    """Run an epoch of an island; `RuntimeError` where kernels and arguments do not fit."""
    site, members, rates = request.site.value, request.members, request.rates
    workspace = site.workspace(request.number, charged=request.charged)
    first = _less(rates, request.macro_share)
    epoch = site.epoch(request.view, first, request.cache.value, request.guests, request.limits)
    epoch = epoch._replace(parts=site.parts(epoch, members, workspace))
    mismatch = run_epoch(epoch, members, workspace)
    if len(site.macros.size) > 0 and not mismatch:
        mismatch = put_in_macros(epoch._replace(rates=rates), members, workspace, site.macros)
    if mismatch:
        raise RuntimeError("the parts of the epoch were compiled for arguments of other types")
    return report_of(members, workspace)


def report_of(members: Population, workspace: Workspace) -> Report:
    """The report of an epoch that was run with a workspace."""
    n = int(workspace.n_added[0])
    keys = workspace.added_keys[:n], workspace.added_complexity[:n], n
    return Report(members, workspace.report, keys, workspace.counters)


def _less(rates: Rates, share: float) -> Rates:
    """The rates of an epoch that leaves a share of its budget."""
    return rates._replace(
        work=(1.0 - share) * rates.work, evaluations=rates.evaluations - int(share * rates.evaluations)
    )
