"""Targets seen through an inverse: if ``y = g(u)``, a search may look for ``u`` instead.

Which functions g there are comes from the language's operators and their inverses in the operator table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine import reference
from symlaw.knowledge.units.analysis import units_of
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.parser import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.grammar import Language
    from symlaw.language.operators import Operator

# Transforms that are this close to a straight line on the data show nothing new.
_STRAIGHT = 0.99999


@dataclass(frozen=True)
class Transform:
    """One way to look at the target.

    Parameters
    ----------
    outer
        Formula of ``u`` that gives the target back; just ``u`` for the identity.
    values
        The target as ``u`` on all rows, float64 (n_rows,).
    """

    outer: Expression
    values: NDArray[np.float64]

    @property
    def is_identity(self) -> bool:
        """Whether the target is left as it is."""
        return len(self.outer.nodes) == 1

    def applied(self, inner: Expression) -> Expression:
        """The formula of the target when ``u`` is ``inner``."""
        nodes: list[object] = []
        for node in self.outer.nodes:
            nodes.extend(inner.nodes if isinstance(node, Variable) else (node,))
        return Expression(tuple(nodes))  # type: ignore[arg-type]


def identity(y: NDArray[np.float64]) -> Transform:
    """The target as it is."""
    return Transform(parse("u"), y)


def useful_transforms(y: NDArray[np.float64], language: Language) -> list[Transform]:
    """Every transform of the language that is defined, invertible and not straight on the target."""
    units, found = units_of(language), []
    for outer, inverse in _pairs(language):
        if units is not None and units.inside(outer) is None:
            continue
        values = reference.values(inverse, {"v": y})
        back = reference.values(outer, {"u": values}) if np.all(np.isfinite(values)) else None
        if back is None or not np.allclose(back, y, rtol=1e-9, atol=0.0) or not np.ptp(values) > 0:
            continue
        if abs(_correlation(values, y)) < _STRAIGHT:
            found.append(Transform(outer, values))
    return found


def _pairs(language: Language) -> list[tuple[Expression, Expression]]:
    """Outer formula of u and its inverse as a formula of v."""
    # what passes factors on is straight on each side of 0
    unary = [row for row in language.operators if row.arity == 1 and row.degree != 1]
    pairs = [(_of_u(row), parse(row.inverses[0][0])) for row in unary if row.inverses]
    divide = next((row for row in language.operators if row.name == "/"), None)
    if divide is not None:
        u = Variable("u")
        over = Expression((Constant(1.0), u, divide))
        pairs.append((over, parse("1 / v")))
        roots: Sequence[Operator] = [row for row in unary if row.exponent == 0.5]
        pairs += [(Expression((Constant(1.0), u, row, divide)), parse("1 / v**2")) for row in roots]
    return pairs


def _of_u(row: Operator) -> Expression:
    return Expression((Variable("u"), row))


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    with np.errstate(all="ignore"):
        return float(np.nan_to_num(np.corrcoef(a / np.max(np.abs(a)), b / np.max(np.abs(b)))[0, 1]))
