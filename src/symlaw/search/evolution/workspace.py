"""What an epoch works with: its settings, and the scratch and outputs of an island or a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.records import record
from symlaw.engine.fingerprint import Cache, make_cache, probe_multipliers
from symlaw.engine.fit import FitSpace, Rows, fit_space
from symlaw.engine.program import MAX_NODES, Program
from symlaw.search.evolution.population import Population, population
from symlaw.search.genome.drawing import Bench, bench
from symlaw.search.genome.genome import Genome, genome
from symlaw.search.genome.mutate import MUTATION_WEIGHTS, typed_bench
from symlaw.search.genome.penalties import Steering, no_steering, steering_of
from symlaw.search.genome.rules import Marks, marks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.engine.blocks import KernelTable
    from symlaw.search.genome.genome import Grammar
    from symlaw.search.problem import Problem

# Places in the counters.
EVALUATED, NEW, KNOWN, SKIPPED, FITS, FIT_STEPS, WORK, ADMITTED = range(8)
N_COUNTERS = 8
# The names under which searchers tell them.
COUNTERS = {
    "evaluations": EVALUATED, "distinct": NEW, "known": KNOWN, "skipped": SKIPPED, "fits": FITS, "work": WORK,
}  # fmt: skip

# The filter of recent structures has so many places, as a power of 2; keys that an epoch may add.
FILTER_BITS = 15
_ADDED_KEYS = 2**15


@record
class Rates(NamedTuple):
    """Settings of the epoch; ``termwise`` is the share of crossovers that keep terms whole."""

    mutations: NDArray[np.float64]
    work: float
    evaluations: int
    salt: int
    tournament: int
    rivals: int
    patience: float
    crossover: float
    termwise: float
    migration: float
    fit_gate: float
    fit_chance: float
    fit_steps: int
    fit_visits: int
    extension: float


def default_rates(work: float = 2e7) -> Rates:
    """The settings the benchmarks are run with."""
    weights = np.cumsum(np.array(MUTATION_WEIGHTS))
    return Rates(
        mutations=weights / weights[-1],
        work=work,
        evaluations=2**62,
        salt=0,
        tournament=6,
        rivals=8,
        patience=400.0,
        crossover=0.25,
        termwise=0.05,
        migration=0.05,
        fit_gate=1.0,
        fit_chance=0.01,
        fit_steps=4,
        fit_visits=3,
        extension=1.0,
    )


@record
class Workspace(NamedTuple):
    """Scratch and outputs of one island's epoch; nothing in it outlives the epoch but the outputs.

    Attributes
    ----------
    local
        Keys added in this epoch, as a cache to look up.
    added_keys, added_complexity, n_added
        The same as a list, to merge afterwards.
    seen
        Direct-mapped filter of recent structures.
    report
        Best new formula of each whole complexity.
    steering
        What formulas are charged for beside their loss.
    """

    child: Genome
    tidied: Genome
    parent: Genome
    donor: Genome
    spare: Bench
    space: FitSpace
    marks: Marks
    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]
    cell: NDArray[np.float64]
    multipliers: NDArray[np.uint64]
    seen: NDArray[np.uint64]
    local: Cache
    added_keys: NDArray[np.uint64]
    added_complexity: NDArray[np.float32]
    n_added: NDArray[np.int64]
    report: Population
    counters: NDArray[np.int64]
    steering: Steering


def with_types(workspace: Workspace, grammar: Grammar, table: KernelTable, rows: Rows) -> Workspace:
    """The workspace for formulas whose parts have types, where those of a grammar have."""
    spare = typed_bench(workspace.spare, grammar, table, rows)
    return workspace if spare is workspace.spare else workspace._replace(spare=spare)


def make_workspace(n_rows: int, max_complexity: int, like: Rows | None = None) -> Workspace:
    """Fresh scratch for probe rows of this number; as with `fit_space`, ``like`` says under which loss."""
    space = fit_space(n_rows, like)
    return Workspace(
        genome(),
        genome(),
        genome(),
        genome(),
        bench(space.work),
        space,
        marks(),
        np.zeros(MAX_NODES, np.uint64),
        np.zeros(MAX_NODES, np.int64),
        np.zeros(4),
        probe_multipliers(n_rows),
        np.zeros(2**FILTER_BITS, np.uint64),
        make_cache(2 * _ADDED_KEYS),
        np.zeros(_ADDED_KEYS, np.uint64),
        np.zeros(_ADDED_KEYS, np.float32),
        np.zeros(1, np.int64),
        population(max_complexity + 1),
        np.zeros(N_COUNTERS, np.int64),
        no_steering(space),
    )


def steered(workspace: Workspace, problem: Problem, table: KernelTable) -> Workspace:
    """The workspace with charges for breaking what is said about the values of a problem's formulas."""
    if problem.shape is None:
        return workspace
    child = workspace.child
    example = Program(child.codes, child.columns, child.values)
    return workspace._replace(steering=steering_of(problem, problem.shape, table, example))
