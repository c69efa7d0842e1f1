"""Scale and offset written into a formula, in as few nodes as it takes."""

from __future__ import annotations

from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import LINE_OPERATORS, SUMS, Operator, operator


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
