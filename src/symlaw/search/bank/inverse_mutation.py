"""Inverse mutation: a part of a good formula is replaced by the entry whose values it should have had.

After semantic backpropagation (Pawlak, Wieloch and Krawiec 2015): from the root down to a node, each operator
is solved for the argument on the way, which gives the values that the node should have for the
formula to equal the target. The entry that comes nearest to them, under the weight that the node has in the
formula's value on each row, takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine import reference
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import Operator
from symlaw.language.operators.row import ARGUMENTS
from symlaw.language.parser import parse
from symlaw.search.scoring.affine import centred_line, fitted_line, through_zero

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.bank.bank import Bank
    from symlaw.search.bank.targets import Workplace

    Array = NDArray[np.float64]

_ENTRIES_AT_ONCE = 2**12
# Nodes taken in one step, and entries among which their replacements are sought.
_NODES, _ENTRIES = 24, 2**15
# Multiplications in a matrix product that cost as much as one node value.
_PRODUCTS_PER_VALUE = 8
_PROPOSED = 6
# A scale this close to 1, and an offset this small beside the values, are none.
_NOTHING = 1e-6
# Variance of an entry that counts, as a fraction of its weighted square.
_SMALL = 1e-5


class Wanted(NamedTuple):
    """What a node of a formula should be.

    Attributes
    ----------
    formula
        The formula.
    place
        The node.
    values
        What it should be on the probe rows, float64 (n_rows,).
    weights
        Squared derivative of the formula by the node, of mean 1, float64 (n_rows,).
    """

    formula: Expression
    place: int
    values: Array
    weights: Array


@dataclass
class Repairs:
    """Replacements of parts of good formulas.

    Parameters
    ----------
    formulas
        Formulas of the target but for scale and offset.
    place
        How many were taken.
    target
        Number of the target: it is the target itself.
    """

    formulas: tuple[Expression, ...]
    place: int = 0
    target: int = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.place >= len(self.formulas)

    def cost(self, bank: Bank) -> float:
        """Node values that it will take, about."""
        nodes = sum(len(formula.nodes) for formula in self.formulas[self.place :])
        return float(self._work(bank, nodes))

    @staticmethod
    def _work(bank: Bank, n_nodes: int) -> int:
        return 3 * n_nodes * min(bank.count, _ENTRIES) * bank.rows_paid // _PRODUCTS_PER_VALUE

    def step(self, workplace: Workplace, best: float, work: float) -> tuple[int, list[Expression], float]:
        """Repair the next formulas; as `LookUp.step`."""
        wanted: list[Wanted] = []
        while not self.done and len(wanted) < _NODES:
            formula = self.formulas[self.place]
            self.place += 1
            wanted += wanted_of(formula, workplace)
        wanted = wanted[: 4 * _NODES]
        if not wanted:
            return 1, [], best
        ranked = sorted(_replaced(workplace, wanted), key=lambda one: one[0])
        fits = workplace.problem.language.fits
        formulas = [formula for _, formula in ranked if fits(formula)]
        return self._work(workplace.bank, len(wanted)), formulas[:_PROPOSED], best


def wanted_of(formula: Expression, workplace: Workplace) -> list[Wanted]:
    """What each node below the root should be for the formula to equal the target, where that is known."""
    columns = workplace.problem.probe_columns
    target = workplace.targets[0].probe
    with np.errstate(all="ignore"):
        values = reference.node_values(formula, columns)
        root = values[-1]
        if not np.all(np.isfinite(root)):
            return []
        found: list[Wanted] = []
        top = len(formula.nodes) - 1
        for line in (fitted_line(root, target), through_zero(root, target)):
            if np.isfinite(line.scale) and np.isfinite(line.offset) and line.scale != 0:
                wanted = (target - line.offset) / line.scale
                _descend(formula, values, top, wanted, np.ones(len(root)), found)
    return found


def _descend(
    formula: Expression, values: list[Array], place: int, wanted: Array, slope: Array, found: list[Wanted]
) -> None:
    """Solve for the arguments of a node that should have the values wanted, and for theirs."""
    node = formula.nodes[place]
    if not isinstance(node, Operator):
        return
    starts, ends = formula.starts, [place - 1]
    for _ in range(node.arity - 1):
        ends.insert(0, starts[ends[0]] - 1)
    arguments = [values[end] for end in ends]
    for number, end in enumerate(ends):
        if isinstance(formula.nodes[end], Constant):
            continue
        inner = _solved(node, number, wanted, arguments) if node.partials else None
        if inner is None:
            continue
        inner_slope = slope * _partial(node, number, arguments, values[place])
        if not np.all(np.isfinite(inner_slope)) or not np.any(inner_slope):
            continue
        weights = inner_slope**2 / np.mean(inner_slope**2)
        if np.all(np.isfinite(weights)):
            found.append(Wanted(formula, end, inner, weights))
            _descend(formula, values, end, inner, inner_slope, found)


def _solved(node: Operator, number: int, wanted: Array, arguments: Sequence[Array]) -> Array | None:
    """The argument for which the operator's value is as wanted, the solution nearest to the one now."""
    nearest: Array | None = None
    now = arguments[number]
    names = {"v": wanted, **{name: a for name, a in zip(ARGUMENTS, arguments, strict=False)}}
    inverses = node.inverses[number] if node.inverses else ()
    for text in inverses:
        solution = np.broadcast_to(reference.values(_parsed(text), names), now.shape)
        if nearest is None:
            nearest = solution
        else:
            closer = np.abs(solution - now) < np.abs(nearest - now)
            nearest = np.where(closer | ~np.isfinite(nearest), solution, nearest)
    return nearest if nearest is not None and np.all(np.isfinite(nearest)) else None


def _partial(node: Operator, number: int, arguments: Sequence[Array], value: Array) -> Array:
    names = {"v": value, **{name: a for name, a in zip(ARGUMENTS, arguments, strict=False)}}
    return np.broadcast_to(reference.values(_parsed(node.partials[number]), names), value.shape)


@cache
def _parsed(text: str) -> Expression:
    return parse(text)


def _replaced(workplace: Workplace, wanted: Sequence[Wanted]) -> list[tuple[float, Expression]]:
    """For each node the formulas with its best replacements, with the loss that they would leave, about."""
    bank = workplace.bank
    first, last = bank.constants[1], min(bank.count, _ENTRIES)
    if first >= last:
        return []
    t = np.array([w.values for w in wanted])
    weights = np.array([w.weights for w in wanted])
    unit = np.max(np.abs(t), axis=1, keepdims=True)
    t = t / np.where(unit > 0, unit, 1.0)
    centre = np.mean(weights * t, axis=1, keepdims=True)
    t = t - centre
    scores = np.vstack(
        [
            _explained(bank, t, weights, begin, min(last, begin + _ENTRIES_AT_ONCE))
            for begin in range(first, last, _ENTRIES_AT_ONCE)
        ]
    )
    level = bank.entries.level[first:last]
    found: list[tuple[float, Expression]] = []
    for column, one in enumerate(wanted):
        for entry in _best_of_levels(scores[:, column], level):
            loss = 1.0 - float(scores[entry, column])
            found += [(loss, formula) for formula in _with_entry(bank, one, first + entry)]
    return found


def _explained(bank: Bank, t: Array, weights: Array, begin: int, end: int) -> Array:
    """Share of each wanted part's weighted variance that a line of each entry explains."""
    n = bank.n_rows
    values = bank.entries.values[begin:end]
    w = weights.T.astype(np.float32)
    cross = values @ (weights * t).T.astype(np.float32)
    sums = values @ w / n
    squares = values**2 @ w / n
    variance = squares - sums**2
    usable = (variance > _SMALL * squares) & (bank.entries.spread[begin:end, None] > 0)
    total = np.mean(weights * t**2, axis=1)
    share = np.where(usable, (cross / n) ** 2 / np.where(usable, variance, 1), 0) / np.where(
        total > 0, total, 1
    )
    explained: Array = np.clip(share, 0.0, 1.0)
    return explained


def _best_of_levels(scores: Array, level: NDArray[np.int16]) -> list[int]:
    """The best entry of each level that leaves clearly less than those of lower levels, the last few."""
    best, left = [], 1.0
    for number in np.unique(level):
        among = np.flatnonzero(level == number)
        entry = int(among[np.argmax(scores[among])])
        if 1.0 - scores[entry] < 0.9 * left:
            left = 1.0 - float(scores[entry])
            best.append(entry)
    return best[-3:]


def _with_entry(bank: Bank, wanted: Wanted, entry: int) -> list[Expression]:
    """The formula with an entry's line, and with the bare entry where that is the line, in a node's place."""
    values = bank.values(entry)
    found = centred_line(values, wanted.values, wanted.weights)
    if found is None or not np.isfinite(found.scale) or found.scale == 0 or not np.isfinite(found.offset):
        return []
    line, inner = found.tidied(_NOTHING, float(np.max(np.abs(wanted.values)))), bank.expression(entry)
    lines = [line.of(inner)]
    if line.offset:
        lines.append(line.without_offset.of(inner))
    start = wanted.formula.starts[wanted.place]
    nodes = wanted.formula.nodes
    return [Expression((*nodes[:start], *line.nodes, *nodes[wanted.place + 1 :])) for line in lines]
