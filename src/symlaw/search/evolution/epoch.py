"""One epoch of one island: vary, tidy, score, fit, take in. A pure function of its arguments' arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import call_separate, inner, kernel, separately
from symlaw.engine.compiling.records import record
from symlaw.engine.fingerprint import (
    Cache,
    find,
    fingerprint,
    forget_all,
    remember,
)
from symlaw.engine.fit import Rows, best_line, fit_constants, score
from symlaw.engine.program import MAX_CONSTANTS
from symlaw.engine.random import below, uniform
from symlaw.engine.step_control import begin as begin_fit
from symlaw.search.evolution.population import (
    Population,
    admit,
    choose_parent,
    level_of,
    load,
    store,
)
from symlaw.search.evolution.workspace import (
    ADMITTED,
    EVALUATED,
    FILTER_BITS,
    FIT_STEPS,
    FITS,
    KNOWN,
    NEW,
    SKIPPED,
    WORK,
    Rates,
    Workspace,
)
from symlaw.search.genome.extend import extended, extensions
from symlaw.search.genome.genome import (
    as_program,
    complexity,
    copy,
    free_constants,
    structure_key,
    tidy,
)
from symlaw.search.genome.mutate import GRAFT, cross, mutate, random_formula
from symlaw.search.genome.required_parts import least_of, makes_a_difference
from symlaw.search.genome.rules import REFUSED, WHOLE, salted, standing, standing_fitted
from symlaw.search.genome.termwise import vary_terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.engine.blocks import KernelTable
    from symlaw.search.genome.genome import Grammar

# What a scored formula is: constant, ordinary, or the best so far of its complexity.
DEGENERATE, ORDINARY, BEST = range(3)

# What varying and tidying a formula costs, and what extending one does, in node values computed.
OVERHEAD = 2000
_EXTENSION_OVERHEAD = 600

# Share of mutations that put in what has to occur, where it is missing.
_GRAFTING = 0.4

# Its skeleton and two of its values.
KEYS_OF_A_FORMULA = 3


@record
class Parts(NamedTuple):
    """What an epoch calls by address, as `separately` gives it, each of (epoch, island, workspace).

    Attributes
    ----------
    begin
        Fills an empty island.
    vary
        Makes the workspace's child of its parent.
    try_child
        Scores the child and takes it in; it gets the parent's loss as well.
    """

    begin: NDArray[np.int64]
    vary: NDArray[np.int64]
    try_child: NDArray[np.int64]


NOT_COMPILED = Parts(np.zeros(2, np.int64), np.zeros(2, np.int64), np.zeros(2, np.int64))


@record
class Epoch(NamedTuple):
    """What an epoch is given; only read.

    Attributes
    ----------
    parts
        What it calls by address.
    grammar, table
        The language, and the kernels of its operators.
    rows
        The probe rows.
    rates
        Settings, budgets among them.
    cache
        Keys known before.
    guests
        Genomes that may migrate in.
    limits
        Probe loss of the archive's best at or below each complexity, float64 (n_levels,); better ones are
        reported.
    """

    parts: Parts
    grammar: Grammar
    table: KernelTable
    rows: Rows
    rates: Rates
    cache: Cache
    guests: Population
    limits: NDArray[np.float64]


def parts_for(epoch: Epoch, island: Population, workspace: Workspace) -> Parts:
    """Compile the parts for arguments of these types."""
    arguments = epoch, island, workspace
    return Parts(
        separately(begin, arguments), separately(vary, arguments), separately(try_child, (*arguments, 0.0))
    )


@kernel
def run_epoch(epoch, island, workspace):  # type: ignore[no-untyped-def]
    """Vary an island until its work for the epoch is done.

    The same for formulas and for what fills a template: what they are made of is the parts' business.

    Parameters
    ----------
    epoch
        `Epoch`.
    island
        `Population`, changed in place.
    workspace
        `Workspace`, or `symlaw.search.templates.epoch.TemplateWorkspace`; ``report``, ``counters`` and the
        added keys are the outputs.

    Returns
    -------
    int
        0, or 1 when the epoch's parts were made for arguments of other types.
    """
    clear(workspace)
    parts, rates, guests, state = epoch.parts, epoch.rates, epoch.guests, island.state
    if _is_empty(island.count) and call_separate(parts.begin, (epoch, island, workspace)) != 0:
        return 1
    for slot in range(len(guests.size)):
        if guests.size[slot] > 0 and uniform(state) < rates.migration:
            load(guests, slot, workspace.tidied)
            loss, cost, key = guests.loss[slot], guests.complexity[slot], guests.key[slot]
            admit(island, workspace.tidied, loss, cost, key, rates.rivals, rates.patience)
    while goes_on(workspace, rates):
        slot = choose_parent(island, rates.tournament, rates.patience)
        if slot < 0:
            return 0
        load(island, slot, workspace.parent)
        loss = island.loss[slot]
        wrong = call_separate(parts.vary, (epoch, island, workspace))
        if wrong + call_separate(parts.try_child, (epoch, island, workspace, loss)) != 0:
            return 1
    return 0


@inner
def begin(epoch, island, workspace):  # type: ignore[no-untyped-def]
    """Fill an empty island with random formulas."""
    state, newcomers = island.state, 3 * len(island.size) // len(island.count)
    while workspace.counters[EVALUATED] < newcomers * 10 and goes_on(workspace, epoch.rates):
        random_formula(workspace.child, state, epoch.grammar, 1 + below(state, 9), workspace.spare)
        if call_separate(epoch.parts.try_child, (epoch, island, workspace, np.inf)) != 0:
            return


@inner
def clear(workspace):  # type: ignore[no-untyped-def]
    """Make a workspace ready: an epoch must not depend on what its scratch was used for before."""
    forget_all(workspace.local)
    workspace.seen[:] = 0
    workspace.n_added[0] = 0
    workspace.counters[:] = 0
    workspace.report.size[:] = 0
    workspace.report.loss[:] = np.inf


@inner
def _is_empty(count):  # type: ignore[no-untyped-def]
    for level in range(len(count)):
        if count[level] > 0:
            return False
    return True


@inner
def goes_on(workspace, rates):  # type: ignore[no-untyped-def]
    """Whether work, evaluations and room for the keys of one more formula are left."""
    counters = workspace.counters
    within = counters[WORK] < rates.work and counters[EVALUATED] < rates.evaluations
    return within and workspace.n_added[0] + KEYS_OF_A_FORMULA <= len(workspace.added_keys)


@inner
def vary(epoch, island, workspace):  # type: ignore[no-untyped-def]
    """Make workspace.child from workspace.parent by crossover or by one to three mutations."""
    grammar, rates, state = epoch.grammar, epoch.rates, island.state
    spare, parent, child = workspace.spare, workspace.parent, workspace.child
    if uniform(state) < rates.crossover:
        load(island, choose_parent(island, np.int64(2), rates.patience), workspace.donor)
        if uniform(state) < rates.termwise:
            _load_guest(epoch.guests, state, workspace.donor)
            if vary_terms(parent, workspace.donor, state, grammar, spare, child) != 0:
                return
        if cross(parent, workspace.donor, state, grammar, spare, child) != 0:
            return
    for round_number in range(3):
        if round_number > 0:
            if uniform(state) < 0.6:
                return
            copy(parent, child)
        for _ in range(4):
            draw = uniform(state)
            kind = 0
            while draw > rates.mutations[kind]:
                kind += 1
            if grammar.rules.demanding != 0 and uniform(state) < _GRAFTING:
                kind = GRAFT
            if mutate(parent, kind, state, grammar, epoch.table, epoch.rows, spare, child) != 0:
                break
            copy(child, parent)


@inner
def _load_guest(guests, state, donor):  # type: ignore[no-untyped-def]
    """Every other time make the donor a formula that other islands or searchers brought."""
    slot = below(state, 2 * len(guests.size))
    if slot < len(guests.size) and guests.size[slot] > 0:
        load(guests, slot, donor)


@inner
def try_child(epoch, island, workspace, parent_loss):  # type: ignore[no-untyped-def]
    """Tidy, score and, where it deserves it, fit workspace.child; take it in and report it."""
    grammar, table, rows, rates = epoch.grammar, epoch.table, epoch.rows, epoch.rates
    counters, g = workspace.counters, workspace.tidied
    counters[WORK] += OVERHEAD
    if workspace.child.size[0] == 0:
        return
    tidy(workspace.child, grammar, table, g, workspace.starts, workspace.cell)
    cost = complexity(g, grammar.cost)
    n_constants = free_constants(g, grammar)
    if cost > grammar.max_complexity or n_constants > MAX_CONSTANTS or has_no_variable(g):
        counters[SKIPPED] += 1
        return
    place = standing(g, grammar, workspace.marks)
    if place == REFUSED or not _worth_scoring(g, epoch, workspace, n_constants):
        counters[SKIPPED] += 1
        return
    program, size, n_rows = as_program(g), g.size[0], rows.X.shape[1]
    loss = score(program, size, table, rows, workspace.space)
    counters[EVALUATED] += 1
    counters[WORK] += (size + 4) * n_rows
    if not loss < np.inf:
        return
    if n_constants > 0 and (loss < parent_loss * rates.fit_gate or uniform(island.state) < rates.fit_chance):
        loss = fit_briefly(g, epoch, workspace, parent_loss, n_constants)
        place = standing_fitted(g, grammar, workspace.marks, place)
    if place == REFUSED:
        return
    rules, whole = grammar.rules, place == WHOLE
    if whole and rules.demanding != 0 and _is_news(loss, cost, epoch.limits, workspace):
        least = least_of(island, loss)
        whole = makes_a_difference(g, loss, least, rules, table, rows, workspace.child, workspace.space)
        # values and line are those of the formula again
        score(program, size, table, rows, workspace.space)
    loss += charged(program, size, table, workspace)
    first, rank = note_behaviour(g, loss, cost, whole, workspace.space.f, epoch, workspace)
    if rank != DEGENERATE and admit(island, g, loss, cost, first, rates.rivals, rates.patience):
        counters[ADMITTED] += 1
        if uniform(island.state) < rates.extension:
            _extend(epoch, island, workspace, cost)


@inner
def _is_news(loss, cost, limits, workspace):  # type: ignore[no-untyped-def]
    """Whether a formula of a loss would be reported."""
    level = level_of(cost)
    return loss < limits[level] and loss < workspace.report.loss[level]


@inner
def charged(program, size, table, workspace):  # type: ignore[no-untyped-def]
    """What a formula just scored is charged for breaking what the user says about values."""
    steering = workspace.steering
    if len(steering.low) == 0:
        return 0.0
    workspace.counters[WORK] += size * steering.rows.X.shape[1]
    wrong = call_separate(steering.call, (program, size, table, steering, workspace.space.line))
    return np.inf if wrong != 0 else steering.charged[0]


@inner
def note_behaviour(g, loss, cost, whole, values, epoch, workspace):  # type: ignore[no-untyped-def]
    """Note a scored formula's behaviour, and report it where it is the best; its key and rank.

    Only what may be a ``whole`` formula is reported.
    """
    line, counters, limits = workspace.space.line, workspace.counters, epoch.limits
    if line[3] <= 0.0 or line[0] == 0.0:
        return np.uint64(0), DEGENERATE
    n_rows = epoch.rows.X.shape[1]
    salt = salted(epoch.rates.salt, epoch.grammar.rules, workspace.marks, line[1], line[3])
    first, second = fingerprint(values, line[1], line[3], line[0], workspace.multipliers, n_rows, salt)
    if _known(epoch.cache, workspace.local, first, second, cost):
        counters[KNOWN] += 1
        return first, ORDINARY
    counters[NEW] += 1
    add_key(workspace, first, cost)
    add_key(workspace, second, cost)
    level = level_of(cost)
    if whole and loss < limits[level] and loss < workspace.report.loss[level]:
        store(workspace.report, level, g, loss, cost, first)
        return first, BEST
    return first, ORDINARY


@inner
def _extend(epoch, island, workspace, cost):  # type: ignore[no-untyped-def]
    """Score the formula just taken in under every operator at its root; its values are at hand.

    Only what is the best of its complexity joins the population: the rest would crowd it with relatives.
    """
    grammar, table, rows, rates = epoch.grammar, epoch.table, epoch.rows, epoch.rates
    limits, counters, space = epoch.limits, workspace.counters, workspace.space
    copy(workspace.parent, workspace.tidied)
    values = space.work.values[0]
    n_rows = rows.X.shape[1]
    for number in range(extensions(grammar)):
        if not goes_on(workspace, rates):
            return
        added = extended(workspace.parent, number, grammar, table, rows, space, workspace.tidied)
        if added < 0.0 or cost + added > grammar.max_complexity:
            continue
        place = standing(workspace.tidied, grammar, workspace.marks)
        if place == REFUSED:
            continue
        best_line(values, rows, space)
        counters[EVALUATED] += 1
        counters[WORK] += 5 * n_rows + _EXTENSION_OVERHEAD
        loss = space.line[2]
        if not loss < np.inf:
            continue
        total = cost + added
        if loss < limits[level_of(total)]:
            # others are not taken in, whatever they are charged
            loss += charged(as_program(workspace.tidied), workspace.tidied.size[0], table, workspace)
        rules, whole = grammar.rules, place == WHOLE
        if whole and rules.demanding != 0 and _is_news(loss, total, limits, workspace):
            least = least_of(island, loss)
            whole = makes_a_difference(
                workspace.tidied, loss, least, rules, table, rows, workspace.child, space
            )
            score(as_program(workspace.parent), workspace.parent.size[0], table, rows, space)
            extended(workspace.parent, number, grammar, table, rows, space, workspace.tidied)
            best_line(values, rows, space)
        first, rank = note_behaviour(workspace.tidied, loss, total, whole, values, epoch, workspace)
        if rank == BEST and admit(island, workspace.tidied, loss, total, first, rates.rivals, rates.patience):
            counters[ADMITTED] += 1


@inner
def has_no_variable(g):  # type: ignore[no-untyped-def]
    """Whether a formula is a constant."""
    for place in range(g.size[0]):
        if g.codes[place] == 1:
            return False
    return True


@inner
def _worth_scoring(g, epoch, workspace, n_constants):  # type: ignore[no-untyped-def]
    """Whether the structure is new: exactly, or as a skeleton that was not yet fitted often."""
    grammar, rates, cache = epoch.grammar, epoch.rates, epoch.cache
    if n_constants == 0 or rates.fit_visits <= 0:
        key = structure_key(g, grammar, True, workspace.hashes)
        place = np.int64(key >> np.uint64(64 - FILTER_BITS))
        if workspace.seen[place] == key:
            return False
        workspace.seen[place] = key
        return True
    key = structure_key(g, grammar, False, workspace.hashes)
    visits = 0
    slot = find(cache, key)
    if slot >= 0:
        visits += cache.visits[slot]
    slot = find(workspace.local, key)
    if slot >= 0:
        visits += workspace.local.visits[slot]
    if visits >= rates.fit_visits:
        return False
    add_key(workspace, key, complexity(g, grammar.cost))
    return True


@inner
def fit_briefly(g, epoch, workspace, parent_loss, n_constants):  # type: ignore[no-untyped-def]
    """Fit the constants a few steps, and more where that already beats the parent."""
    program, size, table, rows = as_program(g), g.size[0], epoch.table, epoch.rows
    rates, space, counters = epoch.rates, workspace.space, workspace.counters
    begin_fit(space.damping)
    loss, steps, done = fit_constants(program, size, table, rows, space, rates.fit_steps, 1e-3)
    if not done and loss < parent_loss:
        loss, more, done = fit_constants(program, size, table, rows, space, 4 * rates.fit_steps, 1e-3)
        steps += more
    counters[FITS] += 1
    counters[FIT_STEPS] += steps
    counters[WORK] += steps * (3 * size + 4 * n_constants) * rows.X.shape[1]
    return loss


@inner
def _known(cache, local, first, second, cost):  # type: ignore[no-untyped-def]
    """Whether either key was seen with no greater complexity."""
    for key in (first, second):
        slot = find(cache, key)
        if slot >= 0 and cache.complexity[slot] <= cost:
            return True
        slot = find(local, key)
        if slot >= 0 and local.complexity[slot] <= cost:
            return True
    return False


@inner
def add_key(workspace, key, cost):  # type: ignore[no-untyped-def]
    """Note a key, for this epoch and to be merged afterwards."""
    place = workspace.n_added[0]
    workspace.added_keys[place] = key
    workspace.added_complexity[place] = cost
    workspace.n_added[0] = place + 1
    remember(workspace.local, key, cost)
