"""What a formula amounts to without one of its parts.

A formula that is exact may hold a part that does nothing, such as the offset of an angle by a whole turn.
"""

from __future__ import annotations

from symlaw.language.expression import Expression
from symlaw.language.operators import Operator


def contractions(formula: Expression) -> list[Expression]:
    """The formula with one of its operators replaced by one of that operator's arguments, every such way.

    Formulas without a variable are left out; the shortest come first.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> [str(shorter) for shorter in contractions(parse("x * sin(y + 1)"))]
    ['x', 'x * sin(1.0)', 'x * sin(y)', 'sin(y + 1.0)', 'x * (y + 1.0)']
    """
    nodes, starts = formula.nodes, formula.starts
    found: list[Expression] = []
    for place, node in enumerate(nodes):
        end = place
        for _ in range(node.arity if isinstance(node, Operator) else 0):
            begin = starts[end - 1]
            found.append(Expression((*nodes[: starts[place]], *nodes[begin:end], *nodes[place + 1 :])))
            end = begin
    distinct = dict.fromkeys(shorter for shorter in found if shorter.variables)
    return sorted(distinct, key=lambda shorter: len(shorter.nodes))
