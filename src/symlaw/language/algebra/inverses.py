"""Inverses of formulas: an argument as a formula of the value and the other arguments, where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.errors import SymlawError
from symlaw.language.algebra.derivative import substituted
from symlaw.language.expression import Expression, Nodes, Variable
from symlaw.language.operators import Operator
from symlaw.language.operators.row import ARGUMENTS
from symlaw.language.parser import parse
from symlaw.language.user_operators.trial import GRID
from symlaw.language.values import values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_NEAR = 1e-9
# Points that tell whether a formula is a quotient of straight lines in an argument.
_POINTS = np.array([0.37, 0.83, 1.31, 1.97, 2.45])


def inverses_of(body: Expression, arity: int) -> tuple[tuple[str, ...], ...]:
    """For each argument of a formula of ``x``, ``y``, ... the one formula that solves for it.

    It is one of the value ``v`` and the other arguments. A place is empty where there is none, more than
    one, or none that is found: an argument that occurs once is solved for by undoing one operator after the
    other, and one in a quotient of straight lines by SymPy.

    Examples
    --------
    >>> inverses_of(parse("exp(x) / y"), 2)
    (('log(v * y)',), ('exp(x) / v',))
    >>> inverses_of(parse("x / (1 + x * x)"), 1)
    ((),)
    >>> inverses_of(parse("x / (1 + x)"), 1)
    (('-v / (v - 1.0)',),)
    """
    return tuple(tuple(_solutions(body, name, arity)) for name in ARGUMENTS[:arity])


def _solutions(body: Expression, name: str, arity: int) -> list[str]:
    occurs = sum(node == Variable(name) for node in body.nodes)
    found = _undone(body, name) if occurs == 1 else None
    if occurs > 1 and _is_quotient_of_lines(body, name, arity):
        found = _solved_by_sympy(body, name, arity)
    return [found.text()] if found is not None and _is_inverse(found, body, name, arity) else []


def _undone(body: Expression, name: str) -> Expression | None:
    """The inverse of a formula that holds the argument once; None where an operator has not one inverse."""
    wanted: Nodes = (Variable("v"),)
    part = body
    while part.nodes != (Variable(name),):
        row, arguments = part.nodes[-1], part.arguments()
        place = next((k for k, one in enumerate(arguments) if Variable(name) in one.nodes), None)
        if place is None or not isinstance(row, Operator) or "periodic" in row.monotonicity:
            return None
        ways = ways_back(row, arguments, place, wanted)
        if len(ways) != 1:
            return None
        (wanted,), part = ways, arguments[place]
    return Expression(wanted)


def ways_back(row: Operator, arguments: Sequence[Expression], place: int, value: Nodes) -> list[Nodes]:
    """What one argument of an operator may be where its value and the other arguments are known."""
    if len(row.inverses) <= place:
        return []
    places = {own: argument.nodes for own, argument in zip(ARGUMENTS, arguments, strict=False)}
    return [substituted(parse(text).nodes, {**places, "v": value}) for text in row.inverses[place]]


def _is_quotient_of_lines(body: Expression, name: str, arity: int) -> bool:
    """Whether a formula keeps cross ratios along an argument, as (a + b x) / (c + d x) does alone."""
    columns = {own: np.full(len(_POINTS), 0.61 + 0.3 * k) for k, own in enumerate(ARGUMENTS[:arity])}
    f = values(body, {**columns, name: _POINTS})
    with np.errstate(all="ignore"):
        ratios = [(p[0] - p[2]) * (p[1] - p[3]) / ((p[1] - p[2]) * (p[0] - p[3])) for p in (f, _POINTS)]
        others = [(p[0] - p[2]) * (p[1] - p[4]) / ((p[1] - p[2]) * (p[0] - p[4])) for p in (f, _POINTS)]
    return bool(np.allclose([ratios[0], others[0]], [ratios[1], others[1]], rtol=_NEAR))


def _solved_by_sympy(body: Expression, name: str, arity: int) -> Expression | None:
    import sympy

    from symlaw.language.printers.sympy_form import to_sympy

    symbols = {own: sympy.Symbol(own, real=True) for own in ARGUMENTS[:arity]}
    try:
        form = sympy.together(to_sympy(body, symbols) - sympy.Symbol("v"))
        line = sympy.Poly(sympy.numer(form), symbols[name])
        if line.degree() != 1:
            return None
        return parse(str(sympy.simplify(-line.nth(0) / line.nth(1))))
    except (sympy.PolynomialError, SymlawError):
        return None


def _is_inverse(found: Expression, body: Expression, name: str, arity: int) -> bool:
    """Whether it gives the argument back wherever both are real, and is real where the formula is."""
    columns: dict[str, NDArray[np.float64]] = dict(zip(ARGUMENTS[:arity], GRID, strict=False))
    value = values(body, columns)
    back = values(found, {**columns, "v": value})
    known = np.isfinite(value)
    near = np.abs(back - columns[name]) <= _NEAR * np.maximum(1.0, np.abs(columns[name]))
    return bool(np.any(known) and np.all(near[known]))
