"""From a table to a front of rules, and which of them rows that were left out speak for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.engine.bits.words import packed
from symlaw.language.rules.formula import NEVER, Formula, Gate, Odd, literals_of, truths_of
from symlaw.language.rules.literals import Above, Among, Related, is_missing
from symlaw.search.rules.candidates import Candidates, candidates_for, information
from symlaw.search.rules.counting import counts, planes_of
from symlaw.search.rules.exhaustive import prove
from symlaw.search.rules.growth import Beam, Fair, Ground, description_length, grow
from symlaw.search.rules.pool import counts_of_best, pool_of
from symlaw.search.rules.tree import ODD, Tree, node, value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns, Literal

    Truths = NDArray[np.bool_]
    Floats = NDArray[np.float64]

# Words of all literals together, and how many literals there are at least and at most.
_ROOM, _FEWEST, _MOST = 60_000, 120, 1_200
_ROUNDS = 12
# Rows that are enough to leave some out, and how many parts they are divided into.
_ENOUGH, _FOLDS = 20, 5
# Rows of a group that its share is computed of, and literals of each required column that are begun with.
_FEWEST_OF_GROUP, _BEST_REQUIRED = 10, 6
# Of what the best size gets wrong on rows left out, in standard errors, a smaller one may get more wrong.
_SLACK = 0.5
# What rounding a cut point may add to the loss, in standard errors of it; digits of cut points.
_ROUNDING, _DIGITS = 0.1, 8


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
        Columns that no rule uses, and by how much the shares of rows in which a rule holds may differ between
        their labels.
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
    fair: tuple[tuple[str, float], ...] = ()
    monotone: tuple[tuple[str, bool], ...] = ()
    seed: int = 0


class Ranked(NamedTuple):
    """A rule of the front.

    Attributes
    ----------
    size
        What the literals count (`cost_of`), and one for each gate that is no ``and`` or ``or``.
    loss
        Weight of the rows that it gets wrong.
    formula
        The rule.
    held_out
        Weight of rows that rules of this size get wrong where they are left out; nan where none were.
    twins
        Other rules of this size that say the same of every row.
    """

    size: int
    loss: float
    formula: Formula
    held_out: float
    twins: tuple[Formula, ...]


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes
    ----------
    front
        Rules, each larger and better than the one before; the first is always or never.
    place
        The recommended one.
    candidates
        The literals that they are made of.
    ended
        Whether the clock ended the search.
    proved
        Up to which size it is proved that no rule over the same literals costs as little as the recommended
        one; 0 where nothing is.
    """

    front: tuple[Ranked, ...]
    place: int
    candidates: Candidates
    ended: bool
    proved: int = 0


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
    """

    columns: Columns
    target: Truths
    weights: Floats
    costs: Floats

    @property
    def lost(self) -> Floats:
        """What is lost by getting a row wrong."""
        return self.weights * self.costs

    def at(self, rows: Truths) -> Data:
        """The same of some of the rows."""
        columns = {name: values[rows] for name, values in self.columns.items()}
        return Data(columns, self.target[rows], self.weights[rows], self.costs[rows])


class Prepared(NamedTuple):
    """A table with its literals."""

    candidates: Candidates
    ground: Ground
    begun: list[Tree]


def prepare(data: Data, plan: Plan) -> Prepared:
    """The literals of a table and what rules grow from."""
    planes, rows = planes_of(data.target, data.lost), float(data.weights.sum())
    n_words = planes.masks.shape[1]
    room = int(np.clip(_ROOM // n_words, _FEWEST, _MOST))
    aside = {*plan.forbidden, *(name for name, _ in plan.fair)}
    usable = {name: values for name, values in data.columns.items() if name not in aside}
    found = candidates_for(usable, data.target, data.lost, planes, room, dict(plan.monotone))
    n = len(found.literals)
    if not n:
        return Prepared(found, Ground(found.words, (), planes, np.zeros(0, np.int64), rows), [])
    costs = np.array([cost_of(literal) for literal in found.literals])
    # pairs of columns come last
    n_pairs = sum(isinstance(literal, Related) for literal in found.literals)
    pool = pool_of(found.words, n - n_pairs, planes, _ROUNDS)
    words = np.concatenate([found.words, *(term.words[None] for term in pool.terms)])
    trees = (*range(n), *(term.tree for term in pool.terms))
    required = tuple(
        frozenset(number for number, one in enumerate(found.literals) if name in one.columns)
        for name in plan.required
    )
    ground = Ground(
        np.ascontiguousarray(words), trees, planes, costs, rows, plan.odd and not plan.monotone, plan.several,
        required, tuple(_fair(data.columns[name], most) for name, most in plan.fair),
    )  # fmt: skip
    begun = counts_of_best(found.words, _best_by_column(found, ground), ground.odd, plan.several, planes)
    return Prepared(found, ground, [*begun, *pool.covers, *_with_required(ground)])


def _fair(column: NDArray[Any], most: float) -> Fair:
    """The groups of rows that a column makes; those of few rows are left out, whose shares say little."""
    groups = [rows for rows in groups_of(column).values() if np.count_nonzero(rows) >= _FEWEST_OF_GROUP]
    if not groups:
        groups = [np.ones(len(column), bool)]
    rows = np.array(groups)
    return Fair(packed(rows), rows.sum(axis=1).astype(float), most)


def groups_of(column: NDArray[Any]) -> dict[str, Truths]:
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


def search(data: Data, plan: Plan, is_late: Callable[[], bool] = lambda: False) -> Found:
    """Rules that tell where a target is true.

    Parameters
    ----------
    data
        The rows, of both truths.
    plan
        How to search.
    is_late
        Whether to stop; the answer is then what was found so far.
    """
    ready = prepare(data, plan)
    beam = grow(ready.ground, plan.most, plan.width, begun=ready.begun, is_late=is_late)
    front = rounded(front_of(beam, ready, data), data)
    sizes = np.array([one.size for one in front])
    wrong = held_out(data, plan, sizes, is_late)
    place = chosen(front, wrong, data, len(ready.candidates.literals))
    if plan.required and len(front) > 1:
        # a rule that uses these columns was asked for, and a constant does not
        place = max(place, 1)
    losses = [float("nan")] * len(front) if wrong is None else (data.lost @ wrong).tolist()
    ranked = tuple(one._replace(held_out=loss) for one, loss in zip(front, losses, strict=True))
    known = 0 if is_late() else proved(ready.ground, ranked[place])
    return Found(ranked, place, ready.candidates, is_late(), known)


def proved(ground: Ground, one: Ranked) -> int:
    """Up to which size no rule over the literals of a ground costs as little as a rule."""
    if not ground.planes.exact or one.size < 2:
        return 0
    proof = prove(ground, one.size - 1)
    least = ground.planes.positive - proof.best
    return proof.size if least > one.loss + 1e-9 * ground.whole else 0


def front_of(beam: Beam, ready: Prepared, data: Data) -> list[Ranked]:
    """The front of a beam, from the better constant on."""
    literals = ready.candidates.literals
    everywhere, nowhere = float(data.lost @ ~data.target), float(data.lost @ data.target)
    constant = Gate(0, ()) if everywhere < nowhere else NEVER
    found = [Ranked(0, min(everywhere, nowhere), constant, float("nan"), ())]
    for grown in beam.front(ready.ground):
        truths = value(grown.tree, ready.ground.words)
        loss = max(0.0, ready.ground.planes.positive - grown.gain)
        if loss >= found[-1].loss - 1e-12 * max(1.0, found[0].loss):
            continue
        size = ready.ground.size(grown.tree)
        twins = beam.twins.get((size, truths.tobytes()), [])
        found.append(
            Ranked(
                size,
                loss,
                written(grown.tree, literals),
                float("nan"),
                tuple(written(tree, literals) for tree in twins),
            )
        )
    return found


def rounded(front: list[Ranked], data: Data) -> list[Ranked]:
    """The front with cut points of as few digits as make hardly a difference to the rows."""
    found: list[Ranked] = []
    for one in front:
        formula, loss = one.formula, one.loss
        # far less than what chance adds to the loss
        most = loss + _ROUNDING * float(np.sqrt(loss * data.costs.mean()))
        for literal in dict.fromkeys(literals_of(formula)):
            if not isinstance(literal, Above) or literal.is_date:
                continue
            for digits in range(1, _DIGITS):
                cut = float(f"{literal.cut:.{digits}g}")
                if cut == literal.cut:
                    break
                tried = exchanged(formula, literal, replace(literal, cut=cut))
                cost = float(data.lost @ (truths_of(tried, data.columns, len(data.target)) != data.target))
                if cost <= most + 1e-12:
                    formula, loss = tried, cost
                    break
        if not found or loss < found[-1].loss:
            found.append(one._replace(formula=formula, loss=loss))
    return found


def exchanged(formula: Formula, old: Formula, new: Formula) -> Formula:
    """A formula with one literal in the place of another."""
    if isinstance(formula, Gate):
        return Gate(formula.least, tuple(exchanged(part, old, new) for part in formula.parts))
    if isinstance(formula, Odd):
        return Odd(tuple(exchanged(part, old, new) for part in formula.parts))
    return new if formula == old else formula


def written(tree: Tree, literals: Sequence[Formula]) -> Formula:
    """A tree of numbered literals as a formula."""
    if isinstance(tree, int):
        return literals[tree]
    parts = tuple(written(part, literals) for part in tree.parts)
    return Odd(parts) if tree.least == ODD else Gate(tree.least, parts)


def held_out(data: Data, plan: Plan, sizes: NDArray[np.int64], is_late: Callable[[], bool]) -> Truths | None:
    """Whether rules of each size get each row wrong that were found without it, (n_rows, n_sizes)."""
    folds = parts_of(data, plan.seed)
    if folds is None or len(sizes) < 2:
        return None
    wrong = np.zeros((len(data.target), len(sizes)), bool)
    for fold in range(_FOLDS):
        out = folds == fold
        rest, there = data.at(~out), data.at(out)
        if is_late():
            return None
        if rest.target.all() or not rest.target.any():
            wrong[out] = (there.target != rest.target[0])[:, None]
            continue
        ready = prepare(rest, plan)
        beam = grow(
            ready.ground, int(sizes.max()), max(4, plan.width // 2), begun=ready.begun, is_late=is_late
        )
        front = front_of(beam, ready, rest)
        found = [truths_of(one.formula, there.columns, len(there.target)) != there.target for one in front]
        for place, size in enumerate(sizes.tolist()):
            last = max(k for k, one in enumerate(front) if one.size <= size)
            wrong[out, place] = found[last]
    return wrong


def parts_of(data: Data, seed: int) -> NDArray[np.int64] | None:
    """A part of each row, those of equal cells in one; None where there are too few different rows."""
    rows = np.unique(
        np.column_stack(
            [np.unique(_plain(values), return_inverse=True)[1].ravel() for values in data.columns.values()]
        ),
        axis=0,
        return_inverse=True,
    )[1].ravel()
    n = int(rows.max()) + 1
    if n < _ENOUGH:
        return None
    share = np.bincount(rows, data.weights * data.target, n) > 0.5 * np.bincount(rows, data.weights, n)
    order = np.random.default_rng(seed).permutation(n)
    order = order[np.argsort(share[order], kind="stable")]
    part = np.zeros(n, np.int64)
    part[order] = np.arange(n) % _FOLDS
    return part[rows]


def _plain(values: NDArray[np.generic]) -> NDArray[np.generic]:
    return np.array(["" if cell is None else cell for cell in values]) if values.dtype == object else values


def chosen(front: Sequence[Ranked], wrong: Truths | None, data: Data, n_literals: int) -> int:
    """The rule of the shortest description among those that do about as well on rows left out as the best."""
    rows, whole = float(data.weights.sum()), float(data.lost.sum())
    lengths = [description_length(one.size, min(0.5, one.loss / whole), rows, n_literals) for one in front]
    if wrong is None:
        return int(np.argmin(lengths))
    best = int(np.argmin(data.lost @ wrong))
    more = data.costs[:, None] * (wrong.astype(float) - wrong[:, [best]])
    near = data.weights @ more <= _SLACK * np.sqrt(data.weights @ more**2)
    return min(np.flatnonzero(near).tolist(), key=lambda place: lengths[place])
