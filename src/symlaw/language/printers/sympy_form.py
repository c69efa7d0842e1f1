"""Expressions as SymPy objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.language.expression import Expression, Leaf, Variable, reduced

if TYPE_CHECKING:
    from collections.abc import Mapping


def to_sympy(expression: Expression, symbols: Mapping[str, Any] | None = None) -> Any:
    """The expression built from SymPy objects, nothing parsed; named constants are numbers in it.

    Parameters
    ----------
    expression
        What to convert.
    symbols
        SymPy object for each variable; real symbols named as the columns by default.
    """
    import sympy

    def leaf(node: Leaf) -> Any:
        if isinstance(node, Variable) and node.value is None:
            return symbols[node.name] if symbols else sympy.Symbol(node.name, real=True)
        value = float(node.value)  # type: ignore[arg-type]
        whole = value.is_integer() and abs(value) < 1e15
        return sympy.Integer(int(value)) if whole else sympy.Float(value)

    return reduced(expression.nodes, leaf, lambda row, arguments: row.sympy(sympy, *arguments))
