"""What an epoch of fillings is made of: random ones, one part varied, fitted in the template and taken in.

The epoch is `symlaw.search.evolution.epoch.run_epoch`. Variation of the formula of one unknown is that of
formulas, beside a pool of such formulas that serve as donors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import bits_of, call_separate, inner, kernel, separately
from symlaw.engine.compiling.records import record
from symlaw.engine.fingerprint import Cache, make_cache
from symlaw.engine.program import MAX_NODES
from symlaw.engine.random import below, mix, normal, uniform
from symlaw.engine.step_control import begin as begin_fit
from symlaw.engine.tape import CONSTANT, VARIABLE
from symlaw.search.evolution.epoch import KEYS_OF_A_FORMULA, Epoch, Parts, goes_on
from symlaw.search.evolution.population import Population, admit, level_of, population, store
from symlaw.search.evolution.workspace import (
    EVALUATED,
    FITS,
    N_COUNTERS,
    NEW,
    SKIPPED,
    WORK,
    Workspace,
)
from symlaw.search.genome.genome import Genome, append, append_span, complexity, copy, genome, tidy
from symlaw.search.genome.mutate import random_formula
from symlaw.search.genome.rules import REFUSED, standing
from symlaw.search.templates.form import LINE, Draft, Form, draft, expand
from symlaw.search.templates.joint import GroupedRows, JointSpace, fit_jointly, joint_space

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    vary
        `symlaw.search.evolution.epoch.vary` for formulas of one unknown, as `separately` gives it.
    """

    form: Form
    own: NDArray[np.int64]
    rows: GroupedRows
    vary: NDArray[np.int64]


@record
class TemplateWorkspace(NamedTuple):
    """Scratch and outputs of an island, as an epoch takes them.

    Attributes
    ----------
    problem
        What fillings are for.
    one, pool
        Scratch for the formula of one unknown, and such formulas, which are changed in place.
    parent, child, tidied
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
        As those of formulas.
    local, added_keys, n_added
        Of keys of behaviours, of which there are none.
    """

    problem: TemplateProblem
    one: Workspace
    pool: Population
    parent: Genome
    child: Genome
    tidied: Genome
    bounds: NDArray[np.int64]
    child_bounds: NDArray[np.int64]
    piece: Genome
    draft: Draft
    space: JointSpace
    seen: NDArray[np.uint64]
    visits: NDArray[np.int64]
    report: Population
    counters: NDArray[np.int64]
    local: Cache
    added_keys: NDArray[np.uint64]
    n_added: NDArray[np.int64]


def make_template_workspace(
    problem: TemplateProblem, one: Workspace, pool: Population, n_levels: int
) -> TemplateWorkspace:
    """Fresh scratch beside that of one formula."""
    scratch, n_unknowns, n_groups = draft(), len(problem.form.arity), len(problem.rows.spans) - 1
    return TemplateWorkspace(
        problem,
        one,
        pool,
        genome(),
        genome(),
        genome(),
        np.zeros(n_unknowns + 1, np.int64),
        np.zeros(n_unknowns + 1, np.int64),
        genome(),
        scratch,
        joint_space(n_groups, scratch.ties),
        np.zeros(2**_SEEN_BITS, np.uint64),
        np.zeros(2**_SEEN_BITS, np.int64),
        population(n_levels),
        np.zeros(N_COUNTERS, np.int64),
        make_cache(1),
        np.zeros(KEYS_OF_A_FORMULA, np.uint64),
        np.zeros(1, np.int64),
    )


def parts_of_fillings(epoch: Epoch, island: Population, workspace: TemplateWorkspace) -> Parts:
    """Compile what an epoch of fillings calls for arguments of these types."""
    arguments = epoch, island, workspace
    return Parts(
        separately(begin_fillings, arguments), separately(vary_filling, arguments),
        separately(try_filling, (*arguments, 0.0)),
    )  # fmt: skip


@inner
def begin_fillings(epoch, island, workspace):  # type: ignore[no-untyped-def]
    """Fill an empty island with random fillings."""
    for _ in range(_NEWCOMERS):
        if not goes_on(workspace, epoch.rates):
            return
        _random_filling(island.state, epoch.grammar, workspace)
        if call_separate(epoch.parts.try_child, (epoch, island, workspace, np.inf)) != 0:
            return


@inner
def vary_filling(epoch, island, workspace):  # type: ignore[no-untyped-def]
    """Make workspace.child from workspace.parent with one unknown changed, or two."""
    if workspace.pool.count.sum() == 0:
        # there is no formula to vary: the epoch has no room for more
        workspace.child.size[0] = 0
        workspace.n_added[0] = len(workspace.added_keys)
        return
    find_bounds(workspace.parent, workspace.problem.form, workspace.bounds)
    changes = 2 if uniform(island.state) < _BOTH else 1
    for change in range(changes):
        if change > 0:
            copy(workspace.parent, workspace.child)
            for unknown in range(len(workspace.bounds)):
                workspace.bounds[unknown] = workspace.child_bounds[unknown]
        _vary_one(epoch, island.state, workspace)


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
def _random_filling(state, grammar, workspace):  # type: ignore[no-untyped-def]
    g, bounds, form = workspace.child, workspace.child_bounds, workspace.problem.form
    g.size[0] = 0
    for unknown in range(len(form.arity)):
        bounds[unknown] = g.size[0]
        if form.arity[unknown] == 0:
            append(g, CONSTANT, 0, 1.0 if uniform(state) < 0.5 else normal(state))
            continue
        random_formula(workspace.piece, state, grammar, 1 + below(state, 5), workspace.one.spare)
        _append_part(g, workspace.piece, form.arity[unknown], 1.0, 0.0)
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
def _vary_one(epoch, state, workspace):  # type: ignore[no-untyped-def]
    """Make the child from the parent with one unknown changed."""
    parent, child, one = workspace.parent, workspace.child, workspace.one
    problem, form = workspace.problem, workspace.problem.form
    n_unknowns = len(form.arity)
    chosen = below(state, n_unknowns)
    for _ in range(4):
        if form.arity[chosen] > 0 or uniform(state) < _PARAMETER:
            break
        chosen = below(state, n_unknowns)
    child.size[0] = 0
    for unknown in range(n_unknowns):
        begin, end = workspace.bounds[unknown], workspace.bounds[unknown + 1]
        workspace.child_bounds[unknown] = child.size[0]
        if unknown != chosen:
            append_span(child, parent, begin, end)
        elif form.arity[unknown] == 0:
            append(child, CONSTANT, 0, parent.values[begin] * (1.0 + normal(state)))
        else:
            one.parent.size[0] = 0
            append_span(one.parent, parent, begin, end - LINE)
            call_separate(problem.vary, (epoch, workspace.pool, one))
            scale, offset = parent.values[end - 2], parent.values[end - 1]
            _append_part(child, one.child, form.arity[unknown], scale, offset)
    workspace.child_bounds[n_unknowns] = child.size[0]


@inner
def try_filling(epoch, island, workspace, parent_loss):  # type: ignore[no-untyped-def]
    """Tidy, fit and take in workspace.child."""
    grammar, table, rates, limits = epoch.grammar, epoch.table, epoch.rates, epoch.limits
    problem, counters, g = workspace.problem, workspace.counters, workspace.parent
    if workspace.child.size[0] == 0:
        return
    counters[WORK] += 3000
    cost = _tidied(epoch, workspace)
    key = _key(g, False)
    if cost > grammar.max_complexity or _seen_often(workspace, key):
        counters[SKIPPED] += 1
        return
    length, count = expand(g, workspace.bounds, problem.form, table.arity, workspace.draft)
    if length == 0:
        counters[SKIPPED] += 1
        return
    counters[EVALUATED] += 1
    loss = fit_filling(g, table, workspace, length, count, _STEPS)
    if loss < parent_loss or loss < limits[level_of(cost)]:
        loss = fit_filling(g, table, workspace, length, count, _MORE)
    if not loss < np.inf:
        return
    level = level_of(cost)
    key = _key(g, True)
    if loss < limits[level] and loss < workspace.report.loss[level]:
        store(workspace.report, level, g, loss, cost, key)
    if admit(island, g, loss, cost, key, rates.rivals, rates.patience):
        counters[NEW] += 1
        _remember_parts(epoch, g, workspace, loss)


@inner
def _tidied(epoch, workspace):  # type: ignore[no-untyped-def]
    """The parent becomes the child, every formula tidied; its complexity, inf where a rule refuses one."""
    grammar, table, form, one = epoch.grammar, epoch.table, workspace.problem.form, workspace.one
    child, bounds, g, cost = workspace.child, workspace.child_bounds, workspace.parent, 0.0
    g.size[0] = 0
    for unknown in range(len(form.arity)):
        begin, end = bounds[unknown], bounds[unknown + 1]
        workspace.bounds[unknown] = g.size[0]
        if form.arity[unknown] == 0:
            append_span(g, child, begin, end)
            cost += grammar.cost[CONSTANT]
            continue
        piece = workspace.piece
        piece.size[0] = 0
        append_span(piece, child, begin, end - LINE)
        tidy(piece, grammar, table, one.tidied, one.starts, one.cell)
        cost += complexity(one.tidied, grammar.cost)
        if grammar.rules.shape != 0 and standing(one.tidied, grammar, one.marks) == REFUSED:
            cost = np.inf
        if g.size[0] + one.tidied.size[0] + LINE > MAX_NODES:
            cost = np.inf
        _append_part(g, one.tidied, form.arity[unknown], child.values[end - 2], child.values[end - 1])
    workspace.bounds[len(form.arity)] = g.size[0]
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
def _seen_often(workspace, key):  # type: ignore[no-untyped-def]
    """Whether a skeleton was tried as often as it may be; counts this time."""
    place = np.int64(key >> np.uint64(64 - _SEEN_BITS))
    if workspace.seen[place] != key:
        workspace.seen[place] = key
        workspace.visits[place] = 0
    workspace.visits[place] += 1
    return workspace.visits[place] > _VISITS


@kernel
def fit_filling(g, table, workspace, length, count, steps):  # type: ignore[no-untyped-def]
    """Fit the constants of an expanded filling; the loss. They go back to the genome, of the first group."""
    problem, bounds = workspace.problem, workspace.bounds
    form, own, rows = problem.form, problem.own, problem.rows
    space, counters, draft = workspace.space, workspace.counters, workspace.draft
    n_groups = len(rows.spans) - 1
    for unknown in range(len(form.arity)):
        kind = 0 if form.arity[unknown] == 0 else 1
        for place in range(bounds[unknown], bounds[unknown + 1]):
            k = draft.numbers[place]
            if k >= 0:
                space.own[k] = own[kind]
                for group in range(n_groups):
                    space.values[group, k] = g.values[place]
    begin_fit(space.damping)
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
def _remember_parts(epoch, g, workspace, loss):  # type: ignore[no-untyped-def]
    """Take the formulas of a good filling into the pool of donors."""
    rates, form, pool = epoch.rates, workspace.problem.form, workspace.pool
    for unknown in range(len(form.arity)):
        if form.arity[unknown] == 0:
            continue
        piece = workspace.piece
        piece.size[0] = 0
        append_span(piece, g, workspace.bounds[unknown], workspace.bounds[unknown + 1] - LINE)
        cost = complexity(piece, epoch.grammar.cost)
        admit(pool, piece, loss, cost, _key(piece, True), rates.rivals, rates.patience)
