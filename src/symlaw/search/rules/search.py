"""From a table to a front of rules, and which of them rows that were left out speak for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.bits.words import packed
from symlaw.language.rules.formula import ALWAYS, NEVER, Formula, Gate, Odd, literals_of, truths_of
from symlaw.language.rules.literals import Above
from symlaw.search.rules.bank.deciding import Effort, Table, bettered, shorter, table_of
from symlaw.search.rules.candidates import Candidates
from symlaw.search.rules.counting import planes_of
from symlaw.search.rules.growth import Beam, description_length, grow
from symlaw.search.rules.preparing import Data, Plan, Prepared, prepare
from symlaw.search.rules.rivals import NONE, Rivals, Sought, rivals_of
from symlaw.search.rules.screening import MOST_COLUMNS
from symlaw.search.rules.tree import Tree, written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.rules.bank.meeting import Met

    Truths = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Words = NDArray[np.uint64]

# Rows that are enough to leave some out, and how many parts they are divided into.
_ENOUGH, _FOLDS = 20, 5
# Of what the best size gets wrong on rows left out, in standard errors, a smaller one may get more wrong.
_SLACK = 0.5
# Words that are made and compared to look at all small rules of a table.
_EFFORT = Effort(2e6, 1e8)
# What rounding a cut point may add to the loss, in standard errors of it; digits of cut points.
_ROUNDING, _DIGITS = 0.1, 8


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
    tree
        As the search has it; None of a constant.
    """

    size: int
    loss: float
    formula: Formula
    held_out: float
    tree: Tree | None = None


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
    rivals
        Other rules of the size of the recommended one that do as well.
    left_out
        In which rows rules of that size hold that were found without the row, (n_rows,); None where none were
        left out.
    """

    front: tuple[Ranked, ...]
    place: int
    candidates: Candidates
    ended: bool
    proved: int = 0
    rivals: Rivals = NONE
    left_out: Truths | None = None


Smooth = Callable[[Data], Data]


def search(
    data: Data,
    plan: Plan,
    is_late: Callable[[], bool] = lambda: False,
    smooth: Smooth | None = None,
    is_half: Callable[[], bool] = lambda: False,
) -> Found:
    """Rules that tell where a target is true.

    Parameters
    ----------
    data
        The rows, of both truths.
    plan
        How to search.
    is_late
        Whether to stop; the answer is then what was found so far.
    smooth
        Gives targets and costs that rules are grown for in place of the rows' own. Rules are judged, compared
        and chosen by the rows' own.
    is_half
        Whether to grow rules of the columns and conjunctions found so far.
    """
    aims = data if smooth is None else smooth(data)
    ready = prepare(aims, plan, is_half)
    beam = grow(ready.ground, plan.most, plan.width, begun=ready.begun, is_late=is_late)
    small = table_of(ready.ground, plan.most, _EFFORT, is_late)
    better_small(beam, small)
    front = rounded(front_of(beam, ready, aims), aims, ready.ground.keeps)
    if smooth is not None:
        front = judged(front, data)
        ready = ready._replace(ground=replace(ready.ground, planes=planes_of(data.target, data.lost)))
        small = table_of(ready.ground, plan.most, _EFFORT, is_late)
    sizes = np.array([one.size for one in front])
    wrong = held_out(data, plan, sizes, is_late, smooth)
    place = chosen(front, wrong, data, ready.ground.choices)
    if plan.required and len(front) > 1:
        # a rule that uses these columns was asked for, and a constant does not
        place = max(place, 1)
    left_out = None if wrong is None else wrong[:, place] ^ data.target
    losses = [float("nan")] * len(front) if wrong is None else (data.lost @ wrong).tolist()
    front = [one._replace(held_out=loss) for one, loss in zip(front, losses, strict=True)]
    settled = proved(small, front, place)
    if settled.met is not None and smooth is None:
        front, place = with_rule(front, place, settled.met, ready)
    elif settled.met is not None:
        # rules that were grown for other labels are not the best by these
        settled = settled._replace(size=0)
    rivals = _rivals(front[place], ready, beam, plan, same=smooth is not None)
    return Found(tuple(front), place, ready.candidates, is_late(), settled.size, rivals, left_out)


def better_small(beam: Beam, table: Table) -> int:
    """Put small rules into a beam that are better than its own; up to which size its front is the best."""
    ground = table.ground
    if ground.fair or ground.required:
        # the best rule that is not allowed says nothing of those that are
        return 0
    front = beam.front(ground)
    constant = max(0.0, ground.weight(np.full(ground.words.shape[1], ~np.uint64(0))))

    def gain_of(size: int) -> float:
        return max([constant, *(one.gain for one in front if ground.size(one.tree) <= size)])

    largest = max((ground.size(one.tree) for one in front), default=0)
    found = bettered(table, largest, gain_of)
    for one in found.rules:
        if one.tree is not None:
            beam.add(ground, one.tree, one.gain)
    return found.size if all(one.tree is not None for one in found.rules) else 0


class Proved(NamedTuple):
    """What is known of smaller rules than one.

    Attributes
    ----------
    size
        No rule of up to this size over the same literals does as well.
    met
        One more literal does; None where no such rule was met.
    """

    size: int
    met: Met | None


def proved(table: Table, front: Sequence[Ranked], place: int) -> Proved:
    """Up to which size no rule does as well as one of a front, and a smaller one that does."""
    one, ground = front[place], table.ground
    if not ground.planes.exact or one.size < 2:
        return Proved(0, None)
    found = shorter(table, one.size - 1, ground.planes.positive - one.loss)
    allowed = [
        met
        for met in found.rules
        if met.tree is not None and ground.has_required(met.tree) and ground.is_fair(met.tree)
    ]
    return Proved(found.size, next(iter(allowed), None))


def with_rule(front: Sequence[Ranked], place: int, met: Met, ready: Prepared) -> tuple[list[Ranked], int]:
    """A front with a smaller rule in the place of one that is no better; and its place."""
    assert met.tree is not None
    loss = max(0.0, ready.ground.planes.positive - met.gain)
    formula = written(met.tree, ready.candidates.literals)
    new = Ranked(ready.ground.size(met.tree), loss, formula, front[place].held_out, met.tree)
    before = [one for one in front if one.size < new.size and one.loss > loss]
    return [*before, new, *(one for one in front if one.loss < loss and one.size > new.size)], len(before)


def _rivals(one: Ranked, ready: Prepared, beam: Beam, plan: Plan, *, same: bool) -> Rivals:
    """What does as well as a rule; where it was grown for other labels, what says the same."""
    if one.tree is None:
        return NONE
    sought = Sought(one.tree, one.formula, one.size, one.loss, same)
    return rivals_of(sought, ready.ground, ready.candidates, beam, plan.required)


def judged(front: Sequence[Ranked], data: Data) -> list[Ranked]:
    """The front by what its rules cost on rows, from the better constant on."""
    found = [constant_of(data)]
    for one in front:
        loss = float(data.lost @ (truths_of(one.formula, data.columns, len(data.target)) != data.target))
        if one.size and loss < found[-1].loss - 1e-12 * max(1.0, found[0].loss):
            found.append(one._replace(loss=loss))
    return found


def constant_of(data: Data) -> Ranked:
    """The better of always and never."""
    everywhere, nowhere = float(data.lost @ ~data.target), float(data.lost @ data.target)
    constant = ALWAYS if everywhere < nowhere else NEVER
    return Ranked(0, min(everywhere, nowhere), constant, float("nan"))


def front_of(beam: Beam, ready: Prepared, data: Data) -> list[Ranked]:
    """The front of a beam, from the better constant on."""
    literals = ready.candidates.literals
    found = [constant_of(data)]
    for grown in beam.front(ready.ground):
        loss = max(0.0, ready.ground.planes.positive - grown.gain)
        if loss >= found[-1].loss - 1e-12 * max(1.0, found[0].loss):
            continue
        size, formula = ready.ground.size(grown.tree), written(grown.tree, literals)
        found.append(Ranked(size, loss, formula, float("nan"), grown.tree))
    return found


def rounded(front: list[Ranked], data: Data, keeps: Callable[[Words], bool]) -> list[Ranked]:
    """The front with cut points of as few digits as make hardly a difference and keep rules fair."""
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
                truths = truths_of(tried, data.columns, len(data.target))
                cost = float(data.lost @ (truths != data.target))
                if cost <= most + 1e-12 and keeps(packed(truths)):
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


def held_out(
    data: Data,
    plan: Plan,
    sizes: NDArray[np.int64],
    is_late: Callable[[], bool],
    smooth: Smooth | None = None,
) -> Truths | None:
    """Whether rules of each size get each row wrong that were found without it, (n_rows, n_sizes)."""
    if len(sizes) < 2 or len(data.columns) > MOST_COLUMNS:
        # thousands of columns are looked at again for each part, which the price of a literal spares
        return None
    folds = parts_of(data, plan.seed)
    if folds is None:
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
        aims = rest if smooth is None else smooth(rest)
        ready = prepare(aims, plan, is_late)
        beam = grow(
            ready.ground, int(sizes.max()), max(4, plan.width // 2), begun=ready.begun, is_late=is_late
        )
        front = front_of(beam, ready, aims)
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

    def length(one: Ranked, choices: int) -> float:
        return description_length(one.size, min(0.5, one.loss / whole), rows, choices)

    wide = len(data.columns) > MOST_COLUMNS
    # of so many literals some help by chance, at any part of a rule and in one of two ways
    lengths = [length(one, n_literals * (4 * max(1, one.size) if wide else 1)) for one in front]
    if wrong is None:
        return int(np.argmin(lengths))
    best = int(np.argmin(data.lost @ wrong))
    more = data.costs[:, None] * (wrong.astype(float) - wrong[:, [best]])
    near = data.weights @ more <= _SLACK * np.sqrt(data.weights @ more**2)
    return min(np.flatnonzero(near).tolist(), key=lambda place: lengths[place])
