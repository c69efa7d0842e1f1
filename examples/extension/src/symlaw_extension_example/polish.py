"""An export format: reverse Polish notation, as pocket calculators take it."""

from __future__ import annotations

from symlaw import Expression
from symlaw.language.expression import Constant
from symlaw.language.printers import Target


def write(expression: Expression) -> str:
    """Constants, names and operators in the order in which they are keyed in."""
    return " ".join(
        repr(node.value) if isinstance(node, Constant) else node.name for node in expression.nodes
    )


rpn = Target("rpn", "reverse Polish notation", write)
