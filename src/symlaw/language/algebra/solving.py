"""Formulas solved for a variable: by the operators' inverses where it occurs once, else by SymPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import CannotSolve, CannotTrace, InvalidSetting
from symlaw.language.algebra.derivative import substituted
from symlaw.language.algebra.inverses import ways_back
from symlaw.language.expression import Expression, Nodes, Variable
from symlaw.language.operators import Operator
from symlaw.language.operators.row import ARGUMENTS
from symlaw.language.user_operators.trace import trace
from symlaw.language.values import values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_POINTS = 200
_NEAR = 1e-6
# A formula of more nodes keeps SymPy for hours.
_MOST_NODES = 40


def solved(expression: Expression, name: str, value: str = "y") -> tuple[Expression, ...]:
    """Formulas for a variable in terms of the formula's value, one for each branch.

    Each is checked by putting it back at points where all variables lie between -3 and 3: it gives the value
    there wherever it is real, and at some point the variable itself.

    Raises
    ------
    InvalidSetting
        When there is no such variable, or the value's name is a variable of the formula.
    CannotSolve
        When no branch was found that passes.
    """
    if name not in expression.variables:
        has = ", ".join(expression.variables) or "none"
        raise InvalidSetting(f"the formula has no variable {name!r} to solve for: its variables are {has}")
    if value in expression.variables:
        raise InvalidSetting(
            f"value={value!r} is a variable of the formula: choose another name for its value"
        )
    once = sum(isinstance(node, Variable) and node.name == name for node in expression.nodes) == 1
    found = list(_unwound(expression, name, value) if once else _by_sympy(expression, name, value))
    passed = _passing(expression, name, value, found)
    if not passed:
        why = (
            "an operator on its way has no inverse"
            if once
            else "it occurs more than once, and SymPy finds none"
        )
        if found:
            why = "what was found does not give the value back"
        raise CannotSolve(f"the formula cannot be solved for {name!r}: {why}")
    return passed


def _unwound(expression: Expression, name: str, value: str) -> Iterator[Expression]:
    """Inverses from the outermost operator to the variable, in every combination of branches."""
    branches: list[Nodes] = [(Variable(value),)]
    rest = expression
    while isinstance(rest.nodes[-1], Operator):
        row, arguments = rest.nodes[-1], rest.arguments()
        place = next(k for k, part in enumerate(arguments) if name in part.variables)
        if row.body is not None and not row.inverses:
            body = dict(zip(ARGUMENTS, (part.nodes for part in arguments), strict=False))
            rest = Expression(substituted(row.body.nodes, body))
            if sum(isinstance(node, Variable) and node.name == name for node in rest.nodes) > 1:
                return
            continue
        branches = [way for branch in branches for way in ways_back(row, arguments, place, branch)]
        rest = arguments[place]
    yield from map(Expression, branches)


def _by_sympy(expression: Expression, name: str, value: str) -> Iterator[Expression]:
    import sympy

    if len(expression.nodes) > _MOST_NODES:
        return
    names = [*expression.variables, value]
    symbols = {word: sympy.Symbol(f"x{k}", real=True) for k, word in enumerate(names)}
    try:
        found = sympy.solve(_form(expression, symbols) - symbols[value], symbols[name])
    except (NotImplementedError, TypeError, ValueError, RecursionError):
        return
    others = [word for word in names if word != name]
    for one in found if isinstance(found, list) else ():
        try:
            function = sympy.lambdify([symbols[word] for word in others], one, "numpy")
            traced = trace(function)
        except (CannotTrace, KeyError, TypeError, ValueError, NameError, SyntaxError):
            continue
        words = {str(symbols[word]): word for word in others}
        yield traced.map_nodes(
            lambda node, words=words: (  # type: ignore[misc]
                Variable(words.get(node.name, node.name)) if isinstance(node, Variable) else node
            )
        )


def _form(expression: Expression, symbols: dict[str, Any]) -> Any:
    """The formula for SymPy with decimal fractions as fractions, whose equations it solves exactly."""
    import sympy

    from symlaw.language.printers.sympy_form import to_sympy

    return sympy.nsimplify(to_sympy(expression, symbols), rational=True)


def _passing(
    expression: Expression, name: str, value: str, found: list[Expression]
) -> tuple[Expression, ...]:
    """Those that give the value back wherever they are real, and the variable somewhere."""
    columns = _points(expression)
    target = values(expression, columns)
    known = {**columns, value: target}
    kept = []
    for one in found:
        solution = np.broadcast_to(values(one, known), target.shape)
        back = values(expression, {**columns, name: solution})
        real = np.isfinite(solution) & np.isfinite(target)
        holds = bool(np.all(_close(back[real], target[real])))
        if holds and np.any(_close(solution[real], columns[name][real])):
            kept.append(one)
    return tuple({one.canonical.nodes: one for one in kept}.values())


def _points(expression: Expression) -> dict[str, NDArray[np.float64]]:
    rng = np.random.Generator(np.random.Philox(5))
    signs = np.where(np.arange(_POINTS) % 2 == 0, 1.0, rng.choice([-1.0, 1.0], _POINTS))
    return {name: signs * rng.uniform(0.1, 3.0, _POINTS) for name in expression.variables}


def _close(got: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(got - expected) <= _NEAR * (1.0 + np.abs(expected)))
