"""Expressions as SymPy objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import Operator

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

    stack: list[Any] = []
    for node in expression.nodes:
        if isinstance(node, Variable) and node.value is None:
            stack.append(symbols[node.name] if symbols else sympy.Symbol(node.name, real=True))
        elif isinstance(node, (Variable, Constant)) and node.value is not None:
            whole = node.value.is_integer() and abs(node.value) < 1e15
            stack.append(sympy.Integer(int(node.value)) if whole else sympy.Float(node.value))
        elif isinstance(node, Operator):
            arguments = stack[-node.arity :]
            del stack[-node.arity :]
            stack.append(node.sympy(sympy, *arguments))
    return stack[0]
