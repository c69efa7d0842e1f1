"""``scale * f + offset``: one value for it, its least squares in NumPy, and how it is written into formulas.

Kernels have `symlaw.engine.fit.best_line` for it; `symlaw.search.scoring.scale_and_offset` makes the lines of
a problem of what that leaves.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine import reference
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import LINE_OPERATORS, SUMS, Operator, operator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Line(NamedTuple):
    """``scale * f + offset``, in the unit of the target, and what it leaves; nan where nobody asked."""

    scale: float
    offset: float
    loss: float = math.nan

    @property
    def without_offset(self) -> Line:
        """The same scale alone."""
        return Line(self.scale, 0.0)

    def of(self, formula: Expression) -> Expression:
        """The line of a formula, see `with_line`."""
        return with_line(formula, self.scale, self.offset)

    def tidied(self, nothing: float, size: float = 0.0) -> Line:
        """A scale that is 1 or -1 but for rounding, and an offset that is nothing beside a size, as these."""
        scale = float(np.sign(self.scale)) if abs(abs(self.scale) - 1.0) < nothing else self.scale
        return Line(scale, 0.0 if abs(self.offset) < nothing * size else self.offset, self.loss)


def fitted_line(f: Array, target: Array, weights: Array | None = None) -> Line:
    """The least-squares line of values (n_rows,), with the weighted mean square that it leaves.

    All is nan where a value is not finite.
    """
    return Line(*reference.scale_and_offset(f, target, weights))


def centred_line(f: Array, target: Array, weights: Array) -> Line | None:
    """The same by weighted means, without what it leaves; None where values do not vary."""
    mean_f, mean_t = np.average(f, weights=weights), np.average(target, weights=weights)
    deviation = f - mean_f
    square = float(np.average(deviation * deviation, weights=weights))
    if not square > 0:
        return None
    scale = float(np.average(deviation * (target - mean_t), weights=weights)) / square
    return Line(scale, float(mean_t - scale * mean_f))


def through_zero(f: Array, target: Array) -> Line:
    """The best multiple of values (n_rows,); not finite where all of them are 0."""
    return Line(float(np.dot(f, target) / np.dot(f, f)), 0.0)


def with_line(inner: Expression, scale: float, offset: float) -> Expression:
    """``scale * inner + offset``, where possible by changing constants that are there already."""
    turned = negated(inner) if scale < 0 and offset == 0.0 else None
    if turned is not None:
        return with_line(turned, -scale, 0.0)
    signed = inner if abs(scale) == 1.0 else scaled(inner, scale)
    if signed is None:
        signed = Expression((Constant(scale), *inner.nodes, operator("*")))
    minus = scale == -1.0
    if offset == 0.0:
        return Expression((*signed.nodes, operator("neg"))) if minus else signed
    if minus:
        return Expression((Constant(offset), *signed.nodes, operator("-")))
    moved = shifted(signed, offset)
    if moved is not None:
        return moved
    sign = operator("-" if offset < 0 else "+")
    return Expression((*signed.nodes, Constant(abs(offset)), sign))


def negated(formula: Expression) -> Expression | None:
    """The formula times -1 with no node added: a difference is turned round; None where there is none."""
    root = formula.nodes[-1]
    if isinstance(root, Constant):
        return Expression((Constant(-root.value),))
    if not isinstance(root, Operator) or root.name == "+" or root.name not in LINE_OPERATORS:
        return None
    parts = list(formula.arguments())
    if root.name == "neg":
        return parts[0]
    if root.name == "-":
        return _joined(root, [parts[1], parts[0]])
    for place, part in enumerate(parts):
        changed = negated(part)
        if changed is not None:
            return _joined(root, [*parts[:place], changed, *parts[place + 1 :]])
    return None


def scaled(formula: Expression, factor: float) -> Expression | None:
    """The formula times a factor with no node added, or None when no constants can take it up."""
    root = formula.nodes[-1]
    if isinstance(root, Constant):
        return Expression((Constant(root.value * factor),))
    if not isinstance(root, Operator) or root.name not in LINE_OPERATORS:
        return None
    parts = list(formula.arguments())
    if root.name in SUMS:
        whole = [scaled(part, factor) for part in parts]
        return None if None in whole else _joined(root, whole)
    # a product, quotient or sign takes it up in one place
    candidates = parts if root.name == "*" else parts[:1]
    for place, part in enumerate(candidates):
        changed = scaled(part, factor)
        if changed is not None:
            return _joined(root, [*parts[:place], changed, *parts[place + 1 :]])
    return None


def shifted(formula: Expression, offset: float) -> Expression | None:
    """The formula plus an offset with no node added, or None when it has no constant term."""
    root = formula.nodes[-1]
    if isinstance(root, Constant):
        return Expression((Constant(root.value + offset),))
    if not isinstance(root, Operator) or root.name not in SUMS:
        return None
    left, right = formula.arguments()
    changed = shifted(left, offset)
    if changed is not None:
        return _joined(root, [changed, right])
    changed = shifted(right, offset if root.name == "+" else -offset)
    return None if changed is None else _joined(root, [left, changed])


def _joined(root: Operator, parts: list[Expression | None]) -> Expression:
    return Expression((*(node for part in parts if part is not None for node in part.nodes), root))
