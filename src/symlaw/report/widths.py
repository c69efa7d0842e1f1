"""How wide a formula is as mathematics, so that it is drawn no wider than a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.language.expression import Constant, reduced
from symlaw.language.operators import SUMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression, Leaf
    from symlaw.language.operators import Operator

# Characters that a line of a printed page holds: as a formula by itself, and in a table.
LINE, CELL = 58.0, 66.0
# Share of its size to which a formula is drawn smaller, before it is written as text instead.
_SMALLEST = 0.55
_DIGITS = 5


def width(expression: Expression) -> float:
    """About how many characters of a line a formula takes as mathematics.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> width(parse("(a + b) / (a + b + c)")), width(parse("(a + b) * (a + b + c)"))
    (10.0, 18.0)
    """

    def leaf(node: Leaf) -> float:
        text = f"{node.value:.{_DIGITS}g}" if isinstance(node, Constant) else node.name
        return float(len(text))

    def applied(row: Operator, parts: Sequence[float]) -> float:
        if row.name == "/":
            return max(parts) + 1.0
        if row.name == "pow":
            return parts[0] + 0.7 * parts[1]
        if row.whole_power:
            return parts[0] + 2.0
        if row.name == "*":
            return sum(parts) + 3.0 + 1.0
        if row.name in SUMS:
            return sum(parts) + 3.0
        return sum(parts) + len(row.name) + 2.0

    return reduced(expression.nodes, leaf, applied)


def size_within(expression: Expression, room: float, beside: float = 0.0) -> float | None:
    """The share of its size at which a formula fits into a line; None where that would be too small to read.

    Parameters
    ----------
    expression
        The formula.
    room
        Characters that the line holds.
    beside
        Characters that stand beside it.
    """
    share = min(1.0, room / (width(expression) + beside))
    return None if share < _SMALLEST else share
