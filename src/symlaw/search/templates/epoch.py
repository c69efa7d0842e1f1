"""One epoch of one island of fillings: vary a part, put it into the template, fit, take in.

Variation is that of `symlaw.search.evolution.epoch`, compiled once and called through its address: it works
on the formula of one unknown at a time, beside a pool of such formulas that serve as donors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import bits_of, call_separate, inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.program import MAX_NODES
from symlaw.engine.random import below, mix, normal, uniform
from symlaw.engine.tape import CONSTANT, VARIABLE
from symlaw.search.evolution.population import Population, admit, choose_parent, level_of, load, store
from symlaw.search.genome.genome import Genome, append, append_span, complexity, copy, genome, tidy
from symlaw.search.genome.mutate import random_formula
from symlaw.search.genome.rules import REFUSED, standing
from symlaw.search.templates.form import LINE, Draft, Form, draft, expand
from symlaw.search.templates.joint import GroupedRows, JointSpace, fit_jointly, joint_space

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Places in the counters.
EVALUATED, NEW, KNOWN, SKIPPED, FITS, WORK = range(6)
COUNTERS = {
    "evaluations": EVALUATED, "distinct": NEW, "known": KNOWN, "skipped": SKIPPED, "fits": FITS, "work": WORK,
}  # fmt: skip
# Fillings that an island begins with, how often a parameter is changed instead of a function, and two
# functions at once.
_NEWCOMERS, _PARAMETER, _BOTH = 200, 0.08, 0.1
_VISITS, _SEEN_BITS = 3, 14
# Steps of the first fit of a filling, and of another where it is promising.
_STEPS, _MORE = 3, 12
# What a function's scale has for a column, and no other constant.
SCALE = 1
_SALT = np.uint64(0x9E3779B97F4A7C15)


@record
class TemplateProblem(NamedTuple):
    """What fillings are for.

    Attributes
    ----------
    form
        The template.
    own
        Whether a group has constants of its own in parameters and in functions, int64 (2,).
    rows
        Grouped rows.
    """

    form: Form
    own: NDArray[np.int64]
    rows: GroupedRows


@record
class TemplateWorkspace(NamedTuple):
    """Scratch and outputs of an island.

    Attributes
    ----------
    parent, child
        Fillings.
    bounds, child_bounds
        Where each unknown's nodes begin in them, and the end of the last, int64 (n_unknowns + 1,).
    piece
        A formula of one unknown.
    seen, visits
        Skeletons met and how often, uint64 and int64.
    report
        Best new filling of each complexity.
    counters
        int64.
    """

    parent: Genome
    child: Genome
    bounds: NDArray[np.int64]
    child_bounds: NDArray[np.int64]
    piece: Genome
    draft: Draft
    space: JointSpace
    seen: NDArray[np.uint64]
    visits: NDArray[np.int64]
    report: Population
    counters: NDArray[np.int64]


def make_template_workspace(n_unknowns: int, n_groups: int, report: Population) -> TemplateWorkspace:
    """Fresh scratch; ``report`` has a row for each level."""
    scratch = draft()
    return TemplateWorkspace(
        genome(),
        genome(),
        np.zeros(n_unknowns + 1, np.int64),
        np.zeros(n_unknowns + 1, np.int64),
        genome(),
        scratch,
        joint_space(n_groups, scratch.ties),
        np.zeros(2**_SEEN_BITS, np.uint64),
        np.zeros(2**_SEEN_BITS, np.int64),
        report,
        np.zeros(len(COUNTERS), np.int64),
    )


@kernel
def run_template_epoch(epoch, island, pool, problem, workspace, own_workspace):  # type: ignore[no-untyped-def]
    """Vary an island of fillings until its work for the epoch is done.

    Parameters
    ----------
    epoch
        `symlaw.search.evolution.epoch.Epoch` for the formula of one unknown: its rows are a few of the
        unknowns' arguments, and its limits those of fillings.
    island, pool
        Fillings, and formulas of single unknowns; both are changed in place.
    problem
        `TemplateProblem`.
    workspace, own_workspace
        Scratch for one formula, and for fillings; the latter's ``report`` and ``counters`` are the outputs.

    Returns
    -------
    int
        0, or 1 when the epoch's parts were made for arguments of other types.
    """
    rates, form, counters = epoch.rates, problem.form, own_workspace.counters
    counters[:] = 0
    own_workspace.seen[:] = 0
    own_workspace.report.size[:] = 0
    own_workspace.report.loss[:] = np.inf
    if island.count.sum() == 0:
        for _ in range(_NEWCOMERS):
            if counters[WORK] >= rates.work or counters[EVALUATED] >= rates.evaluations:
                break
            _random_filling(island.state, epoch.grammar, form, own_workspace, workspace)
            _try(epoch, island, pool, problem, workspace, own_workspace, np.inf)
    while counters[WORK] < rates.work and counters[EVALUATED] < rates.evaluations:
        slot = choose_parent(island, rates.tournament, rates.patience)
        if slot < 0 or pool.count.sum() == 0:
            return 0
        load(island, slot, own_workspace.parent)
        find_bounds(own_workspace.parent, form, own_workspace.bounds)
        changes = 2 if uniform(island.state) < _BOTH else 1
        for change in range(changes):
            if change > 0:
                copy(own_workspace.parent, own_workspace.child)
                for unknown in range(len(own_workspace.bounds)):
                    own_workspace.bounds[unknown] = own_workspace.child_bounds[unknown]
            if _vary_one(epoch, island.state, pool, form, workspace, own_workspace) != 0:
                return 1
        _try(epoch, island, pool, problem, workspace, own_workspace, island.loss[slot])
    return 0


@kernel
def find_bounds(g, form, bounds):  # type: ignore[no-untyped-def]
    """Where each unknown's nodes begin in a filling, and the end of the last."""
    place = 0
    for unknown in range(len(form.arity)):
        bounds[unknown] = place
        if form.arity[unknown] == 0:
            place += 1
            continue
        place = _end_of(g, place) + LINE
    bounds[len(form.arity)] = place


@inner
def _end_of(g, begin):  # type: ignore[no-untyped-def]
    """End of a function's formula: behind it stands its scale, whose column is `SCALE`."""
    place = begin
    while not (g.codes[place] == CONSTANT and g.columns[place] == SCALE):
        place += 1
    return place


@inner
def _random_filling(state, grammar, form, own_workspace, workspace):  # type: ignore[no-untyped-def]
    g, bounds = own_workspace.child, own_workspace.child_bounds
    g.size[0] = 0
    for unknown in range(len(form.arity)):
        bounds[unknown] = g.size[0]
        if form.arity[unknown] == 0:
            append(g, CONSTANT, 0, 1.0 if uniform(state) < 0.5 else normal(state))
            continue
        random_formula(own_workspace.piece, state, grammar, 1 + below(state, 5), workspace.spare)
        _append_part(g, own_workspace.piece, form.arity[unknown], 1.0, 0.0)
    bounds[len(form.arity)] = g.size[0]


@inner
def _append_part(g, piece, n_arguments, scale, offset):  # type: ignore[no-untyped-def]
    """Add a function's formula, with arguments that it has, and its line."""
    begin = g.size[0]
    append_span(g, piece, 0, piece.size[0])
    for place in range(begin, g.size[0]):
        if g.codes[place] == VARIABLE:
            g.columns[place] = g.columns[place] % n_arguments
        else:
            g.columns[place] = 0
    append(g, CONSTANT, SCALE, scale)
    append(g, CONSTANT, 0, offset)


@inner
def _vary_one(epoch, state, pool, form, workspace, own_workspace):  # type: ignore[no-untyped-def]
    """Make the child from the parent with one unknown changed; 1 where the epoch's parts do not fit."""
    parent, child = own_workspace.parent, own_workspace.child
    n_unknowns = len(form.arity)
    chosen = below(state, n_unknowns)
    for _ in range(4):
        if form.arity[chosen] > 0 or uniform(state) < _PARAMETER:
            break
        chosen = below(state, n_unknowns)
    child.size[0] = 0
    for unknown in range(n_unknowns):
        begin, end = own_workspace.bounds[unknown], own_workspace.bounds[unknown + 1]
        own_workspace.child_bounds[unknown] = child.size[0]
        if unknown != chosen:
            append_span(child, parent, begin, end)
        elif form.arity[unknown] == 0:
            append(child, CONSTANT, 0, parent.values[begin] * (1.0 + normal(state)))
        else:
            workspace.parent.size[0] = 0
            append_span(workspace.parent, parent, begin, end - LINE)
            if call_separate(epoch.parts.vary, (epoch, pool, workspace)) != 0:
                return 1
            scale, offset = parent.values[end - 2], parent.values[end - 1]
            _append_part(child, workspace.child, form.arity[unknown], scale, offset)
    own_workspace.child_bounds[n_unknowns] = child.size[0]
    return 0


@kernel
def _try(epoch, island, pool, problem, workspace, own_workspace, parent_loss):  # type: ignore[no-untyped-def]
    """Tidy, fit and take in own_workspace.child."""
    grammar, table, rates, limits = epoch.grammar, epoch.table, epoch.rates, epoch.limits
    form, counters, g = problem.form, own_workspace.counters, own_workspace.parent
    counters[WORK] += 3000
    cost = _tidied(form, grammar, table, workspace, own_workspace)
    key = _key(g, False)
    if cost > grammar.max_complexity or _seen_often(own_workspace, key):
        counters[SKIPPED] += 1
        return
    length, count = expand(g, own_workspace.bounds, form, table.arity, own_workspace.draft)
    if length == 0:
        counters[SKIPPED] += 1
        return
    counters[EVALUATED] += 1
    loss = fit_filling(g, problem, table, own_workspace, length, count, np.int64(_STEPS))
    if loss < parent_loss or loss < limits[level_of(cost)]:
        loss = fit_filling(g, problem, table, own_workspace, length, count, np.int64(_MORE))
    if not loss < np.inf:
        return
    level = level_of(cost)
    key = _key(g, True)
    if loss < limits[level] and loss < own_workspace.report.loss[level]:
        store(own_workspace.report, level, g, loss, cost, key)
    if admit(island, g, loss, cost, key, rates.rivals, rates.patience):
        counters[NEW] += 1
        _remember_parts(epoch, pool, g, form, own_workspace, loss)


@inner
def _tidied(form, grammar, table, workspace, own_workspace):  # type: ignore[no-untyped-def]
    """The parent becomes the child, every formula tidied; its complexity, inf where a rule refuses one."""
    child, bounds, g, cost = own_workspace.child, own_workspace.child_bounds, own_workspace.parent, 0.0
    g.size[0] = 0
    for unknown in range(len(form.arity)):
        begin, end = bounds[unknown], bounds[unknown + 1]
        own_workspace.bounds[unknown] = g.size[0]
        if form.arity[unknown] == 0:
            append_span(g, child, begin, end)
            cost += grammar.cost[CONSTANT]
            continue
        piece = own_workspace.piece
        piece.size[0] = 0
        append_span(piece, child, begin, end - LINE)
        tidy(piece, grammar, table, workspace.tidied, workspace.starts, workspace.cell)
        cost += complexity(workspace.tidied, grammar.cost)
        if grammar.rules.shape != 0 and standing(workspace.tidied, grammar, workspace.marks) == REFUSED:
            cost = np.inf
        if g.size[0] + workspace.tidied.size[0] + LINE > MAX_NODES:
            cost = np.inf
        _append_part(g, workspace.tidied, form.arity[unknown], child.values[end - 2], child.values[end - 1])
    own_workspace.bounds[len(form.arity)] = g.size[0]
    return cost


@inner
def _key(g, with_values):  # type: ignore[no-untyped-def]
    """A key of a filling, or of its skeleton."""
    key = np.uint64(1)
    for place in range(g.size[0]):
        own = np.uint64(g.codes[place] + 1) * _SALT + np.uint64(g.columns[place])
        if with_values and g.codes[place] == CONSTANT:
            own ^= mix(np.uint64(bits_of(g.values[place])))
        key = mix(key * _SALT + own)
    return key | np.uint64(1)


@inner
def _seen_often(own_workspace, key):  # type: ignore[no-untyped-def]
    """Whether a skeleton was tried as often as it may be; counts this time."""
    place = np.int64(key >> np.uint64(64 - _SEEN_BITS))
    if own_workspace.seen[place] != key:
        own_workspace.seen[place] = key
        own_workspace.visits[place] = 0
    own_workspace.visits[place] += 1
    return own_workspace.visits[place] > _VISITS


@kernel
def fit_filling(g, problem, table, own_workspace, length, count, steps):  # type: ignore[no-untyped-def]
    """Fit the constants of an expanded filling; the loss. They go back to the genome, of the first group."""
    form, own, rows, bounds = problem.form, problem.own, problem.rows, own_workspace.bounds
    space, counters, draft = own_workspace.space, own_workspace.counters, own_workspace.draft
    n_groups = len(rows.spans) - 1
    for unknown in range(len(form.arity)):
        kind = 0 if form.arity[unknown] == 0 else 1
        for place in range(bounds[unknown], bounds[unknown + 1]):
            k = draft.numbers[place]
            if k >= 0:
                space.own[k] = own[kind]
                for group in range(n_groups):
                    space.values[group, k] = g.values[place]
    space.damping[0], space.damping[1] = 1e-3, 2.0
    loss, taken, _ = fit_jointly(draft.program, length, count, table, rows, space, steps, 1e-3)
    counters[FITS] += 1
    n_rows = rows.spans[n_groups]
    counters[WORK] += (taken + 1) * (3 * length + 4 * count) * n_rows
    for place in range(g.size[0]):
        k = draft.numbers[place]
        if k >= 0:
            g.values[place] = space.values[0, k]
    return loss


@inner
def _remember_parts(epoch, pool, g, form, own_workspace, loss):  # type: ignore[no-untyped-def]
    """Take the formulas of a good filling into the pool of donors."""
    rates = epoch.rates
    for unknown in range(len(form.arity)):
        if form.arity[unknown] == 0:
            continue
        piece = own_workspace.piece
        piece.size[0] = 0
        append_span(piece, g, own_workspace.bounds[unknown], own_workspace.bounds[unknown + 1] - LINE)
        cost = complexity(piece, epoch.grammar.cost)
        admit(pool, piece, loss, cost, _key(piece, True), rates.rivals, rates.patience)


__all__ = [
    "COUNTERS",
    "TemplateProblem",
    "TemplateWorkspace",
    "find_bounds",
    "fit_filling",
    "make_template_workspace",
    "run_template_epoch",
]
