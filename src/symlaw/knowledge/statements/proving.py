"""Proofs about a formula's values over a box: enclosures with splitting, and equality of canonical forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.knowledge.statements.enclosing import smooth_slope, within, written_out
from symlaw.language.algebra.derivative import derivative
from symlaw.language.expression import Constant, Expression, Node, Nodes, Variable, joined, rewritten
from symlaw.language.operators import Operator, operator
from symlaw.language.values import values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.knowledge.statements.domain import Domain
    from symlaw.language.operators.row import Ends

    Check = Callable[[Mapping[str, Ends]], NDArray[np.bool_]]

# Boxes that a proof looks at, at most; then nothing is proven.
MOST_BOXES = 2048
# A box of this share of the whole that is not certain yet is halved no more: a value touches its bound there,
# and halving would go on to the smallest numbers.
_SMALLEST = 2.0**-30
# A period counts as whole turns of an angle when it is to this relative accuracy.
_WHOLE = 1e-9


def holds_on(check: Check, domain: Domain, names: tuple[str, ...]) -> bool:
    """Whether a check is certain on all parts of a box, which is split where it is not.

    Parameters
    ----------
    check
        For boxes, on which of them it is certain.
    domain
        The box.
    names
        Variables that matter: only they are split.
    """
    matter = [domain.place(name) for name in names]
    low, high, looked_at = domain.low[None, :], domain.high[None, :], 0
    width = np.where(domain.high > domain.low, domain.high - domain.low, 1.0)
    while len(low):
        looked_at += len(low)
        if looked_at > MOST_BOXES:
            return False
        sure = check({name: (low[:, k], high[:, k]) for k, name in enumerate(domain.names)})
        low, high = low[~sure], high[~sure]
        relative = ((high - low) / width)[:, matter]
        if len(low) and (not matter or np.min(np.max(relative, axis=1)) <= _SMALLEST):
            return False
        low, high = _halved(low, high, relative, matter)
    return True


def _halved(
    low: NDArray[np.float64], high: NDArray[np.float64], relative: NDArray[np.float64], matter: list[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each box in two along its widest side."""
    rows = np.arange(len(low))
    if not len(rows):
        return low, high
    side = np.asarray(matter)[np.argmax(relative, axis=1)]
    middle = 0.5 * low[rows, side] + 0.5 * high[rows, side]
    left, right = high.copy(), low.copy()
    left[rows, side], right[rows, side] = middle, middle
    return np.concatenate([low, right]), np.concatenate([left, high])


def is_between(expression: Expression, domain: Domain, low: float, high: float) -> bool:
    """Whether a formula is defined and between two numbers all over a box, for certain."""
    return holds_on(lambda boxes: within(expression, boxes, low, high), domain, expression.variables)


def is_defined(expression: Expression, domain: Domain) -> bool:
    """Whether a formula is defined and finite all over a box, for certain."""
    return is_between(expression, domain, -np.inf, np.inf)


def slope_has_sign(expression: Expression, domain: Domain, name: str, sign: float) -> bool:
    """Whether a formula that is defined all over a box rises (or falls) along a variable, for certain."""
    slope = smooth_slope(expression, name)
    if slope is None:
        return False
    return is_between(slope, domain, *((0.0, np.inf) if sign > 0 else (-np.inf, 0.0)))


def are_equal(first: Expression, second: Expression) -> bool:
    """Whether two formulas are the same but for order, signs and arithmetic of constants.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> are_equal(parse("sin(a - b) * (b - a)"), parse("sin(b - a) * (a - b)"))
    True
    """
    return _signed(first) == _signed(second)


def _signed(expression: Expression) -> Expression:
    """A formula in which odd and even functions have always the same one of an argument and its negative."""
    minus = operator("neg")

    def applied(row: Operator, arguments: Sequence[Nodes]) -> Nodes:
        if not row.parity or row is minus:
            return joined(row, arguments)
        both = [Expression(arguments[0]).canonical, Expression((*arguments[0], minus)).canonical]
        turned = both[1].text() < both[0].text()
        return (*both[turned].nodes, row, *((minus,) if turned and row.parity == "odd" else ()))

    return Expression(rewritten(written_out(expression).nodes, applied)).canonical


def replaced(expression: Expression, places: Mapping[str, Expression]) -> Expression:
    """A formula with variables replaced by formulas."""
    nodes: list[Node] = []
    for node in expression.nodes:
        swap = places.get(node.name) if isinstance(node, Variable) else None
        nodes.extend((node,) if swap is None else swap.nodes)
    return Expression(tuple(nodes))


def repeats(expression: Expression, name: str, period: float) -> bool:
    """Whether a variable stands only inside waves that repeat after a period, for certain.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> repeats(parse("a * sin(2 * x + a) + 1"), "x", np.pi)
    True
    """
    formula = written_out(expression)
    starts, settled = formula.starts, list[bool]()
    for end, node in enumerate(formula.nodes):
        if not isinstance(node, Operator):
            settled.append(node != Variable(name))
            continue
        begin, inside, last = starts[end], list[bool](), end - 1
        for _ in range(node.arity):
            inside.append(settled[last])
            last = starts[last] - 1
        argument = Expression(formula.nodes[begin:end]) if node.period else None
        shift = period / node.turn if node.period else 0.0
        settled.append(all(inside) or (argument is not None and _turns_wholly(argument, name, shift)))
    return settled[-1]


def _turns_wholly(argument: Expression, name: str, shift: float) -> bool:
    """Whether an argument grows by whole turns over a shift in turns."""
    slope = derivative(argument, name).canonical
    if slope.variables or not all(isinstance(node, Constant) for node in slope.nodes):
        return False
    turns = float(values(slope, {name: np.zeros(1)})[0]) * shift
    return abs(turns - round(turns)) <= _WHOLE * max(1.0, abs(turns))
