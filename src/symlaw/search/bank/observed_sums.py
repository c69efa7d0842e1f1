"""Sums of entries that meet what is observed through an operator: orthogonal matching with a beam.

What is seen of a sum is the sum of what is seen of its terms, so that entries are joined as columns of what
each would show (orthogonal least squares: Chen, Billings and Luo 1989).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.engine.evaluate import evaluate
from symlaw.language.expression import Constant, Expression, Node
from symlaw.language.operators import LINEAR_SUM
from symlaw.search.objectives.sight import Sight, sight_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.bank.bank import Bank
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]

# Entries that are terms, those taken at once, sets kept after each step, and terms of a sum.
_TERMS, _AT_ONCE, _WIDTH, _MOST = 2**16, 2**13, 60, 4
# Partners that are tried of each set, and formulas proposed of each size.
_PARTNERS, _PROPOSED = 40, 12
# A column of which others leave less than this share adds only rounding.
_NEW = 1e-6


class TermSet(NamedTuple):
    """Some entries, and the share of the target that their best sum leaves."""

    terms: tuple[int, ...]
    left: float


@dataclass
class ObservedSums:
    """Sums of the entries of a bank over the rows that probe observations see.

    Attributes
    ----------
    end
        Entries below this one were joined.
    """

    end: int = 0
    _columns: list[Array] = field(default_factory=list)

    def __getstate__(self) -> dict[str, Any]:
        return {"end": 0, "_columns": []}

    def step(self, bank: Bank, problem: Problem) -> tuple[list[Expression], int]:
        """Join the entries of all finished levels: formulas, and the work in node values."""
        last = min(bank.bounds[-1][1], _TERMS)
        if last <= self.end:
            return [], 0
        eye = _Eye.of(problem)
        for first in range(self.end, last, _AT_ONCE):
            self._columns.append(eye.unit(bank.entries.values[first : min(first + _AT_ONCE, last)]))
        self.end = last
        columns = np.concatenate(self._columns)
        beam, formulas, work = [TermSet((), 1.0)], list[Expression](), len(columns) * bank.n_rows
        for _ in range(_MOST):
            beam = _extended(columns, eye.target, beam)
            formulas += [_sum_of(bank, problem, eye, one.terms) for one in beam[:_PROPOSED]]
            work += len(beam) * columns.size // 8
        return [formula for formula in formulas if problem.language.fits(formula)], work


class _Eye(NamedTuple):
    """What is seen of values on the probe rows, weighted and at right angles to an offset."""

    sight: Sight
    root: Array
    target: Array

    @classmethod
    def of(cls, problem: Problem) -> _Eye:
        rows = problem.probe
        root = np.sqrt(rows.weights / rows.total)
        target = rows.target * root
        return cls(sight_of(rows), root, target / (np.linalg.norm(target) or 1.0))

    def seen(self, values: NDArray[Any]) -> Array:
        """What is seen of values (n_entries, n_rows), as (n_entries, n_observations)."""
        return np.asarray(self.sight.of(values.astype(float)) * self.root)

    def unit(self, values: NDArray[Any]) -> Array:
        """The same as columns of norm 1, or 0 where nothing is seen."""
        seen = self.seen(values)
        norms = np.linalg.norm(seen, axis=1, keepdims=True)
        usable = np.isfinite(norms) & (norms > 1e-12)
        return np.asarray(np.where(usable, seen / np.where(usable, norms, 1.0), 0.0))


def _extended(columns: Array, target: Array, beam: Sequence[TermSet]) -> list[TermSet]:
    """The best sets of one term more."""
    found: dict[tuple[int, ...], float] = {}
    for one in beam:
        basis = np.linalg.qr(columns[list(one.terms)].T)[0] if one.terms else np.zeros((len(target), 0))
        rest = target - basis @ (basis.T @ target)
        free = 1.0 - np.sum((columns @ basis) ** 2, axis=1)
        gain = np.where(free > _NEW, (columns @ rest) ** 2 / np.where(free > _NEW, free, 1.0), 0.0)
        best = np.argpartition(-gain, min(_PARTNERS, len(gain) - 1))[:_PARTNERS]
        left = float(rest @ rest)
        for place in best.tolist():
            if gain[place] > 0.0:
                found[tuple(sorted((*one.terms, place)))] = left - float(gain[place])
    ranked = sorted(found.items(), key=lambda item: (item[1], item[0]))
    return [TermSet(terms, left) for terms, left in ranked[:_WIDTH]]


def _sum_of(bank: Bank, problem: Problem, eye: _Eye, terms: Sequence[int]) -> Expression:
    """The sum with its coefficients, the first of which is 1."""
    parts = [bank.expression(term) for term in terms]
    nodes = {row.name: row for row in bank.language.operators}
    if len(parts) == 1 or not LINEAR_SUM <= set(nodes):
        return parts[0]
    values = evaluate(parts, problem.probe.X.T, problem.language.variables)
    solved = np.linalg.lstsq(eye.seen(values).T, eye.target, rcond=None)[0]
    made: list[Node] = list(parts[0].nodes)
    for part, coefficient in zip(parts[1:], solved[1:] / (solved[0] or 1.0), strict=True):
        made += [Constant(float(coefficient)), *part.nodes, nodes["*"], nodes["+"]]
    return Expression(tuple(made))
