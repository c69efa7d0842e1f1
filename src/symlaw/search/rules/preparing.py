"""A table as what rules grow from: its literals, conjunctions and clauses of them, and first gates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.engine.bits.words import packed
from symlaw.language.rules.literals import Among, Related, is_missing
from symlaw.search.rules.candidates import Candidates, candidates_for, information
from symlaw.search.rules.counting import counts, planes_of
from symlaw.search.rules.growth import Beam, Fair, Ground, grow
from symlaw.search.rules.pool import counts_of_best, pool_of
from symlaw.search.rules.screening import MOST_COLUMNS, beside, best_alone, orders_of
from symlaw.search.rules.tree import Tree, leaves, node

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns, Literal

    Truths = NDArray[np.bool_]
    Floats = NDArray[np.float64]

# Words of all literals together, and how many literals there are at least.
_ROOM, _FEWEST = 60_000, 120
# Of very wide tables: how often columns are looked at beside rules, and how many rules.
_LOOKS, _SEEDS = 2, 2
# Rows of a group that its share is computed of, and literals of each required column that are begun with.
FEWEST_OF_GROUP, _BEST_REQUIRED = 10, 6
# Rates that may be bounded between groups.
RATES = ("rate", "true_positive_rate", "false_positive_rate")


class Bound(NamedTuple):
    """By how much a rate of a rule may differ between the labels of a column.

    Attributes
    ----------
    column
        The column, which no rule uses.
    rate
        One of `RATES`: the share of all rows in which the rule holds, of those of its class, or of others.
    most
        The largest difference.
    """

    column: str
    rate: str
    most: float

    def rows(self, target: Truths) -> Truths:
        """The rows of which the rate is a share."""
        return {"rate": np.ones_like(target), "true_positive_rate": target}.get(self.rate, ~target)


@dataclass(frozen=True)
class Plan:
    """How rules are searched for.

    Attributes
    ----------
    most
        The largest size of a rule.
    width
        Trees of a size that are made larger.
    odd, several
        Whether exclusive or, and gates such as "at least 2 of 3", may be used.
    forbidden
        Columns that no rule may use.
    required
        Columns that every rule uses.
    fair
        Rates that may differ between groups of rows by so much at most.
    monotone
        Columns of which larger values may only speak for the class (True), or only against it (False).
    seed
        Of the division of rows into parts.
    """

    most: int = 30
    width: int = 12
    odd: bool = True
    several: bool = True
    forbidden: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    fair: tuple[Bound, ...] = ()
    monotone: tuple[tuple[str, bool], ...] = ()
    seed: int = 0


class Data(NamedTuple):
    """Rows that rules are found on.

    Attributes
    ----------
    columns
        The table.
    target
        What is to be told, (n_rows,).
    weights
        How often each row counts, (n_rows,), above 0.
    costs
        What it costs to get a row wrong, (n_rows,), above 0.
    labels
        What the rows are, where the target is something else that rules are grown for; None where it is this.
    """

    columns: Columns
    target: Truths
    weights: Floats
    costs: Floats
    labels: Truths | None = None

    @property
    def lost(self) -> Floats:
        """What is lost by getting a row wrong."""
        return self.weights * self.costs

    def at(self, rows: Truths) -> Data:
        """The same of some of the rows."""
        columns = {name: values[rows] for name, values in self.columns.items()}
        labels = None if self.labels is None else self.labels[rows]
        return Data(columns, self.target[rows], self.weights[rows], self.costs[rows], labels)


class _Effort(NamedTuple):
    """Literals at most, rounds of looking for conjunctions, and how large and how many rules are grown."""

    literals: int
    rounds: int
    size: int
    width: int


_FULL, _FIRST = _Effort(1_200, 12, 30, 12), _Effort(480, 0, 8, 4)


class Prepared(NamedTuple):
    """A table with its literals."""

    candidates: Candidates
    ground: Ground
    begun: list[Tree]


def _never() -> bool:
    return False


def prepare(data: Data, plan: Plan, is_late: Callable[[], bool] = _never) -> Prepared:
    """The literals of a table and what rules grow from.

    Parameters
    ----------
    data
        The rows.
    plan
        How to search.
    is_late
        Whether to stop looking for columns of a wide table, and for conjunctions.
    """
    aside = {*plan.forbidden, *(one.column for one in plan.fair)}
    usable = {name: values for name, values in data.columns.items() if name not in aside}
    if len(usable) <= MOST_COLUMNS:
        return _prepared(data, plan, usable, is_late=is_late)
    orders = orders_of(usable, data.target, data.lost)
    kept = alone = {*best_alone(orders, data.target, data.lost), *plan.required}
    signed = np.where(data.target, data.lost, -data.lost)
    for _ in range(_LOOKS):
        if is_late():
            break
        ready = _of_kept(data, plan, usable, kept, _FIRST, is_late)
        if not ready.ground.trees:
            break
        beam = grow(
            ready.ground, min(plan.most, _FIRST.size), _FIRST.width, begun=ready.begun, is_late=is_late
        )
        best = _shortest(beam, ready.ground)
        used = {name for tree in best for k in leaves(tree) for name in ready.candidates.literals[k].columns}
        more = {*alone, *used, *beside(orders, ready.ground, best, signed, is_late)}
        if more <= kept:
            break
        kept = more
    ready = _of_kept(data, plan, usable, kept, _FULL, is_late)
    left = tuple(name for name in usable if name not in kept)
    return ready._replace(candidates=replace(ready.candidates, aside=(*ready.candidates.aside, *left)))


def _of_kept(
    data: Data, plan: Plan, usable: Columns, kept: set[str], effort: _Effort, is_late: Callable[[], bool]
) -> Prepared:
    """The same of the columns kept, each literal at the price of a choice among those of all columns."""
    own = {name: values for name, values in usable.items() if name in kept}
    ready = _prepared(data, plan, own, effort, is_late)
    choices = len(ready.candidates.literals) * len(usable) // len(kept)
    return ready._replace(ground=replace(ready.ground, choices=choices))


def _shortest(beam: Beam, ground: Ground) -> list[Tree]:
    """The rules of a beam's front of the shortest descriptions."""
    front = sorted(beam.front(ground), key=lambda one: ground.length(ground.size(one.tree), one.gain))
    return [one.tree for one in front[:_SEEDS]]


def _prepared(
    data: Data, plan: Plan, usable: Columns, effort: _Effort = _FULL, is_late: Callable[[], bool] = _never
) -> Prepared:
    """The same of some of the columns."""
    planes, rows = planes_of(data.target, data.lost), float(data.weights.sum())
    n_words = planes.masks.shape[1]
    room = int(np.clip(_ROOM // n_words, _FEWEST, effort.literals))
    found = candidates_for(usable, data.target, data.lost, planes, room, dict(plan.monotone))
    n = len(found.literals)
    if not n:
        return Prepared(found, Ground(found.words, (), planes, np.zeros(0, np.int64), rows), [])
    costs = np.array([cost_of(literal) for literal in found.literals])
    # pairs of columns come last
    n_pairs = sum(isinstance(literal, Related) for literal in found.literals)
    pool = pool_of(found.words, n - n_pairs, planes, effort.rounds, is_late)
    words = np.concatenate([found.words, *(term.words[None] for term in pool.terms)])
    trees = (*range(n), *(term.tree for term in pool.terms))
    required = tuple(
        frozenset(number for number, one in enumerate(found.literals) if name in one.columns)
        for name in plan.required
    )
    ground = Ground(
        np.ascontiguousarray(words), trees, planes, costs, rows, plan.odd and not plan.monotone, plan.several,
        required, tuple(_fair(data, bound) for bound in plan.fair), n,
    )  # fmt: skip
    begun = counts_of_best(found.words, _best_by_column(found, ground), ground.odd, plan.several, planes)
    return Prepared(found, ground, [*begun, *pool.covers, *_with_required(ground)])


def _fair(data: Data, bound: Bound) -> Fair:
    """The large groups of rows that a column makes; all rows where there are none."""
    own = bound.rows(data.target if data.labels is None else data.labels)
    groups = large_groups(data.columns[bound.column], own)
    rows = np.array(list(groups.values()) or [np.ones(len(own), bool)])
    return Fair(packed(rows), rows.sum(axis=1).astype(float), bound.most)


def large_groups(column: NDArray[Any], own: Truths) -> dict[str, Truths]:
    """Of some rows those of each label of a column; without labels of few rows, whose shares say little."""
    groups = {label: rows & own for label, rows in _groups_of(column).items()}
    return {label: rows for label, rows in groups.items() if np.count_nonzero(rows) >= FEWEST_OF_GROUP}


def _groups_of(column: NDArray[Any]) -> dict[str, Truths]:
    """Rows of each label of a column by its text; missing cells are a label."""
    gone = is_missing(column)
    texts = np.array(["missing" if lost else str(cell) for cell, lost in zip(column, gone, strict=True)])
    return {label: texts == label for label in sorted(set(texts.tolist()))}


def _with_required(ground: Ground) -> list[Tree]:
    """Small trees with a literal of each column that is required, for others to grow from."""
    if len(ground.required) < 2 or not all(ground.required):
        return []
    n_words = ground.words.shape[1]
    alone = ground.gains(np.full(n_words, ~np.uint64(0)), np.zeros(n_words, np.uint64))
    few = [sorted(one, key=lambda k: (-abs(alone[k]), k))[:_BEST_REQUIRED] for one in ground.required]
    made = (node(least, chosen) for chosen in product(*few) for least in (1, len(chosen)))
    return [tree for tree in made if tree is not None]


def cost_of(literal: Literal) -> int:
    """What a literal counts: one more for a second column, and for each two labels of a set."""
    if isinstance(literal, Among):
        return 1 + len(literal.labels) // 2
    return 1 + isinstance(literal, Related)


def _best_by_column(found: Candidates, ground: Ground) -> NDArray[np.intp]:
    """For each column its literal of most information that speaks for rows to be covered."""
    n = len(found.literals)
    bits = information(found.words, ground.planes)
    masks, shares = ground.planes.masks, ground.planes.shares
    every = np.zeros((len(shares), 1), np.int64)
    counts(np.full((1, masks.shape[1]), ~np.uint64(0)), masks, every)
    weighed = shares * every[:, 0]
    balanced = np.where(shares > 0, shares / weighed[shares > 0].sum(), -shares / weighed[shares < 0].sum())
    out = np.zeros((len(shares), n), np.int64)
    counts(found.words, masks, out)
    towards = balanced @ out
    best: dict[tuple[str, ...], int] = {}
    for number in np.argsort(-bits, kind="stable").tolist():
        if towards[number] >= 0.0:
            best.setdefault(found.literals[number].columns, number)
    return np.array(list(best.values()), dtype=np.intp)
