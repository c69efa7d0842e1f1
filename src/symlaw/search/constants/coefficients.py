"""Sums with a coefficient of an allowed kind before each term.

The scale of a sum, and the coefficients in it, may be no fractions where their products are: ``3 x - 2 y`` is
found as ``x - 0.667 y`` up to a scale. So sums are written out, and rounded term by term.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.reference import least_squares
from symlaw.language.expression import Constant, Expression, Node
from symlaw.language.operators import operator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.knowledge.constants import ConstantKind

    Array = NDArray[np.float64]

MAX_TERMS = 6
_PLUS, _TIMES = operator("+"), operator("*")


def written_out(terms: Sequence[tuple[float, Expression]]) -> tuple[Expression, list[int]]:
    """A sum with every coefficient as a number, and the places of these."""
    nodes: list[Node] = []
    places: list[int] = []
    for number, (coefficient, term) in enumerate(terms):
        places.append(len(nodes))
        nodes += [Constant(coefficient), *term.nodes, _TIMES]
        nodes += [_PLUS] if number else []
    return Expression(tuple(nodes)), places


@dataclass(frozen=True)
class Sum:
    """Terms on rows, and the target there.

    Parameters
    ----------
    values
        float64 (n_terms, n_rows), finite.
    target, weights
        float64 (n_rows,).
    """

    values: Array
    target: Array
    weights: Array

    def rounded(self, kind: ConstantKind, *, offset: bool) -> Array | None:
        """Allowed coefficients, and an allowed offset as the last of them or 0; None where there are none."""
        columns = np.vstack([self.values, np.ones(len(self.target))])
        count = len(columns) if offset else len(self.values)
        found, held = np.zeros(len(columns)), list[int]()
        while len(held) < count:
            free = [k for k in range(count) if k not in held]
            found[free] = self._fitted(columns, free, found, held)
            wrong = [k for k in free if kind.denominator or not kind.admits(found[k])]
            near = {k: kind.nearest(float(found[k])) for k in wrong}
            if not wrong:
                break
            if None in near.values():
                return None
            moved = {k: abs(value - found[k]) for k, value in near.items() if value is not None}
            chosen = min(wrong, key=lambda k: moved[k] / max(1.0, abs(found[k])))
            found[chosen] = near[chosen]
            held.append(chosen)
        return found

    def _fitted(self, columns: Array, free: list[int], found: Array, held: list[int]) -> Array:
        """Least squares of the columns that are free beside those that are held."""
        left = self.target - found[held] @ columns[held] if held else self.target
        root = np.sqrt(self.weights)
        design = (columns[free] * root).T
        unit = np.maximum(np.sqrt(np.sum(design * design, axis=0)), 1e-300)
        solution: Array = least_squares(design / unit, left * root) / unit
        return solution


def sums_of(coefficients: Array, terms: Sequence[Expression]) -> Iterator[Expression]:
    """Ways to write a sum: with differences, and with the signs in the numbers."""
    order = sorted(range(len(terms)), key=lambda k: bool(coefficients[k] < 0))
    for differences in (True, False):
        nodes: list[Node] = []
        for number, place in enumerate(order):
            value = float(coefficients[place])
            minus = value < 0 and number > 0 and (differences or value == -1.0)
            size = -value if minus else value
            nodes += terms[place].nodes if size == 1.0 else (Constant(size), *terms[place].nodes, _TIMES)
            nodes += [operator("-" if minus else "+")] if number else []
        yield Expression(tuple(nodes))
