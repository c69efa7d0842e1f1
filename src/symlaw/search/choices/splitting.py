"""Least squares on either side of many conditions at once, as trees of regressions find their splits.

What fits best where a condition holds does not depend on what fits best where it does not, so that the two
sides are fitted apart, each with every branch, by sums over the rows of one side (Breiman et al. 1984).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.expression import Constant, Expression, joined
from symlaw.language.operators import operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Nodes
    from symlaw.language.grammar import Language

    Array = NDArray[np.float64]

# Rows that either side has to have.
_FEWEST = 5
_PLUS, _TIMES, _IF = operator("+"), operator("*"), operator("if")


class Part(NamedTuple):
    """A part of formulas and its values on the rows; of a condition these are 0 and 1."""

    nodes: Nodes
    values: Array


class _Form(NamedTuple):
    """A branch with a factor and a term, either of which may be fixed at 1 and 0."""

    branch: int
    scaled: bool
    shifted: bool


@dataclass(frozen=True)
class Splitter:
    """Fits branches on either side of conditions.

    Parameters
    ----------
    language
        Whose operators and costs count.
    branches
        Formulas of numbers, finite on all rows.
    y, weights
        Target and weights of the rows, float64 (n_rows,).
    """

    language: Language
    branches: Sequence[Part]
    y: Array
    weights: Array

    def split(self, conditions: Sequence[Part], max_complexity: float) -> list[tuple[float, Expression]]:
        """The best choice of each complexity that is better than all simpler ones, with its squares left."""
        forms = self._forms()
        costs = [round(self._cost(form)) for form in forms]
        levels = sorted(set(costs))
        inside, outside = self._squares(conditions, forms)
        places = [np.flatnonzero(np.array(costs) == level) for level in levels]
        sides = [[self._best(squares, place) for place in places] for squares in (inside, outside)]
        own = np.array([self._cost_of(condition.nodes) for condition in conditions])
        found: dict[float, tuple[float, int, int, int]] = {}
        for first, (here, chosen) in zip(levels, sides[0], strict=True):
            for second, (there, other) in zip(levels, sides[1], strict=True):
                total = own + self.language.cost(_IF) + first + second
                squares = here + there
                for cost in np.unique(total[total <= max_complexity]).tolist():
                    among = np.flatnonzero(total == cost)
                    best = int(among[np.argmin(squares[among])])
                    if squares[best] < found.get(cost, (np.inf,))[0]:
                        found[cost] = float(squares[best]), best, int(chosen[best]), int(other[best])
        kept, least = [], np.inf
        for cost in sorted(found):
            left, condition, first, second = found[cost]
            if left < least * (1.0 - 1e-6):
                least = left
                mask = conditions[condition].values
                parts = (
                    conditions[condition].nodes,
                    self._written(forms[first], mask),
                    self._written(forms[second], 1.0 - mask),
                )
                kept.append((left, Expression(joined(_IF, parts))))
        return kept

    def least(self, conditions: Sequence[Part]) -> Array:
        """The least squares that each condition leaves with any branches."""
        inside, outside = self._squares(conditions, self._forms())
        return np.asarray(np.min(inside, axis=1) + np.min(outside, axis=1))

    def _forms(self) -> list[_Form]:
        rows = {row.name for row in self.language.operators}
        numbers = self.language.constants
        scales = (False, True) if "*" in rows and numbers else (False,)
        shifts = (False, True) if "+" in rows and numbers else (False,)
        forms = [_Form(-1, False, True)] if numbers else []
        return forms + [
            _Form(branch, scaled, shifted)
            for branch in range(len(self.branches))
            for scaled in scales
            for shifted in shifts
        ]

    def _cost_of(self, nodes: Nodes) -> float:
        return float(sum(self.language.cost(node) for node in nodes))

    def _cost(self, form: _Form) -> float:
        number = self.language.costs.get("constant", 1.0)
        if form.branch < 0:
            return number
        cost = self._cost_of(self.branches[form.branch].nodes)
        cost += (number + self.language.cost(_TIMES)) * form.scaled
        return cost + (number + self.language.cost(_PLUS)) * form.shifted

    def _squares(self, conditions: Sequence[Part], forms: Sequence[_Form]) -> tuple[Array, Array]:
        """Squares that forms leave where conditions hold and where not, each (n_conditions, n_forms)."""
        w, y = self.weights, self.y
        f = np.array([branch.values for branch in self.branches])
        masks = np.array([condition.values for condition in conditions])
        columns = np.concatenate([np.array([w, w * y, w * y * y]), w * f, w * f * f, w * f * y])
        inside = masks @ columns.T
        outside = columns.sum(axis=1) - inside
        few = masks.sum(axis=1)
        found = []
        for sums, count in ((inside, few), (outside, masks.shape[1] - few)):
            squares = _left(sums, len(f), forms)
            found.append(np.where((count >= _FEWEST)[:, None], squares, np.inf))
        return found[0], found[1]

    @staticmethod
    def _best(squares: Array, place: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
        """The least squares that forms of one cost leave for each condition, and by which form."""
        chosen = np.argmin(squares[:, place], axis=1)
        return squares[np.arange(len(squares)), place[chosen]], place[chosen]

    def _written(self, form: _Form, mask: Array) -> Nodes:
        """A form with its numbers fitted where a mask is 1."""
        w = self.weights * mask
        if form.branch < 0:
            return (Constant(float(np.sum(w * self.y) / np.sum(w))),)
        nodes, f = self.branches[form.branch]
        scale, shift = 1.0, 0.0
        mean_f, mean_y = np.sum(w * f) / np.sum(w), np.sum(w * self.y) / np.sum(w)
        if form.scaled and form.shifted:
            scale = float(np.sum(w * (f - mean_f) * (self.y - mean_y)) / np.sum(w * (f - mean_f) ** 2))
        elif form.scaled:
            scale = float(np.sum(w * f * self.y) / np.sum(w * f * f))
        if form.shifted:
            shift = float(mean_y - scale * mean_f)
        if form.scaled:
            nodes = joined(_TIMES, ((Constant(scale),), nodes))
        return joined(_PLUS, (nodes, (Constant(shift),))) if form.shifted else nodes


def _left(sums: Array, n_branches: int, forms: Sequence[_Form]) -> Array:
    """Squares that forms leave, from sums of w, wy, wyy, wf, wff and wfy over the rows of a side."""
    with np.errstate(all="ignore"):
        w, y, yy = (sums[:, k : k + 1] for k in range(3))
        f, ff, fy = (sums[:, 3 + k * n_branches : 3 + (k + 1) * n_branches] for k in range(3))
        centred_y, centred_f, cross = yy - y * y / w, ff - f * f / w, fy - f * y / w
        plain = ff - 2.0 * fy + yy
        kinds = {
            (False, False): plain,
            (False, True): plain - (f - y) ** 2 / w,
            (True, False): yy - fy * fy / ff,
            (True, True): centred_y - cross * cross / centred_f,
        }
        alone = centred_y[:, 0]
        found = np.stack(
            [alone if one.branch < 0 else kinds[one.scaled, one.shifted][:, one.branch] for one in forms],
            axis=1,
        )
        # what rounding leaves of squares counts as nothing
        floor = 1e-13 * yy
        return np.where(np.isfinite(found), np.maximum(found, floor), np.inf)
