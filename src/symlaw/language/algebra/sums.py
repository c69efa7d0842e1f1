"""Formulas as sums of terms."""

from __future__ import annotations

from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import PRODUCTS, SUMS, Operator


def terms_of(formula: Expression, factor: float = 1.0) -> list[tuple[float, Expression]]:
    """Coefficients and terms of a sum; a number alone is left out, as an offset is fitted anyway.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> [(c, str(term)) for c, term in terms_of(parse("2 * (x - 3 * y) / 4 + 1"))]
    [(0.5, 'x'), (-1.5, 'y')]
    """
    root = formula.nodes[-1]
    if isinstance(root, Constant):
        return []
    if not isinstance(root, Operator):
        return [(factor, formula)]
    parts = formula.arguments()
    if root.name in SUMS:
        sign = 1.0 if root.name == "+" else -1.0
        return terms_of(parts[0], factor) + terms_of(parts[1], sign * factor)
    if root.name == "neg":
        return terms_of(parts[0], -factor)
    if root.name in PRODUCTS:
        for number, other in ((1, 0), (0, 1))[: 2 if root.name == "*" else 1]:
            node = parts[number].nodes[0]
            if len(parts[number].nodes) == 1 and isinstance(node, Constant) and node.value:
                return terms_of(
                    parts[other], factor * node.value if root.name == "*" else factor / node.value
                )
    return [(factor, formula)]
